"""Sessions: who acts, what may be written, and when it is committed.

A piece of work (request, job, command) runs inside `work(engines, actor)`. Reading uses a read transaction that cannot
write. `with writing():` is the write transaction; it commits before the answer is made, a status code decides nothing.
`system_scope(reason)` and `acting_as(actor)` are a *second* session on the same connection: same transaction, own
identity map, own actor, so objects of a wider actor never leak to a narrower one. Carry ids across, not objects.
`ledger()` writes in its own short transaction what must survive a refusal (throttle, security events, used links).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import orm

from crm_core.data.engine import Engines, plan_anew
from crm_core.data.wall import FLUSHING


class NoActor(RuntimeError):
    """Somebody asked the database something without saying who asks."""


class Session(orm.Session):
    """An ORM session with one actor for its whole life, `info["actor"]`; `info["system"]` is the reason of a system one."""

    checking = False
    held = False  # the write transaction is open: whoever opened it ends it

    def flush(self, objects: Any = None) -> None:
        """Check what was changed by hand, then let its statements pass the wall; the pass never outlives the flush."""
        if self.checking:
            return None  # a check asks the database: what is being checked is not ready to be written
        if self._flushing or not (self.new or self.dirty or self.deleted):
            return super().flush(objects)
        self.checking = True
        try:
            after = [found for check in flush_checks if (found := check(self)) is not None]
        finally:
            self.checking = False
        info = self.connection().info
        info[FLUSHING] = True
        try:
            super().flush(objects)
        finally:
            info.pop(FLUSHING, None)
        for call in after:
            call()

    def commit(self) -> None:
        self._whose("commit")
        super().commit()

    def rollback(self) -> None:
        self._whose("rollback")
        super().rollback()

    def close(self) -> None:
        self._whose("close")
        super().close()

    def _whose(self, what: str) -> None:
        """A transaction is ended by `writing()` alone: what somebody ends in the middle would keep half of an act."""
        if self.held:
            raise RuntimeError(f"{what}() inside writing(): it ends by itself; for a try use session.begin_nested()")

    @property
    def actor(self) -> Any:
        return self.info.get("actor")

    @property
    def system(self) -> str | None:
        return cast(str | None, self.info.get("system"))


@sa.event.listens_for(Session, "after_begin")
def _after_begin(session: Session, _transaction: Any, conn: sa.Connection) -> None:
    plan_anew(conn, session.info["work"].background)


# Slot for the layers above: each gets the session before a flush (rights, stamps) and may return what follows it
# (history, search). Filled once by resource/write.py.
flush_checks: list[Callable[[Session], Callable[[], None] | None]] = []


class Work:
    """One request, job or command: its engines, its actor and its sessions."""

    def __init__(self, engines: Engines, actor: Any, *, system: str | None = None) -> None:
        self.engines = engines
        self.actor = actor
        self.system = system
        self.stack: list[Session] = []  # innermost last: writing, system_scope, acting_as
        self.reader: Session | None = None
        self.after_commit: list[Callable[[], None]] = []
        self.afterwards: list[Callable[[], None]] = []  # called when a write transaction is over, whichever way
        self.writing_since: float | None = None
        self.longest_write = 0.0
        self.writes = 0  # how many write transactions there were: what was found before one may be out of date
        self.background = False  # a job or a delivery: nobody waits for it
        self.grown: Counter[sa.Table] = Counter()  # rows that came into tables by the set, and how many there are to come before
        self.looked_at: dict[sa.Table, int] = {}  # PostgreSQL is to look again (data/growth.py)
        self.info: dict[str, Any] = {}  # what a layer above keeps for this piece of work

    @property
    def session(self) -> Session:
        if self.stack:
            return self.stack[-1]
        if self.reader is None:
            self.reader = self.open(self.engines.read, system=self.system)
        return self.reader

    def open(self, bind: sa.Engine | sa.Connection, *, actor: Any = None, system: str | None = None) -> Session:
        """A session for `actor` (default: whose work this is), as the house for the reason `system` if there is one."""
        info = {"actor": self.actor if actor is None else actor, "system": system, "work": self}
        options: dict[str, Any] = {"join_transaction_mode": "rollback_only"} if isinstance(bind, sa.Connection) else {}
        return Session(bind=bind, expire_on_commit=False, autoflush=True, info=info, **options)

    def end_reading(self) -> None:
        """Give the read connection back; the next question sees the present."""
        if self.reader is not None:
            self.reader.close()
            self.reader = None


_work: ContextVar[Work | None] = ContextVar("crm_work", default=None)


def current_work() -> Work:
    """The piece of work this code runs in; raises NoActor outside of one."""
    found = _work.get()
    if found is None:
        raise NoActor("no actor: wrap this in work(…), a request, a job or `crm`")
    return found


def has_work() -> bool:
    return _work.get() is not None


@contextmanager
def work(engines: Engines, actor: Any, *, system: str | None = None) -> Iterator[Work]:
    """Run a request, job or command as `actor`. `system` is the reason when the house itself acts."""
    mine = Work(engines, actor, system=system)
    token = _work.set(mine)
    try:
        yield mine
    finally:
        _work.reset(token)
        mine.end_reading()


@contextmanager
def writing() -> Iterator[Session]:
    """The write transaction. Nested use joins the outer one. Commits at the end; any exception rolls all of it back.

    Nothing slow belongs inside: parse, hash, render and send before or after.
    """
    mine = current_work()
    if mine.writing_since is not None:
        yield mine.session
        return
    if mine.engines.announce is not None and not mine.background:
        mine.engines.announce()
    if mine.stack:  # inside system_scope() or acting_as(): the same actor, and their own reading goes on
        inner = mine.stack[-1]
        session = mine.open(mine.engines.write, actor=inner.actor, system=inner.system)
    else:
        mine.end_reading()
        session = mine.open(mine.engines.write, system=mine.system)
    mine.stack.append(session)
    mine.after_commit = []
    try:
        session.connection()  # takes the lock now, not in the middle
        mine.writing_since = time.monotonic()
        session.held = True
        try:
            yield session
            session.held = False
            session.commit()
        except BaseException:
            session.held = False
            session.rollback()
            raise
    finally:
        if mine.writing_since is not None:
            mine.longest_write = max(mine.longest_write, time.monotonic() - mine.writing_since)
        mine.writing_since = None
        mine.writes += 1
        mine.stack.remove(session)
        session.close()
        for call in _taken(mine.afterwards):
            call()
    for call in _taken(mine.after_commit):
        call()


def _taken(calls: list[Callable[[], None]]) -> list[Callable[[], None]]:
    found = calls[:]
    calls.clear()
    return found


def in_writing() -> bool:
    return has_work() and current_work().writing_since is not None


def after_commit(call: Callable[[], None]) -> None:
    """Call this once the running write transaction has committed (wake-ups only: effects belong into the outbox)."""
    current_work().after_commit.append(call)


@contextmanager
def system_scope(reason: str) -> Iterator[Session]:
    """A session of the house itself on the same connection, for integrity work that must see every row."""
    with _second(system=reason) as session:
        yield session


@contextmanager
def acting_as(actor: Any) -> Iterator[Session]:
    """A session of somebody else on the same connection (a delivery runs as the actor recorded on it)."""
    with _second(actor=actor) as session:
        yield session


@contextmanager
def _second(*, actor: Any = None, system: str | None = None) -> Iterator[Session]:
    mine = current_work()
    outer = mine.session
    if mine.writing_since is not None:
        outer.flush()
    session = mine.open(outer.connection(), actor=actor, system=system)  # never inherits the reason of the first
    before = mine.actor
    mine.stack.append(session)
    mine.actor = before if actor is None else actor
    try:
        yield session
        if mine.writing_since is not None:
            session.flush()
    finally:
        mine.actor = before
        mine.stack.remove(session)
        session.close()
        if mine.writing_since is not None and outer.in_transaction():
            outer.expire_all()  # the other session may have changed what this one has loaded


@contextmanager
def ledger(engines: Engines | None = None) -> Iterator[sa.Connection]:
    """A short transaction of its own for what must survive a refusal. Never inside `writing()`: it would wait for itself."""
    if in_writing():
        raise RuntimeError("ledger() inside writing() would wait for its own lock")
    found = engines or current_work().engines
    with found.write.connect() as conn, conn.begin():
        yield conn


class _Current:
    """`session.scalars(…)`: the session of the running piece of work, innermost first."""

    def __getattr__(self, name: str) -> Any:
        return getattr(current_work().session, name)


session = cast(Session, _Current())
