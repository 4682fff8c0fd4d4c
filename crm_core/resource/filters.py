"""Filters: `field.operator=value` of an address, checked against the fields the actor may see, as conditions on columns.

Only the closed list of a resource's `filters` can be asked for; anything else, hidden fields too, is an unknown filter.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data import inside
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id
from crm_core.resource.choices import ChoicesField
from crm_core.resource.fields import Bad, Field, MomentField, PhoneField
from crm_core.resource.references import RefField
from crm_core.text import dates
from crm_core.text.clean import fold
from crm_core.text.phones import stored_key

WORDS = {
    "eq": _("is"), "ne": _("is not"), "any": _("is any of"), "none": _("is none of"), "contains": _("contains"),
    "starts": _("starts with"), "gte": _("from"), "lte": _("until"), "between": _("between"), "within": _("in"),
    "empty": _("is empty"), "filled": _("is not empty"), "me": _("is me"), "roughly": _("is roughly"),
    "area": _("is within"),
}
NO_VALUE = {"empty", "filled", "me"}
MANY = {"any", "none", "between"}
MAX_VALUES = 200


@dataclass(frozen=True)
class Filter:
    """One condition: what is asked (`field.operator`), the raw words as in the address, and the parsed values."""

    field: Field
    operator: str
    raw: str
    values: tuple[Any, ...]
    reach: tuple[Any, ...] | None = None  # with all that lies below them in a tree: a province means its cities too

    @property
    def key(self) -> str:
        return f"{self.field.name}.{self.operator}"

    @property
    def pins(self) -> tuple[Any, ...] | None:
        """Values the column must equal one of; None when the condition is of another kind."""
        plain = not isinstance(self.field, ChoicesField) and self.field.kind != "phone" and type(self.field).condition is Field.condition
        values = self.values if self.reach is None else self.reach
        return values if plain and self.operator in ("eq", "any", "me") and None not in values else None


def in_full(fields: Mapping[str, Field], allowed: Iterable[str], name: str) -> str:
    """The filter that a field's bare name means, `standing` → `standing.any`; raises BadRequest where there is none."""
    field = fields.get(name) if name in set(allowed) else None
    for operator in ("any", "eq", "contains", "within", "area") if field is not None else ():
        if field is not None and operator in field.operators:
            return f"{name}.{operator}"
    raise BadRequest(_("There is no filter “%(name)s”.", name=name[:80]))


def parse(fields: Mapping[str, Field], allowed: Iterable[str], args: Iterable[tuple[str, str]]) -> list[Filter]:
    """The filters of an address; raises BadRequest for what is no filter of this resource."""
    names = set(allowed)
    found = []
    for key, raw in args:
        name, dot, operator = key.partition(".")
        if not dot:
            continue
        field = fields.get(name)
        if field is None or name not in names or operator not in field.operators:
            raise BadRequest(_("There is no filter “%(name)s”.", name=key[:80]))
        found.append(made(field, operator, raw.split(",") if operator in MANY else [raw], raw))
    return found


def made(field: Field, operator: str, texts: Sequence[str], raw: str = "") -> Filter:
    """One condition of a field and an operator it has, its values as texts. Raises BadRequest."""
    values = _values(field, operator, texts)
    reach = field.below(values) if isinstance(field, RefField) and operator in ("any", "none", "eq") else None
    return Filter(field, operator, raw or ",".join(texts), values, reach)


def _values(field: Field, operator: str, texts: Sequence[str]) -> tuple[Any, ...]:
    raw = texts[0] if texts else ""
    if operator == "me":
        return (my_id(),)
    if operator in NO_VALUE:
        return ()
    if operator == "within":
        try:
            return dates.relative_range(raw, clock.today())
        except ValueError:
            raise BadRequest(_("“%(value)s” is no time span.", value=raw[:60])) from None
    try:
        if operator in ("contains", "starts"):
            return (Field.parse(field, raw) or "",)
        if operator == "roughly":
            values = tuple(filter(None, (rough(Field.parse(field, raw) or ""),)))
        else:
            values = tuple(_one(field, text) for text in texts[:MAX_VALUES] if text.strip())
    except Bad as bad:
        raise BadRequest(_("%(field)s: %(message)s", field=field.label, message=bad.message)) from None
    if not values or (operator == "between" and len(values) != 2):
        raise BadRequest(_("The filter “%(name)s” lacks a value.", name=field.label))
    return values


def _one(field: Field, text: str) -> Any:
    value = field.parse(text)
    if isinstance(field, MomentField) and ":" not in text and value is not None:
        value = clock.local(value).date()  # a day is meant, all of it
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(field, RefField) and isinstance(value, str):
        value = field.resolve([value]).get(value)
    if value is None:
        raise Bad(_("A value is missing."))
    return value


def clause(one: Filter, entity: Any) -> sa.ColumnElement[bool]:
    """The condition on a mapped class or its table."""
    op, values = one.operator, one.values if one.reach is None else one.reach
    own = one.field.condition(op, values, entity)
    if own is not None:
        return own
    column: sa.ColumnElement[Any] = inside.column(entity, one.field.by)
    if isinstance(one.field, PhoneField) and op in _DIALLED and all(keys := tuple(map(stored_key, values))):
        column, values = inside.column(entity, one.field.digits), keys  # a number is one number however it is written
    if op == "empty":
        return sa.or_(column.is_(None), column == "") if one.field.kind in TEXTS else column.is_(None)
    if op == "filled":
        return sa.and_(column.is_not(None), column != "") if one.field.kind in TEXTS else column.is_not(None)
    if isinstance(one.field, ChoicesField):
        found = sa.or_(*(sa.cast(column, sa.Text()).contains(f'"{v}"', autoescape=True) for v in values))
        return found if op == "any" else sa.or_(column.is_(None), sa.not_(found))
    if op in ("eq", "any", "me"):
        return column == values[0] if len(values) == 1 else column.in_(values)
    if op in ("ne", "none"):
        return sa.or_(column.is_(None), column.not_in(values))
    if op in ("contains", "starts", "roughly") and not isinstance(column.type, sa.String):
        column = sa.cast(column, sa.Text())  # the number of a record, asked for by its figures
    if op == "contains":
        return column.icontains(values[0], autoescape=True)
    if op == "starts":
        return column.istartswith(values[0], autoescape=True)
    if op == "roughly":
        return column.ilike(f"%{'%'.join(values[0])}%")
    low, high = _bounds(one)
    parts = []
    if low is not None:
        parts.append(column >= low)
    if high is not None:
        parts.append(column < high if isinstance(one.field, MomentField) else column <= high)
    return sa.and_(*parts)


_DIALLED = ("eq", "ne", "any", "none", "contains", "starts")


_PIECE = re.compile(r"[a-z0-9]+|[^\W_]")


def rough(text: str) -> tuple[str, ...]:
    """The pieces that a text which is roughly this one has in the same order, whatever stands between them: each Chinese
    character, each word of letters or figures."""
    return tuple(_PIECE.findall(fold(text)))[:40]


TEXTS = {"name", "line", "note", "phone", "email", "url"}


def _bounds(one: Filter) -> tuple[Any, Any]:
    low = one.values[0] if one.operator in ("gte", "between", "within") else None
    high = one.values[-1] if one.operator in ("lte", "between", "within") else None
    if isinstance(one.field, MomentField):  # whole days on the reader's wall clock
        low = _instant(low, 0) if low is not None else None
        high = _instant(high, 1) if high is not None else None
    return low, high


_FIRST, _LAST = dt.date.min + dt.timedelta(days=2), dt.date.max - dt.timedelta(days=2)  # beyond, a day has no beginning in UTC


def _instant(value: Any, days: int) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(minutes=1) if days else value
    return clock.instant(min(max(value, _FIRST), _LAST) + dt.timedelta(days=days))
