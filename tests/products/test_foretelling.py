"""Lines of a form tell what they come to while they are filled in; when they are saved they come to just that."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
import sqlalchemy as sa
from sqlalchemy import text

from crm_core.data.session import session
from crm_core.resource.pieces import Foretold
from crm_core.testing.house import House, Person

Make = Callable[..., int]
SEEN = re.compile(r'data-field="items-(\d+)-amount">.*?class="static"[^>]*>([^<]*)<', re.DOTALL)
BESIDE = re.compile(r'name="items-(\d+)-(\w+?)(?:__text)?"[^>]*? placeholder="([^"]*)"')


def told(page: str) -> tuple[dict[int, str], dict[tuple[int, str], str]]:
    """What a form says: amounts by line, and what stands where nothing is written by line and field."""
    page = page.partition("<template>")[0]
    return {int(n): unescape(said).strip() for n, said in SEEN.findall(page)}, {(int(n), name): unescape(said) for n, name, said in BESIDE.findall(page)}


def quotes(shop: House) -> int:
    with shop.system():
        return int(session.execute(text("SELECT count(*) FROM sales_quote")).scalar_one())


def test_a_line_tells_its_price_its_choices_and_what_it_comes_to(shop: House, admin: Person, make: Make) -> None:
    stand = make("core.product", name="Stand told", english="Stand told", code="ST-1", price=100_00, tax=600, choices=[
        {"option": "Carpet", "name": "Red", "surcharge": 5_00}, {"option": "Carpet", "name": "Grey", "surcharge": 0}])
    customer, before, browser = make("core.customer", name="Told Ltd."), quotes(shop), admin.browser()
    form = {"name": "x", "customer": str(customer), "currency": "CNY", "_tell": "1", "items-4-product": str(stand), "items-4-quantity": "3", "items-4-discount": "10",
            "items-9-what": "Words of its own", "items-9-price": "7"}
    page = browser("POST", "/sales/quote/new", form).text
    amounts, beside = told(page)
    assert amounts == {0: "270", 1: "7"}
    assert (beside[0, "price"], beside[0, "rate"], beside[0, "what"]) == ("100", "6%", "Stand told")
    assert 'value="Carpet=Red"' in page.partition("<template>")[0] and "is-bad" not in page
    amounts, beside = told(browser("POST", "/sales/quote/new", {**form, "items-4-configuration": "Carpet=Red", "items-4-price": "50"}).text)
    assert (amounts[0], beside[0, "price"]) == ("135", "105"), "the list price stands beside a price that was written"
    assert quotes(shop) == before, "nothing is written"


def test_what_cannot_be_read_or_known_is_told_nothing_of(shop: House, admin: Person, make: Make) -> None:
    secret = make("core.product", name="Hidden wares", price=77_00)
    poor = shop.person("told-poor", grants={"sales.quote.*": "own", "core.customer.*": "own"})
    page = poor.browser()("POST", "/sales/quote/new", {"_tell": "1", "items-0-product": str(secret), "items-0-quantity": "many"}).text
    amounts, beside = told(page)
    assert amounts[0] in ("", "0") and "77" not in beside[0, "price"] and "Hidden" not in page
    assert admin.browser()("POST", "/sales/quote/new", {"_tell": "1", "items-0-product": "999999999", "items-0-price": "x", "items-0-discount": "500"}).status_code == 200


def test_a_line_comes_to_what_was_told(shop: House, admin: Person, make: Make) -> None:
    wares, customer = make("core.product", name="By the thousand", price=3_33, tax=1300), make("core.customer", name="Exact Ltd.")
    quote, items = shop.resource("sales.quote"), shop.resource("sales.quote_item")

    def amount(of: int) -> int:
        return int(session.scalars(sa.select(items.model.amount).where(items.model.quote_id == of)).one())

    for quantity, discount, price, again in ((1_000, 0, None, 7_500), (3_333, 1_234, None, 1), (250, 10_000, 9_99, 2_000), (1, 5_000, 0, 1_000_000)):
        line = {"product_id": wares, "quantity": quantity, "discount": discount, "price": price}
        with admin.work():
            (before,) = items.foretell({"customer_id": customer}, [line])
            made = quote.write([{"name": "x", "customer": customer, "items": [{"product": wares, "quantity": quantity, "discount": discount, "price": price}]}])[0]
            assert amount(made) == before.follow["amount"]
            row = session.scalars(sa.select(items.model).where(items.model.quote_id == made)).one()
            (after,) = items.foretell({"customer_id": customer}, [{**line, "id": row.id, "quantity": again, "price": row.price, "rate": row.rate, "unit_id": row.unit_id}])
            quote.write([{"id": made, "items": [{"id": row.id, "quantity": again}]}])
            assert amount(made) == after.follow["amount"]


def test_a_price_that_follows_the_lists_is_told_anew(shop: House, admin: Person, make: Make) -> None:
    wares, customer = make("core.product", name="Cheaper by the ten", price=10_00), make("core.customer", name="Many Ltd.")
    make("core.price_list", name="By the ten", prices=[{"product": wares, "from_quantity": 10_000, "price": 8_00}])
    quote, items = shop.resource("sales.quote"), shop.resource("sales.quote_item")
    with admin.work():
        made = quote.write([{"name": "x", "customer": customer, "items": [{"product": wares, "quantity": 1_000}, {"product": wares, "quantity": 1_000, "price": 9_00}]}])[0]
        rows = session.scalars(sa.select(items.model).where(items.model.quote_id == made).order_by(items.model.id)).all()
        lines = [{"id": row.id, "product_id": wares, "quantity": 10_000, "price": row.price, "rate": row.rate, "unit_id": row.unit_id, "discount": 0} for row in rows]
        told_of = items.foretell({"customer_id": customer}, lines)
        assert [(one.follow.get("price"), one.follow["amount"]) for one in told_of] == [(8_00, 80_00), (None, 90_00)], "an agreed price stays"
        quote.write([{"id": made, "items": [{"id": row.id, "quantity": 10_000} for row in rows]}])
        found = session.scalars(sa.select(items.model.amount).where(items.model.quote_id == made).order_by(items.model.id)).all()
        assert found == [80_00, 90_00]


def _ruled(shop: House, login: str, *rules: tuple[str, str]) -> Person:
    with shop.system():
        shop.resource("core.role").write([{"code": f"{login}-ruled", "name": login, "grants": [{"permission": "*", "scope": "all"}], "rules": [
            {"resource": "sales.quote_item", "field": field, "rule": rule} for field, rule in rules]}])
    return shop.person(login, roles=[f"{login}-ruled"])


def test_what_a_rule_hides_or_keeps_of_saved_lines_is_told_as_it_stands(shop: House, admin: Person, make: Make) -> None:
    piece = make("core.unit", name="Told piece")
    box = make("core.unit", name="Told box", base=piece, factor=12_000)
    wares, customer = make("core.product", name="By the box", unit=piece, price=10_00), make("core.customer", name="Ruled Ltd.")
    with admin.work():
        (made,) = shop.resource("sales.quote").write([{"name": "x", "customer": customer, "items": [
            {"product": wares, "unit": box, "quantity": 1_000, "discount": 10_00}, {"product": wares, "quantity": 1_000, "price": 7_00}]}])
    items = shop.resource("sales.quote_item").model
    with shop.system():
        first, second = session.scalars(sa.select(items).where(items.quote_id == made).order_by(items.id)).all()
        assert (first.price, first.amount, second.amount) == (120_00, 108_00, 7_00)
    sent = {"_tell": "1", "name": "x", "items-0-id": str(first.id), "items-0-product": str(wares), "items-0-quantity": "2", "items-1-id": str(second.id), "items-1-product": str(wares),
            "items-1-quantity": "3"}
    for login, rules, prices in (
        ("told-still", (("unit", "readonly"), ("discount", "readonly")), True), ("told-blind", (("unit", "hidden"), ("discount", "hidden")), True), ("told-fixed", (("price", "readonly"),), False),
    ):
        written = {"items-0-price": "120", "items-1-price": "7"} if prices else {"items-0-unit": str(box), "items-0-discount": "10", "items-1-discount": "0"}
        page = _ruled(shop, login, *rules).browser()("POST", f"/sales/quote/{made}/edit", {**sent, **written}).text.partition("<template>")[0]
        assert told(page)[0] == {0: "216", 1: "21"}, login
        assert ("10%" in page) == (login == "told-still")
        assert not prices or re.search(r'value="7[.0]*"[^>]*name="items-1-price"', page)
    other = shop.person("told-other", roles=["administrator"]).browser()("POST", "/sales/quote/new", {**sent, "items-0-price": ""}).text
    assert told(other)[0][1] == "30", "a line of another record tells nothing of it"


def test_a_saved_price_follows_the_head_of_its_form(shop: House, admin: Person, make: Make) -> None:
    wares, mine, friend = make("core.product", name="朋友价", english="Cheaper for friends", price=10_00), make("core.customer", name="Plain Ltd."), make("core.customer", name="Friend Ltd.", wish_language="zh")
    make("core.price_list", name="Friends only", customer=friend, prices=[{"product": wares, "price": 6_00}])
    quote, items = shop.resource("sales.quote"), shop.resource("sales.quote_item").model
    with admin.work():
        (made,) = quote.write([{"name": "x", "customer": mine, "items": [{"product": wares, "quantity": 1_000}, {"product": wares, "quantity": 1_000, "price": 9_00}]}])
        ids = session.scalars(sa.select(items.id).where(items.quote_id == made).order_by(items.id)).all()
    browser, sent = admin.browser(), {"name": "x", "currency": "CNY", "items__sent": "1"}
    for n, price in enumerate(("10", "9")):
        sent |= {f"items-{n}-id": str(ids[n]), f"items-{n}-product": str(wares), f"items-{n}-quantity": "1", f"items-{n}-price": price}
    page = browser("POST", f"/sales/quote/{made}/edit", {**sent, "customer": str(friend), "_tell": "1"}).text
    amounts, beside = told(page)
    assert amounts == {0: "6", 1: "9"} and (beside[0, "price"], beside[0, "what"]) == ("6", "朋友价"), "what nobody agreed on follows, and goes on doing so"
    assert re.search(r'value=""[^>]*name="items-0-price"', page), "nothing is written for it"
    assert told(browser("POST", f"/sales/quote/{made}/edit", {**sent, "customer": str(mine), "items-0-price": "", "_tell": "1"}).text)[0] == {0: "10", 1: "9"}
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version and browser("POST", f"/sales/quote/{made}/edit", {**sent, "customer": str(friend), "items-0-price": "", "version": version[1]}).status_code == 303
    with shop.system():
        assert session.scalars(sa.select(items.amount).where(items.quote_id == made).order_by(items.id)).all() == [6_00, 9_00]


def test_lines_are_told_where_they_follow_nothing_of_their_record(shop: House, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses, browser = shop.resource("core.customer").line_resource("addresses"), admin.browser()
    assert 'data-lines="addresses" data-tells' not in browser("GET", "/core/customer/new").text
    monkeypatch.setattr(type(addresses), "foretell", lambda self, head, lines: [Foretold({"street": "Told lane"}, {}) for _one in lines], raising=False)
    assert 'data-lines="addresses" data-tells=""' in browser("GET", "/core/customer/new").text
    assert 'placeholder="Told lane"' in browser("POST", "/core/customer/new", {"_tell": "1", "name": "x", "addresses-0-street": ""}).text
