"""Times of day and day-and-time words as people type them."""

import datetime as dt

import pytest

from crm_core.features.tasks.times import parse_time, read_when
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import in_language

MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(("text", "expected"), [
    ("10:30", "10:30"), ("9", "09:00"), ("3pm", "15:00"), ("12am", "00:00"), ("下午3点", "15:00"), ("下午 3 点半", "15:30"),
    ("９：０５", "09:05"), ("晚上8点一刻", "20:15"), ("中午12点", "12:00"), ("上午9时20分", "09:20"),
])
def test_a_time_is_understood(text: str, expected: str) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["", "25:00", "10:75", "soon", "-1", "1:2:3"])
def test_nonsense_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)


@pytest.mark.parametrize(("text", "day", "hour"), [
    ("", None, None), ("2026-12-01", "2026-12-01", None), ("下周三", "2026-12-02", None), ("三周后", "2026-12-14", None),
    ("下周三 15:00", "2026-12-02", "15:00"), ("明天下午3点", "2026-11-24", "15:00"), ("10:30", "2026-11-23", "10:30"),
    ("2026-12-01 09:30", "2026-12-01", "09:30"),
])
def test_day_and_time_come_apart(text: str, day: str | None, hour: str | None) -> None:
    with clock.freeze(MONDAY), in_language("zh_Hans_CN"):
        found = read_when(text)
    assert found == (dt.date.fromisoformat(day) if day else None, hour)


def test_what_is_no_day_is_said() -> None:
    with clock.freeze(MONDAY), in_language("en"), pytest.raises(Invalid):
        read_when("when pigs fly")
