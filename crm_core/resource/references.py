"""Fields that point at other records. They carry no list of options: a value is looked up under the actor's rights, so a
hidden record is "not found", and the widget is a picker that asks the server."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import site
from crm_core.resource.fields import INT64, Bad, Field
from crm_core.resource.kept import Ask, by_ids, gather

_COMMAS = re.compile(r"[,，、;；\n]")


@dataclass(frozen=True, kw_only=True)
class RefField(Field):
    """The id of a record of `target`, a resource name."""

    kind: str = "ref"
    target: str = ""
    on_delete: str = "refuse"
    operators: ClassVar[tuple[str, ...]] = ("any", "none", "me", "empty", "filled")

    @property
    def resource(self) -> Any:
        return site().registry.resources.get(self.target)

    @property
    def resolves(self) -> bool:
        return True

    def taken(self, line: str) -> Any:
        """An id when it is digits, else the record's name, found by `resolve`."""
        if not (line.isascii() and line.isdigit()):
            return self.check(line)
        return self.check(int(line) if len(line) < 20 else 0)

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise Bad(_("The id of a record is expected."))
        return self.check(value)

    def check(self, value: Any) -> Any:
        if isinstance(value, int) and not 1 <= value <= INT64:
            raise Bad(_("There is no such record."))
        return value

    def resolve(self, values: Iterable[Any]) -> dict[Any, Any]:
        target = self.resource
        wanted = [v for v in values if v is not None]
        if target is None or not wanted:
            return {}
        ids = [v for v in wanted if isinstance(v, int)]
        names = [v for v in wanted if isinstance(v, str)]
        found: dict[Any, Any] = {v: v for v in target.labels(ids)} if ids else {}
        if names:
            found.update(target.by_name(names))
        return found

    def labels(self, ids: Iterable[Any]) -> Mapping[int, str]:
        """Names of the records behind these ids, as far as the reader may know them."""
        target = self.resource
        wanted = {i for i in ids if i is not None}
        return target.labels(wanted) if target is not None and wanted else {}

    def below(self, ids: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """These records and all below them, where the target is a tree."""
        target = self.resource
        return target.below(ids) if target is not None and target.tree else None

    def show(self, value: Any) -> str:
        return self.labels([value]).get(value, "") if value is not None else ""

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "integer", "minimum": 1, "maximum": INT64, "description": f"id of {self.target}"})


@dataclass(frozen=True, kw_only=True)
class RefsField(RefField):
    """Several records of `target`, by id or by name: a list, never empty."""

    kind: str = "refs"
    most: int = 50
    creates: bool = False  # a name nobody has used yet becomes a new record, for who may make one

    def parse(self, text: str) -> Any:
        return self._all([one for part in _COMMAS.split(text) if (one := RefField.parse(self, part)) is not None])

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, int | str) and not isinstance(one, bool) for one in value):
            raise Bad(_("A list of ids or names is expected."))
        return self._all([one for part in value if (one := self.check(part) if isinstance(part, int) else Field.parse(self, part)) is not None])

    def _all(self, found: list[Any]) -> list[Any] | None:
        if len(found) > self.most:
            raise Bad(_("At most %(n)s.", n=self.most))
        return list(dict.fromkeys(found)) or None

    def resolve(self, values: Iterable[Any]) -> dict[Any, Any]:
        wanted = list(values)
        found = super().resolve(wanted)
        return {**{one: one for one in wanted if isinstance(one, str)}, **found} if self.creates else found

    def dump(self, value: Any) -> Any:
        return list(value) if value else None

    def show(self, value: Any) -> str:
        names = self.labels(one for one in value or () if isinstance(one, int))
        return listed(names.get(one, one) for one in value or ())

    def text(self, value: Any) -> str:
        return ",".join(str(one) for one in value or ())

    def schema(self) -> dict[str, Any]:
        one = {"type": ["integer", "string"], "minimum": 1, "maximum": INT64, "minLength": 1, "maxLength": 200}
        return self.nullable({"type": "array", "items": one, "minItems": int(self.required), "maxItems": self.most, "description": f"ids or names of {self.target}"})


@dataclass(frozen=True, kw_only=True)
class SeveralField(Field):
    """Several records of `target` in one column of a record (`t.Refs`): a JSON list of ids, looked up as they are read."""

    kind: str = "several"
    target: str = ""
    most: int = 50
    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")

    @property
    def refs(self) -> RefsField:
        """As a field that is asked: how it is typed, picked and described."""
        return RefsField(name=self.name, column=self.column, label=self.label, target=self.target, most=self.most, required=self.required)

    def parse(self, text: str) -> Any:
        return self._known(self.refs.parse(text))

    def load(self, value: Any) -> Any:
        return self._known(self.refs.load(value))

    def _known(self, wanted: list[Any] | None) -> list[int] | None:
        known = self.refs.resolve(wanted or ())
        if any(one not in known for one in wanted or ()):
            raise Bad(_("There is no such record."))
        return list(dict.fromkeys(known[one] for one in wanted or ())) or None

    def dump(self, value: Any) -> Any:
        return self.refs.dump(value)

    def show(self, value: Any) -> str:
        return self.refs.show(value)

    def text(self, value: Any) -> str:
        return self.refs.text(value)

    def schema(self) -> dict[str, Any]:
        return self.refs.schema()


@dataclass(frozen=True, kw_only=True)
class AnyRefField(Field):
    """The name of the resource a task or note points at; the id stands in the column beside it."""

    kind: str = "anyref"
    operators: ClassVar[tuple[str, ...]] = ("eq", "empty", "filled")

    def show(self, value: Any) -> str:
        target = site().registry.resources.get(value) if value else None
        return str(target.singular) if target is not None else ""

    def text(self, value: Any) -> str:
        return value or ""


@dataclass(frozen=True, kw_only=True)
class LinkField(RefField):
    """How rows of an AnyRef (tasks, notes) point at the records of one resource: the pair of columns as one filter."""

    pointing: str = "subject"  # the column that names the resource; the id stands in `column`

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> Any:
        columns = entity.c if isinstance(entity, sa.FromClause) else entity
        return sa.and_(getattr(columns, self.pointing) == self.target, getattr(columns, self.column).in_(values))


def label_queries(wanted: Mapping[str, Iterable[int | None]]) -> dict[str, Ask]:
    """For `kept.gather`: the names of records by target resource, as far as the actor may know them. Keys: `label:<target>`."""
    found = {}
    for target, ids in wanted.items():
        resource = site().registry.resources.get(target)
        few = sorted({i for i in ids if i is not None})[:500]
        if resource is None or not few:
            continue
        source = resource.brief_resource or resource
        if source.may("read"):
            found[f"label:{target}"] = Ask(by_ids(source.model, source.label_column.key), {"ids": few})
    return found


def named(wanted: Mapping[str, Iterable[int | None]]) -> dict[str, dict[int, str]]:
    """Names of records of several resources in one statement: target → {id: name}."""
    return labels_from(gather(label_queries(wanted)))


def labels_from(gathered: Mapping[str, list[tuple[int, str]]]) -> dict[str, dict[int, str]]:
    """target → {id: name} out of what `gather` found, as the reader's language has the names."""
    resources = site().registry.resources
    return {
        key[6:]: resources[key[6:]].labels([one[0] for one in rows]) if resources[key[6:]].label_target else {row_id: str(resources[key[6:]].word(name)) for row_id, name in rows}
        for key, rows in gathered.items() if key.startswith("label:")
    }
