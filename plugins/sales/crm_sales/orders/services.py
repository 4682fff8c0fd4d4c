"""Verbs of orders: confirm, deliver, take back, cancel, complete. An order is completed by `settle`, when it is delivered and paid.

Who changes what follows from deliveries or money first locks the order (`lock`), then counts anew from the rows themselves: nothing is
added to a figure that somebody else may be adding to. Counting is the house's work, not the acting person's: he may not see all of it.
Long because what may not be done twice is done in one place.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.sdk import (
    Deal,
    Invalid,
    Product,
    Refused,
    amounts,
    as_seen_by,
    customers,
    emit,
    may,
    money,
    my_id,
    on_timeline,
    owners_of,
    periods,
    record_dealings,
    say_number,
    session,
    site,
    system_scope,
    tasks,
    today,
)
from crm_sales import _
from crm_sales.api import OrdersCancelled, OrdersCompleted, OrdersConfirmed, OrdersConfirming, OrdersReopened
from crm_sales.orders.models import (
    Advert,
    Delivery,
    DeliveryItem,
    Fate,
    Order,
    OrderItem,
    Review,
    Run,
    Sort,
    State,
    Subscription,
    Term,
)
from crm_sales.settings import OrderSettings

GOING = (State.confirmed, State.done)
REVIEWED = (State.held, *GOING)  # what is reviewed cannot be changed any more


@dataclass
class Money:
    """What receivables know of orders; they come later, so they say it themselves: item → what stands on invoices of it less what was credited, and
    what was credited; order → what of it was invoiced and paid, in its currency, and whether money is waited for, also of the other orders of the same
    contracts; what of one order that is by instalments of its contract; deals of credit notes that are for no item; orders that were completed, or are no
    more, have another place among those of their contracts (`turned`)."""

    billed: Callable[[Sequence[int]], dict[int, tuple[int, int]]] = lambda _ids: {}
    money: Callable[[Iterable[int]], dict[int, tuple[int, int, bool]]] = lambda ids: dict.fromkeys(ids, (0, 0, False))
    instalments: Callable[[int], tuple[int, int]] = lambda _order: (0, 0)
    deals: Callable[[Sequence[int]], list[Deal]] = lambda _ids: []
    turned: Callable[[Iterable[int]], object] = lambda _contracts: None


receivables = Money()


def lock(ids: Iterable[int]):
    """Hold these orders, and all others of their contracts, with which they share what came in, until the transaction ends, lowest id first, so that two who
    want several do not wait for each other. A reference to an order is no reason to wait (`key_share`)."""
    with system_scope("orders are held while they are counted") as db:
        db.scalars(sa.select(Order.id).where(together(db, ids)).order_by(Order.id).with_for_update(key_share=True)).all()


def together(db, ids: Iterable[int]):
    """The condition that an order is one of these, or another of their contracts. One statement."""
    wanted = sorted(set(ids))
    contracts = db.scalars(sa.select(Order.contract_id).where(Order.id.in_(wanted), Order.contract_id.is_not(None)).distinct()).all() if wanted else ()
    return sa.or_(Order.id.in_(wanted), Order.contract_id.in_(contracts)) if contracts else Order.id.in_(wanted)


def _held(ids: Sequence[int]) -> list:
    """The orders as they stand now, held, as the acting person may see them."""
    lock(ids)
    return list(session.scalars(sa.select(Order).where(Order.id.in_(ids)).order_by(Order.id).execution_options(populate_existing=True)))


def _items(orders: Sequence[int]) -> dict[int, list]:
    """Order → its items."""
    found: dict[int, list] = {one: [] for one in orders}
    with system_scope("items of orders") as db:
        for row in db.execute(sa.select(OrderItem.__table__).where(OrderItem.__table__.c.order_id.in_(orders), OrderItem.__table__.c.deleted_at.is_(None)).order_by(OrderItem.__table__.c.id)):
            found[row.order_id].append(row)
    return found


# --- confirming -----------------------------------------------------------------------------------------------------


def confirm(_resource, ids: Sequence[int], why: str | None = None):
    """Orders are to be carried out. Who listens to OrdersConfirming may refuse, or stop some of them (`hold`); `why`: confirmed in spite of a warning."""
    lines = _items(ids)
    orders = _held(ids)
    listed = customers.all_blacklisted({one.customer_id for one in orders})
    for order in orders:
        if order.state != State.draft:
            raise Refused(_("%(number)s is not a draft any more.", number=order.number))
        if not lines[order.id]:
            raise Refused(_("%(number)s has no items yet.", number=order.number))
        if order.total < 0:
            raise Refused(_("%(number)s comes to less than nothing: what is given back is a credit note.", number=order.number))
        if order.customer_id in listed and (listed[order.customer_id].refuses or not why):
            raise Refused(listed[order.customer_id].words) if listed[order.customer_id].refuses else Invalid({"why": [_("This customer is on the blacklist: say why nevertheless.")]})
    rates = {pair: money.rate(*pair) for pair in {(one.currency, one.day or today()) for one in orders}}
    for order in _held(ids):
        day = order.day or today()
        rate = rates[order.currency, day]
        order.day, order.rate, order.worth = day, rate, in_house(order.total, rate)
    session.flush()
    emit(OrdersConfirming(tuple(ids), why or ""))
    _go([one for one in _held(ids) if one.state == State.draft])


def hold(ids: Iterable[int]):
    """Stop orders that are being confirmed; `release` lets them go on."""
    for order in session.scalars(sa.select(Order).where(Order.id.in_(list(ids)))):
        order.state = State.held
    session.flush()


def release(_resource, ids: Sequence[int], why: str | None = None):
    """Let stopped orders go on."""
    orders = _held(ids)
    for order in orders:
        if order.state != State.held:
            raise Refused(_("%(number)s is not stopped.", number=order.number))
        order.reason = why or order.reason
    _go(orders)


def _go(orders: Sequence):
    for order in orders:
        order.state, order.confirmed = State.confirmed, today()
    session.flush()
    _subscribe([one.id for one in orders])
    settle([one.id for one in orders])


def _subscribe(ids: Sequence[int]):
    """The subscriptions that follow from confirmed orders: one for each item of that sort that has none yet."""
    if not ids:
        return
    with system_scope("subscriptions follow from orders") as db:
        have = sa.select(Subscription.item_id).where(Subscription.item_id == OrderItem.id, Subscription.deleted_at.is_(None))
        which = Order.id.in_(ids), OrderItem.deleted_at.is_(None), OrderItem.sort == Sort.subscription, OrderItem.product_id.is_not(None), ~have.exists()
        post = _post(db.execute(sa.select(Order.id, Order.owner_id, Order.customer_id, Order.contact_id).where(Order.id.in_(sa.select(OrderItem.order_id).where(*which)))).all())
        for item, order in db.execute(sa.select(OrderItem, Order).join(Order, Order.id == OrderItem.order_id).where(*which)).all():
            begins = item.begins or order.day or today()
            db.add(Subscription(
                customer_id=order.customer_id, contact_id=order.contact_id, product_id=item.product_id, item_id=item.id, copies=max(1, item.quantity // 1000),
                begins=begins, ends=item.ends or begins + dt.timedelta(days=364), complimentary=item.amount == 0, taken_by_id=order.owner_id, **post.get(order.id, {}), **owners_of(order)))
        db.flush()


def _post(orders: Sequence) -> dict[int, dict]:
    """Where what these orders send is sent: order → address, postcode and phone, the contact's phone before the customer's. As far as the owner of each order,
    whose the subscription is, may see them: he may order for a customer he knows in brief only. Three statements for each owner."""
    found: dict[int, dict] = {}
    for owner in {one.owner_id for one in orders}:
        mine = [one for one in orders if one.owner_id == owner]
        found |= as_seen_by(owner, lambda mine=mine: _seen_post(mine), {})
    return found


def _seen_post(orders: Sequence) -> dict[int, dict]:
    firm, person = site().registry.resource("core.customer"), site().registry.resource("core.contact")
    if not firm.may("read"):
        return {}
    addresses = firm.line_resource("addresses")
    place, columns = addresses.model, [name for name in ("street", "postcode") if name in addresses.fields()]
    rows = session.execute(sa.select(place.customer_id, *(getattr(place, name) for name in columns)).where(
        place.customer_id.in_({one.customer_id for one in orders}), place.deleted_at.is_(None)).order_by(sa.case((place.purpose.in_(("delivery",)), 1), else_=0), place.id.desc()))
    places = {row.customer_id: row for row in rows}
    phones = {one: _phones(one, ids) for one, ids in ((firm, {order.customer_id for order in orders}), (person, {order.contact_id for order in orders if order.contact_id}))}
    return {one.id: {"address": getattr(places.get(one.customer_id), "street", None), "postcode": getattr(places.get(one.customer_id), "postcode", None),
                     "phone": phones[person].get(one.contact_id) or phones[firm].get(one.customer_id)} for one in orders}


def _phones(resource, ids: Collection[int]) -> dict[int, str]:
    """A number of each of these, as far as the acting person sees one."""
    names = [name for name in ("mobile", "phone") if name in resource.fields()]
    if not ids or not names or not resource.may("read"):
        return {}
    rows = session.execute(sa.select(resource.model.id, *(getattr(resource.model, name) for name in names)).where(resource.model.id.in_(ids)))
    return {row.id: number for row in rows if (number := next((row[at] for at in range(1, len(names) + 1) if row[at]), None))}


# --- delivering -----------------------------------------------------------------------------------------------------


def deliver(_resource, ids: Sequence[int], day: dt.date | None = None, waybill: str | None = None):
    """All that remains of these orders goes out."""
    lock(ids)
    parts = {order: {one.id: one.quantity - one.delivered for one in items if one.quantity > one.delivered} for order, items in _items(ids).items()}
    if not any(parts.values()):
        raise Refused(_("Everything has been delivered already."))
    _send({order: found for order, found in parts.items() if found}, day, waybill)


def deliver_part(order, parts: Mapping[int, int], day: dt.date | None = None, waybill: str | None = None):
    """So many (thousandths) of items of an order go out, or, below nothing, come back."""
    lock([order.id])
    _send({order.id: {item: quantity for item, quantity in parts.items() if quantity}}, day, waybill)


def _send(parts: Mapping[int, Mapping[int, int]], day: dt.date | None, waybill: str | None):
    orders = {one.id: one for one in session.scalars(sa.select(Order).where(Order.id.in_(parts)).execution_options(populate_existing=True))}
    made, named = {}, {item for found in parts.values() for item in found}
    with system_scope("items that go out") as db:
        if named.difference(db.scalars(sa.select(OrderItem.id).where(OrderItem.id.in_(named), OrderItem.deleted_at.is_(None)))):
            raise Invalid({"parts": [_("An item is none of this order.")]})
    for order_id, found in parts.items():
        if not found:
            raise Invalid({"parts": [_("Say what goes out.")]})
        made[order_id] = Delivery(order_id=order_id, day=day or today(), waybill=waybill, **owners_of(orders[order_id]))
    session.add_all(made.values())
    session.flush()
    session.add_all([DeliveryItem(delivery_id=one.id, item_id=item, quantity=quantity, **owners_of(one)) for order_id, one in made.items() for item, quantity in parts[order_id].items()])
    session.flush()


def counted(line_ids: Sequence[int]):
    """What of orders was delivered, counted anew after lines of deliveries came or went. Raises Refused where that is more than ordered, or
    less than nothing, and for an order that is not confirmed."""
    with system_scope("what of orders was delivered") as db:
        orders = sorted(set(db.scalars(sa.select(Delivery.order_id).join(DeliveryItem, DeliveryItem.delivery_id == Delivery.id).where(DeliveryItem.id.in_(line_ids)))))
        lock(orders)
        if strange := db.scalar(sa.select(OrderItem.what).join(DeliveryItem, DeliveryItem.item_id == OrderItem.id).join(Delivery, Delivery.id == DeliveryItem.delivery_id).where(
                DeliveryItem.id.in_(line_ids), OrderItem.order_id != Delivery.order_id).limit(1)):
            raise Refused(_("“%(item)s” is no item of this order.", item=strange))
        total = sa.select(sa.func.coalesce(sa.func.sum(DeliveryItem.quantity), 0)).where(
            DeliveryItem.item_id == OrderItem.id, DeliveryItem.deleted_at.is_(None)).scalar_subquery()
        db.execute(sa.update(OrderItem).where(OrderItem.order_id.in_(orders)).values(delivered=total).execution_options(synchronize_session=False))
        wrong = db.execute(sa.select(OrderItem.what, OrderItem.quantity, OrderItem.delivered).where(
            OrderItem.order_id.in_(orders), OrderItem.deleted_at.is_(None), sa.or_(OrderItem.delivered < 0, OrderItem.delivered > OrderItem.quantity)).limit(1)).first()
        if wrong is not None and wrong.delivered > 0:
            raise Refused(_("Of “%(item)s” %(n)s are ordered, not more.", item=wrong.what, n=say_number(wrong.quantity, 3)))
        if wrong is not None:
            raise Refused(_("Of “%(item)s” nothing more can come back than went out.", item=wrong.what))
        if number := db.scalar(sa.select(Order.number).where(Order.id.in_(orders), Order.state.not_in((*GOING, State.cancelled)), Order.id.in_(
                sa.select(Delivery.order_id).where(Delivery.order_id == Order.id, Delivery.deleted_at.is_(None)))).limit(1)):
            raise Refused(_("%(number)s must be confirmed before anything goes out.", number=number))
    settle(orders)
    retell(orders)


# --- completing -----------------------------------------------------------------------------------------------------


def settle(ids: Iterable[int]):
    """Bring what follows from deliveries and money up to date: the share delivered, what was invoiced and paid as receivables have it, of these and of the
    orders that share a contract's money with them. **Here an order becomes completed**: when all of it went out, all that was not given back stands on
    invoices, and of those nothing remains to be paid. What is credited and not invoiced again completes nothing."""
    if not ids:
        return
    wanted, money_of = set(ids), receivables.money(ids)
    with system_scope("how far orders are") as db:
        rows = [one for one in db.scalars(sa.select(Order).where(Order.id.in_(wanted | money_of.keys())).order_by(Order.id)) if one.id in wanted or _moved(one, *money_of[one.id])]
        lines, billed, turned = _items([one.id for one in rows]), billing([one.id for one in rows]), {}
        for order in rows:
            invoiced, paid, waits = money_of.get(order.id, (0, 0, False))
            share, items = _share(lines[order.id]), lines[order.id]
            settled = not waits and (invoiced >= order.total > 0 or all(not one.amount or billed[one.id].net >= one.delivered for one in items))
            gone = any(one.delivered for one in items) and all(one.quantity - one.delivered <= _given_back(one, billed[one.id]) for one in items)
            if (order.delivered, order.invoiced, order.paid) != (share, invoiced, paid):
                db.execute(sa.update(Order).where(Order.id == order.id).values(delivered=share, invoiced=invoiced, paid=paid).execution_options(synchronize_session=False))
            before = order.state
            if order.state == State.confirmed and gone and settled:
                order.state, order.completed = State.done, today()
            elif order.state == State.done and not settled:  # a payment was taken back, or what was paid was credited
                order.state, order.completed = State.confirmed, None
            if order.contract_id and order.state != before:
                turned[order.id] = order.contract_id
        db.flush()
    if turned:  # one that is completed, or no more, has another place among the orders of its contract
        settle(turned)
        receivables.turned(set(turned.values()))


def _moved(order, invoiced: int, paid: int, waits: bool) -> bool:
    """Whether the money of an order is another than it was, or may make it completed, or not completed any more."""
    return (order.invoiced, order.paid) != (invoiced, paid) or (waits if order.state == State.done else order.state == State.confirmed and invoiced > 0)


class Billed(NamedTuple):
    """Of an item, in thousandths: what stands on invoices less what was credited, what was credited, what came back."""

    net: int = 0
    back: int = 0
    came: int = 0


def billing(ids: Sequence[int]) -> dict[int, Billed]:
    """Item of these orders → what was invoiced and credited of it, and what came back."""
    found: dict[int, Billed] = defaultdict(Billed, {item: Billed(net, back) for item, (net, back) in receivables.billed(ids).items()})
    with system_scope("what of orders came back") as db:
        for item, came in db.execute(sa.select(DeliveryItem.item_id, -sa.func.sum(DeliveryItem.quantity)).join(Delivery, Delivery.id == DeliveryItem.delivery_id).where(
                Delivery.order_id.in_(ids), DeliveryItem.quantity < 0, DeliveryItem.deleted_at.is_(None)).group_by(DeliveryItem.item_id)):
            found[item] = found[item]._replace(came=int(came))
    return found


def needs(ids: Sequence[int]) -> dict[int, int]:
    """Order → what its pieces come to that stand on no invoice of their own and were not given back for good."""
    if not ids:
        return {}
    lines, billed = _items(ids), billing(ids)
    return {order: sum(_part(one, one.quantity - billed[one.id].net - _given_back(one, billed[one.id])) for one in items) for order, items in lines.items()}


def _part(item, count: int) -> int:
    """What so many pieces of an item come to; all of it where it has no pieces."""
    return amounts.share(item.amount, [count, item.quantity - count])[0] if item.quantity else item.amount


def _kept(item, billed: Billed) -> int:
    """How much of an item went out and was not credited."""
    return min(item.delivered, billed.net) if billed.back else item.delivered


def _given_back(item, billed: Billed) -> int:
    """How much of an item was credited and came back, and is not wanted any more."""
    return min(billed.back, item.quantity - billed.net, billed.came)


def _share(items: Sequence) -> int:
    """What of an order is delivered, in hundredths of a percent of its amount; of its quantities where it costs nothing."""
    weights = [abs(one.amount) for one in items] if any(one.amount for one in items) else [one.quantity for one in items]
    whole = sum(weights)
    if not whole:
        return 0
    out = sum(amounts.share(weight, [one.delivered, one.quantity - one.delivered])[0] if one.quantity else weight for weight, one in zip(weights, items, strict=True))
    return 100_00 if out == whole else min(99_99, amounts.divide(out * 100_00, whole))


def tell(ids: Sequence[int]):
    """Who listens hears of orders whose state is another than he was told, in this transaction. Raises Refused where it cannot be so."""
    with system_scope("who was told what of orders") as db:
        rows = db.execute(sa.select(Order.id, Order.number, Order.state, Order.told, Order.delivered).where(
            Order.id.in_(ids), Order.told != Order.state, Order.deleted_at.is_(None))).all()
        if not rows:
            return
        again = [row.id for row in rows if row.state in (State.draft, State.held) and row.told in GOING]
        money_of = receivables.money(again) if again else {}  # a draft has nothing of its contract's instalments: of it are only its own invoices
        for row in rows:
            if row.id in again and (row.delivered or money_of[row.id][0]):
                raise Refused(_("%(number)s has been delivered or invoiced: it can be cancelled, but is no draft again.", number=row.number))
        db.execute(sa.update(Order).where(Order.id.in_([row.id for row in rows])).values(told=Order.state).execution_options(synchronize_session=False))
        _deals([row.id for row in rows if row.state == State.done or (row.state == State.cancelled and row.delivered)])
        drafts = [row.id for row in rows if row.state == State.draft]  # it can be changed: what was reviewed of it may be another thing by then
        db.execute(sa.update(Order).where(Order.id.in_(drafts), Order.review.is_not(None)).values(
            review=None, contract_by_id=None, contract_on=None, finance_by_id=None, finance_on=None).execution_options(synchronize_session=False))
        reviewed(db, Order.id.in_([row.id for row in rows if row.told == State.draft]))
    for event, found in (
        (OrdersConfirmed, [row.id for row in rows if row.state == State.confirmed and row.told != State.done]),
        (OrdersCancelled, [row.id for row in rows if (row.told in GOING and row.state not in GOING) or (row.told == State.held and row.state == State.cancelled)]),
        (OrdersCompleted, [row.id for row in rows if row.state == State.done]),
        (OrdersReopened, [row.id for row in rows if row.state == State.confirmed and row.told == State.done]),
    ):
        if found:
            emit(event(tuple(found)))


def retell(ids: Sequence[int]):
    """The deals of these orders as they are by now, as far as core was told of them before."""
    lines = _items(ids)
    had = _had(lines)
    _deals(sorted(order for order, items in lines.items() if any(key(one) in had for one in items)), had)


def known(ids: Sequence[int]) -> dict[int, int]:
    """Those of these orders of which core was told something that stands → what that is, in their currency."""
    lines = _items(ids) if ids else {}
    had, billed = _had(lines), billing(ids) if ids else {}
    found = {order: sum(_part(one, _kept(one, billed[one.id])) for one in items if had.get(key(one))) for order, items in lines.items()}
    return {order: amount for order, amount in found.items() if amount}


def key(item) -> str:
    """Of the deal of an item."""
    return f"order/{item.id}"


def _had(lines: Mapping[int, Sequence]) -> dict[str, int]:
    """What core was told of these items of orders: key of a deal → its amount, nothing where it does not stand any more."""
    keys, dealings = [key(one) for items in lines.values() for one in items], site().registry.resource("core.dealing").model
    with system_scope("deals that were told") as db:
        stands = sa.case((dealings.deleted_at.is_(None), sa.func.coalesce(dealings.amount, 0)), else_=0)
        return dict(db.execute(sa.select(dealings.source_key, stands).where(dealings.source == "sales", dealings.source_key.in_(keys))).all()) if keys else {}


def _deals(ids: Sequence[int], had: Collection[str] = ()):
    """What customers had from us by these orders, told to core: each item with what of it went out and was not credited; and credit notes of an amount."""
    if not ids:
        return
    lines, deals, billed = _items(ids), [], billing(ids)
    with system_scope("deals of orders") as db:
        orders = {one.id: one for one in db.execute(sa.select(Order.id, Order.number, Order.customer_id, Order.day, Order.rate, Order.state).where(Order.id.in_(ids)))}
        products = {one.product_id for items in lines.values() for one in items if one.product_id}
        costs = dict(db.execute(sa.select(Product.id, Product.cost).where(Product.id.in_(products))).all()) if products else {}
    for order_id, order in orders.items():
        for one in lines[order_id]:
            count = _kept(one, billed[one.id])
            if count <= 0 and key(one) not in had:
                continue
            amount = _part(one, count) if count else 0
            cost = costs.get(one.product_id)
            deals.append(Deal(
                customer=order.customer_id, key=key(one), kind=_("Order"), day=order.day or today(), number=order.number, products=one.what, product=one.product_id,
                amount=in_house(amount, order.rate), quantity=count, about=("sales.order", order_id),
                cost=None if cost is None else amounts.divide(cost * count, amounts.PIECE, money.rounding())))
    record_dealings("sales", deals)
    record_dealings("sales", receivables.deals(ids))


def went(db, ids: Collection[int]) -> dict[int, int]:
    """Order → what of its items went out, in its currency: of one that was cancelled that stays owed. A statement, where there are any."""
    found: dict[int, int] = {}
    for row in db.execute(sa.select(OrderItem.order_id, OrderItem.amount, OrderItem.delivered, OrderItem.quantity).where(
            OrderItem.order_id.in_(ids), OrderItem.delivered > 0, OrderItem.deleted_at.is_(None))) if ids else ():
        found[row.order_id] = found.get(row.order_id, 0) + _part(row, row.delivered)
    return found


def in_house(amount: int, rate: int) -> int:
    """An amount of a document in the house's currency, at the document's rate."""
    return amounts.convert(amount, rate, money.rounding(), money.step(money.house()))


# --- the rest ---------------------------------------------------------------------------------------------------------


def cancel(_resource, ids: Sequence[int], reason: str | None = None):
    """Orders are not carried out, or not any further; what went out stays to be invoiced and paid."""
    if not reason:
        raise Invalid({"reason": [_("Say why.")]})
    for order in _held(ids):
        if order.state not in (State.draft, State.held, State.confirmed):
            raise Refused(_("%(number)s is completed or cancelled already.", number=order.number))
        order.state, order.reason = State.cancelled, reason
    session.flush()
    _unsubscribe(ids, reason)


def _unsubscribe(ids: Sequence[int], reason: str) -> list[int]:
    """What is sent for items of these orders is not sent any more; which subscriptions those renew."""
    with system_scope("subscriptions of orders that are not carried out") as db:
        found = db.scalars(sa.select(Subscription).join(OrderItem, OrderItem.id == Subscription.item_id).where(
            OrderItem.order_id.in_(ids), Subscription.term == Term.running, Subscription.deleted_at.is_(None)).order_by(Subscription.id)).all()
        for one in found:
            one.term, one.reason = Term.cancelled, reason
        before = [one.renews_id for one in found if one.renews_id]
        db.flush()
    return before


def dropped(ids: Sequence[int]):
    """Drafts were deleted: what they would have renewed is renewed no more."""
    before = _unsubscribe(ids, str(_("Its order was deleted.")))
    with system_scope("subscriptions that are not renewed after all") as db:
        for one in db.scalars(sa.select(Subscription).where(Subscription.id.in_(before), Subscription.term == Term.renewed, Subscription.deleted_at.is_(None))):
            one.term = Term.running
        db.flush()


def reviewed(db, which):
    """Both reviews look at those of these orders that have something that runs only after them, or a subscription, which waits for nothing. One statement."""
    if OrderSettings.now().reviews:
        items = sa.select(OrderItem.id).where(OrderItem.order_id == Order.id, OrderItem.deleted_at.is_(None), OrderItem.sort.in_((Sort.advert, Sort.subscription)))
        adverts = sa.select(Advert.id).where(Advert.order_id == Order.id, Advert.deleted_at.is_(None))
        db.execute(sa.update(Order).where(which, Order.state.in_(REVIEWED), Order.review.is_(None), sa.or_(items.exists(), adverts.exists())).values(
            review=Review.contract).execution_options(synchronize_session=False))


def advertised(ids: Sequence[int]):
    """Advertisements were written: their orders are reviewed, also those that had nothing to run when they were confirmed."""
    with system_scope("orders of advertisements are reviewed") as db:
        reviewed(db, Order.id.in_(sa.select(Advert.order_id).where(Advert.id.in_(ids), Advert.deleted_at.is_(None))))


def waits(order, review: Review) -> bool:
    """Whether an order waits for this review."""
    return order.review == review and order.state in REVIEWED and OrderSettings.now().reviews


def review_contract(order):
    """First review: the contract is as it must be, and stays so: of a draft nothing is reviewed."""
    if order.state not in REVIEWED:
        raise Refused(_("%(number)s must be confirmed before it is reviewed.", number=order.number))
    order.contract_by_id, order.contract_on, order.review = my_id(), today(), Review.finance


def review_finance(order):
    """Second review: the money is there, or somebody stands in for it. Comes after the first."""
    if order.state not in REVIEWED:
        raise Refused(_("%(number)s must be confirmed before it is reviewed.", number=order.number))
    if order.contract_on is None:
        raise Refused(_("The contract of %(number)s is reviewed first.", number=order.number))
    order.finance_by_id, order.finance_on, order.review = my_id(), today(), Review.passed


def ran(ids: Sequence[int]):
    """Runs of advertisements were written. Raises Refused where one has appeared whose order did not pass both reviews, or is not confirmed."""
    with system_scope("whether advertisements may run") as db:
        query = sa.select(Order.number, Order.state, Order.review).join(Advert, Advert.order_id == Order.id).join(Run, Run.advert_id == Advert.id).where(
            Run.id.in_(ids), Run.fate == Fate.done, Run.deleted_at.is_(None))
        for row in db.execute(query).all():
            if row.state not in GOING:
                raise Refused(_("%(number)s must be confirmed before anything goes out.", number=row.number))
            if row.review in (Review.contract, Review.finance) and OrderSettings.now().reviews:
                raise Refused(_("%(number)s runs only after the contract and the finance review.", number=row.number))


def task_key(subscription_id: int) -> str:
    """Of the task that a subscription about to end puts on its owner."""
    return f"sales.subscription/{subscription_id}"


def remind_ends(job):
    """Each subscription about to end is a task of its owner's, until it is renewed or cancelled. Asked again it is the same task."""
    until = today() + dt.timedelta(days=OrderSettings.now().renewal_days)
    with system_scope("subscriptions about to end") as db:
        columns = Subscription.id, Subscription.number, Subscription.owner_id, Subscription.customer_id, Subscription.ends
        rows = db.execute(sa.select(*columns).where(
            Subscription.term == Term.running, Subscription.ends <= until, Subscription.asked.is_(False), Subscription.owner_id.is_not(None), Subscription.deleted_at.is_(None),
        ).order_by(Subscription.ends, Subscription.id).limit(2_000)).all()
    with job.finish():
        for row in rows:
            tasks.give_by_rule(_("Sales"), task_key(row.id), row.owner_id, _("Renew subscription %(number)s, which ends on %(day)s", number=row.number, day=row.ends),
                               due=row.ends, about=("core.customer", row.customer_id))
        with system_scope("subscriptions about to end") as db:
            db.execute(sa.update(Subscription).where(Subscription.id.in_([row.id for row in rows])).values(asked=True).execution_options(synchronize_session=False))


def renew(subscription, months: int = 12):
    """The same again after its end: a draft order with that item, and a subscription that follows this one. Its task ends."""
    if subscription.term != Term.running:
        raise Refused(_("%(number)s does not run any more.", number=subscription.number))
    begins = subscription.ends + dt.timedelta(days=1)
    ends = periods.shift(begins, months, "month") - dt.timedelta(days=1)
    free = {"discount": 100_00} if subscription.complimentary else {}
    order, = site().registry.resource("sales.order").write([{
        "customer": subscription.customer_id, "contact": subscription.contact_id,
        "items": [{"product": subscription.product_id, "quantity": subscription.copies * 1000, "begins": begins, "ends": ends, **free}]}])
    item = session.scalar(sa.select(OrderItem.id).where(OrderItem.order_id == order))
    session.add(Subscription(
        customer_id=subscription.customer_id, contact_id=subscription.contact_id, product_id=subscription.product_id, item_id=item, renews_id=subscription.id,
        copies=subscription.copies, begins=begins, ends=ends, complimentary=subscription.complimentary, address=subscription.address, postcode=subscription.postcode,
        phone=subscription.phone, note=subscription.note, taken_by_id=my_id() or subscription.taken_by_id, **owners_of(subscription)))
    subscription.term = Term.renewed
    session.flush()


def call(subscription, said: str, next_day: dt.date | None = None):
    """A call about it: on its time line, and, where who called may write there, on that of its contact or customer, with a task for the next one."""
    about = ("core.contact", subscription.contact_id) if subscription.contact_id else ("core.customer", subscription.customer_id)
    if may("core.customer.update", subscription.customer_id):
        customers.add_note(*about, f"{subscription.number}: {said}", kind="call", next_day=next_day)
    elif next_day is not None:
        tasks.give(str(_("Call about subscription %(number)s", number=subscription.number)), text=said[:2_000], due=next_day, about=("sales.subscription", subscription.id))
    on_timeline(_("noted a call"), "sales.subscription", subscription.id, record=("sales.subscription", subscription.id), body=said)


def end(subscription, reason: str):
    """It is not renewed. Its task ends."""
    if subscription.term != Term.running:
        raise Refused(_("%(number)s does not run any more.", number=subscription.number))
    subscription.term, subscription.reason = Term.cancelled, reason


def followed(ids: Sequence[int]):
    """Tasks of subscriptions that do not run any more end with their cause; one that runs again (an undo) is asked about anew."""
    with system_scope("subscriptions that were asked about") as db:
        ended = db.scalars(sa.select(Subscription.id).where(Subscription.id.in_(ids), Subscription.asked, sa.or_(Subscription.term != Term.running, Subscription.deleted_at.is_not(None)))).all()
        db.execute(sa.update(Subscription).where(Subscription.id.in_(ended)).values(asked=False).execution_options(synchronize_session=False))
    for one in ended:
        tasks.finish(task_key(one))
