"""A call from a list: what it costs. The way to the next field by Tab is part of filling it in."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.hand import Hand
from tests.support.browser import Visitor

WHO = "chenxiaoyan"


@pytest.mark.parametrize(("language", "again"), [("en", "in three weeks"), ("zh_Hans_CN", "三周后")])
def test_from_a_list_a_call_is_logged_and_set_again_in_three_weeks_with_five_actions(demo: Demo, visitor: Visitor, language: str, again: str) -> None:
    page = demo.open(visitor, "/core/customer", who=WHO, language=language)
    name = page.locator(".lst tbody td a.nm").first.inner_text()
    hand = Hand(page)
    hand.click(page.locator(".lst tbody td a.nm").first)
    expect(page.locator("h1.rec-name")).to_have_text(name)
    page.wait_for_selector("html[data-ready]", state="attached")
    hand.press("p")
    hand.fill(f"Asked for the new prices, {language}")
    page.keyboard.press("Tab")  # on to the next field
    hand.fill(again)
    hand.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text(f"Asked for the new prices, {language}")
    assert len(hand.actions) <= 5
    body = f"%prices, {language}"
    assert demo.one("SELECT kind FROM core_note WHERE body LIKE :b", b=body) == "call"
    due, = demo.sql("SELECT t.due, date(current_timestamp, '+8 hours', '+21 days') FROM core_task t WHERE t.title LIKE :b", b=body)
    assert due[0] == due[1]
