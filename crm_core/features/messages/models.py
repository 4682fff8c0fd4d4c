"""Notices: what the bell tells one person."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed

_UNREAD: dict[str, Any] = {"sqlite_where": sa.text("read_at IS NULL"), "postgresql_where": sa.text("read_at IS NULL")}


class Notice(Keyed, Model):
    """One message to one person, from a colleague (`sender_id`) or from a module (`source`: its name, kernel/words.py).

    Not a record with rights of its own: only features/messages/services.py reads it, always the reader's own rows.
    """

    __tablename__ = "core_notice"
    receiver_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"))
    sender_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"))
    source: Mapped[dict[str, Any] | None]
    text: Mapped[dict[str, Any]]  # kernel/words.py
    subject: Mapped[str | None] = t.AnyRef()  # the record it speaks of
    subject_id: Mapped[t.Id | None]
    path: Mapped[str | None] = mapped_column(sa.String(300))  # or a page of this site
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]

    __table_args__ = (
        sa.Index("ix_core_notice_receiver", "receiver_id", "id"),
        sa.Index("ix_core_notice_unread", "receiver_id", "id", **_UNREAD),
    )
