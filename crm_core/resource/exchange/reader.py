"""Open a file that a person gives: CSV of any make, a workbook, cards; or say in one sentence why not."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path

from crm_core.resource.exchange import kinds
from crm_core.resource.exchange.encodings import check_encoding, find_encoding
from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.resource.exchange.table import LONGEST_CELL, MOST_COLUMNS, SAMPLE, Row, Table, make_table

__all__ = ["Row", "Table", "UnreadableFile", "known_table", "open_table"]

DELIMITERS = (",", "\t", ";", "|")
MOST_LINES = 1000  # of one cell; more is a quotation mark that was not closed
_SAMPLE = 64 * 1024


def open_table(path: str | Path, encoding: str | None = None, delimiter: str | None = None, *, checked: bool = False) -> Table:
    """The table in a file: its kind, encoding and delimiter are found, unless a person has chosen them. `checked`: the
    encoding was found before, so the file is not read through for it.

    Raises :class:`UnreadableFile`. The first rows are read here; what is wrong further down is told by
    ``Table.check()``, which reads it all.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UnreadableFile("missing") from error
    if head.startswith(b"PK\x03\x04"):
        from crm_core.resource.exchange.workbook import open_workbook

        return open_workbook(path)
    others: tuple[str, ...] = ()
    if encoding:
        encoding = "utf-8-sig" if encoding == "utf-8" else encoding  # the mark is no part of the first heading
        if not checked:
            kinds.refuse(path, head, marked=True)
            check_encoding(path, encoding)
    else:
        encoding, others = find_encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(_SAMPLE)
    if sample.lstrip("\ufeff \t\r\n")[:11].upper() == "BEGIN:VCARD":
        from crm_core.resource.exchange.vcard import open_cards

        return replace(open_cards(path, encoding), others=others)
    if not sample.strip("\ufeff \t\r\n\x1a"):
        raise UnreadableFile("empty")
    told = _told_delimiter(sample)
    delimiter = delimiter or told or _find_delimiter(sample)
    return replace(make_table("csv", encoding, delimiter, partial(_records, path, encoding, delimiter, bool(told))), others=others)


def known_table(kind: str, encoding: str, header: list[str], path: Path) -> Table:
    """A table whose finished rows were written down before, a JSON list a line."""
    table = Table(kind, encoding, "", header, [], partial(_finished, path), finished=True)
    table.sample.extend(islice(table.rows(), SAMPLE))
    return table


def _finished(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as stream:
        for text in stream:
            line, cells = json.loads(text)
            yield line, cells


def _records(path: Path, encoding: str, delimiter: str, skip_first: bool) -> Iterator[Row]:
    """The records of a file with the lines where they begin."""
    csv.field_size_limit(LONGEST_CELL)
    line = 0
    with path.open(encoding=encoding, newline="") as stream:
        if skip_first:
            stream.readline()
            line = 1
        before = line
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                    raise UnreadableFile("columns", found=len(cells), most=MOST_COLUMNS)
                yield line + 1, cells
                line = before + reader.line_num
        except csv.Error as error:
            lines = before + reader.line_num - line
            if "field larger" in str(error) and lines < MOST_LINES:
                raise UnreadableFile("cell_long", line=line + 1, most=LONGEST_CELL) from error
            if "NUL" in str(error):
                raise UnreadableFile("nul", line=line + 1) from error
            raise UnreadableFile("quote", line=line + 1) from error
        except UnicodeDecodeError as error:
            raise UnreadableFile("mixed", line=line + 1) from error


def _told_delimiter(sample: str) -> str:
    """``sep=;`` in the first line, as Excel writes and reads it."""
    first = sample[:20].lstrip("\ufeff").partition("\n")[0].strip().strip('"')
    return first[4:] if len(first) == 5 and first.lower().startswith("sep=") and not first[4].isalnum() else ""


def _find_delimiter(sample: str) -> str:
    """The sign that parts most records into the same number of cells."""
    best, most = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        counts: Counter[int] = Counter()
        try:
            for cells in csv.reader(StringIO(sample, newline=""), delimiter=delimiter):
                if any(cells):
                    counts[len(cells)] += 1
                if counts.total() >= 200:
                    break
        except csv.Error:
            pass
        # Ragged files have rows of several lengths: what counts is how many records are parted at all, then evenly.
        parted = sum(count for width, count in counts.items() if width > 1)
        if not parted:
            continue
        width, even = max(counts.items(), key=lambda item: (item[1] if item[0] > 1 else 0, item[0]))
        score = (even / counts.total() + parted / counts.total() * 0.5, width)
        if score > most:
            best, most = delimiter, score
    return best
