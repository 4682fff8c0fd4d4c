"""Notices: what the bell tells one person. Messages: what people and modules write to each other."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, Owned
from crm_core.kernel.i18n import _

_UNREAD: dict[str, Any] = {"sqlite_where": sa.text("read_at IS NULL"), "postgresql_where": sa.text("read_at IS NULL")}
_UNTOLD: dict[str, Any] = {name: sa.text("read_at IS NULL AND told_at IS NULL") for name in _UNREAD}


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
    urgent: Mapped[bool] = mapped_column(default=False)  # told at once, also while somebody wants to be left alone
    told_at: Mapped[dt.datetime | None]  # when it went to the channel its receiver chose

    __table_args__ = (
        sa.Index("ix_core_notice_receiver", "receiver_id", "id"),
        sa.Index("ix_core_notice_unread", "receiver_id", "id", **_UNREAD),
        sa.Index("ix_core_notice_untold", "receiver_id", "id", **_UNTOLD),
    )


class Digest(enum.StrEnum):
    """How often somebody wants to have by mail what waits for him."""

    none = "none"
    daily = "daily"
    weekly = "weekly"


class Told(Keyed, Model):
    """How one person wants to hear of his notices besides reading them: when not, by which channel, how often all of them by mail.
    A preference: no record, no history. Hours are those of his own clock ("22:00")."""

    __tablename__ = "core_told"
    user_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), unique=True)
    quiet_from: Mapped[str | None] = mapped_column(sa.String(5))
    quiet_until: Mapped[str | None] = mapped_column(sa.String(5))
    channel_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})  # of features/channels, which is above us
    told_from: Mapped[t.Id] = mapped_column(default=0, info={"kind": "internal"})  # notices up to this number are settled
    digest: Mapped[Digest] = mapped_column(default=Digest.none)
    digest_at: Mapped[str] = mapped_column(sa.String(5), default="08:00")
    digest_day: Mapped[int] = mapped_column(sa.Integer(), default=0)  # of a weekly one: 0 is Monday
    digested_at: Mapped[dt.datetime | None]


class Kind(enum.StrEnum):
    """What a message asks of its receivers."""

    message = "message"
    note = "note"
    announcement = "announcement"


class Box(enum.StrEnum):
    """Where a message lies with the person whose copy it is."""

    received = "received"
    sent = "sent"
    held = "held"


KINDS = {"message": _("Internal message"), "note": _("Note for when you are back"), "announcement": _("Announcement, to be acknowledged")}
BOXES = {"received": _("Received"), "sent": _("Sent"), "held": _("Held back")}
_LIVE_UNREAD = "read_at IS NULL AND deleted_at IS NULL"


class Message(Owned, Model):
    """One person's copy of a message: the sender has one, and each receiver. So whatever asks for messages (lists, search,
    interface, files) finds those of who asks and no others, and everybody deletes his own.

    `origin_id` is the sender's copy, `thread_id` that of the first message of a conversation; a module has no copy, then it is
    the copy itself.
    """

    __tablename__ = "core_message"
    people: Mapped[list[int] | None] = t.Refs("core.user", info={"label": _("People"), "most": 200})
    departments: Mapped[list[int] | None] = t.Refs("core.department", info={
        "label": _("To departments"), "help": _("Everybody in them and in those below.")})
    roles: Mapped[list[int] | None] = t.Refs("core.role", info={"label": _("To roles"), "help": _("Everybody who has one of them.")})
    view: Mapped[str | None] = mapped_column(sa.String(20), info={
        "label": _("To a saved list"), "kind": "people_view", "help": _("Colleagues in a view of their list.")})
    everyone: Mapped[bool] = mapped_column(default=False, info={"label": _("To everybody")})
    title: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text"), "help": _("Whoever is named with @ receives it too.")})
    kind: Mapped[Kind] = mapped_column(default=Kind.message, info={"label": _("Type"), "labels": KINDS})
    priority: Mapped[str] = t.Choice("core.priority", default="normal", info={"label": _("Priority")})
    hold: Mapped[bool] = mapped_column(default=False, info={"label": _("Hold back"), "help": _("To put files on it before it is sent.")})
    subject: Mapped[str | None] = t.AnyRef(info={"label": _("About")})
    subject_id: Mapped[t.Id | None] = mapped_column(info={"label": _("Record")})
    box: Mapped[Box] = mapped_column(default=Box.sent, info={"label": _("Box"), "labels": BOXES, "readonly": True})
    sender_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Sender"), "readonly": True})
    source: Mapped[dict[str, Any] | None] = mapped_column(info={"kind": "internal"})  # the module's name, kernel/words.py
    sent_at: Mapped[dt.datetime | None] = mapped_column(info={"label": _("Sent"), "readonly": True})
    read_at: Mapped[dt.datetime | None] = mapped_column(info={"label": _("Read"), "readonly": True})
    acknowledged_at: Mapped[dt.datetime | None] = mapped_column(info={"label": _("Acknowledged"), "readonly": True})
    origin_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})
    thread_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})

    __table_args__ = (
        sa.Index("ix_core_message_origin", "origin_id", "owner_id"),
        sa.Index("ix_core_message_thread", "owner_id", "thread_id", "id"),
        sa.Index("ix_core_message_unread", "owner_id", "id", sqlite_where=sa.text(_LIVE_UNREAD), postgresql_where=sa.text(_LIVE_UNREAD)),
    )

    def __str__(self) -> str:
        return self.title
