"""Taking an act back, whatever it was: what it created goes to the recycle bin, what it changed gets its old values,
what it deleted comes back. Rows that somebody edited since are left and told.

An undo is itself a change, so it can be undone. Large ones run as a job in batches and resume where they were.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.access.scope import EVERYTHING, NOTHING
from crm_core.data import bulk, inside
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import current_work, session, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Missing, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running, later
from crm_core.kernel.site import actor, site
from crm_core.resource import asking, changes, custom, settled
from crm_core.resource.after import Edit, finish
from crm_core.resource.changes import Change, History, unscoped
from crm_core.resource.removal import delete_rows

AT_ONCE = 200
BATCH = 500
DAYS = 30
# Slot: the rows (resource, id) that an act moved without writing it into their history, and that its undo found elsewhere.
stayed: list[Callable[[int], Iterable[tuple[str, int]]]] = []
# Slot: takes back, under an undo, what an act did beside the records it wrote (it proposed something); how many records that were.
beside: list[Callable[[int, int], int]] = []
PERMISSION = "core.change.undo"  # taking back what others did


@dataclass(frozen=True)
class ChangeUndone(Event):
    """Acts were taken back (as far as nobody had edited since)."""

    label = _("A change was taken back")
    ids: tuple[int, ...]


@dataclass(frozen=True)
class UndoBegins(Event):
    """Acts are about to be taken back."""

    label = _("A change is being taken back")
    ids: tuple[int, ...]


@dataclass
class Result:
    """How many rows were taken back, which were left because edited since, and the job that does it, if it is large."""

    done: int = 0
    conflicts: list[tuple[str, int]] = field(default_factory=list)
    job: int | None = None
    change: int | None = None


def ask(change_id: int) -> Result:
    """Undo a change: at once when small, else by a job. Raises Missing, Forbidden, Refused."""
    found = check(change_id)
    if found.rows <= AT_ONCE:
        with writing():
            change = changes.new_change("undo", resource=found.resource, undo_of=change_id)
            emit(UndoBegins((change_id,)))
            result = Result(change=change)
            last: int | None = None
            while True:
                last = _batch(change_id, change, last, result)
                if last is None:
                    break
            result.done += _beside(change_id, change)
            if result.done:
                _mark(change_id, change, result)
        return result
    with writing():
        return Result(job=later("core.undo", {"change": change_id}, label=_("Undo"), total=found.rows))


def known(change_id: int) -> Any:
    """The change, if it is the acting person's own or he takes back what others did."""
    found = session.execute(sa.select(Change).where(Change.id == change_id)).scalar_one_or_none()
    who = actor()
    if found is None or found.kind == "purge" or (who is not None and found.actor_id != who.user_id and not who.can(PERMISSION)):
        raise Missing(_("This record was not found."))
    return found


def check(change_id: int) -> Any:
    """The change, if the acting person may take it back now; of an act with a right of its own he must still have that. Raises Missing,
    Forbidden, Refused."""
    found = known(change_id)
    if found.undone_by is not None:
        raise Refused(_("This has been undone already."))
    acted = resource_of(found.resource) if found.resource else None
    if acted is not None and found.kind in acted.all_actions and found.actor_id == getattr(actor(), "user_id", None) and not acted.may(found.kind):
        raise Forbidden(_("You may not do this any more, nor take it back: %(what)s.", what=acted.all_actions[found.kind].label))
    if (clock.now() - found.at).days >= DAYS:
        raise Refused(_("This can be undone for %(n)s days only.", n=DAYS))
    return found


def run(job: Running) -> None:
    """The job of a large undo."""
    change_id = job.args["change"]
    if not job.position:
        check(change_id)
        with job.write():
            job.position["undo"] = changes.new_change("undo", undo_of=change_id)
            emit(UndoBegins((change_id,)))
    result = Result()
    last: int | None = job.position.get("last")
    while True:
        with job.write():
            last = _batch(change_id, job.position["undo"], last, result)
            job.position["last"] = last
            if last is None:
                result.done += _beside(change_id, job.position["undo"])
            job.result["counts"] = {"done": result.done, "conflicts": len(result.conflicts)}
            job.progress(result.done + len(result.conflicts))
            job.position["some"] = bool(result.done) or job.position.get("some", False)
            if last is None and job.position["some"]:
                _mark(change_id, job.position["undo"], result)
                job.result["counts"]["conflicts"] = len(result.conflicts)
        if last is None:
            return


def _beside(change_id: int, undo: int) -> int:
    return sum(one(change_id, undo) for one in beside)


def _mark(change_id: int, undo: int, result: Result) -> None:
    """It has been taken back, and is not again; where nothing could be, somebody with more rights may still do it."""
    current_work().session.execute(sa.update(Change).where(Change.id == change_id).values(undone_by=undo))
    emit(ChangeUndone((change_id,)))
    result.conflicts += [one for ask_ in stayed for one in ask_(change_id)]


def resource_of(name: str) -> Any:
    """The resource by name, those of lines included; None when nobody offers it now."""
    registry = site().registry
    found = registry.resources.get(name)
    if found is not None:
        return found
    for resource in registry.resources.values():
        for declared in resource.lines:
            if resource.line_resource(declared.name).name == name:
                return resource.line_resource(declared.name)
    return None


def _batch(change_id: int, undo: int, last: int | None, result: Result) -> int | None:
    """Take back up to BATCH rows, newest first; the history id reached, or None at the end."""
    query = sa.select(History.id, History.resource, History.row_id, History.verb, History.old).where(History.change_id == change_id)
    if last is not None:
        query = query.where(History.id < last)
    rows = session.execute(query.order_by(History.id.desc()).limit(BATCH)).all()
    if not rows:
        return None
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.resource, row.verb), []).append(row)
    with changes.within(undo):
        for (name, verb), found in groups.items():
            resource = resource_of(name)
            if resource is None:
                result.conflicts += [(name, r.row_id) for r in found]
                continue
            _take_back(resource, verb, found, change_id, undo, result)
    return int(rows[-1].id)


def _take_back(resource: Any, verb: str, rows: Sequence[Any], change_id: int, undo: int, result: Result) -> None:
    later_edits = changes.edited_since(resource.name, {r.row_id: r.id for r in rows}, (change_id, undo))
    now = _allowed(resource, rows, change_id, later_edits)
    ids = [r.row_id for r in rows]
    goes = verb in ("create", "restore")
    held = resource.held(ids) | _joined(resource, ids, change_id) if goes else set()
    bound = _bound(resource)
    lost = set() if goes else _orphans(resource, {r.row_id: {**now[r.row_id], **(r.old or {})} for r in rows if r.row_id in now}, change_id)
    free: list[Any] = []
    for row in rows:
        state = now.get(row.row_id)
        touched = later_edits.get(row.row_id, set())
        gone = state is not None and state["deleted_at"] is not None
        if goes and state is not None and state["deleted_change_id"] == undo:
            result.done += 1  # it went with what it is part of
            continue
        clash = (
            state is None
            or (goes and (gone or row.row_id in held))
            or (verb == "create" and bool(touched))
            or (verb == "update" and (gone or not bound.isdisjoint(row.old or ()) or not touched.isdisjoint(_whole(resource, row.old or ()))))
            or (verb == "delete" and state["deleted_change_id"] != change_id)
            or row.row_id in lost
        )
        if clash:
            result.conflicts.append((resource.name, row.row_id))
        else:
            free.append(row)
    if goes and free:
        delete_rows(resource, [r.row_id for r in free], undo)
        result.done += len(free)
    elif verb == "update":
        result.done += _restore_values(resource, free, now, undo)
    elif verb == "delete":
        result.done += _bring_back(resource, free, now, undo, result)


def _whole(resource: Any, columns: Iterable[str]) -> set[str]:
    """Columns with what belongs to them: a place whose other number is new by now is another place."""
    pair = set(resource.place.pair) if resource.place is not None else set()
    return {*columns, *(() if pair.isdisjoint(columns) else pair)}


def _bound(resource: Any) -> set[str]:
    """Columns that a field rule keeps the actor from changing: not even back."""
    current = current_work().session
    if current.system:
        return set()
    return {f.column for name, f in resource.all_fields.items() if current.actor.rule(resource.rules_of, name) is not None}


def _allowed(resource: Any, rows: Sequence[Any], change_id: int, touched: Mapping[int, set[str]]) -> dict[int, dict[str, Any]]:
    """The rows as they stand, deleted ones too, as far as the actor may change them with the rights he has now. When he takes
    back his own act, and nobody has touched the row since, it may be one that he has given away (as it was before it lay within
    them), or one that he made himself, for somebody else perhaps, and may still make."""
    table, current = resource.table, current_work().session
    query = sa.select(table).where(table.c.id.in_([r.row_id for r in rows]))
    found = {r["id"]: custom.unpacked(resource, dict(r)) for r in current.execute(query, execution_options=unscoped("undo")).mappings()}
    if current.system:
        return found
    form, column = resource.form_of
    if is_scoped(resource.model):
        scope = scope_for(current.actor, resource.model, "update")
    else:
        scope = EVERYTHING if form.may("update") else NOTHING
    me = current.actor.user_id
    made = session.execute(sa.select(Change.actor_id, Change.kind).where(Change.id == change_id)).one_or_none()
    mine, by_act = made is not None and made.actor_id == me, made is not None and made.kind in resource.all_actions
    before = {r.row_id: r.old or {} for r in rows if r.row_id not in touched} if mine else {}
    his = {i for i, state in found.items() if state["created_by_id"] == me} if rows[0].verb == "create" else set()  # what he made himself he takes back
    forms = sorted({state[column] for state in found.values()})
    fixed = set(asking.waiting(form, forms)) | _unapproved(form, resource, rows, change_id, forms)
    held = asking.bound(form, sorted({state[column] for i, state in found.items() if i not in his}))
    closed = settled.left(resource, rows, found) if not by_act else set()
    maker = form.may("create") and (is_scoped(resource.model) or form is resource)  # bare lines are the form's, whoever put them
    return {
        row_id: state for row_id, state in found.items()
        if state[column] not in fixed and row_id not in closed and (row_id in his or state[column] not in held) and (scope.holds(state) or (row_id in before and (
            (maker and state["created_by_id"] == me) or scope.holds({**state, **_owners(before[row_id])}))))
    }


def _unapproved(form: Any, resource: Any, rows: Sequence[Any], change_id: int, forms: Sequence[int]) -> set[int]:
    """Those of these records for which others would have to agree: to delete what the act had made, or to what it would be again."""
    if rows[0].verb in ("create", "restore"):
        made = session.scalars(sa.select(History.row_id).where(
            History.change_id == change_id, History.resource == form.name, History.verb.in_(("create", "restore")), bulk.among(History.row_id, forms)))
        return asking.needed(form, "delete", sorted(set(made)))
    if rows[0].verb == "update" and form is resource:
        again: dict[int, dict[str, Any]] = {}
        for row in rows:  # newest first
            again.setdefault(row.row_id, {}).update({c: changes.unraw(inside.column(form.table, c), v) for c, v in (row.old or {}).items() if inside.has(form.table, c)})
        return asking.becoming(form, again)
    return set()


def _owners(old: Mapping[str, Any]) -> dict[str, Any]:
    return {name: old[name] for name in SCOPE_COLUMNS if name in old}


def _joined(resource: Any, ids: Sequence[int], change_id: int) -> set[int]:
    """Which of these rows have got parts by another act since, however deep; those would go with them."""
    found: set[int] = set()
    for part in resource.parts() if ids else ():
        child = part.child
        query = sa.select(child.table.c.id, child.table.c[part.column]).where(*part.at(ids), child.table.c.deleted_at.is_(None))
        parts = {row[0]: row[1] for row in current_work().session.execute(query, execution_options=unscoped("undo"))}
        made = session.scalars(sa.select(History.row_id).where(
            History.change_id == change_id, History.resource == child.name, bulk.among(History.row_id, list(parts)))).all() if parts else ()
        late = parts.keys() - set(made) | _joined(child, made, change_id)
        found.update(parts[row_id] for row_id in late)
    return found


def _orphans(resource: Any, states: Mapping[int, Mapping[str, Any]], change_id: int) -> set[int]:
    """Which of these rows would be parts of a record that lies in the recycle bin, or is gone, and does not come back with them."""
    found: set[int] = set()
    for parent in site().registry.resources.values():
        for part in parent.parts():
            if part.child.name != resource.name:
                continue
            above = {i: s[part.column] for i, s in states.items() if s[part.column] is not None and part.named in ("", s.get("subject"))}
            t = parent.table
            query = sa.select(t.c.id).where(bulk.among(t.c.id, sorted(set(above.values()))), sa.or_(t.c.deleted_at.is_(None), t.c.deleted_change_id == change_id))
            there = set(current_work().session.execute(query, execution_options=unscoped("undo")).scalars()) if above else set()
            found.update(i for i, parent_id in above.items() if parent_id not in there)
    return found


def _restore_values(resource: Any, rows: Iterable[Any], now: dict[int, dict[str, Any]], undo: int) -> int:
    table, current = resource.table, current_work().session
    who = getattr(current.actor, "user_id", None)
    rows = list(rows)
    beside = _restore_beside(resource, rows)
    edits = []
    for row in rows:
        values = {c: changes.unraw(inside.column(table, c), v) for c, v in (row.old or {}).items() if inside.has(table, c)}
        if values:
            stamp = {"version": table.c.version + 1, "updated_at": clock.now(), "updated_by_id": who}
            statement = sa.update(table).where(table.c.id == row.row_id).values({**custom.packed(now[row.row_id], values), **stamp})
            current.execute(statement, execution_options=unscoped("undo"))
        before = {**{c: inside.read(now[row.row_id], c) for c in values}, **beside.get(row.row_id, {})}
        if before:
            edits.append(Edit(row.row_id, "update", before, {**now[row.row_id], **values}))
    finish(resource, edits, undo)
    return len(edits) or len(rows)


def _restore_beside(resource: Any, rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """What is no column gets its old value too (tags); what it was until now, by row and field."""
    found: dict[int, dict[str, Any]] = {}
    for field_ in resource.virtual:
        wanted = {row.row_id: row.old[field_.name] for row in rows if field_.kept and field_.name in (row.old or {})}
        if wanted:
            now = field_.stored(list(wanted))
            field_.store(wanted)
            for row_id in wanted:
                found.setdefault(row_id, {})[field_.name] = now.get(row_id, [])
    return found


def _bring_back(resource: Any, rows: Iterable[Any], now: dict[int, dict[str, Any]], undo: int, result: Result) -> int:
    table, current = resource.table, current_work().session
    edits = []
    for row in rows:
        state = now[row.row_id]
        if _taken(resource, state):
            result.conflicts.append((resource.name, row.row_id))
            continue
        back = {"deleted_at": None, "deleted_change_id": None, "version": table.c.version + 1}
        current.execute(sa.update(table).where(table.c.id == row.row_id).values(back), execution_options=unscoped("undo"))
        edits.append(Edit(row.row_id, "restore", None, {**state, "deleted_at": None}))
    finish(resource, edits, undo)
    return len(edits)


def _taken(resource: Any, state: dict[str, Any]) -> bool:
    """Whether another record has taken a unique key of this one meanwhile."""
    for group in resource.unique:
        columns = [resource.table.c[resource.all_fields[n].column if n in resource.all_fields else n] for n in group]
        if any(state[c.key] is None for c in columns):
            continue
        query = sa.select(sa.literal(1)).where(
            resource.table.c.deleted_at.is_(None), resource.table.c.id != state["id"], *(c == state[c.key] for c in columns)
        )
        if current_work().session.execute(query.limit(1), execution_options=unscoped("undo")).first():
            return True
    return False
