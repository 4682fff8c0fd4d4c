"""Invoices, and money received for them."""

import enum

from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, t
from crm_sales import _


class State(enum.StrEnum):
    """How far an invoice is."""

    draft = "draft"
    issued = "issued"
    paid = "paid"
    cancelled = "cancelled"


STATES = {"draft": _("Draft"), "issued": _("Issued"), "paid": _("Paid"), "cancelled": _("Cancelled")}
LOOKS = {"draft": ("pencil", ""), "issued": ("send", "amber"), "paid": ("cash", "green"), "cancelled": ("x", "red")}


class Invoice(PricedHead, Owned, Model):
    """What a customer is asked to pay."""

    __tablename__ = "sales_invoice"
    number: Mapped[str] = t.Number("FP-{year}-{n:05}", info={"label": _("Number")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    order_id: Mapped[t.Id | None] = t.Link("sales.order", _("Order"))
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day")})
    due: Mapped[t.Day | None] = mapped_column(info={"label": _("Due")})
    paid: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Paid"), "readonly": True})
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})

    def __str__(self) -> str:
        return self.number


class InvoiceItem(PricedLine, PartOf("invoice"), Model):
    """One line of an invoice."""

    __tablename__ = "sales_invoice_item"
    invoice_id: Mapped[t.Id] = t.Link("sales.invoice", _("Invoice"))


class Payment(Owned, Model):
    """Money received from a customer."""

    __tablename__ = "sales_payment"
    number: Mapped[str] = t.Number("HK-{year}-{n:05}", info={"label": _("Number")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    currency: Mapped[t.Currency] = mapped_column(default="CNY", info={"label": _("Currency")})
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return self.number


class Allocation(PartOf("payment"), Model):
    """What of a payment is for which invoice."""

    __tablename__ = "sales_allocation"
    payment_id: Mapped[t.Id] = t.Link("sales.payment", _("Payment received"))
    invoice_id: Mapped[t.Id] = t.Link("sales.invoice", _("Invoice"))
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount")})
