"""The calendar through the browser: dragged by one, seen by the other; rooms, chart and sums; no fault for readers, on a phone neither."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from crm_core.resource import worktime
from tests.browser.demo import Demo
from tests.support.browser import PHONE, Visitor, axe, overflows

TITLE = "看样稿"


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_what_one_plans_and_moves_a_colleague_sees_beside_his_own(visitor: Visitor, demo: Demo, language: str) -> None:
    """陈晓燕 plans, moves by dragging, and 王志强 accepts; a third sees that both are busy."""
    with demo.site.system("tests"):
        day = worktime.shift(dt.date.today(), 9).isoformat()
    wang, chen = (demo.one("SELECT id FROM core_user WHERE login = :l", l=login) for login in ("wangzhiqiang", "chenxiaoyan"))
    mine = demo.open(visitor, f"/calendar?span=day&day={day}", language=language)
    mine.locator(f'td[data-value="{day} 10:00"] a.padd').focus()
    mine.keyboard.press("Enter")
    mine.locator("[name=title]").fill(TITLE)
    mine.locator("[data-lines] [data-add], [data-add-line], .lines button").first.click()
    guest = mine.locator("[name='items-0-user__text']")
    guest.fill("王志强")
    mine.locator("[role=option]:visible", has_text="王志强").first.click()
    mine.keyboard.press("Control+Enter")
    mine.wait_for_url(lambda url: "/new" not in url)
    demo.go(mine, f"/calendar?span=day&day={day}")
    entry = mine.locator(".planner .cent", has_text=TITLE)
    with mine.expect_response(lambda answer: answer.url.endswith("/cell") and answer.request.method == "POST"):
        entry.drag_to(mine.locator(f'td[data-value="{day} 15:00"]'))
    expect(mine.locator(f'td[data-value="{day} 15:00"] .cent', has_text="15:00–16:00")).to_be_visible()

    his = demo.open(visitor, f"/calendar?span=week&day={day}", who="wangzhiqiang", language=language)
    his.locator(".planner .cent", has_text="15:00–16:00").locator("a.nm").click()
    his.locator('form[action$="/do/accept"] button:visible').first.click()
    expect(his.locator('form[action$="/do/accept"]')).to_have_count(0)
    demo.go(his, f"/calendar?span=week&day={day}&who={chen}")
    expect(his.locator(".planner .cent.busy", has_text="15:00–16:00")).to_have_count(1)
    other = demo.open(visitor, f"/calendar?span=week&day={day}&who={chen}&who={wang}", who="hejing", language=language)
    expect(other.locator(".planner .cent.busy", has_text="15:00–16:00")).to_have_count(2)
    expect(other.locator(".planner")).not_to_contain_text(TITLE)
    demo.sql("UPDATE core_appointment SET deleted_at = created_at WHERE title = :t", t=TITLE)  # others find the company as it was


@pytest.mark.parametrize(("language", "size"), [("zh_Hans_CN", None), ("en", PHONE)])
def test_its_pages_are_good_for_readers_and_on_a_phone(visitor: Visitor, demo: Demo, language: str, size: tuple[int, int] | None) -> None:
    with demo.site.system("tests"):
        day = worktime.shift(dt.date.today() - dt.timedelta(days=1), 2).isoformat()
    who = demo.one("SELECT id FROM core_user WHERE login = 'liuyang'")
    page = demo.open(visitor, f"/calendar?span=day&day={day}&who={who}&rooms=1", who="wangzhiqiang", language=language, **({"size": size} if size else {}))
    faults = [*axe(page), *overflows(page)]
    for path in (f"/calendar?span=week&day={day}&who={who}&rooms=1", f"/calendar?span=month&day={day}&who={who}", f"/calendar/rooms?day={day}&begins=10:00&ends=11:00",
                 "/core/task?look=gantt", "/core/plan?look=gantt&span=year", "/calendar/time?by=customer"):
        demo.go(page, path)
        faults += [f"{path}: {one}" for one in (*axe(page), *overflows(page))]
    assert faults == []


def test_the_end_of_a_bar_is_drawn_to_another_day(visitor: Visitor, demo: Demo) -> None:
    page = demo.open(visitor, "/core/task?look=gantt&owner.me=1&done_at.empty=1", who="wangzhiqiang", language="en")
    end = page.locator("[data-gend]").first
    was, drop = end.get_attribute("data-day"), end.get_attribute("data-drop") or ""
    box = page.locator(".gantt tbody .gbar svg").first.bounding_box()
    assert was and box
    step = box["width"] / int(page.locator("[data-gantt]").get_attribute("data-days") or 1)

    def draw(day: str, days: int) -> int:
        held = page.locator(f'[data-gend][data-drop="{drop}"][data-day="{day}"]').bounding_box()
        assert held
        middle = held["x"] + held["width"] / 2
        page.mouse.move(middle, held["y"] + held["height"] / 2)
        page.mouse.down()
        page.mouse.move(middle + days * step, held["y"] + 10, steps=4)
        with page.expect_response(lambda answer: answer.url.endswith("/cell")) as found:
            page.mouse.up()
        return int(found.value.status)

    number, later = int(drop.split("/")[3]), (dt.date.fromisoformat(was) + dt.timedelta(days=3)).isoformat()
    assert draw(was, 3) == 200
    assert demo.one("SELECT due FROM core_task WHERE id = :i", i=number) == later
    page.locator(f'[data-gend][data-drop="{drop}"][data-day="{later}"]').wait_for(state="attached")
    demo.sql("UPDATE core_task SET due = '2026-01-05' WHERE id = :i", i=number)  # somebody else, meanwhile
    assert draw(later, 2) == 409
    assert demo.one("SELECT due FROM core_task WHERE id = :i", i=number) == "2026-01-05"
    demo.sql("UPDATE core_task SET due = :d WHERE id = :i", d=was, i=number)
