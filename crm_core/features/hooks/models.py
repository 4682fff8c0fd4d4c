"""Webhooks out with the log of their deliveries, webhooks in with the log of their calls."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf
from crm_core.kernel.i18n import _


class State(enum.StrEnum):
    """How a delivery stands."""

    waiting = "waiting"
    done = "done"
    failed = "failed"
    dropped = "dropped"


STATES = {"waiting": _("Waiting"), "done": _("Delivered"), "failed": _("Given up"), "dropped": _("Not sent")}
LOOKS = {"waiting": ("hourglass-low", "amber"), "done": ("circle-check", "green"), "failed": ("alert-triangle", "red"), "dropped": ("circle-minus", "blue")}


class What(enum.StrEnum):
    """What a delivery tells."""

    created = "created"
    changed = "changed"
    gone = "gone"
    rule = "rule"
    test = "test"


WHATS = {"created": _("New"), "changed": _("Changed"), "gone": _("Gone"), "rule": _("Sent by a rule"), "test": _("Test")}
_INTERNAL = {"kind": "internal"}


def _state(label: Any) -> Any:
    return mapped_column(t.UtcDateTime(), info={"label": label, "readonly": True})


class Webhook(Owned, Model):
    """Where another system is told of records of one kind. It sees what its owner may see."""

    __tablename__ = "core_webhook"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    url: Mapped[t.Url] = mapped_column(info={"label": _("Address"), "help": _("What is called (https). A host within the house must stand in private_hosts of crm.toml.")})
    resource: Mapped[str] = mapped_column(sa.String(80), info={"label": _("Tells of"), "kind": "followed"})
    created: Mapped[bool] = mapped_column(default=True, info={"label": _("New records")})
    changed: Mapped[bool] = mapped_column(default=True, info={"label": _("Changes")})
    gone: Mapped[bool] = mapped_column(default=True, info={"label": _("What is gone"), "help": _("Deleted, or gone from the sight of the owner.")})
    only: Mapped[str | None] = mapped_column(sa.String(1_000), info={"kind": "line", "label": _("Only records of this list"), "help": _(
        "The address of a list that is filtered as wanted, copied from the browser. Empty: all that the owner sees.")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("Switched on")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})
    failing_since: Mapped[dt.datetime | None] = _state(_("Fails since"))
    turn: Mapped[int] = mapped_column(default=1, info=_INTERNAL)  # how many secrets there were; each is derived from the key of the site
    turned_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info=_INTERNAL)
    place: Mapped[str] = mapped_column(sa.String(120), default="", info=_INTERNAL)  # how far it has read the stream
    paused_until: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info=_INTERNAL)

    __table_args__ = (sa.Index("ix_core_webhook_active", "id", sqlite_where=sa.text("active AND deleted_at IS NULL"),
                               postgresql_where=sa.text("active AND deleted_at IS NULL")),)

    def __str__(self) -> str:
        return self.name


class Delivery(PartOf("webhook"), Model):  # type: ignore[misc]
    """One thing to be told to one webhook: tried until it is taken or given up. Its public id is the id of the message. Written by
    forwarding.py alone; what is told of the record is read when it is told."""

    __tablename__ = "core_webhook_delivery"
    webhook_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_webhook.id", ondelete="RESTRICT"), info={"label": _("Webhook")})
    what: Mapped[What] = mapped_column(info={"label": _("What happened"), "labels": WHATS})
    resource: Mapped[str] = mapped_column(sa.String(80), info={"label": _("Records"), "kind": "followed"})
    record_id: Mapped[t.Id | None] = mapped_column(info={"label": _("Record")})
    state: Mapped[State] = mapped_column(default=State.waiting, info={"label": _("State"), "labels": STATES, "looks": LOOKS})
    attempts: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Attempts")})
    status: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Answer (HTTP)")})
    error: Mapped[str | None] = mapped_column(sa.Text(), info={"label": _("Error"), "kind": "kept_words"})
    tried_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Last try")})
    due_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Next try")})
    took: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Took (ms)")})
    change_id: Mapped[t.Id | None] = mapped_column(info=_INTERNAL)
    more: Mapped[dict[str, Any] | None] = mapped_column(info=_INTERNAL)  # what goes along with the record: rule, text

    __table_args__ = (
        sa.Index("ix_core_webhook_delivery_of", "webhook_id", "id"),
        sa.Index("ix_core_webhook_delivery_waiting", "webhook_id", "due_at", "id", sqlite_where=sa.text("state = 'waiting'"),
                 postgresql_where=sa.text("state = 'waiting'")),
        sa.Index("ix_core_webhook_delivery_record", "webhook_id", "resource", "record_id", "id", sqlite_where=sa.text("state = 'waiting'"),
                 postgresql_where=sa.text("state = 'waiting'")),
    )


class Call(enum.StrEnum):
    """What became of a call from outside."""

    done = "done"
    refused = "refused"


CALLS = {"done": _("Taken"), "refused": _("Refused")}
CALL_LOOKS = {"done": ("circle-check", "green"), "refused": ("alert-triangle", "red")}


class Incoming(Owned, Model):
    """An address at which another system tells of its records. It does what its owner may do."""

    __tablename__ = "core_incoming"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    resource: Mapped[str] = mapped_column(sa.String(80), info={"label": _("Becomes"), "kind": "followed"})
    mapping: Mapped[t.Note] = mapped_column(info={"label": _("Fields"), "help": _(
        "One a line: field = place in the JSON, e.g. name = company.title. A text in quotes is a fixed value: standing = \"new\".")})
    known_by: Mapped[str | None] = mapped_column(sa.String(60), info={"kind": "line", "label": _("Known by"), "help": _(
        "The field by which a record that is there is meant; foreign_id for the id in the other system. Empty: each call makes a new one.")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("Switched on")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})
    turn: Mapped[int] = mapped_column(default=1, info=_INTERNAL)

    def __str__(self) -> str:
        return self.name


class IncomingCall(PartOf("incoming"), Model):  # type: ignore[misc]
    """One call: what was sent and what became of it. The id of a message is taken once."""

    __tablename__ = "core_incoming_call"
    incoming_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_incoming.id", ondelete="RESTRICT"), info={"label": _("Webhook in")})
    message: Mapped[t.Line] = mapped_column(info={"label": _("Id of the message")})
    state: Mapped[Call] = mapped_column(info={"label": _("State"), "labels": CALLS, "looks": CALL_LOOKS})
    body: Mapped[t.Note] = mapped_column(info={"label": _("What was sent")})
    error: Mapped[str | None] = mapped_column(sa.Text(), info={"label": _("Error"), "kind": "kept_words"})
    record_id: Mapped[t.Id | None] = mapped_column(info={"label": _("Record")})

    __table_args__ = (sa.UniqueConstraint("incoming_id", "message"), sa.Index("ix_core_incoming_call_of", "incoming_id", "id"))
