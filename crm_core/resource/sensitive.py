"""Sensitive fields: hidden unless a role grants `<resource>.sensitive`, and every reading of them is noted (access/reads.py).

Whatever hands values of records to somebody calls `read` with the fields it shows; what is empty tells nothing and is not
noted.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm_core.access import reads
from crm_core.resource import conditions
from crm_core.resource.fields import Field
from crm_core.resource.filters import Filter


def of(fields: Mapping[str, Field]) -> dict[str, Field]:
    """The sensitive ones among these."""
    return {name: field for name, field in fields.items() if field.sensitive}


def filled(value: Any) -> bool:
    """Whether a value tells anything."""
    return bool(value)


def read(resource: Any, fields: Mapping[str, Field], rows: Iterable[Any], how: str) -> None:
    """Note that these rows (loaded records, or rows with the fields' columns) are shown with these fields."""
    columns = [field.column for field in of(fields).values() if field.column]
    if columns:
        reads.note(resource.name, [row.id for row in rows if any(filled(getattr(row, c)) for c in columns)], how)


def read_columns(resource: Any, fields: Sequence[Field], first: int, rows: Iterable[Sequence[Any]], how: str) -> None:
    """The same of plain rows: the id at 0, the values of `fields` from `first` on."""
    places = [at for at, field in enumerate(fields, first) if field.sensitive]
    if places:
        reads.note(resource.name, [row[0] for row in rows if any(filled(row[at]) for at in places)], how)


def asked(resource: Any, filters: Iterable[Filter], shown: Iterable[Field], ids: Iterable[int], how: str) -> None:
    """Note that these rows are shown because of a sensitive field: a list by it tells it of each, though it is not among the
    fields `shown`, whose readings are noted by themselves."""
    told = {field.column for field in shown}
    if any(field.sensitive and field.column not in told for one in filters if one.operator != "empty" for field in conditions.fields_in(one)):
        reads.note(resource.name, ids, how)
