"""Prices follow the head of their document: who changes customer, day or currency sees them anew, and nothing is given away unmeasured."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.resource import telling, undo
from crm_core.resource.changes import History
from crm_core.testing.house import House, Person
from crm_core.testing.statements import sent
from tests.products.conftest import Make
from tests.products.test_lines import lines, quote

OLD = dt.date(2026, 3, 1)


@pytest.fixture
def friends(shop: House, make: Make) -> dict[str, int]:
    """A product at 100.00, which a friend has for 60.00, and all had for 50.00 in March; in dollars it is 15.00."""
    product = make("core.product", name="Stand", price=100_00)
    friend, other = make("core.customer", name="Friend"), make("core.customer", name="Other")
    make("core.price_list", name="Friend", customer=friend, prices=[{"product": product, "price": 60_00}])
    make("core.price_list", name="March", begins=dt.date(2026, 3, 1), ends=dt.date(2026, 3, 31), prices=[{"product": product, "price": 50_00}])
    with shop.system():
        if not shop.resource("core.currency").by_name(["USD"]):
            shop.resource("core.currency").write([{"code": "USD"}])
    make("core.price_list", name="Dollars", currency="USD", prices=[{"product": product, "price": 15_00}])
    return {"product": product, "friend": friend, "other": other}


def save(shop: House, resource: str, row_id: int, **head: Any) -> str:
    """Change a head; what the person is told."""
    with shop.system():
        shop.resource(resource).write([{"id": row_id, **head}])
        return telling.told()


def priced(shop: House, quote_id: int) -> list[tuple[int, int | None]]:
    return [(one.price, one.list_price) for one in lines(shop, quote_id)]


def total(shop: House, quote_id: int) -> Any:
    with shop.system():
        return session.get_one(shop.resource("sales.quote").model, quote_id).total


def test_a_head_changed_alone_prices_its_lines_anew_and_measures_what_was_typed(shop: House, friends: dict[str, int]) -> None:
    made = quote(shop, [{"product": friends["product"]}, {"product": friends["product"], "price": 55_00}, {"what": "Words", "price": 7_00}], customer=friends["friend"])
    assert priced(shop, made) == [(60_00, 60_00), (55_00, 60_00), (7_00, None)]
    said = save(shop, "sales.quote", made, customer=friends["other"])
    assert priced(shop, made) == [(100_00, 100_00), (55_00, 100_00), (7_00, None)] and total(shop, made) == 162_00
    assert said.startswith("1 price follows the price lists") and "1 price that was written or agreed stays" in said
    save(shop, "sales.quote", made, day=OLD)
    assert priced(shop, made)[:2] == [(50_00, 50_00), (55_00, 50_00)]
    save(shop, "sales.quote", made, day=None, currency="USD")
    assert priced(shop, made)[:2] == [(15_00, 15_00), (55_00, 15_00)]
    assert save(shop, "sales.quote", made, name="Another subject") == "" and priced(shop, made)[0] == (15_00, 15_00)


def test_undo_takes_back_the_head_with_its_prices(shop: House, friends: dict[str, int]) -> None:
    made = quote(shop, [{"product": friends["product"]}], customer=friends["friend"])
    save(shop, "sales.quote", made, customer=friends["other"])
    with shop.system():
        change = session.scalar(sa.select(History.change_id).where(History.resource == "sales.quote", History.row_id == made).order_by(History.id.desc()).limit(1))
        undo.ask(change)
    assert priced(shop, made) == [(60_00, 60_00)] and total(shop, made) == 60_00


def form(shop: House, made: int, **head: str) -> dict[str, str]:
    """What the form of a quote sends: all it shows."""
    with shop.system():
        row, items = session.get_one(shop.resource("sales.quote").model, made), lines(shop, made)
        sent = {"name": row.name, "customer": str(row.customer_id), "currency": row.currency, "day": "", "version": str(row.version)}
        for n, one in enumerate(items):
            sent |= {f"items-{n}-id": str(one.id), f"items-{n}-product": str(one.product_id), f"items-{n}-what": one.what, f"items-{n}-quantity": "1", f"items-{n}-price": f"{one.price / 100:.2f}"}
    return {**sent, **head}


def test_a_form_that_sends_all_it_shows_follows_too(shop: House, admin: Person, friends: dict[str, int]) -> None:
    made = quote(shop, [{"product": friends["product"]}, {"product": friends["product"], "price": 55_00}], customer=friends["friend"])
    web = admin.browser()
    assert web("POST", f"/sales/quote/{made}/edit", form(shop, made, customer=str(friends["other"]))).status_code == 303
    assert "1 price follows the price lists" in web("GET", f"/sales/quote/{made}", Accept_Language="en").text
    assert priced(shop, made) == [(100_00, 100_00), (55_00, 100_00)]
    assert web("POST", f"/sales/quote/{made}/edit", form(shop, made, customer=str(friends["friend"]), **{"items-0-price": "97"})).status_code == 303
    assert priced(shop, made) == [(97_00, 60_00), (55_00, 60_00)], "typed at the same moment: it is a price of his own"
    assert web("POST", f"/sales/quote/{made}/cell", {"field": "customer", "customer": str(friends["other"])}).status_code == 303
    assert priced(shop, made) == [(97_00, 100_00), (55_00, 100_00)]


def test_over_the_api_the_answer_says_the_new_prices(shop: House, admin: Person, friends: dict[str, int]) -> None:
    made = quote(shop, [{"product": friends["product"]}], customer=friends["friend"])
    api = admin.api()
    answer = api("PATCH", f"/sales/quote/{made}", {"customer": friends["other"]}, If_Match=api("GET", f"/sales/quote/{made}").headers["ETag"])
    assert answer.status_code == 200 and (answer.json["items"][0]["price"], answer.json["total"]) == (100_00, 100_00)


def test_what_has_no_price_there_is_refused_with_the_reason(shop: House, make: Make, admin: Person, friends: dict[str, int]) -> None:
    make("core.currency", code="SEK")
    made = quote(shop, [{"product": friends["product"]}], customer=friends["friend"], day=clock.today())
    with pytest.raises(Invalid) as bad, shop.system():
        shop.resource("sales.quote").write([{"id": made, "currency": "SEK"}])
    assert "There is no rate of SEK" in str(bad.value)
    assert priced(shop, made) == [(60_00, 60_00)]
    page = admin.browser()("POST", f"/sales/quote/{made}/edit", {"currency": "SEK", "version": "1"}, Accept_Language="en")
    assert page.status_code == 422 and "There is no rate of SEK" in page.text, "a phone sends only what was changed"


def test_what_was_agreed_stays_while_it_is_for_whom_it_was_agreed(shop: House, make: Make, friends: dict[str, int]) -> None:
    made = quote(shop, [{"product": friends["product"]}], customer=friends["other"], day=OLD)
    with shop.system():
        order, = shop.resource("sales.order").write([{"customer": friends["other"], "quote": made, "day": OLD, "items": [{"product": friends["product"], "price": 50_00}, {"product": make("core.product", name="More", price=9_00)}]}])
        model = shop.resource("sales.order_item").model

    def now() -> list[tuple[int, int]]:
        with shop.system():
            return [(one.price, one.list_price) for one in session.scalars(sa.select(model).where(model.order_id == order).order_by(model.id))]

    assert now() == [(50_00, 50_00), (9_00, 9_00)]
    with shop.system():
        known = [{"id": row.id, "product_id": row.product_id, "quantity": 1_000, "price": row.price, "unit_id": row.unit_id} for row in session.scalars(sa.select(model).where(model.order_id == order).order_by(model.id))]
        for head, said in (({"customer_id": friends["other"], "day": clock.today()}, [None, 9_00]), ({"customer_id": friends["friend"], "day": OLD}, [60_00, 9_00])):
            assert [one.follow.get("price") for one in shop.resource("sales.order_item").foretell({**head, "currency": "CNY"}, known)] == said, "told as it will be saved"
    save(shop, "sales.order", order, day=clock.today())
    assert now() == [(50_00, 100_00), (9_00, 9_00)], "the quote's price, measured by today's list"
    save(shop, "sales.order", order, customer=friends["friend"])
    assert now() == [(50_00, 60_00), (9_00, 9_00)], "for somebody else it is a price like any that was written"


def test_many_heads_cost_as_many_statements_as_one(shop: House, friends: dict[str, int]) -> None:
    def cost(n: int) -> int:
        made = [quote(shop, [{"product": friends["product"]}] * 3, customer=friends["friend"]) for _one in range(n)]
        with shop.system(), sent(shop.site.engines.write) as found:
            shop.resource("sales.quote").write([{"id": one, "customer": friends["other"]} for one in made])
        assert all(priced(shop, one) == [(100_00, 100_00)] * 3 for one in made)
        return len(found)

    cost(1)
    assert cost(8) == cost(1)


def test_list_prices_are_measured_anew_and_prices_stay(shop: House, make: Make, friends: dict[str, int]) -> None:
    made = quote(shop, [{"product": friends["product"]}, {"what": "Words", "price": 1_00}], customer=friends["other"])
    with shop.system():
        shop.resource("core.product").write([{"id": friends["product"], "price": 130_00}])
        items = shop.resource("sales.quote").line_resource("items")
        with writing():
            assert items.measure([made]) == []
    assert priced(shop, made) == [(100_00, 130_00), (1_00, None)]
    save(shop, "sales.quote", made, day=OLD)
    with shop.system(), writing():
        items.measure([made], earliest=clock.today())
    assert priced(shop, made)[0] == (100_00, 130_00)


def test_all_lines_are_priced_anew_as_the_head_stands(shop: House, make: Make, friends: dict[str, int]) -> None:
    product = make("core.product", name="Anew", price=10_00)
    gone = make("core.product", name="Gone", price=20_00)
    made = quote(shop, [{"product": product, "price": 7_00, "discount": 5_00}, {"product": gone}, {"what": "Words", "price": 1_00}], customer=friends["other"])
    with shop.system():
        shop.resource("core.product").write([{"id": product, "price": 11_00}, {"id": gone, "price": None}])
        items = shop.resource("sales.quote").line_resource("items")
        assert items.anew(made) == ([("Anew", 7_00, 11_00)], ["Gone"])
        assert items.anew(made) == ([], ["Gone"])
    assert priced(shop, made) == [(11_00, 11_00), (20_00, 20_00), (1_00, None)]
