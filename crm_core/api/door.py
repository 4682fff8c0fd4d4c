"""The door of the API: a bearer token makes the actor, whatever cookies say; everything behind it runs in his rights."""

import functools
from collections.abc import Callable
from typing import Any

import flask

from crm_core.access import tokens
from crm_core.access.ledgers import attempt
from crm_core.api import problems
from crm_core.api.problems import Unauthenticated
from crm_core.data.session import current_work, has_work
from crm_core.kernel.errors import CrmError, Missing, TooMany
from crm_core.kernel.i18n import _, in_language, known_language, language
from crm_core.kernel.site import Site

View = Callable[..., flask.Response]
FAILURES = 30  # wrong tokens from one address in ten minutes


def the_site() -> Site:
    """The site this application serves."""
    found: Site = flask.current_app.extensions["crm_site"]
    return found


def by_token(view: View) -> View:
    """Run a view as the owner of the request's token; answer 401 without one."""

    @functools.wraps(view)
    def inside(**names: Any) -> flask.Response:
        site = the_site()
        with in_language(_spoken(site)):
            try:
                bearer = _bearer(site)
            except CrmError as error:
                return problems.answer(error)
        return _run(site, bearer.actor, view, names)

    return inside


def by_anybody_known(view: View) -> View:
    """Like by_token; without an Authorization header, whoever is signed in may enter too (reading only)."""

    @functools.wraps(view)
    def inside(**names: Any) -> flask.Response:
        signed_in = current_work().actor if has_work() else None
        if "Authorization" in flask.request.headers or signed_in is None:
            return by_token(view)(**names)
        return _run(the_site(), signed_in, view, names)

    return inside


def _run(site: Site, actor: Any, view: View, names: dict[str, Any]) -> flask.Response:
    with site.work(actor), in_language(_spoken(site, actor)):
        try:
            if names.get("package") in actor.hidden:
                raise Missing(_("There is nothing at this address."))
            return problems.sealed(view(**names))
        except CrmError as error:
            return problems.answer(error)


def _bearer(site: Site) -> tokens.Bearer:
    kind, _space, secret = flask.request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Unauthenticated(_("An API token is needed: Authorization: Bearer …"))
    found = tokens.find(site, secret.strip())
    if found is None:
        # Only failures are counted: who has a good token is never kept out by a neighbour who guesses.
        wait = attempt({f"token:{flask.request.remote_addr or ''}"[:120]: FAILURES}).wait
        if wait:
            raise TooMany(_("Too many wrong tokens from your address; wait a while."), retry_after=wait)
        raise Unauthenticated(_("This token is not valid, or not any more."), given=True)
    tokens.seen(site, found)
    return found


def _spoken(site: Site, actor: Any = None) -> str:
    """What the request asks for, else the person's language, else the site's."""
    wanted = known_language(flask.request.accept_languages.best_match(["zh-CN", "zh", "en"]))
    return wanted or getattr(actor, "language", None) or (language() if has_work() else site.config.language)
