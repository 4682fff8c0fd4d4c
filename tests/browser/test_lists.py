"""Lists in the browser as somebody uses them: filters, sorts, columns, rows, acts on many."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from crm_core.access.models import User
from crm_core.data.wall import UNSCOPED
from tests.browser.demo import Demo
from tests.support.browser import PHONE, Visitor, axe

BOTH = pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
LIST = "/core/customer"


def heads(page: Page) -> dict[str, str]:
    """Column → how it is sorted, with its number when there are several: {"name": "descending 2"}."""
    found = page.locator("thead th[aria-sort]").evaluate_all(
        "all => all.map(th => [th.dataset.col, th.getAttribute('aria-sort') + ' ' + (th.querySelector('.place')?.textContent ?? '')])")
    return {column: how.strip() for column, how in found}


def filter_by(page: Page, name: str) -> None:
    """Open the little form of a filter."""
    page.locator(".chip.add").click()
    page.locator(".lbar .pop a.it").get_by_text(name, exact=True).click()
    expect(page.locator("dialog.popdlg")).to_be_visible()


# ---------- filters ----------
@BOTH
def test_a_filter_is_built_by_picking_changed_and_taken_away(visitor: Visitor, demo: Demo, language: str) -> None:
    zh = language != "en"
    page = demo.open(visitor, LIST, language=language)
    filter_by(page, "负责人" if zh else "Owner")
    page.keyboard.type("wzq")
    expect(page.locator("dialog.popdlg [role=option]")).to_contain_text(["王志强"])
    page.keyboard.press("Enter")
    page.locator("dialog.popdlg .btn-primary").click()
    expect(page.locator(".chip", has_text="王志强")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?owner\.any=\d+$"))
    filter_by(page, "创建时间" if zh else "Created")
    page.locator("dialog.popdlg [name=op]").select_option("within")
    page.locator("dialog.popdlg label", has_text="今年" if zh else "this year").click()
    assert axe(page, "dialog.popdlg") == []
    page.locator("dialog.popdlg .btn-primary").click()
    expect(page).to_have_url(re.compile(r"created_at\.within=this-year"))
    page.locator(".chip a", has_text="今年" if zh else "this year").click()
    page.locator("dialog.popdlg .btn-quiet").click()
    expect(page.locator(".chip:not(.add)")).to_have_count(1)
    page.locator("[data-unchip]").click()
    expect(page).to_have_url(demo.address + LIST)


def test_on_a_phone_the_words_searched_for_are_a_chip(visitor: Visitor, demo: Demo) -> None:
    page = demo.open(visitor, f"{LIST}?q=酒业&standing.any=key", size=PHONE)
    chip = page.get_by_role("group", name="Find in list 酒业")
    expect(chip).to_be_visible()
    chip.get_by_role("button").click()
    expect(page.locator("#sheet-filter input[type=search]")).to_have_value("酒业")
    page.keyboard.press("Escape")
    chip.get_by_role("link", name="Clear the search").click()
    expect(page).to_have_url(f"{demo.address}{LIST}?standing.any=key")
    desk = demo.open(visitor, f"{LIST}?q=酒业")
    expect(desk.get_by_role("group", name="Find in list 酒业")).to_be_hidden()


@BOTH
def test_a_filter_that_cannot_be_understood_says_so_where_it_was_typed(visitor: Visitor, demo: Demo, language: str) -> None:
    zh = language != "en"
    page = demo.open(visitor, LIST, language=language)
    filter_by(page, "创建时间" if zh else "Created")
    page.locator("dialog.popdlg [name=op]").select_option("gte")
    page.locator("dialog.popdlg [name=v-date]").fill("someday")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.popdlg [role=alert]")).to_contain_text("时间应写成" if zh else "A time such as")
    expect(page.locator("dialog.popdlg [name=v-date]")).to_have_value("someday")
    page.locator("dialog.popdlg [name=v-date]").fill("2026-01-02")
    page.keyboard.press("Enter")
    expect(page.locator(".chip:not(.add)")).to_contain_text("1 月 2 日" if zh else "2 Jan")


def test_a_filter_on_a_records_tab_stays_on_the_record(visitor: Visitor, demo: Demo) -> None:
    customer = demo.one("SELECT customer_id FROM core_contact WHERE deleted_at IS NULL LIMIT 1")
    page = demo.open(visitor, f"{LIST}/{customer}?tab=core.contact", who="sunli")
    filter_by(page, "Main contact")
    page.get_by_label("Yes").check()
    page.locator("dialog.popdlg .btn-primary").click()
    expect(page).to_have_url(f"{demo.address}{LIST}/{customer}?tab=core.contact&main.eq=1")
    page.locator("#columns summary").click()
    page.locator("#columns label", has_text="Sex").click()
    page.locator("#columns").get_by_role("button", name="Apply").click()
    expect(page.locator("thead")).to_contain_text("Sex")
    expect(page).to_have_url(f"{demo.address}{LIST}/{customer}?tab=core.contact&main.eq=1")


# ---------- sorts ----------
@BOTH
def test_shift_adds_a_second_sort_by_pointer_and_by_key(visitor: Visitor, demo: Demo, language: str) -> None:
    page = demo.open(visitor, LIST, language=language)
    page.locator("th[data-col=standing] a").click()
    expect(page).to_have_url(re.compile(r"sort=-standing$"))
    page.locator("th[data-col=name] a").click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"sort=-standing%2C-name$"))
    assert heads(page) == {"standing": "descending 1", "name": "descending 2"}
    expect(page.locator("th[data-col=name] a")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(page).to_have_url(re.compile(r"sort=-standing%2Cname$"))
    assert heads(page) == {"standing": "descending 1", "name": "ascending 2"}
    page.keyboard.press("Shift+Enter")
    expect(page).to_have_url(re.compile(r"sort=-standing$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"sort=-name$"))
    assert heads(page) == {"name": "descending"}
    assert len(page.context.pages) == 1
    assert axe(page) == []


# ---------- columns ----------
def columns(page: Page) -> list[str]:
    """The columns as they stand, with the width somebody gave them: ["name", "region 18"]."""
    found = page.locator("thead th[data-col]").evaluate_all(
        "all => all.map(th => [th.dataset.col, th.className.match(/w-([0-9]+)/)?.[1] ?? ''])")
    return [f"{name} {width}".strip() for name, width in found]


def drag(page: Page, handle: Locator, to: tuple[float, float]) -> None:
    """Take something by its handle and let it go elsewhere."""
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


@BOTH
def test_columns_are_chosen_ordered_and_made_wide_and_stay_so_until_reset(visitor: Visitor, demo: Demo, language: str) -> None:
    page = demo.open(visitor, LIST, language=language)
    before = columns(page)
    page.locator("#columns summary").click()
    standing = page.locator("#columns li[data-name=standing]").bounding_box()
    assert standing is not None
    drag(page, page.locator("#columns li[data-name=owner] [data-grip]"), (standing["x"] + 40, standing["y"] + 2))
    region = page.locator("#columns li[data-name=region] .ck")
    region.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(region).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#columns li[data-name=region] [data-px]")).to_contain_text("px")
    page.locator("#columns li[data-name=website] label").click()
    page.locator("#columns li[data-name=industry] label").click()
    page.locator("#columns .pop .btn").click()
    expect(page.locator("thead th[data-col=website]")).to_be_visible()
    now = columns(page)
    assert [name.partition(" ")[0] for name in now[:4]] == ["name", "owner", "standing", "needs"]
    assert now[3] != "region" and "industry" not in now
    with page.expect_response("**/core/customer/columns"):
        edge = page.locator("th[data-col=name] [data-wide]").bounding_box()
        assert edge is not None
        drag(page, page.locator("th[data-col=name] [data-wide]"), (edge["x"] + 64, edge["y"] + 5))
    demo.go(page, LIST)
    assert [name.partition(" ")[0] for name in columns(page)] == [name.partition(" ")[0] for name in now]
    assert columns(page)[0] != "name"
    assert axe(page, ".lscroll") == []
    page.locator("#columns summary").click()
    page.locator("#columns [name=reset]").click()
    expect(page.locator("thead th[data-col=website]")).to_have_count(0)
    assert columns(page) == before


def test_in_the_calendar_a_record_is_dragged_to_another_day(visitor: Visitor, demo: Demo) -> None:
    with demo.site.system("tests") as work:
        who = work.session.execute(sa.select(User.id).where(User.login == "chenxiaoyan"), execution_options={UNSCOPED: "tests"}).scalar_one()
        demo.site.registry.resource("core.task").write([{"title": "Dragged", "owner": who, "due": dt.date(2031, 5, 6), "due_time": "10:30"}])
    page = demo.open(visitor, "/core/task?owner.me=1&look=calendar&by=due&day=2031-05-01")
    card = page.locator("[data-card]").filter(has_text="Dragged")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        card.drag_to(page.locator("[data-slot][data-value='2031-05-14']"))
    expect(page.locator("[data-slot][data-value='2031-05-14']")).to_contain_text("Dragged")
    demo.go(page, "/core/task?owner.me=1&look=calendar&by=due&day=2031-05-14&span=week")
    expect(page.locator("[data-slot][data-value='2031-05-14']")).to_contain_text("Dragged")


# ---------- rows ----------
def chosen(page: Page) -> int:
    return page.locator("[data-list] tbody .ck:checked").count()


@BOTH
def test_rows_are_chosen_by_keys_and_let_go(visitor: Visitor, demo: Demo, language: str) -> None:
    page = demo.open(visitor, LIST, language=language)
    for key in ("j", "j", "Shift+J", "Shift+J"):
        page.keyboard.press(key)
    assert chosen(page) == 3
    expect(page.locator("[data-chosen]")).to_have_text("已选 3 条" if language != "en" else "3 selected")
    assert page.locator("[data-all]").evaluate("one => one.indeterminate")
    page.keyboard.press("Escape")
    assert chosen(page) == 0
    for key in ("x", "j", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    assert chosen(page) == 4
    page.locator("[data-all]").check()
    assert chosen(page) == page.locator("tbody tr").count()
    page.locator("[data-choose-all]").click()
    expect(page.locator("[data-chosen]")).to_contain_text("全部" if language != "en" else "All")


@BOTH
def test_a_row_is_looked_at_from_the_list(visitor: Visitor, demo: Demo, language: str) -> None:
    page = demo.open(visitor, f"{LIST}?sort=name", language=language)
    names = page.locator("a.nm").all_inner_texts()
    look = page.locator("dialog[data-peek]")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(look.locator("h1")).to_have_text(names[0])
    expect(look).to_contain_text("负责人" if language != "en" else "Owner")
    assert axe(page, "dialog[data-peek]") == []
    page.keyboard.press("ArrowDown")
    expect(look.locator("h1")).to_have_text(names[1])
    page.keyboard.press("Space")
    expect(look).to_have_count(0)
    expect(page.locator("tr.cur a.nm")).to_be_focused()
    expect(page.locator("tr.cur a.nm")).to_have_text(names[1])
    page.keyboard.press("Space")
    expect(look.locator("h1")).to_have_text(names[1])
    page.keyboard.press("Enter")
    expect(page.locator(".rec-page h1")).to_have_text(names[1])
    expect(look).to_have_count(0)


@BOTH
def test_one_steps_through_the_list_from_a_record(visitor: Visitor, demo: Demo, language: str) -> None:
    page = demo.open(visitor, f"{LIST}?standing.any=key&sort=name", language=language)
    names = page.locator("a.nm").all_inner_texts()
    page.locator("a.nm").first.click()
    title = page.locator(".rec-page h1")
    expect(title).to_have_text(names[0])
    expect(page.locator("[data-step=prev]")).to_have_count(0)
    page.keyboard.press("j")
    expect(title).to_have_text(names[1])
    page.locator("[data-step=next]").focus()
    page.keyboard.press("ArrowDown")
    expect(title).to_have_text(names[2])
    expect(page.locator("[data-step=next]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("k")
    expect(title).to_have_text(names[0])
    page.keyboard.press("j")
    expect(title).to_have_text(names[1])
    page.locator(".rtabs a", has_text="联系人" if language != "en" else "Contacts").click()
    expect(page.locator(".rtabs .on")).to_contain_text("联系人" if language != "en" else "Contacts")
    page.locator("[data-step=next]").click()
    expect(title).to_have_text(names[2])
    page.locator(".tg-crumb a").first.click()
    expect(page).to_have_url(f"{demo.address}{LIST}?standing.any=key&sort=name")


# ---------- acts on many ----------
@BOTH
def test_rows_are_tagged_edited_and_given_away_and_each_is_undone(visitor: Visitor, demo: Demo, language: str) -> None:
    zh = language != "en"
    page = demo.open(visitor, f"{LIST}?sort=name", language=language)
    bar, dialog = page.locator("[data-bulk]"), page.locator("dialog.dlg[open]")

    def choose(act: str) -> None:
        page.locator("[data-list] tbody .ck").nth(0).click()
        page.locator("[data-list] tbody .ck").nth(2).click(modifiers=["Shift"])
        bar.get_by_role("button", name=act, exact=True).click()
        expect(dialog).to_contain_text("3")

    def done(text: str) -> None:
        dialog.locator(".dlg-f .btn-primary").click()
        toast = page.locator("#toasts [data-toast]", has_text=text)
        expect(toast).to_be_visible()
        toast.get_by_role("button", name="撤销" if zh else "Undo").click()
        expect(page.locator("#toasts [data-toast]", has_text="已撤销" if zh else "Undone")).to_be_visible()

    choose("加标签" if zh else "Add tags")
    word = f"New word {language}"
    page.keyboard.type(word)
    expect(dialog.get_by_role("option", name=f"新建“{word}”" if zh else f"New “{word}”")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.locator(".token")).to_contain_text(word)
    assert axe(page, "dialog.dlg[open]") == []
    done("加标签：已完成 3 条" if zh else "Add tags: 3 done")
    choose("编辑字段" if zh else "Edit fields")
    dialog.locator("select").select_option("standing")
    expect(dialog.locator("[name=standing]")).to_be_focused()
    dialog.locator("[name=standing]").select_option("lost")
    dialog.locator("[name=field]:not([type=hidden])").select_option("website")
    dialog.locator("[name=how-website]").select_option("empty")
    expect(dialog.locator("[name=website]")).to_have_count(0)
    expect(dialog.locator("[name=standing]")).to_have_value("lost")
    assert axe(page, "dialog.dlg[open]") == []
    dialog.locator(".dlg-f .btn-primary").click()
    expect(dialog.locator(".becomes")).to_have_count(3)
    assert axe(page, "dialog.dlg[open]") == []
    done("编辑字段：已完成 3 条" if zh else "Edit fields: 3 done")
    choose("分配" if zh else "Assign")
    dialog.locator(".dlg-f .btn-primary").click()
    expect(dialog.locator("[data-field=owner] .hint.bad")).to_be_visible()
    dialog.get_by_role("combobox").first.fill("wzq")
    expect(dialog.get_by_role("option")).to_contain_text(["王志强"])
    page.keyboard.press("Enter")
    done("分配：已完成 3 条" if zh else "Assign: 3 done")
    expect(page.locator("tbody td .tags", has_text=word)).to_have_count(0)


def test_a_job_is_seen_on_its_way_and_undone_when_it_has_ended(visitor: Visitor, demo: Demo) -> None:
    page = demo.open(visitor, f"{LIST}?standing.any=key", who="sunli")
    page.locator("[data-all]").check()
    page.locator("#bulk [name=all]").evaluate("one => one.value = '1'")
    page.locator("[data-bulk]").get_by_role("button", name="Add tags", exact=True).click()
    dialog = page.locator("dialog.dlg[open]")
    expect(dialog).to_be_visible()
    page.keyboard.type("In the background")
    expect(dialog.get_by_role("option", name="In the background")).to_be_visible()
    page.keyboard.press("Enter")
    dialog.locator(".dlg-f .btn-primary").click()
    toast = page.locator("#toasts [data-toast]")
    expect(toast).to_contain_text("Add tags: Customers · Waiting to start")
    expect(toast.get_by_role("button", name="Stop")).to_be_visible()
    page.locator("#rail-menu a", has_text="Tasks").click()
    expect(page.locator("h1.tg-title")).to_have_text("Tasks")
    expect(toast).to_contain_text("Add tags: Customers")
    demo.work()
    expect(toast).to_contain_text("done")
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts [data-toast]", has_text="Undone")).to_be_visible()
