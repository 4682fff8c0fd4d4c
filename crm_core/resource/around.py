"""The records before and after one in a list: what an address means, walked from where the record stood when it was
listed. A constant number of statements, however long the list."""

from typing import Any

import sqlalchemy as sa

from crm_core.data import inside
from crm_core.data.session import session
from crm_core.resource import cursors, hits, listing
from crm_core.resource.orders import Order, order_of
from crm_core.resource.search import Document

Neighbour = tuple[int, str]
"""(id, its place in the list as a cursor, "" where the list has none)."""


def around(query: listing.Query, row: Any, at: str = "") -> tuple[Neighbour | None, Neighbour | None]:
    """The record before and the one after. `at`: where the record stood; a record that was edited meanwhile has a newer
    key, and the way goes on from where it was. Raises BadRequest for a cursor of another list."""
    order = query.order or order_of(query.resource, "")
    if query.text:
        if listing.hit_count(query).n > listing.COUNT_LIMIT:
            return _hits_around(query, row.id)
        return _beside(listing.sorted_hits(query, order), row.id)
    if not order.indexed or order.then:
        return _beside(listing.sorted_whole(query, order), row.id)
    place = cursors.decode(at, order.text, inside.column(query.resource.table, order.column))
    if place is None or place[1] != row.id:
        place = getattr(row, order.column), row.id
    return _first(query, order, place, back=True), _first(query, order, place, back=False)


def _first(query: listing.Query, order: Order, place: cursors.Place, *, back: bool) -> Neighbour | None:
    # Two, as a record that moved on since may come along again on its own way.
    found = [key for key in listing.keys(query, order, place, 2, back=back) if key[1] != place[1]]
    return (found[0][1], cursors.encode(order.text, found[0])) if found else None


def _beside(ids: list[int], row_id: int) -> tuple[Neighbour | None, Neighbour | None]:
    if row_id not in ids:
        return None, None
    at = ids.index(row_id)
    return (ids[at - 1], "") if at else None, (ids[at + 1], "") if at + 1 < len(ids) else None


def _hits_around(query: listing.Query, row_id: int) -> tuple[Neighbour | None, Neighbour | None]:
    """Among more hits than are sorted: newest first, as the index has them."""
    document = session.scalar(sa.select(Document.id).where(Document.resource == query.resource.name, Document.record_id == row_id))
    if document is None:
        return None, None
    one = hits.look(query.resource, query.text, query.sought)
    newer, older = hits.newest(one, limit=1, after=document), hits.newest(one, limit=1, before=document)
    return (newer[0].id, "") if newer else None, (older[0].id, "") if older else None
