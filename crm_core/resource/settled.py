"""Records that stay as they are: what was sent, signed, confirmed or issued. A resource says once when that is so (`Resource.settled`), and all
that people do obeys: forms, the interface, imports, edits of many, merging, deleting and undo. Acts and the house itself change such a record all the same.

What is sent as it stands is no change: a form sends all it shows, and so may a client of the interface, lines included."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.bulk import among
from crm_core.data.mixins import SCOPE_COLUMNS
from crm_core.data.session import current_work
from crm_core.resource import custom
from crm_core.resource.changes import same, unscoped
from crm_core.resource.references import RefField

AGREED = ("accept", "approval")  # kinds of writing what somebody proposed: people change a record then, though an act does it


@dataclass(frozen=True)
class Settled:
    """Once `field` has none of its `open` values (or `open`, asked about its value, answers no), a record stays as it is, lines included, and
    `said` says so to who would change it. Whose it is may change always. All names are those of fields and of lines.

    `free`: what may be changed nevertheless; `fixed`: instead, all that may not. `course`: what acts and the house write of it, and undo takes back
    wherever the act was done (an order is completed by a payment). `goes`: it may be deleted nevertheless (`Resource.written` decides)."""

    field: str
    open: Collection[Any] | Callable[[Any], bool]
    said: Any
    _: KW_ONLY
    free: Collection[str] = ()
    fixed: Collection[str] = ()
    course: Collection[str] = ()
    goes: bool = False

    def holds(self, resource: Any, row: Any) -> bool:
        """Whether it holds of a record: a loaded one, or its columns."""
        column = resource.all_fields[self.field].column
        value = row[column] if isinstance(row, Mapping) else getattr(row, column)
        return not self.open(value) if callable(self.open) else value not in self.open

    def keeps(self, name: str) -> bool:
        """Whether a field, or lines, of that name stay as they are."""
        return name in self.fixed if self.fixed else name not in self.free

    def holds_back(self, name: str) -> bool:
        """Whether undo leaves it, and nobody changes it by hand but an act."""
        return self.keeps(name) and name not in self.course

    @property
    def whole(self) -> bool:
        """Whether nothing is left that may be changed."""
        return not (self.free or self.fixed)


def now(resource: Any, row: Any) -> tuple[Settled, ...]:
    """What holds of this record: a loaded one, or its columns."""
    return tuple(one for one in resource.settled if one.holds(resource, row))


def frozen(resource: Any, row: Any) -> dict[str, Any]:
    """The fields and lines of this record that people do not change now, with the sentence that says why."""
    holding = now(resource, row)
    return {name: one.said for one in reversed(holding) for name in _names(resource) if one.keeps(name)} if holding else {}


def _names(resource: Any) -> list[str]:
    return [*(name for name, field in resource.all_fields.items() if field.column not in SCOPE_COLUMNS), *(lines.name for lines in resource.lines)]


def closed(resource: Any, row: Any, verb: str) -> bool:
    """Whether people may not do this at all to this record, "update" or "delete"."""
    return any(_bars(one, verb) for one in now(resource, row))


def _bars(one: Settled, verb: str) -> bool:
    return not one.goes if verb == "delete" else one.whole


def standing(resource: Any, ids: Sequence[int]) -> dict[int, tuple[Settled, ...]]:
    """What holds of these records, of those of which something does; one statement."""
    if not resource.settled or not ids:
        return {}
    t = resource.table
    columns = {resource.all_fields[one.field].column for one in resource.settled}
    query = sa.select(t.c.id, *(t.c[name] for name in sorted(columns))).where(among(t.c.id, sorted(set(ids))))
    rows = current_work().session.connection().execute(query, execution_options=unscoped("what is settled")).mappings()
    return {row["id"]: holding for row in rows if (holding := now(resource, row))}


def refusals(resource: Any, ids: Sequence[int], verb: str) -> dict[int, Any]:
    """Those of these records to which people may not do this now, "update" or "delete", with the sentence that says so. None while an act is done."""
    if not resource.settled or current_work().info.get("verb"):
        return {}
    return {row_id: said[0] for row_id, holding in standing(resource, ids).items() if (said := [one.said for one in holding if _bars(one, verb)])}


def kept(resource: Any, moved: Mapping[int, Collection[str]]) -> dict[int, tuple[str, Any]]:
    """Of records and names of what is changed of them by hand: those that may not be, with the first such name and the sentence."""
    if not resource.settled or current_work().info.get("verb"):
        return {}
    found = {}
    for row_id, holding in standing(resource, list(moved)).items():
        wrong = [(name, one.said) for one in holding for name in sorted(moved[row_id]) if one.holds_back(name)]
        if wrong:
            found[row_id] = wrong[0]
    return found


def faults(resource: Any, rows: list[dict[str, Any]], made: Sequence[Mapping[str, Any]], before: Mapping[int, Mapping[str, Any]], kind: str = "save") -> dict[int, dict[str, list[Any]]]:
    """What of rows about to be saved may not be other than it is: position → field → sentence. `rows`: by field, `made`: the same by column.
    Lines that stay and are given as they stand are taken out of `rows`: nobody writes them again."""
    work = current_work()
    if not resource.settled or work.session.system or (work.info.get("verb") and kind not in AGREED):
        return {}
    stays = {at: found for at, row in enumerate(rows) if row.get("id") in before and (found := frozen(resource, before[row["id"]]))}
    others = _other_lines(resource, {rows[at]["id"]: {n: rows[at][n] for n in (lines.name for lines in resource.lines) if n in rows[at] and n in found} for at, found in stays.items()})
    wrong: dict[int, dict[str, list[Any]]] = {}
    for at, found in stays.items():
        row, old = rows[at], before[rows[at]["id"]]
        for name in found.keys() & row.keys():
            field = resource.all_fields.get(name)
            if (row["id"], name) in others if field is None else not same(old.get(field.column), made[at].get(field.column)):
                wrong.setdefault(at, {})[name] = [found[name]]
        rows[at] = {name: value for name, value in row.items() if name in resource.all_fields or name not in found}
    return wrong


def _other_lines(resource: Any, given: Mapping[int, Mapping[str, Any]]) -> set[tuple[int, str]]:
    """Records and names of lines that are given otherwise than they stand; a statement for each kind of lines."""
    found = set()
    for name in sorted({name for lines in given.values() for name in lines}):
        child, link = resource.line_resource(name), resource.link_column(name)
        asked = {row_id: lines[name] or [] for row_id, lines in given.items() if name in lines}
        query = sa.select(child.table).where(among(child.table.c[link], sorted(asked)), child.table.c.deleted_at.is_(None))
        there: dict[int, dict[int, Any]] = {row_id: {} for row_id in asked}
        for row in current_work().session.connection().execute(query, execution_options=unscoped("lines as they stand")).mappings():
            there[row[link]][row["id"]] = custom.unpacked(child, dict(row))
        for row_id, lines in asked.items():
            if len(lines) != len(there[row_id]) or any(not _same_line(child, line, there[row_id].get(line.get("id"))) for line in lines):
                found.add((row_id, name))
    return found


def _same_line(child: Any, line: Mapping[str, Any], stands: Mapping[str, Any] | None) -> bool:
    if stands is None:
        return False
    for name, value in line.items():
        if name in ("id", "version"):
            continue
        field = child.all_fields.get(name)
        if field is None:
            return False
        if isinstance(field, RefField) and isinstance(value, str):
            value = field.resolve([value]).get(value, value)
        if not same(stands[field.column], value):
            return False
    return True


def left(resource: Any, rows: Sequence[Any], states: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """Of rows of history that are to be taken back (`verb`, `row_id`, `old`) and what stands there (`states`): those that stay."""
    form, link, lines = resource, "id", ""
    if not resource.settled:
        above = resource.registry.resources.get(resource.part_of or "")
        lines = next((one.name for one in above.lines if above.line_resource(one.name).name == resource.name), "") if above is not None and above.settled else ""
        if not lines:
            return set()
        form, link = above, above.link_column(lines)
    holding = standing(form, [state[link] for state in states.values() if state[link] is not None])
    names = {field.column: field.name for field in form.all_fields.values()}
    return {row.row_id for row in rows if row.row_id in states and any(
        _stays(one, row, lines, names) for one in holding.get(states[row.row_id][link], ()))}


def _stays(one: Settled, row: Any, lines: str, names: Mapping[str, str]) -> bool:
    if lines:
        return one.holds_back(lines)
    if row.verb != "update":
        return not one.goes
    return any(one.holds_back(names.get(column, column)) for column in row.old or () if column not in SCOPE_COLUMNS)
