"""The course of a task that somebody gave: accepted or declined, handed on, chased, done, evaluated, withdrawn. The receiver does the
first, the giver and supervisors the others; each leaves its line on the task's page, which both see."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crm_core.data.session import current_work, session
from crm_core.features.messages.api import notify
from crm_core.features.tasks import asking, turns
from crm_core.features.tasks.models import State, Task
from crm_core.features.tasks.turns import NAME
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource import timeline
from crm_core.resource.others import readers
from crm_core.resource.removal import delete_rows


def is_open(task: Any) -> bool:
    return task.done_at is None


def may_accept(task: Any) -> bool:
    """Whether it is a colleague's task that its receiver has not answered yet."""
    return is_open(task) and task.giver_id not in (None, task.owner_id) and task.state == State.open


def accept(task: Task) -> None:
    task.state = State.accepted


def may_refuse(task: Any) -> bool:
    return asking.is_question(task) or (is_open(task) and task.giver_id not in (None, task.owner_id) and not task.must)


def refuse(task: Task, reason: str) -> None:
    """No: a question is answered so; a task goes back to who gave it, as something he decides."""
    if asking.is_question(task):
        asking.refuse(task, reason)
        return
    with turns.saying(reason):
        task.owner_id, task.state = task.giver_id, State.refused


def may_hand_on(task: Any) -> bool:
    return is_open(task) and not task.locked and task.source is None


def hand_on(task: Task, owner: int, reason: str, due: dt.date | None = None) -> None:
    """Another colleague does it, perhaps until another day; who gave it sees to whom and why."""
    if owner == task.owner_id:
        raise Invalid({"owner": [_("He has it already.")]})
    if task.subject and task.subject_id and not readers(site().registry.resource(task.subject), task.subject_id, [owner]):
        raise Invalid({"owner": [_("This colleague may not open the record that the task is about.")]})
    with turns.saying(reason):
        task.owner_id, task.due = owner, due or task.due


def may_chase(task: Any) -> bool:
    return is_open(task) and task.owner_id not in (None, my_id())


def chase(task: Task, words: str | None = None) -> None:
    """Ask for it: counted, and its receiver hears of it."""
    task.chased += 1
    session.flush()
    timeline.add_all([turns.line({"id": task.id}, _("chased this (%(n)s)", n=task.chased), words)])
    notify([task.owner_id], _("chases: %(title)s – %(words)s", title=task.title, words=words) if words else _("chases: %(title)s", title=task.title), about=(NAME, task.id))


def may_evaluate(task: Any) -> bool:
    return task.done_at is not None and task.giver_id is not None and task.owner_id != my_id()


def evaluate(task: Task, grade: str, remark: str | None = None) -> None:
    """What its giver thinks of how it was done; the receiver sees it."""
    task.grade, task.remark = grade, remark
    session.flush()
    timeline.add_all([turns.line({"id": task.id}, _("evaluated this"), remark)])
    notify([task.owner_id], _("evaluated: %(title)s", title=task.title), about=(NAME, task.id))


def may_withdraw(task: Any) -> bool:
    return is_open(task) and task.giver_id is not None and task.giver_id == my_id()


def withdraw(resource: Any, ids: Sequence[int]) -> None:
    """Its receiver need not do it any more: into the recycle bin."""
    found = turns.read(list(ids))
    delete_rows(resource, list(ids), current_work().info["change"])
    for row in found:
        notify([row["owner_id"]], _("withdrew a task: %(title)s", title=row["title"]), path="/core/task?owner.me=1&done_at.empty=1")


def guard(ids: Sequence[int]) -> None:
    """Its receiver does not delete what must be dealt with; who gave him something else hears that he did. Raises Refused."""
    me = my_id()
    if me is None or current_work().session.system:
        return
    for row in turns.read(list(ids)):
        mine = row["owner_id"] == me and row["giver_id"] not in (None, me)
        if mine and row["must"]:
            raise Refused(_("“%(title)s” must be dealt with; only who gave it can withdraw it.", title=row["title"]))
        if mine:
            notify([row["giver_id"]], _("deleted a task of yours: %(title)s", title=row["title"]), path="/core/task?giver.me=1")
