"""The rows of a file in frames, as they are handed from one process to another: plain texts, and what pure functions of
the words make of them. Nothing here knows records, fields or the database, so it starts quickly and may be locked in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.resource.exchange.reader import Row, Table, known_table, open_table
from crm_core.text.clean import clean_lines

ROWS, CHARACTERS = 100, 200_000  # of a frame
PURE = "crm_core.text."  # functions of these modules can be asked for by name
COUNTED = 20_000  # rows between two tellings of their number
CHECKED = 10_000_000  # bytes; what is wrong at the end of a larger file is told by its job, before anything is changed


class Frame(NamedTuple):
    """Some rows, and for each function that was asked for its results for them."""

    rows: list[Row]
    derived: list[list[Any]]


@dataclass(frozen=True)
class Taken:
    """What a file was found to be. Workbooks and cards are written down as rows (`stored`) and never opened again."""

    kind: str
    encoding: str
    delimiter: str
    header: list[str]
    sample: list[Row]
    total: int | None
    stored: bool
    others: tuple[str, ...] = ()  # encodings it may be in as well

    def open(self, path: Path) -> Table:
        """The table again, without looking for anything."""
        if self.stored:
            return known_table(self.kind, self.encoding, self.header, rows_path(path))
        return open_table(path, self.encoding, self.delimiter, checked=True)


def rows_path(path: Path) -> Path:
    return path.with_name(path.name + ".rows")


def take(path: Path, encoding: str = "") -> Taken:
    """Look at a file that came from somebody: encoding, delimiter, header, first rows. Raises UnreadableFile."""
    table = open_table(path, encoding)
    total = None
    if table.kind != "csv":
        total = _write_down(table, rows_path(path))
    elif path.stat().st_size <= CHECKED:
        total = table.check()
    return Taken(table.kind, table.encoding, table.delimiter, table.header, table.sample, total, table.kind != "csv", table.others)


def _write_down(table: Table, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for row in table.rows():
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    if count == 0:
        raise UnreadableFile("no_rows")
    return count


def frames(table: Table, after: int = 0, asked: Sequence[tuple[int, str]] = ()) -> Iterator[Frame]:
    """The rows behind line `after`. `asked`: column and name of a function of :data:`PURE`."""
    functions = [(at, function(name)) for at, name in asked]
    rows: list[Row] = []
    size = 0
    for line, cells in table.rows():
        if line <= after:
            continue
        rows.append((line, cells))
        size += sum(map(len, cells))
        if len(rows) >= ROWS or size > CHARACTERS:
            yield Frame(rows, [list(map(call, column(rows, at))) for at, call in functions])
            rows, size = [], 0
    if rows:
        yield Frame(rows, [list(map(call, column(rows, at))) for at, call in functions])


def counts(table: Table) -> Iterator[int]:
    """How many rows there are, told now and then and at the end."""
    number = 0
    for number, _row in enumerate(table.rows(), 1):
        if number % COUNTED == 0:
            yield number
    yield number


def column(rows: Sequence[Row], at: int) -> list[str]:
    """The cells of a column, cleaned."""
    return clean_lines([cells[at] if at < len(cells) else "" for _line, cells in rows])


def reference(call: Callable[[str], Any]) -> str:
    """The name by which another process finds a function."""
    return f"{call.__module__}:{call.__qualname__}"


def function(name: str) -> Callable[[str], Any]:
    """The function of that name; only of the modules on words."""
    module, _colon, inner = name.partition(":")
    if not module.startswith(PURE):
        raise ValueError(f"{name} is not one of {PURE}")
    found: Callable[[str], Any] = getattr(import_module(module), inner)
    return found


def plain(taken: Taken) -> dict[str, Any]:
    return asdict(taken)


def from_plain(values: dict[str, Any]) -> Taken:
    return Taken(**{**values, "sample": [(line, cells) for line, cells in values["sample"]]})
