"""INSERT that says what happens where the key is there already; each engine spells it in a class of its own."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def upsert(table: sa.Table, dialect: str) -> Any:
    """`upsert(table, conn.dialect.name).values(…).on_conflict_do_nothing(…)`, or `on_conflict_do_update(…)`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
