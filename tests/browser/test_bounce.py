"""A mail that comes back marks the contact: written in the browser, sent by SMTP, returned by IMAP, seen in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from crm_core.features.mail import receiving
from crm_core.kernel import outbox, runner
from tests.browser.demo import Demo
from tests.browser.hand import whole
from tests.mail.conftest import IMAP_PASSWORD, Post, Sink, post, post_office, sink, smtp_server
from tests.mail.test_receiving import DSN, _Job
from tests.support.browser import DESKTOP, PHONE, Visitor

FIXTURES = post, post_office, sink, smtp_server
REASON = "5.1.1"  # of the server that did not take it


@pytest.mark.parametrize(("language", "size", "theme"), [("zh_Hans_CN", DESKTOP, "light"), ("en", PHONE, "dark")])
def test_a_bounce_marks_the_contact(visitor: Visitor, demo: Demo, sink: Sink, post: Post, language: str, size: tuple[int, int], theme: str) -> None:
    page = demo.open(visitor, "/core/mail_account/new", who="chenxiaoyan", language=language, size=size, theme=theme)
    for name, value in {"name": "陈晓燕", "address": "chen@example.com", "login": "chen", "password": IMAP_PASSWORD, "smtp_host": "127.0.0.1", "smtp_port": str(sink.port),
                        "imap_host": "127.0.0.1", "imap_port": str(post.port), "receive_from": "2026-01-01"}.items():
        page.locator(f"[name={name}]").fill(value)
    for name in ("smtp_security", "imap_security"):
        page.locator(f"[name={name}]").select_option("none")
    whole(page, f"box-{language}")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    account = demo.one("SELECT max(id) FROM core_mail_account")

    contact = demo.one("SELECT id FROM core_contact WHERE deleted_at IS NULL AND email IS NOT NULL AND bad_channels IN ('{}', 'null') AND NOT invalid "
                                 "AND owner_id = (SELECT id FROM core_user WHERE login = 'chenxiaoyan') ORDER BY id LIMIT 1")
    address = demo.one("SELECT email FROM core_contact WHERE id = :n", n=contact)
    demo.go(page, f"/core/mail/new?account={account}")
    page.locator("[name=receivers]").fill(address)
    page.locator("[name=title]").fill("春季展会")
    page.locator("[name=text]").fill("请光临。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    mail = page.url.removeprefix(demo.address).partition("?")[0]
    outbox.drain(demo.site)
    assert [one["To"] for one in sink.mails] == [address]

    post.drop("chen", DSN.replace("gone@firm.example", address).replace("@ID@", str(sink.mails[0]["Message-ID"])).encode())
    with demo.site.system("tests"):
        receiving.look(_Job())  # type: ignore[arg-type]
    runner.drain(demo.site)
    demo.go(page, mail)
    expect(page.locator("#main")).to_contain_text(REASON)
    whole(page, f"mail-back-{language}")
    demo.go(page, f"/core/contact/{contact}")
    expect(page.locator("#main")).to_contain_text(REASON)
    whole(page, f"contact-back-{language}")
    demo.sql("UPDATE core_mail_account SET deleted_at = created_at WHERE id = :n", n=account)
