"""From HTML to PDF: for prints of core and for whatever a plugin puts on paper (quotes, invoices).

    from crm_core.sdk import document
    if not document.lacking():
        data = document.pdf(flask.render_template("sales/quote.html", quote=quote), title="QT-2026-0007")

The body is HTML of ours, whose values are escaped (templates do that). It is drawn by a process of its own that has no network, no
name of the database and limits of time and memory; of files it reads the fonts we bring. `paper.css` is its style sheet; `css` adds
to it. Chinese is set in Noto Sans SC, which the extra `pdf` installs and each PDF carries.
"""

import ctypes
import ctypes.util
import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

from markupsafe import escape

from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _

__all__ = ["A4", "A4_WIDE", "Paper", "join", "lacking", "made", "numbered", "pdf", "standalone", "task_of", "undrawn"]

MODULES = ("weasyprint", "pylopdf_fonts_zh_cn", "pypdf")
LIBRARIES = ("gobject-2.0", "pango-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig", "pangoft2-1.0")
SECONDS = 300
HOME = Path(__file__).parents[2]
STYLE = Path(__file__).with_name("paper.css")


@dataclass(frozen=True)
class Paper:
    """A page in millimetres, as it lies in the printer."""

    width: float = 210
    height: float = 297
    margin: float = 14


A4, A4_WIDE = Paper(), Paper(297, 210)


class NoPdf(Refused):
    """A PDF could not be made; the sentence says why."""


def lacking() -> Any:
    """Why there are no PDFs on this machine, in words; "" when there are."""
    return _("PDF files cannot be made on this machine: %(what)s is not installed. Printing from the browser works.", what=list(_missing())) if _missing() else ""


@cache
def _missing() -> tuple[str, ...]:
    modules = tuple(name for name in MODULES if importlib.util.find_spec(name) is None)
    return modules or tuple(name for name in LIBRARIES if not _loads(name))


def _loads(name: str) -> bool:
    for file in (f"lib{name}.so.0", f"lib{name}.so.1", ctypes.util.find_library(name)):
        try:
            ctypes.CDLL(file or f"lib{name}")
        except OSError:
            continue
        return True
    return False


def pdf(body: str, paper: Paper = A4, *, title: str = "", lang: str = "zh-Hans", css: str = "") -> bytes:
    """A PDF of this HTML. Raises NoPdf with a sentence for people."""
    return made(task_of(body, paper, title=title, lang=lang, css=css))


def numbered(after: int = 0) -> str:
    """Style: pages carry their number, behind so many that came before."""
    return f"@page {{ @bottom-right {{ content: counter(page); font-size: 10px; color: #4c5463 }} }} @page :first {{ counter-reset: page {after + 1} }}"


def undrawn(words: str) -> str:
    """Those of these characters for which no font of this machine has a drawing: a mark stands in their place."""
    return made({"words": words}).decode()


def task_of(body: str, paper: Paper = A4, *, title: str = "", lang: str = "zh-Hans", css: str = "") -> dict[str, Any]:
    """What is asked of the process that draws."""
    return {"body": str(body), "paper": [paper.width, paper.height, paper.margin], "title": title, "lang": lang, "css": css}


def join(parts: Sequence[Path], out: IO[bytes], title: str = "") -> None:
    """Several PDFs as one, written to an open file: however many they are, this process holds none of them."""
    made({"join": [str(path) for path in parts], "title": title}, out)


def made(task: dict[str, Any], out: Any = subprocess.PIPE) -> bytes:
    """What the process of its own makes of a task. Raises NoPdf with a sentence for people."""
    if why := lacking():
        raise NoPdf(why)
    environment = {"PYTHONPATH": str(HOME), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-P", "-m", "crm_core.document.child"], input=json.dumps(task).encode(), stdout=out, stderr=subprocess.PIPE,
            env=environment, cwd="/", timeout=SECONDS, start_new_session=True, check=False)
    except subprocess.TimeoutExpired:
        raise NoPdf(_("This PDF took too long to make.")) from None
    if done.returncode:
        raise NoPdf(_("This PDF could not be made; it was too large, or something went wrong."))
    return done.stdout or b""


def standalone(parts: Sequence[Path], out: IO[bytes], title: str, paper: Paper = A4) -> None:
    """The same as a page that a browser prints, for machines without PDFs: one file with its style sheet inside."""
    style = f"@page {{ size: {paper.width}mm {paper.height}mm; margin: {paper.margin}mm }} .cut {{ display: none }} svg.leaf {{ display: block; break-after: page }} body {{ margin: 0; font: 12px/18px sans-serif }}"
    out.write(f'<!doctype html><meta charset="utf-8"><title>{escape(title)}</title><style>{style}{STYLE.read_text("utf-8")}</style>'.encode())
    for path in parts:
        out.write(path.read_bytes())
