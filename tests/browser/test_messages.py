"""Two people at once: what one writes the other sees, without a reload."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.support.browser import DESKTOP, PHONE, Visitor, axe, overflows

WORDS = {"en": ("The fair in May", "Who comes along?", "I do."), "zh_Hans_CN": ("五月的展会", "谁一起去？", "我去。")}


@pytest.fixture
def live(demo: Demo) -> Iterator[Demo]:
    """The demo with live connections: the server of the tests hands out its sockets by another name."""
    inner = demo.app.wsgi_app

    def outer(environ: dict[str, Any], start: Any) -> Any:
        return inner({**environ, "gunicorn.socket": environ["werkzeug.socket"]} if environ["PATH_INFO"] == "/notices/live" else environ, start)

    demo.app.wsgi_app = outer  # type: ignore[method-assign]
    yield demo
    demo.app.wsgi_app = inner  # type: ignore[method-assign]


@pytest.mark.parametrize(("language", "size", "theme"), [("zh_Hans_CN", DESKTOP, "light"), ("en", PHONE, "dark")])
def test_two_people_see_each_others_messages_without_a_reload(visitor: Visitor, live: Demo, language: str, size: tuple[int, int], theme: str) -> None:
    title, text, answer = WORDS[language]
    hers = live.open(visitor, "/", who="lina", language=language, size=size, theme=theme)
    his = live.open(visitor, "/core/message/new", who="chenxiaoyan", language=language, size=size, theme=theme)
    look(his, f"form-{language}")
    pick(his, live.one("SELECT name FROM core_user WHERE login = 'lina'"))
    his.locator("[name=title]").fill(title)
    his.locator("[name=text]").fill(text)
    before = hers.locator("#top-counts .menu .dot").all_inner_texts()
    his.keyboard.press("Control+Enter")
    expect(his.locator("#main h1")).to_contain_text(title)
    expect(hers.locator("#toasts .toast-x").first).to_contain_text(title)  # she did nothing
    expect(hers.locator("[data-newest] .msg").first).to_contain_text(title)
    assert hers.locator("#top-counts .menu .dot").all_inner_texts() != before and hers.title().startswith("(")
    look(hers, f"home-{language}")

    hers.locator("#toasts .toast-x .u").first.click()
    expect(hers.locator("#main h1")).to_contain_text(title)
    expect(his.locator(".lines-table, table").first).to_be_visible()
    look(hers, f"message-{language}")
    live.go(hers, hers.locator("a[href*='/core/message/new?people']").first.get_attribute("href") or "")
    hers.locator("[name=text]").fill(answer)
    hers.keyboard.press("Control+Enter")
    expect(his.locator(".tl")).to_contain_text(answer)  # nor did he
    look(his, f"sent-{language}")
    live.go(his, "/core/message?box=received")
    look(his, f"list-{language}")


def pick(page: Page, name: str) -> None:
    box = page.locator("[name=people__text], #people-ts-control, .ts-control input").first
    box.click()
    box.press_sequentially(name)
    page.locator(".ts-dropdown .option, [role=option]").filter(has_text=name).first.click()


def look(page: Page, name: str) -> None:
    assert axe(page) == []
    assert overflows(page) == []
    if os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}/messages-{name}.png", full_page=True)
