"""Appointments with whom they are with, and rooms.

What repeats is a series of appointments, each a row like any other (rooms, busy times, reminders, history and rights know nothing of
series): `slot` is the moment its rule says, `repeat` the rule. The table of series says who shares them, and what has left by mail.

Everybody has his calendar for himself: whoever is invited by a colleague gets an appointment of his own (`of_id` says of which), like
who is invited by mail (`organizer`). So who sees, who is busy and what a phone subscribes to follow from the owner alone.
"""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, Owned, PartOf
from crm_core.kernel.i18n import _


class State(enum.StrEnum):
    """Whether it takes place."""

    planned = "planned"
    cancelled = "cancelled"


STATES = {"planned": _("Planned"), "cancelled": _("Cancelled")}
LOOKS = {"planned": ("calendar", ""), "cancelled": ("x", "red")}


class Answer(enum.StrEnum):
    """What somebody who was invited says."""

    asked = "asked"
    accepted = "accepted"
    tentative = "tentative"
    declined = "declined"


ANSWERS = {"asked": _("Not answered yet"), "accepted": _("Accepted"), "tentative": _("Perhaps"), "declined": _("Declined")}
ANSWER_LOOKS: dict[str, tuple[Any, Any]] = {"asked": ("clock", "amber"), "accepted": ("circle-check", "green"), "tentative": ("circle-dashed", "acc"), "declined": ("x", "red")}
class Reach(enum.StrEnum):
    """Of a series, what a change is for."""

    one = "one"
    following = "following"
    all = "all"


REACHES = {"one": _("This day only"), "following": _("This day and all that follow"), "all": _("The whole series")}
OFF, FAILED = -2, -3  # of a guest's `sent`; FAILED less the sequence that could not be sent to somebody who has no invitation
_ANSWER: dict[str, Any] = {"label": _("Answer given"), "labels": ANSWERS, "looks": ANSWER_LOOKS, "readonly": True}


class Room(Owned, Model):
    """A room that can be booked."""

    __tablename__ = "core_room"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Room")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    seats: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Seats"), "minimum": 1, "maximum": 10_000})
    place: Mapped[t.Line | None] = mapped_column(info={"label": _("Where"), "help": _("Such as the building and the floor.")})
    equipment: Mapped[t.Line | None] = mapped_column(info={"label": _("Equipment")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("Can be booked")})

    def __str__(self) -> str:
        return self.name


class Series(Keyed, Model):
    """What the appointments of a series have in common: its name outside, how far they are made, what has left by mail."""

    __tablename__ = "core_appointment_series"
    uid: Mapped[str] = mapped_column(sa.String(255), index=True)
    made_until: Mapped[dt.date] = mapped_column(sa.Date())  # the last day that was looked at
    sequence: Mapped[int] = mapped_column(sa.Integer(), default=0)
    account_id: Mapped[t.Id | None]
    told: Mapped[dict[str, Any]]  # address → [sequence, digest] of what it was sent last
    source: Mapped[str | None] = mapped_column(sa.Text())  # of one from outside: its calendar


class Appointment(Owned, Model):
    """Something at an hour: one's own, or one that one is invited to."""

    __tablename__ = "core_appointment"
    title: Mapped[t.Name] = mapped_column(info={"label": _("Calendar entry")})
    begins: Mapped[dt.datetime] = mapped_column(t.UtcDateTime(), info={"label": _("Begins")})
    ends: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Ends"), "help": _("Empty: an hour later.")})  # never empty in a row
    room_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_room.id", ondelete="RESTRICT"), info={"label": _("Room"), "beside": ("begins", "ends")})
    place: Mapped[t.Line | None] = mapped_column(info={"label": _("Where")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text")})
    closed: Mapped[bool] = mapped_column(default=False, info={
        "label": _("Private entry"), "help": _("Others see that you are busy and nothing else, your superior too.")})
    subject: Mapped[str | None] = t.AnyRef(info={"label": _("About")})
    subject_id: Mapped[t.Id | None] = mapped_column(info={"label": _("Record")})
    state: Mapped[State] = mapped_column(default=State.planned, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    answer: Mapped[Answer | None] = mapped_column(info=_ANSWER)  # of who is invited; nothing on one's own
    organizer: Mapped[str | None] = mapped_column(sa.String(400), info={"label": _("Invited by"), "readonly": True})
    zone: Mapped[str | None] = mapped_column(sa.String(60), info={"kind": "internal"})  # the wall clock it was planned by
    of_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})  # the colleague's appointment that this is the invitation to
    uid: Mapped[str | None] = mapped_column(sa.String(255), info={"kind": "internal"})  # its name outside (RFC 5545)
    sequence: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"kind": "internal"})  # raised when who accepted must look again
    account_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})  # the mail box invitations leave by, or came by
    mail_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})  # the mail that invites
    told: Mapped[str | None] = mapped_column(sa.String(40), info={"kind": "internal"})  # the answer that has left by mail

    remind: Mapped[int | None] = mapped_column(sa.Integer(), info={
        "label": _("Remind"), "kind": "minutes", "minimum": 0, "maximum": 40_320, "help": _("So long before it begins: 15, 1 h. Empty: not at all.")})
    remind_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})  # empty as soon as it was told
    repeat: Mapped[str | None] = mapped_column(sa.String(200), info={"label": _("Repeats"), "kind": "repeat", "readonly": True})  # RFC 5545, UNTIL as a day
    reach: Mapped[Reach] = mapped_column(default=Reach.one, info={
        "label": _("The change is for"), "labels": REACHES, "help": _("Of a series. What was changed for a day of its own stays as it is.")})  # never kept
    series_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_appointment_series.id", ondelete="SET NULL"), info={"kind": "internal"})
    slot: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})  # when the rule has it
    apart: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})  # changed for itself

    __table_args__ = (
        sa.Index("ix_core_appointment_series", "series_id", "slot", sqlite_where=sa.text("series_id IS NOT NULL"), postgresql_where=sa.text("series_id IS NOT NULL")),
        sa.Index("ix_core_appointment_remind", "remind_at", "id", sqlite_where=sa.text("remind_at IS NOT NULL"), postgresql_where=sa.text("remind_at IS NOT NULL")),
        sa.Index("ix_core_appointment_days", "owner_id", "ends", "begins"),
        sa.Index("ix_core_appointment_room", "room_id", "ends", "begins", sqlite_where=sa.text("room_id IS NOT NULL"), postgresql_where=sa.text("room_id IS NOT NULL")),
        sa.Index("uq_core_appointment_of", "of_id", "owner_id", unique=True),
        sa.Index("ix_core_appointment_uid", "uid"),
        sa.Index("ix_core_appointment_mail_id", "mail_id", sqlite_where=sa.text("mail_id IS NOT NULL"), postgresql_where=sa.text("mail_id IS NOT NULL")),
        sa.Index("ix_core_appointment_subject", "subject", "subject_id", "id"),
    )

    def __str__(self) -> str:
        return self.title


class Guest(PartOf("appointment"), Model):  # type: ignore[misc]
    """Somebody an appointment is with: a colleague, a contact, or an address."""

    __tablename__ = "core_appointment_guest"
    appointment_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_appointment.id", ondelete="RESTRICT"), index=True, info={"label": _("Calendar entry")})
    user_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), index=True, info={"label": _("Colleague")})
    contact_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_contact.id", ondelete="RESTRICT"), index=True, info={"label": _("Contact")})
    address: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    answer: Mapped[Answer] = mapped_column(default=Answer.asked, info=_ANSWER)
    # What has left by mail: the sequence of the last invitation, -1 for none yet, -2 when it was called off,
    # -3 and less what could not be sent; and when he answered last.
    sent: Mapped[int] = mapped_column(sa.Integer(), default=-1, info={"kind": "internal"})
    answered_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})

    def __str__(self) -> str:
        return self.address or ""
