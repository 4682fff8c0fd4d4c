"""The one write path, always a set: a form saves a set of one, an import a thousand.

First half: names → before images under the actor's rights → references → defaults → checks → scope.
Second half, shared with changes made by hand on loaded objects: statements → parts → history → search → time line → events.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.data import bulk, inside
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work, writing
from crm_core.kernel.errors import Conflict, Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.resource import asking, changes, custom, derived, figures, owners, places, settled, spans
from crm_core.resource import rows as statements
from crm_core.resource.after import Edit, finish
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField
from crm_core.resource.removal import delete, delete_rows

__all__ = ["delete", "write"]

Row = dict[str, Any]
Faults = dict[int, dict[str, list[Any]]]


def write(resource: Any, rows: list[Row], *, kind: str = "save") -> list[int]:
    """Create rows without `id`, update those with one; all or none. Returns ids in the same order.

    `rows`: field name → value as `Field.parse` or `Field.load` made it; only given names are touched. `version` of an
    existing row is compared when given. Raises Invalid (`fields` of the first bad row; details["rows"]: position → field →
    sentences; details["lines"]: lines → position → field → sentences), Forbidden, Missing, Conflict.
    """
    if not rows:
        return []
    with writing(), changes.change(kind, resource=resource.name) as change:
        try:
            return _write(resource, [*rows], change, kind=kind)[0]
        except sa.exc.IntegrityError as error:
            raise statements.explain(resource, error) from None


@dataclass(frozen=True)
class _Link:
    """The rows of a set are lines: `column` of theirs gets the id in `of`, and their parents' rights decide."""

    column: str
    of: Sequence[int]
    parents: Mapping[int, Row]
    moved: frozenset[int] = frozenset()  # those that were changed in what their lines follow


def _write(resource: Any, rows: list[Row], change: int, link: _Link | None = None, kind: str = "save") -> tuple[list[int], list[Edit]]:
    free = link is not None or bool(current_work().session.system)  # no rights of its own to ask for
    fields = resource.all_fields if current_work().session.system else resource.fields(writing=True)
    if link is not None:
        fields = {name: field for name, field in fields.items() if field.column != link.column}
    lines = {declared.name for declared in resource.lines}
    known = fields.keys() | lines | {"id", "version"}
    creating = [i for i, row in enumerate(rows) if row.get("id") is None]
    updating = [i for i, row in enumerate(rows) if row.get("id") is not None]
    if not free:
        _may(resource, creating, updating)
    faults: Faults = {}
    for i, row in enumerate(rows):
        if not row.keys() <= known:
            faults[i] = {name: [_("This field cannot be written.")] for name in row.keys() - known}
    numbers = {name for name, field in fields.items() if field.kind == "number_series"} if not free else set()
    for i in updating if numbers else ():  # a record may bring its number along, then it keeps it
        for name in numbers & rows[i].keys():
            faults.setdefault(i, {})[name] = [_("This field cannot be written.")]
    before = _before(resource, [rows[i]["id"] for i in updating], free)
    for i in updating:
        _version(rows[i], before)
    made = _made(resource, rows, fields, before, faults, link, kind)
    faults = {i: found for i, found in faults.items() if found}
    if faults:
        raise Invalid(faults[min(faults)], rows=faults)
    if not free:
        owners.check(resource, made, before)
        asking.check(resource, rows, made, before)
    edits = statements.insert(resource, [made[i] for i in creating]) if creating else []
    if updating:
        edits += statements.update(resource, [made[i] for i in updating], before)
    ids = [values["id"] for values in made]
    moved = {edit.id: edit.old.keys() for edit in edits if edit.verb == "update" and edit.old}
    touched = _lines(resource, rows, ids, change, moved) if lines else set()
    if touched:
        edits = statements.touch(resource, edits, touched, before)
    finish(resource, edits, change)
    return ids, edits


def _made(resource: Any, rows: list[Row], fields: Mapping[str, Field], before: Mapping[int, Row], faults: Faults, link: _Link | None = None, kind: str = "save") -> list[Row]:
    """What is to stand in the columns, with all that follows from what was given; what cannot be goes into `faults`."""
    creating = [i for i, row in enumerate(rows) if row.get("id") is None]
    updating = [i for i, row in enumerate(rows) if row.get("id") is not None]
    columns = {name: field.column for name, field in fields.items()}
    made = [{columns[name]: value for name, value in row.items() if name in columns} for row in rows]
    _resolve(made, rows, fields, before, faults)
    _required(resource, made, fields, set(creating), faults)
    _complete(resource, made, rows, creating, link)
    if link is None and creating:
        owners.take(resource, [made[i] for i in creating], _with_lines(resource, [rows[i] for i in creating], [made[i] for i in creating]))
    owners.fill(resource, [made[i] for i in creating], link.parents if link is not None else None)
    owners.follow(resource, [made[i] for i in updating], before)
    if link is not None and link.moved and updating:
        resource.follow_head([made[i] for i in updating if link.of[i] in link.moved], before)
    derived.derive(resource, made, before)
    stays = settled.faults(resource, rows, made, before, kind)
    for wrong in (stays, resource.check(_with_lines(resource, rows, made), before), places.halves(resource, made, before), spans.backwards(resource, made, before), figures.fractions(resource, made, before)):
        for i, found in wrong.items():
            for name, messages in found.items():
                faults.setdefault(i, {}).setdefault(name, []).extend(messages)
    _unique(resource, made, before, faults)
    return made


def _with_lines(resource: Any, rows: list[Row], made: list[Row]) -> list[Row]:
    """The rows as `Resource.check` sees them: with the lines that were given."""
    names = [declared.name for declared in resource.lines]
    given = [{name: row[name] or [] for name in names if name in row} for row in rows]
    return [{**values, **lines} for values, lines in zip(made, given, strict=True)] if any(given) else made


def trial(resource: Any, rows: list[Row]) -> Faults:
    """What `write` would find wrong with these changes of records: position → field → sentences. Nothing is written."""
    fields = resource.all_fields if current_work().session.system else resource.fields(writing=True)
    faults: Faults = {}
    _made(resource, [*rows], fields, standing(resource, [row["id"] for row in rows]), faults)
    return {i: found for i, found in faults.items() if found}


def standing(resource: Any, ids: Sequence[int], *, lock: bool = False) -> dict[int, Row]:
    """Records as they stand, by column; the actor must be allowed to change all of them. Raises Missing."""
    return _before(resource, ids, bool(current_work().session.system), lock=lock)


def _may(resource: Any, creating: Sequence[int], updating: Sequence[int]) -> None:
    for verb, wanted in (("create", creating), ("update", updating)):
        if wanted and not resource.may(verb):
            raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{verb}"))


def _before(resource: Any, ids: Sequence[int], free: bool, *, lock: bool = True) -> dict[int, Row]:
    """The rows as they stand, only those the actor may update; locked on PostgreSQL, in the order of their keys."""
    if not ids:
        return {}
    if len(set(ids)) < len(ids):
        raise Invalid(None, _("The same record is there twice."))
    model = resource.model
    columns = [getattr(model, c.key) for c in resource.table.columns]
    found: dict[int, Row] = {}
    session = current_work().session
    for part in _batches(sorted(ids), 500):
        query = sa.select(*columns).where(model.id.in_(part)).order_by(model.id)
        query = query.with_for_update() if lock else query
        options: dict[str, str] = {}
        if free:
            query, options = query.where(model.deleted_at.is_(None)), unscoped("write path")
        elif is_scoped(model):
            query = query.where(scope_for(session.actor, model, "update").clause(model))
        for row in session.execute(query, execution_options=options).mappings():
            found[row["id"]] = custom.unpacked(resource, dict(row))
    if set(ids) - set(found):
        raise Missing(_("This record was not found."))
    return found


def _version(row: Row, before: Mapping[int, Row]) -> None:
    given = row.get("version")
    if given is not None and given != before[row["id"]]["version"]:
        raise Conflict(_("Somebody saved a newer version meanwhile."), id=row["id"], version=before[row["id"]]["version"])


def _resolve(made: list[Row], rows: list[Row], fields: Mapping[str, Field], before: Mapping[int, Row], faults: Faults) -> None:
    """References by one query a field; one that is untouched is not looked at (it may point at what the actor cannot see)."""
    for name, field in fields.items():
        if not isinstance(field, RefField):
            continue
        column = field.column
        asked: dict[int, Any] = {}
        for i, values in enumerate(made):
            value = values.get(column)
            if value is not None and (rows[i].get("id") is None or value != before[rows[i]["id"]][column]):
                asked[i] = value
        if not asked:
            continue
        known = field.resolve(set(asked.values()))
        for i, value in asked.items():
            if value in known:
                made[i][column] = known[value]
            else:
                faults.setdefault(i, {}).setdefault(name, []).append(_("There is no such record."))


def _complete(resource: Any, made: list[Row], rows: list[Row], creating: list[int], link: _Link | None) -> None:
    """The link of lines, the ids of rows that are there, the defaults of new ones."""
    if link is not None:
        for values, parent_id in zip(made, link.of, strict=True):
            values[link.column] = parent_id
    if len(creating) < len(made):
        for values, row in zip(made, rows, strict=True):
            if row.get("id") is not None:
                values["id"] = row["id"]
    statements.complete(resource.table, [made[i] for i in creating])


def _required(resource: Any, made: list[Row], fields: Mapping[str, Field], creating: set[int], faults: Faults) -> None:
    """What a new row must have, and what no row may be without. A column with a default is never lacking in a new row."""
    table = resource.table
    needed = {field.column: name for name, field in fields.items() if field.required and not field.readonly}
    strict = {f.column: name for name, f in fields.items() if f.column not in needed and not inside.is_nullable(table, f.column)}
    for i, values in enumerate(made):
        new = i in creating
        lacking = [name for column, name in needed.items() if values.get(column) in (None, "") and (new or column in values)]
        if not new:
            lacking += [name for column, name in strict.items() if column in values and values[column] is None]
        for name in lacking:
            if name not in faults.setdefault(i, {}):
                faults[i][name] = [_("This is required.")]


def _unique(resource: Any, made: list[Row], before: Mapping[int, Row], faults: Faults) -> None:
    for group in resource.unique:
        columns = [resource.table.c[resource.all_fields[n].column if n in resource.all_fields else n] for n in group]
        names = [c.key for c in columns]
        wanted: dict[tuple[Any, ...], int] = {}
        for i, row in enumerate(made):
            old = before.get(row["id"], {}) if "id" in row else {}
            key = tuple([row.get(name, old.get(name)) for name in names])
            if None in key or ("id" in row and all(old.get(name) == k for name, k in zip(names, key, strict=True))):
                continue
            if key in wanted:
                faults.setdefault(i, {})[group[0]] = [_("This is there twice.")]
            wanted[key] = i
        words = len(columns) == 1 and isinstance(columns[0].type, sa.String) and not isinstance(columns[0].type, sa.Enum)
        for part in _batches(list(wanted), 5_000 if words else 200):
            # Spelled out rather than as a row value, which SQLite answers without the index.
            if words:
                same = bulk.among(columns[0], [key[0] for key in part], sa.Text)
            else:
                same = sa.or_(*(sa.and_(*(c == k for c, k in zip(columns, key, strict=True))) for key in part))
            query = sa.select(*columns).where(resource.table.c.deleted_at.is_(None), same)
            for hit in current_work().session.execute(query, execution_options=unscoped("write path")):
                if tuple(hit) in wanted:
                    faults.setdefault(wanted[tuple(hit)], {})[group[0]] = [_("This is taken already.")]


def _lines(resource: Any, rows: list[Row], ids: Sequence[int], change: int, moved: Mapping[int, AbstractSet[str]]) -> set[int]:
    """Write the child rows that were given, whole lists: what is missing from a list goes to the recycle bin. Those of records that were
    changed in what they follow (`moved`: record → columns that are others now) are written again, given or not.

    All lists of all rows are one set. Returns the ids of the rows whose lines changed."""
    touched: set[int] = set()
    for declared in resource.lines:
        child, link = resource.line_resource(declared.name), resource.link_column(declared.name)
        given = {row_id: row[declared.name] or [] for row, row_id in zip(rows, ids, strict=True) if declared.name in row}
        follow = frozenset(row_id for row_id, columns in moved.items() if not columns.isdisjoint(declared.follows)) if declared.follows else frozenset()
        if not given and not follow:
            continue
        have = _line_ids(child, link, [*given, *(follow - given.keys())])
        gone: list[int] = []
        wanted: list[tuple[int, int, Row]] = []
        for parent_id, found in given.items():
            kept = {line["id"] for line in found if line.get("id") is not None}
            mine = have.get(parent_id, set())
            if kept - mine:
                raise Missing(_("This record was not found."))
            if mine - kept:
                gone += sorted(mine - kept)
                touched.add(parent_id)
            wanted += [(parent_id, n, line) for n, line in enumerate(found)]
        wanted += [(parent_id, n, {"id": line}) for parent_id in sorted(follow - given.keys()) for n, line in enumerate(sorted(have.get(parent_id, ())))]
        if gone:
            delete_rows(child, gone, change)
        if not wanted:
            continue
        parents = owners.of_rows(resource.table, list(given)) if given and is_scoped(child.model) else {}
        try:
            linked = _Link(link, [parent_id for parent_id, _n, _line in wanted], parents, follow)
            _ids, edits = _write(child, [line for _parent, _n, line in wanted], change, linked)
        except Invalid as bad:
            raise _line_faults(declared, wanted, list(ids), bad) from None
        touched |= {edit.row[link] for edit in edits}
    return touched


def _line_ids(child: Any, link: str, parents: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    table = child.table
    for part in _batches(parents, 500):
        query = sa.select(table.c.id, table.c[link]).where(table.c[link].in_(part), table.c.deleted_at.is_(None))
        for line_id, parent_id in current_work().session.execute(query, execution_options=unscoped("write path")):
            found.setdefault(parent_id, set()).add(line_id)
    return found


def _line_faults(declared: Any, wanted: list[tuple[int, int, Row]], ids: list[int], bad: Invalid) -> Invalid:
    """The faults of lines, told of the rows they belong to."""
    by_row: dict[int, dict[int, Any]] = {}
    for at, found in bad.details.get("rows", {}).items():
        parent_id, n, _line = wanted[at]
        by_row.setdefault(ids.index(parent_id), {})[n] = found
    said = {
        at: {declared.name: [_("Line %(n)s: %(message)s", n=n + 1, message=m) for n, fs in lines.items() for ms in fs.values() for m in ms]}
        for at, lines in by_row.items()
    }
    if not by_row:
        return Invalid({declared.name: [bad.message]}, bad.message)
    first = min(by_row)
    return Invalid(said[first], rows=said, lines={declared.name: by_row[first]})


def _batches(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
