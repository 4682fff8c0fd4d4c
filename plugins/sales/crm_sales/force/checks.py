"""Where policies are enforced: listeners inside the transaction in which a quote is sent, a contract signed, an order confirmed. What they
raise undoes it; `OverLimit` is handed in where administrators drew a flow for what goes over a limit.

Nothing is asked twice: lines that stand as in the quote a contract or an order was made of were measured there, and what an order takes of a signed
contract was measured when that was signed, as far as the contract's other orders have not taken it."""

from fractions import Fraction
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.sdk import Refused, my_id, session, site, system_scope, today
from crm_sales.contracts import paying
from crm_sales.contracts.models import Contract, ContractItem
from crm_sales.contracts.models import State as ContractState
from crm_sales.orders.models import Order, OrderItem
from crm_sales.orders.models import State as OrderState
from crm_sales.policies import services as policies
from crm_sales.policies.models import Kind
from crm_sales.quotes.models import Quote, QuoteItem

OFFERS = {"sales.quote": ("send", Quote, QuoteItem, QuoteItem.quote_id), "sales.contract": ("sign", Contract, ContractItem, ContractItem.contract_id),
          "sales.order": ("confirm", Order, OrderItem, OrderItem.order_id)}
MADE = {Contract: "contract_id", Order: "order_id"}  # where a quote says what became of it
TAKEN = OrderState.held, OrderState.confirmed, OrderState.done, OrderState.cancelled  # orders that took of their contract; of a cancelled one what went out


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


def contracts_signed(event):
    """The same of contracts, of who signs them."""
    for contract, made, given, who, day in _measured_documents("sales.contract", event.ids):
        policies.settle("sales.contract", contract.id, contract.number, who, contract.department_id, day, _of_made(who, day, contract, made, given))


def orders_confirming(event):
    """The same of orders, and where and to whom is sold: of who confirms them, not of who lets them go on later."""
    for order, made, given, who, day in _measured_documents("sales.order", event.ids):
        over = _of_made(who, day, order, made, given) + policies.over_place(who, day, order.customer_id)
        policies.settle("sales.order", order.id, order.number, who, order.department_id, day, over)


class Made(NamedTuple):
    """A document's lines, and what they were made of: the lines of its quote; `kept`: its lines that are as they were there, or that it takes of its contract, id →
    the line there."""

    items: list
    quoted: list
    kept: dict
    of_contract: bool = False


def _measured_documents(name, ids):
    """Documents with what they were made of, what is given away in them by the price lists of today, and who is limited."""
    _act, head, line, link = OFFERS[name]
    made = _made_of(_documents(head, line, link, ids))
    unknown = _measured(name, ids, {line: (there.list_price, there.why) for one in made.values() for line, there in one.kept.items()})
    for document, items in _documents(head, line, link, ids):
        who, day = my_id() or document.owner_id, today()
        if who is not None:
            yield document, made[document.id]._replace(items=items), _given(items, unknown, day), who, day


def _of_made(who, day, document, made, given):
    """What of a document that was made of another is over a limit: of what was not agreed there."""
    agreed = {at for at, item in enumerate(made.items) if item.id in made.kept}
    offered = policies.given_away(made.quoted)
    if made.quoted and policies.let_pass("sales.quote", document.quote_id):
        agreed |= _as_quoted(given, offered)
    over = policies.over_discount(who, day, given, agreed) + policies.over_unlisted(who, day, given, document.currency, agreed)
    if _gives_more(given, agreed) if made.of_contract else not made.quoted or _off(given) > _off(offered):
        over += policies.over_allowance(who, day, given, document.currency)
    return over


def _gives_more(given, agreed):
    """Whether lines that were not agreed let anything off, lines below nothing counted in."""
    full, rest = policies.whole_of(given)
    return any(one.asked > 0 and one.listed * full > one.asked * rest for at, one in enumerate(given) if at not in agreed)


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
    made = _made_of([(document, items)])[document.id]
    return _of_made(who, day, document, made, policies.given_away(items, {line: there.list_price for line, there in made.kept.items()}))


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


def _made_of(documents):
    """Document → what it was made of: the contract it names, else its quote."""
    heads = [document for document, _items in documents]
    quotes, contracts, found = _quotes_of(heads), _contracts_of([one for one in heads if isinstance(one, Order)]), {}
    for document, items in documents:
        quoted = quotes.get(document.id, [])
        kept = _taken(contracts[document.id], items) if document.id in contracts else {}  # also one that is measured by its quote takes of it
        if not quoted and document.id in contracts:
            found[document.id] = Made(items, [], kept, True)
        else:
            found[document.id] = Made(items, quoted, _unchanged(items, quoted))
    return found


def _quotes_of(documents):
    """Document → the lines of the quote that was sent, accepted and became it, where it is for the same customer in the same currency."""
    quotes = {quote.id: (quote, items) for quote, items in _documents(Quote, QuoteItem, QuoteItem.quote_id, sorted({one.quote_id for one in documents if one.quote_id is not None}))}
    found = {}
    for one in documents:
        quote, items = quotes.get(one.quote_id, (None, []))
        if quote is not None and quote.deleted_at is None and quote.sent_at is not None and (getattr(quote, MADE[type(one)]), quote.customer_id, quote.currency) == (one.id, one.customer_id, one.currency):
            found[one.id] = items
    return found


def _contracts_of(orders):
    """Order → the lines of the signed contract it names, and of its amendments, where that holds today and is for the same customer in the same currency, as [what is left, price, line] each, less what its
    other orders took; who confirms one holds them all (orders.services.lock), so that two do not take the same."""
    wanted, found, day = {one.contract_id for one in orders if one.contract_id is not None}, {}, today()
    if not wanted:
        return found
    with system_scope("contracts that orders take of") as db:
        others = db.execute(sa.select(Order.id, Order.contract_id, Order.state).where(
            Order.contract_id.in_(wanted), Order.state.in_(TAKEN), Order.deleted_at.is_(None), Order.id.not_in([one.id for one in orders])).order_by(Order.id)).all()
    with system_scope("amendments of contracts that orders take of") as db:
        amended = paying.amendments(db, wanted)
    documents = {document.id: (document, items) for document, items in _documents(Contract, ContractItem, ContractItem.contract_id, sorted({*wanted, *(one.id for mine in amended.values() for one in mine)}))}
    taken = {order.id: items for order, items in _documents(Order, OrderItem, OrderItem.order_id, [row.id for row in others])}
    for key in wanted:
        contract, _items = documents.get(key, (None, []))
        if contract is None or contract.deleted_at is not None or contract.state != ContractState.signed or not (contract.begins or day) <= day <= (paying.until(contract.ends, amended.get(key, ())) or day):
            continue
        agreed = [documents[one] for one in (key, *(row.id for row in amended.get(key, ())))]
        left = [[item.quantity, price / item.quantity, item] for document, items in agreed if (document.begins or day) <= day for item, price in _prices(items)]
        for item in (item for _document, items in agreed for item in items if item.quantity < 0):
            _take_out(left, item)
        for row in others:
            if row.contract_id == key:
                _taken(left, taken[row.id], row.state == OrderState.cancelled)
        for order in orders:
            if (order.contract_id, order.customer_id, order.currency) == (key, contract.customer_id, contract.currency):
                found[order.id] = left
    return found


def _take_out(left, item):
    """An amendment takes so many pieces of a line out of a contract: of those at its price first."""
    less = -item.quantity
    for one in sorted((one for one in left if _sort(one[2]) == _sort(item)), key=lambda one: one[2].price != item.price):
        part = min(less, one[0])
        one[0], less = one[0] - part, less - part


def _taken(left, items, stopped=False):
    """Lines that take of what is left of a contract, which becomes less by them: id → its line there. As much as there is of the same product with the same
    choices at no lower price, lines below nothing counted in; words without a list price at the very same. `stopped`: of what went out."""
    found = {}
    for item, price in sorted(_prices(items), key=lambda one: one[1] / one[0].quantity):
        each, wanted = price / item.quantity, item.delivered if stopped else item.quantity
        there = sorted((one for one in left if one[0] > 0 and _sort(one[2]) == _sort(item) and (each >= one[1] if one[2].list_price else each == one[1])), key=lambda one: -one[1])
        if not there or sum(one[0] for one in there) < wanted:
            continue
        found[item.id] = there[0][2]
        for one in there:
            part = min(wanted, one[0])
            one[0], wanted = one[0] - part, wanted - part
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
    return (*_sort(item), item.quantity)


def _sort(item):
    return item.product_id, item.unit_id, repr(sorted((item.configuration or {}).items())), None if item.product_id else item.what


def _prices(items):
    """Lines of something that is sold or given, each with what it comes down to."""
    given = policies.given_away(items)
    full, rest = policies.whole_of(given)
    return [(item, Fraction(one.asked * rest, full or 1)) for item, one in zip(items, given, strict=True) if one.asked >= 0 and item.quantity > 0]


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
