"""Talking to a mail server: sending, and saying truthfully what went wrong. No database here, and never inside `writing()`."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import AbstractContextManager
from email.message import EmailMessage
from typing import Any

from crm_core.features.mail.models import PURPOSE, MailAccount
from crm_core.kernel.config import Config
from crm_core.kernel.i18n import _
from crm_core.kernel.outbound import AddressRefused, smtp
from crm_core.resource import sealed

TIMEOUT = smtp.TIMEOUT


class Server:
    """Where and how to reach a server, with the password opened."""

    def __init__(self, host: str, port: int, security: str, login: str, password: str) -> None:
        self.host, self.port, self.security, self.login, self.password = host, port, str(security), login, password

    @classmethod
    def of(cls, account: MailAccount) -> "Server":
        """The server for sending of a box. Raises sealed.Unopened."""
        password = sealed.open_(PURPOSE, account.password)
        return cls(account.smtp_host, account.smtp_port, account.smtp_security, (account.login or account.address) if password else "", password)

    @classmethod
    def of_house(cls, config: Config) -> "Server":
        return cls(config.smtp_host, config.smtp_port, config.smtp_tls, config.smtp_user, config.smtp_password)


class Undelivered(Exception):
    """The server did not take a mail; `for_good`: another attempt would end the same way."""

    def __init__(self, said: str, *, for_good: bool) -> None:
        super().__init__(said)
        self.said, self.for_good = said, for_good


def connected(server: Server) -> AbstractContextManager[smtplib.SMTP]:
    """A connection that is signed in. Raises what smtplib, ssl and socket raise; `words` says it."""
    return smtp.connected(server.host, server.port, server.security, server.login, server.password)


def hand_over(made: smtplib.SMTP, message: EmailMessage, sender: str, receivers: Sequence[str]) -> dict[str, str]:
    """Give the server one mail; of receivers it refuses, what it said. Raises Undelivered when it takes it for nobody."""
    try:
        refused = made.send_message(message, from_addr=sender, to_addrs=list(receivers))
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        said = "; ".join(f"{address}: {answer(code, text)}" for address, (code, text) in error.recipients.items())
        raise Undelivered(said[:500], for_good=all(code >= 500 for code in codes)) from None
    except smtplib.SMTPResponseException as error:
        raise Undelivered(answer(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500) from None
    return {address: answer(code, text) for address, (code, text) in refused.items()}


def send(server: Server, message: EmailMessage, sender: str, receivers: Sequence[str]) -> dict[str, str]:
    """One mail over a connection of its own; of receivers it refuses, what it said. Raises Undelivered."""
    try:
        with connected(server) as made:
            return hand_over(made, message, sender, receivers)
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered(words(error, server), for_good=error.smtp_code >= 500) from None
    except (smtplib.SMTPException, OSError, AddressRefused) as error:
        raise Undelivered(words(error, server), for_good=False) from None


def test(server: Server, sender: str) -> str:
    """Whether mail could be sent: "" or what fails. The server is asked whether it takes the sender; nothing is sent."""
    try:
        with connected(server) as made:
            made.ehlo_or_helo_if_needed()
            code, said = made.mail(sender)
            made.rset()
            return "" if code < 400 else str(_("The server does not take mail from this address: %(said)s", said=answer(code, said)))
    except (smtplib.SMTPException, OSError, AddressRefused) as error:
        return words(error, server)


def words(error: Exception, server: Any) -> str:
    """What went wrong, for who set the box up."""
    where = {"host": server.host, "port": server.port}
    if isinstance(error, AddressRefused):
        return str(error)
    if isinstance(error, ConnectionRefusedError):
        said = _("Nobody answers at %(host)s, port %(port)s.", **where)
    elif isinstance(error, TimeoutError):
        said = _("%(host)s, port %(port)s, does not answer in time.", **where)
    elif isinstance(error, ssl.SSLCertVerificationError):
        said = _("The certificate of %(host)s is not good: %(why)s.", host=server.host, why=error.verify_message)
    elif isinstance(error, ssl.SSLError):
        said = _("%(host)s does not speak TLS at port %(port)s: look at port and encryption.", **where)
    elif isinstance(error, smtplib.SMTPAuthenticationError):
        said = _("The server refuses user name or password: %(said)s", said=answer(error.smtp_code, error.smtp_error))
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        said = _("The server does not offer this: %(what)s", what=str(error)[:200])
    elif isinstance(error, smtplib.SMTPResponseException):
        said = _("The server answered: %(said)s", said=answer(error.smtp_code, error.smtp_error))
    elif isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
        said = _("%(host)s closed the connection: look at port and encryption.", **where)
    else:
        said = _("%(host)s, port %(port)s, could not be reached (%(why)s).", **where, why=type(error).__name__)
    return str(said)


def answer(code: int, said: bytes | str) -> str:
    """What a server answered, on one line of ours."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(''.join(c if c.isprintable() else ' ' for c in text).split())}"[:250]
