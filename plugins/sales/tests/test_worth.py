"""What is told to core of what customers cost: invoices written off, commission, favours; and who pays late."""

import datetime as dt

import pytest
from crm_sales.credit import services as credit
from crm_sales.force import costs
from crm_sales.receivables import papers, services
from crm_sales.receivables.models import Invoice

from crm_core.sdk import Forbidden, Refused, system_scope
from crm_core.testing import doing
from plugins.sales.tests.money_shop import shop, the_day  # noqa: F401
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
