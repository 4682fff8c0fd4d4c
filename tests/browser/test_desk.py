"""The information desk: business cards entered without the mouse, and agreed to by a reviewer from his home page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.support.browser import Visitor, axe, overflows

CLERK, REVIEWER = "hejing", "qianbin"
# A card in the order of the form: field, what is typed (of a choice the keys that reach it).
CARD = (
    ("name", "泸州{n}号{word}酒坊有限公司"), ("kind", None), ("region__text", "泸州"), ("postcode", "646000"), ("phone", "0830-31{n:05}"), ("mobile", "138{n:08}"),
    ("fax", "0830-32{n:05}"), ("email", "card{n}@example.com"), ("website", "card{n}.example.com"), ("opening_hours", "Mon-Fri 9:00-17:00"),
)
FIELDS = len(CARD)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name ?? ''"))


def enter(page: Page, number: int, word: str, then: str) -> int:
    """Fill the form from the keyboard and save it; how many things were done: a field filled, a form saved."""
    done = 0
    for name, text in CARD:
        for _step in range(12):
            if focused(page) == name:
                break
            page.keyboard.press("Tab")
        assert focused(page) == name
        if text is None:
            page.keyboard.press("ArrowDown")  # a person
            page.keyboard.press("ArrowUp")  # no, a company
        else:
            page.keyboard.type(text.format(n=number, word=word))
        if name == "region__text":
            expect(page.locator("[role=option]").first).to_be_visible()
            page.keyboard.press("Enter")
        done += 1
    page.keyboard.press(then)
    return done + 1


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_cards_are_entered_without_the_mouse_and_agreed_to_from_home(demo: Demo, visitor: Visitor, language: str) -> None:
    word = "甲" if language == "en" else "乙"
    count = "SELECT count(*) FROM core_customer WHERE name LIKE :n AND review = :r"
    page = demo.open(visitor, "/core/customer", who=CLERK, language=language)
    page.keyboard.press("n")
    page.wait_for_url("**/core/customer/new")
    done = 1
    first = 1 if language == "en" else 4  # no card looks like another one
    for number in range(first, first + 3):
        expect(page.locator("[name=name]")).to_be_focused()
        expect(page.locator("[name=name]")).to_have_value("")
        done += enter(page, number, word, "Control+Enter" if number == first + 2 else "Control+Shift+Enter")
    expect(page.locator("h1", has_text=f"泸州{first + 2}号{word}酒坊有限公司")).to_be_visible()
    assert done <= 3 * (FIELDS + 2) and done == 3 * (FIELDS + 1) + 1, "a card is its fields and two more"
    assert demo.one(count, n=f"泸州%号{word}%", r="first") == 3

    desk = demo.open(visitor, "/", who=REVIEWER, language=language)
    card = desk.locator("a[href*='review.any']").first
    card.click()
    desk.wait_for_selector("[data-list]")
    assert [*axe(desk), *overflows(desk)] == []
    desk.locator("tbody tr", has_text=f"号{word}酒坊").first.wait_for()
    for box in desk.locator("tbody tr", has_text=f"号{word}酒坊").locator("input[type=checkbox]").all():
        box.check()
    desk.locator("[data-bulk] button", has_text="初审" if language != "en" else "First review").first.click()
    desk.locator("dialog[open] button.btn-primary").click()
    expect(desk.get_by_role("status").filter(has_text="3").first).to_be_visible()
    assert demo.one(count, n=f"泸州%号{word}%", r="done") == 3
