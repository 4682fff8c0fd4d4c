"""From a mapped class to its fields: typed columns and their `info` become `Field`s, in the order they were written."""

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from crm_core.data.columns import UtcDateTime
from crm_core.kernel.i18n import _
from crm_core.resource import fields as f
from crm_core.resource.choices import ChoiceField, ChoicesField
from crm_core.resource.references import AnyRefField, RefField, SeveralField

HIDDEN = {"internal", "secret", "sort_key", "carried"}
OWNER_LABELS = {"owner": _("Owner"), "department": _("Department"), "team": _("Team")}
STAMP_LABELS = {
    "created_at": _("Created"), "created_by": _("Created by"), "updated_at": _("Last changed"), "updated_by": _("Changed by"),
}
_KINDS: dict[str, type[f.Field]] = {
    "name": f.NameField, "line": f.Field, "note": f.NoteField, "phone": f.PhoneField, "email": f.EmailField,
    "url": f.UrlField, "money": f.MoneyField, "choice": ChoiceField, "choices": ChoicesField,
    "anyref": AnyRefField,
}


def register_kind(kind: str, cls: type[f.Field]) -> None:
    """Teach a further `info["kind"]` (core's own features: language, permission …)."""
    _KINDS[kind] = cls


def fields_of(model: Any) -> dict[str, f.Field]:
    """The fields of a mapped class by name. A foreign key `customer_id` becomes the field `customer`."""
    mapper: Mapper[Any] = sa.inspect(model)
    keys = {c.info["of"]: c.key for c in mapper.columns if c.info.get("kind") == "sort_key"}
    found = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if isinstance(column, sa.Column) and not column.primary_key and column.info.get("kind") not in HIDDEN:
            made = _field(attribute.key, column, keys)
            found[made.name] = made
    return found


def _field(key: str, column: sa.Column[Any], sort_keys: dict[str, str]) -> f.Field:
    info = dict(column.info)
    kind = info.get("kind", "")
    name = key.removesuffix("_id") if kind in ("owner", "stamp", "ref") or column.foreign_keys else key
    given: dict[str, Any] = {
        "name": name,
        "column": key,
        "label": info.get("label") or OWNER_LABELS.get(name) or STAMP_LABELS.get(name) or name.replace("_", " ").capitalize(),
        "required": not column.nullable and column.default is None and kind not in ("stamp", "number_series"),
        "default": column.default.arg if column.default is not None and column.default.is_scalar else None,  # type: ignore[attr-defined]
        "readonly": kind in ("stamp", "number_series") or bool(info.get("readonly")),
        "sensitive": bool(info.get("sensitive")),
        "help": info.get("help", ""),
        "length": getattr(column.type, "length", None) if isinstance(column.type, sa.String) else None,
        "sort_column": sort_keys.get(key, key),
        "info": info,
    }
    target = info.get("target") or _target(column)
    if kind == "refs":
        return SeveralField(**given, target=target, most=info.get("most", 50))
    if target or kind == "owner":
        return RefField(**given, target=target or "", on_delete=info.get("on_delete", "refuse"))
    if kind in _KINDS:
        cls = _KINDS[kind]
        if issubclass(cls, ChoiceField):
            given["list_name"] = info.get("list", "")
        return cls(**given)
    return _by_type(column, info, given)


def _by_type(column: sa.Column[Any], info: dict[str, Any], given: dict[str, Any]) -> f.Field:
    kind = column.type
    if isinstance(kind, sa.Enum):
        cls = kind.enum_class
        assert cls is not None and issubclass(cls, enum.Enum)
        return f.EnumField(**{**given, "length": None}, members=cls, labels=info.get("labels", {}), looks=info.get("looks", {}))
    if isinstance(kind, sa.Boolean):
        return f.BooleanField(**given)
    if isinstance(kind, UtcDateTime):
        return f.MomentField(**given)
    if isinstance(kind, sa.Date):
        return f.DateField(**given)
    if isinstance(kind, sa.BigInteger):
        return f.IntegerField(**given, minimum=info.get("minimum", -f.INT64), maximum=info.get("maximum", f.INT64))
    if isinstance(kind, sa.Integer):
        return f.IntegerField(**given, minimum=info.get("minimum", -(2**31)), maximum=info.get("maximum", 2**31 - 1))
    if isinstance(kind, sa.Text):
        return f.NoteField(**{**given, "length": None})
    if isinstance(kind, sa.Numeric):
        raise TypeError(f"{column}: Numeric loses cents on SQLite; use t.Money")
    if info.get("kind") == "number_series":
        return f.Field(**given, kind="number_series")
    return f.Field(**given)


def _target(column: sa.Column[Any]) -> str:
    """The resource behind a foreign key: table `core_customer` belongs to resource `core.customer`."""
    for key in column.foreign_keys:
        table = key.target_fullname.rpartition(".")[0]
        package, _underscore, thing = table.partition("_")
        return f"{package}.{thing}"
    return ""


def resource_name(model: Any) -> str:
    """`core_customer` → `core.customer`. A plugin whose name has an underscore says its resource's `name` itself."""
    package, _underscore, thing = model.__tablename__.partition("_")
    return f"{package}.{thing}"
