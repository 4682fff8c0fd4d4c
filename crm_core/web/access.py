"""Default deny: every route says who may enter, or the application does not start (S3)."""

from collections.abc import Callable
from typing import Any, TypeVar

import flask

from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web.requests import SignedIn, SignedOut

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "__crm_access__"
_BODY = "__crm_body__"


class Undeclared(RuntimeError):
    """A route lacks its declaration of access."""


def public(reason: str) -> Callable[[View], View]:
    """Anybody may enter; `reason` stands in the reviewed list of public routes."""
    return _mark(("public", reason))


def signed_in(view: View) -> View:
    """Whoever is signed in may enter; what he sees is decided by his rights on the records."""
    return _mark(("signed in", ""))(view)


def access(permission: str) -> Callable[[View], View]:
    """Whoever has this permission, on whatever rows."""
    return _mark(("permission", permission))


def resource_access(verb: str) -> Callable[[View], View]:
    """Whoever may do this verb on the resource the address names (`<package>/<path>`)."""
    return _mark(("resource", verb))


def body_limit(size: int) -> Callable[[View], View]:
    """This route takes bodies up to `size` bytes (uploads); others take 2 MB."""

    def decorate(view: View) -> View:
        setattr(view, _BODY, size)
        return view

    return decorate


def body_limit_of(app: flask.Flask, endpoint: str) -> int | None:
    return getattr(app.view_functions[endpoint], _BODY, None)


def _mark(declared: tuple[str, str]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, _ATTRIBUTE, declared)
        return view

    return decorate


def declared(app: flask.Flask, endpoint: str) -> tuple[str, str] | None:
    """(kind, detail) of an endpoint's declaration."""
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def check_declared(app: flask.Flask) -> None:
    """Refuse an application with a route that says nothing of access."""
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None})
    if missing:
        raise Undeclared(f"routes without @access, @signed_in, @resource_access or @public: {', '.join(missing)}")


def enter(app: flask.Flask, request: flask.Request, person: SignedIn | None) -> None:
    """Carry out the declaration of this request's route. Raises SignedOut, Forbidden or Missing; what is not known denies."""
    kind, detail = declared(app, request.endpoint or "") or ("", "")
    if kind == "public":
        return
    if person is None:
        raise SignedOut(_("Please sign in first."))
    if kind == "signed in":
        return
    if kind == "permission" and person.actor.can(detail):
        return
    if kind == "resource":
        args = request.view_args or {}
        resource = site().registry.resources.get(f"{args.get('package')}.{args.get('path')}")
        if resource is None:
            raise Missing(_("This page was not found."))
        if resource.may(detail):
            return
    raise Forbidden(_("Your roles do not include this."))
