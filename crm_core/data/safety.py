"""What makes an upgrade safe: a lock, a copy made before, and a look at everything that must not have changed.

SQLite cannot alter a table in most ways, so Alembic makes a new one, copies and drops the old. With foreign keys on,
that drop deletes the rows of all children: hence a connection of its own with foreign keys off *before* BEGIN, and
afterwards a comparison of rows, foreign keys, indexes and triggers of all tables, whoever owns them.
"""

import contextlib
import datetime as dt
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from crm_core.data.engine import BUSY_MS, prepare_sqlite
from crm_core.data.faults import CopyFailed, Unsound, UpgradeRefused
from crm_core.data.wall import UNSCOPED
from crm_core.text.problems import N_

LOCK_SECONDS = 600.0
_ADVISORY = 7_251_093_411  # our number among the advisory locks of a PostgreSQL database


def engine(url: sa.URL) -> sa.Engine:
    """An engine for one migration: no pool, no wall, no time limit; foreign keys off on SQLite."""
    if url.get_backend_name() != "sqlite":
        url = url.set(drivername="postgresql+psycopg")
        options = "-c timezone=UTC -c statement_timeout=0 -c lock_timeout=30s"
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args={"options": options})
    found = sa.create_engine(url, poolclass=sa.NullPool)
    prepare_sqlite(found, write=True, foreign_keys=False)
    return found


@contextlib.contextmanager
def reading(url: sa.URL) -> Iterator[sa.Connection]:
    """One moment of the whole database, for who copies from it; others go on writing meanwhile. No wall, no time limit."""
    if url.get_backend_name() == "sqlite":
        made = sa.create_engine(url, poolclass=sa.NullPool)
        prepare_sqlite(made, write=False)
    else:
        made = engine(url).execution_options(isolation_level="REPEATABLE READ")
    with made.connect() as conn:
        yield conn


@contextlib.contextmanager
def lock(made: sa.Engine, home: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """One process migrates, the others wait for it and then find nothing to do. Raises UpgradeRefused after
    `seconds`."""
    refused = UpgradeRefused(N_(
        "Another process has been upgrading this database for too long; look for a running `crm`."))
    if made.dialect.name == "sqlite":
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (home / "migrate.lock").open("a") as file:
            end = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise refused from None
                    time.sleep(0.05)
            yield
        return
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(sa.select(sa.func.set_config("lock_timeout", str(int(seconds * 1000)), False)))
        try:
            conn.execute(sa.select(sa.func.pg_advisory_lock(_ADVISORY)))
        except sa.exc.OperationalError:
            raise refused from None
        yield


@dataclass(frozen=True)
class Snapshot:
    """What must be the same after an upgrade as before, except where the revisions say so."""

    rows: dict[str, int]
    foreign: dict[str, frozenset[tuple[str, ...]]]
    extras: frozenset[str]  # indexes and triggers

    @classmethod
    def of(cls, conn: sa.Connection, unscoped: str = "what an upgrade must not change") -> "Snapshot | None":
        """A look at the whole database. None on PostgreSQL, which alters tables in place."""
        conn = conn.execution_options(**{UNSCOPED: unscoped})
        if conn.dialect.name != "sqlite":
            return None
        everything = sa.text("select type, name from sqlite_master where name not like 'sqlite_%'")
        entries = conn.execute(everything).all()
        words = virtual(conn)
        tables = [e.name for e in entries if e.type == "table" and not is_virtual(e.name, words)]
        rows = {t: conn.execute(sa.select(sa.func.count()).select_from(sa.table(t))).scalar_one() for t in tables}
        keys = sa.text('select "table", "from", "to", on_update, on_delete from pragma_foreign_key_list(:name)')
        foreign = {t: frozenset(tuple(map(str, key)) for key in conn.execute(keys, {"name": t})) for t in tables}
        return cls(rows, foreign, frozenset(e.name for e in entries if e.type in ("index", "trigger")))

    def differences(self, after: "Snapshot", changes: set[str], fills: set[str]) -> list[str]:
        """What changed although no revision said that it would, as sentences."""
        found = []
        for table, count in self.rows.items():
            if table not in after.rows:
                if table not in changes:
                    found.append(f"table {table} is gone")
                continue
            if after.rows[table] != count and table not in fills:
                found.append(f"table {table} had {count} rows and has {after.rows[table]}")
            if after.foreign[table] != self.foreign[table] and table not in changes:
                found.append(f"the foreign keys of {table} have changed")
        found += [f"index or trigger {name} is gone" for name in sorted(self.extras - after.extras - changes)]
        return found


def virtual(conn: sa.Connection) -> list[str]:
    """The virtual tables of a SQLite database (full text)."""
    if conn.dialect.name != "sqlite":
        return []
    query = "select name from sqlite_master where type = 'table' and upper(sql) like 'CREATE VIRTUAL%'"
    return list(conn.execute(sa.text(query)).scalars())


def is_virtual(table: str, names: list[str]) -> bool:
    """Whether a SQLite table is a virtual one (full text) or the inner part of one."""
    return any(table == v or (table.startswith(f"{v}_") and table.removeprefix(f"{v}_") in
                              ("data", "idx", "content", "docsize", "config")) for v in names)


def broken_keys(conn: sa.Connection) -> list[str]:
    """Rows that point at nothing, on SQLite (PostgreSQL never lets one in)."""
    if conn.dialect.name != "sqlite":
        return []
    broken = conn.exec_driver_sql("pragma foreign_key_check")
    return [f"{row[0]} row {row[1]} points at nothing in {row[2]}" for row in broken]


def copy_sqlite(source: Path, target: Path, *, check: bool = True) -> None:
    """A consistent copy of a SQLite database while others write in it; appears whole or not at all.

    Raises CopyFailed, or Unsound when the copy is not sound.
    """
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    try:
        opened = contextlib.closing(sqlite3.connect(source, timeout=BUSY_MS / 1000))
        with opened as old, contextlib.closing(sqlite3.connect(half)) as new:
            old.backup(new, pages=-1)  # in one go: page by page starts anew whenever somebody writes
            new.execute("pragma journal_mode=delete")
        if check:
            check_sqlite(half)
        with half.open("rb") as file:
            os.fsync(file.fileno())
        half.replace(target)
    except sqlite3.Error as error:
        raise CopyFailed(N_("The database could not be copied to %(path)s: %(why)s"), path=target, why=error) from None
    finally:
        half.unlink(missing_ok=True)


def check_sqlite(path: Path) -> None:
    """Raise Unsound when a SQLite database is damaged."""
    with contextlib.closing(sqlite3.connect(path)) as conn:
        try:
            said = str(conn.execute("pragma integrity_check(3)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            said = str(error)
        if said != "ok":
            raise Unsound(N_("%(file)s is not sound: %(why)s"), file=path.name, why=said)


def copy_before(url: sa.URL, folder: Path, keep: int = 3) -> Path | None:
    """The automatic copy before an upgrade (SQLite with something in it). Older automatic copies are removed."""
    if url.get_backend_name() != "sqlite" or not url.database or not Path(url.database).exists():
        return None
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S-%f")
    target = folder / f"before-upgrade-{stamp}.db"
    for left in folder.glob("before-upgrade-*.part"):  # by somebody who was killed: we hold the lock
        left.unlink()
    copy_sqlite(Path(url.database), target)
    for old in sorted(folder.glob("before-upgrade-*.db"))[:-keep]:
        old.unlink()
    return target
