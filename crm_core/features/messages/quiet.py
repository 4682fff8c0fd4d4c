"""When somebody wants to be left alone: from an hour to an hour of his own clock, through midnight or not.

Hours are moments on the wall clock, made into instants the usual way: one that a change of the clocks leaves out is the hour after it, one
that comes twice is the first of the two. So a night of a change is as long as the clocks make it, and what ended does not begin again.
"""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_core.text.hours import minute

DAY = dt.timedelta(days=1)


def zone(name: str | None, usual: str) -> ZoneInfo:
    """The time zone of a person, the house's where he has none or one that is not known any more."""
    for one in (name, usual):
        try:
            return ZoneInfo(one or usual)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")


def ends(begins: str | None, until: str | None, where: ZoneInfo, now: dt.datetime) -> dt.datetime | None:
    """When the quiet time in which `now` lies is over, in UTC; None where it lies in none. Hours as "22:00"; both the same, or one of
    them missing: there is none."""
    if not begins or not until or begins == until:
        return None
    today = now.astimezone(where).date()
    for day in (today - DAY, today):
        start, end = instant(day, begins, where), instant(day if until > begins else day + DAY, until, where)
        if start <= now < end:
            return end
    return None


def instant(day: dt.date, hour: str, where: ZoneInfo) -> dt.datetime:
    """A moment of the wall clock as an instant in UTC."""
    return dt.datetime.combine(day, dt.time(*divmod(minute(hour), 60)), tzinfo=where).astimezone(dt.UTC)


def last(hour: str, weekday: int | None, where: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """The latest moment up to `now` at which it was this hour, on this day of the week (0 is Monday) or on any."""
    day = now.astimezone(where).date()
    for back in range(9):
        one = day - back * DAY
        if (weekday is None or one.weekday() == weekday) and instant(one, hour, where) <= now:
            return instant(one, hour, where)
    raise AssertionError("an hour comes every day")
