"""What is told to core of what customers cost: invoices written off, commission, favours; and who pays late."""

import datetime as dt

import pytest
from crm_sales.api import InvoicesIssued, InvoicesWrittenOff
from crm_sales.credit import services as credit
from crm_sales.force import costs
from crm_sales.force.commission import Left, lost_of
from crm_sales.receivables import papers, services
from crm_sales.receivables.models import Invoice
from hypothesis import given
from hypothesis import strategies as st

from crm_core.kernel.outbox import drain
from crm_core.sdk import Forbidden, Refused, emit, read_words, system_scope, writing
from crm_core.testing import doing
from plugins.sales.tests.money_shop import Shop, shop, the_day  # noqa: F401
from plugins.sales.tests.test_receivables import invoiced

INVOICE = "sales.invoice"


def asked(shop, call):  # noqa: F811
    with shop.house.system():
        return call()


def lost(shop, customer, day):  # noqa: F811
    return asked(shop, lambda: services.lost([customer, shop.customer], day - dt.timedelta(days=364), day)).get(customer)


def state(shop, invoice):  # noqa: F811
    row = shop.row(INVOICE, invoice)
    return str(row.state), row.paid, row.credited, row.remaining, row.written, row.open_worth, row.written_worth


def test_what_nobody_will_pay_is_written_off(shop, today):  # noqa: F811
    customer = shop.new_customer()
    invoice = invoiced(shop, 100_00, customer=customer, day=today - dt.timedelta(days=90))
    shop.run("pay", invoice, {"amount": 40_00}, resource=INVOICE)
    with pytest.raises(Forbidden), shop.ann.work():
        shop.resource(INVOICE).run("write_off", [invoice], {"reason": "I say so"})
    change = shop.run("write_off", invoice, {"reason": "bankrupt"}, resource=INVOICE, who=shop.wu)
    assert state(shop, invoice) == ("lost", 40_00, 0, 0, 60_00, 0, 60_00) and shop.row(INVOICE, invoice).reason == "bankrupt"
    assert lost(shop, customer, today) == 60_00 and lost(shop, customer, today - dt.timedelta(days=1)) is None
    account = asked(shop, lambda: credit.accounts([customer])[customer])
    assert (account.owed, account.overdue) == (0, 0)
    assert [one["closing"] for one in asked(shop, lambda: papers.statement(customer, today.replace(month=1, day=1), today))] == [0]
    for again, values in (("write_off", {"reason": "twice"}), ("void", {"reason": "wrong"}), ("pay", {})):
        with pytest.raises(Refused):
            shop.run(again, invoice, values, resource=INVOICE)
    assert [one.amount for one in shop.all("core.dealing", source="sales", customer_id=customer)] == [100_00], "what he had is what he had"
    shop.undo(change)
    assert state(shop, invoice) == ("issued", 40_00, 0, 60_00, 0, 60_00, 0) and lost(shop, customer, today) is None
    shop.run("write_off", invoice, {"reason": "bankrupt"}, resource=INVOICE)
    shop.run("ask_again", invoice, resource=INVOICE)
    assert state(shop, invoice)[0] == "issued"
    with pytest.raises(Refused):
        shop.run("ask_again", invoice, resource=INVOICE)


def test_money_that_comes_after_all_makes_the_loss_smaller(shop, today):  # noqa: F811
    customer = shop.new_customer()
    invoice = invoiced(shop, 100_00, customer=customer)
    shop.run("write_off", invoice, {"reason": "gone"}, resource=INVOICE)
    payment = shop.write("sales.payment", customer=customer, day=today, amount=30_00, allocations=[{"invoice": invoice, "amount": 30_00}])
    assert state(shop, invoice) == ("lost", 30_00, 0, 0, 70_00, 0, 70_00) and lost(shop, customer, today) == 70_00
    shop.run("take_back", payment, {"reason": "bounced"}, resource="sales.payment")
    assert state(shop, invoice)[4] == 100_00
    shop.run("credit", invoice, {"reason": "half", "amount": 50_00}, resource=INVOICE)
    assert state(shop, invoice) == ("lost", 0, 50_00, 0, 50_00, 0, 50_00)
    shop.write("sales.payment", customer=customer, day=today, amount=50_00, allocations=[{"invoice": invoice, "amount": 50_00}])
    assert state(shop, invoice) == ("paid", 50_00, 50_00, 0, 0, 0, 0) and lost(shop, customer, today) is None


def test_an_order_whose_rest_is_written_off_is_done(shop):  # noqa: F811
    order = shop.order((1000, 10_00))
    shop.run("deliver", order)
    shop.run("invoice", order)
    invoice, = shop.all(Invoice, order_id=order)
    shop.run("write_off", invoice.id, {"reason": "gone"}, resource=INVOICE)
    assert (str(shop.row("sales.order", order).state), shop.row("sales.order", order).paid) == ("done", 0)
    shop.run("ask_again", invoice.id, resource=INVOICE)
    assert str(shop.row("sales.order", order).state) == "confirmed"


def test_what_was_written_off_counts_as_late_for_ever(shop, today):  # noqa: F811
    customer = shop.new_customer()
    invoice = invoiced(shop, 100_00, customer=customer, day=today - dt.timedelta(days=100), due=today - dt.timedelta(days=70))
    shop.run("write_off", invoice, {"reason": "gone"}, resource=INVOICE)
    assert [one.settled for one in asked(shop, lambda: credit.history([customer], today))[customer]] == [None]
    assert asked(shop, lambda: credit.late_payers([customer], today)) == {customer: {"days": 70, "owed": 0}}


def test_who_pays_late_is_troubled(shop, today):  # noqa: F811
    good, late, open_ = (shop.new_customer() for _n in range(3))

    def due(customer, amount, ago):
        return invoiced(shop, amount, customer=customer, day=today - dt.timedelta(days=ago + 10), due=today - dt.timedelta(days=ago))

    shop.run("pay", due(good, 900_00, 60), {"day": today - dt.timedelta(days=60)}, resource=INVOICE)
    due(good, 100_00, 100)  # a tenth of it a hundred days late: ten in the mean
    shop.run("pay", due(late, 100_00, 100), {"day": today - dt.timedelta(days=60)}, resource=INVOICE)  # forty
    due(open_, 100_00, 400)  # long ago, and still open
    due(open_, 100_00, -20)  # not due yet
    found = asked(shop, lambda: credit.late_payers([good, late, open_], today))
    assert found == {late: {"days": 40, "owed": 0}, open_: {"days": 400, "owed": 100_00}}
    with shop.boss.work():
        assert "100.00" in str(credit.say_late(found[open_], True)) and "400" in str(credit.say_late(found[open_], True))
        assert "100.00" not in str(credit.say_late(found[open_], False)) and "400" in str(credit.say_late(found[open_], False))


def test_favours_are_meals_and_gifts_that_were_approved(shop, today):  # noqa: F811
    customer = shop.new_customer()
    made = [shop.make("sales.claim", owner=shop.ann, customer=customer, kind=kind, amount=amount, day=today) for kind, amount in (("meals", 80_00), ("gifts", 20_01), ("travel", 500_00), ("meals", 7_00))]
    for claim in made[:3]:
        with shop.ann.work():
            doing.hang("sales.claim", claim)
            shop.resource("sales.claim").run("claim", [claim])
        shop.run("approve", claim, {"answer": "fine"}, resource="sales.claim")
    assert asked(shop, lambda: costs.favours([customer], today, today)) == {customer: 100_01}, "travel is no favour, and nothing of what nobody approved"
    assert asked(shop, lambda: costs.favours([customer], today - dt.timedelta(days=9), today - dt.timedelta(days=1))) == {}


# --- commission for what is written off ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def earning(request, plugins, empty_house, tmp_path_factory):
    """A house that pays a tenth on orders, a twentieth on invoices, a hundredth on money received."""
    made = Shop(tmp_path_factory.mktemp("earning"), plugins, like=empty_house)
    for basis, percent in (("order", 10_00), ("invoice", 5_00), ("payment", 1_00)):
        made.write("sales.commission_policy", name=basis, basis=basis, begins=made.today.replace(month=1, day=1), tiers=[{"above": 0, "percent": percent}])
    yield made
    made.house.close()


def earned(shop, customer):  # noqa: F811
    """Commission on orders, invoices and money, after all that waits was heard; told twice."""
    drain(shop.house.site)
    rows, found = shop.all("sales.commission_line", customer_id=customer), {}
    for line in rows:
        found[str(line.basis)] = found.get(str(line.basis), 0) + line.amount
    originals = {line.id: line.amount for line in rows if line.back_of_id is None}
    for line, amount in originals.items():
        assert 0 <= amount + sum(one.amount for one in rows if one.back_of_id == line) <= amount
    return found.get("order", 0), found.get("invoice", 0), found.get("payment", 0)


def sold(shop, *prices):  # noqa: F811
    """An order with its invoice, without tax."""
    customer = shop.new_customer()
    order = shop.order(*((1000, price, {"rate": 0}) for price in prices), customer=customer)
    shop.run("deliver", order)
    shop.run("invoice", order)
    invoice, = shop.all(Invoice, order_id=order)
    return customer, order, invoice.id


def heard_again(shop, invoice):  # noqa: F811
    with shop.house.system(), writing():
        emit(InvoicesWrittenOff((invoice,)))
        emit(InvoicesIssued((invoice,)))


def test_commission_on_order_and_invoice_goes_back_with_what_is_written_off(earning):
    customer, _order, invoice = sold(earning, 1_000_00)
    earning.run("pay", invoice, {"amount": 400_00}, resource=INVOICE)
    assert earned(earning, customer) == (100_00, 50_00, 4_00)
    off = earning.run("write_off", invoice, {"reason": "bankrupt"}, resource=INVOICE)
    assert earned(earning, customer) == (40_00, 20_00, 4_00), "what came in has earned what it did"
    heard_again(earning, invoice)
    assert earned(earning, customer) == (40_00, 20_00, 4_00)
    lost = [line.rule for line in earning.all("sales.commission_line", customer_id=customer) if line.amount < 0]
    with earning.house.system():
        assert [str(read_words(rule))[:12] for rule in lost] == ["written off:"] * 2
    earning.undo(off)
    assert earned(earning, customer) == (100_00, 50_00, 4_00), "undone, all is there again"
    for _turn in range(2):
        earning.run("write_off", invoice, {"reason": "bankrupt"}, resource=INVOICE)
        assert earned(earning, customer) == (40_00, 20_00, 4_00)
        earning.run("ask_again", invoice, resource=INVOICE)
        assert earned(earning, customer) == (100_00, 50_00, 4_00)
    statement = earning.all("sales.statement", owner_id=earning.ann.id)[0]
    text = earning.boss.browser()("GET", f"/sales/statement/{statement.id}").text
    assert "written off: order, edition 1" in text and "asked for again: order, edition 1" in text


def test_money_and_credit_notes_after_the_loss_count_once(earning):
    customer, order, invoice = sold(earning, 333_33, 666_67)
    assert earned(earning, customer)[:2] == (100_00, 50_00)
    earning.run("write_off", invoice, {"reason": "gone"}, resource=INVOICE)
    assert earned(earning, customer) == (0, 0, 0)
    earning.write("sales.payment", customer=customer, day=earning.today, amount=250_00, allocations=[{"invoice": invoice, "amount": 250_00}])
    assert earned(earning, customer) == (25_00, 12_50, 2_50)
    earning.run("credit", invoice, {"reason": "half", "amount": 500_00}, resource=INVOICE)
    assert state(earning, invoice)[3:5] == (0, 250_00) and earned(earning, customer) == (25_00, 12_50, 2_50), "credited instead of lost: it is earned as little"
    earning.run("ask_again", invoice, resource=INVOICE)
    assert earned(earning, customer) == (50_00, 25_00, 2_50), "what was credited does not come back"
    heard_again(earning, invoice)
    assert earned(earning, customer) == (50_00, 25_00, 2_50)
    assert str(earning.row("sales.order", order).state) == "confirmed"


def test_of_an_order_with_several_invoices_only_the_lost_one_counts(earning):
    customer = earning.new_customer()
    order = earning.order((4000, 250_00, {"rate": 0}), customer=customer)
    for _n in range(2):
        earning.deliver(order, 2000)
        earning.run("invoice", order)
    first, second = earning.all(Invoice, order_id=order)
    assert earned(earning, customer) == (100_00, 50_00, 0)
    earning.run("write_off", first.id, {"reason": "gone"}, resource=INVOICE)
    assert earned(earning, customer) == (50_00, 25_00, 0)
    earning.run("write_off", second.id, {"reason": "gone"}, resource=INVOICE)
    assert earned(earning, customer) == (0, 0, 0)


def test_in_a_month_that_is_closed_the_loss_goes_into_the_next(earning):
    customer, _order, invoice = sold(earning, 1_000_00)
    assert earned(earning, customer)[0] == 100_00
    statement = earning.all("sales.statement", owner_id=earning.ann.id)[0]
    earning.run("close", statement.id, resource="sales.statement")
    earning.run("write_off", invoice, {"reason": "gone"}, resource=INVOICE)
    assert earned(earning, customer) == (0, 0, 0)
    assert earning.row("sales.statement", statement.id).commission == statement.commission
    assert {line.statement_id == statement.id for line in earning.all("sales.commission_line", customer_id=customer) if line.back_of_id} == {False}


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**6)), min_size=1, max_size=5), st.integers(1, 10**6), st.integers(0, 10**6))
def test_what_a_loss_holds_back_is_never_more_than_is_left(lines, whole, part):
    for own, amount, taken in lines:
        there = Left(max(0, own - taken), amount if own > taken else 0)
        held = lost_of(there, own, min(part, whole), whole)
        assert 0 <= held.base <= there.base and 0 <= held.amount <= there.amount
        assert held == (there if part >= whole else held)


def test_all_of_it_is_off_what_the_customer_leaves(shop, today):  # noqa: F811
    """From an invoice to the figure beside the customer."""
    customer = shop.new_customer()
    invoiced(shop, 1_000_00, customer=customer)
    shop.run("write_off", invoiced(shop, 200_00, customer=customer, day=today - dt.timedelta(days=90), due=today - dt.timedelta(days=60)), {"reason": "gone"}, resource=INVOICE)
    with shop.house.system(), system_scope("a line of commission"):
        statement, = shop.resource("sales.statement").write([{"name": "x", "month": today.replace(day=1), "key": f"worth/{customer}", "owner": shop.ann.id}])
        shop.resource("sales.commission_line").write([
            {"statement": statement, "key": f"worth/{customer}/{n}", "day": today, "document": "x", "customer": customer, "base": 100, "whole": amount, "amount": amount, "rule": "x"}
            for n, amount in enumerate((60_00, -10_00))])
    assert asked(shop, lambda: costs.commission([customer], today, today)) == {customer: 50_00}
    shop.house.run_job("core.value")
    row, = shop.all("core.customer_value", customer_id=customer)
    assert (row.year, row.goods, row.commission, row.favours, row.debt, row.service) == (1_200_00, None, 50_00, 0, 200_00, None)
    assert row.profit == 950_00 and row.troubles.keys() == {"sales.late"} and row.signs == 1
    browser = shop.boss.browser()
    text = browser("GET", f"/core/customer_value/{row.id}").text
    assert "950" in text and "Not known here" in text and "Late payment" in text
