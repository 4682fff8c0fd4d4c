"""“No more mails”: a signed link in every mail to many. Whoever holds it says so without an account, in one step; it is written down as
the wish of everybody known by that address, where every sender asks (`may_reach`).

The link says nothing of whom it is for: a number and its signature. One that is not ours is answered like a page that is not there.
"""

import hmac
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope, writing
from crm_core.features.customers.api import refuse
from crm_core.features.mail import filing
from crm_core.features.mail.mailing_models import MailingReceiver
from crm_core.kernel import clock
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped

PURPOSE = "mail opt-out"
PAGE, ONE_CLICK = "/mail/stop", "/api/v1/mail/stop"
_receivers = table_of(MailingReceiver)


def token(row_id: int) -> str:
    return f"{row_id}-{site().keys.sign(PURPOSE, str(row_id))[:32]}"


def links(row_id: int) -> tuple[str, str]:
    """The address of the page that stands in the mail, and that which mail programs post to by themselves (RFC 8058)."""
    base, mine = site().config.url.rstrip("/"), token(row_id)
    return f"{base}{PAGE}/{mine}", f"{base}{ONE_CLICK}/{mine}"


def find(given: str) -> Any:
    """The receiver a link was written for; None for one that is not ours."""
    number, _dash, signature = given.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and signature.isascii() and len(signature) == 32):
        return None
    if not hmac.compare_digest(site().keys.sign(PURPOSE, number)[:32], signature):
        return None
    with system_scope("whoever holds the link of a mail"):
        query = sa.select(_receivers.c.id, _receivers.c.address, _receivers.c.opted_out_at).where(_receivers.c.id == int(number), _receivers.c.address.is_not(None))
        return current_work().session.execute(query).one_or_none()


def stop(row: Any) -> None:
    """He wants no more mails, whoever of ours knows him by this address."""
    with writing(), system_scope("a wish of whoever holds the link of a mail"):
        for subject, row_id in filing.everybody(row.address):
            refuse(subject, row_id, "email")
        current_work().session.connection().execute(
            sa.update(_receivers).where(_receivers.c.id == row.id, _receivers.c.opted_out_at.is_(None)).values(opted_out_at=clock.now()), execution_options=unscoped("a wish"))


def masked(address: str) -> str:
    """An address as its owner knows it again and nobody else learns it: l•••@firm.example."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}•••@{host}"
