"""Series by mail: one calendar for all of it, again when it changes, and what guests answer; series from outside with all their times."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.calendar import arriving, growing, ical_child, itip, letters
from crm_core.features.calendar.models import Answer, Guest, State
from crm_core.features.mail.api import Addressee
from crm_core.kernel import clock, outbox
from crm_core.resource import undo
from crm_core.resource.changes import Change
from crm_core.web.viewmodels import RecordPage
from tests.calendar.conftest import NOW
from tests.calendar.test_appointments import told
from tests.calendar.test_invitations import GUEST, calendars, ics, invitations, letter, look
from tests.calendar.test_series import change, days, on, run_job, weekly
from tests.customers.office import Office
from tests.mail.conftest import Post, Sink
from tests.mail.test_receiving import account


def sent(office: Office, sink: Sink) -> list[Any]:
    outbox.drain(office.site)
    outbox.drain(office.site)
    return calendars(sink)


def slots(said: Any) -> list[str]:
    """The days (UTC) its receiver's program has."""
    return [one["begins"][:16] for one in said["days"] if not one["off"]]


def utc(n: int, hour: int = 10) -> str:
    return f"{on(n, hour):%Y-%m-%dT%H:%M}"


def test_a_guest_outside_has_the_series_and_each_change_of_it_in_one_mail(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    weekly(office, items=[{"address": GUEST}])
    first = sent(office, sink)
    assert (len(first), first[-1]["method"], slots(first[-1])) == (1, "REQUEST", [utc(n) for n in range(4)])
    mine = days(office)
    with office.as_("chen"):
        office.resource("appointment").delete([mine[1].id])
    change(office, mine[2].id, begins=on(2, 15))
    found = sent(office, sink)
    assert len(found) == 2 and slots(found[-1]) == [utc(0), utc(2, 15), utc(3)]
    change(office, mine[0].id, title="Talk", begins=on(0, 9), reach="all")
    last = sent(office, sink)[-1]
    assert (slots(last), last["title"], last["uid"]) == ([utc(0, 9), utc(2, 15), utc(3, 9)], "Talk", first[0]["uid"])
    assert [one["sequence"] for one in calendars(sink)] == [1, 2, 3]
    with office.as_("chen"):
        office.resource("appointment").run("end_series", [mine[0].id], {"reach": "all"})
    off = sent(office, sink)[-1]
    assert (off["method"], off["sequence"], len(calendars(sink))) == ("CANCEL", 4, 4)
    with office.as_("chen"):
        undo.ask(newest_delete())
    assert sent(office, sink)[-1]["method"] == "REQUEST"


def newest_delete() -> int:
    return int(session.scalars(sa.select(Change.id).where(Change.kind == "end_series").order_by(Change.id.desc())).first() or 0)


def test_this_and_following_ends_one_series_and_begins_another_outside(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    weekly(office, items=[{"address": GUEST}])
    sent(office, sink)
    change(office, days(office)[2].id, begins=on(2, 15), reach="following")
    found = sent(office, sink)[1:]
    assert sorted(map(slots, found)) == [[utc(0), utc(1)], [utc(2, 15), utc(3, 15)]]
    assert len({one["uid"] for one in found}) == 2


def test_an_answer_is_to_all_or_to_a_day(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    weekly(office, items=[{"address": GUEST}])
    (said,) = sent(office, sink)

    def answer(word: str, number: str, stamp: str, **more: str) -> None:
        reply = ics("REPLY", said["uid"], DTSTAMP=stamp, SEQUENCE="1", ORGANIZER="mailto:chen@example.com", **{f"ATTENDEE;PARTSTAT={word}": f"mailto:{GUEST}"}, **more)
        post.drop("chen", letter(reply, GUEST, f"<{number}@x>"))
        look(office)

    answer("ACCEPTED", "all", "20261130T003000Z")
    answer("DECLINED", "one", "20261130T004000Z", **{"RECURRENCE-ID": f"{on(1):%Y%m%dT%H%M%SZ}"})
    with office.as_("chen"):
        assert list(session.scalars(sa.select(Guest.answer).order_by(Guest.id))) == [Answer.accepted, Answer.declined, Answer.accepted, Answer.accepted]
    assert told(office, "chen") == f"a mail from {GUEST} answers your invitation: Declined, Stand at the fair"


def series_of(office: Office) -> list[Any]:
    return sorted(invitations(office), key=lambda one: one.begins)


SERIES = {"RRULE": "FREQ=WEEKLY;BYDAY=TU;COUNT=5", "EXDATE": "20261208T020000Z"}


def test_a_series_from_outside_is_taken_with_all_its_times(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    post.drop("chen", letter(ics("REQUEST", **SERIES), "luo@firm.example", "<in@firm.example>"))
    look(office)
    found = series_of(office)
    assert [one.begins for one in found] == [on(0), on(2), on(3), on(4)]
    with office.as_("chen"):
        mails = office.resource("mail")
        (box,) = letters.offer(mails, mails.get(found[0].mail_id), RecordPage(title="Invitation")).first
        assert {act.url for act in box.rows[0].acts} == {f"/core/appointment/{found[0].id}/do/answer_all"}
        office.resource("appointment").run("answer_all", [found[0].id], {"answer": "accepted"})
    (reply,) = sent(office, sink)
    assert (reply["method"], reply["whole"], reply["attendees"]) == ("REPLY", True, [{"address": "chen@example.com", "answer": "ACCEPTED"}])
    with office.as_("chen"):
        office.resource("appointment").run("decline", [found[2].id])
    reply = sent(office, sink)[-1]
    assert (reply["attendees"][0]["answer"], [one["slot"][:16] for one in reply["days"]]) == ("DECLINED", [utc(3)])
    moved = ics("REQUEST", begins="20261215T070000Z", ends="20261215T080000Z", SEQUENCE="1", **{"RECURRENCE-ID": "20261215T020000Z"})
    post.drop("chen", letter(moved, "luo@firm.example", "<moved@firm.example>"))
    post.drop("chen", letter(ics("CANCEL", SEQUENCE="1", **{"RECURRENCE-ID": "20261229T020000Z"}), "luo@firm.example", "<off@firm.example>"))
    post.drop("chen", letter(ics("CANCEL", SEQUENCE="9"), "evil@else.example", "<evil@else.example>"))
    look(office)
    assert [(one.begins, one.answer, one.state) for one in series_of(office)] == [
        (on(0), Answer.accepted, State.planned), (on(2, 15), Answer.asked, State.planned), (on(3), Answer.declined, State.planned), (on(4), Answer.accepted, State.cancelled)]
    post.drop("chen", letter(ics("CANCEL", SEQUENCE="2"), "luo@firm.example", "<end@firm.example>"))
    look(office)
    assert {one.state for one in series_of(office)} == {State.cancelled}


def test_one_without_end_from_outside_grows_with_its_answer(office: Office, sink: Sink, post: Post) -> None:
    account(office, sink, post)
    post.drop("chen", letter(ics("REQUEST", RRULE="FREQ=MONTHLY;BYDAY=1TU"), "luo@firm.example", "<in@firm.example>"))
    look(office)
    before = series_of(office)
    with office.as_("chen"):
        office.resource("appointment").run("answer_all", [before[0].id], {"answer": "accepted"})
    with clock.freeze(NOW + dt.timedelta(days=62)):
        for _twice in range(2):
            run_job(office.site, growing.GROW)
    after = series_of(office)
    assert len(after) == len(before) + 3
    assert {one.answer for one in after} == {Answer.accepted}


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=NEVER", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=29991231T000000Z", "FREQ=DAILY;INTERVAL=0"])
def test_rules_of_strangers_are_bounded(rule: str) -> None:
    found = itip.read(ics("REQUEST", RRULE=rule).encode())
    assert found is None or len(found.days) <= ical_child.DAYS


def test_what_is_written_is_read_again_on_every_clock() -> None:
    begins = dt.datetime(2027, 3, 25, 9, tzinfo=dt.UTC)
    events = [itip.Event("Talk", begins, begins + dt.timedelta(hours=1), [(GUEST, Answer.asked)], zone="Europe/Berlin", rule="FREQ=WEEKLY;BYDAY=TH;UNTIL=20270408", without=[begins])]
    found = itip.read(itip.written("REQUEST", "a@b", 3, Addressee("chen@example.com"), events), dt.date(2027, 1, 1), dt.date(2028, 1, 1))
    assert found is not None
    assert [one.begins for one in found.days] == ["2027-04-01T08:00:00+00:00", "2027-04-08T08:00:00+00:00"]


def test_what_nobody_answered_grows_not_and_strangers_fill_no_calendar(office: Office, sink: Sink, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    account(office, sink, post)
    post.drop("chen", letter(ics("REQUEST", RRULE="FREQ=WEEKLY"), "luo@firm.example", "<in@firm.example>"))
    look(office)
    before = series_of(office)
    with clock.freeze(NOW + dt.timedelta(days=30)):
        run_job(office.site, growing.GROW)
    assert len(series_of(office)) == len(before)
    with office.as_("chen"):
        office.resource("appointment").run("answer_all", [before[0].id], {"answer": "tentative"})
    with clock.freeze(NOW + dt.timedelta(days=60)):
        run_job(office.site, growing.GROW)
    slots = [one.slot for one in series_of(office)]
    assert len(slots) > len(before) and {b - a for a, b in pairwise(slots)} == {dt.timedelta(days=7)}, "it has caught up"
    monkeypatch.setattr(arriving, "UNANSWERED", 0)
    post.drop("chen", letter(ics("REQUEST", "many@firm.example", RRULE="FREQ=DAILY"), "luo@firm.example", "<many@firm.example>"))
    look(office)
    assert len(series_of(office)) == len(slots) + 1
