"""The wall at the cursor: no SQL that names a scoped table leaves without the mark of the scope.

The gate (access/gate.py) puts `/*scope:<table>*/ true` into the criterion of every scoped class of a statement. Here,
on the text that goes to the driver, the uses of each scoped table are counted against its marks; fewer marks than uses
means that some way round the gate was found (a raw table in a sub-select, text(), a Core statement), and we raise.
Values are parameters and literals are stripped first, so nobody can type a mark.
"""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from crm_core.data.base import Model
from crm_core.data.mixins import is_scoped

UNSCOPED = "crm_unscoped"  # execution option: the reason why this statement may see every row
_CACHE_LIMIT = 5_000


class ScopeLeak(RuntimeError):
    """A statement named a scoped table without its mark; it was not sent."""


def mark(table: str) -> str:
    return f"/*scope:{table}*/"


def scoped_tables() -> frozenset[str]:
    """Names of all tables whose rows are hidden by scope."""
    global _tables, _tables_of
    mappers = Model.registry.mappers
    if len(mappers) != _tables_of:
        names = {m.local_table.name for m in mappers if is_scoped(m.class_) and isinstance(m.local_table, sa.Table)}
        _tables, _tables_of = frozenset(names), len(mappers)
        _verdicts.clear()
    return _tables


_tables: frozenset[str] = frozenset()
_tables_of = -1
_verdicts: dict[str, str | None] = {}

_NOISE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*(?!scope:)[\s\S]*?\*/")
_MARK = re.compile(r"/\*scope:(\w+)\*/")
_INSERT = re.compile(r"\bINSERT\s+(?:OR\s+\w+\s+)?INTO\s+\"?(\w+)\"?", re.IGNORECASE)


def leak(sql: str) -> str | None:
    """The scoped table that `sql` uses without a mark, or None. Cached by text: 0.2 µs for a statement seen before."""
    tables = scoped_tables()
    try:
        return _verdicts[sql]
    except KeyError:
        pass
    text = _NOISE.sub(" ", sql)
    marks: dict[str, int] = {}
    for name in _MARK.findall(text):
        marks[name] = marks.get(name, 0) + 1
    text = _MARK.sub(" ", text)
    inserts = [m.lower() for m in _INSERT.findall(text)]
    found = None
    for table in tables:
        if table not in text:
            continue
        uses = len(re.findall(rf'(?<![\w."]){table}(?![\w"]|\s*\.)|(?<![\w.])"{table}"(?!\s*\.)', text))
        uses -= inserts.count(table)
        # `schema.table` is a use as well; our tables never have a schema, so a dot before the name can only be one.
        uses += len(re.findall(rf'\.\s*"?{table}"?(?![\w."]|\s*\.)', text))
        if uses > marks.get(table, 0):
            found = table
            break
    if len(_verdicts) > _CACHE_LIMIT:
        _verdicts.clear()
    _verdicts[sql] = found
    return found


def guard(engine: sa.Engine) -> None:
    """Put the wall before every cursor of this engine."""

    @event.listens_for(engine, "before_cursor_execute")
    def before(conn: sa.Connection, _cursor: Any, sql: str, _params: Any, context: Any, _many: bool) -> None:
        if context is not None and context.execution_options.get(UNSCOPED):
            return
        if conn.info.get("crm_flushing"):
            return
        table = leak(sql)
        if table is not None:
            raise ScopeLeak(f"a statement uses {table} without its scope: {sql[:300]}")
