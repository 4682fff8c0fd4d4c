"""The OpenAPI 3.1 document of a site, made from its resources and their fields as the reader may see them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask

from crm_core import __version__
from crm_core.access.doors import token_access
from crm_core.api import feed, schemas
from crm_core.api.door import by_anybody_known
from crm_core.api.routes import LIMIT, blueprint, offers
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import actor, site
from crm_core.resource import acts, asking
from crm_core.resource.filters import WORDS

__all__ = ["blueprint", "document", "paths_of"]

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Extra:
    """A route of a feature's own below one record: on which resources it is, who may, what the document says of it."""

    suffix: str
    method: str
    on: Callable[[Any], bool]
    may: Callable[[Any], bool]
    describe: Callable[[Any], dict[str, Any]]


extras: list[Extra] = []  # features append


def paths_of(resource: Any) -> dict[str, dict[str, str]]:
    """Address → method → verb of one resource, whoever asks."""
    if "read" not in resource.verbs:
        return {}
    base = f"{PREFIX}/{resource.package}/{resource.path}"
    verbs = {"get": "read", "post": "create"}, {"get": "read", "patch": "update", "delete": "delete"}
    found = {base: verbs[0], f"{base}/{{id}}": verbs[1]}
    found = {path: {m: v for m, v in methods.items() if offers(resource, v)} for path, methods in found.items()}
    for name in resource.all_actions:
        found[f"{base}/{{id}}/{name}"] = {"post": name}
    for extra in extras:
        if extra.on(resource):
            found.setdefault(f"{base}/{{id}}/{extra.suffix}", {})[extra.method] = ""
    return found


def document() -> dict[str, Any]:
    """All that the actor may do."""
    paths: dict[str, Any] = {}
    components: dict[str, Any] = {"problem": schemas.PROBLEM, "conditions": schemas.CONDITIONS}
    tags = []
    for resource in sorted(site().registry.resources.values(), key=lambda r: r.name):
        if not resource.may("read"):
            continue
        tags.append({"name": resource.name, "description": str(resource.label)})
        components[resource.name] = schemas.read(resource)
        for verb, suffix in (("create", "new"), ("update", "change")):
            if offers(resource, verb) and resource.may(verb):
                components[f"{resource.name}.{suffix}"] = schemas.write(resource, creating=verb == "create")
        for path, methods in paths_of(resource).items():
            made = {m: _operation(resource, path, m, verb) for m, verb in methods.items() if verb and resource.may(verb)}
            made |= {e.method: e.describe(resource) for e in extras if path.endswith(f"}}/{e.suffix}") and methods.get(e.method) == "" and e.may(resource)}
            if made:
                paths[path] = ({"parameters": [_ID]} if "{id}" in path else {}) | made
    paths[f"{PREFIX}{feed.URL}"] = {"get": _feed()}
    paths[f"{PREFIX}/openapi.json"] = {"get": {
        "operationId": "openapi", "summary": str(_("This document")), "tags": [],
        "responses": {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}},
                      **problems_of(401, 429, 503)},
    }}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tangram CRM", "version": __version__, "description": str(_("Records of this site, as you may see them."))},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "crm user token NAME --scope S"}},
        },
    }


@token_access("read")
@by_anybody_known
def show() -> flask.Response:
    """The document for who asks: with a token, or signed in (it is only read, so no form token is needed)."""
    who = actor()
    key = ("openapi", who.rights, who.user_id, who.token, language())
    text = site().cached(key, lambda: json.dumps(document(), ensure_ascii=False))
    return flask.Response(text, mimetype="application/json")


blueprint.add_url_rule("/openapi.json", "openapi", show, methods=["GET"], provide_automatic_options=False)

_PUBLIC = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}}
MATCH = {"name": "If-Match", "in": "header", "description": "the ETag the change is built on; without it the last one wins",
          "schema": {"type": "string", "pattern": '^("[0-9]+"|\\*)$'}, "examples": {"version": {"value": '"3"'}}}
ONCE = {"name": "Idempotency-Key", "in": "header", "description": "asked again with the same key, it is done once; kept for 48 hours",
         "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}
_SUMMARIES = {"read": _("One record"), "create": _("Make a record"), "update": _("Change a record"), "delete": _("Put into the recycle bin")}


def _operation(resource: Any, path: str, method: str, verb: str) -> dict[str, Any]:
    listed = method == "get" and "{id}" not in path
    action = resource.all_actions.get(verb) if path.endswith(f"/{verb}") else None
    found: dict[str, Any] = {
        "operationId": f"{resource.name}.{'list' if listed else verb}",
        "summary": str(action.label if action else _("A page of records") if listed else _SUMMARIES[verb]),
        "tags": [resource.name],
        "responses": {},
    }
    reference = {"$ref": f"#/components/schemas/{resource.name}"}
    if listed:
        found["parameters"] = _list_parameters(resource)
        found["responses"] = {"200": answer_of("A page", _page(reference)), **problems_of(400, 401, 403, 429, 503)}
    elif method == "get":
        tagged = not resource.is_brief
        found["parameters"] = [{"name": "If-None-Match", "in": "header", "schema": {"type": "string", "pattern": '^"[0-9]+"$'}}] if tagged else []
        found["responses"] = {"200": answer_of("The record", reference, etag=tagged), **({"304": {"description": "Not changed"}} if tagged else {}),
                              **problems_of(401, 403, 404, 410, 429, 503)}
    elif method == "delete":
        found["parameters"] = [MATCH]
        found["responses"] = {"204": {"description": "Gone into the recycle bin"},
                              **problems_of(400, 401, 403, 404, 409, 410, 412, 413, 415, 429, 503)}
        if asking.slots.used(resource.name):
            found["responses"]["202"] = answer_of(_WAITS, _asked("submitted"))
    else:
        found["parameters"] = [ONCE] if verb == "create" else [ONCE, MATCH]
        written = {"anyOf": [reference, {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}]}
        status = "201" if verb == "create" else "200"
        found["responses"] = {status: answer_of("The record as it is now", written, etag=True, location=verb == "create"),
                              **problems_of(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 503)}
        if verb == "update" and (asking.PAGE in resource.all_actions or asking.slots.used(resource.name)):
            found["responses"]["202"] = answer_of("Only proposed, or handed in for approval: changes of these records are looked at by others here", _asked("proposed"))
        elif action is not None and asking.slots.used(resource.name):
            found["responses"]["202"] = answer_of(_WAITS, _asked("submitted"))
        if action is not None and (asked := acts.fields_of(resource, action)):
            found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas.act(asked)}}}
        elif action is None:
            suffix = "new" if verb == "create" else "change"
            found["requestBody"] = {"required": True, "content": {"application/json": {
                "schema": {"$ref": f"#/components/schemas/{resource.name}.{suffix}"}, "example": _example(resource, verb)}}}
    return found


_WAITS = "Handed in for approval: it is done once others have agreed"


def _asked(what: str) -> dict[str, Any]:
    """The answer of what was not done but asked for: the number of the proposal or approval, and a sentence."""
    return {"type": "object", "required": [what, "detail"], "properties": {what: {"type": "integer"}, "detail": {"type": "string"}}}


def _feed() -> dict[str, Any]:
    """The feed of what happened; its records are those of many resources."""
    names = [resource.name for resource in feed.tellable()]
    integer = {"type": "integer", "minimum": 1}
    item = {"type": "object", "required": ["resource", "id", "what", "at", "change", "record"], "properties": {
        "resource": {"type": "string"}, "id": integer, "what": {"type": "string", "enum": [feed.CREATED, feed.CHANGED, feed.GONE]},
        "at": {"type": "string", "format": "date-time"}, "change": {**integer, "description": "of the act in which it was last written"},
        "record": {"type": ["object", "null"], "description": "as it is now and as you may see it; null where it is gone"},
        "public_id": _PUBLIC, "merged_into": {**integer, "description": "id of the record this one was merged into"}}}
    page = {"type": "object", "required": ["items", "next", "more", "rights"], "properties": {
        "items": {"type": "array", "items": item}, "next": {"type": "string", "description": "`after` of the next request"},
        "more": {"type": "boolean", "description": "whether to go on at once"},
        "rights": {"type": "string", "description": "another word than before: what the token may see has changed, list anew"}}}
    return {
        "operationId": "changes", "summary": str(_("What has happened since")), "tags": [],
        "parameters": [
            {"name": "after", "in": "query", "description": "`next` of the page before; `now` for a place to begin at; without it from the oldest that is kept",
             "schema": {"type": "string", "maxLength": 120}, "examples": {"now": {"value": "now"}}},
            {"name": "resource", "in": "query", "description": "only these, separated by commas", "schema": {"type": "string"},
             "examples": {name: {"value": name} for name in names[:2]}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": LIMIT, "default": 100}}],
        "responses": {"200": answer_of("A page of the feed", page), **problems_of(400, 401, 403, 404, 410, 429, 503)},
    }


def _list_parameters(resource: Any) -> list[dict[str, Any]]:
    fields = resource.fields()
    sorts = [s for name in (*fields, "id")
             for s in (name, f"-{name}")]
    found: list[dict[str, Any]] = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": LIMIT, "default": 50}},
        {"name": "after", "in": "query", "description": "`next` of the page before", "schema": {"type": "string", "maxLength": 400}},
        {"name": "sort", "in": "query", "description": "a field, or -field for the other way; several with commas in lists of at most 10,000",
         "schema": {"type": "string"}, "examples": {s: {"value": s} for s in dict.fromkeys(sorts[:4])}},
    ]
    found.append({"name": "f", "in": "query", "description": str(_("Conditions as a tree: all, any, not, a field with its operator, has of a related record. Left out: none.")),
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/conditions"}}}})
    if resource.search:
        found.append({"name": "q", "in": "query", "description": "words to look for", "schema": {"type": "string", "maxLength": 200}})
    for name in resource.filters:
        field = fields.get(name)
        for operator in field.operators if field is not None else ():
            found.append({"name": f"{name}.{operator}", "in": "query", "description": f"{field.label} {WORDS[operator]}",
                          "schema": {"type": "string"}})
    return found


def _page(reference: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next", "count", "more"],
        "properties": {
            "items": {"type": "array", "items": reference},
            "next": {"type": ["string", "null"], "description": "`after` of the next page; null on the last one"},
            "count": {"type": "integer", "description": "how many there are, counted to 1,000"},
            "more": {"type": "boolean", "description": "whether there are more than `count`"},
        },
    }


def answer_of(description: str, schema: dict[str, Any], *, etag: bool = False, location: bool = False) -> dict[str, Any]:
    headers = {name: {"schema": {"type": "string"}} for name, wanted in (("ETag", etag), ("Location", location)) if wanted}
    found: dict[str, Any] = {"description": description, "content": {"application/json": {"schema": schema}}}
    return {**found, "headers": headers} if headers else found


_SAID = {400: "No request that can be read", 401: "No valid token", 403: "Not with these rights", 404: "Not there, or not for you",
         409: "Not possible now, or somebody was faster", 410: "Merged into another record", 412: "`If-Match` is old",
         413: "Too large", 415: "Not of the type that is asked for", 416: "No such part of it", 422: "Some members cannot be taken",
         429: "Too many wrong tokens from this address", 503: "Busy; try again"}


def problems_of(*statuses: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    return {str(status): {"description": _SAID[status], "content": content} for status in statuses}


_SAMPLES: dict[str, Any] = {
    "name": "Example", "line": "Example", "note": "Text", "email": "name@example.com", "phone": "010-65001234",
    "url": "https://www.example.com", "integer": 1, "decimal": 1, "money": 123_450, "boolean": True, "date": "2026-11-23",
    "datetime": "2026-11-23T09:30:00Z", "ref": 1,
}


def _example(resource: Any, verb: str) -> dict[str, Any]:
    """Required members (one optional for a change) with values that look like what they are."""
    fields = resource.fields(writing=True)
    wanted = [n for n, f in fields.items() if f.required] or list(fields)[:1]
    if verb == "update":
        wanted = wanted[:1]
    found = {}
    for name in wanted:
        field = fields[name]
        options = [o for o in field.schema().get("enum", ()) if o is not None]
        found[name] = options[0] if options else _SAMPLES.get(field.kind, "example")
    return found
