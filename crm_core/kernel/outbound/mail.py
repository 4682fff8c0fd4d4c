"""What leaves the house by mail: plain SMTP to the configured server, one message a delivery.

Called by listeners with `Listen(outside=True)`. The Message-ID is made of the delivery's id, so a message that is sent
twice after a crash is the same message for whoever receives it.
"""

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from crm_core.data.session import in_writing
from crm_core.kernel import clock
from crm_core.kernel.config import Config
from crm_core.kernel.outbound import smtp
from crm_core.kernel.outbound.addresses import AddressRefused
from crm_core.kernel.outbox import delivery_id
from crm_core.kernel.site import site


class MailFailed(Exception):
    """The server did not take the message; says how far it came, never what was in it."""


def can_mail(config: Config | None = None) -> bool:
    """Whether a mail server is configured."""
    found = config or site().config
    return bool(found.smtp_host and found.mail_from)


def send_mail(to: str, name: str, subject: Any, text: str) -> None:
    """Send one plain message now. Raises MailFailed; inside a write transaction RuntimeError, a server may take its time."""
    if in_writing():
        raise RuntimeError("mail inside writing(): everybody would wait for the mail server")
    config = site().config
    if not can_mail(config):
        raise MailFailed("no mail server is configured (smtp_host, mail_from)")
    message = EmailMessage(policy=SMTP)
    message["From"] = config.mail_from
    message["To"] = Address(display_name=_one_line(name), addr_spec=to)
    message["Subject"] = _one_line(str(subject))
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = _message_id(config)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    try:
        _hand_over(config, message, to)
    except smtplib.SMTPResponseException as error:
        raise MailFailed(f"the mail server answered {error.smtp_code} ({type(error).__name__})") from None
    except (smtplib.SMTPException, OSError, AddressRefused) as error:
        raise MailFailed(f"the mail server could not be used ({type(error).__name__})") from None


def _hand_over(config: Config, message: EmailMessage, to: str) -> None:
    with smtp.connected(config.smtp_host, config.smtp_port, config.smtp_tls, config.smtp_user, config.smtp_password) as server:
        server.send_message(message, to_addrs=[to])


def _message_id(config: Config) -> str:
    number = delivery_id()
    host = urlsplit(config.url).hostname or "localhost"
    mark = site().keys.sign("message-id", str(number))[:24] if number is not None else site().keys.sign(
        "message-id", f"now:{clock.now().timestamp()}")[:24]
    return f"<crm-{number or 0}-{mark}@{host.strip('[]').replace(':', '-')}>"


def _one_line(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text)[:200]
