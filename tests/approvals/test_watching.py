"""The clock of approvals: days to answer are working days, who is late is reminded once, his superior is asked where the step says so,
and who stands in for somebody who has gone away meanwhile gets what waits for him."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.session import writing
from crm_core.features.approvals import api, running, stepping, watching
from crm_core.features.messages.models import Notice
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from crm_core.resource import settings, worktime
from tests.approvals.flowing import away, draw, history, state, step, waits_for
from tests.approvals.test_flows import answer, hand_in
from tests.customers.office import Office

FRIDAY = dt.datetime(2026, 9, 18, 2, tzinfo=dt.UTC)  # 18 September: the Sunday after it is worked, for the days of October
DAY = dt.timedelta(days=1)


def watch(office: Office, at: dt.datetime) -> None:
    """The job, at this moment."""
    with clock.freeze(at):
        with office.site.system("tests"), writing():
            later(watching.NAME)
        drain(office.site)


def dues(office: Office, number: int) -> dict[str, dt.date | None]:
    """Until when each who is asked may answer."""
    names = {key: name for name, key in office.people.items()}
    with office.site.system("tests"):
        return {names[one.user_id]: one.due for one in stepping.places(number) if one.state == "open"}


def notices(office: Office, login: str) -> list[str]:
    with office.site.system("tests") as work:
        every = [str(one) for one in work.session.scalars(sa.select(Notice.text).where(Notice.receiver_id == office.people[login]).order_by(Notice.id))]
        return [one for one in every if "Overdue" in one]


def tasks(office: Office, login: str) -> list[tuple[str, dt.date | None]]:
    with office.site.system("tests") as work:
        query = sa.select(Task.title, Task.due).where(Task.owner_id == office.people[login], Task.done_at.is_(None)).order_by(Task.id)
        return [(row[0], row[1]) for row in work.session.execute(query)]


def above(office: Office, who: str, superior: str) -> None:
    with office.site.system("tests"), writing() as db:
        db.execute(sa.update(User).where(User.id == office.people[who]).values(supervisor_id=office.people[superior]))
    office.changed()


@pytest.fixture
def asked(office: Office) -> int:
    """Two working days for 王志强, from a Friday on: until Monday, as the Sunday between is worked."""
    with clock.freeze(FRIDAY):
        draw(office, step(office, "wang", days=2))
        return hand_in(office, office.customer("chen"))


def test_days_to_answer_are_working_days(office: Office) -> None:
    """With the days of the State Council: Sunday the 20th is worked, Friday the 25th (Mid-Autumn) is free."""
    until = {1: 20, 2: 21, 5: 24, 6: 28, None: None}
    with clock.freeze(FRIDAY):
        for days, last in until.items():
            flow = draw(office, step(office, "wang", **({"days": days} if days else {})))
            with office.as_("chen"):
                (customer,) = office.resource("customer").write([{"name": f"{days}号酒厂"}])
                number = api.submit("core.customer", customer, flow)
            due = dt.date(2026, 9, last) if last else None
            assert dues(office, number) == {"wang": due}
            assert tasks(office, "wang")[-1][1] == due


def test_each_has_his_days_by_the_calendar_of_his_department(office: Office) -> None:
    with clock.freeze(FRIDAY):
        with office.site.system("tests"):
            settings.put(worktime.WorkingTime, {"hours": "Mon-Sat 09:00-18:00"}, office.departments["会展部"])
        office.changed()
        draw(office, step(office, "wang", "li", need="all", days=1))
        number = hand_in(office, office.customer("chen"))
    assert dues(office, number) == {"wang": dt.date(2026, 9, 20), "li": dt.date(2026, 9, 19)}


def test_who_is_late_is_reminded_once_and_not_before(office: Office, asked: int) -> None:
    for at in (FRIDAY + DAY, FRIDAY + 2 * DAY, FRIDAY + 3 * DAY):  # Monday is still his
        watch(office, at)
        assert notices(office, "wang") == []
    for at in (FRIDAY + 4 * DAY, FRIDAY + 4 * DAY, FRIDAY + 9 * DAY):
        watch(office, at)
        assert len(notices(office, "wang")) == 1
    assert history(office, asked) == [("submit", "chen", ""), ("chase", "", "")]
    assert waits_for(office, asked) == {"wang"}


def test_who_has_answered_or_was_withdrawn_is_left_alone(office: Office, asked: int) -> None:
    answer(office, "wang", asked)
    with clock.freeze(FRIDAY):
        other = hand_in(office, office.customer("chen", "成都天府曲酒厂"))
        with office.as_("chen"):
            running.withdraw(other)
    watch(office, FRIDAY + 9 * DAY)
    assert notices(office, "wang") == []


@pytest.mark.parametrize(("need", "left"), [("any", {"wang", "sun"}), ("all", {"sun", "li"})])
def test_his_superior_is_asked_too_or_in_his_place(office: Office, need: str, left: set[str]) -> None:
    above(office, "wang", "sun")
    people = ("wang", "li") if need == "all" else ("wang",)
    with clock.freeze(FRIDAY):
        draw(office, step(office, *people, need=need, days=1, late="escalate"))
        number = hand_in(office, office.customer("chen"))
    watch(office, FRIDAY + 4 * DAY)
    assert waits_for(office, number) == left | ({"sun"} if need == "any" else set())
    assert [said[0] for said in history(office, number)][1:] == (["escalate"] if need == "any" else ["escalate", "chase"])
    assert dues(office, number)["sun"] == dt.date(2026, 9, 23), "one day of his own"
    watch(office, FRIDAY + 4 * DAY)
    assert waits_for(office, number) == left, "asked once"
    assert ("请审批：四川云岭春酒业有限公司（审核）", dt.date(2026, 9, 23)) in tasks(office, "sun")
    for who in ("sun", "li") if need == "all" else ("sun",):
        answer(office, who, number)
    assert state(office, number) == "agreed"


@pytest.mark.parametrize("superior", [None, "chen"])
def test_without_a_superior_who_could_answer_he_is_reminded(office: Office, superior: str | None) -> None:
    """Nobody above him, or only who handed it in."""
    if superior:
        above(office, "wang", superior)
    with clock.freeze(FRIDAY):
        draw(office, step(office, "wang", days=1, late="escalate"))
        number = hand_in(office, office.customer("chen"))
    watch(office, FRIDAY + 4 * DAY)
    assert waits_for(office, number) == {"wang"} and history(office, number)[-1][0] == "chase"


def test_who_stands_in_gets_what_waits_on_the_day_the_other_goes_and_not_before(office: Office, asked: int) -> None:
    with clock.freeze(FRIDAY + 3 * DAY):
        away(office, "wang", "li", days=2)
    for at, his in ((FRIDAY, []), (FRIDAY + 3 * DAY, ["请审批"]), (FRIDAY + 3 * DAY, ["请审批"])):
        watch(office, at)
        assert [title.split("：")[0] for title, _due in tasks(office, "li")] == his
    with clock.freeze(FRIDAY + 2 * DAY), pytest.raises(Refused):
        answer(office, "li", asked)
    with clock.freeze(FRIDAY + 4 * DAY):
        answer(office, "li", asked)
    assert history(office, asked)[-1] == ("agree", "li", "wang") and tasks(office, "wang") == tasks(office, "li") == []
    assert state(office, asked) == "agreed"


def test_nobody_is_told_of_what_he_handed_in_himself(office: Office, asked: int) -> None:
    """Who stands in for who is asked may be its author: then nobody but the other decides."""
    with clock.freeze(FRIDAY):
        away(office, "wang", "chen")
        watch(office, FRIDAY)
        assert tasks(office, "chen") == []
        with pytest.raises(Refused):
            answer(office, "chen", asked)
