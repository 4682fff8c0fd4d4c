"""Rows that workers take, hold by a lease and hand in once: the one machine under deliveries and jobs.

The table gives all the safety, waking somebody up is only speed. Taking is one UPDATE of a queued row (SKIP LOCKED on
PostgreSQL, the single writer of SQLite); whoever finishes proves by `owner` and `claims` that the row is still his, in
the transaction of the effect. Failures and crashes are counted apart, a database that was away counts as neither.
"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import Model, table_of
from crm_core.data.engine import Engines
from crm_core.kernel import words
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.lease import (
    MAX_CRASHES,
    MAX_FAILURES,
    Timing,
    crash_wait,
    db_now,
    describe,
    in_seconds,
    retry_wait,
)

QUEUED, RUNNING, PARKED = "queued", "running", "parked"
CRASHED = _("The worker died six times with this in hand.")


def in_words(error: BaseException) -> str:
    """An error as a row keeps it: a sentence of ours, which each reader has in his own language, or what the program says."""
    return words.keep_line(error.message) if isinstance(error, CrmError) else describe(error)


class LostLease(Exception):
    """The row has been given to somebody else: stop, and let the transaction roll back."""


class Claims:
    """The take-and-hand-in half of a table with state, failures, claims, owner, lease_until, run_at and error."""

    def __init__(self, model: type[Model], order_key: Sequence[str] = ()) -> None:
        self.table = table_of(model)
        self.order_key = tuple(order_key)  # rows equal in these columns are taken one after the other

    def take(self, engines: Engines, owner: str, timing: Timing) -> Any | None:
        """The oldest row that is due, now ours; None when there is none. Looks with a read before it takes the
        write lock."""
        with engines.read.connect() as conn:
            if conn.execute(self._due(conn.dialect).limit(1)).first() is None:
                return None
        t = self.table.c
        with engines.write.begin() as conn:
            found = self._due(conn.dialect).limit(1).with_for_update(skip_locked=True).scalar_subquery()
            taken = sa.update(self.table).where(t.id == found, t.state == QUEUED).values(
                state=RUNNING, owner=owner, claims=t.claims + 1, lease_until=in_seconds(conn.dialect, timing.lease))
            if "started_at" in t:
                taken = taken.values(started_at=sa.func.coalesce(t.started_at, db_now(conn.dialect)))
            return conn.execute(taken.returning(*self.table.c)).first()

    def fenced(self, conn: sa.Connection, row: Any, **values: Any) -> None:
        """Change a row we hold, in the caller's transaction. Raises LostLease when it is ours no more."""
        t = self.table.c
        ours = (t.id == row.id) & (t.owner == row.owner) & (t.claims == row.claims) & (t.state == RUNNING)
        if conn.execute(sa.update(self.table).where(ours).values(**values)).rowcount != 1:
            raise LostLease(f"{self.table.name} {row.id}")

    def fail(self, engines: Engines, row: Any, error: BaseException, timing: Timing) -> None:
        """Hand in a failure: try again after a while, or park it after the fifth."""
        failures = row.failures + 1
        wait = retry_wait(timing, failures)
        with engines.write.begin() as conn:
            try:
                self.fenced(conn, row, failures=failures, error=in_words(error), owner=None, lease_until=None,
                            state=PARKED if failures >= MAX_FAILURES else QUEUED, run_at=in_seconds(conn.dialect, wait))
            except LostLease:
                pass  # whoever has it now will say how it went

    def settle(self, engines: Engines, row: Any, **values: Any) -> None:
        """Put a row we hold into its last state in a transaction of its own (parked, failed, cancelled)."""
        with engines.write.begin() as conn:
            try:
                self.fenced(conn, row, owner=None, lease_until=None, **values)
            except LostLease:
                pass

    def wait(self, engines: Engines, row: Any, error: BaseException, seconds: float) -> None:
        """Hand a row back that another system takes nothing of for now, with what it said; that is no failure."""
        with engines.write.begin() as conn:
            try:
                self.fenced(conn, row, state=QUEUED, claims=self.table.c.claims - 1, error=in_words(error), owner=None, lease_until=None,
                            run_at=in_seconds(conn.dialect, seconds))
            except LostLease:
                pass

    def give_back(self, engines: Engines, row: Any, seconds: float) -> None:
        """Hand a row back as if it had not been taken: the database was away, or this process is going down."""
        with engines.write.begin() as conn:
            try:
                self.fenced(conn, row, state=QUEUED, claims=self.table.c.claims - 1, owner=None, lease_until=None,
                            run_at=in_seconds(conn.dialect, seconds))
            except LostLease:
                pass

    def beat(self, engines: Engines, owner: str, ids: Collection[int], timing: Timing) -> None:
        """Say that we still live and hold these."""
        if not ids:
            return
        t = self.table.c
        with engines.write.begin() as conn:
            conn.execute(sa.update(self.table).where(t.id.in_(list(ids)), t.owner == owner, t.state == RUNNING).values(
                lease_until=in_seconds(conn.dialect, timing.lease)))

    def reap(self, engines: Engines, timing: Timing, *, all_running: bool = False) -> int:
        """Take rows from workers that went silent; back into the queue after a random while, or parked after six
        crashes.

        `all_running`: we are the only worker there can be and hold nothing yet, so whatever runs is an orphan.
        """
        t = self.table.c
        with engines.read.connect() as conn:
            silent = [t.state == RUNNING] if all_running else [t.state == RUNNING, t.lease_until < db_now(conn.dialect)]
            rows = conn.execute(sa.select(t.id, t.owner, t.claims, t.failures).where(*silent).limit(200)).all()
        for row in rows:
            crashes = row.claims - row.failures
            values: dict[str, Any] = {"owner": None, "lease_until": None}
            if crashes >= MAX_CRASHES:
                values |= {"state": PARKED, "error": words.keep_line(CRASHED)}
            with engines.write.begin() as conn:
                silent = [] if all_running else [t.lease_until < db_now(conn.dialect)]
                if crashes < MAX_CRASHES:
                    values |= {"state": QUEUED, "run_at": in_seconds(conn.dialect, crash_wait(timing, crashes))}
                conn.execute(sa.update(self.table).where(
                    t.id == row.id, t.owner == row.owner, t.claims == row.claims, t.state == RUNNING, *silent,
                ).values(**values))
        return len(rows)

    def _due(self, dialect: sa.Dialect) -> sa.Select[Any]:
        t = self.table.alias("due")
        query = sa.select(t.c.id).where(t.c.state == QUEUED, t.c.run_at <= db_now(dialect)).order_by(t.c.run_at, t.c.id)
        if self.order_key:
            older = self.table.alias("older")
            same = [older.c[name] == t.c[name] for name in self.order_key]
            first = sa.exists().where(*same, older.c.id < t.c.id, older.c.state.in_([QUEUED, RUNNING]))
            query = query.where(~first.correlate(t))
        return query
