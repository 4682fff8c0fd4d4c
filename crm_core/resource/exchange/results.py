"""What an import could not take: the rows, with their reasons, on the page and as a file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.kernel.i18n import _
from crm_core.resource.exchange.formats import TYPES, sheet
from crm_core.resource.exchange.items import told
from crm_core.resource.exchange.models import Import, ImportRow
from crm_core.text import csv_safe


def kept_rows(made: Import, state: str, after: int = 0, limit: int = 50) -> list[ImportRow]:
    """Rows of an import one has read under its rights that wait for somebody, in the order of the file."""
    query = sa.select(ImportRow).where(ImportRow.import_id == made.id, ImportRow.line > after)
    query = query.where(ImportRow.state == state if state else ImportRow.state != "left")
    return list(current_work().session.scalars(query.order_by(ImportRow.line).limit(limit)))


def waiting(made: Import) -> int:
    """How many rows wait for somebody."""
    query = sa.select(sa.func.count()).select_from(ImportRow).where(ImportRow.import_id == made.id, ImportRow.state != "left")
    return int(current_work().session.scalar(query) or 0)


@dataclass(frozen=True)
class RefusedFile:
    """A file to mend and load again."""

    name: str
    kind: str
    data: bytes


def refused_file(made: Import) -> RefusedFile:
    """The refused and doubtful rows as they stood in the file, with a column of reasons: in its encoding and with its delimiter,
    or as a workbook, so that it loads as the first one did."""
    file, name = made.options["file"], f"refused-{made.id}"
    if file["kind"] == "xlsx":
        return RefusedFile(f"{name}.xlsx", TYPES["xlsx"], sheet(_lines(made)))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=file["delimiter"] or ",")
    writer.writerows([csv_safe.neutralise(str(cell)) for cell in cells] for cells in _lines(made))
    try:
        data = out.getvalue().encode(made.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):  # the reasons are in a language that has no letters there
        data = b""
    if not data or made.encoding.replace("_", "-").startswith("utf-8"):
        data = b"\xef\xbb\xbf" + out.getvalue().encode()
    return RefusedFile(f"{name}.csv", "text/csv", data)


def _lines(made: Import) -> Iterator[list[Any]]:
    yield [*made.header, str(_("Row")), str(_("Reason"))]
    after = 0
    while rows := kept_rows(made, "", after, 500):
        for row in rows:
            yield [*row.cells, *[""] * (len(made.header) - len(row.cells)), str(row.line), told(row.reasons)]
        after = rows[-1].line
