"""The office with the rights of the calendar, on each engine; a room; a Monday morning."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from crm_core.kernel import clock
from tests.customers.office import Office
from tests.mail.conftest import post, post_office, sink, smtp_server

__all__ = ["post", "post_office", "sink", "smtp_server"]
NOW = dt.datetime(2026, 11, 30, 1, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 12, 1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.freeze(NOW):
        yield


@pytest.fixture
def office(office: Office) -> Office:
    """Sellers plan their own and read which rooms there are."""
    for permission in ("core.appointment.*", "core.mail_account.*"):
        office.grant("seller", permission, "own")
    office.grant("seller", "core.room.read", "all")
    return office


def at(hour: int, minute: int = 0, day: dt.date = DAY) -> dt.datetime:
    """An hour in Shanghai."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=dt.timezone(dt.timedelta(hours=8))).astimezone(dt.UTC)


def plan(office: Office, who: str = "chen", begins: int = 10, ends: int = 11, **more: Any) -> int:
    with office.as_(who):
        return int(office.resource("appointment").write([{"title": "Stand at the fair", "begins": at(begins), "ends": at(ends), **more}])[0])


def room(office: Office, name: str = "Hall", **more: Any) -> int:
    with office.as_("sun"):
        return int(office.resource("room").write([{"name": name, **more}])[0])
