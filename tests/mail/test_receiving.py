"""Mail comes in over IMAP: once, filed on whose it is, taken apart where it can do no harm."""

from __future__ import annotations

import base64
import datetime as dt
import json
import zlib
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.features.files import api as files
from crm_core.features.mail import parsing, receiving
from crm_core.features.mail.models import Letter, Mail, MailAccount
from crm_core.features.messages import services as messages
from crm_core.kernel import outbox, runner
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.models import OutboxRow
from crm_core.resource import timeline
from tests.customers.office import Office
from tests.mail.conftest import IMAP_PASSWORD, Post, Sink, box
from tests.mail.test_sending import grants, state, write

assert grants  # a fixture of these tests too


def mail(subject: str = "Question", sender: str = "罗建国 <luo@firm.example>", message_id: str = "<one@firm.example>", **heads: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"], made["Date"] = sender, "chen@example.com", subject, message_id, "Fri, 20 Nov 2026 09:00:00 +0800"
    for name, value in heads.items():
        made[name.replace("_", "-")] = value
    made.set_content("When does the fair begin?\n何时开始？\n")
    return made


def account(office: Office, sink: Sink, post: Post, who: str = "chen", **more: Any) -> int:
    return box(office, sink, who, **{"imap_host": "127.0.0.1", "imap_port": post.port, "imap_security": "none", "login": who, "password": IMAP_PASSWORD,
                                     "receive_from": dt.date(2026, 1, 1), **more})


def look(office: Office) -> None:
    """What the schedule does every two minutes."""
    with office.site.system("tests"):
        receiving.look(_Job())  # type: ignore[arg-type]
    runner.drain(office.site)


class _Job:
    def finish(self) -> Any:
        from crm_core.data.session import writing

        return writing()

    write = finish

    def progress(self, done: int, total: int) -> None:
        pass


class _Inbox:
    """A box with one mail in it."""

    validity = 1

    def uids(self, after: int, since: dt.date) -> list[int]:
        return [1]

    def size(self, uid: int) -> int:
        return 100

    def fetch(self, uid: int, *, head: bool) -> bytes:
        return mail("Poison").as_bytes()


def received(office: Office, who: str = "chen") -> list[Mail]:
    with office.as_(who):
        found = list(session.scalars(office.resource("mail").visible().where(Mail.box == "received").order_by(Mail.id)))
        session.expunge_all()
        return found


def facts(office: Office, number: int) -> Any:
    with office.site.system("tests") as work:
        return work.session.execute(sa.select(table_of(MailAccount)).where(table_of(MailAccount).c.id == number)).one()


def test_a_mail_comes_in_once_and_is_filed_on_whose_it_is(office: Office, sink: Sink, post: Post) -> None:
    firm = office.customer("chen")
    person = office.contact("chen", firm, email="Luo@firm.example")
    number = account(office, sink, post)
    made = mail()
    made.add_attachment(b"one\ntwo", maintype="text", subtype="plain", filename="名单.txt")
    post.drop("chen", made.as_bytes())
    post.drop("chen", mail("Who is this?", "stranger@elsewhere.example", "<two@elsewhere.example>").as_bytes())
    look(office)
    known, unknown = received(office)
    assert (known.title, known.sender, known.customer_id, known.contact_id, known.text) == (
        "Question", "罗建国 <luo@firm.example>", firm, person, "When does the fair begin?\n何时开始？")
    assert known.sent_at == dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)
    assert (unknown.title, unknown.customer_id) == ("Who is this?", None)
    with office.as_("sun"):
        (letter,) = session.scalars(office.resource("letter").visible())
        assert [one.name for one in files.on("core.letter", [letter.id])] == ["名单.txt"]
        assert [(one.title, one.actor_id) for one in timeline.of("core.contact", person) if one.kind == "letter"] == [("Question", None)]
        with pytest.raises(Missing):
            office.resource("mail").get(known.id)
    with office.site.system("tests") as work:
        table = table_of(OutboxRow)
        told = work.session.scalars(sa.select(table.c.data).where(table.c.event == "MailReceived", table.c.listener == "core.fax.received").order_by(table.c.id)).all()
    assert [json.loads(one)["customers"] for one in told] == [[firm], [0]]

    # The same again, and the box numbered anew (its UIDs begin at one): nothing comes twice, and it is said.
    post.drop("chen", made.as_bytes())
    look_again(office)
    post.empty("chen")
    post.drop("chen", made.as_bytes())
    post.drop("chen", mail("New", message_id="<three@firm.example>", In_Reply_To="<one@firm.example>").as_bytes())
    look_again(office)
    assert [one.title for one in received(office)] == ["Question", "Who is this?", "New"]
    assert received(office)[-1].thread == known.thread == "<one@firm.example>"
    assert "2026-01-01" in facts(office, number).receiving  # it is said from which day all was looked through once more

    # Filed by hand, and taken off again.
    with office.as_("chen"):
        office.resource("mail").run("file", [unknown.id], {"customer": firm})
        office.resource("mail").run("keep_private", [known.id])
    with office.as_("sun"):
        assert {one.title for one in session.scalars(office.resource("letter").visible())} == {"Who is this?", "New"}
        assert not [one for one in timeline.of("core.contact", person) if one.title == "Question" and one.kind == "letter"]

    # Filed once more, with its file.
    with office.as_("chen"):
        office.resource("mail").run("file", [known.id], {"customer": firm})
    with office.as_("sun"):
        (letter,) = session.scalars(office.resource("letter").visible().where(Letter.title == "Question"))
        assert [one.name for one in files.on("core.letter", [letter.id])] == ["名单.txt"]
        assert [one.title for one in timeline.of("core.customer", firm) if one.kind == "letter"].count("Question") == 1

    # Sent on with its file.
    with office.as_("chen"):
        office.resource("mail").run("forward", [known.id], {"receivers": "boss@example.com", "text": "Please look."})
    outbox.drain(office.site)
    (got,) = sink.mails
    assert got["Subject"] == "Fwd: Question"
    assert [one.get_filename() for one in got.iter_attachments()] == ["名单.txt"]  # type: ignore[attr-defined]


def test_what_a_colleagues_box_files_is_not_his_to_take_off(office: Office, sink: Sink, post: Post) -> None:
    firm = office.customer("chen", email="luo@firm.example")
    for who in ("chen", "wang"):
        account(office, sink, post, who)
        post.drop(who, mail().as_bytes())
    look(office)
    his = received(office, "wang")
    with office.as_("wang"), pytest.raises(Refused):
        office.resource("mail").run("keep_private", [his[0].id])
    with office.as_("sun"):
        assert [one.customer_id for one in session.scalars(office.resource("letter").visible())] == [firm]
    assert received(office, "wang")[0].confidential is False


def look_again(office: Office) -> None:
    """Two minutes later."""
    from crm_core.kernel import clock

    global _later
    _later += 1
    with clock.freeze(clock.now() + dt.timedelta(minutes=3 * _later)):
        look(office)


_later = 0


def test_a_box_that_cannot_be_read_says_why(office: Office, sink: Sink, post: Post) -> None:
    number = account(office, sink, post)
    post.drop("chen", mail().as_bytes())
    with office.as_("chen"):
        office.resource("mail_account").write([{"id": number, "password": "wrong", "smtp_port": sink.port}])
    look(office)
    assert "AUTHENTICATIONFAILED" in facts(office, number).receiving
    with office.as_("chen"):
        assert any(one.subject_id == number for one in messages.newest())
        office.resource("mail_account").write([{"id": number, "password": IMAP_PASSWORD, "imap_port": 1}])
    look_again(office)
    assert "127.0.0.1" in facts(office, number).receiving
    with office.as_("chen"):
        office.resource("mail_account").write([{"id": number, "imap_port": post.port, "password": IMAP_PASSWORD, "receive_from": dt.date(2031, 1, 1)}])
    look_again(office)
    assert (received(office), facts(office, number).receiving) == ([], None)  # older than the chosen day: it stays where it is
    with office.as_("chen"):
        office.resource("mail_account").write([{"id": number, "receive_from": dt.date(2026, 1, 1)}])
    look_again(office)
    assert len(received(office)) == 1


def test_a_bounce_marks_the_address_and_the_mail_and_an_automatic_answer_does_not(office: Office, sink: Sink, post: Post) -> None:
    firm = office.customer("chen")
    person = office.contact("chen", firm, email="gone@firm.example")
    number = account(office, sink, post)
    sent = write(office, "chen", number, "gone@firm.example")
    outbox.drain(office.site)
    assert state(office, sent).box == "sent"
    away = mail("Automatic reply: The fair", "gone@firm.example", "<away@firm.example>", Auto_Submitted="auto-replied", In_Reply_To=state(office, sent).message_id)
    post.drop("chen", away.as_bytes())
    look(office)
    assert [(one.nature, one.thread) for one in received(office)] == [("automatic", state(office, sent).thread)]
    assert bad(office, person) == {}

    post.drop("chen", DSN.replace("@ID@", state(office, sent).message_id).encode())
    look_again(office)
    row = state(office, sent)
    assert (row.box, "5.1.1" in row.fault) == ("failed", True)
    assert "5.1.1" in bad(office, person)["email"]["reason"]
    with office.as_("chen"):
        assert any(one.subject_id == sent for one in messages.newest())


def test_a_forged_bounce_marks_nobody(office: Office, sink: Sink, post: Post) -> None:
    firm = office.customer("chen")
    victim = office.contact("chen", firm, email="gone@firm.example")
    number = account(office, sink, post)
    sent = write(office, "chen", number, "other@firm.example")
    outbox.drain(office.site)
    post.drop("chen", DSN.replace("@ID@", "<made.up@evil.example>").encode())
    post.drop("chen", DSN.replace("Message-ID: @ID@\n", "").replace("<dsn@", "<dsn2@").encode())
    post.drop("chen", DSN.replace("@ID@", state(office, sent).message_id).replace("<dsn@", "<dsn3@").encode())  # of a mail that went to others
    look(office)
    assert [one.nature for one in received(office)] == ["bounce"] * 3
    assert bad(office, victim) == {}


def test_a_mail_that_cannot_be_taken_keeps_no_other_away(office: Office, sink: Sink, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    number = account(office, sink, post)
    post.drop("chen", mail("Poison", message_id="<p@firm.example>").as_bytes())
    post.drop("chen", mail("Good").as_bytes())
    put = receiving._put
    errors: list[Exception] = [sa.exc.OperationalError("", {}, Exception("database is locked")), ValueError("nobody foresaw it")]

    def breaks(account: Any, parsed: Any, *rest: Any) -> None:
        if parsed.subject == "Poison":
            raise errors.pop(0)
        put(account, parsed, *rest)

    monkeypatch.setattr(receiving, "_put", breaks)
    with office.site.system("tests"), pytest.raises(sa.exc.OperationalError):  # the database was away: the mail is read again
        receiving._read(_Job(), facts(office, number), _Inbox())  # type: ignore[arg-type]
    assert facts(office, number).cursor is None
    look(office)
    assert [one.title for one in received(office)] == ["Good"]
    assert "Poison" in facts(office, number).receiving
    with office.as_("chen"):
        assert any(one.subject_id == number for one in messages.newest())
    look_again(office)
    assert [one.title for one in received(office)] == ["Good"]


def bad(office: Office, person: int) -> dict[str, Any]:
    with office.as_("sun"):
        return dict(office.resource("contact").get(person).bad_channels)


DSN = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.firm.example>
To: chen@example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn@mx.firm.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.firm.example

Final-Recipient: rfc822; gone@firm.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b
Content-Type: text/rfc822-headers

Message-ID: @ID@
Subject: The fair
--b--
"""


@pytest.mark.parametrize("page", [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<a href='javascript:alert(1)'>x</a>", "<iframe src=//evil></iframe>",
    "<form action=//evil><input name=a></form>", "<div style='background:url(//evil)'>x</div>", "<style>@import '//evil'</style>", "<base href=//evil>",
    "<meta http-equiv=refresh content='0;url=//evil'>", "<object data=//evil></object>", "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<p onclick=alert(1)>x</p>", "<img src='http://evil/pixel.gif'>", "<link rel=stylesheet href=//evil>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<template><script>alert(1)</script></template>",
])
def test_of_html_nothing_stays_that_runs_or_fetches(page: str) -> None:
    from crm_core.features.mail.parse_child import safe

    made = safe(f"<p>before</p>{page}<p>after</p>").casefold()
    assert not any(one in made for one in ("<script", "onerror", "onload", "onclick", "javascript:", "<img", "<svg", "<iframe", "<form", "<input", "style", "url(", "<base", "<meta",
                                           "<object", "<math", "data:", "<link", "<template"))
    assert "<p>before</p>" in made


def test_mails_made_to_do_harm_end_in_their_head(office: Office) -> None:
    deep = b"From: a@b.example\nSubject: deep\nContent-Type: multipart/mixed; boundary=b0\n\n"
    for n in range(3_000):
        deep += b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1)
    found = parsing.parse(deep)
    assert (found.subject, found.unread, found.files) == ("deep", True, ())
    bomb = b"From: a@b.example\nSubject: =?utf-8?b?5Y+R56Wo?=\nContent-Type: application/zip; name=x.zip\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(zlib.compress(b"0" * 10**7))
    found = parsing.parse(bomb)
    assert (found.subject, [name for name, _data in found.files]) == ("发票", ["x.zip"])
    odd = parsing.parse(b"\xff\xfe\x00Subject: ?\n\n\x00\x01\x02" * 100)
    assert "\x00" not in odd.text and not odd.files
    charset = parsing.parse(b"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: 8bit\n\n" + "發票與发票".encode("gb18030"))
    assert charset.text == "發票與发票"  # what calls itself gb2312 seldom is


def test_no_control_character_comes_in_with_an_id_or_address() -> None:
    report = DSN.replace("@ID@", "<own\0@example.com>").encode()
    assert [one.message_id for one in parsing.parse(report).bounces] == ["<own@example.com>"]
    found = parsing.parse(b"From: Luo <lu\0o@firm.example>\nTo: a\x01b@firm.example\nCc: c\0@d.example\nMessage-ID: <o\0ne@x.example>\nReferences: <t\0wo@x.example>\nSubject: a\0b\n\nHi\n")
    assert (found.sender[1], found.receivers[0][1], found.copies[0][1], found.message_id, found.references) == (
        "luo@firm.example", "ab@firm.example", "c@d.example", "<one@x.example>", ("<two@x.example>",))


def test_a_page_that_is_too_long_is_not_cut_inside_a_tag() -> None:
    from crm_core.features.mail.parse_child import TEXT, safe, taken_apart

    def page(body: str) -> str:
        return str(taken_apart(b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n" + body.encode())["html"])

    long = page("<p>" + "x" * (TEXT * 4 - 20) + '</p><a href="http://evil.example/' + "y" * 100 + '">z</a>')
    assert len(long) > TEXT * 3
    assert long == safe(long), "all its tags are whole"
    link = '<a href="http://b.example/">z</a>'
    assert page(link * (TEXT * 4 // len(link))) == "", "what safety makes longer is left out"
    assert "<b>short</b>" in page("<b>short</b>")
