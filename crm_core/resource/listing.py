"""Lists: what an address asks for, page by page, and how many there are.

Ids come first, by a plan made from the scope (plans.py) or from the search index (hits.py); the rows are then read through
the gate, so a plan can never leak. Keyset paging: the thousandth page costs what the first costs. Counts are bounded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from crm_core.data import inside
from crm_core.data.session import current_work
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource import conditions, cursors, hits, plans
from crm_core.resource.filters import Filter, in_full
from crm_core.resource.filters import parse as parse_filters
from crm_core.resource.orders import Order, order_of

PAGE = 50
COUNT_LIMIT = 1_000
SMALL = 10_000  # sets up to this size can be sorted by any field
NEWEST = "~newest"  # the order of many hits: as the index has them


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

    @property
    def sought(self) -> plans.Sought:
        return plans.sought(self.resource, conditions.spread(self.filters), self.verb)

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two questions ask for the same set."""
        return self.resource.name, self.text, self.verb, tuple((f.key, f.raw) for f in self.filters)


@dataclass
class Page:
    """Ids in order and what lies beyond them."""

    ids: list[int]
    next: str = ""
    previous: str = ""
    places: list[plans.Key] = field(default_factory=list)  # with the sort key of each, where the list is walked by it
    newest: bool = False  # too many hits of words to be sorted as asked: newest first


ARGUMENTS = {"q", "f", "sort", "after", "before", "limit", "columns", "view", "look", "by", "at", "day", "span", "over"}


def is_argument(resource: Any, name: str) -> bool:
    """Whether the address of a list may say this."""
    return name in ARGUMENTS or name.partition(".")[0] in resource.filters


def spelled_out(resource: Any, args: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The arguments of an address in full: `standing=key` means `standing.any=key`. Raises BadRequest for one that no list
    knows, or that is there twice: nothing is left out in silence."""
    fields = {**resource.virtual_fields, **resource.fields()}
    found: list[tuple[str, str]] = []
    for name, value in args:
        if name in ARGUMENTS:
            if any(name == other for other, _value in found):
                raise BadRequest(_("“%(name)s” is in this address twice.", name=name))
            found.append((name, value))
        else:
            found.append((name if "." in name else in_full(fields, resource.filters, name), value))
    return found


def parse(resource: Any, args: Iterable[tuple[str, str]], *, limit: int = PAGE) -> Query:
    """The query of an address. Raises BadRequest for unknown names, hidden fields included."""
    pairs = spelled_out(resource, args)
    plain = {k: v for k, v in pairs if "." not in k}
    fields = resource.fields()
    query = Query(resource, parse_filters({**resource.virtual_fields, **fields}, resource.filters, pairs), limit=limit)
    if plain.get("f"):
        query.filters.append(conditions.as_filter(resource, conditions.loads(plain["f"])))
    query.text = plain.get("q", "").strip()[:200]
    query.after, query.before = plain.get("after", ""), plain.get("before", "")
    query.order = order_of(resource, plain.get("sort", ""), fields)
    return query


def page(query: Query) -> Page:
    """The ids of one page, in order."""
    order = query.order or order_of(query.resource, "")
    if query.text:
        return _searched(query, order)
    if not order.indexed or order.then:
        return _any_order(query, order)
    return _keyset(query, order)


# --- keyset over indexes -----------------------------------------------------------------------------------------------


def _keyset(query: Query, order: Order) -> Page:
    back = bool(query.before)
    cursor = _place(query.before or query.after, query, order)
    found = keys(query, order, cursor, query.limit + 1, back=back)
    more, found = len(found) > query.limit, found[: query.limit]
    if back and len(found) < query.limit:  # rows before it went away: the first page then
        return _keyset(replace(query, before="", after=""), order)
    if back:
        found.reverse()
    elif cursor is None and not more:
        _note_count(query, len(found))
    result = Page([row_id for _key, row_id in found], places=found)
    if found:
        if more if not back else True:
            result.next = cursors.encode(order.text, found[-1])
        if more if back else cursor is not None:
            result.previous = cursors.encode(order.text, found[0])
    return result


def keys(query: Query, order: Order, place: cursors.Place | None, wanted: int, *, back: bool) -> list[plans.Key]:
    """Up to `wanted` (sort key, id) of rows after a place of the list, or `back` from it, nearest first."""
    nullable = inside.is_nullable(query.resource.table, order.column)
    # Null is last in the page's own direction, on both engines: two segments, asked one after the other.
    segments: list[bool | None] = [False, True] if nullable else [None]
    if back:
        segments.reverse()
    if place is not None and nullable:
        segments = segments[segments.index(place[0] is None) :]
    what = query.sought
    found: list[plans.Key] = []
    for nulls in segments:
        start = place if place is not None and (nulls is None or (place[0] is None) == nulls) else None
        found += plans.segment(what, order.column, order.descending != back, nulls, start, wanted - len(found))
        if len(found) >= wanted:
            break
    return found


def _place(text: str, query: Query, order: Order) -> cursors.Place | None:
    return cursors.decode(text, order.text, inside.column(query.resource.table, order.column))


# --- small sets: any order ---------------------------------------------------------------------------------------------


class TooLarge(BadRequest):
    """This order is for lists of at most `SMALL`."""


def _any_order(query: Query, order: Order) -> Page:
    return _cut(query, order, sorted_whole(query, order))


def sorted_whole(query: Query, order: Order) -> list[int]:
    """A list small enough to be sorted whole; counted first, so that a large one costs a count and no sort."""
    n = plans.count(query.sought, SMALL + 1)
    if n > SMALL:
        raise TooLarge(_("Only lists of at most %(n)s can be sorted like this; filter first.", n=f"{SMALL:,}"))
    _note_count(query, n)
    return plans.in_any_order(query.sought, [(key.column, key.descending) for key in order.keys], order.descending, SMALL)


def _cut(query: Query, order: Order, ids: Sequence[int]) -> Page:
    """The page of a whole list in order that its cursor means."""
    cursor = _place(query.after or query.before, query, order)
    at = 0
    if cursor is not None and cursor[1] in ids:
        place = ids.index(cursor[1])
        at = place + 1 if query.after else max(0, place - query.limit)
    found = list(ids[at : at + query.limit])
    result = Page(found)
    if found and at + query.limit < len(ids):
        result.next = cursors.encode(order.text, (None, found[-1]))
    if found and at > 0:
        result.previous = cursors.encode(order.text, (None, found[0]))
    return result


# --- words -------------------------------------------------------------------------------------------------------------


def _searched(query: Query, order: Order) -> Page:
    """Words and filters together: up to a thousand hits are sorted as asked, more come newest first, a page at a time."""
    document = _document(query)
    if document is None:
        size = hit_count(query)
        if size.n <= COUNT_LIMIT:
            return _cut(query, order, sorted_hits(query, order))
        found = hits.newest(_look(query), limit=query.limit + 1, many=True)
    else:
        before, after = (document, None) if query.after else (None, document)
        found = hits.newest(_look(query), limit=query.limit + 1, before=before, after=after, many=True)
    more, found = len(found) > query.limit, found[: query.limit]
    if document is not None and query.before:
        if not more and len(found) < query.limit:
            return _searched(replace(query, before="", after=""), order)
        found.reverse()
    result = Page([hit.id for hit in found], newest=True)
    if found and (more or query.before):
        result.next = cursors.encode(NEWEST, (None, found[-1].document))
    if found and (more if query.before else document is not None):
        result.previous = cursors.encode(NEWEST, (None, found[0].document))
    return result


def _document(query: Query) -> int | None:
    """The document where a page of many hits ended; None for another cursor or none."""
    try:
        found = cursors.decode(query.after or query.before, NEWEST, query.resource.table.c.id)
    except BadRequest:
        return None  # a cursor of a sorted list: read again where it belongs
    return found[1] if found is not None else None


def _look(query: Query) -> hits.Look | None:
    return hits.look(query.resource, query.text, query.sought)


def hit_count(query: Query) -> hits.Size:
    """How many hits, up to one more than are sorted. The page, the count and the note of one request ask once."""
    kept, order = _kept(), query.order or order_of(query.resource, "")
    asked = ("size", query.key, order.text)
    if asked not in kept:
        columns = [(key.column, key.descending) for key in order.keys]
        kept[asked] = hits.size(_look(query), COUNT_LIMIT + 1, columns, order.descending)
    return kept[asked]  # type: ignore[no-any-return]


def _kept() -> dict[Any, Any]:
    """What this piece of work has found, as long as it has written nothing since."""
    work = current_work()
    if work.writing_since is not None:
        return {}
    writes, kept = work.info.get("found", (None, {}))
    if writes != work.writes:
        work.info["found"] = work.writes, (kept := {})
    return kept  # type: ignore[no-any-return]


def sorted_hits(query: Query, order: Order) -> list[int]:
    """All hits in this order, null last; for at most a thousand."""
    one, known = _look(query), hit_count(query).ids
    if one is None or known is not None:
        return known or []
    return hits.in_order(one, [(key.column, key.descending) for key in order.keys], order.descending)


def text_ids(query: Query, limit: int) -> list[int]:
    """Ids of records that hold the words and pass the filters, under the actor's rights, newest first, at most `limit`."""
    return [hit.id for hit in hits.newest(_look(query), limit=limit)]


# --- counts and sets ---------------------------------------------------------------------------------------------------


def _note_count(query: Query, n: int) -> None:
    _kept()["count", query.key] = n


def count(query: Query, limit: int = COUNT_LIMIT) -> tuple[int, bool]:
    """(n, more): exact up to `limit`, then "1,000+"."""
    n = _kept().get(("count", query.key))
    if n is None and query.text:
        n = hit_count(query).n if limit == COUNT_LIMIT else hits.size(_look(query), limit + 1).n
    elif n is None:
        n = plans.count(query.sought, limit + 1)
    return min(n, limit), n > limit


def exact_count(query: Query) -> int:
    """The whole number, however long it takes (asked for on request)."""
    return hits.size(_look(query), 2**31).n if query.text else plans.count(query.sought, 2**62)


def matching_ids(query: Query, limit: int) -> list[int]:
    """Ids the query means, in no order, at most `limit`."""
    if query.text:
        return text_ids(query, limit)
    return [row[0] for row in plans.execute(plans.select_ids(query.sought).limit(limit), {})]


def by_key(query: Query, after: int) -> sa.Select[Any]:
    """Ids the query means above `after`, in the order of the key: for jobs that go through all of them."""
    table = query.resource.table
    return plans.select_ids(query.sought).where(table.c.id > after).order_by(table.c.id)
