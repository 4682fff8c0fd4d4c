"""What the sales force hears: after the transaction, as the house, so that whoever confirms an order need not see anybody's commission. All of
them work on what is so when they are called: told twice or in another order they do no more than once."""

from crm_core.sdk import session, today
from crm_sales.force import achieving, commission
from crm_sales.force.commission_models import Basis, CommissionLine


def _counts(doc):
    turn = achieving.count(session, doc)
    if turn is not None:
        commission.earn(session, doc, turn)
    if doc.order is not None:
        _credits(doc.order)


def _credits(order):
    """Credit notes of an order take back what was paid on it and on its invoices, in whatever order all that is heard of."""
    for one, invoice in achieving.credits_of(session, order):
        for basis in (Basis.order, Basis.invoice):
            where = [CommissionLine.order_id == order, CommissionLine.basis == basis]
            if basis == Basis.invoice and invoice is not None:
                where.append(CommissionLine.source == f"invoice:{invoice}")
            commission.give_back(session, where, one.day, f"credit:{one.source}", -sum(one.parts.values()))


def ordered(event):
    for one in event.ids:
        if (doc := achieving.order_doc(session, one)) is not None:
            _counts(doc)


def cancelled(event):
    for one in event.ids:
        if achieving.order_doc(session, one) is None:
            achieving.take_back(session, f"order:{one}", today())
            commission.give_back(session, [CommissionLine.order_id == one, CommissionLine.basis == Basis.order], today(), f"cancel:{one}")


def invoiced(event):
    for one in event.ids:
        doc = achieving.invoice_doc(session, one)
        if doc is not None:
            _counts(doc)


def allocated(event):
    for one in event.ids:
        if event.taken_back:
            achieving.take_back(session, f"allocation:{one}", today())
            commission.give_back(session, [CommissionLine.source == f"allocation:{one}"], today(), f"unpaid:{one}")
        elif (doc := achieving.allocation_doc(session, one)) is not None:
            _counts(doc)


def won(event):
    for one in event.ids:
        doc = achieving.opportunity_doc(session, one)
        if doc is not None:
            achieving.count(session, doc)
        else:
            achieving.take_back(session, f"opportunity:{one}", today())
