"""What somebody may only ask for. Where a house has changes of records looked at by somebody else, who does not do that himself
proposes them. A feature above says which records that is and takes what is proposed (`slots`); the write path refuses to save it,
so that no door is forgotten, and doors that can, propose it instead."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crm_core.data.mixins import SCOPE_COLUMNS
from crm_core.data.session import current_work, writing
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.resource import changes
from crm_core.resource.changes import same

DONE = _("Proposed. A reviewer looks at it; until then everything stays as it is.")
ONLY_ASKED = _("Changes of these records are reviewed. Propose it on the record's page.")
PAGE = "propose"  # the act of a record's page with the form


class OnlyAsked(Invalid):
    """The actor may not change this himself, but propose it."""


@dataclass
class Slots:
    """What the feature fills: whether changes of a resource are reviewed here; which of these records the actor may only propose for;
    taking a proposal (resource, id, field → value)."""

    used: Callable[[str], bool] = lambda _name: False
    bound: Callable[[Any, Sequence[int]], set[int]] = lambda _resource, _ids: set()
    take: Callable[[Any, int, Mapping[str, Any]], int] = lambda _resource, _row_id, _values: 0


slots = Slots()


def bound(resource: Any, ids: Sequence[int]) -> set[int]:
    """Those of these records whose changes the actor may only propose."""
    return slots.bound(resource, ids) if ids and not current_work().session.system and slots.used(resource.name) else set()


def held(resource: Any, ids: Sequence[int]) -> set[int]:
    """Those of these records that the actor may not save now, but propose: an act is a right of its own."""
    return set() if current_work().info.get("verb") else bound(resource, ids)


@dataclass(frozen=True)
class Asked:
    """What was proposed instead of being saved: the number of the proposal, and the act that undo takes back."""

    number: int
    change: int


def propose(resource: Any, row_id: int, values: Mapping[str, Any]) -> Asked:
    """Propose what could not be saved. Raises Invalid for what no proposal can say."""
    with writing(), changes.change("propose", resource=resource.name) as change:
        return Asked(slots.take(resource, row_id, {name: value for name, value in values.items() if name not in ("id", "version")}), change)


def check(resource: Any, rows: Sequence[Mapping[str, Any]], made: Sequence[Mapping[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """Of rows about to be saved: raises OnlyAsked when the actor may only propose one of them."""
    if not slots.used(resource.name):
        return
    moved = {at: names for at, row in enumerate(rows) if row.get("id") is not None and (names := _moved(resource, row, made[at], before[row["id"]]))}
    asked = held(resource, [rows[at]["id"] for at in moved])
    faults = {at: {names[0]: [ONLY_ASKED]} for at, names in moved.items() if rows[at]["id"] in asked}
    if faults:
        raise OnlyAsked(faults[min(faults)], rows=faults)


def _moved(resource: Any, row: Mapping[str, Any], made: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    """The fields that would be other ones; whose a record is is no fact of it."""
    fields = resource.all_fields
    lines = [one.name for one in resource.lines if one.name in row]
    return lines + [n for n in row if n in fields and (column := fields[n].column) not in SCOPE_COLUMNS and not same(old.get(column), made.get(column))]


@contextmanager
def accepted() -> Iterator[None]:
    """What is done meanwhile was proposed, and somebody who may has agreed to it."""
    info = current_work().info
    before, info["accepted"] = info.get("accepted"), True
    try:
        yield
    finally:
        info["accepted"] = before


def refuse(resource: Any, ids: Sequence[int]) -> None:
    """Of records about to be deleted, merged or split, by an act too: raises Refused when the actor may only propose it."""
    if not current_work().info.get("accepted") and bound(resource, ids):
        raise Refused(_("Changes of these records are reviewed. Propose their deletion, or ask a reviewer."))
