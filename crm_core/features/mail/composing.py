"""The copies of a mail to many as they go over the wire: the same for all but receiver, text, Message-ID and the link to end it."""

import hmac
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from crm_core.features.mail import addresses, building, optout
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site

PURPOSE = "mass mail"


def message_id(row_id: int) -> str:
    """The same whenever it is made, and nobody's guess: news of its fate is believed by it."""
    host = (urlsplit(site().config.url).hostname or "localhost").strip("[]").replace(":", "-")
    return f"<m{row_id}.{site().keys.sign(PURPOSE, str(row_id))[:20]}@{host}>"


def is_ours(row_id: int, signature: str) -> bool:
    return hmac.compare_digest(site().keys.sign(PURPOSE, str(row_id))[:20], signature)


class Letter:
    """What all copies share."""

    def __init__(self, sender: addresses.Addressee, signature: str | None) -> None:
        self.sender, self.signature = sender, signature
        self._from = Address(sender.name, addr_spec=sender.address)

    def signed(self, text: str) -> str:
        return building.text_of(text, self.signature)

    def bytes(self, row: Any, title: str, text: str) -> tuple[bytes, str, str]:
        """A copy with CRLF at the ends of lines, its Message-ID, and its text without the link, which is its receiver's alone."""
        page, one_click = optout.links(row.id)
        own = self.signed(text)
        message = EmailMessage(policy=SMTP)
        message["From"] = self._from
        message["To"] = addresses.Addressee(row.address, addresses.one_line(row.name)).header
        message["Subject"] = title
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = mine = message_id(row.id)
        message["List-Unsubscribe"] = f"<{one_click}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Precedence"] = "bulk"
        message.set_content(f"{own}\n{_('No more mails from us: %(link)s', link=page)}\n")
        return message.as_bytes(), mine, own
