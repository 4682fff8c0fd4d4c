"""What of a contract's money is for which of its orders. What its instalments are invoiced for belongs to the contract, which may have several orders, one
after another. What a bookkeeper expects of that:

    room      of an order that is carried out: its total less what its own invoices ask for, so that nothing is covered twice, and never for what was given
              back or left off of those by credit notes; of a cancelled one what of it went out, which stays owed; of any other nothing: what a cancelled
              order had is there for those after it
    asked     what the invoices of instalments ask for, less credit notes, laid to the room of the orders as they were confirmed, the first first (of one
              day the lower number); one that is completed keeps what completed it
    closed    what of that nobody waits for any more, because it came or was written off, laid to what is asked, in the same order
    came      what of it was received and not credited since, likewise

So an order has never more than it comes to, all together never more than was invoiced and received, and no cent is on two of them. An order is paid when
neither an invoice of its own nor its share of the instalments waits for money.

Core is told of each sum once (`bare`): by an order when that is completed; by the invoice of an instalment what of it is on no order; by its credit note all of
that, at once. So what core hears of a contract is what is asked for, less what lies on orders that it hears of when they are completed.

Such an invoice names one order, the first on which some of it is, for as long as some of it is there: its contact is reminded, its sellers share the money.

Nobody adds to figures: all is laid anew from the documents (`money`), while the orders of the contract are held (orders.services.lock).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.sdk import amounts, system_scope
from crm_core.sdk import money as cash
from crm_sales.contracts.paying import laid
from crm_sales.orders import services as orders
from crm_sales.orders.models import Order
from crm_sales.orders.models import State as OrderState
from crm_sales.receivables.models import Invoice, State

OPEN = (State.issued, State.paid, State.lost)  # invoices that were asked for
ASKED = sa.and_(Invoice.state.in_(OPEN), Invoice.deleted_at.is_(None))
OWED = (*orders.GOING, OrderState.cancelled)


class Share(NamedTuple):
    """What invoices come to, less credit notes, or what of that is one order's: asked for, waited for no more, received."""

    asked: int = 0
    closed: int = 0
    came: int = 0


class Room(NamedTuple):
    """An order, what of it a contract's instalments can cover, and what its own invoices come to: in all, what was paid, what is waited for, what is written off."""

    order: int
    contract: int | None
    room: int
    asked: int = 0
    paid: int = 0
    open: int = 0
    lost: int = 0


def bare(invoices: Sequence[tuple[int, int]], waiting: int, known: int) -> list[int]:
    """What of each invoice, (amount, what credit notes left of it), core is told by itself, where its credit notes are told whole: all but what is left of
    it for orders, and what was credited of it while an order is known that it was for. `waiting`, `known`: the room of orders core is told of when they are
    completed, and of those it knows."""
    left = laid([left for _amount, left in invoices], waiting + known)
    gone = laid([amount - part for (amount, _left), part in zip(invoices, left, strict=True)], known - sum(left))
    return [amount - part - more for (amount, _left), part, more in zip(invoices, left, gone, strict=True)]


def cover(room: Sequence[int], pool: Share) -> list[Share]:
    """What of a pool is on each order with so much room, the first first."""
    asked = laid(room, pool.asked)
    return [Share(*one) for one in zip(asked, laid(asked, pool.closed), laid(asked, pool.came), strict=True)]


def shares(parts: Sequence[int], upto: int, whole: int, step: int = 1) -> list[int]:
    """What of each of these amounts belongs to the first `upto` of `whole`, which is what they come to: each rounded, the rest on the largest."""
    found = [amounts.divide(one * upto, whole, cash.rounding(), step) for one in parts]
    if found:
        found[max(range(len(parts)), key=lambda at: abs(parts[at]))] += upto - sum(found)
    return found


def money(ids: Iterable[int]) -> dict[int, tuple[int, int, bool]]:
    """Order → what of it was invoiced and paid, and whether money is waited for: of these, and of the other orders of their contracts."""
    return {one.order: (one.asked + share.asked, one.paid + share.came, one.open > 0 or share.closed < share.asked) for one, share in _laid(ids)}


def of_instalments(order: int) -> tuple[int, int]:
    """What of an order is invoiced, and paid, by instalments of its contract."""
    _room, share = _of(order)
    return share.asked, share.came


def lost(order: int) -> tuple[int, int]:
    """What of an order is written off, and what of it is invoiced: on its own invoices, and by instalments of its contract."""
    room, share = _of(order)
    return room.lost + share.closed - share.came, room.asked + share.asked


def _of(order: int) -> tuple[Room, Share]:
    return next((one for one in _laid([order]) if one[0].order == order), (Room(order, None, 0), Share()))


def beside(db, order: int | None, invoice: int | None) -> list[int]:
    """The other orders of the contract of an order, or of an invoice, with which they share what its instalments bring in."""
    of = [sa.select(Order.contract_id).where(Order.id == order)] if order is not None else []
    of += [sa.select(Invoice.contract_id).where(Invoice.id == invoice)] if invoice is not None else []
    contracts = [one for query in of if (one := db.scalar(query)) is not None]
    plans = sa.exists().where(Invoice.contract_id == Order.contract_id, Invoice.instalment_id.is_not(None), ASKED)
    return list(db.scalars(sa.select(Order.id).where(Order.contract_id.in_(contracts), plans, Order.id != (order or 0), Order.deleted_at.is_(None)).order_by(Order.id))) if contracts else []


def _laid(ids: Iterable[int]) -> list[tuple[Room, Share]]:
    with system_scope("what of orders was invoiced and paid") as db:
        rooms, pools = _rooms(db, orders.together(db, ids))
        found = [(one, Share()) for one in rooms if one.contract is None]
        for contract, mine in _by_contract(rooms).items():
            found += zip(mine, cover([one.room for one in mine], pools.get(contract, Share())), strict=True)
        return found


def spare(contracts: Iterable[int]) -> dict[int, int]:
    """Contract → what its instalments are invoiced for that is on no order yet, and will be on those that are confirmed next."""
    contracts = set(contracts)
    if not contracts:
        return {}
    with system_scope("what of contracts is on no order") as db:
        rooms, pools = _rooms(db, Order.contract_id.in_(contracts))
        taken = _by_contract(rooms)
        return {one: max(0, pools[one].asked - sum(room.room for room in taken.get(one, ()))) for one in contracts if one in pools}


def _by_contract(rooms: Iterable[Room]) -> dict[int, list[Room]]:
    found: dict[int, list[Room]] = {}
    for one in rooms:
        if one.contract is not None:
            found.setdefault(one.contract, []).append(one)
    return found


def _rooms(db, which) -> tuple[list[Room], dict[int, Share]]:
    """These orders as they are covered, the first first, and what the instalments' invoices of their contracts come to. Three statements."""
    rows = db.execute(sa.select(Order.id, Order.contract_id, Order.total, Order.state, Order.confirmed, Order.delivered).where(which, Order.deleted_at.is_(None))).all()
    root = sa.orm.aliased(Invoice)
    plan, open_ = root.instalment_id.is_not(None).label("plan"), sa.case((Invoice.remaining > 0, Invoice.remaining), else_=0)
    key = Invoice.order_id, Invoice.contract_id, plan
    sums = sa.select(*key, sa.func.sum(Invoice.total).label("total"), sa.func.sum(Invoice.paid).label("paid"), sa.func.sum(open_).label("open"), sa.func.sum(Invoice.written).label("written"),
                     sa.func.count(Invoice.credits_id).label("notes")).join(
        root, root.id == sa.func.coalesce(Invoice.credits_id, Invoice.id)).where(
            sa.or_(Invoice.order_id.in_([row.id for row in rows]), Invoice.contract_id.in_({row.contract_id for row in rows if row.contract_id})), ASKED).group_by(*key)
    own, pools, noted = {}, {}, set()
    for row in db.execute(sums) if rows else ():
        total, paid, waits, written = (int(n or 0) for n in (row.total, row.paid, row.open, row.written))
        if row.plan:
            pools[row.contract_id] = Share(*(a + b for a, b in zip(pools.get(row.contract_id, Share()), (total, total - waits, total - waits - written), strict=True)))
        elif row.order_id is not None:
            noted |= {row.order_id} if row.notes else set()
            own[row.order_id] = tuple(a + b for a, b in zip(own.get(row.order_id, (0, 0, 0, 0)), (total, paid, waits, written), strict=True))
    needs = orders.needs([row.id for row in rows if row.id in noted])
    stopped = [row.id for row in rows if row.state == OrderState.cancelled and row.delivered]
    went = orders.went(db, stopped)
    rooms = []
    for row in sorted(rows, key=lambda row: (row.state != OrderState.done, row.confirmed or dt.date.max, row.id)):
        mine = own.get(row.id, (0, 0, 0, 0))
        whole = row.total if row.state in orders.GOING else went.get(row.id, 0)
        rooms.append(Room(row.id, row.contract_id, max(0, min(whole - mine[0], needs.get(row.id, whole))), *mine))
    return rooms, pools


def _invoices(db, contracts: Iterable[int]):
    """Invoices of instalments of these contracts, the first first: what each asks for, and what credit notes leave of it."""
    note = sa.orm.aliased(Invoice)
    left = sa.select(sa.func.coalesce(sa.func.sum(note.total), 0)).where(note.credits_id == Invoice.id, note.state.in_(OPEN), note.deleted_at.is_(None)).scalar_subquery()
    return db.execute(sa.select(Invoice.id, Invoice.contract_id, Invoice.order_id, Invoice.total, (Invoice.total + left).label("left")).where(
        Invoice.contract_id.in_(list(contracts)), Invoice.instalment_id.is_not(None), ASKED).order_by(Invoice.id)).all()


def uncovered(contracts: Iterable[int]) -> dict[int, int]:
    """Invoice of an instalment → what of it core is told by itself (`bare`)."""
    contracts, found = set(contracts), {}
    if not contracts:
        return found
    with system_scope("what of contracts is on no order") as db:
        rooms = _by_contract(_rooms(db, sa.and_(Order.contract_id.in_(contracts), Order.state.in_(OWED)))[0])
        told, invoices = orders.known([room.order for mine in rooms.values() for room in mine]), {}
        for row in _invoices(db, contracts):
            invoices.setdefault(row.contract_id, []).append(row)
        for contract, mine in invoices.items():
            here = rooms.get(contract, ())
            known = sum(max(0, min(room.room, told.get(room.order, 0) - room.asked)) for room in here)
            found |= zip((row.id for row in mine), bare([(row.total, row.left) for row in mine], sum(room.room for room in here) - known, known), strict=True)
    return found


def name(contracts: Iterable[int]) -> set[int]:
    """Each invoice of an instalment names the order it is for, with its credit notes: the one it named as long as some of it is there, else the first on which
    some is, else none. Returns the orders that are named by others than before."""
    contracts, moved = set(contracts), set()
    if not contracts:
        return moved
    with system_scope("orders of instalments' invoices") as db:
        rooms = _by_contract(_rooms(db, sa.and_(Order.contract_id.in_(contracts), Order.state.in_(OWED)))[0])
        at, named = dict.fromkeys(contracts, 0), {}
        for row in _invoices(db, contracts):
            start, end = at[row.contract_id], at[row.contract_id] + max(row.left, 0)
            at[row.contract_id] = end
            here, begins = [], 0
            for one in rooms.get(row.contract_id, ()):
                if one.room and (start == end or (begins < end and begins + one.room > start)):  # of one that is credited whole nothing is anywhere: it names no other
                    here.append(one.order)
                begins += one.room
            order = row.order_id if row.order_id in here else None if start == end else next(iter(here), None)
            if order != row.order_id:
                moved |= {one for one in (order, row.order_id) if one is not None}
                named.setdefault(order, []).append(row.id)
        for order, ids in named.items():
            db.execute(sa.update(Invoice).where(sa.or_(Invoice.id.in_(ids), Invoice.credits_id.in_(ids))).values(order_id=order).execution_options(synchronize_session=False))
        if moved:
            db.expire_all()
    return moved
