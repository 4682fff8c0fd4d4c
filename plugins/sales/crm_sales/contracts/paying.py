"""What came in for contracts, laid to their instalments.

    received = what was paid for the invoices of a contract, less what was credited of it after it was paid (paid back or not yet)
    invoiced = of an instalment, what invoices made for it ask for, less what was credited of them
    laid     = to an instalment that has an invoice of its own what came for that; then the instalment due first first, those without a day last, each up to
               its amount; what is left over is on none

    agreed   = of a contract its total and those of its amendments that were signed and not ended since; where amendments make it less than its plan, the
               instalments due last are less by that, as far as they are not invoiced

An invoice belongs to a contract when it is made of an order that names the contract, or names it itself. An amendment has no money of its own: its
instalments, their invoices and its orders are those of the contract it amends, whose row is held by whoever counts. Nobody types what was paid: whenever money,
credit notes or the plan change, it is counted anew from the documents while the contract is held, so that twice is no more than once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

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
    beyond: Callable[[list[int]], dict[int, int]] = lambda _ids: {}  # contracts → what of it came for what their orders have beyond them


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


HEAD = Contract.id, Contract.paid, Contract.total, Contract.agreed


def held(db, ids):
    """These contracts, held until the transaction ends: whoever counts what came for one waits for who is at it."""
    return db.execute(select(*HEAD).where(Contract.id.in_(ids)).order_by(Contract.id).with_for_update(key_share=True)).all()


def first(contract):
    """The id of the contract that an amendment amends; of any other its own. Of a row, or of the model for a query."""
    return func.coalesce(contract.amends_id, contract.id) if contract is Contract else contract.amends_id or contract.id


def firsts(db, ids):
    """These contracts, and in place of amendments those they amend."""
    return sorted(set(db.scalars(select(first(Contract)).where(Contract.id.in_(list(ids)))))) if ids else []


def counted():
    """The condition that an amendment counts: signed, and not ended since."""
    return Contract.amends_id.is_not(None) & Contract.state.in_(ASKED) & Contract.deleted_at.is_(None)


def amendments(db, ids):
    """Contract of these → its amendments that count (id, total, ends), the first first. One statement."""
    found = {}
    for row in db.execute(select(Contract.id, Contract.amends_id, Contract.total, Contract.ends).where(Contract.amends_id.in_(list(ids)), counted()).order_by(Contract.id)) if ids else ():
        found.setdefault(row.amends_id, []).append(row)
    return found


def until(ends, amended):
    """The last day of a contract with its amendments: one may prolong it, none shortens it."""
    return None if ends is None else max([ends, *(one.ends for one in amended if one.ends is not None)])


class Part(NamedTuple):
    """An instalment of a contract or of its amendments, what of it is agreed by now, and what was invoiced of it and came for that."""

    row: Any
    amount: int
    invoiced: int
    came: int
    counts: bool


def plans(db, ids):
    """Contract of these → its instalments and those of its amendments, the one due first first. Those of amendments that do not count come to what was
    invoiced of them. Three statements, after what was invoiced is asked of receivables."""
    own, more, line, found = receivables.plan(ids), amendments(db, ids), ContractPayment, {one: [] for one in ids}
    agreed = {row.id: row.total + sum(one.total for one in more.get(row.id, ())) for row in db.execute(select(Contract.id, Contract.total).where(Contract.id.in_(ids)))}
    query = select(line.id, line.what, line.contract_id, line.amount, line.invoiced, line.paid, line.remaining, line.due, first(Contract).label("of"), Contract.state, Contract.amends_id).join(
        Contract, Contract.id == line.contract_id).where(Contract.id.in_(ids) | Contract.amends_id.in_(ids), line.deleted_at.is_(None), Contract.deleted_at.is_(None))
    for row in db.execute(query.order_by(line.due.is_(None), line.due, line.id)):
        invoiced, came = own.get(row.id, (0, 0))
        counts = row.amends_id is None or row.state in ASKED
        found[row.of].append(Part(row, max(row.amount or 0, 0) if counts else invoiced, invoiced, came, counts))
    return {one: _less(plan, sum(part.amount for part in plan if part.counts) - agreed.get(one, 0)) if one in more else plan for one, plan in found.items()}


def _less(plan, over):
    """A plan that comes to so much more than is agreed by now."""
    found = []
    for one in reversed(plan):
        off = min(max(over, 0), max(one.amount - one.invoiced, 0)) if one.counts else 0
        over -= off
        found.append(one._replace(amount=one.amount - off))
    return found[::-1]


def lay(ids):
    """Count anew what these contracts come to with their amendments, what was received for them and which of their instalments it pays."""
    if not ids:
        return
    with system_scope("what came in for contracts") as db:
        db.flush()
        ids, asked, line = firsts(db, ids), [], ContractPayment
        heads = held(db, ids)
        came, beyond, plan_of, more = receivables.received(ids), receivables.beyond(ids), plans(db, ids), amendments(db, ids)
        for head in heads:
            plan, paid = plan_of[head.id], came.get(head.id, 0)
            for one, part in zip(plan, spread([(one.amount, one.came) for one in plan], paid - beyond.get(head.id, 0)), strict=True):
                row, whole = one.row, max(one.row.amount or 0, 0)
                left = (one.amount if one.counts else whole) - part
                if one.invoiced > whole:
                    raise Refused(_("More would be invoiced of “%(what)s” than the plan says.", what=row.what))
                asked += [row.id] if one.invoiced > row.invoiced else []
                if (row.invoiced, row.paid, row.remaining) != (one.invoiced, part, left):
                    db.execute(update(line).where(line.id == row.id).values(invoiced=one.invoiced, paid=part, remaining=left).execution_options(synchronize_session=False))
            agreed = head.total + sum(one.total for one in more.get(head.id, ()))
            if (head.paid, head.agreed) != (paid, agreed):
                db.execute(update(Contract).where(Contract.id == head.id).values(paid=paid, agreed=agreed).execution_options(synchronize_session=False))
        db.expire_all()
    if asked:
        tasks.finish_all([due_key(one) for one in asked])


def _late():
    """Instalments of what is agreed whose day is over, and that are not paid whole."""
    return Contract.state.in_(ASKED), ContractPayment.due < today(), ContractPayment.remaining > 0


def overdue(ids):
    """Of contracts: what of their instalments and those of their amendments is late, in their currency. One statement."""
    found = {}
    for row in session.execute(select(Contract.id, Contract.amends_id, func.sum(ContractPayment.remaining).label("late")).join(Contract, Contract.id == ContractPayment.contract_id).where(
            Contract.id.in_(ids) | Contract.amends_id.in_(ids), *_late()).group_by(Contract.id, Contract.amends_id)):
        for one in {row.id, row.amends_id} & set(ids):
            found[one] = found.get(one, 0) + int(row.late)
    return found


def late(ids):
    """Of instalments: how many days late what remains of them is. One statement."""
    query = select(ContractPayment.id, ContractPayment.due).join(Contract, Contract.id == ContractPayment.contract_id).where(
        ContractPayment.id.in_(ids), *_late())
    return {row.id: (today() - row.due).days for row in session.execute(query)}
