"""What people do with mail that came in: read it, file it, keep it private, send it on."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.files import api as files
from crm_core.features.mail import accounts, addresses, building, filing
from crm_core.features.mail.events import MailFiled
from crm_core.features.mail.models import Box, Direction, Mail
from crm_core.features.mail.rows import note
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import NoteField
from crm_core.resource.references import RefField

_mails = table_of(Mail)
FIELDS = (RefField(name="customer", column="", label=_("Customer"), target="core.customer", required=True),)
FORWARDED = (addresses.AddressesField(name="receivers", column="", label=_("Receivers"), required=True), NoteField(name="text", column="", label=_("Text")))


def read(mail_id: int) -> None:
    """It was before its reader's eyes. Raises Missing for what is not his."""
    row = site().registry.resource(filing.MAIL).get(mail_id)
    if row.box == Box.received and row.read_at is None:
        with writing():
            note(_mails, [row.id], read_at=clock.now())


def file_on(row: Any, customer: int) -> None:
    """File a mail on a customer the actor may change."""
    site().registry.resource(filing.CUSTOMER).get(customer, "update")
    whose = [filing.Known(customer)]
    note(_mails, [row.id], customer_id=customer, contact_id=None, confidential=False)
    mail = current_work().session.connection().execute(sa.select(_mails).where(_mails.c.id == row.id), execution_options=unscoped("a mail that was read under its rights")).one()
    filing.file(mail, Direction.received if row.box == Box.received else Direction.sent, whose, again=True)
    if row.box == Box.received:
        emit(MailFiled((row.id,)))
    session.expire(row)


def keep_private(row: Any) -> None:
    """Off the customers' files; the box keeps it. Raises Refused where a colleague's box files it too."""
    note(_mails, [row.id], confidential=True)
    filing.withdraw(row)
    session.expire(row)


def forward(row: Any, receivers: str, text: str | None) -> None:
    """Send it on to somebody, with its files. Raises Refused without a box, Invalid."""
    mine = accounts.usable()
    if not mine:
        raise Refused(_("You have no mail box yet: set one up first."))
    if not addresses.good(receivers):
        raise Invalid({"receivers": [addresses.WRONG]})
    account = next((one.id for one in mine if one.id == row.account_id), mine[0].id)
    title = row.title if row.title.casefold().startswith(("fwd:", "fw:", "转发")) else str(_("Fwd: %(title)s", title=row.title))[:200]
    quoted = building.forwarded(text, row)
    mails = site().registry.resource(filing.MAIL)
    (made,) = mails.write([{"account": account, "receivers": receivers, "title": title, "text": quoted, "hold": True}])
    files.copy(filing.MAIL, row.id, [made])
    mails.run("send", [made])
