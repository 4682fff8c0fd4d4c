"""Columns that follow from another column of their row by a pure function: sort keys, digits of numbers, keys of names.

The write path fills them. As the functions need nothing but a text, a large import has them worked out by the process
that reads its file (`ahead`); what is missing there is worked out here, so it is only speed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.resource import custom
from crm_core.text import pinyin

further: list[Callable[[Any, Sequence[dict[str, Any]], Mapping[int, Mapping[str, Any]]], None]] = []
"""Slot: what features derive for records of many resources: (resource, rows, before), after the resource's own `derive`."""

Key = tuple[str, str]
"""Table and column."""


class Derived(NamedTuple):
    """Column `name` follows from column `source`."""

    name: str
    source: str
    how: Callable[[str], Any]


@cache
def of(table: sa.Table) -> tuple[Derived, ...]:
    """The derived columns of a table."""
    found = []
    for column in table.columns:
        source: str = column.info.get("of", "")
        if column.info.get("kind") == "sort_key":
            person = bool(table.c[source].info.get("person"))
            found.append(Derived(column.key, source, pinyin.person_key if person else pinyin.sort_key))
        elif "how" in column.info:
            found.append(Derived(column.key, source, column.info["how"]))
    return tuple(found)


def derive(resource: Any, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """All that follows for rows about to be written: the resource's own, that of features, derived columns, computed fields."""
    resource.derive(rows, before)
    for one in further:
        one(resource, rows, before)
    fill(resource.table, rows)
    custom.compute(resource.all_fields, rows, before)


def fill(table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Set the derived columns of rows (column → value) whose source is given."""
    ahead: Mapping[Key, Mapping[str, Any]] = current_work().info.get("derived", {})
    for name, source, how in of(table):
        known = ahead.get((table.name, name), {})
        for row in rows:
            if source in row:
                value = row[source] or ""
                row[name] = known[value] if value in known else how(value)


def value(table: sa.Table, column: str, text: Any) -> Any:
    """What `column` would hold for this text in its source."""
    known = current_work().info.get("derived", {}).get((table.name, column), {})
    if text in known:
        return known[text]
    return next(how(text or "") for name, _source, how in of(table) if name == column)


@contextmanager
def ahead(known: Mapping[Key, Mapping[str, Any]]) -> Iterator[None]:
    """Values worked out before: (table, column) → source → what follows from it."""
    info = current_work().info
    info["derived"] = known
    try:
        yield
    finally:
        del info["derived"]
