"""The recipes of the two engines (T1, T2, T3, T20), asserted on connections as they are handed out."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from crm_core.data import safety
from crm_core.data.engine import BUSY_MS, Engines, _ping_seldom, roomy

sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
postgresql = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
WANTED = {
    "journal_mode": "wal", "synchronous": 2, "busy_timeout": BUSY_MS, "foreign_keys": 1, "trusted_schema": 0, "secure_delete": 1,
    "cell_size_check": 1, "journal_size_limit": 67_108_864, "cache_size": -4_000,
}


@pytest.fixture
def engines(engine_url: str) -> Iterator[Engines]:
    made = Engines(engine_url)
    with made.write.begin() as conn:
        conn.execute(sa.text("create table counter (n integer)"))
        conn.execute(sa.text("insert into counter values (0)"))
    yield made
    made.dispose()


def pragmas(engine: sa.Engine) -> dict[str, object]:
    with engine.connect() as conn:
        return {name: conn.exec_driver_sql(f"pragma {name}").scalar() for name in (*WANTED, "query_only")}


@sqlite
def test_every_connection_has_its_pragmas_when_it_is_handed_out(engines: Engines) -> None:
    def all_right() -> None:
        assert pragmas(engines.read) == {**WANTED, "query_only": 1}
        assert pragmas(engines.write) == {**WANTED, "query_only": 0}

    all_right()
    with engines.hasty() as conn:
        assert conn.exec_driver_sql("pragma busy_timeout").scalar() == 0
    with pytest.raises(ZeroDivisionError), engines.write.begin() as conn:
        conn.execute(sa.text("update counter set n = 1"))
        raise ZeroDivisionError
    with pytest.raises(OperationalError), engines.write.begin() as conn:
        conn.execute(sa.text("no statement"))
    all_right()
    with engines.write.connect() as first, engines.write.connect() as second:  # a second one of the pool
        assert first.connection.driver_connection is not second.connection.driver_connection


@sqlite
def test_a_batch_has_room_and_gives_it_back(engines: Engines) -> None:
    def room() -> int:
        return -int(conn.exec_driver_sql("pragma cache_size").scalar_one())

    with engines.write.begin() as conn:
        with roomy(conn):
            assert room() > 4_000
        assert room() == 4_000
        with pytest.raises(ZeroDivisionError), roomy(conn):
            raise ZeroDivisionError
        assert room() == 4_000


@sqlite
def test_the_log_is_emptied_now_and_then_and_cut_after_a_large_write(engines: Engines) -> None:
    log = Path(f"{engines.url.database}-wal")

    def write(mebibytes: int) -> int:
        with engines.write.begin() as conn:
            conn.execute(sa.text("update counter set n = randomblob(:n)"), {"n": mebibytes * 2**20})
        return log.stat().st_size

    assert max([write(4) for _n in range(20)]) < 48 * 2**20  # of the eighty that were written
    assert write(80) > 80 * 2**20
    assert [write(1) for _n in range(2)][-1] <= WANTED["journal_size_limit"]  # type: ignore[operator]


@sqlite
def test_a_migration_alone_has_no_foreign_keys(engines: Engines) -> None:
    migration = safety.engine(engines.url)
    assert pragmas(migration) == {**WANTED, "foreign_keys": 0, "query_only": 0}
    migration.dispose()


@postgresql
def test_no_statement_and_no_lock_waits_for_ever(engines: Engines) -> None:
    for engine, read_only in ((engines.read, "on"), (engines.write, "off")):
        with engine.connect() as conn:
            names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone", "transaction_read_only")
            found = [conn.execute(sa.text(f"show {name}")).scalar() for name in names]
        assert found == ["30s", "10s", "15min", "UTC", read_only]


def test_the_reading_engine_cannot_write(engines: Engines) -> None:
    with pytest.raises(DBAPIError), engines.read.begin() as conn:
        conn.execute(sa.text("update counter set n = 1"))


def test_a_table_made_in_a_transaction_goes_with_it(engines: Engines) -> None:
    with pytest.raises(ZeroDivisionError), engines.write.begin() as conn:
        conn.execute(sa.text("create table half (n integer)"))
        raise ZeroDivisionError
    with engines.read.connect() as conn:
        assert "half" not in sa.inspect(conn).get_table_names()


def test_the_driver_left_to_itself_would_leave_the_table_behind(tmp_path: Path) -> None:
    """The negative control of the recipe: our BEGIN is what makes the difference."""
    plain = sa.create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    with pytest.raises(ZeroDivisionError), plain.begin() as conn:
        conn.execute(sa.text("create table half (n integer)"))
        raise ZeroDivisionError
    assert sa.inspect(plain).get_table_names() == ["half"]
    plain.dispose()


@sqlite
def test_two_reads_of_a_transaction_see_the_same(engines: Engines) -> None:
    with engines.read.connect() as reader:
        before = reader.execute(sa.text("select n from counter")).scalar()
        with engines.write.begin() as conn:
            conn.execute(sa.text("update counter set n = 7"))
        assert reader.execute(sa.text("select n from counter")).scalar() == before == 0
    with engines.read.connect() as reader:
        assert reader.execute(sa.text("select n from counter")).scalar() == 7


def count_up(begin: str, path: str, times: int, failed: list[Exception]) -> None:
    """Read, then write, as a careless program does."""
    conn = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    for _ in range(times):
        try:
            conn.execute(begin)
            found = conn.execute("select n from counter").fetchone()[0]
            conn.execute("update counter set n = ?", (found + 1,))
            conn.execute("commit")
        except sqlite3.OperationalError as error:
            failed.append(error)
            conn.execute("rollback")
    conn.close()


def in_threads(work: object, *arguments: object) -> None:
    threads = [threading.Thread(target=work, args=arguments) for _ in range(4)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_writers_who_read_first_wait_for_each_other(engines: Engines) -> None:
    def add() -> None:
        for _ in range(25):
            with engines.write.begin() as conn:
                lock = "" if engines.is_sqlite else " for update"
                found = conn.execute(sa.text(f"select n from counter{lock}")).scalar()
                conn.execute(sa.text("update counter set n = :n"), {"n": (found or 0) + 1})

    in_threads(add)
    with engines.read.connect() as conn:
        assert conn.execute(sa.text("select n from counter")).scalar() == 100


@sqlite
def test_a_transaction_begun_for_reading_could_not(engines: Engines) -> None:
    """The negative control: with a plain BEGIN some are refused at once, however long the busy timeout is."""
    failed: list[Exception] = []
    path = str(engines.url.database)
    for _ in range(20):
        in_threads(count_up, "begin", path, 25, failed)
        if failed:
            break
    assert failed and all("locked" in str(error) for error in failed)


def test_an_idle_connection_is_pinged_and_a_busy_one_is_not() -> None:
    pings: list[Any] = []
    ours, theirs = socket.socketpair()

    class Connection:
        closed = False

        def fileno(self) -> int:
            return ours.fileno()

    one = Connection()
    there = _ping_seldom(lambda connection: bool(pings.append(connection)) or True)
    with ours, theirs:
        assert there(one) and len(pings) == 1  # nothing is known of it
        assert there(one) and there(one) and len(pings) == 1
        theirs.send(b"E")
        assert there(one) and len(pings) == 2
        ours.recv(1)
        assert there(one) and len(pings) == 2
        one.closed = True
        assert there(one) and len(pings) == 3
