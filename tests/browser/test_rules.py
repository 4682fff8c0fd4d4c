"""A rule is put together in the browser, by keyboard, on a desk and on a phone; the sentence above follows each step."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from crm_core.access.actor import load_actor
from tests.browser.demo import Demo
from tests.support.browser import DESKTOP, PHONE, Visitor, axe, overflows

WORDS = {
    "en": ("Call key customers", "When “Standing” of a customer becomes Key: give whoever looks after it the task “Call {name}”.", "becomes"),
    "zh_Hans_CN": ("给重点客户打电话", "当客户的“状态”变为重点：派给负责人任务“Call {name}”。", "变为"),
}


def sound(page: Page) -> None:
    assert axe(page) == []
    assert overflows(page) == []


@pytest.mark.parametrize(("language", "size"), [("en", DESKTOP), ("zh_Hans_CN", PHONE)])
def test_a_rule_is_made_by_keyboard_and_its_sentence_follows(visitor: Visitor, demo: Demo, language: str, size: tuple[int, int]) -> None:
    name, sentence, becomes = WORDS[language]
    page = demo.open(visitor, "/rules/new", who="sunli", language=language, size=size)
    page.locator("[name=name]").focus()
    page.keyboard.type(name)
    page.locator("[name=trigger]").focus()
    page.locator("[name=trigger]").select_option("core.reached")
    expect(page.locator("#rule-said")).to_contain_text(becomes)
    expect(page.locator("[name=trigger]")).to_be_focused()  # the cards were drawn anew, and he is where he was
    page.locator("[name='w-values'][value=key]").focus()
    page.keyboard.press("Space")
    add = page.locator("details.cadd", has=page.locator("button[value='add:s0:then:core.task']")).locator("summary")
    add.focus()
    page.keyboard.press("Enter")
    page.locator("button[value='add:s0:then:core.task']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name='s1-title']")).to_be_focused()
    page.keyboard.type("Call {name}")
    page.keyboard.press("Tab")
    expect(page.locator("#rule-said")).to_have_text(sentence)
    sound(page)
    page.locator("button[value=save]").focus()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(demo.address + "/rules/new")
    expect(page.locator("#rule-said")).to_have_text(sentence)
    demo.go(page, "/rules")
    expect(page.locator(".rules h2", has_text=name)).to_be_visible()
    sound(page)


def test_a_rule_is_tried_switched_on_and_seen_to_act(visitor: Visitor, demo: Demo) -> None:
    """Made, tried on what was, switched on; then a customer is entered by hand, and the task is there."""
    page = demo.open(visitor, "/rules/new", who="sunli")
    page.locator("[name=name]").fill("Welcome")
    page.locator("details.cadd", has=page.locator("button[value='add:s0:then:core.task']")).locator("summary").click()
    page.locator("button[value='add:s0:then:core.task']").click()
    page.locator("[name='s1-title']").fill("Welcome {name} warmly")
    page.locator("button[value=preview]").click()
    expect(page.locator("#preview")).to_contain_text("records")
    expect(page.locator("#preview li").first).to_contain_text("warmly")
    page.locator("button[value=on]").click()
    expect(page.locator("#r-hist + ul li")).to_have_text([re.compile("Made.*孙立")])
    rule = page.url
    demo.go(page, "/core/customer/new")
    page.locator("[name=name]").fill("浏览器试用有限公司")
    page.locator("[name=name]").press("Enter")
    expect(page).to_have_url(re.compile(r"/core/customer/\d+"))
    demo.settle()
    page.goto(rule)
    expect(page.locator(".runs").first).to_contain_text("gave the task “Welcome 浏览器试用有限公司 warmly”")
    demo.go(page, "/core/task?q=warmly")
    expect(page.locator("main")).to_contain_text("Welcome 浏览器试用有限公司 warmly")
    page.goto(rule)
    page.locator("form[action$='/switch'] button").click()
    expect(page.locator("#r-hist + ul li").first).to_contain_text("Switched off")
    sound(page)
    page.locator("form[action$='/remove'] button").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page).to_have_url(demo.address + "/rules")
    with demo.site.system("tests") as work:
        sunli = load_actor(demo.site, work.session, demo.one("SELECT id FROM core_user WHERE login = 'sunli'"))
    with demo.site.work(sunli):  # others count on what was there
        for name, column, said in (("core.task", "title", "Welcome 浏览器试用有限公司 warmly"), ("core.customer", "name", "浏览器试用有限公司")):
            demo.site.registry.resource(name).delete([demo.one(f"SELECT id FROM core_{name[5:]} WHERE {column} = :said", said=said)])
