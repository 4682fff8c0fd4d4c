"""Forms from our own pages only: a token bound to the session, and what browsers say of where a request comes from (S15).

Every unsafe method needs both, whatever the route; there is no way to exempt one. Parts of the address space that never
look at cookies (the API) are not asked, since nothing is attached to their requests by a browser on its own.
"""

from typing import Any
from urllib.parse import urlsplit

import flask
from wtforms import Form, ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField

from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.keys import token as new_secret
from crm_core.kernel.site import site
from crm_core.web.requests import maybe_me

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
PRE = "pre"  # the cookie a form is bound to while nobody is signed in


class Forged(CrmError):
    """The request does not come from one of our pages, or from one that was made for another session."""

    status = 403


def token() -> str:
    """The token for forms of this request's session; it lives as long as the session does."""
    bound = _bound_to(make=True)
    known: dict[str, str] = flask.g.setdefault("csrf_tokens", {})  # a page has a dozen forms
    if bound not in known:
        known[bound] = site().keys.sign("csrf", bound)
    return known[bound]


def valid(given: str) -> bool:
    """Whether a token belongs to this request's session."""
    bound = _bound_to(make=False)
    return bool(bound and given) and site().keys.verify("csrf", bound, given)


def _bound_to(*, make: bool) -> str:
    found = maybe_me()
    if found is not None:
        return f"session:{found.digest}"
    secret = flask.g.get("pre_session") or flask.request.cookies.get(cookie_name(PRE), "")
    if not 20 <= len(secret) <= 100:
        if not make:
            return ""
        secret = flask.g.pre_session = new_secret()
    return f"before:{secret}"


def cookie_name(name: str) -> str:
    """`__Host-` ties a cookie to this very host over https; a trial over plain http must do without."""
    return f"__Host-{name}" if site().config.https else name


def give_pre_session(response: flask.Response) -> flask.Response:
    """Set the cookie that a form of this answer was bound to."""
    made = flask.g.get("pre_session")
    if made and made != flask.request.cookies.get(cookie_name(PRE)):
        response.set_cookie(cookie_name(PRE), made, secure=site().config.https, httponly=True, samesite="Lax", path="/")
    return response


def check() -> None:
    """Refuse an unsafe request that is not from our own pages. Raises Forged."""
    request = flask.request
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forged(_("This request came from another site and was not carried out."))
    origin = request.headers.get("Origin")
    ours = {request.host.lower(), urlsplit(site().config.url).netloc.lower()}  # a proxy may leave out the port
    if origin is not None and urlsplit(origin).netloc.lower() not in ours:
        raise Forged(_("This request came from another site and was not carried out."))
    if not valid(request.headers.get(HEADER) or request.form.get(FIELD, "")):
        raise Forged(_("This page is from an earlier session. Load it again, then send the form once more."))


class SessionCSRF(CSRF):  # type: ignore[misc]
    """The same token for WTForms."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return token()

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:
        if not valid(field.data or ""):
            raise ValidationError(str(_("This page is from an earlier session. Load it again, then send the form once more.")))


class BaseForm(Form):  # type: ignore[misc]
    """Base of every WTForms form."""

    class Meta:
        csrf = True
        csrf_class = SessionCSRF
        csrf_field_name = FIELD
