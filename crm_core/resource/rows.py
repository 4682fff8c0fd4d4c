"""The statements of the write path: rows that were checked go into their table, by the set."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from string import Formatter
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.ids import reserve_ids
from crm_core.data.mixins import new_public_ids
from crm_core.data.session import current_work
from crm_core.kernel import clock, series
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id
from crm_core.resource import custom
from crm_core.resource.after import Edit
from crm_core.resource.changes import same, unscoped

Row = dict[str, Any]


class _Shape:
    """What new rows of a table begin with."""

    def __init__(self, table: sa.Table) -> None:
        self.fixed: Row = {"version": 1}
        self.made: dict[str, Callable[[], Any]] = {}
        self.numbers = [c for c in table.columns if c.info.get("kind") == "number_series"]
        for column in table.columns:
            default = column.default
            if isinstance(default, sa.ColumnDefault) and column.key != "public_id":
                if default.is_scalar:
                    self.fixed[column.key] = default.arg
                elif default.is_callable:
                    self.made[column.key] = lambda call=default.arg: call(None)  # type: ignore[misc]
        self.needed = {name for name in self.fixed if not table.c[name].nullable}


_shape = cache(_Shape)


def complete(table: sa.Table, rows: Sequence[Row]) -> None:
    """Give new rows what they lack: the defaults of their columns, made ones too. Null for a column that takes none is as
    if it had not been given."""
    shape = _shape(table)
    for name, value in shape.fixed.items():
        strict = name in shape.needed
        for row in rows:
            if name not in row or (strict and row[name] is None):
                row[name] = value
    for name, make in shape.made.items():
        for row in rows:
            if row.get(name) is None:
                row[name] = make()
    for row, public_id in zip(rows, new_public_ids(len(rows)), strict=True):
        if row.get("public_id") is None:
            row["public_id"] = public_id


def numbers(table: sa.Table, rows: Sequence[Row]) -> None:
    """Draw the numbers that new rows lack, gapless: rolled back together with them. Where rows bring numbers of the same
    make (an import), the series goes on behind them."""
    for column in _shape(table).numbers:
        name, pattern = f"{table.name}.{column.key}", column.info["pattern"]
        lacking = [row for row in rows if not row.get(column.key)]
        if len(lacking) < len(rows):
            own = re.compile(_of_series(pattern))
            brought = [int(found["n"]) for row in rows if (found := own.fullmatch(row.get(column.key) or ""))]
            if brought:
                series.skip(name, max(brought))
        if lacking:
            year = clock.today().year
            for row, number in zip(lacking, series.draw(name, len(lacking)), strict=True):
                row[column.key] = pattern.format(n=number, year=year)


@cache
def _of_series(pattern: str) -> str:
    """What matches the numbers a pattern makes: `KH-(?P<n>…)`."""
    marks = {"n": r"(?P<n>[0-9]{1,12})", "year": "[0-9]{4}", None: ""}
    return "".join(re.escape(text) + marks[name] for text, name, _format, _how in Formatter().parse(pattern))


def insert(resource: Any, made: Sequence[Row]) -> list[Edit]:
    """Give new rows their ids, numbers and stamps and put them into the table."""
    table, now, who = resource.table, clock.now(), my_id()
    ids = reserve_ids(table, len(made))
    numbers(table, made)
    for row, row_id in zip(made, ids, strict=True):
        row["id"] = row_id
        row["created_at"] = row.get("created_at") or now
        row["updated_at"] = row.get("updated_at") or now
        row["created_by_id"] = row["updated_by_id"] = who
    custom.pack_new(resource, made)
    bulk.insert(table, made)
    return [Edit(row["id"], "create", None, row) for row in made]


def update(resource: Any, made: Sequence[Row], before: Mapping[int, Row]) -> list[Edit]:
    """Write what differs from `before`, one statement for each set of changed columns. Rows that do not differ stay."""
    table, now, who = resource.table, clock.now(), my_id()
    groups: dict[tuple[str, ...], list[Row]] = {}
    edits = []
    for row in made:
        old = before[row["id"]]
        changed = {c: v for c, v in row.items() if c != "id" and v is not old[c] and not same(v, old[c])}
        if changed:
            edits.append(Edit(row["id"], "update", {c: old[c] for c in changed}, {**old, **changed}))
            written = custom.packed(old, changed)
            groups.setdefault(tuple(sorted(written)), []).append({**written, "b_id": row["id"]})
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
            version=resource.table.c.version + 1, updated_at=clock.now(), updated_by_id=my_id()
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
