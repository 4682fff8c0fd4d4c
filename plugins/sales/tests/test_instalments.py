"""What came in for contracts: from the money on their invoices and those of their orders, to the cent, once, whichever way it comes and goes."""

import datetime as dt

import pytest
import sqlalchemy as sa
from crm_sales.contracts import paying
from crm_sales.contracts.models import ContractPayment
from crm_sales.receivables.models import Invoice, Payment
from crm_sales.settings import QuoteSettings

from crm_core.resource.settings import put
from crm_core.sdk import Invalid, session
from plugins.sales.tests.money_shop import shop, the_day  # noqa: F401


def contract(shop, *plan, total=100_00, sign=True, **values):  # noqa: F811
    """A signed contract of an item with instalments of (amount, due)."""
    with shop.house.system():
        put(QuoteSettings, {"signed_file": False})
    made = shop.write("sales.contract", owner=shop.ann.id, customer=shop.customer, name="Advertising", items=[{"what": "Pages", "quantity": 1000, "price": total, "rate": 600}],
                      payments=[{"what": f"Instalment {n}", "amount": amount, "due": due} for n, (amount, due) in enumerate(plan, 1)], **values)
    if sign:
        shop.run("sign", made, resource="sales.contract")
    return made


def paid(shop, of):  # noqa: F811
    """What was received in all, and on each instalment in the order of the plan."""
    return shop.row("sales.contract", of).paid, [(one.paid, one.remaining) for one in shop.all(ContractPayment, contract_id=of)]


def ordered(shop, of, *items):  # noqa: F811
    """The invoice of an order that names the contract."""
    order = shop.order(*(items or [(1000, 100_00)]), contract=of)
    shop.run("invoice", order, {"ahead": True})
    return shop.all(Invoice, order_id=order)[0].id


def pay(shop, invoice, amount, **more):  # noqa: F811
    shop.run("pay", invoice, {"amount": amount, **more}, resource="sales.invoice")
    return shop.all(Payment)[-1].id


def test_money_goes_to_the_instalment_due_first_and_back_again(shop, today):  # noqa: F811
    late, soon = today - dt.timedelta(days=3), today + dt.timedelta(days=20)
    one = contract(shop, (20_00, None), (50_01, soon), (29_99, late))
    assert paid(shop, one) == (0, [(0, 20_00), (0, 50_01), (0, 29_99)])
    with shop.house.system():
        assert paying.overdue([one]) == {one: 29_99} and list(paying.late([row.id for row in shop.all(ContractPayment, contract_id=one)]).values()) == [3]
    invoice = ordered(shop, one)
    first = pay(shop, invoice, 30_00)
    assert paid(shop, one) == (30_00, [(0, 20_00), (1, 50_00), (29_99, 0)])
    with shop.house.system():
        assert paying.overdue([one]) == {}
    pay(shop, invoice, 65_00)
    assert paid(shop, one) == (95_00, [(15_00, 5_00), (50_01, 0), (29_99, 0)])
    shop.run("take_back", first, {"reason": "The cheque bounced"}, resource="sales.payment")
    assert paid(shop, one) == (65_00, [(0, 20_00), (35_01, 15_00), (29_99, 0)])


def test_what_is_credited_after_it_was_paid_is_taken_off_once(shop):  # noqa: F811
    one = contract(shop, (60_00, dt.date(2026, 1, 1)), (40_00, dt.date(2026, 2, 1)))
    invoice = ordered(shop, one)
    shop.run("credit", invoice, {"amount": 10_00, "reason": "A page is missing"}, resource="sales.invoice")
    assert paid(shop, one)[0] == 0  # nothing was paid of what was credited
    pay(shop, invoice, 90_00)
    assert paid(shop, one) == (90_00, [(60_00, 0), (30_00, 10_00)])
    shop.run("credit", invoice, {"amount": 25_00, "reason": "Another one too"}, resource="sales.invoice")
    assert paid(shop, one) == (65_00, [(60_00, 0), (5_00, 35_00)])
    note = shop.all(Invoice, credits_id=invoice)[-1].id
    shop.run("pay", note, {}, resource="sales.invoice")  # paying it back takes nothing off again
    assert paid(shop, one) == (65_00, [(60_00, 0), (5_00, 35_00)])


def test_undo_and_doing_twice_change_nothing_twice(shop):  # noqa: F811
    one = contract(shop, (100_00, None))
    invoice = ordered(shop, one)
    change = shop.run("pay", invoice, {"amount": 40_00}, resource="sales.invoice")
    with shop.house.system():
        paying.lay([one])
        paying.lay([one, one])
    assert paid(shop, one) == (40_00, [(40_00, 60_00)])
    shop.undo(change)
    assert paid(shop, one) == (0, [(0, 100_00)])


def test_a_contract_without_orders_is_paid_by_invoices_that_name_it(shop):  # noqa: F811
    one = contract(shop, (100_00, None))
    invoice = shop.write("sales.invoice", customer=shop.customer, contract=one, items=[{"what": "First part", "quantity": 1000, "price": 120_00, "rate": 600}])
    shop.run("issue", invoice, resource="sales.invoice")
    pay(shop, invoice, 120_00)
    assert paid(shop, one) == (120_00, [(100_00, 0)])  # what is over is on no instalment
    with pytest.raises(Invalid):
        shop.write("sales.invoice", customer=shop.customer, contract=one, currency="USD", items=[{"what": "x", "quantity": 1000, "price": 1_00}])


def test_what_came_before_it_was_signed_is_on_its_plan_and_follows_the_plan(shop):  # noqa: F811
    one = contract(shop, (100_00, None), sign=False)
    pay(shop, ordered(shop, one), 70_00)
    assert paid(shop, one) == (70_00, [(70_00, 30_00)])
    shop.write("sales.contract", id=one, payments=[{"what": "Half", "share": 50_00}, {"what": "Rest", "share": 50_00}])
    assert paid(shop, one) == (70_00, [(50_00, 0), (20_00, 30_00)])
    shop.run("sign", one, resource="sales.contract")
    assert paid(shop, one) == (70_00, [(50_00, 0), (20_00, 30_00)])


def test_who_has_no_right_to_invoices_sees_the_same_plan(shop):  # noqa: F811
    one = contract(shop, (100_00, None))
    pay(shop, ordered(shop, one), 70_00)
    with shop.house.person("cleo", {"sales.contract.read": "all"}).work():
        assert session.scalars(sa.select(ContractPayment.paid).where(ContractPayment.contract_id == one)).all() == [70_00]
