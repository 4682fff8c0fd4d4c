"""What PostgreSQL knows of tables that a job fills: its own look round comes a minute later, and the tests' server never has one."""

from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data import bulk, growth
from crm_core.data.base import table_of
from crm_core.data.session import current_work, writing
from crm_core.kernel import runner
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.models import JobRow
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import Site
from crm_core.resource import search
from tests.kernel import toy
from tests.kernel.toy import known

KNOWN = sa.text("SELECT reltuples FROM pg_class WHERE oid = to_regclass('core_search_waiting')")
CHANGED = sa.text("SELECT pg_stat_force_next_flush(), n_mod_since_analyze FROM pg_stat_user_tables WHERE relname = 'core_search_waiting'")


def run(site: Site, work: Any) -> None:
    toy.behave["write"] = work
    with site.work(known[1]), writing():
        later("toy.write")
    runner.drain(site)
    toy.behave.clear()


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_a_table_that_a_job_fills_is_looked_at_each_time_it_has_doubled(site: Site) -> None:
    seen: list[int] = []
    looks: list[str] = []

    def work(job: Running) -> None:
        pace = Pace(job)
        for at in range(6):
            with pace.write() as db:
                bulk.insert_each(table_of(search.Waiting), "record_id", range(at * 1_000, (at + 1) * 1_000), resource="toy")
                sa.event.listen(db.connection().engine, "before_cursor_execute", note) if not at else None
            seen.append(round(current_work().session.scalar(KNOWN) or 0))
            current_work().end_reading()

    def note(_conn: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if "ANALYZE" in sql:
            looks.append(sql)

    run(site, work)
    assert seen == [1_000, 2_000, 2_000, 4_000, 4_000, 4_000]
    assert len(looks) == 3 and all("resource" in sql for sql in looks)
    with site.engines.read.connect() as conn:
        assert conn.execute(CHANGED).one()[1] >= 6_000  # autovacuum still knows that nobody has looked closely


@pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
def test_a_full_table_is_not_looked_at_for_a_few_rows_more(site: Site) -> None:
    with site.work(known[1]) as work:
        for n in (5_000, 1_000, 1_000):
            with writing():
                bulk.insert_each(table_of(search.Waiting), "record_id", range(n), resource="toy")
            growth.look_again(work)
        with site.work(known[1]) as another, writing():  # which knows nothing of the first
            bulk.insert_each(table_of(search.Waiting), "record_id", range(1_500), resource="toy")
        growth.look_again(another)
        assert another.looked_at == {table_of(search.Waiting): 5_000}
        assert current_work().session.scalar(KNOWN) == 5_000


def test_it_is_nothing_on_the_other_engine_and_for_small_sets(site: Site) -> None:
    with site.work(known[1]) as work, writing():
        bulk.insert_each(table_of(search.Waiting), "record_id", range(growth.LEAST - 1), resource="toy")
    growth.look_again(work)
    assert not work.looked_at
    assert table_of(JobRow) not in work.grown


def test_the_list_of_new_words_is_put_into_the_index(site: Site) -> None:
    with site.work(known[1]):
        search.settle()
        search.settle()
