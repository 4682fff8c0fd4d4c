"""Texts with fields that mails begin with, and mails to many: what is sent, to whom, how each fared."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf
from crm_core.kernel.i18n import _

TEMPLATE_PREVIEW, MAILING_PREVIEW = "/core/mail_template/preview", "/core/mailing/preview"


class About(enum.StrEnum):
    """Whose fields a text names, and who gets a mail to many."""

    customer = "customer"
    contact = "contact"


ABOUT = {"customer": _("Customers"), "contact": _("Contacts")}


class MailTemplate(Owned, Model):
    """A text for mails, in the language of text/slots.py."""

    __tablename__ = "core_mail_template"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    about: Mapped[About] = mapped_column(default=About.customer, info={"label": _("Written to"), "labels": ABOUT})
    language: Mapped[str | None] = t.Choice("core.language", info={"label": _("Language")})
    title: Mapped[t.Line] = mapped_column(sa.String(200), info={"label": _("Subject")})
    text: Mapped[t.Note] = mapped_column(info={"label": _("Text"), "preview": TEMPLATE_PREVIEW})

    def __str__(self) -> str:
        return self.name


class Stage(enum.StrEnum):
    """How far a mail to many is."""

    draft = "draft"
    scheduled = "scheduled"
    sending = "sending"
    stopped = "stopped"
    done = "done"


STAGES = {"draft": _("Draft"), "scheduled": _("Goes out later"), "sending": _("Being sent"), "stopped": _("Stopped"), "done": _("Done")}
STAGE_LOOKS = {"draft": ("file-pencil", ""), "scheduled": ("clock", "acc"), "sending": ("send", "acc"), "stopped": ("hand-stop", "amber"), "done": ("check", "green")}


def _count(label: Any) -> Any:
    return mapped_column(sa.Integer(), default=0, info={"label": label, "readonly": True})


class Mailing(Owned, Model):
    """A mail to many, one copy for each address."""

    __tablename__ = "core_mailing"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name"), "help": _("for you and your colleagues")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    wanted: Mapped[str | None] = mapped_column(sa.String(2_000), info={
        "kind": "line", "label": _("Receivers"), "help": _("The address of a list, such as /core/customer?standing.any=key. Easier: tick customers or contacts in their list, then “Mass mail”.")})
    account_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_mail_account.id", ondelete="RESTRICT"), index=True, info={"label": _("From box")})
    template_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_mail_template.id", ondelete="RESTRICT"), index=True, info={"label": _("Template"), "help": _("Used where subject or text is empty.")})
    title: Mapped[str | None] = mapped_column(sa.String(200), info={"kind": "line", "label": _("Subject")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text"), "preview": MAILING_PREVIEW})
    topic: Mapped[str | None] = t.Choice("core.topic", info={"label": _("Topic of interest"), "help": _("Who wants to hear of other topics only gets none.")})
    rate: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("At most a minute"), "minimum": 1, "maximum": 60_000, "help": _("Empty: as fast as the server takes them.")})
    send_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Send at"), "help": _("Empty: as soon as you start it.")})
    filed: Mapped[bool] = mapped_column(default=True, info={"label": _("File on the customers")})
    about: Mapped[About] = mapped_column(default=About.customer, info={"label": _("Written to"), "labels": ABOUT, "readonly": True})
    stage: Mapped[Stage] = mapped_column(default=Stage.draft, info={"label": _("State"), "labels": STAGES, "looks": STAGE_LOOKS, "readonly": True})
    total: Mapped[int] = _count(_("Receivers in all"))
    sent: Mapped[int] = _count(_("Sent"))
    started_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Started"), "readonly": True})
    ended_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Ended"), "readonly": True})
    fault: Mapped[t.Line | None] = mapped_column(sa.String(500), info={"label": _("What went wrong"), "readonly": True})
    ids: Mapped[list[int] | None] = mapped_column(t.JsonType, info={"kind": "internal"})  # who was ticked; None: whom the list means
    prepared: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})  # its receivers are written down
    run: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"kind": "internal"})  # counts starts: a job of an earlier one ends by itself

    def __str__(self) -> str:
        return self.name


class Fate(enum.StrEnum):
    """What became of one receiver's copy."""

    waiting = "waiting"
    sending = "sending"  # claimed by the job that runs
    sent = "sent"
    unsure = "unsure"
    refused = "refused"
    bounced = "bounced"
    wish = "wish"
    no_address = "no_address"
    duplicate = "duplicate"


FATES = {
    "waiting": _("Waiting"), "sending": _("Being sent"), "sent": _("Sent"), "unsure": _("Perhaps sent: the server’s answer was lost"), "refused": _("Refused by the server"),
    "bounced": _("Came back"), "wish": _("Not written to"), "no_address": _("No address"), "duplicate": _("Address already written to"),
}
FATE_LOOKS = {
    "waiting": ("clock", ""), "sending": ("send", "acc"), "sent": ("check", "green"), "unsure": ("help-circle", "amber"), "refused": ("alert-triangle", "red"),
    "bounced": ("alert-triangle", "red"), "wish": ("hand-stop", "amber"), "no_address": ("mail", ""), "duplicate": ("copy", ""),
}
GONE_OUT = ("sent", "unsure", "bounced")


class MailingReceiver(PartOf("mailing"), Model):  # type: ignore[misc]
    """One receiver of a mail to many. That an address stands in it once is held by the database."""

    __tablename__ = "core_mailing_receiver"
    mailing_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_mailing.id", ondelete="RESTRICT"), info={"label": _("Mass mail"), "readonly": True})
    name: Mapped[t.Name] = mapped_column(info={"label": _("Receiver"), "readonly": True})
    address: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail"), "readonly": True})
    fate: Mapped[Fate] = mapped_column(default=Fate.waiting, info={"label": _("State"), "labels": FATES, "looks": FATE_LOOKS, "readonly": True})
    said: Mapped[str | None] = mapped_column(sa.String(500), info={"kind": "line", "label": _("Why"), "readonly": True})
    sent_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Date"), "readonly": True})
    opted_out_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Wants no more since"), "readonly": True})
    customer_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer"), "readonly": True, "on_delete": "keep"})
    contact_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_contact.id", ondelete="RESTRICT"), index=True, info={"label": _("Contact"), "readonly": True, "on_delete": "keep"})
    record_id: Mapped[int] = mapped_column(t.IdType, info={"kind": "internal"})  # of whose fields the text is filled
    address_key: Mapped[str | None] = mapped_column(sa.String(254), info={"kind": "internal"})
    tries: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"kind": "internal"})

    __table_args__ = (
        sa.UniqueConstraint("mailing_id", "address_key", name="uq_core_mailing_receiver_address"),
        sa.UniqueConstraint("mailing_id", "record_id", name="uq_core_mailing_receiver_record"),
        sa.Index("ix_core_mailing_receiver_fate", "mailing_id", "fate", "tries", "id"),
    )

    def __str__(self) -> str:
        return self.name
