"""Opening hours as people write them: `Mon-Fri 9:00-12:00, 13:30-18:00; Sat 9-12`, `周一至周五 9:00-12:00、13:30-18:00；周六 9点-12点`.

Kept in one form, `Mon-Fri 09:00-12:00, 13:30-18:00; Sat 09:00-12:00`. A day that is not named is closed, hours without a day are every
day's. Of a day named again the later hours are added, or take the place of those they overlap. Nothing here knows of holidays.
"""

import re
from itertools import pairwise
from unicodedata import normalize

Window = tuple[int, int]
Week = tuple[tuple[Window, ...], ...]
"""Of Monday to Sunday: from and until, in minutes."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ZH = "一二三四五六日"
_NAMES = ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays")
_ENGLISH = "(?:" + "|".join(name[:n] for name in _NAMES for n in range(len(name), 1, -1)) + r")\.?"
_CHINESE = r"(?:周|星期|礼拜)?[一二三四五六日天]"
_DAY = rf"(?:{_ENGLISH}(?![a-z])|{_CHINESE})"
_TO = r"\s*(?:-|to|until|till|至|到)\s*"
_TIME = r"(?:上午|下午)?\s?\d{1,2}(?:[:.点时]\s?(?:\d{2}|半)?)?\s?(?:分)?(?:am|pm)?"
_SETS = {
    "daily": range(7), "every day": range(7), "每天": range(7), "每日": range(7), "weekdays": range(5), "weekday": range(5), "workdays": range(5),
    "工作日": range(5), "weekends": (5, 6), "weekend": (5, 6), "周末": (5, 6),
}
_ROUND = ("24h", "24 h", "24小时", "24 小时", "全天")
_SHUT = ("closed", "off", "休息", "不营业", "不上班", "关门")
_TOKEN = re.compile(
    rf"(?P<shut>{'|'.join(_SHUT)})|(?P<round>{'|'.join(_ROUND)})|(?P<set>{'|'.join(_SETS)})"
    rf"|(?P<open>{_TIME}){_TO}(?P<close>{_TIME})|(?P<day>{_DAY})(?:{_TO}(?P<last>{_DAY}))?|(?P<gap>[\s,;:/&+]+|and|和|及)"
)
_CLOCK = re.compile(r"(上午|下午)?\s?(\d{1,2})(?:[:.点时]\s?(\d{2}|半)?)?\s?分?(am|pm)?")
_HALVES = {"上午": "am", "下午": "pm"}
_LIKE = str.maketrans({"–": "-", "—": "-", "―": "-", "−": "-", "~": "-", "〜": "-", "、": ",", "。": ";", "|": ","})
MIDNIGHT = 24 * 60
MOST = 4  # windows of a day


def read(text: str) -> Week:
    """The week a text means. Raises ValueError for what is none, ends before it begins or overlaps."""
    plain = normalize("NFKC", text).translate(_LIKE).lower().strip()
    week: list[list[Window]] = [[] for _ in range(7)]
    days: list[int] = []
    before: list[set[Window]] = []  # what was said of each day before these hours
    said = False  # hours for these days have been said: the next day begins anew
    at = 0
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if token is None:
            raise ValueError(text)
        at = token.end()
        if token["gap"]:
            continue
        if token["day"] or token["set"]:
            days, said = ([] if said else days), False
            days += _SETS[token["set"]] if token["set"] else _span(token["day"], token["last"])
            continue
        meant = days or list(range(7))
        before = before if said else [set(day) for day in week]
        said = True
        window = (0, MIDNIGHT) if token["shut"] or token["round"] else (_minutes(token["open"]), _minutes(token["close"]))
        for day in meant:
            if any(low < window[1] and window[0] < high for low, high in before[day]):
                week[day] = [one for one in week[day] if one not in before[day]]
            if not token["shut"]:
                week[day].append(window)
    if not said or not any(week) or any(not _orderly(day) for day in week):
        raise ValueError(text)
    return tuple(tuple(sorted(day)) for day in week)


def write(week: Week, names: tuple[str, ...] = DAYS, to: str = "-", after: str = ", ", between: str = "; ") -> str:
    """As `read` takes it: days in a row with the same hours together."""
    runs: list[tuple[int, int]] = []
    for day in range(7):
        if week[day] and runs and runs[-1][1] == day - 1 and week[day] == week[day - 1]:
            runs[-1] = (runs[-1][0], day)
        elif week[day]:
            runs.append((day, day))
    said = []
    for first, last in runs:
        days = names[first] if first == last else f"{names[first]}{to}{names[last]}"
        said.append(f"{days} {after.join(f'{clock(low)}-{clock(high)}' for low, high in week[first])}")
    return between.join(said)


def write_chinese(week: Week) -> str:
    return write(week, tuple(f"周{day}" for day in _ZH), "至", "、", "；")


def clock(minutes: int) -> str:
    """A minute of the day as it is written, `HH:MM`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minute(text: str) -> int:
    """The minute of the day that `clock` writes so."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _span(first: str, last: str | None) -> list[int]:
    low = _number(first)
    high = _number(last) if last else low
    return [(low + step) % 7 for step in range((high - low) % 7 + 1)]  # Fri-Mon goes round


def _number(name: str) -> int:
    for day, short in enumerate(DAYS):
        if name.startswith(short[:2].lower()):
            return day
    return _ZH.index(name[-1].replace("天", "日"))


def _minutes(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(text)
    hour, minute, half = int(match[2]), 30 if match[3] == "半" else int(match[3] or 0), match[4] or _HALVES.get(match[1])
    if half and not 1 <= hour <= 12:
        raise ValueError(text)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if minute > 59 or hour * 60 + minute > MIDNIGHT:
        raise ValueError(text)
    return hour * 60 + minute


def _orderly(day: list[Window]) -> bool:
    found = sorted(day)
    return len(found) <= MOST and all(low < high for low, high in found) and all(one[1] <= other[0] for one, other in pairwise(found))
