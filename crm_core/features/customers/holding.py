"""Who holds a customer, and his clocks: they begin anew with each holder and go on when he speaks with the customer.

The columns follow from what the write path and the time line do, so that lists and the nightly return (features/pool) read
them instead of counting lines.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.customers.models import Customer
from crm_core.kernel import clock
from crm_core.resource import timeline
from crm_core.resource.changes import unscoped

NAME = "core.customer"
_table = table_of(Customer)
# Slots that features/pool fills: the pool of a department; what the record page and the brief ask and say of it.
home: Callable[[int | None], int | None] = lambda _department: None
queries: Callable[[Any], dict[str, Any]] = lambda _row: {}
dress: Callable[[Any, Any, Mapping[str, Any]], Any] = lambda _row, page, _found: page
pools: Callable[[], Mapping[int, str]] = dict  # those the acting person may import into
into_pool: Callable[[Sequence[int], int], None] = lambda _ids, _pool: None
dress_brief: Callable[[Any, Any], Any] = lambda _row, page: page


def derive(rows: Sequence[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """A new holder's clocks begin now; nobody's customer has none. What he was given belongs to a pool: the one it came
    from, else his department's."""
    now = clock.now()
    pool = cache(home)
    for row in rows:
        old = before.get(row.get("id", 0))
        if "owner_id" not in row or (old is not None and row["owner_id"] == old["owner_id"]):
            continue
        since = now if row["owner_id"] is not None else None
        row.update(held_at=since, followed_at=since, dealt_at=since, protected_until=None, warned_at=None, deal_warned_at=None)
        if (row.get("pool_id") or (old or {}).get("pool_id")) is None:
            row["pool_id"] = pool(row.get("department_id", (old or {}).get("department_id")))


def _heard(rows: Sequence[Mapping[str, Any]]) -> None:
    """Lines that were put on time lines: what the holder did is follow-up, what the customer bought is a deal."""
    now = clock.now()
    followed, dealt = [], []
    for row in rows:
        if row["subject"] != NAME:
            continue
        at = {"b_id": row["subject_id"], "b_at": min(row["at"], now)}
        if row["actor_id"] is not None and (row["kind"] in timeline.DEALS or timeline.is_follow_up(row)):
            followed.append({**at, "b_who": row["actor_id"]})
        if row["kind"] in timeline.DEALS:
            dealt.append(at)
    if followed:
        _move("followed_at", followed, _table.c.owner_id == sa.bindparam("b_who"))
    if dealt:
        _move("dealt_at", dealt)


def _move(column: str, rows: list[dict[str, Any]], *more: sa.ColumnElement[bool]) -> None:
    at = sa.bindparam("b_at", type_=_table.c[column].type)
    statement = sa.update(_table).where(_table.c.id == sa.bindparam("b_id"), _table.c[column] < at, *more).values({column: at})
    current_work().session.connection().execute(statement, rows, execution_options=unscoped("the holder's clock"))


def taken_back(customer_id: int) -> None:
    """A line was taken off again: the holder's clock goes back to his last one that is left."""
    entry = timeline.Entry
    last = (
        sa.select(sa.func.max(entry.at)).where(
            entry.subject == NAME, entry.subject_id == _table.c.id, entry.actor_id == _table.c.owner_id, entry.at > _table.c.held_at,
            sa.or_(entry.kind.in_(timeline.DEALS), timeline.follow_up()))
        .scalar_subquery()
    )
    statement = sa.update(_table).where(_table.c.id == customer_id, _table.c.owner_id.is_not(None)).values(
        followed_at=sa.func.coalesce(last, _table.c.held_at))
    current_work().session.connection().execute(statement, execution_options=unscoped("the holder's clock"))


def days_left(since: dt.datetime | None, limit: int | None) -> int | None:
    """How many days a clock has left; None without a limit."""
    if since is None or not limit:
        return None
    return limit - (clock.now() - since).days


timeline.heard.append(_heard)
