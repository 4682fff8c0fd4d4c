"""Sign in and out."""

from typing import Any

import flask
from werkzeug.wrappers import Response

from crm_core.access import ledgers
from crm_core.features.people.pages import blueprint
from crm_core.features.people.services import accounts, signin
from crm_core.features.people.services.signin import WrongPassword
from crm_core.kernel.errors import TooMany
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web import csrf, session
from crm_core.web.access import public, signed_in
from crm_core.web.requests import address, maybe_me, me
from crm_core.web.urls import safe_path
from crm_core.web.viewmodels import AuthPage, SignInPage

DEVICE = "device"
_DONE = {"reset": _("Your new password is set. Sign in with it."), "out": _("You are signed out.")}


@blueprint.get("/sign-in")
@public("whoever wants to sign in")
def sign_in() -> Response | str:
    if maybe_me() is not None:
        return flask.redirect(safe_path(flask.request.args.get("next", "")), 303)
    if not accounts.anybody():
        text = _("Nobody has an account here yet. Open the link that was printed when the site was made; crm init --new-link prints another.")
        return flask.render_template("setup.html", page=AuthPage(_("Welcome"), text, "", (), ""))
    return _page(info=_DONE.get(flask.request.args.get("done", ""), ""))


@blueprint.post("/sign-in")
@public("whoever wants to sign in")
def sign_in_post() -> Response:
    form, where = flask.request.form, address()
    name, stay = form.get("name", "")[:254].strip(), form.get("stay") == "1"
    try:
        account = signin.sign_in(
            name, form.get("password", ""), address=where, device=flask.request.cookies.get(csrf.cookie_name(DEVICE), "")
        )
    except TooMany as error:
        page = flask.make_response(_page(name=name, error=error.message), 429)
        page.headers["Retry-After"] = str(error.details["retry_after"])
        return page
    except WrongPassword as error:
        left = error.details["left"]
        sentence = _("Account or password is wrong; %(n)s tries left.", n=left) if left else _("Account or password is wrong.")
        return flask.make_response(_page(name=name, error=sentence), 422)
    secret = session.begin(site(), account.id, account.password_hash, stay=stay)
    response = flask.redirect(safe_path(form.get("next", "")), 303)
    session.set_cookie(site(), response, secret, stay=stay)
    response.set_cookie(
        csrf.cookie_name(DEVICE), signin.device_mark(account.id), max_age=180 * 86_400, secure=site().config.https,
        httponly=True, samesite="Lax", path="/",
    )
    return response


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    found = me()
    session.end(site(), session_id=found.session_id)
    ledgers.note("signed out", found.actor.user_id, address=address())
    response = flask.redirect(flask.url_for("people.sign_in", done="out"), 303)
    session.clear_cookie(site(), response)
    return response


def _page(*, name: str = "", error: Any = "", info: Any = "") -> str:
    page = SignInPage(
        action=flask.url_for("people.sign_in_post"), name=name, error=error, info=info,
        next=safe_path(flask.request.values.get("next", "")), reset_url=flask.url_for("people.forgotten"),
        stay_days=session.STAY.days, contact=_("No account? Ask your administrator."),
    )
    return flask.render_template("sign_in.html", page=page)
