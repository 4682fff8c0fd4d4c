"""The short way to an order: what a customer had last, or has most often, once more, at the prices of today. It is offered beside every customer;
who seeks the price finds it open."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.sdk import (
    Ask,
    Customer,
    Invalid,
    Product,
    Refused,
    amounts,
    language,
    money,
    prices,
    session,
    site,
    tell,
    today,
)
from crm_sales import _
from crm_sales.orders.models import Order, OrderItem, Sort, State

LOOKED_AT, MORE, USUAL = 300, 5, 10  # items of his orders, the newest first; further products that are offered; where no order is completed yet
GOING = (State.confirmed, State.done)


@dataclass
class Line:
    """What he had: `quantity` as he had it last, none for what is only offered besides; `price` is that of today for one, none where it has none."""

    item: int
    product: int | None
    what: str
    quantity: int | None
    unit: int | None
    configuration: Any
    price: int | None = None
    rate: int | None = None


@dataclass
class Before:
    """His last completed order, if there is one, and what can be ordered again; what is not on sale any more is `gone`."""

    order: Any
    contact: int | None
    currency: str
    lines: list[Line]
    gone: list[str]

    @property
    def total(self):
        """What the quantities as he had them come to today."""
        return sum(amounts.divide((one.price or 0) * one.quantity, amounts.PIECE, money.rounding(), money.step(self.currency)) for one in self.lines if one.quantity)


def before(customer_id):
    """What a customer had, as far as the acting person may see his orders: four questions and those of the prices."""
    item, of = OrderItem, Order
    query = sa.select(
        item.id, item.product_id, item.what, item.quantity, item.unit_id, item.configuration, item.price, item.rate,
        of.id.label("of"), of.state, of.currency, of.contact_id,
    ).join(of, of.id == item.order_id).where(
        of.customer_id == customer_id, of.state.in_(GOING), of.deleted_at.is_(None), item.deleted_at.is_(None), item.sort == Sort.plain, item.quantity > 0,
        sa.or_(item.product_id.is_not(None), item.price > 0)).order_by(of.confirmed.desc(), of.id.desc(), item.id).limit(LOOKED_AT)
    rows = session.execute(query).all()
    if not rows:
        return Before(None, None, money.house(), [], [])
    last = next((row.of for row in rows if row.state == State.done), None)
    head = next(row for row in rows if last is None or row.of == last)
    mine = [row for row in rows if row.of == last]
    often = _often([row for row in rows if row.product_id is not None], {row.product_id for row in mine})
    lines = [_line(row, row.quantity) for row in mine] + [_line(row, None if mine else row.quantity) for row in often[: MORE if mine else USUAL]]
    lines, gone = _on_sale(lines)
    found = prices([Ask(one.product, one.quantity or amounts.PIECE, one.unit, one.configuration or {}) for one in lines if one.product],
                   customer=customer_id, day=today(), currency=head.currency)
    for one, priced in zip([one for one in lines if one.product], found, strict=True):
        one.price = priced.price
    return Before(session.get(Order, last) if last is not None else None, head.contact_id, head.currency, lines, gone)


def _line(row, quantity):
    return Line(row.id, row.product_id, row.what, quantity, row.unit_id, row.configuration, None if row.product_id else row.price, None if row.product_id else row.rate)


def _often(rows, left_out):
    """The newest row of each product, those in most of his orders first."""
    newest, orders = {}, {}
    for row in rows:
        if row.product_id not in left_out:
            newest.setdefault(row.product_id, row)
            orders.setdefault(row.product_id, set()).add(row.of)
    return sorted(newest.values(), key=lambda row: (-len(orders[row.product_id]), row.product_id))


def _on_sale(lines):
    """Those that can be chosen today, under the names of today, and the names of the others."""
    lives = site().registry.resource("sales.order_item").lives
    ids = {one.product for one in lines if one.product}
    known = {row.id: row for row in session.execute(sa.select(Product.id, Product.name, Product.english, Product.life).where(Product.id.in_(ids)))} if ids else {}
    kept, gone = [], []
    for one in lines:
        product = known.get(one.product)
        if one.product and (product is None or product.life not in lives):
            gone += [one.what] if one.quantity else []
            continue
        if product is not None and not one.configuration:
            one.what = (product.english if language() == "en" else None) or product.name
        kept.append(one)
    return kept, gone


def again(customer, quantities=None, after=None):
    """A draft of an order, ready to be confirmed: what he had last, or `quantities` (item he had → thousandths). `after`: the newest of his orders
    that who presses knew of; where he made one since, it is that one, and no second. Raises Refused, Invalid."""
    session.execute(sa.select(Customer.id).where(Customer.id == customer.id).with_for_update(key_share=True))
    if after is not None and newest(customer.id) > after:
        return
    had = before(customer.id)
    wanted = [(one, one.quantity if quantities is None else quantities.get(one.item)) for one in had.lines]
    items = [_item(one, quantity) for one, quantity in wanted if quantity]
    if not items:
        raise Refused(_("Say how many of what.") if quantities is not None and had.lines else _("This customer has not ordered anything yet that could be ordered again."))
    values = {"customer": customer.id, "currency": had.currency, "items": items, **({"contact": had.contact} if had.contact else {})}
    try:
        site().registry.resource("sales.order").write([values])
    except Invalid as bad:  # a product that has no price in that currency any more, choices that do not go together any more
        raise Refused(bad.first) from None
    if had.gone and quantities is None:
        tell(_("Not on sale any more, and left out: %(names)s.", names=", ".join(had.gone)))


def _item(one, quantity):
    if one.product is None:
        return {"what": one.what, "quantity": quantity, "price": one.price, "rate": one.rate}
    return {"product": one.product, "quantity": quantity, "unit": one.unit, "configuration": one.configuration}


def newest(customer_id):
    """The newest of his orders, drafts too; 0: there is none."""
    return session.scalar(sa.select(sa.func.max(Order.id)).where(Order.customer_id == customer_id, Order.deleted_at.is_(None))) or 0
