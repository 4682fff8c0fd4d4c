"""Paper from the browser: envelopes for a saved view and for what lies in a circle, with the presses counted; what Ctrl+P prints."""

from __future__ import annotations

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from crm_core import document
from crm_core.access.actor import load_actor
from crm_core.resource import views
from tests.browser.demo import Demo
from tests.browser.hand import Hand
from tests.support.browser import Visitor, axe, overflows

BOTH = pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])


class Clerk(Hand):
    """Somebody at a list who wants envelopes, in his language."""

    def __init__(self, page: Page, language: str) -> None:
        super().__init__(page)
        self.zh = language != "en"

    def named(self, role: str, zh: str, en: str) -> Locator:
        return self.page.get_by_role(role, name=zh if self.zh else en, exact=True)  # type: ignore[arg-type]

    def choose_envelopes(self) -> None:
        self.click(self.named("link", "打印", "Print"))
        expect(self.page.locator("[data-press]")).to_be_visible()
        self.click(self.named("radio", "信封", "Envelopes"))
        expect(self.page.locator("[data-press] select[name=paper]")).to_be_visible()
        assert axe(self.page) == [] and overflows(self.page) == []


def assert_as_large_as_drawn(page: Page) -> None:
    """What the browser prints stands where the drawing has it, to half a millimetre."""
    first = page.locator(".drawings svg.leaf").first
    digit = first.locator("text").first
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))[0]
    millimetres = 25.4 / 72
    view = [float(n) for n in str(first.get_attribute("viewBox")).split()]
    assert [round(n * millimetres) for n in paper.get_size()] == [round(n) for n in view[2:]]
    words = paper.get_textpage()
    assert words.get_text_range(0, 1) == digit.text_content()
    assert abs(words.get_charbox(0, loose=True)[0] * millimetres - float(str(digit.get_attribute("x")))) < 0.5
    assert abs((paper.get_height() - words.get_charbox(0)[1]) * millimetres - float(str(digit.get_attribute("y")))) < 0.5


@BOTH
def test_envelopes_for_a_saved_view_are_five_presses_away(visitor: Visitor, demo: Demo, language: str) -> None:
    user = demo.one("SELECT id FROM core_user WHERE login = 'chenxiaoyan'")
    with demo.site.system("tests") as work:
        who = load_actor(demo.site, work.session, user)
    with demo.site.work(who):
        view = views.get(views.save("core.customer", f"Key {language}", [("standing.any", "key")], views.Audience.mine))
        page = demo.open(visitor, "/", language=language)
        page.add_init_script("window.print = () => {}")  # the paper asks for the printer by itself
        clerk = Clerk(page, language)
        clerk.click(page.locator("#rail-menu a[href='/core/customer']"))
        clerk.click(page.locator(".vtabs .tabs a", has_text=f"Key {language}"))
        expect(page.locator(".chip", has_text="重点" if clerk.zh else "Key")).to_be_visible()
        count = page.locator("[data-count]").inner_text()
        clerk.choose_envelopes()
        if clerk.zh and not document._missing():
            with page.expect_download(timeout=120_000) as made:
                clerk.click(clerk.named("button", "PDF", "PDF"))
            paper = pypdfium2.PdfDocument(made.value.path())
            assert len(paper) == int(count) and "收" in paper[0].get_textpage().get_text_bounded()
        else:
            clerk.click(clerk.named("button", "打印", "Print"))
            expect(page.locator(".drawings svg.leaf")).to_have_count(int(count))
            assert axe(page) == []
            assert_as_large_as_drawn(page)
        assert len(clerk.actions) == 5
        views.delete(view)


def test_a_manager_draws_a_circle_on_the_map_and_prints_envelopes_for_it(visitor: Visitor, demo: Demo) -> None:
    page = demo.open(visitor, "/core/customer?look=map&over=510000", "sunli", "zh_Hans_CN")
    page.wait_for_selector('.map[data-points="there"]')
    clerk = Clerk(page, "zh_Hans_CN")
    clerk.click(clerk.named("button", "画圆", "Draw a circle"))
    pane = page.locator(".map-pane").bounding_box()
    assert pane is not None
    x, y = pane["x"] + pane["width"] * 0.6, pane["y"] + pane["height"] * 0.6
    clerk.draw((x, y), (x + 60, y + 60), (x + 120, y + 90))
    page.wait_for_url("**place.area=circle*")
    expect(page.locator(".mapside")).to_contain_text("区域内")
    names = {name.inner_text() for name in page.locator(".mapside .rows a .grow").all()}
    clerk.choose_envelopes()
    clerk.click(clerk.named("button", "打印", "Print"))
    drawn = page.locator(".drawings svg.leaf")
    expect(drawn.first).to_be_visible()
    papers = drawn.all_text_contents()
    assert names and len(papers) >= len(names) and all(any(name in paper for paper in papers) for name in names) and len(clerk.actions) == 5


def test_ctrl_p_prints_a_list_and_a_record_black_on_white_without_what_is_pressed(visitor: Visitor, demo: Demo) -> None:
    page = demo.open(visitor, "/core/customer?standing.any=key", theme="dark")
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    names = page.locator("a.nm").all_inner_texts()
    page.emulate_media(media="print")
    for hidden in (".tg-rail", ".tg-top", ".tg-foot", ".tg-head .btn", ".tick", ".chip.add", ".pager .btn"):
        expect(page.locator(hidden).first).to_be_hidden()
    white = "getComputedStyle(document.querySelector('#main')).backgroundColor"
    assert page.evaluate(white) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)") and page.evaluate("getComputedStyle(document.querySelector('a.nm')).color") == "rgb(0, 0, 0)"
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    width, height = paper[0].get_size()
    said = "".join(sheet.get_textpage().get_text_bounded() for sheet in paper).replace("\r\n", "")
    assert width > height and all(name in said for name in names) and "Search customers" not in said
    page.emulate_media(media="screen")
    page.locator("a.nm").first.click()
    expect(page.locator(".rec-page h1")).to_have_text(names[0])
    page.emulate_media(media="print")
    for hidden in (".tg-rail", ".rec-acts", ".composer", ".rtabs a:not(.on)"):
        expect(page.locator(hidden).first).to_be_hidden()
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    width, height = paper[0].get_size()
    said = "".join(sheet.get_textpage().get_text_bounded() for sheet in paper)
    assert width < height and names[0] in said and "Customer kind" in said
