"""Tasks: what somebody has to do, given by himself, a colleague or a module."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned
from crm_core.kernel.i18n import _

_OPEN = "done_at IS NULL AND deleted_at IS NULL"


class Task(Owned, Model):
    """Something to be done by its owner, perhaps until a day, perhaps about a record."""

    __tablename__ = "core_task"
    title: Mapped[t.Name] = mapped_column(info={"label": _("Task")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text")})
    due: Mapped[dt.date | None] = mapped_column(info={"label": _("Due")})
    # The receiver's wall clock: "10:30" stays half past ten wherever he is.
    due_time: Mapped[str | None] = mapped_column(sa.String(5), info={"label": _("Time"), "kind": "time"})
    priority: Mapped[str] = t.Choice("core.priority", default="normal", info={"label": _("Priority")})
    subject: Mapped[str | None] = t.AnyRef(info={"label": _("About")})
    subject_id: Mapped[t.Id | None] = mapped_column(info={"label": _("Record")})
    done_at: Mapped[dt.datetime | None] = mapped_column(info={"label": _("Done"), "readonly": True})
    done_by_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Done by"), "readonly": True}
    )
    # Given by a rule: it cannot be ticked off, it ends when its cause does (services.finish with its key).
    locked: Mapped[bool] = mapped_column(default=False, info={"label": _("Ends by itself"), "readonly": True})
    source: Mapped[dict[str, Any] | None] = mapped_column(info={"kind": "internal"})  # the module's name, kernel/words.py
    source_key: Mapped[str | None] = mapped_column(sa.String(120), info={"kind": "internal"})

    __table_args__ = (
        sa.Index("ix_core_task_open", "owner_id", "due", "id", sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN)),
        sa.Index("ix_core_task_subject", "subject", "subject_id", "id"),
        sa.Index("uq_core_task_source", "source_key", unique=True, sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN)),
    )

    def __str__(self) -> str:
        return self.title
