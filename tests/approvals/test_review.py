"""What waits for review is there for author and reviewers alone, by every door; two reviewers let it in, or send it back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crm_core.access.models import Grant, Scope
from crm_core.data.session import session, writing
from crm_core.features.approvals.models import Approval, Vote
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.features.customers.api import Contact, Customer
from crm_core.features.messages.models import Notice
from crm_core.features.setup import reports
from crm_core.kernel.errors import Missing, Refused
from crm_core.resource import listing, reporting, undo
from crm_core.resource.changes import stamp
from crm_core.resource.settings import put
from tests.customers.office import Office


@pytest.fixture
def office(office: Office) -> Office:
    """陈晓燕 and 李娜 sell; 王志强 does first reviews, 孙立 sees and may do everything; 周 reads all and reviews nothing."""
    found = office
    grants = {
        "first": {"core.customer.read": "all", "core.customer.brief.read": "all", "core.customer.review_first": "all", "core.customer.send_back": "all", "core.stand_in.*": "own"},
        "reader": {"core.customer.read": "all", "core.customer.brief.read": "all", "core.customer.update": "all"},
    }
    from crm_core.access.models import Role, User, UserRole

    with found.site.system("tests"), writing() as db:
        for code, mine in grants.items():
            role = stamp(Role(code=code, name=code))
            db.add(role)
            db.flush()
            db.add_all(stamp(Grant(role_id=role.id, permission=p, scope=Scope(s))) for p, s in mine.items())
            for login in {"first": ("wang",), "reader": ("zhou",)}[code]:
                if login not in found.people:
                    user = stamp(User(login=login, login_key=login, name=login, department_id=found.departments["营销中心"], active=True))
                    db.add(user)
                    db.flush()
                    user.owner_id = found.people[login] = user.id
                db.add(stamp(UserRole(user_id=found.people[login], role_id=role.id, owner_id=found.people[login])))
    switch(found)
    return found


def switch(office: Office, level: str = "twice", of: str = "core-customer", **more: bool) -> None:
    with office.as_("sun"):
        put(ReviewSettings, {of: level, **more})
    office.changed()


def seen(office: Office, login: str, customer: int) -> set[str]:
    """By which doors somebody meets a customer, his contacts included."""
    with office.as_(login):
        full, brief, contacts = (office.resource(n) for n in ("customer", "customer.brief", "contact"))
        doors = {
            "page": full.sees(customer),
            "list": customer in listing.page(listing.parse(full, [])).ids,
            "search": customer in listing.page(listing.parse(full, [("q", "云岭春")])).ids,
            "brief list": customer in listing.page(listing.parse(brief, [])).ids,
            "brief search": customer in listing.page(listing.parse(brief, [("q", "云岭春")])).ids,
            "label": bool(full.labels([customer])),
            "name": bool(full.by_name(["四川云岭春酒业有限公司"])),
            "count": listing.exact_count(listing.parse(full, [])) > 0,
            "contacts": bool(listing.page(listing.parse(contacts, [])).ids) or bool(session.scalars(sa.select(Contact)).all()),
            "select": bool(session.scalars(sa.select(Customer)).all()),
        }
    return {name for name, found in doors.items() if found}


@pytest.fixture
def card(office: Office) -> int:
    """A card that 陈晓燕 has entered, with a contact."""
    customer = office.customer("chen")
    office.contact("chen", customer)
    return customer


def judge(office: Office, login: str, act: str, *ids: int, opinion: str | None = None) -> int:
    with office.as_(login):
        return int(office.resource("customer").run(act, list(ids), {"opinion": opinion}))


def state(office: Office, customer: int) -> str | None:
    with office.site.system("tests"):
        row = session.scalars(sa.select(Customer).where(Customer.id == customer)).one()
        return row.review.value if row.review else None


def test_what_waits_is_there_for_author_and_reviewers_alone(office: Office, card: int) -> None:
    everything = {"page", "list", "search", "brief list", "brief search", "label", "name", "count", "contacts", "select"}
    assert seen(office, "chen", card) == everything
    assert seen(office, "wang", card) == everything
    assert seen(office, "zhou", card) == set()
    assert seen(office, "li", card) == set()
    judge(office, "wang", "review_first", card)
    assert seen(office, "zhou", card) == set()
    judge(office, "sun", "review_second", card)
    assert seen(office, "zhou", card) == everything
    assert seen(office, "li", card) == {"brief list", "brief search", "label", "name"}


def test_without_the_guard_others_see_it(office: Office, card: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control."""
    from crm_core.features.approvals import rules

    monkeypatch.setattr(rules, "unseen", lambda *_whatever: None)
    office.changed()
    assert "list" in seen(office, "zhou", card)


def test_both_reviewers_and_the_day_stand_on_the_record(office: Office, card: int) -> None:
    judge(office, "wang", "review_first", card, opinion="clean")
    judge(office, "sun", "review_second", card)
    with office.site.system("tests"):
        row = session.scalars(sa.select(Customer).where(Customer.id == card)).one()
        assert (row.first_reviewer_id, row.second_reviewer_id, row.reviewed_at is not None) == (office.people["wang"], office.people["sun"], True)
        (asked,) = session.scalars(sa.select(Approval))
        assert (asked.state, asked.asked_by_id, [s["verb"] for s in asked.steps]) == ("agreed", office.people["chen"], ["review_first", "review_second"])
        assert [(v.step, v.by_id, v.verdict, v.opinion) for v in session.scalars(sa.select(Vote).order_by(Vote.id))] == [
            (1, office.people["wang"], "agree", "clean"), (2, office.people["sun"], "agree", None)]


def test_what_is_sent_back_says_why_and_waits_anew_when_it_was_changed(office: Office, card: int) -> None:
    judge(office, "wang", "send_back", card, opinion="the phone is missing")
    assert state(office, card) == "back"
    with office.site.system("tests"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.receiver_id == office.people["chen"])) == 1
    assert "list" not in seen(office, "zhou", card)
    with office.as_("chen"):
        office.resource("customer").write([{"id": card, "phone": "0831-2365588"}])
    assert state(office, card) == "first"
    judge(office, "wang", "review_first", card)
    with office.site.system("tests"):
        assert [a.state for a in session.scalars(sa.select(Approval).order_by(Approval.id))] == ["back", "open"]


def test_nobody_reviews_what_he_entered_or_looks_twice(office: Office, card: int) -> None:
    with office.as_("chen"), pytest.raises((Refused, Missing, Exception)):
        office.resource("customer").run("review_first", [card], {"opinion": None})
    judge(office, "sun", "review_first", card)
    with pytest.raises(Refused, match="somebody else"):
        judge(office, "sun", "review_second", card)
    with pytest.raises(Refused):
        judge(office, "wang", "review_first", card)
    assert state(office, card) == "second"


def test_who_does_the_last_review_approves_directly(office: Office) -> None:
    assert state(office, office.customer("sun", "成都某厂")) == "done"
    switch(office, "once")
    assert state(office, office.customer("wang", "重庆某厂")) == "done"
    customer = office.customer("chen", "贵阳某厂")
    judge(office, "wang", "review_first", customer)
    assert state(office, customer) == "done"


def test_many_are_judged_at_once_and_it_can_be_undone(office: Office) -> None:
    cards = [office.customer("chen", f"酒业{n}有限公司") for n in range(5)]
    change = judge(office, "wang", "review_first", *cards)
    assert [state(office, c) for c in cards] == ["second"] * 5
    with office.as_("sun"):
        undo.ask(change)
    assert [state(office, c) for c in cards] == ["first"] * 5


def test_switched_off_everything_is_as_it_was_and_nothing_is_lost(office: Office, card: int) -> None:
    switch(office, "none")
    assert "list" in seen(office, "zhou", card)
    assert state(office, office.customer("chen", "绵阳某厂")) is None
    switch(office)
    assert "list" not in seen(office, "zhou", card)
    assert state(office, card) == "first"


def test_a_reviewer_finds_what_waits_on_his_home_page_and_the_acts_only_while_the_house_reviews(office: Office, card: int) -> None:
    def shown(login: str) -> tuple[list[str], set[str]]:
        with office.as_(login):
            acts = {a.name for a in office.resource("customer").shown_actions()}
            return [c.name for c in reporting.cards()], acts & {"review_first", "review_second", "send_back"}

    assert "core.review-core-customer" in shown("wang")[0] and shown("wang")[1] == {"review_first", "send_back"}
    with office.as_("wang"):
        (line,) = reporting.answer(reporting.find(reporting.cards(), "core.review-core-customer")).lines
        assert line.numbers == (1,) and line.filter == ("review.any", "first")
        (row,), n = reports.waiting(reporting.cards())  # a line of what waits for him
        assert (str(row.title), row.url, n) == ("Waiting for review", "/core/customer?review.any=first%2Csecond", 1) and str(row.sub).endswith(" 1")
    with office.as_("zhou"):
        assert reports.waiting(reporting.cards()) == ((), 0)
    assert "core.review-core-customer" not in shown("zhou")[0] and not shown("zhou")[1]
    switch(office, "none")
    assert "core.review-core-customer" not in shown("wang")[0] and not shown("wang")[1]


def test_a_scope_that_waits_tells_parts_by_leaving_out_few(office: Office, card: int) -> None:
    """Cheap on a large table: the parents that are left out come from their own index."""
    with office.as_("zhou") as work:
        scope = work.session.actor.scope("core.contact", "read")
        text = str(scope.clause(Contact))
    assert "NOT IN" in text
