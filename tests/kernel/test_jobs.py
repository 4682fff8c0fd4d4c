"""Jobs: asked for in the transaction, run once, resumed where they stopped, stopped when told to."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import writing
from crm_core.kernel import clock, jobs, runner
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.lease import Timing
from crm_core.kernel.models import JobRow
from crm_core.kernel.series import draw
from crm_core.kernel.site import Site
from tests.kernel import toy
from tests.kernel.toy import effect, effects, known, told

table = JobRow.__table__
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    toy.calls.clear()
    toy.behave.clear()
    yield
    toy.behave.clear()


def ask(site: Site, name: str = "toy.write", who: int = 1, **kwargs: Any) -> int:
    args = kwargs.pop("args", {})
    with site.work(known[who]), writing():
        return later(name, args, **kwargs)


def row(site: Site, number: int) -> Any:
    with site.engines.read.connect() as conn:
        return conn.execute(sa.select(table).where(table.c.id == number)).one()


def test_a_job_runs_once_as_who_asked(site: Site) -> None:
    number = ask(site, args={"what": "x"}, who=4)
    assert runner.drain(site) == 1 and runner.drain(site) == 0
    assert effects(site) == [("x", 4)]
    assert row(site, number).state == "done" and row(site, number).ended_at is not None


def test_a_job_asked_for_in_a_transaction_that_fails_never_runs(site: Site) -> None:
    with pytest.raises(ZeroDivisionError), site.work(known[1]), writing():
        later("toy.write", {"what": "x"})
        raise ZeroDivisionError
    assert runner.drain(site) == 0 and effects(site) == []


def test_asking_outside_of_a_transaction_or_for_an_unknown_job_is_a_bug(site: Site) -> None:
    with site.work(known[1]):
        with pytest.raises(RuntimeError, match="outside of writing"):
            later("toy.write")
        with pytest.raises(ValueError, match="no package registered"), writing():
            later("toy.nothing")


def test_the_same_key_is_the_same_job(site: Site) -> None:
    assert ask(site, key="once") == ask(site, key="once") != ask(site, key="twice")
    assert runner.drain(site) == 2


def test_a_job_for_tomorrow_waits(site: Site) -> None:
    with clock.freeze(START):
        ask(site, run_at=START + dt.timedelta(days=1))
        assert runner.drain(site) == 0
    with clock.freeze(START + dt.timedelta(days=1, seconds=1)):
        assert runner.drain(site) == 1


def test_a_batch_that_fails_leaves_the_position_and_the_next_try_goes_on_there(site: Site) -> None:
    def stumble(job: Running) -> None:
        for number in range(job.position.get("next", 0), 5):
            with job.write():
                effect(f"{number}")
                job.position["next"] = number + 1
                job.progress(number + 1, 5)
                if number == 3 and job.row.failures == 0:
                    raise ValueError("stumbled")

    toy.behave["batches"] = stumble
    with clock.freeze(START):
        number = ask(site, "toy.batches")
        runner.drain(site)
        found = row(site, number)
        assert (found.state, found.failures, found.done, found.position) == ("queued", 1, 3, {"next": 3})
    with clock.freeze(START + dt.timedelta(minutes=1)):
        runner.drain(site)
    assert [what for what, _ in effects(site)] == ["0", "1", "2", "3", "4"]
    assert (row(site, number).state, row(site, number).done, row(site, number).total) == ("done", 5, 5)


def test_a_broken_job_is_parked_after_five_failures_and_can_be_run_again(site: Site) -> None:
    toy.behave["write"] = lambda job: 1 / 0  # type: ignore[assignment, return-value]
    with clock.freeze(START):
        number = ask(site, args={"what": "x"})
    for attempt in range(7):
        with clock.freeze(START + dt.timedelta(minutes=15 * attempt)):
            runner.drain(site)
    assert len(toy.calls) == 5
    assert row(site, number).state == "parked" and row(site, number).error == "ZeroDivisionError: division by zero"
    toy.behave.clear()
    with site.system("test"), writing():
        assert jobs.run_again(number)
    runner.drain(site)
    assert row(site, number).state == "done" and row(site, number).error is None


def test_a_refusal_is_final_and_keeps_its_sentence(site: Site) -> None:
    number = ask(site, "toy.refuse")
    runner.drain(site)
    assert (row(site, number).state, row(site, number).error) == ("failed", "not on a Sunday")


def test_a_cancelled_job_stops_at_its_next_step_and_keeps_what_it_did(site: Site) -> None:
    def slow(job: Running) -> None:
        for number in range(10):
            with job.write():
                effect(f"{number}")
                job.position["next"] = number + 1
                if number == 2:
                    jobs.cancel(job.id)

    toy.behave["batches"] = slow
    number = ask(site, "toy.batches")
    runner.drain(site)
    assert row(site, number).state == "cancelled" and row(site, number).position == {"next": 3}
    assert len(effects(site)) == 3


def test_a_waiting_job_that_is_cancelled_never_starts(site: Site) -> None:
    number = ask(site)
    with site.work(known[1]), writing():
        jobs.cancel(number)
    assert runner.drain(site) == 0 and row(site, number).state == "cancelled"


def test_a_worker_that_lost_its_lease_cannot_commit(site: Site) -> None:
    def stolen(job: Running) -> None:
        with job.site.engines.write.begin() as conn:  # what the reaper does, and then another worker
            conn.execute(sa.update(table).where(table.c.id == job.id).values(owner="another", claims=2))
        with job.write():
            effect("too late")

    toy.behave["batches"] = stolen
    number = ask(site, "toy.batches")
    runner.drain(site)
    assert effects(site) == [] and (row(site, number).state, row(site, number).owner) == ("running", "another")


def test_rows_of_a_silent_worker_come_back_with_a_random_wait_and_are_parked_at_the_sixth_crash(site: Site) -> None:
    timing = Timing(lease=10)
    moment = START
    with clock.freeze(START):
        number = ask(site)
    for crash in range(1, 7):
        moment += dt.timedelta(minutes=5)
        with clock.freeze(moment):
            assert jobs.claims.take(site.engines, "mortal", timing).claims == crash
            assert jobs.claims.reap(site.engines, timing) == 0
        with clock.freeze(moment + dt.timedelta(seconds=11)):
            assert jobs.claims.reap(site.engines, timing) == 1
            assert row(site, number).state == ("parked" if crash == 6 else "queued")
            if crash < 6:
                wait = row(site, number).run_at - clock.now()
                assert dt.timedelta(0) <= wait <= dt.timedelta(seconds=0.5 * 2**crash)
    assert "died six times" in told(row(site, number).error, "en")
    assert "六次" in told(row(site, number).error, "zh_Hans_CN")


def test_a_job_of_somebody_who_left_is_parked(site: Site) -> None:
    number = ask(site, who=9)
    gone = known.pop(9)
    try:
        runner.drain(site)
    finally:
        known[9] = gone
    assert row(site, number).state == "parked"


def test_progress_outside_of_a_write_is_noted_at_most_twice_a_second(site: Site) -> None:
    statements: list[str] = []

    def count(job: Running) -> None:
        engine = job.site.engines.write
        sa.event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        for number in range(1000):
            job.progress(number, 1000)

    toy.behave["write"] = count
    number = ask(site)
    runner.drain(site)
    assert row(site, number).state == "done" and row(site, number).done == 999
    assert len([s for s in statements if "position" in s]) <= 3


def test_a_series_has_no_gaps_after_a_rollback(site: Site) -> None:
    with site.system("test"):
        with writing():
            assert draw("t", 2) == [1, 2]
        with pytest.raises(ZeroDivisionError), writing():
            assert draw("t") == [3]
            raise ZeroDivisionError
        with writing():
            assert draw("t", 3) == [3, 4, 5] and draw("u") == [1] and draw("t", 0) == []
