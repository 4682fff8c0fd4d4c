"""Quotes with their items."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, t
from crm_sales import _


class State(enum.StrEnum):
    """How far a quote is."""

    draft = "draft"
    sent = "sent"
    accepted = "accepted"
    declined = "declined"
    expired = "expired"
    replaced = "replaced"


STATES = {"draft": _("Draft"), "sent": _("Sent"), "accepted": _("Accepted"), "declined": _("Declined"), "expired": _("Expired"),
          "replaced": _("Replaced by a newer version")}
LOOKS = {"draft": ("pencil", ""), "sent": ("send", "amber"), "accepted": ("circle-check", "green"), "declined": ("x", "red"),
         "expired": ("clock", ""), "replaced": ("git-compare", "")}
LIVE = {"sqlite_where": sa.text("deleted_at IS NULL"), "postgresql_where": sa.text("deleted_at IS NULL")}


class Quote(PricedHead, Owned, Model):
    """What a customer is offered. A new version is a row of its own, `QT-2026-0007/2`, which points at the first by `first_id`."""

    __tablename__ = "sales_quote"
    number: Mapped[str] = t.Number("QT-{year}-{n:04}", info={"label": _("Number")})
    name: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    opportunity_id: Mapped[t.Id | None] = t.Link("sales.opportunity", _("Opportunity"))
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day")})
    until: Mapped[t.Day | None] = mapped_column(info={"label": _("Valid until")})
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    terms: Mapped[t.Note | None] = mapped_column(info={"label": _("Payment terms")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note for the customer")})
    margin: Mapped[int | None] = t.Total("items", "margin", default=None, info={"label": _("Margin"), "sensitive": True})  # none: no cost is known
    first_id: Mapped[t.Id | None] = t.Link("sales.quote", _("First version"), info={"readonly": True})
    edition: Mapped[int] = mapped_column(default=1, info={"label": _("Version"), "readonly": True})
    latest: Mapped[bool] = mapped_column(default=True, info={"label": _("Newest version"), "readonly": True})
    sent_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Sent at"), "readonly": True})
    answered_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Answered at"), "readonly": True})
    signer: Mapped[t.Line | None] = mapped_column(info={"label": _("Answered by"), "readonly": True})
    signer_address: Mapped[t.Line | None] = mapped_column(info={"label": _("From the address"), "readonly": True})
    reason: Mapped[t.Note | None] = mapped_column(info={"label": _("Reason"), "readonly": True})
    order_id: Mapped[t.Id | None] = t.Ref("sales.order", on_delete="clear", info={"label": _("Order"), "readonly": True})
    contract_id: Mapped[t.Id | None] = t.Ref("sales.contract", on_delete="clear", info={"label": _("Contract"), "readonly": True})
    link: Mapped[str | None] = mapped_column(sa.String(40), info={"kind": "internal"})  # half of its public address; none: it has none

    __table_args__ = (sa.Index("uq_sales_quote_edition", "first_id", "edition", unique=True, **LIVE), sa.Index("uq_sales_quote_number", "number", unique=True, **LIVE), sa.Index("ix_sales_quote_until", "state", "until"))

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class QuoteItem(PricedLine, PartOf("quote"), Model):
    """One line of a quote."""

    __tablename__ = "sales_quote_item"
    quote_id: Mapped[t.Id] = t.Link("sales.quote", _("Quote"))
    margin: Mapped[t.Money | None] = mapped_column(info={"label": _("Margin"), "readonly": True, "sensitive": True})  # none: the cost is not known
