"""Limits are kept where a quote is sent, a contract signed, an order confirmed and an expense claimed; who exceeds one has the right to, or asks.

Long because all limits are tried in one shop, each at all of its doors.
"""

import datetime as dt

import pytest
from crm_sales.api import OrdersConfirming, QuotesSent
from crm_sales.policies.models import Exceeded, Policy
from crm_sales.quotes.models import Quote
from crm_sales.settings import QuoteSettings

from crm_core.resource.settings import put
from crm_core.sdk import Invalid, OverLimit, Refused, emit, now, session, site, writing
from crm_core.testing import doing

SELLER = {
    "sales.quote.*": "all", "sales.contract.*": "all", "sales.order.*": "all", "sales.claim.*": "all", "sales.policy.*": "all", "core.customer.*": "all", "core.product.*": "all", "sales.exceeded.read": "all",
    "core.product_category.*": "all"}


def of(name):
    return site().registry.resource(name)


@pytest.fixture
def shop(house, make, as_user, today):
    """A product at 100.00, a seller, and what he sells it to."""
    class Shop:
        ann = as_user("ann", SELLER)
        boss = as_user("boss", {**SELLER, "sales.exceed": "all", "core.flows": "all"})
        customer = make.customer(name="Acme")
        product = make.product(name="Page", price=10_000)

        def policy(self, **values):
            return make("sales.policy", **{"name": "Limit", "kind": "discount", "percent": 1_000, "begins": today - dt.timedelta(days=100), **values})

        def document(self, name="sales.quote", price=None, discount=0, day=today, **more):
            items = [{"product": self.product, "quantity": 1_000, "price": price, "discount": discount}]
            return make(name, owner=self.ann, customer=more.pop("customer", self.customer), day=day, items=items, **more)

        def tell(self, who, event):
            with who.work(), writing():
                emit(event)

    return Shop()


def test_discount_is_limited_whether_it_is_called_one_or_the_price_is_lower(shop):
    shop.policy()
    at_limit, discount, lower, both = (shop.document(discount=1_000), shop.document(discount=1_001), shop.document(price=8_999), shop.document(price=9_500, discount=600))
    shop.tell(shop.ann, QuotesSent((at_limit,)))
    for one in (discount, lower, both):
        with pytest.raises(OverLimit, match="below the list price, your limit is 10 % \\(Limit\\).*Ask somebody who may exceed"):
            shop.tell(shop.ann, QuotesSent((at_limit, one)))


def test_a_line_below_nothing_counts_for_all_others(shop, make, today):
    shop.policy()
    items = [{"product": shop.product, "quantity": 1_000, "discount": 500}, {"what": "Friendly price", "quantity": 1_000, "price": -475}]
    quote = make("sales.quote", owner=shop.ann, customer=shop.customer, day=today, items=items)
    shop.tell(shop.ann, QuotesSent((quote,)))  # 5 % of the line, and 5 % of what is left: 9.75 %
    items[1] = {**items[1], "price": -525}
    with pytest.raises(OverLimit, match="10.25 % below"):
        shop.tell(shop.ann, QuotesSent((make("sales.quote", owner=shop.ann, customer=shop.customer, day=today, items=items),)))
    shop.policy(kind="allowance", amount=900, name="Off")
    with pytest.raises(OverLimit, match="9.75 is let off altogether, your limit is 9.00"):
        shop.tell(shop.ann, QuotesSent((quote,)))


def test_who_may_exceed_limits_does_and_it_is_noted_once(house, shop):
    shop.policy()
    quote = shop.document(discount=2_000)
    shop.tell(shop.boss, QuotesSent((quote,)))
    shop.tell(shop.boss, QuotesSent((quote,)))
    with house.system():
        (one,) = session.scalars(sa_all(Exceeded))
        assert one.subject_id == quote and not one.agreed and "20 %" in one.what


def sa_all(model):
    import sqlalchemy as sa

    return sa.select(model).order_by(model.id)


def test_the_narrowest_policy_counts_and_of_those_alike_the_most_generous(house, shop, make):
    above = make("core.product_category", name="Print")
    below = make("core.product_category", name="Poster", parent=above)
    with house.system():
        of("core.product").write([{"id": shop.product, "category": below}])
    shop.policy(percent=500)
    quote = shop.document(discount=1_500)
    with pytest.raises(OverLimit, match="your limit is 5 %"):
        shop.tell(shop.ann, QuotesSent((quote,)))
    shop.policy(name="Category", percent=1_200, category=above)
    with pytest.raises(OverLimit, match="your limit is 12 % \\(Category\\)"):
        shop.tell(shop.ann, QuotesSent((quote,)))
    shop.policy(name="Here", percent=1_300, category=above, place=shop.ann.department)
    with pytest.raises(OverLimit, match="your limit is 13 % \\(Here\\)"):
        shop.tell(shop.ann, QuotesSent((quote,)))
    shop.policy(name="Elsewhere", percent=1_500, category=above, place=house.department("south"))
    with pytest.raises(OverLimit, match="Here"):
        shop.tell(shop.ann, QuotesSent((quote,)))
    shop.policy(name="Also here", percent=1_500, category=above, place=shop.ann.department)
    shop.tell(shop.ann, QuotesSent((quote,)))


def test_role_allowance_region_and_channel(house, shop, make, today):
    with house.system():
        import sqlalchemy as sa

        roles = dict(session.execute(sa.select(of("core.role").model.code, of("core.role").model.id)).all())
    shop.policy(name="Of boss", kind="allowance", percent=None, amount=0, role=roles["boss"])
    order = shop.document("sales.order", discount=500)
    shop.tell(shop.ann, OrdersConfirming((order,)))
    shop.policy(name="Of ann", kind="allowance", percent=None, amount=499, role=roles["ann"])
    with pytest.raises(OverLimit, match="5.00 is let off altogether, your limit is 4.99 \\(Of ann\\)"):
        shop.tell(shop.ann, OrdersConfirming((order,)))

    province = make("core.region", name="Sichuan")
    city = make("core.region", name="Chengdu", parent=province)
    inside, outside = make.customer(name="In", region=city, customer_kind="old"), make.customer(name="Out", customer_kind="old")
    shop.policy(name="West", kind="region", percent=None, regions=[province])
    shop.tell(shop.ann, OrdersConfirming((shop.document("sales.order", customer=inside),)))
    with pytest.raises(OverLimit, match="“Out” is in no region you may sell to \\(West\\)"):
        shop.tell(shop.ann, OrdersConfirming((shop.document("sales.order", customer=outside),)))
    shop.policy(name="Direct", kind="channel", percent=None, channels=["partner"])
    with pytest.raises(OverLimit, match="“In” is of no kind you may sell to \\(Direct\\)"):
        shop.tell(shop.ann, OrdersConfirming((shop.document("sales.order", customer=inside),)))


def test_an_old_document_keeps_the_policy_of_its_day(house, shop, today):
    old = shop.policy(percent=2_000)
    with shop.ann.work():
        with pytest.raises(Invalid, match="Make a new edition"):
            of("sales.policy").write([{"id": old, "percent": 500}])
        with pytest.raises(Refused, match="Say until when"):
            of("sales.policy").delete([old])
        with pytest.raises(Refused, match="today or later"):
            of("sales.policy").run("new_edition", [old], {"begins": today - dt.timedelta(days=1)})
        of("sales.policy").run("new_edition", [old], {"begins": today + dt.timedelta(days=1)})
    with house.system():
        first, new = session.scalars(sa_all(Policy)).all()
        assert (first.ends, new.begins, new.edition, new.follows_id) == (today, today + dt.timedelta(days=1), 2, old)
    with shop.ann.work():
        of("sales.policy").write([{"id": new.id, "percent": 500}])  # it does not hold yet
    shop.tell(shop.ann, QuotesSent((shop.document(discount=1_500),)))
    shop.policy(name="Once", percent=9_000, ends=today - dt.timedelta(days=1))
    with pytest.raises(OverLimit):  # a day that is written on it does not bring back what held then
        shop.tell(shop.ann, QuotesSent((shop.document(discount=2_500, day=today - dt.timedelta(days=1)),)))


@pytest.fixture
def flowing(house, shop):
    """A flow for what goes over a limit of quotes: the boss agrees."""
    shop.policy()
    with house.system(), writing():
        doing.draw("sales.quote", "over", [shop.boss.id])


def _state(house, row, name="sales.quote"):
    with house.system():
        return str(house.resource(name).get(row).state)


def test_without_a_flow_the_act_is_refused_and_nothing_is_done(house, shop):
    shop.policy()
    quote = shop.document(discount=2_000)
    answer = shop.ann.browser()("POST", f"/sales/quote/{quote}/do/send")
    assert answer.status_code == 409 and "your limit is 10 %" in answer.text and _state(house, quote) == "draft"
    assert shop.ann.api()("POST", f"/sales/quote/{quote}/send").status_code == 409


def test_with_a_flow_it_is_handed_in_and_carried_out_when_all_have_agreed(flowing, house, shop):
    fine, over = shop.document(), shop.document(discount=2_000)
    shop.ann.browser()("POST", f"/sales/quote/{fine}/do/send")
    assert _state(house, fine) == "sent"
    answer = shop.ann.browser()("POST", f"/sales/quote/{over}/do/send")
    assert answer.status_code == 303 and _state(house, over) == "draft"
    with shop.boss.work():
        found = doing.waiting("sales.quote", over)
        assert "your limit is 10 %" in found.reason
        doing.answer(found.id)
    assert _state(house, over) == "sent"
    with house.system():
        (one,) = session.scalars(sa_all(Exceeded))
        assert one.agreed and one.owner_id == shop.ann.id
    with pytest.raises(OverLimit):  # one that says it comes from it, and was not made of it
        shop.tell(shop.ann, OrdersConfirming((shop.document("sales.order", discount=2_000, quote=over),)))
    order = shop.document("sales.order", discount=2_000, quote=over)
    _became(house, over, order)
    shop.tell(shop.ann, OrdersConfirming((order,)))  # what was agreed to is not asked again
    for more in ({"discount": 2_100}, {"quantity": 1_001}):
        with shop.ann.work():
            of("sales.order").write([{"id": order, "items": [{"product": shop.product, "quantity": 1_000, "discount": 2_000, **more}]}])
        with pytest.raises(OverLimit):
            shop.tell(shop.ann, OrdersConfirming((order,)))
    with pytest.raises(OverLimit):  # the approval of one is none of another
        shop.tell(shop.ann, QuotesSent((shop.document(discount=2_000),)))


def _became(house, quote, order):
    with house.system(), writing():
        session.connection().execute(Quote.__table__.update().where(Quote.id == quote).values(order_id=order), execution_options={"crm_unscoped": "tests"})


def test_over_the_api_and_in_bulk_it_is_handed_in_as_well(flowing, house, shop):
    api = shop.ann.api()
    fine, first, second = shop.document(), shop.document(discount=2_000), shop.document(discount=2_000)
    answer = api("POST", f"/sales/quote/{first}/send", Idempotency_Key="k1")
    assert answer.status_code == 202 and answer.json["submitted"] and _state(house, first) == "draft"
    assert api("POST", f"/sales/quote/{first}/send", Idempotency_Key="k1").json == answer.json
    with shop.ann.work():
        done = doing.in_bulk(of("sales.quote"), "send", [fine, second])
    assert (done.count, done.handed, done.skipped) == (1, 1, 0) and (_state(house, fine), _state(house, second)) == ("sent", "draft")


def test_refused_by_who_is_asked_nothing_is_done(flowing, house, shop):
    over = shop.document(discount=2_000)
    shop.ann.browser()("POST", f"/sales/quote/{over}/do/send")
    with shop.boss.work():
        doing.answer(doing.waiting("sales.quote", over).id, refuse="too much")
    assert _state(house, over) == "draft"


def _receipt(person, claim):
    with person.work():
        doing.hang("sales.claim", claim)


def test_an_expense_needs_its_receipt_and_is_limited(house, shop, make, today):
    shop.policy(kind="expense", percent=None, amount=10_000, expense="meals", name="Meals")
    small, large = (make("sales.claim", owner=shop.ann, kind="meals", amount=amount, day=today) for amount in (10_000, 10_001))
    claims = house.resource("sales.claim")
    with shop.ann.work(), pytest.raises(Refused, match="receipt"):
        claims.run("claim", [small])
    _receipt(shop.ann, small)
    _receipt(shop.ann, large)
    with shop.ann.work():
        claims.run("claim", [small])
        with pytest.raises(OverLimit, match="100.01 is more than the limit of 100.00 \\(Meals\\)"):
            claims.run("claim", [large])
        with pytest.raises(Refused, match="stays as it is"):
            claims.delete([small])
        with pytest.raises(Refused, match="Somebody else decides"):
            claims.run("approve", [small])
        with pytest.raises(Invalid, match="stays as it is"):
            claims.write([{"id": small, "amount": 5}])
    with shop.boss.work():
        claims.run("approve", [small], {"answer": "fine"})
        claims.run("pay", [small])
        with pytest.raises(Refused):
            claims.run("pay", [small])


def test_limits_stand_beside_documents_and_territories_beside_customers(house, shop, make):
    shop.policy(name="Ten")
    quote = shop.document()
    page = shop.ann.browser()("GET", f"/sales/quote/{quote}/panel/limits")
    assert page.status_code == 200 and "Ten" in page.text and "10 %" in page.text


def test_a_limit_is_measured_by_what_the_head_says_when_it_is_handed_in(house, shop, make, today):
    """Priced for a favoured customer, or on an old day, and then changed: it is given away all the same."""
    shop.policy()
    friend = make.customer(name="Friend")
    make("core.price_list", name="Friend", customer=friend, prices=[{"product": shop.product, "price": 5_000}])
    make("core.price_list", name="March", begins=dt.date(2026, 3, 1), ends=dt.date(2026, 3, 31), prices=[{"product": shop.product, "price": 6_000}])
    typed = shop.document(price=4_900, customer=friend)
    old = shop.document(price=6_000, day=dt.date(2026, 3, 5))
    shop.tell(shop.ann, QuotesSent((typed,)))
    with shop.ann.work():
        of("sales.quote").write([{"id": typed, "customer": shop.customer}])
    for one in (typed, old):
        with pytest.raises(OverLimit, match="below the list price, your limit is 10 %"):
            shop.tell(shop.ann, QuotesSent((one,)))
    follows = shop.document(customer=friend)
    with house.system(), writing():  # past the write path, as a merge of customers does it
        quote = session.get(Quote, follows)
        quote.customer_id = shop.customer
        session.flush()
    with pytest.raises(OverLimit, match="50 % below"):
        shop.tell(shop.ann, QuotesSent((follows,)))
    order = shop.document("sales.order", customer=friend)
    with shop.ann.work():
        of("sales.order").write([{"id": order, "customer": shop.customer}])
    shop.tell(shop.ann, OrdersConfirming((order,)))  # its price followed the price lists: nothing is given away


def test_where_a_list_price_is_not_known_a_limit_lets_nothing_pass(shop, make):
    make("core.currency", code="GBP")
    quote = shop.document(price=100, currency="GBP")
    shop.tell(shop.ann, QuotesSent((quote,)))
    shop.policy()
    with pytest.raises(Refused, match="There is no rate of GBP"):
        shop.tell(shop.ann, QuotesSent((quote,)))


# --- what no list price measures ---------------------------------------------------------------------------------------


def _of(shop, make, *items, name="sales.quote", **more):
    return make(name, owner=shop.ann, items=list(items), **{"customer": shop.customer, **more})


@pytest.mark.parametrize(("name", "event"), [("sales.quote", QuotesSent), ("sales.order", OrdersConfirming)])
def test_a_limit_is_not_evaded_by_the_words_of_a_line(shop, make, name, event):
    free, priced = {"what": "Page", "quantity": 1_000, "price": 6_000}, {"product": shop.product, "quantity": 1_000}
    nothing = make.product(name="Without a price")
    mine = _of(shop, make, priced, free, name=name)
    shop.tell(shop.ann, event((mine,)))  # nobody is limited
    shop.policy()
    for one in (mine, _of(shop, make, {"product": nothing, "quantity": 1_000, "price": 6_000}, name=name)):
        with pytest.raises(OverLimit, match="has no list price by which your limit could be measured \\(Limit\\): choose a product.*Ask somebody who may exceed"):
            shop.tell(shop.ann, event((one,)))
    shop.tell(shop.ann, event((_of(shop, make, priced, {"what": "Gift", "quantity": 1_000, "price": 0}, name=name),)))
    shop.policy(kind="unlisted", percent=2_000, name="Words")  # a fifth of the whole
    shop.tell(shop.ann, event((_of(shop, make, priced, {**free, "price": 2_500}, name=name),)))
    with pytest.raises(OverLimit, match="“Page” and the like have no list price: 25.01, 20.01 % of the whole, your limit is 20 % \\(Words\\)"):
        shop.tell(shop.ann, event((_of(shop, make, priced, {**free, "price": 1_500}, {**free, "what": "Paper", "price": 1_001}, name=name),)))
    shop.policy(kind="unlisted", percent=0, amount=6_000, name="Mine", place=shop.ann.department)
    shop.tell(shop.ann, event((mine,)))
    with pytest.raises(OverLimit, match="your limit is 0 % / 60.00 \\(Mine\\)"):
        shop.tell(shop.ann, event((_of(shop, make, priced, {**free, "price": 6_001}, name=name),)))
    shop.tell(shop.boss, event((_of(shop, make, priced, {**free, "price": 9_000}, name=name),)))


def test_a_line_below_nothing_is_one_by_its_quantity_too(shop, make):
    shop.policy(kind="allowance", percent=None, amount=500, name="Off")
    shop.policy(kind="unlisted", percent=9_000)
    page = {"product": shop.product, "quantity": 1_000}
    shop.tell(shop.ann, QuotesSent((_of(shop, make, page, {"what": "Less", "quantity": -1_000, "price": 500}),)))
    with pytest.raises(OverLimit, match="5.01 is let off altogether"):
        shop.tell(shop.ann, QuotesSent((_of(shop, make, page, {"what": "Less", "quantity": -1_000, "price": 501}),)))
    with pytest.raises(OverLimit, match="6.00 is let off altogether"):  # what is added elsewhere does not make up for it
        shop.tell(shop.ann, QuotesSent((_of(shop, make, {**page, "discount": 600}, {"what": "More", "quantity": -2_000, "price": -500}),)))


def test_a_draft_says_beforehand_what_is_over_a_limit(shop, make):
    shop.policy(name="Ten")
    quote, order = (_of(shop, make, {"what": "Words", "quantity": 1_000, "price": 5}, name=name) for name in ("sales.quote", "sales.order"))
    for path in (f"/sales/quote/{quote}", f"/sales/order/{order}"):
        page = shop.ann.browser()("GET", f"{path}/panel/limits")
        assert "“Words” has no list price by which your limit could be measured (Ten)" in page.text


# --- an order keeps what its quote was measured by ---------------------------------------------------------------------


@pytest.fixture
def quoted(house, shop, make):
    """An order of two lines made of a quote that was within the limits; since then the list price rose, and limits are narrower."""
    shop.policy(name="Then", percent=1_000)
    items = [{"product": shop.product, "quantity": 1_000, "discount": 1_000}, {"product": shop.product, "quantity": 2_000, "price": 9_500}]
    quote = _of(shop, make, *items)
    quotes = house.resource("sales.quote")
    with shop.ann.work():
        quotes.run("send", [quote])
        quotes.run("accept", [quote], {"signer": "Mr Li"})
    with house.system():
        of("core.product").write([{"id": shop.product, "price": 15_000}])
    shop.policy(name="Now", percent=100, place=shop.ann.department)
    shop.policy(name="No allowance", kind="allowance", percent=None, amount=0)
    with shop.ann.work():
        quotes.run("order", [quote])
    with house.system():
        return session.get(Quote, quote).order_id


def _lines(house, order):
    with house.system():
        model = of("sales.order").line_resource("items").model
        return list(session.scalars(sa_all(model).where(model.order_id == order)))


def test_an_order_of_a_quote_is_measured_by_what_the_quote_was(house, shop, quoted):
    assert [one.list_price for one in _lines(house, quoted)] == [15_000, 15_000]
    assert "your limit is" not in shop.ann.browser()("GET", f"/sales/order/{quoted}/panel/limits").text
    shop.tell(shop.ann, OrdersConfirming((quoted,)))
    assert [(one.price, one.list_price) for one in _lines(house, quoted)] == [(10_000, 10_000), (9_500, 10_000)]
    with pytest.raises(OverLimit, match="your limit is 1 % \\(Now\\)"):  # the very same, not made of it
        shop.tell(shop.ann, OrdersConfirming((shop.document("sales.order", discount=500),)))


def test_a_line_that_was_agreed_once_is_not_there_twice(house, shop, make):
    shop.policy(percent=1_000)
    line = {"product": shop.product, "quantity": 1_000, "discount": 900}
    quote = _of(shop, make, line)
    quotes = house.resource("sales.quote")
    with shop.ann.work():
        quotes.run("send", [quote])
        quotes.run("accept", [quote], {"signer": "Mr Li"})
        quotes.run("order", [quote])
    with house.system():
        order = session.get(Quote, quote).order_id
    shop.policy(percent=100, place=shop.ann.department)
    (first,) = _lines(house, order)
    with shop.ann.work():
        of("sales.order").write([{"id": order, "items": [{"id": first.id}, line]}])
    with pytest.raises(OverLimit, match="9 % below"):
        shop.tell(shop.ann, OrdersConfirming((order,)))
    with shop.ann.work():
        of("sales.order").write([{"id": order, "items": [{"id": first.id}]}])
    shop.tell(shop.ann, OrdersConfirming((order,)))


@pytest.mark.parametrize("change", [{"quantity": 999}, {"quantity": 1_001}, {"discount": 1_001}, {"discount": 0, "price": 8_999}, {"product": None, "what": "Page"}])
def test_a_line_changed_afterwards_is_measured_anew(house, shop, quoted, change):
    first, second = _lines(house, quoted)
    with shop.ann.work():
        of("sales.order").write([{"id": quoted, "items": [{"id": first.id, **change}, {"id": second.id}]}])
    with pytest.raises(OverLimit, match="(Now|No allowance)"):
        shop.tell(shop.ann, OrdersConfirming((quoted,)))


def test_a_line_of_ones_own_words_stays_as_it_was_agreed(house, shop, make):
    shop.policy(kind="unlisted", percent=5_000, name="Half")
    quote = _of(shop, make, {"product": shop.product, "quantity": 1_000}, {"what": "Freight", "quantity": 1_000, "price": 5_000})
    shop.tell(shop.ann, QuotesSent((quote,)))
    order = _of(shop, make, {"product": shop.product, "quantity": 1_000}, {"what": "Freight", "quantity": 1_000, "price": 5_000}, name="sales.order", quote=quote)
    with house.system(), writing():
        session.get(Quote, quote).sent_at = now()
        session.flush()
    _became(house, quote, order)
    shop.policy(kind="unlisted", percent=0, name="None", place=shop.ann.department)
    shop.policy()
    shop.tell(shop.ann, OrdersConfirming((order,)))
    first, second = _lines(house, order)
    for change in ({"price": 5_100}, {"price": 4_900}, {"what": "Page"}):
        with shop.ann.work():
            of("sales.order").write([{"id": order, "items": [{"id": first.id}, {"id": second.id, "price": 5_000, "what": "Freight", **change}]}])
        with pytest.raises(OverLimit, match="have no list price"):
            shop.tell(shop.ann, OrdersConfirming((order,)))


def test_what_was_only_said_to_be_of_a_quote_is_measured_like_any(shop, make, house):
    quote = shop.document(discount=2_000)
    order = shop.document("sales.order", discount=2_000, quote=quote)
    _became(house, quote, order)
    shop.policy()
    with pytest.raises(OverLimit):  # the quote was never sent
        shop.tell(shop.ann, OrdersConfirming((order,)))


# --- contracts, and the orders that take of them -------------------------------------------------------------------------


@pytest.fixture
def agreed(house, shop, make):
    """Ten pages at 15 % off, to which somebody agreed who may, and freight in words of one's own; since then the list price rose and limits are narrower."""
    with house.system():
        put(QuoteSettings, {"signed_file": False})
    shop.policy(name="Then", percent=1_000)
    shop.policy(kind="allowance", percent=None, amount=1_000, name="Off")
    contract = _of(shop, make, {"product": shop.product, "quantity": 10_000, "discount": 1_500}, {"what": "Freight", "quantity": 4_000, "price": 1_000}, name="sales.contract")
    return contract


def _sign(house, who, contract):
    with who.work():
        house.resource("sales.contract").run("sign", [contract])


def test_a_contract_is_measured_when_it_is_signed_and_handed_in_where_a_flow_is(house, shop, agreed):
    assert "Your limits" in shop.ann.browser()("GET", f"/sales/contract/{agreed}").text and "15 % below" in shop.ann.browser()("GET", f"/sales/contract/{agreed}/panel/limits").text
    with pytest.raises(OverLimit, match="15 % below the list price, your limit is 10 % \\(Then\\).*150.00 is let off altogether, your limit is 10.00"):
        _sign(house, shop.ann, agreed)
    assert _state(house, agreed, "sales.contract") == "draft"
    with house.system(), writing():
        doing.draw("sales.contract", "over", [shop.boss.id])
    answer = shop.ann.browser()("POST", f"/sales/contract/{agreed}/do/sign", {"signed_on": "2026-01-02"})
    assert answer.status_code in (302, 303) and _state(house, agreed, "sales.contract") == "draft"
    with shop.boss.work():
        doing.answer(doing.waiting("sales.contract", agreed).id)
    assert _state(house, agreed, "sales.contract") == "signed"
    with house.system():
        assert {one.subject for one in session.scalars(sa_all(Exceeded))} == {"sales.contract"}


def test_what_an_order_takes_of_its_contract_is_not_asked_again_and_never_twice(house, shop, make, agreed, today):
    _sign(house, shop.boss, agreed)
    shop.policy(kind="unlisted", percent=0, name="None")
    with house.system():
        of("core.product").write([{"id": shop.product, "price": 15_000}])
    pages, freight = {"product": shop.product, "discount": 1_500, "price": 10_000}, {"what": "Freight", "price": 1_000}

    def order(*items, **more):
        return _of(shop, make, *items, name="sales.order", contract=agreed, **more)

    def confirm(made):
        with shop.ann.work():
            house.resource("sales.order").run("confirm", [made])

    first = order({**pages, "quantity": 6_000}, {**freight, "quantity": 1_000})
    assert "your limit is" not in shop.ann.browser()("GET", f"/sales/order/{first}/panel/limits").text
    confirm(first)
    assert _lines(house, first)[0].list_price == 10_000
    for wrong in (order({**pages, "quantity": 5_000}), order({**pages, "quantity": 1_000, "price": 9_999}), order({**freight, "quantity": 1_000, "price": 1_001}),
                  order({**freight, "quantity": 4_000}), order({**pages, "quantity": 1_000}, {"what": "Friendly price", "quantity": 1_000, "price": -1}),
                  order({**pages, "quantity": 1_000}, customer=make.customer(name="Other"))):
        with pytest.raises(OverLimit):
            confirm(wrong)
    with shop.ann.work():
        house.resource("sales.order").run("cancel", [first], {"reason": "later"})
    confirm(order({**pages, "quantity": 10_000}, {**freight, "quantity": 4_000}))
    with pytest.raises(OverLimit):
        confirm(order({**pages, "quantity": 1_000}))


def test_an_amendment_allows_what_it_adds_and_no_more_what_it_takes_away(house, shop, make, agreed):
    _sign(house, shop.boss, agreed)
    pages, seen = {"product": shop.product, "discount": 1_500, "price": 10_000}, []

    def amend(quantity):
        contracts = house.resource("sales.contract")
        with shop.boss.work():
            contracts.run("amend", [agreed])
            made = max(one.id for one in session.scalars(sa_all(contracts.model)) if one.amends_id == agreed)
            contracts.write([{"id": made, "items": [{**pages, "quantity": quantity}]}])
        return made

    def confirm(quantity):
        made = _of(shop, make, {**pages, "quantity": quantity}, name="sales.order", contract=agreed)
        with shop.ann.work():
            house.resource("sales.order").run("confirm", [made])
        seen.append(made)

    more = amend(5_000)
    with pytest.raises(OverLimit):
        confirm(15_000)
    _sign(house, shop.boss, more)
    confirm(14_000)
    with pytest.raises(OverLimit):
        confirm(2_000)
    _sign(house, shop.boss, amend(-1_000))
    with pytest.raises(OverLimit):
        confirm(1_000)
    with shop.boss.work():
        house.resource("sales.order").run("cancel", seen, {"reason": "later"})
        house.resource("sales.contract").run("cancel", [more], {"reason": "later"})
    with pytest.raises(OverLimit):
        confirm(10_000)
    confirm(9_000)


def test_a_contract_of_a_quote_is_not_asked_again_and_one_that_is_not_signed_allows_nothing(house, shop, make, agreed):
    quotes = house.resource("sales.quote")
    quote = _of(shop, make, {"product": shop.product, "quantity": 1_000, "discount": 900})
    with shop.ann.work():
        quotes.run("send", [quote])
        quotes.run("accept", [quote], {"signer": "Mr Li"})
        quotes.run("contract", [quote])
    shop.policy(percent=100, place=shop.ann.department, name="Now")
    with house.system():
        made = session.get(Quote, quote).contract_id
    _sign(house, shop.ann, made)
    assert _state(house, made, "sales.contract") == "signed"
    with pytest.raises(OverLimit):
        shop.tell(shop.ann, OrdersConfirming((_of(shop, make, {"product": shop.product, "quantity": 1_000, "discount": 1_500}, name="sales.order", contract=agreed),)))


def test_a_contract_that_is_over_allows_nothing_and_what_it_gives_for_nothing_is_agreed(house, shop, make, today):
    with house.system():
        put(QuoteSettings, {"signed_file": False})
    shop.policy(percent=1_000)
    free, paid = {"product": shop.product, "quantity": 1_000, "discount": 10_000}, {"product": shop.product, "quantity": 2_000, "discount": 1_500}
    days = {"now": (today - dt.timedelta(days=9), today), "open": (None, None), "old": (None, today - dt.timedelta(days=1)), "later": (today + dt.timedelta(days=1), None)}
    contracts = {name: _of(shop, make, paid, free, name="sales.contract", begins=begins, ends=ends) for name, (begins, ends) in days.items()}
    contracts["gifts"], contracts["done"] = _of(shop, make, free, name="sales.contract"), _of(shop, make, paid, free, name="sales.contract")
    for one in contracts.values():
        _sign(house, shop.boss, one)
    with shop.boss.work():
        house.resource("sales.contract").run("done", [contracts["done"]])
    for name, one in contracts.items():
        order = _of(shop, make, *([free] if name == "gifts" else [paid, free]), name="sales.order", contract=one)
        if name in ("old", "later", "done"):
            with pytest.raises(OverLimit):
                shop.tell(shop.ann, OrdersConfirming((order,)))
        else:
            shop.tell(shop.ann, OrdersConfirming((order,)))


def test_of_orders_confirmed_together_one_of_a_quote_takes_of_its_contract_too(house, shop, make):
    with house.system():
        put(QuoteSettings, {"signed_file": False})
    line = {"product": shop.product, "quantity": 1_000, "discount": 1_500}
    contract, quote = _of(shop, make, line, name="sales.contract"), _of(shop, make, line)
    first, second = (_of(shop, make, line, name="sales.order", contract=contract, **more) for more in ({"quote": quote}, {}))
    with shop.boss.work():
        house.resource("sales.quote").run("send", [quote])
    _became(house, quote, first)
    _sign(house, shop.boss, contract)
    shop.policy(percent=1_000)
    for one in (first, second):  # each alone is as it was agreed
        shop.tell(shop.ann, OrdersConfirming((one,)))
    with pytest.raises(OverLimit):
        shop.tell(shop.ann, OrdersConfirming((first, second)))
