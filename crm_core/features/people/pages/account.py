"""My account: the few facts one changes oneself, where one is signed in, and the password asked once more."""

from typing import Any

import flask
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from crm_core.access import ledgers
from crm_core.access.delegation import ProofNeeded
from crm_core.features.people.pages import blueprint
from crm_core.features.people.services import accounts, own, signin
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import site
from crm_core.resource.show import full_moment, show_moment
from crm_core.text.numbers import whole
from crm_core.web import bulk, controls, frame, session, settings
from crm_core.web.access import by_token, signed_in
from crm_core.web.csrf import FIELD
from crm_core.web.requests import address, me
from crm_core.web.viewmodels import Act, AuthPage, Choice, FormField

PROOF = "proof_password"
_THEMES = (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))


def menu_entry() -> Act:
    """In the person's menu."""
    return Act(_("My account"), flask.url_for("people.account"), "user")


@blueprint.route("/me", methods=["GET", "POST"])
@signed_in
def account() -> Response | str:
    found, faults = me(), {}
    texts: dict[str, str] = {}
    if flask.request.method == "POST":
        texts = {name: flask.request.form.get(name, "") for name in own.FIELDS}
        try:
            own.save(found.actor.user_id, texts)
        except Invalid as bad:
            faults = bad.fields
        else:
            theme = flask.request.form.get("theme")
            if theme in dict(_THEMES):
                settings.keep(lambda kept: kept.update(theme=theme))
            bulk.say_undo(_("Saved"), None)
            return flask.redirect(flask.url_for("people.account"), 303)
    text = flask.render_template("people/account.html", **_context(found, texts, faults))
    return flask.make_response(text, 422) if faults else text


def _context(found: Any, texts: dict[str, str], faults: dict[str, Any]) -> dict[str, Any]:
    facts, fields = own.facts(found.actor.user_id), site().registry.resource("core.user").all_fields
    shown = [controls.control(fields[n], texts.get(n, fields[n].text(getattr(facts, n))), error=next(iter(faults.get(n, ())), ""))
             for n in own.FIELDS]
    theme = str(found.preferences.get("theme") or "system")
    shown.append(FormField("theme", _("Theme"), "radios", choices=tuple(Choice(c, word, c == theme) for c, word in _THEMES)))
    roles = listed(frame.role_name(name, msgid) for _code, name, msgid in found.actor.roles)
    return {
        "fields": shown, "devices": own.devices(found.actor.user_id, found.session_id), "show": show_moment, "full": full_moment,
        "facts": [(_("Sign-in name"), facts.login), (_("E-mail"), facts.email), (_("Department"), found.actor.department),
                  (_("Roles"), roles)],
        "change": Act(_("Change password"), flask.url_for("people.change_password"), "key"),
        "also": [load() for load in own.also],
        "others": Act(_("Sign out everywhere else"), flask.url_for("people.end_sessions"), "logout", method="post"),
    }


@blueprint.post("/me/sessions/end")
@signed_in
def end_sessions() -> Response:
    found, asked = me(), flask.request.form.get("session", "")
    if asked:
        wanted = whole(asked)
        own_ids = {one.id for one in own.devices(found.actor.user_id, found.session_id)} - {found.session_id}
        if wanted in own_ids:
            session.end(site(), session_id=wanted)
    else:
        session.end_all(site(), found.actor.user_id, but=found.session_id)
    ledgers.note("sessions ended", found.actor.user_id, address=address())
    bulk.say_undo(_("Signed out there."), None)
    return flask.redirect(flask.url_for("people.account"), 303)


@blueprint.app_errorhandler(ProofNeeded)
def ask_again(_error: ProofNeeded) -> Response:
    """The password once more, on the way to what was asked for: what was typed goes along and is carried out then."""
    return flask.make_response(_prove(""), 403)


@blueprint.before_app_request
def take_proof() -> Response | None:
    """A form that brings the password along proves who sends it, then goes on without it. Where no forgery token was asked for
    (no such address, the API), no password is looked at."""
    request = flask.request
    if request.method != "POST" or request.endpoint is None or by_token(flask.current_app, request.endpoint) or PROOF not in request.form:
        return None
    found, given = me(), flask.request.form[PROOF]
    flask.request.form = ImmutableMultiDict([pair for pair in flask.request.form.items(multi=True) if pair[0] != PROOF])
    if not signin.confirm(accounts.by_id(found.actor.user_id), given):
        return flask.make_response(_prove(_("This is not your password.")), 422)
    session.prove(site(), found.session_id)
    from crm_core.data.session import current_work

    current_work().info["proved"] = True
    return None


def _prove(error: Any) -> str:
    sent = tuple((name, value) for name, value in flask.request.form.items(multi=True) if name != FIELD)
    page = AuthPage(
        _("Your password once more"), _("This touches what others may do. It is asked again after ten minutes."),
        flask.request.full_path.rstrip("?"), (FormField(PROOF, _("Password"), "password", required=True, wide=True, error=error,
                                                        autocomplete="current-password", autofocus=True),),
        _("Go on"), hidden=sent, back=Act(_("Back"), "/"),
    )
    return flask.render_template("password.html", page=page)
