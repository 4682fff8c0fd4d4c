"""Money: exact to the cent, counted once whoever is at it at the same time, aged, stated."""

import datetime as dt
import html
import re

import pytest
import sqlalchemy as sa
from crm_sales.credit.services import accounts
from crm_sales.orders.models import OrderItem
from crm_sales.receivables import papers, services
from crm_sales.receivables.models import Allocation, Invoice, Payment
from crm_sales.receivables.reports import BUCKETS, bucket
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.sdk import Invalid, Refused, amounts, in_language, session
from crm_core.web.frame import role_name
from plugins.sales.tests.money_shop import CrmError, Shop, shop, the_day  # noqa: F401
from plugins.sales.tests.test_orders import _job
from tests.support.fixtures import postgres  # noqa: F401


def invoiced(shop, amount, *, day=None, customer=None, **values):  # noqa: F811
    """An issued invoice written by hand."""
    made = shop.write("sales.invoice", customer=customer or shop.customer, day=day, items=[{"what": "x", "quantity": 1000, "price": amount, "rate": 600}], **values)
    shop.run("issue", made, resource="sales.invoice")
    return made


# --- exact -------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 10**7), st.integers(0, 99_99)), min_size=1, max_size=4), st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), max_size=5))
@settings(max_examples=200, deadline=None)
def test_invoices_of_any_deliveries_come_to_the_total(items, splits):
    """The lines of an order, delivered in whatever parts: the amounts of their invoices come to its amounts exactly, tax too."""
    for at, (pieces, price, discount) in enumerate(items):
        net, tax, amount = amounts.line(pieces * 1000, price, discount, 600, included=True)
        item = OrderItem(id=1, quantity=pieces * 1000, price=price, discount=discount, rate=600, net=net, tax=tax, amount=amount, what="x")
        had = (0, 0, 0)
        for part in [*(split[at] for split in splits), 40]:
            quantity = min(part * 1000, item.quantity - had[0])
            if quantity:
                line = services._line(item, quantity, had[0] + quantity, had, 1)
                assert line["net"] + line["tax"] == line["amount"] >= 0
                had = had[0] + quantity, had[1] + line["amount"], had[2] + line["net"]
        assert had == (item.quantity, amount, net)


def test_the_parts_of_an_order_come_to_its_total_in_the_database(shop):  # noqa: F811
    order = shop.order((7000, 14_29, {"discount": 3_33}), (3000, 33_33), customer=shop.new_customer())
    for parts in ((1000, 1000), (3000, 1000), (3000, 1000)):
        shop.deliver(order, *parts)
        shop.run("invoice", order)
    row, made = shop.row("sales.order", order), shop.all(Invoice, order_id=order)
    assert len(made) == 3
    assert (sum(one.total for one in made), sum(one.net for one in made), sum(one.tax for one in made)) == (row.total, row.net, row.tax)


def test_invoiced_ahead_and_nothing_twice(shop):  # noqa: F811
    order = shop.order((2000, 10_00))
    shop.run("invoice", order, {"ahead": True})
    with pytest.raises(Refused):
        shop.run("invoice", order, {"ahead": True})
    shop.run("deliver", order)
    with pytest.raises(Refused):
        shop.run("invoice", order)
    assert [one.total for one in shop.all(Invoice, order_id=order)] == [20_00]


def test_another_currency_keeps_the_rate_of_its_day(shop, today):  # noqa: F811
    shop.write("core.currency", code="USD")
    for day, rate in ((today - dt.timedelta(days=60), 7_00000000), (today - dt.timedelta(days=1), 7_20000000)):
        shop.write("core.currency_rate", currency="USD", day=day, rate=rate)
    customer = shop.new_customer()
    old = today - dt.timedelta(days=30)
    invoice = invoiced(shop, 100_00, customer=customer, currency="USD", day=old)
    row = shop.row("sales.invoice", invoice)
    assert (row.rate, row.worth, row.open_worth, row.due) == (7_00000000, 700_00, 700_00, old + dt.timedelta(days=30))
    with pytest.raises(Invalid, match="another currency"):
        shop.write("sales.payment", customer=customer, day=today, currency="CNY", amount=100, allocations=[{"invoice": invoice, "amount": 100}])
    shop.run("pay", invoice, {"amount": 50_00}, resource="sales.invoice")
    payment, = shop.all(Payment, customer_id=customer)
    allocation, = shop.all(Allocation, payment_id=payment.id)
    assert (payment.worth, allocation.gain) == (360_00, 10_00)
    assert shop.row("sales.invoice", invoice).open_worth == 350_00
    order = shop.order((1000, 100_00), customer=customer, currency="USD", day=today)
    assert shop.row("sales.order", order).worth == 720_00


# --- payments ------------------------------------------------------------------------------------------------------------


def test_a_payment_is_never_more_than_it_is(shop, today):  # noqa: F811
    customer = shop.new_customer()
    first, second = (invoiced(shop, 60_00, customer=customer) for _n in range(2))
    paid = {"customer": customer, "day": today, "amount": 100_00}
    for wrong in ([{"invoice": first, "amount": 60_01}], [{"invoice": first, "amount": 60_00}, {"invoice": second, "amount": 60_00}], [{"invoice": first, "amount": -1_00}]):
        with pytest.raises(CrmError):
            shop.write("sales.payment", **paid, allocations=wrong)
    with pytest.raises(Invalid, match="another customer"):
        shop.write("sales.payment", **paid, allocations=[{"invoice": invoiced(shop, 1_00), "amount": 1_00}])
    assert shop.all(Payment, customer_id=customer) == []
    made = shop.write("sales.payment", **paid, reference="B-1", allocations=[{"invoice": second, "amount": 30_00}])
    assert shop.row("sales.payment", made).unallocated == 70_00
    shop.run("allocate", made, resource="sales.payment")
    assert (shop.row("sales.invoice", first).state, shop.row("sales.invoice", second).remaining, shop.row("sales.payment", made).unallocated) == ("paid", 20_00, 0)
    with pytest.raises(Invalid, match="bank reference already"):
        shop.write("sales.payment", **paid, reference="B-1")
    with pytest.raises(Invalid, match="bank reference already"):  # by whatever door
        shop.run("pay", second, {"amount": 1_00, "reference": "B-1"}, resource="sales.invoice")
    with pytest.raises(Invalid, match="stays as it is"):
        shop.write("sales.payment", id=made, amount=1)


def test_what_was_taken_back_is_recorded_anew_with_its_bank_reference(shop, today):  # noqa: F811
    customer = shop.new_customer()
    paid = {"customer": customer, "day": today, "amount": 100_00, "reference": "B-2"}
    wrong = shop.write("sales.payment", **{**paid, "amount": 10_00})
    shop.run("take_back", wrong, {"reason": "typed wrong"}, resource="sales.payment")
    right = shop.write("sales.payment", **paid)
    shop.write("sales.payment", id=right, note="checked")
    with pytest.raises(Invalid, match="there twice"), shop.boss.work():
        shop.resource("sales.payment").write([{**paid, "reference": "B-3"}, {**paid, "reference": "B-3"}])
    other = shop.write("sales.payment", **{**paid, "reference": "B-4"})
    with pytest.raises(Invalid, match="bank reference already"):
        shop.write("sales.payment", id=other, reference="B-2")


def test_a_credit_note_for_what_was_paid_is_paid_back_once(shop):  # noqa: F811
    customer = shop.new_customer()
    invoice = invoiced(shop, 100_00, customer=customer)
    shop.run("pay", invoice, resource="sales.invoice")
    shop.run("credit", invoice, {"reason": "printed badly", "amount": 30_00}, resource="sales.invoice")
    note = shop.all(Invoice, credits_id=invoice)[0]
    assert (note.remaining, note.net + note.tax, shop.row("sales.invoice", invoice).remaining) == (-30_00, -30_00, 0)
    shop.run("pay", note.id, {"amount": 30_00}, resource="sales.invoice")
    assert shop.row("sales.invoice", note.id).remaining == 0
    with pytest.raises(Refused):
        shop.run("pay", note.id, {"amount": 1}, resource="sales.invoice")
    assert [one.amount for one in shop.all(Payment, customer_id=customer)] == [100_00, -30_00]


def test_an_issued_invoice_stays(shop):  # noqa: F811
    invoice = shop.write("sales.invoice", customer=shop.customer, items=[{"what": "x", "quantity": 1000, "price": 10_00}])
    change = shop.run("issue", invoice, resource="sales.invoice")
    with pytest.raises(Refused, match="is issued"):
        shop.undo(change)
    with pytest.raises(Refused, match="stays as it is"), shop.boss.work():
        shop.resource("sales.invoice").delete([invoice])
    with pytest.raises(Invalid, match="stays as it is"):
        shop.write("sales.invoice", id=invoice, title="another")
    shop.run("void", invoice, {"reason": "wrong title"}, resource="sales.invoice")
    assert (shop.row("sales.invoice", invoice).state, shop.row("sales.invoice", invoice).remaining) == ("cancelled", 0)


def test_what_is_cancelled_is_told_and_not_billed_twice(shop, monkeypatch):  # noqa: F811
    heard, real = [], services.emit
    monkeypatch.setattr(services, "emit", lambda event: (heard.append((type(event).__name__, event.ids)), real(event))[1])
    order = shop.order((1000, 10_00))
    shop.run("deliver", order)
    shop.run("invoice", order)
    first, = shop.all(Invoice, order_id=order)
    change = shop.run("void", first.id, {"reason": "wrong"}, resource="sales.invoice")
    shop.undo(change)
    assert heard == [("InvoicesIssued", (first.id,)), ("InvoicesCancelled", (first.id,)), ("InvoicesIssued", (first.id,))]
    change = shop.run("void", first.id, {"reason": "wrong"}, resource="sales.invoice")
    shop.run("invoice", order)
    with pytest.raises(Refused, match="than was ordered"):
        shop.undo(change)
    assert shop.row("sales.order", order).invoiced == 10_00


def test_invoices_written_by_hand_are_dealings(shop):  # noqa: F811
    customer = shop.new_customer()

    def told():
        return [one.amount for one in shop.all("core.dealing", source="sales", customer_id=customer)]

    invoice = invoiced(shop, 100_00, customer=customer)
    assert told() == [100_00]
    change = shop.run("void", invoice, {"reason": "wrong"}, resource="sales.invoice")
    assert told() == [0]
    shop.undo(change)
    shop.run("credit", invoice, {"reason": "late", "amount": 40_00}, resource="sales.invoice")
    assert told() == [100_00, -40_00]


def test_below_nothing_is_no_invoice_and_takes_no_payment(shop, today):  # noqa: F811
    customer = shop.new_customer()
    below = shop.write("sales.invoice", customer=customer, items=[{"what": "x", "quantity": 1000, "price": -1_00}])
    with pytest.raises(Refused, match="less than nothing"):
        shop.run("issue", below, resource="sales.invoice")
    with pytest.raises(Refused, match="less than nothing"):
        shop.order((1000, -1_00), customer=customer)
    free = shop.order((1000, 0), customer=customer)
    shop.run("deliver", free)
    assert shop.row("sales.order", free).state == "done"
    nothing = shop.order((1000, 10_00), (1000, -10_00), (1000, 5_00), customer=customer)
    shop.deliver(nothing, 1000, 1000)
    shop.run("invoice", nothing)
    with pytest.raises(CrmError):
        shop.write("sales.payment", customer=customer, day=today, amount=5_00, allocations=[{"invoice": shop.all(Invoice, order_id=nothing)[0].id, "amount": 5_00}])
    yen = shop.write("core.currency", code="JPY")
    assert yen
    shop.write("core.currency_rate", currency="JPY", day=today - dt.timedelta(days=1), rate=5000000)
    invoice = invoiced(shop, 100_00, customer=customer, currency="JPY")
    with pytest.raises(Invalid, match="no smaller amount"):
        shop.run("credit", invoice, {"reason": "x", "amount": 50}, resource="sales.invoice")


# --- how customers stand --------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(-40, 200), st.integers(0, 3)), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_ages_come_to_receivables_and_the_statement_closes_with_them(shop, rows):  # noqa: F811
    customer = shop.new_customer()
    day = shop.today
    for amount, late, paid in rows:
        invoice = invoiced(shop, amount, customer=customer, day=day - dt.timedelta(days=300), due=day - dt.timedelta(days=late))
        if paid and amount * paid // 3:
            shop.run("pay", invoice, {"amount": amount * paid // 3}, resource="sales.invoice")
    with shop.boss.work():
        table = Invoice.__table__
        seen = sa.select(table).where(table.c.customer_id == customer, table.c.state == "issued").subquery()
        with session.no_autoflush:
            ages = session.connection().execute(sa.select(*(bucket(seen, first, last) for _name, first, last in BUCKETS), sa.func.coalesce(sa.func.sum(seen.c.open_worth), 0)), execution_options={"crm_unscoped": "test"}).one()
        assert sum(ages[:-1]) == ages[-1] == accounts([customer])[customer].owed
        stated, = papers.statement(customer, day - dt.timedelta(days=10), day)
        assert stated["closing"] == ages[-1]
        assert stated["opening"] + sum(line[3] for line in stated["lines"]) == stated["closing"]


def test_owners_hear_of_a_late_invoice_once_for_each_step(shop, today):  # noqa: F811
    invoice = invoiced(shop, 10_00, customer=shop.new_customer(), day=today - dt.timedelta(days=60), due=today - dt.timedelta(days=3), owner=shop.ann.id)

    def told():
        with shop.house.system():
            return session.connection().scalar(sa.text("SELECT count(*) FROM core_notice WHERE subject = 'sales.invoice' AND subject_id = :id AND receiver_id = :ann"), {"id": invoice, "ann": shop.ann.id})

    for _twice in range(2):
        _job(shop, "sales.overdue")
    assert told() == 1
    shop.write("sales.invoice", id=invoice, due=today - dt.timedelta(days=16))
    _job(shop, "sales.overdue")
    assert told() == 2
    shop.run("remind", invoice, resource="sales.invoice")
    assert shop.row("sales.invoice", invoice).reminded == 1


def test_papers_and_reports(shop):  # noqa: F811
    made = invoiced(shop, 10_00)
    browser = shop.boss.browser()
    page = browser("GET", f"/core/customer/{shop.customer}/print/statement")
    for path in (f"/core/customer/{shop.customer}", "/reports/sales.ageing", "/reports/sales.receipts", "/reports/sales.products", "/reports/sales.realised", "/sales/invoice?columns=remaining"):
        assert browser("GET", path).status_code == 200, path
    assert page.status_code == 200 and "Closing balance" in page.text
    months = re.findall(r'href="(/sales/invoice[?]due\.between=[^"]+)"', browser("GET", "/reports/sales.receipts").text)  # a month leads to what was due in it
    invoice = shop.row("sales.invoice", made)
    assert any(invoice.number in browser("GET", html.unescape(address)).text for address in months)
    shop.order((1000, 100_00))
    assert '<rect width="100.0"' in browser("GET", "/reports/sales.products").text  # the bar is of the amount, not of the words before it
    assert browser("GET", f"/core/customer/{shop.customer}/print/reminder").status_code == 200


def test_more_than_remains_is_said_in_the_form_where_what_was_typed_stays(shop):  # noqa: F811
    order = shop.order((1000, 100_00))
    shop.run("deliver", order)
    shop.run("invoice", order)
    (invoice,) = shop.all(Invoice, order_id=order)
    answer = shop.boss.browser()("POST", f"/sales/invoice/{invoice.id}/do/pay", {"amount": "120", "reference": "BANK-7"})
    assert answer.status_code == 422
    assert "100.00 remain to be paid" in answer.text and "BANK-7" in answer.text
    assert shop.all(Payment, customer_id=invoice.customer_id) == []


def test_who_counts_the_money_words_the_reminders_and_is_called_so(shop):  # noqa: F811
    browser = shop.wu.browser()
    assert browser("GET", "/sales/reminder_text/new").status_code == 200
    with shop.house.system(), in_language("zh_Hans_CN"):
        assert str(role_name("Accountant", "Accountant")) == "财务"
    page = browser("GET", "/sales/stop").text
    assert "stopped until somebody releases them" in page and "ask your administrator" not in page


def test_lists_of_parts_say_names_and_amounts_as_people_read_them(shop, today):  # noqa: F811
    if not shop.all("core.currency", code="USD"):
        shop.write("core.currency", code="USD")
    shop.write("core.currency_rate", currency="USD", day=today - dt.timedelta(days=900), rate=7 * 10**8)
    order = shop.order((3000, 160_00), currency="USD")
    shop.run("deliver", order)
    shop.run("invoice", order)
    (invoice,) = shop.all(Invoice, order_id=order)
    shop.run("pay", invoice.id, {}, resource="sales.invoice")
    browser = shop.boss.browser()

    def cells(path):
        return re.sub(r"<[^>]+>", " ", browser("GET", path).text).replace("\xa0", " ").replace("&nbsp;", " ")

    assert "USD 480" in cells(f"/sales/allocation?invoice.any={invoice.id}") and "48000" not in cells(f"/sales/allocation?invoice.any={invoice.id}")
    assert "USD 160" in cells(f"/sales/order_item?order.any={order}")
    (delivery,) = shop.all("sales.delivery", order_id=order)
    assert "3000" not in cells(f"/sales/delivery_item?delivery.any={delivery.id}")
    deal = shop.write("sales.opportunity", name="Covers", customer=shop.customer)
    (visit,) = shop.all("sales.opportunity_stage", opportunity_id=deal)
    with shop.boss.work():
        stage = shop.resource("sales.stage").labels([visit.stage_id])[visit.stage_id]
    assert stage in cells(f"/sales/opportunity/{deal}?tab=sales.opportunity_stage") and stage in browser("GET", f"/sales/opportunity_stage/{visit.id}").text
    with shop.boss.work():
        assert shop.resource("sales.opportunity_stage").labels([visit.id]) == {visit.id: stage}


# --- whose money is ----------------------------------------------------------------------------------------------------


def test_money_is_of_whom_its_first_invoice_is(shop):  # noqa: F811
    """An accountant records it by a form, a file or the interface: the seller sees what came. Who is named has it; where she may not make records of
    the seller's, it is hers."""
    other = shop.house.person("otto", roles=["user"])
    customer = shop.new_customer()
    first, second = invoiced(shop, 100_00, customer=customer, owner=shop.ann.id), invoiced(shop, 50_00, customer=customer, owner=other.id)
    lone = shop.make.customer(owner=None, name="无主传媒有限公司")
    clerk = shop.house.person("clerk", {"core.customer.*": "all", "core.user.brief.read": "all", "sales.invoice.*": "all", "sales.payment.*": "own"})

    def paid(who=shop.wu, **values):
        return shop.row("sales.payment", shop.write("sales.payment", who=who, **{"customer": customer, "day": shop.today, "amount": 10_00, **values}))

    one = paid(allocations=[{"invoice": first, "amount": 6_00}, {"invoice": second, "amount": 4_00}])
    assert (one.owner_id, one.department_id) == (shop.ann.id, shop.ann.department)
    number = shop.row("sales.invoice", second).number
    named = paid(allocations=[{"invoice": number, "amount": 4_00}], customer=shop.row("core.customer", customer).name)  # as a file says it
    assert named.owner_id == other.id
    with shop.ann.work():
        assert shop.resource("sales.payment").sees(one.id) and not shop.resource("sales.payment").sees(named.id)
    assert paid().owner_id == shop.ann.id, "of no invoice: the customer's"
    assert paid(customer=lone).owner_id == shop.wu.id, "of nobody's customer: hers"
    assert paid(who=shop.boss, owner=shop.boss.id, allocations=[{"invoice": first, "amount": 1_00}]).owner_id == shop.boss.id, "named"
    assert paid(who=clerk, allocations=[{"invoice": first, "amount": 1_00}]).owner_id == clerk.id, "hers, as she may make none of Ann's"
    with shop.house.system():
        held = session.scalars(sa.select(Allocation.owner_id).where(Allocation.payment_id == one.id)).all()
    assert held == [shop.ann.id, shop.ann.id], "and its parts go with it"


def test_a_form_leaves_open_whose_money_is(shop):  # noqa: F811
    first = invoiced(shop, 100_00, owner=shop.ann.id)
    browser = shop.wu.browser()
    page = browser("GET", "/sales/payment/new").text
    token = page.partition('name="form_key" value="')[2].partition('"')[0]
    sent = {"customer": str(shop.customer), "day": shop.today.isoformat(), "amount": "5", "currency": "CNY", "way": "bank", "form_key": token,
            "allocations-0-invoice": str(first), "allocations-0-amount": "5", "owner": "", "department": ""}
    assert browser("POST", "/sales/payment/new", sent).status_code == 303
    (made,) = (one for one in shop.all(Payment, customer_id=shop.customer) if one.amount == 5_00)
    assert made.owner_id == shop.ann.id
