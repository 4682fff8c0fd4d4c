"""What the sales force hears: after the transaction, as the house, so that whoever confirms an order need not see anybody's commission. All of
them work on what is so when they are called: told twice or in another order they do no more than once."""

import sqlalchemy as sa

from crm_core.sdk import session, site, system_scope, today
from crm_sales.force import achieving, commission
from crm_sales.force.commission_models import Basis, CommissionLine, Statement
from crm_sales.force.models import Share
from crm_sales.opportunities import sharing
from crm_sales.orders import services as orders
from crm_sales.orders.models import Order
from crm_sales.receivables import covering
from crm_sales.receivables import services as receivables
from crm_sales.receivables.models import Allocation, Invoice


def _hold(of_orders=(), invoices=()):
    """Until this is counted what can be written off or credited of these stays as it is, and another listener about them waits: all that is read from here
    on is read under their lock. An order is held before its invoices, as whoever books money does (`receivables.hold`), and after them everybody whose
    statement may change, at once (`commission.hold`): two contracts may have the same sellers."""
    orders.lock(of_orders)
    receivables.hold_whole(invoices)
    commission.hold(session, _whose(of_orders, invoices))


def _whose(of_orders, invoices):
    """Everybody who has, or may have, commission of these orders and invoices, and of the other orders of their contracts. Five statements."""
    root = sa.func.coalesce(Invoice.credits_id, Invoice.id)
    roots = sa.select(root).where(Invoice.id.in_(sorted(set(invoices))))
    rows = session.execute(sa.select(Invoice.id, Invoice.order_id, Invoice.contract_id, Invoice.owner_id).where(root.in_(roots))).all()
    ids, contracts = {*of_orders, *(row.order_id for row in rows)} - {None}, {row.contract_id for row in rows} - {None}
    found = session.execute(sa.select(Order.id, Order.owner_id).where(sa.or_(orders.together(session, ids), Order.contract_id.in_(contracts)))).all()
    ids |= {row.id for row in found}
    sources = [f"invoice:{row.id}" for row in rows]
    sources += [f"allocation:{one}" for one in session.scalars(sa.select(Allocation.id).where(Allocation.invoice_id.in_([row.id for row in rows])))]
    earned = sa.select(Statement.owner_id).join(CommissionLine, CommissionLine.statement_id == Statement.id).where(sa.or_(CommissionLine.order_id.in_(ids), CommissionLine.source.in_(sources)))
    shares = sa.select(Share.person_id).where(Share.order_id.in_(ids), Share.deleted_at.is_(None))
    return {row.owner_id for row in (*rows, *found)} | set(session.scalars(sa.union(earned, shares)))


def _counts(doc):
    turn = achieving.count(session, doc)
    if turn is not None:
        if turn:
            _no_loss(doc.source, doc.order, doc.invoice)
            commission.give_back(session, [CommissionLine.source == doc.source], today(), f"again:{doc.source}")
        commission.earn(session, doc, turn)
    _less(doc.order, doc.invoice)


def _no_loss(source, order, invoice):
    """A document that counts anew or no more: what a loss held back of its lines is there again, so that all of them is taken back, and once."""
    for cause, _lines, _lost in _may_be_lost(order, invoice):
        commission.keep_back(session, [CommissionLine.source == source], today(), cause, 0, 1)


def _may_be_lost(order, invoice):
    """What can be written off of these: how it is called, the commission it holds back, and how much of it is lost."""
    if order is not None:
        yield f"lost:order:{order}", [CommissionLine.order_id == order, CommissionLine.basis == Basis.order], lambda: achieving.lost_of_order(session, order)
    if invoice is not None:
        yield f"lost:invoice:{invoice}", [CommissionLine.source == f"invoice:{invoice}", CommissionLine.basis == Basis.invoice], lambda: achieving.lost_of_invoice(session, invoice)


def _less(order, invoice):
    """What credit notes and losses take: first what is lost no more is there again, so that credit notes find what they take back."""
    _losses(order, invoice, rise=False)
    _credits(order, invoice)
    _losses(order, invoice)


def _losses(order, invoice, rise=True):
    """What is written off holds back the same share of what was paid on the order and on the invoice; commission on money received is for what came in,
    and stays. What instalments bring in, or do not, is laid to all orders of their contract."""
    for cause, lines, lost in [*_may_be_lost(order, invoice), *(one for other in covering.beside(session, order, invoice) for one in _may_be_lost(other, None))]:
        if (loss := lost()) is not None:
            commission.keep_back(session, lines, today(), cause, *loss, rise=rise)


def _credits(order, invoice):
    """Credit notes take back what was paid on an order and on its invoices, and what is paid back of it what was paid on money received, in
    whatever order all that is heard of."""
    for one in achieving.credits_of(session, order, invoice):
        if one.order is not None:
            commission.give_back(session, [CommissionLine.order_id == one.order, CommissionLine.basis == Basis.order], one.day, f"credit:{one.source}", one.of_order)
        if one.invoice is not None or one.order is not None:
            where = CommissionLine.source == f"invoice:{one.invoice}" if one.invoice is not None else CommissionLine.order_id == one.order
            commission.give_back(session, [where, CommissionLine.basis == Basis.invoice], one.day, f"credit:{one.source}", one.of_invoice)
    for doc in achieving.refunds_of(session, invoice):
        came = [f"allocation:{one.id}" for one in achieving.received_of(session, invoice) if one.amount > 0]
        commission.give_back(session, [CommissionLine.source.in_(came)], doc.day, f"refund:{doc.source}", -sum(doc.parts.values()))


def ordered(event):
    _hold(event.ids)
    for one in event.ids:
        if (doc := achieving.order_doc(session, one)) is not None:
            _counts(doc)


def cancelled(event):
    """What of an order was delivered before it was cancelled is paid, so it goes on counting."""
    _hold(event.ids)
    for one in event.ids:
        if achieving.order_doc(session, one) is not None:
            continue
        doc, whole = achieving.delivered_doc(session, one)
        mine = [CommissionLine.source == f"order:{one}"]
        _no_loss(f"order:{one}", one, None)
        if doc is None:
            achieving.take_back(session, f"order:{one}", today())
            commission.give_back(session, mine, today(), f"cancel:{one}")
            continue
        had, _turn = achieving.live(session, doc.source)
        turn = achieving.count(session, doc)
        if turn is not None and had:
            commission.give_back(session, mine, today(), f"cancel:{one}/{turn}", whole - sum(doc.parts.values()))
        elif turn is not None:
            commission.earn(session, doc, turn)
    for one in event.ids:
        _losses(one, None)  # what it had of instalments is there for the others of its contract


def completed(event):
    """Completed, or no more: orders have other places among those of their contract, and with them other parts of what of its instalments is lost."""
    _hold(event.ids)
    for one in event.ids:
        _losses(one, None)


def invoiced(event):
    _hold(invoices=event.ids)
    for one in event.ids:
        doc = achieving.invoice_doc(session, one)
        if doc is not None:
            _counts(doc)


def uninvoiced(event):
    _hold(invoices=event.ids)
    for one in event.ids:
        if achieving.invoice_doc(session, one) is None:
            achieving.take_back(session, f"invoice:{one}", today())
            _no_loss(f"invoice:{one}", None, one)
            commission.give_back(session, [CommissionLine.source == f"invoice:{one}"], today(), f"void:{one}")


def written_off(event):
    """Written off, asked for again, or a smaller loss."""
    _hold(invoices=event.ids)
    for one in event.ids:
        if (doc := achieving.invoice_doc(session, one)) is not None:
            _less(doc.order, doc.invoice)


def allocated(event):
    _hold(invoices=achieving.invoices_of(session, event.ids))
    for one in event.ids:
        if (doc := achieving.allocation_doc(session, one)) is not None:
            _counts(doc)
        elif event.taken_back:
            achieving.take_back(session, f"allocation:{one}", today())
            commission.give_back(session, [CommissionLine.source == f"allocation:{one}"], today(), f"unpaid:{one}")
            commission.take_no_more(session, f"refund:allocation:{one}", today())


def won(event):
    """Won, lost or open again: what is so counts."""
    for one in event.ids:
        doc = achieving.opportunity_doc(session, one)
        if doc is not None:
            achieving.count(session, doc)
        else:
            achieving.take_back(session, f"opportunity:{one}", today())


def pay_handed_on(event):
    """A pay basis is somebody else's: statements of both follow."""
    if event.resource == "sales.pay_basis":
        commission.pay_changed({*event.before, *event.after})


def order_made(event):
    """An order that came of an opportunity begins with the shares of its team, inside the transaction; they can be changed until it is confirmed."""
    if (event.resource, event.verb) != ("sales.order", "create"):
        return
    with system_scope("shares of the opportunity an order came of") as db:
        query = sa.select(Order.id, Order.owner_id, Order.opportunity_id).where(Order.id.in_(event.ids), Order.opportunity_id.is_not(None))
        orders = db.execute(query.where(sa.not_(sa.exists().where(Share.order_id == Order.id, Share.deleted_at.is_(None))))).all()
        teams = sharing.team_of(db, {order.opportunity_id for order in orders}) if orders else {}
        rows = [{"order": order.id, "person": person, "percent": percent} for order in orders for person, percent in teams.get(order.opportunity_id, {}).items() if person != order.owner_id]
        if rows:
            site().registry.resource("sales.share").write(rows)
