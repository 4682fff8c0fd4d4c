"""What every file becomes: a header, a sample, and rows that are read as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from crm_core.resource.exchange.joins import Join, find_joins
from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.text.csv_safe import restore

MOST_COLUMNS = 1000
LONGEST_CELL = 1_000_000
SAMPLE = 100
_TITLES = 5  # rows above the header that may be a title

Row = tuple[int, list[str]]
"""The line where it begins, and its cells: as many as the header, or more when the row is broken."""


@dataclass(frozen=True)
class Table:
    """A file that can be read as a table.

    ``kind``: ``csv``, ``xlsx`` or ``vcard``. ``header``: names, each once; behind them those of columns that are put
    together from others (``joins``). ``sample``: the first rows with their lines, to look at.
    :meth:`rows` may be called again and again and holds one row at a time; a file that is wrong further down raises
    :class:`UnreadableFile` there, so call :meth:`check` before anything is changed.
    """

    kind: str
    encoding: str
    delimiter: str
    header: list[str]
    sample: list[Row]
    source: Callable[[], Iterator[Row]] = field(repr=False)
    skip: int = 0
    joins: tuple[Join, ...] = ()
    others: tuple[str, ...] = ()  # encodings in which the file makes nearly as much sense
    finished: bool = False  # the source gives rows that came out of here before

    def rows(self) -> Iterator[Row]:
        """All rows below the header, without empty ones."""
        if self.finished:
            yield from self.source()
            return
        width = len(self.header) - len(self.joins)
        for line, cells in islice(self.source(), self.skip, None):
            text = "".join(cells)
            if not text or text.isspace():
                continue
            if "'" in text and self.kind != "vcard":
                cells = [restore(cell) if cell[:1] == "'" else cell for cell in cells]
            if len(cells) < width:
                cells += [""] * (width - len(cells))
            elif len(cells) > width:
                while len(cells) > width and not cells[-1].strip():
                    cells.pop()
            for number, join in enumerate(self.joins):
                cells.insert(width + number, join.make([cells[at] for at in join.columns]))
            yield line, cells

    def check(self) -> int:
        """Read it all and count the rows; raises :class:`UnreadableFile` for what is wrong anywhere in it."""
        count = sum(1 for _ in self.rows())
        if count == 0:
            raise UnreadableFile("no_rows")
        return count


def make_table(kind: str, encoding: str, delimiter: str, source: Callable[[], Iterator[Row]]) -> Table:
    """A table whose header is found in the first rows of the source. Raises ``empty``, ``columns``, ``no_rows``."""
    first = list(islice(source(), SAMPLE + _TITLES + 20))
    at = _header_at([cells for _, cells in first])
    header = _names(first[at][1])
    if len(header) > MOST_COLUMNS:
        raise UnreadableFile("columns", found=len(header), most=MOST_COLUMNS)
    joins = find_joins(header)
    header += [join.name for join in joins]
    table = Table(kind, encoding, delimiter, header, [], source, at + 1, joins)
    table.sample.extend(islice(table.rows(), SAMPLE))
    if not table.sample:
        raise UnreadableFile("no_rows")
    return table


def _header_at(rows: list[list[str]]) -> int:
    """The first row with names in it: empty rows and a title above the header (one cell, three or more below)."""
    filled = [sum(1 for cell in cells if cell.strip()) for cells in rows]
    at = next((number for number, count in enumerate(filled) if count), None)
    if at is None:
        raise UnreadableFile("empty")
    for number in range(at, min(at + _TITLES, len(filled))):
        if filled[number] == 0 or (filled[number] == 1 and max(filled[number:]) >= 3):
            continue
        return number
    return at


def _names(cells: Iterable[str]) -> list[str]:
    """The names of the columns: single spaces, each once (``电话``, ``电话 2``), ``#3`` where there is none."""
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        name = base = " ".join(cell.split())[:200] or f"#{number}"
        count = 1
        while name in taken:
            count += 1
            name = f"{base} {count}"
        taken.add(name)
        names.append(name)
    return names
