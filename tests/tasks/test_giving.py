"""Who gave a task asks for it again or withdraws it; the receiver takes his tick back; nobody else does either."""

import pytest

from crm_core.features.messages import services as messages
from crm_core.features.tasks import giving, services
from crm_core.kernel import words
from crm_core.kernel.errors import Missing, Refused
from crm_core.resource import undo
from tests.customers.office import Office
from tests.support.people import Company


def told(office: Office, login: str) -> str:
    with office.as_(login):
        found = messages.newest()
        return str(words.read(found[0].text)) if found else ""


def waiting(office: Office, login: str) -> list[str]:
    with office.as_(login):
        return [task.title for task in services.waiting(9)]


@pytest.fixture
def task(office: Office) -> int:
    """Chen gave it to Li, who works in another department: Chen cannot read it as a record."""
    with office.as_("chen"):
        return services.give("Check the plan", receiver=office.people["li"])


def test_who_gave_a_task_withdraws_it_and_may_think_better_of_it(office: Office, task: int) -> None:
    with office.as_("chen"), pytest.raises(Missing):
        office.resource("task").get(task)
    with office.as_("chen"):
        change = giving.withdraw(task)
    assert waiting(office, "li") == []
    assert told(office, "li") == "withdrew a task: Check the plan"
    with office.as_("chen"):
        assert giving.given_by_me() == []
        assert undo.ask(change).done == 1
    assert waiting(office, "li") == ["Check the plan"]


def test_who_gave_a_task_asks_for_it_again_when_it_was_ticked_off_too_soon(office: Office, task: int) -> None:
    with office.as_("li"):
        office.resource("task").run("done", [task])
    assert told(office, "chen") == "did: Check the plan"
    with office.as_("chen"):
        with pytest.raises(Refused):
            giving.withdraw(task)
        giving.reopen(task)
        with pytest.raises(Refused):
            giving.reopen(task)
    assert waiting(office, "li") == ["Check the plan"]
    assert told(office, "li") == "reopened: Check the plan"


def test_the_receiver_takes_his_tick_back(office: Office, task: int) -> None:
    with office.as_("li"):
        office.resource("task").run("done", [task])
        office.resource("task").run("reopen", [task])
    assert waiting(office, "li") == ["Check the plan"]


@pytest.mark.parametrize("login", ["li", "wang", "sun"])
def test_nobody_else_does_either(office: Office, task: int, login: str) -> None:
    with office.as_(login):
        for act in (giving.withdraw, giving.reopen):
            with pytest.raises(Missing):
                act(task)
        assert giving.given_by_me() == []


def test_a_task_of_a_rule_or_of_ones_own_is_not_among_them(office: Office) -> None:
    with office.as_("chen"):
        own = services.give("mine")
        ruled = services.give_by_rule("core", "k", office.people["li"], "by a rule")
        assert giving.given_by_me() == []
        for number in (own, ruled, 10**9):
            with pytest.raises(Missing):
                giving.withdraw(number)


def test_what_was_given_by_mistake_is_taken_back_until_it_was_touched(office: Office) -> None:
    with office.as_("chen"):
        from crm_core.data.session import writing
        from crm_core.resource import changes

        with writing(), changes.change("task", resource="core.task") as change:
            services.give("oops", receiver=office.people["li"])
        assert undo.ask(change).done == 1
    assert waiting(office, "li") == []


def test_the_page_of_what_one_gave(house: Company) -> None:
    with house.as_("lina"):
        number = services.give("Check the plan", receiver=house.people["sue"])
    lina, sue = house.client("lina"), house.client("sue")
    assert 'href="/tasks/given"' in lina.get("/core/task").text
    page = lina.get("/tasks/given").text
    assert "Check the plan" in page and "Sue" in page and f"/tasks/given/{number}/withdraw" in page
    assert "Check the plan" not in sue.get("/tasks/given").text
    assert sue.post(f"/tasks/given/{number}/withdraw").status_code == 404
    sue.post(f"/tasks/{number}/done")
    assert f"/tasks/given/{number}/reopen" in lina.get("/tasks/given").text
    assert lina.post(f"/tasks/given/{number}/reopen").headers["Location"] == "/tasks/given"
    assert lina.post(f"/tasks/given/{number}/withdraw").headers["Location"] == "/tasks/given"
    assert lina.post(f"/tasks/given/{number}/withdraw").status_code == 404
