"""What a contract's instalments bring in is for its orders, one after another: never more than came, no cent twice, and each order told of once."""

import dataclasses

import pytest
from crm_sales.orders.models import Order
from crm_sales.receivables import covering
from crm_sales.receivables.covering import Share
from crm_sales.receivables.models import Invoice, Payment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.sdk import Refused
from plugins.sales.tests.money_shop import CrmError, shop, the_day  # noqa: F401
from plugins.sales.tests.test_instalments import ask, contract, pay, plan_of

CALL = "sales.contract"


@given(st.lists(st.integers(-5, 100), max_size=6), st.integers(-20, 400), st.integers(0, 400), st.integers(0, 400))
def test_no_cent_is_on_two_orders_and_none_is_left_while_there_is_room(room, asked, lost, waits):
    pool = Share(asked, asked - waits, asked - waits - lost)
    found = covering.cover(room, pool)
    for name in Share._fields:
        parts, most = [getattr(one, name) for one in found], [max(one, 0) for one in room] if name == "asked" else [one.asked for one in found]
        assert all(0 <= part <= whole for part, whole in zip(parts, most, strict=True))
        assert sum(parts) == min(max(getattr(pool, name), 0), sum(most))
        first = next((at for at, (part, whole) in enumerate(zip(parts, most, strict=True)) if part < whole), len(parts))
        assert not any(parts[first + 1:]), "an order has nothing before the one ahead of it has all"
    assert all(one.came <= one.closed <= one.asked for one in found)


MONEY = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda one: (max(one), min(one)))


@given(st.lists(MONEY, max_size=5), st.integers(0, 300), st.integers(0, 300))
def test_core_hears_of_each_sum_once(invoices, waiting, known):
    parts = covering.bare(invoices, waiting, known)
    assert all(0 <= part <= amount for part, (amount, _left) in zip(parts, invoices, strict=True))
    asked, noted = sum(left for _amount, left in invoices), sum(amount - left for amount, left in invoices)
    sleeps = min(waiting, max(0, asked - known))  # on orders core is told of when they are completed; one that is known comes first, and what of it is asked for by nobody was taken off it
    assert sum(parts) - noted + known == max(asked - sleeps, known - noted)


def frame(shop, *plan, **values):  # noqa: F811
    """A signed contract of 100.00 of a customer of its own, with instalments of so much each, due today."""
    customer = shop.new_customer()
    made = contract(shop, *((amount, shop.today) for amount in plan), customer=customer, **values)
    return made, customer


def called(shop, of, amount, customer, confirmed=True):  # noqa: F811
    """An order that takes so much of a contract, in two pieces."""
    return shop.order((2000, amount // 2), customer=customer, contract=of, confirmed=confirmed)


def stands(shop, *ids):  # noqa: F811
    return [(str(row.state), row.invoiced, row.paid) for row in (shop.row("sales.order", one) for one in ids)]


def told(shop, customer, kind=""):  # noqa: F811
    return sum(deal.amount for deal in shop.all("core.dealing", source="sales", customer_id=customer) if deal.source_key.startswith(kind))


def test_orders_of_a_contract_are_paid_one_after_another(shop):  # noqa: F811
    one, customer = frame(shop, 50_00, 50_00)
    deposit, rest = (ask(shop, line) for line in plan_of(shop, one))
    assert told(shop, customer) == 100_00
    first, second = called(shop, one, 60_00, customer), called(shop, one, 40_00, customer)
    assert stands(shop, first, second) == [("confirmed", 60_00, 0), ("confirmed", 40_00, 0)] and told(shop, customer) == 0
    assert [shop.row("sales.invoice", row.id).order_id for row in (deposit, rest)] == [first, first]
    shop.run("deliver", [first, second])
    pay(shop, deposit.id, 50_00)
    assert stands(shop, first, second) == [("confirmed", 60_00, 50_00), ("confirmed", 40_00, 0)]
    money = pay(shop, rest.id, 10_00)
    assert stands(shop, first, second) == [("done", 60_00, 60_00), ("confirmed", 40_00, 0)] and told(shop, customer) == 60_00
    pay(shop, rest.id, 40_00)
    assert stands(shop, first, second) == [("done", 60_00, 60_00), ("done", 40_00, 40_00)] and told(shop, customer) == 100_00
    shop.run("take_back", money, {"reason": "bounced"}, resource="sales.payment")
    assert [row[0] for row in stands(shop, first, second)] == ["done", "confirmed"], "the last to be covered waits"
    page = shop.boss.browser()("GET", f"/sales/order/{first}/panel/progress").text
    assert "By instalments of its contract" in page and "invoiced 60, paid 60" in page


def test_a_cancelled_order_gives_back_what_it_had_but_for_what_went_out(shop):  # noqa: F811
    one, customer = frame(shop, 100_00)
    invoice = ask(shop, *plan_of(shop, one))
    pay(shop, invoice.id, 100_00)
    first, second = called(shop, one, 80_00, customer), called(shop, one, 80_00, customer)
    assert stands(shop, first, second) == [("confirmed", 80_00, 80_00), ("confirmed", 20_00, 20_00)]
    shop.run("deliver", second)
    change = shop.run("cancel", first, {"reason": "not needed"})
    assert stands(shop, first, second) == [("cancelled", 0, 0), ("done", 80_00, 80_00)]
    assert shop.row("sales.invoice", invoice.id).order_id == second and told(shop, customer) == 100_00  # the order, and 20 that are on none
    shop.undo(change)  # all of it, what followed too
    assert stands(shop, first, second) == [("confirmed", 80_00, 80_00), ("confirmed", 20_00, 20_00)]
    shop.undo(shop.run("cancel", first, {"reason": "not needed"}))
    assert told(shop, customer) == 0
    shop.deliver(first, 500)
    shop.run("cancel", first, {"reason": "not needed"})
    assert stands(shop, first, second) == [("cancelled", 20_00, 20_00), ("done", 80_00, 80_00)] and told(shop, customer) == 100_00


def test_one_that_is_completed_keeps_what_completed_it(shop):  # noqa: F811
    one, customer = frame(shop, 100_00)
    invoice = ask(shop, *plan_of(shop, one))
    first, second = called(shop, one, 80_00, customer, confirmed=False), called(shop, one, 80_00, customer)
    shop.run("deliver", second)
    pay(shop, invoice.id, 90_00)
    assert stands(shop, second) == [("done", 80_00, 80_00)]
    shop.run("confirm", first)  # of the same day, and with the lower number
    assert stands(shop, first, second) == [("confirmed", 20_00, 10_00), ("done", 80_00, 80_00)]


def test_what_an_order_s_own_invoice_covers_is_not_covered_again(shop):  # noqa: F811
    one, customer = frame(shop, 40_00, 60_00)
    first, second = called(shop, one, 60_00, customer), called(shop, one, 40_00, customer)
    shop.run("invoice", first, {"ahead": True})
    line, other = plan_of(shop, one)
    with pytest.raises(Refused):
        ask(shop, other)
    invoice = ask(shop, line)
    assert stands(shop, first, second) == [("confirmed", 60_00, 0), ("confirmed", 40_00, 0)] and invoice.order_id == second
    shop.run("deliver", [first, second])
    pay(shop, invoice.id, 40_00)
    assert stands(shop, first, second) == [("confirmed", 60_00, 0), ("done", 40_00, 40_00)]
    pay(shop, shop.all(Invoice, order_id=first)[0].id, 60_00)
    assert stands(shop, first, second) == [("done", 60_00, 60_00), ("done", 40_00, 40_00)] and told(shop, customer) == 100_00


def test_what_is_written_off_waits_for_nobody_and_is_no_money(shop):  # noqa: F811
    one, customer = frame(shop, 100_00)
    invoice = ask(shop, *plan_of(shop, one))
    first, second = called(shop, one, 60_00, customer), called(shop, one, 40_00, customer)
    shop.run("deliver", [first, second])
    pay(shop, invoice.id, 70_00)
    shop.run("write_off", invoice.id, {"reason": "bankrupt"}, resource="sales.invoice")
    assert stands(shop, first, second) == [("done", 60_00, 60_00), ("done", 40_00, 10_00)]


@dataclasses.dataclass
class Hand:
    """What may happen to a contract: what is refused is refused, and changes nothing."""

    shop: object
    one: int
    customer: int

    def orders(self):
        return [row.id for row in self.shop.all(Order, contract_id=self.one)]

    def invoices(self):
        return [row.id for row in self.shop.all(Invoice, contract_id=self.one)]

    def do(self, what, at, amount):
        pick = {"deliver": self.orders, "part": self.orders, "cancel": self.orders, "pay": self.invoices, "credit": self.invoices, "void": self.invoices,
                "ask": lambda: plan_of(self.shop, self.one), "bounce": lambda: [row.id for row in self.shop.all(Payment, customer_id=self.customer)]}
        if what == "order":
            called(self.shop, self.one, 2 * amount * 100, self.customer)
        elif ids := pick[what]():
            self.act(what, ids[at % len(ids)], amount * 100)

    def act(self, what, row, amount):
        of = {"ask": "sales.contract_payment", "bounce": "sales.payment", "pay": "sales.invoice", "credit": "sales.invoice", "void": "sales.invoice"}.get(what, "sales.order")
        if what == "part":
            self.shop.deliver(row, 1000)
        else:
            self.shop.run({"ask": "invoice", "bounce": "take_back"}.get(what, what), row, {
                "pay": {"amount": amount}, "credit": {"amount": amount, "reason": "x"}, "deliver": {}, "ask": {}}.get(what, {"reason": "x"}), resource=of)

    def holds(self):
        shop = self.shop  # noqa: F811
        orders, invoices = shop.all(Order, contract_id=self.one), shop.all(Invoice, contract_id=self.one)
        asked = sum(row.total for row in invoices if str(row.state) != "cancelled")
        came = asked - sum(max(row.remaining, 0) for row in invoices)
        assert sum(row.invoiced for row in orders) <= asked and sum(row.paid for row in orders) <= came
        went = {row.id: row.total if str(row.state) != "cancelled" else row.total * row.delivered // 100_00 for row in orders}
        assert all(0 <= row.paid <= row.invoiced <= went[row.id] for row in orders)
        assert sum(row.invoiced for row in orders) == min(asked, sum(went.values())), "nothing lies idle while an order lacks it"
        with shop.house.system():
            assert {row.id: (row.invoiced, row.paid) for row in orders} == {key: found[:2] for key, found in covering.money([row.id for row in orders]).items()}
        for row in orders:
            told_of = sum(deal.amount for item in shop.items(row.id) for deal in shop.all("core.dealing", source="sales", source_key=f"order/{item.id}"))
            whole = row.delivered == 100_00 and row.paid == row.total
            if str(row.state) != "cancelled":
                assert (str(row.state) == "done") is whole
            assert told_of == row.total if whole and str(row.state) == "done" else told_of in (0, row.total, went[row.id])
        known = {row.id: sum(deal.amount for item in shop.items(row.id) for deal in shop.all("core.dealing", source="sales", source_key=f"order/{item.id}")) for row in orders}
        sleeps = min(sum(went.values()) - sum(known.values()), max(0, asked - sum(known.values())))  # lies on orders core is told of when they are completed
        noted = -sum(row.total for row in invoices if row.credits_id and str(row.state) != "cancelled")
        assert told(shop, self.customer) == max(asked - sleeps, sum(known.values()) - noted), "each sum that is asked for is told once"


STEPS = st.lists(st.tuples(st.sampled_from(["order", "order", "deliver", "part", "cancel", "ask", "ask", "pay", "pay", "pay", "credit", "void", "bounce"]), st.integers(0, 3), st.integers(1, 40)), min_size=5, max_size=10)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_to_a_contract_its_orders_have_what_came_once(shop, steps):  # noqa: F811
    hand = Hand(shop, *frame(shop, 30_00, 50_00, 20_00))
    for step in steps:
        try:
            hand.do(*step)
        except CrmError:
            continue
        hand.holds()
    for row in [*plan_of(shop, hand.one)]:
        try:
            hand.act("ask", row, 0)
        except CrmError:
            continue
    hand.holds()


def test_what_an_undo_took_from_the_turnover_is_there_again_when_it_is_paid_anew(shop):  # noqa: F811
    customer = shop.new_customer()
    order = shop.order((1000, 100_00), customer=customer)
    shop.run("deliver", order)
    shop.run("invoice", order)
    invoice, = shop.all(Invoice, order_id=order)
    for amount in (100_00, 0, 100_00):
        if amount:
            change = shop.run("pay", invoice.id, {}, resource="sales.invoice")
        else:
            shop.undo(change)
        assert told(shop, customer) == amount


def void(shop, row):  # noqa: F811
    shop.run("void", row, {"reason": "wrong"}, resource="sales.invoice")


def credit(shop, row, **values):  # noqa: F811
    shop.run("credit", row, {"reason": "wrong", **values}, resource="sales.invoice")


def test_an_instalment_s_invoice_that_is_cancelled_or_credited_is_told_no_more(shop):  # noqa: F811
    one, customer = frame(shop, 100_00)
    line, = plan_of(shop, one)
    first = called(shop, one, 40_00, customer)
    for _n in range(2):
        invoice = ask(shop, line)
        assert invoice.order_id == first and told(shop, customer) == 60_00
        void(shop, invoice.id)
        assert told(shop, customer) == 0
    credit(shop, ask(shop, line).id, amount=10_00)
    assert told(shop, customer) == 50_00, "the credit note does not wait until the order is told"
    credit(shop, shop.all(Invoice, contract_id=one, credits_id=None)[-1].id)
    void(shop, ask(shop, line).id)
    last = ask(shop, line)  # in place of the one that was credited, whatever was cancelled between
    pay(shop, last.id, 100_00)
    shop.run("deliver", first)
    assert stands(shop, first) == [("done", 40_00, 40_00)] and told(shop, customer) == 100_00


def test_a_credit_note_is_told_once_whatever_becomes_of_the_order(shop):  # noqa: F811
    one, customer = frame(shop, 100_00)
    line, = plan_of(shop, one)
    order = called(shop, one, 40_00, customer)
    credit(shop, ask(shop, line).id)
    assert told(shop, customer) == 0
    pay(shop, ask(shop, line).id, 100_00)
    assert told(shop, customer) == 60_00
    shop.run("deliver", order)
    assert told(shop, customer) == 100_00
    credit(shop, shop.all(Invoice, contract_id=one, credits_id=None)[-1].id, amount=80_00)
    assert told(shop, customer) == 20_00
    credit(shop, shop.all(Invoice, contract_id=one, credits_id=None)[-1].id)
    assert told(shop, customer) == 0


def test_what_was_given_back_or_left_off_leaves_no_room_for_instalments(shop):  # noqa: F811
    one, customer = frame(shop, 40_00, 60_00)
    first, second = called(shop, one, 40_00, customer), called(shop, one, 60_00, customer)
    shop.run("deliver", [first, second])
    shop.run("invoice", first)
    own, = shop.all(Invoice, order_id=first)
    credit(shop, own.id, amount=5_00)
    assert stands(shop, first) == [("confirmed", 35_00, 0)]
    shop.deliver(first, -1000)
    shop.run("credit_returns", first)
    pay(shop, ask(shop, plan_of(shop, one)[1]).id, 60_00)
    assert stands(shop, second) == [("done", 60_00, 60_00)]


def test_an_invoice_that_is_credited_whole_names_no_order_after_that(shop):  # noqa: F811
    one, customer = frame(shop, 50_00, 50_00)
    early, late = plan_of(shop, one)
    credit(shop, ask(shop, early).id)
    order = called(shop, one, 40_00, customer)
    assert {row.order_id for row in shop.all(Invoice, contract_id=one)} == {None}
    named = ask(shop, late)
    credit(shop, named.id)
    assert [row.order_id for row in shop.all(Invoice, contract_id=one)] == [None, None, order, order]


def test_an_invoice_names_the_order_that_has_it_after_one_was_completed(shop):  # noqa: F811
    one, customer = frame(shop, 40_00, 60_00)
    deposit, rest = (ask(shop, line) for line in plan_of(shop, one))
    first, second = called(shop, one, 60_00, customer), called(shop, one, 40_00, customer)
    assert [shop.row("sales.invoice", row.id).order_id for row in (deposit, rest)] == [first, first]
    free = called(shop, one, 20_00, customer)
    assert stands(shop, free) == [("confirmed", 0, 0)]
    shop.run("deliver", second)
    pay(shop, deposit.id, 40_00)
    pay(shop, rest.id, 60_00)
    assert [row[0] for row in stands(shop, first, second)] == ["confirmed", "done"]
    assert [shop.row("sales.invoice", row.id).order_id for row in (deposit, rest)] == [second, first]


def test_an_order_under_an_invoiced_contract_can_be_a_draft_again(shop):  # noqa: F811
    one, customer = frame(shop, 100_00)
    invoice = ask(shop, *plan_of(shop, one))
    pay(shop, invoice.id, 70_00)
    order = called(shop, one, 40_00, customer, confirmed=False)
    change = shop.run("confirm", order)
    assert stands(shop, order) == [("confirmed", 40_00, 40_00)] and told(shop, customer) == 60_00
    shop.undo(change)
    assert stands(shop, order) == [("draft", 0, 0)] and told(shop, customer) == 100_00
    assert shop.row("sales.invoice", invoice.id).order_id is None
    other, customer = frame(shop, 100_00)
    order = called(shop, other, 40_00, customer, confirmed=False)
    change = shop.run("confirm", order)
    shop.run("invoice", order, {"ahead": True})
    with pytest.raises(CrmError):
        shop.undo(change)
