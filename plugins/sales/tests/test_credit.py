"""Credit: what is proposed from how somebody paid, and what is done with orders beyond the limit."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from crm_sales.credit import panels, services
from crm_sales.credit.models import Credit, Grade, Outcome, Stop
from crm_sales.credit.services import Paid, proposal
from crm_sales.orders.models import State
from crm_sales.receivables.models import Invoice
from crm_sales.settings import CreditSettings

from crm_core.sdk import Forbidden, Invalid, Refused, session
from plugins.sales.tests.money_shop import shop, the_day  # noqa: F401
from plugins.sales.tests.test_instalments import ask, contract, plan_of
from plugins.sales.tests.test_orders import _job

NOW, RULES = dt.date(2026, 11, 28), CreditSettings({})
YUAN = 100


def paid(amount, late, *, months=12, settled=True):
    """An invoice of so many yuan, issued so many months ago, due thirty days later and paid so many days late (open: late today)."""
    year, month = divmod(2026 * 12 + 10 - months, 12)
    day = dt.date(year, month + 1, 1)
    due = day + dt.timedelta(days=30)
    return Paid(amount * YUAN, day, due if settled else NOW - dt.timedelta(days=late), due + dt.timedelta(days=late) if settled else None)


CASES = (
    # what was invoiced, how late it was paid → grade, limit in yuan, days to pay, weighted days late
    ("always in time", [paid(120_000, 0, months=m) for m in (11, 8, 5, 2)], ("a", 120_000, 60, 0)),  # 480,000 in 12 months: 40,000 a month, three of them
    ("early counts as in time", [paid(120_000, -20, months=m) for m in (11, 8, 5, 2)], ("a", 120_000, 60, 0)),
    ("a week late", [paid(30_000, 7, months=m) for m in (11, 8, 5, 2)], ("b", 20_000, 45, 7)),  # 10,000 a month, two of them
    ("large in time, small very late", [paid(90_000, 0, months=11), paid(90_000, 0, months=6), paid(10_000, 90, months=3)], ("b", 31_000, 45, 5)),  # 900,000 / 190,000 = 4.7
    ("small in time, large late", [paid(10_000, 0, months=11), paid(10_000, 0, months=6), paid(180_000, 33, months=3)], ("c", 16_000, 30, 30)),  # 5,940,000 / 200,000 = 29.7
    ("six weeks late", [paid(60_000, 45, months=m) for m in (11, 7, 3)], ("d", 0, 15, 45)),
    ("a quarter late", [paid(60_000, 95, months=m) for m in (11, 7, 3)], ("e", 0, 0, 95)),
    ("two invoices are too few for better than C", [paid(60_000, 0, months=11), paid(60_000, 0, months=5)], ("c", 10_000, 30, 0)),
    ("open and late counts as far as it is late", [paid(50_000, 0, months=11), paid(50_000, 0, months=7), paid(100_000, 80, months=4, settled=False)], ("d", 0, 15, 40)),
    ("open and not due is turnover only", [paid(24_000, 0, months=23), paid(24_000, 0, months=12), paid(24_000, 0, months=6), paid(24_000, -10, months=0, settled=False)], ("a", 12_000, 60, 0)),
)


@pytest.mark.parametrize(("what", "invoices", "expected"), CASES, ids=[one[0] for one in CASES])
def test_ten_worked_cases(what, invoices, expected):
    found = proposal(invoices, NOW, RULES)
    assert (found.grade.value, found.limit // YUAN, found.days, found.late) == expected


def test_nothing_is_proposed_without_invoices():
    assert proposal([], NOW, RULES) is None


def limited(shop, grade, limit, **values):  # noqa: F811
    customer = shop.new_customer(**values)
    shop.run("set_credit", customer, {"grade": grade, "limit": limit, "days": 10, "why": "known for long"}, resource="core.customer", who=shop.boss)
    return customer


def test_set_by_right_and_the_term_is_that_of_invoices(shop, today):  # noqa: F811
    with pytest.raises(Forbidden):
        shop.run("set_credit", shop.new_customer(), {"grade": Grade.a}, resource="core.customer", who=shop.ann)
    customer = limited(shop, Grade.a, 1_000_00)
    row, = shop.all(Credit, customer_id=customer)
    assert (row.grade, row.limit, row.set_by_id, row.why) == (Grade.a, 1_000_00, shop.boss.id, "known for long")
    with pytest.raises(Forbidden):
        shop.write("sales.credit", id=row.id, limit=1, who=shop.ann)
    order = shop.order((1000, 100_00), customer=customer)
    shop.run("invoice", order, {"ahead": True})
    assert shop.all(Invoice, order_id=order)[0].due == today + dt.timedelta(days=10)


def test_beyond_the_limit_a_good_customer_is_warned_of(shop):  # noqa: F811
    customer = limited(shop, Grade.b, 150_00)
    shop.order((1000, 100_00), customer=customer)
    order = shop.order((1000, 50_01), customer=customer, confirmed=False)
    with pytest.raises(Invalid, match="the limit is 150.00"):
        shop.run("confirm", order, who=shop.ann)
    shop.run("confirm", order, {"why": "he pays tomorrow"}, who=shop.ann)
    stop, = shop.all(Stop, order_id=order)
    assert (shop.row("sales.order", order).state, stop.outcome, stop.said, stop.owed) == (State.confirmed, Outcome.released, "he pays tomorrow", 150_01)


def test_others_are_stopped_until_somebody_releases_them(shop):  # noqa: F811
    customer = limited(shop, Grade.c, 100_00)
    order = shop.order((1000, 100_01), customer=customer)
    assert shop.row("sales.order", order).state == State.held
    assert shop.all(Stop, order_id=order)[0].outcome == Outcome.waiting
    with shop.wu.work():
        assert session.scalars(panels.kept_waiting()).all() == [one.id for one in shop.all(Stop, outcome=Outcome.waiting)], "counted in the menu"
    assert "Stopped orders" in shop.wu.browser()("GET", "/").text.partition("Waiting for me")[2], "and on the home page of who may let them go on"
    with pytest.raises(Refused):
        shop.deliver(order, 1000)
    with pytest.raises(Forbidden):
        shop.run("release", order, who=shop.ann)
    hers, his = (who.browser()("GET", f"/sales/order/{order}").text for who in (shop.ann, shop.wu))
    for page in (hers, his):
        assert "Owed and ordered would be 100.01, the limit is 100." in page and "confirmed it." in page
    assert "Accountant" in hers and f"/sales/order/{order}/do/release" not in hers and "Release it with your reason" in his
    shop.run("release", order, {"why": "paid in cash"}, who=shop.wu)
    assert "Owed and ordered would be" not in shop.ann.browser()("GET", f"/sales/order/{order}").text
    stop, = shop.all(Stop, order_id=order)
    assert (shop.row("sales.order", order).state, stop.outcome, stop.decided_by_id) == (State.confirmed, Outcome.released, shop.wu.id)
    other = shop.order((1000, 1), customer=customer)
    shop.run("cancel", other, {"reason": "given up"}, who=shop.ann)
    assert shop.all(Stop, order_id=other)[0].outcome == Outcome.ended


def test_the_worst_are_refused_and_long_overdue_counts_like_too_much(shop, today):  # noqa: F811
    customer = limited(shop, Grade.e, 0)
    order = shop.order((1000, 1_00), customer=customer, confirmed=False)
    with pytest.raises(Refused, match="the limit is 0.00"):
        shop.run("confirm", order)
    assert shop.row("sales.order", order).state == State.draft
    late = limited(shop, Grade.b, 1_000_000_00)
    invoice = shop.write("sales.invoice", customer=late, day=today - dt.timedelta(days=90), due=today - dt.timedelta(days=31), items=[{"what": "x", "quantity": 1000, "price": 10_00}])
    shop.run("issue", invoice, resource="sales.invoice")
    order = shop.order((1000, 1_00), customer=late, confirmed=False)
    with pytest.raises(Invalid, match="long overdue"):
        shop.run("confirm", order)
    shop.run("pay", invoice, resource="sales.invoice")
    shop.run("confirm", order)


def test_two_orders_of_one_set_do_not_use_up_one_limit(shop):  # noqa: F811
    customer = limited(shop, Grade.c, 100_00)
    both = [shop.order((1000, 60_00), customer=customer, confirmed=False) for _n in range(2)]
    shop.run("confirm", both)
    assert [shop.row("sales.order", one).state for one in both] == [State.confirmed, State.held]


def test_what_instalments_ask_for_is_not_counted_again_with_the_orders_it_is_for(shop):  # noqa: F811
    customer = limited(shop, Grade.c, 100_00)
    one = contract(shop, (60_00, shop.today), (40_00, shop.today), customer=customer)
    for line in plan_of(shop, one):
        ask(shop, line)
    both = [shop.order((1000, amount), customer=customer, contract=one, confirmed=False) for amount in (70_00, 30_00)]
    shop.run("confirm", both)
    assert [shop.row("sales.order", row).state for row in both] == [State.confirmed, State.confirmed]
    assert shop.row("sales.order", shop.order((1000, 1), customer=customer, contract=one)).state == State.held


def test_what_went_out_counts_though_its_order_is_cancelled_and_huge_invoices_are_reckoned(shop, today):  # noqa: F811
    customer = limited(shop, Grade.c, 100_00)
    order = shop.order((4000, 20_00), customer=customer)
    shop.deliver(order, 3000)
    shop.run("cancel", order, {"reason": "enough"})
    with shop.house.system():
        assert services.accounts([customer])[customer].ordered == 60_00
    assert shop.row("sales.order", shop.order((1000, 50_00), customer=customer)).state == State.held
    rich = shop.new_customer()
    invoice = shop.write("sales.invoice", customer=rich, day=today, items=[{"what": "x", "quantity": 1000, "price": 90_000_000_000_00}])
    shop.run("issue", invoice, resource="sales.invoice")
    shop.run("credit", invoice, {"reason": "x", "amount": 40_000_000_000_00}, resource="sales.invoice")
    with shop.house.system():
        assert services.history([rich], today)[rich][0].amount == 50_000_000_000_00


def test_the_blacklist_refuses_or_asks_why(shop):  # noqa: F811
    Severity = shop.resource("core.customer").all_fields["blacklist"].members
    customer = shop.new_customer()
    order = shop.order(customer=customer, confirmed=False)
    shop.run("blacklist", customer, {"severity": Severity.warn, "reason": "x"}, resource="core.customer")
    with pytest.raises(Invalid, match="blacklist"):
        shop.run("confirm", order)
    shop.run("confirm", order, {"why": "paid in advance"})
    refused = shop.new_customer()
    order = shop.order(customer=refused, confirmed=False)
    shop.run("blacklist", refused, {"severity": Severity.refuse, "reason": "x"}, resource="core.customer")
    with pytest.raises(Refused, match="blacklist"):
        shop.run("confirm", order, {"why": "all the same"})


def test_the_job_proposes_and_a_proposal_is_taken(shop, today):  # noqa: F811
    customer = shop.new_customer()
    for month in (1, 4, 7):
        invoice = shop.write("sales.invoice", customer=customer, day=today - dt.timedelta(days=30 * month + 40), due=today - dt.timedelta(days=30 * month),
                             items=[{"what": "x", "quantity": 1000, "price": 100_000_00}])
        shop.run("issue", invoice, resource="sales.invoice")
        shop.run("pay", invoice, {"day": today - dt.timedelta(days=30 * month - 6)}, resource="sales.invoice")
    for _twice in range(2):
        _job(shop, "sales.credit")
    row, = shop.all(Credit, customer_id=customer)
    assert (row.proposed, row.proposed_days, row.late, row.invoices, row.turnover, row.grade) == (Grade.b, 45, 6, 3, 300_000_00, None)
    shop.run("take", row.id, resource="sales.credit", who=shop.wu)
    row, = shop.all(Credit, customer_id=customer)
    assert (row.grade, row.limit, row.set_by_id) == (Grade.b, row.proposed_limit, shop.wu.id)
    assert shop.boss.browser()("GET", f"/core/customer/{customer}").status_code == 200
    with shop.house.system():
        assert services.accounts([customer])[customer].owed == 0


def test_the_limit_is_told_to_nobody_from_whom_it_is_hidden(shop):  # noqa: F811
    """Who confirms an order hears that it is too much, not what the customer owes to others of the house and may owe."""
    warned, refused = limited(shop, Grade.b, 150_00), limited(shop, Grade.e, 77_00)
    shop.order((1000, 100_00), customer=warned)
    good, bad = (shop.order((1000, 90_00), customer=one, confirmed=False) for one in (warned, refused))
    with pytest.raises(Invalid, match="the limit is 150.00"):  # the control: as long as nothing is hidden
        shop.run("confirm", good, who=shop.ann)
    hidden(shop, {"resource": "sales.credit", "field": "limit", "rule": "hidden"})
    try:
        _told_nothing(shop, good, bad)
    finally:
        hidden(shop)


def _told_nothing(shop, good, bad):  # noqa: F811
    for order, kind in ((good, Invalid), (bad, Refused)):
        with pytest.raises(kind, match="owes more than he may") as told:
            shop.run("confirm", order, who=shop.ann)
        assert not re.search(r"150|190|77|90\.00", f"{told.value} {getattr(told.value, 'fields', '')}".replace(shop.row("sales.order", order).number, ""))
    held = shop.order((1000, 100_01), customer=limited(shop, Grade.c, 100_00))
    assert shop.all(Stop, order_id=held)[0].limit == 100_00
    page = shop.ann.browser()("GET", f"/sales/order/{held}").text
    assert "The customer owes more than he may." in page and "the limit is 100." not in page
    with pytest.raises(Refused, match="the limit is 77.00"):
        shop.run("confirm", bad, who=shop.boss)


def test_what_a_customer_owes_is_told_to_nobody_who_knows_him_in_brief(shop):  # noqa: F811
    """She may order for a colleague's customer; what others have sold him she may not see."""
    theirs = shop.make.customer(owner=shop.boss, name="Known in brief")
    shop.run("set_credit", theirs, {"grade": Grade.b, "limit": 150_00}, resource="core.customer", who=shop.boss)
    shop.order((1000, 100_00), customer=theirs, who=shop.boss)
    order = shop.order((1000, 60_00), customer=theirs, confirmed=False)
    with pytest.raises(Invalid, match="owes more than he may") as told:
        shop.run("confirm", order, who=shop.ann)
    assert "150" not in str(told.value.fields) and "160" not in str(told.value.fields)
    with pytest.raises(Invalid, match="would be 160.00, the limit is 150.00"):  # the control: who sees the customer
        shop.run("confirm", order, who=shop.boss)


def hidden(shop, *rules):  # noqa: F811
    """What the role of the seller hides from now on."""
    with shop.house.system():
        role = session.scalar(sa.select(shop.house.resource("core.role").model.id).where(shop.house.resource("core.role").model.code == "user"))
        shop.house.resource("core.role").write([{"id": role, "rules": list(rules)}])
