"""What came in for contracts: from the money on their invoices and those of their orders, to the cent, once, whichever way it comes and goes."""

import datetime as dt
import itertools

import pytest
import sqlalchemy as sa
from crm_sales.contracts import paying
from crm_sales.contracts.models import ContractItem, ContractPayment
from crm_sales.receivables import instalments
from crm_sales.receivables.models import Invoice, Payment
from crm_sales.settings import OrderSettings, QuoteSettings
from hypothesis import given
from hypothesis import strategies as st

from crm_core.resource.settings import put
from crm_core.sdk import Invalid, Refused, amounts, session
from plugins.sales.tests.money_shop import CrmError, shop, the_day  # noqa: F401


def contract(shop, *plan, total=100_00, sign=True, **values):  # noqa: F811
    """A signed contract of an item with instalments of (amount, due)."""
    with shop.house.system():
        put(QuoteSettings, {"signed_file": False})
    made = shop.write("sales.contract", owner=shop.ann.id, name="Advertising", items=[{"what": "Pages", "quantity": 1000, "price": total, "rate": 600}],
                      payments=[{"what": f"Instalment {n}", "amount": amount, "due": due} for n, (amount, due) in enumerate(plan, 1)],
                      **{"customer": shop.customer, **values})
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


# --- invoicing them -------------------------------------------------------------------------------------------------------

PAYMENT = "sales.contract_payment"


def plan_of(shop, of):  # noqa: F811
    return [one.id for one in shop.all(ContractPayment, contract_id=of)]


def ask(shop, *ids, **values):  # noqa: F811
    shop.run("invoice", list(ids), values, resource=PAYMENT)
    return shop.all(Invoice)[-1]


def test_an_instalment_is_invoiced_once_and_shows_invoiced_and_paid(shop, today):  # noqa: F811
    one = contract(shop, (30_00, today), (70_00, today + dt.timedelta(days=40)))
    first, second = plan_of(shop, one)
    made = ask(shop, second, title="蓝天传媒（财务部）", tax_number="91350100M000100Y43")
    assert (made.total, made.net, made.tax, str(made.state), made.instalment_id, made.contract_id) == (70_00, 66_04, 3_96, "issued", second, one)
    assert (made.title, made.tax_number, made.due) == ("蓝天传媒（财务部）", "91350100M000100Y43", today + dt.timedelta(days=40))
    for ids in ((second,), (first, second)):
        with pytest.raises(Refused):
            ask(shop, *ids)
    pay(shop, made.id, 50_00)
    rows = shop.all(ContractPayment, contract_id=one)
    assert [(row.invoiced, row.paid, row.remaining) for row in rows] == [(0, 0, 30_00), (70_00, 50_00, 20_00)], "what comes for its invoice is on it, whichever is due first"
    shop.run("invoice_due", one, resource="sales.contract")
    assert [row.invoiced for row in shop.all(ContractPayment, contract_id=one)] == [30_00, 70_00]
    invoices = shop.all(Invoice, contract_id=one)
    head = shop.row("sales.contract", one)
    assert (sum(i.net for i in invoices), sum(i.tax for i in invoices), sum(i.total for i in invoices)) == (head.net, head.tax, head.total)
    with pytest.raises(Refused):
        shop.run("invoice_due", one, resource="sales.contract")
    page = shop.boss.browser()("GET", f"/sales/contract/{one}").text
    assert shop.boss.browser()("GET", f"/sales/contract_payment/{second}").status_code == 200 and "Invoice what is due" in page


def test_credited_or_cancelled_it_can_be_invoiced_again_and_undone_it_is_not_there_twice(shop, today):  # noqa: F811
    one = contract(shop, (100_00, today))
    line, = plan_of(shop, one)
    first = ask(shop, line)
    void = shop.run("void", first.id, {"reason": "wrong title"}, resource="sales.invoice")
    second = ask(shop, line, title="Another")
    assert shop.row(PAYMENT, line).invoiced == 100_00
    with pytest.raises(Refused):
        shop.undo(void)
    shop.run("credit", second.id, {"reason": "all of it"}, resource="sales.invoice")
    assert (shop.row(PAYMENT, line).invoiced, shop.row(PAYMENT, line).paid) == (0, 0)
    assert ask(shop, line).turn == 2


def test_what_is_not_signed_or_invoiced_otherwise_is_not_invoiced_by_the_plan(shop, today):  # noqa: F811
    with pytest.raises(Refused):
        ask(shop, *plan_of(shop, contract(shop, (100_00, today), sign=False)))
    one = contract(shop, (40_00, today), (60_00, None))
    ordered(shop, one, (1000, 50_00))
    line, other = plan_of(shop, one)
    with pytest.raises(Refused):
        ask(shop, other)
    ask(shop, line)
    order = shop.order((1000, 10_00), contract=one)
    shop.run("deliver", order)
    with pytest.raises(Refused):
        shop.run("invoice", order)


def test_what_another_invoice_of_the_contract_paid_is_not_asked_for_again(shop, today):  # noqa: F811
    one = contract(shop, (40_00, today), (60_00, today))
    first, second = plan_of(shop, one)
    pay(shop, ordered(shop, one, (1000, 40_00)), 40_00)
    actions = shop.boss.browser()("GET", f"/sales/contract_payment/{first}").text
    assert f"/sales/contract_payment/{first}/do/invoice" not in actions
    assert f"/sales/contract_payment/{second}/do/invoice" in shop.boss.browser()("GET", f"/sales/contract_payment/{second}").text
    shop.run("invoice_due", one, resource="sales.contract")
    assert [row.invoiced for row in shop.all(ContractPayment, contract_id=one)] == [0, 60_00]


@pytest.mark.parametrize("first", ["credited", "ordered"])
def test_an_instalment_credited_and_invoiced_anew_takes_nothing_off_the_turnover(shop, today, first):  # noqa: F811
    customer = shop.new_customer()
    one = contract(shop, (30_00, today), (70_00, None), customer=customer)
    line, rest = plan_of(shop, one)
    if first == "ordered":
        shop.run("order", one, resource="sales.contract")
    deposit = ask(shop, line)
    shop.run("credit", deposit.id, {"reason": "wrong title"}, resource="sales.invoice")
    made = [ask(shop, line), ask(shop, rest)]
    if first == "credited":
        shop.run("order", one, resource="sales.contract")
    order = shop.row("sales.contract", one).order_id
    shop.run("confirm", order)
    shop.run("deliver", order)
    for invoice in made:
        pay(shop, invoice.id, invoice.total)
    assert str(shop.row("sales.order", order).state) == "done"
    assert sum(deal.amount for deal in shop.all("core.dealing", source="sales", customer_id=customer)) == 100_00


def test_an_order_of_the_contract_knows_what_of_the_plan_was_invoiced_and_is_told_once(shop, today):  # noqa: F811
    customer = shop.new_customer()
    one = contract(shop, (30_00, today), (70_00, None), customer=customer)
    first, second = plan_of(shop, one)
    deposit = ask(shop, first)

    def turnover():
        return sum(deal.amount for deal in shop.all("core.dealing", source="sales", customer_id=customer))

    assert turnover() == 30_00
    shop.run("order", one, resource="sales.contract")
    order = shop.row("sales.contract", one).order_id
    shop.run("confirm", order)
    assert shop.row("sales.order", order).invoiced == 30_00 and shop.row("sales.invoice", deposit.id).order_id == order and turnover() == 0
    rest = ask(shop, second)
    pay(shop, deposit.id, 30_00)
    shop.run("deliver", order)
    assert str(shop.row("sales.order", order).state) == "confirmed"
    pay(shop, rest.id, 70_00)
    done = shop.row("sales.order", order)
    assert (str(done.state), done.invoiced, done.paid) == ("done", 100_00, 100_00) and turnover() == 100_00


def test_who_has_the_contract_invoices_it_and_nobody_else(shop, today):  # noqa: F811
    one = contract(shop, (100_00, today))
    line, = plan_of(shop, one)
    bob = shop.house.person(f"bob{line}", roles=["user"])
    with pytest.raises(CrmError):
        shop.run("invoice", line, resource=PAYMENT, who=bob)
    assert shop.all(Invoice, contract_id=one) == []
    shop.run("invoice", line, resource=PAYMENT, who=shop.ann)
    assert shop.row(PAYMENT, line).invoiced == 100_00


def test_one_that_is_due_is_a_task_until_it_is_invoiced(shop, today):  # noqa: F811
    one = contract(shop, (40_00, today), (60_00, today + dt.timedelta(days=1)))
    line, _other = plan_of(shop, one)

    def open_tasks():
        return [task.id for task in shop.all("core.task") if task.source_key == paying.due_key(line) and task.done_at is None]

    shop.house.run_job("sales.instalments")
    assert open_tasks() == []
    with shop.house.system():
        put(OrderSettings, {"instalments": True})
    for _n in range(2):
        shop.house.run_job("sales.instalments")
    assert len(open_tasks()) == 1
    ask(shop, line)
    shop.house.run_job("sales.instalments")
    assert open_tasks() == []
    with shop.house.system():
        put(OrderSettings, {"instalments": False})


@given(st.lists(st.tuples(st.integers(-50_00, 10**7), st.integers(1, 10**5)), min_size=1, max_size=5), st.lists(st.integers(0, 10**7), max_size=4), st.sampled_from([1, 100]))
def test_the_invoices_of_a_plan_come_to_the_contract_item_by_item(shop, items, cuts, step):  # noqa: F811
    rows = [ContractItem(what="x", quantity=pieces, price=0, discount=0, rate=600, net=amounts.divide(amount * 100, 106) // step * step, amount=amount // step * step) for amount, pieces in items]
    whole = sum(row.amount for row in rows)
    if whole <= 0:
        return
    upto = sorted({0, whole, *(cut % whole // step * step for cut in cuts)})
    with shop.house.system():
        made = [instalments.lines_of(rows, start, end - start, whole, step, "p") for start, end in itertools.pairwise(upto)]
    assert [sum(line["amount"] for line in lines) for lines in made] == [end - start for start, end in itertools.pairwise(upto)]
    assert all(line["net"] + line["tax"] == line["amount"] and line["amount"] % step == 0 for lines in made for line in lines)
    every = [line for lines in made for line in lines]
    assert (sum(line["net"] for line in every), sum(line["amount"] for line in every)) == (sum(row.net for row in rows if row.amount), whole)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(-50, 1500)), max_size=6), st.integers(-100, 4000))
def test_what_came_is_on_the_plan_once(plan, came):
    found = paying.spread(plan, came)
    assert all(0 <= part <= amount for part, (amount, _own) in zip(found, plan, strict=True))
    assert sum(found) == min(max(came, 0), sum(amount for amount, _own in plan))
    if came >= sum(max(own, 0) for _amount, own in plan):
        assert all(part >= min(amount, own) for part, (amount, own) in zip(found, plan, strict=True))
