"""The statements of the write path: rows that were checked go into their table, by the set."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.ids import reserve_ids
from crm_core.data.mixins import new_public_id
from crm_core.data.session import current_work
from crm_core.kernel import clock, series
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource.after import Edit
from crm_core.resource.changes import same, unscoped
from crm_core.text import pinyin

Row = dict[str, Any]


@cache
def _shape(table: sa.Table) -> tuple[dict[str, Any], dict[str, Callable[[], Any]], list[tuple[str, str, bool]], list[sa.Column[Any]]]:
    """Of a table: fixed defaults, made defaults, (sort key, its source, is a person's name), columns with a number series."""
    fixed: dict[str, Any] = {"version": 1}
    made: dict[str, Callable[[], Any]] = {"public_id": new_public_id}
    sorts, numbers = [], []
    for column in table.columns:
        default = column.default
        if isinstance(default, sa.ColumnDefault) and column.key not in made:
            if default.is_scalar:
                fixed[column.key] = default.arg
            elif default.is_callable:
                made[column.key] = lambda call=default.arg: call(None)  # type: ignore[misc]
        if column.info.get("kind") == "sort_key":
            source = column.info["of"]
            sorts.append((column.key, source, bool(table.c[source].info.get("person"))))
        if column.info.get("kind") == "number_series":
            numbers.append(column)
    return fixed, made, sorts, numbers


def with_defaults(table: sa.Table, values: Row) -> Row:
    """A new row: what was given over the defaults. Null for a column that takes none is as if it had not been given."""
    fixed, made, _sorts, _numbers = _shape(table)
    found = {**fixed, **values}
    for name, value in fixed.items():
        if found[name] is None and not table.c[name].nullable:
            found[name] = value
    for name, make in made.items():
        if found.get(name) is None:
            found[name] = make()
    return found


def sort_keys(table: sa.Table, rows: Sequence[Row]) -> None:
    """Fill the columns that sort others by pinyin, of rows whose source column is given."""
    for key, source, person in _shape(table)[2]:
        for row in rows:
            if source in row:
                row[key] = pinyin.sort_key(row[source] or "", name=person)


def numbers(table: sa.Table, rows: Sequence[Row]) -> None:
    """Draw the numbers that new rows lack, gapless: rolled back together with them."""
    for column in _shape(table)[3]:
        lacking = [row for row in rows if not row.get(column.key)]
        if lacking:
            year = clock.today().year
            for row, number in zip(lacking, series.draw(f"{table.name}.{column.key}", len(lacking)), strict=True):
                row[column.key] = column.info["pattern"].format(n=number, year=year)


def insert(resource: Any, made: Sequence[Row]) -> list[Edit]:
    """Give new rows their ids, numbers and stamps and put them into the table."""
    table, now, who = resource.table, clock.now(), getattr(actor(), "user_id", None)
    ids = reserve_ids(table, len(made))
    numbers(table, made)
    for row, row_id in zip(made, ids, strict=True):
        row["id"] = row_id
        row["created_at"] = row.get("created_at") or now
        row["updated_at"] = row.get("updated_at") or now
        row["created_by_id"] = row["updated_by_id"] = who
    bulk.insert(table, made)
    return [Edit(row["id"], "create", None, row) for row in made]


def update(resource: Any, made: Sequence[Row], before: Mapping[int, Row]) -> list[Edit]:
    """Write what differs from `before`, one statement for each set of changed columns. Rows that do not differ stay."""
    table, now, who = resource.table, clock.now(), getattr(actor(), "user_id", None)
    groups: dict[tuple[str, ...], list[Row]] = {}
    edits = []
    for row in made:
        old = before[row["id"]]
        changed = {c: v for c, v in row.items() if c != "id" and v is not old[c] and not same(v, old[c])}
        if changed:
            edits.append(Edit(row["id"], "update", {c: old[c] for c in changed}, {**old, **changed}))
            groups.setdefault(tuple(sorted(changed)), []).append({**changed, "b_id": row["id"]})
    for columns, rows in groups.items():
        statement = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("b_id"))
            .values({**{c: sa.bindparam(c) for c in columns}, "version": table.c.version + 1, "updated_at": now, "updated_by_id": who})
        )
        current_work().session.connection().execute(statement, rows, execution_options=unscoped("write path"))
    return edits


def touch(resource: Any, edits: list[Edit], ids: set[int], before: Mapping[int, Row]) -> list[Edit]:
    """The lines are the parent's: its version grows when only they changed."""
    lacking = sorted(ids - {e.id for e in edits})
    for start in range(0, len(lacking), 500):
        statement = sa.update(resource.table).where(resource.table.c.id.in_(lacking[start : start + 500])).values(
            version=resource.table.c.version + 1, updated_at=clock.now(), updated_by_id=getattr(actor(), "user_id", None)
        )
        current_work().session.connection().execute(statement, execution_options=unscoped("write path"))
    return edits + [Edit(i, "update", {}, before.get(i, {"id": i})) for i in lacking]


def explain(resource: Any, error: sa.exc.IntegrityError) -> Invalid:
    """What the database refused, in words: somebody was quicker with a unique key or removed what is pointed at."""
    diag = getattr(error.orig, "diag", None)
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    name, text = getattr(diag, "constraint_name", None), str(error.orig)
    columns = {c.name for index in resource.table.indexes if index.name == name for c in index.columns}
    columns |= {c.name for c in resource.table.columns if f"{resource.table.name}.{c.name}" in text}
    columns |= {getattr(diag, "column_name", None) or ""}
    names = [field.name for field in resource.all_fields.values() if field.column in columns]
    if state in ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        return Invalid({name: [_("This is taken already.")] for name in names}, _("This is taken already."))
    if state in ("23502", "SQLITE_CONSTRAINT_NOTNULL"):
        return Invalid({name: [_("This is required.")] for name in names}, _("A required field was not given."))
    return Invalid(None, _("A record this one points at is not there any more."))
