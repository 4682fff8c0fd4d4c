"""Tasks of every day and what they may cost: an action is a click, a key chord or a typed field."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from crm_core.kernel import runner
from tests.browser.demo import Demo
from tests.browser.hand import Hand
from tests.support.browser import Visitor

LIST = "/core/customer"
HEAD = "往来单位全称,座机（总机）,手机号,E-Mail,所在省市,Spalte 7"  # the last one says nothing: it is corrected by hand


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_every_days_tasks_cost_no_more_actions_than_they_may(visitor: Visitor, demo: Demo, tmp_path: Path, language: str) -> None:
    page = demo.open(visitor, LIST, who="sunli", language=language)
    trade, digit = ("云岭试饮", 6) if language != "en" else ("赤溪试饮", 7)  # one site for both languages: each has its thousand
    import_a_thousand_rows(Hand(page), demo, tmp_path / "odd.csv", trade, digit)
    merge_two_and_take_it_back(Hand(page), demo, trade)
    give_thirty_to_a_colleague(Hand(page), demo)


def import_a_thousand_rows(hand: Hand, demo: Demo, path: Path, trade: str, digit: int) -> None:
    page = hand.page
    rows = "".join(f"{trade}{n}号酒业有限公司,028-8{digit}{n:06},13{digit}{n:08},a{digit}{n}@firm.example,四川省成都市,备注{n}\n" for n in range(1_000))
    path.write_text(f"{HEAD}\n{rows}", encoding="gb18030")
    link = page.locator('a[href^="/import?to=core.customer"]:visible')
    if not link.count():
        hand.click(page.locator("details.menu", has=page.locator('a[href^="/import?to=core.customer"]')).locator("summary"))
    hand.click(link.first)
    hand.file(str(path))
    hand.click(page.locator("[data-upload] .btn-primary").first)
    with page.expect_response(lambda answer: "/import/" in answer.url and answer.request.method == "POST"):
        page.locator("select[name=col-5]").select_option("note")  # the correction
    hand.click(page.locator("[name=_do][value=start]").first)
    expect(page.locator(".irun")).to_be_visible()
    assert len(hand.actions) <= 6
    runner.drain(demo.site)
    assert demo.one(f"SELECT count(*) FROM core_customer WHERE name LIKE '{trade}%' AND note LIKE '备注%'") == 1_000


def merge_two_and_take_it_back(hand: Hand, demo: Demo, trade: str) -> None:
    page = hand.page
    demo.go(page, f"{LIST}?q={trade}")
    for n in range(2):
        hand.click(page.locator("tbody input[type=checkbox]").nth(n))
    button = page.locator('[data-bulk] [formaction*="merge"], [data-bulk] a[href*="merge"]').first
    if not button.is_visible():
        hand.click(page.locator("[data-bulk] details summary").first)
    hand.click(button)
    hand.click(page.locator("[name=go]").first)
    expect(page.locator("h1.rec-name")).to_be_visible()
    assert len(hand.actions) <= 5
    query = f"SELECT count(*) FROM core_customer WHERE name LIKE '{trade}%' AND merged_into_id IS NOT NULL"
    assert demo.one(query) == 1
    hand.actions.clear()
    with page.expect_response(lambda answer: "/undo/" in answer.url):
        hand.click(page.locator(".tg-toasts button.u, #toasts button.u").first)
    assert len(hand.actions) <= 2
    runner.drain(demo.site)
    assert demo.one(query) == 0


def give_thirty_to_a_colleague(hand: Hand, demo: Demo) -> None:
    page = hand.page
    demo.go(page, LIST)
    hand.click(page.locator(".chip.add").first)
    hand.click(page.locator('.lbar .pop a.it[href*="field=standing"]').first)
    hand.click(page.locator("dialog.popdlg label").nth(1))
    hand.click(page.locator("dialog.popdlg .btn-primary").first)
    expect(page.locator(".chip:not(.add)")).to_have_count(1)
    given = page.locator("tbody input[type=checkbox][name=id]").evaluate_all("all => all.map(one => one.value)")
    hand.click(page.locator("thead input[type=checkbox]").first)
    hand.click(page.locator('[data-bulk] [formaction*="assign"]').first)
    expect(page.locator("dialog[open] [role=combobox], dialog[open] input[type=text]").first).to_be_focused()
    hand.fill("王志强")  # the name is enough: nobody need pick it from the list
    hand.click(page.locator("dialog[open] .btn-primary").first)
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert len(hand.actions) <= 8
    runner.drain(demo.site)
    query = "SELECT count(*) FROM core_customer c JOIN core_user u ON u.id = c.owner_id WHERE u.name = '王志强' AND c.id IN (%s)"
    assert demo.one(query % ",".join(given)) == len(given) >= 30
    with page.expect_response(lambda answer: "/undo/" in answer.url):
        page.locator(".tg-toasts button.u, #toasts button.u").first.click()  # other tests find the company as it was
    runner.drain(demo.site)
