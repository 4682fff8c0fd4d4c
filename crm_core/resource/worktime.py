"""When the house works: the hours of a week, and the days that are otherwise (public holidays, days worked in their stead 调休).

    worktime.works(day)                  whether anybody is expected
    worktime.shift(day, 3)               the third working day after it
    worktime.between(first, last)        working days after `first`, up to and with `last`
    worktime.after(moment, minutes)      when so many minutes of working time have passed

Everything that counts working days asks here, in the department of who acts or of one that is named. What is kept stays in the process
until somebody edits it, so a question costs nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.access.rights import bump, made
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Vocabulary
from crm_core.data.session import system_scope, writing
from crm_core.data.wall import DELETED
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, either
from crm_core.resource.changes import stamp
from crm_core.resource.settings import Setting, Settings
from crm_core.text import dates, hours

FARTHEST = 10 * 366  # days looked at before one gives up: a calendar of holidays only has no working day


class SpecialDay(Vocabulary, Model):
    """A day that is not as its weekday: free, or worked."""

    __tablename__ = "core_special_day"
    day: Mapped[dt.date] = mapped_column(info={"label": _("Day")})
    zh: Mapped[t.Line] = mapped_column(info={"label": _("Chinese name")})
    en: Mapped[t.Line] = mapped_column(info={"label": _("English name")})
    worked: Mapped[bool] = mapped_column(default=False, info={"label": _("Is worked"), "help": _("in place of a day of the holiday")})

    __table_args__ = (
        sa.Index("uq_core_special_day_day", "day", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),
    )

    def __str__(self) -> str:
        return either(self.zh, self.en)


_table = table_of(SpecialDay)


class WorkingTime(Settings):
    label = _("Working time")
    name = "worktime"
    order = 20
    pages = ((_("Holidays and days worked instead"), "/core/special_day", "calendar-off"),)
    hours: str = Setting("Mon-Fri 09:00-12:00, 13:00-18:00", _("Working hours"), _("Such as Mon-Fri 9:00-12:00, 13:00-18:00. Holidays are kept apart."))  # type: ignore[assignment]

    @classmethod
    def check(cls, values: Mapping[str, Any]) -> None:
        try:
            hours.read(str(values["hours"]))
        except ValueError:
            raise Invalid({"hours": [_("Working hours look like Mon-Fri 9:00-12:00, 13:00-18:00; Sat 9:00-12:00.")]}) from None


@dataclass(frozen=True)
class Special:
    """A special day as kept in memory."""

    zh: str
    en: str
    worked: bool

    def __str__(self) -> str:
        return either(self.zh, self.en)


def special_days() -> Mapping[dt.date, Special]:
    """Every day that is not as its weekday."""
    return made(("special days",), _special_days)


def _special_days() -> dict[dt.date, Special]:
    query = sa.select(_table.c.day, _table.c.zh, _table.c.en, _table.c.worked).where(_table.c.deleted_at.is_(None))
    with system_scope("special days") as db:
        return {row.day: Special(row.zh, row.en, row.worked) for row in db.execute(query)}


def windows(day: dt.date, department_id: int | None = None) -> tuple[hours.Window, ...]:
    """From when until when is worked on a day, in minutes since midnight; empty: not at all. A day worked in place of another has the
    hours of the first working day of the week."""
    text = WorkingTime.now(department_id).hours
    week = made(("working week", text), lambda: hours.read(text))
    special = special_days().get(day)
    if special is None:
        return week[day.weekday()]
    return (week[day.weekday()] or next(one for one in week if one)) if special.worked else ()


def works(day: dt.date, department_id: int | None = None) -> bool:
    """Whether anybody works on this day."""
    return bool(windows(day, department_id))


def shift(day: dt.date, count: int, department_id: int | None = None) -> dt.date:
    """The `count`-th working day after (or, negative, before) a day; 0: the day itself, or the next one that is worked. Raises
    ValueError when there is none within ten years."""
    step, left = dt.timedelta(days=-1 if count < 0 else 1), abs(count)
    for _number in range(FARTHEST):
        if left == 0 and works(day, department_id):
            return day
        day += step
        left -= 1 if left and works(day, department_id) else 0
    raise ValueError("no working day")


def between(first: dt.date, last: dt.date, department_id: int | None = None) -> int:
    """How many working days come after `first`, up to and with `last`; negative when `last` is before it."""
    if last < first:
        return -between(last, first, department_id)
    return sum(works(first + dt.timedelta(days=n), department_id) for n in range(1, (last - first).days + 1))


def after(moment: dt.datetime, minutes: int, department_id: int | None = None) -> dt.datetime:
    """When so many minutes of working time have passed since a moment. Raises ValueError when that is not within ten years."""
    local, zone = clock.local(moment), clock.zone()
    day, at = local.date(), local.hour * 60 + local.minute
    for _number in range(FARTHEST):
        for begin, end in windows(day, department_id):
            here = max(0, end - max(begin, at))
            if here >= minutes and here:
                wall = max(begin, at) + minutes
                return (dt.datetime.combine(day, dt.time(), zone) + dt.timedelta(minutes=wall)).astimezone(dt.UTC)
            minutes -= here
        day, at = day + dt.timedelta(days=1), 0
    raise ValueError("no working time")


# What China's festivals are called elsewhere; a name that is not here is written as it is.
_ENGLISH = {"元旦节": "New Year’s Day", "春节": "Spring Festival", "清明节": "Qingming Festival", "劳动节": "Labour Day", "端午节": "Dragon Boat Festival",
            "中秋节": "Mid-Autumn Festival", "国庆节": "National Day", "国庆中秋": "National Day and Mid-Autumn", "抗战胜利日": "Victory Day"}


def fill(_job: Any = None) -> int:
    """Put in the days the State Council has announced, of years of which nothing is known here; returns how many. What somebody
    edited or removed stays so. The days come with the package `lunar_python`, which learns a new year each autumn."""
    from lunar_python.util import HolidayUtil  # takes its time to load

    year = clock.today().year
    with writing() as db:
        known = {day.year for day in db.scalars(sa.select(SpecialDay.day), execution_options={DELETED: True})}
        rows = [
            SpecialDay(day=dt.date.fromisoformat(one.getDay()), zh=one.getName(), en=_ENGLISH.get(one.getName(), one.getName()), worked=one.isWork())
            for each in range(year - 1, year + 3) if each not in known for one in HolidayUtil.getHolidays(each)
        ]
        db.add_all(stamp(row) for row in rows)
        db.flush()
        if rows:
            bump()
    return len(rows)


dates.workdays = shift
