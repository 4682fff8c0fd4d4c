"""How large the batches of bulk work are: SQLite has one write lock, and people wait behind it.

Alone, a batch may hold the lock for a quarter of a second of processor time: small batches would not make a busy machine
less busy. As soon as anybody else wants to write, in whatever process, it is a seventh by the clock, with a pause in which
the others come in. PostgreSQL has no such lock; the size still follows the time.
"""

import gc
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crm_core.data import growth
from crm_core.data.engine import roomy
from crm_core.data.session import Session, current_work, has_work
from crm_core.kernel.jobs import Running

ALONE, CROWDED = 0.25, 0.14  # seconds a batch should hold the lock
HURRIED = 3  # alone it may take so many times as long by the clock, however busy the machine is with other things
PAUSE = 0.015  # at least ten milliseconds from one batch to the next: less and the waiting ones, who look in steps, never come in
YIELD = 0.004
SWEPT = 8  # batches between two looks at what they left in cycles: what lives is looked at too, and is most of it
LINGERS = 3.0  # so long after somebody's last wish to write the house counts as crowded


class Traffic:
    """When somebody last wanted to write, told between processes by eight bytes of shared memory in the site's
    folder."""

    def __init__(self, path: Path) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size < 8:
                os.ftruncate(handle, 8)
            self._shared = mmap.mmap(handle, 8)
        finally:
            os.close(handle)

    def note(self) -> None:
        """Somebody wants to write now. Costs less than a microsecond."""
        struct.pack_into("d", self._shared, 0, time.time())

    @property
    def crowded(self) -> bool:
        """Whether anybody wanted to write lately."""
        return 0 <= time.time() - float(struct.unpack_from("d", self._shared, 0)[0]) < LINGERS


_bulk = {"jobs": 0}
_bulk_lock = threading.Lock()


@contextmanager
def bulk() -> Iterator[None]:
    """While rows run through by the hundred thousand, or classes by the hundred at the start. Python's collector of cycles would
    look through all of them again and again, for a fifth of the time; here it looks only at what each batch left (`Pace.write`)."""
    with _bulk_lock:
        _bulk["jobs"] += 1
        gc.disable()
    try:
        yield
    finally:
        with _bulk_lock:
            _bulk["jobs"] -= 1
            if not _bulk["jobs"]:
                gc.enable()


class Pace:
    """The batches of one job: `while rows := take(pace.size): with pace.write(): …`."""

    def __init__(self, job: Running, start: int = 500, least: int = 50, most: int = 5_000, hold: float | None = None) -> None:
        """`hold`: seconds a batch should hold the lock by the clock, also alone: of work that goes on for minutes somebody always is the first to wait."""
        self.job, self.size, self.least, self.most, self.hold = job, start, least, most, hold
        self.longest, self.batches, self.released = 0.0, 0, 0.0

    @property
    def crowded(self) -> bool:
        traffic = self.job.site.traffic
        return traffic is not None and traffic.crowded

    def _held(self, clock: float, processor: float) -> float:
        """How long a batch held the lock, as far as it is its own doing. The processor of a PostgreSQL is elsewhere."""
        if self.job.site.traffic is None or self.crowded or self.hold is not None:
            return clock
        return max(processor, clock / HURRIED)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """`job.write()`, measured: the next batch is larger or smaller, and there is a pause when others wait."""
        if self.batches and self.crowded:  # what was prepared meanwhile counts as pause; a moment of the processor is left in any case
            time.sleep(max(YIELD, self.released + PAUSE - time.monotonic()))
        began = used = 0.0
        with self.job.write() as session, roomy(session.connection()):
            began, used = time.monotonic(), time.thread_time()
            yield session
        self.released = time.monotonic()
        held = self._held(self.released - began, time.thread_time() - used)
        self.longest = max(self.longest, held)
        self.batches += 1
        if not gc.isenabled() and self.batches % SWEPT == 0:
            gc.collect(1)
        wanted = self.size * (self.hold or (CROWDED if self.crowded else ALONE)) / max(held, 0.001)
        self.size = round(max(self.least, min(self.most, self.size * 2, wanted)))
        if has_work():  # a job that opens its own for each batch has none between them
            growth.look_again(current_work())

    def drain(self, take: Callable[[int], int]) -> None:
        """`take(at most so many)` in one transaction after the other, until it has found nothing; it returns how many it found."""
        while True:
            with self.write():
                found = take(self.size)
            if not found:
                return
            self.job.progress(self.job.done + found)
