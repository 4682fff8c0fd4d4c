"""The first start: whoever holds the link becomes the first administrator (S20)."""

import flask
from werkzeug.wrappers import Response

from crm_core.access import ledgers
from crm_core.features.people.forms import SetupForm, drawn
from crm_core.features.people.pages import blueprint
from crm_core.features.people.services import accounts
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web import session
from crm_core.web.access import public
from crm_core.web.viewmodels import Act, AuthPage

_FIELDS = {"parent": "company", "roles": "login"}  # where a fault of the records is shown


@blueprint.route("/setup/<secret>", methods=["GET", "POST"])
@public("whoever holds the link of the first start, which works once")
def setup(secret: str) -> Response | str:
    form, faults, error = SetupForm(flask.request.form), {}, ""
    if ledgers.find_link(accounts.SETUP, secret) is None or accounts.anybody():
        text = _("This link was used already, or it is too old. Make a new one: crm init --new-link")
        dead = AuthPage(_("This link no longer works"), text, "", (), "", back=Act(_("Back to sign-in"), flask.url_for("people.sign_in")))
        return flask.make_response(flask.render_template("setup.html", page=dead), 404)
    if flask.request.method == "POST" and form.validate():
        email = (form.email.data or "").strip() or None
        try:
            account = accounts.first_administrator(
                secret, form.company.data.strip(), form.name.data.strip(), form.login.data.strip(), form.password.data, email
            )
        except Invalid as bad:
            faults = {_FIELDS.get(name, name): messages for name, messages in bad.fields.items()}
            error = "" if set(faults) <= set(form.data) else bad.message
        else:
            response = flask.redirect("/", 303)
            session.set_cookie(site(), response, session.begin(site(), account.id, account.password_hash, stay=False), stay=False)
            return response
    page = AuthPage(
        _("Welcome"), _("You are the first here, with the right to everything. Others come afterwards."),
        flask.url_for("people.setup", secret=secret), drawn(form, faults), _("Start"), error=error,
    )
    text = flask.render_template("setup.html", page=page)
    return flask.make_response(text, 422) if flask.request.method == "POST" else text
