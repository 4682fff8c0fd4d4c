"""Working days and working hours: what the State Council announced, what the house changes, what people type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from crm_core.access import rights
from crm_core.data.session import current_work, session, writing
from crm_core.kernel.errors import Invalid
from crm_core.kernel.site import Site
from crm_core.resource import settings, worktime
from crm_core.resource.worktime import SpecialDay, WorkingTime
from crm_core.text.dates import parse_date

THE_DAY_BEFORE = dt.date(2026, 9, 24)  # a Thursday; the Mid-Autumn Festival follows, and on Sunday the 20th one worked for National Day


@pytest.fixture
def house(migrated_site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr("crm_core.kernel.clock.now", lambda: dt.datetime(2026, 11, 27, 4, 0, tzinfo=dt.UTC))
    with migrated_site.system("test"):
        worktime.fill()
        yield migrated_site


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def test_holidays_are_free_and_the_days_in_their_stead_are_worked(house: Site) -> None:
    assert not worktime.works(day(10, 1)) and worktime.special_days()[day(10, 1)].zh == "国庆节"
    assert day(9, 20).weekday() == 6 and worktime.works(day(9, 20)), "a Sunday worked instead"
    assert worktime.windows(day(9, 20)) == worktime.windows(day(9, 21)), "it has the hours of a working day"
    assert not worktime.works(day(11, 28)) and worktime.works(day(11, 27)), "the others are as their weekday"


def test_working_days_are_counted_over_holidays_in_both_directions(house: Site) -> None:
    assert worktime.shift(THE_DAY_BEFORE, 1) == day(9, 28)
    assert worktime.shift(day(9, 30), 1) == day(10, 8), "all of the National Day week is passed over"
    assert worktime.shift(day(10, 8), -1) == day(9, 30)
    assert worktime.shift(day(10, 3), 0) == day(10, 8) and worktime.shift(day(9, 30), 0) == day(9, 30)
    for count in (-40, -3, -1, 1, 2, 40):
        there = worktime.shift(day(9, 30), count)
        assert worktime.works(there) and worktime.between(day(9, 30), there) == count
    assert worktime.between(day(10, 1), day(10, 7)) == 0


def test_working_hours_pass_only_while_somebody_works(house: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def local(month: int, number: int, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime(2026, month, number, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=8)))

    monkeypatch.setattr("crm_core.kernel.clock.zone", lambda: __import__("zoneinfo").ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr("crm_core.kernel.clock.local", lambda moment: moment.astimezone(dt.timezone(dt.timedelta(hours=8))))
    assert worktime.after(local(9, 30, 17, 30), 60) == local(10, 8, 9, 30), "half an hour before the holidays, half an hour after"
    assert worktime.after(local(11, 27, 11, 0), 120) == local(11, 27, 14, 0), "over lunch"
    assert worktime.after(local(11, 27, 7, 0), 30) == local(11, 27, 9, 30), "before the house opens nothing passes"


def test_what_people_type_counts_working_days(house: Site) -> None:
    for text in ("3个工作日后", "in 3 working days", "3 business days later", "三个工作日之后"):
        assert parse_date(text, "en", day(9, 29)) == day(10, 9), text
    assert parse_date("2个工作日前", "zh_Hans_CN", day(10, 9)) == day(9, 30)
    with pytest.raises(ValueError):
        parse_date("9999个工作日后", "zh_Hans_CN", day(10, 9))


def test_what_the_house_edits_counts_at_once_and_is_not_put_back(house: Site) -> None:
    with writing():
        resource = house.registry.resource("core.special_day")
        given = session.scalar(sa.select(SpecialDay.id).where(SpecialDay.day == day(9, 20)))
        resource.delete([given])
        resource.write([{"day": dt.date(2026, 12, 31), "zh": "年终盘点", "en": "Stocktaking"}])
    assert not worktime.works(day(9, 20)) and not worktime.works(day(12, 31))
    assert worktime.fill() == 0, "years that are known are left as they are"
    assert not worktime.works(day(9, 20))
    with pytest.raises(Invalid), writing():
        resource.write([{"day": dt.date(2026, 12, 31), "zh": "again", "en": "again"}])


def test_a_house_that_works_on_saturdays_says_so(house: Site) -> None:
    assert not worktime.works(day(11, 28))
    settings.put(WorkingTime, {"hours": "Mon-Sat 8:00-12:00"})
    rights_epoch = rights.epoch()
    assert worktime.works(day(11, 28)) and rights_epoch == current_work().info["rights"]
    assert not worktime.works(day(10, 3)), "a Saturday that is a holiday"
    with pytest.raises(Invalid):
        WorkingTime.check({"hours": "never"})
