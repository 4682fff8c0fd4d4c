"""Forgotten, reset and changed passwords."""

import datetime as dt
from typing import Any

import flask
from werkzeug.wrappers import Response

from crm_core.access import ledgers
from crm_core.data.session import writing
from crm_core.features.people.events import PasswordResetAsked
from crm_core.features.people.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm, drawn
from crm_core.features.people.pages import blueprint
from crm_core.features.people.services import accounts, signin
from crm_core.kernel.errors import Invalid, TooMany
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _
from crm_core.kernel.keys import digest
from crm_core.kernel.outbound import can_mail
from crm_core.kernel.site import site
from crm_core.text.clean import fold
from crm_core.web import bulk, session
from crm_core.web.access import public, signed_in
from crm_core.web.requests import address, me
from crm_core.web.viewmodels import Act, AuthPage, Crumb

HOUR = dt.timedelta(hours=1)
ASKED_FOR_ONE, ASKED_FROM_ONE = 3, 20


@blueprint.route("/password/forgotten", methods=["GET", "POST"])
@public("whoever forgot his password")
def forgotten() -> Response | str:
    form = ForgottenForm(flask.request.form)
    back = Act(_("Back to sign-in"), flask.url_for("people.sign_in"))
    if not can_mail():
        text = _("This site sends no mail. Ask an administrator for a link to set a new password.")
        return _outer("reset_request.html", AuthPage(_("Forgot the password"), text, "", (), "", back=back))
    if flask.request.method == "POST" and form.validate():
        _ask(form.name.data.strip())
        sent = _("If there is such an account with a mail address, a link is on its way. It works for one hour.")
        return _outer("reset_request.html", AuthPage(_("Forgot the password"), "", "", (), "", info=sent, back=back))
    page = AuthPage(
        _("Forgot the password"), _("We send you a link with which you set a new one."), flask.url_for("people.forgotten"),
        drawn(form), _("Send the link"), back=back,
    )
    return _answer("reset_request.html", page, form)


def _ask(name: str) -> None:
    """Count, then put the mail into the outbox; what it takes and what it says is the same for names nobody has."""
    limits = {f"reset:{digest(fold(name))[:32]}": ASKED_FOR_ONE, f"reset-from:{signin.network(address())}": ASKED_FROM_ONE}
    tried = ledgers.attempt(limits, HOUR)
    if tried.wait:
        raise TooMany(_("Too many attempts. Try again in %(n)s minutes.", n=-(-tried.wait // 60)), retry_after=tried.wait)
    account = signin.find(name)
    with writing():
        ledgers.note("reset asked", account.id if account else None)
        if account is not None and account.email and account.active:
            emit(PasswordResetAsked((account.id,)))


@blueprint.route("/password/reset/<secret>", methods=["GET", "POST"])
@public("whoever holds a link that works once")
def reset(secret: str) -> Response | str:
    form, faults = NewPasswordForm(flask.request.form), {}
    if ledgers.find_link(accounts.RESET, secret) is None:
        ask = Act(_("Ask for a new link"), flask.url_for("people.forgotten"))
        dead = AuthPage(_("This link no longer works"), _("This link was used already, or it is too old. Ask for a new one."), "", (), "", back=ask)
        return flask.make_response(_outer("reset.html", dead), 404)
    if flask.request.method == "POST" and form.validate():
        try:
            accounts.reset(secret, form.password.data)
            return flask.redirect(flask.url_for("people.sign_in", done="reset"), 303)
        except Invalid as bad:
            faults = bad.fields
    page = AuthPage(
        _("Set a new password"), _("Whoever is signed in as you will be signed out."),
        flask.url_for("people.reset", secret=secret), drawn(form, faults), _("Set the password"),
    )
    return _answer("reset.html", page, form)


@blueprint.route("/me/password", methods=["GET", "POST"])
@signed_in
def change_password() -> Response | str:
    form, faults, found = ChangePasswordForm(flask.request.form), {}, me()
    if flask.request.method == "POST" and form.validate():
        try:
            made = accounts.change(found.actor.user_id, form.old.data, form.password.data)
        except Invalid as bad:
            faults = bad.fields
        else:
            secret = session.renew(site(), found.session_id, made)
            bulk.say_undo(_("Your password is changed; other devices are signed out."), None)
            response = flask.redirect(flask.url_for("people.account"), 303)
            session.set_cookie(site(), response, secret, stay=found.stay)
            return response
    page = AuthPage(
        _("Change password"), _("Other devices on which you are signed in will be signed out."),
        flask.url_for("people.change_password"), drawn(form, faults), _("Change password"),
        crumbs=(Crumb(_("My account"), flask.url_for("people.account")),),
    )
    return _answer("password.html", page, form)


def _answer(template: str, page: AuthPage, form: Any) -> Response | str:
    text = _outer(template, page)
    return flask.make_response(text, 422) if flask.request.method == "POST" else text


def _outer(template: str, page: AuthPage) -> str:
    return flask.render_template(template, page=page)
