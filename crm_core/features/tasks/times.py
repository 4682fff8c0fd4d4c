"""A time of day as people type it: 10:30, 3pm, 下午 3 点半."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar
from unicodedata import normalize

from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, language, ngettext
from crm_core.resource.fields import Bad, Field, IntegerField
from crm_core.resource.inspection import register_kind
from crm_core.text import dates

_CLOCK = re.compile(
    r"(?P<half>上午|早上|中午|下午|晚上)?\s*(?P<hour>\d{1,2})\s*(?:[:.点时h]\s*(?P<minute>\d{1,2}|半|一刻|三刻)?\s*分?)?\s*(?P<noon>am|pm)?"
)
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45}


def parse_time(text: str) -> str:
    """`HH:MM`. Raises ValueError for what is no time of day."""
    match = _CLOCK.fullmatch(normalize("NFKC", text[:40]).strip().lower())
    if match is None:
        raise ValueError(text)
    hour, minute = int(match["hour"]), match["minute"] or "0"
    minutes = _MINUTES[minute] if minute in _MINUTES else int(minute)
    if (match["noon"] == "pm" or match["half"] in ("下午", "晚上") or (match["half"] == "中午" and hour < 3)) and hour < 12:
        hour += 12
    if match["noon"] == "am" and hour == 12:
        hour = 0
    if hour > 23 or minutes > 59:
        raise ValueError(text)
    return f"{hour:02d}:{minutes:02d}"


_AT_END = re.compile(r"(?:^|\s|(?<=[一二三四五六日天号日后午]))((?:上午|下午|中午|晚上)?\s*\d{1,2}\s*[:点时]\s*(?:\d{1,2}|半)?\s*(?:am|pm)?)\s*$", re.IGNORECASE)


def read_when(text: str) -> tuple[dt.date | None, str | None]:
    """Day and time of words such as "next Wed 15:00", "下周三 下午3点"; raises Invalid with a sentence."""
    text = text.strip()
    if not text:
        return None, None
    hour = None
    if match := _AT_END.search(text):
        try:
            hour = parse_time(match[1])
            text = text[: match.start()].strip() or "today"
        except ValueError:
            hour = None
    try:
        return dates.parse_date(text, language(), clock.today()), hour
    except ValueError:
        raise Invalid({"due": [_("This date is not understood. Write 2026-11-23, or words such as “next Wed”.")]}) from None


@dataclass(frozen=True, kw_only=True)
class TimeField(Field):
    """A time of day on the wall clock, kept as `HH:MM`."""

    kind: str = "time"
    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")

    def taken(self, line: str) -> Any:
        try:
            return parse_time(line)
        except ValueError:
            raise Bad(_("A time such as 10:30 is expected.")) from None


register_kind("time", TimeField)

_UNITS = {1: ("", "m", "min", "mins", "minute", "minutes", "分", "分钟"), 60: ("h", "hr", "hrs", "hour", "hours", "时", "小时", "个小时", "钟头", "个钟头"),
          1440: ("d", "day", "days", "天", "日"), 10080: ("w", "week", "weeks", "周", "星期", "个星期")}
_LONG = {word: minutes for minutes, found in _UNITS.items() for word in found}
_PIECE = re.compile(r"(\d{1,6}(?:\.\d{1,2})?)\s*([a-z]+|[分时小天日周星期个钟头]+|)\s*")


def parse_minutes(text: str) -> int:
    """Minutes of words such as "45", "1 h 30 min", "1:30", "2 天", "半小时". Raises ValueError."""
    text = normalize("NFKC", text[:40]).strip().lower().replace("半小时", "30分").replace("半个小时", "30分").replace(" and ", " ")
    if match := re.fullmatch(r"(\d{1,3}):([0-5]\d)", text):
        return int(match[1]) * 60 + int(match[2])
    at, total = 0, Decimal(0)
    while at < len(text) and (piece := _PIECE.match(text, at)) is not None and piece[2] in _LONG:
        total += Decimal(piece[1]) * _LONG[piece[2]]
        at = piece.end()
    if at < len(text) or not text:
        raise ValueError(text)
    return round(total)


def say_minutes(minutes: int) -> str:
    """1 day, 1 h 30 min; `parse_minutes` reads it again."""
    if minutes and minutes % 1440 == 0:
        return str(ngettext("%(n)s day", "%(n)s days", minutes // 1440))
    hours, rest = divmod(minutes, 60)
    found = [str(_("%(n)s h", n=hours))] if hours else []
    return " ".join([*found, *([str(_("%(n)s min", n=rest))] if rest or not hours else [])])


@dataclass(frozen=True, kw_only=True)
class MinutesField(IntegerField):
    """A stretch of time, kept in minutes and said in minutes, hours and days."""

    kind: str = "minutes"
    minimum: int = 0
    maximum: int = 525_600

    def parse(self, text: str) -> Any:
        if not text or not text.strip():
            return None
        try:
            return self.check(parse_minutes(text))
        except ValueError:
            raise Bad(_("A time such as 30 min, 2 h or 1 day is expected.")) from None

    def show(self, value: Any) -> str:
        return "" if value is None else say_minutes(value)

    def text(self, value: Any) -> str:
        return self.show(value)


register_kind("minutes", MinutesField)
