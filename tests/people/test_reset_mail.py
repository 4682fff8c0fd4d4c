"""Forgotten passwords: a link by mail through the outbox, to a real SMTP server; secrets stay out of the database (S21)."""

from __future__ import annotations

import datetime as dt
import logging
import re
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from crm_core.access.models import OneTime
from crm_core.data.session import writing
from crm_core.features.people.services import accounts
from crm_core.kernel import clock, outbox
from crm_core.kernel.models import OutboxRow
from crm_core.kernel.outbound import MailFailed, send_mail
from tests.support.people import HOST, PASSWORD, Company

OTHER = "another horse, another battery"


class Box:
    """A mail server's inside: keeps what comes, refuses while `refusing`."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.refusing = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusing:
            return self.refusing
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def box(company: Company) -> Iterator[Box]:
    made, port = Box(), _free_port()
    server = Controller(made, hostname="127.0.0.1", port=port)
    server.start()
    config = company.site.config
    for name, value in {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_from": "crm@example.com",
                        "base_url": HOST}.items():
        object.__setattr__(config, name, value)
    yield made
    server.stop()


def _ask(company: Company, name: str = "lina") -> str:
    answer = company.browser().post("/password/forgotten", data={"name": name})
    assert answer.status_code == 200, answer.text
    return re.sub(r'"[0-9a-f]{64}"', '""', answer.text)


def _link(mail: Message) -> str:
    found = re.search(re.escape(HOST) + r"(/password/reset/\S+)", mail.get_payload(decode=True).decode())  # type: ignore[union-attr]
    assert found is not None
    return found[1]


def test_the_link_arrives_and_sets_a_new_password_once(company: Company, box: Box) -> None:
    elsewhere = company.client("lina")
    _ask(company)
    assert box.mails == [], "nothing leaves before the commit"
    assert outbox.drain(company.site) == 1
    (mail,) = box.mails
    assert mail["To"] == "Lina <lina@example.com>"
    path = _link(mail)
    browser = company.browser()
    assert browser.get(path).status_code == 200
    assert browser.post(path, data={"password": OTHER, "again": OTHER}).headers["Location"] == "/sign-in?done=reset"
    used = browser.get(path)
    assert (used.status_code, "This link no longer works" in used.text, 'href="/password/forgotten"' in used.text) == (404, True, True)
    assert elsewhere.get("/me").status_code == 303, "whoever was signed in is out"
    assert company.browser().sign_in("lina", PASSWORD).status_code == 422
    assert company.browser().sign_in("lina", OTHER).status_code == 303
    assert browser.get(path).status_code == 404
    assert browser.post(path, data={"password": PASSWORD, "again": PASSWORD}).status_code == 404


def test_the_mail_speaks_the_language_of_its_reader(company: Company, box: Box) -> None:
    with company.site.system("test"):
        company.site.registry.resource("core.user").write([{"id": company.people["lina"], "name": "李娜", "language": "en"}])
    _ask(company)
    outbox.drain(company.site)
    assert box.mails[0]["Subject"] == "Set a new password"
    assert "李娜" in box.mails[0].get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_names_nobody_has_get_the_same_answer_and_no_mail(company: Company, box: Box) -> None:
    known = _ask(company)
    assert _ask(company, "nobody") == known
    assert _ask(company, "nobody@example.com") == known
    company.sql("update core_user set active = false where login = 'sue'")
    assert _ask(company, "sue") == known
    outbox.drain(company.site)
    assert [mail["To"] for mail in box.mails] == ["Lina <lina@example.com>"]


def test_nothing_in_the_database_is_enough_to_follow_the_link(company: Company, box: Box) -> None:
    box.refusing = "451 try later: for lina@example.com with secret words"
    _ask(company)
    outbox.drain(company.site)
    box.refusing = ""
    _again(company)
    secret = _link(box.mails[0]).rpartition("/")[2]
    everything = repr(company.state())
    assert secret not in everything
    assert "secret words" not in everything, "what a server said stays out of the error that is kept"
    with company.site.system("test") as work:
        assert all(secret not in row.data for row in work.session.scalars(sa.select(OutboxRow)))


def test_a_mail_that_comes_twice_has_one_id_and_one_link(company: Company, box: Box) -> None:
    """Killed after the server took it and before it was marked: it goes again, and either copy works."""
    _ask(company)
    outbox.drain(company.site)
    company.sql("update core_outbox set state = 'queued'")
    outbox.drain(company.site)
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert _link(first) == _link(second)
    with company.site.system("test") as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(OneTime)) == 1


def test_a_refused_mail_is_tried_again(company: Company, box: Box) -> None:
    box.refusing = "451 not now"
    _ask(company)
    outbox.drain(company.site)
    with company.site.system("test") as work:
        row = work.session.scalars(sa.select(OutboxRow)).one()
        assert (row.state.value, row.failures) == ("queued", 1)
        assert "451" in (row.error or "")
    box.refusing = ""
    _again(company)
    assert len(box.mails) == 1


def _again(company: Company) -> None:
    early = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    company.sql("update core_outbox set run_at = :at", at="2020-01-01 00:00:00.000000" if company.site.engines.is_sqlite else early)
    outbox.drain(company.site)


def test_the_link_grows_old_in_an_hour(company: Company, box: Box) -> None:
    _ask(company)
    outbox.drain(company.site)
    with clock.freeze(clock.now() + dt.timedelta(minutes=61)):
        assert company.browser().get(_link(box.mails[0])).status_code == 404


def test_a_password_that_was_changed_meanwhile_ends_the_link(company: Company, box: Box) -> None:
    _ask(company)
    outbox.drain(company.site)
    with company.site.system("test"):
        accounts.set_password(company.people["lina"], OTHER, kind="test")
    assert company.browser().get(_link(box.mails[0])).status_code == 404


def test_a_weak_password_does_not_use_the_link_up(company: Company, box: Box) -> None:
    _ask(company)
    outbox.drain(company.site)
    path, browser = _link(box.mails[0]), company.browser()
    assert browser.post(path, data={"password": "short", "again": "short"}).status_code == 422
    assert browser.post(path, data={"password": OTHER, "again": "different"}).status_code == 422
    assert browser.post(path, data={"password": OTHER, "again": OTHER}).status_code == 303


def test_asking_is_counted(company: Company, box: Box) -> None:
    for _ in range(3):
        _ask(company)
    assert company.browser().post("/password/forgotten", data={"name": "lina"}).status_code == 429
    outbox.drain(company.site)
    assert len(box.mails) == 3


def test_without_a_mail_server_the_page_says_whom_to_ask(company: Company) -> None:
    page = company.browser().get("/password/forgotten")
    assert "Ask an administrator" in page.text
    assert '<form class="sg-f"' not in page.text or 'name="name"' not in page.text
    with company.site.system("test") as work:
        assert work.session.scalars(sa.select(OutboxRow)).all() == []


def test_the_host_of_the_request_never_gets_into_the_link(company: Company, box: Box) -> None:
    browser = company.browser()
    token = browser.csrf()
    answer = browser.post("/password/forgotten", raw=True, data={"name": "lina", "csrf_token": token},
                          headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    outbox.drain(company.site)
    assert "evil" not in box.mails[0].as_string()


@pytest.mark.parametrize("name", ["Lina\r\nBcc: thief@example.com", "Lina\nSubject: x", "\u2028Lina", 'L"in<a>'])
def test_a_name_cannot_add_headers(company: Company, box: Box, name: str) -> None:
    with company.site.system("test"):
        send_mail("lina@example.com", name, "Hello\r\nX-Evil: 1", "text")
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert mail["To"].addresses[0].addr_spec == "lina@example.com"


def test_a_server_that_is_not_there_is_said_without_its_words(company: Company, box: Box) -> None:
    object.__setattr__(company.site.config, "smtp_port", _free_port())
    with company.site.system("test"), pytest.raises(MailFailed, match="ConnectionRefusedError"):
        send_mail("lina@example.com", "Lina", "x", "y")


def test_sending_is_not_done_inside_a_write_transaction(company: Company, box: Box) -> None:
    with company.site.system("test"), writing(), pytest.raises(RuntimeError):
        send_mail("lina@example.com", "Lina", "x", "y")


def test_what_fails_writes_no_secret_into_logs(company: Company, box: Box, caplog: pytest.LogCaptureFixture,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.DEBUG)
    _ask(company)
    outbox.drain(company.site)
    path = _link(box.mails[0])

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(accounts, "store_hash", broken)
    browser = company.browser()
    answer = browser.post(path, data={"password": OTHER, "again": OTHER})
    assert answer.status_code == 500
    browser.sign_in("lina", PASSWORD + "x")
    written = caplog.text + answer.text
    for secret in (path.rpartition("/")[2], OTHER, PASSWORD):
        assert secret not in written
