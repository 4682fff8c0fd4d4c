"""What becomes of a task: each turn (accepted, declined, handed on, on hold, done, opened again) leaves a line on its page, and
those whom it concerns hear of it. Forms, boards, acts and the interface all write the state; what follows from it is here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.messages.api import notify
from crm_core.features.tasks import reminding, series
from crm_core.features.tasks.models import State, Task
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import my_id, site
from crm_core.resource import timeline
from crm_core.resource.changes import unscoped

NAME = "core.task"
Row = Mapping[str, Any]
_table = table_of(Task)
_SAID = {State.open: _("opened this again"), State.accepted: _("accepted this"), State.waiting: _("put this on hold"), State.done: _("did this"),
         State.refused: _("declined this")}


@contextmanager
def saying(text: str | None) -> Iterator[None]:
    """Words that the turns written inside carry: a reason, a result."""
    info = current_work().info
    info["task_words"] = text or None
    try:
        yield
        current_work().session.flush()
    finally:
        info.pop("task_words", None)


def follow(rows: Sequence[dict[str, Any]], before: Mapping[int, Row]) -> None:
    """What follows from what is about to be written: who gave it, the state and when it was done, when to remind, what comes next."""
    me = my_id()
    for row in rows:
        old = before.get(row.get("id", 0), {})
        now = {**old, **row}
        given = now.get("owner_id") is not None and now.get("owner_id") != (old["owner_id"] if old else me)
        if given:
            if now.get("giver_id") is None and now.get("source") is None and now.get("follows_id") is None and now["owner_id"] != me:
                row["giver_id"] = me
            if old and now["state"] not in (State.done, State.refused) or now.get("state") is State.refused and "state" not in row:
                row["state"] = State.open
        state = row.get("state") or (old.get("state") if old else State.open)
        if (state == State.done) != (now.get("done_at") is not None):
            row.update({"done_at": clock.now(), "done_by_id": me} if state == State.done else {"done_at": None, "done_by_id": None})
        if old and "due" in row and row["due"] != old["due"]:
            row["escalated_at"] = None
        now = {**now, **row}
        reminding.follow(row, old, now)
        series.follow(row, old, now)
        if old and (now["owner_id"], now["state"]) != (old["owner_id"], old["state"]):
            current_work().info.setdefault("task_turns", {})[row["id"]] = dict(old)


def tell(ids: Sequence[int]) -> None:
    """Lines and notices of the turns that have been written."""
    turns = current_work().info.get("task_turns", {})
    old = {i: turns.pop(i) for i in ids if i in turns}
    if not old:
        return
    said = current_work().info.get("task_words")
    found = [row for row in read(list(old)) if row["version"] == old[row["id"]]["version"] + 1]
    names = site().registry.resource("core.user").labels({row["owner_id"] for row in found if row["owner_id"] is not None})
    lines: list[dict[str, Any]] = []
    moved: dict[int, list[Row]] = {}
    for row in found:
        was = old[row["id"]]
        if row["owner_id"] != was["owner_id"] and row["state"] != State.refused:
            lines.append(line(row, _("handed this on to %(name)s", name=names.get(row["owner_id"], "")), said))
            if row["owner_id"] is not None:
                moved.setdefault(row["owner_id"], []).append(row)
            if row["giver_id"] != row["owner_id"]:
                notify([row["giver_id"]], _("handed your task on to %(name)s: %(title)s", name=names.get(row["owner_id"], ""), title=row["title"]), about=(NAME, row["id"]))
            continue
        lines.append(line(row, _SAID[State(row["state"])], row["result"] if row["state"] == State.done else said))
        _told(row, was, said)
    for owner, mine in moved.items():
        one = mine[0]
        if len(mine) == 1:
            notify([owner], _("gave you a task: %(title)s", title=one["title"]), about=(NAME, one["id"]))
        else:
            notify([owner], ngettext("gave you %(n)s task", "gave you %(n)s tasks", len(mine)), path="/core/task?owner.me=1&sort=-updated_at")
    if len(lines) <= timeline.SET_LIMIT:
        timeline.add_all(lines)


def _told(row: Row, was: Row, said: str | None) -> None:
    """Who hears of a new state, and the record that the task is about."""
    title, about = row["title"], (NAME, row["id"])
    if row["state"] == State.refused:
        notify([row["owner_id"]], _("declined a task of yours: %(title)s (%(reason)s)", title=title, reason=said or "–"), about=about)
    elif row["state"] == State.done:
        if row["giver_id"] is not None:
            notify([row["giver_id"]], _("did: %(title)s", title=title), about=about)
        if not row["locked"]:
            on_record(row, _("did a task"))
        series.next_of([row])
    elif was["state"] == State.done:
        notify([row["owner_id"], row["giver_id"]], _("reopened: %(title)s", title=title), about=about)
        on_record(row, _("reopened a task"))
    elif row["state"] == State.accepted:
        notify([row["giver_id"]], _("accepted: %(title)s", title=title), about=about)


def line(row: Row, said: Any, body: str | None = None) -> dict[str, Any]:
    """A line on the task's own page."""
    return {"subject": NAME, "subject_id": row["id"], "kind": "task", "body": body, "data": {"words": words.keep(said)}}


def on_record(row: Row, said: Any) -> None:
    """A line on the page of what the task is about."""
    if row["subject"] and row["subject_id"]:
        timeline.add(row["subject"], row["subject_id"], "task", title=row["title"], data={"words": words.keep(said)}, record=(NAME, row["id"]))


def read(ids: Sequence[int]) -> list[Row]:
    """Tasks as they stand, whoever sees them."""
    query = sa.select(_table).where(bulk.among(_table.c.id, ids)).order_by(_table.c.id)
    return [dict(row) for row in current_work().session.connection().execute(query, execution_options=unscoped("turns of tasks")).mappings()]
