"""A contract reckons with its amendments: what is agreed, called, invoiced, received and left. And what orders have beyond it is asked for by themselves."""

import datetime as dt

import pytest
import sqlalchemy as sa
from crm_sales.contracts import pages, reports, services
from crm_sales.contracts.models import Contract, ContractItem
from crm_sales.receivables import called as calling
from crm_sales.receivables.models import Invoice

from crm_core.sdk import Invalid, Refused, session
from plugins.sales.tests.money_shop import shop, the_day  # noqa: F401
from plugins.sales.tests.test_covering import called, frame, stands, told
from plugins.sales.tests.test_instalments import ask, contract, paid, pay, plan_of

CONTRACT = "sales.contract"


def amend(shop, of, amount, *plan, sign=True, **values):  # noqa: F811
    """An amendment of so much, signed."""
    shop.run("amend", of, resource=CONTRACT)
    new = shop.all(Contract, amends_id=of)[-1].id
    shop.write(CONTRACT, id=new, items=[{"what": "More", "quantity": 1000, "price": amount, "rate": 600}],
               payments=[{"what": f"More {n}", "amount": one, "due": due} for n, (one, due) in enumerate(plan, 1)], **values)
    if sign:
        shop.run("sign", new, resource=CONTRACT)
    return new


def agreed(shop, *ids):  # noqa: F811
    return [shop.row(CONTRACT, one).agreed for one in ids]


def box(shop, of):  # noqa: F811
    with shop.boss.work(), shop.house.app.test_request_context():
        return pages.beside(of)


def test_it_comes_to_what_its_signed_amendments_say(shop, today):  # noqa: F811
    draft = contract(shop, total=70_00, sign=False)
    assert agreed(shop, draft) == [70_00]
    shop.write(CONTRACT, id=draft, items=[{"id": shop.all(ContractItem, contract_id=draft)[0].id, "price": 80_00}])
    assert agreed(shop, draft) == [80_00]
    one, customer = frame(shop, 40_00, 60_00, ends=today)
    assert agreed(shop, one) == [100_00]
    more = amend(shop, one, 20_00, (20_00, today), sign=False)
    assert agreed(shop, one, more) == [100_00, None] and box(shop, one)["together"] == "100.00 CNY"
    shop.run("sign", more, resource=CONTRACT)
    other = amend(shop, one, 30_00)
    assert agreed(shop, one, more, other) == [150_00, None, None] and box(shop, one)["together"] == box(shop, more)["together"] == "150.00 CNY"
    page = shop.boss.browser()("GET", f"/sales/contract/{one}").text
    assert "With amendments" in page and "150" in page
    change = shop.run("cancel", other, {"reason": "not needed"}, resource=CONTRACT)
    assert agreed(shop, one) == [120_00]
    shop.undo(change)
    assert agreed(shop, one) == [150_00]
    shop.run("cancel", other, {"reason": "not needed"}, resource=CONTRACT)
    assert [(amount, counts) for _row, amount, _state, counts in box(shop, one)["family"]] == [("100.00", True), ("20.00", True), ("30.00", False)]
    assert ">120<" in shop.boss.browser()("GET", f"/sales/contract?customer.any={customer}").text
    with shop.house.system():
        rows = sa.select(Contract.__table__).where(Contract.__table__.c.customer_id == customer).subquery()
        assert [tuple(row)[1:] for row in session.execute(reports.ending(rows), execution_options={"crm_unscoped": "tests"})] == [(1, 120_00)]


def test_money_and_orders_of_an_amendment_are_the_contract_s(shop, today):  # noqa: F811
    one, customer = frame(shop, 40_00, 60_00)
    more = amend(shop, one, 20_00, (20_00, today))
    order = shop.order((2000, 60_00), customer=customer, contract=more)
    assert shop.row("sales.order", order).contract_id == one
    for line in (*plan_of(shop, one), *plan_of(shop, more)):
        assert ask(shop, line).contract_id == one
    assert stands(shop, order) == [("confirmed", 120_00, 0)]
    shop.run("deliver", order)
    with pytest.raises(Refused):
        shop.run("invoice", order)
    with shop.house.system():
        assert services.progress([one, more]) == {one: 0, more: 0}
    for invoice in shop.all(Invoice, contract_id=one):
        pay(shop, invoice.id, invoice.total)
    assert stands(shop, order) == [("done", 120_00, 120_00)] and told(shop, customer) == 120_00
    assert paid(shop, one) == (120_00, [(40_00, 0), (60_00, 0)]) and paid(shop, more) == (0, [(20_00, 0)])
    with shop.house.system():
        assert services.progress([one, more]) == {one: 100, more: 100}
    with shop.boss.work():
        found = calling.of_contract(one)
    assert (found["agreed"], found["ordered"], found["left"], found["invoiced"], found["paid"]) == (120_00, 120_00, 0, 120_00, 120_00)
    text = shop.boss.browser()("GET", f"/sales/contract/{one}/panel/called").text
    assert "Left of it" in text and "120 CNY" in text


def test_what_is_due_of_a_contract_is_with_its_amendments(shop, today):  # noqa: F811
    one, _customer = frame(shop, 40_00, 60_00)
    amend(shop, one, 20_00, (20_00, today - dt.timedelta(days=3)))
    shop.run("invoice_due", one, resource=CONTRACT)
    assert sorted(row.total for row in shop.all(Invoice, contract_id=one)) == [20_00, 40_00, 60_00]
    with shop.house.system():
        assert shop.house.resource(CONTRACT).get(one).agreed == 120_00
    assert box(shop, one)["late"] == "20.00"


def test_one_that_takes_away_shortens_the_plan_from_its_end(shop, today):  # noqa: F811
    one, _customer = frame(shop, 40_00, 60_00)
    amend(shop, one, -30_00)
    assert agreed(shop, one) == [70_00] and paid(shop, one)[1] == [(0, 40_00), (0, 30_00)]
    first, second = plan_of(shop, one)
    assert (ask(shop, first).total, ask(shop, second).total) == (40_00, 30_00)
    for invoice in shop.all(Invoice, contract_id=one):
        pay(shop, invoice.id, invoice.total)
    assert paid(shop, one) == (70_00, [(40_00, 0), (30_00, 0)])
    with shop.house.system():
        assert services.progress([one]) == {one: 100}
    amend(shop, one, -50_00)  # of what was invoiced already nothing is taken off: that is a credit note
    assert paid(shop, one) == (70_00, [(40_00, 0), (30_00, 0)])


def test_it_ends_with_its_contract_and_is_for_the_same_customer(shop, today):  # noqa: F811
    one, _customer = frame(shop, 100_00)
    more, draft = amend(shop, one, 20_00), amend(shop, one, 30_00, sign=False)
    for wrong in ({"customer": shop.customer}, {"currency": "USD"}):
        with pytest.raises(Invalid):
            shop.write(CONTRACT, id=draft, **wrong)
    shop.run("cancel", one, {"reason": "broke"}, resource=CONTRACT)
    assert [str(shop.row(CONTRACT, row).state) for row in (one, more, draft)] == ["cancelled"] * 3
    assert agreed(shop, one) == [100_00]
    other, _customer = frame(shop, 100_00)
    more, draft = amend(shop, other, 20_00), amend(shop, other, 30_00, sign=False)
    shop.run("done", other, resource=CONTRACT)
    assert str(shop.row(CONTRACT, more).state) == "done" and agreed(shop, other) == [120_00]
    with pytest.raises(Refused, match="not in force"):
        shop.run("sign", draft, resource=CONTRACT)


def test_it_is_renewed_with_what_was_added_after_the_prolonged_term(shop, today):  # noqa: F811
    one, _customer = frame(shop, 100_00, begins=today, ends=today + dt.timedelta(days=9))
    amend(shop, one, 20_00, ends=today + dt.timedelta(days=19))
    shop.run("renew", one, resource=CONTRACT)
    new, = shop.all(Contract, renews_id=one)
    assert (new.total, new.begins, new.ends) == (120_00, today + dt.timedelta(days=20), today + dt.timedelta(days=29))
    assert [item.amount for item in shop.all(ContractItem, contract_id=new.id)] == [100_00, 20_00]


# --- what orders have beyond their contract ------------------------------------------------------------------------------


def test_what_no_instalment_covers_is_invoiced_on_the_order_once(shop, today):  # noqa: F811
    one, customer = frame(shop, 40_00, 60_00)
    deposit, rest = plan_of(shop, one)
    first = ask(shop, deposit)
    early, late = called(shop, one, 80_00, customer), called(shop, one, 50_00, customer)
    for order in (early, late):
        with pytest.raises(Refused):
            shop.run("invoice", order)
    shop.run("deliver", early)
    with pytest.raises(Refused, match="invoiced by its instalments"):
        shop.run("invoice", early)
    shop.deliver(late, 1000)  # 25 of 50, of which instalments cover 20
    shop.run("invoice", late)
    assert [row.total for row in shop.all(Invoice, order_id=late)] == [5_00]
    with pytest.raises(Refused):
        shop.run("invoice", late)
    shop.run("deliver", late)
    shop.run("invoice", late)
    own = [row for row in shop.all(Invoice, order_id=late) if row.instalment_id is None]
    assert [(row.total, row.net + row.tax) for row in own] == [(5_00, 5_00), (25_00, 25_00)]
    with pytest.raises(Refused):
        shop.run("invoice", late, {"ahead": True})
    second = ask(shop, rest)  # the plan is invoiced whole: what is beyond it is none of it
    assert stands(shop, early, late) == [("confirmed", 80_00, 0), ("confirmed", 50_00, 0)]
    for row in own:
        pay(shop, row.id, row.total)
    assert paid(shop, one) == (30_00, [(0, 40_00), (0, 60_00)]), "it pays no instalment"
    pay(shop, first.id, 40_00)
    pay(shop, second.id, 60_00)
    assert paid(shop, one) == (130_00, [(40_00, 0), (60_00, 0)])
    assert stands(shop, early, late) == [("done", 80_00, 80_00), ("done", 50_00, 50_00)] and told(shop, customer) == 130_00


def test_an_order_that_is_more_than_its_contract_alone(shop, today):  # noqa: F811
    """Also when the plan was changed to be the orders' in the end, nothing of it is invoiced a second time."""
    one, customer = frame(shop, 100_00)
    invoice = ask(shop, *plan_of(shop, one))
    order = called(shop, one, 130_00, customer)
    shop.run("deliver", order)
    shop.run("invoice", order)
    own, = (row for row in shop.all(Invoice, order_id=order) if row.instalment_id is None)
    assert own.total == 30_00 and "beside the plan" in shop.boss.browser()("GET", f"/sales/invoice/{own.id}").text
    shop.run("credit", invoice.id, {"reason": "by its orders from now on"}, resource="sales.invoice")
    shop.run("invoice", order)
    assert sum(row.total for row in shop.all(Invoice, order_id=order) if row.instalment_id is None) == 130_00
    with pytest.raises(Refused):
        ask(shop, *plan_of(shop, one))
    with pytest.raises(Refused):
        shop.run("invoice", order)


def test_an_amendment_without_a_plan_is_invoiced_by_the_orders(shop, today):  # noqa: F811
    one, customer = frame(shop, 40_00, 60_00)
    amend(shop, one, 20_00)
    deposit, rest = plan_of(shop, one)
    ask(shop, deposit)
    order = called(shop, one, 120_00, customer)
    shop.run("invoice", order, {"ahead": True})
    own, = (row for row in shop.all(Invoice, order_id=order) if row.instalment_id is None)
    assert own.total == 20_00 and ask(shop, rest).total == 60_00
    assert stands(shop, order) == [("confirmed", 120_00, 0)]


def test_nothing_is_invoiced_beside_the_plan_of_a_contract_that_takes_it(shop, today):  # noqa: F811
    """A contract that is not in force any more is invoiced by no instalment: the order asks for the rest."""
    one = contract(shop, (40_00, today), (60_00, None), customer=shop.new_customer())
    customer = shop.row(CONTRACT, one).customer_id
    ask(shop, plan_of(shop, one)[0])
    order = called(shop, one, 100_00, customer)
    shop.run("deliver", order)
    with pytest.raises(Refused):
        shop.run("invoice", order)
    shop.run("cancel", one, {"reason": "broke"}, resource=CONTRACT)
    shop.run("invoice", order)
    assert stands(shop, order) == [("confirmed", 100_00, 0)]
