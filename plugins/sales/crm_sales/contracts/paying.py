"""What came in for contracts, laid to their instalments.

    received = what was paid for the invoices of a contract, less what was credited of it after it was paid (paid back or not yet)
    invoiced = of an instalment, what invoices made for it ask for, less what was credited of them
    laid     = to an instalment that has an invoice of its own what came for that; then the instalment due first first, those without a day last, each up to
               its amount; what is left over is on none

An invoice belongs to a contract when it is made of an order that names the contract, or names it itself. Nobody types what was paid: whenever money,
credit notes or the plan change, it is counted anew from the documents while the contract is held, so that twice is no more than once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select, update

from crm_core.sdk import Refused, session, system_scope, tasks, today
from crm_sales import _
from crm_sales.contracts.models import Contract, ContractPayment, State

ASKED = State.signed, State.done  # what is agreed is owed


@dataclass
class Money:
    """What receivables know of contracts; they come later, so they say it themselves: contract → what was received, in its currency."""

    received: Callable[[list[int]], dict[int, int]] = lambda _ids: {}
    plan: Callable[[list[int]], dict[int, tuple[int, int]]] = lambda _ids: {}  # contracts → instalment: what was invoiced of it, and received for that


receivables = Money()


def laid(amounts, came):
    """Of `came` what is on each of these amounts, the first first; nothing on one that is nothing or less."""
    parts = []
    for amount in amounts:
        part = min(max(amount, 0), max(came, 0))
        parts.append(part)
        came -= part
    return parts


def spread(plan, came):
    """What is on each instalment of a plan, in the order in which they are due. `plan`: (amount, what came for its own invoice) each."""
    own = laid([min(amount, mine) for amount, mine in plan], came)
    rest = laid([amount - part for (amount, _mine), part in zip(plan, own, strict=True)], came - sum(own))
    return [one + more for one, more in zip(own, rest, strict=True)]


def due_key(payment_id):
    """Of the task to invoice an instalment; it ends when it is invoiced."""
    return f"sales.contract_payment.due:{payment_id}"


def held(db, ids):
    """These contracts, held until the transaction ends: whoever counts what came for one waits for who is at it."""
    return db.execute(select(Contract.id, Contract.paid).where(Contract.id.in_(ids)).order_by(Contract.id).with_for_update(key_share=True)).all()


def lay(ids):
    """Count anew what was received for these contracts and which of their instalments it pays."""
    ids = sorted(set(ids))
    if not ids:
        return
    with system_scope("what came in for contracts") as db:
        db.flush()
        heads = held(db, ids)
        came, own, plans, asked = receivables.received(ids), receivables.plan(ids), {}, []
        line = ContractPayment
        for row in db.execute(select(line.id, line.what, line.contract_id, line.amount, line.invoiced, line.paid, line.remaining).where(
                line.contract_id.in_(ids), line.deleted_at.is_(None)).order_by(line.contract_id, line.due.is_(None), line.due, line.id)):
            plans.setdefault(row.contract_id, []).append(row)
        for head in heads:
            plan, paid = plans.get(head.id, []), came.get(head.id, 0)
            for row, part in zip(plan, spread([(row.amount or 0, own.get(row.id, (0, 0))[1]) for row in plan], paid), strict=True):
                left, invoiced = max(row.amount or 0, 0) - part, own.get(row.id, (0, 0))[0]
                if invoiced > max(row.amount or 0, 0):
                    raise Refused(_("More would be invoiced of “%(what)s” than the plan says.", what=row.what))
                asked += [row.id] if invoiced > row.invoiced else []
                if (row.invoiced, row.paid, row.remaining) != (invoiced, part, left):
                    db.execute(update(line).where(line.id == row.id).values(invoiced=invoiced, paid=part, remaining=left).execution_options(synchronize_session=False))
            if head.paid != paid:
                db.execute(update(Contract).where(Contract.id == head.id).values(paid=paid).execution_options(synchronize_session=False))
        db.expire_all()
    if asked:
        tasks.finish_all([due_key(one) for one in asked])


def _late():
    """Instalments of what is agreed whose day is over, and that are not paid whole."""
    return Contract.state.in_(ASKED), ContractPayment.due < today(), ContractPayment.remaining > 0


def overdue(ids):
    """Of contracts: what of their instalments is late, in their currency. One statement."""
    query = select(ContractPayment.contract_id, func.sum(ContractPayment.remaining)).join(Contract, Contract.id == ContractPayment.contract_id).where(
        ContractPayment.contract_id.in_(ids), *_late())
    return {row[0]: int(row[1]) for row in session.execute(query.group_by(ContractPayment.contract_id))}


def late(ids):
    """Of instalments: how many days late what remains of them is. One statement."""
    query = select(ContractPayment.id, ContractPayment.due).join(Contract, Contract.id == ContractPayment.contract_id).where(
        ContractPayment.id.in_(ids), *_late())
    return {row.id: (today() - row.due).days for row in session.execute(query)}
