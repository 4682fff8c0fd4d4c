"""Reading a box on an IMAP server (RFC 3501): which mails are there by their UIDs, and each of them. Nothing there is changed: mails stay
unread and where they are."""

import datetime as dt
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from crm_core.data.session import in_writing
from crm_core.features.mail import transport
from crm_core.features.mail.models import PURPOSE, Security
from crm_core.kernel.i18n import _
from crm_core.kernel.outbound import AddressRefused, dial
from crm_core.resource import sealed

LARGEST = 40 * 2**20
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Failed(Exception):
    """The server did not do what it was asked; the words are for who set the box up."""


class Imap(imaplib.IMAP4):
    """Dials past the guard of addresses, as transport.Smtp does."""

    def _create_socket(self, timeout: Any) -> socket.socket:
        return dial(self.host, self.port, timeout)


class ImapTls(imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte."""

    ssl_context: ssl.SSLContext

    def _create_socket(self, timeout: Any) -> socket.socket:
        return self.ssl_context.wrap_socket(dial(self.host, self.port, timeout), server_hostname=self.host)


class Inbox:
    """The INBOX of a server, open for reading."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection
        self._asked("EXAMINE", connection.select("INBOX", readonly=True))
        said = connection.response("UIDVALIDITY")[1]
        self.validity = int(said[-1]) if said and said[-1] else 0

    def uids(self, after: int, since: dt.date | None) -> list[int]:
        """The UIDs behind `after` of mails that came in on this day or later, in their order."""
        day = f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}" if since is not None else "ALL"
        said = self._asked("SEARCH", self._connection.uid("SEARCH", f"UID {after + 1}:* {day}"))
        return sorted(uid for one in said if one for uid in map(int, one.split()) if uid > after)  # `n:*` always names the last one

    def size(self, uid: int) -> int:
        found = _SIZE.search(b" ".join(one if isinstance(one, bytes) else one[0] for one in self._asked("FETCH", self._connection.uid("FETCH", str(uid), "(RFC822.SIZE)")) if one))
        return int(found[1]) if found else 0

    def fetch(self, uid: int, *, head: bool = False) -> bytes | None:
        """The mail, or its head alone; None when it has gone meanwhile."""
        said = self._asked("FETCH", self._connection.uid("FETCH", str(uid), "(BODY.PEEK[HEADER])" if head else "(BODY.PEEK[])"))
        return next((one[1] for one in said if isinstance(one, tuple)), None)

    @staticmethod
    def _asked(what: str, answer: Any) -> list[Any]:
        state, said = answer
        if state != "OK":
            raise Failed(str(_("The server answered: %(said)s", said=f"{what}: {_words(said)}")))
        return list(said)


def server(account: Any) -> transport.Server:
    """Where the mail of a box comes in. Raises sealed.Unopened."""
    return transport.Server(account.imap_host, account.imap_port, account.imap_security, account.login or account.address, sealed.open_(PURPOSE, account.password))


@contextmanager
def opened(where: transport.Server) -> Iterator[Inbox]:
    """A box to read in. Raises Failed, saying what is wrong."""
    if in_writing():
        raise RuntimeError("mail inside writing(): everybody would wait for the mail server")
    try:
        context = ssl.create_default_context()
        connection: imaplib.IMAP4
        if where.security == Security.tls:
            connection = ImapTls(where.host, where.port, ssl_context=context, timeout=transport.TIMEOUT)
        else:
            connection = Imap(where.host, where.port, timeout=transport.TIMEOUT)
        try:
            if where.security == Security.starttls:
                connection.starttls(context)
            try:
                connection.login(where.login, where.password)
            except imaplib.IMAP4.error as error:
                raise Failed(str(_("The server refuses user name or password: %(said)s", said=_words(error.args)))) from None
            yield Inbox(connection)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
    except imaplib.IMAP4.error as error:
        raise Failed(str(_("The server answered: %(said)s", said=_words(error.args)))) from None
    except (OSError, AddressRefused) as error:
        raise Failed(transport.words(error, where)) from None


def test(account: Any) -> str:
    """Whether the box can be read: "" or what fails."""
    try:
        with opened(server(account)):
            return ""
    except Failed as failed:
        return str(failed)
    except sealed.Unopened:
        return str(_("The password cannot be read; type it in again."))


def _words(said: Any) -> str:
    text = " ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in said if one)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
