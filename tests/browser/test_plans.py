"""Plans of work, the journal, and the home page as each arranges it: through the browser, by those who write, answer and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.hand import act, whole
from tests.support.browser import DESKTOP, PHONE, Visitor

At = Callable[[str, str], Page]
LOOKS = pytest.mark.parametrize(("language", "size", "theme"), [("zh_Hans_CN", DESKTOP, "light"), ("en", PHONE, "dark")])
SAID = {
    "en": ("A year of visits", "Its parts", "Agreed", "Summed up", "Unread"),
    "zh_Hans_CN": ("走访之年", "分解计划", "已同意", "已总结", "未读"),
}


@pytest.fixture
def made(demo: Demo) -> Iterator[Demo]:
    """What is planned and written here is gone again for others."""
    plan, entry = (demo.one(f"SELECT coalesce(max(id), 0) FROM core_{name}") for name in ("plan", "journal"))
    yield demo
    demo.sql("UPDATE core_plan SET deleted_at = created_at WHERE id > :n", n=plan)
    demo.sql("UPDATE core_journal SET deleted_at = created_at WHERE id > :n", n=entry)


@pytest.fixture
def at(visitor: Visitor, made: Demo, language: str, size: tuple[int, int], theme: str) -> At:
    return lambda who, path: made.open(visitor, path, who=who, language=language, size=size, theme=theme)


@LOOKS
def test_a_year_is_broken_down_agreed_to_and_summed_up(made: Demo, at: At, language: str) -> None:
    title, parts, agreed, summed, _unread = SAID[language]
    page = at("wangzhiqiang", "/core/plan/new")
    page.locator("[name=title]").fill(title)
    page.locator("[name=span]").select_option("year")
    page.locator("[name=aim]").fill("走访优先")
    page.locator("select[name$='-metric']:visible").first.select_option("core.visits")
    page.locator("[name$='-target']:visible").first.fill("240")
    whole(page, f"plan-new-{language}")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    path = page.url.removeprefix(made.address).partition("?")[0]
    act(page, "divide")
    made.go(page, path)
    expect(page.locator("#main")).to_contain_text(parts)
    whole(page, f"plan-{language}")
    number = int(path.rpartition("/")[2])
    assert made.one("SELECT count(*) FROM core_plan WHERE above_id = :n", n=number) == 12
    assert made.one("SELECT sum(l.target) FROM core_plan_line l JOIN core_plan p ON p.id = l.plan_id WHERE p.above_id = :n", n=number) == 240

    month = f"/core/plan/{made.one('SELECT min(id) FROM core_plan WHERE above_id = :n', n=number)}"
    made.go(page, month)
    act(page, "submit")
    chief = at("chenxiaoyan", month)
    act(chief, "agree", remark="先走重点户")
    expect(chief.locator("#main")).to_contain_text(agreed)
    made.go(page, month)
    expect(page.locator("#main")).to_contain_text("先走重点户")
    act(page, "sum_up", summary="走访了 18 家，其余下月补上。")
    expect(page.locator("#main")).to_contain_text(summed)
    whole(page, f"plan-month-{language}")
    page.locator("#main a[href^='/core/note?']:visible").first.click()  # what a figure counts is a list
    page.wait_for_url("**/core/note?*")
    made.go(page, "/core/plan")
    whole(page, f"plans-{language}")


@LOOKS
def test_a_day_is_written_read_remarked_on_and_unread_again_when_it_changes(made: Demo, at: At, language: str) -> None:
    unread = SAID[language][4]
    young = at("zhouting", "/journal")
    young.locator("[name=text]").fill("展位样品已看。")
    whole(young, f"journal-mine-{language}")
    young.locator(".stack form .btn-primary").click()
    expect(young.locator("[name=text]")).to_have_value("展位样品已看。")
    person = made.one("SELECT id FROM core_user WHERE login = 'zhouting'")
    chief = at("chenxiaoyan", "/journal")
    chief.locator("select[name=person]").select_option(str(person))
    with chief.expect_response(lambda answer: answer.url.endswith("/read")):
        chief.locator(".jbar form button").click()
    expect(chief.locator("#main")).to_contain_text("展位样品已看。")
    whole(chief, f"journal-{language}")
    act(chief, "remark", remark="把报价也写上")
    expect(chief.locator("#main")).to_contain_text("把报价也写上")
    made.go(young, "/journal")
    expect(young.locator("#main")).to_contain_text("把报价也写上")
    said = young.locator(".panel", has=young.locator("[name=text]")).locator("header")
    expect(said).not_to_contain_text(unread)
    young.locator("[name=text]").fill("展位样品已看，报价三万。")
    young.locator(".stack form .btn-primary").click()
    expect(said).to_contain_text(unread)
    assert made.one("SELECT read_at FROM core_journal WHERE owner_id = :n ORDER BY id DESC LIMIT 1", n=person) is None
    made.go(chief, "/journal/customers")
    whole(chief, f"journal-customers-{language}")


def order(page: Page) -> list[tuple[str | None, bool]]:
    """The panels as the menu has them, the line between the columns too (``|``), and whether they are shown."""
    return [(one.get_attribute("data-name"), one.locator("input:checked").count() > 0) for one in page.locator("details.arrange li[data-name]").all()]


@LOOKS
def test_the_home_page_is_arranged_by_keyboard_and_by_mouse(demo: Demo, visitor: Visitor, language: str, size: tuple[int, int], theme: str) -> None:
    page = demo.open(visitor, "/", who="hejing", language=language, size=size, theme=theme)
    menu = page.locator("details.arrange")
    lines = menu.locator("li[data-name]")

    def apply() -> None:
        with page.expect_response(lambda answer: answer.url.endswith("/arrange")):
            menu.locator("form .btn-sm").last.click()
        demo.go(page, "/")
        menu.locator("summary").click()

    menu.locator("summary").click()
    before = order(page)
    assert page.locator(".kpis").count() == 1
    whole(page, f"arranging-{language}")
    # By keyboard: what stands last goes up by one, the numbers are not shown.
    lines.last.locator("input.ck").focus()
    page.keyboard.press("Alt+ArrowUp")
    numbers = menu.locator("[name=shown][value=numbers]")
    numbers.focus()
    page.keyboard.press("Space")
    apply()
    names = [name for name, _shown in order(page)]
    assert names[-2:] == [before[-1][0], before[-2][0]] and ("numbers", False) in order(page)
    assert page.locator(".kpis").count() == 0
    whole(page, f"arranged-{language}")
    # By mouse: the grip of the last one is drawn to the top.
    lines.last.locator("[data-grip]").hover()
    page.mouse.down()
    box = lines.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 12, box["y"] + 4, steps=6)
    page.mouse.up()
    apply()
    assert order(page)[0][0] == names[-1]
    with page.expect_response(lambda answer: answer.url.endswith("/arrange")):
        menu.locator("[name=reset]").click()
    demo.go(page, "/")
    assert order(page) == before


def test_without_scripts_it_is_arranged_by_buttons(demo: Demo, visitor: Visitor) -> None:
    demo.speak("hejing", "en")
    context = visitor.context(language="en", java_script_enabled=False)
    context.add_cookies([{"name": "sid", "value": demo._session("hejing"), "url": demo.address}])
    page = context.new_page()
    page.goto(demo.address)
    before, menu = order(page), page.locator("details.arrange")
    menu.locator("summary").click()
    menu.locator("li [name=down]").first.click()
    assert order(page)[:2] == [before[1], before[0]]
    menu.locator("summary").click()
    menu.locator("[name=shown][value=messages]").uncheck()
    menu.locator("form .btn-sm").last.click()
    assert ("messages", False) in order(page) and page.locator("[data-newest]").count() == 0
    menu.locator("summary").click()
    menu.locator("[name=reset]").click()
    assert order(page) == before
