"""Schedules: the right slots, and each once whoever asks."""

import datetime as dt
import itertools
import threading
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm_core.kernel import clock, runner
from crm_core.kernel.models import JobRow
from crm_core.kernel.schedule import Schedule, Scheduler
from crm_core.kernel.site import Site
from tests.kernel.toy import effects

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
table = JobRow.__table__


@pytest.mark.parametrize(("text", "moment", "slot"), [
    ("every 5 minutes", "2026-03-02T09:07:59", "2026-03-02T09:05Z"),
    ("every minute", "2026-03-02T09:07:59", "2026-03-02T09:07Z"),
    ("every hour", "2026-03-02T09:07:00", "2026-03-02T09:00Z"),
    ("every 6 hours", "2026-03-02T09:07:00", "2026-03-02T06:00Z"),
    ("every day at 08:00", "2026-03-02T00:00:00", "2026-03-02T08:00"),  # eight in Shanghai is midnight UTC
    ("every day at 08:00", "2026-03-01T23:59:59", "2026-03-01T08:00"),
])
def test_the_newest_slot(text: str, moment: str, slot: str) -> None:
    assert Schedule.parse(text).slot(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC), SHANGHAI) == slot


@pytest.mark.parametrize("text", ["", "every", "every 0 minutes", "every day at 24:00", "every 5 days", "daily"])
def test_what_is_no_schedule_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="no schedule"):
        Schedule.parse(text)


def test_days_with_a_clock_change_have_one_slot_each() -> None:
    berlin, schedule = ZoneInfo("Europe/Berlin"), Schedule.parse("every day at 02:30")
    for start in (dt.datetime(2026, 3, 28, tzinfo=dt.UTC), dt.datetime(2026, 10, 24, tzinfo=dt.UTC)):
        hours = [start + dt.timedelta(minutes=10 * n) for n in range(6 * 24 * 3)]
        slots = [schedule.slot(moment, berlin) for moment in hours]
        changes = [new for old, new in itertools.pairwise(slots) if old != new]
        assert len(changes) == len(set(changes)) == 3 and slots == sorted(slots)


def test_two_schedulers_make_each_slot_once(site: Site) -> None:
    faults: list[BaseException] = []
    together = threading.Barrier(2)

    def walk() -> None:
        try:
            scheduler = Scheduler(site)
            for step in range(25):
                with clock.freeze(START + dt.timedelta(minutes=5 * step)):
                    together.wait(30)
                    scheduler.run()
                    together.wait(30)
                    runner.drain(site)
        except BaseException as error:
            faults.append(error)
            raise

    threads = [threading.Thread(target=walk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == [] and effects(site) == [("tick", None)] * 25


def test_after_a_pause_only_the_newest_slot_is_made_up_for(site: Site) -> None:
    for moment in (START, START + dt.timedelta(days=3)):
        with clock.freeze(moment):
            Scheduler(site).run()
            runner.drain(site)
    assert effects(site) == [("tick", None)] * 2


def test_a_slot_waits_while_the_last_one_is_at_work(site: Site) -> None:
    scheduler = Scheduler(site)
    with clock.freeze(START):
        assert scheduler.run() == 1
    with clock.freeze(START + dt.timedelta(minutes=5)):
        assert scheduler.run() == 0
        runner.drain(site)
        assert scheduler.run() == 1
    with site.engines.read.connect() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 2
