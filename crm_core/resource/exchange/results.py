"""What an import could not take: the rows, with their reasons, on the page and as a file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.kernel.i18n import _
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


def refused_file(made: Import) -> Iterator[str]:
    """The refused and doubtful rows as CSV, as they stood in the file, with a column of reasons."""
    yield "\ufeff"
    yield _csv([*made.header, str(_("Row")), str(_("Reason"))])
    after = 0
    while rows := kept_rows(made, "", after, 500):
        for row in rows:
            yield _csv([*row.cells, str(row.line), told(row.reasons)])
        after = rows[-1].line


def _csv(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([csv_safe.neutralise(str(c)) for c in cells])
    return out.getvalue()
