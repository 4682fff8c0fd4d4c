"""Appointments: how long they are, who is invited and what he answers, rooms that nobody has twice, whose calendar shows what."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from crm_core.access.models import Department, User
from crm_core.data.session import session, writing
from crm_core.data.wall import DELETED
from crm_core.features.calendar import dates, guests, planner, services, views
from crm_core.features.calendar.models import Answer, Appointment, Guest, State
from crm_core.features.messages import services as messages
from crm_core.features.tasks import services as tasks
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.resource import feeds, undo
from crm_core.resource.changes import Change
from crm_core.web import lookups
from tests.calendar.conftest import DAY, at, plan, room
from tests.customers.office import Office


def row(office: Office, number: int) -> Any:
    with office.site.system("tests") as work:
        found = work.session.get_one(Appointment, number)
        work.session.expunge_all()
        return found


def copies(office: Office, number: int) -> dict[str, Any]:
    """The invitations of colleagues to an appointment, by login."""
    with office.site.system("tests") as work:
        found = {one.owner_id: one for one in work.session.scalars(sa.select(Appointment).where(Appointment.of_id == number), execution_options={DELETED: True})}
        work.session.expunge_all()
    return {login: found[i] for login, i in office.people.items() if i in found}


def newest() -> int:
    """The change that was saved last."""
    return int(session.scalars(sa.select(Change.id).where(Change.kind == "save").order_by(Change.id.desc())).first() or 0)


def told(office: Office, login: str) -> str:
    with office.as_(login):
        found = messages.newest()
        return str(words.read(found[0].text)) if found else ""


def shown(office: Office, who: str, *others: str, rooms: bool = False) -> dict[str, list[tuple[str, str]]]:
    """(what is told, where it leads) of each calendar that somebody looks at."""
    with office.as_(who):
        people = planner.people([office.people[one] for one in (who, *others)])
        items, _more = planner.items(people, planner.rooms() if rooms else [], DAY, DAY)
        found: dict[str, list[tuple[str, str]]] = {}
        for item in items:
            found.setdefault(item.key, []).append((item.title, item.url))
        return found


def keeps(office: Office, login: str, how: str) -> None:
    with office.site.system("tests"), writing():
        session.get_one(User, office.people[login]).preferences = {planner.KEPT: {"shows": how}}


# --- its time ----------------------------------------------------------------------------------------------------------


def test_it_takes_an_hour_where_no_end_is_said_and_moves_as_a_whole(office: Office) -> None:
    number = plan(office, ends=11)
    with office.as_("chen"):
        (short,) = office.resource("appointment").write([{"title": "Call", "begins": at(9)}])
        office.resource("appointment").write([{"id": number, "begins": at(15)}])
    assert (row(office, short).ends, row(office, number).ends) == (at(10), at(16))
    with office.as_("chen"), pytest.raises(Invalid) as bad:
        office.resource("appointment").write([{"id": number, "ends": at(15)}])
    assert "ends" in bad.value.fields


def test_a_form_says_both_and_an_end_that_can_stay_is_meant(office: Office) -> None:
    number = plan(office, items=[{"user": office.people["wang"]}])
    with office.as_("chen"):
        appointments = office.resource("appointment")
        appointments.write([{"id": number, "begins": at(10, 30), "ends": at(11)}])
        assert (row(office, number).begins, row(office, number).ends) == (at(10, 30), at(11))
        copy = copies(office, number)["wang"]
        assert (copy.begins, copy.ends) == (at(10, 30), at(11))
        appointments.write([{"id": number, "begins": at(15), "ends": at(11)}])
    assert (row(office, number).begins, row(office, number).ends) == (at(15), at(15, 30))


def test_an_hour_of_the_night_when_clocks_go_back_is_the_one_that_was_said(office: Office) -> None:
    """Half past two happens twice in Berlin on 25 October; and an appointment moved by a day keeps its hour of the wall."""
    with office.as_("chen"), clock.in_zone("Europe/Berlin"):
        appointments = office.resource("appointment")
        begins = appointments.all_fields["begins"]
        (number,) = appointments.write([{"title": "Night", "begins": begins.parse("2026-10-24 10:00"), "ends": begins.parse("2026-10-24 11:00")}])
        appointments.write([{"id": number, "begins": begins.parse("2026-10-25 10:00")}])
        found = session.get_one(Appointment, number)
        assert (begins.text(found.begins), begins.text(found.ends), found.zone) == ("2026-10-25 10:00", "2026-10-25 11:00", "Europe/Berlin")


# --- who is invited ----------------------------------------------------------------------------------------------------


def test_a_colleague_finds_it_in_his_calendar_answers_and_follows_its_changes(office: Office) -> None:
    number = plan(office, room=room(office), items=[{"user": office.people["wang"]}])
    copy = copies(office, number)["wang"]
    assert (copy.title, copy.answer, copy.place) == ("Stand at the fair", Answer.asked, "Hall")
    assert told(office, "wang") == "invites you: Stand at the fair"
    with office.as_("wang"):
        office.resource("appointment").run("accept", [copy.id])
        with pytest.raises(Invalid):
            office.resource("appointment").write([{"id": copy.id, "begins": at(20)}])
        office.resource("appointment").write([{"id": copy.id, "closed": True}])  # whether others see it is his
    assert told(office, "chen") == "answers your invitation: Accepted, Stand at the fair"
    with office.as_("chen"):
        assert session.scalars(sa.select(Guest.answer)).all() == [Answer.accepted]
        office.resource("appointment").write([{"id": number, "title": "Stand", "begins": at(16)}])
    moved = copies(office, number)["wang"]
    assert (moved.title, moved.begins, moved.ends, moved.answer, moved.closed) == ("Stand", at(16), at(17), Answer.asked, True)
    assert told(office, "wang") == "moved an appointment: Stand"


def test_what_is_called_off_deleted_or_no_longer_his_is_off_for_him(office: Office) -> None:
    invited = [{"user": office.people["wang"]}]
    first, second, third = (plan(office, begins=hour, ends=hour + 1, items=invited) for hour in (9, 11, 14))
    with office.as_("chen"):
        appointments = office.resource("appointment")
        appointments.run("call_off", [first])
        change = appointments.delete([second])
        appointments.write([{"id": third, "items": []}])
    assert [copies(office, one)["wang"].state for one in (first, second, third)] == [State.cancelled] * 3
    copy = copies(office, first)["wang"]
    with office.as_("wang"), pytest.raises(Refused):
        office.resource("appointment").run("accept", [copy.id])
    with office.as_("chen"):
        undo.ask(change)
    assert (copies(office, second)["wang"].state, copies(office, second)["wang"].answer) == (State.planned, Answer.asked)


def test_a_list_of_guests_that_is_taken_back_is_told(office: Office) -> None:
    number = plan(office)
    with office.as_("chen"):
        office.resource("appointment").write([{"id": number, "items": [{"user": office.people["wang"]}]}])
        undo.ask(newest())
    assert copies(office, number)["wang"].state == State.cancelled
    assert told(office, "wang") == "called an appointment off: Stand at the fair"


def test_what_becomes_private_is_so_at_its_guests(office: Office) -> None:
    number = plan(office, items=[{"user": office.people["wang"]}])
    for closed in (True, False):
        with office.as_("chen"):
            office.resource("appointment").write([{"id": number, "closed": closed}])
        assert copies(office, number)["wang"].closed, "and stays so: it is his"


def test_what_a_guest_threw_away_is_off_too(office: Office) -> None:
    number = plan(office, items=[{"user": office.people["wang"]}])
    with office.as_("wang"):
        office.resource("appointment").delete([copies(office, number)["wang"].id])
    with office.as_("chen"):
        office.resource("appointment").run("call_off", [number])
    assert copies(office, number)["wang"].state == State.cancelled
    assert told(office, "wang") == "invites you: Stand at the fair", "and he hears nothing more of it"


def test_guests_have_an_upper_bound(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "MOST", 2)
    with pytest.raises(Invalid) as bad:
        plan(office, items=[{"address": f"{n}@else.example"} for n in range(3)])
    assert [str(one) for one in bad.value.fields["items"]] == ["At most 2 guests can be invited."]


def test_who_throws_an_invitation_away_declines_it(office: Office) -> None:
    number = plan(office, items=[{"user": office.people["wang"]}])
    copy = copies(office, number)["wang"].id
    with office.as_("wang"):
        office.resource("appointment").delete([copy])
    assert told(office, "chen") == "answers your invitation: Declined, Stand at the fair"
    with office.as_("chen"):
        assert session.scalars(sa.select(Guest.answer)).all() == [Answer.declined]


def test_nobody_reads_or_answers_what_others_are_invited_to(office: Office) -> None:
    number = plan(office, items=[{"user": office.people["wang"]}])
    copy = copies(office, number)["wang"].id
    for other in (number, copy):
        with office.as_("li"), pytest.raises(Missing):
            office.resource("appointment").get(other)
        with office.as_("li"), pytest.raises(Missing):
            office.resource("appointment").run("accept", [other])


def test_a_guest_is_a_colleague_or_a_contact_with_an_address(office: Office) -> None:
    customer = office.customer("chen")
    silent, known = office.contact("chen", customer), office.contact("chen", customer, "王芳", email="wang@firm.example")
    for line in ({}, {"contact": silent}, {"user": office.people["wang"], "address": "a@b.example"}):
        with pytest.raises(Invalid) as bad:
            plan(office, items=[line])
        assert "items" in bad.value.fields, line
    number = plan(office, items=[{"contact": known}, {"address": "zhao@else.example"}])
    with office.as_("chen"):
        assert session.scalars(sa.select(Guest.address).where(Guest.appointment_id == number).order_by(Guest.id)).all() == ["wang@firm.example", "zhao@else.example"]
    office.hide("seller", "core.contact", "email")
    with pytest.raises(Invalid):
        plan(office, items=[{"contact": known}])


# --- rooms -------------------------------------------------------------------------------------------------------------


def test_nobody_gets_a_room_that_somebody_has(office: Office) -> None:
    hall, other = room(office, seats=20), room(office, "Corner", seats=4)
    first = plan(office, room=hall)
    with pytest.raises(Invalid) as bad:
        plan(office, "wang", 10, 12, room=hall)
    assert [str(one) for one in bad.value.fields["room"]] == ["陈晓燕 has this room from 2026-12-01 10:00 to 11:00.", "Free then: Corner"]
    plan(office, "wang", 11, 12, room=hall)  # from when the first has gone
    second = plan(office, "wang", 14, 15, room=hall)
    with office.as_("wang"), pytest.raises(Invalid):
        office.resource("appointment").write([{"id": second, "begins": at(10, 30)}])
    with office.as_("chen"):
        office.resource("appointment").run("call_off", [first])
    with office.as_("wang"):
        office.resource("appointment").write([{"id": second, "begins": at(10)}])
        found = views.free_rooms(MultiDict({"day": DAY.isoformat(), "begins": "10:30", "ends": "10:45", "seats": "3"}))
    assert [one.name for one in found.rooms] == ["Corner"]
    assert other


def test_the_picker_of_a_room_says_which_are_free_at_the_time_of_the_form(office: Office) -> None:
    hall, other = room(office), room(office, "Corner")
    plan(office, room=hall)
    rooms = office.resource("room")

    def said(**beside: str) -> list[str]:
        with office.as_("wang"):
            found = rooms.remarks_beside([hall, other], beside)
            return [str(found.get(one, "")) for one in (hall, other)]

    assert said(begins="2026-12-01 10:30", ends="") == ["taken then", "free then"]
    assert said(begins="2026-12-01 11:00", ends="2026-12-01 12:00") == ["free then", "free then"]
    assert said(begins="sometime", ends="") == said(begins="2026-12-01 10:30", ends="2026-12-01 10:00") == ["", ""]


def test_taking_back_brings_no_second_booking(office: Office) -> None:
    hall = room(office)
    first = plan(office, room=hall)
    with office.as_("chen"):
        change = office.resource("appointment").delete([first])
    plan(office, "wang", room=hall)
    with office.as_("chen"), pytest.raises(Invalid):
        undo.ask(change)
    with office.as_("sun"):
        office.resource("room").write([{"id": hall, "active": False}])
    with pytest.raises(Invalid):
        plan(office, "chen", 20, 21, room=hall)


def test_of_many_who_book_at_once_one_has_the_room(office: Office) -> None:
    hall = room(office)
    start, won, refused = threading.Barrier(6), [], []

    def book(who: str) -> None:
        with clock.freeze(at(9)):
            start.wait()
            try:
                won.append(plan(office, who, room=hall))
            except Invalid as bad:
                refused.append(bad.fields)

    threads = [threading.Thread(target=book, args=(who,)) for who in ("chen", "wang", "li") * 2]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(won), len(refused)) == (1, 5)
    assert all("room" in found for found in refused)


def test_without_the_guard_two_would_have_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "hold_rooms", lambda ids: None)
    hall = room(office)
    plan(office, room=hall)
    assert plan(office, "wang", room=hall)


# --- whose calendar shows what -----------------------------------------------------------------------------------------


def test_colleagues_see_that_one_is_busy_unless_one_shows_more_or_nothing(office: Office) -> None:
    number = plan(office)
    private = plan(office, begins=14, ends=15, closed=True)
    mine = [("Stand at the fair", f"/core/appointment/{number}"), ("Stand at the fair", f"/core/appointment/{private}")]
    key = f"u{office.people['chen']}"
    assert shown(office, "chen")[key] == mine
    assert shown(office, "wang", "chen")[key] == [("", ""), ("", "")]
    keeps(office, "chen", planner.OPEN)
    assert shown(office, "wang", "chen")[key] == [("Stand at the fair", ""), ("", "")], "a page of it is for who may read it"
    keeps(office, "chen", planner.CLOSED)
    assert key not in shown(office, "wang", "chen")
    assert shown(office, "sun", "chen")[key] == mine[:1], "rights go before"
    keeps(office, "chen", planner.BUSY)
    assert shown(office, "sun", "chen")[key] == [mine[0], ("", "")], "but what is private is one's own"
    with office.as_("sun"), pytest.raises(Missing):
        office.resource("appointment").get(private)


def test_who_heads_a_department_sees_what_it_has_planned(office: Office) -> None:
    plan(office)
    with office.site.system("tests"), writing():
        session.get_one(Department, office.departments["营销中心"]).owner_id = office.people["wang"]
    office.changed()
    key = f"u{office.people['chen']}"
    assert shown(office, "wang", "chen")[key] == [("Stand at the fair", "")]
    assert shown(office, "li", "chen")[key] == [("", "")]


def test_who_has_a_room_is_told_and_what_for_is_not(office: Office) -> None:
    hall = room(office)
    plan(office, room=hall)
    assert shown(office, "wang", rooms=True)[f"r{hall}"] == [("陈晓燕", "")]


def test_a_calendar_takes_as_many_statements_for_many_as_for_one(office: Office) -> None:
    ids = [office.people[one] for one in ("wang", "chen", "li")]

    def look() -> int:
        with office.as_("wang"):
            _page, count = office.count(lambda: views.page(views.asked(MultiDict([("span", "week"), ("day", DAY.isoformat()), ("rooms", "1"), *(("who", str(i)) for i in ids)]))))
            return count

    room(office)
    plan(office)
    look()
    few = look()
    for hour in range(8, 18):
        plan(office, "chen", hour, hour + 1)
        plan(office, "wang", hour, hour + 1)
    assert look() == few


def test_a_day_by_hours_says_when_one_is_taken(office: Office) -> None:
    plan(office, begins=9, ends=12)
    with office.as_("chen"):
        tasks.give("Ring them", due=DAY, due_time="14:30")
        page = views.page(views.asked(MultiDict([("span", "day"), ("day", DAY.isoformat())])))
    rows = {str(head.label): cells[0] for head, cells in page.rows if head is not None}
    assert [entry.time for entry in rows["09:00"].entries] == ["09:00–12:00"]
    assert [rows[f"{hour:02d}:00"].taken for hour in (9, 10, 11, 12)] == [False, True, True, False]
    assert [entry.label for entry in rows["14:00"].entries] == ["Ring them"]
    (entry,) = rows["09:00"].entries
    assert (entry.movable, entry.field, entry.was) == (True, "begins", "2026-12-01 09:00")


def test_a_phone_that_subscribes_has_it_with_its_end(office: Office) -> None:
    plan(office)
    declined = plan(office, "wang", 14, 15, items=[{"user": office.people["chen"]}])
    with office.as_("chen"):
        office.resource("appointment").run("decline", [copies(office, declined)["chen"].id])
        assert [(one.title, one.at, one.ends) for one in dates.mine()] == [("Stand at the fair", at(10), at(11))]
        assert "DTEND:20261201T030000Z" in feeds.calendar()


def test_an_hour_behind_a_day_is_read_when_one_leaves_its_box(office: Office) -> None:
    with office.as_("chen"):
        begins = office.resource("appointment").all_fields["begins"]
        for text in ("2026-12-01 15:00", "tomorrow 15:00", "2026/12/1 15:00"):
            assert begins.parse(text) == at(15)
            assert lookups.read_date(text, time=True)[0]["value"] == "2026-12-01 15:00"
        assert begins.parse("tomorrow") == at(0)
        assert lookups.read_date("tomorrow 15:00")[0]["value"] == "2026-12-01"
        assert lookups.read_date("some day 15:00", time=True)[1] == 422
