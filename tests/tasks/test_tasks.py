"""Tasks: given, seen, ticked off, ended by their cause."""

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.messages import services as messages
from crm_core.features.tasks import services, views
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.resource import listing, timeline
from tests.customers.office import Office

MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)  # 09:12 in Shanghai


def titles(login: str, office: Office) -> list[str]:
    with office.as_(login):
        return [t.title for t in services.waiting(50)]


def test_a_task_without_a_name_is_mine(office: Office) -> None:
    with office.as_("chen"):
        services.give("Call them", due=dt.date(2026, 11, 25))
    assert titles("chen", office) == ["Call them"]
    assert titles("wang", office) == []


def test_a_colleague_gets_a_task_and_a_message(office: Office) -> None:
    with office.as_("chen"):
        services.give("Check the plan", receiver=office.people["wang"])
    with office.as_("wang"):
        (task,) = services.waiting(5)
        assert task.department_id == office.departments["营销中心"]
        assert str(words.read(messages.newest()[0].text)) == "gave you a task: Check the plan"


def test_what_waits_is_sorted_late_today_later_then_undated(office: Office) -> None:
    with office.as_("chen"), clock.freeze(MONDAY):
        today = clock.today()
        for title, due, hour in (
            ("some day", None, None), ("friday", today + dt.timedelta(days=4), None), ("late", today - dt.timedelta(days=2), None),
            ("afternoon", today, "15:00"), ("morning", today, "10:30"), ("any hour", today, None),
        ):
            services.give(title, due=due, due_time=hour)
    assert titles("chen", office) == ["late", "morning", "afternoon", "any hour", "friday", "some day"]


def test_how_a_task_stands_is_said_in_words(office: Office) -> None:
    with office.as_("chen"), clock.freeze(MONDAY):
        today = clock.today()
        said = [views.urgency(today + dt.timedelta(days=d), hour, None) for d, hour in ((-2, None), (0, "10:30"), (0, "08:00"), (2, None))]
        assert [(str(s.label), s.colour) for s in said if s] == [
            ("2 days late", "red"), ("Today 10:30", "amber"), ("Today 08:00", "red"), ("25 Nov", ""),
        ]
        assert views.urgency(None, None, None) is None


def test_the_tick_tells_who_gave_it_and_can_be_taken_back(office: Office) -> None:
    with office.as_("chen"):
        task = services.give("Check the plan", receiver=office.people["wang"])
    with office.as_("wang"):
        office.resource("task").run("done", [task])
    assert titles("wang", office) == []
    with office.as_("chen"):
        assert str(words.read(messages.newest()[0].text)) == "did: Check the plan"
    with office.as_("wang"):
        office.resource("task").run("reopen", [task])
    assert titles("wang", office) == ["Check the plan"]


def test_a_task_of_a_rule_cannot_be_ticked_off_and_ends_with_its_cause(office: Office) -> None:
    with office.as_("wang"):
        task = services.give_by_rule(_("Subscriptions"), "subscription:7", office.people["chen"], "Renew")
        again = services.give_by_rule(_("Subscriptions"), "subscription:7", office.people["chen"], "Renew")
    assert task == again
    with office.as_("chen"):
        with pytest.raises(Refused):
            office.resource("task").run("done", [task])
        with pytest.raises(Refused), writing():
            services.done(session.get_one(Task, task))
        (row,) = views.draw_waiting(services.waiting(5))
        assert row.tick_url == "" and row.tick_why
        assert str(row.sender) == "System · Subscriptions"
    with office.as_("wang"):
        assert services.finish("subscription:7")
        assert not services.finish("subscription:7")
    assert titles("chen", office) == []


def test_nobody_sees_or_ticks_the_tasks_of_others(office: Office) -> None:
    with office.as_("chen"):
        task = services.give("Mine")
    with office.as_("wang"):
        assert listing.page(listing.parse(office.resource("task"), [])).ids == []
        with pytest.raises(Missing):
            office.resource("task").run("done", [task])
    with office.as_("sun"):
        assert listing.page(listing.parse(office.resource("task"), [])).ids == [task]


def test_a_task_about_a_record_stands_on_its_time_line(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        task = services.give("Send the contract", about=("core.customer", customer))
        office.resource("task").run("done", [task])
        lines = [(str(words.read(e.data["words"])), e.title) for e in timeline.of("core.customer", customer, kind="task") if e.data]
    assert lines == [("did a task", "Send the contract"), ("planned a task", "Send the contract")]


def test_a_record_one_cannot_see_is_no_subject_of_a_task(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("wang"), pytest.raises(Invalid):
        services.give("Spy", about=("core.contact", office.contact("chen", customer)))
    with office.as_("chen"):
        for about in (("core.customer", 10**9), ("no.such", 1)):
            with pytest.raises(Invalid):
                services.give("Nothing", about=about)


def test_a_colleague_is_not_told_of_a_record_he_may_not_open(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), pytest.raises(Invalid) as refused:
        services.give("Look at them", receiver=office.people["li"], about=("core.customer", customer))
    assert list(refused.value.fields) == ["owner"]
    with office.as_("li"):
        assert messages.newest() == []


def test_without_the_right_nobody_gives_tasks(office: Office) -> None:
    with office.site.system("tests"), writing() as db:
        from crm_core.access.models import Grant

        db.execute(sa.delete(Grant).where(Grant.permission == "core.task.*"))
    office.changed()
    with office.as_("chen"), pytest.raises(Forbidden):
        services.give("Call them")


def test_a_given_task_moves_to_the_receivers_department(office: Office) -> None:
    with office.as_("chen"):
        task = services.give("Stand plan")
        office.resource("task").write([{"id": task, "owner": office.people["li"]}])
    with office.as_("li"):
        assert services.waiting(1)[0].department_id == office.departments["会展部"]


def test_the_numbers_of_the_top_bar_are_one_statement(office: Office) -> None:
    with office.as_("chen"):
        for n in range(3):
            services.give(f"task {n}")
    with office.as_("wang"):
        messages.notify([office.people["chen"]], "hello")
    with office.as_("chen"):
        numbers, statements = office.count(lambda: services.counters({"late": sa.select(Task.id).where(Task.title != "task 0")}))
        again, none = office.count(services.counters)
    assert (numbers, statements) == ((3, 1, {"late": 2}), 1), "with those beside entries of the menu"
    assert (again, none) == ((3, 1, {}), 0)


def test_tasks_are_sorted_by_day_with_the_undated_last_in_both_directions(office: Office) -> None:
    with office.as_("chen"):
        for day in (None, 3, 1, None, 2):
            services.give(f"day {day}", due=dt.date(2026, 11, day) if day else None)
        found = []
        for sort in ("due", "-due"):
            ids = listing.page(listing.parse(office.resource("task"), [("sort", sort)])).ids
            days = {r[0]: r[1] for r in session.execute(sa.select(Task.id, Task.due))}
            found.append([days[i].day if days[i] else None for i in ids])
    assert found == [[1, 2, 3, None, None], [3, 2, 1, None, None]]


def test_a_time_needs_its_day(office: Office) -> None:
    with office.as_("chen"), pytest.raises(Invalid):
        services.give("When?", due_time="10:30")
