"""Keys for rows that are about to be written as a set, so that history and parts can name them without asking back."""

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.data.wall import UNSCOPED

# The sequence is looked up once and not for every key.
_NEXT = sa.text(
    "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(:table, 'id')::regclass AS name OFFSET 0) AS s, generate_series(1, :count)"
)


def reserve_ids(table: sa.Table, count: int) -> list[int]:
    """`count` fresh ids. PostgreSQL: from the sequence. SQLite: above the highest, safe because we hold the write lock."""
    session = current_work().session
    if session.connection().dialect.name == "postgresql":
        return list(session.scalars(_NEXT, {"table": table.name, "count": count}))
    top = session.execute(sa.select(sa.func.max(table.c.id)), execution_options={UNSCOPED: "keys"}).scalar_one() or 0
    return list(range(top + 1, top + 1 + count))
