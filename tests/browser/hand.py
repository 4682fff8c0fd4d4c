"""A hand that counts what it does: an action is a click, a key or chord, or a field that is filled in."""

from __future__ import annotations

import os

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import axe, overflows


class Hand:
    """Works on a page; `actions` says what it did, in order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions: list[str] = []

    def click(self, what: Locator) -> None:
        what.click(no_wait_after=True)  # a file may take its time
        self.actions.append("click")

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)
        self.actions.append(keys)

    def fill(self, text: str, what: Locator | None = None) -> None:
        """Type into a field, or where the cursor stands."""
        if what is not None:
            what.fill(text)
        else:
            self.page.keyboard.type(text)
        self.actions.append(text)

    def file(self, path: str) -> None:
        self.page.set_input_files("input[type=file]", path)
        self.actions.append(path)

    def draw(self, *points: tuple[float, float]) -> None:
        """Hold the mouse down from the first point to the last."""
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()
        self.actions.append("drawn")

    def pick(self, word: str, what: Locator) -> None:
        """Fill a field that looks up what is typed: the first hit is taken by Enter, as one does without looking."""
        what.press_sequentially(word)
        self.page.locator("[role=option]:visible").first.wait_for()
        self.page.keyboard.press("Enter")
        self.actions.append(word)


def act(page: Page, name: str, colleague: str = "", grade: str = "", **fields: str) -> None:
    """Press an act of the page, which stands under ⋯ perhaps, and fill in what it asks."""
    button = page.locator(f'a[href*="/do/{name}"]:visible, form[action$="/do/{name}"] button:visible').first
    if not button.count():
        page.locator("header details.menu summary:visible, .rec-head details.menu summary:visible, [data-opens=sheet-more]:visible").last.click()
    with page.expect_response(lambda answer: f"/do/{name}" in answer.url):
        button.click()
    if not (fields or grade):
        return
    dialog = page.locator("dialog[open]")
    if colleague:
        dialog.locator("[name=owner__text]").fill(colleague)
        page.locator("[role=option]:visible", has_text=colleague).first.click()
    if grade:
        dialog.locator("select[name=grade]").select_option(grade)
    for field, value in fields.items():
        dialog.locator(f"[name={field}]").fill(value)
    dialog.locator(".btn-primary").click()
    expect(dialog).to_have_count(0)


def whole(page: Page, name: str = "") -> None:
    """Nothing that axe or the eye would find; a picture of it where one is asked for (`SHOTS=folder`)."""
    if name and os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}/{name}.png", full_page=True)
    assert axe(page) == []
    assert overflows(page) == []
