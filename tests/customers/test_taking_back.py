"""What somebody did is his to take back with the rights he has now, and only until somebody else has worked on it."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.customers.models import Tagged
from crm_core.features.customers.notes import add_note
from crm_core.features.tasks import services
from crm_core.kernel.errors import Forbidden
from crm_core.resource import changes, undo
from tests.customers.office import Office


def made_for_li(office: Office, **more: Any) -> tuple[int, int]:
    """Chen enters a customer for Li, whose records he does not see: (customer, change)."""
    office.grant("seller", "core.customer.assign", "own")
    office.grant("seller", "core.tag.create", "all")
    with office.as_("chen"), writing(), changes.change("save", resource="core.customer") as change:
        return int(office.resource("customer").write([{"name": "四川云岭春酒业有限公司", "owner": office.people["li"], **more}])[0]), change


def taken_back(office: Office, change: int, login: str = "chen") -> int:
    with office.as_(login):
        return undo.ask(change).done


def living(office: Office, name: str, row_id: int) -> bool:
    table = office.resource(name).table
    with office.site.system("tests"):
        return bool(session.scalar(sa.select(table.c.deleted_at.is_(None)).where(table.c.id == row_id)))


def test_what_was_entered_for_a_colleague_is_taken_back_with_its_lines(office: Office) -> None:
    customer, change = made_for_li(office, addresses=[{"street": "酒都路 8 号"}])
    assert taken_back(office, change) == 2
    assert not living(office, "customer", customer)


def test_not_by_somebody_who_may_not_enter_any_now(office: Office) -> None:
    customer, change = made_for_li(office)
    office.revoke("seller", "core.customer.create")
    assert taken_back(office, change) == 0
    assert living(office, "customer", customer)


Touch = Callable[[Office, int], object]
TOUCHES: dict[str, Touch] = {
    "a contact": lambda office, customer: office.contact("li", customer),
    "a note": lambda office, customer: add_note("core.customer", customer, "hers"),
    "an address": lambda office, customer: office.resource("customer").write([{"id": customer, "addresses": [{"street": "hers"}]}]),
    "a tag": lambda office, customer: office.resource("customer").run("tag", [customer], {"tags": ["Fair"]}),
}


@pytest.mark.parametrize("what", TOUCHES)
def test_not_when_the_colleague_has_put_something_to_it_meanwhile(office: Office, what: str) -> None:
    customer, change = made_for_li(office)
    with office.as_("li"):
        TOUCHES[what](office, customer)
    assert taken_back(office, change) == 0
    assert living(office, "customer", customer)


def test_a_deletion_beyond_what_one_sees_now_is_not_ones_own_to_take_back(office: Office) -> None:
    """He sees his own alone since: what he deleted of others is for them, and for whoever sees theirs."""
    customer = office.customer("li")
    for verb in ("read", "delete", "update"):
        office.grant("seller", f"core.customer.{verb}", "all")
    with office.as_("chen"):
        change = office.resource("customer").delete([customer])
    for verb in ("read", "delete", "update"):
        office.revoke("seller", f"core.customer.{verb}")
        office.grant("seller", f"core.customer.{verb}", "own")
    assert taken_back(office, change) == 0
    assert not living(office, "customer", customer)
    assert taken_back(office, change, "sun") == 1


def test_who_asked_for_a_task_again_thinks_better_of_it(office: Office) -> None:
    with office.as_("chen"):
        task = services.give("Check the plan", receiver=office.people["li"])
    with office.as_("li"):
        office.resource("task").run("done", [task])
    with office.as_("chen"):
        change = office.resource("task").run("reopen", [task])
    assert taken_back(office, change) == 1
    with office.as_("li"):
        assert services.waiting(9) == []


def test_a_withdrawal_can_be_taken_back_again_and_again(office: Office) -> None:
    with office.as_("chen"):
        task = services.give("Check the plan", receiver=office.people["li"])
        change = office.resource("task").run("withdraw", [task])
    for there in (True, False, True):
        with office.as_("chen"):
            found = undo.ask(change)
        assert found.done == 1 and found.change
        assert living(office, "task", task) is there
        change = found.change


def test_who_may_not_do_an_act_any_more_does_not_take_it_back_either(office: Office) -> None:
    """An act has a right of its own: what was done by it is taken back by who still has that, as long as it can be changed at all."""
    customer = office.customer("chen")
    with office.as_("sun"):
        (tag,) = office.resource("tag").write([{"name": "糖酒会"}])
    with office.as_("chen"):
        customers = office.resource("customer")
        customers.run("tag", [customer], {"tags": [tag]})
        tagged = session.scalar(sa.select(sa.func.max(changes.Change.id)))
        customers.write([{"id": customer, "note": "rang"}])
        noted = session.scalar(sa.select(sa.func.max(changes.Change.id)))
    office.revoke("seller", "core.customer.tag")
    with office.as_("chen"):
        with pytest.raises(Forbidden):
            undo.ask(tagged)
        assert undo.ask(noted).done == 1, "the control: what needs no right but to change it"
    office.grant("seller", "core.customer.tag", "own")
    with office.as_("chen"):
        assert undo.ask(tagged).done == 1
    with office.site.system("tests"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Tagged)) == 0
