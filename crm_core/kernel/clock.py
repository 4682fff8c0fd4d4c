"""Now, and today for the person who asks. Tests freeze it; nothing else in the project reads the system clock for data."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_frozen: ContextVar[dt.datetime | None] = ContextVar("crm_frozen", default=None)
_zone: ContextVar[str] = ContextVar("crm_zone", default="Asia/Shanghai")


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or dt.datetime.now(dt.UTC)


def frozen() -> bool:
    """Whether a test has stopped the clock."""
    return _frozen.get() is not None


def zone() -> ZoneInfo:
    """The time zone of the person who acts."""
    try:
        return ZoneInfo(_zone.get())
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def today() -> dt.date:
    """Today where the acting person is."""
    return now().astimezone(zone()).date()


def local(moment: dt.datetime) -> dt.datetime:
    """The instant on the acting person's wall clock."""
    return moment.astimezone(zone())


def instant(day: dt.date, at: dt.time = dt.time()) -> dt.datetime:
    """The instant at which the acting person's wall clock says this, in UTC; the beginning of the day without `at`."""
    return dt.datetime.combine(day, at, tzinfo=zone()).astimezone(dt.UTC)


@contextmanager
def in_zone(name: str) -> Iterator[None]:
    token = _zone.set(name)
    try:
        yield
    finally:
        _zone.reset(token)


@contextmanager
def freeze(moment: dt.datetime) -> Iterator[None]:
    """Stop the clock (tests)."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
