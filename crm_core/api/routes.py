"""REST of any resource and of its actions. The generic routes stand here once; which resources and verbs there are says
the site's registry, what a person sees of them say his rights."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.datastructures import ETags

from crm_core.access.doors import token_access
from crm_core.api import bodies, problems, represent
from crm_core.api.door import by_token
from crm_core.api.problems import Merged, Stale, WrongMethod
from crm_core.data.session import current_work, in_writing, session
from crm_core.data.wall import DELETED
from crm_core.kernel.errors import BadRequest, Conflict, Forbidden, Missing, OverLimit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import acts, asking, listing
from crm_core.resource.asking import OnlyAsked
from crm_core.resource.once import Answer, once

blueprint = flask.Blueprint("api", __name__, url_prefix="/api/v1")
problems.install(blueprint)

LIMIT = 200
_PLAIN = {"q", "f", "sort", "limit", "after"}


def route(rule: str, method: str, verb: str) -> Callable[[Callable[..., flask.Response]], Any]:
    """Register a view of the API, behind its door. Features above this layer add theirs with it and tell openapi.py of them."""

    def decorate(view: Callable[..., flask.Response]) -> Any:
        guarded = token_access(verb)(by_token(view))
        blueprint.add_url_rule(rule, view.__name__, guarded, methods=[method], provide_automatic_options=False)
        return view

    return decorate


# `int` is the application's own converter: 1 … 2⁶³−1.
COLLECTION, ITEM = "/<package>/<path>", "/<package>/<path>/<int:row_id>"


@route(COLLECTION, "GET", "read")
def index(package: str, path: str) -> flask.Response:
    """A page of records: filters, words, order and cursor are those of the list in the browser."""
    resource = resource_at(package, path, "read")
    query = _query(resource)
    page = listing.page(query)
    count, more = listing.count(query)
    return told({"items": represent.items(resource, page.ids), "next": page.next or None, "count": count, "more": more})


@route(COLLECTION, "POST", "create")
def create(package: str, path: str) -> flask.Response:
    """Make a record; its address is in Location."""
    resource = resource_at(package, path, "create")
    given = bodies.read_object()

    def do() -> Answer:
        (made,) = resource.write([bodies.row(resource, given)])
        answer = written(resource, made, 201)
        return Answer(201, answer.body, {**answer.headers, "Location": f"{blueprint.url_prefix}/{package}/{path}/{made}"})

    return _once(resource, do)


@route(ITEM, "GET", "read")
def show(package: str, path: str, row_id: int) -> flask.Response:
    """One record; ETag is its version."""
    resource = resource_at(package, path, "read")
    try:
        found = represent.item(resource, row_id)
    except Missing:
        raise gone(resource, row_id) from None
    if "version" not in found:  # a brief
        return told(found)
    if flask.request.if_none_match.contains(str(found["version"])):
        return _tagged(flask.Response(status=304), found["version"])
    return _tagged(told(found), found["version"])


@route(ITEM, "PATCH", "update")
def change(package: str, path: str, row_id: int) -> flask.Response:
    """Change the named members, and no others; 202 where that is only proposed, to who reviews it."""
    resource = resource_at(package, path, "update")
    given = bodies.read_object()

    def do() -> Answer:
        row = {**bodies.row(resource, given), "id": row_id, "version": expected(resource, row_id, "update")}
        try:
            with_stale(lambda: resource.write([row]))
        except OnlyAsked:
            asked = asking.propose(resource, row_id, row)
            return Answer(202, json.dumps({"proposed": asked.number, "detail": str(asked.said)}, ensure_ascii=False))
        return written(resource, row_id, 200)

    return _once(resource, do)


@route(ITEM, "DELETE", "delete")
def delete(package: str, path: str, row_id: int) -> flask.Response:
    """Put a record into the recycle bin."""
    resource = resource_at(package, path, "delete")
    bodies.no_body()
    version = expected(resource, row_id, "delete")
    if asking.needed(resource, "delete", [row_id]):
        return flask.Response(_handed_in(resource, "delete", row_id).body, status=202, mimetype="application/json")
    with_stale(lambda: resource.delete([row_id], versions=None if version is None else {row_id: version}))
    empty = flask.Response(status=204)
    del empty.headers["Content-Type"]
    return empty


@route(f"{ITEM}/<action>", "POST", "read")
def act(package: str, path: str, row_id: int, action: str) -> flask.Response:
    """Do an act on a record, with what it asks as members of the body; the answer is the record as it is then."""
    resource = resource_at(package, path, "")
    if action not in resource.all_actions:
        raise Missing(_("There is no such action."))
    if not resource.may(action):
        raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{action}"))
    declared = resource.all_actions[action]
    asks = bool(acts.fields_of(resource, declared))
    given = bodies.read_object() if asks else bodies.no_body()

    def do() -> Answer:
        expected(resource, row_id, action)
        values = acts.values(resource, declared, given, ids=[row_id])
        if asking.needed(resource, f"do:{action}", [row_id]):
            return _handed_in(resource, f"do:{action}", row_id, values)
        try:
            with session.begin_nested() if in_writing() else nullcontext():  # with a key the answer is kept in the same transaction
                resource.run(action, [row_id], values)
        except OverLimit as limit:
            return _answer(asking.over(resource, action, row_id, values, limit))
        return written(resource, row_id, 200)

    return _once(resource, do)


def _handed_in(resource: Any, verb: str, row_id: int, values: Any = None) -> Answer:
    """202: others are asked first, and do it by agreeing."""
    return _answer(asking.submit(resource, verb, row_id, values))


def _answer(asked: asking.Asked) -> Answer:
    return Answer(202, json.dumps({"submitted": asked.number, "detail": str(asking.HANDED_IN)}, ensure_ascii=False))


# --- the pieces --------------------------------------------------------------------------------------------------------


def offers(resource: Any, verb: str) -> bool:
    """Whether a resource does this verb at all, whoever asks."""
    return verb in resource.verbs and not (resource.readonly and verb in ("create", "update", "delete"))


_METHODS = {"GET": "read", "POST": "create", "PATCH": "update", "DELETE": "delete"}


def resource_at(package: str, path: str, verb: str = "") -> Any:
    """The resource of an address, on which the actor may do `verb`. Raises Missing, WrongMethod, Forbidden."""
    found = site().registry.resources.get(f"{package}.{path}")
    if found is None or "read" not in found.verbs:
        raise Missing(_("There is nothing at this address."))
    if verb and not offers(found, verb):
        here = ("GET", "POST") if verb in ("read", "create") else ("GET", "PATCH", "DELETE")
        raise WrongMethod(
            _("This cannot be done with these records."), allow=[m for m in here if offers(found, _METHODS[m])]
        )
    if verb and not found.may(verb):
        raise Forbidden(_("You may not do this: %(what)s.", what=f"{found.name}.{verb}"))
    return found


def _query(resource: Any) -> listing.Query:
    pairs = list(flask.request.args.items(multi=True))
    for name, _value in pairs:
        if "." not in name and name not in _PLAIN:  # programs spell it out: standing.any=key
            raise BadRequest(_("There is no parameter “%(name)s”; a filter is “field.operator”.", name=name[:60]))
    if len(pairs) > 100:
        raise BadRequest(_("At most %(n)s parameters.", n=100))
    limit = flask.request.args.get("limit", "50")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 1 <= int(limit) <= LIMIT):
        raise BadRequest(_("A limit is between 1 and %(n)s.", n=LIMIT))
    return listing.parse(resource, pairs, limit=int(limit))


def expected(resource: Any, row_id: int, verb: str) -> int | None:
    """The version to write on, when `If-Match` names one. Raises Missing for what he cannot see, Forbidden for what he
    sees but may not do this to, Stale when the version is another."""
    model = resource.model
    query = resource.visible(verb).with_only_columns(model.version).where(model.id == row_id)
    version = current_work().session.scalar(query)
    if version is None:
        readable = sa.select(model.id).where(model.id == row_id)
        if resource.may("read") and current_work().session.scalar(readable) is not None:
            raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{verb}"))
        raise gone(resource, row_id)
    wanted: ETags = flask.request.if_match
    if "If-Match" not in flask.request.headers or wanted.star_tag:
        return None
    if not wanted.contains(str(version)):
        raise Stale(_("Somebody saved a newer version meanwhile."), id=row_id, version=version)
    return int(version)


def with_stale(write: Callable[[], Any]) -> Any:
    """A conflict found while writing is the same failed precondition as one found before."""
    try:
        return write()
    except Conflict as error:
        if "If-Match" in flask.request.headers:
            raise Stale(error.message, **error.details) from None
        raise


def gone(resource: Any, row_id: int) -> Exception:
    """What to raise for a record that is not there: where it went, when it was merged and the other one may be seen."""
    model = resource.model
    query = sa.select(model.merged_into_id).where(model.id == row_id).execution_options(**{DELETED: True})
    session = current_work().session
    target = session.scalar(query)
    if target is not None and session.scalar(sa.select(model.id).where(model.id == target)) is not None:
        return Merged(_("This record was merged into another one."), merged_into=target)
    return Missing(_("This record was not found."))


def written(resource: Any, row_id: int, status: int) -> Answer:
    """The record after a write; who may not read it learns its id only."""
    if resource.may("read"):
        found = represent.items(resource, [row_id])
        if found:
            version = found[0].get("version")  # none of a brief
            return Answer(status, json.dumps(found[0], ensure_ascii=False), {} if version is None else {"ETag": f'"{version}"'})
    return Answer(status, json.dumps({"id": row_id}))


def _once(resource: Any, do: Callable[[], Answer]) -> flask.Response:
    """Carry out a request, once for its `Idempotency-Key`."""
    key = request_key()
    if key is None:
        return answered(do())
    address = f"{flask.request.method} {flask.request.path}"[:200]
    seal = flask.request.get_data(cache=True) + b"\0" + flask.request.headers.get("If-Match", "").encode()
    answer = once(address, key, seal, do, wait=False)
    if answer.again and not resource.may("read"):  # kept by a token that could read
        answer = Answer(answer.status, None, answer.headers, again=True)
    return answered(answer)


def request_key() -> str | None:
    """What the client calls this request, so that it is done once."""
    key = flask.request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise BadRequest(_("An Idempotency-Key is 1 to 255 printable ASCII characters."))
    return key


def answered(answer: Answer) -> flask.Response:
    made = flask.Response(answer.body, answer.status, mimetype="application/json")
    made.headers.update(answer.headers)
    if answer.again:
        made.headers["Idempotent-Replayed"] = "true"
    return made


def told(value: Any) -> flask.Response:
    return flask.Response(json.dumps(value, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


def _tagged(response: flask.Response, version: int) -> flask.Response:
    response.set_etag(str(version))
    return response
