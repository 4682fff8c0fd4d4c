"""Mail boxes, what lies in them, and what is filed of it on customers.

A mail lies in one box and is seen by its owner, or by the team that shares the box, and nobody else. What is filed on a customer is a
copy of its own, part of the customer: who sees him sees it, and it stays when a colleague and his box go.
"""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf
from crm_core.kernel.i18n import _
from crm_core.resource import sealed

SERVERS = ("smtp_host", "smtp_port", "smtp_security", "imap_host", "imap_port", "imap_security")  # whom the password is shown to, and how
PURPOSE = "mail"  # of the key that passwords are sealed with


class Security(enum.StrEnum):
    """How a connection to a mail server is kept from others."""

    tls = "tls"
    starttls = "starttls"
    none = "none"


SECURITY = {"tls": _("TLS from the start"), "starttls": _("STARTTLS"), "none": _("Not at all (a server in the house)")}


def _security(label: Any) -> Any:
    return mapped_column(default=Security.tls, info={"label": label, "labels": SECURITY})


def _port(label: Any, usual: int) -> Any:
    return mapped_column(sa.Integer(), default=usual, info={"label": label, "kind": "port"})


class MailAccount(Owned, Model):
    """A mail box: somebody's own, or one that a team shares."""

    __tablename__ = "core_mail_account"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Sender's name"), "help": _("as receivers read it")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    address: Mapped[t.Email] = mapped_column(info={"label": _("E-mail")})
    login: Mapped[t.Line | None] = mapped_column(info={"label": _("User name"), "help": _("Empty: the address.")})
    password: Mapped[str | None] = sealed.column(PURPOSE, _("Password"), info={
        "help": _("Kept encrypted, shown nowhere. Many providers give a password of its own for programs.")})
    smtp_host: Mapped[t.Line] = mapped_column(info={"label": _("Server for sending (SMTP)")})
    smtp_port: Mapped[int] = _port(_("Port for sending"), 465)
    smtp_security: Mapped[Security] = _security(_("Encryption of sending"))
    imap_host: Mapped[t.Line | None] = mapped_column(info={"label": _("Server for receiving (IMAP)"), "help": _("Empty: nothing is received.")})
    imap_port: Mapped[int] = _port(_("Port for receiving"), 993)
    imap_security: Mapped[Security] = _security(_("Encryption of receiving"))
    receive_from: Mapped[t.Day | None] = mapped_column(info={"label": _("Receive mail from"), "help": _("Older mail stays where it is. Empty: from the day the box is set up.")})
    signature: Mapped[t.Note | None] = mapped_column(info={"label": _("Signature"), "help": _("Stands beneath every mail that is sent.")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("In use")})
    tested_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Tested"), "readonly": True})
    sending: Mapped[t.Line | None] = mapped_column(sa.String(500), info={"label": _("Sending, when tested"), "readonly": True})
    receiving: Mapped[t.Line | None] = mapped_column(sa.String(500), info={"label": _("Receiving"), "readonly": True})  # "" while all is well
    received_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Last looked for mail"), "readonly": True})
    # Up to where the box has been read: {"validity": …, "uid": …}; a server that numbers anew gives another validity.
    cursor: Mapped[dict[str, Any] | None] = mapped_column(t.JsonType, info={"kind": "internal"})

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"


class Box(enum.StrEnum):
    """Where a mail stands."""

    received = "received"
    held = "held"
    scheduled = "scheduled"
    outgoing = "outgoing"
    sent = "sent"
    failed = "failed"


BOXES = {"received": _("Received"), "held": _("Held back"), "scheduled": _("Goes out later"), "outgoing": _("On its way"),
         "sent": _("Sent"), "failed": _("Not delivered")}
LOOKS = {"received": ("mail", ""), "held": ("clock", "amber"), "scheduled": ("clock", "acc"), "outgoing": ("hourglass-low", "amber"),
         "sent": ("check", "green"), "failed": ("alert-triangle", "red")}
_UNREAD = "box = 'received' AND read_at IS NULL AND deleted_at IS NULL"
CHANGEABLE = ("held", "scheduled")


class Nature(enum.StrEnum):
    """What a mail that came in is."""

    written = "written"
    automatic = "automatic"
    bounce = "bounce"


NATURES = {"written": _("Written by somebody"), "automatic": _("Automatic answer"), "bounce": _("Returned: not delivered")}


class Mail(Owned, Model):
    """One mail in one box."""

    __tablename__ = "core_mail"
    account_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_mail_account.id", ondelete="RESTRICT"), index=True, info={"label": _("From box")})
    receivers: Mapped[str] = mapped_column(sa.Text(), info={"kind": "addresses", "label": _("Receivers")})
    copies: Mapped[str | None] = mapped_column(sa.Text(), info={"kind": "addresses", "label": _("Copy to")})
    title: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text"), "rows": 12})
    hold: Mapped[bool] = mapped_column(default=False, info={"label": _("Hold back"), "help": _("To put files on it before it is sent.")})
    send_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Send at"), "help": _("Empty: at once.")})
    confidential: Mapped[bool] = mapped_column(default=False, info={
        "label": _("Keep private"), "help": _("It is not filed on the customer: only who has the box sees it.")})
    subject: Mapped[str | None] = t.AnyRef(info={"label": _("About")})
    subject_id: Mapped[t.Id | None] = mapped_column(info={"label": _("Record")})
    box: Mapped[Box] = mapped_column(default=Box.held, info={"label": _("State"), "labels": BOXES, "looks": LOOKS, "readonly": True})
    sender: Mapped[str | None] = mapped_column(sa.String(400), info={"label": _("Sender"), "readonly": True})
    customer_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer"), "readonly": True})
    contact_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_contact.id", ondelete="RESTRICT"), index=True, info={"label": _("Contact"), "readonly": True})
    sent_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Date"), "readonly": True})
    fault: Mapped[t.Line | None] = mapped_column(sa.String(500), info={"label": _("What went wrong"), "readonly": True})
    nature: Mapped[Nature] = mapped_column(default=Nature.written, info={"label": _("Kind"), "labels": NATURES, "readonly": True})
    read_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Read"), "readonly": True})
    html: Mapped[str | None] = mapped_column(sa.Text(), info={"kind": "internal"})  # safe (parse_child.py)
    message_id: Mapped[str | None] = mapped_column(sa.String(255), info={"kind": "internal"})
    thread: Mapped[str | None] = mapped_column(sa.String(255), info={"kind": "internal"})  # the Message-ID of its first mail
    references: Mapped[str | None] = mapped_column(sa.Text(), info={"kind": "internal"})

    __table_args__ = (
        sa.Index("ix_core_mail_message_id", "message_id", "account_id"),
        sa.Index("uq_core_mail_received", "account_id", "message_id", unique=True, sqlite_where=sa.text("box = 'received'"), postgresql_where=sa.text("box = 'received'")),
        sa.Index("ix_core_mail_unread", "owner_id", "id", sqlite_where=sa.text(_UNREAD), postgresql_where=sa.text(_UNREAD)),
        sa.Index("ix_core_mail_thread", "thread", "id"),
        sa.Index("ix_core_mail_due", "send_at", sqlite_where=sa.text("box = 'scheduled' AND deleted_at IS NULL"),
                 postgresql_where=sa.text("box = 'scheduled' AND deleted_at IS NULL")),
    )

    def __str__(self) -> str:
        return self.title


class Direction(enum.StrEnum):
    """Who wrote."""

    received = "received"
    sent = "sent"


class Letter(PartOf("customer"), Model):  # type: ignore[misc]
    """What was written to a customer or by him: the copy of a mail that is filed on him."""

    __tablename__ = "core_letter"
    customer_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer"), "readonly": True})
    contact_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_contact.id", ondelete="RESTRICT"), index=True, info={"label": _("Contact"), "readonly": True})
    title: Mapped[t.Name] = mapped_column(info={"label": _("Subject"), "readonly": True})
    direction: Mapped[Direction] = mapped_column(info={
        "label": _("Direction"), "labels": {"received": _("From the customer"), "sent": _("To the customer")}, "readonly": True,
        "looks": {"received": ("corner-down-right", "acc"), "sent": ("send", "")}})
    sender: Mapped[str | None] = mapped_column(sa.String(400), info={"label": _("Sender"), "readonly": True})
    receivers: Mapped[str | None] = mapped_column(sa.Text(), info={"kind": "addresses", "label": _("Receivers"), "readonly": True})
    copies: Mapped[str | None] = mapped_column(sa.Text(), info={"kind": "addresses", "label": _("Copy to"), "readonly": True})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text"), "readonly": True})
    author_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Colleague"), "readonly": True})
    html: Mapped[str | None] = mapped_column(sa.Text(), info={"kind": "internal"})
    written_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime(), info={"label": _("Date"), "readonly": True})
    message_id: Mapped[str | None] = mapped_column(sa.String(255), info={"kind": "internal"})
    thread: Mapped[str | None] = mapped_column(sa.String(255), info={"kind": "internal"})

    __table_args__ = (
        sa.UniqueConstraint("customer_id", "message_id", name="uq_core_letter_of"),
        sa.Index("ix_core_letter_thread", "customer_id", "thread", "id"),
    )

    def __str__(self) -> str:
        return self.title
