"""Flows of approval: who is asked in which order, what is locked meanwhile, and what is done once all have agreed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm_core.access.models import Department, User
from crm_core.data.session import session, writing
from crm_core.features.approvals import api, drawing, flows, running
from crm_core.features.customers.models import Customer
from crm_core.features.messages.models import Notice
from crm_core.features.tasks.models import Task
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.resource import asking, undo
from crm_core.resource.changes import unscoped
from tests.approvals.flowing import away, draw, history, newest, state, step, waits_for
from tests.customers.office import Office

CUSTOMER = "core.customer"


def hand_in(office: Office, customer: int, login: str = "chen") -> int:
    with office.as_(login):
        return api.submit(CUSTOMER, customer)


def answer(office: Office, login: str, number: int, verdict: str = "agree", *more: object) -> None:
    with office.as_(login):
        if verdict == "agree":
            running.agree(number, *more)  # type: ignore[arg-type]
        else:
            getattr(running, verdict)(number, *(more or ("so",)))


def tasks_of(office: Office, login: str) -> list[str]:
    with office.site.system("tests") as work:
        return list(work.session.scalars(sa.select(Task.title).where(Task.owner_id == office.people[login], Task.done_at.is_(None))))


def told(office: Office, login: str) -> int:
    with office.site.system("tests") as work:
        return work.session.scalar(sa.select(sa.func.count()).where(Notice.receiver_id == office.people[login])) or 0


def standing(office: Office, customer: int) -> str | None:
    with office.site.system("tests") as work:
        return work.session.scalar(sa.select(Customer.note).where(Customer.id == customer))


def test_of_what_belongs_to_a_team_its_head_is_asked_else_the_departments(office: Office) -> None:
    """A step “head”: with a head, without one, of a head's own, of nobody's."""
    people = office.people
    with office.site.system("tests"), writing():
        session.get_one(Department, office.departments["营销中心"]).owner_id = people["sun"]
    with office.as_("sun"):
        desk, bare = office.resource("team").write([
            {"name": "Desk", "head": people["wang"], "members": [{"user": people["wang"]}, {"user": people["chen"]}]}, {"name": "Bare", "members": [{"user": people["chen"]}]}])
    office.changed()
    draw(office, {"name": "", "who": "head", "need": "any"})
    of = lambda login, team: hand_in(office, _in_team(office, office.customer(login), team), login)
    assert waits_for(office, of("chen", desk)) == {"wang"}
    assert waits_for(office, of("chen", bare)) == waits_for(office, of("chen", None)) == {"sun"}
    assert waits_for(office, of("wang", desk)) == {"sun"}, "of his own his head decides"
    with office.site.system("tests"), writing():
        session.get_one(User, people["wang"]).active = False
    office.changed()
    assert waits_for(office, of("chen", desk)) == {"sun"}, "who may not sign in is asked nothing"


def _in_team(office: Office, customer: int, team: int | None) -> int:
    with office.site.system("tests"), writing():
        session.get_one(Customer, customer).team_id = team
    return customer


def test_step_by_step_and_its_author_is_told(office: Office) -> None:
    draw(office, step(office, "wang"), step(office, "sun"))
    customer = office.customer("chen")
    number = hand_in(office, customer)
    assert waits_for(office, number) == {"wang"}
    assert len(tasks_of(office, "wang")) == 1
    with pytest.raises(Refused):
        answer(office, "sun", number)
    answer(office, "wang", number)
    assert waits_for(office, number) == {"sun"}
    assert tasks_of(office, "wang") == [] and len(tasks_of(office, "sun")) == 1
    before = told(office, "chen")
    answer(office, "sun", number)
    assert state(office, number) == "agreed"
    assert told(office, "chen") == before + 1
    assert history(office, number) == [("submit", "chen", ""), ("agree", "wang", ""), ("agree", "sun", "")]


@pytest.mark.parametrize(("need", "k", "answers", "ends"), [
    ("any", 0, ["agree"], "agreed"), ("any", 0, ["refuse"], "refused"), ("all", 0, ["agree", "agree"], "open"), ("all", 0, ["agree", "agree", "agree"], "agreed"),
    ("all", 0, ["agree", "refuse"], "refused"), ("some", 2, ["agree", "agree"], "agreed"), ("some", 2, ["agree", "refuse", "agree"], "agreed"),
    ("some", 2, ["refuse", "refuse"], "refused"), ("some", 2, ["agree", "refuse"], "open"),
])
def test_how_many_of_three(office: Office, need: str, k: int, answers: list[str], ends: str) -> None:
    draw(office, step(office, "wang", "li", "sun", need=need, k=k))
    number = hand_in(office, office.customer("chen"))
    for login, verdict in zip(("wang", "li", "sun"), answers, strict=False):
        answer(office, login, number, verdict)
    assert state(office, number) == ends


def test_two_of_three_while_the_third_is_on_leave(office: Office) -> None:
    draw(office, step(office, "wang", "li", "sun", need="some", k=3))
    away(office, "sun", "wang")
    number = hand_in(office, office.customer("chen"))
    answer(office, "wang", number)
    answer(office, "li", number)
    answer(office, "wang", number)  # for who is away, after his own
    assert state(office, number) == "agreed"
    assert history(office, number)[-1] == ("agree", "wang", "sun")


def test_nobody_stands_in_for_who_asks_and_nobody_approves_his_own(office: Office) -> None:
    draw(office, step(office, "wang", "chen", need="all"))
    away(office, "wang", "chen")
    number = hand_in(office, office.customer("chen"))
    assert waits_for(office, number) == {"wang"}
    with pytest.raises(Refused):
        answer(office, "chen", number)


def test_the_second_answer_is_told_kindly(office: Office) -> None:
    draw(office, step(office, "wang", "li"))
    number = hand_in(office, office.customer("chen"))
    answer(office, "wang", number)
    with pytest.raises(Refused) as late:
        answer(office, "li", number)
    assert "王志强" in str(late.value)


def test_what_waits_is_locked_at_every_door(office: Office) -> None:
    draw(office, step(office, "wang"))
    customer = office.customer("chen")
    number = hand_in(office, customer)
    customers = office.resource("customer")
    with office.as_("chen"):
        with pytest.raises(asking.Locked) as said:
            customers.write([{"id": customer, "note": "x"}])
        assert "王志强" in str(said.value)
        with pytest.raises(Refused):
            customers.delete([customer])
        with pytest.raises(asking.Locked), writing():
            session.get(Customer, customer).note = "y"  # type: ignore[union-attr]
            session.flush()
        with pytest.raises(Refused):
            api.submit(CUSTOMER, customer)
    answer(office, "wang", number, "send_back", "why")
    with office.as_("chen"):
        customers.write([{"id": customer, "note": "mended"}])
        running.again(number)
    with office.as_("sun"), pytest.raises(asking.Locked):
        customers.write([{"id": customer, "note": "z"}])
    answer(office, "wang", number)
    with office.as_("chen"):
        customers.write([{"id": customer, "note": "free"}])
    assert standing(office, customer) == "free"


def test_undo_is_no_way_round_the_lock(office: Office) -> None:
    draw(office, step(office, "wang"))
    customer = office.customer("chen", note="before")
    with office.as_("chen"):
        office.resource("customer").write([{"id": customer, "note": "after"}])
    with office.site.system("tests") as work:
        change = work.session.scalar(sa.text("select max(id) from core_change"))
    hand_in(office, customer)
    with office.as_("chen"):
        assert undo.ask(change).done == 0
    assert standing(office, customer) == "after"


def last_change(office: Office) -> int:
    with office.site.system("tests") as work:
        return int(work.session.scalar(sa.text("select max(id) from core_change")))


def test_undo_is_no_way_round_a_flow_of_deletions(office: Office) -> None:
    draw(office, step(office, "wang"), transition="delete", when={"field": "note", "op": "filled"})
    with office.as_("chen"):
        office.resource("customer").write([{"name": "四川云岭春酒业有限公司"}])
        assert undo.ask(last_change(office)).done == 1, "no flow is for this one"
        (other,) = office.resource("customer").write([{"name": "成都天府曲酒厂", "note": "a good one", "addresses": [{"street": "春熙路 1 号"}]}])
        assert undo.ask(last_change(office)).done == 0
        assert office.resource("customer").get(other).note == "a good one"
        street = office.resource("customer").line_resource("addresses").table
        left = session.connection().execute(sa.select(street.c.deleted_at).where(street.c.customer_id == other), execution_options=unscoped("tests"))
        assert left.scalars().all() == [None], "nor does it lose its address"


def test_undo_brings_back_nothing_that_needs_approval(office: Office) -> None:
    customer = office.customer("chen", note="before")
    with office.as_("chen"):
        office.resource("customer").write([{"id": customer, "note": None, "fax": "028-12345678"}])
    cleared = last_change(office)
    draw(office, step(office, "wang"), transition="update", when={"field": "note", "op": "filled"})
    with office.as_("chen"):
        assert undo.ask(cleared).done == 0
        office.resource("customer").write([{"id": customer, "fax": None}])
        assert undo.ask(last_change(office)).done == 1
    assert standing(office, customer) is None


def test_a_change_is_handed_in_and_made_once_in_the_rights_of_its_author(office: Office) -> None:
    draw(office, step(office, "wang"), transition="update", when={"field": "note", "op": "filled"})
    customer = office.customer("chen")
    with office.as_("chen"), pytest.raises(asking.OnlyAsked):
        office.resource("customer").write([{"id": customer, "note": "as it will be"}])
    with office.as_("chen"):
        office.resource("customer").write([{"id": customer, "fax": "028-12345678"}])  # what the condition does not speak of
        number = asking.propose(office.resource("customer"), customer, {"note": "as it will be"}).number
    assert standing(office, customer) is None
    answer(office, "wang", number)
    assert standing(office, customer) == "as it will be"
    with pytest.raises(Refused):
        answer(office, "wang", number)


def test_a_deletion_is_done_when_all_have_agreed(office: Office) -> None:
    draw(office, step(office, "wang"), transition="delete")
    customer = office.customer("chen")
    with office.as_("chen"):
        with pytest.raises(Refused):
            office.resource("customer").delete([customer])
        number = asking.submit(office.resource("customer"), "delete", customer).number
    answer(office, "wang", number)
    with office.as_("chen"), pytest.raises(Missing):
        office.resource("customer").get(customer)


def test_an_act_is_done_when_all_have_agreed(office: Office) -> None:
    draw(office, step(office, "wang"), transition="do:done", subject="core.task")
    with office.as_("chen"):
        (task,) = office.resource("task").write([{"title": "合同"}])
        with pytest.raises(Refused):
            office.resource("task").run("done", [task])
        number = asking.submit(office.resource("task"), "do:done", task, {"result": "signed"}).number
    answer(office, "wang", number)
    with office.as_("chen"):
        found = office.resource("task").get(task)
        assert found.done_at is not None and found.result == "signed"


def test_a_new_record_is_handed_in_by_itself_and_goes_when_refused(office: Office) -> None:
    draw(office, step(office, "wang"), transition="create")
    kept, gone = office.customer("chen"), office.customer("chen", "成都天府曲酒厂")
    second = newest(office)
    answer(office, "wang", second, "refuse")
    answer(office, "wang", second - 1)
    with office.as_("chen"):
        office.resource("customer").get(kept)
        with pytest.raises(Missing):
            office.resource("customer").get(gone)


def test_handing_on_adding_and_back_to_an_earlier_step(office: Office) -> None:
    draw(office, step(office, "wang"), step(office, "sun"))
    number = hand_in(office, office.customer("chen"))
    answer(office, "wang", number, "hand_on", office.people["li"], "knows him")
    assert waits_for(office, number) == {"li"}
    answer(office, "li", number)
    answer(office, "sun", number, "send_back", "once more", 1)
    assert waits_for(office, number) == {"wang"}
    answer(office, "wang", number, "add", office.people["li"], "")
    assert waits_for(office, number) == {"wang", "li"}
    with office.as_("chen"):
        running.withdraw(number)
    assert state(office, number) == "withdrawn"
    assert tasks_of(office, "wang") == tasks_of(office, "li") == []


def test_steps_whose_condition_does_not_hold_are_left_out(office: Office) -> None:
    key = {"field": "standing", "op": "any", "value": ["key"]}
    draw(office, step(office, "wang", when=key), step(office, "li"))
    number = hand_in(office, office.customer("chen"))
    assert waits_for(office, number) == {"li"}
    assert ("skip", "", "") in history(office, number)


def test_a_new_edition_leaves_what_runs_as_it_was(office: Office) -> None:
    flow = draw(office, step(office, "wang"), step(office, "li"))
    first = hand_in(office, office.customer("chen"))
    with office.as_("sun"):
        drawing.keep(flow, {"when": None, "steps": [step(office, "sun")]})
        drawing.publish(flow)
    office.changed()
    second = hand_in(office, office.customer("chen", "成都天府曲酒厂"))
    assert waits_for(office, first) == {"wang"} and waits_for(office, second) == {"sun"}
    answer(office, "wang", first)
    assert waits_for(office, first) == {"li"}


# --- nothing is approved because nobody was there --------------------------------------------------------------------------


def administrator(office: Office, login: str) -> None:
    from crm_core.access.models import Role, UserRole
    from crm_core.resource.changes import stamp

    with office.site.system("tests"), writing() as db:
        role = db.scalar(sa.select(Role.id).where(Role.code == "administrator"))
        db.add(stamp(UserRole(user_id=office.people[login], role_id=role, owner_id=office.people[login])))
    office.changed()


def shut(office: Office, login: str, active: bool = False) -> None:
    with office.site.system("tests") as work, writing():
        work.session.execute(sa.text("update core_user set active = :a where id = :i"), {"a": active, "i": office.people[login]})
    office.changed()


def test_a_step_that_finds_nobody_refuses_or_asks_an_administrator(office: Office) -> None:
    draw(office, step(office, "wang"))
    shut(office, "wang")
    customer = office.customer("chen")
    with pytest.raises(Refused):
        hand_in(office, customer)
    administrator(office, "sun")
    number = hand_in(office, customer)
    assert waits_for(office, number) == {"sun"} and ("nobody", "", "") in history(office, number)


def test_no_step_that_holds_is_no_yes(office: Office) -> None:
    draw(office, step(office, "wang", when={"field": "standing", "op": "any", "value": ["key"]}))
    administrator(office, "sun")
    number = hand_in(office, office.customer("chen"))
    assert state(office, number) == "open" and waits_for(office, number) == {"sun"}


def test_a_condition_nobody_can_read_any_more_holds(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = draw(office, step(office, "wang"), transition="delete", when={"field": "standing", "op": "any", "value": ["key"]})
    customer = office.customer("chen")
    with office.site.system("tests") as work, writing():
        work.session.execute(sa.update(flows.flow).where(flows.flow.c.id == flow).values(live={"when": {"field": "gone", "op": "filled"}, "steps": [step(office, "wang")]}))
    office.changed()
    with office.as_("chen"):
        with pytest.raises(Refused):
            office.resource("customer").delete([customer])
        monkeypatch.setattr(asking.slots, "needed", lambda *_: set())  # the negative control: without the guard it goes
        office.resource("customer").delete([customer])


def test_what_cannot_be_published_says_why(office: Office) -> None:
    with office.as_("sun"):
        flow = drawing.begin("x", CUSTOMER, "submit")
        for steps in ([], [step(office)], [{"who": "roles", "roles": [99_999], "need": "any"}], [step(office, "wang", need="some", k=2)]):
            drawing.keep(flow, {"when": None, "steps": steps})
            with pytest.raises(Invalid):
                drawing.publish(flow)
        with pytest.raises(Invalid):
            drawing.begin("x", CUSTOMER, "do:nothing")


def test_what_cannot_be_done_any_more_leaves_it_open(office: Office) -> None:
    """The answer and what follows are one: no agreement without the deed."""
    draw(office, step(office, "wang"), transition="delete")
    customer = office.customer("chen")
    with office.as_("chen"):
        number = asking.submit(office.resource("customer"), "delete", customer).number
    office.revoke("seller", "core.customer.delete")
    with pytest.raises(Refused):
        answer(office, "wang", number)
    assert state(office, number) == "open" and waits_for(office, number) == {"wang"}
