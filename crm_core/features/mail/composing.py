"""The copies of a mail to many as they go over the wire: the same for all but receiver, text, Message-ID and the link to end it.

Put together by hand, not by `EmailMessage`: a mail is two headers that differ and a text, and the library folds each of eleven headers
for every copy anew, which is half of what a copy costs.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from crm_core.features.files.api import bytes_of, on
from crm_core.features.mail import addresses, building, optout
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import LANGUAGES, _, in_language
from crm_core.kernel.site import site

PURPOSE = "mass mail"
MAILING, ATTACHED = "core.mailing", 5 * 2**20  # of all its files: each copy carries them
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


class File(NamedTuple):
    """A file that goes along with each copy, as it stands in a mail."""

    name: str
    part: bytes


def attached(mailing: int) -> tuple[File, ...]:
    """The files of a mass mail, each put into its form once. Raises Refused where they are more than every copy should carry."""
    found, size = [], 0
    for one in on(MAILING, [mailing]):
        _file, version, place = bytes_of(one.id)
        size += version.size
        if size > ATTACHED:
            raise Refused(_("The files of a mass mail are %(n)s MB together at most: every copy carries them.", n=ATTACHED // 2**20))
        part = EmailMessage(policy=SMTP)
        main, _slash, sub = version.media.partition("/")
        part.set_content(place.read_bytes(), maintype=main or "application", subtype=sub or "octet-stream", filename=one.name, disposition="attachment")
        del part["MIME-Version"]
        found.append(File(one.name, part.as_bytes()))
    return tuple(found)


class Letter:
    """What all copies share."""

    def __init__(self, sender: addresses.Addressee, signature: str | None, language: str = "", files: Sequence[File] = ()) -> None:
        self.sender, self.signature, self.files = sender, signature, files
        edge = f"=_{secrets.token_hex(16)}"
        self._text = 'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64'
        self._before = f"--{edge}\r\n{self._text}\r\n\r\n".encode() if files else b""
        self._after = b"".join(f"\r\n--{edge}\r\n".encode() + file.part for file in files) + f"\r\n--{edge}--\r\n".encode() if files else b""
        self.language = language if language in LANGUAGES else ""
        self._common = "\r\n".join((
            addressed("From", sender), "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Precedence: bulk", "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{edge}"' if files else self._text))

    def signed(self, text: str) -> str:
        return building.text_of(text, self.signature)

    def kept(self, text: str) -> str:
        """A copy's text as it is filed, with the names of its files, which are kept once, with the mailing."""
        said = _("Files: %(names)s", names=[file.name for file in self.files])
        return f"{text.rstrip()}\n\n{said}\n" if self.files else text

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
        return f"{head}\r\n\r\n".encode("ascii") + self._before + body + self._after, mine, own
