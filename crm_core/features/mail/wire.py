"""Many mails over one connection, with word to the caller right before each is handed over for good."""

import re
import smtplib
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from crm_core.features.mail import transport
from crm_core.kernel.outbound import AddressRefused

_DOTS = re.compile(rb"(?m)^\.")
_OTHER = re.compile(r"5\d\d 5\.(?!1\.[0-6]\b|2\.)\d")  # a refusal that speaks neither of an address nor of its box (RFC 3463)


class Refusal(Exception):
    """The server does not take this mail; `for_good`: it would not take it later either; `own`: what it said need not concern this
    receiver (a quota, the text, where we send from)."""

    def __init__(self, code: int, said: str, *, own: bool = False) -> None:
        super().__init__(said)
        self.said, self.for_good, self.own = said, code >= 500, own


class Broken(Exception):
    """The connection is gone; `handed`: the mail had been handed over and its answer is lost."""

    def __init__(self, said: str, *, handed: bool = False) -> None:
        super().__init__(said)
        self.said, self.handed = said, handed


class Wire:
    """A connection that is opened when it is first needed and again when it broke."""

    def __init__(self, server: transport.Server) -> None:
        self.server = server
        self._open: AbstractContextManager[smtplib.SMTP] | None = None
        self._made: smtplib.SMTP | None = None

    def _connected(self) -> smtplib.SMTP:
        if self._made is None:
            try:
                self._open = transport.connected(self.server)
                self._made = self._open.__enter__()
                self._made.ehlo_or_helo_if_needed()
                assert self._made.sock is not None
                self._made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot goes by itself
            except smtplib.SMTPAuthenticationError as error:
                self.close()
                raise Broken(transport.words(error, self.server)) from None
            except (smtplib.SMTPException, OSError, AddressRefused) as error:
                self.close()
                raise Broken(transport.words(error, self.server)) from None
        return self._made

    def close(self) -> None:
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.__exit__(None, None, None)
        self._open = self._made = None

    def give(self, data: bytes, sender: str, receiver: str, handing: Callable[[], None]) -> str:
        """Hand one mail over (with CRLF at the end of lines); what the server answered. `handing` is called when only the last dot is
        missing: before it the mail has certainly not been taken. Raises Refusal, Broken."""
        made = self._connected()
        handed = False
        try:
            try:
                self._asked(made, *made.mail(sender))
            except Refusal as refused:  # of the sender: no receiver is to blame
                raise Broken(refused.said) from None
            code, said = made.rcpt(receiver)
            self._asked(made, code, said, own=_OTHER.match(transport.answer(code, said)) is not None)
            self._asked(made, *made.docmd("DATA"), want=354, own=True)
            body = _DOTS.sub(b"..", data)
            made.send(body if body.endswith(b"\r\n") else body + b"\r\n")
            handing()
            handed = True
            made.send(b".\r\n")
            code, said = made.getreply()
            self._asked(made, code, said, own=True)
            return transport.answer(code, said)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise Broken(transport.words(error, self.server), handed=handed) from None

    def _asked(self, made: smtplib.SMTP, code: int, said: bytes, want: int = 250, own: bool = False) -> None:
        if code == want or (want == 250 and 200 <= code < 300):
            return
        words = transport.answer(code, said)
        if code == 421:  # it closes
            self.close()
            raise Broken(words)
        made.rset()
        raise Refusal(code, words, own=own)
