"""Lists: ids first by a plan made from the scope, then the rows through the gate again, so a plan can never leak.

The page's ids are a union of ordered, limited branches, each over its own (branch, key, id) index; with many branches
the sort index is walked and filtered. Keyset paging: the thousandth page costs what the first costs. Counts are bounded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.access.scope import EVERYTHING, Scope
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import current_work
from crm_core.data.wall import marked as passing
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource import cursors, search
from crm_core.resource.changes import raw
from crm_core.resource.fields import Field
from crm_core.resource.filters import Filter, clause
from crm_core.resource.filters import parse as parse_filters

PAGE = 50
COUNT_LIMIT = 1_000
BRANCH_LIMIT = 8
WALK = 2_000
MOST_KEYS = 4
SMALL = 10_000  # sets up to this size can be sorted by any field


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: the field asked for, the column that does it, and the direction."""

    name: str
    column: str
    descending: bool
    indexed: bool
    then: tuple["Order", ...] = ()  # among equals; only lists small enough to be sorted in memory

    @property
    def text(self) -> str:
        own = f"-{self.name}" if self.descending else self.name
        return ",".join([own, *(other.text for other in self.then)])


@dataclass
class Query:
    """A question to a resource: filters, words, order, cursor. Made from an address by `parse`."""

    resource: Any
    filters: list[Filter] = field(default_factory=list)
    text: str = ""
    order: Order | None = None
    after: str = ""
    before: str = ""
    limit: int = PAGE
    verb: str = "read"


@dataclass
class Page:
    """Ids in order and what lies beyond them."""

    ids: list[int]
    next: str = ""
    previous: str = ""
    rows: dict[int, Any] = field(default_factory=dict)


ARGUMENTS = {"q", "sort", "after", "before", "limit", "columns", "ids", "change", "view"}


def parse(resource: Any, args: Iterable[tuple[str, str]], *, limit: int = PAGE) -> Query:
    """The query of an address. Raises BadRequest for unknown names, hidden fields included."""
    pairs = list(args)
    plain = {k: v for k, v in pairs if "." not in k}
    fields = resource.fields()
    query = Query(resource, parse_filters({**resource.virtual_fields, **fields}, resource.filters, pairs), limit=limit)
    query.text = plain.get("q", "").strip()[:200]
    query.after, query.before = plain.get("after", ""), plain.get("before", "")
    query.order = order_of(resource, plain.get("sort", ""), fields)
    return query


def order_of(resource: Any, text: str, fields: dict[str, Field] | None = None) -> Order:
    """The order an address asks for (`-updated_at,name`: by name among equals); empty: the resource's first."""
    wanted = (text or resource.sorts[0] if resource.sorts else text) or "-id"
    known = resource.fields() if fields is None else fields
    parts = wanted.split(",")
    if len(parts) > MOST_KEYS:
        raise BadRequest(_("A list is sorted by at most %(n)s columns.", n=MOST_KEYS))
    first, *rest = [_one_order(resource, part, known) for part in parts]
    return replace(first, then=tuple(rest))


def _one_order(resource: Any, wanted: str, known: dict[str, Field]) -> Order:
    name, descending = wanted.removeprefix("-"), wanted.startswith("-")
    if name == "id":
        return Order("id", "id", descending, True)
    indexed = name in resource.sort_keys()
    if name not in known and not (indexed and name == "updated_at"):
        raise BadRequest(_("This list cannot be sorted by “%(name)s”.", name=name[:60]))
    column = known[name].sort_column if name in known else name
    return Order(name, column, descending, indexed)


def page(query: Query) -> Page:
    """The ids of one page, in order."""
    order = query.order or order_of(query.resource, "")
    if query.text:
        return _searched(query, order)
    if not order.indexed or order.then:
        small = _small(query)
        if small is None:
            raise BadRequest(_("Sorting by this column needs a list of at most %(n)s; filter first.", n=SMALL))
        return _sorted(query, order, small)
    return _keyset(query, order)


# --- keyset over indexes -----------------------------------------------------------------------------------------------


def _keyset(query: Query, order: Order) -> Page:
    back = bool(query.before)
    cursor = _place(query.before or query.after, query, order)
    descending = order.descending != back
    nullable = query.resource.table.c[order.column].nullable
    wanted = query.limit + 1
    # Null is last in the page's own direction, on both engines: two segments, asked one after the other.
    segments = [False, True] if nullable else [False]
    if back:
        segments.reverse()
    found: list[tuple[Any, int]] = []
    for nulls in segments:
        if cursor is not None and segments.index(nulls) < segments.index(cursor[0] is None and nullable):
            continue
        start = cursor if cursor is not None and (cursor[0] is None) == nulls else None
        found += _segment(query, order, descending, nulls, start, wanted - len(found))
        if len(found) >= wanted:
            break
    more, found = len(found) > query.limit, found[: query.limit]
    if back and len(found) < query.limit:  # rows before it went away: the first page then
        return _keyset(replace(query, before="", after=""), order)
    if back:
        found.reverse()
    result = Page([row_id for _key, row_id in found])
    if found:
        if more if not back else True:
            result.next = cursors.encode(order.text, found[-1])
        if more if back else cursor is not None:
            result.previous = cursors.encode(order.text, found[0])
    return result


def _segment(
    query: Query, order: Order, descending: bool, nulls: bool, start: tuple[Any, int] | None, limit: int
) -> list[tuple[Any, int]]:
    table = query.resource.table
    key = table.c[order.column]
    scope, conditions = plan(query)
    if "deleted_at" in table.c:
        conditions.append(table.c.deleted_at.is_(None))
    if key.nullable:
        conditions.append(key.is_(None) if nulls else key.is_not(None))
    if start is not None:
        conditions.append(_after(key, table.c.id, start, descending))
    direction = sa.desc if descending else sa.asc
    ordering = [direction(key), direction(table.c.id)] if order.column != "id" else [direction(table.c.id)]
    base = sa.select(key.label("k"), table.c.id.label("i"))
    marked = passing(table.name)
    execute = current_work().session.execute
    if scope.nothing:
        return []
    if scope.everything or len(scope.pairs) == 1:
        one = base.where(marked, *conditions, *([] if scope.everything else [scope.clause(table)]))
        return [(r.k, r.i) for r in execute(one.order_by(*ordering).limit(limit))]
    if len(scope.pairs) <= BRANCH_LIMIT:
        branches = [
            sa.select(base.where(marked, table.c[column] == value, *conditions).order_by(*ordering).limit(limit).subquery())
            for column, value in scope.pairs
        ]
        union = sa.union(*branches).subquery()
        outer = [direction(union.c.k), direction(union.c.i)]
        return [(r.k, r.i) for r in execute(sa.select(union.c.k, union.c.i).order_by(*outer).limit(limit))]
    return _walk(query, base, marked, scope, conditions, ordering, limit)


def _walk(query: Query, base: Any, marked: Any, scope: Scope, conditions: list[Any], ordering: list[Any], limit: int) -> list[tuple[Any, int]]:
    """Many branches: look at the first rows of the sort index and keep those in scope; if they do not fill the page,
    the scope is narrow along this order and OR with a sort is small."""
    table = query.resource.table
    execute = current_work().session.execute
    columns = [table.c[c] for c in SCOPE_COLUMNS]
    first = base.add_columns(*columns).where(marked, *conditions).order_by(*ordering).limit(WALK)
    rows = execute(first).all()
    sets = {column: frozenset(values) for column, values in scope.branches}
    seen = [(r.k, r.i) for r in rows if any(getattr(r, c) in values for c, values in sets.items())]
    if len(seen) >= limit or len(rows) < WALK:
        return seen[:limit]
    full = base.where(marked, scope.clause(table), *conditions).order_by(*ordering).limit(limit)
    return [(r.k, r.i) for r in execute(full)]


def plan(query: Query) -> tuple[Scope, list[sa.ColumnElement[bool]]]:
    """The scope to walk and the conditions that remain: a filter on owner, department or team becomes the branch itself,
    and of two scopes (read, and that of another verb) the one that is not everything is walked."""
    resource, session = query.resource, current_work().session
    filters, conditions = list(query.filters), []
    scope = EVERYTHING
    if is_scoped(resource.model) and not session.system:
        scope = scope_for(session.actor, resource.model)
        if query.verb != "read":
            narrow = scope_for(session.actor, resource.model, query.verb)
            if not narrow.everything:
                if not scope.everything:
                    conditions.append(scope.clause(resource.table))
                scope = narrow
    if is_scoped(resource.model):
        for one in query.filters:
            pins = one.pins
            if pins is None or one.field.column not in SCOPE_COLUMNS or len(pins) > BRANCH_LIMIT:
                continue
            if scope.everything or set(pins) <= set(dict(scope.branches).get(one.field.column, ())):
                scope = Scope(branches=((one.field.column, tuple(sorted(pins))),))
                filters.remove(one)
                break
    return scope, [*conditions, *(clause(one, resource.table) for one in filters)]


def _after(key: sa.ColumnElement[Any], row_id: sa.ColumnElement[int], start: tuple[Any, int], descending: bool) -> sa.ColumnElement[bool]:
    value, last = start
    if value is None or key.key == "id":
        return row_id < last if descending else row_id > last
    # Written out instead of a row value: both engines then use the (branch, key, id) index for the first part.
    if descending:
        return sa.and_(key <= value, sa.or_(key < value, row_id < last))
    return sa.and_(key >= value, sa.or_(key > value, row_id > last))


# --- small sets: any order ---------------------------------------------------------------------------------------------


def _place(text: str, query: Query, order: Order) -> cursors.Place | None:
    return cursors.decode(text, order.text, query.resource.table.c[order.column])


def _small(query: Query) -> list[int] | None:
    ids = matching_ids(query, SMALL + 1)
    return ids if len(ids) <= SMALL else None


def _sorted(query: Query, order: Order, ids: Sequence[int]) -> Page:
    table = query.resource.table
    keys = [order, *order.then]
    columns = [table.c[key.column] for key in keys]
    rows: list[Any] = []
    marked = passing(table.name)
    for start in range(0, len(ids), 900):
        part = sa.select(table.c.id.label("row_id"), *columns).where(marked, table.c.id.in_(ids[start : start + 900]))
        rows += current_work().session.execute(part)
    rows.sort(key=lambda r: r[0], reverse=order.descending)
    for place, key in reversed(list(enumerate(keys, 1))):  # sorting keeps the order of equals, null is last
        filled = sorted((r for r in rows if r[place] is not None), key=lambda r: raw(r[place]), reverse=key.descending)
        rows = filled + [r for r in rows if r[place] is None]
    ordered = [r[0] for r in rows]
    cursor = _place(query.after or query.before, query, order)
    at = 0
    if cursor is not None and cursor[1] in ordered:
        place = ordered.index(cursor[1])
        at = place + 1 if query.after else max(0, place - query.limit)
    found = ordered[at : at + query.limit]
    result = Page(found)
    if found and at + query.limit < len(ordered):
        result.next = cursors.encode(order.text, (None, found[-1]))
    if found and at > 0:
        result.previous = cursors.encode(order.text, (None, found[0]))
    return result


def _searched(query: Query, order: Order) -> Page:
    """Words and filters together: up to a thousand hits are sorted as asked, more come newest first, a page at a time."""
    ids = text_ids(query, COUNT_LIMIT + 1)
    if len(ids) <= COUNT_LIMIT:
        return _sorted(query, order, ids)
    cursor = _place(query.after or query.before, query, Order("id", "id", True, True))
    if cursor is None:
        hits = _hits(query, query.limit + 1, None, None)[0]
    elif query.after:
        hits = _hits(query, query.limit + 1, cursor[1], None)[0]
    else:
        hits = _hits(query, query.limit + 1, None, cursor[1])[0]
    more = len(hits) > query.limit
    back = bool(query.before)
    hits = hits[-query.limit :] if back and more else hits[: query.limit]
    result = Page([record for _doc, record in hits])
    if hits and (more or back):
        result.next = cursors.encode("-id", (None, hits[-1][0]))
    if hits and (cursor is not None if not back else more):
        result.previous = cursors.encode("-id", (None, hits[0][0]))
    return result


def text_ids(query: Query, limit: int) -> list[int]:
    """Ids of records that hold the words and pass the filters, under the actor's rights, newest first, at most `limit`.
    Asked twice in one request (page and count), found once."""
    kept: dict[Any, list[int]] = current_work().info.setdefault("text_ids", {})
    key = (query.resource.name, query.text, tuple(f.key + f.raw for f in query.filters), query.verb, limit)
    if key not in kept:
        kept[key] = [record for _doc, record in _hits(query, limit, None, None)[0]]
    return kept[key]


def _hits(query: Query, limit: int, before: int | None, after: int | None) -> tuple[list[tuple[int, int]], int | None]:
    """(document, record) pairs that pass everything, newest first: those before a document, or the ones just after one."""
    question = search.match(query.resource, query.text)
    if question is None:
        return [], None
    found: list[tuple[int, int]] = []
    chunk = min(max(limit, 100), 1_000)
    place = after if after is not None else before
    while len(found) < limit:
        hits = question.ids(chunk, place) if after is None else question.after(chunk, place or 0)
        if not hits:
            break
        passed = set(_passing(query, [record for _doc, record in hits]))
        found += [hit for hit in hits if hit[1] in passed]
        place = hits[-1][0]
        if len(hits) < chunk:
            break
        chunk = 1_000
    found = found[:limit]
    return (found if after is None else found[::-1]), place


def _passing(query: Query, ids: list[int]) -> list[int]:
    """Those of these ids that lie in scope, pass the filters and truly hold the words in fields the actor may see."""
    model, resource = query.resource.model, query.resource
    visible = resource.fields()
    names = [n for n in resource.search if n in visible]
    hidden = len(names) < len(resource.search)
    columns = [getattr(model, resource.all_fields[n].column) for n in names] if hidden or question_needs_check(query.text) else []
    passed, session = set(), current_work().session
    for start in range(0, len(ids), 900):
        statement = sa.select(model.id, *columns).where(model.id.in_(ids[start : start + 900]))
        if query.verb != "read" and is_scoped(model) and not session.system:
            statement = statement.where(scope_for(session.actor, model, query.verb).clause(model))
        for one in query.filters:
            statement = statement.where(clause(one, model))
        for row in current_work().session.execute(statement):
            if not columns or search.holds(query.text, row[1:]):
                passed.add(row[0])
    return [i for i in ids if i in passed]


def question_needs_check(text: str) -> bool:
    """Whether the tokens of a question can match apart from each other, so that hits are checked against the text."""
    return search.needs_check(text)


# --- counts and sets ---------------------------------------------------------------------------------------------------


def count(query: Query, limit: int = COUNT_LIMIT) -> tuple[int, bool]:
    """(n, more): exact up to `limit`, then "1,000+"."""
    if query.text:
        n = len(text_ids(query, limit + 1))
        return min(n, limit), n > limit
    inner = _set(query).limit(limit + 1).subquery()
    n = current_work().session.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one()
    return min(n, limit), n > limit


def exact_count(query: Query) -> int:
    """The whole number, however long it takes (asked for on request)."""
    if query.text:
        return len(text_ids(query, 2**31))
    inner = _set(query).subquery()
    return int(current_work().session.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one())


def matching_ids(query: Query, limit: int) -> list[int]:
    """Ids the query means, in no order, at most `limit`."""
    if query.text:
        return text_ids(query, limit)
    return list(current_work().session.scalars(_set(query).limit(limit)))


def by_key(query: Query, after: int) -> sa.Select[Any]:
    """Ids the query means above `after`, in the order of the key: for jobs that go through all of them."""
    table = query.resource.table
    return _set(query).where(table.c.id > after).order_by(table.c.id)


def _set(query: Query) -> sa.Select[Any]:
    table = query.resource.table
    scope, conditions = plan(query)
    if "deleted_at" in table.c:
        conditions.append(table.c.deleted_at.is_(None))
    return sa.select(table.c.id).where(
        passing(table.name), *([] if scope.everything else [scope.clause(table)]), *conditions
    )
