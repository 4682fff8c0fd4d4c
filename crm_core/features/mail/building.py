"""A mail as it goes over the wire: head, text, what it answers beneath it, signature, files."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from crm_core.features.files.api import bytes_of, on
from crm_core.features.mail import addresses
from crm_core.features.mail.filing import MAIL
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.resource.show import show_moment

_METHOD = re.compile(rb"^METHOD:([A-Z]{3,20})\r?$", re.MULTILINE)
MOST = 25 * 2**20  # of all files: what mail servers usually take


class TooLarge(Exception):
    """Its files are more than mail servers take."""


def text_of(text: str | None, signature: str | None, answered: Any = None) -> str:
    """The words: what was written, the signature, and the mail it answers, each line with a mark."""
    found = (text or "").rstrip()
    if signature and signature.strip():
        found += f"\n\n-- \n{signature.strip()}"
    if answered is not None and answered.text:
        said = _("On %(when)s %(who)s wrote:", when=show_moment(answered.sent_at or answered.created_at), who=answered.sender or "")
        found += f"\n\n{said}\n" + "\n".join(f"> {line}" for line in answered.text.splitlines()[:500])
    return found + "\n"


def forwarded(text: str | None, mail: Any) -> str:
    """What goes along when a mail is sent on: who wrote it to whom, and what."""
    head = _("Forwarded: %(who)s, %(when)s, to %(to)s", who=mail.sender or "", when=show_moment(mail.sent_at or mail.created_at), to=mail.receivers)
    return f"{(text or '').rstrip()}\n\n-------- {head}\n{mail.title}\n\n{mail.text or ''}".lstrip("\n")


def build(mail: Any, sender: addresses.Addressee, text: str, *, automatic: bool = False) -> EmailMessage:
    """The message of a mail, with its files. Raises TooLarge."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = [one.header for one in addresses.kept(mail.receivers)]
    if mail.copies:
        message["Cc"] = [one.header for one in addresses.kept(mail.copies)]
    message["Subject"] = " ".join(mail.title.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = mail.message_id
    if mail.references:
        message["References"] = mail.references
        message["In-Reply-To"] = mail.references.split()[-1]
    if automatic:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    size = 0
    for file in sorted(on(MAIL, [mail.id]), key=lambda one: not one.name.endswith(".ics")):  # an invitation is another form of the text, and stands before all files
        _file, version, place = bytes_of(file.id)
        size += version.size
        if size > MOST:
            raise TooLarge
        main, _slash, sub = version.media.partition("/")
        data = place.read_bytes()
        if version.media == "text/calendar" and (method := _METHOD.search(data)):  # RFC 6047: calendars look for it in the head of the part
            message.add_alternative(data.decode("utf-8", "replace"), subtype="calendar", params={"method": method[1].decode("ascii")})
            continue
        message.add_attachment(data, maintype=main or "application", subtype=sub or "octet-stream", filename=file.name)
    return message
