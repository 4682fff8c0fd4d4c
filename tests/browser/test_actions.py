"""What everyday tasks cost: an action is a click, a key chord, or a field that is typed (the way to it by Tab is part of it)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.support.browser import Visitor

WHO = "chenxiaoyan"


class Counted:
    """A page whose actions are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def click(self, selector: str) -> None:
        self.actions += 1
        self.page.locator(selector).first.click()

    def press(self, chord: str) -> None:
        self.actions += 1
        self.page.keyboard.press(chord)

    def write(self, text: str, *, tab: bool = False) -> None:
        """Into the field one stands in, or the next one."""
        self.actions += 1
        if tab:
            self.page.keyboard.press("Tab")
        self.page.keyboard.type(text)


@pytest.mark.parametrize(("language", "again"), [("en", "in three weeks"), ("zh_Hans_CN", "三周后")])
def test_from_a_list_a_call_is_logged_and_set_again_in_three_weeks_with_five_actions(demo: Demo, visitor: Visitor, language: str, again: str) -> None:
    page = demo.open(visitor, "/core/customer", who=WHO, language=language)
    name = page.locator(".lst tbody td a.nm").first.inner_text()
    do = Counted(page)
    do.click(".lst tbody td a.nm")
    expect(page.locator("h1.rec-name")).to_have_text(name)
    page.wait_for_selector("html[data-ready]", state="attached")
    do.press("p")
    do.write(f"Asked for the new prices, {language}")
    do.write(again, tab=True)
    do.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text(f"Asked for the new prices, {language}")
    assert do.actions <= 5
    body = f"%prices, {language}"
    assert demo.one("SELECT kind FROM core_note WHERE body LIKE :b", b=body) == "call"
    due, = demo.sql("SELECT t.due, date(current_timestamp, '+8 hours', '+21 days') FROM core_task t WHERE t.title LIKE :b", b=body)
    assert due[0] == due[1]
