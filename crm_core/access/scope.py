"""A scope as data: the branches through which an actor sees rows. Every plan and every criterion is made from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Scope as Reach
from crm_core.data import wall
from crm_core.data.base import Model
from crm_core.data.mixins import BRANCHES, SCOPE_COLUMNS
from crm_core.data.session import current_work
from crm_core.data.sets import Several, one_of

FEW = 8  # more values than these are one parameter: two hundred of them would be the half of a statement's time

_UNTOLD = object()
# Not sa.false(): `mark AND false` would be folded to `false`, and the mark with it.
_NO_ROW: sa.ColumnElement[bool] = sa.literal_column("1 = 0", sa.Boolean())


@dataclass(frozen=True)
class Scope:
    """Rows whose `owner_id`, `department_id`, `team_id` or `giver_id` is among these ids, and those somebody shared; everything, or
    nothing when all are empty.

    Scopes of several grants are united: team and department are not nested. What is shared is told by the ids of whole records:
    of each a path (`id` of the record itself, `customer_id` of its parts, `subject_id>core_note.customer_id` of parts of those).
    """

    everything: bool = False
    branches: tuple[tuple[str, tuple[int, ...]], ...] = field(default=())
    shared: tuple[tuple[str, tuple[int, ...]], ...] = field(default=())

    @property
    def nothing(self) -> bool:
        return not self.everything and not self.ways

    @property
    def ways(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Branches and what is shared alike: (column or path, ids)."""
        return (*self.branches, *self.shared)

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """Each branch value for itself: (column, id)."""
        return [(column, value) for column, values in self.branches for value in values]

    @property
    def asks(self) -> tuple[str, ...]:
        """The columns a row must tell to know whether it lies inside."""
        return (*SCOPE_COLUMNS, *(path.partition(">")[0] for path, _ids in self.ways if path not in SCOPE_COLUMNS))

    def __or__(self, other: "Scope") -> "Scope":
        if self.everything or other.everything:
            return EVERYTHING
        return unite([*self.branches, *other.branches], [*self.shared, *other.shared])

    def with_shared(self, ids: Iterable[int]) -> "Scope":
        """And these records of the resource: what somebody shared lengthens a reach, it gives none to who has none."""
        return self if self.everything or self.nothing else unite(self.branches, [*self.shared, ("id", ids)])

    def of_parts(self, link: str, table: str) -> "Scope":
        """The same reach over the parts of these records, whose column `link` holds the id of their record in `table`."""
        carried = tuple((column, ids) for column, ids in self.branches if column in SCOPE_COLUMNS)
        beyond = (way for way in self.ways if way not in carried)
        return replace(self, branches=carried, shared=tuple((link if path == "id" else f"{link}>{table}.{path}", ids) for path, ids in beyond))

    def holds(self, row: Any) -> bool:
        """Whether a row (object or mapping) lies in this scope."""
        if self.everything:
            return True
        get = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
        return any(get(column) in values for column, values in self.branches) or any(_on_path(path, get, ids) for path, ids in self.shared)

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        """The criterion on a mapped class or table, without the mark."""
        if self.everything:
            return sa.true()
        columns = entity.c if isinstance(entity, sa.FromClause) else entity
        parts = [_among(getattr(columns, column), values) for column, values in self.branches]
        parts += [along(entity, path, _Value(ids, Several()), by_row=True) for path, ids in self.shared]
        return sa.or_(*parts) if parts else _NO_ROW

    def marked(self, entity: Any, table: str) -> sa.ColumnElement[bool]:
        """The criterion with the mark that lets it pass the wall."""
        passed = wall.marked(table)
        return sa.and_(passed, self.clause(entity)) if not self.everything else passed


def along(entity: Any, path: str, ids: Any, *, by_row: bool = False) -> sa.ColumnElement[bool]:
    """That rows of a table or mapped class lead by a path to one of these records; `ids` is one parameter of type `Several`. `by_row`: each
    row found otherwise is asked for the record above it; without, rows are found by all records above, which may be many."""
    link, _arrow, rest = path.partition(">")
    column = entity.c[link] if isinstance(entity, sa.FromClause) else getattr(entity, link)
    if not rest:
        return one_of(column, ids)
    name, _dot, further = rest.partition(".")
    above = Model.metadata.tables[name]
    if by_row:
        one = above.alias()
        return sa.exists().where(one.c.id == column, wall.marked(name), along(one, further, ids, by_row=True))
    return column.in_(sa.select(above.c.id).where(wall.marked(name), along(above, further, ids)))  # type: ignore[no-any-return]


def _on_path(path: str, get: Any, ids: tuple[int, ...]) -> bool:
    """The same of one row."""
    link, _arrow, rest = path.partition(">")
    if (value := get(link)) is None or not rest:
        return value in ids
    name, _dot, further = rest.partition(".")
    above = Model.metadata.tables[name]
    query = sa.select(above.c.id).where(wall.marked(name), above.c.id == value, along(above, further, sa.literal(ids, Several())))
    return current_work().session.connection().execute(query).first() is not None


@dataclass(frozen=True)
class Only:
    """Rows whose column holds one of these values (or, with `but`, none of them): how a plugin narrows by what a record says."""

    column: str
    values: tuple[Any, ...]
    but: bool = False

    def __init__(self, column: str, *values: Any, but: bool = False) -> None:
        object.__setattr__(self, "column", column)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "but", but)

    @property
    def nothing(self) -> bool:
        return not self.values and not self.but

    @property
    def asks(self) -> tuple[str, ...]:
        return (self.column,)

    def holds(self, row: Any) -> bool:
        """A row that does not tell the column is outside: not knowing is not letting through."""
        value = row.get(self.column, _UNTOLD) if isinstance(row, dict) else getattr(row, self.column, _UNTOLD)
        return value is not _UNTOLD and (getattr(value, "value", value) in self.values) is not self.but

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        """The same as a criterion; nothing in the column is none of the values."""
        if isinstance(entity, sa.FromClause):
            column = entity.c[self.column]
        else:  # a brief view is narrowed by columns it does not show
            column = getattr(entity, self.column, None) or entity.__table__.c[self.column]
        inside = sa.or_(_NO_ROW, column.in_(self.values)) if self.values else _NO_ROW
        return sa.or_(column.is_(None), sa.not_(inside)) if self.but else inside


@dataclass(frozen=True)
class OfParent:
    """Parts whose parent is within: `link` is their column that holds its id, `table` where it lies."""

    link: str
    table: sa.Table
    within: Any

    nothing = False

    @property
    def asks(self) -> tuple[str, ...]:
        return (self.link,)

    def _parents(self) -> sa.Select[Any]:
        return sa.select(self.table.c.id).where(wall.marked(self.table.name), self.within.clause(self.table))

    def holds(self, row: Any) -> bool:
        parent = row.get(self.link) if isinstance(row, dict) else getattr(row, self.link, None)
        if parent is None:
            return False
        found = current_work().session.connection().execute(self._parents().where(self.table.c.id == parent))
        return found.first() is not None

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        column: sa.ColumnElement[Any] = entity.c[self.link] if isinstance(entity, sa.FromClause) else getattr(entity, self.link)
        return column.in_(self._parents())


@dataclass(frozen=True)
class OfKinds:
    """Parts of records of any kind: `kinds` says of each kind by which branches, and within what, its parts are seen. A kind that
    is not named is not seen."""

    kinds: tuple[tuple[tuple[str, ...], Scope, tuple[Any, ...]], ...]

    @property
    def nothing(self) -> bool:
        return not self.kinds

    @property
    def asks(self) -> tuple[str, ...]:
        return ("subject", "subject_id", *SCOPE_COLUMNS)

    def holds(self, row: Any) -> bool:
        """A row that does not tell what it hangs on is outside."""
        name = row.get("subject") if isinstance(row, dict) else getattr(row, "subject", None)
        for names, base, within in self.kinds:
            if name in names:
                return base.holds(row) and all(one.holds(row) for one in within)
        return False

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        column: sa.ColumnElement[Any] = entity.c.subject if isinstance(entity, sa.FromClause) else entity.subject
        parts = [sa.and_(column.in_(names), base.clause(entity), *(one.clause(entity) for one in within)) for names, base, within in self.kinds]
        return sa.or_(*parts) if parts else _NO_ROW


def of_kinds(scopes: Iterable[tuple[str, Scope, sa.Table]]) -> Scope:
    """The scope of parts of any kind: for each (kind, scope of its records, its table) those on records within. Kinds with the same
    branches stand together; all their branches united are what lists walk."""
    alike: dict[Scope, list[str]] = {}
    kinds: list[tuple[tuple[str, ...], Scope, tuple[Any, ...]]] = []
    base = NOTHING
    for name, scope, table in scopes:
        if scope.nothing:
            continue
        if isinstance(scope, Narrowed):
            mine = scope.base.of_parts("subject_id", table.name)
            kinds.append(((name,), mine, tuple(of_parent("subject_id", table, one) for one in scope.within)))
        else:
            alike.setdefault(mine := scope.of_parts("subject_id", table.name), []).append(name)
        base |= mine
    kinds += [(tuple(sorted(names)), scope, ()) for scope, names in alike.items()]
    return Narrowed(base=base, within=(OfKinds(tuple(kinds)),)) if kinds else NOTHING


@dataclass(frozen=True)
class Unless:
    """All rows but those whose column holds one of these values and that are not this person's own work. Few are meant: their
    parts are told by leaving out a small set of parents, not by looking for a large one."""

    column: str
    values: tuple[Any, ...]
    author: str
    me: int

    nothing = False

    @property
    def asks(self) -> tuple[str, ...]:
        return self.column, self.author

    def holds(self, row: Any) -> bool:
        """A row that does not tell its state is outside."""
        get = (lambda name: row.get(name, _UNTOLD)) if isinstance(row, dict) else (lambda name: getattr(row, name, _UNTOLD))
        value = get(self.column)
        return value is not _UNTOLD and (getattr(value, "value", value) not in self.values or get(self.author) == self.me)

    def _hidden(self, columns: Any) -> sa.ColumnElement[bool]:
        by = columns[self.author]
        return sa.and_(columns[self.column].in_(self.values), sa.or_(by.is_(None), by != self.me))

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        columns = entity.c if isinstance(entity, sa.FromClause) else _Columns(entity)
        state, by = columns[self.column], columns[self.author]
        return sa.or_(state.is_(None), state.not_in(self.values), by == self.me)

    def parents(self, table: sa.Table) -> sa.Select[Any]:
        """The rows that are left out."""
        return sa.select(table.c.id).where(wall.marked(table.name), self._hidden(table.c))


class _Columns:
    """Columns of a mapped class by name; a brief view is narrowed by columns it does not show."""

    def __init__(self, entity: Any) -> None:
        self.entity = entity

    def __getitem__(self, name: str) -> Any:
        return getattr(self.entity, name, None) if hasattr(self.entity, name) else self.entity.__table__.c[name]


@dataclass(frozen=True)
class PartsUnless:
    """Parts whose parent is not left out."""

    link: str
    table: sa.Table
    parent: Unless

    nothing = False

    @property
    def asks(self) -> tuple[str, ...]:
        return (self.link,)

    def holds(self, row: Any) -> bool:
        parent = row.get(self.link) if isinstance(row, dict) else getattr(row, self.link, None)
        if parent is None:
            return False
        found = current_work().session.connection().execute(self.parent.parents(self.table).where(self.table.c.id == parent))
        return found.first() is None

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        column: sa.ColumnElement[Any] = entity.c[self.link] if isinstance(entity, sa.FromClause) else getattr(entity, self.link)
        return column.not_in(self.parent.parents(self.table))


def of_parent(link: str, table: sa.Table, one: Any) -> Any:
    """What narrows a record, said of its parts."""
    return PartsUnless(link, table, one) if isinstance(one, Unless) else OfParent(link, table, one)


_KINDS = (Scope, Only, OfParent, OfKinds, Unless, PartsUnless)


@dataclass(frozen=True)
class Narrowed(Scope):
    """A scope that plugins have narrowed. Its own branches are empty: whoever plans by branches takes those of `base` and asks
    `within` of each row; whoever forgets it finds nothing."""

    base: Scope = field(default_factory=Scope)
    within: tuple[Any, ...] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in (self.base, *self.within) for name in one.asks))

    @property
    def nothing(self) -> bool:
        return self.base.nothing or any(one.nothing for one in self.within)

    def holds(self, row: Any) -> bool:
        return self.base.holds(row) and all(one.holds(row) for one in self.within)

    def clause(self, entity: Any) -> sa.ColumnElement[bool]:
        return sa.and_(self.base.clause(entity), *(one.clause(entity) for one in self.within))


def narrowed(scope: Scope, within: Iterable[Any]) -> Scope:
    """The scope within all of these. What is no kind of scope lets nothing through."""
    found = tuple(one if isinstance(one, _KINDS) else NOTHING for one in within)
    found = tuple(one for one in found if not (isinstance(one, Scope) and one.everything))
    if not found or scope.nothing:
        return scope
    if isinstance(scope, Narrowed):
        return Narrowed(base=scope.base, within=(*scope.within, *found))
    return Narrowed(base=scope, within=found)


class _Value(sa.BindParameter[Any]):
    """A parameter that stays as it is wherever it stands. Of others the ORM makes annotated copies, and whenever the statement is
    asked finds them again by `copy == original`, for which SQL of a comparison is built: a hundred times a page."""

    inherit_cache = True

    def __init__(self, value: Any, kind: sa.types.TypeEngine[Any], **how: Any) -> None:
        super().__init__(None, value, kind, unique=True, **how)

    def _annotate(self, values: Any) -> "_Value":
        return self


def _among(column: Any, values: tuple[int, ...]) -> sa.ColumnElement[bool]:
    if len(values) > FEW:
        return one_of(column, _Value(values, Several()))
    found: sa.ColumnElement[bool] = column == _Value(values[0], column.type) if len(values) == 1 else column.in_(_Value(list(values), column.type, expanding=True))
    return found


def unite(branches: Iterable[tuple[str, Iterable[int]]], shared: Iterable[tuple[str, Iterable[int]]] = ()) -> Scope:
    """One scope of many branches, values of a column together and sorted (equal scopes compare equal)."""
    found: dict[str, set[int]] = {}
    for column, values in branches:
        found.setdefault(column, set()).update(values)
    paths: dict[str, set[int]] = {}
    for path, ids in shared:
        paths.setdefault(path, set()).update(ids)
    return Scope(branches=tuple((c, tuple(sorted(found[c]))) for c in BRANCHES if found.get(c)),
                 shared=tuple((path, tuple(sorted(paths[path]))) for path in sorted(paths) if paths[path]))


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


def reach(scope: Reach, user_id: int, department_id: int | None, subtree: Iterable[int], teams: Iterable[int]) -> Scope:
    """What one grant's word means for one person. "department" is his own department, without those below."""
    if scope is Reach.all:
        return EVERYTHING
    if scope is Reach.own:
        return unite([("owner_id", [user_id])])
    if scope is Reach.team:
        return unite([("owner_id", [user_id]), ("team_id", teams)])
    home = [department_id] if department_id is not None else []
    below = subtree if scope is Reach.subtree else ()
    return unite([("owner_id", [user_id]), ("department_id", [*home, *below])])
