"""Tasks as lists and the home page draw them."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Rule
from crm_core.data.session import session
from crm_core.features.tasks.models import LOOKS, STATES, Task, TaskItem
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource.kept import Ask, kept
from crm_core.resource.references import named
from crm_core.resource.show import show_date, show_moment
from crm_core.web import cells, urls
from crm_core.web.viewmodels import Act, PanelRow, PanelView, RecordPage, Status, WaitRow

LATER = {1: _("Put off until tomorrow"), 3: _("Put off by three days"), 7: _("Put off by a week")}
MOST_ITEMS = 100  # of a checklist, on the page
leads: list[Callable[[Any], str]] = []  # slot: where the task of a module is dealt with, or "" for other tasks
MINE = (("owner.me", "1"), ("done_at.empty", "1"))
URL = urls.address("/core/task", MINE)
GIVEN = urls.address("/core/task", (("giver.me", "1"),))


def told(due: dt.date | None, due_time: str | None) -> tuple[dt.date | None, str | None]:
    """Day and hour of a task, as far as the acting person may see these fields."""
    who = actor()
    if who is None:
        return due, due_time
    return None if who.rule("core.task", "due") is Rule.hidden else due, None if who.rule("core.task", "due_time") is Rule.hidden else due_time


def by_due() -> bool:
    """Whether the acting person may see the days of tasks: what is drawn is not sorted by a hidden one."""
    who = actor()
    return who is None or who.rule("core.task", "due") is not Rule.hidden


def urgency(due: dt.date | None, due_time: str | None, done_at: dt.datetime | None) -> Status | None:
    """How a task stands: done, late, due today, later; None without a day."""
    due, due_time = told(due, due_time)
    if done_at is not None:
        return Status(_("Done %(when)s", when=show_moment(done_at, short=True)), "circle-check", "green")
    if due is None:
        return None
    now = clock.local(clock.now())
    days = (now.date() - due).days
    if days > 0:
        return Status(ngettext("%(n)s day late", "%(n)s days late", days), "alarm", "red")
    label = f"{show_date(due)} {due_time}" if due_time else show_date(due)
    if days == 0:
        past = due_time is not None and due_time < f"{now:%H:%M}"
        return Status(label, "alarm", "red") if past else Status(label, "clock", "amber")
    return Status(label)


def load_urgency(ids: Sequence[int]) -> Mapping[int, Any]:
    """The list's computed column."""
    rows = session.execute(sa.select(Task.id, Task.due, Task.due_time, Task.done_at, Task.chased).where(Task.id.in_(ids)))
    return {r.id: cells.status(chased(urgency(r.due, r.due_time, r.done_at), r)) for r in rows}


def chased(state: Status | None, row: Any) -> Status | None:
    """How an open task stands, with how often it was asked for."""
    if not row.chased or row.done_at is not None or "chased" not in site().registry.resource("core.task").fields():
        return state
    often = ngettext("chased once", "chased %(n)s times", row.chased)
    return Status(often, "bell", "red") if state is None else replace(state, label=_("%(state)s, %(often)s", state=state.label, often=often))


def state_of(state: Any) -> Status:
    """How far it is, as a pill."""
    return Status(STATES[str(state)], *LOOKS[str(state)])  # type: ignore[arg-type]


@kept
def _items() -> sa.Select[Any, Any]:
    said = sa.case((TaskItem.done, "1"), else_="0") + TaskItem.text
    return sa.select(TaskItem.id, said).where(TaskItem.task_id == sa.bindparam("row", type_=sa.BigInteger())).order_by(TaskItem.id).limit(MOST_ITEMS)


def ask_items(task_id: int) -> Ask:
    """The checklist, as a small question of the page: a sign for what is done, then the words."""
    return Ask(_items(), {"row": task_id})


def checklist(task_id: int, found: Sequence[tuple[int, str]], may: bool) -> tuple[PanelView, ...]:
    """The checklist beside the course, with its ticks."""
    if not found:
        return ()
    rows = tuple(
        PanelRow(text[1:], status=Status(_("Done"), "circle-check", "green") if text[0] == "1" else None, acts=(Act(
            _("Take back: %(what)s", what=text[1:]) if text[0] == "1" else _("Tick off: %(what)s", what=text[1:]), f"/tasks/{task_id}/items/{item_id}",
            "arrow-back-up" if text[0] == "1" else "check", "post"),) if may else ())
        for item_id, text in sorted(found)
    )
    return (PanelView(_("Checklist"), "checklist", f"{sum(text[0] == '1' for _id, text in found)}/{len(found)}", rows),)


def load_checklist(ids: Sequence[int]) -> Mapping[int, Any]:
    """The list's computed column: how many lines of the checklist are done."""
    done = sa.func.sum(sa.case((TaskItem.done, 1), else_=0))
    rows = session.execute(sa.select(TaskItem.task_id, done, sa.func.count()).where(TaskItem.task_id.in_(ids)).group_by(TaskItem.task_id))
    return {row[0]: f"{row[1]}/{row[2]}" for row in rows}


def next_step(resource: Any, row: Any, page: RecordPage) -> RecordPage:
    """Slot of record pages: what is to be done next about any record, "in three weeks"; where a composer asks it there is no need."""
    tasks = site().registry.resource("core.task")
    if not resource.holds_files or resource.name == tasks.name or any(act.key == "T" for act in (*page.acts, *page.more)) or not tasks.may("create"):
        return page
    about = [("subject", resource.name), ("subject_id", str(row.id)), ("back", urls.of_record(resource, row.id))]
    act = Act(_("New task"), urls.of_act(tasks, None, "new", about), "checkbox", key="T")
    return replace(page, more=(act, *page.more), sheet=(act, *page.sheet) if page.sheet else ())


class WaitingTask:
    """What the home page counts of the drawn tasks."""

    def __init__(self, rows: Sequence[Task]) -> None:
        today = clock.today()
        days = [told(r.due, None)[0] for r in rows]
        self.late = sum(1 for day in days if day is not None and day < today)
        self.today = sum(1 for day in days if day == today)


def wanted(rows: Iterable[Task]) -> dict[str, set[int | None]]:
    """The records whose names `draw_waiting` needs, by resource."""
    found: dict[str, set[int | None]] = {"core.user": set()}
    for row in rows:
        if row.giver_id is not None:
            found["core.user"].add(row.giver_id)
        if row.subject and row.subject_id:
            found.setdefault(row.subject, set()).add(row.subject_id)
    return found


def course_acts(row: Task, me: int) -> tuple[Act | None, tuple[Act, ...]]:
    """What its owner does with a task where it stands: the answer that is asked of him first, and the others."""
    tasks = site().registry.resource("core.task")
    back = (("back", "/"),)

    def asks(name: str, icon: str) -> tuple[Act, ...]:
        """An act that asks something: its form over the page."""
        action = tasks.all_actions[name]
        offered = tasks.may(name) and (action.when is None or action.when(row))
        return (Act(action.label, urls.of_act(tasks, row.id, f"do/{name}", back), icon, dialog=True),) if offered else ()

    answer = next(iter(asks("agree", "check")), None)
    accept = tasks.all_actions["accept"]
    if answer is None and tasks.may("accept") and accept.when is not None and accept.when(row):
        answer = Act(accept.label, urls.of_act(tasks, row.id, "do/accept"), "user-check", "post", fields=back)
    bound = row.must and row.giver_id not in (None, me)
    later = () if row.locked or bound or not (by_due() and tasks.may("update")) else tuple(
        Act(label, f"/tasks/{row.id}/later", "clock", "post", fields=(("days", str(days)), *back)) for days, label in LATER.items())
    return answer, (*(asks("done", "check") if row.must else ()), *later, *asks("hand_on", "corner-down-right"), *asks("refuse", "x"))


def draw_waiting(rows: Sequence[Task], names: Mapping[str, Mapping[int, str]] | None = None) -> tuple[WaitRow, ...]:
    """Rows of "waiting for me": title, what it is about, who gave it, how it stands, a tick. `names`, where they are known
    already: resource → {id: name}."""
    names = named(wanted(rows)) if names is None else names
    me = actor().user_id
    givers = names.get("core.user", {})
    drawn = []
    for row in rows:
        if row.source is not None:
            sender: Any = _("System · %(source)s", source=words.read(row.source))
        else:
            sender = _("me") if row.giver_id in (None, me) else givers.get(row.giver_id, "")
        page = urls.of_name(site().registry, "core.task", row.id)
        why: Any = _("This task ends by itself when its cause is gone.") if row.locked else ""
        if row.must and not row.result:
            why = _("This must be dealt with: say what came of it.")
        answer, others = course_acts(row, me)
        drawn.append(WaitRow(
            title=row.title, url=next(filter(None, (lead(row) for lead in leads)), page), answer=answer, acts=others, sub=names.get(row.subject or "", {}).get(row.subject_id or 0, ""), sender=sender,
            due=chased(urgency(row.due, row.due_time, None), row),
            tick_url="" if why else f"/tasks/{row.id}/done", untick_url="" if why else f"/tasks/{row.id}/reopen", tick_why=why,
        ))
    return tuple(drawn)
