"""The worker: threads that run jobs and deliveries, one that says we live, one that looks after time.

Rows are the truth; being woken only saves waiting for the next look (once a second). On SQLite there is one worker
process at a time, held by a file lock, so what is marked running when it starts is an orphan; on PostgreSQL any number.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from typing import IO

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.kernel import jobs, outbox
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.lease import USUAL, Timing, describe, new_owner
from crm_core.kernel.models import JobRow
from crm_core.kernel.runner import run_one
from crm_core.kernel.schedule import Scheduler
from crm_core.kernel.site import Site

log = logging.getLogger("crm.worker")
LOOK = 0.1  # seconds between two looks whether another process woke us


class WorkerRunning(CrmError):
    """There is a worker for this SQLite site already."""


class Worker:
    """Runs a site's jobs and deliveries until told to stop. Make it after the fork: owner and threads are its
    process's."""

    def __init__(self, site: Site, timing: Timing = USUAL, *, job_threads: int = 3, delivery_threads: int = 2) -> None:
        self.site, self.timing = site, timing
        self.owner = new_owner()
        self.scheduler = Scheduler(site)
        self.running: dict[int, Running] = {}
        self.delivering: set[int] = set()
        self._stop = threading.Event()
        self._tick = threading.Condition()
        self._rings = 0
        self._lock: IO[str] | None = None
        self._threads = [self._thread(f"job-{n}", self._run_job) for n in range(job_threads)]
        self._threads += [self._thread(f"delivery-{n}", self._deliver) for n in range(delivery_threads)]
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def hold(self, *, wait: bool = False) -> None:
        """Become the one worker of a SQLite site. Raises WorkerRunning, or waits for the other one to end."""
        if not self.site.engines.is_sqlite or self._lock is not None:
            return
        self.site.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (self.site.home / "worker.lock").open("a")
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._lock = file
                return
            except BlockingIOError:
                if not wait or self._stop.wait(0.2):
                    file.close()
                    raise WorkerRunning(_("A worker runs for this site already; SQLite can have only one.")) from None

    def run(self) -> None:
        """Work until stop(). Raises WorkerRunning when hold() was not called and another one holds the site."""
        self.hold()
        self._guard(self._take_over)
        self.site.wakers.append(self.wake)
        for thread in (*self._threads, self._heart):
            thread.start()
        rung, swept = self._bell(), float("-inf")
        while not self._stop.wait(LOOK):
            now = time.monotonic()
            if now - swept >= self.timing.sweep:
                swept = now
                self._guard(self._sweep)
                self.wake()
            elif (mark := self._bell()) != rung:
                rung = mark
                self.wake()
        self._end()

    def wake(self) -> None:
        """Have the threads look now."""
        with self._tick:
            self._rings += 1
            self._tick.notify_all()

    def stop(self) -> None:
        """Ask for the end: jobs stop at their next step and are handed back, deliveries are finished."""
        self._stop.set()
        for job in list(self.running.values()):
            job.stopping = True
        self.wake()

    def _end(self, grace: float = 20.0) -> None:
        end = time.monotonic() + grace
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        self.site.wakers.remove(self.wake)
        if self._lock is not None:
            self._lock.close()

    def _thread(self, name: str, work: Callable[[], bool]) -> threading.Thread:
        def loop() -> None:
            while not self._stop.is_set():
                heard = self._rings
                if not self._guard(work):
                    with self._tick:
                        if heard == self._rings:  # rung while we looked: look again
                            self._tick.wait(self.timing.sweep)

        return threading.Thread(target=loop, name=name, daemon=True)

    def _run_job(self) -> bool:
        return run_one(self.site, self.owner, self.timing, self.running)

    def _deliver(self) -> bool:
        return outbox.deliver_one(self.site, self.owner, self.timing, self.delivering)

    def _bell(self) -> int:
        """When another process last woke us: the time stamp of a file in the site's folder (Site.wake)."""
        path = self.site.home / "wake"
        try:
            return path.stat().st_mtime_ns
        except FileNotFoundError:
            path.touch(mode=0o600)
            return 0

    def _take_over(self) -> None:
        """What the last worker of a SQLite site left running when it died."""
        if self._lock is not None:
            for claims in (jobs.claims, outbox.claims):
                claims.reap(self.site.engines, self.timing, all_running=True)

    def _sweep(self) -> None:
        for claims in (jobs.claims, outbox.claims):
            claims.reap(self.site.engines, self.timing)
        self.scheduler.run()

    def _beat(self) -> None:
        while not self._stop.wait(self.timing.lease / 3):
            self._guard(self.beat)

    def beat(self) -> None:
        """Say that we live; learn who asked a job to stop and which was taken from us."""
        outbox.claims.beat(self.site.engines, self.owner, list(self.delivering), self.timing)
        mine = dict(self.running)
        if not mine:
            return
        jobs.claims.beat(self.site.engines, self.owner, list(mine), self.timing)
        t = table_of(JobRow).c
        with self.site.engines.read.connect() as conn:
            query = sa.select(t.id, t.claims, t.cancel_asked).where(t.id.in_(list(mine)), t.owner == self.owner)
            held = {row.id: row for row in conn.execute(query)}
        for number, job in mine.items():
            job.lost = number not in held or held[number].claims != job.row.claims
            job.cancelled = job.cancelled or (number in held and held[number].cancel_asked)

    def _guard(self, work: Callable[[], bool | None]) -> bool:
        """The worker outlives a database that is away: say it once, wait, go on."""
        try:
            return bool(work())
        except Exception as error:  # noqa: BLE001  said once, looked at again at the next sweep
            log.warning("%s: %s", getattr(work, "__name__", work), describe(error))
            self._stop.wait(self.timing.sweep)
            return False
