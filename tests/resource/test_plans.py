"""Lists of a narrow scope walk the index of its branch, on both engines, also where it skips rows that have no such owner."""

from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.actor import Actor
from crm_core.access.models import Scope as Reach
from crm_core.data.wall import UNSCOPED
from crm_core.resource import listing
from tests.support.firm import Firm


def _actor(reach: Reach) -> Actor:
    return Actor(user_id=3, name="U", login="u", language="en", timezone="UTC", department_id=1, department="", subtree=(1, 2), teams=(1, 2),
                 roles=(), grants=(("bare.thing.read", reach),))


def _plan(firm: Firm, who: Actor, filters: list[tuple[str, str]], branch: bool = True) -> str:
    """How the database goes about the first statement of a list; `branch`: an index of a branch could serve it."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    engine = firm.site.engines.read
    sa.event.listen(engine, "before_cursor_execute", note)
    with firm.site.work(who):
        listing.page(listing.parse(firm.things, [*filters, ("sort", "rank")], limit=5))
    sa.event.remove(engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in asked if "bare_thing" in one[0])
    if firm.site.engines.is_sqlite:
        with engine.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
            return str(conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all())
    # Ten rows need no index, and what PostgreSQL knows of them changes: here it may neither scan nor sort, and the index that
    # walks everybody's is gone until the rollback.
    with firm.site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn:
        for way in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            conn.exec_driver_sql(f"SET LOCAL {way} = off")
        if branch:
            conn.exec_driver_sql("DROP INDEX ix_bare_thing_rank")
        return str(conn.exec_driver_sql("EXPLAIN " + statement, parameters).all())


@pytest.mark.parametrize(("reach", "column"), [(Reach.own, "owner_id"), (Reach.department, "department_id"), (Reach.team, "team_id")])
def test_a_narrow_scope_walks_the_index_of_its_branch(reach: Reach, column: str, shared_firm: Firm) -> None:
    assert f"ix_bare_thing_{column}_rank" in _plan(shared_firm, _actor(reach), [])


def test_a_filter_by_team_walks_the_index_of_teams(shared_firm: Firm) -> None:
    plan = _plan(shared_firm, _actor(Reach.all), [("team.any", "1")])
    assert "ix_bare_thing_team_id_rank" in plan


def test_things_without_a_team_are_found_without_the_index_of_teams(shared_firm: Firm) -> None:
    plan = _plan(shared_firm, _actor(Reach.all), [("team.empty", "")], branch=False)
    assert "ix_bare_thing" in plan
    assert "team_id_rank" not in plan
