"""Two that were kept as one: a record gives some of what hangs on it to a new one. The moved rows are kept as a merge keeps them
(resource/merging.py), so undoing brings them back before the new record goes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import session, system_scope, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import asking, changes, merging, pairs, search, timeline
from crm_core.resource.after import give_parts
from crm_core.resource.undo import UndoBegins

MOST = 200  # rows of one kind that a page offers


@dataclass(frozen=True)
class Linked:
    """Rows of one kind that point at a record, as far as the acting person may see them: id → what it is called."""

    key: str  # table and column, as a form names them
    resource: Any
    rows: dict[int, str]


def linked(resource: Any, row_id: int) -> Iterator[Linked]:
    """What hangs on a record and can be given to another."""
    for pointer in merging.pointers(resource):
        other = next((r for r in site().registry.resources.values() if r.table is pointer.table and not r.is_brief), None)
        if other is None:
            other = next((part.child for part in resource.parts() if part.child.table is pointer.table), None)
        if other is None or (other.verbs and not other.may("read")):
            continue
        query = sa.select(other.model).where(*pointer.at(resource.name, [row_id])).order_by(other.model.id).limit(MOST)
        rows = {row.id: other.title(row) for row in session.scalars(query)}
        if rows:
            yield Linked(f"{pointer.table.name}.{pointer.column}", other, rows)


def split(resource: Any, row_id: int, values: Mapping[str, Any], remaining: Mapping[str, Any], chosen: Mapping[str, Sequence[int]]) -> tuple[int, int]:
    """Make a new record of `values`, give it the chosen rows (`Linked.key` → ids), and let the old one keep `remaining`; (the new
    record, the change that `undo` takes back). Needs the right to change the one and to create another."""
    if not resource.mergeable or not (resource.may("update") and resource.may("create")):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Split")))
    with writing(), changes.change("split", resource=resource.name) as change:
        resource.get(row_id, "update")
        asking.refuse(resource, [row_id])
        offered = {one.key: one.rows for one in linked(resource, row_id)}
        made = int(resource.write([dict(values)], kind="split")[0])
        if remaining:
            resource.write([{"id": row_id, **remaining}], kind="split")
        with system_scope("split"):
            mark = merging.noted(resource, made, row_id, change)
            for pointer in merging.pointers(resource):
                key = f"{pointer.table.name}.{pointer.column}"
                ids = [i for i in chosen.get(key, ()) if i in offered.get(key, {})]
                if ids:
                    merging.carry(mark, pointer, resource.name, row_id, made, ids)
            if is_scoped(resource.model):
                table = resource.table
                owners = merging.execute(sa.select(*(table.c[c] for c in SCOPE_COLUMNS)).where(table.c.id == made)).mappings().one()
                give_parts(resource, [made], dict(owners))
        search.follow(resource, [made, row_id])
        if resource.timeline:
            timeline.add(resource.name, row_id, "split", record=(resource.name, made))
        if resource.duplicates:
            pairs.put(resource, [(row_id, made, 0.0, ())], state=pairs.APART, note=str(_("Split")))
        return made, change


def rejoin(event: UndoBegins) -> None:
    """Listener inside the transaction, as the house: a split is being undone, so what was moved goes back first; then nothing holds
    the new record any more."""
    m = table_of(merging.Merge)
    c = table_of(changes.Change).c
    for row in merging.execute(sa.select(m).join(c.id.table, c.id == m.c.change_id).where(
            m.c.change_id.in_(event.ids), m.c.undone_at.is_(None), c.kind == "split")).all():
        resource = site().registry.resources.get(row.resource)
        if resource is not None:
            merging.move_back(resource, row)
            merging.execute(sa.update(m).where(m.c.id == row.id).values(undone_at=clock.now()))
            search.follow(resource, [row.kept_id, row.gone_id])
