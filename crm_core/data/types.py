"""The annotated column types of models, imported as `t`: `subject: Mapped[t.Name]`, `customer_id: Mapped[t.Id]`.

An author's own `mapped_column(info={"label": …})` merges with what stands here. `info["kind"]` names the Field kind
that parses, checks and shows the value (resource/fields.py).
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm.properties import MappedColumn

from crm_core.data.columns import IdType, JsonType, UtcDateTime
from crm_core.text import phones

__all__ = [
    "AnyRef",
    "Choice",
    "Choices",
    "Code",
    "Currency",
    "Day",
    "Email",
    "Fields",
    "Id",
    "IdType",
    "JsonType",
    "Line",
    "Link",
    "Money",
    "Name",
    "Note",
    "Number",
    "Percent",
    "Phone",
    "Quantity",
    "Rate",
    "Ref",
    "SortKey",
    "Total",
    "Url",
    "UtcDateTime",
    "brought",
    "derived",
    "digits_of",
    "sort_key",
]

Id = Annotated[int, mapped_column(IdType)]
Name = Annotated[str, mapped_column(sa.String(200), info={"kind": "name"})]
Line = Annotated[str, mapped_column(sa.String(255), info={"kind": "line"})]
Code = Annotated[str, mapped_column(sa.String(60), info={"kind": "line"})]
Note = Annotated[str, mapped_column(sa.Text(), info={"kind": "note"})]
Phone = Annotated[str, mapped_column(sa.String(60), info={"kind": "phone"})]
Email = Annotated[str, mapped_column(sa.String(254), info={"kind": "email"})]
Url = Annotated[str, mapped_column(sa.String(500), info={"kind": "url"})]
Day = Annotated[dt.date, mapped_column(sa.Date())]
# Hundredths in every currency (docs/design/0014); which one says the record's `t.Currency`, else it is the house's.
Money = Annotated[int, mapped_column(sa.BigInteger(), info={"kind": "money"})]
# The code of a currency the house uses (features/money): `currency: Mapped[t.Currency] = mapped_column(default="")` is the house's own.
Currency = Annotated[str, mapped_column(sa.String(3), info={"kind": "currency"})]
# Exact decimals, kept as whole numbers of their smallest unit: thousandths of a piece, hundredths of a percent, 10^-8 of a rate.
Quantity = Annotated[int, mapped_column(sa.BigInteger(), info={"kind": "quantity"})]
Percent = Annotated[int, mapped_column(sa.Integer(), info={"kind": "percent"})]
Rate = Annotated[int, mapped_column(sa.BigInteger(), info={"kind": "rate"})]
# A hidden column that sorts another one by pinyin: `name_key: Mapped[t.SortKey] = sort_key("name")`.
SortKey = Annotated[str, mapped_column(sa.String(80), info={"kind": "sort_key"})]


# Sort keys are made to be compared byte by byte, whatever the database's own order of words is.
_SORTED = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def sort_key(of: str) -> MappedColumn[Any]:
    """The column that keeps the pinyin sort key of column `of`; the write path fills it."""
    return mapped_column(_SORTED, info={"kind": "sort_key", "of": of}, default="")


def derived(of: str, how: Callable[[str], Any], length: int, **kwargs: Any) -> MappedColumn[Any]:
    """A hidden column that follows from column `of` by a pure function of a text (digits of a phone, key of a name); the
    write path fills it whenever `of` is written. A function of `crm_core.text` is worked out ahead by large imports."""
    info = {"kind": "internal", "of": of, "how": how, **kwargs.pop("info", {})}
    return mapped_column(sa.String(length), info=info, **kwargs)


def digits_of(phone: str) -> str:
    """The column that keeps the digits of a phone column."""
    return f"{phone}_key"


def brought(part: Any) -> list[sa.Column[Any]]:
    """What a part of a table brings along: beside every phone stand its digits, by which it is compared however it was typed."""
    if not (isinstance(part, sa.Column) and part.info.get("kind") == "phone"):
        return []
    return [sa.Column(digits_of(part.key), sa.String(40), info={"kind": "internal", "of": part.key, "how": phones.stored_key})]


def Link(target: str, label: Any = None, **kwargs: Any) -> MappedColumn[Any]:
    """A foreign key to a record of core or of a package that is required, indexed and RESTRICT: `customer_id: Mapped[t.Id] =
    t.Link("core.customer", _("Customer"))`; `Mapped[t.Id | None]` may stay empty."""
    key = sa.ForeignKey(f"{target.replace('.', '_', 1)}.id", ondelete="RESTRICT")
    info = {**({"label": label} if label is not None else {}), **kwargs.pop("info", {})}
    return mapped_column(IdType, key, index=True, info=info, **kwargs)


def Ref(target: str, *, on_delete: str = "refuse", **kwargs: Any) -> MappedColumn[Any]:
    """An integer that points at a record of another package without a foreign key; core's reference registry knows it.

    `target` is a resource name such as "sales.order". `on_delete`: "refuse", "keep" or "clear".
    """
    info = {"kind": "ref", "target": target, "on_delete": on_delete, "soft": True, **kwargs.pop("info", {})}
    return mapped_column(IdType, info=info, **kwargs)


def Refs(target: str, **kwargs: Any) -> MappedColumn[Any]:
    """Several records of `target`, kept as a JSON list of ids."""
    return mapped_column(JsonType, info={"kind": "refs", "target": target, **kwargs.pop("info", {})}, **kwargs)


def Total(lines: str, column: str, **kwargs: Any) -> MappedColumn[Any]:
    """Money that is the sum of a column over the record's lines: `total: Mapped[int] = t.Total("items", "amount")`. Kept by the
    write path, read-only for everybody. With `Mapped[int | None]` and `default=None` it is none while no line has a value, not nothing."""
    info = {"kind": "money", "total": (lines, column), "readonly": True, **kwargs.pop("info", {})}
    return mapped_column(sa.BigInteger(), **{"default": 0, **kwargs}, info=info)


def AnyRef(**kwargs: Any) -> MappedColumn[Any]:
    """The name of the resource that a note, task or file points at; its row id stands in the sibling `<name>_id`."""
    info = {"kind": "anyref", **kwargs.pop("info", {})}
    return mapped_column(sa.String(80), info=info, **kwargs)


def Choice(list_name: str, **kwargs: Any) -> MappedColumn[Any]:
    """A word from an editable list (`core_choice`); the column keeps the code, so renaming a word loses nothing."""
    info = {"kind": "choice", "list": list_name, **kwargs.pop("info", {})}
    return mapped_column(sa.String(40), info=info, **kwargs)


def Choices(list_name: str, **kwargs: Any) -> MappedColumn[Any]:
    """Several words from an editable list, kept as a JSON list of codes."""
    info = {"kind": "choices", "list": list_name, **kwargs.pop("info", {})}
    return mapped_column(JsonType, info=info, default=list, **kwargs)


def Fields(resource: str, **kwargs: Any) -> MappedColumn[Any]:
    """Names of fields of a resource, kept as a JSON list: what a stage asks for."""
    info = {"kind": "fields", "fields_of": resource, **kwargs.pop("info", {})}
    return mapped_column(JsonType, info=info, default=list, **kwargs)


def Number(pattern: str, **kwargs: Any) -> MappedColumn[Any]:
    """A number drawn from a gapless series when the row is created, e.g. `t.Number("KH-{n:06}")`, `"QT-{year}-{n:04}"`."""
    info = {"kind": "number_series", "pattern": pattern, **kwargs.pop("info", {})}
    return mapped_column(sa.String(40), info=info, **kwargs)
