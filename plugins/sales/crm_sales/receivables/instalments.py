"""Instalments of contracts, invoiced: each once, with its share of every item, so that the invoices of a whole plan come to the contract to the cent,
tax too. Who is at it holds the orders of the contract, then the contract; the key (instalment, turn) of an invoice is there once whoever holds what.

A contract is invoiced by its plan, or by its orders: what its invoices come to is never more than the contract, and an order of which the contract
has invoiced instalments is not invoiced again. What of such an invoice is for which order of the contract is said in covering.py.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from crm_core.sdk import Refused, amounts, money, owners_of, session, system_scope, tasks, today
from crm_sales import _
from crm_sales.contracts import paying
from crm_sales.contracts.models import Contract, ContractItem, ContractPayment
from crm_sales.orders import services as orders
from crm_sales.orders.models import Order
from crm_sales.receivables.covering import ASKED, OPEN, shares
from crm_sales.receivables.models import Invoice, State
from crm_sales.receivables.services import FURTHER, _due, _issue, _titles, settle
from crm_sales.settings import OrderSettings

COPIED = "product_id", "what", "list_price", "price", "discount", "rate"


def lines_of(items: Sequence, before: int, amount: int, whole: int, step: int, said: str) -> list[dict]:
    """The lines of an invoice for `amount` of a contract of which `before` is in the instalments before it."""
    had, now = (shares([one.amount for one in items], upto, whole, step) for upto in (before, before + amount))
    made = []
    for one, first, last in zip(items, had, now, strict=True):
        net, pieces = ([amounts.divide(of * upto, whole, money.rounding(), size) for upto in (before, before + amount)] for of, size in ((one.net, step), (one.quantity, 1)))
        if last != first or net[1] != net[0]:
            made.append({**{name: getattr(one, name) for name in (*COPIED, *FURTHER)}, "what": f"{one.what} ({said})"[:255], "quantity": pieces[1] - pieces[0],
                         "net": net[1] - net[0], "tax": last - first - net[1] + net[0], "amount": last - first, "fixed": True})
    return made


def invoice(_resource, ids: Sequence[int], day: dt.date | None = None, title: str | None = None, tax_number: str | None = None) -> list[int]:
    """Invoice these instalments, each once. Returns ids of the invoices."""
    wanted = session.scalars(sa.select(ContractPayment).where(ContractPayment.id.in_(ids)).order_by(ContractPayment.id)).all()
    contracts, day, made = sorted({one.contract_id for one in wanted}), day or today(), []
    with system_scope("contracts are held while they are invoiced") as db:
        found = db.scalars(sa.select(Order.id).where(Order.contract_id.in_(contracts), Order.deleted_at.is_(None))).all()
        orders.lock(found)
        heads = {one.id: one for one in db.scalars(sa.select(Contract).where(Contract.id.in_(contracts)).order_by(Contract.id).with_for_update(key_share=True).execution_options(
            populate_existing=True))}
        plans, items, turns = _grouped(db, ContractPayment, contracts), _grouped(db, ContractItem, contracts), dict(db.execute(sa.select(
            Invoice.instalment_id, sa.func.count()).where(Invoice.instalment_id.in_(ids)).group_by(Invoice.instalment_id)).all())
        asked = {row[0]: int(row[1]) for row in db.execute(sa.select(Invoice.contract_id, sa.func.sum(Invoice.total)).where(
            Invoice.contract_id.in_(contracts), Invoice.currency == Contract.currency, Contract.id == Invoice.contract_id, ASKED).group_by(Invoice.contract_id))}
    names = _titles({one.customer_id for one in heads.values()})
    for head in heads.values():
        before = 0
        for line in plans[head.id]:
            before, start = before + (line.amount or 0), before
            if line.id not in ids:
                continue
            _may(head, line, asked.get(head.id, 0))
            asked[head.id] = asked.get(head.id, 0) + line.amount
            due = max(line.due, day) if line.due else _due([head.customer_id], day)[head.customer_id]
            made.append(_issue(Invoice(
                customer_id=head.customer_id, contract_id=head.id, instalment_id=line.id, turn=turns.get(line.id, 0), currency=head.currency,
                title=title or names[head.customer_id][0], tax_number=tax_number or names[head.customer_id][1], day=day, due=due,
                **owners_of(head)), lines_of(items[head.id], start, line.amount, head.total, money.step(head.currency), line.what)))
    settle(made)
    return made


def _grouped(db, model, contracts) -> dict[int, list]:
    found: dict[int, list] = {one: [] for one in contracts}
    for row in db.scalars(sa.select(model).where(model.contract_id.in_(contracts), model.deleted_at.is_(None)).order_by(model.id).execution_options(populate_existing=True)):
        found[row.contract_id].append(row)
    return found


def _may(head, line, asked: int):
    if head.state not in paying.ASKED:
        raise Refused(_("%(number)s must be signed before its instalments are invoiced.", number=head.number))
    if line.invoiced:
        raise Refused(_("“%(what)s” of %(number)s is invoiced already.", what=line.what, number=head.number))
    if not line.amount or line.amount < 0:
        raise Refused(_("“%(what)s” of %(number)s comes to nothing.", what=line.what, number=head.number))
    if asked + line.amount > head.total:
        raise Refused(_("The invoices of %(number)s would come to more than the contract: of it %(asked)s is invoiced already.", number=head.number, asked=money.say(asked, head.currency)))


def invoice_due(_resource, ids: Sequence[int], day: dt.date | None = None, title: str | None = None, tax_number: str | None = None) -> list[int]:
    """Invoice all instalments of these contracts that are due and not invoiced yet; what other invoices of the contract have paid already is not asked for again."""
    found = session.scalars(sa.select(ContractPayment.id).where(
        ContractPayment.contract_id.in_(ids), ContractPayment.due <= today(), ContractPayment.invoiced == 0, ContractPayment.remaining > 0).order_by(ContractPayment.id).limit(500)).all()
    if not found:
        raise Refused(_("No instalment is due that is not invoiced yet."))
    return invoice(_resource, found, day, title, tax_number)


def _plan(contracts: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Instalment of these contracts → what was invoiced of it less what was credited of that, and what came in for it. One statement."""
    note = sa.orm.aliased(Invoice)
    notes = sa.select(note.credits_id, sa.func.sum(note.total).label("total"), sa.func.sum(note.total + note.credited).label("back")).where(
        note.credits_id.is_not(None), note.contract_id.in_(contracts), note.state.in_(OPEN), note.deleted_at.is_(None)).group_by(note.credits_id).subquery()
    query = sa.select(Invoice.instalment_id, sa.func.sum(Invoice.total + sa.func.coalesce(notes.c.total, 0)), sa.func.sum(Invoice.paid + sa.func.coalesce(notes.c.back, 0))).outerjoin(
        notes, notes.c.credits_id == Invoice.id).where(Invoice.instalment_id.is_not(None), Invoice.contract_id.in_(contracts), ASKED).group_by(Invoice.instalment_id)
    with system_scope("what of plans was invoiced") as db:
        return {row[0]: (int(row[1]), int(row[2])) for row in db.execute(query)}


paying.receivables.plan = _plan


def ask(job):
    """The job of every morning, where the house wants it: an instalment that is due and not invoiced is a task of the contract's owner."""
    last, asked = 0, sa.select(sa.func.coalesce(sa.func.sum(Invoice.total), 0)).where(  # more than the contract is not invoiced
        Invoice.contract_id == Contract.id, Invoice.currency == Contract.currency, ASKED).scalar_subquery()
    while OrderSettings.now().instalments:
        with job.write():
            rows = session.execute(sa.select(ContractPayment.id, ContractPayment.what, ContractPayment.due, Contract.number, Contract.owner_id).join(
                Contract, Contract.id == ContractPayment.contract_id).where(
                    Contract.state.in_(paying.ASKED), Contract.deleted_at.is_(None), Contract.owner_id.is_not(None), ContractPayment.deleted_at.is_(None), ContractPayment.due <= today(),
                    ContractPayment.invoiced == 0, ContractPayment.remaining > 0, ContractPayment.amount <= Contract.total - asked, ContractPayment.id > last).order_by(ContractPayment.id).limit(200)).all()
            for row in rows:
                tasks.give_by_rule(_("Sales"), paying.due_key(row.id), row.owner_id, _("Invoice “%(what)s” of %(number)s", what=row.what, number=row.number), due=row.due,
                                   about=("sales.contract_payment", row.id), locked=False)
        if len(rows) < 200:
            return
        last = rows[-1].id


def of_instalments(ids: Sequence[int]) -> dict[int, str]:
    """Of instalments: the numbers of their invoices."""
    found: dict[int, list[str]] = {}
    for row in session.execute(sa.select(Invoice.instalment_id, Invoice.number).where(Invoice.instalment_id.in_(ids), Invoice.state != State.cancelled).order_by(Invoice.id)):
        found.setdefault(row.instalment_id, []).append(row.number)
    return {one: ", ".join(numbers) for one, numbers in found.items()}
