"""Fields an administrator adds to records, without code and without a restart.

A definition is a row of `core_custom_field`; from it comes a `Field` like any other, so forms, lists, filters, import, export,
API, history, print and search have it by themselves (`Resource.all_fields`). The values lie in the record (data/inside.py).
Definitions are read once per process and counter of rights, so every process knows a new field with its next request.
"""

import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.access.rights import made
from crm_core.data import inside
from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Customised, Vocabulary
from crm_core.data.session import current_work, has_work
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import has_site
from crm_core.resource import fields as f
from crm_core.resource.changes import as_written
from crm_core.resource.choices import ChoiceField, ChoicesField
from crm_core.resource.figures import NumberField
from crm_core.resource.references import RefField
from crm_core.text.formula import BadFormula, Formula, parse

PREFIX = "x_"


class Kind(enum.StrEnum):
    """What a custom field holds; code branches on it."""

    text = "text"
    note = "note"
    number = "number"
    money = "money"
    date = "date"
    choice = "choice"
    choices = "choices"
    boolean = "boolean"
    reference = "reference"


KINDS = {
    "text": _("Text"), "note": _("Long text"), "number": _("Number"), "money": _("Money"), "date": _("Date"), "choice": _("Choice"),
    "choices": _("Several choices"), "boolean": _("Yes or no"), "reference": _("Reference"),
}
HOLDS = {"number": "int", "money": "int", "date": "date", "boolean": "bool", "reference": "int", "choices": "list"}


class CustomField(Vocabulary, Model):
    """A field that an administrator added to the records of one resource."""

    __tablename__ = "core_custom_field"
    resource: Mapped[str] = mapped_column(sa.String(80), info={"label": _("Of"), "kind": "customised"})
    name: Mapped[t.Code] = mapped_column(default="", info={"label": _("Name in files and API"), "help": _("such as x_brand; never changes")})
    kind: Mapped[Kind] = mapped_column(default=Kind.text, info={"label": _("Holds"), "labels": KINDS})
    zh: Mapped[t.Line] = mapped_column(info={"label": _("Chinese label")})
    en: Mapped[t.Line] = mapped_column(default="", info={"label": _("English label")})
    help_zh: Mapped[t.Line] = mapped_column(default="", info={"label": _("Chinese hint")})
    help_en: Mapped[t.Line] = mapped_column(default="", info={"label": _("English hint")})
    required: Mapped[bool] = mapped_column(default=False, info={"label": _("Required")})
    searched: Mapped[bool] = mapped_column(default=False, info={"label": _("Found by search")})
    places: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Decimal places"), "minimum": 0, "maximum": 6})
    target: Mapped[str | None] = mapped_column(sa.String(80), info={"label": _("Refers to"), "kind": "resource_name"})
    options: Mapped[t.Note | None] = mapped_column(info={"label": _("Choices"), "help": _("one a line: Chinese | English")})
    formula: Mapped[t.Note | None] = mapped_column(info={"label": _("Formula"), "help": _("makes it a computed field")})
    position: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Order")})
    retired: Mapped[bool] = mapped_column(default=False, info={"label": _("Retired")})
    promoted: Mapped[bool] = mapped_column(default=False, info={"label": _("Found at once"), "readonly": True})
    filling: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})  # its index is being made, and kept true already
    __table_args__ = (sa.Index("uq_core_custom_field_name", "resource", "name", unique=True),)

    def __str__(self) -> str:
        return str(Said(self.en, self.zh))


@dataclass(frozen=True)
class Said:
    """Words of an administrator in both languages; one that lacks is the other."""

    en: str
    zh: str

    def __str__(self) -> str:
        return (self.zh or self.en) if language().startswith("zh") else (self.en or self.zh)


def list_name(resource: str, name: str) -> str:
    """The list of words of a choice: `core.customer.x_brand`."""
    return f"{resource}.{name}"[:60]


def field_of(row: Any) -> f.Field:
    """The field that a definition means."""
    computed = bool(row.formula)
    column = inside.name_of(row.name, HOLDS.get(row.kind, "text"))
    by = f"{column}@{row.id}" if row.promoted else column
    given: dict[str, Any] = {
        "name": row.name, "column": column, "label": Said(row.en, row.zh),
        "help": Said(row.help_en, row.help_zh) if row.help_zh or row.help_en else "", "required": row.required and not computed,
        "readonly": computed, "sort_column": by,
        "info": {"custom": row.id, "by": by, "promoted": row.promoted, "kept": row.promoted or row.filling, "searched": row.searched, "formula": row.formula or ""},
    }
    match row.kind:
        case Kind.note:
            return f.NoteField(**given)
        case Kind.number:
            return NumberField(**given, places=row.places)
        case Kind.money:
            return f.MoneyField(**given)
        case Kind.date:
            return f.DateField(**given)
        case Kind.boolean:
            return f.BooleanField(**given)
        case Kind.choice:
            return ChoiceField(**given, list_name=list_name(row.resource, row.name))
        case Kind.choices:
            return ChoicesField(**given, list_name=list_name(row.resource, row.name))
        case Kind.reference:
            return RefField(**given, target=row.target or "", on_delete="keep")
    return f.Field(**given, length=255)


# --- what a site has ---------------------------------------------------------------------------------------------------

_COLUMNS = ("id", "resource", "name", "kind", "zh", "en", "help_zh", "help_en", "required", "searched", "places", "target", "formula", "promoted", "filling")


def of(resource: str) -> Mapping[str, f.Field]:
    """The custom fields of a resource by name, in their order."""
    if not has_work() or not has_site():
        return {}
    return made("custom fields", _load).get(resource, {})


def _load() -> dict[str, dict[str, f.Field]]:
    found: dict[str, dict[str, f.Field]] = {}
    table = CustomField.__table__
    query = sa.select(*(table.c[name] for name in _COLUMNS)).where(table.c.deleted_at.is_(None), table.c.retired.is_(False))
    # By the connection: a flush asks for them too, and a second session would begin another one.
    for row in current_work().session.connection().execute(query.order_by(table.c.position, table.c.id).limit(2_000)):
        found.setdefault(row.resource, {})[row.name] = field_of(row)
    return found


def merged(resource: Any, declared: Mapping[str, f.Field]) -> dict[str, f.Field]:
    """All fields of a resource: those declared, and its own."""
    own = of(resource.name)
    if not own:
        return declared  # type: ignore[return-value]
    return made(("fields", resource.name), lambda: {**declared, **own})


class Grown:
    """A tuple that a resource declares, as its class has it; asked of the resource itself, with what an administrator added."""

    def __init__(self, declared: Sequence[Any], add: Any) -> None:
        self.declared, self.add = tuple(declared), add

    def __get__(self, resource: Any, owner: Any = None) -> tuple[Any, ...]:
        return self.declared if resource is None else self.add(resource, self.declared)


def with_filters(resource: Any, declared: tuple[str, ...]) -> tuple[str, ...]:
    own = of(resource.name)
    return (*declared, *(n for n in own if n not in declared)) if own else declared


def with_words(resource: Any, declared: tuple[str, ...]) -> tuple[str, ...]:
    own = of(resource.name)
    return (*declared, *(n for n, one in own.items() if one.info["searched"])) if own else declared


def takes(resource: Any) -> bool:
    """Whether an administrator can add fields to it."""
    if not isinstance(resource.model, type) or not issubclass(resource.model, Customised) or resource.is_brief:
        return False
    return bool(resource.takes_fields) or (not resource.readonly and "update" in resource.verbs)


# --- computed fields ---------------------------------------------------------------------------------------------------


def sources(fields: Mapping[str, f.Field]) -> dict[str, f.Field]:
    """What a formula may ask for: fields with a value of their own. Not computed ones; not sensitive ones, for everybody sees what
    comes of it."""
    kinds = {"line", "name", "note", "integer", "decimal", "money", "date", "choice", "enum", "boolean", "phone", "email", "url", "number_series"}
    return {n: one for n, one in fields.items() if one.kind in kinds and not one.sensitive and not one.info.get("formula")}


def read_formula(text: str, fields: Mapping[str, f.Field]) -> Formula:
    """The formula of a text over a resource's fields. Raises BadFormula."""
    return parse(text, sources(fields))


def compute(fields: Mapping[str, f.Field], rows: Iterable[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """Fill the computed columns of rows (column → value) about to be written, in place."""
    computed = [one for one in fields.values() if one.info.get("formula")]
    if not computed:
        return
    plans: list[tuple[f.Field, Formula | None]] = []
    for one in computed:
        try:
            plans.append((one, read_formula(one.info["formula"], fields)))
        except BadFormula:  # a field it asks for has gone: it says nothing from now on
            plans.append((one, None))
    for row in rows:
        now = as_written(row, before)
        for one, formula in plans:
            row[one.column] = _fitting(one, formula({n: _asked(fields[n], now.get(fields[n].column)) for n in formula.names})) if formula else None


def _asked(field: f.Field, value: Any) -> Any:
    """A value as a formula sees it: amounts in the unit people type."""
    if value is None or value == "":
        return None
    if field.kind == "money":
        return Decimal(value).scaleb(-2)
    if isinstance(field, NumberField):
        return Decimal(value).scaleb(-field.places)
    return field.dump(value) if field.kind == "enum" else value


def _fitting(field: f.Field, value: Any) -> Any:
    """A result as its field keeps it; None when it is of another kind."""
    if isinstance(value, Decimal) and field.kind in ("money", "decimal"):
        places = field.places if isinstance(field, NumberField) else 2
        units = value.scaleb(places).quantize(Decimal(1), rounding="ROUND_HALF_UP")
        return int(units) if abs(units) <= 10**15 else None
    if field.kind == "boolean":
        return value if isinstance(value, bool) else None
    if field.kind == "date":
        return value if type(value).__name__ == "date" else None
    if field.kind in ("line", "note"):
        text = f"{value.normalize():f}" if isinstance(value, Decimal) else "" if value is None or isinstance(value, bool) else str(value)
        return text[:255] or None
    return None


def columns(resource: Any) -> tuple[str, ...]:
    """The columns inside `custom` that this resource's records may have."""
    return tuple(one.column for one in of(resource.name).values())


def unpacked(resource: Any, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table with its custom columns, in place."""
    names = columns(resource)
    return inside.unpack(row, names) if names else row


def packed(old: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """Changed columns as the table takes them: those inside `custom` become its new content. `old`: the row as it stands."""
    own = {name: value for name, value in changed.items() if inside.is_inside(name)}
    if not own:
        return dict(changed)
    plain = {name: value for name, value in changed.items() if name not in own}
    return {**plain, inside.COLUMN: inside.packed(old.get(inside.COLUMN), own)}


def keep_beside(resource: Any, ids: Sequence[int]) -> None:
    """On SQLite the columns beside the models, by which fields are found at once, follow `custom` of these rows."""
    kept = [one for one in of(resource.name).values() if one.info["kept"]]
    conn = current_work().session.connection() if kept and ids else None
    if conn is None or conn.dialect.name != "sqlite":
        return
    table = resource.table
    values = ", ".join(f"{inside.BESIDE}{one.info['custom']} = {inside.column(table, one.column).compile(dialect=conn.dialect)}" for one in kept)
    statement = sa.text(f"UPDATE {table.name} SET {values} WHERE id IN (SELECT value FROM json_each(:ids))")
    conn.execute(statement, {"ids": json.dumps(list(ids))}, execution_options={UNSCOPED: "index of a field"})


def pack_new(resource: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Give new rows their `custom`."""
    names = columns(resource)
    for row in rows if names else ():
        row[inside.COLUMN] = inside.packed(None, {name: row[name] for name in names if name in row})

