"""Times that reach from one day to another: a record says which two fields they are (`Resource.spans`), and no door takes an end before its beginning."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.resource.changes import as_written

BACKWARDS = _("It ends before it begins.")


def backwards(resource: Any, rows: Sequence[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
    """Faults by position of rows about to be written, by column; one day is a time too."""
    if not resource.spans:
        return {}
    name = resource.spans[1]
    begins, ends = (resource.all_fields[one].column for one in resource.spans)
    faults = {}
    for at, row in enumerate(rows):
        now = as_written(row, before)
        if now.get(begins) and now.get(ends) and now[ends] < now[begins]:
            faults[at] = {name: [BACKWARDS]}
    return faults
