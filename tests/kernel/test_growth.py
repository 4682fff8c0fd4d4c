"""What PostgreSQL knows of tables that a job fills: its own look round comes a minute later, and the tests' server never has one."""

from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data import bulk, growth
from crm_core.data import types as t
from crm_core.data.session import current_work, writing
from crm_core.kernel import runner
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import Site
from tests.kernel import toy
from tests.kernel.toy import known

grown = sa.Table("growing", sa.MetaData(), sa.Column("id", t.IdType, primary_key=True), sa.Column("n", t.IdType), sa.Column("word", sa.String(20)))
KNOWN = sa.text("SELECT reltuples FROM pg_class WHERE oid = to_regclass('growing')")
CHANGED = sa.text("SELECT n_mod_since_analyze FROM pg_stat_user_tables WHERE relname = 'growing'")
postgresql = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def table(site: Site) -> None:
    with site.engines.write.begin() as conn:
        grown.create(conn)


def put(count: int) -> None:
    bulk.insert_each(grown, "n", range(count), word="toy")


@postgresql
def test_a_table_that_a_job_fills_is_looked_at_each_time_it_has_doubled(site: Site) -> None:
    seen: list[int] = []
    looks: list[str] = []

    def work(job: Running) -> None:
        pace = Pace(job)
        for _batch in range(6):
            with pace.write():
                put(1_000)
            seen.append(round(current_work().session.scalar(KNOWN) or 0))
            current_work().end_reading()

    @sa.event.listens_for(site.engines.write, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if sql.startswith("ANALYZE"):
            looks.append(sql)

    toy.behave["write"] = work
    with site.work(known[1]), writing():
        later("toy.write")
    runner.drain(site)
    toy.behave.clear()
    assert seen == [1_000, 2_000, 2_000, 4_000, 4_000, 4_000]
    assert looks == ["ANALYZE (SKIP_LOCKED) growing (id, n, word)"] * 3
    with site.engines.write.connect() as conn:
        conn.execute(sa.text("SELECT pg_stat_force_next_flush()"))
        conn.rollback()
        assert conn.execute(CHANGED).scalar_one() >= 4_000  # autovacuum still knows that nobody has looked closely


@postgresql
def test_a_full_table_is_not_looked_at_for_a_few_rows_more(site: Site) -> None:
    with site.work(known[1]) as work:
        with writing():
            put(5_000)
        growth.look_again(work)
    with site.work(known[1]) as another:  # which knows nothing of the first
        with writing():
            put(1_500)
        growth.look_again(another)
        assert another.looked_at == {grown: 5_000} and another.grown[grown] == 0
        assert current_work().session.scalar(KNOWN) == 5_000


@postgresql
def test_before_work_that_asks_much_a_table_that_others_filled_is_looked_at(site: Site) -> None:
    with site.work(known[1]):
        with writing() as db:
            put(2_000)
            db.execute(sa.text("SELECT pg_stat_force_next_flush()"))
        current_work().end_reading()
    with site.work(known[1]) as another:
        growth.make_known(another, [grown])
        assert current_work().session.scalar(KNOWN) == 2_000


@postgresql
def test_a_table_of_which_few_rows_changed_is_not_looked_at_again(site: Site) -> None:
    with site.work(known[1]) as work:
        with writing() as db:
            put(growth.LEAST - 1)
            db.execute(sa.text("SELECT pg_stat_force_next_flush()"))
        current_work().end_reading()
        growth.make_known(work, [grown])
        assert (current_work().session.scalar(KNOWN) or 0) <= 0


def test_it_is_nothing_on_the_other_engine_and_for_small_sets(site: Site) -> None:
    with site.work(known[1]) as work:
        with writing():
            put(growth.LEAST - 1)
        growth.look_again(work)
        growth.make_known(work, [grown])
        assert work.grown[grown] == growth.LEAST - 1 and not work.looked_at
