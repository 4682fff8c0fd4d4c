"""Settings of a package: declared as typed attributes, edited on one page, kept for the house and for departments.

    class VisitSettings(Settings):
        label = _("Visits")
        days: int = Setting(1, _("Remind so many days before"), minimum=0, maximum=30)

`VisitSettings.now().days` is the value for the department of who acts: that of the nearest department above which has its
own, else the house's, else the default. Kept in the process until rights or settings change, so reading costs nothing.
"""

import datetime as dt
import enum
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self, get_type_hints

import sqlalchemy as sa

from crm_core.access.models import Department, departments_of
from crm_core.access.rights import bump, made
from crm_core.data.base import table_of
from crm_core.data.session import system_scope, writing
from crm_core.kernel.clock import now
from crm_core.kernel.models import HOUSE, SettingRow
from crm_core.kernel.site import actor, my_id
from crm_core.resource import fields as f

_table = table_of(SettingRow)


class Setting:
    """One value: its default, its label, what is said beside it. Numbers have bounds; words of an enum stand in `labels`."""

    def __init__(self, default: Any, label: Any, help: Any = "", *, minimum: int = -(2**31), maximum: int = 2**31 - 1,
                 length: int = 500, labels: Mapping[str, Any] | None = None) -> None:
        self.default, self.label, self.help = default, label, help
        self.bounds, self.length, self.labels = (minimum, maximum), length, labels or {}

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def __get__(self, one: "Settings | None", _owner: type) -> Any:
        return self if one is None else one.values.get(self.name, self.default)

    def field(self, kind: Any) -> f.Field:
        """The field that checks and shows it. Raises TypeError for a type no setting can have."""
        given: dict[str, Any] = {"name": self.name, "column": self.name, "label": self.label, "default": self.default, "help": self.help}
        if kind is bool:
            return f.BooleanField(**given)
        if kind is int:
            return f.IntegerField(**given, required=True, minimum=self.bounds[0], maximum=self.bounds[1])
        if kind is str:
            return f.Field(**given, length=self.length)
        if kind is dt.date:
            return f.DateField(**given)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return f.EnumField(**given, required=True, members=kind, labels=self.labels)
        raise TypeError(f"{self.name}: a setting is bool, int, str, date or an enum, not {kind}")


class Settings:
    """Base of a package's settings. One class a package and subject; `name` tells several of one package apart."""

    label: ClassVar[Any]
    name: ClassVar[str] = ""  # filled when registered: the package's name
    order: ClassVar[int] = 50
    pages: ClassVar[tuple[tuple[Any, str, str], ...]] = ()  # (label, address, icon) of pages that belong to it, for who may change it
    departments: ClassVar[bool] = True  # whether a department may have values of its own

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = MappingProxyType(dict(values))

    @classmethod
    def fields(cls) -> dict[str, f.Field]:
        """Its values as fields, in the order they were written."""
        kinds = get_type_hints(cls)
        return {name: one.field(kinds.get(name, str)) for name, one in vars(cls).items() if isinstance(one, Setting)}

    @classmethod
    def check(cls, values: Mapping[str, Any]) -> None:
        """What fields cannot tell by themselves; raises Invalid."""

    @classmethod
    def now(cls, department_id: int | None = None) -> Self:
        """The values for a department; without one for that of who acts, for the house when nobody does."""
        if department_id is None:
            department_id = getattr(actor(), "department_id", None)
        return made(("settings", cls.name, department_id or HOUSE), lambda: cls(_values(cls, department_id)))

    @classmethod
    def own(cls, department_id: int = HOUSE) -> dict[str, Any]:
        """What is set for exactly this department (or the house), no defaults."""
        return _stored(cls, [department_id]).get(department_id, {})


def put(cls: type[Settings], values: Mapping[str, Any] | None, department_id: int = HOUSE) -> None:
    """Keep values, checked before, for the house or a department; None: it has none of its own any more."""
    if values is not None:
        cls.check(values)
    with writing() as session:
        conn = session.connection()
        conn.execute(sa.delete(_table).where(_table.c.name == cls.name, _table.c.department_id == department_id))
        if values is not None:
            fields = cls.fields()
            data = {name: fields[name].dump(value) for name, value in values.items()}
            who = my_id()
            conn.execute(sa.insert(_table).values(name=cls.name, department_id=department_id, data=data, at=now(), by_id=who))
        bump()


def _values(cls: type[Settings], department_id: int | None) -> dict[str, Any]:
    line = [HOUSE, *_above(department_id)]
    stored = _stored(cls, line)
    return {name: value for one in line for name, value in stored.get(one, {}).items() if value is not None}


def _above(department_id: int | None) -> list[int]:
    """The departments from the top down to this one."""
    if department_id is None:
        return []
    with system_scope("department of settings") as db:
        path = db.execute(sa.select(Department.path).where(Department.id == department_id)).scalar_one_or_none() or ""
    return departments_of(path)


def _stored(cls: type[Settings], departments: list[int]) -> dict[int, dict[str, Any]]:
    """What is kept, loaded into values; what a later version does not know any more is left out."""
    fields = cls.fields()
    query = sa.select(SettingRow.department_id, SettingRow.data).where(SettingRow.name == cls.name, SettingRow.department_id.in_(departments))
    with system_scope("settings") as db:
        return {row.department_id: dict(_loaded(fields, row.data)) for row in db.execute(query)}


def _loaded(fields: Mapping[str, f.Field], data: Mapping[str, Any]) -> Any:
    for name, value in data.items():
        if name in fields:
            try:
                yield name, fields[name].load(value)
            except f.Bad:
                continue  # bounds became narrower: the default holds until somebody chooses anew
