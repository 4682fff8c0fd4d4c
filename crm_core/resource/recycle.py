"""The recycle bin: deletions, newest first, as far as the reader could see and bring back what was deleted."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session
from crm_core.data.wall import DELETED
from crm_core.kernel import clock
from crm_core.kernel.site import site
from crm_core.resource.changes import Change, History
from crm_core.resource.undo import DAYS, PERMISSION
from crm_core.text.numbers import whole


@dataclass(frozen=True)
class Gone:
    """One deleted record."""

    resource: str
    id: int
    label: str
    at: dt.datetime
    actor_id: int | None
    change: int
    parts: int
    until: dt.datetime
    may_restore: bool


def entries(*, before: str = "", limit: int = 50) -> tuple[list[Gone], str]:
    """(deleted records, cursor of the next page or ""). Parts are told with the record they went with."""
    who = current_work().session.actor
    registry = site().registry
    tops = [r for r in registry.resources.values() if not r.is_brief and not r.part_of and r.may("read")]
    loose = [r.name for r in tops if r.of_any]  # parts that are told here when they went alone
    standing = clock.now() - dt.timedelta(days=DAYS)  # what is older cannot be brought back, and is emptied in the night
    last = whole(before) or 2**62
    found: list[Gone] = []
    while len(found) <= limit:
        query = (
            sa.select(History.id, History.resource, History.row_id, Change.id.label("change"), Change.at, Change.actor_id, Change.undone_by)
            .join(Change, Change.id == History.change_id)
            .where(History.verb == "delete", History.id < last, Change.at > standing, History.resource.in_([r.name for r in tops]),
                   sa.or_(History.resource.not_in(loose), Change.resource == History.resource))
            .order_by(History.id.desc()).limit(limit * 2)
        )
        rows = session.execute(query).all()
        if not rows:
            return found, ""
        labels, parts = _labels(rows), _parts(rows)
        for row in rows:
            last = row.id
            label = labels.get((row.resource, row.row_id, row.change))
            if label is None:
                continue
            if len(found) == limit:
                return found, str(row.id + 1)
            mine = row.actor_id == getattr(who, "user_id", None) or who is None or who.can(PERMISSION)
            allowed = mine and registry.resources[row.resource].may("update") and row.undone_by is None
            found.append(Gone(row.resource, row.row_id, label, row.at, row.actor_id, row.change, parts.get((row.resource, row.row_id, row.change), 0), row.at + dt.timedelta(days=DAYS), allowed))
    return found, ""


def _parts(rows: Sequence[Any]) -> dict[tuple[str, int, int], int]:
    """How many parts went with each: its own, whatever else the same act deleted."""
    groups: dict[str, set[int]] = {}
    for row in rows:
        groups.setdefault(row.resource, set()).add(row.row_id)
    found: dict[tuple[str, int, int], int] = {}
    for name, ids in groups.items():
        for part in site().registry.resources[name].parts():
            model = part.child.model
            key = getattr(model, part.column), model.deleted_change_id
            mine = [model.subject == part.named] if part.named else []
            query = sa.select(*key, sa.func.count()).where(key[0].in_(ids), *mine, model.deleted_at.is_not(None)).group_by(*key)
            for hit in session.execute(query, execution_options={DELETED: True}):
                found[name, hit[0], hit[1]] = found.get((name, hit[0], hit[1]), 0) + hit[2]
    return found


def _labels(rows: Sequence[Any]) -> dict[tuple[str, int, int], str]:
    """Names of those that are still deleted by that change and lie in the reader's scope."""
    groups: dict[str, set[int]] = {}
    for row in rows:
        groups.setdefault(row.resource, set()).add(row.row_id)
    found = {}
    for name, ids in groups.items():
        resource = site().registry.resources[name]
        model = resource.model
        query = sa.select(model.id, model.deleted_change_id, resource.label_column).where(model.id.in_(ids), model.deleted_at.is_not(None))
        for hit in session.execute(query, execution_options={DELETED: True}):
            found[(name, hit[0], hit[1])] = str(resource.word(hit[2]) or f"#{hit[0]}")
    return found
