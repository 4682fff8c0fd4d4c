"""Many rows into a table at once, for sets that were checked before: COPY on PostgreSQL, one prepared statement on SQLite.

SQLAlchemy's own executemany costs more per row in Python than either database needs to store it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_core.data.session import current_work
from crm_core.data.wall import UNSCOPED

FEW = 50  # up to this many the ordinary statement is as fast

Processor = Callable[[Any], Any] | None


class _Plan:
    """How rows of one table are handed to one dialect."""

    def __init__(self, table: sa.Table, names: Sequence[str], dialect: sa.Dialect) -> None:
        self.names = tuple(names)
        columns = [table.c[name] for name in names]
        found = [c.type.dialect_impl(dialect).bind_processor(dialect) for c in columns]
        self.processed: list[tuple[int, Callable[[Any], Any]]] = [(i, p) for i, p in enumerate(found) if p is not None]
        self.sql = str(sa.insert(table).compile(dialect=dialect, column_keys=list(names)))

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        values = [[row.get(name) for name in self.names] for row in rows]
        for at, process in self.processed:
            for one in values:
                one[at] = process(one[at])
        return [tuple(one) for one in values]


_plans: WeakKeyDictionary[sa.Table, dict[tuple[str, tuple[str, ...]], _Plan]] = WeakKeyDictionary()


def insert(table: sa.Table, rows: Sequence[Mapping[str, Any]], names: Sequence[str] | None = None) -> None:
    """Insert rows (column key → value, what is missing is null) in the running write transaction. `names`: the columns
    that are given, all of the table otherwise. No defaults are filled in, nothing is checked, no scope is asked."""
    if not rows:
        return
    session = current_work().session
    wanted = tuple(names or (c.key for c in table.columns))
    options = {UNSCOPED: "bulk insert"}
    if len(rows) <= FEW:
        values = [{name: row.get(name) for name in wanted} for row in rows]
        session.connection().execute(sa.insert(table), values, execution_options=options)
        return
    conn = session.connection()
    plans = _plans.setdefault(table, {})
    plan = plans.get((conn.dialect.name, wanted))
    if plan is None:
        plan = plans[conn.dialect.name, wanted] = _Plan(table, wanted, conn.dialect)
    if conn.dialect.name == "postgresql":
        _copy(conn, table, plan, rows)
    else:
        conn.exec_driver_sql(plan.sql, plan.rows(rows), execution_options=options)


def _copy(conn: sa.Connection, table: sa.Table, plan: _Plan, rows: Sequence[Mapping[str, Any]]) -> None:
    from psycopg import sql

    names = sql.SQL(", ").join(sql.Identifier(table.c[name].name) for name in plan.names)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    driver: Any = conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in plan.rows(rows):
            copy.write_row(row)


def each(ids: Sequence[int]) -> sa.TableValuedAlias:
    """A set of ids as a relation with the column `value`: one parameter and one statement text, however many they are."""
    if current_work().session.connection().dialect.name == "postgresql":
        listed = sa.literal(list(ids), postgresql.ARRAY(sa.BigInteger()))
        return sa.func.unnest(listed).table_valued(sa.column("value", sa.BigInteger())).render_derived()
    text = "[" + ",".join(map(str, ids)) + "]"
    return sa.func.json_each(text).table_valued(sa.column("value", sa.BigInteger()))


def insert_each(table: sa.Table, column: str, ids: Sequence[int], **same: Any) -> None:
    """Insert a row for each id: the id in `column`, `same` in the others."""
    if not ids:
        return
    found = each(ids)
    values = [sa.literal(value, table.c[name].type).label(name) for name, value in same.items()]
    statement = sa.insert(table).from_select([column, *same], sa.select(found.c.value, *values))
    current_work().session.connection().execute(statement, execution_options={UNSCOPED: "bulk insert"})
