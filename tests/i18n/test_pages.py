"""Pages as they are drawn: in Chinese no English sentence is left over, in English no Chinese outside the data."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.session import writing
from crm_core.kernel.plugins import discover
from crm_core.text.divisions import place_words
from tests.support.world import World
from tests.support.worlds import *

PAGES = (
    "/", "/core/customer", "/core/customer/new", "/core/contact", "/core/contact/new", "/core/task", "/core/task/new", "/core/user",
    "/core/department/new", "/core/team/new", "/core/role/new", "/core/tag", "/core/industry", "/core/position", "/core/region",
    "/import?to=core.customer", "/jobs", "/plugins", "/deliveries", "/recycle", "/notices", "/help", "/me/password", "/no-such-page",
)
SHOWN = ("title", "aria-label", "placeholder", "data-confirm")
CODE = re.compile(r"[\w-]+([./@][\w-]+)+|\*|\S*\d\S*")  # core.task.read, Asia/Shanghai, ann@example.com, KH-000001


class Texts(HTMLParser):
    """The texts and spoken names of a page, without scripts and keys."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.within: list[str] = []
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "kbd", "svg", "option"):
            self.within.append(tag)
        self.found.update(value for name, value in attrs if name in SHOWN and value)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.within:
            self.found.add(" ".join(data.split()))


def english(text: str) -> bool:
    """Two English words beside each other, or one that is written small: no name, no code."""
    words = re.findall(r"[A-Za-z]+", CODE.sub("", text))
    return any(word.islower() and len(word) > 2 for word in words) and not re.search("[㐀-鿿]", text)


def data_of(world: World) -> set[str]:
    """Every short text that stands in a record, and places as lists say them."""
    with world.site.system("tests") as work:
        found: set[str] = set()
        for name in ("core_user", "core_department", "core_team", "core_customer", "core_contact", "core_tag", "core_task", "core_region", "core_industry", "core_position"):
            for row in work.session.execute(sa.text(f"SELECT * FROM {name}")):
                found.update(value for value in row if isinstance(value, str) and value)
        return found | {place_words(text) for text in found} | set(discover())


@one_engine
@pytest.mark.parametrize("language, foreign", [("zh_Hans_CN", english), ("en", lambda text: bool(re.search("[㐀-鿿]", text)))])
def test_no_page_says_anything_in_the_other_language(
    world: World, at_browser: Callable[[str], Any], language: str, foreign: Callable[[str], bool]
) -> None:
    with world.site.system("tests"), writing() as session:
        session.execute(sa.update(User).values(language=language))
    world.changed()
    data, admin = data_of(world), at_browser("root")

    left = {}
    for page in PAGES:
        answer = admin("GET", page)
        assert answer.status_code in (200, 404), f"{page}: {answer.status_code}"
        wrong = sorted(t for t in Texts(answer.text).found - data if foreign(t) and not any(d in t for d in data if len(d) > 2))
        if wrong:
            left[page] = wrong
    assert not {page: [t for t in wrong if t != "简体中文"] for page, wrong in left.items() if set(wrong) - {"简体中文"}}


def test_a_text_left_in_english_is_noticed() -> None:
    assert english("Nothing has happened here yet.") and english("all")
    assert not english("导入 CSV") and not english("Asia/Shanghai") and not english("core.customer.read") and not english("CSV")
