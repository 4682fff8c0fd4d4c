"""A rule is put together in the browser, by keyboard, on a desk and on a phone; the sentence above follows each step."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

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
