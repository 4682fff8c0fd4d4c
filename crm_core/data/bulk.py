"""Many rows into a table at once, for sets that were checked before: COPY on PostgreSQL, one prepared statement on SQLite.

SQLAlchemy's own executemany costs more per row in Python than either database needs to store it.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_core.data.session import current_work
from crm_core.data.sets import Several, one_of
from crm_core.data.wall import UNSCOPED

FEW = 50  # up to this many the ordinary statement is as fast

_EMPTY = (list, dict, type(None))  # most lists of a wide table are empty
Processor = Callable[[Any], Any] | None


class _Plan:
    """How rows of one table are handed to one dialect."""

    def __init__(self, table: sa.Table, names: Sequence[str], dialect: sa.Dialect) -> None:
        self.names = tuple(names)
        self.processed: dict[str, tuple[Callable[[Any], Any], bool]] = {}
        for name in names:
            kind = table.c[name].type
            process = kind.dialect_impl(dialect).bind_processor(dialect)
            if process is not None:
                self.processed[name] = process, not isinstance(kind, sa.JSON)
        self.sql = str(sa.insert(table).compile(dialect=dialect, column_keys=list(names)))

    def rows(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
        """The values in the order of the names, as the driver takes them: column by column, as most differ little."""
        columns: list[list[Any]] = []
        for name in self.names:
            try:
                values = list(map(itemgetter(name), rows))
            except KeyError:
                values = [row.get(name) for row in rows]
            if name in self.processed:
                process, repeats = self.processed[name]
                if repeats:
                    known = {value: process(value) for value in set(values)}
                    values = [known[value] for value in values]
                else:
                    kinds = {type(value) for value in values if not value}
                    nothing = {kind: process(kind()) for kind in _EMPTY if kind in kinds}
                    values = [nothing[type(value)] if not value and type(value) in nothing else process(value) for value in values]
            columns.append(values)
        return zip(*columns, strict=True)


_plans: WeakKeyDictionary[sa.Table, dict[tuple[str, tuple[str, ...]], _Plan]] = WeakKeyDictionary()


def insert(table: sa.Table, rows: Sequence[Mapping[str, Any]], names: Sequence[str] | None = None) -> None:
    """Insert rows (column key → value, what is missing is null) in the running write transaction. `names`: the columns
    that are given, otherwise all that any row has. No defaults are filled in, nothing is checked, no scope is asked."""
    if not rows:
        return
    session = current_work().session
    given = set().union(*rows) if names is None else set(names)
    wanted = tuple(c.key for c in table.columns if c.key in given)
    options = {UNSCOPED: "bulk insert"}
    if len(rows) <= FEW:
        values = [{name: row.get(name) for name in wanted} for row in rows]
        session.connection().execute(into(table), values if len(values) > 1 else values[0], execution_options=options)
        return
    current_work().grown[table] += len(rows)
    conn = session.connection()
    plans = _plans.setdefault(table, {})
    plan = plans.get((conn.dialect.name, wanted))
    if plan is None:
        plan = plans[conn.dialect.name, wanted] = _Plan(table, wanted, conn.dialect)
    if conn.dialect.name == "postgresql":
        _copy(conn, table, plan, rows)
    else:
        conn.exec_driver_sql(plan.sql, list(plan.rows(rows)), execution_options=options)


@lru_cache
def into(table: sa.Table) -> sa.Insert:
    """The statement that puts rows into a table and asks for nothing back, one object: what is found out about it is kept with it."""
    return sa.insert(table).inline()


def update(table: sa.Table, rows: Sequence[Mapping[str, Any]], reason: str) -> None:
    """Write into rows of the running write transaction: each has its `id` and the same columns. One statement on PostgreSQL, one prepared on SQLite.
    Nothing is checked, no scope is asked for the `reason`."""
    if not rows:
        return
    conn, options = current_work().session.connection(), {UNSCOPED: reason}
    names = [name for name in rows[0] if name != "id"]
    if conn.dialect.name == "postgresql":
        listed = [sa.literal(list(map(itemgetter(name), rows)), postgresql.ARRAY(table.c[name].type)) for name in ("id", *names)]
        new = sa.func.unnest(*listed).table_valued(*(sa.column(f"n_{name}", table.c[name].type) for name in ("id", *names))).render_derived()
        conn.execute(sa.update(table).where(table.c.id == new.c.n_id).values({name: new.c[f"n_{name}"] for name in names}), execution_options=options)
        return
    statement = sa.update(table).where(table.c.id == sa.bindparam("n_id")).values({name: sa.bindparam(f"n_{name}") for name in names})
    conn.execute(statement, [{f"n_{name}": row[name] for name in ("id", *names)} for row in rows], execution_options=options)


def _copy(conn: sa.Connection, table: sa.Table, plan: _Plan, rows: Sequence[Mapping[str, Any]]) -> None:
    from psycopg import sql

    names = sql.SQL(", ").join(sql.Identifier(table.c[name].name) for name in plan.names)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    driver: Any = conn.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in plan.rows(rows):
            copy.write_row(row)


def each(values: Collection[Any], kind: type[sa.types.TypeEngine[Any]] = sa.BigInteger) -> sa.TableValuedAlias:
    """A set of ids (or texts, `kind` sa.Text) as a relation with the column `value`: one parameter and one statement text,
    however many they are."""
    if current_work().session.connection().dialect.name == "postgresql":
        listed = sa.literal(list(values), postgresql.ARRAY(kind()))
        return sa.func.unnest(listed).table_valued(sa.column("value", kind())).render_derived()
    text = json.dumps(list(values), ensure_ascii=False)
    return sa.func.json_each(text).table_valued(sa.column("value", kind()))


def among(column: Any, values: Collection[Any], kind: type[sa.types.TypeEngine[Any]] = sa.BigInteger) -> sa.ColumnElement[bool]:
    """`column IN values` by one parameter. One value is said to be one: PostgreSQL takes a list it does not know for ten, and would plan anew."""
    if len(values) == 1:
        return column == sa.literal(next(iter(values)), kind())  # type: ignore[no-any-return]
    return one_of(column, sa.literal(list(values), Several(kind)))


def insert_each(table: sa.Table, column: str, ids: Sequence[int], **same: Any) -> None:
    """Insert a row for each id: the id in `column`, `same` in the others."""
    if len(ids) < 2:
        insert(table, [{column: row_id, **same} for row_id in ids])
        return
    current_work().grown[table] += len(ids)
    found = each(ids)
    values = [sa.literal(value, table.c[name].type).label(name) for name, value in same.items()]
    statement = sa.insert(table).from_select([column, *same], sa.select(found.c.value, *values))
    current_work().session.connection().execute(statement, execution_options={UNSCOPED: "bulk insert"})
