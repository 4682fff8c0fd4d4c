"""Quiet hours and the hour of a mail on the wall clock, through changes of the clocks."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from crm_core.features.messages import quiet

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(("begins", "until", "now", "ends"), [
    ("22:00", "07:00", "2026-11-27 13:59", None), ("22:00", "07:00", "2026-11-27 14:00", "2026-11-27 23:00"),  # 22:00 in Shanghai
    ("22:00", "07:00", "2026-11-27 22:59", "2026-11-27 23:00"), ("22:00", "07:00", "2026-11-27 23:00", None),
    ("12:00", "13:30", "2026-11-27 04:30", "2026-11-27 05:30"), ("12:00", "13:30", "2026-11-27 06:00", None),
    (None, "07:00", "2026-11-27 14:00", None), ("22:00", None, "2026-11-27 14:00", None), ("22:00", "22:00", "2026-11-27 14:00", None),
])
def test_quiet_hours_go_through_midnight_or_not(begins: str | None, until: str | None, now: str, ends: str | None) -> None:
    assert quiet.ends(begins, until, SHANGHAI, utc(now)) == (utc(ends) if ends else None)


@pytest.mark.parametrize(("begins", "until", "now", "ends"), [
    # In the night to 29 March 2026 the clocks of Berlin go from 2:00 to 3:00 (1:00 UTC); in that to 25 October from 3:00 to 2:00 (1:00 UTC).
    ("22:00", "07:00", "2026-03-28 21:00", "2026-03-29 05:00"), ("22:00", "07:00", "2026-03-29 04:59", "2026-03-29 05:00"), ("22:00", "07:00", "2026-03-29 05:00", None),
    ("22:00", "07:00", "2026-10-24 20:00", "2026-10-25 06:00"), ("22:00", "07:00", "2026-10-25 05:59", "2026-10-25 06:00"), ("22:00", "07:00", "2026-10-25 06:00", None),
    ("22:00", "02:30", "2026-03-29 00:59", "2026-03-29 01:30"), ("22:00", "02:30", "2026-03-29 01:30", None),  # 2:30 there is not: half an hour after 3:00
    ("22:00", "02:30", "2026-10-25 00:29", "2026-10-25 00:30"), ("22:00", "02:30", "2026-10-25 00:30", None),
    ("22:00", "02:30", "2026-10-25 01:10", None),  # it is 2:10 again, and quiet was over
    ("02:30", "06:00", "2026-10-25 01:10", "2026-10-25 05:00"), ("02:30", "06:00", "2026-03-29 01:29", None),
])
def test_a_change_of_the_clocks_makes_the_night_longer_or_shorter(begins: str, until: str, now: str, ends: str | None) -> None:
    assert quiet.ends(begins, until, BERLIN, utc(now)) == (utc(ends) if ends else None)


@pytest.mark.parametrize(("hour", "weekday", "now", "due"), [
    ("08:00", None, "2026-11-27 00:00", "2026-11-27 00:00"), ("08:00", None, "2026-11-26 23:59", "2026-11-26 00:00"),
    ("08:00", 0, "2026-11-27 12:00", "2026-11-23 00:00"), ("08:00", 4, "2026-11-26 23:00", "2026-11-20 00:00"), ("08:00", 4, "2026-11-27 00:00", "2026-11-27 00:00"),
])
def test_the_last_time_it_was_this_hour(hour: str, weekday: int | None, now: str, due: str) -> None:
    assert quiet.last(hour, weekday, SHANGHAI, utc(now)) == utc(due)


def test_an_hour_that_comes_twice_is_due_once() -> None:
    assert {quiet.last("02:30", None, BERLIN, utc(f"2026-10-25 {hour}")) for hour in ("00:30", "01:29", "01:30", "02:00")} == {utc("2026-10-25 00:30")}


def test_an_unknown_zone_is_the_house_s() -> None:
    assert (quiet.zone("Nowhere/At all", "Asia/Shanghai"), quiet.zone(None, "Europe/Berlin"), quiet.zone("", "bad")) == (SHANGHAI, BERLIN, ZoneInfo("UTC"))
