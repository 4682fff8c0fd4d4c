"""Objects that a service changes by hand go through the same second half of the write path, as one set a flush.

Before the flush: the rows are locked and compared with the database, owners and derived columns filled, rights checked.
After it: history, search, time line, events. Nothing is changed past this: what no resource knows is refused.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.data import inside
from crm_core.data.mixins import SCOPE_COLUMNS, is_record, is_scoped
from crm_core.data.session import Session, current_work, flush_checks
from crm_core.kernel import clock
from crm_core.kernel.errors import Conflict, Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.registry import Registry
from crm_core.kernel.site import has_site, site
from crm_core.resource import asking, changes, custom, derived, owners, rows
from crm_core.resource.after import Edit, finish
from crm_core.resource.changes import unscoped

Row = dict[str, Any]


@dataclass
class _Touched:
    """A record in a flush: what it was in the database, and which columns change (None: it is new)."""

    resource: Any
    row: Any
    before: Row
    changed: set[str] | None

    @property
    def values(self) -> Row:
        return custom.unpacked(self.resource, {c.key: getattr(self.row, c.key) for c in self.resource.table.columns})

    @property
    def old(self) -> Row | None:
        if self.changed is None:
            return None
        own = custom.columns(self.resource) if inside.COLUMN in self.changed else ()
        now = self.values
        names = [*sorted(self.changed - {inside.COLUMN}), *(name for name in own if self.before[name] != now[name])]
        return {name: self.before[name] for name in names}


def _check(session: Session) -> Callable[[], None] | None:
    found = _touched(session)
    if not found:
        return None
    _load(session, found)
    by_hand = [(one, one.changed - {*SCOPE_COLUMNS} if one.changed is not None else ()) for one in found]
    for one in found:
        _complete(one)
        if not session.system:
            _allowed(session, one)
    _not_only_asked(by_hand)
    return lambda: _finish(found)


def _touched(session: Session) -> list[_Touched]:
    for row in session.deleted:
        if is_record(type(row)):
            raise RuntimeError(f"{row!r}: records are never deleted by hand; use the resource's delete()")
    known = [row for row in (*session.new, *session.dirty) if is_record(type(row))]
    if known and not has_site():
        raise RuntimeError("records are changed inside site.work(…)")
    found = []
    for row in known:
        new = row in session.new
        changed = None if new else _changed(row)
        if changed is not None and not changed:
            continue
        if "__brief_of__" in type(row).__dict__:
            raise RuntimeError(f"{row!r}: a brief is read only")
        resource = resource_of(site().registry, type(row))
        if resource is not None:
            found.append(_Touched(resource, row, {}, changed))
        elif is_scoped(type(row)):
            raise RuntimeError(f"{type(row).__name__} belongs to no active resource, so nobody could say who may change it")
    return found


def resource_of(registry: Registry, model: type) -> Any:
    """The resource of a mapped class, lines of forms included; None when no active package has one."""
    found = registry.by_model.get(model)
    if found is None:
        for resource in registry.resources.values():
            for declared in resource.lines:
                if declared.model is model:
                    return resource.line_resource(declared.name)
    return found


def _changed(row: Any) -> set[str]:
    state = sa.inspect(row)
    return {a.key for a in state.mapper.column_attrs if state.attrs[a.key].history.has_changes()}


def _load(session: Session, found: list[_Touched]) -> None:
    """Rows as the database has them now, locked on PostgreSQL: the object may be older, or never have had all its columns."""
    groups: dict[str, list[_Touched]] = {}
    for one in found:
        if one.changed is not None:
            groups.setdefault(one.resource.name, []).append(one)
    for group in groups.values():
        table = group[0].resource.table
        by_id = {one.row.id: one for one in group}
        query = sa.select(table).where(table.c.id.in_(list(by_id))).order_by(table.c.id).with_for_update()
        for row in session.connection().execute(query, execution_options=unscoped("before images")).mappings():
            by_id.pop(row["id"]).before = custom.unpacked(group[0].resource, dict(row))
        if by_id:
            raise Conflict(_("Somebody saved a newer version meanwhile."), id=min(by_id))
        for one in group:
            version = sa.inspect(one.row).attrs.version.history
            loaded = (version.deleted or version.unchanged or (one.before["version"],))[0]
            if loaded != one.before["version"]:
                raise Conflict(_("Somebody saved a newer version meanwhile."), id=one.row.id, version=one.before["version"])


def _complete(one: _Touched) -> None:
    """Stamps, owners, version and derived columns."""
    row, resource, who = one.row, one.resource, getattr(current_work().session.actor, "user_id", None)
    row.updated_at, row.updated_by_id = clock.now(), who
    if one.changed is None:
        row.created_at = row.created_at or row.updated_at
        row.created_by_id = row.created_by_id or who
        values = {k: v for k, v in one.values.items() if v is not None}
        rows.complete(resource.table, [values])
        owners.fill(resource, [values])
        rows.numbers(resource.table, [values])
        before: dict[int, Row] = {}
    else:
        row.version = one.before["version"] + 1
        values = {name: getattr(row, name) for name in one.changed} | {"id": row.id}
        values = custom.unpacked(resource, values) if inside.COLUMN in values else values
        before = {row.id: one.before}
        owners.follow(resource, [values], before)
    derived.derive(resource, [values], before)
    values = custom.packed(one.before, values)
    for name, value in values.items():
        if name != "id" and getattr(row, name) != value:
            setattr(row, name, value)
            if one.changed is not None:
                one.changed.add(name)


def _allowed(session: Session, one: _Touched) -> None:
    """Whether the actor may do this; inside an action (`Resource.run`) its own verb's grants count as well."""
    who, running, resource = session.actor, current_work().info.get("verb"), one.resource
    verb = "create" if one.changed is None else "update"
    refusal = Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{verb}"))
    if not is_scoped(resource.model):
        if not any(who.can(f"{resource.name}.{v}") for v in (verb, running) if v):
            raise refusal
        return
    scopes = [scope_for(who, resource.model, v) for v in (verb, running) if v]
    now = one.values
    if not any(scope.holds(one.before or now) for scope in scopes):
        raise refusal
    moved = one.changed is not None and any(c in one.changed and now[c] != one.before[c] for c in SCOPE_COLUMNS)
    if moved and resource.parent_field is not None and not any(scope.holds(now) for scope in scopes):
        raise refusal
    if moved and resource.parent_field is None and not running and not who.scope(resource.name, "assign").holds(one.before):
        raise Forbidden(_("You may not give this record to somebody else."))


def _not_only_asked(by_hand: Sequence[tuple[_Touched, Iterable[str]]]) -> None:
    """Whether somebody may only propose one of these changes; a line is a change of the record in whose form it stands."""
    groups: dict[str, dict[int, set[str]]] = {}
    for one, columns in by_hand:
        form, link = one.resource.form_of
        if form is not one.resource:
            lines = next(declared.name for declared in form.lines if declared.model is one.resource.model)
            for parent in {getattr(one.row, link), one.before.get(link)} - {None}:
                groups.setdefault(form.name, {}).setdefault(parent, set()).add(lines)
        elif columns:
            names = {field.column: field.name for field in form.all_fields.values()}
            groups.setdefault(form.name, {}).setdefault(one.row.id, set()).update(names.get(column, column) for column in columns)
    for name, records in groups.items():
        resource = site().registry.resources[name]
        asking.keep_locked(resource, {row_id: (0, moved) for row_id, moved in records.items()}, by_hand=True)
        if asked := asking.held(resource, list(records)):
            raise asking.OnlyAsked({min(records[min(asked)]): [asking.ONLY_ASKED]})


def _finish(found: list[_Touched]) -> None:
    with changes.change("action") as change:
        groups: dict[str, tuple[Any, list[Edit]]] = {}
        for one in found:
            verb = "create" if one.changed is None else "update"
            groups.setdefault(one.resource.name, (one.resource, []))[1].append(Edit(one.row.id, verb, one.old, one.values))
        for resource, edits in groups.values():
            finish(resource, edits, change)


flush_checks.append(_check)
