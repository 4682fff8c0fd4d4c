"""A connection to a mail server, for whoever sends: the house's own mail (mail.py) and people's boxes (features/mail)."""

import io
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from crm_core.data.session import in_writing
from crm_core.kernel.outbound.http import dial

TIMEOUT = 20  # seconds for a connection, and for each answer as a whole
LONGEST = 256 * 1024  # bytes of one answer


class _Answers(io.RawIOBase):
    """What a server sends: smtplib reads an answer as long as lines come, and a server that drips them would hold a thread for ever."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.until, self.left = sock, 0.0, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self.until - time.monotonic()
        if seconds <= 0 or self.left <= 0:
            raise TimeoutError
        self.sock.settimeout(seconds)
        try:
            got = self.sock.recv_into(buffer)
        finally:
            self.sock.settimeout(TIMEOUT)
        self.left -= got
        return got


class _Bounded(smtplib.SMTP):
    """One whose answers have an end."""

    file: Any = None

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Answers(self.sock))
        if self.file is not None:
            self.file.raw.until, self.file.raw.left = time.monotonic() + TIMEOUT, LONGEST
        return super().getreply()


class Smtp(_Bounded):
    """Dials past the guard of addresses: who may set up a box must not reach through us what stands behind the firewall."""

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        return dial(host, port, timeout)


class SmtpTls(_Bounded, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    context: ssl.SSLContext

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        return self.context.wrap_socket(dial(host, port, timeout), server_hostname=host)


@contextmanager
def connected(host: str, port: int, security: str, login: str = "", password: str = "") -> Iterator[smtplib.SMTP]:
    """A connection that is signed in, where there is a name to sign in by. `security`: tls, starttls or none. Raises what smtplib, ssl and
    socket raise, AddressRefused; inside a write transaction RuntimeError."""
    if in_writing():
        raise RuntimeError("mail inside writing(): everybody would wait for the mail server")
    context = ssl.create_default_context()
    made: smtplib.SMTP = SmtpTls(host, port, timeout=TIMEOUT, context=context) if security == "tls" else Smtp(host, port, timeout=TIMEOUT)
    try:
        if security == "starttls":
            made.starttls(context=context)
        if login:
            made.login(login, password)
        yield made
    finally:
        with suppress(smtplib.SMTPException, OSError):
            made.quit()
        made.close()
