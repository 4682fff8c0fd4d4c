"""Mail goes out through somebody's own box, once, and is filed on the customer it was written to."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.app import create_app
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.files import api as files
from crm_core.features.mail import accounts, api, outgoing
from crm_core.features.mail.models import Box, Letter, Mail, MailAccount
from crm_core.features.messages import services as messages
from crm_core.kernel import clock, outbox
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.kernel.models import OutboxRow
from crm_core.resource import sealed, timeline, undo
from crm_core.resource.changes import Change, History
from crm_core.testing.clients import signed_in
from tests.customers.office import Office
from tests.mail.conftest import LOGIN, PASSWORD, Sink, box


@pytest.fixture(autouse=True)
def grants(office: Office) -> None:
    for verb, scope in (("read", "team"), ("create", "own"), ("update", "own"), ("delete", "own")):
        office.grant("seller", f"core.mail_account.{verb}", scope)


def write(office: Office, who: str, account: int, to: str, title: str = "The fair", **more: Any) -> int:
    with office.as_(who):
        return int(office.resource("mail").write([{"account": account, "receivers": to, "title": title, "text": "Please come.\n谢谢", **more}])[0])


def state(office: Office, mail: int) -> Any:
    with office.site.system("tests") as work:
        return work.session.execute(sa.select(table_of(Mail)).where(table_of(Mail).c.id == mail)).one()


def lines(office: Office, subject: str, row: int) -> list[Any]:
    with office.as_("sun"):
        return [(one.title, one.actor_id, one.data["direction"]) for one in timeline.of(subject, row) if one.kind == "letter"]


def test_a_mail_leaves_once_with_its_head_text_and_files_and_is_filed_on_the_customer(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="office@firm.example")
    person = office.contact("chen", firm, email="Luo@firm.example")
    account = box(office, sink)
    mail = write(office, "chen", account, "罗建国 <luo@firm.example>, other@elsewhere.example", copies="office@firm.example", hold=True,
                 subject="core.contact", subject_id=person)
    with office.as_("chen"):
        files.put("core.mail", mail, "名单.txt", io.BytesIO(b"one\ntwo"))
        assert outbox.drain(office.site) == 0, "what is held back stays"
        office.resource("mail").run("send", [mail])
    assert sink.mails == [], "nothing leaves before the commit"
    assert outbox.drain(office.site) >= 1
    (got,) = sink.mails
    assert (str(got["From"]), str(got["To"]), str(got["Cc"]), got["Subject"]) == (
        "陈晓燕 <chen@example.com>", "罗建国 <luo@firm.example>, other@elsewhere.example", "office@firm.example", "The fair")
    text, file = got.iter_parts()  # type: ignore[attr-defined]
    assert text.get_content().replace("\r", "") == "Please come.\n谢谢\n\n-- \nTel. 028-1234\n"
    assert (file.get_filename(), file.get_content()) == ("名单.txt", "one\ntwo")
    row = state(office, mail)
    assert (row.box, row.customer_id, row.contact_id, got["Message-ID"]) == ("sent", firm, person, row.message_id)

    # Filed: on the customer and on the contact, with its file, for whoever sees them.
    assert lines(office, "core.customer", firm) == lines(office, "core.contact", person) == [("The fair", office.people["chen"], "sent")]
    with office.as_("sun"):
        (letter,) = session.scalars(office.resource("letter").visible())
        assert (letter.customer_id, letter.contact_id, [one.name for one in files.on("core.letter", [letter.id])]) == (firm, person, ["名单.txt"])
        with pytest.raises(Missing):
            office.resource("mail").get(mail)  # the box is his alone, whatever anybody may do
        letter_id = letter.id
    with office.as_("li"), pytest.raises(Missing):
        office.resource("letter").get(letter_id)

    # The same delivery once more, as after a kill between the server's answer and our note of it having been written: nothing leaves.
    with office.site.system("tests"):
        outgoing.deliver(api.MailQueued((mail,)))
    assert len(sink.mails) == 1
    with office.as_("chen"), pytest.raises(Invalid):
        office.resource("mail").write([{"id": mail, "title": "Something else"}])


def test_an_answer_joins_the_conversation(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="office@firm.example")
    account = box(office, sink)
    first = write(office, "chen", account, "office@firm.example", subject="core.customer", subject_id=firm)
    outbox.drain(office.site)
    second = write(office, "chen", account, "office@firm.example", "Re: The fair", subject="core.mail", subject_id=first)
    outbox.drain(office.site)
    one, two = state(office, first), state(office, second)
    assert (two.thread, two.references, two.subject, two.subject_id) == (one.message_id, one.message_id, "core.customer", firm)
    got = sink.mails[1]
    assert got["In-Reply-To"] == got["References"] == one.message_id
    assert "> Please come." in got.get_content()  # type: ignore[attr-defined]
    with office.as_("chen"):
        assert set(session.scalars(sa.select(Letter.thread))) == {one.message_id}


def test_what_a_server_refuses_is_told_and_what_it_cannot_take_now_is_tried_again(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    sink.refusing = {"gone@firm.example": "550 5.1.1 no such user"}
    mail = write(office, "chen", account, "gone@firm.example")
    outbox.drain(office.site)
    row = state(office, mail)
    assert (row.box, "550 5.1.1 no such user" in row.fault, sink.mails) == ("failed", True, [])
    with office.as_("chen"):
        assert any(one.subject_id == mail for one in messages.newest())
        sink.refusing = {}
        office.resource("mail").run("send", [mail])
    outbox.drain(office.site)
    assert (state(office, mail).box, len(sink.mails)) == ("sent", 1)

    # One of two refused: the other has it, and the sender is told.
    sink.refusing = {"gone@firm.example": "550 5.1.1 no such user"}
    mail = write(office, "chen", account, "gone@firm.example, here@firm.example")
    outbox.drain(office.site)
    row = state(office, mail)
    assert (row.box, row.fault.startswith("gone@firm.example: 550"), sink.envelopes[-1].rcpt_tos) == ("sent", True, ["here@firm.example"])

    # Not now: it stays on its way, the outbox comes back to it.
    sink.refusing, sink.down = {}, "451 4.3.0 try later"
    mail = write(office, "chen", account, "here@firm.example")
    outbox.drain(office.site)
    assert (state(office, mail).box, "451 4.3.0 try later" in state(office, mail).fault) == ("outgoing", True)
    for _again in range(6):  # more often than what fails is tried: a server that is not there is asked for most of a day
        anew(office)
    assert state(office, mail).box == "outgoing"
    sink.down = ""
    anew(office)
    assert (state(office, mail).box, state(office, mail).fault, len(sink.mails)) == ("sent", None, 3)

    # For good: it is given up, and its writer hears of it.
    sink.down = "451 4.3.0 try later"
    mail = write(office, "chen", account, "here@firm.example")
    with office.site.system("tests"), writing() as db:
        db.execute(sa.update(table_of(Mail)).where(table_of(Mail).c.id == mail).values(updated_at=clock.now() - dt.timedelta(hours=21)))
    anew(office)
    assert state(office, mail).box == "failed"
    with office.as_("chen"):
        assert any(one.subject_id == mail for one in messages.newest())


def anew(office: Office) -> None:
    """The hour of the next try."""
    with office.site.system("tests"), writing() as db:
        db.execute(sa.update(table_of(OutboxRow)).values(run_at=clock.now() - dt.timedelta(hours=1)))
    outbox.drain(office.site)


def test_a_mail_that_is_held_back_is_filed_on_nobody_whom_its_writer_does_not_see(office: Office, sink: Sink) -> None:
    account, hers = box(office, sink), office.customer("wang")
    held = write(office, "chen", account, "here@firm.example", hold=True)
    with office.as_("chen"):
        for about in ({"subject": "core.customer", "subject_id": hers}, {"subject": "core.customer"}, {"subject": "no.such", "subject_id": 1}):
            with pytest.raises(Invalid):
                office.resource("mail").write([{"id": held, **about}])


def test_who_does_not_want_mail_gets_none(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="office@firm.example", wish_never=["email"])
    account = box(office, sink)
    with pytest.raises(Invalid) as refused:
        write(office, "chen", account, "Office@firm.example", subject="core.customer", subject_id=firm)
    assert "Does not want to hear from us this way" in str(refused.value.fields["receivers"][0])
    with pytest.raises(Invalid):
        write(office, "chen", account, "no address")
    with pytest.raises(Invalid):
        write(office, "chen", account, "a@b.example\nBcc: everybody@firm.example, x")


def test_an_answer_goes_to_who_asked_and_to_nobody_else_who_wants_none(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="office@firm.example", wish_never=["email"])
    office.customer("chen", "乙有限公司", email="other@else.example", wish_never=["email"])
    account = box(office, sink)
    with office.site.system("tests"):
        (asked,) = office.resource("mail").write([{
            "account": account, "receivers": "chen@example.com", "title": "Question", "text": "?", "box": Box.received, "hold": False,
            "sender": "Firm <Office@firm.example>", "customer": firm, "owner": office.people["chen"]}], kind="mail")
        with writing() as db:
            db.execute(sa.update(table_of(Mail)).where(table_of(Mail).c.id == asked).values(message_id="<q@firm.example>", thread="<q@firm.example>"))
    answer = {"subject": "core.mail", "subject_id": asked}
    sent = write(office, "chen", account, "office@firm.example", "Re: Question", **answer)
    for more in ({"to": "office@firm.example, other@else.example"}, {"to": "office@firm.example", "copies": "other@else.example"}):
        with pytest.raises(Invalid) as refused:
            write(office, "chen", account, title="Re: Question", **more, **answer)
        assert "other@else.example" in str(refused.value.fields["receivers"][0]) and len(refused.value.fields["receivers"]) == 1
    with pytest.raises(Invalid):  # nor by answering what we wrote ourselves
        write(office, "chen", account, "office@firm.example", "Re: Question", subject="core.mail", subject_id=sent)
    held = write(office, "chen", account, "office@firm.example", "Re: Question", hold=True, **answer)
    with office.as_("chen"):
        office.resource("mail").write([{"id": held, "receivers": "Office@firm.example"}])
        with pytest.raises(Invalid):
            office.resource("mail").write([{"id": held, "copies": "other@else.example"}])
        office.resource("mail").run("send", [held])


def test_who_wants_no_mail_by_the_hour_it_leaves_gets_none(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="office@firm.example")
    account, later = box(office, sink), clock.now() + dt.timedelta(hours=3)
    mail = write(office, "chen", account, "office@firm.example", send_at=later)
    other = write(office, "chen", account, "somebody@else.example", send_at=later)
    held = write(office, "chen", account, "office@firm.example", hold=True)
    with office.as_("chen"):
        office.resource("customer").write([{"id": firm, "wish_never": ["email"]}])
        with pytest.raises(Refused) as refused:
            office.resource("mail").run("send", [held])
        assert "Does not want to hear from us this way" in str(refused.value)
    with clock.freeze(later + dt.timedelta(minutes=1)):
        with office.site.system("tests"):
            outgoing.due(_Job())  # type: ignore[arg-type]
        outbox.drain(office.site)
    assert [str(one["To"]) for one in sink.mails] == ["somebody@else.example"]
    row = state(office, mail)
    assert (row.box, "office@firm.example" in row.fault, state(office, other).box) == ("failed", True, "sent")
    with office.as_("chen"):
        assert any(one.subject_id == mail for one in messages.newest())


def test_a_mail_goes_out_at_its_hour_and_a_private_one_is_filed_nowhere(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="office@firm.example")
    account = box(office, sink)
    later = clock.now() + dt.timedelta(hours=3)
    mail = write(office, "chen", account, "office@firm.example", send_at=later, confidential=True)
    assert (state(office, mail).box, outbox.drain(office.site)) == ("scheduled", 0)
    with clock.freeze(later + dt.timedelta(minutes=1)):
        with office.site.system("tests"):
            outgoing.due(_Job())  # type: ignore[arg-type]
        outbox.drain(office.site)
    assert (state(office, mail).box, state(office, mail).customer_id, len(sink.mails)) == ("sent", firm, 1)
    with office.as_("sun"):
        assert list(session.scalars(office.resource("letter").visible())) == []
    with pytest.raises(Invalid):
        write(office, "chen", account, "office@firm.example", send_at=clock.now() - dt.timedelta(hours=1))


class _Job:
    """As much of a running job as `due` asks for."""

    done = 0

    def write(self) -> Any:
        return writing()

    def progress(self, done: int) -> None:
        self.done = done


def test_boxes_are_their_owners_and_the_password_is_sealed(office: Office, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    account = box(office, sink, password=PASSWORD.decode(), login=LOGIN.decode())
    with office.site.system("tests") as work:
        kept = work.session.execute(sa.select(table_of(MailAccount).c.password)).scalar_one()
    assert "sesame" not in kept
    with office.as_("chen"):
        assert sealed.open_("mail", kept) == PASSWORD.decode()
        field = office.resource("mail_account").all_fields["password"]
        assert (field.show(kept), field.text(kept), field.dump(kept)) == (sealed.HIDDEN, "", None)
        assert accounts.test(account) is True, office.resource("mail_account").get(account).sending
        office.resource("mail_account").write([{"id": account, "password": field.parse("wrong")}])
        assert accounts.test(account) is False
        assert "refuses user name or password: 535" in office.resource("mail_account").get(account).sending
        office.resource("mail_account").write([{"id": account, "smtp_port": 1, "password": PASSWORD.decode()}])
        assert accounts.test(account) is False
        assert "Nobody answers at 127.0.0.1, port 1" in office.resource("mail_account").get(account).sending
        office.resource("mail_account").write([{"id": account, "smtp_port": sink.port, "smtp_security": "tls", "password": PASSWORD.decode()}])
        assert accounts.test(account) is False
        assert "does not speak TLS" in office.resource("mail_account").get(account).sending
        office.resource("mail_account").write([{"id": account, "smtp_port": sink.port, "smtp_security": "none", "password": field.parse(PASSWORD.decode())}])
        assert accounts.test(account) is True
        with monkeypatch.context() as patch:
            patch.setattr(office.site, "config", replace(office.site.config, private_hosts=""))
            assert accounts.test(account) is False
            assert "only hosts in the internet" in office.resource("mail_account").get(account).sending
            patch.setattr(office.site, "config", replace(office.site.config, smtp_host="127.0.0.1", smtp_port=sink.port))
            assert accounts.test(account) is True, "the house's own server may lie within it"
    with office.as_("wang"), pytest.raises(Missing):
        accounts.test(account)
    with office.as_("wang"), pytest.raises(Missing):
        office.resource("mail_account").get(account)
    with pytest.raises(Invalid):
        write(office, "wang", account, "office@firm.example")  # not through somebody else's box
    with office.as_("sun"), pytest.raises(Sealed):
        sealed.open_("mail", kept[:-4] + "AAA=")


Sealed = sealed.Unopened


def test_a_password_goes_to_no_server_it_was_not_typed_for(office: Office, sink: Sink) -> None:
    account = box(office, sink, password="secret")
    bare = box(office, sink, "li")
    with office.as_("sun"):  # may change every box
        boxes = office.resource("mail_account")
        for name, value in (("smtp_host", "evil.example"), ("smtp_port", 2525), ("smtp_security", "starttls"), ("imap_host", "evil.example"), ("imap_port", 1143),
                            ("imap_security", "none"), ("login", "someone"), ("address", "other@example.com")):
            with pytest.raises(Invalid) as refused:
                boxes.write([{"id": account, name: value}])
            assert set(refused.value.fields) == {"password"}
        boxes.write([{"id": account, "login": "chen@example.com"}])  # the address was the name
        boxes.write([{"id": account, "address": "chen@elsewhere.example"}])  # and is it no more
        row = boxes.get(account)
        boxes.write([{"id": account, "signature": "Tel.", "smtp_host": row.smtp_host, "smtp_port": row.smtp_port, "imap_host": row.imap_host, "login": row.login}])
        boxes.write([{"id": account, "smtp_host": "mail.example", "password": "another"}])
        told = session.scalars(sa.select(History.old).where(History.resource == "core.mail_account", History.row_id == account, History.old.is_not(None)).order_by(History.id)).all()
        assert [old["password"] for old in told if "password" in old] == [None], "no history has a password"
        another = session.scalars(sa.select(Change.id).order_by(Change.id.desc())).first()
        assert undo.ask(another or 0).conflicts == []
        assert (boxes.get(account).smtp_host, boxes.get(account).password) == ("127.0.0.1", None), "undone: the old server without a password"
        boxes.write([{"id": account, "smtp_host": "mail.example", "password": "another"}])
        boxes.write([{"id": account, "password": None}])
        cleared = session.scalars(sa.select(Change.id).order_by(Change.id.desc())).first()
        for host in ("elsewhere.example", "evil.example"):
            boxes.write([{"id": account, "smtp_host": host}, {"id": bare, "imap_host": host}])  # no password, nothing to lose
        assert undo.ask(cleared or 0).conflicts == [("core.mail_account", account)]  # nor to get back
        assert not boxes.get(account).password


def test_a_team_shares_a_box(office: Office, sink: Sink) -> None:
    with office.as_("sun"):
        team = int(office.resource("team").write([{"name": "Fair", "members": [{"user": office.people["chen"]}, {"user": office.people["li"]}]}])[0])
    account = box(office, sink, address="fair@example.com", name="Fair office", team=team)
    with office.as_("li"):
        assert [one.id for one in accounts.usable()] == [account]
    mail = write(office, "li", account, "office@firm.example")
    for who, sees in (("chen", True), ("li", True), ("wang", False), ("sun", False)):
        with office.as_(who):
            assert ([one.id for one in session.scalars(office.resource("mail").visible())] == [mail]) is sees

    def page(who: str) -> str:
        return re.sub(r"<[^>]+>|\s+", " ", signed_in(create_app(office.site), office.site, office.people[who])("GET", f"/core/mail/{mail}", Accept_Language="en").text)

    linked = page("li")
    assert "hidden record" not in linked and re.search(r"From box +Fair office", linked)
    office.revoke("seller", "core.mail_account.read")  # whoever reads the mail knows whose it is
    assert re.search(r"From box +Fair office", page("li"))


def test_other_features_send_through_the_api(office: Office, sink: Sink) -> None:
    firm = office.customer("chen", email="office@firm.example")
    with office.as_("chen"), pytest.raises(Refused):
        api.send(None, "office@firm.example", "Happy birthday", "…", about=("core.customer", firm))
    box(office, sink)
    with office.site.system("a rule"):
        api.send(None, "office@firm.example", "Happy birthday", "Many happy returns.", about=("core.customer", firm), sender_id=office.people["chen"])
    outbox.drain(office.site)
    assert [str(one["From"]) for one in sink.mails] == ["陈晓燕 <chen@example.com>"]
    assert [one[0] for one in lines(office, "core.customer", firm)] == ["Happy birthday"]


def test_a_server_that_asks_for_no_name_is_tried_too(office: Office, sink: Sink) -> None:
    account = box(office, sink)
    with office.as_("chen"):
        assert accounts.test(account) is True
