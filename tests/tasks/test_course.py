"""The course of a task that somebody gave: what each may do with it, what he hears of it, and what its giver sees."""

import datetime as dt
import re
from html import unescape

import pytest

from crm_core.access.models import Department, User
from crm_core.data.session import session, writing
from crm_core.features.customers.models import Customer
from crm_core.features.messages import services as messages
from crm_core.features.tasks import escalating, services
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from crm_core.resource import timeline, undo
from crm_core.resource.settings import put
from tests.customers.office import Office
from tests.support.people import Company

MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)


def told(office: Office, login: str) -> str:
    with office.as_(login):
        found = messages.newest()
        return str(words.read(found[0].text)) if found else ""


def waiting(office: Office, login: str) -> list[str]:
    with office.as_(login):
        return [task.title for task in services.waiting(9)]


def text_of(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_a_task_is_declined_handed_on_chased_done_and_evaluated_and_its_giver_sees_it_all(house: Company) -> None:
    with house.as_("sue"):
        number = services.give("Check the plan", receiver=house.people["lina"], due=dt.date(2026, 11, 25))
    sue, lina, nora, sam = (house.client(name) for name in ("sue", "lina", "nora", "sam"))
    page, act = f"/core/task/{number}", f"/core/task/{number}/do/"
    assert f"{act}accept" in lina.get(page).text and f"{act}accept" not in sue.get(page).text
    assert lina.post(f"{act}refuse", data={"reason": ""}).status_code == 422
    assert lina.post(f"{act}refuse", data={"reason": "No time before the fair"}).headers["Location"].split("?")[0] == "/core/task"  # it is out of her sight
    assert lina.get(page).status_code == 404
    assert "No time before the fair" in sue.get(page).text
    assert "declined a task of yours: Check the plan (No time before the fair)" in text_of(sue.get("/notices").text)
    assert "Check the plan" in sue.get("/core/task?owner.me=1&done_at.empty=1").text  # something she decides
    given = {"owner": str(house.people["nora"]), "reason": "Nora has been there", "due": "2026-11-27"}
    assert sue.post(f"{act}hand_on", data=given).status_code == 303
    assert nora.post(f"{act}accept").status_code == 303
    assert nora.post(f"{act}hand_on", data={"owner": str(house.people["sam"]), "reason": "It is about the south"}).status_code == 303
    assert sue.post(f"{act}done").status_code in (403, 404)  # it is not hers to do
    for words_ in ("", "The fair is on Friday"):
        assert sue.post(f"{act}chase", data={"words": words_}).status_code == 303
    assert "chases: Check the plan – The fair is on Friday" in text_of(sam.get("/notices").text)
    assert "Chased 2 times" in text_of(sam.get(page).text)
    assert sam.post(f"{act}chase").status_code == 409  # nobody chases himself
    assert sam.post(f"{act}evaluate", data={"grade": "excellent"}).status_code == 409
    assert sam.post(f"{act}done", data={"result": "Two stands, side by side", "spent": "1 h 30 min"}).status_code == 303
    assert sam.post(f"{act}evaluate", data={"grade": "excellent"}).status_code == 409  # nobody evaluates himself
    assert sue.post(f"{act}evaluate", data={"grade": "good", "remark": "A day early"}).status_code == 303
    course = text_of(sue.get(page).text)
    at = [course.index(said) for said in (
        "Sue evaluated this", "Sam did this", "Sue chased this (2)", "Nora handed this on to Sam", "It is about the south", "Nora accepted this",
        "Sue handed this on to Nora", "Lina declined this", "No time before the fair", "Sue entered this record")]
    assert at == sorted(at)
    assert "Two stands, side by side" in course and "1 h 30 min" in course
    assert "evaluated: Check the plan" in text_of(sam.get("/notices").text) and "A day early" in sam.get(page).text and "Good" in text_of(sam.get(page).text)
    assert "Check the plan" in sue.get("/core/task?giver.me=1").text and "Check the plan" not in lina.get("/core/task?giver.me=1").text


@pytest.fixture
def task(office: Office) -> int:
    """Chen gave it to Li, who works in another department."""
    with office.as_("chen"):
        return services.give("Check the plan", receiver=office.people["li"])


def test_who_gave_a_task_reads_and_changes_it_and_does_not_do_it(office: Office, task: int) -> None:
    tasks = office.resource("task")
    with office.as_("chen"):
        assert tasks.get(task).title == "Check the plan"
        tasks.write([{"id": task, "due": dt.date(2026, 12, 1)}])
        with pytest.raises(Missing):
            tasks.run("done", [task])
        with pytest.raises(Missing):
            tasks.run("hand_on", [task], {"owner": office.people["chen"], "reason": "x"})
        with pytest.raises(Missing):
            tasks.delete([task])
        with pytest.raises(Invalid) as bad:
            tasks.write([{"id": task, "state": "done"}])
        assert list(bad.value.fields) == ["state"]


@pytest.mark.parametrize("login", ["wang", "li"])
def test_nobody_else_does_what_the_giver_may(office: Office, task: int, login: str) -> None:
    """Wang has nothing to do with it; Li has it, and did not give it."""
    for act, values in (("withdraw", {}), ("chase", {}), ("evaluate", {"grade": "good"})):
        with office.as_(login), pytest.raises((Missing, Refused)):
            office.resource("task").run(act, [task], values)


def test_who_gave_a_task_withdraws_it_and_may_think_better_of_it(office: Office, task: int) -> None:
    with office.as_("chen"):
        change = office.resource("task").run("withdraw", [task])
    assert waiting(office, "li") == [] and told(office, "li") == "withdrew a task: Check the plan"
    with office.as_("chen"):
        assert undo.ask(change).done == 1
    assert waiting(office, "li") == ["Check the plan"]


def test_declining_is_taken_back_by_who_declined(office: Office, task: int) -> None:
    with office.as_("li"):
        change = office.resource("task").run("refuse", [task], {"reason": "No time"})
    assert (waiting(office, "li"), waiting(office, "chen")) == ([], ["Check the plan"])
    with office.as_("li"):
        assert undo.ask(change).done == 1
    assert (waiting(office, "li"), waiting(office, "chen")) == (["Check the plan"], [])


def test_who_gave_a_task_asks_for_it_again_when_it_was_ticked_off_too_soon(office: Office, task: int) -> None:
    tasks = office.resource("task")
    with office.as_("li"):
        tasks.run("done", [task])
    assert told(office, "chen") == "did: Check the plan"
    with office.as_("chen"):
        with pytest.raises(Refused):
            tasks.run("withdraw", [task])
        tasks.run("reopen", [task])
    assert waiting(office, "li") == ["Check the plan"] and told(office, "li") == "reopened: Check the plan"


def test_ones_own_task_and_that_of_a_rule_were_given_by_nobody(office: Office) -> None:
    with office.as_("chen"):
        own = services.give("mine")
        ruled = services.give_by_rule("core", "k", office.people["li"], "by a rule")
        for number in (own, ruled, 10**9):
            with pytest.raises((Missing, Refused)):
                office.resource("task").run("withdraw", [number])
        with pytest.raises(Missing):
            office.resource("task").get(ruled)
    with office.as_("li"), pytest.raises(Refused):
        office.resource("task").run("refuse", [ruled], {"reason": "no"})


def test_what_was_given_by_mistake_is_taken_back_until_it_was_touched(office: Office) -> None:
    from crm_core.resource import changes

    with office.as_("chen"):
        with writing(), changes.change("task", resource="core.task") as change:
            services.give("oops", receiver=office.people["li"])
        assert undo.ask(change).done == 1
    assert waiting(office, "li") == []


def test_what_must_be_dealt_with_is_not_waved_away(office: Office) -> None:
    tasks = office.resource("task")
    with office.as_("chen"):
        (number,) = tasks.write([{"title": "Count the stock", "owner": office.people["li"], "must": True, "due": dt.date(2026, 12, 1)}])
        (light,) = tasks.write([{"title": "Water the plants", "owner": office.people["li"]}])
    with office.as_("li"):
        for act, values in (("refuse", {"reason": "no"}), ("withdraw", {})):
            with pytest.raises((Refused, Missing)):
                tasks.run(act, [number], values)
        with pytest.raises(Refused):
            tasks.delete([number])
        for change in ({"must": False}, {"due": dt.date(2027, 12, 1)}, {"title": "Nothing"}, {"state": "done"}, {"state": "refused"}):
            with pytest.raises(Invalid):
                tasks.write([{"id": number, **change}])
        with pytest.raises(Invalid) as bad:
            tasks.run("done", [number])
        assert list(bad.value.fields) == ["result"]
        tasks.write([{"id": number, "state": "waiting"}])
        tasks.run("done", [number], {"result": "212 pieces"})
        tasks.delete([light])  # the negative control: what need not be done may go, and its giver hears of it
    assert told(office, "chen") == "deleted a task of yours: Water the plants"


def test_a_board_card_that_is_moved_to_done_is_done(office: Office, task: int) -> None:
    tasks = office.resource("task")
    with office.as_("li"):
        tasks.write([{"id": task, "state": "accepted"}])
        tasks.write([{"id": task, "state": "done"}])
        assert (tasks.get(task).done_at is not None, tasks.get(task).done_by_id) == (True, office.people["li"])
        tasks.write([{"id": task, "state": "open"}])
        assert (tasks.get(task).done_at, tasks.get(task).done_by_id) == (None, None)
        assert [str(words.read((e.data or {})["words"])) for e in timeline.of("core.task", task, kind="task")] == ["opened this again", "did this", "accepted this"]


def test_who_is_given_a_task_later_hears_of_it_once_and_no_other_way_round_the_right(office: Office) -> None:
    with office.as_("chen"):
        number = services.give("Stand plan")
        office.resource("task").write([{"id": number, "owner": office.people["li"]}])
    with office.as_("li"):
        assert [str(words.read(n.text)) for n in messages.newest()] == ["gave you a task: Stand plan"]
        assert office.resource("task").get(number).giver_id == office.people["chen"]
        with pytest.raises((Forbidden, Invalid)):
            office.resource("task").write([{"id": number, "giver": office.people["li"]}])


def test_who_heads_the_department_hears_once_of_what_is_overdue_where_that_is_on(office: Office) -> None:
    with office.as_("chen"), clock.freeze(MONDAY):
        late = [services.give(title, receiver=office.people["li"], due=dt.date(2026, 11, 18)) for title in ("One", "Two")]
        services.give("Not yet", receiver=office.people["li"], due=dt.date(2026, 11, 21))
    with office.site.system("tests"), writing():
        home = session.get_one(Department, office.departments["会展部"])
        home.owner_id = office.people["sun"]
    office.changed()

    def hour() -> list[str]:
        with clock.freeze(MONDAY):
            with office.site.system("tests"), writing():
                later(escalating.NAME)
            drain(office.site)
        with office.as_("sun"):
            return [str(words.read(n.text)) for n in messages.newest() if n.source]

    assert hour() == []  # it is off
    with office.site.system("tests"):
        put(escalating.TaskSettings, {"escalates": True, "days": 3})
    office.changed()
    assert hour() == ["2 tasks of your people or your team are overdue"]
    assert hour() == ["2 tasks of your people or your team are overdue"]
    with office.as_("li"):
        office.resource("task").write([{"id": late[0], "due": dt.date(2026, 11, 19)}])  # a new day, a new story
    assert hour()[0].startswith("Overdue since 2026-11-19: One (")
    with office.site.system("tests"):
        assert session.get_one(Task, late[1]).escalated_at is not None


def test_of_what_is_about_a_record_of_a_team_its_head_hears(office: Office) -> None:
    people, mine = office.people, office.customer("li")
    with office.as_("sun"):
        desk, = office.resource("team").write([{"name": "Desk", "head": people["wang"], "members": [{"user": people["wang"]}]}])
    with office.as_("li"), clock.freeze(MONDAY):
        services.give("Of the desk", due=dt.date(2026, 11, 10), about=("core.customer", mine))
        services.give("Of nobody", due=dt.date(2026, 11, 10))
    with office.site.system("tests"), writing():
        session.get_one(Customer, mine).team_id = desk
        session.get_one(User, people["li"]).supervisor_id = people["sun"]
        put(escalating.TaskSettings, {"escalates": True, "days": 3})
    office.changed()
    with clock.freeze(MONDAY):
        with office.site.system("tests"), writing():
            later(escalating.NAME)
        drain(office.site)
    for login, title in (("wang", "Of the desk"), ("sun", "Of nobody")):
        with office.as_(login):
            assert [str(words.read(n.text)).partition(": ")[2].partition(" (")[0] for n in messages.newest() if n.source] == [title]


def test_the_next_step_is_set_from_the_page_of_any_record(house: Company) -> None:
    with house.as_("lina"):
        (thing,) = house.site.registry.resource("core.offering").write([{"customer": house.site.registry.resource("core.customer").write([{"name": "Firm A"}])[0], "name": "Wine"}])
    lina = house.client("lina")
    page = lina.get(f"/core/offering/{thing}").text
    link = unescape(re.search(r'href="(/core/task/new\?subject=core\.offering[^"]*)"', page)[1])  # type: ignore[index]
    assert lina.get(link).status_code == 200
    made = lina.post(link, data={"title": "Ask again", "due": "in three weeks", "subject": "core.offering", "subject_id": str(thing), "back": f"/core/offering/{thing}"})
    assert made.status_code == 303 and made.headers["Location"] == f"/core/offering/{thing}"
    with house.as_("lina"):
        (task,) = [t for t in services.waiting(9) if t.title == "Ask again"]
        assert (task.subject, task.subject_id, task.due) == ("core.offering", thing, clock.today() + dt.timedelta(weeks=3))
