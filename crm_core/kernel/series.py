"""Gapless number series: the row lock of the series is held until the numbers are committed with what carries them."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, in_writing
from crm_core.data.upsert import upsert
from crm_core.kernel.models import SeriesRow

_series = table_of(SeriesRow)


@cache
def _draw(dialect: str) -> Any:
    more = sa.bindparam("more", type_=sa.BigInteger())
    return upsert(_series, dialect).on_conflict_do_update(index_elements=["name"], set_={"next": _series.c.next + more}).returning(_series.c.next)


def draw(name: str, count: int = 1) -> list[int]:
    """The next `count` numbers of the series `name`, from 1. Rolled back with the transaction, so none is ever missing.

    The name carries what the series starts anew for: `"core.customer.code"`, `"sales.quote.number:2026"`.
    """
    if not in_writing():
        raise RuntimeError("draw() outside of writing(): the number would not belong to anything")
    if count < 1:
        return []
    conn = current_work().session.connection()
    after: int = conn.execute(_draw(conn.dialect.name), {"name": name, "next": 1 + count, "more": count}).scalar_one()
    return list(range(after - count, after))


def skip(name: str, used: int) -> None:
    """Records brought numbers of their own up to `used`: the series goes on behind them."""
    conn = current_work().session.connection()
    statement = upsert(_series, conn.dialect.name).values(name=name, next=used + 1)
    conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"next": used + 1}, where=_series.c.next <= used))


def peek(name: str) -> int:
    """The number that would come next (for hints in forms; somebody else may take it)."""
    return current_work().session.connection().execute(
        sa.select(table_of(SeriesRow).c.next).where(table_of(SeriesRow).c.name == name)).scalar() or 1
