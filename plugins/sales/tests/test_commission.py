"""Commission is exact, is split without loss, and taken back once; months that are closed stay.

Long because it follows one figure from the order to the statement and back, on one desk.
"""

import datetime as dt

import pytest
import sqlalchemy as sa
from crm_sales.api import InvoicesCancelled, InvoicesIssued, OrdersCancelled, OrdersConfirmed, PaymentsAllocated
from crm_sales.contracts.models import ContractPayment
from crm_sales.force import commission, figures
from crm_sales.force.commission import Left, Slice
from crm_sales.force.commission_models import CommissionLine, PayBasis, Statement
from crm_sales.force.models import Achievement
from crm_sales.orders.models import OrderItem
from crm_sales.receivables.models import Invoice, Payment
from crm_sales.settings import QuoteSettings
from hypothesis import given
from hypothesis import strategies as st

from crm_core.resource.settings import put
from crm_core.sdk import (
    Forbidden,
    Invalid,
    OverLimit,
    Refused,
    amounts,
    emit,
    in_language,
    read_words,
    session,
    writing,
)

TIERS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10_000)), min_size=1, max_size=5, unique_by=lambda one: one[0]).map(sorted)


# --- arithmetic --------------------------------------------------------------------------------------------------------


def test_tiers_count_for_what_lies_in_them():
    tiers = [(0, 100), (1_000, 200), (5_000, 500)]
    assert commission.slices(0, 6_000, tiers) == [Slice(0, 100, 1_000), Slice(1_000, 200, 4_000), Slice(5_000, 500, 1_000)]
    assert commission.slices(900, 200, tiers) == [Slice(0, 100, 100), Slice(1_000, 200, 100)]
    assert commission.slices(0, 300, [(500, 100)]) == []
    assert commission.slices(-50, 100, tiers) == [Slice(0, 100, 100)]


@given(TIERS, st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_slices_of_what_comes_one_after_the_other_are_those_of_the_whole(tiers, parts):
    start, found = 0, {}
    for part in parts:
        for one in commission.slices(start, part, tiers):
            found[one.above] = found.get(one.above, 0) + one.amount
        start += part
    assert found == {one.above: one.amount for one in commission.slices(0, sum(parts), tiers)}
    assert sum(found.values()) == max(0, sum(parts) - tiers[0][0])


@given(st.integers(-10**9, 10**9), st.lists(st.integers(1, 10_000), min_size=1, max_size=6))
def test_shares_are_the_commission(whole, percents):
    assert sum(amounts.share(whole, percents)) == whole


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**5)), min_size=1, max_size=5), st.lists(st.integers(1, 10**6), max_size=5))
def test_what_is_taken_back_is_never_more_than_there_was_and_in_the_end_all(lines, credits):
    left = [Left(base, amount if base else 0) for base, amount in lines]
    for credit in [*credits, sum(one.base for one in left)]:
        back = commission.take(left, credit)
        assert all(0 <= gone.base <= one.base and 0 <= gone.amount <= one.amount for gone, one in zip(back, left, strict=True))
        assert sum(one.base for one in back) == min(credit, sum(one.base for one in left))
        left = [Left(one.base - gone.base, one.amount - gone.amount) for one, gone in zip(left, back, strict=True)]
    assert all(one.base == 0 and one.amount == 0 for one in left if one.base == 0) and sum(one.base for one in left) == 0


# --- documents ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(house, make, as_user, today, deliver):
    class Desk:
        ann, bob = as_user("ann", roles=["user"]), as_user("bob", roles=["user"])
        customer = make.customer()
        product = make.product(price=10_000, tax=0)
        start = today.replace(month=1, day=1)

        def policy(self, tiers=((0, 1_000),), **values):
            return make("sales.commission_policy", **{"name": "Rule", "basis": "order", "begins": self.start, "tiers": [{"above": a, "percent": p} for a, p in tiers], **values})

        def order(self, net=100_000, day=today, shares=(), owner=None, customer=None, **more):
            one = make("sales.order", owner=owner or self.ann, customer=customer or self.customer, day=day, items=[{"product": self.product, "quantity": 1_000, "price": net, "rate": 0}], **more)
            for person, percent in shares:
                make("sales.share", order=one, person=person.id, percent=percent)
            return one

        def put(self, name, row, **values):
            table = house.resource(name).table
            with house.system(), writing():
                session.connection().execute(sa.update(table).where(table.c.id == row).values(**values), execution_options={"crm_unscoped": "tests"})

        def tell(self, *events):
            for event in events:
                with house.system(), writing():
                    emit(event)
            deliver()

        def confirm(self, order):
            self.put("sales.order", order, state="confirmed")
            self.tell(OrdersConfirmed((order,)))

        def cancel(self, order):
            self.put("sales.order", order, state="cancelled")
            self.tell(OrdersCancelled((order,)))

        def invoice(self, order, net, day=today, rate=0):
            one = make("sales.invoice", owner=self.ann, customer=self.customer, order=order, day=day, items=[{"product": self.product, "quantity": 1_000 if net > 0 else -1_000, "price": abs(net), "rate": rate}])
            self.put("sales.invoice", one, state="issued")
            self.tell(InvoicesIssued((one,)))
            return one

        def pay(self, invoice, amount):
            payment = make("sales.payment", owner=self.ann, customer=self.customer, day=today, amount=amount, allocations=[{"invoice": invoice, "amount": amount}])
            with house.system():
                one = session.scalar(sa.text("SELECT max(id) FROM sales_allocation"))
            self.tell(PaymentsAllocated((one,)))
            return payment, one

        def lines(self):
            with house.system():
                return session.execute(sa.select(CommissionLine, Statement.owner_id).join(Statement, Statement.id == CommissionLine.statement_id).order_by(CommissionLine.id)).all()

        def rules(self):
            lines = self.lines()
            with house.system(), in_language("en"):
                return [str(read_words(line.rule)) for line, _owner in lines]

        def sums(self):
            """Commission by person: of the lines, which is what the statements say."""
            found = {}
            for line, owner in self.lines():
                found[owner] = found.get(owner, 0) + line.amount
            with house.system():
                said = dict(session.execute(sa.select(Statement.owner_id, sa.func.sum(Statement.commission)).group_by(Statement.owner_id)).all())
            assert {owner: total for owner, total in said.items() if owner in found} == found
            return found

    return Desk()


def test_the_rule_of_a_line_is_said_in_the_language_of_its_reader_with_the_figures_of_its_day(desk, house):
    policy = desk.policy([(0, 333)], name="广告提成")
    order = desk.order()
    desk.confirm(order)
    desk.cancel(order)
    with house.system():
        house.resource("sales.commission_policy").write([{"id": policy, "name": "Another name"}])
    page = desk.ann.browser()
    pages = {}
    (first, _owner), (back, _) = desk.lines()
    for language in ("en", "zh_Hans_CN"):
        with house.system():
            house.resource("core.user").write([{"id": desk.ann.id, "language": language}])
        pages[language] = page("GET", f"/sales/statement/{first.statement_id}").text, page("GET", f"/sales/statement/{first.statement_id}/print/statement").text
        with desk.ann.work(), in_language(language):
            lines = house.resource("sales.commission_line")
            assert lines.all_fields["rule"].dump(back.rule) == {"en": "taken back (the order was cancelled): ", "zh_Hans_CN": "扣回（订单已取消）："}[language] + str(read_words(first.rule))
    assert all("广告提成, edition 1: 3.33 % of what lies above 0.00" in text and "taken back (the order was cancelled): " in text for text in pages["en"])
    assert all("广告提成" in text and "第 1 版" in text and "扣回" in text and "msgid" not in text and "edition" not in text for text in pages["zh_Hans_CN"])


def test_an_order_earns_once_is_split_without_loss_and_taken_back_once(desk, house):
    desk.policy([(0, 333)])
    order = desk.order(net=100_01, shares=((desk.bob, 3_333),))
    desk.confirm(order)
    whole = amounts.part(100_01, 333)
    assert desk.sums() == dict(zip((desk.bob.id, desk.ann.id), amounts.share(whole, [3_333, 6_667]), strict=True)) and sum(desk.sums().values()) == whole
    desk.tell(OrdersConfirmed((order,)), OrdersConfirmed((order,)))  # told again: nothing twice
    assert sum(desk.sums().values()) == whole and len(desk.lines()) == 2
    (line, _owner), _other = desk.lines()
    assert (line.base, line.whole, line.rate) == (100_01, whole, 333) and "Rule, edition 1: 3.33 %" in desk.rules()[0]
    desk.cancel(order)
    desk.tell(OrdersCancelled((order,)), OrdersConfirmed((order,)))
    assert set(desk.sums().values()) == {0} and len(desk.lines()) == 4
    whose = {line.id: owner for line, owner in desk.lines()}
    with desk.bob.work():  # several have a share of one document: whose is said, as far as it is his to see
        assert set(figures.earners(list(whose))) == {line for line, owner in whose.items() if owner == desk.bob.id}
    with house.system():
        assert figures.earners(list(whose)) == {line: figures.names_of({owner})[owner] for line, owner in whose.items()}
    assert {line.back_of_id for line, _owner in desk.lines()[2:]} == {line.id for line, _owner in desk.lines()[:2]}
    with house.system():
        assert session.scalar(sa.select(sa.func.sum(Achievement.amount))) == 0


def test_heard_in_the_other_order_nothing_is_earned(desk):
    desk.policy()
    order = desk.order()
    desk.put("sales.order", order, state="cancelled")
    desk.tell(OrdersCancelled((order,)), OrdersConfirmed((order,)))
    assert desk.lines() == []


def test_confirmed_again_after_it_was_cancelled_it_counts_again(desk):
    desk.policy()
    order = desk.order()
    for _turn in range(2):
        desk.confirm(order)
        assert desk.sums() == {desk.ann.id: 10_000}
        desk.cancel(order)
        assert desk.sums() == {desk.ann.id: 0}


def test_a_credit_note_takes_back_its_part_and_cancelling_the_rest(desk):
    desk.policy([(0, 777)])
    desk.policy([(0, 500)], basis="invoice", name="Invoiced")
    order = desk.order(net=100_000)
    desk.confirm(order)
    desk.invoice(order, 100_000)
    assert desk.sums() == {desk.ann.id: 7_770 + 5_000}
    credit = desk.invoice(order, -33_333)
    kept = desk.sums()[desk.ann.id]
    assert kept == 7_770 + 5_000 - amounts.divide(7_770 * 33_333, 100_000) - amounts.divide(5_000 * 33_333, 100_000)
    desk.tell(InvoicesIssued((credit,)), OrdersConfirmed((order,)))
    assert desk.sums()[desk.ann.id] == kept
    desk.invoice(order, -66_667)
    desk.cancel(order)
    assert desk.sums() == {desk.ann.id: 0}


def test_a_void_invoice_and_what_is_paid_back_are_taken_back(desk):
    desk.policy([(0, 500)], basis="invoice")
    void = desk.invoice(desk.order(), 100_000)
    for state, event, sums in (("cancelled", InvoicesCancelled, 0), ("cancelled", InvoicesCancelled, 0), ("issued", InvoicesIssued, 5_000)):
        desk.put("sales.invoice", void, state=state)
        desk.tell(event((void,)))
        assert desk.sums() == {desk.ann.id: sums}
    desk.policy([(0, 100)], basis="payment", name="Money")
    whole = desk.invoice(None, 100_000)
    desk.pay(whole, 100_000)
    assert desk.sums() == {desk.ann.id: 11_000}
    note = desk.invoice(None, -40_000)
    desk.put("sales.invoice", note, credits_id=whole)
    desk.tell(InvoicesIssued((note,)))
    assert desk.sums() == {desk.ann.id: 9_000}
    desk.pay(note, -40_000)
    assert desk.sums() == {desk.ann.id: 8_600}


def test_what_is_paid_back_is_told_to_the_cent_and_every_line_says_why_it_takes_back(desk):
    desk.policy([(0, 10_000)], basis="payment")
    whole = desk.invoice(None, 60_800_00, rate=600)
    desk.pay(whole, 60_800_00)
    note = desk.invoice(None, -15_200_00, rate=600)
    desk.put("sales.invoice", note, credits_id=whole)
    desk.tell(InvoicesIssued((note,)))
    desk.pay(note, -15_200_00)
    (line, _owner), (back, _same) = desk.lines()
    assert (line.base, back.base) == (57_358_49, -14_339_62)  # 15,200 / 1.06 is 14,339.6226
    rules = desk.rules()
    assert back.back_of_id == line.id and rules[1].startswith("taken back (paid back, ") and rules[1].endswith(rules[0])
    order = desk.order()
    desk.policy([(0, 500)])
    desk.confirm(order)
    desk.cancel(order)
    assert desk.rules()[-1].startswith("taken back (the order was cancelled): Rule")


def test_what_is_off_the_whole_and_what_is_not_delivered_earns_nothing(desk, make, today):
    desk.policy()
    order = make("sales.order", owner=desk.ann, customer=desk.customer, day=today, items=[
        {"product": desk.product, "quantity": 1_000, "price": 100_000, "rate": 0}, {"what": "Off", "quantity": 1_000, "price": -40_000, "rate": 0}])
    desk.confirm(order)
    assert desk.sums() == {desk.ann.id: 6_000}
    desk.put("sales.order", order, delivered=5_000)
    desk.cancel(order)
    desk.tell(OrdersCancelled((order,)))
    assert desk.sums() == {desk.ann.id: 3_000}


def test_money_received_earns_and_taken_back_is_taken_back(desk, house):
    desk.policy(basis="payment", by="month", tiers=[(0, 100), (50_000, 200)])
    order = desk.order()
    invoice = desk.invoice(order, 100_000)
    desk.pay(invoice, 40_000)
    payment, second = desk.pay(invoice, 60_000)
    assert desk.sums() == {desk.ann.id: 400 + 100 + 1_000}  # the second crosses the tier
    with house.system():
        house.resource("sales.payment").run("take_back", [payment], {"reason": "it bounced"})
    desk.tell(PaymentsAllocated((second,), taken_back=True), PaymentsAllocated((second,), taken_back=True))
    assert desk.sums() == {desk.ann.id: 400}
    desk.pay(invoice, 20_000)
    assert desk.sums() == {desk.ann.id: 700}  # what was taken back is not in the month any more


def test_new_customers_categories_and_the_policy_of_the_day(desk, today, house, make):
    category = make("core.product_category", name="Ads")
    desk.policy(name="All", tiers=[(0, 100)])
    desk.policy(name="New", tiers=[(0, 300)], customers="new")
    first, second = desk.order(day=today - dt.timedelta(days=3)), desk.order()
    desk.confirm(first)
    desk.confirm(second)
    assert [rule.partition(",")[0] for rule in desk.rules()] == ["New", "All"]
    desk.policy(name="Ads", tiers=[(0, 900)], category=category, begins=today)
    with house.system():
        house.resource("core.product").write([{"id": desk.product, "category": category}])
    old, new = desk.order(day=today - dt.timedelta(days=1)), desk.order()
    desk.confirm(old)
    desk.confirm(new)
    assert [rule.partition(",")[0] for rule in desk.rules()[2:]] == ["All", "Ads"]


def test_a_closed_month_stays_and_corrections_go_into_the_next(desk, house, as_user, make, today):
    boss = as_user("boss", {"sales.statement.*": "all", "sales.pay_basis.*": "all", "sales.exceed": "all"})
    payer = as_user("payer", {"sales.statement.*": "all"})
    statements = house.resource("sales.statement")
    make("sales.pay_basis", owner=desk.ann, begins=desk.start, fixed=500_000)
    desk.policy()
    order = desk.order()
    desk.confirm(order)
    with house.system():
        mine = session.scalar(sa.select(Statement.id).where(Statement.owner_id == desk.ann.id))
    with boss.work():
        with pytest.raises(Refused):
            statements.run("pay", [mine])
        statements.run("close", [mine])
        row = statements.get(mine)
        assert (row.commission, row.fixed, row.due, str(row.state)) == (10_000, 500_000, 510_000, "closed")
    with house.system():
        house.resource("sales.pay_basis").write([{"id": session.scalar(sa.select(PayBasis.id)), "fixed": 1}])
        assert statements.get(mine).due == 510_000, "what is closed stays"
    desk.cancel(order)
    with house.system():
        rows = session.execute(sa.select(Statement.month, Statement.commission).order_by(Statement.month)).all()
        assert [one.commission for one in rows] == [10_000, -10_000] and rows[1].month > rows[0].month
    make("sales.policy", name="Most", kind="commission", amount=9_999, begins=desk.start)
    with payer.work(), pytest.raises(OverLimit, match="100.00 is more than the limit of 99.99"):
        statements.run("pay", [mine])
    with boss.work():
        statements.run("pay", [mine])
        with pytest.raises(Refused):
            statements.run("pay", [mine])


def test_an_open_month_says_what_there_is_to_be_paid_so_far(desk, house, make, today):
    desk.policy()
    order = desk.order()
    desk.confirm(order)

    def so_far():
        with house.system():
            row = session.execute(sa.select(Statement.commission, Statement.fixed, Statement.due).where(Statement.owner_id == desk.ann.id)).one()
            return tuple(row)

    assert so_far() == (10_000, 0, 10_000)
    basis = make("sales.pay_basis", owner=desk.ann, begins=desk.start, fixed=500_000)
    make("sales.pay_basis", owner=desk.bob, begins=desk.start, fixed=7)
    assert so_far() == (10_000, 500_000, 510_000)
    desk.cancel(order)
    assert so_far() == (0, 500_000, 500_000)
    with house.system():
        house.resource("sales.pay_basis").write([{"id": basis, "owner": desk.bob.id}])
    assert so_far() == (0, 0, 0), "it is another's"
    with house.system():
        house.resource("sales.pay_basis").write([{"id": basis, "owner": desk.ann.id}])
    assert so_far() == (0, 500_000, 500_000)
    with house.system():
        house.resource("sales.pay_basis").write([{"id": basis, "ends": desk.start, "begins": desk.start}])
    assert so_far() == (0, 0, 0), "it holds no more on the last day of the month"
    with house.system():
        house.resource("sales.pay_basis").delete([basis])
    assert so_far() == (0, 0, 0)
    assert f"{today:%B %Y}" in desk.ann.browser()("GET", "/sales/statement").text


def test_everybody_sees_his_own_and_nobody_writes(desk, house, as_user):
    desk.policy()
    desk.confirm(desk.order())
    chief = as_user("chief", roles=["supervisor"])
    with house.system():
        mine = session.scalar(sa.select(Statement.id))
    pages = {who.login: who.browser()("GET", f"/sales/statement/{mine}").status_code for who in (desk.ann, desk.bob, chief)}
    assert pages == {"ann": 200, "bob": 404, "chief": 200}
    page = desk.ann.browser()("GET", f"/sales/statement/{mine}").text
    assert "1,000" in page and "Rule, edition 1" in page
    with desk.ann.work():
        with pytest.raises(Forbidden):
            house.resource("sales.statement").write([{"id": mine, "fixed": 1}])
        with pytest.raises(Forbidden):
            house.resource("sales.statement").run("close", [mine])
    paper = desk.ann.browser()("GET", f"/sales/statement/{mine}/print/statement")
    assert paper.status_code == 200 and "Rule, edition 1" in paper.text


def test_shares_are_at_most_the_whole_and_said_before_the_order_is_confirmed(desk, house, make):
    order = desk.order(shares=((desk.bob, 6_000),))
    with pytest.raises(Invalid, match="more than 100 %"):
        make("sales.share", order=order, person=desk.ann.id, percent=4_001)
    desk.confirm(order)
    with house.system(), pytest.raises(Refused, match="stay as they are"):
        house.resource("sales.share").delete([session.scalar(sa.select(house.resource("sales.share").table.c.id))])
    with pytest.raises(Invalid, match="stay as they are"):
        make("sales.share", order=order, person=desk.ann.id, percent=1)


def test_tiers_of_a_policy_that_holds_stay_and_a_new_edition_takes_them_over(desk, house, as_user, today):
    chief = as_user("chief", roles=["decision-maker"])
    one = desk.policy([(0, 100), (1_000, 200)])
    policies = house.resource("sales.commission_policy")
    with chief.work():
        with pytest.raises(Invalid, match="new edition"):
            policies.write([{"id": one, "tiers": [{"above": 0, "percent": 900}]}])
        policies.run("new_edition", [one], {"begins": today})
        new = session.scalar(sa.select(sa.func.max(house.resource("sales.commission_policy").table.c.id)), execution_options={"crm_unscoped": "tests"})
    with house.system():
        rows = session.execute(sa.text(f"SELECT above, percent FROM sales_tier WHERE commission_policy_id = {new} ORDER BY above")).all()
    assert [tuple(row) for row in rows] == [(0, 100), (1_000, 200)]


def _year(desk, house, make, as_user, deliver, payments):
    """A policy, a signed contract of 1,000 and two orders of it, by Ann and by Bob: (how the boss acts, contract, first, second)."""
    desk.policy()
    boss = as_user("boss", roles=["administrator"])
    with house.system():
        put(QuoteSettings, {"signed_file": False})

    def run(resource, act, row, **values):
        with boss.work():
            house.resource(resource).run(act, [row], values)
        deliver()

    contract = make("sales.contract", owner=desk.ann, customer=desk.customer, name="Year", items=[{"what": "Pages", "quantity": 1_000, "price": 1_000_00, "rate": 0}],
                    payments=payments)
    run("sales.contract", "sign", contract)
    first, second = desk.order(600_00, contract=contract), desk.order(400_00, owner=desk.bob, contract=contract)
    return run, contract, first, second


def test_what_of_instalments_is_lost_is_held_back_of_the_orders_it_was_for(desk, house, make, as_user, deliver):
    run, contract, first, second = _year(desk, house, make, as_user, deliver, [{"what": "All", "amount": 1_000_00}])
    for order in (first, second):
        run("sales.order", "confirm", order)
        run("sales.order", "deliver", order)
    with house.system():
        line = session.scalar(sa.select(ContractPayment.id).where(ContractPayment.contract_id == contract))
    run("sales.contract_payment", "invoice", line)
    with house.system():
        invoice = session.execute(sa.select(Invoice.id, Invoice.order_id).where(Invoice.contract_id == contract)).one()
    assert invoice.order_id == first and desk.sums() == {desk.ann.id: 60_00, desk.bob.id: 40_00}
    run("sales.invoice", "pay", invoice.id, amount=600_00)
    run("sales.invoice", "write_off", invoice.id, reason="bankrupt")
    assert desk.sums() == {desk.ann.id: 60_00, desk.bob.id: 0}, "what came was for the first order, whatever the invoice names"
    run("sales.invoice", "ask_again", invoice.id)
    assert desk.sums() == {desk.ann.id: 60_00, desk.bob.id: 40_00}
    run("sales.invoice", "credit", invoice.id, amount=400_00, reason="wrong")
    assert desk.sums() == {desk.ann.id: 60_00, desk.bob.id: 40_00}, "it is invoiced anew, and both orders are as they were"


def test_a_loss_follows_an_order_that_is_completed_at_once(desk, house, make, as_user, deliver):
    """What came is for the order that is completed by it: what is lost is held back of the others from then on, and of it again when it waits for money anew."""
    run, contract, first, second = _year(desk, house, make, as_user, deliver, [{"what": "Deposit", "amount": 900_00}, {"what": "Rest", "amount": 100_00}])
    with house.system():
        deposit = session.scalar(sa.select(ContractPayment.id).where(ContractPayment.contract_id == contract).order_by(ContractPayment.id).limit(1))
        item = session.scalar(sa.select(OrderItem.id).where(OrderItem.order_id == second))
    run("sales.order", "confirm", first)
    run("sales.order", "confirm", second)
    run("sales.order", "deliver_part", second, parts={item: 250})
    run("sales.order", "invoice", second)
    with house.system():
        own = session.scalar(sa.select(Invoice.id).where(Invoice.order_id == second))
    run("sales.invoice", "pay", own)
    run("sales.contract_payment", "invoice", deposit)
    with house.system():
        plan, money = session.scalar(sa.select(Invoice.id).where(Invoice.instalment_id == deposit)), session.scalar(sa.select(Payment.id))
    run("sales.invoice", "pay", plan, amount=300_00)
    run("sales.invoice", "write_off", plan, reason="bankrupt")
    before = {desk.ann.id: 30_00, desk.bob.id: 10_00}
    assert desk.sums() == before
    run("sales.order", "deliver", second)
    assert desk.sums() == {desk.ann.id: 0, desk.bob.id: 40_00}
    run("sales.payment", "take_back", money, reason="bounced")
    assert desk.sums() == before
