"""Who may enter which page: the declarations (access/doors.py), and what is done with them before every view."""

from collections.abc import Callable
from typing import Any

import flask

from crm_core.access.doors import (
    Undeclared,
    View,
    access,
    check_declared,
    declared,
    public,
    resource_access,
    signed_in,
    token_access,
)
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web.requests import SignedIn, SignedOut

__all__ = [
    "Undeclared", "access", "body_limit", "body_limit_of", "by_token", "check_declared", "declared", "enter", "public",
    "resource_access", "signed_in", "token_access",
]
_BODY = "__crm_body__"


def body_limit(size: int | Callable[[], int | None]) -> Callable[[View], View]:
    """This route takes bodies up to `size` bytes (uploads), or what a function says at the time; others take 2 MB."""

    def decorate(view: View) -> View:
        setattr(view, _BODY, size)
        return view

    return decorate


def body_limit_of(app: flask.Flask, endpoint: str) -> int | None:
    found = getattr(app.view_functions[endpoint], _BODY, None)
    return found() if callable(found) else found


def by_token(app: flask.Flask, endpoint: str) -> bool:
    """Whether a route looks at nothing but the token a request brings; no browser attaches that by itself."""
    return (declared(app, endpoint) or ("", ""))[0] == "token"


def enter(app: flask.Flask, request: flask.Request, person: SignedIn | None) -> None:
    """Carry out the declaration of this request's route. Raises SignedOut, Forbidden or Missing; what is not known denies."""
    kind, detail = declared(app, request.endpoint or "") or ("", "")
    if kind in ("public", "token"):  # the API's own door asks for the token (api/door.py)
        return
    if person is None:
        raise SignedOut(_("Please sign in first."))
    if request.path.split("/", 2)[1] in person.actor.hidden:
        raise Missing(_("This page was not found."))
    if kind == "signed in":
        return
    if kind == "permission" and person.actor.can(detail):
        return
    if kind == "resource":
        _enter_resource(request.view_args or {}, detail)
        return
    raise Forbidden(_("Your roles do not include this."))


def _enter_resource(names: dict[str, Any], verb: str) -> None:
    """The resource an address names; one that may only be read in brief lets its readers in, the page leads them on."""
    resource = site().registry.resources.get(f"{names.get('package')}.{names.get('path')}")
    if resource is None:
        raise Missing(_("This page was not found."))
    brief = resource.brief_resource
    if resource.may(verb) or (verb == "read" and brief is not None and brief.may("read")):
        return
    raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
