"""Where policies are enforced: listeners inside the transaction in which a quote is sent, an order confirmed, an expense claimed. What they
raise undoes it; `OverLimit` is handed in where administrators drew a flow for what goes over a limit."""

from fractions import Fraction

import sqlalchemy as sa

from crm_core.sdk import Refused, my_id, session, site, system_scope, today
from crm_sales.orders.models import Order, OrderItem
from crm_sales.policies import services as policies
from crm_sales.policies.models import Kind
from crm_sales.quotes.models import Quote, QuoteItem


def quotes_sent(event):
    """Discounts and the allowance of quotes, by the policies of the day on which they are sent, whatever day stands on them."""
    unknown = _measured("sales.quote", event.ids)
    for quote, items in _documents(Quote, QuoteItem, QuoteItem.quote_id, event.ids):
        who, day = my_id() or quote.owner_id, today()
        if who is not None:
            given = _given(items, unknown, day)
            over = policies.over_discount(who, day, given) + policies.over_allowance(who, day, given, quote.currency)
            policies.settle("sales.quote", quote.id, quote.number, who, quote.department_id, day, over)


def orders_confirming(event):
    """The same of orders, and where and to whom is sold: of who confirms them, not of who lets them go on later. What was agreed to in the quote
    an order was made of is not asked again."""
    unknown = _measured("sales.order", event.ids)
    for order, items in _documents(Order, OrderItem, OrderItem.order_id, event.ids):
        who, day = my_id() or order.owner_id, today()
        if who is not None:
            given = _given(items, unknown, day)
            quoted = _agreed(order)
            over = policies.over_discount(who, day, given, _as_quoted(given, quoted))
            if not quoted or _off(given) > _off(quoted):
                over += policies.over_allowance(who, day, given, order.currency)
            over += policies.over_place(who, day, order.customer_id)
            policies.settle("sales.order", order.id, order.number, who, order.department_id, day, over)


def _measured(name, ids):
    """List prices as the price lists have them now: what is given away is judged by them, whenever a line was written and for whatever customer
    and currency it was then; a day that is written on it does not bring back what things cost then. Returns why some are not known."""
    session.flush()
    resource = site().registry.resource(name)
    return resource.line_resource("items").measure(ids, earliest=today())


def _given(items, unknown, day):
    """What is given away in lines; raises Refused where a limit holds and the list price of one of them is not known."""
    if unknown and any(policies.holding(kind, day) for kind in (Kind.discount, Kind.allowance)):
        raise Refused(unknown[0])
    return policies.given_away(items)


def _documents(head, line, link, ids):
    """Documents with their lines, whatever the acting person may see of them: a limit is no question of rights."""
    session.flush()
    with system_scope("limits of documents") as db:
        found = {one.id: (one, []) for one in db.scalars(sa.select(head).where(head.id.in_(ids)).order_by(head.id))}
        for one in db.scalars(sa.select(line).where(link.in_(ids), line.deleted_at.is_(None)).order_by(line.id).execution_options(populate_existing=True)):
            found[getattr(one, link.key)][1].append(one)
        return list(found.values())


def _agreed(order):
    """What was given away in the quote that became this order, where limits were passed in it and it is for the same customer in the same currency."""
    if order.quote_id is None or not policies.let_pass("sales.quote", order.quote_id):
        return []
    ((quote, items),) = _documents(Quote, QuoteItem, QuoteItem.quote_id, [order.quote_id])
    if quote.deleted_at is not None or (quote.order_id, quote.customer_id, quote.currency) != (order.id, order.customer_id, order.currency):
        return []
    return policies.given_away(items)


def _as_quoted(given, quoted):
    """The lines that give away no more than the quote did: for as many of the same product, lines below nothing counted in."""
    lines, offered = _down_to(given), _down_to(quoted)
    found = []
    for one, key, left in lines:
        wanted, there = (sum(other.quantity for other, same, down in every if same == key and down <= left) for every in (lines, offered))
        if wanted <= there:
            found.append(one)
    return found


def _down_to(given):
    """Lines with their product and unit, and the part of the list price that each comes down to."""
    full, rest = policies.whole_of(given)
    return [(one, (one.product, one.unit), Fraction(one.asked * rest, one.listed * full)) for one in given if one.product is not None and one.listed > 0 and full > 0]


def _off(given):
    return sum(one.listed - one.asked for one in given)
