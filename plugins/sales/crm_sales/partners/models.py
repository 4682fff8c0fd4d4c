"""Channel partners, the deals they register, and the funds that help them sell."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, t
from crm_sales import _


class Partner(Owned, Model):
    """A customer who sells for us."""

    __tablename__ = "sales_partner"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Partner")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    level: Mapped[str | None] = t.Choice("sales.partner_level", info={"label": _("Level")})
    region_id: Mapped[t.Id | None] = t.Link("core.region", _("Region"))
    since: Mapped[t.Day | None] = mapped_column(info={"label": _("Since")})
    until: Mapped[t.Day | None] = mapped_column(info={"label": _("Until")})
    contract_id: Mapped[t.Id | None] = t.Link("sales.contract", _("Contract"))
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    def __str__(self) -> str:
        return self.name


class DealState(enum.StrEnum):
    """What became of a deal that was registered."""

    asked = "asked"
    accepted = "accepted"
    refused = "refused"
    won = "won"
    lost = "lost"


DEAL_STATES = {"asked": _("Registered"), "accepted": _("Accepted"), "refused": _("Refused"), "won": _("Won"), "lost": _("Lost")}
DEAL_LOOKS = {"asked": ("hourglass-low", "amber"), "accepted": ("shield-check", "acc"), "refused": ("x", "red"), "won": ("trophy", "green"), "lost": ("x", "")}


class Deal(Owned, Model):
    """A deal that a partner has told us of. Once it is accepted, nobody else's for the same customer is until its protection ends."""

    __tablename__ = "sales_partner_deal"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Deal")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    partner_id: Mapped[t.Id] = t.Link("sales.partner", _("Partner"))
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("End customer"))
    opportunity_id: Mapped[t.Id | None] = t.Link("sales.opportunity", _("Opportunity"))
    day: Mapped[t.Day] = mapped_column(info={"label": _("Registered on")})
    amount: Mapped[t.Money | None] = mapped_column(info={"label": _("Expected amount")})
    expected: Mapped[t.Day | None] = mapped_column(info={"label": _("Expected close date")})
    protected_until: Mapped[dt.date | None] = mapped_column(info={"label": _("Protected until"), "readonly": True})
    state: Mapped[DealState] = mapped_column(default=DealState.asked, info={"label": _("State"), "labels": DEAL_STATES, "looks": DEAL_LOOKS, "readonly": True})
    answer: Mapped[t.Note | None] = mapped_column(info={"label": _("Answer"), "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    def __str__(self) -> str:
        return self.name


class Fund(Owned, Model):
    """What a partner may have for marketing in a period."""

    __tablename__ = "sales_fund"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Fund")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    partner_id: Mapped[t.Id] = t.Link("sales.partner", _("Partner"))
    begins: Mapped[t.Day] = mapped_column(info={"label": _("From")})
    ends: Mapped[t.Day] = mapped_column(info={"label": _("Until")})
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Budget"), "minimum": 0})
    approved: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount approved"), "readonly": True})
    settled: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount settled"), "readonly": True})

    __table_args__ = (sa.CheckConstraint("approved <= amount AND settled <= approved AND settled >= 0", name="ck_sales_fund"),)

    def __str__(self) -> str:
        return self.name


class UseState(enum.StrEnum):
    """How far a request is."""

    draft = "draft"
    asked = "asked"
    approved = "approved"
    refused = "refused"
    settled = "settled"


USE_STATES = {"draft": _("Draft"), "asked": _("Requested"), "approved": _("Approved"), "refused": _("Refused"), "settled": _("Settled")}
USE_LOOKS = {"draft": ("pencil", ""), "asked": ("send", "amber"), "approved": ("circle-check", "acc"), "refused": ("x", "red"), "settled": ("cash", "green")}


class FundUse(Owned, Model):
    """Something a partner wants to do with the fund: requested, approved, spent with evidence, settled."""

    __tablename__ = "sales_fund_use"
    number: Mapped[str] = t.Number("JJ-{year}-{n:04}", info={"label": _("Number")})
    name: Mapped[t.Name] = mapped_column(info={"label": _("What for")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    fund_id: Mapped[t.Id] = t.Link("sales.fund", _("Fund"))
    asked: Mapped[t.Money] = mapped_column(info={"label": _("Amount requested"), "minimum": 1})
    approved: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount approved"), "readonly": True})
    spent: Mapped[int] = t.Total("items", "amount", info={"label": _("Spent")})
    settled: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount settled"), "readonly": True})
    state: Mapped[UseState] = mapped_column(default=UseState.draft, info={"label": _("State"), "labels": USE_STATES, "looks": USE_LOOKS, "readonly": True})
    answer: Mapped[t.Note | None] = mapped_column(info={"label": _("Answer"), "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Spending(PartOf("fund_use"), Model):
    """What was spent; its evidence is a file of the request."""

    __tablename__ = "sales_spending"
    fund_use_id: Mapped[t.Id] = t.Link("sales.fund_use", _("Request"))
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    what: Mapped[t.Line] = mapped_column(info={"label": _("What was bought")})
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount"), "minimum": 1})
