"""Tasks as lists and the home page draw them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Rule
from crm_core.data.session import session
from crm_core.features.tasks import giving
from crm_core.features.tasks.models import Task
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, site
from crm_core.resource.references import named
from crm_core.resource.show import show_date, show_moment
from crm_core.web import cells, render, urls
from crm_core.web.viewmodels import Act, Empty, RecyclePage, RecycleRow, Status, Tab, WaitRow

MINE = (("owner.me", "1"), ("done_at.empty", "1"))
URL = urls.address("/core/task", MINE)


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
    rows = session.execute(sa.select(Task.id, Task.due, Task.due_time, Task.done_at).where(Task.id.in_(ids)))
    return {r.id: cells.status(urgency(r.due, r.due_time, r.done_at)) for r in rows}


GIVEN = 50


def given(before: int = 0) -> RecyclePage:
    """The page of tasks one has given to colleagues: withdrawn while they are open, asked again when they are not done."""
    found = giving.given_by_me(before=before, limit=GIVEN + 1)
    shown, more = found[:GIVEN], len(found) > GIVEN
    names = render.user_names({row["owner_id"] for row in shown})
    made = []
    for row in shown:
        state = urgency(row["due"], row["due_time"], row["done_at"])
        done = row["done_at"] is not None
        act = Act(_("Reopen") if done else _("Withdraw"), f"{giving.URL}/{row['id']}/{'reopen' if done else 'withdraw'}",
                  "arrow-back-up" if done else "x", "post", confirm="" if done else _("Withdraw “%(title)s”?", title=row["title"]))
        who = row["owner_id"]
        made.append(RecycleRow(row["title"], state.label if state is not None else _("No day set"), "circle-check" if done else "checkbox",
                               show_moment(row["created_at"], short=True), render.person(names[who], who) if who in names else None, undo=act))
    return RecyclePage(
        _("Tasks I gave"), tuple(made), _("What you gave to colleagues. They see it among their tasks."),
        tabs=(Tab(_("Tasks"), URL), Tab(_("Tasks I gave"), giving.URL, True)),
        next_url=urls.address(giving.URL, [("before", str(shown[-1]["id"]))]) if more else "",
        empty=Empty(_("You have given no tasks"), _("Name a colleague when you write a task; it is listed here then.")) if not made else None,
    )


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
        if row.source is None and row.created_by_id not in (None, actor().user_id):
            found["core.user"].add(row.created_by_id)
        if row.subject and row.subject_id:
            found.setdefault(row.subject, set()).add(row.subject_id)
    return found


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
            sender = _("me") if row.created_by_id == me else givers.get(row.created_by_id or 0, "")
        page = urls.of_name(site().registry, "core.task", row.id)
        drawn.append(WaitRow(
            title=row.title, url=page, sub=names.get(row.subject or "", {}).get(row.subject_id or 0, ""), sender=sender,
            due=urgency(row.due, row.due_time, None),
            tick_url="" if row.locked else f"/tasks/{row.id}/done", untick_url="" if row.locked else f"/tasks/{row.id}/reopen",
            tick_why=_("This task ends by itself when its cause is gone.") if row.locked else "",
        ))
    return tuple(drawn)
