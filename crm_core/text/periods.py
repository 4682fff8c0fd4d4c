"""Stretches of days that a filter keeps as a code, so that "this month" means another month in the next one."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from crm_core.text.problems import N_, InvalidText

_LAST = re.compile(r"([+-])(\d{1,4})([dwmy])")
_ISO_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})?\.\.(\d{4}-\d{2}-\d{2})?")
_UNITS = {"d": "day", "w": "week", "m": "month", "y": "year"}

PERIODS: dict[str, str] = {
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "tomorrow": N_("Tomorrow"),
    "this-week": N_("This week"),
    "last-week": N_("Last week"),
    "next-week": N_("Next week"),
    "this-month": N_("This month"),
    "last-month": N_("Last month"),
    "next-month": N_("Next month"),
    "this-quarter": N_("This quarter"),
    "last-quarter": N_("Last quarter"),
    "next-quarter": N_("Next quarter"),
    "this-year": N_("This year"),
    "last-year": N_("Last year"),
    "next-year": N_("Next year"),
    "-7d": N_("Last 7 days"),
    "-30d": N_("Last 30 days"),
    "-90d": N_("Last 90 days"),
    "+7d": N_("Next 7 days"),
    "+30d": N_("Next 30 days"),
    "past": N_("Before today"),
    "future": N_("After today"),
}
"""The codes a list offers, with their English names; any ``-Nd``, ``+Nw``, ``-Nm``, ``-Ny`` is understood too."""


class Period(NamedTuple):
    """From the first to the last day, both included; ``None`` is open."""

    first: date | None
    last: date | None

    def __contains__(self, day: object) -> bool:
        return (
            isinstance(day, date)
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )


def relative_range(code: str, today: date) -> Period:
    """The days that a code means today: ``-90d`` is the last 90 days with today, ``+2w`` the next two weeks from
    today, ``this-month``, ``2026-01-01..2026-03-31`` (either side may be left out). Raises :class:`InvalidText`.
    """
    if match := _LAST.fullmatch(code):
        amount, unit = int(match[2]), _UNITS[match[3]]
        if match[1] == "-":
            return Period(shift(shift(today, -amount, unit), 1, "day"), today)
        return Period(today, shift(shift(today, amount, unit), -1, "day"))
    if match := _ISO_RANGE.fullmatch(code):
        try:
            first, last = (date.fromisoformat(part) if part else None for part in match.groups())
        except ValueError as error:
            raise InvalidText("date_range") from error
        return Period(first, last)
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}.get(code)
    if near is not None:
        day = today + timedelta(days=near)
        return Period(day, day)
    if code == "past":
        return Period(None, today - timedelta(days=1))
    if code == "future":
        return Period(today + timedelta(days=1), None)
    which, _, unit = code.partition("-")
    steps = {"last": -1, "this": 0, "next": 1}.get(which)
    if steps is None or unit not in ("week", "month", "quarter", "year"):
        raise InvalidText("date", examples=", ".join(PERIODS))
    first = shift(_beginning(today, unit), steps, unit)
    return Period(first, shift(shift(first, 1, unit), -1, "day"))


def shift(day: date, amount: int, unit: str) -> date:
    """A day some ``day``, ``week``, ``fortnight``, ``month``, ``quarter`` or ``year`` away; 31 January and a month
    is the last of February."""
    try:
        if unit in ("day", "week", "fortnight"):
            return day + timedelta(days=amount * {"day": 1, "week": 7, "fortnight": 14}[unit])
        months = day.year * 12 + day.month - 1 + amount * {"month": 1, "quarter": 3, "year": 12}[unit]
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError) as error:
        raise InvalidText("date_range") from error


def _beginning(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=(day.month - 1) // 3 * 3 + 1 if unit == "quarter" else 1, day=1)
