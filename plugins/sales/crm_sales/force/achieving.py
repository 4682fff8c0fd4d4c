"""What was achieved: each person's share of what is ordered, invoiced, received and won, in the currency of the house and without tax.

Listeners after the event work on what is so then, so that being told twice, or late, makes nothing twice: a document that counts has its
lines once, one that does not any more has each of them taken back once. Both are unique keys of the database.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.sdk import Product, amounts, local, money, site, standing_of, system_scope, today
from crm_sales.force.models import Achievement, Did, Share
from crm_sales.opportunities import sharing
from crm_sales.opportunities.models import Opportunity, OpportunityItem
from crm_sales.orders.models import Order, OrderItem
from crm_sales.receivables import covering
from crm_sales.receivables.models import Allocation, Invoice, InvoiceItem, Payment


class Part(NamedTuple):
    """Of what a document is made: one product with its category, or what has none."""

    category: int | None = None
    product: int | None = None


class Doc(NamedTuple):
    """A document that counts, in the currency of the house: `parts` is `Part` → amount without tax, `shares` person → hundredths of a percent."""

    source: str
    did: Any
    document: str
    day: Any
    customer: int
    order: int | None
    seller: int | None
    shares: dict[int, int]
    parts: dict[Part, int]
    agreed: Any  # the day whose policies hold
    invoice: int | None = None  # the one that it, or the money, is for; of a credit note the one that is credited


def shares_of(order_id, owner_id, db):
    """Who has which share, in hundredths of a percent, together the whole: those the order names, and its owner the rest."""
    rows = db.execute(sa.select(Share.person_id, Share.percent).where(Share.order_id == order_id, Share.deleted_at.is_(None)).order_by(Share.id)).all() if order_id else []
    found = {row.person_id: row.percent for row in rows}
    rest = amounts.WHOLE - sum(found.values())
    if owner_id is not None and rest > 0:
        found[owner_id] = found.get(owner_id, 0) + rest
    return found


def _parts(db, line, link, head_id, currency, day):
    """What a document comes to without tax, by product."""
    key = Product.category_id, line.product_id
    query = sa.select(*key, sa.func.sum(line.net)).select_from(line).outerjoin(Product, Product.id == line.product_id)
    rows = db.execute(query.where(link == head_id, line.deleted_at.is_(None)).group_by(*key).order_by(*key)).all()
    return {Part(category, product): money.in_house(int(net or 0), currency, day) for category, product, net in rows}


def _day(document):
    """The day that stands on a document; where none does, the one on which it was made, by the clock of the house."""
    return document.day or local(document.created_at).date()


def order_doc(db, order_id, states=("confirmed", "done")):
    """A confirmed order; None where it does not count (any more)."""
    order = db.get(Order, order_id)
    if order is None or order.deleted_at is not None or str(order.state) not in states:
        return None
    day = _day(order)
    return Doc(f"order:{order.id}", Did.ordered, order.number, day, order.customer_id, order.id, order.owner_id, shares_of(order.id, order.owner_id, db),
               _parts(db, OrderItem, OrderItem.order_id, order.id, order.currency, day), day)


def delivered_doc(db, order_id):
    """What of a cancelled order was delivered, which is invoiced and paid, and with it what it came to whole; None where nothing was."""
    doc, order = order_doc(db, order_id, ("cancelled",)), db.get(Order, order_id)
    if doc is None or not order.delivered:
        return None, 0
    return doc._replace(day=today(), parts={part: amounts.part(amount, order.delivered, money.rounding()) for part, amount in doc.parts.items()}), sum(doc.parts.values())


def invoices_of(db, allocations):
    """The invoices that this money was counted for."""
    return db.scalars(sa.select(Allocation.invoice_id).where(Allocation.id.in_(allocations))).all()


def _origin(db, invoice):
    """The order of an invoice: whose it is, and the day whose policies hold."""
    order = db.get(Order, invoice.order_id) if invoice.order_id is not None else None
    day = _day(invoice)
    if order is None:
        return invoice.owner_id, day
    return order.owner_id if order.owner_id is not None else invoice.owner_id, _day(order)


def invoice_doc(db, invoice_id):
    """An invoice that was issued; credit notes, too, which come to less than nothing."""
    invoice = db.get(Invoice, invoice_id)
    if invoice is None or invoice.deleted_at is not None or str(invoice.state) in ("draft", "cancelled"):
        return None
    of = _credited(db, invoice)
    day = _day(invoice)
    seller, agreed = _origin(db, invoice)
    return Doc(f"invoice:{invoice.id}", Did.invoiced, invoice.number, day, invoice.customer_id, invoice.order_id, seller, shares_of(invoice.order_id, seller, db),
               _parts(db, InvoiceItem, InvoiceItem.invoice_id, invoice.id, invoice.currency, of.day or day), agreed, of.id)


def _credited(db, invoice):
    """The invoice that a credit note takes from, at whose rate it counts; any other itself."""
    return (db.get(Invoice, invoice.credits_id) if invoice.credits_id is not None else None) or invoice


class Credit(NamedTuple):
    """A credit note: the invoice it names, if any, and what it takes of that and of the order, each at the rate of its day."""

    source: str
    document: str
    day: Any
    order: int | None
    invoice: int | None
    of_invoice: int
    of_order: int


def credits_of(db, order_id, invoice_id):
    """The credit notes of an order and of an invoice: what was issued that comes to less than nothing. Those of instalments take nothing of an order: it is
    carried out as it was, and its contract is invoiced anew."""
    of = [column == value for column, value in ((Invoice.order_id, order_id), (Invoice.credits_id, invoice_id), (Invoice.id, invoice_id)) if value is not None]
    ids = db.scalars(sa.select(Invoice.id).where(sa.or_(*of), Invoice.deleted_at.is_(None), Invoice.net < 0).order_by(Invoice.id)).all() if of else []
    found = []
    for one in ids:
        if (doc := invoice_doc(db, one)) is not None:
            note = db.get(Invoice, one)
            parts = _parts(db, InvoiceItem, InvoiceItem.invoice_id, one, note.currency, doc.agreed)
            plan = _credited(db, note).instalment_id is not None
            found.append(Credit(doc.source, doc.document, doc.day, None if plan else doc.order, note.credits_id, -sum(doc.parts.values()), -sum(parts.values())))
    return found


class Loss(NamedTuple):
    """What of something is written off, of how much, in its currency."""

    part: int
    whole: int


def lost_of_invoice(db, invoice_id):
    """What of an invoice is written off, tax and all; None where it does not count (any more)."""
    invoice = db.get(Invoice, invoice_id, populate_existing=True)
    if invoice is None or invoice.total <= 0 or invoice_doc(db, invoice_id) is None:
        return None
    return Loss(invoice.written, invoice.written if invoice.written and invoice.written == invoice.total - invoice.credited else invoice.total)


def lost_of_order(db, order_id):
    """What of an order is written off, on its own invoices and of its share of the instalments of its contract; None where it does not count (any more)."""
    order = db.get(Order, order_id, populate_existing=True) if order_id is not None else None
    if order is None or order.total <= 0 or (order_doc(db, order_id) is None and delivered_doc(db, order_id)[0] is None):
        return None
    lost, asked = covering.lost(order_id)
    return Loss(lost, lost if lost and lost == asked >= order.total else order.total)


def allocation_doc(db, allocation_id):
    """Money received for an invoice, without the tax in it, told apart as the invoice is; or paid back on a credit note, at the rate at which it came."""
    allocation = db.get(Allocation, allocation_id)
    if allocation is None or allocation.deleted_at is not None or allocation.returned is not None:
        return None
    invoice, payment = db.get(Invoice, allocation.invoice_id), db.get(Payment, allocation.payment_id)
    if not invoice.total or payment.deleted_at is not None:
        return None
    seller, agreed = _origin(db, invoice)
    lines = _parts(db, InvoiceItem, InvoiceItem.invoice_id, invoice.id, invoice.currency, payment.day)
    came = money.in_house(allocation.amount, invoice.currency, payment.day) if invoice.total > 0 else _as_it_came(db, allocation, invoice)
    net = amounts.divide(came * abs(invoice.net), abs(invoice.total), money.rounding())  # of a credit note both are below nothing
    weights = [max(0, one if invoice.total > 0 else -one) for one in lines.values()]
    parts = dict(zip(lines, amounts.share(net, weights), strict=True)) if any(weights) else {Part(): net}
    return Doc(f"allocation:{allocation.id}", Did.received, f"{payment.number} / {invoice.number}", payment.day, invoice.customer_id, invoice.order_id, seller,
               shares_of(invoice.order_id, seller, db), parts, agreed, _credited(db, invoice).id)


def received_of(db, *invoices):
    """The money that counts for invoices: (id of the allocation, amount, day)."""
    query = sa.select(Allocation.id, Allocation.amount, Payment.day).join(Payment, Payment.id == Allocation.payment_id).where(
        Allocation.invoice_id.in_(invoices), Allocation.deleted_at.is_(None), Allocation.returned.is_(None), Payment.deleted_at.is_(None))
    return db.execute(query.order_by(Allocation.id)).all()


def _as_it_came(db, allocation, note):
    """What is paid back, in the currency of the house at the rates at which it was received."""
    of = _credited(db, note)
    came = [one for one in received_of(db, of.id) if one.amount > 0] if of is not note else []
    if not (whole := sum(one.amount for one in came)):
        return money.in_house(allocation.amount, note.currency, of.day or note.day)
    return amounts.divide(allocation.amount * sum(money.in_house(one.amount, note.currency, one.day) for one in came), whole, money.rounding())


def refunds_of(db, invoice_id):
    """What was paid back of an invoice, most often on its credit notes."""
    notes = db.scalars(sa.select(Invoice.id).where(Invoice.credits_id == invoice_id, Invoice.deleted_at.is_(None))).all() if invoice_id is not None else []
    return [doc for one in received_of(db, invoice_id, *notes) if one.amount < 0 and (doc := allocation_doc(db, one.id)) is not None]


def opportunity_doc(db, opportunity_id):
    """An opportunity that was won: its products, else the amount that was expected."""
    one = db.get(Opportunity, opportunity_id)
    if one is None or one.deleted_at is not None or str(one.outcome) != "won":
        return None
    day = one.closed or today()
    parts = _parts(db, OpportunityItem, OpportunityItem.opportunity_id, one.id, one.currency, day)
    if not any(parts.values()):
        parts = {Part(): money.in_house(one.amount or 0, one.currency, day)}
    return Doc(f"opportunity:{one.id}", Did.won, one.name, day, one.customer_id, None, one.owner_id,
               sharing.team_of(db, [one.id]).get(one.id) or shares_of(None, one.owner_id, db), parts, day)


# --- keeping -----------------------------------------------------------------------------------------------------------


def live(db, source):
    """The lines of a document that were not taken back, and how often it was counted before."""
    rows = db.scalars(sa.select(Achievement).where(Achievement.source == source).order_by(Achievement.id).with_for_update()).all()
    back = {one.back_of_id for one in rows if one.back_of_id is not None}
    return [one for one in rows if one.back_of_id is None and one.id not in back], len(back)


def count(db, doc):
    """Note what a document comes to, once; what was noted of it before is taken back where it is something else now. Returns how often it had
    counted before; None: it counts so already, or comes to nothing."""
    there, turn = live(db, doc.source)
    if not doc.shares:
        return None
    mine = {(*part, person): own for part, amount in doc.parts.items()
            for person, own in zip(doc.shares, spread(amount, list(doc.shares.values())), strict=True) if own}
    if there and {(one.category_id, one.product_id, one.owner_id): one.amount for one in there} == mine:
        return None
    if there:
        take_back(db, doc.source, today())
        turn += len(there)
    _write([{"did": doc.did, "day": doc.day, "document": doc.document, "source": doc.source, "customer": doc.customer, "order": doc.order, "category": category, "product": product,
             "amount": amount, "key": f"{doc.source}/{turn}/{category or 0}.{product or 0}/{person}", "owner": person, "department": home_of(person)}
            for (category, product, person), amount in mine.items()])
    return turn if mine or there else None


def take_back(db, source, day):
    """Note that a document does not count any more, once for each of its lines."""
    there, _turn = live(db, source)
    _write([{"did": one.did, "day": day, "document": one.document, "source": one.source, "customer": one.customer_id, "order": one.order_id, "category": one.category_id, "product": one.product_id,
             "amount": -one.amount, "key": f"{one.key}/back", "owner": one.owner_id, "department": one.department_id, "back_of": one.id} for one in there])


def spread(amount, percents):
    """An amount by shares, with nothing lost; also one below nothing."""
    return amounts.share(amount, percents, money.step(money.house()))


def home_of(person):
    return next(iter(standing_of(person).departments), None)


def _write(rows):
    """Rows of the house's own book: columns no form has are among them."""
    if rows:
        with system_scope("achievements"):
            site().registry.resource("sales.achievement").write(rows, kind="count")
