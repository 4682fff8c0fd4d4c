"""Plans: which statement finds the ids of a list, chosen by how far the actor's scope reaches.

Everything, or one branch: the index (branch, key, id) is walked. A few branches: a union of such walks, each cut at the page.
Many: the first rows of the sort index are looked at and those in scope kept; when they do not fill the page the scope is
narrow along this order, and one OR with a sort is small. Statements are built once for each shape; only parameters change.
The rows themselves are read through the gate afterwards, so a plan can never leak.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.access.scope import EVERYTHING, Narrowed, Scope, along
from crm_core.data import inside
from crm_core.data.engine import BY_VALUES
from crm_core.data.limits import TooLong, limited
from crm_core.data.mixins import BRANCHES, is_scoped
from crm_core.data.session import NoActor, current_work
from crm_core.data.sets import Several
from crm_core.data.wall import marked
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource.filters import Filter, clause

BRANCH_LIMIT = 8
BOUNDED = 100_000  # larger counts are asked for by somebody who waits
WALK = 2_000  # rows of the sort index that are looked at, at most

Key = tuple[Any, int]
"""(value of the sort column, id) of a row."""


@dataclass
class Sought:
    """What a list asks of its table: the scope to walk, columns pinned to values, conditions of every other kind."""

    resource: Any
    scope: Scope
    pins: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    conditions: list[sa.ColumnElement[bool]] = field(default_factory=list)
    within: Scope = EVERYTHING  # asked of each row besides: the actor's own scope where another branch is walked
    parent: bool = False  # pinned to a parent: few rows, found by their parent, then sorted

    @property
    def table(self) -> sa.Table:
        return self.resource.table  # type: ignore[no-any-return]


def sought(resource: Any, filters: Sequence[Filter], verb: str = "read") -> Sought:
    """The plan of a question: a filter on owner, department or team becomes the branch itself where the scope allows, and of
    two scopes (read, and that of another verb) the one that is not everything is walked."""
    session = current_work().session
    if session.actor is None and not session.system:
        raise NoActor("this session has no actor")
    found = Sought(resource, EVERYTHING)
    scoped = is_scoped(resource.model)
    if scoped and not session.system:
        found.scope = _bare(scope_for(session.actor, resource.model), found)
        narrow = _bare(scope_for(session.actor, resource.model, verb), found) if verb != "read" else EVERYTHING
        if not narrow.everything:
            if not found.scope.everything:
                found.conditions.append(found.scope.clause(resource.table))
            found.scope = narrow
    link = resource.parent_field
    walked = False
    for one in filters:
        pins = one.pins
        column = one.field.by
        if pins is None:
            found.conditions.append(clause(one, resource.table))
        elif scoped and not walked and column in BRANCHES and len(pins) <= BRANCH_LIMIT and _walks(found.scope, column, pins):
            if not _holds(found.scope, column, pins):
                found.within = found.scope
            found.scope, walked = Scope(branches=((column, tuple(sorted(set(pins)))),)), True
        else:
            found.pins.append((column, pins))
            found.parent = found.parent or (link is not None and column == link.column)
    found.pins.sort(key=lambda pin: pin[0])
    return found


def _bare(scope: Scope, what: Sought) -> Scope:
    """The branches of a scope; what plugins narrow it by is asked of each row."""
    if not isinstance(scope, Narrowed):
        return scope
    what.conditions += [one.clause(what.table) for one in scope.within]
    return scope.base


def _walks(scope: Scope, column: str, pins: Sequence[Any]) -> bool:
    """Whether to walk what a filter pins instead of the scope: it lies inside, or is an owner's, who has few rows."""
    return None not in pins and not scope.nothing and (column == "owner_id" or _holds(scope, column, pins))


def _holds(scope: Scope, column: str, pins: Sequence[Any]) -> bool:
    return scope.everything or set(pins) <= set(dict(scope.branches).get(column, ()))


class _Shape(NamedTuple):
    """What makes two statements the same but for their parameters."""

    table: sa.Table
    key: str
    descending: bool
    nulls: bool | None  # only empty keys, only filled ones, or a column that is never empty
    start: str  # "", "key" or "id": after a row, after an id among equals
    scope: tuple[str, ...]
    union: bool
    pins: tuple[str, ...]
    within: tuple[str, ...]
    walked: bool = False  # the first rows of the sort index are looked at, those in scope taken
    wide: bool = False  # the scope has many values
    sorted: bool = False  # do not walk the sort index: the rows are few and found by another one


def segment(what: Sought, key: str, descending: bool, nulls: bool | None, start: Key | None, limit: int) -> list[Key]:
    """Up to `limit` rows in order of (key, id), all with a key or all without, those after `start`."""
    if what.scope.nothing:
        return []
    pairs, shared = what.scope.pairs, what.scope.shared
    begin = "" if start is None else "id" if start[0] is None or key == "id" else "key"
    shape = _Shape(what.table, key, descending, nulls, begin, (), False, *asked(what), sorted=what.parent)
    values = given(what)
    if start is not None:
        values.update(key=start[0], id=start[1]) if begin == "key" else values.update(id=start[1])
    if what.scope.everything:
        return _keys(what, shape, values, limit)
    if (len(pairs) == 1 and not shared) or (what.parent and len(what.scope.ways) == 1):
        return _keys(what, shape._replace(scope=tuple(c for c, _v in what.scope.ways)), {**values, **reach(what.scope)}, limit)
    if len(pairs) <= BRANCH_LIMIT and not what.parent:
        found = shape._replace(scope=(*(column for column, _value in pairs), *(path for path, _ids in shared)), union=True)
        branches = {f"b{i}": value for i, value in enumerate([*(value for _column, value in pairs), *(list(ids) for _path, ids in shared)])}
        return _keys(what, found, {**values, **branches}, limit)
    return _walk(what, shape, values, limit)


def _walk(what: Sought, shape: _Shape, values: dict[str, Any], limit: int) -> list[Key]:
    shape = shape._replace(scope=tuple(column for column, _values in what.scope.ways), wide=is_wide(what.scope))
    values = {**values, **reach(what.scope)}
    if not what.parent:
        found = _keys(what, shape._replace(walked=True), {**values, "look": WALK}, limit)
        if len(found) >= limit:
            return found
    return _keys(what, shape, values, limit)


def is_wide(scope: Scope) -> bool:
    return len(scope.pairs) > BRANCH_LIMIT


def reach(scope: Scope, mark: str = "s") -> dict[str, list[int]]:
    return {_named(mark, column): list(values) for column, values in scope.ways}


@cache
def _named(mark: str, column: str) -> str:
    """What the parameter of a branch is called; a path of what is shared has signs in it."""
    return f"{mark}_{re.sub(r'[^a-z0-9_]', '_', column)}"


def asked(what: Sought) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Columns pinned, and those of the scope that is asked of each row."""
    return tuple(name for name, _values in what.pins), tuple(column for column, _values in what.within.ways)


def given(what: Sought) -> dict[str, Any]:
    return {**{f"p{i}": list(found) for i, (_name, found) in enumerate(what.pins)}, **reach(what.within, "w")}


def _keys(what: Sought, shape: _Shape, values: dict[str, Any], limit: int) -> list[Key]:
    return [(row.k, row.i) for row in _rows(what, shape, values, limit)]


def _rows(what: Sought, shape: _Shape, values: dict[str, Any], limit: int) -> Sequence[Any]:
    statement = _kept(shape) if not what.conditions else _build(shape, what.conditions)
    return in_time(what, statement, {**values, "n": limit})


@lru_cache(maxsize=2_000)
def _kept(shape: _Shape) -> sa.Select[Any]:
    return _build(shape, ())


def _build(shape: _Shape, conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    table, key, row_id = shape.table, inside.column(shape.table, shape.key), shape.table.c.id
    wanted: list[sa.ColumnElement[Any]] = [key.label("k"), row_id.label("i")]
    if shape.walked:
        wanted += [table.c[name] for name in dict.fromkeys(column.partition(">")[0] for column in shape.scope)]
    where = [marked(table.name), *living(table), *pinned(table, shape.pins), *reached(table, shape.within, "w"), *conditions]
    if shape.nulls is not None:
        where.append(key.is_(None) if shape.nulls else key.is_not(None))
    if shape.start:
        where.append(_after(key, row_id, shape))
    direction = sa.desc if shape.descending else sa.asc
    ordering = [direction(row_id)] if shape.key == "id" else [direction(key), direction(row_id)]
    if shape.sorted:  # an expression in place of the column: no engine takes the sort index for it
        ordering = [direction(sa.func.coalesce(key, key)), direction(row_id)]
    limit = sa.bindparam("n", type_=sa.BigInteger())
    base = sa.select(*wanted).where(*where)
    if shape.walked:  # a limit around a limit: rows come in the order of the index until there are enough
        looked = base.order_by(*ordering).limit(sa.bindparam("look", type_=sa.BigInteger())).subquery()
        return sa.select(looked.c.k, looked.c.i).where(*reached(looked, shape.scope, wide=shape.wide)).limit(limit)
    if not shape.union:
        return base.where(*reached(table, shape.scope, wide=shape.wide)).order_by(*ordering).limit(limit)
    branches = [
        sa.select(base.where(table.c[column] == sa.bindparam(f"b{i}")).order_by(*ordering).limit(limit).subquery()) if column in BRANCHES
        # Shared records are few and found by their ids: an expression in place of the column, so that no sort index is walked for them.
        else sa.select(base.where(along(table, column, sa.bindparam(f"b{i}", type_=Several())))
                       .order_by(direction(sa.func.coalesce(key, key)), direction(row_id)).limit(limit).subquery())
        for i, column in enumerate(shape.scope)
    ]
    union = sa.union(*branches).subquery()
    outer = [direction(union.c.k), direction(union.c.i)]
    return sa.select(union.c.k, union.c.i).order_by(*outer).limit(limit)


def living(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []


def pinned(table: sa.Table, pins: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    return [inside.column(table, name).in_(sa.bindparam(f"p{i}", expanding=True)) for i, name in enumerate(pins)]


def reached(table: sa.FromClause, columns: Sequence[str], mark: str = "s", wide: bool = False) -> list[sa.ColumnElement[bool]]:
    """The condition that a row lies in one of these branches; `wide`: of many values, which are one parameter each."""
    parts: list[sa.ColumnElement[bool]] = [
        along(table, column, sa.bindparam(_named(mark, column), type_=Several())) if wide or column not in BRANCHES
        else table.c[column].in_(sa.bindparam(_named(mark, column), expanding=True)) for column in columns
    ]
    return [sa.or_(*parts)] if parts else []


def _after(key: sa.ColumnElement[Any], row_id: sa.ColumnElement[int], shape: _Shape) -> sa.ColumnElement[bool]:
    last, value = sa.bindparam("id", type_=sa.BigInteger()), sa.bindparam("key", type_=key.type)
    if shape.start == "id":
        return row_id < last if shape.descending else row_id > last
    # Written out instead of a row value: both engines then use the (branch, key, id) index for the first part.
    if shape.descending:
        return sa.and_(key <= value, sa.or_(key < value, row_id < last))
    return sa.and_(key >= value, sa.or_(key > value, row_id > last))


# --- sets: no order, or any ---------------------------------------------------------------------------------------------


def select_ids(what: Sought) -> sa.Select[Any]:
    """All ids a question means, in no order, under the scope, with its mark."""
    table = what.table
    where = [marked(table.name), *living(table), *(inside.column(table, name).in_(values) for name, values in what.pins), *what.conditions]
    where += [scope.clause(table) for scope in (what.scope, what.within) if not scope.everything]
    return sa.select(table.c.id).where(*where)


class _Set(NamedTuple):
    table: sa.Table
    scope: tuple[str, ...]
    wide: bool
    pins: tuple[str, ...]
    within: tuple[str, ...]


@lru_cache(maxsize=2_000)
def _kept_count(shape: _Set) -> sa.Select[Any]:
    return _count(shape, ())


def _count(shape: _Set, conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """A branch each and then united: where branches are alternatives, SQLite reads every row of all of them."""
    table, limit = shape.table, sa.bindparam("n", type_=sa.BigInteger())
    where = [marked(table.name), *living(table), *pinned(table, shape.pins), *reached(table, shape.within, "w"), *conditions]
    base = sa.select(table.c.id).where(*where).limit(limit)
    parts = [base.where(*reached(table, (column,), wide=shape.wide)).subquery() for column in shape.scope] or [base.subquery()]
    inner = sa.union(*(sa.select(part.c.id) for part in parts)).limit(limit).subquery() if len(parts) > 1 else parts[0]
    return sa.select(sa.func.count()).select_from(inner)


def count(what: Sought, limit: int) -> int:
    """How many ids a question means, at most `limit`."""
    if what.scope.nothing:
        return 0
    columns = () if what.scope.everything else tuple(column for column, _values in what.scope.ways)
    shape = _Set(what.table, columns, is_wide(what.scope), *asked(what))
    query = _kept_count(shape) if not what.conditions else _count(shape, what.conditions)
    values = {**given(what), **reach(what.scope), "n": limit}
    if limit > BOUNDED:  # counted whole, as somebody asked
        return int(execute(query, values).scalar_one())
    return int(in_time(what, query, values)[0][0])


def in_any_order(what: Sought, columns: Sequence[tuple[str, bool]], descending: bool, limit: int) -> list[int]:
    """Ids sorted by any columns (name, descending), null last, then by id; for sets known to be small."""
    query = select_ids(what).order_by(*ordering(what.table, columns, descending)).limit(limit)
    return [row[0] for row in in_time(what, query, {})]


def sort(table: sa.Table, ids: Sequence[int], columns: Sequence[tuple[str, bool]], descending: bool) -> list[int]:
    """These ids, found before under the actor's rights, in an order."""
    query = sa.select(table.c.id).where(marked(table.name), table.c.id.in_(ids)).order_by(*ordering(table, columns, descending))
    return [row[0] for row in execute(query, {})]


def ordering(table: sa.Table, columns: Sequence[tuple[str, bool]], descending: bool) -> list[sa.ColumnElement[Any]]:
    """By columns (name, descending), null last, then by id."""
    found: list[sa.ColumnElement[Any]] = []
    for name, down in columns:
        column = inside.column(table, name)
        if inside.is_nullable(table, name):
            found.append(column.is_(None))
        found.append(column.desc() if down else column.asc())
    return [*found, table.c.id.desc() if descending else table.c.id.asc()]


class TooSlow(BadRequest):
    """What was asked would take too long to find out."""


def in_time(what: Sought, statement: Any, values: dict[str, Any], *, always: bool = False) -> Sequence[Any]:
    """All rows of a statement; one with conditions that people make, or over all records (`always`), is stopped after a while."""
    if not (what.conditions or always):
        return execute(statement, values).all()
    try:
        with limited(current_work().session.connection()):
            return execute(statement, values).all()
    except TooLong:
        raise TooSlow(_("Among so many records this takes too long to find out; ask for less, or filter by something else as well.")) from None


_BY_VALUES = {BY_VALUES: True}


def execute(statement: Any, values: dict[str, Any]) -> sa.CursorResult[Any]:
    """Run a statement of ours, which carries its marks; half the work of the ORM's way."""
    session = current_work().session
    if session.new or session.dirty:
        session.flush()
    found: sa.CursorResult[Any] = session.connection().execute(statement, values, execution_options=_BY_VALUES)
    return found
