"""What somebody may only ask for, and what is not touched while others decide on it. Where a house has changes of records looked at by somebody else, who does not do that himself
proposes them. A feature above says which records that is and takes what is proposed (`slots`); the write path refuses to save it,
so that no door is forgotten, and doors that can, propose it instead."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crm_core.data.mixins import SCOPE_COLUMNS
from crm_core.data.session import current_work, writing
from crm_core.kernel.errors import Invalid, OverLimit, Refused
from crm_core.kernel.i18n import _
from crm_core.resource import changes, enclosed, settled
from crm_core.resource.changes import same

DONE = _("Proposed. A reviewer looks at it; until then everything stays as it is.")
ONLY_ASKED = _("Changes of these records are reviewed. Propose it on the record's page.")
HANDED_IN = _("Handed in for approval. Until then everything stays as it is.")
OVER = "over"  # of an act: what goes over a limit (`errors.OverLimit`)
PAGE = "propose"  # the act of a record's page with the form


class OnlyAsked(Invalid):
    """The actor may not change this himself, but propose it."""


@dataclass(frozen=True)
class Asked:
    """What was proposed or handed in instead of being done: its number, the act that undo takes back, and what people are told."""

    number: int
    change: int
    said: Any = HANDED_IN


@dataclass
class Slots:
    """What the feature fills: whether changes of a resource are reviewed here; which of these records the actor may only propose for;
    taking a proposal (resource, id, field → value): its number, and whether a flow of approval took it."""

    used: Callable[[str], bool] = lambda _name: False
    bound: Callable[[Any, Sequence[int]], set[int]] = lambda _resource, _ids: set()
    take: Callable[[Any, int, Mapping[str, Any]], tuple[int, bool]] = lambda _resource, _row_id, _values: (0, False)
    # Of approval: the records on which a verb is only done when others have agreed; those that would be such with these columns; asking
    # for it (resource, verb, id, values); and records that may not be changed meanwhile, each with the sentence that says so.
    needed: Callable[[Any, str, Sequence[int]], set[int]] = lambda _resource, _verb, _ids: set()
    becoming: Callable[[Any, Mapping[int, Mapping[str, Any]]], set[int]] = lambda _resource, _rows: set()
    submit: Callable[[Any, str, int, Mapping[str, Any], str], int] = lambda _resource, _verb, _row_id, _values, _why: 0
    locked: Callable[[Any, Sequence[int]], Mapping[int, Any]] = lambda _resource, _ids: {}


slots = Slots()


def bound(resource: Any, ids: Sequence[int]) -> set[int]:
    """Those of these records whose changes the actor may only propose."""
    return slots.bound(resource, ids) if ids and not current_work().session.system and slots.used(resource.name) else set()


def held(resource: Any, ids: Sequence[int]) -> set[int]:
    """Those of these records that the actor may not save now, but propose: an act is a right of its own."""
    return set() if current_work().info.get("verb") or _free() else bound(resource, ids)


def _free() -> bool:
    """Whether what is done now was agreed to, or is done by the house itself."""
    return bool(current_work().session.system or current_work().info.get("accepted"))


def waiting(resource: Any, ids: Sequence[int]) -> Mapping[int, Any]:
    """Those of these records that wait for approval, so that nobody changes them meanwhile, with the sentence that says so."""
    return {} if not ids or _free() else slots.locked(resource, ids)


def locked(resource: Any, ids: Sequence[int], verb: str = "update") -> Mapping[int, Any]:
    """Those of these records to which the actor may not do this now at all, "update" or "delete", with the sentence that says so: they wait
    for approval, or stay as they are (`Resource.settled`), so that only acts change them."""
    return {} if not ids or _free() else {**settled.refusals(resource, ids, verb), **slots.locked(resource, ids)}


class Locked(Invalid):
    """A record waits for approval, or is settled, and is not changed."""

    status = 409


def keep_locked(resource: Any, moved: Mapping[int, tuple[int, Collection[str]]], *, by_hand: bool = False) -> None:
    """Of records about to be changed (id → its place in the set and what of it): raises Locked when one waits for approval, or, where it is
    changed `by_hand`, is settled. What is written by fields is asked that with its other faults."""
    found = {row_id: (min(moved[row_id][1]), said) for row_id, said in waiting(resource, list(moved)).items()}
    if by_hand and not _free():
        found = {**settled.kept(resource, {row_id: names for row_id, (_at, names) in moved.items()}), **found}
    faults = {moved[row_id][0]: {name: [said]} for row_id, (name, said) in found.items()}
    if faults:
        raise Locked(faults[min(faults)], rows=faults)


def needed(resource: Any, verb: str, ids: Sequence[int]) -> set[int]:
    """Those of these records on which this is only done when others have agreed. `verb`: "delete", or "do:" and an act."""
    return set() if not ids or _free() else slots.needed(resource, verb, ids)


def becoming(resource: Any, rows: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """Those of these records that need approval to be changed so (id → columns as they would be)."""
    return set() if not rows or _free() or not slots.used(resource.name) else slots.becoming(resource, rows)


def gate(resource: Any, verb: str, ids: Sequence[int]) -> None:
    """Raises Refused when this needs approval on one of these records: a door that can has asked for it before (`submit`)."""
    if needed(resource, verb, ids):
        raise Refused(_("This needs approval. Ask for it on the record's page."))


def submit(resource: Any, verb: str, row_id: int, values: Mapping[str, Any] | None = None, why: Any = "") -> Asked:
    """Ask for approval of what needs it. Raises Refused when it cannot be asked for."""
    with writing(), changes.change("submit", resource=resource.name) as change:
        return Asked(slots.submit(resource, verb, row_id, enclosed.hung(resource, row_id, values or {}), str(why)), change)


def over(resource: Any, act: str, row_id: int, values: Mapping[str, Any], limit: OverLimit) -> Asked:
    """An act went over a limit and was taken back: ask those whom a flow names for that. Where there is none, `limit` is raised."""
    if not needed(resource, OVER, [row_id]):
        raise limit
    return submit(resource, f"{OVER}:{act}", row_id, values, limit.message)


def propose(resource: Any, row_id: int, values: Mapping[str, Any]) -> Asked:
    """Propose what could not be saved. Raises Invalid for what no proposal can say."""
    with writing(), changes.change("propose", resource=resource.name) as change:
        number, handed_in = slots.take(resource, row_id, {name: value for name, value in values.items() if name not in ("id", "version")})
        return Asked(number, change, HANDED_IN if handed_in else DONE)


def check(resource: Any, rows: Sequence[Mapping[str, Any]], made: Sequence[Mapping[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """Of rows about to be saved: raises Locked for one that waits for approval, OnlyAsked when the actor may only propose one of them."""
    if _free() or not slots.used(resource.name):
        return
    moved = {at: names for at, row in enumerate(rows) if row.get("id") is not None and (names := _moved(resource, row, made[at], before[row["id"]]))}
    keep_locked(resource, {rows[at]["id"]: (at, names) for at, names in moved.items()})
    asked = held(resource, [rows[at]["id"] for at in moved])
    if current_work().info.get("verb") in (None, "accept"):  # what others agree to is not theirs alone to accept
        asked |= slots.becoming(resource, {rows[at]["id"]: made[at] for at in moved if rows[at]["id"] not in asked})
    faults = {at: {names[0]: [ONLY_ASKED]} for at, names in moved.items() if rows[at]["id"] in asked}
    if faults:
        raise OnlyAsked(faults[min(faults)], rows=faults)


def _moved(resource: Any, row: Mapping[str, Any], made: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    """The fields that would be other ones; whose a record is is no fact of it."""
    fields = resource.all_fields
    lines = [one.name for one in resource.lines if one.name in row]
    return lines + [n for n in row if n in fields and (column := fields[n].column) not in SCOPE_COLUMNS and not same(old.get(column), made.get(column))]


@contextmanager
def accepted(approval: int | None = None) -> Iterator[None]:
    """What is done meanwhile was proposed, and somebody who may has agreed to it; `approval`: in this flow."""
    info = current_work().info
    before, was = info.get("accepted"), info.get("approval")
    info["accepted"], info["approval"] = True, approval
    try:
        yield
    finally:
        info["accepted"], info["approval"] = before, was


def approved() -> int | None:
    """The number of the approval that is being carried out: what goes on now was asked for and all have agreed. None: it was not."""
    return current_work().info.get("approval")


def refuse(resource: Any, ids: Sequence[int]) -> None:
    """Of records about to be deleted, merged or split, by an act too: raises Refused when the actor may only propose it, or one waits
    for approval."""
    if current_work().info.get("accepted"):
        return
    if found := locked(resource, ids, "delete"):
        raise Refused(found[min(found)])
    gate(resource, "delete", ids)
    if bound(resource, ids):
        raise Refused(_("Changes of these records are reviewed. Propose their deletion, or ask a reviewer."))
