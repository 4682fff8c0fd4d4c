"""Contracts: items, parties, clauses, milestones, and a plan of what is paid when."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, Vocabulary, t
from crm_sales import _


class State(enum.StrEnum):
    """How far a contract is."""

    draft = "draft"
    signed = "signed"
    done = "done"
    cancelled = "cancelled"


STATES = {"draft": _("Draft"), "signed": _("Signed"), "done": _("Fulfilled"), "cancelled": _("Cancelled")}
LOOKS = {"draft": ("pencil", ""), "signed": ("circle-check", "green"), "done": ("flag", "acc"), "cancelled": ("x", "red")}


LIVE = {"sqlite_where": sa.text("deleted_at IS NULL"), "postgresql_where": sa.text("deleted_at IS NULL")}


class Clause(Vocabulary, Model):
    """A clause of the library, in both languages; a contract takes a copy."""

    __tablename__ = "sales_clause"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    position: Mapped[int] = mapped_column(default=0, info={"label": _("Place in the order")})
    text: Mapped[t.Note] = mapped_column(info={"label": _("Text")})
    english_text: Mapped[t.Note | None] = mapped_column(info={"label": _("English text")})

    def __str__(self) -> str:
        return self.name


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
    partner: Mapped[t.Line | None] = mapped_column(info={"label": _("Signs for the customer")})
    signatory: Mapped[t.Line | None] = mapped_column(info={"label": _("Signs for us")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})
    signed_on: Mapped[t.Day | None] = mapped_column(info={"label": _("Signed on"), "readonly": True})
    signed_file_id: Mapped[t.Id | None] = t.Ref("core.attachment", on_delete="clear", info={"label": _("Signed copy"), "readonly": True})
    reason: Mapped[t.Note | None] = mapped_column(info={"label": _("Reason"), "readonly": True})
    amends_id: Mapped[t.Id | None] = t.Link("sales.contract", _("Amends"), info={"readonly": True})
    renews_id: Mapped[t.Id | None] = t.Link("sales.contract", _("Renews"), info={"readonly": True})
    order_id: Mapped[t.Id | None] = t.Ref("sales.order", on_delete="clear", info={"label": _("Order"), "readonly": True})
    paid: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Paid so far"), "readonly": True})
    agreed: Mapped[t.Money | None] = mapped_column(info={"label": _("With amendments"), "readonly": True})  # kept by paying.py; an amendment has none of its own

    __table_args__ = (sa.Index("uq_sales_contract_renews", "renews_id", unique=True, **LIVE), sa.Index("ix_sales_contract_ends", "state", "ends"))

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ContractItem(PricedLine, PartOf("contract"), Model):
    """One line of a contract."""

    __tablename__ = "sales_contract_item"
    contract_id: Mapped[t.Id] = t.Link("sales.contract", _("Contract"))


class ContractParty(PartOf("contract"), Model):
    """Somebody else who is bound: a guarantor, an agent."""

    __tablename__ = "sales_contract_party"
    contract_id: Mapped[t.Id] = t.Link("sales.contract", _("Contract"))
    name: Mapped[t.Name] = mapped_column(info={"label": _("Party")})
    role: Mapped[t.Line | None] = mapped_column(info={"label": _("As")})
    signatory: Mapped[t.Line | None] = mapped_column(info={"label": _("Signs for it")})


class ContractPayment(PartOf("contract"), Model):
    """When how much is paid: a share of the total or an amount, on a day or with a milestone. What of it was invoiced and paid follows from invoices and
    receipts (paying.py)."""

    __tablename__ = "sales_contract_payment"
    contract_id: Mapped[t.Id] = t.Link("sales.contract", _("Contract"))
    what: Mapped[t.Line] = mapped_column(info={"label": _("Instalment")})
    share: Mapped[t.Percent | None] = mapped_column(info={"label": _("Share of the total")})
    amount: Mapped[t.Money | None] = mapped_column(info={"label": _("Amount"), "help": _("Left out: the share.")})
    due: Mapped[t.Day | None] = mapped_column(info={"label": _("Due")})
    milestone: Mapped[t.Line | None] = mapped_column(info={"label": _("or with")})
    invoiced: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Invoiced"), "readonly": True})
    paid: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Paid so far"), "readonly": True})
    remaining: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Remaining"), "readonly": True})


class ContractMilestone(PartOf("contract"), Model):
    """Something that is to be done by a day."""

    __tablename__ = "sales_contract_milestone"
    contract_id: Mapped[t.Id] = t.Link("sales.contract", _("Contract"))
    name: Mapped[t.Name] = mapped_column(info={"label": _("Milestone")})
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("By")})
    done: Mapped[dt.date | None] = mapped_column(info={"label": _("Done on"), "readonly": True})
    done_by_id: Mapped[t.Id | None] = t.Link("core.user", _("Done by"), info={"readonly": True})


class ContractClause(PartOf("contract"), Model):
    """A clause as it stands in this contract."""

    __tablename__ = "sales_contract_clause"
    contract_id: Mapped[t.Id] = t.Link("sales.contract", _("Contract"))
    clause_id: Mapped[t.Id | None] = t.Link("sales.clause", _("From the library"))
    title: Mapped[t.Line] = mapped_column(default="", info={"label": _("Clause"), "help": _("Left out: that of the library.")})
    text: Mapped[t.Note] = mapped_column(default="", info={"label": _("Text"), "help": _("Left out: that of the library.")})
