"""Invitations to a box that a team shares, with a real SMTP and a real IMAP server: one of the team takes it, and answers in the box's name."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.data.wall import DELETED
from crm_core.features.calendar import dates, letters, shared
from crm_core.features.calendar.models import Answer, Appointment, State
from crm_core.features.mail.models import Mail
from crm_core.kernel import outbox
from crm_core.kernel.errors import Missing, Refused
from crm_core.resource import undo
from crm_core.web.viewmodels import PanelView, RecordPage
from tests.calendar.conftest import at
from tests.calendar.test_appointments import told
from tests.calendar.test_invitations import calendars, ics, letter, look
from tests.customers.office import Office
from tests.mail.conftest import Post, Sink
from tests.mail.test_receiving import account

BOX = "fair@example.com"
LUO = "罗建国 <luo@firm.example>"


@pytest.fixture
def fair(office: Office, sink: Sink, post: Post) -> int:
    """The box of the fair, which Chen and Li share."""
    with office.as_("sun"):
        team = int(office.resource("team").write([{"name": "Fair", "members": [{"user": office.people[who]} for who in ("chen", "li")]}])[0])
    return account(office, sink, post, address=BOX, name="Fair office", team=team)


def came(office: Office, post: Post, said: str, message_id: str) -> int:
    """The mail a calendar came with."""
    post.drop("chen", letter(said, LUO, message_id, to=BOX))
    look(office)
    with office.site.system("tests") as work:
        return int(work.session.scalars(sa.select(Mail.id).where(Mail.message_id == message_id)).one())


def invites(method: str = "REQUEST", **more: str) -> str:
    return ics(method, **{"ATTENDEE;PARTSTAT=NEEDS-ACTION": f"mailto:{BOX}", **more})


def act(office: Office, who: str, mail: int, name: str = "take_invitation") -> int:
    with office.as_(who):
        return int(office.resource("mail").run(name, [mail]))


def box(office: Office, who: str, mail: int) -> PanelView:
    """What the page of the mail says of it."""
    with office.as_(who):
        mails = office.resource("mail")
        return letters.offer(mails, mails.get(mail), RecordPage(title="Invitation")).first[0]


def rows(office: Office) -> list[Any]:
    with office.site.system("tests") as work:
        found = list(work.session.scalars(sa.select(Appointment).where(Appointment.organizer.is_not(None)).order_by(Appointment.begins), execution_options={DELETED: True}))
        work.session.expunge_all()
        return found


def mine(office: Office, who: str) -> list[str]:
    with office.as_(who):
        return [one.title for one in session.scalars(sa.select(Appointment))]


def test_one_of_the_team_takes_it_and_answers_in_the_name_of_the_box(office: Office, sink: Sink, post: Post, fair: int) -> None:
    mail = came(office, post, invites(), "<in@firm.example>")
    assert (mine(office, "chen"), mine(office, "li")) == ([], []), "until somebody takes it, it is nobody's"
    (row,) = box(office, "chen", mail).rows[:1]
    assert (str(row.status.label), [one.url for one in row.acts]) == ("Nobody has taken it", [f"/core/mail/{mail}/do/take_invitation"])
    with pytest.raises(Missing):
        act(office, "wang", mail)
    act(office, "li", mail)
    assert (mine(office, "li"), mine(office, "chen")) == (["Contract talk"], [])
    (found,) = rows(office)
    assert (found.owner_id, found.answer, found.begins) == (office.people["li"], Answer.asked, at(10))
    with pytest.raises(Refused):
        act(office, "chen", mail)
    (row,) = box(office, "chen", mail).rows[:1]
    assert "Not answered yet" in str(row.status.label) and row.acts == ()
    assert [one.url for one in box(office, "li", mail).rows[0].acts] == [f"/core/appointment/{found.id}/do/{one}" for one in ("accept", "perhaps", "decline")]
    with office.as_("li"):
        office.resource("appointment").run("accept", [found.id])
        assert [one.title for one in dates.mine()] == ["Contract talk"]
    outbox.drain(office.site)
    outbox.drain(office.site)
    (reply,) = calendars(sink)
    assert (reply["method"], reply["attendees"]) == ("REPLY", [{"address": BOX, "answer": "ACCEPTED"}])
    assert [str(one["From"]) for one in sink.mails] == [f"Fair office <{BOX}>"] and sink.envelopes[0].rcpt_tos == ["luo@firm.example"]


def test_what_is_said_of_it_later_follows_who_has_taken_it(office: Office, sink: Sink, post: Post, fair: int) -> None:
    mail = came(office, post, invites(), "<in@firm.example>")
    moved = came(office, post, invites(begins="20261202T020000Z", ends="20261202T030000Z", SEQUENCE="1"), "<moved@firm.example>")
    assert [one.begins for one in rows(office)] == [at(10, day=dt.date(2026, 12, 2))], "also while nobody has it"
    with pytest.raises(Refused):
        act(office, "chen", mail)  # the mail that says it last is the one to take it from
    act(office, "chen", moved)
    with office.as_("chen"):
        office.resource("appointment").run("accept", [rows(office)[0].id])
    last = came(office, post, invites(begins="20261203T020000Z", ends="20261203T030000Z", SEQUENCE="2"), "<again@firm.example>")
    (found,) = rows(office)
    assert (found.owner_id, found.begins, found.answer, found.mail_id) == (office.people["chen"], at(10, day=dt.date(2026, 12, 3)), Answer.asked, last)
    assert told(office, "chen") == "was moved, and asks for your answer: Contract talk"
    came(office, post, invites("CANCEL", SEQUENCE="3"), "<off@firm.example>")
    assert [one.state for one in rows(office)] == [State.cancelled]


def test_called_off_before_anybody_took_it_it_is_not_taken(office: Office, sink: Sink, post: Post, fair: int) -> None:
    mail = came(office, post, invites(), "<in@firm.example>")
    off = came(office, post, invites("CANCEL", SEQUENCE="1"), "<off@firm.example>")
    for one in (mail, off):
        with pytest.raises(Refused):
            act(office, "chen", one)
    assert str(box(office, "chen", off).rows[0].status.label) == "Cancelled"


def test_thrown_away_or_taken_back_it_is_the_teams_again(office: Office, sink: Sink, post: Post, fair: int) -> None:
    mail = came(office, post, invites(), "<in@firm.example>")
    change = act(office, "li", mail)
    with office.as_("li"):
        assert undo.ask(change).done == 1
    act(office, "chen", mail)
    with office.as_("chen"):
        office.resource("appointment").delete([rows(office)[0].id])
    act(office, "li", mail)
    assert [(one.owner_id, one.deleted_at) for one in rows(office)] == [(office.people["li"], None)]


def test_of_a_series_all_days_are_taken(office: Office, sink: Sink, post: Post, fair: int) -> None:
    mail = came(office, post, invites(RRULE="FREQ=WEEKLY;COUNT=3"), "<in@firm.example>")
    assert [one.owner_id for one in rows(office)] == [None] * 3
    act(office, "li", mail)
    found = rows(office)
    assert [one.owner_id for one in found] == [office.people["li"]] * 3
    with office.as_("li"):
        office.resource("appointment").run("answer_all", [found[0].id], {"answer": "accepted"})
    outbox.drain(office.site)
    outbox.drain(office.site)
    assert [one["attendees"] for one in calendars(sink)] == [[{"address": BOX, "answer": "ACCEPTED"}]]
    came(office, post, invites(RRULE="FREQ=WEEKLY;COUNT=4", SEQUENCE="1"), "<more@firm.example>")
    assert [one.owner_id for one in rows(office)] == [office.people["li"]] * 4


def test_an_invitation_to_oneself_and_to_the_team_are_two(office: Office, sink: Sink, post: Post, fair: int) -> None:
    mail = came(office, post, invites(), "<team@firm.example>")
    act(office, "chen", mail)
    account(office, sink, post, who="wang", login="wang", address="wang@example.com")
    post.drop("wang", letter(ics("REQUEST", **{"ATTENDEE;PARTSTAT=NEEDS-ACTION": "mailto:wang@example.com"}), LUO, "<wang@firm.example>", to="wang@example.com"))
    look(office)
    assert sorted(one.owner_id for one in rows(office)) == sorted((office.people["chen"], office.people["wang"]))
    with office.as_("chen"):
        assert not shared.may_take(office.resource("mail").get(mail))
