"""The button that tries a box, and the mark that a mail was read."""

from typing import Any

import flask

from crm_core.features.mail import accounts, incoming
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.web import ways
from crm_core.web.access import access, signed_in
from crm_core.web.bulk import say_undo

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
