"""How rows of an export become bytes: CSV, JSON lines, workbooks. What draws a cell is chosen once for each column."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _, listed
from crm_core.resource.choices import ChoicesField
from crm_core.resource.exchange.cards import NewCards, OldCards, VCards
from crm_core.resource.fields import Field
from crm_core.resource.references import RefField, SeveralField
from crm_core.text.csv_safe import kept, neutralise

SHEET_ROWS = 50_000  # more than this in one workbook helps nobody and takes the memory of a worker

Draw = Callable[[Sequence[Any]], list[str]]


class Format(Protocol):
    """A file in the making."""

    def __init__(self, export: Any) -> None: ...
    def head(self) -> bytes: ...
    def page(self, rows: Sequence[Any]) -> bytes: ...
    def tail(self, reason: str) -> bytes: ...


def headings(fields: Mapping[str, Field]) -> list[str]:
    """The heads of the columns in the reader's language; what would stand there twice carries its name as well."""
    labels = [str(field.label) for field in fields.values()]
    return [
        f"{label} ({name})" if labels.count(label) > 1 else label for name, label in zip(fields, labels, strict=True)
    ]


def draw_texts(field: Field, safe: Callable[[str], str]) -> Draw:
    """What makes the cells of a column from its values: words of lists and names of records in the reader's language,
    the rest as a form's box takes it back. `safe` makes text harmless for the format."""
    if isinstance(field, RefField):
        return lambda values: _labels(field, values, safe)
    if field.kind == "datetime":
        zone = clock.zone()
        return lambda values: [v.astimezone(zone).isoformat(" ", "minutes")[:16] if v is not None else "" for v in values]
    if field.kind in ("choice", "enum", "boolean"):
        return _remembered(field.show, safe)
    if isinstance(field, ChoicesField):
        return lambda values: [safe(field.cell(v)) if v else "" for v in values]
    if field.kind in ("money", "integer", "decimal", "date"):
        return lambda values: [field.text(v) if v is not None else "" for v in values]
    if isinstance(field, SeveralField):
        return lambda values: _several(field, values, safe)
    # Most are texts; a length of time, a choice of options and whatever a plugin adds are written as their box takes them back.
    return lambda values: ["" if v is None or v == "" else (v if v[0].isalnum() else safe(v)) if v.__class__ is str else safe(field.text(v)) for v in values]


def _several(field: SeveralField, values: Sequence[Any], safe: Callable[[str], str]) -> list[str]:
    known = field.refs.labels(one for v in values for one in v or ())
    return [safe(listed(known[one] for one in v if one in known)) if v else "" for v in values]


def _labels(field: RefField, values: Sequence[Any], safe: Callable[[str], str]) -> list[str]:
    known = {key: safe(label) for key, label in field.labels(values).items()}
    return [known.get(v, "") for v in values]


def _remembered(show: Callable[[Any], str], safe: Callable[[str], str]) -> Draw:
    known: dict[Any, str] = {None: ""}

    def draw(values: Sequence[Any]) -> list[str]:
        known.update((v, safe(show(v))) for v in set(values) - known.keys())
        return [known[v] for v in values]

    return draw


class _Columns:
    """Columns of a page drawn one after the other: a loop over values of one kind, not over kinds for each value."""

    def __init__(self, fields: Mapping[str, Field], safe: Callable[[str], str]) -> None:
        self.fields = list(fields.values())
        self.draws = [draw_texts(field, safe) for field in self.fields]

    def drawn(self, rows: Sequence[Any]) -> list[Sequence[Any]]:
        _ids, public, *columns = zip(*rows, strict=True)
        return [public, *(draw(values) for draw, values in zip(self.draws, columns, strict=True))]


class Csv:
    """RFC 4180 in UTF-8, by default with the byte order mark that Excel wants; cells cannot be formulas (S14)."""

    def __init__(self, export: Any) -> None:
        self.export = export
        self.columns: _Columns | None = None

    def head(self) -> bytes:
        text = self._lines([["public_id", *(neutralise(h) for h in headings(self.export.fields))]])
        return b"\xef\xbb\xbf" + text if self.export.bom else text

    def page(self, rows: Sequence[Any]) -> bytes:
        self.columns = self.columns or _Columns(self.export.fields, neutralise)
        return self._lines(zip(*self.columns.drawn(rows), strict=True))

    def tail(self, reason: str) -> bytes:
        return self._lines([[reason]]) if reason else b""

    def _lines(self, rows: Any) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return out.getvalue().encode("utf-8")


class JsonLines:
    """One JSON object a line, values as the API gives them; a reference is its id and its label."""

    def __init__(self, export: Any) -> None:
        self.fields: Mapping[str, Field] = export.fields

    def head(self) -> bytes:
        return b""

    def page(self, rows: Sequence[Any]) -> bytes:
        columns = list(zip(*rows, strict=True))
        names, found = ["id", "public_id", *self.fields], [columns[0], columns[1]]
        for field, values in zip(self.fields.values(), columns[2:], strict=True):
            if isinstance(field, RefField):
                labels = field.labels(values)
                found.append(tuple(None if v is None else {"id": v, "label": labels.get(v)} for v in values))
            else:
                found.append(tuple(map(field.dump, values)))
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        return "".join([dump(dict(zip(names, row, strict=True))) + "\n" for row in zip(*found, strict=True)]).encode()

    def tail(self, reason: str) -> bytes:
        return json.dumps({"error": reason}, ensure_ascii=False).encode() + b"\n" if reason else b""


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot carry


class Workbook:
    """One sheet, written row by row into a temporary file; every text is a text and never a formula."""

    def __init__(self, export: Any) -> None:
        from openpyxl import Workbook as Book

        self.export = export
        self.columns: _Columns | None = None
        self.book = Book(write_only=True)
        self.sheet = self.book.create_sheet("Export")
        self.sheet.freeze_panes = "A2"
        self.rows = 0

    def head(self) -> bytes:
        self.sheet.append([_cell(self.sheet, h) for h in ("public_id", *headings(self.export.fields))])
        return b""

    def page(self, rows: Sequence[Any]) -> bytes:
        self.rows += len(rows)
        if self.rows > SHEET_ROWS:
            raise Refused(_("A workbook holds at most %(n)s rows; take CSV.", n=f"{SHEET_ROWS:,}"))
        self.columns = self.columns or _Columns(self.export.fields, kept)
        numbers = [False, *(field.kind == "integer" for field in self.columns.fields)]
        for row in zip(*self.columns.drawn(rows), strict=True):
            self.sheet.append([
                int(v) if is_number and v else _cell(self.sheet, v) for v, is_number in zip(row, numbers, strict=True)
            ])
        return b""

    def tail(self, reason: str) -> bytes:
        if reason:
            self.sheet.append([_cell(self.sheet, reason)])
        return _saved(self.book)


def sheet(rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook of these rows, every cell a text."""
    from openpyxl import Workbook as Book

    book = Book(write_only=True)
    page = book.create_sheet("Rows")
    for row in rows:
        page.append([_cell(page, kept(str(v))) for v in row])
    return _saved(book)


def _saved(book: Any) -> bytes:
    with tempfile.TemporaryDirectory(prefix="crm-export-") as folder:
        path = Path(folder) / "export.xlsx"
        book.save(path)
        return path.read_bytes()


def _cell(page: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value=None)
    text = _FORBIDDEN.sub("", str(value))[:32_767]
    cell.data_type, cell._value = ("s", text) if text else ("n", None)
    return cell


FORMATS: dict[str, type[Any]] = {"csv": Csv, "jsonl": JsonLines, "xlsx": Workbook, "vcf": VCards, "vcf21": OldCards, "vcf40": NewCards}
TYPES = {
    "csv": "text/csv", "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vcf": "text/vcard", "vcf21": "text/vcard", "vcf40": "text/vcard",
}
