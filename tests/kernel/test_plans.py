"""Plans that PostgreSQL keeps: for pages, not for work that fills the tables the plans are about."""

from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import current_work, writing
from crm_core.kernel import runner
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.site import Site
from crm_core.resource.plans import execute
from tests.kernel import toy
from tests.kernel.toy import known

pytestmark = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)
ASKED = sa.text("SELECT count(*) FROM core_job WHERE id = :id")


def ask() -> int:
    """Ask the same ten times; how many plans of it are kept."""
    session = current_work().session
    for n in range(10):
        session.execute(ASKED, {"id": n})
    return session.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*) FROM core_job%'")) or 0


def test_a_job_has_its_statements_planned_for_the_tables_as_they_are(site: Site) -> None:
    found: list[int] = []

    def work(job: Running) -> None:
        found.append(ask())
        with job.write():
            found.append(ask())

    toy.behave["write"] = work
    with site.work(known[1]), writing():
        later("toy.write")
    runner.drain(site)
    toy.behave.clear()
    assert found == [0, 0]


def test_pages_and_saves_go_on_with_the_plans_they_have(site: Site) -> None:
    with site.work(known[1]) as work:
        work.background = True
        assert ask() == 0
        work.end_reading()
        work.background = False
        assert ask() == 1  # the same connection, from the pool
        with writing():
            assert ask() == 1


KEPT = sa.text("SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*) FROM core_job%'")


def test_a_page_finds_the_statements_prepared_that_the_page_before_left(site: Site) -> None:
    with site.work(known[1]):
        ask()
        ask()
    with site.work(known[1]):
        (kept,) = current_work().session.execute(KEPT)
    assert kept.custom_plans == 5 and kept.generic_plans > 0  # looked at with five values, then one plan for all


def test_what_depends_on_the_values_is_planned_for_them(site: Site) -> None:
    with site.work(known[1]):
        for n in range(10):
            execute(ASKED, {"id": n})  # common and rare words need different plans
        assert list(current_work().session.execute(KEPT)) == []
        assert ask() == 1  # the same text, asked as a page asks what needs only one plan


def test_a_connection_that_was_closed_in_the_pool_is_not_given_to_a_page(site: Site) -> None:
    asked: list[int] = []

    @sa.event.listens_for(site.engines.read, "checkout")
    def out(connection: Any, _record: Any, _proxy: Any) -> None:
        asked.append(connection.execute("SELECT pg_backend_pid()").fetchone()[0])
        connection.rollback()

    for _page in range(3):
        with site.work(known[1]):
            assert ask() >= 0
    assert len(set(asked)) == 1
    with site.engines.write.connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": asked[-1]})
    with site.work(known[1]):
        assert ask() >= 0  # it said that it was closed, so another one was taken
    assert len(set(asked)) == 2


def test_a_page_whose_question_failed_leaves_a_connection_that_answers(site: Site) -> None:
    with site.work(known[1]):
        ask()
        with pytest.raises(sa.exc.DBAPIError):
            current_work().session.execute(sa.text("SELECT 1 / 0"))
    with site.work(known[1]):
        assert ask() == 1


def test_a_server_that_goes_in_the_middle_of_a_page_is_an_outage_like_any_other(site: Site) -> None:
    with pytest.raises(sa.exc.OperationalError), site.work(known[1]):
        mine = current_work().session.scalar(sa.text("SELECT pg_backend_pid()"))
        with site.engines.write.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": mine})
        ask()
    with site.work(known[1]):
        assert ask() == 1
