"""How wide words are on paper, where a line breaks, and in which size a text fits into a box.

Widths are those of the font that PDFs carry, a little more generous, as a browser may take another one.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left
from typing import NamedTuple

# Advance widths of U+0020 … U+007E in thousandths of an em.
_LATIN = [224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555, 555, 555, 555, 555, 555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812, 723, 742, 633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620, 554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606, 620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555]
SPARE = 1.05
LEADING = 1.35  # of a line, in its size
STEP = 0.05  # by which a text is made smaller
_NOT_FIRST = frozenset("，。、；：？！）】》」』”’,.;:?!)]}%")
_COUNTS = frozenset("号栋幢楼层室座弄巷单")
_NOT_LAST = frozenset("（【《「『“‘([{")


class Line(NamedTuple):
    """A line as it is drawn: `scale` is its size beside that of the text (a heading is larger)."""

    text: str
    scale: float = 1.0
    bold: bool = False


class Fitted(NamedTuple):
    """Lines, the size in which they fit, and whether they do not even in the smallest."""

    size: float
    lines: tuple[Line, ...]
    over: bool

    @property
    def height(self) -> float:
        return sum(line.scale for line in self.lines) * self.size * LEADING


def width(text: str, size: float) -> float:
    """How wide a text is in this size, in the same unit."""
    return sum(_em(c) for c in text) * size * SPARE


def _em(c: str) -> float:
    code = ord(c)
    if 32 <= code < 127:
        return _LATIN[code - 32] / 1000
    if unicodedata.combining(c):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.68


def wrap(text: str, room: float, size: float) -> list[str]:
    """The text in lines that are no wider than `room`: between words, between Han characters, in a word that is too long."""
    lines, line, used = [], "", 0.0
    for piece in _pieces(text):
        wide = width(piece, size)
        if line and used + width(piece.rstrip(), size) > room:
            lines.append(line.rstrip())
            line, used = "", 0.0
        if not line:
            piece = piece.lstrip()
            while (cut := _fitting(piece.rstrip(), room, size)) < len(piece.rstrip()):
                lines.append(piece[:cut])
                piece = piece[cut:]
            wide = width(piece, size)
        line, used = line + piece, used + wide
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _fitting(text: str, room: float, size: float) -> int:
    """How many of its first characters fit, at least one."""
    used = 0.0
    for n, c in enumerate(text):
        used += width(c, size)
        if used > room:
            return max(1, n)
    return len(text)


def _pieces(text: str) -> list[str]:
    """What is not broken: words with the space behind them, Han characters with the marks that cling to them."""
    found: list[str] = []
    for c in text:
        last = found[-1] if found else ""
        clings = bool(last) and (c.isspace() or c in _NOT_FIRST or last[-1] in _NOT_LAST or _pair(last, c) or (not _breaks(c) and not _breaks(last[-1]) and not last[-1].isspace()))
        if clings:
            found[-1] += c
        else:
            found.append(c)
    return found


def _pair(last: str, c: str) -> bool:
    """A house number and what counts it ("18 号", "3 栋") stay together."""
    return c in _COUNTS and last.rstrip()[-1:].isascii() and last.rstrip()[-1:].isdigit()


def _breaks(c: str) -> bool:
    return unicodedata.east_asian_width(c) in "WF"


def read_lines(text: str) -> list[Line]:
    """The lines of a text; one that begins with `# ` is a heading, one with `! ` stands out."""
    found = []
    for raw in text.split("\n"):
        if raw.startswith("# "):
            found.append(Line(raw[2:].strip(), 1.4, True))
        elif raw.startswith("! "):
            found.append(Line(raw[2:].strip(), 1.0, True))
        else:
            found.append(Line(raw.rstrip()))
    return found


def fit(lines: list[Line], room: float, height: float, size: float, least: float) -> Fitted:
    """The lines wrapped into a box of `room` by `height`, in `size` or as much smaller as is needed, at least `least`. What does not
    fit even then is cut at the end, and said (`over`)."""

    def drawn(steps: int) -> Fitted:
        now = max(least, size - steps * STEP)
        return Fitted(now, tuple(line._replace(text=part) for line in lines for part in wrap(line.text, room, now * line.scale)), False)

    smallest = math.ceil(max(0.0, size - least) / STEP)
    made = drawn(bisect_left(range(smallest), True, key=lambda steps: drawn(steps).height <= height))
    if made.height <= height:
        return made
    kept: list[Line] = []
    for line in made.lines:
        if Fitted(made.size, (*kept, line), True).height > height:
            break
        kept.append(line)
    return Fitted(made.size, tuple(kept), True)
