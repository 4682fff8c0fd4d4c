"""Jobs: work outside of requests, asked for by `later(…)` or due by a schedule. The table is the queue.

A job function gets a handle:

    def rename(job):
        for batch in chunks(job.args["ids"], after=job.position.get("last")):
            with job.write():                      # the write transaction, in the rights of who asked
                ...
                job.position["last"] = batch[-1]   # committed together with the batch: a kill resumes exactly here
                job.progress(job.done + len(batch))

Outside of `write()` there is no transaction to hold up others. A function without batches says `with job.finish():`,
whose effect and the mark that the job is done are one commit.
"""

import copy
import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import Session, after_commit, current_work, in_writing, writing
from crm_core.data.upsert import upsert
from crm_core.kernel import actors, clock
from crm_core.kernel.claims import PARKED, QUEUED, RUNNING, Claims, LostLease
from crm_core.kernel.lease import Timing, db_now, in_seconds
from crm_core.kernel.models import JobRow
from crm_core.kernel.site import Site, site

__all__ = ["Cancelled", "LostLease", "Running", "Stopping", "cancel", "claims", "later", "run_again"]

claims = Claims(JobRow)
_table = table_of(JobRow)
PROGRESS_EVERY = 0.5  # seconds between two notes of progress outside of a write


class Cancelled(Exception):
    """Somebody asked to stop; what has been committed so far stays (and can be undone by its change)."""


def later(name: str, args: Mapping[str, Any] | None = None, *, key: str | None = None,
          run_at: dt.datetime | None = None, label: Any = "", total: int | None = None, change_id: int | None = None) -> int:
    """Ask for a job in the running write transaction; it starts only if that commits. Returns its id.

    `args` are plain values (JSON). It runs as who asks. The same `key` is the same job: asked twice, it runs once and
    both get its id. Raises ValueError for a name that no package registered.
    """
    if not in_writing():
        raise RuntimeError(f"later({name!r}) outside of writing(): it would run although nothing was changed")
    if name not in site().registry.jobs:
        raise ValueError(f"no package registered a job {name!r}")
    mine = current_work().session
    conn = mine.connection()
    values = {
        "name": name, "args": dict(args or {}), "key": key, "label": str(label)[:200], "total": total,
        "change_id": change_id, "actor_id": actors.id_of(mine.actor), "run_at": run_at or db_now(conn.dialect), "made_at": clock.now(),
    }
    number = insert(conn, values)
    if number is None:
        return int(conn.execute(sa.select(_table.c.id).where(_table.c.key == key)).scalar_one())
    after_commit(site().wake)
    return number


def insert(conn: sa.Connection, values: Mapping[str, Any]) -> int | None:
    """Put a row into the queue; None when its key is already there."""
    fresh = {"state": QUEUED, "failures": 0, "claims": 0, "done": 0, "cancel_asked": False,
             "position": {}, "result": {}}
    statement = upsert(_table, conn.dialect.name).values(**fresh, **values).on_conflict_do_nothing(index_elements=["key"])
    found: int | None = conn.execute(statement.returning(_table.c.id)).scalar()
    return found


def cancel(job: int) -> None:
    """Ask a job to stop, in the running write transaction: a waiting one never starts, a running one stops at
    its next step."""
    conn = current_work().session.connection()
    t = _table.c
    conn.execute(sa.update(_table).where(t.id == job, t.state == QUEUED).values(
        state="cancelled", cancel_asked=True, ended_at=db_now(conn.dialect)))
    conn.execute(sa.update(_table).where(t.id == job, t.state == RUNNING).values(cancel_asked=True))


def run_again(job: int) -> bool:
    """Queue a parked, failed or cancelled job once more, where it stopped, in the running write transaction."""
    conn = current_work().session.connection()
    t = _table.c
    done = conn.execute(sa.update(_table).where(t.id == job, t.state.in_([PARKED, "failed", "cancelled"])).values(
        state=QUEUED, failures=0, claims=0, error=None, cancel_asked=False, ended_at=None, run_at=db_now(conn.dialect)))
    after_commit(site().wake)
    return bool(done.rowcount)


class Stopping(Exception):
    """The worker goes down: the job is handed back, another worker goes on where it stopped."""


class Running:
    """The handle of a job that runs. Everything it writes about itself is fenced: a job that was given to somebody else
    meets LostLease at its next step and its transaction rolls back."""

    def __init__(self, site: Site, row: Any, actor: Any, timing: Timing) -> None:
        self.site, self.row, self.actor, self.timing = site, row, actor, timing
        self.id: int = row.id
        self.name: str = row.name
        self.args: dict[str, Any] = row.args
        self.position: dict[str, Any] = dict(row.position)  # JSON; committed by write()
        self.result: dict[str, Any] = dict(row.result)  # JSON, for the page that shows how it went
        self.done: int = row.done
        self.total: int | None = row.total
        self.change_id: int | None = row.change_id
        self.cancelled: bool = row.cancel_asked
        self.lost = False  # these two are set by the worker's heartbeat
        self.stopping = False
        self.finished = False
        self._noted = time.monotonic()

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far it is. Inside write() it is committed with it, outside at most twice a second.

        Raises Cancelled, Stopping or LostLease when it is time to stop; call it often and let them through.
        """
        self.done = done
        self.total = self.total if total is None else total
        if in_writing():
            return
        self.check()
        if time.monotonic() - self._noted >= PROGRESS_EVERY:
            self.save()

    def check(self) -> None:
        """Raise Cancelled, Stopping or LostLease when it is time to stop. Costs nothing."""
        if self.lost:
            raise LostLease(self.name)
        if self.stopping:
            raise Stopping(self.name)
        if self.cancelled:
            raise Cancelled(self.name)

    def save(self) -> None:
        """Commit position, progress and result now, in a transaction of its own."""
        with self.site.engines.write.begin() as conn:
            self._note(conn)
        self.check()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The write transaction of a batch, in the job's actor; position, progress and result commit together
        with it."""
        with self._write(ending=False) as session:
            yield session

    @contextmanager
    def finish(self) -> Iterator[Session]:
        """The last (or only) write: its effect and the mark that the job is done are one commit."""
        with self._write(ending=True) as session:
            yield session
        self.finished = True

    @contextmanager
    def _write(self, ending: bool) -> Iterator[Session]:
        self.check()
        before = copy.deepcopy((self.position, self.result, self.done, self.total))
        try:
            with writing() as session:
                yield session
                session.flush()
                self._note(session.connection(), ending)
        except BaseException:
            self.position, self.result, self.done, self.total = before
            raise

    def _note(self, conn: sa.Connection, ending: bool = False) -> None:
        values: dict[str, Any] = {
            "position": self.position, "result": self.result, "done": self.done, "total": self.total,
            "change_id": self.change_id, "lease_until": in_seconds(conn.dialect, self.timing.lease),
        }
        if ending:
            values |= {"state": "done", "ended_at": db_now(conn.dialect)}
            values |= dict.fromkeys(("owner", "lease_until", "error"))
        claims.fenced(conn, self.row, **values)
        if not ending:
            asked = conn.execute(sa.select(_table.c.cancel_asked).where(_table.c.id == self.id)).scalar()
            self.cancelled = bool(asked)
        self._noted = time.monotonic()
