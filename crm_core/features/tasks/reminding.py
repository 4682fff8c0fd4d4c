"""A reminder so long before a task is due, once: `remind_at` is when, and empty as soon as its owner was told."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.messages.api import notify
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.resource.changes import unscoped
from crm_core.resource.show import show_date
from crm_core.text.hours import minute

NAME = "core.task.remind"
DUE = 20  # lines in the mail that sums up
MORNING = 9 * 60  # of tasks without a time of day
_ASKED = ("due", "due_time", "remind", "owner_id", "done_at")
_table, _user = table_of(Task), table_of(User)


def follow(row: dict[str, Any], old: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """When to remind, whenever something it hangs on changes. A moment that has passed reminds nobody."""
    if all(now.get(name) == old.get(name) for name in _ASKED):
        return
    at = None
    if now.get("remind") is not None and now.get("due") is not None and now.get("done_at") is None:
        at = _moment(now["due"], now.get("due_time"), now.get("owner_id")) - dt.timedelta(minutes=now["remind"])
    row["remind_at"] = at if at is not None and at > clock.now() else None


def _moment(day: dt.date, hour: str | None, owner: int | None) -> dt.datetime:
    """When it is due, by its owner's clock."""
    at = dt.time(*divmod(minute(hour) if hour else MORNING, 60))
    with clock.in_zone(_zones().get(owner or 0) or clock.zone().key):
        return clock.instant(day, at)


def _zones() -> Mapping[int, str]:
    """Of people who have a time zone of their own, asked once in a piece of work."""
    info = current_work().info
    if "task_zones" not in info:
        query = sa.select(_user.c.id, _user.c.timezone).where(_user.c.timezone.is_not(None))
        rows = current_work().session.connection().execute(query, execution_options=unscoped("time zones of receivers"))
        info["task_zones"] = {row.id: row.timezone for row in rows}
    return info["task_zones"]  # type: ignore[no-any-return]


def due(user_id: int) -> tuple[Any, list[str]] | None:
    """What of somebody's own is late or due today, for the mail that sums up."""
    c, today = _table.c, clock.today()
    query = (sa.select(c.title, c.due, c.due_time).where(c.owner_id == user_id, c.done_at.is_(None), c.deleted_at.is_(None), c.due <= today)
             .order_by(c.due, c.due_time.is_(None), c.due_time, c.id).limit(DUE + 1))
    rows = current_work().session.connection().execute(query, execution_options=unscoped("what is due")).all()
    if not rows:
        return None
    head = ngettext("%(n)s task that is due", "%(n)s tasks that are due", len(rows)) if len(rows) <= DUE else _("More than %(n)s tasks that are due, the oldest of them", n=DUE)
    return head, [" ".join(filter(None, (show_date(row.due), row.due_time, row.title))) for row in rows[:DUE]]


def run(job: Running) -> None:
    """Told and noted in one transaction: whoever was told is not due any more."""
    Pace(job).drain(_remind)


def _remind(most: int) -> int:
    c = _table.c
    query = (
        sa.select(c.id, c.title, c.owner_id, c.due, c.due_time)
        .where(c.remind_at <= clock.now(), c.done_at.is_(None), c.deleted_at.is_(None)).order_by(c.remind_at).limit(most).with_for_update(skip_locked=True)
    )
    found = session.connection().execute(query, execution_options=unscoped("reminders")).all()
    if found:
        gone = sa.update(_table).where(bulk.among(c.id, [row.id for row in found])).values(remind_at=None)
        session.connection().execute(gone, execution_options=unscoped("reminders"))
    for row in found:
        notify([row.owner_id], _("Due %(when)s: %(title)s", when=" ".join(filter(None, (row.due.isoformat(), row.due_time))), title=row.title),
               about=("core.task", row.id), source=_("Tasks"))
    return len(found)
