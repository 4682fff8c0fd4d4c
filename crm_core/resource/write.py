"""The one write path, always a set: a form saves a set of one, an import a thousand.

First half: names → before images under the actor's rights → references → defaults → checks → scope.
Second half, shared with changes made by hand on loaded objects: statements → parts → history → search → time line → events.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.data.ids import reserve_ids
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped, new_public_id
from crm_core.data.session import current_work, writing
from crm_core.kernel import clock, series
from crm_core.kernel.errors import Conflict, Forbidden, Invalid, Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import changes
from crm_core.resource.after import Edit, finish
from crm_core.resource.changes import unscoped
from crm_core.resource.references import RefField
from crm_core.text import pinyin

Row = dict[str, Any]


def write(resource: Any, rows: list[Row], *, kind: str = "save") -> list[int]:
    """Create rows without `id`, update those with one; all or none. Returns ids in the same order.

    `rows`: field name → value as `Field.parse` or `Field.load` made it; only given names are touched. `version` of an
    existing row is compared when given. Raises Invalid (details["rows"]: position → field → sentences), Forbidden,
    Missing, Conflict.
    """
    with writing(), changes.change(kind, resource=resource.name) as change:
        return _write(resource, rows, change)


def _write(resource: Any, rows: list[Row], change: int, parent: Mapping[int, Row] | None = None) -> list[int]:
    system = bool(current_work().session.system)
    fields = resource.all_fields if system else resource.fields(writing=True)
    lines = {declared.name: declared for declared in resource.lines}
    creating = [i for i, row in enumerate(rows) if row.get("id") is None]
    updating = [i for i, row in enumerate(rows) if row.get("id") is not None]
    if parent is None and not system:
        _may(resource, creating, updating)
    faults: dict[int, dict[str, list[Any]]] = {}
    _names(rows, fields, lines, faults)
    before = _before(resource, [rows[i]["id"] for i in updating], system or parent is not None)
    for i in updating:
        _version(rows[i], before)
    _resolve(resource, rows, fields, before, faults)
    made: list[Row] = []
    for i, row in enumerate(rows):
        old = before.get(row["id"]) if row.get("id") is not None else None
        values = {fields[name].column: value for name, value in row.items() if name in fields}
        _required(row, fields, old is None, faults.setdefault(i, {}))
        if old is None:
            values = {**_defaults(resource, values), **values}
        else:
            values["id"] = row["id"]
        made.append(values)
    _owners(resource, [made[i] for i in creating], parent)
    resource.derive(made, before)
    for i, found in resource.check(made, before).items():
        for name, messages in found.items():
            faults.setdefault(i, {}).setdefault(name, []).extend(messages)
    _unique(resource, made, before, faults)
    faults = {i: found for i, found in faults.items() if found}
    if faults:
        raise Invalid(faults[min(faults)], rows=faults)
    if parent is None and not system:
        _in_scope(resource, made, before)
    _sort_keys(resource, made)
    edits = _insert(resource, [made[i] for i in creating]) if creating else []
    if updating:
        edits += _update(resource, [made[i] for i in updating], before)
    ids = [values["id"] for values in made]
    changed = _lines(resource, rows, ids, change) if lines else set()
    if changed:
        edits = _touch(resource, edits, changed, before)
    finish(resource, edits, change)
    return ids


def _may(resource: Any, creating: Sequence[int], updating: Sequence[int]) -> None:
    for verb, wanted in (("create", creating), ("update", updating)):
        if wanted and not resource.may(verb):
            raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{verb}"))


def _names(rows: list[Row], fields: Mapping[str, Any], lines: Mapping[str, Any], faults: dict[int, Any]) -> None:
    known = {"id", "version", *fields, *lines}
    for i, row in enumerate(rows):
        for name in row.keys() - known:
            faults.setdefault(i, {})[name] = [_("This field cannot be written.")]


def _before(resource: Any, ids: Sequence[int], all_rows: bool) -> dict[int, Row]:
    """The rows as they stand, only those the actor may update; locked on PostgreSQL."""
    if not ids:
        return {}
    model = resource.model
    columns = [getattr(model, c.key) for c in resource.table.columns]
    found: dict[int, Row] = {}
    session = current_work().session
    for part in _batches(ids, 500):
        query = sa.select(*columns).where(model.id.in_(part)).with_for_update()
        options: dict[str, str] = {}
        if all_rows:
            query, options = query.where(model.deleted_at.is_(None)), unscoped("write path")
        elif is_scoped(model):
            query = query.where(scope_for(session.actor, model, "update").clause(model))
        for row in session.execute(query, execution_options=options).mappings():
            found[row["id"]] = dict(row)
    if set(ids) - set(found):
        raise Missing(_("This record was not found."))
    return found


def _version(row: Row, before: Mapping[int, Row]) -> None:
    given = row.get("version")
    if given is not None and given != before[row["id"]]["version"]:
        raise Conflict(_("Somebody saved a newer version meanwhile."), id=row["id"], version=before[row["id"]]["version"])


def _resolve(resource: Any, rows: list[Row], fields: Mapping[str, Any], before: Mapping[int, Row], faults: dict[int, Any]) -> None:
    """References by one query a field; one that is untouched is not looked at (it may point at what the actor cannot see)."""
    for name, field in fields.items():
        if not isinstance(field, RefField):
            continue
        wanted = set()
        for row in rows:
            if name in row and row[name] is not None:
                old = before.get(row["id"], {}) if row.get("id") is not None else {}
                if row[name] != old.get(field.column):
                    wanted.add(row[name])
        if not wanted:
            continue
        known = field.resolve(wanted)
        for i, row in enumerate(rows):
            value = row.get(name)
            if value in wanted:
                if value in known:
                    row[name] = known[value]
                else:
                    faults.setdefault(i, {}).setdefault(name, []).append(_("There is no such record."))


def _required(row: Row, fields: Mapping[str, Any], creating: bool, faults: dict[str, list[Any]]) -> None:
    for name, field in fields.items():
        if not field.required or field.readonly:
            continue
        missing = row.get(name) in (None, "") if (creating or name in row) else False
        if missing and name not in faults:
            faults[name] = [_("This is required.")]


def _defaults(resource: Any, values: Row) -> Row:
    found: Row = {"public_id": new_public_id(), "version": 1}
    for column in resource.table.columns:
        default = column.default
        if default is None or column.key in values or column.key in found:
            continue
        found[column.key] = default.arg if default.is_scalar else default.arg(None)
    return found


def _owners(resource: Any, rows: list[Row], parent: Mapping[int, Row] | None) -> None:
    """New records belong to who makes them and to his department unless it is said; parts carry their parent's owners."""
    if not rows or not is_scoped(resource.model):
        return
    link = resource.parent_field
    if link is not None:
        parents = parent or _parents(resource, link, {row.get(link.column) for row in rows})
        for row in rows:
            found = parents.get(row.get(link.column))  # type: ignore[arg-type]
            for column in SCOPE_COLUMNS:
                row[column] = found[column] if found is not None else None
        return
    who = actor()
    for row in rows:
        if who is not None and "owner_id" not in row:
            row["owner_id"] = who.user_id
            row.setdefault("department_id", who.department_id)
        for column in SCOPE_COLUMNS:
            row.setdefault(column, None)
    _home(rows)


def _home(rows: list[Row]) -> None:
    """A record given to somebody without a department goes to his."""
    from crm_core.access.models import User

    wanted = {row["owner_id"] for row in rows if row.get("owner_id") is not None and row.get("department_id") is None}
    if not wanted:
        return
    query = sa.select(User.id, User.department_id).where(User.id.in_(wanted))
    homes = {r.id: r.department_id for r in current_work().session.execute(query, execution_options=unscoped("write path"))}
    for row in rows:
        if row.get("department_id") is None:
            row["department_id"] = homes.get(row.get("owner_id"))


def _parents(resource: Any, link: Any, ids: Iterable[Any]) -> dict[int, Row]:
    table = resource.registry.resource(link.target).table
    columns = [table.c[c] for c in ("id", *SCOPE_COLUMNS)]
    query = sa.select(*columns).where(table.c.id.in_([i for i in ids if i is not None]))
    rows = current_work().session.execute(query, execution_options=unscoped("write path"))
    return {r.id: dict(r._mapping) for r in rows}


def _in_scope(resource: Any, made: list[Row], before: Mapping[int, Row]) -> None:
    """A new record lies where the actor may create; giving one away needs the right to assign it."""
    if not is_scoped(resource.model):
        return
    who = actor()
    creates, assigns = who.scope(resource.name, "create"), who.scope(resource.name, "assign")
    for row in made:
        old = before.get(row["id"]) if "id" in row else None
        if old is None:
            if not creates.holds(row) and not (resource.part_of is None and assigns.holds({**row, "owner_id": who.user_id})):
                raise Forbidden(_("You may not create records for this owner or department."))
        elif resource.part_of is None and any(c in row and row[c] != old[c] for c in SCOPE_COLUMNS) and not assigns.holds(old):
            raise Forbidden(_("You may not give this record to somebody else."))


def _unique(resource: Any, made: list[Row], before: Mapping[int, Row], faults: dict[int, Any]) -> None:
    for group in resource.unique:
        columns = [resource.table.c[resource.all_fields[n].column if n in resource.all_fields else n] for n in group]
        wanted: dict[tuple[Any, ...], int] = {}
        for i, row in enumerate(made):
            old = before.get(row["id"], {}) if "id" in row else {}
            key = tuple(row.get(c.key, old.get(c.key)) for c in columns)
            if None in key or ("id" in row and all(old.get(c.key) == k for c, k in zip(columns, key, strict=True))):
                continue
            if key in wanted:
                faults.setdefault(i, {})[group[0]] = [_("This is there twice.")]
            wanted[key] = i
        if not wanted:
            continue
        query = sa.select(*columns).where(resource.table.c.deleted_at.is_(None), sa.tuple_(*columns).in_(list(wanted)))
        for hit in current_work().session.execute(query, execution_options=unscoped("write path")):
            if tuple(hit) in wanted:
                faults.setdefault(wanted[tuple(hit)], {})[group[0]] = [_("This is taken already.")]


def _sort_keys(resource: Any, made: list[Row]) -> None:
    for column in resource.table.columns:
        source = column.info.get("of") if column.info.get("kind") == "sort_key" else None
        if source:
            person = resource.table.c[source].info.get("person", False)
            for row in made:
                if source in row:
                    row[column.key] = pinyin.sort_key(row[source] or "", name=person)


def _insert(resource: Any, made: list[Row]) -> list[Edit]:
    session = current_work().session
    table, now, who = resource.table, clock.now(), getattr(actor(), "user_id", None)
    first = reserve_ids(table, len(made))
    for column in table.columns:
        if column.info.get("kind") == "number_series":
            lacking = [row for row in made if not row.get(column.key)]
            if lacking:
                for row, number in zip(lacking, series.draw(f"{table.name}.{column.key}", len(lacking)), strict=True):
                    row[column.key] = column.info["pattern"].format(n=number, year=clock.today().year)
    names = [c.key for c in table.columns]
    for row, row_id in zip(made, first, strict=True):
        row["id"] = row_id
        row.setdefault("created_at", now)
        row["updated_at"] = row.get("updated_at") or now
        row["created_by_id"] = row["updated_by_id"] = who
    values = [{name: row.get(name) for name in names} for row in made]
    session.execute(sa.insert(table), values, execution_options=unscoped("write path"))
    return [Edit(row["id"], "create", None, row) for row in made]


def _update(resource: Any, made: list[Row], before: Mapping[int, Row]) -> list[Edit]:
    session = current_work().session
    table, now, who = resource.table, clock.now(), getattr(actor(), "user_id", None)
    groups: dict[tuple[str, ...], list[Row]] = {}
    edits = []
    for row in made:
        old = before[row["id"]]
        changed = {c: v for c, v in row.items() if c != "id" and not changes.same(v, old[c])}
        if not changed:
            continue
        edits.append(Edit(row["id"], "update", {c: old[c] for c in changed}, {**old, **changed}))
        groups.setdefault(tuple(sorted(changed)), []).append({**changed, "b_id": row["id"]})
    for columns, rows in groups.items():
        statement = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("b_id"))
            .values({**{c: sa.bindparam(c) for c in columns}, "version": table.c.version + 1,
                     "updated_at": now, "updated_by_id": who})
        )
        session.connection().execute(statement, rows, execution_options=unscoped("write path"))
    return edits


def _lines(resource: Any, rows: list[Row], ids: Sequence[int], change: int) -> set[int]:
    """Write the child rows that were given, whole lists: what is missing from a list goes to the recycle bin."""
    touched: set[int] = set()
    for declared in resource.lines:
        child = resource.line_resource(declared.name)
        link = resource.link_column(declared.name)
        link_field = link.removesuffix("_id")
        given = {row_id: row[declared.name] for row, row_id in zip(rows, ids, strict=True) if declared.name in row}
        if not given:
            continue
        table = child.table
        columns = [table.c[c] for c in ("id", *SCOPE_COLUMNS) if c in table.c]
        query = sa.select(table.c.id, table.c[link]).where(table.c[link].in_(list(given)), table.c.deleted_at.is_(None))
        have: dict[int, set[int]] = {}
        for line_id, parent_id in current_work().session.execute(query, execution_options=unscoped("write path")):
            have.setdefault(parent_id, set()).add(line_id)
        parents = _parent_rows(resource, list(given)) if len(columns) > 1 else {}
        for parent_id, wanted in given.items():
            kept = {line["id"] for line in wanted if line.get("id") is not None}
            if kept - have.get(parent_id, set()):
                raise Missing(_("This record was not found."))
            gone = sorted(have.get(parent_id, set()) - kept)
            if gone:
                delete_rows(child, gone, change)
                touched.add(parent_id)
            if wanted:
                for line in wanted:
                    line[link_field] = parent_id
                try:
                    edits = _write_lines(child, wanted, change, parents)
                except Invalid as bad:
                    found = {declared.name: [{"rows": {str(i): f for i, f in bad.details.get("rows", {}).items()}}]}
                    raise Invalid(found, lines={declared.name: bad.details.get("rows", {})}) from None
                if edits:
                    touched.add(parent_id)
    return touched


def _write_lines(child: Any, wanted: list[Row], change: int, parents: Mapping[int, Row]) -> bool:
    before = changes_made(change)
    _write(child, wanted, change, parent=parents)
    return changes_made(change) != before


def changes_made(change: int) -> int:
    found = current_work().session.execute(sa.select(changes.Change.rows).where(changes.Change.id == change)).scalar_one()
    return int(found)


def _parent_rows(resource: Any, ids: Sequence[int]) -> dict[int, Row]:
    columns = [resource.table.c[c] for c in ("id", *SCOPE_COLUMNS) if c in resource.table.c]
    query = sa.select(*columns).where(resource.table.c.id.in_(ids))
    rows = current_work().session.execute(query, execution_options=unscoped("write path"))
    return {r.id: dict(r._mapping) for r in rows}


def _touch(resource: Any, edits: list[Edit], ids: set[int], before: Mapping[int, Row]) -> list[Edit]:
    """The lines are the parent's: its version grows when only they changed."""
    done = {e.id for e in edits}
    lacking = [i for i in ids if i not in done]
    if lacking:
        table = resource.table
        statement = sa.update(table).where(table.c.id.in_(lacking)).values(
            version=table.c.version + 1, updated_at=clock.now(), updated_by_id=getattr(actor(), "user_id", None)
        )
        current_work().session.execute(statement, execution_options=unscoped("write path"))
    return edits + [Edit(i, "update", {}, before.get(i, {"id": i})) for i in lacking]


def delete(resource: Any, ids: Sequence[int], *, versions: Mapping[int, int] | None = None, kind: str = "delete") -> int:
    """Into the recycle bin with their parts; returns the change. Raises Refused while other records point at them."""
    if not current_work().session.system and not resource.may("delete"):
        raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.delete"))
    with writing(), changes.change(kind, resource=resource.name) as change:
        session = current_work().session
        query = resource.visible("delete").with_only_columns(resource.model.id, resource.model.version)
        have = {}
        for part in _batches(ids, 500):
            have.update({r[0]: r[1] for r in session.execute(query.where(resource.model.id.in_(part)))})
        if set(ids) - set(have):
            raise Missing(_("This record was not found."))
        for row_id, version in (versions or {}).items():
            if have.get(row_id) != version:
                raise Conflict(_("Somebody saved a newer version meanwhile."), id=row_id, version=have.get(row_id))
        _refuse_referenced(resource, ids)
        delete_rows(resource, ids, change)
        return change


def delete_rows(resource: Any, ids: Sequence[int], change: int) -> None:
    """The statements of a deletion: rows, then their parts under the same change."""
    table, session = resource.table, current_work().session
    gone = {"deleted_at": clock.now(), "deleted_change_id": change, "version": table.c.version + 1}
    for part in _batches(ids, 500):
        statement = sa.update(table).where(table.c.id.in_(part), table.c.deleted_at.is_(None)).values(gone)
        session.execute(statement, execution_options=unscoped("write path"))
    finish(resource, [Edit(i, "delete", None, {"id": i}) for i in ids], change)
    for child, column in resource.parts():
        query = sa.select(child.table.c.id).where(child.table.c[column].in_(ids), child.table.c.deleted_at.is_(None))
        below = list(session.scalars(query, execution_options=unscoped("write path")))
        if below:
            delete_rows(child, below, change)


def _refuse_referenced(resource: Any, ids: Sequence[int]) -> None:
    parts = {child.name for child, _column in resource.parts()}
    for other in resource.registry.resources.values():
        if other.is_brief or other.name in parts:
            continue
        for field in other.all_fields.values():
            if isinstance(field, RefField) and field.target == resource.name and field.on_delete == "refuse":
                if other is resource and field.column in SCOPE_COLUMNS or field.info.get("kind") == "stamp":
                    continue
                column = other.table.c[field.column]
                query = sa.select(sa.literal(1)).where(column.in_(ids), other.table.c.deleted_at.is_(None)).limit(1)
                if current_work().session.execute(query, execution_options=unscoped("write path")).first():
                    raise Refused(_("This cannot be deleted while %(what)s refer to it.", what=other.label))


def run(resource: Any, name: str, ids: Sequence[int]) -> list[int]:
    """Do an action on rows the actor may do it on. Raises Missing, Forbidden, Refused."""
    action = resource.all_actions.get(name)
    if action is None:
        raise Missing(_("There is no such action."))
    if not resource.may(name):
        raise Forbidden(_("You may not do this: %(what)s.", what=action.label))
    work = current_work()
    with writing(), changes.change(name, resource=resource.name):
        before = work.info.get("verb")
        work.info["verb"] = name
        try:
            for row_id in ids:
                row = resource.get(row_id, name)
                if action.when is not None and not action.when(row):
                    raise Refused(_("This is not possible for “%(name)s” now.", name=resource.title(row)))
                action.call(row)
                work.session.flush()
        finally:
            work.info["verb"] = before
    return list(ids)


def _batches(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
