"""A connection to a mail server, for whoever sends: the house's own mail (mail.py) and people's boxes (features/mail)."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from crm_core.data.session import in_writing
from crm_core.kernel.outbound.http import dial

TIMEOUT = 20


class Smtp(smtplib.SMTP):
    """Dials past the guard of addresses: who may set up a box must not reach through us what stands behind the firewall."""

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        return dial(host, port, timeout)


class SmtpTls(smtplib.SMTP_SSL):
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
