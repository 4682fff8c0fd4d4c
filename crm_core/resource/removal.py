"""Into the recycle bin and out of it: rows with their parts, under one change, so that restoring undoes exactly that."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk, inside
from crm_core.data.mixins import SCOPE_COLUMNS, is_record
from crm_core.data.session import current_work, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Conflict, Forbidden, Missing, Refused
from crm_core.kernel.i18n import _, in_sentence
from crm_core.resource import asking, changes, rows
from crm_core.resource.after import Edit, finish
from crm_core.resource.changes import unscoped
from crm_core.resource.references import RefField


def delete(resource: Any, ids: Sequence[int], *, versions: Mapping[int, int] | None = None, kind: str = "delete") -> int:
    """Into the recycle bin with their parts; returns the change. Raises Refused while other records point at them."""
    if not resource.may("delete"):
        raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.delete"))
    wanted = sorted(set(ids))
    with writing(), changes.change(kind, resource=resource.name) as change:
        have = _locked(resource, wanted)
        if set(wanted) - set(have):
            raise Missing(_("This record was not found."))
        for row_id, version in (versions or {}).items():
            if have.get(row_id) != version:
                raise Conflict(_("Somebody saved a newer version meanwhile."), id=row_id, version=have.get(row_id))
        asking.refuse(resource, wanted)
        _let_go(resource, wanted, change)
        delete_rows(resource, wanted, change)
        return change


def _locked(resource: Any, ids: Sequence[int]) -> dict[int, int]:
    """id → version of those the actor may delete, locked on PostgreSQL."""
    session, model = current_work().session, resource.model
    query = resource.visible("delete").with_only_columns(model.id, model.version).order_by(model.id).with_for_update()
    found = {}
    for start in range(0, len(ids), 500):
        found.update({r[0]: r[1] for r in session.execute(query.where(model.id.in_(ids[start : start + 500])))})
    return found


def delete_rows(resource: Any, ids: Sequence[int], change: int) -> None:
    """The statements of a deletion: rows, then their parts under the same change."""
    if not ids:
        return
    table = resource.table
    gone = {"deleted_at": clock.now(), "deleted_change_id": change, "version": table.c.version + 1}
    which = bulk.among(table.c.id, ids), table.c.deleted_at.is_(None)
    _execute(sa.update(table).where(*which).values(gone))
    finish(resource, [Edit(i, "delete", None, {"id": i}) for i in ids], change)
    for part in resource.parts():
        table = part.child.table
        below = sa.select(table.c.id).where(*part.at(ids), table.c.deleted_at.is_(None))
        delete_rows(part.child, [row[0] for row in _execute(below)], change)


def restore_rows(resource: Any, ids: Sequence[int], change: int) -> list[int]:
    """Bring rows back that lie in the recycle bin; returns those that did. Parts have histories of their own."""
    table = resource.table
    which = bulk.among(table.c.id, ids), table.c.deleted_at.is_not(None)
    back = {"deleted_at": None, "deleted_change_id": None, "version": table.c.version + 1}
    found = sorted(row[0] for row in _execute(sa.update(table).where(*which).values(back).returning(table.c.id)))
    finish(resource, [Edit(i, "restore", None, {"id": i}) for i in found], change)
    return found


def _let_go(resource: Any, ids: Sequence[int], change: int) -> None:
    """What other records do about rows that are to go: most refuse, some references are cleared (`Ref(on_delete=…)`)."""
    for other, field in references(resource):
        pointing = _pointing(resource, other, field, ids)
        if field.on_delete == "refuse":
            if _execute(sa.select(sa.literal(1)).where(*pointing).limit(1)).first():
                raise Refused(_("This cannot be deleted while %(what)s refer to it.", what=in_sentence(other.label)))
        elif field.on_delete == "clear":
            found = _execute(sa.select(other.table).where(*pointing).order_by(other.table.c.id).with_for_update())
            before = {row["id"]: dict(row) for row in found.mappings()}
            cleared = [{"id": row_id, field.column: None} for row_id in before]
            finish(other, rows.update(other, cleared, before), change)


def held(resource: Any, ids: Sequence[int]) -> set[int]:
    """Which of these rows other records refer to that would not let them go."""
    found: set[int] = set()
    for other, field in references(resource):
        if field.on_delete == "refuse":
            pointing = _pointing(resource, other, field, ids)
            found.update(row[0] for row in _execute(sa.select(inside.column(other.table, field.column)).where(*pointing).distinct()))
    return found


def _pointing(resource: Any, other: Any, field: RefField, ids: Sequence[int]) -> list[sa.ColumnElement[bool]]:
    """The living rows that refer to these; those that go together do not hold each other."""
    found = [bulk.among(inside.column(other.table, field.column), ids), other.table.c.deleted_at.is_(None)]
    return [*found, ~bulk.among(other.table.c.id, ids)] if other is resource else found


def references(resource: Any) -> Iterable[tuple[Any, RefField]]:
    """The references of other active resources to this one, its own parts' and the stamps left out."""
    parts = {part.child.name for part in resource.parts()}
    for other in resource.registry.resources.values():
        if other.is_brief or other.name in parts or not is_record(other.model):
            continue
        for field in other.all_fields.values():
            if not isinstance(field, RefField) or field.target != resource.name or field.info.get("kind") == "stamp":
                continue
            if not (other is resource and field.column in SCOPE_COLUMNS):
                yield other, field


def _execute(statement: Any) -> sa.CursorResult[Any]:
    found: sa.CursorResult[Any] = current_work().session.connection().execute(statement, execution_options=unscoped("removal"))
    return found
