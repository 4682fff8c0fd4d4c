"""Tasks that come again. A series is an RFC 5545 rule; the next task of it is made when this one is done, or when its day comes,
whichever is first, and once: it names the task it follows, and no two may name the same.

Days are days: the rule goes by dates alone, and a time of day stands on the wall clock, so summer time moves nothing. A month that
lacks the day (the 31st) is passed over, as RFC 5545 has it; "the last day" is `BYMONTHDAY=-1`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from dateutil.rrule import rrule, rrulestr

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.tasks.models import Task, TaskItem
from crm_core.kernel import clock
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.resource.changes import unscoped

NAME = "core.task.repeat"
_table, _items = table_of(Task), table_of(TaskItem)
_CARRIED = ("title", "text", "due_time", "remind", "priority", "subject", "subject_id", "giver_id", "must", "owner_id", "department_id", "team_id",
            "repeat", "repeat_from", "custom", "created_by_id")
LONGEST = 40  # years: further no series is looked


def _rule(text: str, start: dt.date) -> rrule:
    found: rrule = rrulestr(text, dtstart=dt.datetime.combine(start, dt.time()))
    return found


def after(text: str, start: dt.date, day: dt.date) -> dt.date | None:
    """The first day of a series, which began on `start`, after a day; None when it has ended."""
    end = dt.datetime.combine(day, dt.time()) + dt.timedelta(days=366 * LONGEST)
    for found in _rule(text, start).xafter(dt.datetime.combine(day, dt.time()), count=1):
        return found.date() if found <= end else None
    return None


def follow(row: dict[str, Any], old: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """The day of the next task, whenever rule or day change. A series that is changed begins anew with the day of its task."""
    if not (now.get("repeat") and now.get("due")):
        if old.get("next_on") is not None:
            row["next_on"] = None
        return
    if now["repeat"] != old.get("repeat") or (old and now["due"] != old["due"]) or now.get("repeat_from") is None:
        row["repeat_from"] = start = now["due"] if now["repeat"] != old.get("repeat") or now.get("repeat_from") is None else now["repeat_from"]
        row["next_on"] = after(now["repeat"], start, now["due"])


def next_of(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Make the next task of each of these that has one to come. They are its owner's, as this one is."""
    from crm_core.features.tasks.services import begin

    due = [row for row in rows if row["next_on"] is not None and row["owner_id"] is not None]
    if not due:
        return []
    gone = sa.update(_table).where(bulk.among(_table.c.id, [row["id"] for row in due]), _table.c.next_on.is_not(None)).values(next_on=None)
    current_work().session.connection().execute(gone, execution_options=unscoped("series of tasks"))
    query = sa.select(_items.c.task_id, _items.c.text).where(bulk.among(_items.c.task_id, [row["id"] for row in due]), _items.c.deleted_at.is_(None))
    lists: dict[int, list[str]] = {}
    for item in current_work().session.connection().execute(query.order_by(_items.c.id), execution_options=unscoped("series of tasks")):
        lists.setdefault(item.task_id, []).append(item.text)
    return begin([({**{name: row[name] for name in _CARRIED}, "due": row["next_on"], "follows_id": row["id"]}, lists.get(row["id"], [])) for row in due])


def run(job: Running) -> None:
    """Of series whose next day has come, done or not."""
    Pace(job).drain(_come)


def _come(most: int) -> int:
    query = (
        sa.select(_table).where(_table.c.next_on <= clock.today(), _table.c.deleted_at.is_(None)).order_by(_table.c.next_on, _table.c.id)
        .limit(most).with_for_update(skip_locked=True)
    )
    found = [dict(row) for row in session.connection().execute(query, execution_options=unscoped("series of tasks")).mappings()]
    next_of(found)
    return len(found)
