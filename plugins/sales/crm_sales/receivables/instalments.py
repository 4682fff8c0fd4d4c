"""Instalments of contracts, invoiced: each once, with its share of every item, so that the invoices of a whole plan come to the contract to the cent,
tax too. Who is at it holds the orders of the contract, then the contract; the key (instalment, turn) of an invoice is there once whoever holds what.

A contract is invoiced by its plan, or by its orders: what its invoices come to is never more than the contract with its amendments, and an order of
which the contract has invoiced instalments is not invoiced again, but for what lies beyond all that the plan can be invoiced for: that is asked for by
the order itself (`by_plan`). What of an instalment's invoice is for which order of the contract is said in covering.py.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm_core.sdk import Refused, amounts, money, session, system_scope, tasks, today
from crm_sales import _
from crm_sales.contracts import paying
from crm_sales.contracts.models import Contract, ContractItem, ContractPayment
from crm_sales.contracts.paying import laid
from crm_sales.orders import services as orders
from crm_sales.orders.models import Order
from crm_sales.orders.models import State as OrderState
from crm_sales.receivables import services
from crm_sales.receivables.covering import ASKED, OPEN, Room, Share, _by_contract, _rooms, shares
from crm_sales.receivables.models import Invoice, InvoiceItem, State
from crm_sales.receivables.services import FURTHER, LIVE, _due, _issue, _titles, settle
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
        first = paying.firsts(db, contracts)
        orders.lock(db.scalars(sa.select(Order.id).where(Order.contract_id.in_(first), Order.deleted_at.is_(None))).all())
        paying.held(db, first)
        stands = _stands(db, first)
        heads = {one.id: one for one in db.scalars(sa.select(Contract).where(Contract.id.in_(contracts)).order_by(Contract.id).execution_options(populate_existing=True))}
        plans, items, turns = _grouped(db, ContractPayment, contracts), _grouped(db, ContractItem, contracts), dict(db.execute(sa.select(
            Invoice.instalment_id, sa.func.count()).where(Invoice.instalment_id.in_(ids)).group_by(Invoice.instalment_id)).all())
    names = _titles({one.customer_id for one in heads.values()})
    for head in heads.values():
        before = 0
        for line in plans[head.id]:
            before, start = before + (line.amount or 0), before
            if line.id not in ids:
                continue
            stand = stands[paying.first(head)]
            amount = next((one.amount for one in stand.plan if one.row.id == line.id), 0)
            _may(head, line, amount, stand)
            stand.asked += amount
            due = max(line.due, day) if line.due else _due([head.customer_id], day)[head.customer_id]
            made.append(_issue(Invoice(
                customer_id=head.customer_id, contract_id=paying.first(head), instalment_id=line.id, turn=turns.get(line.id, 0), currency=head.currency,
                title=title or names[head.customer_id][0], tax_number=tax_number or names[head.customer_id][1], day=day, due=due,
                owner_id=head.owner_id, department_id=head.department_id, team_id=head.team_id), lines_of(items[head.id], start, amount, head.total, money.step(head.currency), line.what)))
    settle(made)
    return made


def _grouped(db, model, contracts) -> dict[int, list]:
    found: dict[int, list] = {one: [] for one in contracts}
    for row in db.scalars(sa.select(model).where(model.contract_id.in_(contracts), model.deleted_at.is_(None)).order_by(model.id).execution_options(populate_existing=True)):
        found[row.contract_id].append(row)
    return found


@dataclass
class Stand:
    """How a contract stands with its amendments: what is agreed, what its invoices ask for of that, its plan; its orders as they are covered, and what the
    plan was invoiced for."""

    agreed: int
    asked: int
    plan: list[paying.Part]
    rooms: list[Room]
    invoiced: int
    goes_on: bool

    def possible(self) -> int:
        """What the plan was invoiced for, and what of it can be still, the instalment due first first."""
        found, asked = self.invoiced, self.asked
        for one in self.plan if self.goes_on else ():
            if one.counts and not one.invoiced and one.amount > 0 and asked + one.amount <= self.agreed:
                found, asked = found + one.amount, asked + one.amount
        return found


def _stands(db, contracts: Sequence[int]) -> dict[int, Stand]:
    """These contracts, while they and their orders are held. What their orders come to beyond them is no part of what is asked of them."""
    rooms, pools = _rooms(db, Order.contract_id.in_(contracts))
    mine, plans, more = _by_contract(rooms), paying.plans(db, contracts), paying.amendments(db, contracts)
    asked = {row[0]: int(row[1]) for row in db.execute(sa.select(Invoice.contract_id, sa.func.sum(Invoice.total)).where(
        Invoice.contract_id.in_(contracts), Invoice.currency == Contract.currency, Contract.id == Invoice.contract_id, ASKED).group_by(Invoice.contract_id))}
    found = {}
    for row in db.execute(sa.select(Contract.id, Contract.total, Contract.state).where(Contract.id.in_(contracts))):
        agreed, here = row.total + sum(one.total for one in more.get(row.id, ())), mine.get(row.id, [])
        own = sum(one.asked for one in here)
        found[row.id] = Stand(agreed, asked.get(row.id, 0) - min(max(own, 0), _over(here, agreed)), plans[row.id], here, pools.get(row.id, Share()).asked, row.state in paying.ASKED)
    return found


def _over(rooms: Sequence[Room], agreed: int) -> int:
    """What orders come to beyond what is agreed."""
    return max(0, sum(one.room + one.asked for one in rooms) - agreed)


def _beyond(contracts: Sequence[int]) -> dict[int, int]:
    """Contract → what came on the invoices of its orders for what they come to beyond it, which pays no instalment."""
    root = sa.orm.aliased(Invoice)
    net = sa.case((Invoice.credits_id.is_(None), Invoice.paid), else_=Invoice.total + Invoice.credited)
    with system_scope("what orders have beyond their contracts") as db:
        came = {row[0]: int(row[1]) for row in db.execute(sa.select(Invoice.contract_id, sa.func.sum(net)).join(root, root.id == sa.func.coalesce(Invoice.credits_id, Invoice.id)).where(
            Invoice.contract_id.in_(contracts), root.instalment_id.is_(None), root.order_id.is_not(None), ASKED).group_by(Invoice.contract_id))}
        if not any(one > 0 for one in came.values()):
            return {}
        rooms, more, found = _by_contract(_rooms(db, Order.contract_id.in_(contracts))[0]), paying.amendments(db, contracts), {}
        for row in db.execute(sa.select(Contract.id, Contract.total).where(Contract.id.in_(came))):
            here = rooms.get(row.id, [])
            within = max(0, sum(one.asked for one in here) - _over(here, row.total + sum(one.total for one in more.get(row.id, ()))))
            found[row.id] = max(0, came[row.id] - within)
        return found


def by_plan(heads: Sequence, items, ahead: bool) -> dict[int, list[dict]]:
    """Orders of these whose contract is invoiced by its plan, or that were invoiced beside it → the lines of an invoice for what of them lies beyond what the
    plan can cover, as far as it went out (`ahead`: all); none where it covers that. Whoever asks holds them."""
    contracts, found = sorted({one.contract_id for one in heads if one.contract_id}), {}
    if not contracts:
        return found
    with system_scope("what of orders no instalment covers") as db:
        planned = set(db.scalars(sa.select(paying.first(Contract)).join(ContractPayment, ContractPayment.contract_id == Contract.id).where(
            sa.or_(Contract.id.in_(contracts), Contract.amends_id.in_(contracts)), ContractPayment.invoiced > 0, ContractPayment.deleted_at.is_(None))))
        beside = set(db.scalars(sa.select(Invoice.order_id).join(InvoiceItem, InvoiceItem.invoice_id == Invoice.id).where(
            Invoice.order_id.in_([one.id for one in heads]), Invoice.credits_id.is_(None), Invoice.instalment_id.is_(None), InvoiceItem.item_id.is_(None), LIVE)))
        mine = [one for one in heads if one.contract_id in planned or one.id in beside]
        stands = _stands(db, sorted({one.contract_id for one in mine})) if mine else {}
        numbers = dict(db.execute(sa.select(Contract.id, Contract.number).where(Contract.id.in_(stands))).all()) if stands else {}
    for order in mine:
        stand = stands[order.contract_id]
        covered = laid([one.room for one in stand.rooms], stand.possible() if order.contract_id in planned else stand.invoiced)
        room, part = next(((one, part) for one, part in zip(stand.rooms, covered, strict=True) if one.order == order.id), (Room(order.id, None, 0), 0))
        out = sum(orders._part(one, one.quantity if ahead and order.state != OrderState.cancelled else one.delivered) for one in items[order.id])
        amount = min(room.room, out - room.asked) - part
        found[order.id] = [] if amount <= 0 else lines_of(items[order.id], max(0, room.asked), amount, order.total, money.step(order.currency),
                                                          str(_("beside the plan of %(number)s", number=numbers[order.contract_id])))
    return found


def _may(head, line, amount: int, stand: Stand):
    if head.state not in paying.ASKED:
        raise Refused(_("%(number)s must be signed before its instalments are invoiced.", number=head.number))
    if line.invoiced:
        raise Refused(_("“%(what)s” of %(number)s is invoiced already.", what=line.what, number=head.number))
    if amount <= 0:
        raise Refused(_("“%(what)s” of %(number)s comes to nothing.", what=line.what, number=head.number))
    if stand.asked + amount > stand.agreed:
        raise Refused(_("The invoices of %(number)s would come to more than the contract: of it %(asked)s is invoiced already.", number=head.number, asked=f"{stand.asked / 100:,.2f}"))


def invoice_due(_resource, ids: Sequence[int], day: dt.date | None = None, title: str | None = None, tax_number: str | None = None) -> list[int]:
    """Invoice all instalments of these contracts and their amendments that are due and not invoiced yet; what other invoices of the contract have paid already is not asked for again."""
    found = session.scalars(sa.select(ContractPayment.id).join(Contract, Contract.id == ContractPayment.contract_id).where(
        sa.or_(Contract.id.in_(ids), sa.and_(Contract.amends_id.in_(ids), paying.counted())), ContractPayment.due <= today(), ContractPayment.invoiced == 0, ContractPayment.remaining > 0).order_by(ContractPayment.id).limit(500)).all()
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


paying.receivables.plan, paying.receivables.beyond = _plan, _beyond
services.by_plan.append(by_plan)


def ask(job):
    """The job of every morning, where the house wants it: an instalment that is due and not invoiced is a task of the contract's owner."""
    last = 0
    while OrderSettings.now().instalments:
        with job.write():
            rows = session.execute(sa.select(ContractPayment.id, ContractPayment.what, ContractPayment.due, Contract.number, Contract.owner_id, paying.first(Contract).label("of")).join(
                Contract, Contract.id == ContractPayment.contract_id).where(
                    Contract.state.in_(paying.ASKED), Contract.deleted_at.is_(None), Contract.owner_id.is_not(None), ContractPayment.deleted_at.is_(None), ContractPayment.due <= today(),
                    ContractPayment.invoiced == 0, ContractPayment.remaining > 0, ContractPayment.id > last).order_by(ContractPayment.id).limit(200)).all()
            stands = _stands(session, sorted({row.of for row in rows})) if rows else {}
            for row in rows:
                stand = stands[row.of]
                if stand.asked + next((one.amount for one in stand.plan if one.row.id == row.id), 0) > stand.agreed:
                    continue  # more than the contract is not invoiced
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
