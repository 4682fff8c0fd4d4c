"""Dates as people type them, and the codes of stretches of time that filters keep.

``today`` is given by the caller, in the time zone of the person: nothing here looks at a clock.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from unicodedata import normalize

from crm_core.text.periods import PERIODS, Period, relative_range, shift
from crm_core.text.problems import InvalidText

__all__ = ["PERIODS", "Period", "day_order", "parse_date", "relative_range", "shift"]

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?\s*[日号.]?", re.ASCII)
_TIME = re.compile(
    r"[T\s]+(?:(?:上午|下午)?\s*)\d{1,2}[:时点]\d{2}(?:[:分]\d{2})?(?:[.,]\d+)?秒?\s*(?:am|pm|z|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_PARTS = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})\.?", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\.?", re.ASCII)
_ZH_DAY = re.compile(r"(?:(明|后|去|今|本)年)?(\d{1,2})\s*月(?:份)?\s*(?:(\d{1,2})\s*[日号]?)?")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+)?([a-z]{3,9})\.?,?(?:\s+(\d{1,2})(?:st|nd|rd|th)?)?(?:,?\s+(\d{4}))?"
)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ZH_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6}  # fmt: skip
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
                 "nine": 9, "ten": 10}  # fmt: skip
_WEEKDAY = re.compile(r"(?:(this|next|last|coming)\s+)?([a-z]{3,9})\.?")
_ZH_WEEKDAY = re.compile(
    r"(本|这个|这|下个|下下个|下下|下|上上个|上上|上个|上)?(?:周|星期|礼拜)([一二三四五六日天1-7])"
)
_AWAY = re.compile(
    r"(?:in\s+)?(\d{1,4}|[a-z]+)\s+(working day|business day|workday|day|week|fortnight|month|quarter|year)s?(?:\s+(ago|from now|later))?"
)
_ZH_AWAY = re.compile(
    r"(\d{1,4}|[零〇一二两三四五六七八九十百半]+)\s*个?\s*(天|日|工作日|周|星期|礼拜|月|季度|年)\s*(以?后|之后|以?前|之前)"
)
_EXAMPLES = "2026-11-03, 2026年11月3日, tomorrow, 下周三"
_NEAR = {
    "today": 0, "tomorrow": 1, "yesterday": -1, "day after tomorrow": 2, "day before yesterday": -2, "now": 0,
    "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3, "昨天": -1, "昨日": -1, "前天": -2, "大前天": -3,
}  # fmt: skip
Ymd = tuple[int, int, int]


def _weekdays(day: date, amount: int) -> date:
    step = timedelta(days=1 if amount > 0 else -1)
    while amount:
        day += step
        amount -= step.days if day.weekday() < 5 else 0
    return day


# Slot: so many working days from a day; resource/worktime.py knows of holidays too. Raises ValueError when there are not so many.
workdays: Callable[[date, int], date] = _weekdays


def parse_date(text: str, locale: str = "zh_Hans_CN", today: date | None = None, order: str = "") -> date:
    """The day a person means: ISO, 2026年11月3日, 3/11/2026 in the order of the language, and words.

    In Chinese 3/11/2026 may be either and is refused, unless ``order`` (``dmy`` or ``mdy``, see :func:`day_order`)
    tells. Words (tomorrow, next Wed, in 3 weeks, 下周三, 三周后, 月底) need ``today``. Weeks begin on Monday; 下周三 and
    ``next Wed`` are the Wednesday of the coming week. A time behind the date is left out. Raises
    :class:`InvalidText` (``date``, ``date_range``, ``date_order``).
    """
    if match := _ISO.fullmatch(text):
        return _date(*map(int, match.groups()))
    text = _TIME.sub("", normalize("NFKC", text[:60]).strip().lower()).strip()
    found = _figures(text, order or _order(locale), today)
    if found is None and today is not None:
        found = _words(" ".join(text.split()), today)
    if found is None:
        raise InvalidText("date", examples=_EXAMPLES)
    return found


def _figures(text: str, order: str, today: date | None) -> date | None:
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        if match[3] is None:
            raise InvalidText("date", examples=_EXAMPLES)
        return _date(*map(int, match.groups()))
    if match := _PARTS.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        if len(match[3]) == 2:
            if order == "ymd":
                return _date(2000 + first, second, year)
            year += 2000 if year < 70 else 1900
        return _date(year, *_month_day(first, second, year, order))
    if today is None:
        return None
    if match := _ZH_DAY.fullmatch(text):
        if not match[3]:
            return None
        year = {"明": 1, "后": 2, "去": -1}.get(match[1] or "", 0) + today.year
        return _date(year, int(match[2]), int(match[3]))
    if match := _DAY_MONTH.fullmatch(text):
        # Without a year Chinese writes the month first.
        return _date(today.year, *_month_day(int(match[1]), int(match[2]), 0, "mdy" if order == "ymd" else order))
    return None


def _month_day(first: int, second: int, year: int, order: str) -> tuple[int, int]:
    """Which of two figures is the month: the language says, and where it cannot be so, the figures."""
    if order == "ymd":
        if first <= 12 and second <= 12 and first != second:
            either = {"first": f"{year:04}-{first:02}-{second:02}", "second": f"{year:04}-{second:02}-{first:02}"}
            raise InvalidText("date_order", **either)
        order = "dmy" if first > 12 else "mdy"
    month, day = (second, first) if order == "dmy" else (first, second)
    return (day, month) if month > 12 >= day else (month, day)


def day_order(samples: Iterable[str]) -> str:
    """``dmy`` or ``mdy`` where a column of dates such as 25/11/2026 tells by itself, else ``""``."""
    found = set()
    for sample in samples:
        if match := _PARTS.fullmatch(_TIME.sub("", normalize("NFKC", sample[:60]).strip())):
            if int(match[1]) > 12 >= int(match[2]):
                found.add("dmy")
            elif int(match[2]) > 12 >= int(match[1]):
                found.add("mdy")
    return found.pop() if len(found) == 1 else ""


def _order(locale: str) -> str:
    language, _, rest = locale.replace("-", "_").partition("_")
    if language in ("zh", "ja", "ko", "hu", "lt"):
        return "ymd"
    return "mdy" if language == "en" and (not rest or rest.upper().endswith("US")) else "dmy"


def _words(text: str, today: date) -> date | None:
    near = _NEAR.get(text.removeprefix("the "))
    if near is not None:
        return today + timedelta(days=near)
    if boundary := _BOUNDARIES.get(text.removeprefix("the ")):
        return boundary(today)
    for pattern, meaning in _PATTERNS:
        if (match := pattern.fullmatch(text)) and (found := meaning(match, today)):
            return found
    return None


def _weekday(match: re.Match[str], today: date) -> date | None:
    day = _starts(_DAYS, match[2])
    if day is None:
        return None
    monday = today - timedelta(days=today.weekday())
    if match[1] in ("next", "last", "this"):
        return monday + timedelta(days=day + {"next": 7, "last": -7, "this": 0}[match[1]])
    return today + timedelta(days=(day - today.weekday()) % 7)


def _zh_weekday(match: re.Match[str], today: date) -> date | None:
    word, day = (match[1] or "").rstrip("个"), _ZH_DAYS[match[2]]
    weeks = word.count("下") - word.count("上")
    return today + timedelta(days=day - today.weekday() + 7 * weeks)


def _away(match: re.Match[str], today: date) -> date | None:
    amount = int(match[1]) if match[1].isdigit() else _NUMBER_WORDS.get(match[1], 0)
    if not amount or not (match[3] or match.group().startswith("in ")):
        return None
    return _moved(today, -amount if match[3] == "ago" else amount, "workday" if match[2] in _WORKDAYS else match[2])


def _zh_away(match: re.Match[str], today: date) -> date | None:
    if match[1] == "半":
        amount, unit = {"年": (6, "month"), "月": (15, "day")}.get(match[2], (0, ""))
    else:
        amount, unit = _zh_number(match[1]), _ZH_UNITS.get(match[2], "")
    if not amount or not unit:
        return None
    return _moved(today, -amount if "前" in match[3] else amount, unit)


def _moved(day: date, amount: int, unit: str) -> date | None:
    if unit != "workday":
        return shift(day, amount, unit)
    try:
        return workdays(day, amount)
    except ValueError:
        return None


def _named_month(match: re.Match[str], today: date) -> date | None:
    month = _starts(_MONTHS, match[2])
    day = match[1] or match[3]
    if month is None or day is None or (match[1] and match[3]):
        return None
    return _date(int(match[4] or today.year), month + 1, int(day))


def _starts(names: tuple[str, ...], word: str) -> int | None:
    """The place of the one name that begins so (``wed``, ``sept``)."""
    found = [at for at, name in enumerate(names) if len(word) >= 3 and name.startswith(word)]
    return found[0] if len(found) == 1 else None


def _zh_number(text: str) -> int:
    if text.isdigit() and text.isascii():
        return int(text)
    total = 0
    digit = None
    for character in text:
        if character in "十百":
            total += (1 if digit is None else digit) * (10 if character == "十" else 100)
            digit = None
        elif character in _DIGITS:
            digit = (digit or 0) * 10 + _DIGITS[character]
    return total + (digit or 0)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise InvalidText("date_range") from error


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


_WORKDAYS = ("working day", "business day", "workday")
_ZH_UNITS = {
    "天": "day",
    "日": "day",
    "工作日": "workday",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "季度": "quarter",
    "年": "year",
}
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = (
    (_WEEKDAY, _weekday),
    (_ZH_WEEKDAY, _zh_weekday),
    (_AWAY, _away),
    (_ZH_AWAY, _zh_away),
    (_NAMED, _named_month),
)
_BOUNDARIES: dict[str, Callable[[date], date]] = {
    "月底": _end_of_month, "本月底": _end_of_month, "这个月底": _end_of_month, "end of month": _end_of_month,
    "end of the month": _end_of_month,
    "下月底": lambda day: _end_of_month(shift(day, 1, "month")), "下个月底": lambda day: _end_of_month(shift(day, 1, "month")),
    "end of next month": lambda day: _end_of_month(shift(day, 1, "month")),
    "月初": lambda day: day.replace(day=1), "下月初": lambda day: shift(day, 1, "month").replace(day=1),
    "下个月初": lambda day: shift(day, 1, "month").replace(day=1),
    "年底": lambda day: day.replace(month=12, day=31), "end of year": lambda day: day.replace(month=12, day=31),
    "end of the year": lambda day: day.replace(month=12, day=31),
    "年初": lambda day: day.replace(month=1, day=1), "明年初": lambda day: date(day.year + 1, 1, 1),
    "明年底": lambda day: date(day.year + 1, 12, 31),
    "周末": lambda day: day + timedelta(days=(5 - day.weekday()) % 7 if day.weekday() != 6 else 0),
    "季末": lambda day: _end_of_month(day.replace(month=(day.month - 1) // 3 * 3 + 3, day=1)),
    "下周": lambda day: day + timedelta(days=7), "next week": lambda day: day + timedelta(days=7),
    "下个月": lambda day: shift(day, 1, "month"), "下月": lambda day: shift(day, 1, "month"),
    "next month": lambda day: shift(day, 1, "month"), "明年": lambda day: shift(day, 1, "year"),
    "next year": lambda day: shift(day, 1, "year"), "last week": lambda day: day - timedelta(days=7),
}  # fmt: skip
