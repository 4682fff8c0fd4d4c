"""Files for programs: those of a record, their versions, their bytes. The door is the API's own; what is taken and who may put it
there say services.py, as for pages. What a file is called and that it goes into the recycle bin is `core/attachment` itself."""

from collections.abc import Callable
from typing import Any

import flask

from crm_core.api import openapi, represent
from crm_core.api.openapi import MATCH, ONCE, Extra, answer_of, problems_of
from crm_core.api.problems import Stale, WrongType
from crm_core.api.routes import (
    ITEM,
    answered,
    expected,
    gone,
    request_key,
    resource_at,
    route,
    told,
    with_stale,
    written,
)
from crm_core.features.files import pages, services
from crm_core.features.files.models import LABELS
from crm_core.kernel.errors import BadRequest, Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource.once import Answer
from crm_core.text.numbers import whole

FILE = "/core/attachment/<int:row_id>"
HOME = "/api/v1/core/attachment"


@route(f"{ITEM}/files", "GET", "read")
def files(package: str, path: str, row_id: int) -> flask.Response:
    """The files on a record, oldest first."""
    holder = services.holder_of(resource_at(package, path, "read").name)
    if not holder.sees(row_id):
        raise gone(holder, row_id)
    return told({"items": represent.items(_files("read"), [row.id for row in services.on(holder.name, [row_id])])})


@route(f"{ITEM}/files", "POST", "update")
def put_file(package: str, path: str, row_id: int) -> flask.Response:
    """Put a file on a record; its address is in Location."""
    holder, mine = services.holder_of(resource_at(package, path).name), _files("update")
    if not actor().can(f"{holder.name}.update"):
        raise _forbidden(holder, "update")
    try:
        holder.may_hold(row_id)
    except Missing:
        raise _forbidden(holder, "update") if holder.sees(row_id) else gone(holder, row_id) from None
    key, one = request_key() or "", _sent()
    made = _keyed(lambda: services.put(holder.name, row_id, one.filename, one.stream, key=key))
    return _made(mine, made.id, made.again)


@route(f"{FILE}/versions", "GET", "read")
def versions(row_id: int) -> flask.Response:
    """All versions of a file, newest first; `counts` says which one is the file's contents now."""
    _files("read")
    row = services.readable(row_id)
    return told({"items": [
        {"number": v.number, "name": v.name, "kind": str(v.kind), "media": v.media, "size": v.size, "sha256": v.digest, "made_at": v.made_at.isoformat().replace("+00:00", "Z"),
         "made_by": v.made_by_id, "counts": v.id == row.content_id} for v in services.versions(row_id)]})


@route(f"{FILE}/versions", "POST", "update")
def put_version(row_id: int) -> flask.Response:
    """A new version of a file, which counts from now on; the earlier ones are kept."""
    mine, key = _files("update"), request_key() or ""
    try:
        version = expected(mine, row_id, "update")
    except Stale:
        if not key:
            raise
        version = 0  # no version is that one: only what was sent before under this key is answered
    one = _sent()
    again = with_stale(lambda: _keyed(lambda: services.put_version(row_id, one.filename, one.stream, version=version, key=key)))[1] is None
    return _made(mine, row_id, again)


@route(f"{FILE}/content", "GET", "read")
def content(row_id: int) -> flask.Response:
    """The bytes; `?version=2` for those of an older version. `Range` is understood."""
    _files("read")
    asked = flask.request.args.get("version")
    number = None if asked is None else whole(asked, 2**31 - 1)
    if asked is not None and number is None:
        raise BadRequest(_("A version is a number."))
    return pages.answer(row_id, number)


def _files(verb: str) -> Any:
    """The resource of files, on which the token may do this: it speaks of files by themselves. Raises Forbidden."""
    found = site().registry.resource(services.NAME)
    if not found.may(verb):
        raise _forbidden(found, verb)
    return found


def _forbidden(resource: Any, verb: str) -> Forbidden:
    return Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.{verb}"))


def _sent() -> Any:
    """The one file of this request. Raises TooLarge, WrongType, Invalid."""
    flask.request.max_content_length = pages.limit()
    if flask.request.mimetype != "multipart/form-data":
        raise WrongType(_("The body must be multipart/form-data with the part “file”."))
    found = pages.sent()
    if len(found) > 1:
        raise Invalid({"file": [_("One file a request.")]})
    return found[0]


def _keyed(put: Callable[[], Any]) -> Any:
    try:
        return put()
    except services.KeyUsed:
        raise Invalid({}, _("This key was used for another request already.")) from None


def _made(mine: Any, file_id: int, again: bool) -> flask.Response:
    answer = written(mine, file_id, 201)
    return answered(Answer(201, answer.body, {**answer.headers, "Location": f"{HOME}/{file_id}"}, again=again))


# --- what the document says ----------------------------------------------------------------------------------------------

_BODY = {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary", "description": "with its name"}}}}}}
_VERSION = {
    "type": "object", "required": ["number", "name", "kind", "media", "size", "sha256", "made_at", "made_by", "counts"],
    "properties": {
        "number": {"type": "integer"}, "name": {"type": "string"}, "kind": {"type": "string", "enum": list(LABELS)}, "media": {"type": "string"},
        "size": {"type": "integer"}, "sha256": {"type": "string"}, "made_at": {"type": "string", "format": "date-time"},
        "made_by": {"type": ["integer", "null"]}, "counts": {"type": "boolean"}},
}
_READING, _SENDING = (401, 403, 404, 410, 429, 503), (400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 503)


def _list_of(schema: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": schema}}}


def _operation(name: str, words: Any, resource: Any, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": f"{resource.name}.{name}", "summary": str(words), "tags": [resource.name], "responses": responses, **more}


def _file() -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    return {"anyOf": [{"$ref": f"#/components/schemas/{services.NAME}"}, made]} if _may("read") else made


def _may(verb: str) -> bool:
    return bool(site().registry.resource(services.NAME).may(verb))


def _is_file(resource: Any) -> bool:
    return bool(resource.name == services.NAME)


def _sending(name: str, words: Any, resource: Any, *parameters: Any) -> dict[str, Any]:
    return _operation(name, words, resource, {"201": answer_of("The file as it is now", _file(), etag=True, location=True), **problems_of(*_SENDING)},
                      requestBody=_BODY, parameters=list(parameters))


openapi.extras += [
    Extra("files", "get", lambda r: r.holds_files, lambda r: r.may("read") and _may("read"), lambda r: _operation(
        "files", _("The files on a record"), r,
        {"200": answer_of("All of them", _list_of({"$ref": f"#/components/schemas/{services.NAME}"})), **problems_of(*_READING)})),
    Extra("files", "post", lambda r: r.holds_files, lambda r: actor().can(f"{r.name}.update") and _may("update"),
          lambda r: _sending("put_file", _("Put a file on a record"), r, ONCE)),
    Extra("versions", "get", _is_file, lambda r: r.may("read"), lambda r: _operation(
        "versions", _("All versions of a file"), r, {"200": answer_of("All of them", _list_of(_VERSION)), **problems_of(*_READING)})),
    Extra("versions", "post", _is_file, lambda r: r.may("update"), lambda r: _sending("put_version", _("A new version of a file"), r, ONCE, MATCH)),
    Extra("content", "get", _is_file, lambda r: r.may("read"), lambda r: _operation(
        "content", _("The bytes of a file"), r,
        {"200": {"description": "The bytes", "content": {"*/*": {}}}, "206": {"description": "The part that `Range` asks for", "content": {"*/*": {}}},
         "304": {"description": "Not changed"}, **problems_of(400, *_READING, 416)},
        parameters=[{"name": "version", "in": "query", "description": str(_("an older version; without it, the one that counts")),
                     "schema": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}}])),
]
