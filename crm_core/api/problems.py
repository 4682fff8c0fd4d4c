"""Errors as RFC 9457 problems: the one place where the API turns an exception into an answer."""

import json
import logging
import secrets
import traceback
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.exceptions import HTTPException, NotFound

from crm_core.kernel.errors import Conflict, CrmError, InHand, Invalid, TooMany
from crm_core.kernel.i18n import _
from crm_core.kernel.lease import describe
from crm_core.kernel.outages import is_full, is_outage, is_slow
from crm_core.resource.stream import Gone

MIME = "application/problem+json"
_KIND = "urn:tangram-crm:"
_KINDS = {
    400: "bad-request", 401: "unauthenticated", 403: "forbidden", 404: "missing", 405: "method", 409: "refused", 410: "merged",
    412: "stale", 413: "too-large", 415: "media-type", 416: "range", 422: "invalid", 428: "precondition", 429: "too-many", 503: "busy",
}
log = logging.getLogger("crm.api")


class Unauthenticated(CrmError):
    """No token, or one that is not good any more."""

    status = 401


class WrongMethod(CrmError):
    """The resource does not do this at all; `details["allow"]` names what it does."""

    status = 405


class Merged(CrmError):
    """The record went into another one: `details["merged_into"]`."""

    status = 410


class Stale(Conflict):
    """`If-Match` names a version that is not the present one."""

    status = 412


class WrongType(CrmError):
    """The body is not of the type that is asked for."""

    status = 415


def answer(error: CrmError) -> flask.Response:
    """The problem of one of our own errors, in the reader's language."""
    extra: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, Invalid):
        extra["errors"] = list(faults(error))
    for name in ("id", "version", "merged_into"):
        if name in error.details:
            extra[name] = error.details[name]
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="crm"' + (', error="invalid_token"' if error.details.get("given") else "")
    if isinstance(error, WrongMethod):
        headers["Allow"] = ", ".join(error.details["allow"])
    if isinstance(error, TooMany | InHand):
        headers["Retry-After"] = str(int(error.details.get("retry_after", 60)))
    kind = "conflict" if isinstance(error, Conflict) and error.status == 409 else "in-hand" if isinstance(error, InHand) else "expired" if isinstance(error, Gone) else ""
    return problem(error.status, str(error.message), kind, extra, headers)


def problem(
    status: int, detail: str = "", kind: str = "", extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> flask.Response:
    """A problem document. `detail` is a sentence for the person at the other end."""
    found: dict[str, Any] = {
        "type": _KIND + (kind or _KINDS.get(status, "error")), "title": HTTPStatus(status).phrase, "status": status,
    }
    if detail:
        found["detail"] = detail
    found.update(extra or {})
    made = flask.Response(json.dumps(found, ensure_ascii=False), status, mimetype=MIME)
    for name, value in (headers or {}).items():
        made.headers[name] = value
    return sealed(made)


def sealed(response: flask.Response) -> flask.Response:
    """Nobody keeps an answer, nobody takes it for something else."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def faults(error: Invalid) -> Iterator[dict[str, str]]:
    """Each fault with a JSON pointer to its member; those of nested lines point into their row."""
    lines: Mapping[str, Mapping[Any, Mapping[str, Iterable[Any]]]] = error.details.get("lines", {})
    for name, rows in lines.items():
        for position, fields in rows.items():
            for field, messages in fields.items():
                for message in messages:
                    yield {"pointer": f"#/{_step(name)}/{position}/{_step(field)}", "detail": str(message)}
    for name, messages in error.fields.items():
        if name not in lines:
            for message in messages:
                yield {"pointer": f"#/{_step(name)}", "detail": str(message)}


def _step(name: str) -> str:
    return str(name)[:80].replace("~", "~0").replace("/", "~1")


def install(blueprint: flask.Blueprint) -> None:
    """Every way out of the API is a problem: what a view raises, and addresses below /api that lead nowhere."""
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(sa.exc.IntegrityError, _integrity)
    blueprint.register_error_handler(Exception, _unknown)
    blueprint.before_app_request(_astray)


def _astray() -> flask.Response | None:
    error = flask.request.routing_exception
    if error is None or not flask.request.path.startswith("/api/"):
        return None
    if error.code is not None and error.code >= 400:
        return _http(error)
    return _http(NotFound())


def _http(error: HTTPException) -> flask.Response:
    lost = error.code == 404
    made = problem(error.code or 500, str(_("There is nothing at this address.") if lost else error.description or ""))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            made.headers[name] = value
    return made


def _integrity(error: sa.exc.IntegrityError) -> flask.Response:
    """Two wrote at the same moment and only one of them could have it: a unique key, or a record that was just deleted."""
    log.info("integrity: %s", describe(error))
    return problem(409, str(_("Somebody else was faster; look again and try once more.")), "conflict")


def _unknown(error: Exception) -> flask.Response:
    if is_full(error):
        log.error("full: %s", describe(error))
        return problem(507, str(_("The disk of the server is full; nothing was saved.")))
    if is_outage(error) or is_slow(error):
        log.warning("busy: %s", describe(error))
        return problem(503, str(_("The database is busy; please try again.")), headers={"Retry-After": "2"})
    number = secrets.token_hex(6)
    # Frames without the message of the exception: it may carry values that do not belong in a log (S21).
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("error %s: %s\n%s", number, describe(error), frames)
    return problem(500, str(_("Something went wrong here. The administrator finds it under number %(id)s.", id=number)), "error", {"id": number})
