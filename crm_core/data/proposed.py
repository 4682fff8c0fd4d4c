"""Rows of a table as they are about to be, before they are: what a condition is asked of where it decides whether they may become so.
All of them are one parameter of one statement, however many they are."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm_core.data import inside

_NEW = "proposed"


def rows(table: sa.Table, changed: Mapping[int, Mapping[str, Any]], dialect: sa.Dialect) -> sa.Subquery:
    """These rows (id → column → value; columns inside `custom` too) with what they are about to have, the rest as it stands, in the
    columns of the table. Rows that are not there are missing."""
    mine: dict[str, None] = {}
    for values in changed.values():
        mine |= dict.fromkeys(name for name in values if name != "id" and (name in table.c or inside.is_inside(name)))
    names = [name for name in mine if name in table.c]
    kept = [name for name in mine if inside.is_inside(name)] if inside.COLUMN not in names else []
    writers = {name: _writer(table.c[name].type, dialect) for name in names}
    sent = []
    for row_id, values in changed.items():
        row: list[Any] = [row_id]
        for name in names:
            row += [name in values, writers[name](values[name]) if name in values else None]
        if kept:
            own = {inside.parts(name)[0]: inside.raw(values[name]) for name in kept if name in values}
            row.append(json.dumps(own, ensure_ascii=False) if dialect.name == "sqlite" else own)
        sent.append(row)
    new, cell = _unnested(json.dumps(sent, ensure_ascii=False, default=_plain), dialect)
    columns: list[Any] = []
    for column in table.columns:
        if column.key in writers:
            at = 1 + 2 * names.index(column.key)
            columns.append(sa.case((cell(at, sa.Boolean()), cell(at + 1, column.type)), else_=column).label(column.key))
        elif column.key == inside.COLUMN and kept:
            columns.append(inside.merged(column, cell(1 + 2 * len(names), sa.Text() if dialect.name == "sqlite" else column.type)).label(column.key))
        else:
            columns.append(column)
    return sa.select(*columns).select_from(new.join(table, table.c.id == cell(0, sa.BigInteger()))).subquery()


def _unnested(text: str, dialect: sa.Dialect) -> tuple[Any, Any]:
    """A JSON list of lists as a table, and what gives its n-th cell as a type."""
    if dialect.name == "sqlite":
        new = sa.func.json_each(sa.literal(text, sa.Text())).table_valued("value", name=_NEW)
        return new, lambda n, kind: sa.func.json_extract(new.c.value, sa.literal(f"$[{n}]", sa.Text()), type_=kind)
    new = sa.func.jsonb_array_elements(sa.cast(sa.literal(text, sa.Text()), postgresql.JSONB)).table_valued(
        sa.column("value", postgresql.JSONB), name=_NEW)

    def cell(n: int, kind: sa.types.TypeEngine[Any]) -> Any:
        if isinstance(kind.dialect_impl(dialect), sa.JSON):
            return sa.type_coerce(new.c.value.op("->")(sa.literal_column(str(n))), kind)
        return sa.cast(new.c.value.op("->>")(sa.literal_column(str(n))), kind)

    return new, cell


def _writer(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Any:
    """What turns a value of a column into what the statement carries of it."""
    impl = kind.dialect_impl(dialect)
    if isinstance(impl, sa.JSON) and dialect.name != "sqlite":
        return lambda value: value
    process = impl.bind_processor(dialect)
    return process if process is not None else lambda value: value


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(value)
