"""Records for tests: whatever a resource requires and the test does not say is filled in."""

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from crm_core.data.mixins import is_scoped
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.resource.choices import ChoiceField, ChoicesField
from crm_core.resource.fields import EnumField, Field
from crm_core.resource.references import RefField, RefsField

if TYPE_CHECKING:
    from crm_core.testing.house import House, Person

# What the house or the machine fills.
LEFT = ("owner", "department", "team")


class Make:
    """`make.customer(owner=ann)`, `make("visits.visit", owner=ann, day=today)`: the id of a new record, made by the house.

    `full=True` fills what is not required too; `mark` stands in every text.
    """

    def __init__(self, house: "House") -> None:
        self.house = house
        self._numbers = count(1)
        self.words: dict[str, int] = {}  # records that are pointed at instead of new ones: resource → id

    def __getattr__(self, name: str) -> Callable[..., int]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **values: self(f"core.{name}", **values)

    def __call__(self, resource: str, *, owner: "Person | None" = None, full: bool = False, mark: str = "Test", **values: Any) -> int:
        with self.house.system():
            return self._record(self.house.resource(resource), owner, full, mark, values, ())

    def given(self, fields: Mapping[str, Field], owner: "Person | None" = None) -> dict[str, Any] | None:
        """What an act is given: a value for each field it must have, or None when one cannot be made up."""
        found: dict[str, Any] = {}
        with self.house.system():
            for name, field in fields.items():
                if field.kind == "file":  # of the record itself, which is not known here
                    found[name] = None
                elif isinstance(field, RefField):
                    key = self._target(field, owner, "Test", ())
                    found[name] = [key] if isinstance(field, RefsField) and key is not None else key
                else:
                    found[name] = self._value(field, "Test")
        return None if any(fields[name].required and value is None for name, value in found.items()) else found

    def _record(self, resource: Any, owner: "Person | None", full: bool, mark: str, values: dict[str, Any], above: tuple[str, ...]) -> int:
        fields = resource.all_fields
        if (made := resource.example(self, owner)) is not None:
            return int(made)
        row = self._row(resource, owner, full, mark, values, (*above, resource.name))
        if owner is not None and not resource.part_of:
            given = {"owner": owner.id, "department": owner.department}
            row |= {name: value for name, value in given.items() if name in fields and name not in row and not fields[name].readonly}
        for lines in resource.lines if full else ():
            child = resource.line_resource(lines.name)
            row.setdefault(lines.name, [{k: v for k, v in self._row(child, owner, full, mark, {}, (*above, resource.name)).items() if k in lines.columns}])
        try:
            return int(resource.write([row])[0])
        except Invalid as bad:  # what was made up does not go together (a contact of another customer): that is left out
            wrong = {name for name in bad.fields if name in row and name not in values and not (name in fields and fields[name].required)}
            if not wrong:
                raise
            return int(resource.write([{name: value for name, value in row.items() if name not in wrong}])[0])

    def _row(self, resource: Any, owner: "Person | None", full: bool, mark: str, values: dict[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
        row = dict(values)
        for name, field in resource.all_fields.items():
            if name in row or name in LEFT or field.readonly or not (field.required or full):
                continue
            if isinstance(field, RefField):
                if field.target not in above and field.target in self.house.site.registry.resources:
                    row[name] = self._target(field, owner, mark, above)
            elif (value := self._value(field, mark)) is not None:
                row[name] = value
        return row

    def _target(self, field: RefField, owner: "Person | None", mark: str, above: tuple[str, ...]) -> int | None:
        if field.target == "core.user":
            return owner.id if owner is not None else None
        if field.target == "core.department":
            return owner.department if owner is not None else None
        if field.target in self.words:
            return self.words[field.target]
        target = self.house.resource(field.target)
        return self._record(target, owner, False, mark if is_scoped(target.model) else "Test", {}, above)  # words are for everybody

    def _value(self, field: Field, mark: str) -> Any:
        number = next(self._numbers)
        if isinstance(field, EnumField):
            return next(iter(field.members))
        if isinstance(field, ChoicesField):
            return []
        if isinstance(field, ChoiceField):
            return next(iter(field.words()), None)
        plain: dict[str, Any] = {
            "phone": f"010-6500{number % 10_000:04d}", "email": f"m{number}@example.com", "url": f"www.example.com/{number}",
            "integer": number, "decimal": number, "money": number * 100, "boolean": True, "date": clock.today(), "datetime": dt.datetime.now(dt.UTC),
        }
        if field.kind in plain:
            return plain[field.kind]
        if field.kind in ("name", "line", "note", "preset_name", "kept_words"):
            text = f"{mark} {number}"
            return text if field.length is None or len(text) <= field.length else str(number)[: field.length]
        return None
