"""What core hears of customers' dealings from invoices: of those for no order's item, of what of instalments is on no order, and of credit notes. What is for
an order's item is told with the order (orders.services)."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from crm_core.sdk import Deal, amounts, record_dealings, site, system_scope
from crm_sales import _
from crm_sales.orders import services as orders
from crm_sales.orders.models import Order
from crm_sales.receivables import covering
from crm_sales.receivables.covering import OPEN, shares
from crm_sales.receivables.models import Invoice, InvoiceItem, State


def told(ids: Sequence[int], contracts: Iterable[int]):
    """Core hears of what customers had by these invoices, or had not after all: by those of an order as far as it was told of the order."""
    with system_scope("whose invoices are") as db:
        rows = db.execute(sa.select(Invoice.id, Invoice.order_id).where(Invoice.id.in_(ids))).all()
    if deals := _of_invoices([row.id for row in rows if row.order_id is None]):
        record_dealings("sales", deals)
    if of := sorted({row.order_id for row in rows if row.order_id}):
        orders.retell(of)
    plans(contracts)


def plans(contracts: Iterable[int]):
    """Core hears what of the instalments of these contracts is on no order, and of their credit notes, where it heard something else."""
    record_dealings("sales", _of_plans(contracts))


def _of_plans(contracts: Iterable[int]) -> list[Deal]:
    """Deals of instalments of these contracts, and of their credit notes, that core heard otherwise: also that one is cancelled."""
    with system_scope("invoices of plans, and what was told of them") as db:
        contracts = list(contracts)
        found = db.scalars(sa.select(Invoice.id).where(Invoice.contract_id.in_(contracts), Invoice.instalment_id.is_not(None), Invoice.state != State.draft, Invoice.deleted_at.is_(None))).all() if contracts else ()
        notes = db.scalars(sa.select(Invoice.id).where(Invoice.credits_id.in_(found), covering.ASKED)).all() if found else ()
        deals, dealings = _of_invoices([*found, *notes]), site().registry.resource("core.dealing").model
        had = dict(db.execute(sa.select(dealings.source_key, dealings.amount).where(
            dealings.source == "sales", dealings.source_key.in_([one.key for one in deals]), dealings.deleted_at.is_(None))).all()) if deals else {}
    return [one for one in deals if (one.amount or 0) != (had.get(one.key) or 0)]


def _of_invoices(ids: Sequence[int]) -> list[Deal]:
    """What customers had by lines of invoices that are for no order's item: those written by hand, amounts that were credited, and what of instalments is on
    no order. Nothing of one that is cancelled."""
    with system_scope("deals of invoices") as db:
        rows = db.execute(sa.select(
            InvoiceItem.id, InvoiceItem.what, InvoiceItem.product_id, InvoiceItem.quantity, InvoiceItem.amount, Invoice.id.label("of"), Invoice.customer_id, Invoice.day, Invoice.number, Invoice.rate,
            Invoice.credits_id, Invoice.order_id, Invoice.contract_id, Invoice.instalment_id, Invoice.total, Invoice.state).join(Invoice, Invoice.id == InvoiceItem.invoice_id).where(
                Invoice.id.in_(ids), InvoiceItem.item_id.is_(None), InvoiceItem.deleted_at.is_(None)).order_by(InvoiceItem.id)).all() if ids else ()
    bare, lines, parts = covering.uncovered({one.contract_id for one in rows if one.instalment_id is not None}), {}, {}
    for one in rows:
        lines.setdefault(one.of, []).append(one)
    for of, mine in lines.items():
        head = mine[0]
        upto = 0 if head.state == State.cancelled else bare.get(of, head.total)
        if upto == head.total or not head.total:
            parts |= {one.id: (one.amount, one.quantity) if upto else (0, 0) for one in mine}
        else:
            found = shares([one.amount for one in mine], upto, head.total)
            parts |= {one.id: (part, amounts.divide(one.quantity * upto, head.total)) for one, part in zip(mine, found, strict=True)}
    return [Deal(
        customer=one.customer_id, key=f"{'credit' if one.credits_id else 'invoice'}/{one.id}", kind=_("Credit note") if one.credits_id else _("Invoice"), day=one.day, number=one.number,
        products=one.what, product=one.product_id, about=("sales.invoice", one.of), amount=orders.in_house(parts[one.id][0], one.rate),
        quantity=parts[one.id][1] if one.product_id else None) for one in rows]


def beside(ids: Sequence[int]) -> list[Deal]:
    """What core is told besides the items of orders when it is told of those: their credit notes, and what of instalments is on none of them."""
    with system_scope("credit notes of orders") as db:
        notes = db.scalars(sa.select(Invoice.id).where(Invoice.order_id.in_(ids), Invoice.credits_id.is_not(None), Invoice.state.in_(OPEN), Invoice.deleted_at.is_(None))).all()
        contracts = db.scalars(sa.select(Order.contract_id).where(Order.id.in_(ids), Order.contract_id.is_not(None)).distinct()).all()
    return [*_of_invoices(notes), *_of_plans(contracts)]
