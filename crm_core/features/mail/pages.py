"""The button that tries a box, the mark that a mail was read, texts with fields while they are written, and the door of who wants no more."""

from typing import Any

import flask

from crm_core.access.doors import signature_access
from crm_core.api.routes import blueprint
from crm_core.features.mail import accounts, choosing, incoming, mailing_views, optout, receivers
from crm_core.features.mail.mailing_models import MAILING_PREVIEW, TEMPLATE_PREVIEW, About
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web import ways
from crm_core.web.access import access, public, signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of
from crm_core.web.viewmodels import AuthPage

pages = flask.Blueprint("mail", __name__)


@pages.post("/core/mail_account/<int:row_id>/test")
@access("core.mail_account.update")
def test(row_id: int) -> Any:
    """Try the servers of a box; what they said stands on its page."""
    say_undo(_("The servers answer as they should") if accounts.test(row_id) else _("Something does not work yet"), None)
    return flask.redirect(ways.to_record(site().registry.resource(accounts.NAME), row_id), 303)


@pages.post("/core/mail/<int:row_id>/read")
@signed_in
def read(row_id: int) -> Any:
    """A mail was before its reader's eyes. Raises Missing for what is not his."""
    incoming.read(row_id)
    return flask.jsonify({})


@pages.post(TEMPLATE_PREVIEW)
@signed_in
def preview() -> Any:
    """A template while it is written, with the record that was changed last."""
    form = flask.request.form
    about = About.contact if form.get("about") == About.contact else About.customer
    return page_of("parts/live.html", mailing_views.live(about, form.get("title", ""), form.get("text", "").replace("\r\n", "\n"), mailing_views.newest(about)))


@pages.post(MAILING_PREVIEW)
@signed_in
def preview_mailing() -> Any:
    """The same of a mail to many."""
    form = flask.request.form
    about = receivers.about_list(form.get("wanted", "")) or mailing_views.about_of_form(flask.request.referrer or "")
    return page_of("parts/live.html", mailing_views.live(about, form.get("title", ""), form.get("text", "").replace("\r\n", "\n"), mailing_views.newest(about)))


@pages.get(choosing.URL)
@signed_in
def templates() -> Any:
    """The templates one may begin a mail with, one of them as it will read."""
    return page_of("mail_templates.html", choosing.page(flask.request.args))


@pages.get(f"{optout.PAGE}/<token>")
@public("whoever holds the signed link of a mail to many; it shows no more than a masked address")
def stop(token: str) -> Any:
    row = _found(token)
    if row.opted_out_at is not None:
        return _stopped(row)
    page = AuthPage(
        _("No more mails"), _("Then %(address)s gets no more mails from us. You need no account for this.", address=optout.masked(row.address)),
        flask.url_for("mail.stop_post", token=token), (), _("End the mails"))
    return page_of("reset_request.html", page)


@pages.post(f"{optout.PAGE}/<token>")
@public("whoever holds the signed link of a mail to many")
def stop_post(token: str) -> Any:
    row = _found(token)
    optout.stop(row)
    return _stopped(row)


@signature_access
def one_click(token: str) -> Any:
    """RFC 8058: a mail program posts here when its reader presses “unsubscribe”; one that merely opens it comes to the page."""
    if flask.request.method != "POST":
        return flask.redirect(flask.url_for("mail.stop", token=token), 303)
    with site().system("a wish of whoever holds the link of a mail"):
        row = optout.find(token)
        if row is not None:
            optout.stop(row)
    return flask.Response("", 204 if row is not None else 404)


blueprint.add_url_rule(f"{optout.ONE_CLICK.removeprefix('/api/v1')}/<token>", "stop_mails", one_click, methods=["GET", "POST"], provide_automatic_options=False)


def _found(token: str) -> Any:
    row = optout.find(token)
    if row is None:
        raise Missing(_("This page was not found."))
    return row


def _stopped(row: Any) -> Any:
    text = _("%(address)s gets no more mails from us.", address=optout.masked(row.address))
    return page_of("reset_request.html", AuthPage(_("No more mails"), "", "", (), "", info=text))
