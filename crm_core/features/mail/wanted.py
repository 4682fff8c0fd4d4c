"""Who wants mail of ours: asked when a mail is written, and once more when it leaves."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.customers.api import may_reach
from crm_core.features.mail import addresses, filing
from crm_core.features.mail.models import Box, Direction, Letter, Mail
from crm_core.kernel.i18n import _
from crm_core.resource.changes import unscoped
from crm_core.text.emails import email_key

_mails, _letters = table_of(Mail), table_of(Letter)


def unwanted(mail: Mapping[str, Any]) -> list[Any]:
    """Of the receivers of a mail (its columns): who may not be written to, with the reason. Whoever wrote to us, and whom he wrote to
    besides, may have the answer to that."""
    everybody = [*addresses.kept(mail.get("receivers")), *addresses.kept(mail.get("copies"))]
    whose = filing.known(one.address for one in everybody)
    asked = _asked(mail) if whose else set()
    found = []
    for one in everybody:
        known = whose.get(email_key(one.address))
        if known is None or email_key(one.address) in asked:
            continue
        reach = may_reach(*known.about, "email")
        if not reach.ok:
            found.append(_("%(who)s: %(why)s", who=one.address, why=reach.why))
    return found


def _asked(mail: Mapping[str, Any]) -> set[str]:
    """The addresses of the mail from outside that this one answers."""
    last = (mail.get("references") or "").split()[-1:]
    about = filing.customer_of(mail.get("subject"), mail.get("subject_id"))
    found: set[str] = set()
    for table, *which in ((_mails, _mails.c.box == Box.received), (_letters, _letters.c.direction == Direction.received, _letters.c.customer_id == (about.customer if about else 0))):
        query = sa.select(table.c.sender, table.c.receivers, table.c.copies).where(table.c.message_id.in_(last), *which)
        for row in current_work().session.connection().execute(query, execution_options=unscoped("who asked for an answer")):
            sender = addresses.first(row.sender)
            found |= {email_key(one.address) for one in (*([sender] if sender else ()), *addresses.kept(row.receivers), *addresses.kept(row.copies))}
    return found
