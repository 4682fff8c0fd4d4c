"""Nothing is delivered, invoiced, paid or written off twice, however many are at it at once; on both engines, with negative controls.
Long because whoever asks what is tried by many at once reads one file."""

import threading

import pytest
import sqlalchemy as sa
from crm_sales.api import InvoicesIssued, InvoicesWrittenOff
from crm_sales.contracts import paying
from crm_sales.contracts.models import Contract
from crm_sales.force import achieving, commission, listening
from crm_sales.force.commission_models import CommissionLine, Statement
from crm_sales.orders.models import Delivery
from crm_sales.receivables import covering, services
from crm_sales.receivables.models import Allocation, Invoice, Payment
from crm_sales.settings import QuoteSettings

from crm_core.kernel.outbox import drain
from crm_core.resource.settings import put
from crm_core.sdk import session, system_scope, writing
from plugins.sales.tests.money_shop import CrmError, Shop, shop, the_day  # noqa: F401
from plugins.sales.tests.test_receivables import invoiced
from tests.support import ENGINES
from tests.support.fixtures import postgres  # noqa: F401


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


def signed(busy, *payments, **values):
    """A signed contract of 100."""
    with busy.house.system():
        put(QuoteSettings, {"signed_file": False})
    one = busy.write("sales.contract", name="Pages", items=[{"what": "x", "quantity": 1000, "price": 100_00, "rate": 600}], payments=list(payments), **{"customer": busy.customer, **values})
    busy.run("sign", one, resource="sales.contract")
    return one


def of_plan(busy, one):
    """What was received for a contract, and for its instalments."""
    return busy.row("sales.contract", one).paid, [row.paid for row in busy.all("sales.contract_payment", contract_id=one)]


def paid_at_once(busy):
    """A contract with instalments of 30 and 70 and four invoices of 20, each paid in the same moment; and what they were paid with."""
    one = signed(busy, {"what": "First", "share": 30_00}, {"what": "Rest", "share": 70_00})
    invoices, actor = [invoiced(busy, 20_00, contract=one) for _n in range(4)], busy.boss.actor

    def pay(n):
        with busy.house.site.work(actor):
            busy.resource("sales.invoice").run("pay", [invoices[n]], {})

    assert at_once(4, pay) == 4
    return one, [busy.all(Allocation, invoice_id=invoice)[0].payment_id for invoice in invoices]


def bounced_at_once(busy, payments):
    actor = busy.boss.actor

    def back(n):
        with busy.house.site.work(actor):
            busy.resource("sales.payment").run("take_back", [payments[n]], {"reason": "it bounced"})

    assert at_once(len(payments), back) == len(payments)


def test_money_for_several_invoices_of_a_contract_at_once_is_laid_to_its_plan_once(busy):
    one, payments = paid_at_once(busy)
    assert of_plan(busy, one) == (80_00, [30_00, 50_00])
    bounced_at_once(busy, payments[:2])
    assert of_plan(busy, one) == (40_00, [30_00, 10_00])


@pytest.mark.parametrize("busy", ["postgresql"], indirect=True)  # SQLite has one writer at a time: there is nothing the lock could keep
def test_without_the_lock_of_the_contract_money_stays_that_bounced(busy, monkeypatch):
    """The negative control: each counts what came while the other's payment is still there. (Who records a payment has waited for its number before.)"""
    one, payments = paid_at_once(busy)
    both, mine = threading.Barrier(2), threading.local()

    def held(db, ids):
        if not getattr(mine, "met", False):
            mine.met = True
            both.wait(timeout=20)
        return db.execute(sa.select(*paying.HEAD).where(Contract.id.in_(ids))).all()

    monkeypatch.setattr(paying, "held", held)
    bounced_at_once(busy, payments[:2])
    assert of_plan(busy, one) == (60_00, [30_00, 30_00])


def amended_at_once(busy, before=lambda: None):
    """A contract of 100 whose amendments of 20 and 30 are signed in the same moment. Returns the contract."""
    one, actor = signed(busy, {"what": "All", "share": 100_00}), busy.boss.actor
    drafts = []
    for amount in (20_00, 30_00):
        busy.run("amend", one, resource="sales.contract")
        drafts.append(max(row.id for row in busy.all("sales.contract", amends_id=one)))
        busy.write("sales.contract", id=drafts[-1], items=[{"what": "more", "quantity": 1000, "price": amount, "rate": 600}])
    before()

    def sign(n):
        with busy.house.site.work(actor):
            busy.resource("sales.contract").run("sign", [drafts[n]])

    assert at_once(2, sign) == 2
    return busy.row("sales.contract", one)


def test_amendments_signed_at_once_both_count(busy):
    assert amended_at_once(busy).agreed == 150_00


@pytest.mark.parametrize("busy", ["postgresql"], indirect=True)  # SQLite has one writer at a time: there is nothing the lock could keep
def test_without_the_lock_of_the_contract_one_of_them_is_missed(busy, monkeypatch):
    """The negative control: each counts before the other is signed."""
    both, mine = threading.Barrier(2), threading.local()

    def held(db, ids):
        mine.times = getattr(mine, "times", 0) + 1
        if mine.times == 2:  # the first time it is held before it is signed, then to be counted
            both.wait(timeout=20)
        return db.execute(sa.select(*paying.HEAD).where(Contract.id.in_(ids))).all() if mine.times < 3 else []  # who counted waits for nobody, so he does it once

    assert amended_at_once(busy, lambda: monkeypatch.setattr(paying, "held", held)).agreed in (120_00, 130_00)


def test_an_instalment_is_invoiced_once_whoever_is_at_it(busy):
    one = signed(busy, {"what": "First", "share": 30_00, "due": busy.today}, {"what": "Rest", "share": 70_00})
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


def test_orders_of_a_contract_that_are_confirmed_cancelled_and_paid_at_once_share_what_came(busy):
    customer, actor = busy.new_customer(), busy.boss.actor
    one = signed(busy, {"what": "All", "share": 100_00}, owner=busy.ann.id, customer=customer)
    busy.run("invoice", busy.all("sales.contract_payment", contract_id=one)[0].id, resource="sales.contract_payment")
    invoice, = busy.all(Invoice, contract_id=one)
    before = busy.order((1000, 50_00), customer=customer, contract=one)
    orders = [busy.order((1000, 40_00), customer=customer, contract=one, confirmed=False) for _n in range(3)]
    acts = [*(("sales.order", "confirm", row, {}) for row in orders), *(("sales.invoice", "pay", invoice.id, {"amount": 30_00}) for _n in range(4)), ("sales.order", "cancel", before, {"reason": "x"})]

    def act(n):
        resource, name, row, values = acts[n]
        with busy.house.site.work(actor):
            busy.resource(resource).run(name, [row], values)

    assert at_once(len(acts), act) == 7  # a fourth payment is more than the invoice
    rows = [busy.row("sales.order", row) for row in (before, *orders)]
    assert [(row.invoiced, row.paid) for row in rows] == [(0, 0), (40_00, 40_00), (40_00, 40_00), (20_00, 10_00)]
    with busy.house.system():
        assert {row.id: (row.invoiced, row.paid) for row in rows} == {key: found[:2] for key, found in covering.money(orders).items()}
    assert sum(deal.amount for deal in busy.all("core.dealing", source="sales", customer_id=customer)) == 0  # all of it is for orders that are not delivered yet


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


@pytest.mark.parametrize("busy", ["postgresql"], indirect=True)  # SQLite has one writer at a time: there is nothing the lock could keep
def test_without_the_lock_they_are(busy, monkeypatch):
    """The negative control: that it is the lock which keeps two from both paying the same invoice."""
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


@pytest.mark.parametrize("busy", ["postgresql"], indirect=True)  # SQLite has one writer at a time: there is nothing the lock could keep
def test_without_the_lock_what_was_written_off_is_open_again(busy, monkeypatch):
    """The negative control: who takes money back in the same moment has not seen that the invoice was written off."""
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


# --- commission --------------------------------------------------------------------------------------------------------


def rule(busy, basis):
    """10 % of commission on this, for everybody."""
    if not busy.all("sales.commission_policy", basis=basis):
        busy.write("sales.commission_policy", name="Rule", basis=basis, begins=busy.today.replace(day=1), tiers=[{"above": 0, "percent": 1_000}])


def sold(busy):
    """An invoice of 100 that earns 10 % of commission, of which nobody has heard, and the payment that 40 of it were paid with."""
    rule(busy, "invoice")
    invoice = busy.write("sales.invoice", who=busy.ann, customer=busy.customer, day=busy.today, items=[{"what": "x", "quantity": 1000, "price": 100_00, "rate": 0}])
    busy.run("issue", invoice, resource="sales.invoice")
    return invoice, busy.write("sales.payment", customer=busy.customer, day=busy.today, amount=40_00, allocations=[{"invoice": invoice, "amount": 40_00}])


def hear(busy, listener, event):
    """As the house hears it."""
    with busy.house.system(), writing():
        listener(event)


def written_off(busy, invoice):
    """The rest is written off, and heard of."""
    busy.run("write_off", invoice, {"reason": "gone"}, resource="sales.invoice")
    hear(busy, listening.written_off, InvoicesWrittenOff((invoice,)))


def lines_of(busy, invoice):
    return [one.amount for one in busy.all(CommissionLine, source=f"invoice:{invoice}")]


def test_a_loss_is_held_back_as_it_is_in_the_end_whoever_hears_of_it(busy):
    """Several hear of it at once: first with the invoice, then while money is taken back and all of it is lost. Nothing is held back twice, and given back."""
    for _turn in range(3):
        invoice, payment = sold(busy)

        def go(n, invoice=invoice):
            if n:
                hear(busy, listening.invoiced, InvoicesIssued((invoice,)))
            else:
                written_off(busy, invoice)

        assert at_once(2, go) == 2
        assert lines_of(busy, invoice) == [10_00, -6_00]

        def back(n, invoice=invoice, payment=payment):
            if n == 0:
                busy.run("take_back", payment, {"reason": "it bounced"}, resource="sales.payment")
            hear(busy, listening.written_off, InvoicesWrittenOff((invoice,)))

        assert at_once(4, back) == 4
        assert lines_of(busy, invoice) == [10_00, -6_00, -4_00]
        drain(busy.house.site)
        assert lines_of(busy, invoice) == [10_00, -6_00, -4_00]


@pytest.mark.parametrize("busy", ["postgresql"], indirect=True)  # SQLite has one writer at a time: there is nothing the lock could keep
def test_without_the_lock_a_loss_is_missed(busy, monkeypatch):
    """The negative control: commission is earned by who has read that nothing is lost, while who writes off sees no commission yet."""
    invoice, _payment = sold(busy)
    read, over, asked, real = threading.Event(), threading.Event(), [], achieving.lost_of_invoice

    def lost(*given):
        found = real(*given)
        asked.append(found)
        if len(asked) == 2:  # it is read twice: before credit notes, and after them
            read.set()
            assert over.wait(timeout=20)
        return found

    monkeypatch.setattr(listening, "_hold", lambda *_given, **_named: None)

    def go(n):
        if n:
            hear(busy, listening.invoiced, InvoicesIssued((invoice,)))
            return
        assert read.wait(timeout=20)
        written_off(busy, invoice)
        over.set()

    monkeypatch.setattr(achieving, "lost_of_invoice", lost)
    assert at_once(2, go) == 2
    assert lines_of(busy, invoice) == [10_00]


@pytest.fixture(scope="module")
def shared(busy):
    """Invoices of the plans of two contracts, written off, of which the sales force has not heard: each contract has an order of 60 and one of 40 of the same
    two sellers, whose is whose the other way round. A function that makes two such."""
    rule(busy, "order")
    sellers = [busy.house.person(name, roles=["user"]).id for name in ("xu", "yi")]

    def made():
        found = []
        for owners in (sellers, sellers[::-1]):
            customer = busy.new_customer()
            one = signed(busy, {"what": "All", "share": 100_00}, customer=customer)
            busy.run("invoice", busy.all("sales.contract_payment", contract_id=one)[0].id, resource="sales.contract_payment")
            for owner, amount in zip(owners, (60_00, 40_00), strict=True):
                busy.order((1000, amount, {"rate": 0}), who=busy.boss, customer=customer, contract=one, owner=owner)
            found.append(busy.all(Invoice, contract_id=one)[0].id)
        drain(busy.house.site)
        for invoice in found:
            busy.run("write_off", invoice, {"reason": "gone"}, resource="sales.invoice")
        return found

    return made, sellers


def commission_of(busy, person):
    with busy.house.system():
        return session.scalar(sa.select(sa.func.sum(CommissionLine.amount)).join(Statement, Statement.id == CommissionLine.statement_id).where(Statement.owner_id == person))


def test_losses_of_contracts_with_the_same_sellers_wait_for_each_other_in_one_order(busy, shared):
    made, sellers = shared
    for _turn in range(2):
        invoices = made()
        assert at_once(4, lambda n, invoices=invoices: hear(busy, listening.written_off, InvoicesWrittenOff((invoices[n % 2],)))) == 4
        assert [commission_of(busy, one) for one in sellers] == [0, 0]
        drain(busy.house.site)
        assert [commission_of(busy, one) for one in sellers] == [0, 0]


@pytest.mark.parametrize("busy", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_held_one_after_the_other_they_wait_for_ever(busy, shared, monkeypatch):
    """The negative control: each has the statement of the seller of its first order, and wants the other's; the database ends one of them."""
    made, sellers = shared
    invoices, both, real, mine, ended = made(), threading.Barrier(2), commission.keep_back, threading.local(), []

    def keep(*given, **named):
        real(*given, **named)
        if not getattr(mine, "has", False):
            mine.has = True
            both.wait(timeout=20)

    def go(n):
        try:
            hear(busy, listening.written_off, InvoicesWrittenOff((invoices[n],)))
        except sa.exc.OperationalError as error:
            ended.append(str(error.orig))

    monkeypatch.setattr(commission, "hold", lambda *_given: None)
    monkeypatch.setattr(commission, "keep_back", keep)
    assert at_once(2, go) == 2 and len(ended) == 1 and "deadlock" in ended[0]
    monkeypatch.undo()
    drain(busy.house.site)  # who was ended is heard again
    assert [commission_of(busy, one) for one in sellers] == [0, 0]


def test_an_invoice_is_paid_or_cancelled_never_both(busy):
    """Some take the money for it while others cancel it: whoever has it first has it."""
    actor = busy.boss.actor
    for _round in range(3):
        made = invoiced(busy, 20_00)

        def act(n, made=made):
            with busy.house.site.work(actor):
                busy.resource("sales.invoice").run(*(("pay", [made], {"amount": 20_00}) if n % 2 else ("void", [made], {"reason": "wrong"})))

        assert at_once(6, act) == 1
        (row,) = busy.all(Invoice, id=made)
        assert (row.state, row.paid) in (("paid", 20_00), ("cancelled", 0))
        assert sum(one.amount for one in busy.all(Allocation, invoice_id=made)) == row.paid
