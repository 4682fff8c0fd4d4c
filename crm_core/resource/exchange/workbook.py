"""Workbooks (XLSX): looked at as an archive first, then read row by row with openpyxl, imported only here."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from xml.parsers import expat

from crm_core.resource.exchange import kinds
from crm_core.resource.exchange.problems import UnreadableFile
from crm_core.resource.exchange.table import LONGEST_CELL, MOST_COLUMNS, Row, Table, make_table

MOST_ENTRIES = 1000
MOST_BYTES = 200_000_000
MOST_RATIO = 100
MOST_ROWS = 1_048_576  # of a sheet; where a file numbers a row higher, the reader would count up to it
_BEFORE = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"  # what may stand before the first sign of XML, in any of its encodings
_SMALL = 1_000_000  # an entry of this size does no harm whatever its ratio
# Errors of a reader that was written for friendly files: any of them means "damaged".
_DAMAGED = (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, SyntaxError,
            RuntimeError, NotImplementedError, OverflowError, zlib.error)  # fmt: skip


def open_workbook(path: Path) -> Table:
    """The first sheet with a table. Raises ``bomb``, ``workbook``, ``binary``, ``sheet`` and those of tables."""
    _look_into(path)
    name = _sheet(path)
    return make_table("xlsx", "", "", partial(_rows, path, name))


def _look_into(path: Path) -> None:
    """Refuse archives that are no workbooks, and those that unpack to more than is safe."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            steep = any(e.file_size > _SMALL and e.file_size > MOST_RATIO * max(e.compress_size, 1) for e in entries)
            if len(entries) > MOST_ENTRIES or total > MOST_BYTES or steep:
                raise UnreadableFile("bomb", found=total // 1_000_000, entries=len(entries))
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names:
                with archive.open("mimetype") if "mimetype" in names else BytesIO() as said:
                    raise kinds.other(kinds.of_archive(names, said.read(100)))
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFile("workbook")
            for entry in entries:  # whatever a part is called, the workbook may lead to it
                with cast(zipfile.ZipExtFile, archive.open(entry)) as part:
                    if part.peek(64).lstrip(_BEFORE)[:1] == b"<":
                        _refuse_doctype(part)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, OSError, RuntimeError, EOFError) as error:
        raise UnreadableFile("workbook") from error


def _refuse_doctype(part: zipfile.ZipExtFile) -> None:
    """Parts of workbooks have no document type; bombs of entities begin with one."""
    parser = expat.ParserCreate()
    seen: list[str] = []
    parser.StartDoctypeDeclHandler = lambda *_: seen.append("doctype")
    parser.StartElementHandler = lambda *_: seen.append("root")
    while not seen and (piece := part.read(4096)):
        try:
            parser.Parse(piece)
        except expat.ExpatError:
            if not seen:  # drawings of old programs are broken further down, and nobody reads them
                raise
    if seen[:1] == ["doctype"]:
        raise UnreadableFile("workbook")


def _book(path: Path) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that do not touch the cells
        # Of a path it looks at the ending; a file that was uploaded is kept under a name without one.
        return openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True, keep_links=False)


def _sheet(path: Path) -> str:
    """The first visible sheet that has anything in it."""
    try:
        book = _book(path)
        try:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    sheet.reset_dimensions()
                    if any(value is not None for row in sheet.iter_rows(max_row=50, values_only=True) for value in row):
                        return str(sheet.title)
        finally:
            book.close()
    except _DAMAGED as error:
        raise UnreadableFile("workbook") from error
    raise UnreadableFile("sheet")


def _rows(path: Path, sheet: str) -> Iterator[Row]:
    try:
        book = _book(path)
        try:
            page = book[sheet]
            page.reset_dimensions()  # what the file says of its own size is often wrong, and sometimes a trap
            for number, values in enumerate(page.iter_rows(values_only=True), 1):
                if number > MOST_ROWS:
                    raise UnreadableFile("workbook")
                if len(values) > MOST_COLUMNS and any(value is not None for value in values[MOST_COLUMNS:]):
                    raise UnreadableFile("columns", found=len(values), most=MOST_COLUMNS)
                cells = [value if type(value) is str else _cell(value) for value in values[:MOST_COLUMNS]]
                if sum(map(len, cells)) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
                    raise UnreadableFile("cell_long", line=number, most=LONGEST_CELL)
                yield number, cells
        finally:
            book.close()
    except UnreadableFile:
        raise
    except _DAMAGED as error:
        raise UnreadableFile("workbook") from error


def _cell(value: Any) -> str:
    """A cell as it would stand in a CSV file: whole numbers without a point, days as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        day, time = value.date().isoformat(), value.time().replace(microsecond=0)
        return day if time == dt.time() else f"{day} {time.isoformat()}"
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)
