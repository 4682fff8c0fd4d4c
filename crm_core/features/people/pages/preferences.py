"""Language, theme and folded menus: switched anywhere, kept with the user, for the unknown in a cookie."""

from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.wrappers import Response

from crm_core.access.models import User
from crm_core.access.rights import bump
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.data.wall import UNSCOPED
from crm_core.features.people.pages import blueprint
from crm_core.kernel.i18n import LANGUAGES
from crm_core.kernel.site import site
from crm_core.web.access import public
from crm_core.web.addresses import safe_next
from crm_core.web.requests import maybe_me, wants_json
from crm_core.web.session import LANGUAGE_COOKIE

_users = table_of(User)
_ONE_OF = {"theme": ("light", "dark", "system"), "rail": ("wide", "folded"), "keys": ("on", "off")}


@blueprint.post("/preferences")
@public("language and theme of the sign-in page; of a signed-in person his own settings")
def preferences() -> Response:
    form, found = flask.request.form, maybe_me()
    response: Response = flask.Response(status=204) if wants_json() else flask.redirect(safe_next(form.get("back")), 303)
    wishes = {name: form[name] for name, allowed in _ONE_OF.items() if form.get(name) in allowed}
    language = form.get("language") if form.get("language") in LANGUAGES else None
    fold = (form["fold"][:40], form.get("folded") == "1") if form.get("fold") else None
    if language:
        _cookie(response, LANGUAGE_COOKIE, language)
    if "theme" in wishes:
        _cookie(response, "theme", wishes["theme"])
    if found is not None and (wishes or language or fold):
        keep(found.actor.user_id, wishes, language=language, fold=fold)
    return response


def keep(user_id: int, wishes: dict[str, str], *, language: str | None = None, fold: tuple[str, bool] | None = None) -> None:
    """Write a user's own settings. They are no part of his record: no version, no history."""
    options = {UNSCOPED: "a user's own settings"}
    with writing() as db:
        row = db.execute(
            sa.select(_users.c.preferences, _users.c.language).where(_users.c.id == user_id).with_for_update(),
            execution_options=options,
        ).one()
        changed: dict[str, Any] = {**(row.preferences or {}), **wishes}
        if fold is not None:
            folds = set(changed.get("folds", ()))
            changed["folds"] = sorted(folds | {fold[0]} if fold[1] else folds - {fold[0]})[:50]
        values: dict[str, Any] = {"preferences": changed}
        if language and language != row.language:
            values["language"] = language
            bump()
        db.execute(sa.update(_users).where(_users.c.id == user_id).values(values), execution_options=options)


def _cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=365 * 86_400, secure=site().config.https, httponly=True, samesite="Lax", path="/")
