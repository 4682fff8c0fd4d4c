"""The process that draws a PDF, or joins some: a task on its input, the file on its output. Limits are set before anything is read."""

import json
import re
import resource
import sys
from functools import cache
from pathlib import Path
from typing import Any

MEMORY, SECONDS, WRITTEN = 2 * 2**30, 240, 256 * 2**20  # fonts are unpacked into a temporary file
MARK = "\N{WHITE SQUARE}"  # what cannot be drawn
JOINED = "[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff]"  # what clings to a picture before it
BOLD = 0.035  # of the size of letters: the line around them
STYLE = Path(__file__).with_name("paper.css")
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>"""
CSS = """
@font-face {{ font-family: Paper; src: url({font}) }}
@page {{ size: {width}mm {height}mm; margin: {margin}mm }}
html {{ font: 12px/18px Paper, "Noto Sans CJK SC", sans-serif; color: #1a1e26 }}
body {{ margin: 0 }}
svg.leaf {{ display: block; width: {width}mm; height: {height}mm; break-after: page }}
.cut {{ display: none }}
svg.leaf:last-child {{ break-after: auto }}
"""


def main() -> None:
    _limit()
    task = json.loads(sys.stdin.buffer.read())
    if "join" in task:
        join(task["join"], task["title"])
    elif "words" in task:
        sys.stdout.buffer.write("".join(unknown(task["words"], _sheet("")[1])).encode())
    else:
        sys.stdout.buffer.write(draw(task))


def _limit() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, WRITTEN)):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def draw(task: dict[str, Any]) -> bytes:
    """The PDF of a task. Of a piece of a table that others follow (`whole` is false): of the pages that it fills; before it stands a line
    that says how many rows and pages they are, and how wide the columns."""
    from html import escape

    from weasyprint import HTML

    width, height, margin = task["paper"]
    style = CSS.format(font=_font(), width=width, height=height, margin=margin) + STYLE.read_text("utf-8") + task["css"]
    sheet, fonts, fetcher = _sheet(style)
    _embolden()
    _in_words()
    page = PAGE.format(lang=escape(task["lang"]), title=escape(task["title"]), body=replaced(task["body"], fonts))
    made = HTML(string=page, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts)
    told = b""
    if "whole" in task:
        count, rows, widths = full(made.pages, task["whole"])
        made = made.copy(made.pages[:count])
        told = json.dumps({"pages": count, "rows": rows, "widths": widths}).encode() + b"\n"
        if not count:
            return told
    found: bytes = made.write_pdf()
    return told + found


def _font() -> str:
    from pylopdf_fonts_zh_cn import sans_path

    return str(sans_path().as_uri())


def _sheet(style: str) -> tuple[Any, Any, Any]:
    """A style sheet with the fonts that are there by it, and what fetches."""
    from weasyprint import CSS as Sheet
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    font = _font()

    class OnlyOurFont(URLFetcher):  # type: ignore[misc]
        """Nothing is fetched but the font we bring and pictures that stand in the HTML itself: no file, no host."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url != font and not url.startswith("data:image/"):
                raise ValueError(f"not fetched: {url[:100]}")
            return super().fetch(url, headers)

    fetcher, fonts = OnlyOurFont(allowed_protocols=("file", "data")), FontConfiguration()
    return Sheet(string=style or f"@font-face {{ font-family: Paper; src: url({font}) }}", font_config=fonts, url_fetcher=fetcher), fonts, fetcher


def full(pages: Any, whole: bool) -> tuple[int, int, list[float]]:
    """How many of these pages a table fills, how many of its rows stand on them, and how wide its columns are."""
    boxes = [list(page._page_box.descendants()) for page in pages]
    rows = [[box.element for box in page if box.element_tag == "tr" and box.element.find("td") is not None] for page in boxes]
    count = len(pages) if whole else len(pages) - 1
    while not whole and 0 < count and rows[count][0] is rows[count - 1][-1]:  # a row that goes on over the page waits as a whole
        count -= 1
    number = len({id(row) for page in rows[:count] for row in page})
    return count, number, next(list(box.column_widths) for page in boxes for box in page if box.element_tag == "table" and hasattr(box, "column_widths"))


def unknown(words: str, fonts: Any) -> list[str]:
    """Those of these characters that no font has, in their order."""
    from weasyprint.text.ffi import ffi, gobject, pango

    ffi.cdef("int pango_layout_get_unknown_glyphs_count(PangoLayout *layout);", override=True)
    context = ffi.gc(pango.pango_font_map_create_context(fonts.font_map), gobject.g_object_unref)
    layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
    font = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
    pango.pango_font_description_set_family(font, b"Paper,Noto Sans CJK SC,sans-serif")
    pango.pango_layout_set_font_description(layout, font)

    def lacks(text: str) -> bool:
        data = text.encode()
        pango.pango_layout_set_text(layout, data, len(data))
        return bool(pango.pango_layout_get_unknown_glyphs_count(layout))

    def of(found: list[str]) -> list[str]:
        if not found or not lacks(" ".join(found)):
            return []
        return found if len(found) == 1 else [*of(found[: len(found) // 2]), *of(found[len(found) // 2 :])]

    return of(list(dict.fromkeys(c for c in words if c > "\x7f")))


def replaced(body: str, fonts: Any) -> str:
    """The text with a mark in place of each character that cannot be drawn (one for all that make a picture together): as a picture of
    nothing it would be copied as something else."""
    lacking = unknown(body, fonts)
    if not lacking:
        return body
    one = "[" + "".join(map(re.escape, lacking)) + "]"
    return re.sub(f"{one}{JOINED}*(?:\u200d{one}?{JOINED}*)*", MARK, body)


class _Whole(str):
    """A text that is not taken apart into its letters."""

    def __iter__(self) -> Any:
        return iter((str(self),) if self else ())


@cache
def _in_words() -> None:
    """WeasyPrint lays out each letter of a drawing's text by itself: three times the work, and accents lose their letter. Text that has but
    one place is laid out as a whole."""
    from weasyprint import svg

    plain = svg.text

    def text(image: Any, node: Any, size: float) -> None:
        if not any(node.get(name) for name in ("dx", "dy", "rotate", "letter-spacing", "textLength")) and " " not in node.get("x", "").strip():
            node._etree_node.text = _Whole(node.text or "")
        plain(image, node, size)

    svg.text = text
    svg.TAGS.update({tag: text for tag, draws in svg.TAGS.items() if draws is plain})


@cache
def _embolden() -> None:
    """The font we bring has one weight, and WeasyPrint makes no bold of it: bold letters get a line around them, as wide as before."""
    from weasyprint import draw

    plain = draw.draw_text

    def drawn(stream: Any, box: Any, *rest: Any) -> None:
        if box.style["font_weight"] < 600:
            plain(stream, box, *rest)
            return
        with stream.stacked():
            stream.set_color(box.style["color"], stroke=True)
            stream.set_line_width(box.style["font_size"] * BOLD)
            stream.set_line_join(1)
            stream.set_text_rendering(2)
            plain(stream, box, *rest)

    draw.draw_text = drawn


def join(parts: list[str], title: str) -> None:
    """These files behind each other."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for path in parts:
        writer.append(path)
    writer.add_metadata({"/Title": title})
    writer.write(sys.stdout.buffer)


if __name__ == "__main__":
    main()
