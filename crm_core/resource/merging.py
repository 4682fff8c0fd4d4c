"""Two records that are one: the references of one go to the other, and it stays behind as a tombstone that leads there.

Core re-points every reference it knows of (`core_reference`) in the tables of active packages, one statement a column, as the
house; what moved is kept, so that undoing moves exactly that back. Tables of a plugin that is switched off are not touched: its
rows go on pointing at the tombstone, and when it wakes they follow (`awake`). Rows that would break a unique key of their
package stay on the tombstone and are handed to its `on_merge`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import bulk, inside
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.bulk import each
from crm_core.data.mixins import SCOPE_COLUMNS, Keyed, is_scoped
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.kernel import clock, references
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import Site, site
from crm_core.resource import asking, changes, custom, search, timeline, undo
from crm_core.resource.after import give_parts
from crm_core.resource.changes import unscoped
from crm_core.resource.references import RefsField
from crm_core.resource.removal import delete_rows
from crm_core.resource.undo import ChangeUndone

CHUNK = 1_000  # ids in one row of the log


class Merge(Keyed, Model):
    """One record went into another."""

    __tablename__ = "core_merge"
    change_id: Mapped[t.Id] = mapped_column(index=True)
    resource: Mapped[str] = mapped_column(sa.String(80))
    kept_id: Mapped[t.Id]
    gone_id: Mapped[t.Id]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    undone_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    __table_args__ = (sa.Index("ix_core_merge_gone", "resource", "gone_id"),)


class Moved(Keyed, Model):
    """Rows of one column that were re-pointed by a merge; gone once they were moved back."""

    __tablename__ = "core_merge_moved"
    merge_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_merge.id", ondelete="RESTRICT"), index=True)
    package: Mapped[str] = mapped_column(sa.String(60))
    table_name: Mapped[str] = mapped_column(sa.String(80))
    column_name: Mapped[str] = mapped_column(sa.String(80))  # the one that holds the id
    ids: Mapped[list[Any]]
    stayed: Mapped[bool] = mapped_column(default=False)  # at its undo somebody had pointed these elsewhere already


@dataclass(frozen=True)
class RecordsMerged(Event):
    """`ids[0]` took the others in; they are tombstones that lead to it."""

    label = _("Records were merged")
    resource: str
    ids: tuple[int, ...]
    change: int


@dataclass(frozen=True)
class Conflict:
    """Rows that could not follow because a unique key of their package forbids it; they stay on the tombstone."""

    package: str
    table: str
    column: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class _Pointer:
    """A column that points at a resource: `column` holds the id, `named` the resource's name in a sibling, if any."""

    package: str
    table: sa.Table
    column: str
    named: str = ""

    def sets(self, target: int) -> dict[Any, Any]:
        """What an UPDATE sets so that rows point at `target`."""
        if not inside.is_inside(self.column):
            return {self.table.c[self.column]: target}
        return inside.assigned(self.table, self.column, target, current_work().session.connection().dialect.name)

    def at(self, resource: str, ids: Any) -> list[sa.ColumnElement[bool]]:
        where: list[sa.ColumnElement[bool]] = [inside.column(self.table, self.column).in_(ids)]
        if self.named:
            where.append(self.table.c[self.named] == resource)
        return where


def merge(resource: Any, kept: int, gone: Sequence[int]) -> int:
    """Let `kept` take the others in; returns the change that `undo` takes back. Needs the right to change the one and to delete
    the others. Raises Forbidden, Missing, Invalid, and whatever a package refuses in `on_merge`."""
    others = sorted(set(gone))
    if not others or kept in others:
        raise Invalid(None, _("A record cannot be merged with itself."))
    if not resource.mergeable or not (resource.may("update") and resource.may("delete")):
        raise Forbidden(_("You may not do this: %(what)s.", what=f"{resource.name}.merge"))
    with writing(), changes.change("merge", resource=resource.name) as change:
        execute(sa.select(resource.table.c.id).where(resource.table.c.id.in_([kept, *others])).order_by(resource.table.c.id).with_for_update())  # two who merge the same one
        row = resource.get(kept, "update")
        for other in others:
            resource.get(other, "delete")
        asking.refuse(resource, [kept, *others])
        owners = {column: getattr(row, column) for column in SCOPE_COLUMNS} if is_scoped(resource.model) else {}
        with system_scope("merge"):
            conflicts = [found for other in others for found in _one(resource, kept, other, change)]
            if owners:
                give_parts(resource, [kept], owners)
        search.follow(resource, [kept])
        if resource.timeline:
            for other in others:
                timeline.add(resource.name, kept, "merged", record=(resource.name, other))
        for package in dict.fromkeys(c.package for c in conflicts):
            mine = [c for c in conflicts if c.package == package]
            site().registry.call("on_merge", only=package, resource=resource.name, kept=kept, gone=tuple(others), conflicts=mine)
        emit(RecordsMerged(resource.name, (kept, *others), change))
        return change


def goes_along(resource: Any, gone: Sequence[int]) -> list[tuple[Any, int]]:
    """What would be re-pointed: (what it is called, how many), of all active packages, as the house knows it."""
    registry = site().registry
    names = {r.table.name: r.label for r in registry.resources.values() if not r.is_brief}
    found: dict[str, int] = {}
    with system_scope("merge"):
        for pointer in pointers(resource):
            where = pointer.at(resource.name, list(gone))
            if "deleted_at" in pointer.table.c:
                where.append(pointer.table.c.deleted_at.is_(None))
            count = execute(sa.select(sa.func.count()).select_from(pointer.table).where(*where)).scalar_one()
            if count:
                found[pointer.table.name] = found.get(pointer.table.name, 0) + count
    known = [(names[table], n) for table, n in found.items() if table in names]
    rest = sum(n for table, n in found.items() if table not in names)
    return sorted(known, key=lambda one: -one[1]) + ([(_("Other entries"), rest)] if rest else [])


def _one(resource: Any, kept: int, gone: int, change: int) -> list[Conflict]:
    merge_id = noted(resource, kept, gone, change)
    conflicts = []
    for pointer in pointers(resource):
        moved, left = _move(pointer, resource.name, gone, kept)
        _log(merge_id, pointer, moved)
        if left:
            conflicts.append(Conflict(pointer.package, pointer.table.name, pointer.column, tuple(left)))
    table = resource.table
    delete_rows(resource, [gone], change)  # its parts went along: nothing is left that would be deleted with it
    execute(sa.update(table).where(table.c.id == gone).values(merged_into_id=kept))
    return conflicts


def noted(resource: Any, kept: int, gone: int, change: int) -> int:
    """Write down that rows move from `gone` to `kept`."""
    m = table_of(Merge)
    values = {"change_id": change, "resource": resource.name, "kept_id": kept, "gone_id": gone, "at": clock.now()}
    return int(execute(sa.insert(m).values(values).returning(m.c.id)).scalar_one())


def carry(merge_id: int, pointer: "_Pointer", resource: str, source: int, target: int, ids: Sequence[int]) -> None:
    """Re-point these rows and keep which they were."""
    _log(merge_id, pointer, _move(pointer, resource, source, target, ids)[0])


def pointers(resource: Any, package: str = "") -> list[_Pointer]:
    """The columns of active packages (or of `package`) that point at this resource."""
    active = {p.name for p in site().registry.packages}
    found = []
    for row in references.to(current_work().session.connection(), resource.table.name, resource.name):
        table = Model.metadata.tables.get(row.table_name)
        if table is None or row.package not in active or package not in ("", row.package):
            continue
        if row.kind == "anyref":
            found.append(_Pointer(row.package, table, f"{row.column_name}_id", row.column_name))
        elif row.kind in ("fk", "ref"):
            found.append(_Pointer(row.package, table, row.column_name))
    for holder in site().registry.resources.values():  # references among fields of an administrator's own
        if package in ("", holder.package):
            found += [_Pointer(holder.package, holder.table, one.column) for one in custom.of(holder.name).values()
                      if getattr(one, "target", "") == resource.name]
    return found


def _move(pointer: _Pointer, resource: str, source: int, target: int, ids: Iterable[int] | None = None) -> tuple[list[int], list[int]]:
    """Re-point rows (those of `ids`, or all): the ids that moved, and those a unique key kept where they are."""
    table = pointer.table
    values = pointer.sets(target)
    where = pointer.at(resource, [source])
    if ids is not None:
        where.append(table.c.id.in_(sa.select(each(list(ids)).c.value)))
    statement = sa.update(table).where(*where).values(values).returning(table.c.id)
    db = session
    try:
        with db.begin_nested():
            return [row[0] for row in execute(statement)], []
    except sa.exc.IntegrityError:
        pass
    moved, left = [], []
    for row_id in [row[0] for row in execute(sa.select(table.c.id).where(*where).order_by(table.c.id))]:
        try:
            with db.begin_nested():
                execute(sa.update(table).where(table.c.id == row_id).values(values))
            moved.append(row_id)
        except sa.exc.IntegrityError:
            left.append(row_id)
    return moved, left


def _log(merge_id: int, pointer: _Pointer, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), CHUNK):
        execute(sa.insert(table_of(Moved)).values(
            merge_id=merge_id, package=pointer.package, table_name=pointer.table.name, column_name=pointer.column,
            ids=list(ids[start : start + CHUNK])))


def undone(event: ChangeUndone) -> None:
    """Listener inside the transaction, as the house: a merge was taken back, so what it moved goes back too. Raises Refused where one of
    the records that went in has not come back: all that hung on it would go to what stays in the recycle bin."""
    m = table_of(Merge)
    for row in execute(sa.select(m).where(m.c.change_id.in_(event.ids), m.c.undone_at.is_(None)).order_by(m.c.id.desc())).all():
        resource = site().registry.resources.get(row.resource)
        if resource is None:
            continue
        if execute(sa.select(resource.table.c.deleted_at).where(resource.table.c.id == row.gone_id)).scalar() is not None:
            raise Refused(_("A merge is taken back whole or not at all, and one of the records that went into the other cannot come back: "
                            "it is not yours to change any more, or another record has its number now."))
        execute(sa.update(m).where(m.c.id == row.id).values(undone_at=clock.now()))
        execute(sa.update(resource.table).where(resource.table.c.id == row.gone_id).values(merged_into_id=None))
        move_back(resource, row)
        search.follow(resource, [row.kept_id, row.gone_id])
    _settle(event.ids)


def _settle(change_ids: Sequence[int]) -> None:
    """Rows that got an old value back may point at records that were merged since: they follow as well."""
    h = table_of(changes.History).c
    touched: dict[str, list[int]] = {}
    for row in execute(sa.select(h.resource, h.row_id).where(h.change_id.in_(change_ids), h.verb == "update")):
        touched.setdefault(row.resource, []).append(row.row_id)
    for name, ids in touched.items():
        if (holder := site().registry.resources.get(name)) is not None:
            for resource in _mergeable(site()):
                _follow(resource, holder.package, holder.table, ids)


def move_back(resource: Any, row: Any, package: str = "") -> None:
    """Those of the moved rows that nobody has pointed elsewhere since. Rows of sleeping packages wait for their waking."""
    moved = table_of(Moved)
    known = {(p.table.name, p.column): p for p in pointers(resource, package)}
    for entry in execute(sa.select(moved).where(moved.c.merge_id == row.id, moved.c.stayed.is_(False))).all():
        pointer = known.get((entry.table_name, entry.column_name))
        if pointer is not None:
            back, _kept = _move(pointer, resource.name, row.kept_id, row.gone_id, entry.ids)
            left = sorted(set(entry.ids) - set(back))
            this = moved.c.id == entry.id
            execute(sa.update(moved).where(this).values(ids=left, stayed=True) if left else sa.delete(moved).where(this))
    if is_scoped(resource.model):
        gone = execute(sa.select(*(resource.table.c[c] for c in SCOPE_COLUMNS)).where(resource.table.c.id == row.gone_id)).mappings().first()
        if gone is not None:
            give_parts(resource, [row.gone_id], dict(gone))


def stayed(change_id: int) -> list[tuple[str, int]]:
    """(resource, id) of what a merge had moved and its undo did not move back, because somebody had moved it on. Deleted rows,
    those of no resource and those the actor does not see are not told of: he could not look at them."""
    m, moved = table_of(Merge), table_of(Moved)
    query = sa.select(moved.c.table_name, moved.c.ids).join(m, m.c.id == moved.c.merge_id).where(m.c.change_id == change_id, moved.c.stayed)
    resources = {r.table.name: r for r in site().registry.resources.values() if not r.is_brief}
    found: dict[tuple[str, int], None] = {}
    for entry in execute(query).all():
        if (resource := resources.get(entry.table_name)) is not None:
            there = sa.select(resource.model.id).where(bulk.among(resource.table.c.id, entry.ids))
            found.update(dict.fromkeys((resource.name, row_id) for row_id in session.scalars(there)))
    return list(found)


def awake(place: Site, package: str, _since: Any) -> None:
    """A package was switched on: its rows follow the merges it slept through, and go back where one was undone meanwhile."""
    registry = place.registry
    m, moved = table_of(Merge), table_of(Moved)
    waiting = sa.select(m).where(m.c.undone_at.is_not(None), m.c.id.in_(sa.select(moved.c.merge_id).where(moved.c.package == package, moved.c.stayed.is_(False))))
    for row in execute(waiting.order_by(m.c.id.desc())).all():
        if row.resource in registry.resources:
            move_back(registry.resources[row.resource], row, package)
    for resource in _mergeable(place):
        _follow(resource, package)


def _mergeable(place: Site) -> list[Any]:
    return [r for r in place.registry.resources.values() if r.mergeable and not r.is_brief]


def _follow(resource: Any, package: str, holder: sa.Table | None = None, ids: Sequence[int] | None = None) -> None:
    """Rows of a package (or those of `ids` in one table) that point at tombstones of this resource go where these lead."""
    m, table = table_of(Merge), resource.table
    for pointer in pointers(resource, package):
        if holder is not None and pointer.table is not holder:
            continue
        tombs = sa.select(table.c.id).where(table.c.merged_into_id.is_not(None))
        column = inside.column(pointer.table, pointer.column)
        where = pointer.at(resource.name, tombs)
        if ids is not None:
            where.append(pointer.table.c.id.in_(sa.select(each(list(ids)).c.value)))
        for gone in [row[0] for row in execute(sa.select(column).distinct().where(*where))]:
            step: int | None = gone
            while step is not None:  # along a chain one by one, so that each merge can be undone by itself
                query = sa.select(m.c.id, m.c.kept_id).where(m.c.resource == resource.name, m.c.gone_id == step, m.c.undone_at.is_(None))
                made = execute(query.order_by(m.c.id.desc()).limit(1)).first()
                if made is None:
                    break
                _log(made.id, pointer, _move(pointer, resource.name, step, made.kept_id, ids)[0])
                step = made.kept_id


def execute(statement: Any) -> sa.CursorResult[Any]:
    found: sa.CursorResult[Any] = current_work().session.connection().execute(statement, execution_options=unscoped("merge"))
    return found


def _others(resource: Any) -> list[Any]:
    return [RefsField(name="others", column="", label=_("Records that go into it"), target=resource.name, required=True)]


def _merge(row: Any, others: Sequence[int]) -> None:
    merge(site().registry.by_model[type(row)], row.id, others)


undo.stayed.append(stayed)
# Without a button: its page (web/merging.py) lets choose field by field.
MERGE = Action("merge", _("Merge"), _merge, icon="git-merge", fields=_others, bulk=False, button=False)
