"""Mails to many where somebody or something turns against them: Undo, a full box, a job that ends otherwise, a server that drips."""

from __future__ import annotations

import datetime as dt
import io
import socket
import threading
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from smtplib import SMTPException

import pytest
import sqlalchemy as sa

from crm_core.app import create_app
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.files import api as files
from crm_core.features.mail import composing, mailings, optout, receivers
from crm_core.features.mail.addresses import Addressee
from crm_core.features.mail.mailing_models import MAILING_PREVIEW, Mailing, MailingReceiver
from crm_core.features.mail.models import Letter, MailAccount
from crm_core.features.messages.models import Notice
from crm_core.kernel import clock, jobs, runner
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.models import JobRow
from crm_core.kernel.outbound import smtp
from crm_core.resource import undo
from crm_core.resource.changes import Change, unscoped
from tests.customers.office import Office
from tests.mail.conftest import Sink, box
from tests.mail.test_mailing import fates, firms, go, mailing, may, run, state, web
from tests.mail.test_sending import grants

assert grants and may  # fixtures of these tests too


def last() -> int:
    """The act that was done last."""
    return session.scalars(sa.select(Change.id).order_by(Change.id.desc()).limit(1)).one()


def test_undo_calls_no_mail_back_and_changes_none_that_is_going_out(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 3)
    made = mailing(office, account, rate=12)
    resource = office.resource("mailing")
    with office.as_("chen"):
        resource.write([{"id": made, "text": "The other text"}])
        edited = last()
        started = resource.run("start", [made])
    runner.run_one(office.site)
    assert len(sink.mails) == 2
    with office.as_("chen"):
        for change in (started, edited):
            with pytest.raises(Refused):
                undo.ask(change)
        with pytest.raises(Invalid):
            resource.write([{"id": made, "text": "Something else"}])
        stopped = resource.run("stop", [made])
        with pytest.raises(Refused):
            undo.ask(stopped)
    assert state(office, made).stage == "stopped"
    other = mailing(office, account, send_at=clock.now() + dt.timedelta(days=1))
    with office.as_("chen"):
        resource.run("start", [other])
        stopped = resource.run("stop", [other])
        with pytest.raises(Refused):
            undo.ask(stopped)
        assert state(office, other).stage == "draft", "never Goes out later without a job"
        resource.write([{"id": other, "text": "A third text"}])
        assert undo.ask(last()).done == 1, "a draft is anybody's draft"


def test_what_a_server_says_of_the_sender_or_his_quota_is_booked_on_nobody(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 12)
    made = mailing(office, account)
    sink.barred = "550 5.7.1 sender is not allowed"
    go(office, made)
    run(office)
    row = state(office, made)
    assert (row.stage, set(fates(office, made).values())) == ("stopped", {"waiting"}) and "5.7.1" in row.fault
    sink.barred, sink.down, sink.room = "", "552 5.2.3 daily quota", 4
    go(office, made, "go_on")
    run(office)
    row, found = state(office, made), list(fates(office, made).values())
    assert (row.stage, row.sent, found.count("sent"), found.count("waiting")) == ("stopped", 4, 4, 8) and "quota" in row.fault
    sink.down = ""
    go(office, made, "go_on")
    run(office)
    assert (state(office, made).stage, set(fates(office, made).values()), len(sink.mails)) == ("done", {"sent"}, 12)


def test_a_slow_mailing_meets_a_full_box_too_and_unknown_receivers_stop_none(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 7)
    made = mailing(office, account, rate=12)  # two in a job
    sink.down = "552 quota"
    go(office, made)
    run(office)
    assert (state(office, made).stage, set(fates(office, made).values())) == ("stopped", {"waiting"})
    sink.down, sink.refusing = "", {f"a{n}@firm.example": "550 5.1.1 no such user" for n in range(7)}
    go(office, made, "go_on")
    run(office)
    assert (state(office, made).stage, set(fates(office, made).values())) == ("done", {"refused"})


def test_one_whose_job_ended_otherwise_is_stopped_and_its_owner_told(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 1)
    made = mailing(office, account)
    going = mailing(office, account, name="Another")
    go(office, made)
    go(office, going)
    with office.site.system("tests") as work, writing():
        table = table_of(JobRow)
        for row in work.session.execute(sa.select(table.c.id, table.c.args).where(table.c.name == mailings.JOB)).all():
            if row.args["mailing"] == made:
                jobs.cancel(row.id)
        jobs.later("core.mailing.stranded")
    while state(office, made).stage == "sending":
        assert runner.run_one(office.site)
    assert state(office, made).stage == "stopped" and state(office, made).fault
    run(office)
    assert state(office, going).stage == "done", "one that goes by its job is let alone"
    with office.site.system("tests") as work:
        assert any("was stopped" in str(one) and "The fair" in str(one) for one in work.session.execute(sa.select(table_of(Notice).c.text)).scalars())
    with office.site.engines.write.begin() as conn:
        conn.execute(sa.update(table_of(MailAccount)).values(address="陈@example.com"), execution_options=unscoped("tests"))
    go(office, made, "go_on")
    runner.run_one(office.site)
    assert state(office, made).stage == "stopped", "a box whose address no server takes is said at once"


def test_who_stood_in_one_may_be_deleted_and_one_that_has_begun_may_not(office: Office, sink: Sink) -> None:
    office.grant("seller", "core.mailing.delete", "own")
    office.grant("seller", "core.customer.delete", "own")
    account = box(office, sink)
    ids = firms(office, 3)
    draft, made = mailing(office, account), mailing(office, account, rate=12)
    go(office, made)
    runner.run_one(office.site)
    with office.as_("chen"):
        office.resource("customer").delete(ids[:1])
        office.resource("mailing").delete([draft])
        with pytest.raises(Refused):
            office.resource("mailing").delete([made])
        assert office.resource("mailing").held([made]) == {made}, "nor by the undo of its creation"
    page = web(office, "chen")("GET", f"/core/mailing/{made}")
    assert page.status_code == 200 and f"/core/mailing/{made}/delete" not in page.text
    with office.site.engines.write.begin() as conn:  # however it came about
        conn.execute(sa.update(table_of(Mailing)).where(table_of(Mailing).c.id == made).values(deleted_at=clock.now()), execution_options=unscoped("tests"))
    run(office)
    assert len(sink.mails) == 2


def test_wishes_are_written_down_a_batch_at_a_time(office: Office, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailings, "BATCH", 2)
    account = box(office, sink)
    ids = firms(office, 7)
    made = mailing(office, account, rate=12)
    go(office, made)
    runner.run_one(office.site)
    with office.as_("chen"):
        office.resource("customer").write([{"id": one, "wish_never": ["email"]} for one in ids[2:6]])
    seen: list[int] = []
    claim = mailings._Part.claim

    def counted(part: mailings._Part, most: int) -> object:
        found = claim(part, most)
        seen.append(part.seen)
        return found

    monkeypatch.setattr(mailings._Part, "claim", counted)
    run(office)
    assert max(seen) == 2 and seen[:3] == [2, 2, 1], "each in a transaction of its own"
    assert sorted(fates(office, made).values()) == ["sent"] * 3 + ["wish"] * 4


def test_the_way_to_end_it_is_said_in_the_language_of_the_letter(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 1)
    with office.as_("chen"):
        made = {code: int(office.resource("mail_template").write([{"name": code, "about": "customer", "language": code, "title": "T", "text": "Text"}])[0]) for code in ("en", "zh")}
    for code, words in (("en", "No more mails from us"), ("zh", "退订")):
        go(office, mailing(office, account, title=None, text=None, template=made[code]))
        run(office)
        body = sink.mails[-1].get_content()  # type: ignore[attr-defined]
        assert (words in body, optout.PAGE in body) == (True, True), code


def test_long_names_with_signs_are_quoted_and_fold(office: Office) -> None:
    name = "Sichuan (Chengdu) Wine: Trade. " + "Company " * 9
    row = type("Row", (), {"id": 7, "address": "luo@firm.example", "name": name})
    with office.as_("chen"):
        data = composing.Letter(Addressee("chen@example.com", name.strip()), "").bytes(row, "T", "Text")[0]
    got = message_from_bytes(data, policy=default)
    for head, address in (("To", "luo@firm.example"), ("From", "chen@example.com")):
        (one,) = got[head].addresses
        assert (one.display_name, one.addr_spec, got[head].defects) == (name.strip(), address, ())


def test_an_address_of_a_list_that_is_none_is_said(office: Office) -> None:
    assert receivers.about_list("http://[") is None
    browser = web(office, "chen")
    assert browser("POST", "/core/mailing/new", {"name": "x", "wanted": "http://["}).status_code == 422
    assert browser("POST", MAILING_PREVIEW, {"wanted": "http://[", "title": "T", "text": "Text"}).status_code == 200
    assert create_app(office.site).test_client().get("/").status_code in (200, 302, 303)


@pytest.mark.parametrize(("pause", "line"), [(0.05, b"250-more\r\n"), (0.0, b"250-" + b"x" * 900 + b"\r\n")])
def test_a_server_whose_answer_never_ends_holds_nobody(office: Office, monkeypatch: pytest.MonkeyPatch, pause: float, line: bytes) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 1 if pause else 20)
    listening, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        with suppress(OSError), listening.accept()[0] as conn:
            conn.sendall(b"220 here\r\n")
            conn.recv(1000)
            for _n in range(2_000):  # then an end after all, so that who waits for it is told from who does not
                conn.sendall(line)
                if over.wait(pause):
                    return
            conn.sendall(b"250 end\r\n")
            conn.recv(1000)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with office.as_("chen"), pytest.raises((SMTPException, OSError)), smtp.connected("127.0.0.1", listening.getsockname()[1], "none") as made:
            made.ehlo()
    finally:
        over.set()
        listening.close()
        thread.join()


def test_a_full_quota_of_a_small_mailing_is_put_off_and_booked_on_nobody(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 3)
    made = mailing(office, account)
    sink.down, sink.room = "552 5.2.3 daily quota", 1
    go(office, made)
    runner.run_one(office.site)
    row, found = state(office, made), sorted(fates(office, made).values())
    assert (row.stage, found) == ("sending", ["sent", "waiting", "waiting"]) and "quota" in row.fault
    run(office)
    row = state(office, made)
    assert (row.stage, sorted(fates(office, made).values())) == ("stopped", ["sent", "waiting", "waiting"]) and "quota" in row.fault
    sink.down = ""
    go(office, made, "go_on")
    run(office)
    assert (state(office, made).stage, set(fates(office, made).values()), len(sink.mails)) == ("done", {"sent"}, 3)


def test_what_was_perhaps_sent_is_sent_again_when_somebody_says_so(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 2)
    made = mailing(office, account, filed=False)
    go(office, made)
    run(office)
    with office.as_("chen"), pytest.raises(Refused):
        office.resource("mailing").run("again", [made])
    with office.site.system("tests") as work, writing():
        table = table_of(MailingReceiver)
        work.session.execute(sa.update(table).where(table.c.address == "a1@firm.example").values(fate="unsure"), execution_options=unscoped("tests"))
        work.session.execute(sa.update(table_of(Mailing)).values(sent=1), execution_options=unscoped("tests"))
    go(office, made, "again")
    run(office)
    row = state(office, made)
    assert (row.stage, row.sent, sorted(one.rcpt_tos[0] for one in sink.envelopes)) == ("done", 2, ["a0@firm.example", "a1@firm.example", "a1@firm.example"])
    assert len({mail["Message-ID"] for mail in sink.mails}) == 2, "the same mail, for who has it already"


def test_files_go_along_with_every_copy_and_are_kept_once(office: Office, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    account = box(office, sink)
    firms(office, 2)
    made = mailing(office, account)
    with office.as_("chen"):
        files.put("core.mailing", made, "价格表.pdf", io.BytesIO(b"%PDF-1.4\n" + b"x" * 500))
        files.put("core.mailing", made, "plan.txt", io.BytesIO(b"first\n.\nsecond\n"))
        monkeypatch.setattr(composing, "ATTACHED", 400)
        with pytest.raises(Refused):
            office.resource("mailing").run("start", [made])
        monkeypatch.undo()
    go(office, made)
    run(office)
    assert len(sink.mails) == 2
    for mail in sink.mails:
        assert isinstance(mail, EmailMessage)
        text, *found = list(mail.iter_parts())
        assert text.get_content().startswith("Dear 第") and optout.PAGE in text.get_content()
        assert [(one.get_filename(), one.get_payload(decode=True)) for one in found] == [("价格表.pdf", b"%PDF-1.4\n" + b"x" * 500), ("plan.txt", b"first\n.\nsecond\n")]
    with office.as_("chen"):
        kept = session.scalars(sa.select(Letter.text)).all()
        assert len(kept) == 2 and all((one or "").rstrip().endswith("附件：价格表.pdf、plan.txt") for one in kept)
        with pytest.raises(Refused):
            files.put("core.mailing", made, "later.txt", io.BytesIO(b"too late"))


def test_nothing_offers_to_take_back_what_was_sent(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 1)
    made = mailing(office, account)
    chen = web(office, "chen")
    chen("POST", f"/core/mailing/{made}/do/start", {})
    page = chen("GET", f"/core/mailing/{made}", Accept_Language="en").text
    assert state(office, made).stage == "sending"
    assert 'class="toast' in page and "/undo/" not in page
