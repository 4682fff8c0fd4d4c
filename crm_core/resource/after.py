"""The second half of the write path, the same for sets and for objects changed by hand: parts carry owners, history,
search, time line, events."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.access.gate import with_deleted
from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import current_work
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id
from crm_core.resource import changes, custom, search, stream, timeline, totals
from crm_core.resource.changes import unscoped

_SILENT = {"version", "updated_at", "updated_by_id", "created_at", "created_by_id"}


@dataclass(frozen=True)
class RecordsChanged(Event):
    """Records of a resource were created, updated, deleted or restored."""

    label = _("Records were changed")
    resource: str
    verb: str
    ids: tuple[int, ...]
    change: int
    number = 1


@dataclass(frozen=True)
class RecordsAssigned(Event):
    """Records were given to somebody else than who acts (an owner changed); one event for each new owner."""

    label = _("Records were given to somebody")
    resource: str
    owner: int
    ids: tuple[int, ...]
    change: int


@dataclass(frozen=True)
class OwnersChanged(Event):
    """Records went from one owner to another, or to none: `before` and `after` stand beside `ids`."""

    label = _("Records changed hands")
    resource: str
    ids: tuple[int, ...]
    before: tuple[int | None, ...]
    after: tuple[int | None, ...]
    change: int


class Edit(NamedTuple):
    """One row that was written: `old` holds previous values of the changed columns (None for creations)."""

    id: int
    verb: str
    old: Mapping[str, Any] | None
    row: Mapping[str, Any]


def finish(resource: Any, edits: Sequence[Edit], change: int) -> None:
    """Everything that follows written rows, in the same transaction."""
    by_verb: dict[str, list[Edit]] = {}
    for edit in edits:
        by_verb.setdefault(edit.verb, []).append(edit)
    for verb, found in by_verb.items():
        ids = [e.id for e in found]
        if verb == "update":
            _carry(resource, change, {e.id: e.row for e in found if e.old and any(c in e.old for c in SCOPE_COLUMNS)})
            _tell_owners(resource, found, change)
            changes.record(resource.name, verb, [(e.id, _kept(resource.model, e.old)) for e in found], change)
        else:
            changes.record_same(resource.name, verb, ids, change)
        if verb != "delete":
            custom.keep_beside(resource, ids)
        with with_deleted() if verb == "delete" else nullcontext():  # what follows looks at what has just gone
            search.follow(resource, ids if verb != "update" else [e.id for e in found if search.concerns(resource, e.old or ())], fresh=verb == "create")
            totals.follow(resource, found)
            timeline.follow(resource, verb, found)
            stream.follow(resource, verb, found, change)
            resource.written(verb, ids, change)
            emit(RecordsChanged(resource.name, verb, tuple(ids), change))


def _kept(model: Any, old: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What history keeps of the values before: of a secret only that there was another one, so that undo leaves none."""
    secret = _secrets(model) if old else ()
    return {name: None if name in secret else value for name, value in (old or {}).items() if name not in _SILENT} or None


@cache
def _secrets(model: Any) -> frozenset[str]:
    return frozenset(column.name for column in table_of(model).c if column.info.get("kind") == "sealed")


def _carry(resource: Any, change: int, moved: Mapping[int, Mapping[str, Any]]) -> None:
    """A transfer of a parent goes to its parts, and theirs, in the same transaction: one statement a table and owner."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row_id, row in moved.items():
        groups.setdefault(tuple(row.get(c) for c in SCOPE_COLUMNS), []).append(row_id)
    for owners, ids in groups.items():
        give_parts(resource, ids, dict(zip(SCOPE_COLUMNS, owners, strict=True)), change)


def give_parts(resource: Any, ids: Sequence[int], owners: Mapping[str, Any], change: int | None = None) -> None:
    """The parts of these records, and theirs, get these owners; with a change, whoever follows the parts hears of it."""
    for part in resource.parts():
        if is_scoped(part.child.model):
            _give(part, ids, owners, change)


def _tell_owners(resource: Any, edits: Sequence[Edit], change: int) -> None:
    given: dict[int, list[int]] = {}
    me = my_id()
    for edit in edits:
        owner = edit.row.get("owner_id")
        if resource.name == "core.user" and owner == edit.id:
            continue  # a person is in his own scope: nobody gave him to himself
        if edit.old and "owner_id" in edit.old and owner not in (None, me) and resource.part_of is None:
            given.setdefault(owner, []).append(edit.id)
    for owner, ids in given.items():
        emit(RecordsAssigned(resource.name, owner, tuple(ids), change))
    moved = [edit for edit in edits if edit.old and "owner_id" in edit.old] if resource.part_of is None else ()
    if moved:
        emit(OwnersChanged(
            resource.name, tuple(e.id for e in moved), tuple(e.old["owner_id"] for e in moved if e.old), tuple(e.row.get("owner_id") for e in moved), change))


def _give(part: Any, parents: Sequence[int], owners: Mapping[str, Any], change: int | None) -> None:
    child, table = part.child, part.child.table
    which = sa.and_(*part.at(parents))
    conn = current_work().session.connection()
    was = stream.places(child, which, child.table.c.deleted_at.is_(None)) if change is not None and "read" in child.verbs else []
    given = conn.execute(sa.update(table).where(which).values(owners).returning(table.c.id), execution_options=unscoped("owners of parts"))
    ids = [row[0] for row in given]
    if not ids:
        return
    search.follow(child, ids)
    if change is not None:
        stream.put(child, "update", [one[0] for one in was], was, change)
    give_parts(child, ids, owners, change)
