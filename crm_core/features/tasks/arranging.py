"""Work arrangements: what somebody wrote to many becomes a task of each of them, to be done until a day; who wrote it sees on its
page who has read it and who has done it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.session import current_work, session
from crm_core.features.messages.api import copies
from crm_core.features.tasks import services
from crm_core.features.tasks.models import State, Task
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import BooleanField, DateField

MESSAGE = "core.message"
FIELDS = (DateField(name="until", column="", label=_("To be done until"), required=True),
          BooleanField(name="must", column="", label=_("Must be dealt with")))


def offered() -> bool:
    """Whether the acting person gives tasks to others."""
    tasks = site().registry.resource(services.NAME)
    return bool(tasks.may("create") and tasks.may("assign"))


def may_arrange(message: Any) -> bool:
    return bool(message.box == "sent")


def arrange(message: Any, until: dt.date, must: bool | None = None) -> None:
    """A task for each who received it. Raises Forbidden without the right to give tasks, Invalid for a day gone by, Refused the
    second time."""
    if not offered():
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Arrange as work")))
    if until < clock.today():
        raise Invalid({"until": [_("This day has passed.")]})
    found = copies(message.id)
    if not may_arrange(message) or not found:
        raise Refused(_("Only what you have sent can be arranged as work."))
    if of([copy.id for copy in found]):
        raise Refused(_("This has been arranged as work already."))
    people = site().registry.resource("core.user").table
    homes = {row.id: row.department_id for row in current_work().session.execute(
        sa.select(people.c.id, people.c.department_id).where(bulk.among(people.c.id, [copy.owner_id for copy in found])),
        execution_options=unscoped("departments of who receives a task"))}
    ids = services.begin([({
        "title": message.title, "text": message.text, "due": until, "priority": message.priority, "subject": MESSAGE, "subject_id": copy.id,
        "owner_id": copy.owner_id, "department_id": homes.get(copy.owner_id), "giver_id": actor().user_id, "must": bool(must)}, ()) for copy in found])
    services.given(ids)


def of(copies_of: Sequence[int]) -> dict[int, Task]:
    """The task of each of these copies of a message that has one, among those the acting person sees: he gave them."""
    query = sa.select(Task).where(Task.subject == MESSAGE, Task.subject_id.in_(list(copies_of)), Task.giver_id == actor().user_id)
    return {task.subject_id: task for task in session.scalars(query) if task.subject_id is not None}


def column(copies_of: Sequence[int]) -> tuple[Any, dict[int, Any]] | None:
    """The column of who has done it, on the page of a message that was arranged as work."""
    from crm_core.features.tasks import views

    found = of(copies_of)
    if not found:
        return None
    said = {copy: views.urgency(task.due, task.due_time, task.done_at) for copy, task in found.items() if task.state != State.refused}
    return _("To be done"), {copy: state.label for copy, state in said.items() if state is not None}
