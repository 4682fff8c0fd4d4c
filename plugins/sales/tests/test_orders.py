"""Orders: confirmed, delivered, taken back, cancelled, completed by themselves; advertisements and subscriptions. Long because it is the whole way of an order."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from crm_sales.orders.models import Delivery, Order, State, Subscription, Term
from crm_sales.receivables.models import Allocation, Invoice, InvoiceItem, Payment
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from crm_core.features.dealings import proposing, reckoning
from crm_core.sdk import Forbidden, Invalid, Refused, emit, session, writing
from plugins.sales.tests.money_shop import CrmError, shop, the_day  # noqa: F401


@pytest.fixture
def heard(shop, monkeypatch):  # noqa: F811
    """Events that were emitted, by name with their ids."""
    from crm_sales.orders import services as orders
    from crm_sales.receivables import services as money


    found = []
    real = emit
    for module in (orders, money):
        monkeypatch.setattr(module, "emit", lambda event: (found.append((type(event).__name__, event.ids)), real(event))[1])
    return found


def test_from_draft_to_completed(shop, heard):  # noqa: F811
    order = shop.order((3000, 33_33), (1000, 100_00))
    assert shop.row("sales.order", order).state == State.confirmed
    shop.deliver(order, 1000, 0)
    shop.run("invoice", order)
    first, = shop.all(Invoice, order_id=order)
    assert (first.tax_number, first.total, first.state) == ("91350100M000100Y43", 33_33, "issued")
    assert first.title.startswith("蓝天传媒")
    shop.run("deliver", order)
    shop.run("invoice", order)
    first, second = shop.all(Invoice, order_id=order)
    assert first.total + second.total == shop.row("sales.order", order).total == 199_99
    assert shop.row("sales.order", order).delivered == 100_00
    shop.run("pay", first.id, resource="sales.invoice")
    assert shop.row("sales.order", order).state == State.confirmed
    shop.run("pay", second.id, {"amount": 100_00}, resource="sales.invoice")
    assert shop.row("sales.invoice", second.id).remaining == 66_66
    assert not shop.all("core.dealing", source="sales")
    shop.run("pay", second.id, resource="sales.invoice")
    done = shop.row("sales.order", order)
    assert (done.state, done.paid, done.invoiced) == (State.done, 199_99, 199_99)
    assert {one.unallocated for one in shop.all(Payment)} == {0}
    deals = shop.all("core.dealing", source="sales")
    assert [(one.amount, one.quantity, one.number) for one in deals] == [(99_99, 3000, done.number), (100_00, 1000, done.number)]
    assert [name for name, ids in heard if name.startswith("Orders")] == ["OrdersConfirming", "OrdersConfirmed", "OrdersCompleted"]
    assert [name for name, _ids in heard].count("InvoicesIssued") == 2
    assert [name for name, _ids in heard].count("PaymentsAllocated") == 3


def test_only_drafts_can_be_changed(shop):  # noqa: F811
    order = shop.order(confirmed=False)
    shop.write("sales.order", id=order, currency="CNY", note="changed")
    shop.run("confirm", order)
    with pytest.raises(Invalid, match="Only drafts can be changed"):
        shop.write("sales.order", id=order, day=dt.date(2026, 1, 1))
    with pytest.raises(Invalid, match="Only drafts can be changed"):
        shop.write("sales.order", id=order, items=[])
    shop.write("sales.order", id=order, note="a note may be written always")
    with pytest.raises(Refused, match="Only drafts can be changed"), shop.boss.work():
        shop.resource("sales.order").delete([order])
    pages = [shop.boss.browser()("GET", f"/sales/order/{one}").text for one in (shop.order(confirmed=False), order)]
    assert [f"/sales/order/{one}/delete" in page for one, page in zip((order + 1, order), pages, strict=True)] == [True, False], "what is confirmed is cancelled"
    assert ["panel/limits" in page for page in pages] == [True, False]
    with pytest.raises(Refused):
        shop.run("confirm", order)


def test_the_form_of_a_confirmed_order_takes_a_note_and_nothing_else(shop):  # noqa: F811
    order = shop.order((3000, 33_33))
    line, = shop.items(order)
    row = shop.row("sales.order", order)
    form = {"customer": str(row.customer_id), "currency": "CNY", "day": row.day.isoformat(), "version": str(row.version), "items-0-id": str(line.id), "items-0-what": line.what, "items-0-quantity": "3",
            "items-0-price": "33.33", "items-0-discount": "0", "items-0-rate": "6", "items__sent": "1"}
    browser = shop.boss.browser()
    assert browser("POST", f"/sales/order/{order}/edit", {**form, "note": "ring twice"}).status_code == 303
    assert shop.row("sales.order", order).note == "ring twice"
    form["version"] = str(shop.row("sales.order", order).version)
    refused = browser("POST", f"/sales/order/{order}/edit", {**form, "items-0-quantity": "4"})
    assert refused.status_code == 422 and "Only drafts can be changed" in refused.text


def test_an_order_without_items_is_not_confirmed(shop):  # noqa: F811
    order = shop.write("sales.order", customer=shop.customer)
    with pytest.raises(Refused, match="no items"):
        shop.run("confirm", order)


def test_never_more_goes_out_than_was_ordered_nor_comes_back_than_went_out(shop):  # noqa: F811
    draft = shop.order(confirmed=False)
    with pytest.raises(Refused):
        shop.deliver(draft, 1000)
    order = shop.order((3000, 10_00))
    shop.deliver(order, 2000)
    with pytest.raises(Refused, match="3 are ordered"):
        shop.deliver(order, 1001)
    with pytest.raises(Refused, match="come back"):
        shop.deliver(order, -2001)
    assert len(shop.all(Delivery, order_id=order)) == 1
    shop.deliver(order, -500)
    assert (shop.items(order)[0].delivered, shop.row("sales.order", order).delivered) == (1500, 50_00)
    other = shop.items(shop.order())[0].id
    with pytest.raises(Refused, match="no item of this order"):
        shop.run("deliver_part", order, {"parts": {other: 1000}})
    shop.run("deliver", order)
    with pytest.raises(Refused):
        shop.run("deliver", order)


def test_returned_goods_are_credited_never_more_than_the_invoice(shop):  # noqa: F811
    order = shop.order((3000, 33_33), customer=shop.new_customer())
    shop.run("deliver", order)
    shop.run("invoice", order)
    with pytest.raises(Refused, match="come back"):
        shop.run("credit_returns", order)
    shop.deliver(order, -1000)
    shop.run("credit_returns", order)
    invoice, note = shop.all(Invoice, order_id=order)
    assert (note.total, note.credits_id, note.remaining, invoice.remaining, invoice.credited) == (-33_33, invoice.id, 0, 66_66, 33_33)
    with pytest.raises(Refused):
        shop.run("credit_returns", order)
    with pytest.raises(Invalid, match="66.66"):
        shop.run("credit", invoice.id, {"reason": "too much", "amount": 66_67}, resource="sales.invoice")
    deals = shop.all("core.dealing", source="sales", customer_id=invoice.customer_id)
    assert deals == []  # it was told of nothing yet that could be taken back
    shop.deliver(order, 1000)  # replaced: invoiced anew
    shop.run("invoice", order)
    assert [one.total for one in shop.all(Invoice, order_id=order)] == [99_99, -33_33, 33_33]


def test_cancelled_with_a_reason_and_what_went_out_is_still_invoiced(shop, heard):  # noqa: F811
    order = shop.order((4000, 25_00))
    shop.deliver(order, 1000)
    with pytest.raises(Invalid, match="Say why"):
        shop.run("cancel", order)
    shop.run("cancel", order, {"reason": "the fair was called off"})
    cancelled = shop.row("sales.order", order)
    assert (cancelled.state, cancelled.reason) == (State.cancelled, "the fair was called off")
    assert ("OrdersCancelled", (order,)) in heard
    shop.run("invoice", order, {"ahead": True})
    assert [one.total for one in shop.all(Invoice, order_id=order)] == [25_00]
    with pytest.raises(Refused):
        shop.run("cancel", order, {"reason": "again"})


def test_confirming_is_undone_while_nothing_followed(shop, heard):  # noqa: F811
    order = shop.order(confirmed=False)
    shop.undo(shop.run("confirm", order))
    assert shop.row("sales.order", order).state == State.draft
    assert [name for name, ids in heard if ids == (order,)] == ["OrdersConfirming", "OrdersConfirmed", "OrdersCancelled"]
    change = shop.run("confirm", order)
    shop.deliver(order, 1000)
    with pytest.raises(Refused, match="no draft again"):
        shop.undo(change)
    assert shop.row("sales.order", order).state == State.confirmed


def test_a_delivery_is_undone_until_it_is_invoiced(shop):  # noqa: F811
    order = shop.order((3000, 10_00))
    shop.undo(shop.deliver(order, 1000))
    assert shop.row("sales.order", order).delivered == 0
    change = shop.deliver(order, 1000)
    shop.run("invoice", order)
    assert shop.undo(change).conflicts
    assert shop.row("sales.order", order).delivered == 33_33


def test_a_payment_taken_back_opens_the_order_again(shop, heard):  # noqa: F811
    order = shop.order((1000, 50_00))
    shop.run("deliver", order)
    shop.run("invoice", order)
    invoice, = shop.all(Invoice, order_id=order)
    shop.run("pay", invoice.id, resource="sales.invoice")
    assert shop.row("sales.order", order).state == State.done
    payment = shop.all(Payment)[-1]
    shop.run("take_back", payment.id, {"reason": "the cheque bounced"}, resource="sales.payment")
    assert shop.row("sales.order", order).state == State.confirmed
    assert shop.row("sales.invoice", invoice.id).remaining == 50_00
    assert [name for name, _ids in heard].count("PaymentsAllocated") == 2
    with pytest.raises(Refused):
        shop.run("take_back", payment.id, {"reason": "twice"}, resource="sales.payment")


def test_who_sells_passes_no_review_and_counts_no_money(shop):  # noqa: F811
    order = shop.order((1000, 10_00), who=shop.ann)
    for act in ("review_contract", "review_finance", "release"):
        with pytest.raises(Forbidden):
            shop.run(act, order, who=shop.ann)
    shop.run("deliver", order, who=shop.ann)
    shop.run("invoice", order, who=shop.ann)
    invoice, = shop.all(Invoice, order_id=order)
    with pytest.raises(Forbidden):
        shop.run("pay", invoice.id, resource="sales.invoice", who=shop.ann)
    shop.run("pay", invoice.id, resource="sales.invoice", who=shop.wu)
    assert shop.row("sales.order", order).state == State.done  # though Wu may not change orders


def test_an_advertisement_runs_after_both_reviews_in_their_order(shop, today):  # noqa: F811
    order = shop.order((1000, 500_00, {"begins": today, "ends": today + dt.timedelta(days=60)}))
    assert shop.items(order)[0].sort == "advert"
    advert = shop.write("sales.advert", order=order, name="封底整版", medium="journal", runs=[{"issue": "2026-12", "day": today}, {"issue": "2027-01", "day": today + dt.timedelta(days=31)}])
    run = shop.row("sales.advert", advert)
    with shop.house.system():
        runs = session.scalars(sa.select(shop.resource("sales.run").model.id).where(shop.resource("sales.run").model.advert_id == run.id)).all()
    done = [{"id": runs[0], "issue": "2026-12", "day": today, "fate": "done", "evidence": "p. 48"}, {"id": runs[1], "issue": "2027-01", "day": today}]
    with pytest.raises(Refused, match="contract and the finance review"):
        shop.write("sales.advert", id=advert, runs=done)
    with pytest.raises(Refused):
        shop.run("review_finance", order)
    shop.run("review_contract", order)
    shop.run("review_finance", order)
    with pytest.raises(Invalid, match="where it can be seen"):
        shop.write("sales.advert", id=advert, runs=[{**done[0], "evidence": None}, done[1]])
    shop.write("sales.advert", id=advert, runs=done)


def test_a_subscription_about_to_end_is_one_task_until_it_is_renewed(shop, today):  # noqa: F811
    product = shop.make("core.product", name="新潮电子", kind="subscription", price=120_00)
    ends = today + dt.timedelta(days=20)
    customer = shop.new_customer()
    shop.order((5000, None, {"product": product, "begins": today - dt.timedelta(days=344), "ends": ends}), customer=customer)
    running, = shop.all(Subscription, customer_id=customer)
    assert (running.copies, running.ends, running.term) == (5, ends, Term.running)
    for _twice in range(2):
        _job(shop, "sales.subscriptions")
    task, = shop.all("core.task", source_key=f"sales.subscription/{running.id}")
    assert (task.owner_id, task.due, task.done_at, task.locked) == (shop.ann.id, ends, None, True)
    shop.run("renew", running.id, resource="sales.subscription")
    before, after = shop.all(Subscription, customer_id=customer)
    assert (before.term, after.renews_id, after.begins, after.copies) == (Term.renewed, before.id, ends + dt.timedelta(days=1), 5)
    assert shop.all("core.task", source_key=f"sales.subscription/{running.id}")[0].done_at is not None
    renewal = shop.all(Order, customer_id=customer)[-1]
    assert (renewal.state, shop.items(renewal.id)[0].id) == (State.draft, after.item_id)
    shop.run("confirm", renewal.id)
    assert len(shop.all(Subscription, customer_id=customer)) == 2  # its subscription is there already
    _job(shop, "sales.subscriptions")
    assert len(shop.all("core.task", source_key=f"sales.subscription/{running.id}")) == 1


def _job(shop, name):  # noqa: F811
    shop.house.run_job(name)


def test_on_the_page_part_of_it_goes_out(shop, today):  # noqa: F811
    order = shop.order((3000, 10_00), (2000, 5_00))
    first, second = shop.items(order)
    browser = shop.boss.browser()
    page = browser("GET", f"/sales/order/{order}/parts").text
    assert "Item 2" in page and f'name="day" value="{today}"' in page
    much = browser("POST", f"/sales/order/{order}/parts", {f"n{first.id}": "4", f"n{second.id}": "", "waybill": "SF 77"})
    assert much.status_code == 409 and "are ordered, not more" in much.text and 'value="4"' in much.text and "SF 77" in much.text
    wrong = browser("POST", f"/sales/order/{order}/parts", {f"n{first.id}": "x", "day": "2026-03-02", "waybill": "SF 1"})
    assert wrong.status_code == 422 and 'value="2026-03-02"' in wrong.text and 'value="SF 1"' in wrong.text, "what was typed stays"
    assert browser("POST", f"/sales/order/{order}/parts", {f"n{first.id}": "1.5", f"n{second.id}": "", "day": "", "waybill": "SF 1"}).status_code == 303
    assert [one.delivered for one in shop.items(order)] == [1500, 0]
    api = shop.boss.api()
    answer = api("POST", f"/sales/order/{order}/deliver_part", {"parts": [{"item": first.id, "quantity": "-0.5"}]})
    assert answer.status_code == 200, answer.text
    assert shop.items(order)[0].delivered == 1000


# --- what an attacker tried -------------------------------------------------------------------------------------------


def _last(shop):  # noqa: F811
    """The number of the last change."""
    with shop.house.system():
        return session.connection().scalar(sa.text("SELECT max(id) FROM core_change"))


def test_undo_of_an_edit_changes_nothing_that_was_agreed_since(shop):  # noqa: F811
    def edit(resource, row, line, **values):
        with shop.boss.work():
            shop.resource(resource).write([{"id": row, "items": [{"id": line, **values}]}])
        return _last(shop)

    order = shop.order((1000, 1), (1000, 5), confirmed=False)
    line = shop.items(order)[0]
    dear = edit("sales.order", order, line.id, price=100_00)  # and the second line goes
    shop.run("confirm", order)
    assert shop.undo(dear).conflicts
    assert [(one.id, one.price) for one in shop.items(order)] == [(line.id, 100_00)] and shop.row("sales.order", order).total == 100_00
    invoice = shop.write("sales.invoice", customer=shop.customer, items=[{"what": "x", "quantity": 1000, "price": 1}])
    dear = edit("sales.invoice", invoice, shop.all("sales.invoice_item", invoice_id=invoice)[0].id, price=100_00)
    shop.run("issue", invoice, resource="sales.invoice")
    assert shop.undo(dear).conflicts
    assert (shop.row("sales.invoice", invoice).total, shop.all("sales.invoice_item", invoice_id=invoice)[0].price) == (100_00, 100_00)
    shop.write("sales.order", id=order, note="ring")
    assert not shop.undo(_last(shop)).conflicts and shop.row("sales.order", order).note is None


def test_a_credit_note_pays_and_completes_nothing(shop, heard):  # noqa: F811
    customer = shop.new_customer()

    def told():
        return sum(one.amount for one in shop.all("core.dealing", source="sales", customer_id=customer))

    order = shop.order((3000, 33_33), customer=customer)
    shop.run("deliver", order)
    shop.run("invoice", order)
    first, = shop.all(Invoice, order_id=order)
    shop.run("credit", first.id, {"reason": "wrong title"}, resource="sales.invoice")
    shop.run("invoice", order)
    row = shop.row("sales.order", order)
    assert (row.state, row.paid, told()) == (State.confirmed, 0, 0)
    again = shop.all(Invoice, order_id=order)[-1]
    shop.run("pay", again.id, resource="sales.invoice")
    assert (shop.row("sales.order", order).state, shop.row("sales.order", order).paid, told()) == (State.done, 99_99, 99_99)
    shop.run("credit", again.id, {"reason": "scratched", "amount": 6_66}, resource="sales.invoice")
    assert (shop.row("sales.order", order).state, told()) == (State.done, 93_33)
    returned = shop.order((3000, 33_33), customer=customer)
    shop.run("deliver", returned)
    shop.run("invoice", returned)
    shop.deliver(returned, -1000)
    shop.run("credit_returns", returned)
    assert shop.row("sales.order", returned).state == State.confirmed
    shop.run("pay", shop.all(Invoice, order_id=returned)[0].id, resource="sales.invoice")
    assert (shop.row("sales.order", returned).state, shop.row("sales.order", returned).paid) == (State.done, 66_66)
    assert told() == 93_33 + 66_66
    shop.deliver(returned, -1000)
    shop.run("credit_returns", returned)
    assert (shop.row("sales.order", returned).state, told()) == (State.done, 93_33 + 33_33)  # taken back once


def test_what_cannot_be_an_item_is_a_sentence(shop):  # noqa: F811
    order = shop.order()
    with pytest.raises(Invalid, match="none of this order"):
        shop.run("deliver_part", order, {"parts": {10**9: 1000}})
    api = shop.boss.api()
    for item in (2**63, 10**9, -1, "x"):
        assert api("POST", f"/sales/order/{order}/deliver_part", {"parts": [{"item": item, "quantity": "1"}]}).status_code in (400, 422), item


def test_subscriptions_end_with_their_order(shop, today):  # noqa: F811
    product = shop.make("core.product", name="食品周刊", kind="subscription", price=120_00)
    customer = shop.new_customer()
    order = shop.order((5000, None, {"product": product, "begins": today - dt.timedelta(days=344), "ends": today + dt.timedelta(days=20)}), customer=customer)
    running, = shop.all(Subscription, customer_id=customer)
    _job(shop, "sales.subscriptions")
    change = shop.run("cancel", order, {"reason": "no more"})
    assert shop.row("sales.subscription", running.id).term == Term.cancelled
    assert shop.all("core.task", source_key=f"sales.subscription/{running.id}")[0].done_at is not None
    shop.undo(change)
    assert (shop.row("sales.order", order).state, shop.row("sales.subscription", running.id).term) == (State.confirmed, Term.running)
    shop.run("renew", running.id, resource="sales.subscription")
    renewal = shop.all(Order, customer_id=customer)[-1].id
    with shop.boss.work():
        shop.resource("sales.order").delete([renewal])
    assert [one.term for one in shop.all(Subscription, customer_id=customer)] == [Term.running, Term.cancelled]


def test_reviews_are_of_what_cannot_change_any_more(shop, today):  # noqa: F811
    order = shop.order((1000, 5_00, {"begins": today}), confirmed=False)
    with pytest.raises(Refused):
        shop.run("review_contract", order)
    change = shop.run("confirm", order)
    shop.run("review_contract", order)
    shop.run("review_finance", order)
    shop.undo(change)
    row = shop.row("sales.order", order)
    assert row.state == State.confirmed or row.contract_on is row.finance_on is None


# --- R14 --------------------------------------------------------------------------------------------------------------


class Machine(RuleBasedStateMachine):
    """An order of three pieces for 100.00 and how far it is, beside a model in memory."""

    shop = None

    def __init__(self):
        super().__init__()
        self.order = self.shop.order((3000, 33_33), confirmed=False, who=self.shop.boss)
        self.state, self.out, self.billed, self.total = "draft", 0, 0, 99_99
        self.owed, self.got, self.confirming, self.last = {}, 0, None, None

    def act(self, name, values=None, resource="sales.order", row=None):
        try:
            return self.shop.run(name, row or self.order, values, resource=resource)
        except CrmError:
            return None

    @rule()
    def confirm(self):
        change = self.act("confirm")
        assert bool(change) == (self.state == "draft")
        if change:
            self.state, self.confirming = "confirmed", change

    @rule(pieces=st.integers(-2, 3).filter(bool))
    def deliver(self, pieces):
        try:
            self.last = self.shop.deliver(self.order, pieces * 1000), pieces
            worked = True
        except CrmError:
            worked = False
        assert worked == (self.state in ("confirmed", "done") and 0 <= self.out + pieces <= 3)
        if worked:
            self.out += pieces
            self.completed()

    @precondition(lambda self: self.last)
    @rule()
    def undo_delivery(self):
        change, pieces = self.last
        self.last = None
        try:
            undone = not self.shop.undo(change).conflicts
        except CrmError:
            undone = False
        assert undone == (self.state != "done" and not self.billed and 0 <= self.out - pieces <= 3)
        if undone:
            self.out -= pieces

    @rule()
    def invoice(self):
        change = self.act("invoice")
        assert bool(change) == (self.state in ("confirmed", "done") and self.out > self.billed or (self.state == "cancelled" and self.out > self.billed))
        if change:
            made = self.shop.all(Invoice, order_id=self.order)[-1]
            assert made.total == 33_33 * (self.out - self.billed)
            self.billed, self.owed[made.id] = self.out, made.total

    @precondition(lambda self: any(self.owed.values()))
    @rule(data=st.data())
    def pay(self, data):
        invoice = data.draw(st.sampled_from(sorted(one for one, owed in self.owed.items() if owed)))
        amount = data.draw(st.integers(1, self.owed[invoice] + 1))
        paid = self.act("pay", {"amount": amount}, "sales.invoice", invoice)
        assert bool(paid) == (amount <= self.owed[invoice])
        if paid:
            self.owed[invoice] -= amount
            self.got += amount
            self.completed()

    @precondition(lambda self: self.got)
    @rule()
    def take_back(self):
        payment = [one for one in self.shop.all(Payment, returned=None) if one.customer_id == self.shop.customer][-1]
        allocation = self.shop.all(Allocation, payment_id=payment.id)[0]
        if allocation.invoice_id in self.owed:
            assert self.act("take_back", {"reason": "bounced"}, "sales.payment", payment.id)
            self.owed[allocation.invoice_id] += payment.amount
            self.got -= payment.amount
            if self.state == "done":
                self.state = "confirmed"

    @rule()
    def cancel(self):
        change = self.act("cancel", {"reason": "no more"})
        assert bool(change) == (self.state in ("draft", "confirmed"))
        if change:
            self.state = "cancelled"

    @precondition(lambda self: self.confirming and self.state in ("confirmed", "cancelled", "done"))
    @rule()
    def undo_confirm(self):
        try:
            undone = self.shop.undo(self.confirming).done > 0
        except CrmError:
            undone = False
        if self.state == "confirmed" and not self.out and not self.billed:
            if undone:
                self.state, self.confirming = "draft", None
        else:
            assert not undone or self.shop.row("sales.order", self.order).state == self.state

    def completed(self):
        if self.state == "confirmed" and self.out == 3 and self.got >= self.total:
            self.state = "done"

    @invariant()
    def it_is_as_the_model_says(self):
        row = self.shop.row("sales.order", self.order)
        assert (row.state, row.told) == (self.state, self.state)
        assert self.shop.items(self.order)[0].delivered == self.out * 1000
        assert (row.invoiced, row.paid) == (self.billed * 33_33, self.got)
        assert {one.id: one.remaining for one in self.shop.all(Invoice, order_id=self.order)} == self.owed


def test_orders_as_a_model_in_memory_has_them(shop):  # noqa: F811
    Machine.shop = shop
    run_state_machine_as_test(Machine, settings=settings(max_examples=12, stateful_step_count=14, deadline=None, database=None))


def test_what_comes_back_after_a_new_invoice_is_credited_by_the_piece(shop):  # noqa: F811
    """An invoice was credited whole and made anew: the pieces of the first credit note are none that came back."""
    order = shop.order((10_000, 10_00), customer=shop.new_customer())
    shop.run("deliver", order)
    shop.run("invoice", order)
    wrong, = shop.all(Invoice, order_id=order)
    shop.run("credit", wrong.id, {"reason": "wrong title"}, resource="sales.invoice")
    shop.run("invoice", order)
    again = shop.all(Invoice, order_id=order)[-1]
    shop.run("pay", again.id, resource="sales.invoice")
    assert shop.row("sales.order", order).state == State.done
    shop.deliver(order, -3_000)
    shop.run("credit_returns", order)
    note = shop.all(Invoice, order_id=order)[-1]
    (line,) = shop.all(InvoiceItem, invoice_id=note.id)
    assert (note.credits_id, note.total, line.item_id, line.quantity) == (again.id, -30_00, shop.items(order)[0].id, -3_000)
    with pytest.raises(Refused, match="come back"):
        shop.run("credit_returns", order)
    shop.deliver(order, -2_000)
    shop.run("credit_returns", order)
    assert [one.total for one in shop.all(Invoice, order_id=order)] == [100_00, -100_00, 100_00, -30_00, -20_00]


def test_an_order_is_not_completed_by_what_was_credited_and_invoiced_again(shop):  # noqa: F811
    order = shop.order((10_000, 10_00), customer=shop.new_customer())
    shop.run("deliver", order)
    shop.run("invoice", order)
    shop.run("credit", shop.all(Invoice, order_id=order)[0].id, {"reason": "wrong title"}, resource="sales.invoice")
    shop.run("invoice", order)
    shop.deliver(order, -3_000)
    shop.run("pay", shop.all(Invoice, order_id=order)[-1].id, resource="sales.invoice")
    assert shop.row("sales.order", order).state == State.confirmed, "three came back, are paid and not credited"
    shop.run("credit_returns", order)
    assert shop.row("sales.order", order).state == State.done


@pytest.fixture
def regular(shop):  # noqa: F811
    """A customer who had 3 of one product and a text by a completed order, and has had two others before."""
    class Regular:
        customer = shop.new_customer()
        pen, ink, pad = (shop.make("core.product", name=name, english=name, price=price) for name, price in (("Pen", 10_00), ("Ink", 20_00), ("Pad", 30_00)))

        def order(self, *items, done=True, **more):
            made = shop.order(*[(0, 0, one) for one in items], customer=self.customer, **more)
            if done:
                shop.run("deliver", made)
                shop.run("invoice", made)
                shop.run("pay", shop.all(Invoice, order_id=made)[0].id, resource="sales.invoice")
            return made

        def orders(self):
            return shop.all(Order, customer_id=self.customer)

    one = Regular()
    one.order({"product": one.ink, "quantity": 2_000, "price": None, "what": ""}, {"product": one.pad, "quantity": 1_000, "price": None, "what": ""})
    one.order({"product": one.pen, "quantity": 3_000, "price": 1_00, "what": "", "discount": 5_000}, {"what": "Delivery", "quantity": 1_000, "price": 5_00, "product": None})
    return one


def test_ordered_again_in_one_step_at_the_prices_of_today(shop, regular):  # noqa: F811
    with shop.house.system():
        shop.resource("core.product").write([{"id": regular.pen, "price": 11_00}])
    web = shop.ann.browser()
    answer = web("POST", f"/core/customer/{regular.customer}/do/order_again")
    made = regular.orders()[-1]
    assert (answer.status_code, answer.location, made.state) == (303, f"/sales/order/{made.id}", State.draft)
    assert [(one.product_id, one.what, one.quantity, one.price, one.discount) for one in shop.items(made.id)] == [
        (regular.pen, "Pen", 3_000, 11_00, 0), (None, "Delivery", 1_000, 5_00, 0)], "no old price, and no old discount"
    shop.run("confirm", made.id, who=shop.ann)
    assert shop.row("sales.order", made.id).state == State.confirmed


def test_what_is_not_on_sale_is_left_out_and_said(shop, regular):  # noqa: F811
    with shop.house.system():
        shop.resource("core.product").write([{"id": regular.pen, "life": "phased_out"}])
    web = shop.ann.browser()
    answer = web("POST", f"/core/customer/{regular.customer}/do/order_again")
    assert [one.what for one in shop.items(regular.orders()[-1].id)] == ["Delivery"]
    assert "Not on sale any more, and left out: Pen" in web("GET", answer.location, Accept_Language="en").text
    nobody = shop.new_customer()
    assert web("POST", f"/core/customer/{nobody}/do/order_again").status_code == 409


def test_who_seeks_the_price_finds_the_short_way_open_and_pressed_twice_it_is_one_order(shop, regular):  # noqa: F811
    web = shop.ann.browser()
    url = f"/core/customer/{regular.customer}/panel/again"
    closed = web("GET", url, Accept_Language="en").text
    assert "3 × 10<" in closed and "btn-primary" not in closed
    with shop.house.system(), writing():
        reckoning.again([regular.customer])
        proposing.hold(regular.customer, "intrinsic", None)
    box = web("GET", url, Accept_Language="en").text
    assert "He seeks the price" in box and "btn-primary" in box
    fields = dict(re.findall(r'name="(n\d+|after)" value="([^"]*)"', box))
    ink = next(one for one in shop.all("sales.order_item", product_id=regular.ink))
    sent = {**fields, f"n{ink.id}": "4"}
    first, second = (web("POST", f"/sales/again/{regular.customer}", sent) for _twice in range(2))
    assert (first.status_code, second.location) == (303, first.location) and len(regular.orders()) == 3
    assert [(one.what, one.quantity) for one in shop.items(regular.orders()[-1].id)] == [("Pen", 3_000), ("Delivery", 1_000), ("Ink", 4_000)]
    assert web("POST", f"/sales/again/{regular.customer}", {**fields, f"n{ink.id}": "many"}).status_code == 422
    assert shop.wu.browser()("POST", f"/sales/again/{regular.customer}", sent).status_code == 403
    other = shop.house.person("nosy", roles=["user"])
    assert other.browser()("POST", f"/sales/again/{regular.customer}", sent).status_code == 404


def test_nobody_is_offered_what_only_others_may_do_with_a_record(shop):  # noqa: F811
    """Who may do something with records of his own and only read this one, as a head of department who keeps the books: no button leads to a page he does not have."""
    order = shop.order((3000, 10_00))
    head = shop.house.person("bookkeeping-head", roles=["supervisor", "accountant"], department="books")
    page = shop.ann.browser()("GET", f"/sales/order/{order}").text
    assert f"/sales/order/{order}/print" in page and "Deliver a part" in shop.ann.browser()("GET", f"/sales/order/{order}/panel/progress").text
    page, panel = (head.browser()("GET", f"/sales/order/{order}{part}") for part in ("", "/panel/progress"))
    assert page.status_code == panel.status_code == 200
    assert f"/sales/order/{order}/print" not in page.text and "Deliver a part" not in panel.text
    account = head.browser()("GET", f"/core/customer/{shop.customer}/panel/account").text
    assert "print/statement" in account and head.browser()("GET", f"/core/customer/{shop.customer}/print/statement").status_code == 200
