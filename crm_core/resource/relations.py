"""What stands beside a record and can be asked for in a condition: the records it points at, those that point at it, its lines
and its time line. Only what the reader may read; of each related record he meets those he may see, and their fields as he does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.access.scope import EVERYTHING
from crm_core.data.base import table_of
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work
from crm_core.kernel.i18n import _
from crm_core.resource import timeline
from crm_core.resource.fields import Field, MomentField
from crm_core.resource.references import RefField

Join = Callable[[Any, Any], "sa.ColumnElement[bool]"]


class Side:
    """Records a condition can speak of: their fields as the reader sees them, and what stands beside them in turn."""

    def __init__(self, resource: Any) -> None:
        self.resource = resource

    @property
    def name(self) -> str:
        return str(self.resource.name)

    def fields(self) -> dict[str, Field]:
        """What can be asked of such a record."""
        resource = self.resource
        return {**resource.virtual_fields, **{n: f for n, f in resource.fields().items() if f.operators}}

    def relations(self) -> "dict[str, Relation]":
        return of(self.resource)

    def table(self) -> sa.FromClause:
        return self.resource.table.alias()  # type: ignore[no-any-return]

    def within(self, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """The records of them that count: living ones in the reader's scope, with its mark."""
        resource, current = self.resource, current_work().session
        found: list[sa.ColumnElement[bool]] = [table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []
        if is_scoped(resource.model):
            scope = EVERYTHING if current.system else scope_for(current.actor, resource.model)
            found.append(scope.marked(table, resource.table.name))
        return found


class TimelineSide(Side):
    """The time line of a record: its lines have a kind, a moment and a person."""

    def fields(self) -> dict[str, Field]:
        return {
            "kind": KindField(name="kind", column="kind", label=_("Type")),
            "at": MomentField(name="at", column="at", label=_("When")),
            "actor": RefField(name="actor", column="actor_id", label=_("Who"), target="core.user"),
        }

    def relations(self) -> "dict[str, Relation]":
        return {}

    def table(self) -> sa.FromClause:
        return table_of(timeline.Entry).alias()

    def within(self, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        return [table.c.source.in_(timeline.sources())]


@dataclass(frozen=True, kw_only=True)
class KindField(Field):
    """What a line of a time line tells: one of the words by which time lines are looked through, or a kind itself."""

    kind: str = "enum"
    operators: ClassVar[tuple[str, ...]] = ("any", "none")

    def options(self) -> list[tuple[str, str]]:
        return [(code, str(label)) for code, label in timeline.WORDS.items()]

    def show(self, value: Any) -> str:
        return str(timeline.WORDS.get(value, value))

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        kinds = [kind for value in values for kind in timeline.KINDS.get(value, (value,))]
        return entity.c.kind.in_(kinds) if operator == "any" else entity.c.kind.not_in(kinds)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Relation:
    """One way from a record to others; `many`: there may be several of them."""

    name: str
    label: Any
    side: Side
    join: Join
    many: bool = True


def of(resource: Any) -> dict[str, Relation]:
    """The relations of a resource that the reader may ask for."""
    if resource.is_brief:  # of what is not his he knows the few fields and no more
        return {}
    found = [*_pointing(resource), *_lines(resource), *_pointed(resource)]
    if resource.timeline:
        find = _timeline_of(resource.name)
        found.insert(0, Relation("timeline", _("Time line"), TimelineSide(resource), find))
    return {one.name: one for one in found}


def _readable(resource: Any) -> Any:
    """This resource or its brief, whichever the reader may read; None for neither."""
    for one in (resource, resource.brief_resource if resource is not None else None):
        if one is not None and one.verbs and one.may("read"):
            return one
    return None


def _pointing(resource: Any) -> list[Relation]:
    """The records it points at."""
    found = []
    for field in resource.fields().values():
        if not isinstance(field, RefField) or field.kind != "ref" or field.info.get("kind") == "stamp":
            continue
        target = _readable(field.resource)
        if target is not None:
            found.append(Relation(field.name, field.label, Side(target), _forward(field.column), many=False))
    return found


def _lines(resource: Any) -> list[Relation]:
    return [
        Relation(declared.name, declared.label or declared.name, Side(resource.line_resource(declared.name)),
                 _backward(resource.link_column(declared.name)))
        for declared in resource.lines
    ]


def _pointed(resource: Any) -> list[Relation]:
    """The records that point at it, each by each of its ways."""
    found = []
    for other in resource.registry.resources.values():
        if other.is_brief or not other.verbs or not other.may("read"):
            continue
        pointing = (f for f in other.fields().values() if f.info.get("kind") != "stamp")
        ways = [(f, join) for f in pointing if (join := _join_of(f, resource)) is not None]
        for field, join in ways:
            label = other.label if len(ways) == 1 else _("%(what)s (%(how)s)", what=other.label, how=field.label)
            found.append(Relation(f"{other.name}:{field.name}", label, Side(other), join))
    return found


def _join_of(field: Any, resource: Any) -> Join | None:
    if isinstance(field, RefField) and field.kind == "ref" and field.target == resource.name:
        return _backward(field.column)
    if field.kind == "anyref":
        return _loose(field.column, resource.name)
    return None


def _forward(column: str) -> Join:
    return lambda here, there: there.c.id == here.c[column]


def _backward(column: str) -> Join:
    return lambda here, there: there.c[column] == here.c.id


def _loose(column: str, name: str) -> Join:
    return lambda here, there: sa.and_(there.c[column] == name, there.c[f"{column}_id"] == here.c.id)


def _timeline_of(name: str) -> Join:
    return lambda here, there: sa.and_(there.c.subject == name, there.c.subject_id == here.c.id)
