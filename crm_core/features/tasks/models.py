"""Tasks: what somebody has to do, given by himself, a colleague or a module."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf
from crm_core.kernel.i18n import _

_OPEN = "done_at IS NULL AND deleted_at IS NULL"
_DONE = "done_at IS NOT NULL AND deleted_at IS NULL"
_LATE = f"{_OPEN} AND escalated_at IS NULL"
_REMIND = f"{_OPEN} AND remind_at IS NOT NULL"
_NEXT = "next_on IS NOT NULL AND deleted_at IS NULL"


class State(enum.StrEnum):
    """How far a task is. `done` and `done_at` say the same (turns.py keeps them together)."""

    open = "open"
    accepted = "accepted"
    waiting = "waiting"
    refused = "refused"
    done = "done"


STATES = {"open": _("To do"), "accepted": _("Accepted"), "waiting": _("On hold"), "refused": _("Declined"), "done": _("Done")}
LOOKS = {"open": ("circle-dashed", ""), "accepted": ("user-check", "acc"), "waiting": ("player-pause", "amber"), "refused": ("arrow-back-up", "red"),
         "done": ("circle-check", "green")}


def _where(which: str) -> dict[str, Any]:
    """An index of these rows alone."""
    return {"sqlite_where": sa.text(which), "postgresql_where": sa.text(which)}


class Task(Owned, Model):
    """Something to be done by its owner, perhaps until a day, perhaps about a record."""

    __tablename__ = "core_task"
    title: Mapped[t.Name] = mapped_column(info={"label": _("Task")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text")})
    due: Mapped[dt.date | None] = mapped_column(info={"label": _("Due")})
    # The receiver's wall clock: "10:30" stays half past ten wherever he is.
    due_time: Mapped[str | None] = mapped_column(sa.String(5), info={"label": _("Time"), "kind": "time"})
    remind: Mapped[int | None] = mapped_column(sa.Integer(), info={
        "label": _("Remind before"), "kind": "minutes", "help": _("Such as 30 min, 2 h or 1 day before it is due; without a time of day, before nine in the morning.")})
    remind_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})  # follows from the three above; empty when told
    priority: Mapped[str] = t.Choice("core.priority", default="normal", info={"label": _("Priority")})
    state: Mapped[State] = mapped_column(default=State.open, info={"label": _("State"), "labels": STATES, "looks": LOOKS})
    subject: Mapped[str | None] = t.AnyRef(info={"label": _("About")})
    subject_id: Mapped[t.Id | None] = mapped_column(info={"label": _("Record")})
    # Who gave it to somebody else; nobody for what is one's own or a module's.
    giver_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Given by"), "readonly": True})
    must: Mapped[bool] = mapped_column(default=False, info={
        "label": _("Must be dealt with"), "help": _("Its receiver can neither decline nor delete it, and says what came of it when it is done.")})
    done_at: Mapped[dt.datetime | None] = mapped_column(info={"label": _("Done"), "readonly": True})
    done_by_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Done by"), "readonly": True}
    )
    result: Mapped[t.Note | None] = mapped_column(info={"label": _("Result"), "readonly": True})
    spent: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Time spent"), "kind": "minutes", "help": _("Such as 45 min or 1 h 30 min.")})
    grade: Mapped[str | None] = t.Choice("core.task_grade", info={"label": _("Evaluation"), "readonly": True})
    remark: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark on it"), "readonly": True})
    chased: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Chased"), "readonly": True})
    escalated_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})  # when the head of the department was told
    # A series (RFC 5545), the day it began with, the day its next task is due, and the task this one follows in it.
    repeat: Mapped[str | None] = mapped_column(sa.String(200), info={"label": _("Repeats"), "kind": "repeat", "readonly": True})
    repeat_from: Mapped[dt.date | None] = mapped_column(sa.Date(), info={"kind": "internal"})
    next_on: Mapped[dt.date | None] = mapped_column(sa.Date(), info={"kind": "internal"})
    follows_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})
    # Given by a rule: it cannot be ticked off, it ends when its cause does (services.finish with its key).
    locked: Mapped[bool] = mapped_column(default=False, info={"label": _("Ends by itself"), "readonly": True})
    source: Mapped[dict[str, Any] | None] = mapped_column(info={"kind": "internal"})  # the module's name, kernel/words.py
    source_key: Mapped[str | None] = mapped_column(sa.String(120), info={"kind": "internal"})

    __table_args__ = (
        sa.Index("ix_core_task_open", "owner_id", "due", "id", **_where(_OPEN)),
        sa.Index("ix_core_task_done", "owner_id", "done_at", **_where(_DONE)),
        sa.Index("ix_core_task_late", "due", "id", **_where(_LATE)),
        sa.Index("ix_core_task_remind", "remind_at", "id", **_where(_REMIND)),
        sa.Index("ix_core_task_next", "next_on", "id", **_where(_NEXT)),
        sa.Index("uq_core_task_follows", "follows_id", unique=True),
        sa.Index("ix_core_task_subject", "subject", "subject_id", "id"),
        sa.Index("uq_core_task_source", "source_key", unique=True, **_where(_OPEN)),
    )

    def __str__(self) -> str:
        return self.title


class TaskItem(PartOf("task"), Model):  # type: ignore[misc]
    """A line of a task's checklist."""

    __tablename__ = "core_task_item"
    task_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_task.id", ondelete="RESTRICT"), index=True, info={"label": _("Task")})
    text: Mapped[t.Line] = mapped_column(info={"label": _("To do")})
    done: Mapped[bool] = mapped_column(default=False, info={"label": _("Done")})

    def __str__(self) -> str:
        return self.text
