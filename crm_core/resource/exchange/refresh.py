"""A file that comes again, and what we know ourselves: of records that are there only those fields are taken from it which no person
has written since a file last did."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.session import current_work
from crm_core.resource.changes import Change, History, unscoped

FILES = "import"  # the kind of change under which files write


def keep_own(resource: Any, rows: list[dict[str, Any]]) -> None:
    """Take out of rows about to be written (field → value, those with an `id`) what is our own."""
    own = _own(resource, [row["id"] for row in rows if "id" in row])
    for row in rows:
        if columns := own.get(row.get("id", 0)):
            for name in [n for n in row if n != "id" and n in resource.all_fields and resource.all_fields[n].column in columns]:
                del row[name]


def _own(resource: Any, ids: list[int]) -> dict[int, set[str]]:
    """Of each record the columns that a person wrote last; of one that a person made, all that he filled."""
    found: dict[int, set[str]] = defaultdict(set)
    if not ids:
        return found
    conn = current_work().session.connection()
    filed: dict[int, set[str]] = defaultdict(set)  # columns that a file wrote last
    made = set()
    query = (
        sa.select(History.row_id, History.verb, History.old, Change.kind).join(Change, Change.id == History.change_id)
        .where(History.resource == resource.name, bulk.among(History.row_id, sorted(set(ids)))).order_by(History.id))
    for row_id, verb, old, kind in conn.execute(query):
        columns = set(old or ())
        if kind == FILES:
            found[row_id] -= columns
            filed[row_id] |= columns
        elif verb == "create":
            made.add(row_id)
        else:
            found[row_id] |= columns
            filed[row_id] -= columns
    if made:
        table = resource.table
        rows = conn.execute(sa.select(table).where(bulk.among(table.c.id, sorted(made))), execution_options=unscoped("refresh: our own"))
        for row in rows.mappings():
            found[row["id"]] |= {name for name, value in row.items() if value not in (None, "", [])} - filed[row["id"]]
    return found
