"""What a resource's declaration is made of besides fields: sections of its form, lines inside it, and the parts the registry finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.resource import custom, layout

if TYPE_CHECKING:
    from crm_core.resource.resource import Resource


@dataclass(frozen=True)
class Section:
    """A group of fields of a form: its heading, its fields by name, folded or not."""

    label: Any
    fields: tuple[str, ...]
    folded: bool = False
    left: bool = False  # an administrator left these out of the form


@dataclass(frozen=True)
class Lines:
    """Child rows edited inside the parent's form: one form, nested list in JSON, the parent's version."""

    name: str  # member in JSON and form
    model: Any
    columns: tuple[str, ...]
    label: Any = ""
    parent: str = ""  # the child's column that holds the parent's id; found by itself when there is only one
    first: bool = False  # the form of a new record begins with an empty one
    repeats: bool = False  # in a file, rows with the same head each bring a line of the record they make
    ahead: bool = False  # what the record is about: read on the first page of it, above its time line
    group: str = ""  # of many rows: the column whose `heading` gathers them
    group_label: Any = ""
    shown: tuple[str, ...] = ()  # the columns on the record's page and on paper, where they are others than in the form
    follows: tuple[str, ...] = ()  # columns of the record that its lines are worked out from: when one changes, all lines are written again (`Resource.follow_head`)


class Foretold(NamedTuple):
    """What a line of a form would come to (`foretell(head, lines)` of its resource, column → value as far as they can be read): values of
    columns where nothing is written, and values that follow from what is."""

    left_out: Mapping[str, Any]
    follow: Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """Rows of `child` that are parts of a resource's: `column` holds the parent's id; `named` where they hang on records of any
    resource, and name it in `subject`."""

    child: "Resource"
    column: str
    named: str = ""

    def at(self, ids: Sequence[int]) -> list[sa.ColumnElement[bool]]:
        """The parts of these records."""
        return [bulk.among(self.child.table.c[self.column], ids), *self._kind(self.child.table)]

    def of(self, parent: sa.FromClause, part: sa.FromClause) -> sa.ColumnElement[bool]:
        """That a part is one of a parent's."""
        return sa.and_(part.c[self.column] == parent.c.id, *self._kind(part))

    def _kind(self, part: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        return [part.c.subject == self.named] if self.named else []


def laid_out(resource: Any, declared: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections of its form as an administrator laid them out."""
    found = layout.rows().get(resource.name)
    if not found:
        return declared
    return tuple(
        Section(custom.Said(one["en"], one["zh"]), tuple(line["name"] for line in one["fields"]), one.get("folded", False), one.get("left", False))
        for one in found
    )
