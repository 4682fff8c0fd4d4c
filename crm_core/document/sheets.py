"""Labels and envelopes as drawings in millimetres: one for the screen, the browser's printer and the PDF. Text is wrapped and made
smaller until it fits; what does not fit even then is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from crm_core.document.child import BOLD
from crm_core.text.fitting import LEADING, SPARE, Fitted, Line, fit, read_lines, width

PAD = 3.0  # millimetres of a label's edge that stay free
SIZE, LEAST = 3.9, 2.1  # of text: 11 and 6 points
SENDER = 3.2
RED = "#d22630"  # the postcode boxes of Chinese envelopes
EDGE, STAMP = 12.0, 20.0
QUIET = (160.0, 55.0, 20.0)  # of a Chinese envelope: from, to (from the right edge) and height (from below) of the bar code's place


@dataclass(frozen=True)
class Grid:
    """A sheet of labels, or an envelope (whose cells are its postcode boxes, if it has any), in millimetres."""

    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    cell_width: float = 0
    cell_height: float = 0
    pitch_x: float = 0
    pitch_y: float = 0

    @property
    def places(self) -> int:
        return self.columns * self.rows

    def cell(self, number: int) -> tuple[float, float]:
        """The upper left corner of a cell, line by line from 0."""
        return self.left + number % self.columns * self.pitch_x, self.top + number // self.columns * self.pitch_y

    @property
    def fits(self) -> bool:
        """Whether its cells lie on the sheet and beside each other."""
        x, y = self.cell(self.places - 1)
        apart = (self.columns == 1 or self.pitch_x >= self.cell_width) and (self.rows == 1 or self.pitch_y >= self.cell_height)
        return apart and x + self.cell_width <= self.width + 0.01 and y + self.cell_height <= self.height + 0.01


class Drawn(NamedTuple):
    """Pages, and which of the texts did not fit."""

    pages: list[Markup]
    over: list[int]


def labels(grid: Grid, texts: Sequence[str], start: int = 1, size: float = SIZE) -> Drawn:
    """Sheets of labels, from label `start` of the first sheet on."""
    over: list[int] = []
    places = {start - 1 + at: at for at in range(len(texts))}
    pages = []
    for page in range((start - 1 + len(texts) + grid.places - 1) // grid.places):
        parts = []
        for number in range(grid.places):
            x, y = grid.cell(number)
            at = places.get(page * grid.places + number)
            parts.append(_rect(x, y, grid.cell_width, grid.cell_height, "cut" if at is not None else "cut none"))
            if at is not None:
                box = fit(read_lines(texts[at]), grid.cell_width - 2 * PAD, grid.cell_height - 2 * PAD, size, LEAST)
                parts.append(block(box, x + PAD, y + (grid.cell_height - box.height) / 2))
                if box.over:
                    over.append(at)
                    parts.append(_rect(x, y, grid.cell_width, grid.cell_height, "cut over"))
        pages.append(page_of(grid, parts))
    return Drawn(pages, over)


@dataclass(frozen=True)
class Letter:
    """What stands on one envelope. `postcode` goes into the boxes of a Chinese one, within the country."""

    text: str
    postcode: str = ""
    abroad: bool = False


@dataclass(frozen=True)
class Sender:
    """Who sends it."""

    lines: tuple[str, ...] = ()
    postcode: str = ""


def envelopes(grid: Grid, letters: Sequence[Letter], sender: Sender, *, chinese: bool = False, frame: bool = True) -> Drawn:
    """One page an envelope. `chinese`: with postcode boxes, the sender below; `frame`: the boxes are not printed on it yet."""
    pages, over = [], []
    for at, letter in enumerate(letters):
        parts, box = _inland(grid, letter, sender, frame) if chinese and not letter.abroad else _western(grid, letter, sender)
        pages.append(page_of(grid, parts))
        if box.over:
            over.append(at)
    return Drawn(pages, over)


def _western(grid: Grid, letter: Letter, sender: Sender) -> tuple[list[Markup], Fitted]:
    """The sender above at the left, the recipient right of the middle, in the lower half."""
    lines = [*sender.lines, *([sender.postcode] if sender.postcode else [])]
    small = fit([Line(one) for one in lines], grid.width * 0.42, grid.height * 0.3, SENDER, LEAST)
    x, y = grid.width * 0.44, grid.height * 0.44
    box = fit(read_lines(letter.text), grid.width - x - EDGE, grid.height - y - EDGE, 4.8, LEAST)
    return [block(small, EDGE, EDGE - 2), block(box, x, y)], box


def _inland(grid: Grid, letter: Letter, sender: Sender, frame: bool) -> tuple[list[Markup], Fitted]:
    """As GB/T 1416 has it: postcode boxes above at the left, the stamp at the right; recipient beneath, sender below at the right,
    with the bar code's place left free."""
    parts = []
    digits = [c for c in letter.postcode if c.isascii() and c.isdigit()]
    for number in range(grid.places):
        x, y = grid.cell(number)
        if frame:
            parts.append(Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="none" stroke="{}" stroke-width="0.5"/>').format(_n(x), _n(y), _n(grid.cell_width), _n(grid.cell_height), RED))
        if len(digits) == grid.places:
            size = grid.cell_height * 0.72
            parts.append(written(digits[number], _centred(digits[number], x + grid.cell_width / 2, size), y + grid.cell_height / 2 + size * 0.36, size))
    if frame:
        x = grid.width - EDGE - STAMP
        parts.append(Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="none" stroke="{}" stroke-width="0.25"/>').format(_n(x), _n(9), _n(STAMP), _n(STAMP), RED))
        parts += [written(word, _centred(word, x + STAMP / 2, 3), 9 + STAMP / 2 + down, 3, fill=RED) for word, down in (("贴 邮", -1), ("票 处", 3.4))]
    below = grid.height - QUIET[2]
    box = fit(read_lines(letter.text), grid.width - 2 * EDGE - 24, below - 34 - 20, 5.2, LEAST)
    parts.append(block(box, EDGE + 8, 34))
    lines = fit([Line(one) for one in sender.lines], grid.width * 0.5, 18, 3.8, LEAST)
    parts.append(block(lines, grid.width - EDGE - max((width(one.text, lines.size) for one in lines.lines), default=0), below - lines.height - 1))
    if sender.postcode:
        code = f"邮政编码 {sender.postcode[:10]}"
        parts.append(written(code, grid.width - EDGE - width(code, 3.8), grid.height - 8, 3.8))
    return parts, box


def page_of(grid: Grid, parts: Sequence[Markup]) -> Markup:
    """A page as a drawing of its real size."""
    return Markup('<svg class="leaf" xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{1}mm" viewBox="0 0 {0} {1}" font-family="Paper, Noto Sans CJK SC, sans-serif">{2}</svg>').format(
        _n(grid.width), _n(grid.height), Markup("").join(parts))


def block(box: Fitted, x: float, y: float) -> Markup:
    """Lines from (x, y) down."""
    parts = []
    for line in box.lines:
        size = box.size * line.scale
        if line.text:
            parts.append(written(line.text, x, y + size * 1.04, size, bold=line.bold))
        y += size * LEADING
    return Markup("").join(parts)


def written(words: str, x: float, y: float, size: float, *, bold: bool = False, fill: str = "#000") -> Markup:
    """Bold is a line around the letters: the same for every font, and no wider than was measured."""
    line = Markup(' stroke="{}" stroke-width="{}" stroke-linejoin="round"').format(fill, _n(size * BOLD)) if bold else ""
    return Markup('<text x="{}" y="{}" font-size="{}" fill="{}"{} xml:space="preserve">{}</text>').format(_n(x), _n(y), _n(size), fill, line, words)


def _centred(words: str, x: float, size: float) -> float:
    """Where words begin that have their middle at x. No `text-anchor`: programs that read PDFs lose the place of such text."""
    return x - width(words, size) / SPARE / 2


def _rect(x: float, y: float, width: float, height: float, css: str) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill="none"/>').format(css, _n(x), _n(y), _n(width), _n(height))


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
