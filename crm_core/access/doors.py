"""Default deny: every route says who may enter, or the application does not start (S3).

Here and not with the pages, because the doors of the API declare themselves the same way.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import flask

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "__crm_access__"


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


def token_access(verb: str) -> Callable[[View], View]:
    """Whoever brings an API token whose owner may do this verb on the resource the address names; cookies do not count."""
    return _mark(("token", verb))


def signature_access(view: View) -> View:
    """Whoever brings a message that is signed with the secret of the address, which the view checks; cookies do not count, nor do
    tokens. For everything that asks whether a browser could be led here, it is the same as a token."""
    return _mark(("token", ""))(view)


def _mark(declared: tuple[str, str]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, _ATTRIBUTE, declared)
        return view

    return decorate


def declared(app: "flask.Flask", endpoint: str) -> tuple[str, str] | None:
    """(kind, detail) of an endpoint's declaration."""
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def check_declared(app: "flask.Flask") -> None:
    """Refuse an application with a route that says nothing of access."""
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None})
    if missing:
        raise Undeclared(f"routes without @access, @signed_in, @resource_access or @public: {', '.join(missing)}")
