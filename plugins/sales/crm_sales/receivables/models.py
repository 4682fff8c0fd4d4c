"""Invoices, and money received for them."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, Vocabulary, amounts, t
from crm_sales import _


class State(enum.StrEnum):
    """How far an invoice is."""

    draft = "draft"
    issued = "issued"
    paid = "paid"
    lost = "lost"
    cancelled = "cancelled"


STATES = {"draft": _("Draft"), "issued": _("Issued"), "paid": _("Paid"), "lost": _("Written off"), "cancelled": _("Cancelled")}
LOOKS = {"draft": ("pencil", ""), "issued": ("send", "amber"), "paid": ("cash", "green"), "lost": ("ban", "red"), "cancelled": ("x", "red")}


class Invoice(PricedHead, Owned, Model):
    """What a customer is asked to pay; with an amount below nothing a credit note, for the invoice it `credits`.

    `remaining` is what is still to be paid: the total less payments and credit notes; services.settle keeps it. Once it is written off (`written_on`)
    that is `written`, and nothing remains."""

    __tablename__ = "sales_invoice"
    number: Mapped[str] = t.Number("FP-{year}-{n:05}", info={"label": _("Number")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    order_id: Mapped[t.Id | None] = t.Link("sales.order", _("Order"), info={"readonly": True})
    contract_id: Mapped[t.Id | None] = t.Link("sales.contract", _("Contract"), info={"offers": (("amends.empty", "1"),)})
    instalment_id: Mapped[t.Id | None] = t.Link("sales.contract_payment", _("Instalment"), info={"readonly": True})
    turn: Mapped[int] = mapped_column(default=0, info={"kind": "internal"})  # how many invoices of its instalment there were before
    credits_id: Mapped[t.Id | None] = t.Link("sales.invoice", _("Credit note for"), info={"readonly": True})
    title: Mapped[t.Line | None] = mapped_column(info={"label": _("Invoice title"), "help": _("Left out: the customer's name.")})
    tax_number: Mapped[t.Code | None] = mapped_column(info={"label": _("Tax number"), "help": _("Left out: the customer's credit code.")})
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day")})
    due: Mapped[t.Day | None] = mapped_column(info={"label": _("Due")})
    rate: Mapped[t.Rate] = mapped_column(default=amounts.RATE, info={"label": _("Rate of the day"), "readonly": True})
    worth: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Total in the house's currency"), "readonly": True, "house": True})
    paid: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Paid so far"), "readonly": True})
    credited: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Credited"), "readonly": True})
    remaining: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Remaining"), "readonly": True})
    written: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Written off"), "readonly": True})
    written_worth: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Written off in the house's currency"), "readonly": True, "house": True})
    written_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Written off on"), "readonly": True})
    open_worth: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Remaining in the house's currency"), "readonly": True, "house": True})
    settled: Mapped[dt.date | None] = mapped_column(info={"label": _("Settled on"), "readonly": True})
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    reason: Mapped[t.Line | None] = mapped_column(info={"label": _("Reason"), "readonly": True})
    reminded: Mapped[int] = mapped_column(default=0, info={"label": _("Reminders sent"), "readonly": True})
    told: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})  # others heard that it was issued: it is no draft again
    step: Mapped[int] = mapped_column(default=0, info={"kind": "internal"})  # how late its owner was last told it is
    asked: Mapped[int] = mapped_column(default=0, info={"kind": "internal"})  # of which level of reminder its owner has had a task

    __table_args__ = (sa.UniqueConstraint("instalment_id", "turn"),
                      sa.Index("ix_sales_invoice_open", "customer_id", "due", "id", sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'")),
                      sa.Index("ix_sales_invoice_late", "due", "id", sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'")))

    def __str__(self) -> str:
        return self.number


class InvoiceItem(PricedLine, PartOf("invoice"), Model):
    """One line of an invoice. One that is for an order's item, or credits another line, has the amounts of its share and is not worked out anew."""

    __tablename__ = "sales_invoice_item"
    invoice_id: Mapped[t.Id] = t.Link("sales.invoice", _("Invoice"))
    item_id: Mapped[t.Id | None] = t.Link("sales.order_item", _("Order item"), info={"readonly": True})
    fixed: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})


class Reminder(PartOf("invoice"), Model):
    """A level of reminding that a customer was sent by mail; each once, which the key holds."""

    __tablename__ = "sales_reminder"
    invoice_id: Mapped[t.Id] = t.Link("sales.invoice", _("Invoice"))
    level: Mapped[int] = mapped_column(info={"label": _("Level")})
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    days: Mapped[int] = mapped_column(info={"label": _("Days late")})
    remaining: Mapped[t.Money] = mapped_column(info={"label": _("Remaining")})
    receiver: Mapped[t.Line] = mapped_column(info={"label": _("Sent to")})
    mail_id: Mapped[t.Id | None] = t.Ref("core.mail", on_delete="clear", info={"label": _("Mail")})

    __table_args__ = (sa.UniqueConstraint("invoice_id", "level"),)


class Level(enum.StrEnum):
    """How firmly a reminder speaks."""

    first = "first"
    second = "second"
    last = "last"


class Tongue(enum.StrEnum):
    """In which language."""

    zh = "zh"
    en = "en"


LEVELS = {"first": _("First reminder"), "second": _("Second reminder"), "last": _("Last reminder")}
TONGUES = {"zh": _("Chinese"), "en": _("English")}
PREVIEW = "/sales/reminder_text/preview"
LIVE = sa.text("deleted_at IS NULL")


class ReminderText(Vocabulary, Model):
    """What the house says in reminders of a level, in a language; where it says nothing the usual words stand (wording.py)."""

    __tablename__ = "sales_reminder_text"
    level: Mapped[Level] = mapped_column(default=Level.first, info={"label": _("Level"), "labels": LEVELS})
    language: Mapped[Tongue] = mapped_column(default=Tongue.zh, info={"label": _("Language"), "labels": TONGUES})
    title: Mapped[t.Line | None] = mapped_column(info={"label": _("Subject"), "help": _("Left out: the usual one.")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("Text"), "preview": PREVIEW, "help": _("Left out: the usual words, as the preview shows them.")})

    __table_args__ = (sa.Index("uq_sales_reminder_text", "level", "language", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),)

    def __str__(self) -> str:
        return f"{LEVELS[str(self.level)]} · {TONGUES[str(self.language)]}"


class Way(enum.StrEnum):
    """How money came."""

    bank = "bank"
    cash = "cash"
    cheque = "cheque"
    wechat = "wechat"
    alipay = "alipay"


WAYS = {"bank": _("Bank transfer"), "cash": _("Cash"), "cheque": _("Cheque"), "wechat": _("WeChat"), "alipay": _("Alipay")}


class Payment(Owned, Model):
    """Money received from a customer; below nothing: paid back to him. What of it is for no invoice yet is `unallocated`."""

    __tablename__ = "sales_payment"
    number: Mapped[str] = t.Number("HK-{year}-{n:05}", info={"label": _("Number")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    currency: Mapped[t.Currency] = mapped_column(default="CNY", info={"label": _("Currency")})
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount")})
    way: Mapped[Way] = mapped_column(default=Way.bank, info={"label": _("How it came"), "labels": WAYS})
    reference: Mapped[t.Code | None] = mapped_column(info={"label": _("Bank reference")})
    rate: Mapped[t.Rate] = mapped_column(default=amounts.RATE, info={"label": _("Rate of the day"), "readonly": True})
    worth: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount in the house's currency"), "readonly": True, "house": True})
    unallocated: Mapped[t.Money] = mapped_column(default=0, info={"label": _("For no invoice yet"), "readonly": True})
    returned: Mapped[dt.date | None] = mapped_column(info={"label": _("Taken back on"), "readonly": True})
    reason: Mapped[t.Line | None] = mapped_column(info={"label": _("Reason"), "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return self.number


class Allocation(PartOf("payment"), Model):
    """What of a payment is for which invoice. `gain`: what it is worth more, or less, in the house's currency than on the invoice's day."""

    __tablename__ = "sales_allocation"
    payment_id: Mapped[t.Id] = t.Link("sales.payment", _("Payment received"))
    invoice_id: Mapped[t.Id] = t.Link("sales.invoice", _("Invoice"))
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount")})
    gain: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Difference by rate"), "readonly": True})
    returned: Mapped[dt.date | None] = mapped_column(info={"label": _("Taken back on"), "readonly": True})
    told: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})  # whether others were last told that it counts
