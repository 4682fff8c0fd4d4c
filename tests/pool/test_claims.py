"""A customer of the public pool is claimed, held, handed over and given back; each time it stands in its history."""

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.notes import add_note, delete_note
from crm_core.features.pool.models import Holding
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.resource import listing, undo
from tests.customers.office import Office
from tests.pool.pools import act, claim, pool, row

DAY = dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)


@pytest.fixture
def free(office: Office) -> int:
    """A customer that lies in the pool of the marketing centre."""
    pool(office)
    customer = office.customer("chen", "四川云岭春酒业有限公司", mobile="13800008888")
    act(office, "chen", "give_back", customer, why="not my region")
    return customer


def history(office: Office, customer: int) -> list[tuple[str, int | None, int | None, str | None]]:
    with office.site.system("tests"):
        rows = session.scalars(sa.select(Holding).where(Holding.subject_id == customer).order_by(Holding.id))
        return [(r.kind, r.before_id, r.after_id, r.why) for r in rows]


def test_what_is_given_back_is_nobodys_and_what_is_claimed_is_mine(office: Office, free: int) -> None:
    chen, wang = office.people["chen"], office.people["wang"]
    assert row(office, free).owner_id is None and row(office, free).held_at is None
    with office.as_("wang"):
        found = listing.page(listing.parse(office.resource("customer.brief"), [("owner.empty", "1"), ("pool.filled", "1")]))
        assert found.ids == [free]
        with pytest.raises(Missing):
            office.resource("customer").get(free)
    claim(office, "wang", free)
    with office.as_("wang"):
        assert office.resource("customer").get(free).mobile == "13800008888"
    assert history(office, free) == [("return", chen, None, "not my region"), ("claim", None, wang, None)]


def test_two_do_not_get_the_same_customer(office: Office, free: int) -> None:
    claim(office, "wang", free)
    with pytest.raises(Refused, match="not possible"):
        claim(office, "chen", free)


def test_another_departments_pool_is_not_claimed_from(office: Office, free: int) -> None:
    with pytest.raises(Refused, match="may not claim"):
        claim(office, "li", free)
    assert row(office, free).owner_id is None


def test_members_of_a_pool_decide_who_claims_and_who_gives(office: Office) -> None:
    made = pool(office, members=[{"user": office.people["li"]}, {"user": office.people["wang"], "manages": True}])
    customers = [office.customer("chen", f"酒业{n}有限公司") for n in range(3)]
    for customer in customers:
        act(office, "chen", "give_back", customer)
    with pytest.raises(Refused):
        claim(office, "chen", customers[0])
    claim(office, "li", customers[0])
    with office.as_("wang"):
        office.resource("customer.brief").run("give", [customers[1]], {"owner": office.people["chen"], "why": "his street"})
    with office.as_("li"), pytest.raises(Refused, match="not manage"):
        office.resource("customer.brief").run("give", [customers[2]], {"owner": office.people["li"]})
    assert [row(office, c).owner_id for c in customers] == [office.people["li"], office.people["chen"], None]
    assert row(office, customers[0]).pool_id == made  # it goes back to where it came from


def test_nobody_holds_more_or_claims_more_a_day_than_the_pool_lets_him(office: Office) -> None:
    pool(office, hold_limit=3, claim_limit=2)
    customers = [office.customer("chen", f"酒业{n}有限公司") for n in range(4)]
    for customer in customers:
        act(office, "chen", "give_back", customer)
    with clock.freeze(DAY):
        claim(office, "wang", *customers[:2])
        with pytest.raises(Refused, match="2 customers a day"):
            claim(office, "wang", customers[2])
    with clock.freeze(DAY + dt.timedelta(days=1)):
        claim(office, "wang", customers[2])
        with pytest.raises(Refused, match="may hold 3"):
            claim(office, "wang", customers[3])
        with pytest.raises(Refused, match="may hold 3"):
            act(office, "chen", "hand_over", office.customer("chen", "另一家"), owner=office.people["wang"], why="x")


def test_the_last_holder_waits_and_an_undo_does_not_help_him(office: Office, free: int) -> None:
    with office.as_("sun"):
        office.resource("pool").write([{"id": row(office, free).pool_id, "cool_down": 10}])
    with pytest.raises(Refused, match="wait 10 days"):
        claim(office, "chen", free)
    change = claim(office, "wang", free)
    with office.as_("wang"):
        assert undo.ask(change).done
    assert row(office, free).owner_id is None
    with pytest.raises(Refused, match="wait 10 days"):
        claim(office, "wang", free)
    with clock.freeze(clock.now() + dt.timedelta(days=10, minutes=1)):
        claim(office, "chen", free)


def test_handing_over_needs_a_reason_and_ends_with_the_colleague(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        resource = office.resource("customer")
        from crm_core.resource import acts

        with pytest.raises(Invalid):
            acts.values(resource, resource.all_actions["hand_over"], {"owner": office.people["li"]})
    act(office, "chen", "hand_over", customer, owner=office.people["li"], why="moved away")
    assert history(office, customer) == [("hand_over", office.people["chen"], office.people["li"], "moved away")]
    with office.as_("wang"), pytest.raises((Missing, Forbidden)):
        office.resource("customer").run("hand_over", [customer], {"owner": office.people["wang"], "why": "mine"})


def test_whatever_way_a_customer_changes_hands_it_stands_in_its_history(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("sun"):
        office.resource("customer").write([{"id": customer, "owner": office.people["li"]}])
        change = office.resource("customer").run("assign", [customer], {"owner": office.people["wang"]})
        undo.ask(change)
    people = office.people
    assert [h[:3] for h in history(office, customer)] == [
        ("save", people["chen"], people["li"]), ("assign", people["li"], people["wang"]), ("undo", people["wang"], people["li"])]


def test_what_the_holder_says_moves_his_clock_and_what_others_say_or_look_does_not(office: Office) -> None:
    with clock.freeze(DAY):
        customer = office.customer("chen")
    with clock.freeze(DAY + dt.timedelta(days=3)):
        with office.as_("sun"):
            add_note("core.customer", customer, "by the chief")
        with office.as_("chen"):
            office.resource("customer").get(customer)
    assert row(office, customer).followed_at == DAY
    with clock.freeze(DAY + dt.timedelta(days=5)), office.as_("chen"):
        contact = office.resource("contact").write([{"name": "罗建国", "customer": customer}])[0]
        note = add_note("core.contact", contact, "spoke with him")
    assert row(office, customer).followed_at == DAY + dt.timedelta(days=5)
    with office.as_("chen"):
        delete_note(note.id)
    assert row(office, customer).followed_at == DAY


def test_protection_is_limited_in_number_and_time(office: Office) -> None:
    pool(office, protect_limit=1, protect_days=30)
    first, second = office.customer("chen"), office.customer("chen", "泸州赤溪酒业有限公司")
    today = clock.today()
    with pytest.raises(Invalid):
        act(office, "chen", "protect", first, until=today + dt.timedelta(days=31))
    act(office, "chen", "protect", first, until=today + dt.timedelta(days=30))
    with pytest.raises(Refused, match="Only 1"):
        act(office, "chen", "protect", second, until=today)
    act(office, "chen", "unprotect", first)
    act(office, "chen", "protect", second, until=today)
