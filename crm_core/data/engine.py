"""Engines for SQLite and PostgreSQL: one that can only read and one that writes.

SQLite: WAL with synchronous=FULL, the transaction begun by us and not by the driver, BEGIN IMMEDIATE for writers
(a deferred one that reads first fails at once however long the busy timeout is). The reading engine refuses writes at
the database, so a GET cannot write by accident on either engine.
"""

import json
import os
import select
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event

from crm_core.data.wall import guard

BUSY_MS = 10_000
STATEMENT_SECONDS = 30
IDLE = 30.0  # seconds after which a pooled connection is asked whether it is still there
BY_VALUES = "crm_by_values"  # execution option: how this is best found out depends on what is asked for
PREPARED_AFTER = 5  # how often PostgreSQL is asked the same before it keeps the statement with its plan


class Engines:
    """The pair of engines of one database, made anew after a fork (a socket shared by two processes lies)."""

    def __init__(self, url: str, *, threads: int = 16) -> None:
        self.url = sa.make_url(url)
        self._threads = threads
        self._made: dict[tuple[int, bool], sa.Engine] = {}
        self._lock = threading.Lock()
        # Called when a person's work is about to write, before it waits for the lock; bulk work looks at it.
        self.announce: Callable[[], None] | None = None
        self._listeners: list[Callable[[sa.Engine], None]] = [guard]

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def on_engine(self, listener: Callable[[sa.Engine], None]) -> None:
        """Have `listener(engine)` called for every engine made from now on (statement counters, tests)."""
        self._listeners.append(listener)

    @property
    def read(self) -> sa.Engine:
        return self._engine(write=False)

    @property
    def write(self) -> sa.Engine:
        return self._engine(write=True)

    def dispose(self) -> None:
        """Close the pools of this process; those inherited over a fork are dropped without touching their sockets."""
        with self._lock:
            for (pid, _write), engine in self._made.items():
                engine.dispose(close=pid == os.getpid())
            self._made.clear()

    @contextmanager
    def hasty(self) -> Iterator[sa.Connection]:
        """A write transaction for trifles (last seen): somebody else writing just now means OperationalError at once."""
        with self.write.connect() as conn:
            raw: Any = conn.connection
            try:
                if self.is_sqlite:
                    raw.execute("pragma busy_timeout=0")
                with conn.begin():
                    if not self.is_sqlite:
                        conn.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
                    yield conn
            finally:
                if self.is_sqlite:
                    raw.execute(f"pragma busy_timeout={BUSY_MS}")

    def _engine(self, *, write: bool) -> sa.Engine:
        key = (os.getpid(), write)
        engine = self._made.get(key)
        if engine is None:
            with self._lock:
                engine = self._made.get(key) or self._make(write)
                self._made[key] = engine
        return engine

    def _make(self, write: bool) -> sa.Engine:
        if self.is_sqlite:
            engine = sa.create_engine(
                self.url, pool_size=self._threads, max_overflow=self._threads, hide_parameters=True, json_deserializer=_value, json_serializer=_said
            )
            prepare_sqlite(engine, write=write)
        else:
            # Neither compiling nor parallel workers: they cost more to begin than a page may take.
            options = (f"-c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0 -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=10s "
                       f"-c idle_in_transaction_session_timeout=15min{'' if write else ' -c default_transaction_read_only=on'}")
            url = self.url.set(drivername="postgresql+psycopg")
            _translate_once()
            engine = sa.create_engine(
                url,
                pool_size=self._threads,
                max_overflow=self._threads,
                pool_pre_ping=True,
                pool_use_lifo=True,  # the connection used last has the statements of pages prepared
                json_deserializer=_received,
                json_serializer=_said,
                hide_parameters=True,  # values of people do not belong into tracebacks and logs (S21)
                connect_args={"options": options},
                **({} if write else {"isolation_level": "AUTOCOMMIT"}),  # a page needs no way to the server for BEGIN and COMMIT
            )
            event.listen(engine, "do_execute", _by_values)
            engine.dialect.do_ping = _ping_seldom(engine.dialect.do_ping)  # type: ignore[assignment,method-assign]
        for listener in self._listeners:
            listener(engine)
        return engine


def _by_values(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    """Of what a page asks PostgreSQL keeps the plans, which take longer to make than to follow. Not of questions marked by `BY_VALUES`: a
    word of nearly every name and a rare one, a scope of one department and of two hundred need plans of their own."""
    if not context.execution_options.get(BY_VALUES):
        return None
    cursor.execute(statement, parameters, prepare=False)
    return True


def _ping_seldom(ping: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Ask a connection from the pool whether it is still there, which is a way to the server and back, only when it was not used for a while,
    or has something to read: a server that closed it, or is about to, has said so."""
    asked: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

    def still_there(connection: Any) -> bool:
        now = time.monotonic()
        if now - asked.get(connection, -IDLE) < IDLE and not connection.closed:
            there = select.poll()
            there.register(connection.fileno(), select.POLLIN)
            if not there.poll(0):
                asked[connection] = now
                return True
        found = ping(connection)
        asked[connection] = now
        return found

    return still_there


def _translate_once() -> None:
    """The driver writes `%(name)s` as `$1` anew each time for a statement of more than 4 KB, as those are seldom asked twice. Ours are the
    questions of a record page put together: always the same ten kilobytes. A driver that keeps this elsewhere is a little slower."""
    from psycopg import _queries

    for name, most in (("MAX_CACHED_STATEMENT_LENGTH", 20_000), ("MAX_CACHED_STATEMENT_PARAMS", 250)):
        if hasattr(_queries, name):
            setattr(_queries, name, most)


def prepare_sqlite(engine: sa.Engine, *, write: bool, foreign_keys: bool = True) -> None:
    """Our pragmas and our BEGIN on every connection. `foreign_keys=False` is for migrations: it cannot be said later,
    within a transaction the pragma does nothing."""
    pragmas = [
        "journal_mode=wal", "synchronous=full", f"busy_timeout={BUSY_MS}", "foreign_keys=on" if foreign_keys else "foreign_keys=off", "trusted_schema=off",
        "secure_delete=on", "cell_size_check=on", "journal_size_limit=67108864", "cache_size=-4000",
        "mmap_size=0",  # a mapped file counts as memory of every worker, and is hardly faster
    ]
    # A checkpoint copies the log into the file; after each thousand pages it would be half the work of an import.
    pragmas.append("wal_autocheckpoint=8000" if write else "query_only=on")

    @event.listens_for(engine, "connect")
    def connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # SQLAlchemy says BEGIN (below), not the driver
        for pragma in pragmas:
            dbapi.execute("pragma " + pragma)

    @event.listens_for(engine, "begin")
    def begin(conn: sa.Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def roomy(conn: sa.Connection) -> Iterator[None]:
    """While a batch is written: room for the pages of its indexes, which would be written twice otherwise. SQLite gives it
    back at the end; PostgreSQL has its own way."""
    if conn.dialect.name != "sqlite":
        yield
        return
    raw: Any = conn.connection
    raw.execute("pragma cache_size=-100000")  # KiB
    try:
        yield
    finally:
        raw.execute("pragma cache_size=-4000")


def plan_anew(conn: sa.Connection, anew: bool) -> None:
    """Whether PostgreSQL thinks about each statement of this transaction anew. The plan it keeps for a prepared one is right
    for pages; bulk work fills tables, and what was planned while they were empty reads them whole for every batch."""
    if conn.dialect.name != "sqlite":
        raw: Any = conn.connection.driver_connection
        raw.prepare_threshold = None if anew else PREPARED_AFTER


def sqlite_version_ok() -> bool:
    """FTS5 with external content and UPDATE … FROM need SQLite 3.38 or newer."""
    return sqlite3.sqlite_version_info >= (3, 38)


_decode = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder().encode


def _said(value: Any) -> str:
    """The text of a JSON column; see `_value` for why."""
    return _encode(value) if value or not isinstance(value, (list, dict)) else "[]" if isinstance(value, list) else "{}"


def _value(text: str) -> Any:
    """A JSON column as SQLite hands it over. Most are an empty list or object, and a page reads hundreds of them; what stands there was
    written by `json.dumps`, so nothing stands around the value."""
    return [] if text == "[]" else {} if text == "{}" else _decode(text)[0]


def _received(text: bytes) -> Any:
    """The same as PostgreSQL hands it over, which writes it itself."""
    return [] if text == b"[]" else {} if text == b"{}" else _decode(text.decode())[0]
