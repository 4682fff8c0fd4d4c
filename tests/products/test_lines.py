"""Lines of documents: what they take over from products and price lists, and what they refuse.
Long because the lines of one shop go through all of it."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.products.api import Ask, Priced, convert, prices, translated
from crm_core.features.products.models import How, Life, Wish
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import in_language
from crm_core.resource import undo
from crm_core.resource.resource import Resource
from crm_core.resource.samelines import same_lines
from crm_core.testing.house import House, Person
from crm_core.testing.statements import sent
from tests.products.conftest import Make


def quote(shop: House, items: list[dict[str, Any]], say: str = "en", **head: Any) -> int:
    with shop.system(), in_language(say):
        if "customer" not in head:
            head["customer"] = shop.resource("core.customer").write([{"name": "Alpha"}])[0]
        return int(shop.resource("sales.quote").write([{"name": "An offer", "items": items, **head}])[0])


def lines(shop: House, quote_id: int) -> list[Any]:
    with shop.system():
        model = shop.resource("sales.quote").line_resource("items").model
        return list(session.scalars(sa.select(model).where(model.quote_id == quote_id).order_by(model.id)))


def refused(shop: House, items: list[dict[str, Any]], **head: Any) -> dict[str, str]:
    """Field → sentence of the first line that is refused."""
    with pytest.raises(Invalid) as bad:
        quote(shop, items, **head)
    return {name: str(found[0]) for name, found in bad.value.details["lines"]["items"][0].items()}


def change(shop: House, quote_id: int, line: Any, **values: Any) -> Any:
    with shop.system():
        shop.resource("sales.quote").write([{"id": quote_id, "items": [{"id": line.id, **values}]}])
    return lines(shop, quote_id)[0]


def test_a_line_takes_name_unit_price_and_tax_of_its_product(shop: House, make: Make) -> None:
    with shop.system():
        unit = session.scalar(sa.select(shop.resource("core.unit").model.id).where(shop.resource("core.unit").model.name == "本"))
    product = make("core.product", name="年鉴", english="Yearbook", price=100_00, tax=9_00, unit=unit)
    (line,) = lines(shop, made := quote(shop, [{"product": product, "quantity": 3_000}]))
    assert (line.what, line.unit_id, line.price, line.list_price, line.rate, line.amount) == ("Yearbook", unit, 100_00, 100_00, 9_00, 300_00)
    assert line.why == "List price of the product" and line.net + line.tax == line.amount
    line = change(shop, made, line, quantity=4_000, price=100_00, what="Yearbook")
    assert line.amount == 400_00
    line = change(shop, made, line, price=80_00)
    assert (line.price, line.list_price) == (80_00, 100_00)
    line = change(shop, made, line, quantity=5_000, price=80_00)
    assert line.price == 80_00, "what was agreed stays"


def test_the_name_is_in_the_language_of_the_customer_or_of_who_writes(shop: House, make: Make) -> None:
    product = make("core.product", name="年鉴", english="Yearbook", price=1_00)
    chinese = make("core.customer", name="甲", wish_language="zh")
    assert lines(shop, quote(shop, [{"product": product}], customer=chinese))[0].what == "年鉴"
    english = make("core.customer", name="B", wish_language="en")
    assert lines(shop, quote(shop, [{"product": product}], "zh"))[0].what == "年鉴"
    assert lines(shop, quote(shop, [{"product": product}], "zh", customer=english))[0].what == "Yearbook"
    assert lines(shop, quote(shop, [{"product": product, "what": "我社年鉴"}]))[0].what == "我社年鉴"


def test_words_of_ones_own_do_not_hide_which_product_they_are_for(shop: House, make: Make) -> None:
    cheap, dear = make("core.product", name="贴纸", english="Sticker", price=1_00), make("core.product", name="Stand", price=1_000_00)
    (line,) = lines(shop, made := quote(shop, [{"product": cheap, "what": "Stand of nine metres"}]))
    assert line.what == "Sticker · Stand of nine metres"
    line = change(shop, made, line, what="Stand of twelve metres")
    assert line.what == "Sticker · Stand of twelve metres"
    assert change(shop, made, line, quantity=2_000).what == line.what, "what stands is not written anew"
    assert change(shop, made, line, what="贴纸，加急").what == "贴纸，加急"
    line = change(shop, made, line, what="Sticker · with our name")
    assert change(shop, made, line, product=dear, price=None).what == "Stand · with our name"
    assert change(shop, made, line, product=None, what="Freight", price=5_00).what == "Freight"


def test_words_of_ones_own_do_not_hide_what_was_chosen(shop: House, make: Make) -> None:
    stand = make("core.product", name="展位", english="Stand", price=100_00, choices=[
        {"option": "地毯", "option_english": "Carpet", "name": "红", "english": "Red"}, {"option": "地毯", "option_english": "Carpet", "name": "灰", "english": "Grey"}])
    plain = make("core.product", name="Chair", price=1_00)
    (line,) = lines(shop, made := quote(shop, [{"product": stand, "configuration": {"地毯": "红"}, "what": "Corner, hall 3"}]))
    assert line.what == "Stand (Carpet: Red) · Corner, hall 3"
    assert change(shop, made, line, quantity=2_000).what == line.what
    line = change(shop, made, line, configuration={"地毯": "灰"})
    assert line.what == "Stand (Carpet: Grey) · Corner, hall 3"
    line = change(shop, made, line, configuration={"地毯": "红"}, what=line.what)
    assert line.what == "Stand (Carpet: Red) · Corner, hall 3", "a form sends the words along as they stand"
    assert change(shop, made, line, what="展位，红地毯").what == "展位，红地毯", "they say all of it themselves"
    line = change(shop, made, line, what="x" * 250)
    assert line.what.startswith("Stand · x") and len(line.what) == 255, "of very long words the end is cut, not the product"
    line = change(shop, made, line, what="Corner")
    assert line.what == "Stand (Carpet: Red) · Corner"
    assert change(shop, made, line, product=plain, configuration=None, price=None).what == "Chair · Corner"


def test_a_paper_calls_products_and_choices_as_its_language_does_and_leaves_own_words(shop: House, make: Make) -> None:
    stand = make("core.product", name="展位", english="Stand", price=100_00, choices=[{"option": "地毯", "option_english": "Carpet", "name": "红", "english": "Red"}])
    made = quote(shop, [{"product": stand, "configuration": {"地毯": "红"}, "what": "Corner"}, {"product": stand, "configuration": {"地毯": "红"}}, {"what": "Freight", "price": 1_00}], "zh")
    items = lines(shop, made)
    assert [line.what for line in items] == ["展位（地毯：红） · Corner", "展位（地毯：红）", "Freight"]
    with shop.system():
        assert translated(items, "en") == ["Stand (Carpet: Red) · Corner", "Stand (Carpet: Red)", "Freight"]
        assert translated(items, "zh") == [line.what for line in items]


def test_words_and_price_follow_the_product_until_somebody_has_his_own(shop: House, make: Make) -> None:
    one, other = make("core.product", name="One", price=10_00), make("core.product", name="Other", price=20_00)
    (line,) = lines(shop, made := quote(shop, [{"product": one}]))
    line = change(shop, made, line, product=other, what="One", price=10_00, quantity=1_000)
    assert (line.what, line.price) == ("Other", 20_00)
    line = change(shop, made, line, what="Mine")
    assert line.what == "Other · Mine"
    assert change(shop, made, line, product=one, what=line.what, price=15_00).what == "One · Mine"
    assert lines(shop, made)[0].price == 15_00


def test_units_are_converted_and_refused_where_they_have_nothing_in_common(shop: House, make: Make) -> None:
    piece = make("core.unit", name="支")
    box = make("core.unit", name="盒", base=piece, factor=12_000)
    crate = make("core.unit", name="大箱", base=box, factor=10_000)
    metre = make("core.unit", name="米")
    pen = make("core.product", name="Pen", price=2_50, unit=piece)
    (line,) = lines(shop, quote(shop, [{"product": pen, "unit": box, "quantity": 2_000}]))
    assert (line.price, line.amount) == (30_00, 60_00)
    assert "cannot be converted" in refused(shop, [{"product": pen, "unit": metre}])["unit"]
    with shop.system():
        assert (convert(2_000, crate, piece), convert(120_000, piece, crate), convert(1_000, piece, box), convert(5, None, box)) == (240_000, 1_000, 83, 5)
        with pytest.raises(Refused):
            convert(1_000, metre, box)
    with pytest.raises(Invalid) as bad, shop.system():
        shop.resource("core.unit").write([{"id": piece, "base": crate, "factor": 1_000}])
    assert "itself" in str(bad.value.fields["base"][0])


def test_only_what_is_on_sale_can_be_chosen_and_what_was_chosen_stays(shop: House, make: Make) -> None:
    product = make("core.product", name="Old", price=1_00)
    (line,) = lines(shop, made := quote(shop, [{"product": product}]))
    with shop.system():
        shop.resource("core.product").write([{"id": product, "life": Life.phased_out}])
    assert "not on sale: No longer sold" in refused(shop, [{"product": product}])["product"]
    assert change(shop, made, line, quantity=2_000).quantity == 2_000
    with shop.system():  # the order of a quote that was accepted before
        order = shop.resource("sales.order").write([{"customer": session.scalar(sa.select(shop.resource("sales.quote").model.customer_id).where(
            shop.resource("sales.quote").model.id == made)), "quote": made, "items": same_lines(shop.resource("sales.quote"), "items", made, shop.resource("sales.order"))}])
        assert order
        with pytest.raises(Invalid):
            shop.resource("sales.order").write([{"customer": make("core.customer", name="C"), "quote": made, "items": [
                {"product": make("core.product", name="Planned", price=1, life=Life.planned)}]}])


def test_words_that_were_agreed_stand_in_the_order_of_a_quote_when_the_product_is_renamed(shop: House, make: Make) -> None:
    product = make("core.product", name="Old name", english="Old name", price=1_00, choices=[{"option": "Colour", "name": "Red"}])
    made = quote(shop, [{"product": product, "configuration": {"Colour": "Red"}}, {"product": product, "configuration": {"Colour": "Red"}, "what": "As shown"}])
    agreed = [line.what for line in lines(shop, made)]
    assert agreed == ["Old name (Colour: Red)", "Old name (Colour: Red) · As shown"]
    with shop.system():
        shop.resource("core.product").write([{"id": product, "name": "New name", "english": "New name"}])
        customer, carried = make("core.customer", name="Renamed Ltd."), same_lines(shop.resource("sales.quote"), "items", made, shop.resource("sales.order"))
        ordered = shop.resource("sales.order_item").model
        for items, said in ((carried, agreed), ([{"product": product, "configuration": {"Colour": "Red"}, "what": agreed[1]}], [f"New name (Colour: Red) · {agreed[1]}"])):
            (order,) = shop.resource("sales.order").write([{"customer": customer, "quote": made, "items": items}])
            assert session.scalars(sa.select(ordered.what).where(ordered.order_id == order).order_by(ordered.id)).all() == said, "what is typed says which product it is for"


def test_lines_that_point_at_what_sleeps_are_carried_over_without_it(shop: House, admin: Person, monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    made = quote(shop, [{"product": make("core.product", name="Awake", price=1_00)}])
    monkeypatch.setattr(Resource, "asleep", lambda self, field: field.name == "unit")
    with admin.work():
        session.actor.shown.clear()  # what was seen before it slept
        try:
            assert "unit" not in shop.resource("sales.quote_item").fields()
            (line,) = same_lines(shop.resource("sales.quote"), "items", made, shop.resource("sales.order"))
        finally:
            session.actor.shown.clear()
    assert line["what"] == "Awake" and "unit" not in line


def test_the_price_list_of_a_customer_prices_lines_without_a_price(shop: House, make: Make) -> None:
    product = make("core.product", name="Stand", price=100_00)
    customer = make("core.customer", name="Beta", standing="key")
    make("core.price_list", name="Key", standing="key", prices=[
        {"product": product, "discount": 10_00}, {"product": product, "from_quantity": 10_000, "discount": 20_00}])
    few, many, said = lines(shop, quote(shop, [{"product": product}, {"product": product, "quantity": 10_000}, {"product": product, "price": 99_00}], customer=customer))
    assert (few.price, few.why) == (90_00, "List price of the product; Price list “Key” −10%")
    assert (many.price, many.why) == (80_00, "List price of the product; Price list “Key”, from 10 on −20%")
    assert (said.price, said.list_price) == (99_00, 90_00)
    assert lines(shop, quote(shop, [{"product": product}]))[0].price == 100_00, "others pay the list price"


def test_a_price_that_follows_the_lists_follows_the_quantity(shop: House, make: Make) -> None:
    product = make("core.product", name="Book", price=100_00)
    make("core.price_list", name="More", prices=[{"product": product, "from_quantity": 10_000, "price": 70_00}])
    (line,) = lines(shop, made := quote(shop, [{"product": product}]))
    assert change(shop, made, line, quantity=10_000, price=100_00).price == 70_00


def test_prices_in_another_currency_and_what_to_do_without_a_rate(shop: House, make: Make) -> None:
    today = dt.date(2026, 11, 1)
    make("core.currency", code="KRW")
    make("core.currency", code="GBP")
    product = make("core.product", name="Guide", price=100_00)
    said = refused(shop, [{"product": product}], currency="GBP", day=today)
    assert "There is no rate of GBP" in said["price"] and "Rates" in said["price"]
    assert lines(shop, quote(shop, [{"product": product, "price": 15_00}], currency="GBP", day=today))[0].list_price is None
    make("core.currency_rate", currency="GBP", day=dt.date(2026, 10, 1), rate=700_000_000)
    make("core.currency_rate", currency="GBP", day=dt.date(2026, 11, 15), rate=800_000_000)
    make("core.currency_rate", currency="KRW", day=dt.date(2026, 10, 1), rate=5_000_000)
    assert lines(shop, quote(shop, [{"product": product}], currency="GBP", day=today))[0].price == 14_29
    assert lines(shop, quote(shop, [{"product": product}], currency="GBP", day=dt.date(2026, 11, 20)))[0].price == 12_50
    (yen,) = lines(shop, quote(shop, [{"product": product, "quantity": 3_333}], currency="KRW", day=today))
    assert (yen.price, yen.amount, yen.net % 100, yen.tax % 100) == (2_000_00, 6_666_00, 0, 0)
    assert refused(shop, [{"product": product, "price": 19_99}], currency="KRW", day=today) == {"price": "KRW has no smaller amounts than whole ones."}
    make("core.price_list", name="Pounds", currency="GBP", prices=[{"product": product, "price": 11_00}])
    with shop.system():
        found = prices([Ask(product), Ask(product, currency="CNY"), Ask(product, currency="KRW")], currency="GBP", day=today)
    assert [one.price for one in found] == [11_00, 100_00, 2_000_00]
    assert found[0] == Priced(11_00, 11_00, 0, 13_00, "Price list “Pounds”")


def test_a_bundle_costs_and_names_what_it_is_made_of(shop: House, make: Make) -> None:
    a, b = make("core.product", name="A", price=10_00), make("core.product", name="B", price=5_00)
    bundle = make("core.product", name="Set", parts=[{"part": a, "quantity": 2_000}, {"part": b, "quantity": 1_000}])
    make("core.price_list", name="A less", prices=[{"product": a, "discount": 50_00}])
    (line,) = lines(shop, quote(shop, [{"product": bundle, "quantity": 3_000}]))
    assert (line.what, line.price, line.amount) == ("Set (2 × A; 1 × B)", 15_00, 45_00)
    with pytest.raises(Invalid) as bad:
        make("core.product", name="Set of sets", parts=[{"part": bundle, "quantity": 1_000}])
    assert "no bundles" in str(bad.value.fields["parts"][0])


def test_choices_are_checked_priced_written_out_and_counted_as_wishes(shop: House, admin: Person, make: Make) -> None:
    book = make("core.product", name="书", english="Book", price=100_00, choices=[
        {"option": "封面", "option_english": "Cover", "name": "布面", "english": "Linen", "surcharge": 20_00}, {"option": "封面", "name": "纸面"},
        {"option": "烫印", "option_english": "Foil", "name": "烫金", "english": "Gold", "percent": 10_00, "optional": True}],
        combinations=[{"given": "烫金", "how": How.needs, "other": "布面"}])
    assert refused(shop, [{"product": book}]) == {"configuration": "Choose: 封面."}
    assert "goes only with: 布面" in refused(shop, [{"product": book, "configuration": {"封面": "纸面", "烫印": "烫金"}}])["configuration"]
    made = quote(shop, [{"product": book, "configuration": {"封面": "布面", "烫印": "烫金", "": "a ribbon"}}])
    (line,) = lines(shop, made)
    assert (line.what, line.price) == ("Book (Cover: Linen; Foil: Gold; a ribbon)", 130_00)

    def wished() -> list[tuple[str, bool]]:
        with shop.system():
            return sorted((w.wish, w.free) for w in session.scalars(sa.select(Wish).where(Wish.product_id == book)))

    assert wished() == [("a ribbon", True), ("封面：布面", False), ("烫印：烫金", False)]
    with shop.system():
        shop.resource("sales.order").write([{"customer": make("core.customer", name="D"), "quote": made, "items": same_lines(shop.resource("sales.quote"), "items", made, shop.resource("sales.order"))}])
    assert len(wished()) == 3, "what a quote wished is not wished again by its order"
    change(shop, made, line, configuration={"封面": "纸面"})
    assert wished() == [("封面：纸面", False)]
    other = quote(shop, [{"product": book, "configuration": {"封面": "布面"}}])
    assert len(wished()) == 2
    with shop.system():
        gone = shop.resource("sales.quote").delete([other])
    assert wished() == [("封面：纸面", False)]
    with admin.work():
        undo.ask(gone)
    assert len(wished()) == 2


def test_options_that_cannot_be_told_apart_are_refused(shop: House, make: Make) -> None:
    for wrong in ([{"option": "a", "name": "x"}, {"option": "b", "name": "x"}], [{"option": "a", "name": "x=y"}]):
        with pytest.raises(Invalid) as bad:
            make("core.product", name="P", choices=wrong)
        assert "choices" in bad.value.fields
    with pytest.raises(Invalid):
        make("core.product", name="P", choices=[{"option": "a", "name": "x"}], combinations=[{"given": "x", "how": How.needs, "other": "z"}])


def test_variants_are_made_once_and_sold_in_place_of_their_product(shop: House, make: Make) -> None:
    page = make("core.product", name="Page", code="PG", price=80_00, attributes=[{"name": "Size", "values": "full, half"}, {"name": "Colour", "values": "black，colour"}])
    products = shop.resource("core.product")

    def variants() -> list[Any]:
        with shop.system():
            return list(session.scalars(sa.select(products.model).where(products.model.parent_id == page).order_by(products.model.id)))

    for _twice in range(2):
        with shop.system():
            products.run("make_variants", [page])
        assert [(v.name, v.code, v.price) for v in variants()] == [
            (f"Page {size} / {colour}", f"PG-{n:02}", None) for n, (size, colour) in enumerate([("full", "black"), ("full", "colour"), ("half", "black"), ("half", "colour")], 1)]
    assert "has variants" in refused(shop, [{"product": page}])["product"]
    first = variants()[0].id
    assert lines(shop, quote(shop, [{"product": first}]))[0].price == 80_00, "what a variant leaves out is its product's"
    with pytest.raises(Invalid):
        make("core.product", name="V", parent=first)


def test_a_set_of_lines_asks_as_much_as_one(shop: House, make: Make) -> None:
    customer = make("core.customer", name="Many")
    products = [make("core.product", name=f"N{n}", price=n * 100) for n in range(6)]
    counts = []
    with shop.system():
        prices([Ask(products[0])], customer=customer)  # what is asked once in a while
    for few in (1, 6):
        with shop.system(), sent(shop.site.engines.read) as statements:
            prices([Ask(p) for p in products[:few]], customer=customer)
        counts.append(len(statements))
        assert few == 1 or counts[0] == counts[1] <= 6, statements


def test_categories_have_two_levels(shop: House, make: Make) -> None:
    top = make("core.product_category", name="一级")
    below = make("core.product_category", name="二级", parent=top)
    with pytest.raises(Invalid):
        make("core.product_category", name="三级", parent=below)
    other = make("core.product_category", name="另一级")
    with pytest.raises(Invalid), shop.system():
        shop.resource("core.product_category").write([{"id": top, "parent": other}])


@pytest.mark.parametrize("wrong", [
    {"prices": [{}]}, {"prices": [{"price": 1_00}]}, {"begins": dt.date(2026, 2, 1), "ends": dt.date(2026, 1, 1)}, {"currency": "JPY", "prices": [{"discount": 1_00, "allowance": 50}]},
])
def test_price_lists_that_mean_nothing_are_refused(shop: House, make: Make, wrong: dict[str, Any]) -> None:
    with shop.system():
        if not session.scalar(sa.select(shop.resource("core.currency").model.id).where(shop.resource("core.currency").model.code == "JPY")):
            make("core.currency", code="JPY")
    given = {**wrong, "prices": [{"product": None, "category": None, "price": None, "discount": None, "allowance": None, **one} for one in wrong.get("prices", ())]}
    with pytest.raises(Invalid):
        make("core.price_list", name="Wrong", **given)


def test_amounts_of_a_foreign_document_show_their_currency(shop: House, admin: Person, make: Make) -> None:
    with shop.system():
        codes = set(session.scalars(sa.select(shop.resource("core.currency").model.code)))
    for code in {"USD", "JPY"} - codes:
        make("core.currency", code=code)
    make("core.currency_rate", currency="JPY", day=dt.date(2020, 1, 1), rate=5_000_000)
    product, browser = make("core.product", name="Report", price=100_00), admin.browser()
    foreign = quote(shop, [{"product": product, "price": 15_00}], currency="USD", owner=admin.id)
    home = quote(shop, [{"product": product, "price": 15_00}], owner=admin.id)
    for path in (f"/sales/quote/{foreign}", f"/sales/quote/{foreign}/print", "/sales/quote?columns=number,total"):
        assert "USD\u00a015" in browser("GET", path).text, path
    assert "List price from" in browser("GET", f"/sales/quote/{foreign}").text
    assert "USD\u00a0" not in browser("GET", f"/sales/quote/{home}").text
    assert '<span class="unit">USD</span>' in browser("GET", f"/sales/quote/{foreign}/edit").text
    with shop.system(), pytest.raises(Invalid) as bad:
        shop.resource("sales.opportunity").write([{"name": "O", "currency": "JPY", "amount": 1_50, "customer": make("core.customer", name="J"), **stage(shop, make)}])
    assert "JPY has no smaller" in str(bad.value.fields["amount"][0])


def stage(shop: House, make: Make) -> dict[str, int]:
    pipeline = make("sales.pipeline", name="P", english="P")
    return {"pipeline": pipeline, "stage": make("sales.stage", name="S", english="S", pipeline=pipeline)}


def test_options_are_chosen_in_a_form_without_scripts(shop: House, admin: Person, make: Make) -> None:
    product = make("core.product", name="Flyleaf", price=10_00, choices=[{"option": "Paper", "name": "thin"}, {"option": "Paper", "name": "thick", "surcharge": 5_00}])
    customer, browser = make("core.customer", name="Form", owner=admin.id), admin.browser()
    form = {"name": "By form", "customer": str(customer), "currency": "CNY", "items-0-product": str(product), "items-0-quantity": "2"}
    page = browser("POST", "/sales/quote/new", data=form)
    assert page.status_code == 422 and "Choose: Paper." in page.text
    assert '<option value="Paper=thick">Paper: thick</option>' in page.text
    saved = browser("POST", "/sales/quote/new", data={**form, "items-0-configuration": "Paper=thick", "items-0-configuration__text": "soon"})
    assert saved.status_code == 303
    (line,) = lines(shop, int(saved.location.rpartition("/")[2]))
    assert (line.configuration, line.price, line.what) == ({"Paper": "thick", "": "soon"}, 15_00, "Flyleaf (Paper: thick; soon)")
    assert 'value="Paper=thick" selected' in browser("GET", f"{saved.location}/edit").text
    assert "Paper：thick" in browser("GET", "/reports/core.wishes").text


def test_a_day_is_the_end_of_a_term(shop: House) -> None:
    product = shop.resource("core.product").model
    with shop.system():
        begins = dt.date(2026, 1, 31)
        assert product(term=1).ends(begins) == dt.date(2026, 2, 28)
        assert product(term=12).ends(dt.date(2026, 1, 1)) == dt.date(2026, 12, 31)
        assert product(term=24, term_unit="issues", issues=48).ends(dt.date(2026, 7, 1)) == dt.date(2026, 12, 31)
        assert product().ends(begins) is None
        assert clock.today()


def test_the_picker_of_a_line_offers_what_is_on_sale(shop: House, admin: Person, make: Make) -> None:
    for name, life in (("Picked sold", Life.sold), ("Picked planned", Life.planned), ("Picked old", Life.sold)):
        made = make("core.product", name=name, price=1_00, life=life)
    (line,) = lines(shop, quoted := quote(shop, [{"product": made}]))
    with shop.system():
        shop.resource("core.product").write([{"id": made, "life": Life.phased_out}])
    web = admin.browser()
    page = web("GET", f"/sales/quote/{quoted}/edit").text
    (url,) = {unescape(one) for one in re.findall(r"/lookup/core\.product[^\"]*", page)}
    assert line.product_id == made and "Picked old" in page, "what was chosen before is named"
    assert {hit["label"] for hit in web("GET", f"{url}&q=picked").json["hits"]} == {"Picked sold"}
    assert {hit["label"] for hit in web("GET", "/lookup/core.product?q=picked").json["hits"]} == {"Picked sold", "Picked planned", "Picked old"}
    cover = make("core.product", name="Picked cover", price=1_00)
    linen = make("core.product", name="Picked cover linen", parent=cover, code="PCL", price=1_250_50)
    named = lambda url: {hit["label"] for hit in web("GET", f"{url}&q=picked cover").json["hits"]}
    assert named(url) == {"Picked cover linen"}, "a line offers variants, which can be saved, and not what they are variants of"
    assert [hit["sub"] for hit in web("GET", f"{url}&q=picked cover").json["hits"]] == ["PCL · 1,250.50"], "what tells products apart"
    assert named("/lookup/core.product?") == {"Picked cover", "Picked cover linen"}
    assert "choose one of them" in refused(shop, [{"product": cover}])["product"] and quote(shop, [{"product": linen}])
    with shop.system():
        shop.resource("core.product").write([{"id": linen, "life": Life.phased_out}])
    assert named(url) == {"Picked cover"} and quote(shop, [{"product": cover}]), "without a variant on sale it is sold itself"
    assert web("GET", "/lookup/core.product?nonsense.any=x&q=picked").status_code == 200
    assert web("GET", "/lookup/core.product?life.any=nonsense").status_code == 400
