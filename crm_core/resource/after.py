"""The second half of the write path, the same for sets and for objects changed by hand: parts carry owners, history,
search, time line, events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.data.mixins import SCOPE_COLUMNS, Record, is_scoped
from crm_core.data.session import Session, current_work, flush_checks
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import has_site, site
from crm_core.resource import changes, search, timeline
from crm_core.resource.changes import unscoped
from crm_core.text import pinyin

_SILENT = {"version", "updated_at", "updated_by_id", "created_at", "created_by_id"}


@dataclass(frozen=True)
class RecordsChanged(Event):
    """Records of a resource were created, updated, deleted or restored."""

    resource: str
    verb: str
    ids: tuple[int, ...]
    change: int
    number = 1


@dataclass(frozen=True)
class Edit:
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
            _carry(resource, found)
        changes.record(resource.name, verb, [(e.id, _kept(e.old)) for e in found], change)
        search.follow(resource, verb, ids)
        if resource.timeline:
            timeline.follow(resource, verb, found, change)
        resource.written(verb, ids, change)
        emit(RecordsChanged(resource.name, verb, tuple(ids), change))


def _kept(old: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in (old or {}).items() if name not in _SILENT} or None


def _carry(resource: Any, edits: Sequence[Edit]) -> None:
    """A transfer of a parent goes to its parts in the same transaction, one statement a table and set of owners."""
    moved: dict[tuple[Any, ...], list[int]] = {}
    for edit in edits:
        if edit.old and any(c in edit.old for c in SCOPE_COLUMNS):
            moved.setdefault(tuple(edit.row.get(c) for c in SCOPE_COLUMNS), []).append(edit.id)
    for owners, ids in moved.items():
        values = dict(zip(SCOPE_COLUMNS, owners, strict=True))
        for child, column in resource.parts():
            if not is_scoped(child.model):
                continue
            for start in range(0, len(ids), 500):
                parents = ids[start : start + 500]
                statement = sa.update(child.table).where(child.table.c[column].in_(parents)).values(values)
                current_work().session.execute(statement, execution_options=unscoped("owners of parts"))
                search.owners(child, column, parents)


def _check(session: Session) -> Callable[[], None] | None:
    """Before a flush: rights, stamps, versions and derived columns of records that were changed by hand."""
    if not has_site():
        return None
    registry = site().registry
    found: list[tuple[Any, Any, str, dict[str, Any] | None]] = []
    for row in session.deleted:
        if isinstance(row, Record):
            raise RuntimeError(f"{row!r}: records are never deleted by hand; use the resource's delete()")
    for row in (*session.new, *session.dirty):
        resource = registry.by_model.get(type(row))
        if resource is None or not isinstance(row, Record):
            continue
        old = None if row in session.new else _old(row)
        if old == {}:
            continue
        _allowed(session, resource, row, old)
        found.append((resource, row, "create" if old is None else "update", old))
        _complete(resource, row, old)
    if not found:
        return None

    def after() -> None:
        with changes.change("action") as change:
            groups: dict[str, tuple[Any, list[Edit]]] = {}
            for resource, row, verb, old in found:
                values = {c.key: getattr(row, c.key) for c in resource.table.columns}
                groups.setdefault(resource.name, (resource, []))[1].append(Edit(row.id, verb, old, values))
            for resource, edits in groups.values():
                finish(resource, edits, change)

    return after


def _old(row: Any) -> dict[str, Any]:
    state = sa.inspect(row)
    return {
        attribute.key: (history.deleted[0] if history.deleted else None)
        for attribute in state.mapper.column_attrs
        if (history := state.attrs[attribute.key].history).has_changes()
    }


def _allowed(session: Session, resource: Any, row: Any, old: dict[str, Any] | None) -> None:
    if session.system:
        return
    who, running = session.actor, current_work().info.get("verb")
    verb = "create" if old is None else "update"
    if not is_scoped(resource.model):
        if not who.can(f"{resource.name}.{running or verb}"):
            raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{verb}"))
        return
    scope = scope_for(who, resource.model, verb)
    if running:
        scope |= scope_for(who, resource.model, running)
    before = {c: (old or {}).get(c, getattr(row, c)) for c in SCOPE_COLUMNS}
    if not scope.holds(before):
        raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{verb}"))


def _complete(resource: Any, row: Any, old: dict[str, Any] | None) -> None:
    who = getattr(current_work().session.actor, "user_id", None)
    row.updated_at, row.updated_by_id = clock.now(), who
    if old is None:
        row.created_at = row.created_at or row.updated_at
        row.created_by_id = row.created_by_id or who
    else:
        row.version = (row.version or 1) + 1
    values = {c.key: getattr(row, c.key) for c in resource.table.columns}
    given = dict(values)
    resource.derive([given], {row.id: {**values, **old}} if old is not None else {})
    for column in resource.table.columns:
        if column.info.get("kind") == "sort_key":
            source = column.info["of"]
            person = resource.table.c[source].info.get("person", False)
            given[column.key] = pinyin.sort_key(given.get(source) or "", name=person)
        if given.get(column.key) != values.get(column.key):
            setattr(row, column.key, given[column.key])


flush_checks.append(_check)
