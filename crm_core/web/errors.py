"""Errors as pages: what happened, what is safe, what to do; never a trace, never a word of the fault itself (S21)."""

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

import flask
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from crm_core.access import ledgers
from crm_core.kernel.errors import CrmError, TooMany
from crm_core.kernel.i18n import _
from crm_core.kernel.lease import describe
from crm_core.kernel.outages import is_full, is_outage, is_slow
from crm_core.web.requests import SignedOut, address, maybe_me, wants_json
from crm_core.web.urls import safe_path
from crm_core.web.viewmodels import ErrorPage

log = logging.getLogger("crm.web")

# A status without a page of its own is drawn as 400.
_TEXTS: dict[int, tuple[Any, Any]] = {
    400: (_("This request makes no sense"), _("The address or the form is not what this page expects. Go back and try once more.")),
    401: (_("Please sign in first"), _("Your session has ended.")),
    403: (_("You may not do this"), _("Your roles do not include it. An administrator can change that.")),
    404: (_("This page was not found"), _("It does not exist, or it is not for you to see.")),
    405: (_("This request makes no sense"), _("The address or the form is not what this page expects. Go back and try once more.")),
    409: (_("This is not possible now"), ""),
    413: (_("This is too big"), _("What was sent is bigger than this page takes.")),
    422: (_("Something is missing or wrong"), ""),
    429: (_("Too many attempts"), _("Please wait a while and try again.")),
    503: (_("The house is closed for a moment"), _("It is being started or updated. Try again in a minute.")),
    507: (_("The disk of the server is full"), _("Everything saved before can be read. An administrator has to make room.")),
}


def answer(status: int, message: Any = "", *, title: Any = "", number: str = "", headers: Any = ()) -> flask.Response:
    """The page (or, for a script, JSON) of an error."""
    heading, text = _TEXTS.get(status, _TEXTS[400])
    if wants_json():
        response = flask.jsonify({"error": str(message or heading), **({"number": number} if number else {})})
    else:
        if status == 404 and message and not title:  # what is missing is the heading, the general sentence stands below it
            title, message = str(message).rstrip("。."), ""
        page = ErrorPage(title=title or heading, text=message or text, **_advice(status, number))
        template = {404: "not_found.html", 403: "denied.html"}.get(status, "error.html")
        response = flask.make_response(flask.render_template(template, page=page))
    response.status_code = status
    for name, value in headers:
        response.headers[name] = value
    return response


def _advice(status: int, number: str) -> dict[str, Any]:
    if status == 403:
        return {"icon": "lock", "colour": "amber", "todo": _("Ask an administrator for the right you need.")}
    if status == 404:
        return {"icon": "file-unknown", "colour": ""}
    if status >= 500:
        again = flask.request.full_path.rstrip("?") if flask.request.method == "GET" else ""
        return {
            "number": number,
            "safe": _("What was saved before is kept; what you just sent may not have been."),
            "todo": _("Try again. If you were filling a form, go back: what you typed is still there."),
            "ask": _("Tell an administrator this number:") if number else "",
            "retry_url": again,
        }
    where = urlsplit(flask.request.referrer or "")
    back = safe_path(f"{where.path}?{where.query}".rstrip("?")) if where.netloc == flask.request.host else ""
    here = flask.request.full_path.rstrip("?") if flask.request.method == "GET" else ""
    found = {"icon": "alert-triangle", "back_url": back if back not in ("/", here) else ""}
    if status == 413:
        found |= {"safe": _("Nothing of it was taken, and nothing else has changed."), "todo": _("Send less at once: a smaller file, or one file in several parts.")}
    return found


def note_refusal(response: flask.Response) -> flask.Response:
    """After the view: who tried to do what he may not do stands in the security events. Never the address, links are secrets."""
    found, request = maybe_me(), flask.request
    if response.status_code == 403 and found is not None and request.method not in ("GET", "HEAD", "OPTIONS"):
        names = {k: v for k, v in (request.view_args or {}).items() if isinstance(v, int) or k in ("package", "path", "action")}
        what = " ".join(str(v) for v in names.values())
        ledgers.note("refused", found.actor.user_id, f"{request.endpoint} {what}".strip(), address())
    return response


def register(app: flask.Flask) -> None:
    """Put the handlers on the application; the API's own, on its blueprint, come before them."""
    app.after_request(note_refusal)
    app.register_error_handler(CrmError, _crm)
    app.register_error_handler(HTTPException, _http)


def _crm(error: CrmError) -> AnyResponse:
    if isinstance(error, SignedOut):
        return signed_out()
    headers = [("Retry-After", str(error.details.get("retry_after", 60)))] if isinstance(error, TooMany) else []
    return answer(error.status, error.message, headers=headers)


def _http(error: HTTPException) -> AnyResponse:
    if error.response is not None or (error.code or 500) < 400:  # redirects, and answers that were made already
        return error.get_response()
    number = ""
    if isinstance(error, InternalServerError):
        number = secrets.token_hex(4)
        log.error("error %s", number)  # the trace stands just above, written by log_exception
    code = error.code or 500
    found = answer(code, number=number) if code < 500 or code == 503 else _broken(number)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            found.headers[name] = value
    return found


def outage(error: Exception) -> flask.Response | None:
    """The page for a database that is away, busy or full; None when that is not what went wrong."""
    if is_full(error):
        log.error("no room: %s", describe(error))
        return answer(507)
    if not (is_outage(error) or is_slow(error)):
        return None
    log.warning("the database is away or busy: %s", describe(error))
    flask.g.signed_in = None  # the frame would ask the database
    text = _("The database does not answer just now. Try again in a moment.")
    return answer(503, text, headers=[("Retry-After", "5")])


def _broken(number: str) -> flask.Response:
    """The page of a fault. When even that cannot be drawn, a bare sentence."""
    flask.g.broken = True
    try:
        return answer(500, title=_("Something went wrong on our side"), message=_("It has been written down."), number=number)
    except Exception:
        log.exception("the page of error %s could not be drawn", number)
        return flask.Response(f"Something went wrong. Number {number}.", 500, mimetype="text/plain")


def signed_out() -> AnyResponse:
    """A page leads to the sign-in page and back again; a script or a form gets 401 and leads there itself."""
    request = flask.request
    if request.method in ("GET", "HEAD") and not wants_json() and "HX-Request" not in request.headers:
        wanted = request.full_path.rstrip("?")
        return flask.redirect(flask.url_for("people.sign_in", next=wanted if wanted != "/" else None), 303)
    return answer(401)
