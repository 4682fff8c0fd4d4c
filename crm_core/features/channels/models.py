"""The channels of a house, each an account with a service that an administrator set up; and what went to customers by them."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import PartOf, Vocabulary
from crm_core.kernel.i18n import _
from crm_core.resource import sealed

PURPOSE = "channel"  # of the key that addresses and secrets are sealed with


class Channel(Vocabulary, Model):
    """An account with a service that takes short messages. Its address holds a key as a rule, so it is kept like a password."""

    __tablename__ = "core_channel"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    kind: Mapped[str] = mapped_column(sa.String(40), info={"label": _("Service"), "kind": "channel_kind"})
    url: Mapped[str | None] = sealed.column(PURPOSE, _("Address"), info={"help": _(
        "As the service gives it, with its key (https). Kept encrypted, shown nowhere; an empty box leaves it as it is.")})
    secret: Mapped[str | None] = sealed.column(PURPOSE, _("Secret"), info={"help": _(
        "What messages are signed with (DingTalk, Feishu, webhook), or the token of an SMS service. An empty box leaves it as it is.")})
    body: Mapped[t.Note | None] = mapped_column(info={"label": _("What is sent"), "help": _(
        "JSON with {to} and {text} where they belong. Empty: {\"to\": \"{to}\", \"text\": \"{text}\"}.")})
    for_people: Mapped[bool] = mapped_column(default=False, info={"label": _("For notices"), "help": _(
        "Everybody may choose it for his own notices. In a group chat all members read them.")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("Switched on")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    __table_args__ = (sa.Index("uq_core_channel_name", "name", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),)

    def __str__(self) -> str:
        return self.name


class State(enum.StrEnum):
    """What became of an SMS."""

    waiting = "waiting"
    sent = "sent"
    failed = "failed"


STATES = {"waiting": _("On its way"), "sent": _("Sent"), "failed": _("Not sent")}
LOOKS = {"waiting": ("hourglass-low", "amber"), "sent": ("check", "green"), "failed": ("alert-triangle", "red")}


class Sms(PartOf("customer"), Model):  # type: ignore[misc]
    """An SMS to a customer or to one of his contacts. Its number is not kept: it is asked for when the message leaves, and with it
    whether he may still be written to."""

    __tablename__ = "core_sms"
    customer_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer"), "readonly": True})
    contact_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_contact.id", ondelete="RESTRICT"), index=True, info={"label": _("Contact"), "readonly": True})
    title: Mapped[t.Name] = mapped_column(info={"label": _("Beginning"), "readonly": True})
    text: Mapped[t.Note] = mapped_column(info={"label": _("Text"), "readonly": True})
    state: Mapped[State] = mapped_column(default=State.waiting, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    fault: Mapped[t.Line | None] = mapped_column(sa.String(500), info={"label": _("What went wrong"), "readonly": True})
    author_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Colleague"), "readonly": True})
    sent_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Sent"), "readonly": True})
    channel_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_channel.id", ondelete="RESTRICT"), info={"kind": "internal"})

    def __str__(self) -> str:
        return self.title
