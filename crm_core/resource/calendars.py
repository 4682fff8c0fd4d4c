"""A list as a calendar: its records by the day of one field, for the days that are looked at. One statement, at most `MOST`
records; what is more is said."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_core.data import inside
from crm_core.kernel import clock
from crm_core.resource import boards, filters, listing, plans
from crm_core.resource.fields import DateField, Field, MomentField

MOST = 1_000


@dataclass(frozen=True)
class Calendar:
    by: Field
    days: dict[dt.date, list[tuple[Any, int]]] = field(default_factory=dict)  # (value, id) in their order
    more: bool = False  # there are more records in these days than are shown

    @property
    def ids(self) -> list[int]:
        return [row_id for found in self.days.values() for _value, row_id in found]


def dates_of(resource: Any) -> dict[str, Field]:
    """The fields a calendar can lay its records out by: days and times the reader sees."""
    hidden = resource.hidden_fields
    return {n: f for n, f in {**resource.virtual_fields, **resource.fields()}.items() if isinstance(f, DateField | MomentField) and f.column and n not in hidden}


def date_of(resource: Any, wanted: str = "") -> Field | None:
    """The date asked for, the resource's own, the first that people write, the first of all."""
    found = dates_of(resource)
    written = [n for n in found if n in resource.fields(writing=True) and not found[n].readonly]
    return next((found[n] for n in (wanted, resource.calendar, *written, *found) if n in found), None)


def build(query: listing.Query, by: Field, first: dt.date, last: dt.date) -> Calendar:
    """What the list means, from the first to the last of these days."""
    within = filters.made(by, "between", [first.isoformat(), last.isoformat()])
    table = query.resource.table
    column = inside.column(table, by.column)
    statement = boards.base(query, within).with_only_columns(table.c.id, column.label("day")).order_by(sa.asc("day"), table.c.id).limit(MOST + 1)
    rows = plans.in_time(query.sought, statement, {})
    found = Calendar(by, more=len(rows) > MOST)
    for row in rows[:MOST]:
        day = clock.local(row.day).date() if isinstance(by, MomentField) else row.day
        found.days.setdefault(day, []).append((row.day, row.id))
    return found
