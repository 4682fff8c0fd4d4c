"""Festivals a rule can go by, solar and lunar."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from crm_core.kernel.i18n import _


@dataclass(frozen=True)
class Festival:
    """A day of each year; a lunar one by month and day of the lunar calendar (the 30th that a year lacks is its 29th)."""

    label: Any
    month: int
    day: int
    lunar: bool = False

    def on(self, day: dt.date) -> dt.date | None:
        """The day itself if this festival falls on it."""
        if not self.lunar:
            return day if (day.month, day.day) == (self.month, self.day) else None
        return day if day in _lunar(day.year, self.month, self.day) else None


@lru_cache(maxsize=512)
def _lunar(year: int, month: int, day: int) -> tuple[dt.date, ...]:
    """The days of a solar year that have this lunar date."""
    from lunar_python import Lunar, LunarMonth  # takes its time to load, and few ask

    found = []
    for one in (year - 1, year):
        last = LunarMonth.fromYm(one, month).getDayCount()
        solar = Lunar.fromYmd(one, month, min(day, last)).getSolar()
        if solar.getYear() == year:
            found.append(dt.date(solar.getYear(), solar.getMonth(), solar.getDay()))
    return tuple(found)


ALL = {
    "spring": Festival(_("Spring Festival"), 1, 1, lunar=True), "eve": Festival(_("New Year’s Eve of the lunar year"), 12, 30, lunar=True),
    "lantern": Festival(_("Lantern Festival"), 1, 15, lunar=True), "dragon": Festival(_("Dragon Boat Festival"), 5, 5, lunar=True),
    "qixi": Festival(_("Qixi"), 7, 7, lunar=True), "autumn": Festival(_("Mid-Autumn Festival"), 8, 15, lunar=True),
    "chongyang": Festival(_("Double Ninth Festival"), 9, 9, lunar=True), "newyear": Festival(_("New Year’s Day"), 1, 1),
    "women": Festival(_("Women’s Day"), 3, 8), "labour": Festival(_("Labour Day"), 5, 1), "teachers": Festival(_("Teachers’ Day"), 9, 10),
    "national": Festival(_("National Day"), 10, 1), "christmas": Festival(_("Christmas"), 12, 25),
}
