"""A hand that counts what it does: an action is a click, a key or chord, or a field that is filled in."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


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
