"""What the scripts do: pages of the gallery used by keyboard and pointer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Gallery
from tests.support.browser import PHONE, Visitor


@pytest.fixture
def at(gallery: Gallery, page: Page):  # type: ignore[no-untyped-def]
    """Opens a sample and waits until the scripts are there."""

    def go(name: str) -> Page:
        page.goto(gallery.url(name))
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    return go


def seen(gallery: Gallery, path: str) -> list[dict[str, list[str]]]:
    """The forms that reached a path."""
    return [form for where, form in gallery.posts if where == path]


# ---------- the frame ----------
def test_a_link_swaps_the_page_and_keeps_the_frame_and_back_leads_back(gallery: Gallery, at) -> None:
    page = at("home")
    page.evaluate("window.same = true")
    page.locator("#rail-menu a", has_text="客户").first.click()
    expect(page.locator("h1.tg-title")).to_have_text("客户")
    expect(page).to_have_url(gallery.url("customers"))
    expect(page.locator("#rail-menu a.on")).to_have_text("客户")
    expect(page).to_have_title("客户 · 七巧板")
    page.go_back()
    expect(page.locator(".hello h1")).to_have_text("早上好，陈晓燕")
    expect(page.locator("#rail-menu a.on")).to_have_text("首页")
    assert page.evaluate("window.same") is True


def test_a_page_without_the_frame_is_opened_as_a_whole(at) -> None:
    page = at("home")
    page.evaluate("document.querySelector('#rail-menu a').href = '/sign_in'")
    page.locator("#rail-menu a").first.click()
    expect(page.locator("h1", has_text="登录")).to_be_visible()
    expect(page.locator("#tg-app")).to_have_count(0)


def test_the_palette_opens_by_key_finds_and_goes_by_enter(gallery: Gallery, at) -> None:
    page = at("home")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="搜索与操作")
    expect(box).to_be_focused()
    box.fill("ylc")
    hits = page.locator("#palette .ci")
    expect(hits).to_have_count(4)
    expect(hits.first.locator("mark")).to_have_text("云岭春")
    expect(hits.first).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(hits.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(gallery.url("customer"))
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    box.fill("zzz")
    expect(page.locator("#palette")).to_contain_text("没有找到“zzz”")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_one_letter_keys_do_nothing_while_somebody_types(gallery: Gallery, at) -> None:
    page = at("customers")
    find = page.locator("[data-find]")
    find.focus()
    page.keyboard.type("n/?g")
    expect(find).to_have_value("n/?g")
    expect(page).to_have_url(gallery.url("customers"))
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page).to_have_url(gallery.url("new_customer"))


def test_g_then_a_letter_goes_to_a_place_and_the_question_mark_lists_the_keys(gallery: Gallery, at) -> None:
    page = at("customers")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(gallery.url("home"))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_the_theme_changes_at_once_and_is_kept(gallery: Gallery, at) -> None:
    page = at("home")
    page.locator("[data-theme] summary").click()
    with page.expect_response("**/preferences"):  # told to the server behind the page's back: a reload must not overtake it
        page.locator("[data-theme] .it", has_text="深色").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.querySelector('#main')).backgroundColor") == "rgb(21, 24, 29)"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert seen(gallery, "preferences")[0]["theme"] == ["dark"]


def test_the_rail_folds_and_says_so_to_the_server(gallery: Gallery, at) -> None:
    page = at("home")
    with page.expect_response("**/preferences"):
        page.locator("[data-rail] button").click()
    expect(page.locator("#rail .tg-nav .cut").first).to_be_hidden()
    expect(page.locator("#rail-menu a").first).to_have_attribute("title", "首页")
    with page.expect_response("**/preferences"):
        page.locator("[data-fold=customers] summary").dispatch_event("click")
    page.wait_for_function("!document.querySelector('[data-fold=customers]').open")
    forms = seen(gallery, "preferences")
    assert forms[0]["rail"] == ["folded"]
    assert [(form["fold"], form["folded"]) for form in forms[1:]] == [(["customers"], ["1"])]


def test_a_menu_closes_by_escape_and_gives_the_focus_back(at) -> None:
    page = at("home")
    page.locator("#create summary").click()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#create .it").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#create .pop")).to_be_hidden()
    expect(page.locator("#create summary")).to_be_focused()


def test_the_bell_fills_when_it_is_opened(at) -> None:
    page = at("home")
    page.locator("[data-bell] summary").click()
    expect(page.locator(".bellbox .msg")).to_have_count(3)


def test_help_opens_beside_the_screen(at) -> None:
    page = at("customers")
    page.locator(".me").click()
    page.locator("[data-help]").click()
    expect(page.locator("dialog.drawer")).to_contain_text("这里有什么")


# ---------- the list ----------
def test_shift_ticks_a_range_and_the_bar_counts(at) -> None:
    page = at("customers")
    bar = page.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    ticks = page.locator("[data-list] tbody .ck")
    ticks.nth(1).click()
    ticks.nth(4).click(modifiers=["Shift"])
    expect(bar).to_contain_text("已选 4 条")
    assert page.locator("[data-all]").evaluate("one => one.indeterminate")
    page.locator("[data-choose-all]").click()
    expect(bar).to_contain_text("已选全部 1,000+ 条")
    expect(page.locator("#bulk [name=all]")).to_have_value("1")
    page.locator("[data-choose-none]").click()
    expect(bar).to_be_hidden()
    expect(page.locator("#bulk [name=all]")).to_have_value("")


def test_what_else_can_be_done_with_chosen_rows_opens_within_the_window(at) -> None:
    page = at("customers")
    page.locator("[data-list] tbody .ck").first.click()
    page.locator("[data-bulk] summary").click()
    box = page.locator("[data-bulk] .pop").bounding_box()
    last = page.locator("[data-bulk] .pop > *").last.bounding_box()
    assert box and last and box["height"] > last["height"] and last["y"] + last["height"] <= page.viewport_size["height"]
    page.locator("[data-bulk] .pop button", has_text="删除").click(trial=True)  # nothing lies over it


def test_a_bulk_act_asks_in_a_dialog_over_the_list(gallery: Gallery, at) -> None:
    page = at("customers")
    page.route("**/bulk_form", lambda route: route.continue_(method="GET", post_data=""))
    page.locator("[data-list] tbody .ck").first.click()
    page.locator("[data-bulk] button", has_text="分配").click()
    dialog = page.get_by_role("dialog", name="分配 4 个客户")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="分配").click()
    expect(dialog).to_be_hidden()
    assert seen(gallery, "bulk")[0]["id"] == ["c0", "c1"]
    expect(page.locator("h1.tg-title")).to_have_text("客户")


def test_a_chip_opens_its_filter_and_shows_only_the_control_that_the_operator_needs(gallery: Gallery, at) -> None:
    page = at("customers")
    page.locator(".chip a", has_text="晚于").click()
    form = page.locator("dialog [data-filter]")
    expect(form.locator("[data-for=date] input")).to_be_visible()
    expect(form.locator("[data-for=dates]")).to_be_hidden()
    form.locator("[name=op]").select_option("between")
    expect(form.locator("[data-for=dates] input").first).to_be_visible()
    form.locator("[data-for=dates] input").first.fill("2026-01-01")
    form.get_by_role("button", name="应用").click()
    expect(page).to_have_url(re.compile(r"customers\?field=contacted&op=between&v-dates=2026-01-01&v-dates=$"))


def test_rows_are_walked_ticked_and_opened_by_keys(gallery: Gallery, at) -> None:
    page = at("customers")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.cur .nm")).to_have_text("贵州赤溪坊酒业股份有限公司")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk]")).to_contain_text("已选 1 条")
    page.keyboard.press("Enter")
    expect(page).to_have_url(gallery.url("customer"))
    page.go_back()
    expect(page.locator("h1.tg-title")).to_have_text("客户")
    page.keyboard.press("f")
    expect(page.locator("[data-find]")).to_be_focused()


def test_the_exact_count_comes_in_place(at) -> None:
    page = at("customers")
    page.get_by_role("button", name="精确计数").click()
    expect(page.locator("[data-count]")).to_have_text("1,284,301")


def test_columns_are_ordered_and_chosen(gallery: Gallery, at) -> None:
    page = at("customers")
    page.locator("#columns summary").click()
    page.locator("#columns li", has_text="状态").locator("[data-down]").click()
    page.locator("#columns label", has_text="网站").click()
    page.locator("#columns").get_by_role("button", name="应用").click()
    expect(page.locator("#columns .pop")).to_be_hidden()
    assert seen(gallery, "columns")[0]["column"][:3] == ["name", "industry", "standing"]
    assert "website" in seen(gallery, "columns")[0]["column"]


def test_on_a_phone_select_turns_the_cards_into_ticks(gallery: Gallery, visitor: Visitor) -> None:
    page = visitor.page(size=PHONE, is_mobile=True, has_touch=True)
    page.goto(gallery.url("customers"))
    page.wait_for_selector("html[data-ready]", state="attached")
    page.get_by_role("button", name="选择", exact=True).tap()
    page.locator("[data-list] tbody tr").nth(2).tap()
    expect(page.locator("[data-bulk]")).to_contain_text("已选 1 条")
    expect(page).to_have_url(gallery.url("customers"))
    page.locator("[data-choose-none]").tap()
    page.locator("[data-drawer]").tap()
    expect(page.locator("#rail")).to_be_in_viewport()


# ---------- the record ----------
def test_field_history_unfolds_beneath_the_field_and_folds_again(at) -> None:
    page = at("customer")
    button = page.get_by_role("link", name="法定代表人 变更历史")
    button.click()
    history = page.locator(".fact.hot + .hist")
    expect(history).to_contain_text("罗世昌")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(history).to_have_count(0)


def test_a_panel_loads_when_it_is_seen_and_a_failed_one_can_be_tried_again(at) -> None:
    page = at("customer")
    expect(page.locator(".side .panel", has_text="附近客户")).to_contain_text("宜宾云岭春商贸")
    page.locator(".panel.fail [data-retry]").click()
    expect(page.locator(".panel.fail")).to_have_count(0)


def test_a_panel_that_waits_is_drawn_in_outline(gallery: Gallery, page: Page) -> None:
    held = []
    page.route("**/panel", lambda route: held.append(route))
    page.goto(gallery.url("customer"))
    panel = page.locator(".side .panel", has_text="附近客户")
    expect(panel.locator(".bones")).to_be_visible()
    expect(panel.locator("a.lnk")).to_be_hidden()
    for route in held:
        route.continue_()
    expect(panel.locator(".bones")).to_have_count(0)


def test_a_panel_that_does_not_come_is_one_small_box(at, page: Page) -> None:
    page.route("**/panel", lambda route: route.abort())
    at("customer")
    expect(page.locator(".panel.fail", has_text="附近客户")).to_contain_text("没有成功")
    expect(page.locator(".rec-name")).to_be_visible()


def test_the_composer_mentions_a_colleague_and_sends_with_control_enter(gallery: Gallery, at) -> None:
    page = at("customer")
    page.keyboard.press("l")
    area = page.locator("#write-note")
    expect(area).to_be_focused()
    area.press_sequentially("请 @wzq")
    expect(page.locator(".composer .hits li")).to_have_count(1)
    area.press("Enter")
    expect(area).to_have_value("请 @王志强 ")
    page.locator("[name=next]").fill("下周三")
    area.focus()
    expect(page.locator("[name=next]")).to_have_value("2026-11-25")
    area.press("Control+Enter")
    expect(page).to_have_url(gallery.url("customers"))
    form = seen(gallery, "note")[0]
    assert form["mention"] == ["u2"]
    assert form["next"] == ["2026-11-25"]


def test_a_mention_whose_words_were_deleted_tells_nobody(gallery: Gallery, at) -> None:
    page = at("customer")
    area = page.locator("#write-note")
    area.click()
    area.press_sequentially("@ln")
    expect(page.locator(".composer .hits li")).to_have_count(1)
    area.press("Enter")
    area.fill("没有提谁")
    area.press("Control+Enter")
    expect(page).to_have_url(gallery.url("customers"))
    assert "mention" not in seen(gallery, "note")[0]


def test_the_task_tab_has_a_title_and_a_due_date(at) -> None:
    page = at("customer")
    page.keyboard.press("t")
    expect(page.locator("[data-kind=task] [name=title]")).to_be_focused()
    expect(page.locator("#write-note")).to_be_hidden()


def test_earlier_entries_are_appended_without_a_second_heading(at) -> None:
    page = at("customer")
    before = page.locator("#timeline > li").count()
    page.get_by_role("link", name="更早的动态").click()
    expect(page.locator("#timeline > li")).to_have_count(before * 2)


def test_a_dangerous_act_is_asked_about_first(gallery: Gallery, at) -> None:
    page = at("customer")
    page.locator(".rec-acts details summary").click()
    page.locator(".rec-acts .it", has_text="删除").click()
    question = page.get_by_role("alertdialog", name="删除这个客户？")
    question.get_by_role("button", name="取消").click()
    expect(question).to_have_count(0)
    assert seen(gallery, "delete") == []
    page.locator(".rec-acts details summary").click()
    page.locator(".rec-acts .it", has_text="删除").click()
    question.get_by_role("button", name="删除").click()
    expect(page).to_have_url(gallery.url("customers"))
    assert len(seen(gallery, "delete")) == 1


# ---------- the form ----------
def test_a_person_is_picked_by_initials_and_half_a_name_is_nobody(at) -> None:
    page = at("new_customer")
    owner = page.get_by_role("combobox", name="负责人")
    hidden = page.locator("input[name=owner]")
    expect(hidden).to_have_value("u1")
    owner.fill("")
    owner.press_sequentially("wz")
    expect(hidden).to_have_value("")
    expect(page.get_by_role("option", name="王志强")).to_be_visible()
    owner.press("Enter")
    expect(hidden).to_have_value("u2")
    expect(owner).to_have_value("王志强")


def test_enter_pressed_before_the_answer_takes_the_first_hit_and_sends_nothing(
    gallery: Gallery, at, page: Page
) -> None:
    held = []
    page.route("**/json/people*", lambda route: held.append(route))
    at("new_customer")
    owner = page.get_by_role("combobox", name="负责人")
    owner.fill("ln")
    owner.press("Enter")
    page.wait_for_timeout(0)
    while not held:
        page.wait_for_timeout(20)
    held[-1].continue_()
    expect(owner).to_have_value("李娜")
    assert seen(gallery, "save") == []


def test_several_are_picked_and_taken_away(at) -> None:
    page = at("new_customer")
    tags = page.get_by_role("combobox", name="标签")
    tags.fill("ln")
    expect(page.get_by_role("option", name="李娜")).to_be_visible()
    tags.press("Enter")
    expect(page.locator("input[name=tags]")).to_have_count(3)
    tags.press("Backspace")
    expect(page.locator("input[name=tags]")).to_have_count(2)
    page.get_by_role("button", name=re.compile("移除 ?春糖会")).click()
    assert page.locator("input[name=tags]").evaluate_all("all => all.map(one => one.value)") == ["t2"]


def test_a_region_is_found_by_initials_and_by_arrows(at) -> None:
    page = at("new_customer")
    region = page.get_by_role("combobox", name="地区")
    code = page.locator("input[name=region]")
    region.fill("cz")
    expect(page.locator(".casc li")).to_have_text([re.compile("崇左市"), re.compile("常州市")])
    region.fill("gxcz")
    expect(page.locator(".casc li")).to_have_count(1)
    region.press("Enter")
    expect(code).to_have_value("4514")
    expect(region).to_have_value("广西壮族自治区 / 崇左市")
    expect(page.locator("[data-region]")).to_contain_text("区号 0771 · 邮编 532200")
    region.blur()
    region.focus()
    region.press("ArrowRight")
    expect(code).to_have_value("451402")
    region.press("ArrowDown")
    expect(code).to_have_value("451424")
    region.press("Enter")
    expect(region).to_have_value("广西壮族自治区 / 崇左市 / 大新县")
    expect(page.locator(".casc")).to_have_count(0)


def test_a_date_is_read_from_words_and_a_strange_one_is_told(at) -> None:
    page = at("new_customer")
    field = page.locator("[data-field=founded]")
    field.locator("input").first.fill("下周三")
    field.locator("input").first.blur()
    expect(field.locator("input").first).to_have_value("2026-11-25")
    expect(field.locator(".hint")).to_have_text("11 月 25 日 周三")
    field.locator("input").first.fill("someday")
    field.locator("input").first.blur()
    expect(field.locator(".hint.bad")).to_be_visible()


def test_lines_are_added_and_a_known_one_is_sent_as_removed(gallery: Gallery, at) -> None:
    page = at("new_customer")
    page.get_by_role("button", name="添加地址").click()
    expect(page.locator("[data-line=addresses-1] select")).to_be_focused()
    page.locator("[name=addresses-1-street]").fill("新路 1 号")
    page.locator("[data-line=addresses-0] [data-remove-line]").click()
    expect(page.locator("[data-line=addresses-0]")).to_be_hidden()
    page.get_by_role("combobox", name="地区").fill("gxcz")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(gallery.url("customer"))
    form = seen(gallery, "save")[0]
    assert form["addresses-0-id"] == ["a0"]
    assert form["addresses-0-remove"] == ["1"]
    assert form["addresses-1-remove"] == [""]
    assert form["addresses-1-street"] == ["新路 1 号"]
    assert "addresses-1-id" not in form
    assert form["_then"] == ["open"]
    assert not [name for name in form if "__n__" in name]


def test_a_missing_required_field_is_told_beside_it_and_nothing_is_sent(gallery: Gallery, at) -> None:
    page = at("new_customer")
    page.get_by_label("客户名称").fill("")
    page.locator("[data-save]").click()
    expect(page.locator("[data-field=name] .hint.bad")).to_have_text("请填写这一项。")
    expect(page.get_by_label("客户名称")).to_be_focused()
    assert seen(gallery, "save") == []
    page.get_by_label("客户名称").fill("x")
    expect(page.locator("[data-field=name] .hint.bad")).to_have_count(0)


def test_save_and_new_has_its_key(gallery: Gallery, at) -> None:
    page = at("new_customer")
    page.get_by_role("combobox", name="地区").fill("gxcz")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Shift+Enter")
    expect(page).to_have_url(gallery.url("customer"))
    assert seen(gallery, "save")[0]["_then"] == ["new"]


def test_the_draft_is_kept_after_five_seconds_without_secrets(gallery: Gallery, at, page: Page) -> None:
    page.clock.install()
    at("new_customer")
    page.get_by_label("客户名称").fill("甘源")
    expect(page.locator(".tg-head [data-draft-mark]")).to_contain_text("有改动")
    page.clock.run_for(5_100)
    expect(page.locator(".tg-head [data-draft-mark]")).to_contain_text("草稿已保存 09:12")
    assert seen(gallery, "json/draft")[0]["name"] == ["甘源"]


def test_leaving_with_changes_asks_and_going_on_stays(gallery: Gallery, at) -> None:
    page = at("new_customer")
    page.get_by_label("客户名称").fill("甘源")
    page.locator("#rail-menu a").first.click()
    question = page.get_by_role("alertdialog", name="有未保存的修改")
    question.get_by_role("button", name="继续编辑").click()
    expect(page).to_have_url(gallery.url("new_customer"))
    expect(page.get_by_label("客户名称")).to_have_value("甘源")
    page.keyboard.press("Escape")
    question.get_by_role("button", name="保存草稿").click()
    expect(page).to_have_url(gallery.url("customers"))
    assert seen(gallery, "json/draft")[0]["name"] == ["甘源"]


def test_an_untouched_form_is_left_without_a_question(gallery: Gallery, at) -> None:
    page = at("new_customer")
    page.keyboard.press("Escape")
    expect(page).to_have_url(gallery.url("customers"))


def test_without_a_connection_the_draft_waits_in_the_browser(at, page: Page) -> None:
    page.clock.install()
    at("new_customer")
    page.route("**/json/draft", lambda route: route.abort())
    page.get_by_label("客户名称").fill("离线")
    page.clock.run_for(5_100)
    expect(page.locator(".tg-head [data-draft-mark]")).to_contain_text("草稿保存在本机")
    page.evaluate("removeEventListener('beforeunload', () => {})")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("客户名称")).to_have_value("离线")


def test_two_versions_are_chosen_by_head_and_arrows(gallery: Gallery, at) -> None:
    page = at("conflict")
    page.locator("[data-side=theirs]").check()
    chosen = "all => all.filter(one => one.checked).map(one => one.name + '=' + one.value)"
    ticks = page.locator("[data-conflict] tbody .ck")
    assert ticks.evaluate_all(chosen) == ["pick-credit=theirs", "pick-phone=theirs", "pick-profile=theirs"]
    page.locator("[name=pick-credit][value=theirs]").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(gallery.url("customer"))
    assert seen(gallery, "save")[0]["pick-credit"] == ["mine"]


# ---------- jobs, home, sign-in ----------
def test_a_running_import_draws_its_progress(at, page: Page) -> None:
    page.clock.install()
    at("import_run")
    page.clock.run_for(2_100)
    expect(page.locator("[data-done]")).to_have_text("900")
    expect(page.locator("[data-n=new]")).to_have_text("740")
    assert page.locator(".ip progress").evaluate("bar => bar.value") == 900


def test_a_tick_completes_at_once_and_can_be_taken_back(gallery: Gallery, at) -> None:
    page = at("home")
    row = page.locator(".wait li").first
    row.get_by_role("button").click()
    expect(row).to_have_class("done")
    page.locator(".toast-x", has_text="任务已完成").get_by_role("button", name="撤销").click()
    expect(row).not_to_have_class("done")
    assert [where for where, _ in gallery.posts] == ["tick", "untick"]


def test_the_password_is_shown_by_the_eye(at) -> None:
    page = at("sign_in")
    page.locator("#password").fill("secret")
    page.get_by_role("button", name="显示密码").click()
    expect(page.locator("#password")).to_have_attribute("type", "text")


# ---------- without scripts ----------
@pytest.fixture
def plain(gallery: Gallery, visitor: Visitor):  # type: ignore[no-untyped-def]
    """A browser with its scripts switched off."""
    page = visitor.browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900}).new_page()

    def go(name: str) -> Page:
        page.goto(gallery.url(name))
        return page

    yield go
    page.context.close()


def test_without_scripts_rows_are_ticked_and_the_act_is_a_page(gallery: Gallery, plain) -> None:
    page = plain("customers")
    page.locator("[data-list] tbody .ck").first.check()
    page.locator("[data-bulk] button", has_text="分配").click()
    assert seen(gallery, "bulk_form")[0]["id"] == ["c0"]


def test_without_scripts_a_line_is_added_by_the_server_and_the_form_is_sent(gallery: Gallery, plain) -> None:
    page = plain("new_customer")
    page.get_by_role("button", name="添加地址").click()
    assert seen(gallery, "save")[0]["_add"] == ["addresses"]
    page = plain("new_customer")
    page.get_by_label("客户名称").press("Enter")
    form = seen(gallery, "save")[1]
    assert form["_then"] == ["open"]
    assert "_add" not in form


def test_without_scripts_the_composer_has_both_tabs_and_the_filter_is_a_page(gallery: Gallery, plain) -> None:
    page = plain("customer")
    page.locator(".ctabs label", has_text="任务").click()
    page.locator("[data-kind=task] [name=title]").fill("打电话")
    page.locator("[data-kind=task] button").last.click()
    assert seen(gallery, "task")[0]["title"] == ["打电话"]
    page = plain("customers")
    page.locator(".chip a", has_text="行业").first.click()
    page.get_by_role("button", name="应用").click()
    expect(page).to_have_url(re.compile(r"customers\?field=industry"))
