"""Who asks: the person of a request, and where he came from. Filled by web/session.py before anything else runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import flask

from crm_core.access.actor import Actor
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _


class SignedOut(CrmError):
    """Nobody is signed in, and somebody must be."""

    status = 401


@dataclass(frozen=True)
class SignedIn:
    """Somebody who is signed in: what the session row and the user's row say of him at this moment. Flask-Login's user."""

    actor: Actor
    session_id: int
    digest: str
    stay: bool = False
    proved: bool = False  # gave his password within the last ten minutes
    preferences: Mapping[str, Any] = field(default_factory=dict)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.actor.user_id)


def maybe_me() -> SignedIn | None:
    """The signed-in person of this request, or None."""
    return flask.g.get("signed_in") if flask.has_request_context() else None


def me() -> SignedIn:
    """The signed-in person; raises SignedOut where there is none."""
    found = maybe_me()
    if found is None:
        raise SignedOut(_("Please sign in first."))
    return found


def wants_json() -> bool:
    """Whether a script asks that reads JSON rather than a page."""
    accept = flask.request.accept_mimetypes
    return accept.best_match(["text/html", "application/json"]) == "application/json"


def address() -> str:
    """Where the request came from; behind proxies only the configured number of hops is believed."""
    return (flask.request.remote_addr or "")[:60]
