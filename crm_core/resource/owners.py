"""Whose a row is: new records belong to who makes them, parts carry their parent's owners, and who may give them away."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import current_work
from crm_core.kernel.errors import Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource.changes import unscoped

Row = dict[str, Any]
Owners = Mapping[str, Any]


def fill(resource: Any, rows: Sequence[Row], parents: Mapping[int, Owners] | None = None) -> None:
    """Owner columns of new rows. `parents` are the parents' when the caller has them at hand."""
    if not rows or not is_scoped(resource.model):
        return
    if resource.of_any:
        _carry_any(resource, rows)
        return
    link = resource.parent_field
    if link is not None:
        _carry(rows, link.column, parents or of_parents(resource, (row.get(link.column) for row in rows)))
        return
    who = actor()
    for row in rows:
        if who is not None and "owner_id" not in row:
            row["owner_id"] = who.user_id
            row.setdefault("department_id", who.department_id)
        for column in SCOPE_COLUMNS:
            row.setdefault(column, None)
    _home([row for row in rows if row["owner_id"] is not None and row["department_id"] is None])


def take(resource: Any, rows: Sequence[Row], said: Sequence[Row]) -> None:
    """New rows that name nobody get the owners that follow from what they are for (`Resource.whose`), where the actor may make records of theirs
    and see them. `said`: the rows with the lines that were given."""
    if not is_scoped(resource.model) or resource.parent_field is not None or resource.of_any:
        return
    free = [at for at, row in enumerate(rows) if not any(c in row for c in SCOPE_COLUMNS)]
    found, who = resource.whose([said[at] for at in free]) if free else {}, actor()
    house = who is None or current_work().session.system
    for at, theirs in found.items():
        values = {c: theirs.get(c) for c in SCOPE_COLUMNS}
        row = rows[free[at]]
        if values["owner_id"] is not None and (house or all(who.scope(resource.name, verb).holds({**row, **values}) for verb in ("create", "read"))):
            row.update(values)


def follow(resource: Any, rows: Sequence[Row], before: Mapping[int, Row]) -> None:
    """Owner columns of existing rows: a record given to somebody goes to his department unless another is named, a part
    that is moved to another parent gets that one's owners."""
    if not rows or not is_scoped(resource.model):
        return
    link = resource.parent_field
    if link is not None:
        moved = [row for row in rows if link.column in row and row[link.column] != before[row["id"]][link.column]]
        if moved:
            _carry(moved, link.column, of_parents(resource, (row[link.column] for row in moved)))
        return
    given = [
        row for row in rows
        if row.get("owner_id") is not None and "department_id" not in row and row["owner_id"] != before[row["id"]]["owner_id"]
    ]
    _home(given)


def check(resource: Any, rows: Sequence[Row], before: Mapping[int, Row]) -> None:
    """A row lies where the actor may create or change it; giving a record away needs the right to assign it. Raises Forbidden."""
    if not is_scoped(resource.model):
        return
    who = actor()
    creates, updates, assigns = (who.scope(resource.name, verb) for verb in ("create", "update", "assign"))
    part = resource.parent_field is not None or resource.of_any
    untold, new = _untold(resource.table), set()
    asked = [c for c in dict.fromkeys((*creates.asks, *assigns.asks, *SCOPE_COLUMNS)) if c in untold]
    for row in rows:
        old = before.get(row["id"]) if "id" in row else None
        if old is None:
            new.add(tuple([row[c] if c in row else untold[c] for c in asked]))
        elif any(c in row and row[c] != old[c] for c in SCOPE_COLUMNS):
            if part and not updates.holds(row):
                raise Forbidden(_("You may not create records for this owner or department."))
            if not part and not assigns.holds(old):
                raise Forbidden(_("You may not give this record to somebody else."))
    for values in new:  # most rows of a set lie in one place
        row = dict(zip(asked, values, strict=True))
        if not creates.holds(row) and (part or not assigns.holds({**row, "owner_id": who.user_id})):
            raise Forbidden(_("You may not create records for this owner or department."))


def _untold(table: sa.Table) -> Row:
    """What columns of a new row hold when nothing is said."""
    return {c.name: c.default.arg if c.default is not None and c.default.is_scalar else None for c in table.columns}  # type: ignore[attr-defined]


def of_parents(resource: Any, ids: Iterable[Any]) -> dict[int, Row]:
    """The owner columns of a part's parents."""
    return of_rows(resource.registry.resource(resource.parent_field.target).table, {i for i in ids if i is not None})


def of_rows(table: sa.Table, ids: Iterable[int]) -> dict[int, Row]:
    """The owner columns of rows by id, whoever sees them."""
    columns = [table.c[c] for c in ("id", *SCOPE_COLUMNS)]
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), 500):
        query = sa.select(*columns).where(table.c.id.in_(wanted[start : start + 500]))
        rows = current_work().session.execute(query, execution_options=unscoped("owners of parents"))
        found.update({r.id: dict(r._mapping) for r in rows})
    return found


def owned_as(model: Any, wanted: Mapping[int, Any]) -> dict[int, Row]:
    """For `Resource.whose`: position → owner columns of the record of `model` with that id, where somebody owns it."""
    found = of_rows(model.__table__, {one for one in wanted.values() if isinstance(one, int)})
    return {at: found[one] for at, one in wanted.items() if one in found and found[one]["owner_id"] is not None}


def _carry_any(resource: Any, rows: Iterable[Row]) -> None:
    """The owners of what hangs on records of any resource: one statement a resource."""
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        kinds.setdefault(row["subject"], []).append(row)
    for name, found in kinds.items():
        _carry(found, "subject_id", of_rows(resource.registry.resource(name).table, {row["subject_id"] for row in found}))


def _carry(rows: Iterable[Row], link: str, parents: Mapping[Any, Owners]) -> None:
    for row in rows:
        found = parents.get(row.get(link))
        for column in SCOPE_COLUMNS:
            row[column] = found[column] if found is not None else None


def _home(rows: Sequence[Row]) -> None:
    """A record given to somebody without naming a department goes to his."""
    from crm_core.access.models import User

    wanted = {row["owner_id"] for row in rows}
    if not wanted:
        return
    query = sa.select(User.id, User.department_id).where(User.id.in_(wanted))
    homes = {r.id: r.department_id for r in current_work().session.execute(query, execution_options=unscoped("owners' departments"))}
    for row in rows:
        row["department_id"] = homes.get(row["owner_id"])
