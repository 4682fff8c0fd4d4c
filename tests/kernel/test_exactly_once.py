"""Aimed at what chaos seldom hits: races for a row, death between effect and mark, killed workers. Each with a canary
that shows what a careless engine would do."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import writing
from crm_core.kernel import jobs, outbox, runner
from crm_core.kernel.claims import Claims
from crm_core.kernel.events import emit
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.lease import Timing
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import Site
from crm_core.kernel.worker import Worker
from tests.kernel import toy
from tests.kernel.toy import Told, effect, effects, known

fork = multiprocessing.get_context("fork")
QUICK = Timing(lease=0.6, sweep=0.05, retry=0.01, crash=0.002)
table = JobRow.__table__


def in_processes(work: Callable[[], None], count: int) -> list[int]:
    """Run `work` in so many forked processes; their exit codes."""
    started = [fork.Process(target=work, daemon=True) for _ in range(count)]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    return [process.exitcode if process.exitcode is not None else 999 for process in started]


def ask(site: Site, name: str, count: int = 1, **args: Any) -> None:
    with site.work(known[1]), writing():
        for number in range(count):
            later(name, {"what": f"{number}", **args})


def states(site: Site) -> list[str]:
    with site.engines.read.connect() as conn:
        return [str(s) for s in conn.execute(sa.select(table.c.state).order_by(table.c.id)).scalars()]


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def careless_take(self: Claims, engines: Any, owner: str, timing: Timing) -> Any:
    with engines.read.connect() as conn:
        found = conn.execute(self._due(conn.dialect).limit(1)).scalar()
    if found is None:
        return None
    time.sleep(0.002)  # what the scheduler of the machine does now and then
    t = self.table.c
    with engines.write.begin() as conn:
        return conn.execute(sa.update(self.table).where(t.id == found).values(
            state="running", owner=owner, claims=t.claims + 1).returning(*t)).first()


@pytest.mark.parametrize("careful", [True, False], ids=["as it is", "canary: the claim does not look at the state"])
def test_twelve_threads_in_three_processes_run_a_hundred_jobs_once_each(
        site: Site, careful: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not careful:
        monkeypatch.setattr(Claims, "take", careless_take)
    jobs_asked = 100 if careful else 30
    ask(site, "toy.write", jobs_asked)

    def race() -> None:
        threads = [threading.Thread(target=lambda: runner.drain(site)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert in_processes(race, 3) == [0, 0, 0]
    assert (len(effects(site)) == jobs_asked) is careful
    assert set(states(site)) == {"done"}


@pytest.mark.parametrize(("way", "left"), [("finish", 8), ("position", 8), ("canary: effect and mark apart", 16)])
def test_a_process_that_dies_between_effect_and_mark_doubles_nothing(site: Site, way: str, left: int) -> None:
    def die_once(job: Running) -> None:
        if way == "finish":
            with job.finish():
                effect(job.args["what"])
                if job.row.claims == 1:
                    os._exit(9)
            return
        if not job.position.get("made"):
            with job.write():
                effect(job.args["what"])
                if way == "position":
                    job.position["made"] = True
        if job.row.claims == 1:
            os._exit(9)

    toy.behave["write"] = die_once
    ask(site, "toy.write", 8)
    for _ in range(30):
        if in_processes(lambda: runner.drain(site), 1) == [0]:
            break
        jobs.claims.reap(site.engines, Timing(crash=0), all_running=True)
    toy.behave.clear()
    assert set(states(site)) == {"done"} and len(effects(site)) == left


def test_a_delivery_whose_process_dies_is_made_once(site: Site) -> None:
    def die_once(event: Told) -> None:
        effect(f"{event.ids[0]}")
        with site.engines.read.connect() as conn:
            claims = conn.execute(sa.select(outbox.claims.table.c.claims).where(
                outbox.claims.table.c.id == outbox.delivery_id())).scalar_one()
        if claims == 1:
            os._exit(9)

    toy.behave["heard"] = die_once
    with site.work(known[1]), writing():
        for number in range(4):
            emit(Told((number,)))
    for _ in range(30):
        if in_processes(lambda: outbox.drain(site) and None, 1) == [0]:
            break
        outbox.claims.reap(site.engines, Timing(crash=0), all_running=True)
    toy.behave.clear()
    assert sorted(what for what, _ in effects(site)) == ["0", "1", "2", "3"]


def start_worker(site: Site) -> Any:
    process = fork.Process(target=lambda: Worker(site, QUICK).run(), daemon=True)
    process.start()
    return process


def kill(process: Any) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.join(30)


def test_a_killed_worker_goes_on_where_it_stopped(site: Site) -> None:
    ask(site, "toy.batches", count=1)
    with site.engines.write.begin() as conn:
        conn.execute(sa.update(table).values(args={"count": 150}))
    for seen in (5, 40, 90):
        worker = start_worker(site)
        until(lambda seen=seen: len(effects(site)) >= seen)
        kill(worker)
    worker = start_worker(site)
    until(lambda: states(site)[0] == "done")
    kill(worker)
    assert [what for what, _ in effects(site) if what != "tick"] == [f"batch {n}" for n in range(150)]


def test_a_job_that_kills_its_worker_is_parked_and_the_others_are_done(site: Site) -> None:
    def poison(job: Running) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    toy.behave["batches"] = poison
    ask(site, "toy.batches")
    ask(site, "toy.write", 5)
    deaths = 0
    while "queued" in states(site) or "running" in states(site):
        worker = start_worker(site)
        until(lambda worker=worker: not worker.is_alive() or not {"queued", "running"} & set(states(site)))
        deaths += not worker.is_alive()
        if worker.is_alive():
            kill(worker)
    toy.behave.clear()
    assert states(site)[0] == "parked" and deaths == 6
    assert set(states(site)[1:]) == {"done"}
    assert sorted(what for what, _ in effects(site) if what != "tick") == ["0", "1", "2", "3", "4"]


def test_a_worker_told_to_stop_hands_its_job_back_where_it_stands(site: Site) -> None:
    stepped = threading.Event()

    def slow(job: Running) -> None:
        for number in range(job.position.get("next", 0), 100_000):
            with job.write():
                effect(f"{number}")
                job.position["next"] = number + 1
            stepped.set()

    toy.behave["batches"] = slow
    ask(site, "toy.batches")
    worker = Worker(site, QUICK, job_threads=1)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert stepped.wait(30)
    worker.stop()
    thread.join(30)
    with site.engines.read.connect() as conn:
        row = conn.execute(sa.select(table).where(table.c.name == "toy.batches")).one()
    made = len([what for what, _ in effects(site) if what != "tick"])
    assert (row.state, row.claims, row.failures, row.position) == ("queued", 0, 0, {"next": made})


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_second_worker_of_a_sqlite_site_is_refused(make_site: Callable[..., Site]) -> None:
    from crm_core.kernel.worker import WorkerRunning

    first, second = Worker(make_site(), QUICK), Worker(make_site(), QUICK)
    first.hold()
    with pytest.raises(WorkerRunning):
        second.run()


def test_somebody_elses_commit_wakes_the_worker(site: Site) -> None:
    now = fork.Event()

    def wait_and_ask() -> None:
        now.wait(60)
        ask(site, "toy.write")

    other = fork.Process(target=wait_and_ask, daemon=True)  # forked before there are threads
    other.start()
    worker = Worker(site, Timing(sweep=3600.0))
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: len(effects(site)) == 1)  # the first sweep has put the due slot in
    now.set()
    until(lambda: len(effects(site)) == 2)
    worker.stop()
    thread.join(30)
    other.join(30)
