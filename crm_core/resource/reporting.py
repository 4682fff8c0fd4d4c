"""Reports and cards: a question of a package, asked among the rows the reader may see, as a table with its chart."""

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from crm_core.access.gate import SEEN, visible
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import offered, site
from crm_core.resource.fields import Field, MoneyField
from crm_core.resource.plans import execute
from crm_core.resource.references import RefField

MOST = 1_000  # rows of an answer; a person reads no more
_COUNTED = {"count": _("How many"), "sum": _("Sum")}


class Line(NamedTuple):
    """A row of the answer: what it speaks of, its numbers, and the filter that shows its records (none: it cannot be said)."""

    label: str
    numbers: tuple[Any, ...]
    shown: tuple[str, ...]
    filter: tuple[str, str] | None


class Answer(NamedTuple):
    """What a report says: heads of its columns, its lines, whether there were more."""

    heads: tuple[Any, ...]
    lines: tuple[Line, ...]
    more: bool
    fields: tuple[Field | None, ...] = ()  # of its columns: what kind of value each is


def reports() -> list[Any]:
    """Those the acting person may ask: he sees what they count."""
    return _shown(site().registry.reports.values())


def cards() -> list[Any]:
    """The same of cards."""
    return _shown(site().registry.cards.values())


def _shown(items: Iterable[Any]) -> list[Any]:
    return [one for one in offered(items) if (one.when is None or one.when()) and _of(one).may("read")]


def count_by(column: str) -> Callable[[Any], sa.Select[Any]]:
    """The ordinary question: how many records there are of each value of a column, the most first."""

    def ask(rows: Any) -> sa.Select[Any]:
        number = sa.func.count()
        return sa.select(rows.c[column], number).group_by(rows.c[column]).order_by(number.desc(), rows.c[column])

    return ask


def find(items: Sequence[Any], name: str) -> Any:
    """The one of this name. Raises Missing."""
    for one in items:
        if one.name == name:
            return one
    raise Missing(_("This page was not found."))


def answer(report: Any) -> Answer:
    """Ask. `report.query` gets the rows the reader may see as a sub-select and gives back a select of (what, numbers …).
    Raises TypeError for anything else, ScopeLeak for rows it helps itself to."""
    resource = _of(report)
    rows_seen = visible(resource.model)
    query = report.query(rows_seen)
    if not isinstance(query, sa.Select) or len(query.selected_columns) < 2:
        raise TypeError(f"{report.name}: a select of what is counted and a number is wanted")
    columns = list(query.selected_columns)
    fields = {f.column: f for f in resource.fields().values()}
    amount = MoneyField(name="amount", column="", label="")
    said = [fields.get(c.key or "") or (amount if c.key in report.money else None) for c in columns]
    if _asks_hidden(query):
        raise Missing(_("This page was not found."))
    rows = [tuple(_plain(value) for value in row) for row in execute(query.limit(MOST + 1), {})]
    names = _names(said[0], [row[0] for row in rows])
    lines = tuple(
        Line(names(row[0]), tuple(row[1:]), tuple(_number(field, value) for field, value in zip(said[1:], row[1:], strict=True)),
             _filter(said[0], row[0]) or (_month(report.month, row[0]) if report.month in resource.fields() else None))
        for row in rows[:MOST]
    )
    return Answer(tuple(report.heads.get(c.key or "") or _head(c, f) for c, f in zip(columns, said, strict=True)), lines, len(rows) > MOST, tuple(said))


def _asks_hidden(query: sa.Select[Any]) -> bool:
    """Whether it counts, sums up or chooses by a field that is not for this person, of whichever records."""
    used: dict[str, set[str]] = {}
    for one in visitors.iterate(query):
        if not isinstance(one, sa.ColumnClause):
            continue
        table: Any = one.table
        while isinstance(table, sa.sql.selectable.AliasedReturnsRows) and not table.name.startswith(SEEN):  # an alias of what is seen
            table = table.element
        if isinstance(table, sa.Subquery):
            used.setdefault(table.name.removeprefix(SEEN), set()).add(one.key)
    resources = site().registry.resources.values() if used else ()
    return any(used[r.table.name] & {f.column for n, f in r.all_fields.items() if n not in r.fields()} for r in resources if r.table.name in used and not r.is_brief)


def _of(one: Any) -> Any:
    return site().registry.resource(one.of)


def _names(field: Field | None, values: list[Any]) -> Callable[[Any], str]:
    known = field.labels(v for v in values if v is not None) if isinstance(field, RefField) else {}

    def name(value: Any) -> str:
        if value is None:
            return str(_("Nothing"))
        if isinstance(field, RefField):
            return known.get(value, str(_("hidden record")))
        return field.show(value) if field is not None else str(value)

    return name


def _number(field: Field | None, value: Any) -> str:
    if field is not None and value is not None:
        return field.show(value)
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.2f}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    """A sum of whole numbers is a decimal on one engine, and a number on the other."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _month(name: str, value: Any) -> tuple[str, str] | None:
    """The filter for records whose date lies in a month such as 2026-11."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        return None
    year, month = int(value[:4]), int(value[5:])
    return (f"{name}.between", f"{value}-01,{value}-{calendar.monthrange(year, month)[1]:02}")


def _filter(field: Field | None, value: Any) -> tuple[str, str] | None:
    if field is None:
        return None
    if value is None:
        return (f"{field.name}.empty", "1") if "empty" in field.operators else None
    raw = str(getattr(value, "value", value))
    operator = next((one for one in ("any", "eq") if one in field.operators), None)
    return (f"{field.name}.{operator}", raw) if operator else None


def _head(column: Any, field: Field | None) -> Any:
    if field is not None:
        return field.label
    word = column.name if isinstance(column, sa.sql.functions.FunctionElement) else str(column.key or "")
    return _COUNTED.get(word, word.replace("_", " ").capitalize())
