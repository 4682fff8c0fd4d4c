"""A director's task from Monday to its evaluation, through the browser, by each of those it goes through."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.hand import act
from tests.support.browser import Visitor, axe, overflows


@pytest.mark.parametrize("language, course", [
    ("en", ["evaluated this", "did this", "chased this (1)", "accepted this", "handed this on to 刘洋", "declined this"]),
    ("zh_Hans_CN", ["评价了任务", "完成了任务", "第 1 次催办", "接受了任务", "把任务转交给刘洋", "拒绝了任务"]),
])
def test_a_task_goes_from_monday_to_its_evaluation(visitor: Visitor, demo: Demo, language: str, course: list[str]) -> None:
    wang = demo.one("SELECT id FROM core_user WHERE login = 'wangzhiqiang'")
    director = demo.open(visitor, f"/core/task/new?owner={wang}", who="sunli", language=language)
    director.locator("[name=title]").fill("签展位合同")
    director.keyboard.press("Control+Enter")
    director.wait_for_url(lambda url: "/new" not in url)
    path = director.url.removeprefix(demo.address).partition("?")[0]
    first = demo.open(visitor, path, who="wangzhiqiang", language=language)
    act(first, "refuse", reason="下周才有空")
    expect(first.locator("[data-list]")).to_be_visible()  # it is out of his sight, and he is where he can go on
    demo.go(director, path)
    act(director, "hand_on", colleague="刘洋", reason="去年是他签的")
    second = demo.open(visitor, path, who="liuyang", language=language)
    act(second, "accept")
    demo.go(director, path)
    act(director, "chase", words="周五要用")
    demo.go(second, path)
    act(second, "done", result="双方已签字", spent="90")
    demo.go(director, path)
    act(director, "evaluate", grade="good", remark="很快")
    feed = director.locator(".feed")
    expect(feed).to_contain_text(course[0])
    told = feed.inner_text()
    at = [told.index(said) for said in (*course[:1], *course[1:2], "双方已签字", *course[2:5], "去年是他签的", course[5], "下周才有空")]
    assert at == sorted(at)
    assert [*axe(director), *overflows(director)] == []
