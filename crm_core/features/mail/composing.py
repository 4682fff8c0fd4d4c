"""The copies of a mail to many as they go over the wire: the same for all but receiver, text, Message-ID and the link to end it.

Put together by hand, not by `EmailMessage`: a mail is two headers that differ and a text, and the library folds each of eleven headers
for every copy anew, which is half of what a copy costs.
"""

import base64
import hmac
from contextlib import nullcontext
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit

from crm_core.features.mail import addresses, building, optout
from crm_core.kernel import clock
from crm_core.kernel.i18n import LANGUAGES, _, in_language
from crm_core.kernel.site import site

PURPOSE = "mass mail"
_WIDE = 70  # characters of a line of a head that is not folded


def message_id(row_id: int) -> str:
    """The same whenever it is made, and nobody's guess: news of its fate is believed by it."""
    host = (urlsplit(site().config.url).hostname or "localhost").strip("[]").replace(":", "-")
    return f"<m{row_id}.{site().keys.sign(PURPOSE, str(row_id))[:20]}@{host}>"


def is_ours(row_id: int, signature: str) -> bool:
    return hmac.compare_digest(site().keys.sign(PURPOSE, str(row_id))[:20], signature)


def words(name: str, text: str) -> str:
    """A line of the head, folded, in encoded words where it must be. Nothing in it ends the line."""
    clean = "".join(mark if mark.isprintable() else " " for mark in text)
    if clean.isascii() and len(clean) <= _WIDE and "=?" not in clean:
        return f"{name}: {clean}"
    return f"{name}: {Header(clean, 'utf-8', maxlinelen=75, header_name=name).encode(linesep=chr(13) + chr(10))}"


def addressed(name: str, one: addresses.Addressee) -> str:
    """A line of the head that names somebody."""
    if one.name.isascii() and "=?" not in one.name:
        whole = formataddr((one.name, one.address))  # in quotes where it must be
        return f"{name}: {whole}" if len(whole) <= _WIDE or not one.name else f"{name}: {whole.removesuffix(f' <{one.address}>')}\r\n <{one.address}>"
    return f"{words(name, one.name)}\r\n <{one.address}>"


class Letter:
    """What all copies share."""

    def __init__(self, sender: addresses.Addressee, signature: str | None, language: str = "") -> None:
        self.sender, self.signature = sender, signature
        self.language = language if language in LANGUAGES else ""
        self._common = "\r\n".join((
            addressed("From", sender), "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Precedence: bulk", "MIME-Version: 1.0", 'Content-Type: text/plain; charset="utf-8"',
            "Content-Transfer-Encoding: base64"))

    def signed(self, text: str) -> str:
        return building.text_of(text, self.signature)

    def bytes(self, row: Any, title: str, text: str) -> tuple[bytes, str, str]:
        """A copy with CRLF at the ends of lines, its Message-ID, and its text without the link, which is its receiver's alone."""
        page, one_click = optout.links(row.id)
        own, mine = self.signed(text), message_id(row.id)
        with in_language(self.language) if self.language else nullcontext():
            ending = str(_("No more mails from us: %(link)s", link=page))
        head = "\r\n".join((
            addressed("To", addresses.Addressee(row.address, addresses.one_line(row.name))), words("Subject", title), f"Date: {format_datetime(clock.now())}", f"Message-ID: {mine}",
            f"List-Unsubscribe: <{one_click}>", self._common))
        body = base64.encodebytes(f"{own}\n{ending}\n".replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
        return f"{head}\r\n\r\n".encode("ascii") + body, mine, own
