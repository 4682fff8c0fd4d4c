"""Values that an administrator's own fields have: all of a record's lie in its one JSON column `custom`.

Above this file such a field has a column like any other, called by its name and what it holds: `x_brand:text`. A row as a
mapping has it as a key (`unpack`, `pack`), a class or table as an expression (`column`). The name never changes and is never
given again, so whatever is kept by it (statements, history, indexes) stays true, in whatever site it is met.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crm_core.data.columns import JsonType

COLUMN = "custom"
MARK = ":"
BESIDE = "cx_"  # columns and indexes that stand beside the models, for fields that are to be found at once: `cx_7`


# Such a column is SQLite's alone: there an index may not be on an expression of JSON (`trusted_schema` is off, and stays so),
# on PostgreSQL it is. `x_brand:text@7` is the field by its index, for conditions and orders on the table itself.


class Day(sa.TypeDecorator[dt.date]):
    """A day as text, which sorts as days do."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: dt.date | None, dialect: sa.Dialect) -> str | None:
        return value.isoformat() if value is not None else None

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> dt.date | None:
        return dt.date.fromisoformat(value) if value is not None else None


class _Inside(FunctionElement[Any]):
    """`custom` and a name: what is kept there, null where there is nothing."""

    inherit_cache = True
    made = ""  # what PostgreSQL makes of the text


class _Text(_Inside):
    type = sa.Text()
    inherit_cache = True


class _Int(_Inside):
    type = sa.BigInteger()
    inherit_cache = True
    made = "BIGINT"


class _Bool(_Inside):
    type = sa.Boolean()
    inherit_cache = True
    made = "BOOLEAN"


class _Date(_Inside):
    type = Day()
    inherit_cache = True


class _List(_Inside):
    type = JsonType
    inherit_cache = True


class _Beside(FunctionElement[Any]):
    """A field by its index: its column on SQLite, the expression it is an index on elsewhere."""

    inherit_cache = True

    def __init__(self, found: _Inside, own: sa.ColumnElement[Any]) -> None:
        super().__init__(found, own)
        self.type = found.type


@compiles(_Beside, "postgresql")
def _expression(element: _Beside, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses.clauses[0], **how))


@compiles(_Beside, "sqlite")
def _column(element: _Beside, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses.clauses[1], **how))


HOLDS: dict[str, type[_Inside]] = {"text": _Text, "int": _Int, "bool": _Bool, "date": _Date, "list": _List}


@compiles(_Inside, "postgresql")
def _on_postgresql(element: _Inside, compiler: Any, **how: Any) -> str:
    column, name = (compiler.process(part, **how) for part in element.clauses)
    if isinstance(element, _List):
        return f"jsonb_extract_path({column}, {name})"
    text = f"jsonb_extract_path_text({column}, {name})"
    return f"CAST({text} AS {element.made})" if element.made else text


@compiles(_Inside, "sqlite")
def _on_sqlite(element: _Inside, compiler: Any, **how: Any) -> str:
    column, name = (compiler.process(part, **how) for part in element.clauses)
    return f"json_extract({column}, '$.{name[1:-1]}')"


class merged(FunctionElement[Any]):
    """`merged(column, values)`: `custom` with these values in the place of its own (an object as JSON, null for what is taken away)."""

    inherit_cache = True
    type = JsonType


@compiles(merged, "postgresql")
def _merged_there(element: merged, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(part, **how) for part in element.clauses)
    return f"(coalesce({column}, '{{}}'::jsonb) || coalesce({values}, '{{}}'::jsonb))"


@compiles(merged, "sqlite")
def _merged_here(element: merged, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(part, **how) for part in element.clauses)
    return f"json_patch(coalesce({column}, '{{}}'), coalesce({values}, '{{}}'))"


def is_inside(name: str) -> bool:
    """Whether this column is one inside `custom`."""
    return MARK in name


def name_of(name: str, holds: str) -> str:
    """The column's name of a field: `x_brand:text`. Raises ValueError for what could not stand in SQL as it is."""
    if not (name.isascii() and name.replace("_", "a").isalnum() and name[0].isalpha() and holds in HOLDS):
        raise ValueError(name)
    return f"{name}{MARK}{holds}"


def column(entity: Any, name: str) -> Any:
    """A column of a table, sub-select, class or alias of one, by name, be it one inside `custom`."""
    columns = entity.c if isinstance(entity, sa.FromClause) else entity
    if not is_inside(name):
        return columns[name] if columns is not entity else getattr(entity, name)
    key, holds, number = parts(name)
    # Written out, not a parameter: an index on the expression is only taken for the very same text.
    found = HOLDS[holds](columns[COLUMN] if columns is not entity else getattr(entity, COLUMN), sa.literal_column(f"'{key}'", sa.Text()))
    if not number or not isinstance(entity, sa.Table):
        return found
    return _Beside(found, sa.literal_column(f"{entity.name}.{BESIDE}{number}", found.type))


def parts(name: str) -> tuple[str, str, int]:
    """Name, what it holds, and the number of its index (0: none) of a column inside `custom`. Raises ValueError."""
    key, _mark, rest = name.partition(MARK)
    holds, _at, number = rest.partition("@")
    name_of(key, holds)
    return key, holds, int(number or 0)


def has(table: sa.FromClause, name: str) -> bool:
    """Whether a table has this column, or could inside its `custom`."""
    return name in table.c or (is_inside(name) and COLUMN in table.c)


def is_nullable(table: sa.FromClause, name: str) -> bool:
    return is_inside(name) or bool(getattr(table.c[name], "nullable", True))


def value(kept: Mapping[str, Any] | None, name: str) -> Any:
    """The value of column `name` in what a record keeps."""
    key, holds, _number = parts(name)
    found = (kept or {}).get(key)
    return dt.date.fromisoformat(found) if holds == "date" and found is not None else found


def read(row: Mapping[str, Any], name: str) -> Any:
    """Column `name` of a row of the table as a mapping, be it inside its `custom`."""
    return value(row.get(COLUMN), name) if is_inside(name) else row[name]


def raw(value: Any) -> Any:
    """A value as it is kept."""
    return value.isoformat() if isinstance(value, dt.date) else value


def unpack(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Give a row, in place, the columns `names` out of its `custom`."""
    kept = row.get(COLUMN)
    for name in names:
        row[name] = value(kept, name)
    return row


def packed(kept: Mapping[str, Any] | None, changed: Mapping[str, Any]) -> dict[str, Any] | None:
    """`custom` with these columns changed; what is empty is not kept."""
    found = {**(kept or {}), **{name.partition(MARK)[0]: raw(value) for name, value in changed.items()}}
    return {name: value for name, value in found.items() if value not in (None, "", [])} or None


def assigned(table: sa.Table, name: str, value: Any, dialect: str) -> dict[str, Any]:
    """For an UPDATE: the one value of many rows, nothing else of their `custom` touched."""
    key, _mark, _holds = name.partition(MARK)
    text = json.dumps(raw(value), ensure_ascii=False)
    if dialect == "postgresql":
        kept = sa.func.coalesce(table.c[COLUMN], sa.literal_column("'{}'::jsonb"))
        return {COLUMN: sa.func.jsonb_set(kept, sa.literal_column(f"'{{{key}}}'"), sa.cast(sa.literal(text, sa.Text()), JsonType))}
    kept = sa.func.coalesce(table.c[COLUMN], sa.literal_column("'{}'"))
    return {COLUMN: sa.func.json_set(kept, sa.literal_column(f"'$.{key}'"), sa.func.json(sa.literal(text, sa.Text())))}
