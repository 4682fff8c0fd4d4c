"""Appointments that repeat: their hours through the year, one day by itself, this and all that follow, the whole series; rooms, guests,
reminders; grown by a day a night; taken back."""

import datetime as dt
import itertools
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.calendar import dates, growing, rhythm, series
from crm_core.features.calendar.models import Answer, Appointment, Guest, Series, State
from crm_core.features.messages import services as messages
from crm_core.features.tasks.api import repeats
from crm_core.kernel import clock, jobs, words
from crm_core.kernel.errors import Invalid
from crm_core.kernel.runner import drain
from crm_core.resource import undo
from crm_core.resource.changes import unscoped
from tests.calendar.conftest import DAY, NOW, at, plan, room
from tests.calendar.test_appointments import newest
from tests.customers.office import Office

How = repeats.How
WEEK = dt.timedelta(days=7)


def weekly(office: Office, who: str = "chen", count: int | None = 4, **more: Any) -> int:
    """Tuesdays at ten."""
    number = plan(office, who, **more)
    with office.as_(who):
        office.resource("appointment").run("repeat", [number], {"how": How.weekly, "count": count})
    return number


def run_job(site: Any, name: str) -> None:
    with site.system("tests"), writing():
        jobs.later(name)
    drain(site)


def days(office: Office, who: str = "chen", *, deleted: bool = False) -> list[Any]:
    with office.site.system("tests") as work:
        query = sa.select(Appointment).where(Appointment.owner_id == office.people[who], *(() if deleted else (Appointment.deleted_at.is_(None),)))
        found = list(work.session.scalars(query.order_by(Appointment.begins, Appointment.id)))
        work.session.expunge_all()
        return found


def told(office: Office, who: str) -> list[str]:
    with office.as_(who):
        return [str(words.read(one.text)) for one in messages.newest()]


def on(n: int, hour: int = 10) -> dt.datetime:
    return at(hour, day=DAY + n * WEEK)


# --- when it is --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "more", "found"), [
    (How.daily, {"every": 2, "count": 3}, ["12-01", "12-03", "12-05"]),
    (How.weekly, {"days": "TU,TH", "until": dt.date(2026, 12, 10)}, ["12-01", "12-03", "12-08", "12-10"]),
    (How.weekday, {"count": 3}, ["12-01", "01-05", "02-02"]),
    (How.monthly, {"every": 2, "count": 3}, ["12-01", "02-01", "04-01"]),
    (How.yearly, {"until": dt.date(2028, 1, 1)}, ["12-01", "12-01"]),
])
def test_each_of_its_days_is_an_appointment(office: Office, how: How, more: dict[str, Any], found: list[str]) -> None:
    number = plan(office)
    with office.as_("chen"):
        office.resource("appointment").run("repeat", [number], {"how": how, **more})
    assert [f"{one.begins.astimezone(dt.timezone(dt.timedelta(hours=8))):%m-%d}" for one in days(office)] == found
    assert all(one.ends - one.begins == dt.timedelta(hours=1) and one.slot == one.begins for one in days(office))


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change(office: Office) -> None:
    with office.as_("chen"), clock.in_zone("Europe/Berlin"):
        (number,) = office.resource("appointment").write([{"title": "Call", "begins": clock.instant(dt.date(2027, 3, 25), dt.time(10)), "ends": clock.instant(dt.date(2027, 3, 25), dt.time(11))}])
        office.resource("appointment").run("repeat", [number], {"how": How.weekly, "count": 2})
    assert [one.begins.hour for one in days(office)] == [9, 8]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 23), st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/New_York"]), st.sampled_from(list(How)[1:]), st.integers(1, 5))
def test_a_series_keeps_its_hour_of_the_wall_and_begins_with_its_first_day(day: dt.date, hour: int, zone: str, how: How, every: int) -> None:
    start = dt.datetime.combine(day, dt.time(hour))
    found = rhythm.slots(repeats.rule(how, day, every, count=5), start, zone, dt.date(2060, 1, 1))
    assert len(found) == 5 and found == sorted(set(found))
    assert rhythm.wall(found[0], zone).date() == day
    gaps = [one for one in found if rhythm.wall(one, zone).hour != hour]
    assert all(rhythm.wall(one, zone).hour == hour + 1 for one in gaps), "an hour that a spring night lacks is the one after it"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), st.integers(-20, 20), st.sampled_from(list(How)[1:]))
def test_a_rhythm_moved_by_days_has_the_day_it_was_moved_to(day: dt.date, by: int, how: How) -> None:
    new = day + dt.timedelta(days=by)
    rule = rhythm.shifted(repeats.rule(how, day), day, new)
    start = rhythm.base(rule, dt.datetime.combine(new, dt.time(9)))
    assert new in [one.date() for one in rhythm.slots(rule, start, "UTC", new)]
    assert repeats.say(rule)


def test_what_cannot_be_is_said(office: Office) -> None:
    number = plan(office)
    with office.as_("chen"):
        appointments = office.resource("appointment")
        for given, field in (({"how": How.weekly, "days": "MO"}, "days"), ({"how": How.daily, "until": dt.date(2026, 11, 1)}, "until"), ({"how": How.daily, "until": DAY, "count": 3}, "count")):
            with pytest.raises(Invalid) as bad:
                appointments.run("repeat", [number], given)
            assert field in bad.value.fields
    assert len(days(office)) == 1


# --- one day, those that follow, all -----------------------------------------------------------------------------------


def change(office: Office, number: int, who: str = "chen", **values: Any) -> None:
    with office.as_(who):
        office.resource("appointment").write([{"id": number, **values}])


def begins(office: Office) -> list[dt.datetime]:
    return [one.begins for one in days(office)]


def test_one_day_moved_or_called_off_stands_by_itself(office: Office) -> None:
    weekly(office)
    second, third = days(office)[1:3]
    change(office, second.id, begins=on(1, 15))
    with office.as_("chen"):
        office.resource("appointment").run("call_off", [third.id])
    assert begins(office) == [on(0), on(1, 15), on(2), on(3)]
    assert [one.apart for one in days(office)] == [False, True, False, False]
    with office.as_("chen"):
        assert [one.at for one in dates.mine()] == [on(0), on(1, 15), on(3)]
    change(office, days(office)[0].id, title="All hands", begins=on(0, 9), reach="all")
    assert [(one.begins, one.title) for one in days(office)] == [(on(0, 9), "All hands"), (on(1, 15), "Stand at the fair"), (on(2, 9), "All hands"), (on(3, 9), "All hands")]
    assert [one.state for one in days(office)].count(State.cancelled) == 1


def test_this_day_and_all_that_follow(office: Office) -> None:
    weekly(office, items=[{"user": office.people["wang"]}])
    change(office, days(office)[2].id, begins=on(2, 10) + dt.timedelta(days=1), ends=on(2, 12) + dt.timedelta(days=1), place="Hall", reach="following")
    found = days(office)
    assert [one.begins for one in found] == [on(0), on(1), on(2) + dt.timedelta(days=1), on(3) + dt.timedelta(days=1)]
    assert [one.place for one in found] == [None, None, "Hall", "Hall"]
    assert [one.ends - one.begins for one in found] == [dt.timedelta(hours=1)] * 2 + [dt.timedelta(hours=2)] * 2
    assert len({one.series_id for one in found}) == 2
    assert [str(repeats.say(one.repeat)) for one in found[1:3]] == ["every week on Tue, until 2026-12-14", "every week on Wed, 2 times in all"]
    assert [one.begins for one in days(office, "wang")] == [one.begins for one in found]
    with office.as_("chen"):
        undo.ask(newest())
    assert begins(office) == [on(0), on(1), on(2), on(3)] and len({one.series_id for one in days(office)}) == 1
    assert [one.begins for one in days(office, "wang")] == begins(office)


def test_a_series_moved_by_a_week_day_keeps_the_places_of_what_is_gone(office: Office) -> None:
    weekly(office)
    with office.as_("chen"):
        office.resource("appointment").delete([days(office)[1].id])
    change(office, days(office)[0].id, begins=on(0, 14) + dt.timedelta(days=2), reach="all")
    assert begins(office) == [on(n, 14) + dt.timedelta(days=2) for n in (0, 2, 3)]


def test_another_rhythm_from_a_day_on_and_none_any_more(office: Office) -> None:
    weekly(office)
    with office.as_("chen"):
        office.resource("appointment").run("repeat", [days(office)[2].id], {"how": How.daily, "count": 2})
    assert begins(office) == [on(0), on(1), on(2), on(2) + dt.timedelta(days=1)]
    with office.as_("chen"):
        office.resource("appointment").run("repeat", [days(office)[1].id], {"how": How.never})
    assert [(one.begins, bool(one.repeat)) for one in days(office)] == [(on(0), True), (on(1), False), (on(2), True), (on(2) + dt.timedelta(days=1), True)]


def test_ended_and_taken_back(office: Office) -> None:
    weekly(office, count=None)
    assert len(days(office)) == 53
    with office.as_("chen"):
        undone = office.resource("appointment").run("end_series", [days(office)[2].id], {"reach": "following"})
    assert begins(office) == [on(0), on(1)]
    assert repeats.say(days(office)[0].repeat) == "every week on Tue, until 2026-12-14"
    with clock.freeze(NOW + dt.timedelta(days=100)):
        run_job(office.site, growing.GROW)
    assert len(days(office)) == 2
    with office.as_("chen"):
        undo.ask(undone)
    assert len(days(office)) == 53 and "UNTIL" not in days(office)[0].repeat


# --- guests and rooms --------------------------------------------------------------------------------------------------


def test_colleagues_are_told_once_and_answer_all_of_it_or_a_day(office: Office) -> None:
    weekly(office, items=[{"user": office.people["wang"]}])
    assert [one.begins for one in days(office, "wang")] == begins(office)
    assert [one for one in told(office, "wang") if "repeats" in one] == ["invites you to what repeats: Stand at the fair"]
    mine = days(office, "wang")
    with office.as_("wang"):
        office.resource("appointment").run("answer_all", [mine[0].id], {"answer": "accepted"})
        office.resource("appointment").run("decline", [mine[2].id])
    with office.as_("chen"):
        assert [one for one in session.scalars(sa.select(Guest.answer).order_by(Guest.id))] == [Answer.accepted, Answer.accepted, Answer.declined, Answer.accepted]
    assert [one for one in told(office, "chen") if "all days" in one] == ["answers your invitation to all days: Accepted, Stand at the fair"]
    change(office, days(office)[0].id, items=[{"id": guest(office)}, {"user": office.people["li"]}], reach="all")
    assert [one.begins for one in days(office, "li")] == begins(office)
    assert [one.answer for one in days(office, "wang")] == [Answer.accepted, Answer.accepted, Answer.declined, Answer.accepted], "who was invited already is not asked again"


def guest(office: Office) -> int:
    with office.site.system("tests") as work:
        return int(work.session.scalars(sa.select(Guest.id).order_by(Guest.id)).first() or 0)


def test_one_day_with_another_guest_keeps_him(office: Office) -> None:
    weekly(office)
    second = days(office)[1]
    change(office, second.id, items=[{"user": office.people["li"]}])
    change(office, days(office)[0].id, place="Hall", reach="all")
    assert [one.begins for one in days(office, "li")] == [on(1)]
    assert [one.place for one in days(office)] == ["Hall", None, "Hall", "Hall"]


def test_a_series_has_its_room_on_every_day_or_is_refused_with_those_it_has_not(office: Office) -> None:
    hall = room(office)
    for n in (1, 3):
        with office.as_("wang"):
            office.resource("appointment").write([{"title": "Taken", "begins": on(n), "room": hall}])
    number = plan(office, room=hall)
    with office.as_("chen"), pytest.raises(Invalid) as bad:
        office.resource("appointment").run("repeat", [number], {"how": How.weekly, "count": 4})
    assert "2026-12-08, 2026-12-22" in str(bad.value.fields["how"][0])
    assert len(days(office)) == 1
    change(office, number, room=None)
    with office.as_("chen"):
        office.resource("appointment").run("repeat", [number], {"how": How.weekly, "count": 4})
    with office.as_("chen"), pytest.raises(Invalid):
        office.resource("appointment").write([{"id": number, "room": hall, "reach": "all"}])
    change(office, number, room=hall)
    assert [one.room_id for one in days(office)] == [hall, None, None, None]


def test_of_many_series_at_once_one_has_the_room(office: Office) -> None:
    hall = room(office)
    start, won, refused = threading.Barrier(3), [], []

    def book(who: str) -> None:
        with clock.freeze(NOW):
            number = plan(office, who, {"chen": 10, "wang": 10, "li": 10}[who], 11)
            start.wait()
            try:
                with office.as_(who):
                    office.resource("appointment").write([{"id": number, "begins": on(0) + dt.timedelta(days={"chen": 0, "wang": 7, "li": 14}[who]), "room": hall}])
                    office.resource("appointment").run("repeat", [number], {"how": How.weekly, "count": 4})
                won.append(who)
            except Invalid:
                refused.append(who)

    threads = [threading.Thread(target=book, args=(who,)) for who in ("chen", "wang", "li")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with office.site.system("tests") as work:
        a = Appointment
        taken = list(work.session.scalars(sa.select(a.begins).where(a.room_id == hall, a.deleted_at.is_(None), a.state == State.planned)))
    assert len(won) + len(refused) == 3 and won
    assert len(taken) == len(set(taken)), "no two of them at one time"


# --- by itself ---------------------------------------------------------------------------------------------------------


def test_a_series_without_end_grows_by_what_comes_once(office: Office) -> None:
    hall = room(office)
    weekly(office, count=None, room=hall, items=[{"user": office.people["wang"]}])
    with office.as_("wang"):
        office.resource("appointment").run("answer_all", [days(office, "wang")[0].id], {"answer": "accepted"})
    with office.as_("li"):
        office.resource("appointment").write([{"title": "Fair", "begins": on(54), "room": hall}])
    before, heard = len(days(office)), len(told(office, "wang"))
    with clock.freeze(NOW + dt.timedelta(days=14)):
        for _twice in range(2):
            run_job(office.site, growing.GROW)
    found = days(office)
    assert (len(found), len(days(office, "wang"))) == (before + 2, before + 2)
    assert [one.begins for one in found[-2:]] == [on(53), on(54)]
    assert [one.room_id for one in found[-2:]] == [hall, None]
    assert [one.answer for one in days(office, "wang")[-2:]] == [Answer.accepted] * 2
    assert len(told(office, "wang")) == heard, "he knows of the series"
    assert told(office, "chen")[0].startswith("has no room on 2027-12-14 10:00")


def test_before_each_day_one_is_reminded_once(office: Office) -> None:
    weekly(office, remind=15)
    for moment, count in ((on(0) - dt.timedelta(minutes=16), 0), (on(0) - dt.timedelta(minutes=15), 1), (on(0), 1), (on(1) - dt.timedelta(minutes=1), 2)):
        with clock.freeze(moment):
            run_job(office.site, growing.REMIND)
            run_job(office.site, growing.REMIND)
        assert len([one for one in told(office, "chen") if one.startswith("At 2026-12-")]) == count
    change(office, days(office)[2].id, begins=on(2, 15))
    with clock.freeze(on(2, 14) + dt.timedelta(minutes=50)):
        run_job(office.site, growing.REMIND)
    assert told(office, "chen")[0] == "At 2026-12-15 15:00: Stand at the fair"


def test_a_long_series_with_many_guests_is_refused_in_words(office: Office) -> None:
    number = plan(office, items=[{"address": f"{n}@else.example"} for n in range(20)])
    with office.as_("chen"), pytest.raises(Invalid) as bad:
        office.resource("appointment").run("repeat", [number], {"how": How.daily})
    assert "too many entries" in str(bad.value.fields["how"][0])


def test_who_has_left_grows_no_more(office: Office) -> None:
    weekly(office, count=None)
    before = len(days(office))
    with office.site.system("tests"), writing():
        session.get_one(User, office.people["chen"]).active = False
    with clock.freeze(NOW + dt.timedelta(days=30)):
        run_job(office.site, growing.GROW)
    assert len(days(office)) == before


def test_who_comes_back_has_no_hole_in_his_series(office: Office) -> None:
    weekly(office, count=None)
    before = begins(office)
    for away, after in ((True, 200), (False, 400)):
        with office.site.system("tests"), writing():
            session.get_one(User, office.people["chen"]).active = not away
        with clock.freeze(NOW + dt.timedelta(days=after)):
            run_job(office.site, growing.GROW)
        assert (begins(office) == before) is away
    coming = [one for one in begins(office) if one > NOW + dt.timedelta(days=400)]
    assert {later - one for one, later in itertools.pairwise(coming)} == {dt.timedelta(days=7)} and len(coming) == 53
    gap = [one for one in begins(office) if before[-1] < one < NOW + dt.timedelta(days=399)]
    assert len(gap) < 5, "what lies in the past is not made"


def test_a_series_that_cannot_grow_stops_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    weekly(office, count=None, title="Broken")
    weekly(office, "li", count=None)
    before, real = (len(days(office)), len(days(office, "li"))), series.make

    def make(row: Any, *rest: Any) -> Any:
        made = real(row, *rest)
        if row.title == "Broken":
            raise ZeroDivisionError
        return made

    monkeypatch.setattr(series, "make", make)
    with clock.freeze(NOW + dt.timedelta(days=30)):
        run_job(office.site, growing.GROW)
    assert (len(days(office)), len(days(office, "li"))) == (before[0], before[1] + 4)
    assert told(office, "chen")[0] == "could not be continued, plan its next days anew: Broken" and told(office, "li") == []


def test_two_at_once_make_each_day_once_because_what_was_looked_at_is_noted(office: Office) -> None:
    weekly(office, count=None)
    later = NOW + dt.timedelta(days=30)

    def both() -> list[dt.datetime]:
        with clock.freeze(later), office.site.system("tests"), writing():
            jobs.later(growing.GROW)
            jobs.later(growing.GROW)
        start = threading.Barrier(2)

        def work() -> None:
            with clock.freeze(later):
                start.wait()
                drain(office.site)

        threads = [threading.Thread(target=work) for _n in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return [one.begins for one in days(office)]

    found = both()
    assert found[-1] == on(56) and len(found) == len(set(found)) == 57
    with office.site.engines.write.begin() as conn:  # without that note they would be there twice
        conn.execute(sa.update(table_of(Series)).values(made_until=DAY + dt.timedelta(days=365)), execution_options=unscoped("tests"))
    found = both()
    assert len(found) > len(set(found))
