"""Where policies are enforced: listeners inside the transaction in which a quote is sent, an order confirmed, an expense claimed. What they
raise undoes it; `OverLimit` is handed in where administrators drew a flow for what goes over a limit."""

from fractions import Fraction

import sqlalchemy as sa

from crm_core.sdk import Refused, my_id, session, site, system_scope, today
from crm_sales.orders.models import Order, OrderItem
from crm_sales.policies import services as policies
from crm_sales.policies.models import Kind
from crm_sales.quotes.models import Quote, QuoteItem

OFFERS = {"sales.quote": ("send", Quote, QuoteItem, QuoteItem.quote_id), "sales.order": ("confirm", Order, OrderItem, OrderItem.order_id)}


def quotes_sent(event):
    """Discounts, the allowance and lines without a list price of quotes, by the policies of the day on which they are sent, whatever day stands on them."""
    unknown = _measured("sales.quote", event.ids)
    for quote, items in _documents(Quote, QuoteItem, QuoteItem.quote_id, event.ids):
        who, day = my_id() or quote.owner_id, today()
        if who is not None:
            over = _of_quote(who, day, quote, _given(items, unknown, day))
            policies.settle("sales.quote", quote.id, quote.number, who, quote.department_id, day, over)


def _of_quote(who, day, quote, given):
    return policies.over_discount(who, day, given) + policies.over_allowance(who, day, given, quote.currency) + policies.over_unlisted(who, day, given, quote.currency)


def orders_confirming(event):
    """The same of orders, and where and to whom is sold: of who confirms them, not of who lets them go on later. Lines that stand as in the quote the
    order was made of were measured there, by the policies and price lists of its day; what was agreed to in it is not asked again."""
    documents = _documents(Order, OrderItem, OrderItem.order_id, event.ids)
    quoted = _quotes_of([order for order, _items in documents])
    same = {order.id: _unchanged(items, quoted.get(order.id, [])) for order, items in documents}
    unknown = _measured("sales.order", event.ids, {line: (there.list_price, there.why) for found in same.values() for line, there in found.items()})
    for order, items in _documents(Order, OrderItem, OrderItem.order_id, event.ids):
        who, day = my_id() or order.owner_id, today()
        if who is not None:
            over = _of_order(who, day, order, items, quoted.get(order.id, []), same[order.id], _given(items, unknown, day))
            over += policies.over_place(who, day, order.customer_id)
            policies.settle("sales.order", order.id, order.number, who, order.department_id, day, over)


def _of_order(who, day, order, items, quoted, same, given):
    offered = policies.given_away(quoted)
    agreed = {at for at, item in enumerate(items) if item.id in same}
    if quoted and policies.let_pass("sales.quote", order.quote_id):
        agreed |= _as_quoted(given, offered)
    over = policies.over_discount(who, day, given, agreed) + policies.over_unlisted(who, day, given, order.currency, agreed)
    if not quoted or _off(given) > _off(offered):
        over += policies.over_allowance(who, day, given, order.currency)
    return over


def would_be_over(name, record_id):
    """What of a draft is over a limit of who reads it, as its lines stand now, for him to know before he sends or confirms it."""
    act, head, line, link = OFFERS[name]
    who, day, resource = my_id(), today(), site().registry.resource(name)
    if who is None or not resource.may(act) or not resource.sees(record_id, act):
        return []
    ((document, items),) = _documents(head, line, link, [record_id])
    if str(document.state) != "draft":
        return []
    if head is Quote:
        return _of_quote(who, day, document, policies.given_away(items))
    quoted = _quotes_of([document]).get(document.id, [])
    same = _unchanged(items, quoted)
    return _of_order(who, day, document, items, quoted, same, policies.given_away(items, {line: there.list_price for line, there in same.items()}))


def _measured(name, ids, stands=()):
    """List prices as the price lists have them now: what is given away is judged by them, whenever a line was written and for whatever customer
    and currency it was then; a day that is written on it does not bring back what things cost then. `stands`: lines that keep that of the document they were
    agreed in. Returns why some are not known."""
    session.flush()
    resource = site().registry.resource(name)
    return resource.line_resource("items").measure(ids, earliest=today(), stands=dict(stands))


def _given(items, unknown, day):
    """What is given away in lines; raises Refused where a limit holds and the list price of one of them is not known."""
    if unknown and any(policies.holding(kind, day) for kind in (Kind.discount, Kind.allowance)):
        raise Refused(unknown[0])
    return policies.given_away(items)


def _documents(head, line, link, ids):
    """Documents with their lines, whatever the acting person may see of them: a limit is no question of rights."""
    if not ids:
        return []
    session.flush()
    with system_scope("limits of documents") as db:
        found = {one.id: (one, []) for one in db.scalars(sa.select(head).where(head.id.in_(ids)).order_by(head.id))}
        for one in db.scalars(sa.select(line).where(link.in_(ids), line.deleted_at.is_(None)).order_by(line.id).execution_options(populate_existing=True)):
            found[getattr(one, link.key)][1].append(one)
        return list(found.values())


def _quotes_of(orders):
    """Order → the lines of the quote that was sent, accepted and became it, where it is for the same customer in the same currency."""
    quotes = {quote.id: (quote, items) for quote, items in _documents(Quote, QuoteItem, QuoteItem.quote_id, sorted({one.quote_id for one in orders if one.quote_id is not None}))}
    found = {}
    for order in orders:
        quote, items = quotes.get(order.quote_id, (None, []))
        if quote is not None and quote.deleted_at is None and quote.sent_at is not None and (quote.order_id, quote.customer_id, quote.currency) == (order.id, order.customer_id, order.currency):
            found[order.id] = items
    return found


def _unchanged(items, quoted):
    """Lines of an order that are as the quote had them: id → its line there. As much of the same product with the same choices, down to no lower price, lines
    below nothing counted in; words without a list price at the very same."""
    left = {}
    for other, price in _prices(quoted):
        left.setdefault(_what(other), []).append((price, other))
    found = {}
    for item, price in sorted(_prices(items), key=lambda one: one[1], reverse=True):
        there = left.get(_what(item), [])
        at = next((n for n, (its, other) in enumerate(there) if price >= its and (other.list_price or item.amount == other.amount)), None)
        if at is not None:
            found[item.id] = there.pop(at)[1]
    return found


def _what(item):
    return item.product_id, item.unit_id, item.quantity, repr(sorted((item.configuration or {}).items())), None if item.product_id else item.what


def _prices(items):
    """Lines that are paid for, each with what it comes down to."""
    given = policies.given_away(items)
    full, rest = policies.whole_of(given)
    return [(item, Fraction(one.asked * rest, full)) for item, one in zip(items, given, strict=True) if one.asked > 0]


def _as_quoted(given, quoted):
    """The places of lines that give away no more than the quote did: for as many of the same product, lines below nothing counted in."""
    lines, offered = _down_to(given), _down_to(quoted)
    found = set()
    for at, _one, key, left in lines:
        wanted, there = (sum(other.quantity for _at, other, same, down in every if same == key and down <= left) for every in (lines, offered))
        if wanted <= there:
            found.add(at)
    return found


def _down_to(given):
    """Lines with their places, their product and unit, and the part of the list price that each comes down to."""
    full, rest = policies.whole_of(given)
    return [(at, one, (one.product, one.unit), Fraction(one.asked * rest, one.listed * full)) for at, one in enumerate(given) if one.product is not None and one.listed > 0 and full > 0]


def _off(given):
    return sum(one.listed - one.asked for one in given)
