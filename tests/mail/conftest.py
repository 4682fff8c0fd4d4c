"""A real SMTP server inside the tests, and boxes that send through it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.customers.office import Office

LOGIN, PASSWORD = b"chen@example.com", b"open sesame"


@dataclass
class Sink:
    """A mail server's inside: keeps what comes, refuses what it is told to."""

    port: int = 0
    mails: list[Message] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)  # receiver → answer
    down: str = ""  # the answer to every mail

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.down:
            return self.down
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.envelopes.append(envelope)
        return "250 taken"


def signs_in(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (LOGIN, PASSWORD), handled=False)


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[Sink]:
    """One server for all tests of this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    sink = Sink(port)
    server = Controller(sink, hostname="127.0.0.1", port=port, authenticator=signs_in, auth_require_tls=False, auth_required=False)
    server.start()
    yield sink
    server.stop()


@pytest.fixture
def sink(smtp_server: Sink) -> Sink:
    smtp_server.mails, smtp_server.envelopes, smtp_server.refusing, smtp_server.down = [], [], {}, ""
    return smtp_server


def box(office: Office, sink: Sink, who: str = "chen", **more: Any) -> int:
    """A mail box of this person that sends through the sink."""
    values = {"name": "陈晓燕", "address": f"{who}@example.com", "smtp_host": "127.0.0.1", "smtp_port": sink.port, "smtp_security": "none",
              "signature": "Tel. 028-1234", **more}
    with office.as_(who):
        return int(office.resource("mail_account").write([values])[0])
