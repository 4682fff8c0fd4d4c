"""Invitations by mail, with a real SMTP and a real IMAP server: out once, changed, called off, answered; from outside in, and the answer out."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.calendar import dates, ical_child, itip, letters, sending
from crm_core.features.calendar.events import Planned
from crm_core.features.calendar.models import Answer, Appointment, Guest, State
from crm_core.features.mail.api import Addressee, Letter
from crm_core.kernel import clock, outbox
from crm_core.resource import undo
from crm_core.web.viewmodels import RecordPage
from tests.calendar.conftest import NOW, at, plan, room
from tests.calendar.test_appointments import newest, row, told
from tests.customers.office import Office
from tests.mail import test_receiving as mailing
from tests.mail.conftest import Post, Sink
from tests.mail.test_receiving import account

_LOOKS = count(1)
GUEST = "zhao@else.example"


def calendars(sink: Sink) -> list[Any]:
    """The calendars of the mails that were sent, each read as its receiver's program would."""
    found = []
    for message in sink.mails:
        (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
        said = ical_child.read(bytes(part.get_payload(decode=True)))
        assert said is not None and part.get_param("method") == said["method"], "programs look for the method in the part's head"
        found.append(said)
    return found


def letter(said: str, sender: str, message_id: str, to: str = "chen@example.com") -> bytes:
    """A mail with a calendar, as programs write it: beside the text, not as a file."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"], made["Date"] = sender, to, "Invitation", message_id, "Mon, 30 Nov 2026 09:00:00 +0800"
    made.set_content("See the calendar.")
    made.add_alternative(said, subtype="calendar", params={"method": "REQUEST"})
    return made.as_bytes()


def ics(method: str, uid: str = "one@firm.example", begins: str = "20261201T020000Z", ends: str = "20261201T030000Z", **more: str) -> str:
    lines = {"UID": uid, "DTSTAMP": "20261130T000000Z", "DTSTART": begins, "DTEND": ends, "SUMMARY": "Contract talk", "LOCATION": "Chengdu",
             "ORGANIZER": "mailto:luo@firm.example", "ATTENDEE;PARTSTAT=NEEDS-ACTION": "mailto:chen@example.com", "SEQUENCE": "0", **more}
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", f"METHOD:{method}", "BEGIN:VEVENT", *(f"{k}:{v}" for k, v in lines.items()), "END:VEVENT", "END:VCALENDAR", ""])


def answers(uid: str, word: str, sequence: int = 0, who: str = GUEST, stamp: str = "20261130T003000Z") -> str:
    return ics("REPLY", uid, DTSTAMP=stamp, SEQUENCE=str(sequence), ORGANIZER="mailto:chen@example.com", **{"ATTENDEE;PARTSTAT=NEEDS-ACTION": "mailto:nobody@x.example", f"ATTENDEE;PARTSTAT={word}": f"mailto:{who}"})


def look(office: Office) -> None:
    """A few minutes later the box is read, and who listens is told."""
    with clock.freeze(NOW + dt.timedelta(minutes=3 * next(_LOOKS))):
        mailing.look(office)
        outbox.drain(office.site)


def guest(office: Office) -> Any:
    with office.site.system("tests") as work:
        found = work.session.scalars(sa.select(Guest).where(Guest.address == GUEST)).one()
        work.session.expunge_all()
        return found


def test_guests_outside_are_written_to_once_and_again_when_it_changes(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    number = plan(office, room=room(office), text="Bring the plan", items=[{"address": GUEST}, {"user": office.people["wang"]}])
    outbox.drain(office.site)
    (first,) = calendars(sink)
    assert (first["method"], first["sequence"], first["begins"], first["place"]) == ("REQUEST", 0, "2026-12-01T02:00:00+00:00", "Hall")
    assert (first["organizer"], first["attendees"]) == ("chen@example.com", [{"address": GUEST, "answer": "NEEDS-ACTION"}])
    with office.site.system("tests"):
        sending.planned(Planned((number,)))  # told twice, it is sent once
    outbox.drain(office.site)
    assert len(sink.mails) == 1
    with office.as_("chen"):
        office.resource("appointment").write([{"id": number, "begins": at(14)}])
    outbox.drain(office.site)
    with office.as_("chen"):
        office.resource("appointment").run("call_off", [number])
    outbox.drain(office.site)
    found = calendars(sink)
    assert [(one["method"], one["sequence"]) for one in found] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert len({one["uid"] for one in found}) == 1
    assert [one.rcpt_tos for one in sink.envelopes] == [[GUEST]] * 3


def test_without_a_box_who_invites_is_told_and_with_one_it_is_an_invitation(office: Office, sink: Sink, post: Post) -> None:
    number = plan(office, items=[{"address": GUEST}])
    outbox.drain(office.site)
    assert told(office, "chen").startswith(f"could not be sent: invitation to {GUEST}")
    with office.as_("chen"):
        office.resource("appointment").run("call_off", [plan(office, begins=15, ends=16, items=[{"address": "other@else.example"}])])
    account(office, sink, post)
    with office.as_("chen"):
        office.resource("appointment").write([{"id": number, "begins": at(14)}])
    outbox.drain(office.site)
    assert [(one.rcpt_tos, str(mail["Subject"]).partition("：")[0]) for one, mail in zip(sink.envelopes, sink.mails, strict=True)] == [([GUEST], "邀请")], "what nobody was invited to is not called off"


def test_it_is_filed_on_no_customer(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    office.contact("chen", office.customer("chen"), email=GUEST)
    number = plan(office, closed=True, items=[{"address": GUEST}])
    outbox.drain(office.site)
    outbox.drain(office.site)
    assert len(sink.mails) == 1
    post.drop("chen", letter(answers(row(office, number).uid, "ACCEPTED"), GUEST, "<yes@x>"))
    look(office)
    assert guest(office).answer == Answer.accepted
    with office.site.system("tests") as work:
        assert work.session.scalars(sa.select(Letter).where(Letter.deleted_at.is_(None))).all() == []


def test_who_wants_no_mail_is_not_invited_by_his_address_either(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    office.contact("chen", office.customer("chen"), email=GUEST, wish_never=["email"])
    plan(office, items=[{"address": GUEST}])
    outbox.drain(office.site)
    assert sink.mails == []
    assert "对方不希望以这种方式联系" in told(office, "chen")


def test_changes_that_are_taken_back_are_sent_like_others(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    number = plan(office, items=[{"address": GUEST}])
    outbox.drain(office.site)

    def then_back(values: dict[str, Any]) -> None:
        with office.as_("chen"):
            office.resource("appointment").write([{"id": number, **values}])
            change = newest()
        outbox.drain(office.site)
        with office.as_("chen"):
            undo.ask(change)
        outbox.drain(office.site)

    then_back({"items": []})
    then_back({"begins": at(14)})
    found = calendars(sink)
    assert [one["method"] for one in found] == ["REQUEST", "CANCEL", "REQUEST", "REQUEST", "REQUEST"]
    assert found[-1]["begins"] == found[0]["begins"]
    numbers = [one["sequence"] for one in found]
    assert numbers == sorted(numbers) and len(set(numbers[1:])) == 4, numbers


def test_an_answer_counts_where_the_guest_sent_it(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    number = plan(office, items=[{"address": GUEST}])
    outbox.drain(office.site)
    uid = row(office, number).uid
    post.drop("chen", letter(answers(uid, "ACCEPTED"), "Somebody <other@else.example>", "<forged@x>"))
    post.drop("chen", letter(answers(uid, "ACCEPTED", who="other@else.example"), "other@else.example", "<uninvited@x>"))
    look(office)
    assert guest(office).answer == Answer.asked, "neither who speaks for another nor who was not invited"
    post.drop("chen", letter(answers(uid, "TENTATIVE"), f"Zhao <{GUEST.upper()}>", "<good@x>"))
    look(office)
    assert guest(office).answer == Answer.tentative
    assert told(office, "chen") == f"a mail from {GUEST} answers your invitation: Perhaps, Stand at the fair"
    post.drop("chen", letter(answers(uid, "DECLINED", stamp="20261130T001000Z"), GUEST, "<older@x>"))
    look(office)
    assert guest(office).answer == Answer.tentative, "an older answer that took longer"
    with office.as_("chen"):
        office.resource("appointment").write([{"id": number, "begins": at(14)}])
    outbox.drain(office.site)
    post.drop("chen", letter(answers(uid, "ACCEPTED", stamp="20261130T005000Z"), GUEST, "<stale@x>"))
    look(office)
    assert guest(office).answer == Answer.asked, "he answered what has been changed since"


def dates_of() -> list[str]:
    return [one.title for one in dates.mine()]


def invitations(office: Office) -> list[Any]:
    with office.as_("chen"):
        found = list(session.scalars(sa.select(Appointment).where(Appointment.organizer.is_not(None))))
        session.expunge_all()
        return found


def test_an_invitation_from_outside_is_answered_by_mail(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    post.drop("chen", letter(ics("REQUEST"), "罗建国 <luo@firm.example>", "<in@firm.example>"))
    look(office)
    (found,) = invitations(office)
    assert (found.title, found.begins, found.place, found.answer, found.organizer) == ("Contract talk", at(10), "Chengdu", Answer.asked, "罗建国 <luo@firm.example>")
    with office.as_("chen"):
        mails = office.resource("mail")
        letter_page = letters.offer(mails, mails.get(found.mail_id), RecordPage(title="Invitation"))
        (box,) = letter_page.first
        assert [act.url for act in box.rows[0].acts] == [f"/core/appointment/{found.id}/do/{one}" for one in ("accept", "perhaps", "decline")]
        assert dates_of() == [], "what was not answered stands in nobody's calendar"
        office.resource("appointment").run("accept", [found.id])
        assert dates_of() == ["Contract talk"]
    outbox.drain(office.site)
    outbox.drain(office.site)
    (reply,) = calendars(sink)
    assert (reply["method"], reply["uid"], reply["attendees"]) == ("REPLY", "one@firm.example", [{"address": "chen@example.com", "answer": "ACCEPTED"}])
    assert sink.envelopes[0].rcpt_tos == ["luo@firm.example"]
    post.drop("chen", letter(ics("REQUEST", begins="20261202T020000Z", ends="20261202T030000Z", SEQUENCE="1"), "Stranger <evil@else.example>", "<evil@x>"))
    look(office)
    assert invitations(office)[0].begins == at(10), "only who invited moves it"
    post.drop("chen", letter(ics("REQUEST", begins="20261202T020000Z", ends="20261202T030000Z", SEQUENCE="1"), "luo@firm.example", "<moved@firm.example>"))
    look(office)
    (moved,) = invitations(office)
    assert (moved.begins, moved.answer) == (at(10, day=dt.date(2026, 12, 2)), Answer.asked)
    assert told(office, "chen") == "was moved, and asks for your answer: Contract talk"
    post.drop("chen", letter(ics("CANCEL", SEQUENCE="2"), "luo@firm.example", "<off@firm.example>"))
    look(office)
    assert [one.state for one in invitations(office)] == [State.cancelled]


def test_another_beginning_leaves_the_end_that_was_said(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    post.drop("chen", letter(ics("REQUEST"), "luo@firm.example", "<first@firm.example>"))
    look(office)
    post.drop("chen", letter(ics("REQUEST", begins="20261201T023000Z", SEQUENCE="1"), "luo@firm.example", "<later@firm.example>"))
    look(office)
    assert [(one.begins, one.ends) for one in invitations(office)] == [(at(10, 30), at(11))]


def test_an_invitation_thrown_away_comes_back_when_it_is_another(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    post.drop("chen", letter(ics("REQUEST"), "luo@firm.example", "<first@firm.example>"))
    look(office)
    (found,) = invitations(office)
    with office.as_("chen"):
        office.resource("appointment").run("accept", [found.id])
        office.resource("appointment").delete([found.id])
    post.drop("chen", letter(ics("REQUEST"), "luo@firm.example", "<again@firm.example>"))
    look(office)
    assert invitations(office) == [], "the same once more"
    post.drop("chen", letter(ics("REQUEST", begins="20261202T020000Z", ends="20261202T030000Z", SEQUENCE="1"), "luo@firm.example", "<moved@firm.example>"))
    look(office)
    assert [(one.begins, one.answer) for one in invitations(office)] == [(at(10, day=dt.date(2026, 12, 2)), Answer.asked)]


def test_of_a_mail_few_calendars_are_read(office: Office, sink: Sink, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    account(office, sink, post)
    read: list[bytes] = []
    monkeypatch.setattr(itip, "read", read.append)
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = "luo@firm.example", "chen@example.com", "Many", "<many@firm.example>"
    made.set_content("See the calendars.")
    for n in range(6):
        made.add_attachment(f"no calendar {n}".encode(), maintype="application", subtype="octet-stream", filename=f"{n}.ics")
    post.drop("chen", made.as_bytes())
    look(office)
    assert len(read) == itip.LOOKED


@pytest.mark.parametrize(("said", "sender"), [
    (ics("REQUEST"), "other@firm.example"),  # the organizer is somebody else
    (ics("REQUEST", **{"ATTENDEE;PARTSTAT=NEEDS-ACTION": "mailto:li@example.com"}), "luo@firm.example"),  # one is not among who is invited
    (ics("REQUEST", begins="20261201T030000Z", ends="20261201T020000Z"), "luo@firm.example"),
    (ics("PUBLISH"), "luo@firm.example"),
    ("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + "X:" + "y" * 100, "luo@firm.example"),
])
def test_what_is_no_invitation_makes_none(office: Office, sink: Sink, post: Post, said: str, sender: str) -> None:
    account(office, sink, post)
    post.drop("chen", letter(said, sender, "<none@firm.example>"))
    look(office)
    assert invitations(office) == []


# --- what programs write -----------------------------------------------------------------------------------------------

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Luo, Jianguo":mailto:luo@firm.example
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Chen:MAILTO:chen@example.com
SUMMARY;LANGUAGE=de-DE:Messe
DTSTART;TZID=W. Europe Standard Time:{day}T100000
DTEND;TZID=W. Europe Standard Time:{day}T113000
UID:outlook-1
DTSTAMP:20261101T000000Z
SEQUENCE:3
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(("day", "hour"), [("20260701", "08:00"), ("20261201", "09:00")])
def test_zones_of_other_programs_are_understood_in_summer_and_winter(day: str, hour: str) -> None:
    found = itip.read(OUTLOOK.format(day=day).replace("\n", "\r\n").encode())
    assert found is not None
    times = found.times()
    assert times is not None
    assert (f"{times[0]:%H:%M}", times[1] - times[0], found.sequence, found.organizer) == (hour, dt.timedelta(minutes=90), 3, "luo@firm.example")


def test_what_is_written_is_read_again() -> None:
    class Row:
        uid, sequence, title, text = "a@b", 4, 'Talk; "one", two\\three', "first\nsecond, third"
        begins, ends = NOW, NOW + dt.timedelta(hours=2)

    raw = itip.calendar(itip.REQUEST, Row, Addressee("chen@example.com", 'Chen "X"; Y'), [("zhao@else.example", Answer.accepted)], "Hall, 3")
    found = itip.read(raw)
    assert found is not None
    assert (found.title, found.text, found.place, found.organizer) == (Row.title, Row.text, "Hall, 3", "chen@example.com")
    assert (found.times(), found.attendees) == ((Row.begins, Row.ends), (("zhao@else.example", "ACCEPTED"),))
    assert max(map(len, raw.split(b"\r\n"))) <= 75


BROKEN = (b"", b"\x00\xff\xfe", b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20269999T000000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
          b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" + b"BEGIN:VEVENT\r\n" * 5_000, b"BEGIN:VCALENDAR\r\n" * 20_000, b"x" * (itip.LARGEST + 1))


@pytest.mark.parametrize("raw", BROKEN, ids=range(len(BROKEN)))
def test_broken_calendars_do_no_harm(raw: bytes) -> None:
    found = itip.read(raw)
    assert found is None or found.times() is None
