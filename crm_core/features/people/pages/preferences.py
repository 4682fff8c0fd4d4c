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
from crm_core.web import settings
from crm_core.web.access import public
from crm_core.web.requests import maybe_me, wants_json
from crm_core.web.session import LANGUAGE_COOKIE
from crm_core.web.urls import safe_path

_users = table_of(User)


@blueprint.post("/preferences")
@public("language and theme of the sign-in page; of a signed-in person his own settings")
def preferences() -> Response:
    form, found = flask.request.form, maybe_me()
    response: Response = flask.Response(status=204) if wants_json() else flask.redirect(safe_path(form.get("back", "")), 303)
    language = form.get("language", "") if form.get("language") in LANGUAGES else ""
    if language:
        _cookie(response, LANGUAGE_COOKIE, language)
    if form.get("theme") in ("light", "dark", "system"):
        _cookie(response, "theme", form["theme"])
    if found is not None:
        if any(name in form for name in ("theme", "rail", "fold", "keys")):
            settings.keep(_take)
        if language and language != found.actor.language:
            set_language(found.actor.user_id, language)
    return response


def _take(kept: dict[str, Any]) -> None:
    """What of a form is a setting of one's own screens."""
    form = flask.request.form
    if form.get("theme") in ("light", "dark", "system"):
        kept["theme"] = form["theme"]
    if form.get("rail") in ("wide", "folded"):
        kept["rail_folded"] = form["rail"] == "folded"
    if form.get("keys") in ("on", "off"):
        kept["keys_off"] = form["keys"] == "off"
    if form.get("fold"):
        folds = set(kept.get("folded") or ())
        fold = {form["fold"][:40]}
        kept["folded"] = sorted(folds | fold if form.get("folded") == "1" else folds - fold)[:50]


def set_language(user_id: int, language: str) -> None:
    """Switch a user's language: for pages, mails and everything else that is said to him."""
    with writing() as db:
        statement = sa.update(_users).where(_users.c.id == user_id).values(language=language)
        db.execute(statement, execution_options={UNSCOPED: "a user's own language"})
        bump()


def _cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=365 * 86_400, secure=site().config.https, httponly=True, samesite="Lax", path="/")
