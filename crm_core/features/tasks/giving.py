"""Tasks one has given to colleagues: how they stand, asked again when they were ticked off too soon, withdrawn. They lie in the
receiver's scope; who gave one may do these two things with it and read its title, as he wrote it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session, system_scope, writing
from crm_core.features.messages.api import notify
from crm_core.features.tasks.models import Task
from crm_core.features.tasks.services import NAME, note_reopened
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import changes, rows
from crm_core.resource.after import finish
from crm_core.resource.removal import delete_rows

_table = table_of(Task)
URL = "/tasks/given"


def given_by_me(*, before: int = 0, limit: int = 50) -> list[Mapping[str, Any]]:
    """Tasks I gave to others, newest first, those before an id."""
    query = _mine().order_by(_table.c.id.desc()).limit(limit)
    with system_scope("tasks one has given") as db:
        return [dict(row) for row in db.execute(query.where(_table.c.id < before) if before else query).mappings()]


def withdraw(task_id: int) -> int:
    """The receiver need not do it any more: into the recycle bin; returns the change that brings it back. Raises Missing,
    Refused."""
    with writing(), changes.change("withdraw", resource=NAME) as change:
        task = _given(task_id)
        if task["done_at"] is not None:
            raise Refused(_("This has been done already."))
        delete_rows(site().registry.resource(NAME), [task_id], change)
        notify([task["owner_id"]], _("withdrew a task: %(title)s", title=task["title"]), path="/core/task?owner.me=1&done_at.empty=1")
        return change


def reopen(task_id: int) -> int:
    """It is not done yet: the tick is taken back, the receiver hears of it. Raises Missing, Refused."""
    resource = site().registry.resource(NAME)
    with writing(), changes.change("reopen", resource=NAME) as change:
        task = _given(task_id)
        if task["done_at"] is None:
            raise Refused(_("This is open."))
        edits = rows.update(resource, [{"id": task_id, "done_at": None, "done_by_id": None}], {task_id: dict(task)})
        finish(resource, edits, change)
        note_reopened(task_id, task["title"], task["subject"], task["subject_id"])
        notify([task["owner_id"]], _("reopened: %(title)s", title=task["title"]), about=(NAME, task_id))
        return change


def _mine() -> sa.Select[Any]:
    me = actor().user_id
    return sa.select(_table).where(
        _table.c.created_by_id == me, _table.c.owner_id.is_not(None), _table.c.owner_id != me, _table.c.source.is_(None), _table.c.deleted_at.is_(None))


def _given(task_id: int) -> Mapping[str, Any]:
    session.flush()
    query = _mine().where(_table.c.id == task_id).with_for_update()
    with system_scope("a task one has given") as db:
        found = db.execute(query).mappings().one_or_none()
    if found is None:
        raise Missing(_("This record was not found."))
    return dict(found)
