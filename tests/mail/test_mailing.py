"""A mail to many: who gets it and who none, one copy for each address, and what becomes of each."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.app import create_app
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.mail import composing, mailings, optout, receivers, receiving
from crm_core.features.mail.addresses import Addressee, one_line
from crm_core.features.mail.mailing_models import Mailing, MailingReceiver
from crm_core.features.mail.models import Letter, MailAccount
from crm_core.features.mail.parsing import Bounce
from crm_core.kernel import clock, runner
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.models import JobRow
from crm_core.testing import clients
from tests.customers.office import Office
from tests.mail.conftest import Sink, box
from tests.mail.test_sending import grants

assert grants  # a fixture of these tests too
TEXT = {"title": "For {{ name }}", "text": "Dear {{ name }},\nplease come.\n{{ me.name }}"}


@pytest.fixture(autouse=True)
def may(office: Office) -> None:
    for verb in ("read", "create", "update", "start", "go_on", "stop", "try_out", "again"):
        office.grant("seller", f"core.mailing.{verb}", "own")
    office.grant("seller", "core.mail_template.read", "all")
    for verb in ("create", "update"):
        office.grant("seller", f"core.mail_template.{verb}", "own")


def firms(office: Office, count: int, who: str = "chen") -> list[int]:
    with office.as_(who):
        return [int(i) for i in office.resource("customer").write([{"name": f"第{n}号酒业公司", "email": f"a{n}@firm.example"} for n in range(count)])]


def mailing(office: Office, box_id: int, who: str = "chen", **more: Any) -> int:
    with office.as_(who):
        return int(office.resource("mailing").write([{"name": "The fair", "wanted": "/core/customer", "account": box_id, **TEXT, **more}])[0])


def run(office: Office) -> None:
    """All jobs that are due now and those they ask for, whatever their hour."""
    while runner.run_one(office.site) or hurry(office):
        pass


def hurry(office: Office) -> int:
    jobs = table_of(JobRow)
    with office.site.engines.write.begin() as conn:
        return conn.execute(sa.update(jobs).where(jobs.c.name == mailings.JOB, jobs.c.state == "queued", jobs.c.run_at > sa.literal(clock.now(), jobs.c.run_at.type)).values(run_at=sa.literal(clock.now(), jobs.c.run_at.type))).rowcount


def go(office: Office, made: int, act: str = "start", who: str = "chen") -> None:
    with office.as_(who):
        office.resource("mailing").run(act, [made])


def fates(office: Office, made: int) -> dict[str, str]:
    with office.site.system("tests") as work:
        table = table_of(MailingReceiver)
        return {row.name: row.fate.value for row in work.session.execute(sa.select(table).where(table.c.mailing_id == made))}


def state(office: Office, made: int) -> Any:
    with office.site.system("tests") as work:
        return work.session.execute(sa.select(table_of(Mailing)).where(table_of(Mailing).c.id == made)).one()


def test_each_address_gets_one_copy_with_its_own_fields_and_a_way_to_end_it(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    ids = firms(office, 3)
    office.customer("chen", "无邮箱公司")
    office.customer("chen", "勿扰公司", email="never@firm.example", wish_never=["email"])
    office.customer("chen", "同址公司", email="A0@firm.example")
    office.customer("wang", "别人的公司", email="other@firm.example")
    sink.refusing = {"a2@firm.example": "550 5.1.1 no such user"}
    made = mailing(office, account)
    go(office, made)
    assert sink.mails == [], "nothing leaves before its job runs"
    run(office)
    assert fates(office, made) == {"第0号酒业公司": "sent", "第1号酒业公司": "sent", "第2号酒业公司": "refused", "无邮箱公司": "no_address", "勿扰公司": "wish", "同址公司": "duplicate"}
    row = state(office, made)
    assert (row.stage, row.total, row.sent, row.fault) == ("done", 6, 2, None)
    assert sorted(one.rcpt_tos[0] for one in sink.envelopes) == ["a0@firm.example", "a1@firm.example"]
    got = sink.mails[0]
    assert (got["Subject"], got["To"].addresses[0].display_name) == ("For 第0号酒业公司", "第0号酒业公司")  # type: ignore[union-attr]
    body = got.get_content()  # type: ignore[attr-defined]
    assert body.startswith("Dear 第0号酒业公司,") and "陈晓燕" in body and "Tel. 028-1234" in body and f"{optout.PAGE}/" in body
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and f"{optout.ONE_CLICK}/" in got["List-Unsubscribe"]

    # Filed on its customer, in its own words and without the link that is his alone.
    with office.as_("sun"):
        (letter,) = session.scalars(sa.select(Letter).where(Letter.customer_id == ids[0]))
        assert (letter.title, letter.author_id, letter.message_id, optout.PAGE in (letter.text or "")) == ("For 第0号酒业公司", office.people["chen"], got["Message-ID"], False)

    # Started twice, resumed, run again: nobody gets a second one.
    with pytest.raises(Refused):
        go(office, made)
    with office.as_("chen"), pytest.raises(Invalid):
        office.resource("mailing").write([{"id": made, "text": "Something else"}])


def test_what_is_lacking_is_said_and_rights_bind(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    with office.as_("chen"):
        for wrong, field in (({"wanted": "/core/task"}, "wanted"), ({"wanted": "https://evil.example/"}, "wanted"), ({"wanted": "/core/customer?nothing.any=1"}, "wanted"),
                             ({"text": "line\n{{ nothing }}"}, "text"), ({"title": "{{ name.__class__ }}"}, "title")):
            with pytest.raises(Invalid) as bad:
                office.resource("mailing").write([{"name": "x", "wanted": "/core/customer", "account": account, **TEXT, **wrong}])
            assert field in bad.value.fields
        with pytest.raises(Invalid) as bad:
            office.resource("mailing").write([{"name": "x", "wanted": "/core/customer", "text": "line\n{{ nothing }}"}])
        assert "Line 2" in str(bad.value.fields["text"][0])
    firms(office, 1)
    for lacking in ({"account": None}, {"text": None}, {"wanted": "/core/customer?name.contains=nobody"}):
        with pytest.raises(Refused):
            go(office, mailing(office, account, **lacking))
    office.revoke("seller", "core.mailing.start")
    with pytest.raises(Forbidden):
        go(office, mailing(office, account))


def web(office: Office, who: str) -> clients.Browser:
    return clients.signed_in(create_app(office.site), office.site, office.people[who])


def test_it_can_be_stopped_and_goes_on_with_those_who_are_left(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    firms(office, 5)
    made = mailing(office, account, rate=12)  # two in each ten seconds
    go(office, made)
    runner.run_one(office.site)
    assert len(sink.mails) == 2
    go(office, made, "stop")
    run(office)
    assert (len(sink.mails), state(office, made).stage) == (2, "stopped")
    with office.as_("chen"), writing():
        office.resource("customer").write([{"id": session.scalar(sa.select(office.resource("customer").model.id).where(office.resource("customer").model.email == "a4@firm.example")), "wish_never": ["email"]}])
    go(office, made, "go_on")
    run(office)
    assert sorted(one.rcpt_tos[0] for one in sink.envelopes) == [f"a{n}@firm.example" for n in range(4)], "a wish that came meanwhile holds"
    assert state(office, made).stage == "done"


def test_a_server_that_is_not_there_is_asked_again_and_then_told_of(office: Office, sink: Sink) -> None:
    account = box(office, sink, smtp_port=1)
    firms(office, 2)
    made = mailing(office, account)
    go(office, made)
    runner.run_one(office.site)
    assert state(office, made).stage == "sending" and "127.0.0.1" in state(office, made).fault
    run(office)
    row = state(office, made)
    assert row.stage == "stopped" and set(fates(office, made).values()) == {"waiting"}
    with office.as_("chen"):
        office.resource("mail_account").write([{"id": account, "smtp_port": sink.port}])
    sink.down = "451 4.3.0 not now"
    go(office, made, "go_on")
    run(office)
    assert set(fates(office, made).values()) == {"refused"} and sink.mails == [], "what a server does not take three times is given up"


def test_whoever_holds_the_link_ends_the_mails_and_nobody_else(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    (firm,) = firms(office, 1)
    person = office.contact("chen", firm, "张伟", email="A0@firm.example")
    made = mailing(office, account)
    go(office, made)
    run(office)
    link = re.search(rf"{optout.PAGE}/\S+", sink.mails[0].get_content())[0]  # type: ignore[attr-defined, index]
    browser = create_app(office.site).test_client()
    page = browser.get(link, headers={"Accept-Language": "en"})
    assert page.status_code == 200 and "a•••@firm.example" in page.text and "a0@firm.example" not in page.text
    assert browser.get(link, headers={"Accept-Language": "zh"}).text.count("退订") >= 1
    with office.as_("sun"):
        assert office.resource("contact").get(person).wish_never == [], "to look at it changes nothing"
    number, _dash, signature = link.rpartition("/")[2].partition("-")
    for wrong in (f"{number}-{'0' * 32}", f"{int(number) + 1}-{signature}", number, f"x-{signature}", f"{number}-", f"{number}-{signature}0"):
        answer = browser.get(f"{optout.PAGE}/{wrong}")
        assert answer.status_code == 404, wrong
        assert browser.post(f"{optout.ONE_CLICK}/{wrong}", data={"List-Unsubscribe": "One-Click"}).status_code == 404
    assert browser.post(link).status_code == 403, "a form comes from our page"
    one = sink.mails[0]["List-Unsubscribe"].strip("<>")
    one = one[one.index(optout.ONE_CLICK):]
    assert browser.get(one).headers["Location"].endswith(link)
    assert browser.post(one, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"}).status_code == 204, "a mail program has no cookies"
    with office.as_("sun"):
        for name, row in (("contact", person), ("customer", firm)):
            assert office.resource(name).get(row).wish_never == ["email"]
    assert browser.post(one).status_code == 204 and "gets no more" in browser.get(link, headers={"Accept-Language": "en"}).text, "said twice is said once"
    again = mailing(office, account)
    with office.as_("chen"):
        office.resource("mailing").run("start", [again])
    run(office)
    assert (fates(office, again), len(sink.mails)) == ({"第0号酒业公司": "wish"}, 1)


def test_a_copy_that_comes_back_is_told_by_its_own_message_id_alone(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    (firm,) = firms(office, 1)
    made = mailing(office, account)
    go(office, made)
    run(office)
    mine = sink.mails[0]["Message-ID"]
    with office.site.system("tests") as work:
        kept = work.session.execute(sa.select(table_of(MailAccount)).where(table_of(MailAccount).c.id == account)).one()
        for forged in (re.sub(r"\.[0-9a-f]{20}@", f".{'0' * 20}@", mine), "<m1@x>"):
            with writing():
                receiving._returned(kept, Bounce("a0@firm.example", "5.1.1", "no such user", forged))
        assert set(fates(office, made).values()) == {"sent"}
        with writing():
            receiving._returned(kept, Bounce("a0@firm.example", "5.1.1", "no such user", mine))
    assert set(fates(office, made).values()) == {"bounced"}
    with office.as_("sun"):
        assert "email" in office.resource("customer").get(firm).bad_channels


@pytest.mark.parametrize(("name", "title"), [
    ("罗建国", "诚邀参加"), ("O'Brien, \"Pat\" (CEO)", "Plain =?utf-8?q?words?="), ("", ""), ("四川云岭春酒业有限公司" * 9, "很长的主题 " * 20), ("a" * 110, "b" * 190),
    ("Evil\r\nBcc: x@evil.example", "Hello\r\nBcc: x@evil.example\u2028\x00"), ("=?utf-8?q?x?=", "x\x85y"),
])
def test_a_copy_put_together_by_hand_is_read_as_it_was_meant(office: Office, name: str, title: str) -> None:
    row = type("Row", (), {"id": 7, "address": "luo@firm.example", "name": name})
    text = "Dear 罗,\n.\n..dots\n" + "long " * 400
    with office.as_("chen"):
        data, mine, _own = composing.Letter(Addressee("chen@example.com", "陈晓燕"), "Tel. 1").bytes(row, " ".join(title.split())[:200], text)
    got = message_from_bytes(data, policy=default)
    assert got.keys() == ["To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "From", "List-Unsubscribe-Post", "Precedence", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
    assert not got.defects and all(len(line) <= 998 and line.isascii() for line in data.split(b"\r\n")) and b"\n" not in data.replace(b"\r\n", b"")
    ((read, address),) = getaddresses([str(make_header(decode_header(message_from_bytes(data)["To"])))])  # the newer reader puts spaces between encoded words
    shown = " ".join("".join(c if c.isprintable() else " " for c in one_line(name)).split())
    assert (" ".join(read.split()), address) == (shown, "luo@firm.example")
    assert " ".join(got["Subject"].split()) == " ".join("".join(c if c.isprintable() else " " for c in title).split())[:200].strip()
    assert got["Message-ID"] == mine and got["From"].addresses[0].display_name == "陈晓燕"
    assert got.get_content().replace("\r", "").startswith(text.rstrip() + "\n\n-- \nTel. 1\n")


def test_ticks_and_lists_lead_to_a_draft_for_who_may(office: Office, sink: Sink) -> None:
    box(office, sink)
    ids = firms(office, 3)
    browser = web(office, "chen")
    assert "bulk/mass_mail" in browser("GET", "/core/customer").text
    answer = browser("POST", "/core/customer/bulk/mass_mail", {"id": [str(ids[0]), str(ids[2])]})
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/edit")
    whole = browser("POST", "/core/customer/bulk/mass_mail", {"all": "1", "name.contains": "第1号"})
    with office.as_("chen"):
        ticked, listed = session.scalars(sa.select(Mailing).order_by(Mailing.id)).all()
        assert (ticked.ids, receivers.count(ticked), listed.ids, receivers.count(listed)) == ([ids[0], ids[2]], (2, False), None, (1, False))
        office.resource("mailing").write([{"id": ticked.id, "wanted": listed.wanted}])
        assert receivers.count(session.get_one(Mailing, ticked.id, populate_existing=True)) == (1, False), "another list is what is meant now"
    assert browser("GET", whole.headers["Location"]).status_code == 200
    office.revoke("seller", "core.mailing.create")
    assert "bulk/mass_mail" not in browser("GET", "/core/customer").text
    assert browser("POST", "/core/customer/bulk/mass_mail", {"all": "1"}).status_code == 403
