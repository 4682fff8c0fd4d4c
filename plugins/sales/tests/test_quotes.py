"""Quotes: sent, answered by the customer, replaced, turned into orders and contracts."""

import datetime as dt

import pytest
from crm_sales.quotes import services
from crm_sales.quotes.models import Quote, State

from crm_core.kernel.errors import Invalid, Refused
from crm_core.sdk import session

WORK = {"sales.*": "own", "core.customer.*": "all", "core.contact.*": "all", "core.product.read": "all"}


@pytest.fixture
def ann(as_user):
    return as_user("ann", WORK)


@pytest.fixture
def offer(house, make, ann):
    """`offer()`: the id of a draft of two lines, 2 × 100 less 10 % and 1 × 50."""
    customer = make.customer(owner=ann, name="Firm")
    contact = make.contact(customer=customer, name="Zhang", email="zhang@example.com")

    def made(**more):
        with ann.work():
            return house.resource("sales.quote").write([{
                "name": "Stand", "customer": customer, "contact": contact, "items": [
                    {"what": "Board", "quantity": 2_000, "price": 100_00, "discount": 1000, "rate": 1300}, {"what": "Hand", "price": 50_00, "rate": 600}], **more}])[0]

    made.customer, made.contact = customer, contact
    return made


def run(house, who, name, quote, **given):
    with who.work():
        house.resource("sales.quote").run(name, [quote], given)


def facts(house, quote):
    with house.system():
        row = session.get(Quote, quote)
        session.expunge(row)
        return row


def token(house, quote):
    with house.system():
        return services.token_of(session.get(Quote, quote))


def test_a_quote_is_sent_and_stays_as_it_is(house, ann, offer, today):
    quote = offer()
    assert facts(house, quote).total == 230_00
    run(house, ann, "send", quote)
    row = facts(house, quote)
    assert (row.state, row.day, row.until) == (State.sent, today, today + dt.timedelta(days=30))
    quotes = house.resource("sales.quote")
    with ann.work(), pytest.raises(Invalid) as wrong:
        quotes.write([{"id": quote, "name": "Another"}])
    assert "new version" in str(wrong.value.fields["name"][0])
    with ann.work(), pytest.raises(Invalid):
        quotes.write([{"id": quote, "items": []}])
    with ann.work(), pytest.raises(Refused):
        quotes.delete([quote])
    assert ann.browser()("GET", f"/sales/quote/{quote}/edit").status_code == 409
    with ann.work(), pytest.raises(Refused):
        quotes.run("send", [quote])
    with ann.work():
        quotes.run("assign", [quote], {"owner": ann.id})  # whose it is may change all the same


def test_an_empty_quote_or_one_of_yesterday_is_not_sent(house, ann, offer, today):
    with ann.work(), pytest.raises(Refused):
        house.resource("sales.quote").run("send", house.resource("sales.quote").write([{"name": "Empty", "customer": offer.customer}]))
    old = offer(until=today - dt.timedelta(days=1))
    with ann.work(), pytest.raises(Invalid):
        house.resource("sales.quote").run("send", [old])
    assert facts(house, old).state == State.draft
