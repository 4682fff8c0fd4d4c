"""A list as a Gantt chart: its records from one date to another, for the days that are looked at. One statement, at most `MOST` records;
what is more is said."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data import inside
from crm_core.kernel import clock
from crm_core.resource import boards, listing, plans
from crm_core.resource.fields import DateField, Field, MomentField

MOST = 200


@dataclass(frozen=True)
class Gantt:
    bars: tuple[tuple[int, dt.date, dt.date], ...]  # id, first and last day, in their order
    until: Mapping[int, Any]  # by id what stands as the end, which may be nothing, or before the beginning
    more: bool = False  # there are more records in these days than are shown


def dates_of(resource: Any) -> tuple[Field, Field] | None:
    """The two dates its bars reach from and to; None where it has no such chart or the reader does not see both."""
    if len(resource.gantt) != 2:
        return None
    fields = resource.fields()
    found = [fields.get(name) for name in resource.gantt]
    return (found[0], found[1]) if all(isinstance(f, DateField | MomentField) and f.column and not f.sensitive for f in found) else None


def build(query: listing.Query, by: tuple[Field, Field], first: dt.date, last: dt.date) -> Gantt:
    """What the list means, as far as it touches these days; a record with one date only is a day long."""
    table = query.resource.table
    since, until = (inside.column(table, field.column) for field in by)
    statement = boards.base(query).with_only_columns(table.c.id, since.label("since"), until.label("until")).where(
        sa.or_(until >= _edge(by[1], first), since >= _edge(by[0], first)),
        sa.or_(since < _edge(by[0], last + dt.timedelta(days=1)), since.is_(None) & (until < _edge(by[1], last + dt.timedelta(days=1)))))
    rows = plans.in_time(query.sought, statement.order_by(sa.asc("since"), table.c.id).limit(MOST + 1), {})
    return Gantt(tuple(_bar(row, by) for row in rows[:MOST]), {row.id: row.until for row in rows[:MOST]}, len(rows) > MOST)


def _bar(row: Any, by: tuple[Field, Field]) -> tuple[int, dt.date, dt.date]:
    since, until = (clock.local(value).date() if isinstance(field, MomentField) and value is not None else value for field, value in zip(by, (row.since, row.until), strict=True))
    low, high = since or until, until or since
    return row.id, low, max(low, high)  # a day that was passed when it was entered is one


def _edge(field: Field, day: dt.date) -> Any:
    return clock.instant(day) if isinstance(field, MomentField) else day
