"""The road of sales: from a card that somebody left to a paid invoice, on a desk and on a phone, with who sells and who counts the money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.hand import whole
from tests.support.browser import Visitor

SELLER, CONTROLLER = "liuyang", "mali"  # neither may do what the other does


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None) -> Iterator[Demo]:
    """The demo company with sales switched on."""
    found = Demo(tmp_path_factory.mktemp("shop") / "site", plugins=True)
    yield found
    found.stop()


def do(page: Page, name: str, asks: bool = False, sure: bool = False, **fields: str) -> None:
    """Press an act of the page, under ⋯ perhaps; where it asks something (or only whether one is `sure`), say it and go on."""
    page.wait_for_selector("html[data-ready]", state="attached")
    button = page.locator(f'a[href*="/do/{name}"]:visible, form[action$="/do/{name}"] button:visible').first
    if not button.count():
        page.locator(".rec-head details.menu summary:visible, [data-opens=sheet-more]:visible").last.click()
    if sure:
        button.click()
    else:
        with page.expect_response(lambda answer: f"/do/{name}" in answer.url):
            button.click()
    if asks or sure or fields:
        dialog = page.locator("dialog[open]").last
        for field, value in fields.items():
            box = dialog.locator(f"[name={field}]")
            box.select_option(value) if box.evaluate("box => box.matches('select')") else box.fill(value)
        with page.expect_response(lambda answer: f"/do/{name}" in answer.url and answer.request.method == "POST"):
            dialog.locator(".btn-primary").click()
        expect(dialog).to_have_count(0)


def newest(shop: Demo, table: str, where: str = "1 = 1", **values: Any) -> int:
    return int(shop.one(f"SELECT max(id) FROM {table} WHERE {where}", **values))


def state(shop: Demo, table: str, row: int) -> str:
    return str(shop.one(f"SELECT state FROM {table} WHERE id = :i", i=row))


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh_Hans_CN", True)], ids=["desk", "phone"])
def test_from_a_card_to_a_paid_invoice(shop: Demo, visitor: Visitor, language: str, phone: bool) -> None:
    options: dict[str, Any] = {"size": (390, 844), "has_touch": True} if phone else {}
    page = shop.open(visitor, "/sales/lead/new", who=SELLER, language=language, **options)
    firm = f"路边酒业{language}有限公司"
    page.fill("[name=name]", firm)
    page.fill("[name=contact]", "王小路")
    page.fill("[name=mobile]", "13800138001" if phone else "13800138002")
    page.fill("[name=interest]", "全年广告")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1.rec-name")).to_have_text(firm)
    do(page, "convert", asks=True)
    deal = newest(shop, "sales_opportunity")
    customer = int(shop.one("SELECT c.id FROM sales_opportunity o JOIN core_customer c ON c.id = o.customer_id WHERE o.id = :i AND c.name = :n", i=deal, n=firm))

    shop.go(page, f"/sales/opportunity/{deal}/edit")
    line = page.locator(".lrow:visible").first
    if not line.count():
        page.locator("[data-add-line]").first.click()
    page.locator(".lrow:visible [name$='product__text']").first.press_sequentially("标准展位")
    page.locator("[role=option]:visible").first.click()
    # What the stand comes to, and what can be chosen of it, is told before anything is saved.
    told = page.locator(".lrow:visible [data-field$='-amount'] .static").first
    expect(told).to_have_text(re.compile(r"[1-9][\d,]+"))
    one = int(told.inner_text().replace(",", ""))
    page.locator(".lrow:visible [name$='-quantity']").first.fill("3")
    for choice in page.locator(".lrow:visible .picks select").all()[:2]:
        choice.select_option(index=1)
    expect(told).to_have_text(f"{3 * one:,}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1.rec-name")).to_be_visible()
    amount = shop.one("SELECT total FROM sales_opportunity WHERE id = :i", i=deal)
    assert amount == 3 * one * 100
    whole(page, f"sales-opportunity-{language}")

    do(page, "quote")
    quote = newest(shop, "sales_quote")
    shop.go(page, f"/sales/quote/{quote}")
    do(page, "send", sure=True)
    link = page.locator(f'input[value*="/sales/quotes/{quote}-"]').input_value()
    stranger = visitor.context(language=language, **options).new_page()  # the customer, whom nobody knows
    stranger.goto(shop.address + urlsplit(link).path)
    stranger.fill("[name=signer]", "王小路")
    stranger.check("[name=agreed]")
    stranger.locator("form:has([name=signer]) button").click()
    expect(stranger.locator("[role=status]")).to_contain_text("王小路")
    stranger.context.close()
    assert state(shop, "sales_quote", quote) == "accepted"
    shop.go(page, f"/sales/quote/{quote}")
    do(page, "order")
    order = newest(shop, "sales_order")
    assert shop.one("SELECT total FROM sales_order WHERE id = :i", i=order) == amount

    counter = shop.open(visitor, f"/core/customer/{customer}", who=CONTROLLER, language=language, **options)
    do(counter, "set_credit", grade="d", limit="1000")
    shop.go(page, f"/sales/order/{order}")
    do(page, "confirm", asks=True)
    assert state(shop, "sales_order", order) == "held"
    expect(page.locator(f'[href*="/sales/order/{order}/do/release"], [action*="/do/release"]')).to_have_count(0)
    shop.go(counter, f"/sales/order/{order}")
    do(counter, "release", why="prepaid by half")
    assert state(shop, "sales_order", order) == "confirmed"

    shop.go(page, f"/sales/order/{order}")
    do(page, "deliver", asks=True)
    do(page, "invoice", asks=True)
    invoice = newest(shop, "sales_invoice")
    assert shop.one("SELECT total FROM sales_invoice WHERE id = :i", i=invoice) == amount
    expect(page.locator('[href*="/do/pay"]')).to_have_count(0)
    shop.go(counter, f"/sales/invoice/{invoice}")
    do(counter, "pay", amount="10000")
    assert (state(shop, "sales_invoice", invoice), shop.one("SELECT remaining FROM sales_invoice WHERE id = :i", i=invoice)) == ("issued", amount - 10_000_00)
    do(counter, "pay", asks=True)
    assert (state(shop, "sales_invoice", invoice), state(shop, "sales_order", order)) == ("paid", "done")
    whole(counter, f"sales-invoice-{language}")
    assert shop.one("SELECT sum(amount) FROM core_dealing WHERE subject = 'sales.order' AND subject_id = :i", i=order) == amount
