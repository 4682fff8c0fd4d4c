"""Money: exact to the cent, counted once whoever is at it at the same time, aged, stated."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from crm_sales.credit.services import accounts
from crm_sales.orders.models import Delivery, OrderItem
from crm_sales.receivables import papers, services
from crm_sales.receivables.models import Allocation, Invoice, Payment
from crm_sales.receivables.reports import BUCKETS, bucket
from crm_sales.settings import QuoteSettings
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.resource.settings import put
from crm_core.sdk import Invalid, Refused, amounts, session, system_scope, writing
from plugins.sales.tests.money_shop import CrmError, Shop, shop, the_day  # noqa: F401
from plugins.sales.tests.test_orders import _job
from tests.support import ENGINES
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
    with pytest.raises(Invalid, match="taken already"):
        shop.write("sales.payment", **paid, reference="B-1")
    with pytest.raises(Invalid, match="stays as it is"):
        shop.write("sales.payment", id=made, amount=1)


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
    invoiced(shop, 10_00)
    browser = shop.boss.browser()
    page = browser("GET", f"/core/customer/{shop.customer}/print/statement")
    for path in (f"/core/customer/{shop.customer}", "/reports/sales.ageing", "/reports/sales.receipts", "/reports/sales.products", "/reports/sales.realised", "/sales/invoice?columns=remaining"):
        assert browser("GET", path).status_code == 200, path
    assert page.status_code == 200 and "Closing balance" in page.text
    assert browser("GET", f"/core/customer/{shop.customer}/print/reminder").status_code == 200


# --- at once (R5, R6) -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=ENGINES)
def busy(request, empty_house, plugins, tmp_path_factory):
    """A house on each engine, in which many are at work at once."""
    if request.param == "sqlite":
        made, url = Shop(tmp_path_factory.mktemp("busy"), plugins, like=empty_house), None
    else:
        cluster = request.getfixturevalue("postgres")
        url = cluster.create()
        made = Shop(tmp_path_factory.mktemp("busy"), plugins, url=url)
    made.engine = request.param
    yield made
    made.house.close()
    if url:
        cluster.drop(url)


def at_once(count, call):
    """Do it in so many threads; how many times it worked, and what was refused."""
    ready, worked, refused = threading.Barrier(count), [], []

    def one(n):
        ready.wait()
        try:
            call(n)
            worked.append(n)
        except CrmError as error:
            refused.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(worked) + len(refused) == count
    return len(worked)


def test_nothing_goes_out_twice(busy):
    order = busy.order((5000, 10_00))
    part = {"parts": {busy.items(order)[0].id: 1000}}
    actor = busy.boss.actor

    def send(_n):
        with busy.house.site.work(actor):
            busy.resource("sales.order").run("deliver_part", [order], part)

    assert at_once(12, send) == 5
    assert busy.items(order)[0].delivered == 5000
    assert len(busy.all(Delivery, order_id=order)) == 5


def test_money_for_several_invoices_of_a_contract_at_once_is_laid_to_its_plan_once(busy):
    with busy.house.system():
        put(QuoteSettings, {"signed_file": False})
    one = busy.write("sales.contract", customer=busy.customer, name="Pages", items=[{"what": "x", "quantity": 1000, "price": 100_00, "rate": 600}],
                     payments=[{"what": "First", "share": 30_00}, {"what": "Rest", "share": 70_00}])
    busy.run("sign", one, resource="sales.contract")
    invoices, actor = [invoiced(busy, 20_00, contract=one) for _n in range(4)], busy.boss.actor

    def pay(n):
        with busy.house.site.work(actor):
            busy.resource("sales.invoice").run("pay", [invoices[n]], {})

    assert at_once(4, pay) == 4
    assert (busy.row("sales.contract", one).paid, [row.paid for row in busy.all("sales.contract_payment", contract_id=one)]) == (80_00, [30_00, 50_00])


def test_an_instalment_is_invoiced_once_whoever_is_at_it(busy):
    with busy.house.system():
        put(QuoteSettings, {"signed_file": False})
    one = busy.write("sales.contract", customer=busy.customer, name="Pages", items=[{"what": "x", "quantity": 1000, "price": 100_00, "rate": 600}],
                     payments=[{"what": "First", "share": 30_00, "due": busy.today}, {"what": "Rest", "share": 70_00}])
    busy.run("sign", one, resource="sales.contract")
    line, actor = busy.all("sales.contract_payment", contract_id=one)[0].id, busy.boss.actor

    def invoice(n):
        with busy.house.site.work(actor):
            if n % 2:
                busy.resource("sales.contract").run("invoice_due", [one])
            else:
                busy.resource("sales.contract_payment").run("invoice", [line])

    assert at_once(6, invoice) == 1
    made, = busy.all(Invoice, contract_id=one)
    with pytest.raises(sa.exc.IntegrityError), busy.house.system(), writing() as db:  # the control: without the question the key still holds
        db.add(Invoice(customer_id=made.customer_id, contract_id=one, instalment_id=line, turn=0, currency="CNY", day=busy.today))
        db.flush()


def test_nothing_is_invoiced_or_paid_twice_and_numbers_have_no_gaps(busy):
    customer, actor = busy.new_customer(), busy.boss.actor
    order = busy.order((5000, 10_00), customer=customer)
    busy.run("deliver", order)

    def invoice(_n):
        with busy.house.site.work(actor):
            busy.resource("sales.order").run("invoice", [order])

    assert at_once(8, invoice) == 1
    made, = busy.all(Invoice, order_id=order)

    def pay(_n):
        with busy.house.site.work(actor):
            busy.resource("sales.invoice").run("pay", [made.id], {"amount": 20_00})

    assert at_once(8, pay) == 2
    assert busy.row("sales.invoice", made.id).remaining == 10_00

    def issue(n):
        with busy.house.site.work(actor):
            busy.resource("sales.invoice").write([{"customer": customer, "items": [{"what": f"n{n}", "quantity": 1000, "price": 1_00}]}])

    assert at_once(50, issue) == 50
    numbers = sorted(int(one.number.rpartition("-")[2]) for one in busy.all(Invoice))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_same_key_twenty_times_is_one_payment(busy):
    customer = busy.new_customer()
    api = busy.boss.api()
    body = {"customer": customer, "day": busy.today.isoformat(), "amount": 100_00}
    answers = []

    def send(_n):
        answer = api("POST", "/sales/payment", body, Idempotency_Key="k-1")
        answers.append((answer.status_code, answer.get_json().get("id") if answer.status_code == 201 else None))

    at_once(20, send)
    assert len(busy.all(Payment, customer_id=customer)) == 1
    made = {one for status, one in answers if status == 201}
    assert len(made) == 1 and {status for status, _one in answers} <= {201, 409}
    assert api("POST", "/sales/payment", {**body, "amount": 1}, Idempotency_Key="k-1").status_code == 422
    assert api("POST", "/sales/payment", body, Idempotency_Key="k-2").status_code == 201  # the control: another key is another payment
    assert len(busy.all(Payment, customer_id=customer)) == 2


def test_two_payments_are_not_both_counted_for_one_invoice(busy):
    customer, actor = busy.new_customer(), busy.boss.actor
    invoice = invoiced(busy, 100_00, customer=customer)
    payments = [busy.write("sales.payment", customer=customer, day=busy.today, amount=100_00) for _n in range(4)]

    def allocate(n):
        with busy.house.site.work(actor):
            busy.resource("sales.payment").run("allocate", [payments[n]])

    assert at_once(4, allocate) == 1
    assert sum(one.amount for one in busy.all(Allocation, invoice_id=invoice)) == 100_00


def test_without_the_lock_they_are(busy, monkeypatch):
    """The negative control: that it is the lock which keeps two from both paying the same invoice."""
    if busy.engine == "sqlite":
        pytest.skip("one writer at a time: there is nothing the lock could keep")
    customer, actor = busy.new_customer(), busy.boss.actor
    invoice = invoiced(busy, 100_00, customer=customer)
    payments = [busy.write("sales.payment", customer=customer, day=busy.today, amount=100_00) for _n in range(2)]
    both, real = threading.Barrier(2), services._keep

    def keep(*given):  # both have counted what was paid by now, and neither has seen the other
        both.wait(timeout=20)
        real(*given)

    monkeypatch.setattr(services, "hold", lambda invoices, _payments=(): sorted(set(invoices)))
    monkeypatch.setattr(services, "_keep", keep)

    def allocate(n):
        with busy.house.site.work(actor):
            busy.resource("sales.payment").run("allocate", [payments[n]])

    assert at_once(2, allocate) == 2
    assert sum(one.amount for one in busy.all(Allocation, invoice_id=invoice)) == 200_00


def test_an_invoice_is_written_off_once_and_never_for_more_than_was_not_paid(busy):
    """Several write it off, and money comes: by its act, and by a payment that names the invoice."""
    actor = busy.boss.actor

    def off(row):
        busy.resource("sales.invoice").run("write_off", [row], {"reason": "gone"})

    def pay(row, amount):
        busy.resource("sales.invoice").run("pay", [row], {"amount": amount})

    def came(row, amount):
        busy.resource("sales.payment").write([{"customer": busy.customer, "day": busy.today, "amount": amount, "allocations": [{"invoice": row, "amount": amount}]}])

    for works, ends, *acts in (
            ({1}, {("lost", 0, 100_00)}, off, off, off),
            ({1}, {("lost", 0, 100_00), ("paid", 100_00, 0)}, off, lambda row: pay(row, 100_00)),
            ({1, 2}, {("lost", 0, 100_00), ("lost", 40_00, 60_00)}, off, lambda row: pay(row, 40_00)),  # the act of an invoice that is lost is gone, money that is booked for it counts
            ({3}, {("lost", 70_00, 30_00)}, off, lambda row: came(row, 30_00), lambda row: came(row, 40_00)),
            ({1, 2}, {("lost", 60_00, 40_00), ("paid", 100_00, 0)}, off, lambda row: came(row, 60_00), lambda row: came(row, 100_00))):
        made = invoiced(busy, 100_00)

        def go(n, made=made, acts=acts):
            with busy.house.site.work(actor):
                acts[n](made)

        assert at_once(len(acts), go) in works
        one = busy.row("sales.invoice", made)
        assert (str(one.state), one.paid, one.written) in ends and one.paid + one.written + one.remaining == 100_00
        assert sum(row.amount for row in busy.all(Allocation, invoice_id=made)) == one.paid


def partly_paid(busy):
    """An invoice of 100, and the payment that 40 of it were paid with."""
    invoice = invoiced(busy, 100_00)
    return invoice, busy.write("sales.payment", customer=busy.customer, day=busy.today, amount=40_00, allocations=[{"invoice": invoice, "amount": 40_00}])


def by_act(busy, invoice):
    busy.resource("sales.invoice").run("write_off", [invoice], {"reason": "gone"})


def back_and_off(busy, invoice, payment, off=by_act):
    """The payment is taken back and the rest written off in the same moment. Returns the invoice."""
    actor = busy.boss.actor

    def go(n):
        with busy.house.site.work(actor):
            if n:
                off(busy, invoice)
            else:
                busy.resource("sales.payment").run("take_back", [payment], {"reason": "it bounced"})

    assert at_once(2, go) == 2
    return busy.row("sales.invoice", invoice)


def test_money_that_is_taken_back_meanwhile_is_lost_too(busy):
    one = back_and_off(busy, *partly_paid(busy))
    assert (str(one.state), one.paid, one.written, one.remaining) == ("lost", 0, 100_00, 0)


def test_without_the_lock_what_was_written_off_is_open_again(busy, monkeypatch):
    """The negative control: who takes money back in the same moment has not seen that the invoice was written off."""
    if busy.engine == "sqlite":
        pytest.skip("one writer at a time: there is nothing the lock could keep")
    both, real, made = threading.Barrier(2), services._keep, partly_paid(busy)

    def keep(*given):
        both.wait(timeout=20)
        real(*given)

    def off(_busy, invoice):  # what the act does in the end: the act itself, like all that is changed by hand, also holds its record
        with writing(), system_scope("a test") as db:
            db.execute(sa.update(Invoice).where(Invoice.id == invoice).values(written_on=busy.today).execution_options(synchronize_session=False))
            services.settle([invoice])

    monkeypatch.setattr(services, "hold", lambda invoices, _payments=(): sorted(set(invoices)))
    monkeypatch.setattr(services, "_keep", keep)
    one = back_and_off(busy, *made, off)
    assert one.written_on is not None and (str(one.state), one.paid, one.written) != ("lost", 0, 100_00)
