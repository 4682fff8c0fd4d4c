"""The verbs of quotes: sent, answered, replaced by a new version, turned into an order or a contract.

    draft ─send→ sent ─accept/decline→ accepted, declined        sent ─(job)→ expired
    each of them ─new_version→ replaced, and a draft beside it

Only drafts are changed (`Quotes.settled`). A quote is locked before its state is asked, so whatever comes twice does no more than once.
"""

import secrets
from datetime import timedelta

from sqlalchemy import func, select

from crm_core.sdk import (
    Invalid,
    Missing,
    Refused,
    Seen,
    amounts,
    approvals,
    emit,
    money,
    needs_approval,
    notify,
    now,
    on_timeline,
    same_lines,
    say_number,
    session,
    site,
    today,
    whole,
)
from crm_sales import _
from crm_sales.api import QuotesAccepted, QuotesSent
from crm_sales.quotes.models import Quote, QuoteItem, State
from crm_sales.settings import QuoteSettings

NAME, ITEM = "sales.quote", "sales.quote_item"
NEWS = timedelta(days=7)  # how long it is news that a quote was accepted
LINK = "sales quote"  # what the public address is signed for


def in_state(*states):
    """When an act is offered: while the document, a quote or a contract, is in one of these states."""
    return lambda document: document.state in states


def locked(quote_id):
    """The quote, alone in this hand until the transaction ends. Raises Missing."""
    query = select(Quote).where(Quote.id == quote_id, Quote.deleted_at.is_(None)).with_for_update().execution_options(populate_existing=True)
    quote = session.scalar(query)
    if quote is None:
        raise Missing(_("This record was not found."))
    return quote


def _now(quote, *states):
    """The same quote, locked, if it is in one of these states. Raises Refused."""
    quote = locked(quote.id)
    if quote.state not in states:
        raise Refused(_("“%(name)s” has been dealt with meanwhile.", name=str(quote)))
    return quote


# --- to the customer and back ------------------------------------------------------------------------------------------


def send(quote):
    """Offer it. Policies listen to `QuotesSent` in this transaction and may refuse."""
    quote = _now(quote, State.draft)
    if not session.scalar(select(func.count()).select_from(QuoteItem).where(QuoteItem.quote_id == quote.id, QuoteItem.deleted_at.is_(None))):
        raise Refused(_("Say first what is offered: a quote needs an item."))
    quote.day = quote.day or today()
    quote.until = quote.until or _until(quote.day)
    if quote.until < today():
        raise Invalid({"until": [_("This day has passed.")]})
    quote.state, quote.sent_at, quote.link = State.sent, now(), _fresh()
    session.flush()
    on_timeline(_("sent a quote"), "core.customer", quote.customer_id, record=(NAME, quote.id))
    emit(QuotesSent((quote.id,)))


def _until(day):
    return day + timedelta(days=QuoteSettings.now().valid_days)


def beginning():
    """What every quote begins with: its day, until when it is valid, and the house's terms."""
    return {"day": today(), "until": _until(today()), "terms": QuoteSettings.now().terms or None}


def accept(quote, signer=None, address=None):
    """The customer takes it. `signer`: who said so."""
    quote = _now(quote, State.sent)
    _in_time(quote)
    _signed(quote, signer, address, kept=quote.reason is None)
    quote.state, quote.reason = State.accepted, None
    session.flush()
    on_timeline(_("accepted a quote"), "core.customer", quote.customer_id, record=(NAME, quote.id), body=quote.signer)
    emit(QuotesAccepted((quote.id,)))


def decline(quote, reason=None, signer=None, address=None):
    quote = _now(quote, State.sent)
    _signed(quote, signer, address, kept=quote.reason is not None)
    quote.state, quote.reason = State.declined, reason
    session.flush()
    on_timeline(_("declined a quote"), "core.customer", quote.customer_id, record=(NAME, quote.id), body=reason)


def _in_time(quote):
    """Whoever has signed himself by its last day has taken it in time, however long others think about it. Raises Refused."""
    if (quote.answered_at is None or quote.reason is not None) and quote.until is not None and quote.until < today():
        raise Refused(_("This quote was valid until %(day)s.", day=quote.until))


def _signed(quote, signer, address, kept=True):
    """Who answered and when; what the customer himself has signed is `kept`, if he answered the same."""
    if quote.answered_at is None or not kept:
        quote.answered_at, quote.signer, quote.signer_address = now(), signer, address


def answer(quote, act, signer=None, address=None, reason=None):
    """What the customer himself answers by his link, once: "accept" or "decline". It is his act and asks nobody's leave, so his signature is kept at once;
    where a flow is for recording it, what follows of it waits until all have agreed. Raises Refused."""
    quote = _now(quote, State.sent)
    if quote.answered_at is not None:
        raise Refused(_("“%(name)s” has been dealt with meanwhile.", name=str(quote)))
    said = {"signer": signer} if act == "accept" else {"reason": reason}
    if act == "accept":
        _in_time(quote)
    waits = _handed_in(quote, act, said)
    if waits is False:
        if act == "accept":
            accept(quote, signer, address)
        else:
            decline(quote, reason, signer, address)
        return
    _signed(quote, signer, address)
    quote.reason = reason
    session.flush()
    told = {"name": str(quote), "who": signer or "—"}
    if waits:
        sentence = _("“%(name)s” was accepted by %(who)s. What follows of it waits for approval.", **told) if act == "accept" else _("“%(name)s” was declined by %(who)s. What follows of it waits for approval.", **told)
    else:
        sentence = _("“%(name)s” was accepted by %(who)s. Record it, nobody could be asked for approval.", **told) if act == "accept" else _("“%(name)s” was declined by %(who)s. Record it, nobody could be asked for approval.", **told)
    notify([quote.owner_id], sentence, about=(NAME, quote.id), source=_("Sales"))


def _handed_in(quote, act, said):
    """Whether what the customer answered waits for others; None: it would, but could not be handed in, as something else of the quote waits or nobody can be asked."""
    if approvals.waits(NAME, quote.id):
        return None
    try:
        with session.begin_nested():
            return approvals.from_outside(NAME, act, quote.id, said, why=_("By the customer himself, on his link: %(who)s", who=said.get("signer") or "—")) is not None
    except Refused:  # nobody can be asked: that is not the customer's affair, who has the quote sees to it
        return None


def may_replace(quote):
    return quote.latest and quote.state != State.draft and quote.order_id is None and quote.contract_id is None


def new_version(quote):
    """A draft that takes its place; the old one stays as it was and can be accepted no more."""
    quote = locked(quote.id)
    if not may_replace(quote):
        raise Refused(_("There is a newer version already, or it became an order or a contract."))
    resource = site().registry.resource(NAME)
    base, first = quote.number.partition("/")[0], quote.first_id or quote.id
    (made,) = resource.write([{
        "number": f"{base}/{quote.edition + 1}", "name": quote.name, "customer": quote.customer_id, "contact": quote.contact_id,
        "opportunity": quote.opportunity_id, "currency": quote.currency, "until": _until(today()), "terms": quote.terms, "note": quote.note,
        "items": same_lines(resource, "items", quote.id)}])
    new = session.get_one(Quote, made)
    new.first_id, new.edition = first, quote.edition + 1
    quote.latest = False
    if quote.state in (State.sent, State.expired, State.accepted):
        quote.state = State.replaced
    session.flush()
    return made


def reduce(quote, percent):
    """A discount on the whole: a line below nothing for each tax rate there is."""
    quote = _now(quote, State.draft)
    resource = site().registry.resource(NAME)
    sums, how = {}, money.rounding()
    for item in session.scalars(select(QuoteItem).where(QuoteItem.quote_id == quote.id, QuoteItem.deleted_at.is_(None))):
        said = item.amount if money.tax_included() else item.net
        sums[item.rate or 0] = sums.get(item.rate or 0, 0) + said
    if not any(sums.values()):
        raise Refused(_("Say first what is offered: a quote needs an item."))
    less = [{"what": str(_("Discount of %(n)s %%", n=say_number(percent, 2))), "quantity": 1_000, "rate": rate,
             "price": -amounts.part(total, percent, how, money.step(quote.currency))} for rate, total in sorted(sums.items()) if total]
    kept = [{"id": one} for one in session.scalars(select(QuoteItem.id).where(QuoteItem.quote_id == quote.id, QuoteItem.deleted_at.is_(None)).order_by(QuoteItem.id))]
    resource.write([{"id": quote.id, "items": [*kept, *less]}])


# --- what it becomes ---------------------------------------------------------------------------------------------------


def may_become(column):
    """Whether an accepted quote, the newest of its versions, has not become this yet."""
    return lambda quote: quote.state == State.accepted and quote.latest and getattr(quote, column) is None


def to_order(quote):
    """An order with its items, once."""
    _become(quote, "sales.order", "order_id")


def to_contract(quote):
    _become(quote, "sales.contract", "contract_id", "name")


def _become(quote, target, column, *more):
    quote = _now(quote, State.accepted)
    if getattr(quote, column) is not None:
        raise Refused(_("This was made of it already."))
    if not quote.latest:
        raise Refused(_("There is a newer version already, or it became an order or a contract."))
    into, resource = site().registry.resource(target), site().registry.resource(NAME)
    all_told(resource, into)
    fields, said = into.fields(writing=True), Seen(resource, quote)  # what is hidden from who acts is told him by no other document
    values = {"customer": said.customer_id, "contact": said.contact_id, "opportunity": said.opportunity_id, "quote": quote.id,
              "currency": said.currency, "day": today(), "owner": quote.owner_id, "terms": said.terms, **{n: getattr(said, n) for n in more}}
    (made,) = into.write([{**{n: v for n, v in values.items() if n in fields and v is not None},
                           "items": same_lines(resource, "items", quote.id, into)}])
    setattr(quote, column, made)
    session.flush()
    on_timeline(_("made an order of a quote") if column == "order_id" else _("made a contract of a quote"),
                "core.customer", quote.customer_id, record=(target, made))
    _won(quote)


def all_told(source, into):
    """Who makes a record of `into` of one of `source` sees what is to be the same in both. Raises Refused where it is hidden from him in either: left out,
    another document would come of it."""
    for one in ("customer", "currency", "opportunity", "terms"):
        if one in source.all_fields and one in into.all_fields and (one not in source.fields() or one not in into.fields()):
            raise Refused(_("You may not see all that it says, so that it cannot be carried over."))


def _won(quote):
    """Its opportunity follows, where who acts may close it."""
    opportunities = site().registry.resource("sales.opportunity")
    if quote.opportunity_id is None or "win" not in opportunities.all_actions or not opportunities.may("win"):
        return
    model, action = opportunities.model, opportunities.all_actions["win"]
    row = session.scalar(select(model).where(model.id == quote.opportunity_id, model.deleted_at.is_(None)))
    asked = action.fields(opportunities) if callable(action.fields) else action.fields
    if row is None or any(isinstance(one, str) or one.required for one in asked) or (action.when is not None and not action.when(row)):
        return
    if opportunities.sees(row.id, "win") and not needs_approval(opportunities, "do:win", [row.id]):
        try:
            with session.begin_nested():
                opportunities.run("win", [row.id])
        except (Invalid, Refused):  # its stage asks for more, or it waits for others: who has it closes it himself
            session.expire(row)


def of_opportunity(opportunity):
    """A quote with the customer, currency and items of an opportunity."""
    resource, source = site().registry.resource(NAME), site().registry.resource("sales.opportunity")
    all_told(source, resource)
    said = Seen(source, opportunity)
    resource.write([{**beginning(), "name": said.name, "customer": said.customer_id, "contact": said.contact_id, "opportunity": opportunity.id,
                     "currency": said.currency, "items": same_lines(source, "items", opportunity.id, resource)}])


# --- the public address ------------------------------------------------------------------------------------------------


def _fresh():
    return secrets.token_hex(16) if QuoteSettings.now().public else None


def token_of(quote):
    """What stands in its public address; "" while it has none. A copy of the database alone does not give it away."""
    if not quote.link or quote.state == State.draft:
        return ""
    return f"{quote.id}-{quote.link}-{site().keys.sign(LINK, f'{quote.id}:{quote.link}')[:32]}"


def by_token(token):
    """The quote behind a public address, for the house itself; None when there is none."""
    parts = token.split("-")
    if len(parts) != 3 or (number := whole(parts[0])) is None:
        return None
    row = session.scalar(select(Quote).where(Quote.id == number, Quote.deleted_at.is_(None)))
    if row is None or not (said := token_of(row)):
        return None
    return row if secrets.compare_digest(said.encode(), token.encode()) else None


def withdraw(quote):
    """Its public address leads nowhere from now on."""
    quote.link = None
    session.flush()


def new_link(quote):
    """A new public address; the old one leads nowhere from now on."""
    quote.link = secrets.token_hex(16)
    session.flush()


# --- what happens by itself --------------------------------------------------------------------------------------------


def expire(job):
    """The job of every night: who has not answered in time cannot any more."""
    while True:
        with job.write():
            rows = session.scalars(select(Quote).where(Quote.state == State.sent, Quote.answered_at.is_(None), Quote.until < today(), Quote.deleted_at.is_(None)).order_by(Quote.id).limit(200)).all()
            for quote in rows:
                quote.state = State.expired
            session.flush()
            for quote in rows:
                notify([quote.owner_id], _("The quote “%(name)s” was not answered in time.", name=str(quote)), about=(NAME, quote.id), source=_("Sales"))
        if len(rows) < 200:
            return


def answered(event):
    """Its owner hears of a quote that was accepted; listens to QuotesAccepted. What is heard of late (the past that was entered, a process that stood
    still) is no news."""
    for quote in session.scalars(select(Quote).where(Quote.id.in_(event.ids), Quote.answered_at > now() - NEWS, Quote.deleted_at.is_(None))):
        notify([quote.owner_id], _("“%(name)s” was accepted by %(who)s.", name=str(quote), who=quote.signer or "—"), about=(NAME, quote.id), source=_("Sales"))
