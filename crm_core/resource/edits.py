"""Editing many records: which fields, what becomes of each of them in each record, and the doing of it.

Preview and job ask the same questions of the same code, so what was shown is what happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm_core.data import inside
from crm_core.data.session import session
from crm_core.kernel.errors import CrmError, Invalid
from crm_core.kernel.i18n import _
from crm_core.resource import acts, asking, changes
from crm_core.resource.fields import Field
from crm_core.resource.write import standing, trial

HOWS = {"set": _("Set to"), "add": _("Add"), "remove": _("Remove"), "empty": _("Make empty")}
SHOWN = 10  # rows of a preview
_ALONE = ("name", "phone", "email", "number_series", "stamp", "anyref", "internal")
_NOT_HIS = _("It is not yours to change.")
_MANY = ("choices", "refs")
_NOTHING: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Step:
    """What is to become of one field: a key of HOWS, and the value it takes."""

    how: str
    value: Any = None

    def after(self, old: Any, many: bool) -> Any:
        if not many or self.how in ("set", "empty"):
            return self.value if self.how == "set" else [] if many else None
        if self.how == "add":
            return [*(old or ()), *(one for one in self.value if one not in (old or ()))]
        return [one for one in old or () if one not in self.value]


Steps = Mapping[str, Step]
Moves = dict[str, tuple[Any, Any]]  # field → what it is, what it will be


@dataclass
class Preview:
    """What an edit would do: rows that change, those that are so already, those that refuse by reason, the first in full."""

    changing: int = 0
    same: int = 0
    refused: dict[str, list[int]] = field(default_factory=dict)
    first: dict[int, Moves] = field(default_factory=dict)
    asked: int = 0  # of those that change: only proposed, to who reviews them


def editable(resource: Any) -> dict[str, Field]:
    """The fields that make sense to set on many records at once: not what a record is known by, nor whose it is."""
    asked = {name: acts.fields_of(resource, resource.all_actions[one.acts[0]])[name] for name, one in _beside(resource).items()}
    return {name: replace(one, required=False, default=None) for name, one in {**_own(resource), **asked}.items()}


def offered(resource: Any) -> bool:
    """Whether there is any such field."""
    return bool(_own(resource) or _beside(resource))


def _own(resource: Any) -> dict[str, Field]:
    alone = {name for group in resource.unique for name in group} | {resource.label_field, "owner", "department", "team"}
    link = resource.parent_field
    return {
        name: one for name, one in resource.fields(writing=True).items()
        if name not in alone and name not in resource.hidden_fields and one.kind not in _ALONE and one is not link
        and (link is None or one.name != link.name) and not one.readonly
    }


def hows(resource: Any, name: str) -> tuple[str, ...]:
    """What can be done to a field of many records."""
    if name in _beside(resource):
        return ("add", "remove", "empty")
    one = resource.all_fields[name]
    if one.kind in _MANY:
        return ("set", "add", "remove", *(() if one.required else ("empty",)))
    return ("set",) if one.required or not inside.is_nullable(resource.table, one.column) else ("set", "empty")


def steps(resource: Any, values: Mapping[str, Any], how: Mapping[str, str]) -> dict[str, Step]:
    """The steps of values as `acts.checked` made them. Raises Invalid with a sentence a field."""
    faults: dict[str, list[Any]] = {}
    for name, one in how.items():
        if one not in hows(resource, name):
            faults[name] = [_("This cannot be done to this field.")]
        elif one != "empty" and values.get(name) in (None, "", []):
            faults[name] = [_("This is required.")]
    if faults:
        raise Invalid(faults)
    return {name: Step(one, values.get(name)) for name, one in how.items()}


def kept(resource: Any, asked: Steps) -> dict[str, Any]:
    """Steps as a job keeps them."""
    fields = editable(resource)
    return {name: {"how": one.how, "value": fields[name].dump(one.value)} for name, one in asked.items()}


def unkept(resource: Any, given: Mapping[str, Any]) -> dict[str, Step]:
    """Steps that a job kept, as far as today's rights and fields go. Raises Invalid."""
    fields = editable(resource)
    known = {name: fields[name] for name in given if name in fields}
    if len(known) < len(given):
        raise Invalid({name: [_("This field cannot be written.")] for name in given.keys() - known.keys()})
    values = acts.checked(known, {name: one["value"] for name, one in given.items()}, "load")
    return steps(resource, values, {name: one["how"] for name, one in given.items()})


def columns(resource: Any, asked: Steps) -> set[str]:
    """What history calls the fields."""
    return {resource.all_fields[name].column if name in resource.all_fields else name for name in asked}


def moves(resource: Any, asked: Steps, ids: Sequence[int], *, lock: bool = False) -> dict[int, Moves]:
    """What changes in records that are the actor's to change; those that are so already are missing."""
    beside, rows = _beside(resource), standing(resource, ids, lock=lock)
    lists = {name: one.stored(ids) for name, one in beside.items() if name in asked}
    found: dict[int, Moves] = {}
    for row_id in ids:
        for name, step in asked.items():
            one = beside.get(name) or resource.all_fields[name]
            old = lists[name].get(row_id, []) if name in lists else rows[row_id][one.column]
            new = step.after(old, name in lists or one.kind in _MANY)
            if not changes.same(old, new) and not (old in _NOTHING and new in _NOTHING):
                found.setdefault(row_id, {})[name] = (old, new)
    return found


def do(resource: Any, asked: Steps, ids: Sequence[int]) -> tuple[int, int]:
    """Do it; how many records it changed, and for how many it was only proposed. Raises what writing raises."""
    beside, found = _beside(resource), moves(resource, asked, ids, lock=True)
    rows = _rows(found, beside)
    held = asking.bound(resource, [row["id"] for row in rows])
    if free := [row for row in rows if row["id"] not in held]:
        resource.write(free, kind="bulk edit")
    for row in rows:
        if row["id"] in held:
            asking.propose(resource, row["id"], row)
    for name, one in beside.items():
        moved = [row_id for row_id, fields in found.items() if name in fields]
        if moved:
            put, take = one.acts
            wanted = asked[name].value
            if asked[name].how == "empty":
                wanted = sorted({old for row_id in moved for old in found[row_id][name][0]})
            elif asked[name].how == "remove":
                wanted = [tag for tag in wanted if isinstance(tag, int)]
            resource.run(put if asked[name].how == "add" else take, moved, {name: wanted})
    return len(found) - len(held), len(held)


def preview(resource: Any, asked: Steps, ids: Sequence[int]) -> Preview:
    """What it would do to these records; nothing is written."""
    allowed = set(session.scalars(resource.visible("update").with_only_columns(resource.model.id).where(resource.model.id.in_(ids))))
    seen = Preview()
    if len(allowed) < len(ids):
        seen.refused[str(_NOT_HIS)] = [i for i in ids if i not in allowed]
    mine = [i for i in ids if i in allowed]
    found = moves(resource, asked, mine)
    rows = _rows(found, _beside(resource))
    refused = _refused(resource, rows)
    for row_id, reason in refused.items():
        seen.refused.setdefault(reason, []).append(row_id)
    going = [row_id for row_id in found if row_id not in refused]
    seen.changing, seen.same = len(going), len(mine) - len(found)
    seen.asked = len(asking.bound(resource, [row["id"] for row in rows if row["id"] in set(going)]))
    seen.first = {row_id: found[row_id] for row_id in going[:SHOWN]}
    return seen


def _refused(resource: Any, rows: list[dict[str, Any]]) -> dict[int, str]:
    """Why rows would not be written, by record; where a rule refuses a whole set, it is asked in halves."""
    if not rows:
        return {}
    try:
        faults = trial(resource, rows)
    except CrmError as refused:
        if len(rows) == 1:
            return {rows[0]["id"]: str(refused.message)}
        half = len(rows) // 2
        return {**_refused(resource, rows[:half]), **_refused(resource, rows[half:])}
    labels = {name: one.label for name, one in resource.all_fields.items()}
    return {rows[at]["id"]: " ".join(f"{labels.get(name, name)}: {m}" for name, said in found.items() for m in said) for at, found in faults.items()}


def _rows(found: Mapping[int, Moves], beside: Mapping[str, Field]) -> list[dict[str, Any]]:
    rows = ({"id": row_id, **{name: new for name, (_old, new) in fields.items() if name not in beside}} for row_id, fields in found.items())
    return [row for row in rows if len(row) > 1]


def _beside(resource: Any) -> dict[str, Any]:
    """Fields kept beside the record that acts of its own put and take (tags), as far as the actor may."""
    return {
        one.name: one for one in resource.virtual
        if one.acts and all(act in resource.all_actions and resource.may(act) for act in one.acts)
    }
