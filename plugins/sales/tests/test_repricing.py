"""Take today's prices: the lines of a draft are priced anew, and who presses is told what changed."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from crm_core.kernel.errors import Refused
from crm_core.resource import telling, undo
from crm_core.sdk import session, site

WORK = {"sales.quote.*": "own", "sales.order.*": "own", "core.customer.*": "all", "core.product.read": "all"}


@pytest.fixture
def shop(house, make, as_user, today):
    """Products at 100.00 and 50.00, drafts from a month ago, and the prices since: 120.00, and none in this currency any more."""
    class Shop:
        ann = as_user("ann", WORK)
        customer = make.customer(name="Acme")
        page, gone = make.product(name="Page", price=10_000), make.product(name="Gone", price=5_000)

        def draft(self, name, day=today - dt.timedelta(days=30)):
            return make(name, owner=self.ann, customer=self.customer, day=day, items=[
                {"product": self.page, "quantity": 2_000, "price": 8_000, "discount": 1_000}, {"product": self.page, "quantity": 1_000},
                {"product": self.gone, "quantity": 1_000}, {"what": "Freight", "quantity": 1_000, "price": 3_000}, {"what": "Less", "quantity": 1_000, "price": -500}])

        def rise(self):
            with house.system():
                site().registry.resource("core.product").write([{"id": self.page, "price": 12_000}, {"id": self.gone, "price": None}])

        def take(self, name, document):
            with self.ann.work():
                change = site().registry.resource(name).run("take_prices", [document])
                return change, telling.told()

        def seen(self, name, document):
            with house.system():
                resource = site().registry.resource(name)
                model = resource.line_resource("items").model
                head = session.get(resource.model, document)
                link = getattr(model, resource.link_column("items"))
                return head.day, [(one.price, one.list_price, one.discount) for one in session.scalars(sa.select(model).where(link == document).order_by(model.id))]

        def last(self, name):
            with house.system():
                return session.scalar(sa.select(sa.func.max(house.resource(name).model.id)))

        def lines(self, order):
            with house.system():
                model = house.resource("sales.order_item").model
                return session.scalars(sa.select(model.id).where(model.order_id == order).order_by(model.id)).all()

    return Shop()


@pytest.mark.parametrize("name", ["sales.quote", "sales.order"])
def test_lines_take_the_prices_of_today_and_discounts_stay(shop, name, today):
    document = shop.draft(name)
    shop.rise()
    change, said = shop.take(name, document)
    day, lines = shop.seen(name, document)
    assert day == today and lines == [(12_000, 12_000, 1_000), (12_000, 12_000, 0), (5_000, 5_000, 0), (3_000, None, 0), (-500, None, 0)]
    assert "“Page” 80 → 120; “Page” 100 → 120." in said and "Gone" in said.partition("The whole:")[2] and "Freight" not in said
    assert shop.take(name, document)[1].startswith("All prices are those of today already.")
    with shop.ann.work():
        undo.ask(change)
    assert [one[0] for one in shop.seen(name, document)[1]] == [8_000, 10_000, 5_000, 3_000, -500]


def test_only_drafts_take_them_and_a_day_to_come_stays(shop, today):
    later = today + dt.timedelta(days=9)
    document = shop.draft("sales.quote", later)
    shop.take("sales.quote", document)
    assert shop.seen("sales.quote", document)[0] == later
    with shop.ann.work():
        site().registry.resource("sales.quote").run("send", [document])
    with pytest.raises(Refused):
        shop.take("sales.quote", document)


def test_the_page_says_what_changed(shop):
    document = shop.draft("sales.order")
    shop.rise()
    browser = shop.ann.browser()
    assert "Take today" in browser("GET", f"/sales/order/{document}").text
    answer = browser("POST", f"/sales/order/{document}/do/take_prices")
    assert answer.status_code == 303 and "80 → 120" in browser("GET", answer.location).text


def test_a_price_that_was_agreed_in_a_quote_stays_for_more_of_it_and_another_day(shop, house, make, today):
    """Pages were quoted at the list price; ten cost less by the lists. In the order that the quote became, the form says so while it is filled in, and so it is saved."""
    make("sales.quote", owner=shop.ann, customer=shop.customer)  # ids of documents differ
    make("core.price_list", name="By the ten", prices=[{"product": shop.page, "from_quantity": 10_000, "price": 8_000}])
    quote = make("sales.quote", owner=shop.ann, customer=shop.customer, day=today, items=[{"product": shop.page, "quantity": 1_000}])
    with shop.ann.work():
        for act, values in (("send", {}), ("accept", {"signer": "Li"}), ("order", {})):
            site().registry.resource("sales.quote").run(act, [quote], values)
    order = shop.last("sales.order")
    plain = make("sales.order", owner=shop.ann, customer=shop.customer, day=today, items=[{"product": shop.page, "quantity": 1_000}])
    shop.rise()
    items = house.resource("sales.order_item")
    for made, price in ((order, 10_000), (plain, 8_000)):
        with shop.ann.work():
            (row,) = session.scalars(sa.select(items.model).where(items.model.order_id == made)).all()
            line = {"id": row.id, "product_id": shop.page, "quantity": 10_000, "price": row.price, "unit_id": row.unit_id, "rate": row.rate}
            (told,) = items.foretell({"customer_id": shop.customer, "currency": "CNY", "day": today}, [line])
            assert told.follow.get("price", row.price) == price
            (told,) = items.foretell({"customer_id": shop.customer, "currency": "CNY", "day": today + dt.timedelta(days=3)}, [{**line, "price": told.follow.get("price", row.price)}])
            assert told.follow.get("price", price) == price
        sent = {"_tell": "1", "customer": str(shop.customer), "currency": "CNY", "day": (today + dt.timedelta(days=3)).isoformat(), "items-0-id": str(row.id), "items-0-product": str(shop.page),
                "items-0-quantity": "10", "items-0-price": "100"}
        page = shop.ann.browser()("POST", f"/sales/order/{made}/edit", sent).text.partition("<template>")[0]
        (field,) = re.findall(r'<input[^>]*name="items-0-price"[^>]*>', page)
        assert f'value="{100 if price == 10_000 else ""}"' in field and 'placeholder="80"' in field, "what follows the price lists stands beside an empty field"
        with shop.ann.work():
            house.resource("sales.order").write([{"id": made, "items": [{"id": row.id, "quantity": 10_000}]}])
            house.resource("sales.order").write([{"id": made, "day": today + dt.timedelta(days=3)}])
        assert [one[0] for one in shop.seen("sales.order", made)[1]] == [price]
    with shop.ann.work():
        house.resource("sales.order").write([{"id": order, "items": [{"id": shop.lines(order)[0], "price": None}]}])
    assert [one[0] for one in shop.seen("sales.order", order)[1]] == [8_000], "who empties it asks the price lists"
