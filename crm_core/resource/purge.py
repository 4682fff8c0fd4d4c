"""The end of the recycle bin. What has lain there for 30 days is emptied: nothing personal is left of it, neither in its row
nor in history and time lines. The empty row, a tombstone, is kept while anything refers to it, of sleeping packages too; then
it is removed, parts before what they are part of. A tombstone that leads to a record it was merged into stays.

A tombstone is a deleted row without `deleted_change_id`: no change brings it back.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS, is_record
from crm_core.data.session import current_work, session
from crm_core.kernel import clock, references
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import changes
from crm_core.resource.changes import History, unscoped
from crm_core.resource.timeline import Entry
from crm_core.resource.undo import DAYS

KIND = "purge"  # of the change; nobody takes it back
BATCH = 500
# What a tombstone keeps: its keys, who made it when, whose it was (a scope is no secret, and parts carry it).
KEEPS = {
    "id", "public_id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id", "deleted_at", "deleted_change_id",
    "merged_into_id", *SCOPE_COLUMNS,
}


@dataclass(frozen=True)
class RecordsPurged(Event):
    """Records were emptied for good; whoever keeps something of them lets it go."""

    label = _("Records were emptied for good")
    resource: str
    ids: tuple[int, ...]


def run(job: Running) -> None:
    """The job of every night. What it has not done when it stops, the next one does."""
    emptied = removed = 0
    until = clock.now() - dt.timedelta(days=DAYS)
    kinds = list(_parts_first())
    for resource in kinds:
        for ids in _batches(job, resource, until, tombstones=False):
            with Pace(job).write(), changes.change(KIND, resource=resource.name) as change:
                emptied += len(_empty(resource, ids, change))
    for resource in kinds:
        gone = True
        while gone:  # a row of the same table may have held another one
            gone = False
            for ids in _batches(job, resource, until, tombstones=True):
                free = sorted(set(ids) - _referred(resource, ids))
                if free:
                    with Pace(job).write():
                        count = _remove(resource, free)
                    removed, gone = removed + count, gone or count > 0
    job.result |= {"emptied": emptied, "removed": removed}


def _parts_first() -> Iterator[Any]:
    """Every resource with a recycle bin, each after those that are parts of it."""
    seen: set[str] = set()

    def walk(resource: Any) -> Iterator[Any]:
        if resource.name in seen or resource.is_brief or not is_record(resource.model):
            return
        seen.add(resource.name)
        for part in resource.parts():
            yield from walk(part.child)
        yield resource

    for resource in list(site().registry.resources.values()):
        yield from walk(resource)


def _batches(job: Running, resource: Any, until: dt.datetime, *, tombstones: bool) -> Iterator[list[int]]:
    """Ids by their key, read before the write lock is asked for."""
    table, last = resource.table, 0
    change = table.c.deleted_change_id
    where = [table.c.deleted_at < until, change.is_(None) if tombstones else change.is_not(None)]
    if tombstones:
        where.append(table.c.merged_into_id.is_(None))
    while True:
        job.check()
        query = sa.select(table.c.id).where(*where, table.c.id > last).order_by(table.c.id).limit(BATCH)
        ids = [row[0] for row in _execute(query)]
        if not ids:
            return
        yield ids
        last = ids[-1]


def _empty(resource: Any, ids: Sequence[int], change: int) -> list[int]:
    """Empty those that are still due (one may have been brought back since they were read)."""
    table = resource.table
    due = [table.c.id.in_(ids), table.c.deleted_at.is_not(None), table.c.deleted_change_id.is_not(None)]
    values = {**_nothing(resource), "deleted_change_id": None, "version": table.c.version + 1}
    done = sorted(row[0] for row in _execute(sa.update(table).where(*due).values(values).returning(table.c.id)))
    if not done:
        return []
    history, line = table_of(History), table_of(Entry)
    _execute(sa.update(history).where(history.c.resource == resource.name, history.c.row_id.in_(done)).values(old=sa.null()))
    _execute(sa.delete(line).where(line.c.subject == resource.name, line.c.subject_id.in_(done)))
    spoken = sa.update(line).where(line.c.record == resource.name, line.c.record_id.in_(done))
    _execute(spoken.values(title=None, body=None, record=None, record_id=None))
    for field in resource.virtual:
        if field.kept:
            field.store({row_id: [] for row_id in done})
    changes.record_same(resource.name, KIND, done, change)
    emit(RecordsPurged(resource.name, tuple(done)))
    return done


def _nothing(resource: Any) -> dict[str, Any]:
    """Nothing, for every column that is not kept: null where the column takes it, else an empty text or list. Choices, ticks and
    numbers of a column that takes no null say nothing about anybody and stay."""
    link, alone = resource.parent_field, _unique(resource.table)
    found: dict[str, Any] = {}
    for column in resource.table.columns:
        if column.key in KEEPS or (link is not None and column.key == link.column) or (column.foreign_keys and not column.nullable):
            continue
        if column.nullable:
            found[column.key] = sa.null()
        elif isinstance(column.type, sa.JSON):
            found[column.key] = [] if isinstance(_default(column), list) else {}
        elif isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum):
            if column.key in alone:  # two empty ones would be the same
                found[column.key] = sa.func.substr(resource.table.c.public_id, 1, column.type.length or 32)
                continue
            found[column.key] = "" if column.info.get("kind") not in ("choice", "anyref") else _default(column) or ""
    return found


def _unique(table: sa.Table) -> set[str]:
    """Columns of a key that deleted rows are part of as well."""
    found = {column.key for key in table.constraints if isinstance(key, sa.UniqueConstraint) for column in key.columns}
    for index in table.indexes:
        if index.unique and index.dialect_options["sqlite"]["where"] is None:
            found |= {column.key for column in index.columns}
    return found


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    if isinstance(default, sa.ColumnDefault):
        return default.arg if default.is_scalar else default.arg(None) if default.is_callable else None
    return None


def _referred(resource: Any, ids: Sequence[int]) -> set[int]:
    """Those that anything refers to, in whatever package: nobody has to be awake for that."""
    found: set[int] = set()
    packages = {package.name for package in site().registry.packages}
    for name, pointing, kind in sorted(references.holding(current_work().session.connection(), packages, resource.table.name, resource.name)):
        left = [row_id for row_id in ids if row_id not in found]
        if not left:
            break
        named = kind == "anyref"
        column = f"{pointing}_id" if named else pointing
        table = sa.table(name, sa.column(column, sa.BigInteger()), *([sa.column(pointing)] if named else []))
        query = sa.select(table.c[column]).distinct().where(table.c[column].in_(left))
        found.update(hit[0] for hit in _execute(query.where(table.c[pointing] == resource.name) if named else query))
    return found


def _remove(resource: Any, ids: Sequence[int]) -> int:
    """Remove empty rows; one that something has come to refer to meanwhile is held by its foreign key."""
    table, history = resource.table, table_of(History)
    try:
        with session.begin_nested():
            count = _execute(sa.delete(table).where(table.c.id.in_(ids))).rowcount
            # SQLite gives the highest key out again: the next record must not have the history of this one.
            _execute(sa.delete(history).where(history.c.resource == resource.name, history.c.row_id.in_(ids), history.c.verb != KIND))
            return count
    except sa.exc.IntegrityError:
        if len(ids) == 1:
            return 0
    half = len(ids) // 2
    return _remove(resource, ids[:half]) + _remove(resource, ids[half:])


def _execute(statement: Any) -> sa.CursorResult[Any]:
    found: sa.CursorResult[Any] = current_work().session.connection().execute(statement, execution_options=unscoped("purge"))
    return found
