"""Changes: every act has an id; field history, recycle bin and undo hang on it.

`core_change` says who did what when; `core_history` keeps, per row, the old values of the columns that changed (a
creation keeps none). It is the undo log and the source of the field history shown through today's field rights.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import bulk, inside
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Keyed
from crm_core.data.session import current_work
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import clock
from crm_core.kernel.site import actor


class Change(Keyed, Model):
    """One act: a save, an import, a bulk edit, a deletion, an undo."""

    __tablename__ = "core_change"
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    actor_id: Mapped[t.Id | None]
    kind: Mapped[str] = mapped_column(sa.String(40))
    resource: Mapped[str | None] = mapped_column(sa.String(80))
    note: Mapped[str | None]
    # The change this one takes back, and the one that took this one back.
    undo_of: Mapped[t.Id | None]
    undone_by: Mapped[t.Id | None]
    rows: Mapped[int] = mapped_column(default=0)
    __table_args__ = (sa.Index("ix_core_change_kind", "kind", "id"),)


class History(Keyed, Model):
    """What one act did to one row: `old` holds the previous values of the changed columns, raw JSON."""

    __tablename__ = "core_history"
    change_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_change.id", ondelete="RESTRICT"))
    resource: Mapped[str] = mapped_column(sa.String(80))
    row_id: Mapped[t.Id]
    verb: Mapped[str] = mapped_column(sa.String(10))  # create, update, delete, restore
    old: Mapped[dict[str, Any] | None]
    __table_args__ = (
        sa.Index("ix_core_history_row", "resource", "row_id", "id"),
        sa.Index("ix_core_history_change", "change_id", "id"),
    )


def stamp(row: Any) -> Any:
    """Fill who and when of a record made outside of a resource (install, demo). Returns it."""
    found = actor()
    row.created_at = row.updated_at = clock.now()
    row.created_by_id = row.updated_by_id = getattr(found, "user_id", None)
    return row


# One object each: what SQLAlchemy finds out about a statement is kept with it.
_acts = table_of(Change)
_BEGIN = sa.insert(_acts).returning(_acts.c.id)
_COUNT = sa.update(_acts).where(_acts.c.id == sa.bindparam("act")).values(rows=_acts.c.rows + sa.bindparam("more", type_=sa.Integer()))


@contextmanager
def change(kind: str, *, resource: str | None = None, note: str | None = None, undo_of: int | None = None) -> Iterator[int]:
    """The id under which everything written inside is one act. Nested: the outer one holds."""
    work = current_work()
    running = work.info.get("change")
    if running is not None:
        yield running
        return
    work.info["change"] = made = new_change(kind, resource=resource, note=note, undo_of=undo_of)
    try:
        yield made
    finally:
        work.info.pop("change", None)


def new_change(kind: str, *, resource: str | None = None, note: str | None = None, undo_of: int | None = None) -> int:
    """Write the row of an act; inside `writing()`."""
    who = actor()
    row = {"at": clock.now(), "actor_id": getattr(who, "user_id", None), "kind": kind, "resource": resource, "note": note, "undo_of": undo_of, "rows": 0}
    return int(current_work().session.connection().execute(_BEGIN, row).scalar_one())


@contextmanager
def within(change_id: int) -> Iterator[int]:
    """Go on under a change that was begun before (the batches of an import)."""
    work = current_work()
    before = work.info.get("change")
    work.info["change"] = change_id
    try:
        yield change_id
    finally:
        work.info["change"] = before
        if before is None:
            work.info.pop("change")


def raw(value: Any) -> Any:
    """A column's value as history keeps it in JSON."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return getattr(value, "value", value)


def unraw(column: sa.ColumnElement[Any], value: Any) -> Any:
    """Back from history to what the column takes."""
    if value is None:
        return None
    if isinstance(column.type, t.UtcDateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(column.type, sa.Date | inside.Day):
        return dt.date.fromisoformat(value)
    if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    return value


def record(resource: str, verb: str, rows: Sequence[tuple[int, Mapping[str, Any] | None]], change_id: int) -> None:
    """Write history: with `record_same` the only code that does. `rows`: (row id, old values of the changed columns or None)."""
    bulk.insert(table_of(History), [
        {"change_id": change_id, "resource": resource, "row_id": row_id, "verb": verb,
         "old": {name: raw(value) for name, value in old.items()} if old else None}
        for row_id, old in rows
    ], ("change_id", "resource", "row_id", "verb", "old"))
    _count(change_id, len(rows))


def record_same(resource: str, verb: str, ids: Sequence[int], change_id: int) -> None:
    """Write history of what keeps no values: creations, deletions, restorations."""
    bulk.insert_each(table_of(History), "row_id", ids, change_id=change_id, resource=resource, verb=verb)
    _count(change_id, len(ids))


def _count(change_id: int, rows: int) -> None:
    current_work().session.connection().execute(_COUNT, {"act": change_id, "more": rows})


def created(change_id: int, resource: str, ids: Sequence[int]) -> set[int]:
    """Which of these rows came to be by this act."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        query = sa.select(History.row_id).where(
            History.resource == resource, History.row_id.in_(ids[start : start + 500]), History.change_id == change_id, History.verb == "create")
        found.update(current_work().session.scalars(query))
    return found


def newest() -> int:
    """The place in the history that has been reached: what comes later is above it."""
    return int(current_work().session.scalar(sa.select(sa.func.max(History.id))) or 0)


def edited_since(resource: str, since: Mapping[int, int], acts: Sequence[int]) -> dict[int, set[str]]:
    """Columns that other acts than these changed in rows after a place in the history of each ("*" for anything else that
    happened to the row)."""
    found: dict[int, set[str]] = {}
    for hit in acts_since(resource, since, acts):
        found.setdefault(hit.row_id, set()).update(hit.old or {"*"} if hit.verb == "update" else {"*"})
    return found


def acts_since(resource: str, since: Mapping[int, int], acts: Sequence[int]) -> Iterator[sa.Row[Any]]:
    """(row_id, id, verb, old, at, actor_id) of what other acts than these did to rows after a place in the history of each,
    oldest first."""
    if not since:
        return
    query = (
        sa.select(History.row_id, History.id, History.verb, History.old, Change.at, Change.actor_id)
        .join(Change, Change.id == History.change_id)
        .where(History.resource == resource, bulk.among(History.row_id, list(since)), History.id > min(since.values()), History.change_id.not_in(acts))
        .order_by(History.id)
    )
    yield from (hit for hit in current_work().session.execute(query) if hit.id > since[hit.row_id])


def history_of(resource: str, row_id: int, limit: int = 200) -> list[sa.Row[Any]]:
    """Newest first: (history id, verb, old, at, actor_id, kind, change, note) of one row. Read the record under its rights first."""
    return list(
        current_work().session.execute(
            sa.select(History.id, History.verb, History.old, Change.at, Change.actor_id, Change.kind, Change.id.label("change"), Change.note)
            .join(Change, Change.id == History.change_id)
            .where(History.resource == resource, History.row_id == row_id)
            .order_by(History.id.desc())
            .limit(limit)
        )
    )


def as_written(row: Mapping[str, Any], before: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """A row about to be written as it will stand: what it was, with what was given. For `derive` and `check` of resources."""
    return {**before.get(row.get("id", 0), {}), **row}


def same(left: Any, right: Any) -> bool:
    """Whether two column values are equal as history sees them."""
    if type(left) is type(right):
        return bool(left == right)
    return json.dumps(raw(left), sort_keys=True, default=str) == json.dumps(raw(right), sort_keys=True, default=str)


def touched(change_id: int, verb: str | None = None) -> Iterable[sa.Row[Any]]:
    """(resource, row_id, verb, old) of everything one act did, newest first, streamed by key."""
    session = current_work().session
    last = 2**63 - 1
    while True:
        query = sa.select(History.id, History.resource, History.row_id, History.verb, History.old).where(
            History.change_id == change_id, History.id < last
        )
        if verb:
            query = query.where(History.verb == verb)
        rows = session.execute(query.order_by(History.id.desc()).limit(1_000)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def unscoped(reason: str) -> dict[str, str]:
    """Execution options for the write path's own statements on scoped tables."""
    return {UNSCOPED: reason}
