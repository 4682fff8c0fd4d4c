"""The way one came: a record opened from a list keeps the list's address in its own (`in`) and where it stood there (`at`),
steps through the list and leads back to it. What is done on the record leads back to the same address."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask

from crm_core.kernel.errors import BadRequest
from crm_core.resource import cursors, listing
from crm_core.resource.around import around
from crm_core.web import urls
from crm_core.web.viewmodels import Steps

Pairs = list[tuple[str, str]]
ARGS = ("in", "at")
WHOLE = "all"  # the list as it stands, without filters
LONGEST = 2_000


def row_urls(resource: Any, query: listing.Query, found: listing.Page, state: Pairs) -> Callable[[int], str]:
    """Addresses of the rows of a list's page."""
    way = urlencode([(k, v) for k, v in state if k not in ("after", "before", "columns")]) or WHOLE
    places = {row_id: cursors.encode(query.order.text, (key, row_id)) for key, row_id in found.places} if query.order is not None else {}
    if len(way) > LONGEST:
        return lambda row_id: urls.of_record(resource, row_id)
    here, start = urls.of_list(resource), urlencode({"in": way})
    return lambda row_id: f"{here}/{row_id}?{start}" + (f"&at={places[row_id]}" if row_id in places else "")


def pairs(resource: Any) -> Pairs:
    """The way in the address of this page; of a form without one, in the address of the record's page it stood on."""
    given = flask.request.args.to_dict()
    if flask.request.method == "POST" and "in" not in given:
        there = urlsplit(flask.request.headers.get("Referer", ""))
        here = there.netloc == flask.request.host and there.path.startswith(f"{urls.of_list(resource)}/")
        given = dict(parse_qsl(there.query)) if here else {}
    return [(name, given[name]) for name in ARGS if given.get(name) and len(given[name]) <= LONGEST]


def to_record(resource: Any, row_id: int, tab: str = "") -> str:
    """The record, on the way one is on."""
    return urls.address(urls.of_record(resource, row_id), [("tab", tab), *pairs(resource)])


def to_act(resource: Any, row_id: int, act: str) -> str:
    """A page of the record that leads back to it."""
    return urls.of_act(resource, row_id, act, pairs(resource))


def to_list(resource: Any) -> str:
    """The list one came from, else the resource's own."""
    return urls.of_list(resource, _state(dict(pairs(resource)).get("in", "")))


def steps(resource: Any, row: Any) -> Steps | None:
    """The records before and after this one in the list one came from; None when one came from elsewhere."""
    given = dict(pairs(resource))
    if "in" not in given:
        return None
    try:
        query = listing.parse(resource, _state(given["in"]))
        before, after = around(query, row, given.get("at", ""))
    except BadRequest:  # the list has lost a field, or grown past its order: the way back is still there
        return None

    def url(found: tuple[int, str] | None) -> str:
        return urls.address(urls.of_record(resource, found[0]), [("in", given["in"]), ("at", found[1])]) if found else ""

    return Steps(prev_url=url(before), next_url=url(after))


def _state(way: str) -> Pairs:
    return [] if way == WHOLE else [pair for pair in parse_qsl(way, max_num_fields=100) if pair[0] not in ("after", "before", "limit")]
