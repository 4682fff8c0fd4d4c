"""The wall at the cursor: no SQL that names a scoped table leaves without the mark of the scope.

The gate (access/gate.py) puts `/*scope:<table>*/ true` into the criterion of every scoped class of a statement. Here,
on the text that goes to the driver, the uses of each scoped table are counted against its marks; fewer marks than uses
means that some way round the gate was found (a raw table in a sub-select, text(), a Core statement), and we raise.
An INSERT can carry no mark: rows of scoped tables are made by the write path, or by a flush whose rows were checked. Values are parameters, and literals and odd names are stripped first, so nobody can type a mark.
"""

import re
import threading
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from crm_core.data.base import Model
from crm_core.data.mixins import is_scoped

DELETED = "crm_deleted"  # execution option: deleted rows are wanted too
UNSCOPED = "crm_unscoped"  # execution option: the reason why this statement may see every row
FLUSHING = "crm_flushing"  # in a connection's info while a flush, whose rows have been checked, writes through it
_CACHE_LIMIT = 5_000


class ScopeLeak(RuntimeError):
    """A statement named a scoped table without its mark; it was not sent."""


def mark(table: str) -> str:
    """The mark of one use of a scoped table."""
    return f"/*scope:{table}*/"


def marked(table: str) -> sa.ColumnElement[bool]:
    """A criterion that is always true and carries the mark; only plans whose rows pass the gate again may use it."""
    return sa.literal_column(mark(table) + " true", sa.Boolean())


_tables: frozenset[str] | None = None
_verdicts: dict[str, str | None] = {}


@event.listens_for(Mapper, "after_mapper_constructed")
def _mapped(_mapper: Any, _class: Any) -> None:
    global _tables
    _tables = None


def scoped_tables() -> frozenset[str]:
    """Names of all tables whose rows are hidden by scope."""
    global _tables
    if _tables is None:
        mappers = Model.registry.mappers
        _verdicts.clear()
        _tables = frozenset(m.local_table.name for m in mappers if is_scoped(m.class_) and isinstance(m.local_table, sa.Table))
    return _tables


_NOISE = re.compile(
    r"[eE]'(?:[^'\\]|\\.|'')*'"  # PostgreSQL's strings with backslashes
    r"|'(?:[^']|'')*'"
    r'|"(?:[^"]|"")*"'
    r"|\$(\w*)\$[\s\S]*?\$\1\$"  # PostgreSQL's other strings
    r"|--[^\n]*"
    r"|/\*(?!scope:\w+\*/)[\s\S]*?\*/"
)
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"/\*scope:(\w+)\*/")


def _strip(found: re.Match[str]) -> str:
    """Nothing of a literal or comment is SQL; a quoted plain word may be the name of a table (SQLite: in either quotes)."""
    text = found[0]
    inside = text[1:-1]
    return f' "{inside}" ' if text[0] in "'\"" and _WORD.fullmatch(inside) and _is_name(text[0], inside) else " "


def _is_name(quote: str, word: str) -> bool:
    return quote == '"' or word.lower() in scoped_tables()


def leak(sql: str) -> str | None:
    """The scoped table that `sql` uses without a mark, or None. Cached by text: 0.2 µs for a statement seen before."""
    if _tables is not None:
        try:
            return _verdicts[sql]
        except KeyError:
            pass
    tables = scoped_tables()
    found = _examine(sql, tables)
    if len(_verdicts) > _CACHE_LIMIT:
        _verdicts.clear()
    _verdicts[sql] = found
    return found


def _examine(sql: str, tables: frozenset[str]) -> str | None:
    text = _NOISE.sub(_strip, sql).lower()
    marks: dict[str, int] = {}
    for name in _MARK.findall(text):
        marks[name] = marks.get(name, 0) + 1
    text = _MARK.sub(" ", text)
    for table in tables:
        if table not in text:
            continue
        uses = len(re.findall(rf'(?<![\w."]){table}(?![\w"]|\s*\.)|(?<![\w.])"{table}"(?!\s*\.)', text))
        # `schema.table` is a use as well; our tables never have a schema, so a dot before the name can only be one.
        uses += len(re.findall(rf'\.\s*"?{table}"?(?![\w."]|\s*\.)', text))
        if uses > marks.get(table, 0):
            return table
    return None


_asked = threading.local()


def statements() -> int:
    """How many statements this thread has asked of any database: the difference of two readings is what lies between."""
    return getattr(_asked, "n", 0)


def guard(engine: sa.Engine) -> None:
    """Put the wall before every cursor of this engine."""

    @event.listens_for(engine, "before_cursor_execute")
    def before(conn: sa.Connection, _cursor: Any, sql: str, _params: Any, context: Any, _many: bool) -> None:
        _asked.n = statements() + 1
        if context is not None and context.execution_options.get(UNSCOPED):
            return
        if conn.info.get(FLUSHING):
            return
        table = leak(sql)
        if table is not None:
            raise ScopeLeak(f"a statement uses {table} without its scope: {sql[:300]}")
