"""Orders with their items."""

import enum

from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, t
from crm_sales import _


class State(enum.StrEnum):
    """How far an order is."""

    draft = "draft"
    confirmed = "confirmed"
    done = "done"
    cancelled = "cancelled"


STATES = {"draft": _("Draft"), "confirmed": _("Confirmed"), "done": _("Completed"), "cancelled": _("Cancelled")}
LOOKS = {"draft": ("pencil", ""), "confirmed": ("circle-check", "amber"), "done": ("flag", "green"), "cancelled": ("x", "red")}


class Order(PricedHead, Owned, Model):
    """What a customer has ordered."""

    __tablename__ = "sales_order"
    number: Mapped[str] = t.Number("SO-{year}-{n:05}", info={"label": _("Number")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    opportunity_id: Mapped[t.Id | None] = t.Link("sales.opportunity", _("Opportunity"))
    quote_id: Mapped[t.Id | None] = t.Link("sales.quote", _("Quote"))
    contract_id: Mapped[t.Id | None] = t.Link("sales.contract", _("Contract"))
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day")})
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return self.number


class OrderItem(PricedLine, PartOf("order"), Model):
    """One line of an order."""

    __tablename__ = "sales_order_item"
    order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))
