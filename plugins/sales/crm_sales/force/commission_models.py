"""What commission is paid for, and what somebody gets for a month."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, t
from crm_sales import _
from crm_sales.policies.models import Dated


class Basis(enum.StrEnum):
    """On what commission is paid."""

    order = "order"
    invoice = "invoice"
    payment = "payment"


class Customers(enum.StrEnum):
    """For orders of which customers."""

    any = "any"
    new = "new"
    old = "old"


class By(enum.StrEnum):
    """What of is compared with the tiers."""

    document = "document"
    month = "month"


BASES = {"order": _("On the order"), "invoice": _("On the invoice"), "payment": _("On money received")}
CUSTOMERS = {"any": _("All customers"), "new": _("New customers"), "old": _("Customers who have ordered before")}
BYS = {"document": _("The document"), "month": _("What the salesperson has in the month")}


class CommissionPolicy(Dated, Owned, Model):
    """How much commission there is, for whom, of what."""

    __tablename__ = "sales_commission_policy"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Policy")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    basis: Mapped[Basis] = mapped_column(default=Basis.payment, info={"label": _("Earned"), "labels": BASES})
    customers: Mapped[Customers] = mapped_column(default=Customers.any, info={"label": _("For"), "labels": CUSTOMERS})
    by: Mapped[By] = mapped_column(default=By.document, info={"label": _("Tiers go by"), "labels": BYS})
    role_id: Mapped[t.Id | None] = t.Link("core.role", _("For the role"), info={"help": _("Empty: for everybody.")})
    place_id: Mapped[t.Id | None] = t.Link("core.department", _("For the department"), info={"help": _("And those below it. Empty: for all.")})
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("For the product category"), info={"help": _("And those below it. Empty: for all.")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})
    follows_id: Mapped[t.Id | None] = t.Link("sales.commission_policy", _("Follows"), info={"readonly": True})

    __table_args__ = (sa.Index("uq_sales_commission_policy_follows", "follows_id", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),)

    def __str__(self) -> str:
        return self.name


class Tier(PartOf("commission_policy"), Model):
    """So many per cent of what lies above an amount, up to the next tier."""

    __tablename__ = "sales_tier"
    commission_policy_id: Mapped[t.Id] = t.Link("sales.commission_policy", _("Policy"))
    above: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Of what lies above"), "minimum": 0})
    percent: Mapped[t.Percent] = mapped_column(default=0, info={"label": _("Commission, %")})


class PayBasis(Owned, Model):
    """What somebody gets each month besides commission."""

    __tablename__ = "sales_pay_basis"
    begins: Mapped[t.Day] = mapped_column(info={"label": _("From")})
    ends: Mapped[t.Day | None] = mapped_column(info={"label": _("Until")})
    fixed: Mapped[t.Money] = mapped_column(info={"label": _("Fixed pay a month"), "minimum": 0})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    def __str__(self) -> str:
        return f"{self.begins}"


class PayState(enum.StrEnum):
    """How far a statement is."""

    open = "open"
    closed = "closed"
    paid = "paid"


PAY_STATES = {"open": _("Not closed yet"), "closed": _("Closed"), "paid": _("Paid")}
PAY_LOOKS = {"open": ("progress", "amber"), "closed": ("lock", "acc"), "paid": ("cash", "green")}


class Statement(Owned, Model):
    """What its owner gets for a month: so far, with the fixed pay that holds for it, until it is closed; then corrections go into the next one that is
    open."""

    __tablename__ = "sales_statement"
    name: Mapped[t.Line] = mapped_column(default="", info={"label": _("Statement")})
    month: Mapped[dt.date] = mapped_column(info={"label": _("Month"), "month": True})
    key: Mapped[str | None] = mapped_column(sa.String(60), info={"label": _("Key")})  # person and month: there is one
    commission: Mapped[int] = t.Total("items", "amount", info={"label": _("Commission")})
    fixed: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Fixed pay"), "readonly": True})
    due: Mapped[t.Money | None] = mapped_column(info={"label": _("To be paid"), "readonly": True, "help": _("Of a month that is not closed: so far.")})
    state: Mapped[PayState] = mapped_column(default=PayState.open, info={"label": _("State"), "labels": PAY_STATES, "looks": PAY_LOOKS, "readonly": True})
    paid_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Paid on"), "readonly": True})

    __table_args__ = (sa.Index("uq_sales_statement", "key", unique=True), sa.Index("ix_sales_statement_month", "month", "id"))

    def __str__(self) -> str:
        return self.name


class CommissionLine(PartOf("statement"), Model):
    """One figure of a statement, to be checked by hand: rate × base = commission, and somebody's share of it. One that takes another back names
    it, and is below nothing."""

    __tablename__ = "sales_commission_line"
    statement_id: Mapped[t.Id] = t.Link("sales.statement", _("Statement"))
    key: Mapped[str | None] = mapped_column(sa.String(160), info={"label": _("Key")})
    day: Mapped[dt.date] = mapped_column(info={"label": _("Day")})
    document: Mapped[t.Line] = mapped_column(info={"label": _("Document")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    order_id: Mapped[t.Id | None] = t.Link("sales.order", _("Order"))
    basis: Mapped[Basis] = mapped_column(default=Basis.order, info={"label": _("Earned"), "labels": BASES})
    source: Mapped[str] = mapped_column(sa.String(60), default="", info={"label": _("Source")})
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("Product category"))
    policy_id: Mapped[t.Id | None] = t.Link("sales.commission_policy", _("Policy"))
    seller_id: Mapped[t.Id | None] = t.Link("core.user", _("Sold by"))
    base: Mapped[t.Money] = mapped_column(info={"label": _("Base")})
    rate: Mapped[t.Percent] = mapped_column(default=0, info={"label": _("Rate, %")})
    whole: Mapped[t.Money] = mapped_column(info={"label": _("Commission on it")})
    percent: Mapped[t.Percent] = mapped_column(default=10_000, info={"label": _("Share, %")})
    own: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Share of the base"), "kind": "money"})
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount")})
    rule: Mapped[str] = mapped_column(sa.Text(), info={"label": _("Rule"), "kind": "kept_words"})  # with the figures of its day
    back_of_id: Mapped[t.Id | None] = t.Link("sales.commission_line", _("Takes back"), info={"readonly": True})

    __table_args__ = (
        sa.Index("uq_sales_commission_line", "key", unique=True), sa.Index("ix_sales_commission_line_source", "source", "id"),
        sa.Index("ix_sales_commission_line_month", "policy_id", "seller_id", "statement_id"))

    def __str__(self) -> str:
        return self.document
