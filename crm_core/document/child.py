"""The process that draws a PDF, or joins some: a task on its input, the file on its output. Limits are set before anything is read."""

import json
import resource
import sys
from functools import cache
from pathlib import Path
from typing import Any

MEMORY, SECONDS, WRITTEN = 2 * 2**30, 240, 256 * 2**20  # fonts are unpacked into a temporary file
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
    else:
        sys.stdout.buffer.write(draw(task))


def _limit() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, WRITTEN)):
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def draw(task: dict[str, Any]) -> bytes:
    """The PDF of a task."""
    from html import escape

    from pylopdf_fonts_zh_cn import sans_path
    from weasyprint import CSS as Sheet
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    font = sans_path().as_uri()

    class OnlyOurFont(URLFetcher):  # type: ignore[misc]
        """Nothing is fetched but the font we bring and pictures that stand in the HTML itself: no file, no host."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url != font and not url.startswith("data:image/"):
                raise ValueError(f"not fetched: {url[:100]}")
            return super().fetch(url, headers)

    _embolden()
    fetcher = OnlyOurFont(allowed_protocols=("file", "data"))
    width, height, margin = task["paper"]
    page = PAGE.format(lang=escape(task["lang"]), title=escape(task["title"]), body=task["body"])
    style = CSS.format(font=font, width=width, height=height, margin=margin) + STYLE.read_text("utf-8") + task["css"]
    fonts = FontConfiguration()
    sheet = Sheet(string=style, font_config=fonts, url_fetcher=fetcher)
    found: bytes = HTML(string=page, url_fetcher=fetcher).write_pdf(stylesheets=[sheet], font_config=fonts)
    return found


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
