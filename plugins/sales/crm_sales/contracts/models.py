"""Contracts with their items."""

import enum

from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, t
from crm_sales import _


class State(enum.StrEnum):
    """How far a contract is."""

    draft = "draft"
    signed = "signed"
    done = "done"
    cancelled = "cancelled"


STATES = {"draft": _("Draft"), "signed": _("Signed"), "done": _("Fulfilled"), "cancelled": _("Cancelled")}
LOOKS = {"draft": ("pencil", ""), "signed": ("circle-check", "green"), "done": ("flag", "acc"), "cancelled": ("x", "red")}


class Contract(PricedHead, Owned, Model):
    """What was agreed with a customer."""

    __tablename__ = "sales_contract"
    number: Mapped[str] = t.Number("HT-{year}-{n:04}", info={"label": _("Number")})
    name: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    opportunity_id: Mapped[t.Id | None] = t.Link("sales.opportunity", _("Opportunity"))
    quote_id: Mapped[t.Id | None] = t.Link("sales.quote", _("Quote"))
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day")})
    begins: Mapped[t.Day | None] = mapped_column(info={"label": _("From")})
    ends: Mapped[t.Day | None] = mapped_column(info={"label": _("Until")})
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ContractItem(PricedLine, PartOf("contract"), Model):
    """One line of a contract."""

    __tablename__ = "sales_contract_item"
    contract_id: Mapped[t.Id] = t.Link("sales.contract", _("Contract"))
