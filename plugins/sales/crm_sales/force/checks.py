"""Where policies are enforced: listeners inside the transaction in which a quote is sent, an order confirmed, an expense claimed. What they
raise undoes it; `OverLimit` is handed in where administrators drew a flow for what goes over a limit."""

import sqlalchemy as sa

from crm_core.sdk import amounts, my_id, session, system_scope, today
from crm_sales.orders.models import Order, OrderItem
from crm_sales.policies import services as policies
from crm_sales.quotes.models import Quote, QuoteItem


def quotes_sent(event):
    """Discounts and the allowance of quotes, on the day of each."""
    for quote, items in _documents(Quote, QuoteItem, QuoteItem.quote_id, event.ids):
        who, day = my_id() or quote.owner_id, quote.day or today()
        if who is not None:
            given = policies.given_away(items)
            over = policies.over_discount(who, day, given) + policies.over_allowance(who, day, given, quote.currency)
            policies.settle("sales.quote", quote.id, quote.number, who, quote.department_id, day, over)


def orders_confirmed(event):
    """The same of orders, and where and to whom is sold. What was agreed to in the quote an order comes from is not asked again."""
    for order, items in _documents(Order, OrderItem, OrderItem.order_id, event.ids):
        who, day = my_id() or order.owner_id, order.day or today()
        if who is not None:
            given = policies.given_away(items)
            agreed, quoted = _agreed(order)
            over = policies.over_discount(who, day, [one for one in given if not (agreed and _as_quoted(one, quoted))])
            allowed = policies.over_allowance(who, day, given, order.currency)
            if not (agreed and _off(given) <= _off(quoted)):
                over += allowed
            over += policies.over_place(who, day, order.customer_id)
            policies.settle("sales.order", order.id, order.number, who, order.department_id, day, over)


def _documents(head, line, link, ids):
    """Documents with their lines, whatever the acting person may see of them: a limit is no question of rights."""
    session.flush()
    with system_scope("limits of documents") as db:
        found = {one.id: (one, []) for one in db.scalars(sa.select(head).where(head.id.in_(ids)).order_by(head.id))}
        for one in db.scalars(sa.select(line).where(link.in_(ids), line.deleted_at.is_(None)).order_by(line.id)):
            found[getattr(one, link.key)][1].append(one)
        return list(found.values())


def _agreed(order):
    """Whether limits were passed in the quote of an order, and what was given away there."""
    if order.quote_id is None or not policies.let_pass("sales.quote", order.quote_id):
        return False, []
    ((_quote, items),) = _documents(Quote, QuoteItem, QuoteItem.quote_id, [order.quote_id])
    return True, policies.given_away(items)


def _as_quoted(one, quoted):
    """Whether a line gives away no more than one of the quote for the same product."""
    return any(one.product == other.product and one.product is not None and one.asked * other.listed >= other.asked * one.listed for other in quoted)


def _off(given):
    return amounts.divide(sum(one.listed - one.asked for one in given), amounts.PIECE * amounts.WHOLE)
