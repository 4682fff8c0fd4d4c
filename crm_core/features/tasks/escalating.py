"""A superior hears once of a task of his people that is overdue for too long, where an administrator says so; of one that is about a record of a
team, who heads the team."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.lines import heads_of_teams, supervisors_of
from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.features.messages.api import notify
from crm_core.features.tasks import turns
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import timeline
from crm_core.resource.changes import unscoped
from crm_core.resource.settings import Setting, Settings

NAME = "core.task.escalate"
_table, _users = table_of(Task), table_of(User)


class TaskSettings(Settings):
    label = _("Tasks")
    name = "tasks"
    order = 20
    departments = False
    escalates: bool = Setting(False, _("Tell of overdue tasks"), _("The superior of who has it hears once of each task that is overdue for so long; of one about a record of a team, who heads the team."))  # type: ignore[assignment]
    days: int = Setting(3, _("Days overdue"), minimum=1, maximum=90)  # type: ignore[assignment]


def run(job: Running) -> None:
    """Told and noted in one transaction: what was told of is not looked at again, unless its day is changed."""
    settings = TaskSettings.now()
    if not settings.escalates:
        return
    last = clock.today() - dt.timedelta(days=settings.days)

    def take(most: int) -> int:
        found = _late(last, most)
        if found:
            _tell(found)
        return len(found)

    Pace(job).drain(take)


def _late(last: dt.date, most: int) -> Sequence[Any]:
    c = _table.c
    query = (
        sa.select(c.id, c.title, c.owner_id, c.department_id, c.team_id, c.due, c.subject, c.subject_id)
        .where(c.due <= last, c.done_at.is_(None), c.deleted_at.is_(None), c.escalated_at.is_(None), c.owner_id.is_not(None))
        .order_by(c.due, c.id).limit(most).with_for_update(skip_locked=True)
    )
    return list(_ask(query))


def _ask(statement: Any) -> Any:
    return session.connection().execute(statement, execution_options=unscoped("overdue tasks"))


def _teams(found: Sequence[Any]) -> dict[int, int]:
    """The team of each of these tasks that has one: its own, else that of the record it is about. A statement for each kind of record."""
    teams = {row.id: row.team_id for row in found if row.team_id is not None}
    about: dict[str, list[Any]] = {}
    for row in found:
        if row.id not in teams and row.subject and row.subject_id:
            about.setdefault(row.subject, []).append(row)
    for name, rows in about.items():
        resource = site().registry.resources.get(name)
        if resource is not None and "team_id" in resource.table.c:
            c = resource.table.c
            mine = {one.id: one.team_id for one in _ask(sa.select(c.id, c.team_id).where(bulk.among(c.id, [row.subject_id for row in rows]), c.team_id.is_not(None)))}
            teams |= {row.id: mine[row.subject_id] for row in rows if row.subject_id in mine}
    return teams


def _tell(found: Sequence[Any]) -> None:
    _ask(sa.update(_table).where(bulk.among(_table.c.id, [row.id for row in found])).values(escalated_at=clock.now()))
    heads: dict[int, list[Any]] = {}
    above, teams = supervisors_of(row.owner_id for row in found), _teams(found)
    desks = heads_of_teams(teams.values())
    for row in found:
        head = desks.get(teams.get(row.id, 0))
        if head is None or head == row.owner_id:
            head = above.get(row.owner_id)
        if head is not None:
            heads.setdefault(head, []).append(row)
    names = {row.id: row.name for row in _ask(sa.select(_users.c.id, _users.c.name).where(bulk.among(_users.c.id, [*heads, *(row.owner_id for row in found)])))}
    lines = []
    for head, mine in heads.items():
        one = mine[0]
        if len(mine) == 1:
            notify([head], _("Overdue since %(day)s: %(title)s (%(name)s)", day=one.due.isoformat(), title=one.title, name=names.get(one.owner_id, "")),
                   about=("core.task", one.id), source=_("Tasks"))
        else:
            notify([head], ngettext("%(n)s task of your people or your team is overdue", "%(n)s tasks of your people or your team are overdue", len(mine)),
                   path="/core/task?done_at.empty=1&due.lte=" + max(row.due for row in mine).isoformat(), source=_("Tasks"))
        lines += [turns.line({"id": row.id}, _("told %(name)s that this is overdue", name=names.get(head, ""))) for row in mine]
    timeline.add_all(lines)
