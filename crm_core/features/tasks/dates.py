"""One's open tasks with a day, in one's calendar (resource/feeds.py)."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock
from crm_core.kernel.site import actor, site
from crm_core.resource.feeds import Date
from crm_core.text.hours import minute
from crm_core.web import urls

MOST = 500


def mine(first: dt.date | None = None, last: dt.date | None = None) -> Iterator[Date]:
    fields = site().registry.resource("core.task").fields()
    if "due" not in fields:
        return
    query = sa.select(Task).where(Task.owner_id == actor().user_id, Task.done_at.is_(None), Task.due.is_not(None))
    if first is not None:
        query = query.where(Task.due.between(first, last))
    for task in session.scalars(query.order_by(Task.due, Task.id).limit(MOST)):
        if task.due is None:
            continue
        at = None
        if task.due_time and "due_time" in fields:
            at = dt.datetime.combine(task.due, dt.time(*divmod(minute(task.due_time), 60)), tzinfo=clock.zone())
        yield Date(f"task-{task.public_id}", task.due, task.title, at, url=urls.of_name(site().registry, "core.task", task.id))
