"""Approvals from the drawing of a flow to the paper, through the browser, by each of those who are asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.hand import Hand, whole
from tests.support.browser import DESKTOP, PHONE, Visitor

NAMES = {"chenxiaoyan": "陈晓燕", "xulei": "徐磊", "mali": "马丽", "zhouting": "周婷"}
SAID = {
    "en": ("Discounts", "Waits for approval", "Sent back to its author", "Approved", "Withdrawn", ["张伟 handed it in", "陈晓燕 sent it back", "张伟 handed it in", "陈晓燕 agreed", "周婷, standing in for 马丽, agreed"]),
    "zh_Hans_CN": ("折扣审批", "审批中", "已退回提交人", "审批通过", "已撤回", ["张伟提交审批", "陈晓燕退回", "张伟提交审批", "陈晓燕已同意", "周婷代马丽已同意"]),
}


@pytest.fixture
def drawn(demo: Demo) -> Iterator[Demo]:
    """What is drawn here is gone again for others."""
    flow, approval = (demo.one(f"SELECT coalesce(max(id), 0) FROM core_{name}") for name in ("flow", "approval"))
    yield demo
    for table, column, after in (("approval_vote", "approval_id", approval), ("approval_place", "approval_id", approval), ("approval", "id", approval), ("flow", "id", flow)):
        demo.sql(f"DELETE FROM core_{table} WHERE {column} > {after}")
    demo.sql("UPDATE core_stand_in SET deleted_at = created_at WHERE deleted_at IS NULL")
    demo.sql("UPDATE core_task SET deleted_at = created_at WHERE source_key LIKE 'approval:%' AND substr(source_key, 10) + 0 > :a", a=approval)
    demo.sql("UPDATE core_site SET rights = rights + 1")


def press(page: Page, part: str) -> None:
    """An act of a page by its address, which stands under ⋯ or in the sheet of a phone perhaps."""
    button = page.locator(f'a[href*="{part}"]:visible, form[action*="{part}"] button:visible').first
    if not button.count():
        page.locator(".rec-head details.menu > summary:visible, header details.menu > summary:visible, [data-opens=sheet-more]:visible").last.click()
    button.click()


def answer(page: Page, verb: str, **fields: str) -> None:
    """An answer that asks something: in a dialog, on a phone on a page of its own."""
    press(page, f"/{verb}")
    form = page.locator("form", has=page.locator(f"[name={next(iter(fields))}]:visible")).last
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    with page.expect_response(lambda found: found.request.method == "POST"):
        form.locator(".btn-primary, .btn-danger").last.click()
    expect(form).to_have_count(0)


def agree(page: Page, path: str) -> None:
    """One press; on a phone an opinion may be given first."""
    with page.expect_response(lambda found: f"{path}/agree" in found.url):
        press(page, f"{path}/agree")
    if page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:
        with page.expect_response(lambda found: found.request.method == "POST"):
            page.locator("#main form .btn-primary").click()


@pytest.mark.parametrize(("language", "size", "theme"), [("zh_Hans_CN", DESKTOP, "light"), ("en", PHONE, "dark")])
def test_two_of_three_agree_while_the_third_is_on_leave(visitor: Visitor, drawn: Demo, language: str, size: tuple[int, int], theme: str) -> None:
    demo = drawn
    title, waits, returned, approved, withdrawn, course = SAID[language]

    def at(who: str, path: str) -> Page:
        return demo.open(visitor, path, who=who, language=language, size=size, theme=theme)

    # The administrator draws it.
    admin = at("admin", "/flows")
    admin.locator("[name=name]").fill(title)
    admin.locator("[name=for]").select_option("core.customer|submit")
    whole(admin, f"flows-{language}")
    admin.locator(".flow-new .btn-primary").click()
    admin.locator("button[value=add]").click()
    admin.locator("[name=s0-who]").select_option("users")
    for login in ("chenxiaoyan", "xulei", "mali"):
        Hand(admin).pick(NAMES[login], admin.locator("[name=s0-users__text], #f-s0-users-ts-control, #f-s0-users").first)
    admin.locator("[name=s0-need]").select_option("some")
    admin.locator("[name=s0-k]").fill("2")
    admin.locator("[name=s0-days]").fill("3")
    whole(admin, f"flow-{language}")
    admin.locator("button[value=publish]").click()
    expect(admin.locator(".tg-title ~ .st, .row-x .st").first).to_be_visible()

    # One of the three goes on leave and names who stands in.
    mali = at("mali", "/core/stand_in/new")
    Hand(mali).pick(NAMES["zhouting"], mali.locator("[name=substitute__text]").first)
    for name, day in (("begins", "today"), ("ends", "in 3 days")) if language == "en" else (("begins", "今天"), ("ends", "3天后")):
        mali.locator(f"[name={name}]").fill(day)
    mali.keyboard.press("Control+Enter")
    mali.wait_for_url(lambda url: "/new" not in url)

    # Its author hands in, hears that more is wanted, and hands in again.
    customer = demo.one("SELECT min(id) FROM core_customer WHERE deleted_at IS NULL AND review IS NULL AND owner_id = (SELECT id FROM core_user WHERE login = 'zhangwei') "
                        "AND id NOT IN (SELECT subject_id FROM core_approval)")
    record = f"/core/customer/{customer}"
    author = at("zhangwei", record)
    flow = demo.one("SELECT max(id) FROM core_flow")
    answer(author, f"submit?flow={flow}", why="八折")
    expect(author.locator("#main")).to_contain_text(waits)
    whole(author, f"waits-{language}")
    number = demo.one("SELECT max(id) FROM core_approval")
    page = f"/approvals/{number}"
    chief = at("chenxiaoyan", "/approvals")
    whole(chief, f"approvals-{language}")
    chief.locator(f'a[href="{page}"]').first.click()
    chief.wait_for_url(f"**{page}")
    whole(chief, f"approval-{language}")
    answer(chief, "send_back", opinion="请写明期限")
    demo.go(author, page)
    expect(author.locator("#main")).to_contain_text(returned)
    expect(author.locator("#main")).to_contain_text("请写明期限")
    answer(author, "again", why="一年")

    # Two agree, one of them for who is away.
    demo.go(chief, page)
    agree(chief, page)
    stand_in = at("zhouting", "/" if size == DESKTOP else "/approvals")
    whole(stand_in, f"home-{language}")
    stand_in.locator(f'a[href="{page}"]:visible').first.click()
    stand_in.wait_for_url(f"**{page}")
    whole(stand_in, f"stand-in-{language}")
    agree(stand_in, page)
    third = at("xulei", "/approvals")
    expect(third.locator(f'a[href="{page}"]')).to_have_count(0)
    demo.go(author, record)
    expect(author.locator("#main")).to_contain_text(approved)
    whole(author, f"approved-{language}")

    # On paper stands who said what, in order.
    demo.go(author, f"{record}/print")
    told = author.locator("body").inner_text()
    places = [told.find(said, 0) for said in course[:2]] + [told.rfind(said) for said in course[2:]]
    assert places == sorted(places) and -1 not in places, told
    assert "请写明期限" in told and title in told
    whole(author, f"paper-{language}")

    # Handed in once more, and taken back.
    demo.go(author, record)
    answer(author, f"submit?flow={flow}", why="")
    demo.go(author, f"/approvals/{number + 1}")
    answer(author, "withdraw", why="不需要了")
    expect(author.locator("#main")).to_contain_text(withdrawn)
    assert demo.one("SELECT state FROM core_approval ORDER BY id DESC LIMIT 1") == "withdrawn"
