"""Every page as it is drawn: in both languages and themes, on a desk and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import crm_core.web
from tests.browser import samples
from tests.browser.conftest import Gallery
from tests.support.browser import DESKTOP, PHONE, Visitor, axe, overflows

WEB = Path(crm_core.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ICONS = Path(crm_core.__path__[0]).parent / "frontend" / "icons.txt"
LOOKS = [
    ("zh_Hans_CN", "light", DESKTOP),
    ("en", "dark", DESKTOP),
    ("zh_Hans_CN", "dark", PHONE),
    ("en", "light", PHONE),
]
# Pages whose table is meant to be pushed sideways on a phone: the matching asks for a wider screen.
PUSHED = ("tg-scroll", "impl", "mtb", "pv", "ltbl")


@pytest.mark.parametrize(("language", "theme", "size"), LOOKS, ids=lambda v: v if isinstance(v, str) else f"{v[0]}px")
def test_no_page_has_a_fault_of_access_policy_or_layout(
    gallery: Gallery, visitor: Visitor, cjk_fonts: None, language: str, theme: str, size: tuple[int, int]
) -> None:
    context = visitor.context(
        language=language, size=size, theme=theme, is_mobile=size == PHONE, has_touch=size == PHONE
    )
    context.add_cookies(
        [{"name": n, "value": v, "url": gallery.url("")} for n, v in (("lang", language), ("theme", theme))]
    )
    page = context.new_page()
    faults: list[str] = []
    for name in samples.PAGES:
        answer = page.goto(gallery.url(name))
        assert answer is not None
        assert answer.status == 200, name
        page.wait_for_selector("html[data-ready]", state="attached")
        faults += [f"{name}: {fault}" for fault in axe(page)]
        faults += [f"{name}: {fault}" for fault in overflows(page) if not any(part in fault for part in PUSHED)]
    assert faults == []


def test_a_page_with_a_faulty_name_and_colour_is_found_out(gallery: Gallery, visitor: Visitor) -> None:
    """The negative control of the test above: axe and the measure of overflow do see."""
    page = visitor.page()
    page.goto(gallery.url("customers"))
    page.evaluate("""() => { document.querySelector('.tg-title').style.color = '#ddd';
        document.querySelector('[data-all]').removeAttribute('aria-label');
        document.body.append(Object.assign(document.createElement('div'), {id: 'wide', textContent: 'x'}));
        document.querySelector('#wide').style.width = '3000px'; }""")
    found = " ".join(axe(page))
    assert "color-contrast" in found
    assert "label" in found
    assert any("wide" in fault for fault in overflows(page))


def test_no_template_holds_style_or_script_of_its_own() -> None:
    forbidden = re.compile(
        r"""\sstyle=|<style|\son[a-z]+=|hx-on|javascript:|<script(?![^>]*(src=|type="application/json"))"""
    )
    assert [path.name for path in TEMPLATES if forbidden.search(path.read_text("utf-8"))] == []


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    listed = {line.split("#")[0].strip() for line in ICONS.read_text("utf-8").splitlines()} - {""}
    named = {name for path in TEMPLATES for name in re.findall(r'icon\("([a-z0-9-]+)"', path.read_text("utf-8"))}
    source = ICONS.parent / "src"
    named |= {n for path in source.glob("*.js") for n in re.findall(r'\bicon\("([a-z0-9-]+)"', path.read_text("utf-8"))}
    python = (path.read_text("utf-8") for path in WEB.parent.rglob("*.py"))
    named |= {name for text in python for name in re.findall(r'\bicon(?:: str)? ?= ?"([a-z0-9-]+)"', text)}
    python = (path.read_text("utf-8") for path in WEB.parent.rglob("*.py"))
    named |= {name for text in python for name in re.findall(r'"icon": "([a-z0-9-]+)"', text)}
    assert named - listed == set()


def test_every_word_of_the_templates_is_translated() -> None:
    with (WEB.parent / "translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        catalog = read_po(file)
    missing = set()
    for path in TEMPLATES:
        with path.open("rb") as file:
            for _line, _function, found, _comments in babel_extract(file, ["_"], [], {}):
                text = found if isinstance(found, str) else found[0]
                entry = catalog.get(text)
                if entry is None or not entry.string:
                    missing.add(text)
    assert missing == set()


@pytest.mark.parametrize(("page", "scripts"), [("parts/words.html", "[!r]*.js"), ("parts/words.html", "r[!o]*.js"), ("road.html", "road.js"), ("road.html", "road/*.js")])
def test_every_word_a_script_says_is_given_to_it(page: str, scripts: str) -> None:
    """The phone's page has words of its own."""
    given = set(re.findall(r'"([a-z]+)": _\(', (WEB / "templates" / page).read_text("utf-8")))
    said = {
        word
        for path in (ICONS.parent / "src").glob(scripts)
        for word in re.findall(r'\bword\((?:\w+ \? )?"([a-z]+)"', path.read_text("utf-8"))
    }
    assert said - given == set()
    assert said or scripts == "r[!o]*.js"
