"""Verbs of money: invoice, credit, issue, cancel, allocate, take back. What is paid and what remains is counted anew by `settle`, from the
documents themselves, while orders and invoices are held (`hold`): orders first, then invoices, the lowest id first, everywhere.
Long because whoever asks where money is counted reads one file.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from crm_core.sdk import (
    Customer,
    Invalid,
    Refused,
    among,
    amounts,
    emit,
    money,
    notify,
    owners_of,
    session,
    system_scope,
    tasks,
    today,
)
from crm_sales import _
from crm_sales.api import InvoicesCancelled, InvoicesIssued, InvoicesWrittenOff, PaymentsAllocated
from crm_sales.contracts import paying
from crm_sales.contracts.models import Contract
from crm_sales.orders import services as orders
from crm_sales.orders.models import Delivery, DeliveryItem, Order, OrderItem
from crm_sales.orders.models import State as OrderState
from crm_sales.receivables import covering, telling
from crm_sales.receivables.covering import OPEN
from crm_sales.receivables.models import Allocation, Invoice, InvoiceItem, Payment, State
from crm_sales.settings import OrderSettings

LIVE = sa.and_(InvoiceItem.deleted_at.is_(None), Invoice.deleted_at.is_(None), Invoice.state != State.cancelled)
FURTHER = tuple(name for name in ("unit_id", "configuration", "why") if hasattr(InvoiceItem, name))  # what else a line says of its price
# Days to pay of customers: the area of credit knows (it comes later, so it says so itself).
terms = [lambda _customers: {}]
# Orders of contracts that are invoiced by their plan → lines of an invoice for what of them that cannot cover: instalments know (likewise).
by_plan = [lambda _orders, _items, _ahead: {}]


def hold(invoices: Iterable[int], payments: Iterable[int] = ()) -> list[int]:
    """Hold what changes when something happens to these invoices: their orders and those of their contracts, themselves with the invoices they credit and
    the notes that credit them, payments. Returns the invoices."""
    with system_scope("money is held while it is counted") as db:
        roots = [row.id for row in _roots(db, invoices)]
        which = sa.or_(Invoice.id.in_(roots), Invoice.credits_id.in_(roots))
        found = db.scalars(sa.select(Invoice.id).where(which).order_by(Invoice.id).with_for_update(key_share=True)).all()
        if ids := sorted(set(payments)):
            db.scalars(sa.select(Payment.id).where(Payment.id.in_(ids)).order_by(Payment.id).with_for_update(key_share=True)).all()
        return list(found)


def hold_whole(invoices: Iterable[int]):
    """Hold what these invoices are parts of: the order of each and those of its contract, of one without an order the invoice itself (of a credit note the one it credits).
    Whoever changes what was paid, credited or written off of them holds that first. One step only: who holds an invoice and waits for its order is not waited for."""
    with system_scope("money is held while it is counted") as db:
        alone = [row.id for row in _roots(db, invoices) if not row.order_id]
        if alone:
            db.scalars(sa.select(Invoice.id).where(Invoice.id.in_(alone)).order_by(Invoice.id).with_for_update(key_share=True)).all()


def _roots(db, invoices: Iterable[int]):
    """What these invoices are, or credit (id, order_id); their orders and those of their contracts are held."""
    root = sa.func.coalesce(Invoice.credits_id, Invoice.id)
    roots = db.execute(sa.select(Invoice.id, Invoice.order_id, Invoice.contract_id).where(Invoice.id.in_(sa.select(root).where(Invoice.id.in_(sorted(set(invoices))))))).all()
    orders.lock({row.order_id for row in roots if row.order_id} | _orders_of(db, {row.contract_id for row in roots if row.contract_id}))
    return roots


def _orders_of(db, contracts: Iterable[int]) -> set[int]:
    return set(db.scalars(sa.select(Order.id).where(Order.contract_id.in_(list(contracts)), Order.deleted_at.is_(None)))) if contracts else set()


# --- invoicing orders -------------------------------------------------------------------------------------------------


def invoice(_resource, ids: Sequence[int], day: dt.date | None = None, title: str | None = None, tax_number: str | None = None, ahead: bool = False) -> list[int]:
    """Invoice what of these orders was delivered and is not invoiced yet (with `ahead` all that was ordered). The amounts of an item's invoices
    are shares of its amount, so that they come to it exactly however it is delivered. Returns ids of the invoices."""
    orders.lock(ids)
    items, billed, made = orders._items(ids), _billed(ids), []
    heads = {one.id: one for one in session.scalars(sa.select(Order).where(Order.id.in_(ids)).execution_options(populate_existing=True))}
    names = _titles({one.customer_id for one in heads.values()})
    planned = by_plan[-1](list(heads.values()), items, ahead)
    for order_id in sorted(heads):
        order = heads[order_id]
        if order.state not in orders.GOING and not (order.state == OrderState.cancelled and order.delivered):
            raise Refused(_("%(number)s must be confirmed before it is invoiced.", number=order.number))
        lines = []
        for one in items[order_id]:
            had = billed.get(one.id, (0, 0, 0))
            upto = one.quantity if ahead and order.state != OrderState.cancelled else one.delivered
            if upto > had[0]:
                lines.append(_line(one, upto - had[0], upto, had, money.step(order.currency)))
        if lines and order_id in planned:
            lines = planned[order_id]
            if not lines:
                raise Refused(_("The contract of %(number)s is invoiced by its instalments.", number=order.number))
        if lines:
            day = day or today()
            made.append(_issue(Invoice(
                customer_id=order.customer_id, order_id=order_id, contract_id=order.contract_id, currency=order.currency, title=title or names[order.customer_id][0], tax_number=tax_number or names[order.customer_id][1],
                day=day, due=_due([order.customer_id], day)[order.customer_id], **owners_of(order)), lines))
    if not made:
        raise Refused(_("Nothing is to be invoiced: what went out is invoiced already."))
    settle(made)
    return made


def _billed(ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Item of an order → quantity, amount and net of what was invoiced of it, less what was credited."""
    with system_scope("what of orders was invoiced") as db:
        rows = db.execute(sa.select(InvoiceItem.item_id, sa.func.sum(InvoiceItem.quantity), sa.func.sum(InvoiceItem.amount), sa.func.sum(InvoiceItem.net)).join(
            Invoice, Invoice.id == InvoiceItem.invoice_id).join(OrderItem, OrderItem.id == InvoiceItem.item_id).where(OrderItem.order_id.in_(ids), LIVE).group_by(InvoiceItem.item_id))
        return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def _line(item, quantity: int, upto: int, had: tuple[int, int, int], step: int) -> dict:
    """The line that brings what is invoiced of an item to `upto` pieces: its share of the amount, less what was invoiced before."""
    amount = amounts.share(item.amount, [upto, item.quantity - upto], step)[0] - had[1]
    net = amounts.share(item.net, [upto, item.quantity - upto], step)[0] - had[2]
    return {**{name: getattr(item, name) for name in FURTHER}, "item_id": item.id, "product_id": item.product_id, "what": item.what, "quantity": quantity, "list_price": item.list_price, "price": item.price,
            "discount": item.discount, "rate": item.rate, "net": net, "tax": amount - net, "amount": amount, "fixed": True}


def _issue(head: Invoice, lines: Sequence[dict]) -> int:
    """An invoice with lines whose amounts are settled, issued. Whoever may invoice an order, or credit an invoice, need not be allowed to write any."""
    head.state, head.told = State.issued, True
    head.rate = money.rate(head.currency, head.day)
    with system_scope("an invoice of who may invoice its order") as db:
        db.add(head)
        db.flush()
        made = head.id
        db.add_all([InvoiceItem(invoice_id=made, **owners_of(head), **line) for line in lines])
        db.flush()
    return made


def _titles(ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    """What stands on invoices of customers: their name and their credit code, whoever writes the invoice."""
    with system_scope("titles of invoices") as db:
        return {row.id: (row.name, row.credit_code) for row in db.execute(sa.select(Customer.id, Customer.name, Customer.credit_code).where(Customer.id.in_(list(ids))))}


def _due(ids: Sequence[int], day: dt.date) -> dict[int, dt.date]:
    known = {customer: days for one in terms for customer, days in one(ids).items() if days is not None}
    return {customer: day + dt.timedelta(days=known.get(customer, OrderSettings.now().days)) for customer in ids}


def issue(invoice_row):
    """A draft written by hand is asked for."""
    if invoice_row.state != State.draft:
        raise Refused(_("%(number)s is not a draft any more.", number=invoice_row.number))
    if not invoice_row.total:
        raise Refused(_("%(number)s has no items yet.", number=invoice_row.number))
    if invoice_row.total < 0:
        raise Refused(_("%(number)s comes to less than nothing: a credit note is made of the invoice it is for.", number=invoice_row.number))
    title, tax_number = _titles([invoice_row.customer_id])[invoice_row.customer_id]
    day = invoice_row.day or today()
    due = invoice_row.due or _due([invoice_row.customer_id], day)[invoice_row.customer_id]
    invoice_row.title, invoice_row.tax_number = invoice_row.title or title, invoice_row.tax_number or tax_number
    invoice_row.state, invoice_row.day, invoice_row.due, invoice_row.rate = State.issued, day, due, money.rate(invoice_row.currency, day)
    session.flush()
    with system_scope("an issued invoice is no draft again") as db:  # past its history: undo does not take this back
        db.execute(sa.update(Invoice).where(Invoice.id == invoice_row.id).values(told=True).execution_options(synchronize_session=False))
    settle([invoice_row.id])


def void(invoice_row, reason: str):
    """Cancel an invoice 作废: nothing was paid for it, nothing credited; what it was for can be invoiced anew."""
    hold([invoice_row.id])
    session.refresh(invoice_row)
    if invoice_row.state not in OPEN or invoice_row.paid or invoice_row.credited or invoice_row.credits_id or invoice_row.written_on:
        raise Refused(_("%(number)s has been paid, written off or credited: only a credit note takes it back.", number=invoice_row.number))
    invoice_row.state, invoice_row.reason = State.cancelled, reason
    session.flush()


def write_off(invoice_row, reason: str):
    """Nobody believes any more that what remains of an invoice is paid 坏账核销: from today on it is a loss, and is asked for no more. That it was late
    still counts for the customer's credit. Money that comes for it after all makes the loss smaller. What was paid for it in commission goes back (force.listening)."""
    hold([invoice_row.id])
    session.refresh(invoice_row)
    if invoice_row.state != State.issued or invoice_row.remaining <= 0:
        raise Refused(_("%(number)s has nothing that remains to be paid.", number=invoice_row.number))
    invoice_row.written_on, invoice_row.reason = today(), reason
    session.flush()


def ask_again(invoice_row):
    """What was written off is asked for again: it remains to be paid."""
    hold([invoice_row.id])
    session.refresh(invoice_row)
    if invoice_row.written_on is None:
        raise Refused(_("%(number)s is not written off.", number=invoice_row.number))
    invoice_row.written_on, invoice_row.reason = None, None
    session.flush()


# --- credit notes -------------------------------------------------------------------------------------------------------


def credit(invoice_row, reason: str, amount: int | None = None) -> int:
    """A credit note for an invoice: all that is left of it, item by item, or an amount of it. Never more than the invoice. Returns its id."""
    hold([invoice_row.id])
    session.refresh(invoice_row)
    if invoice_row.state not in OPEN or invoice_row.credits_id or invoice_row.total <= 0:
        raise Refused(_("%(number)s cannot be credited.", number=invoice_row.number))
    left = invoice_row.total - _noted(invoice_row.id)
    if not 0 < (left if amount is None else amount) <= left:
        raise Invalid({"amount": [_("At most %(amount)s of this invoice can still be credited.", amount=money.say(left, invoice_row.currency))]})
    if amount is not None and amount % money.step(invoice_row.currency):
        raise Invalid({"amount": [_("There is no smaller amount of this currency than %(step)s.", step=money.say(money.step(invoice_row.currency), invoice_row.currency))]})
    if amount in (None, left) and left == invoice_row.total:
        with system_scope("items that are credited") as db:
            lines = [{name: getattr(one, name) for name in (*FURTHER, "item_id", "product_id", "what", "list_price", "price", "discount", "rate")}
                     | {"quantity": -one.quantity, "net": -one.net, "tax": -one.tax, "amount": -one.amount, "fixed": True}
                     for one in db.scalars(sa.select(InvoiceItem).where(InvoiceItem.invoice_id == invoice_row.id, InvoiceItem.deleted_at.is_(None)))]
    else:
        amount = left if amount is None else amount
        net = amounts.divide(invoice_row.net * amount, invoice_row.total, money.rounding(), money.step(invoice_row.currency))
        lines = [{"what": reason, "quantity": -1000, "price": amount, "rate": 0, "net": -net, "tax": net - amount, "amount": -amount, "fixed": True}]
    return _note(invoice_row, lines, reason)


def _noted(invoice_id: int) -> int:
    """What credit notes there are for an invoice come to."""
    with system_scope("credit notes of an invoice") as db:
        return -int(db.scalar(sa.select(sa.func.coalesce(sa.func.sum(Invoice.total), 0)).where(Invoice.credits_id == invoice_id, Invoice.state != State.cancelled, Invoice.deleted_at.is_(None))))


def _note(of, lines: Sequence[dict], reason: str) -> int:
    made = _issue(Invoice(
        customer_id=of.customer_id, order_id=of.order_id, contract_id=of.contract_id, credits_id=of.id, currency=of.currency, title=of.title, tax_number=of.tax_number, day=today(), due=today(),
        reason=reason, **owners_of(of)), lines)
    settle([made])
    return made


def credit_returns(_resource, ids: Sequence[int], reason: str | None = None):
    """Credit notes for what of these orders came back after it was invoiced; the last invoices first, never more than each."""
    orders.lock(ids)
    billed, items, made = _billed(ids), orders._items(ids), 0
    steps = {one.id: money.step(one.currency) for one in session.scalars(sa.select(Order).where(Order.id.in_(ids)))}
    with system_scope("what came back, and on which invoices it stands") as db:
        came = dict(db.execute(sa.select(DeliveryItem.item_id, -sa.func.sum(DeliveryItem.quantity)).join(Delivery, Delivery.id == DeliveryItem.delivery_id).where(
            Delivery.order_id.in_(ids), DeliveryItem.quantity < 0, DeliveryItem.deleted_at.is_(None)).group_by(DeliveryItem.item_id)).all())
        lines = db.execute(sa.select(InvoiceItem.item_id, InvoiceItem.quantity, Invoice.id, Invoice.credits_id).join(Invoice, Invoice.id == InvoiceItem.invoice_id).where(
            Invoice.order_id.in_(ids), InvoiceItem.item_id.is_not(None), LIVE).order_by(Invoice.id.desc(), InvoiceItem.id.desc())).all()
    left: dict[tuple[int, int], int] = {}  # (item, invoice) → pieces on it that were not credited
    credited: dict[int, int] = {}  # item → pieces that were credited and not invoiced again: an invoice after a credit note takes up first what that took back
    for line in reversed(lines):
        key = line.item_id, line.credits_id or line.id
        left[key] = left.get(key, 0) + line.quantity
        credited[line.item_id] = max(0, credited.get(line.item_id, 0) - line.quantity)
    notes: dict[int, list[dict]] = {}
    for one in (one for found in items.values() for one in found):
        had = billed.get(one.id, (0, 0, 0))
        due = min(had[0] - one.delivered, int(came.get(one.id, 0)) - credited.get(one.id, 0))
        for (item, invoice_id), pieces in sorted(left.items(), key=lambda pair: -pair[0][1]):
            if item != one.id or due <= 0 or pieces <= 0:
                continue
            part = min(due, pieces)
            line = _line(one, -part, had[0] - part, had, steps[one.order_id])
            notes.setdefault(invoice_id, []).append(line)
            had, due = (had[0] - part, had[1] + line["amount"], had[2] + line["net"]), due - part
    for invoice_id, found in sorted(notes.items()):
        hold([invoice_id])
        of = session.get(Invoice, invoice_id, populate_existing=True)
        if of is None or -sum(one["amount"] for one in found) > of.total - _noted(invoice_id):
            raise Refused(_("More came back than is left of invoice %(number)s.", number=of.number if of is not None else ""))
        _note(of, found, reason or str(_("Returned goods")))
        made += 1
    if not made:
        raise Refused(_("Nothing that was invoiced has come back."))


# --- payments -----------------------------------------------------------------------------------------------------------


def pay(invoice_row, day: dt.date | None = None, amount: int | None = None, way=None, reference: str | None = None):
    """Money came for an invoice: all that remains of it, or an amount. A credit note is paid back."""
    hold([invoice_row.id])
    session.refresh(invoice_row)
    if number := known_references([({"customer_id": invoice_row.customer_id, "reference": reference}, None)]).get(0):
        raise Invalid({"reference": [_("Payment %(number)s has this bank reference already.", number=number)]})
    if invoice_row.state != State.issued or not invoice_row.remaining:
        raise Refused(_("%(number)s has nothing that remains to be paid.", number=invoice_row.number))
    back = invoice_row.remaining < 0
    whole = invoice_row.remaining if amount is None else -abs(amount) if back else amount
    owners = owners_of(invoice_row)
    payment = Payment(customer_id=invoice_row.customer_id, day=day or today(), currency=invoice_row.currency, amount=whole, reference=reference, **({"way": way} if way else {}), **owners)
    if not whole:
        raise Invalid({"amount": [_("An amount is another one than nothing.")]})
    if abs(whole) > abs(invoice_row.remaining):
        raise Invalid({"amount": [_("%(left)s remain to be paid. Record a payment that is more under “Payments received”: the rest stays the customer's.", left=money.say(abs(invoice_row.remaining), invoice_row.currency))]})
    session.add(payment)
    session.flush()
    session.add(Allocation(payment_id=payment.id, invoice_id=invoice_row.id, amount=whole, **owners))
    session.flush()


def known_references(rows: Sequence[tuple[Mapping, int | None]]) -> dict[int, str]:
    """Which of these payments (what stands in them, their id) have a bank reference their customer has on another that was not taken back: place → that
    one's number; "" where it is further up among them. Money is taken once; what was taken back may be recorded anew."""
    wanted = [(at, (row.get("customer_id"), row["reference"]), own) for at, (row, own) in enumerate(rows) if row.get("reference") and row.get("returned") is None]
    if not wanted:
        return {}
    with system_scope("bank references of payments") as db:
        customers = sorted({key[0] for _at, key, _own in wanted if key[0] is not None})
        db.scalars(sa.select(Customer.id).where(Customer.id.in_(customers)).order_by(Customer.id).with_for_update(key_share=True)).all()  # of two at once one waits
        known: dict[tuple, list] = defaultdict(list)
        for one in db.execute(sa.select(Payment.id, Payment.number, Payment.customer_id, Payment.reference).where(
                Payment.customer_id.in_({key[0] for _at, key, _own in wanted}), Payment.reference.in_({key[1] for _at, key, _own in wanted}), Payment.returned.is_(None), Payment.deleted_at.is_(None))):
            known[one.customer_id, one.reference].append((one.id, one.number))
    found, seen = {}, set()
    for at, key, own in wanted:
        if other := next((number for one, number in known[key] if one != own), None):
            found[at] = other
        elif key in seen:
            found[at] = ""
        seen.add(key)
    return found


def payable(ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Issued invoices of these: whose they are, in which currency."""
    with system_scope("invoices money came for") as db:
        return {row[0]: (row[1], row[2]) for row in db.execute(sa.select(Invoice.id, Invoice.customer_id, Invoice.currency).where(
            Invoice.id.in_(sorted(set(ids))), Invoice.state.in_(OPEN), Invoice.deleted_at.is_(None)))}


def allocate(payment):
    """Count a payment for the customer's open invoices in its currency, the ones due first first."""
    with system_scope("open invoices of a customer") as db:
        which = Invoice.customer_id == payment.customer_id, Invoice.currency == payment.currency, Invoice.state == State.issued, Invoice.deleted_at.is_(None)
        wanted = db.scalars(sa.select(Invoice.id).where(*which, Invoice.remaining > 0).order_by(Invoice.due, Invoice.id).limit(500)).all()
        hold(wanted, [payment.id])
        rows = db.execute(sa.select(Invoice.id, Invoice.remaining).where(Invoice.id.in_(wanted), Invoice.remaining > 0, Invoice.state == State.issued).order_by(Invoice.due, Invoice.id)).all()
    session.refresh(payment)
    rest, made = payment.unallocated, []
    for row in rows:
        part = min(rest, row.remaining)
        if part > 0:
            made.append(Allocation(payment_id=payment.id, invoice_id=row.id, amount=part, **owners_of(payment)))
            rest -= part
    if not made:
        raise Refused(_("There is no open invoice of this customer in this currency."))
    session.add_all(made)
    session.flush()


def take_back(payment, reason: str):
    """A payment did not come after all (a cheque bounced, it was somebody else's): its invoices are open again."""
    with system_scope("invoices of a payment") as db:
        invoices = db.scalars(sa.select(Allocation.invoice_id).where(Allocation.payment_id == payment.id, Allocation.deleted_at.is_(None))).all()
    hold(invoices, [payment.id])
    session.refresh(payment)
    if payment.returned is not None:
        raise Refused(_("%(number)s was taken back already.", number=payment.number))
    payment.returned, payment.reason = today(), reason
    for one in session.scalars(sa.select(Allocation).where(Allocation.payment_id == payment.id, Allocation.returned.is_(None))):
        one.returned = today()
    session.flush()
    settle([], [payment.id])


def allocated(ids: Sequence[int]):
    """Allocations came, went or were taken back: count anew, refuse what is too much, tell who listens. What came or went is told once."""
    with system_scope("money that was counted for invoices") as db:
        rows = db.execute(sa.select(
            Allocation.id, Allocation.told, Allocation.invoice_id, Allocation.payment_id, sa.and_(Allocation.deleted_at.is_(None), Allocation.returned.is_(None)).label("live"),
            Allocation.amount, Invoice.customer_id, Invoice.currency, Invoice.state, Invoice.number, Invoice.rate.label("was"), Payment.customer_id.label("payer"), Payment.currency.label("paid_in"), Payment.rate,
        ).join(Invoice, Invoice.id == Allocation.invoice_id).join(Payment, Payment.id == Allocation.payment_id).where(Allocation.id.in_(ids))).all()
        for row in rows:
            if row.live and not row.told and (row.customer_id, row.currency) != (row.payer, row.paid_in):
                raise Refused(_("Invoice %(number)s is another customer’s, or in another currency.", number=row.number))
            if row.live and not row.told and row.state not in OPEN:
                raise Refused(_("Invoice %(number)s is not issued.", number=row.number))
            if row.live and not row.told and row.rate != row.was:
                gain = orders.in_house(row.amount, row.rate) - orders.in_house(row.amount, row.was)
                db.execute(sa.update(Allocation).where(Allocation.id == row.id).values(gain=gain).execution_options(synchronize_session=False))
        for live in (True, False):
            moved = [row.id for row in rows if bool(row.live) is live and bool(row.told) is not live]
            db.execute(sa.update(Allocation).where(Allocation.id.in_(moved)).values(told=live).execution_options(synchronize_session=False))
    settle({row.invoice_id for row in rows}, {row.payment_id for row in rows})
    for live in (True, False):
        if moved := tuple(row.id for row in rows if bool(row.live) is live and bool(row.told) is not live):
            emit(PaymentsAllocated(moved, taken_back=not live))


def settle(invoices: Iterable[int], payments: Iterable[int] = ()):
    """Count anew what was paid and credited of these invoices, what remains, and how far their orders are. Raises Refused where more was paid
    than an invoice asks for, or more allocated than a payment is."""
    payments, every = sorted(set(payments)), hold(invoices, payments)
    came, went, over, moved = [], [], set(), []
    with system_scope("what remains of invoices") as db:
        rows = {row.id: row for row in db.execute(sa.select(
            Invoice.id, Invoice.number, Invoice.order_id, Invoice.contract_id, Invoice.credits_id, Invoice.currency, Invoice.total, Invoice.state, Invoice.rate, Invoice.day, Invoice.deleted_at, Invoice.worth, Invoice.paid, Invoice.credited,
            Invoice.remaining, Invoice.open_worth, Invoice.settled, Invoice.asked, Invoice.written, Invoice.written_on, Invoice.written_worth).where(Invoice.id.in_(every)))}
        got: dict[int, tuple[int, dt.date]] = {row[0]: (int(row[1]), row[2]) for row in db.execute(
            sa.select(Allocation.invoice_id, sa.func.sum(Allocation.amount), sa.func.max(Payment.day)).join(Payment, Payment.id == Allocation.payment_id).where(
                Allocation.invoice_id.in_(every), Allocation.deleted_at.is_(None), Allocation.returned.is_(None)).group_by(Allocation.invoice_id))}
        for row in rows.values():  # one that was asked for before has something that remains, or a day on which nothing did any more
            counted = bool(row.remaining) or row.settled is not None
            if counted is not _asked(row):
                (went if counted else came).append(row.id)
        for root in [row for row in rows.values() if row.credits_id is None]:
            notes = sorted((row for row in rows.values() if row.credits_id == root.id and _asked(row)), key=lambda row: row.id)
            paid, last = got.get(root.id, (0, root.day))
            if not _asked(root):
                moved += [root.id] if root.written else []
                _keep(db, root, 0, 0, 0, None)
                over.add(root.id)
                continue
            noted = -sum(row.total for row in notes)
            credited = min(noted, max(0, root.total - paid))
            if not min(0, root.total) <= paid <= max(0, root.total):
                raise Refused(_("Invoice %(number)s is %(total)s: more cannot be paid for it.", number=root.number, total=money.say(root.total, root.currency)))
            if noted > max(0, root.total):
                raise Refused(_("Credit notes cannot come to more than invoice %(number)s.", number=root.number))
            left = root.total - paid - credited
            lost = left if root.written_on is not None and left > 0 else 0
            moved += [root.id] if lost != root.written else []
            over |= set() if left > lost else {root.id}
            _keep(db, root, paid, credited, left - lost, root.written_on if lost else max([last or today(), *(row.day for row in notes)]) if not left else None, lost)
            for note in notes:
                used = min(credited, -note.total)
                credited -= used
                back, last = got.get(note.id, (0, note.day))
                if not note.total <= back <= 0:
                    raise Refused(_("Of credit note %(number)s no more can be paid back.", number=note.number))
                _keep(db, note, back, used, note.total + used - back, last if note.total + used == back else None)
        db.expire_all()
        contracts = {row.contract_id for row in rows.values() if row.contract_id}
        touched = {row.order_id for row in rows.values() if row.order_id} | _orders_of(db, contracts)
        if touched:
            _not_twice(db, touched)
        if payments:
            spent = sa.select(sa.func.coalesce(sa.func.sum(Allocation.amount), 0)).where(
                Allocation.payment_id == Payment.id, Allocation.deleted_at.is_(None), Allocation.returned.is_(None)).scalar_subquery()
            rest = sa.case((Payment.returned.is_not(None), 0), else_=Payment.amount - spent)
            db.execute(sa.update(Payment).where(Payment.id.in_(payments)).values(unallocated=rest).execution_options(synchronize_session=False))
            wrong = db.execute(sa.select(Payment.number).where(Payment.id.in_(payments), Payment.deleted_at.is_(None), sa.or_(
                sa.and_(Payment.amount > 0, Payment.unallocated < 0), sa.and_(Payment.amount < 0, Payment.unallocated > 0), sa.and_(Payment.amount > 0, Payment.unallocated > Payment.amount)))).first()
            if wrong is not None:
                raise Refused(_("More than payment %(number)s is cannot be counted for invoices.", number=wrong.number))
    covering.name(contracts)
    orders.settle(touched)
    paying.lay(contracts)
    tasks.finish_all([reminder_key(one, level) for one in over for level in range(1, rows[one].asked + 1)])
    if came or went:
        telling.told([*came, *went], contracts)
    for event, ids in ((InvoicesIssued, came), (InvoicesCancelled, went), (InvoicesWrittenOff, moved)):
        if ids:
            emit(event(tuple(ids)))


def _not_twice(db, ids: Iterable[int]):
    """Raises Refused where more of an item stands on the invoices of these orders than was ordered (one that was cancelled counts again)."""
    number = db.scalar(sa.select(Order.number).join(OrderItem, OrderItem.order_id == Order.id).join(InvoiceItem, InvoiceItem.item_id == OrderItem.id).join(
        Invoice, Invoice.id == InvoiceItem.invoice_id).where(Order.id.in_(ids), LIVE).group_by(Order.number, OrderItem.id, OrderItem.quantity).having(
            sa.func.sum(InvoiceItem.quantity) > OrderItem.quantity).limit(1))
    if number is not None:
        raise Refused(_("More would be invoiced of %(number)s than was ordered.", number=number))


def follow(event):
    """Orders are to be carried out, or not: the money of the instalments of their contracts is laid to the orders anew; listens to OrdersConfirmed and
    OrdersCancelled. Who is at it holds the orders of the contracts, their invoices, then the contracts."""
    with system_scope("contracts whose money is laid anew") as db:
        contracts = db.scalars(sa.select(Order.contract_id).where(Order.id.in_(event.ids), Order.contract_id.is_not(None)).distinct()).all()
        if not contracts:
            return
        orders.lock(_orders_of(db, contracts))
        hold(db.scalars(sa.select(Invoice.id).where(Invoice.contract_id.in_(contracts), Invoice.instalment_id.is_not(None))).all())
        db.scalars(sa.select(Contract.id).where(Contract.id.in_(contracts)).order_by(Contract.id).with_for_update(key_share=True)).all()
        touched = _orders_of(db, contracts)
    moved = covering.name(contracts)
    orders.settle(touched)
    paying.lay(contracts)  # what they have beyond it pays no instalment
    orders.retell(sorted(moved))
    telling.plans(contracts)


def _pieces(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Item of these orders → how much of it stands on invoices less credit notes, and on credit notes."""
    with system_scope("what of orders was invoiced and credited") as db:
        back = sa.func.sum(sa.case((InvoiceItem.quantity < 0, -InvoiceItem.quantity), else_=0))
        return {row[0]: (int(row[1]), int(row[2])) for row in db.execute(sa.select(InvoiceItem.item_id, sa.func.sum(InvoiceItem.quantity), back).join(
            Invoice, Invoice.id == InvoiceItem.invoice_id).where(Invoice.order_id.in_(ids), InvoiceItem.item_id.is_not(None), Invoice.state.in_(OPEN), LIVE).group_by(InvoiceItem.item_id))}


def _received(ids: Sequence[int]) -> dict[int, int]:
    """Contract → what was paid for its invoices in its currency, less what was credited after it was paid, whether or not it was paid back yet."""
    net = sa.case((Invoice.credits_id.is_(None), Invoice.paid), else_=Invoice.total + Invoice.credited)
    with system_scope("what came in for contracts") as db:
        return {row[0]: int(row[1]) for row in db.execute(sa.select(Invoice.contract_id, sa.func.sum(net)).join(Contract, Contract.id == Invoice.contract_id).where(
            Invoice.contract_id.in_(ids), Invoice.currency == Contract.currency, Invoice.state.in_(OPEN), Invoice.deleted_at.is_(None)).group_by(Invoice.contract_id))}


orders.receivables.billed, orders.receivables.money, orders.receivables.instalments, orders.receivables.deals = _pieces, covering.money, covering.of_instalments, telling.beside
orders.receivables.turned = covering.name
paying.receivables.received = _received


def lost(customers: Sequence[int], first: dt.date, last: dt.date) -> dict[int, int]:
    """What of these customers' invoices was written off in these days and has not come since, in the house's currency: bad debt, for core's profit
    contribution. One statement."""
    query = sa.select(Invoice.customer_id, sa.func.sum(Invoice.written_worth)).where(
        among(Invoice.customer_id, customers), Invoice.state == State.lost, Invoice.written_on >= first, Invoice.written_on <= last, Invoice.deleted_at.is_(None))
    return {customer: int(amount) for customer, amount in session.execute(query.group_by(Invoice.customer_id))}


def _asked(row) -> bool:
    return row.deleted_at is None and row.state in OPEN


def _keep(db, row, paid: int, credited: int, remaining: int, settled: dt.date | None, lost: int = 0):
    """Write what follows, where it is another than it was."""
    state = State.lost if _asked(row) and lost else State.paid if _asked(row) and not remaining else State.issued if _asked(row) else row.state
    worth = orders.in_house(row.total, row.rate)
    kept = {"paid": paid, "credited": credited, "remaining": remaining, "state": state, "worth": worth, "open_worth": orders.in_house(remaining, row.rate), "settled": settled,
            "written": lost, "written_worth": orders.in_house(lost, row.rate)}
    if any(getattr(row, name) != value for name, value in kept.items()):
        db.execute(sa.update(Invoice).where(Invoice.id == row.id).values(**kept).execution_options(synchronize_session=False))


# --- reminding ------------------------------------------------------------------------------------------------------------


def late_steps() -> list[int]:
    """After how many days late an owner is told: in rising order."""
    now = OrderSettings.now()
    return sorted({now.first, now.second, now.third})


def tell_late(job):
    """Owners are told of invoices that are late: of each once for each step, however often this runs."""
    steps, day = late_steps(), today()
    with system_scope("late invoices") as db:
        due = [sa.and_(Invoice.due <= day - dt.timedelta(days=days), Invoice.step < number) for number, days in enumerate(steps, 1)]
        rows = db.execute(sa.select(Invoice.id, Invoice.number, Invoice.owner_id, Invoice.due, Invoice.step).where(
            Invoice.state == State.issued, Invoice.remaining > 0, Invoice.deleted_at.is_(None), sa.or_(*due)).order_by(Invoice.due, Invoice.id).limit(2_000)).all()
    with job.finish():
        for row in rows:
            late = (day - row.due).days
            step = sum(1 for days in steps if late >= days)
            with system_scope("late invoices") as db:
                mine = db.execute(sa.update(Invoice).where(Invoice.id == row.id, Invoice.step < step).values(step=step).execution_options(synchronize_session=False)).rowcount
            if mine and row.owner_id is not None:
                notify([row.owner_id], _("Invoice %(number)s is %(days)s days late.", number=row.number, days=late), about=("sales.invoice", row.id), source=_("Sales"))


def reminder_key(invoice_id: int, level: int) -> str:
    """Of the task to remind a customer of an invoice; it ends when he is reminded, or nothing remains."""
    return f"sales.invoice.remind/{invoice_id}/{level}"


def remind(invoice_row):
    """Note down that the customer was reminded; the letter is the print “Reminder”."""
    if invoice_row.remaining <= 0 or invoice_row.due is None or invoice_row.due >= today():
        raise Refused(_("%(number)s is not late.", number=invoice_row.number))
    invoice_row.reminded += 1
