"""Quotes with their items."""

import enum

from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, t
from crm_sales import _


class State(enum.StrEnum):
    """How far a quote is."""

    draft = "draft"
    sent = "sent"
    accepted = "accepted"
    declined = "declined"


STATES = {"draft": _("Draft"), "sent": _("Sent"), "accepted": _("Accepted"), "declined": _("Declined")}
LOOKS = {"draft": ("pencil", ""), "sent": ("send", "amber"), "accepted": ("circle-check", "green"), "declined": ("x", "red")}


class Quote(PricedHead, Owned, Model):
    """What a customer is offered."""

    __tablename__ = "sales_quote"
    number: Mapped[str] = t.Number("QT-{year}-{n:04}", info={"label": _("Number")})
    name: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    opportunity_id: Mapped[t.Id | None] = t.Link("sales.opportunity", _("Opportunity"))
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day")})
    until: Mapped[t.Day | None] = mapped_column(info={"label": _("Valid until")})
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class QuoteItem(PricedLine, PartOf("quote"), Model):
    """One line of a quote."""

    __tablename__ = "sales_quote_item"
    quote_id: Mapped[t.Id] = t.Link("sales.quote", _("Quote"))
