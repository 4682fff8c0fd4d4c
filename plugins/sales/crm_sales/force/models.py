"""Salespeople: where they sell, who has a share in what, what they achieved, what they claim."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, Vocabulary, t
from crm_sales import _

# --- territories ---------------------------------------------------------------------------------------------------------


class Territory(Vocabulary, Model):
    """Customers of these regions, industries and sizes, and whose they are. What is empty asks nothing."""

    __tablename__ = "sales_territory"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Territory")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    regions: Mapped[list[int] | None] = t.Refs("core.region", info={"label": _("Regions"), "help": _("And those below them.")})
    industries: Mapped[list[int] | None] = t.Refs("core.industry", info={"label": _("Industries"), "help": _("And those below them.")})
    sizes: Mapped[list[str]] = t.Choices("core.size", info={"label": _("Sizes")})
    seller_id: Mapped[t.Id] = t.Link("core.user", _("Salesperson"))
    group_id: Mapped[t.Id | None] = t.Link("core.team", _("Team"))
    priority: Mapped[int] = mapped_column(default=0, info={"label": _("Priority"), "help": _("Where several fit, the highest wins, then the most specific.")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("In use")})

    def __str__(self) -> str:
        return self.name


# --- who has a share, and what was achieved ------------------------------------------------------------------------------


class Share(PartOf("order"), Model):
    """Which share in an order somebody has besides its owner, whose is the rest."""

    __tablename__ = "sales_share"
    order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))
    person_id: Mapped[t.Id] = t.Link("core.user", _("Salesperson"))
    percent: Mapped[t.Percent] = mapped_column(default=5_000, info={"label": _("Share, %")})

    __table_args__ = (sa.Index("uq_sales_share", "order_id", "person_id", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),)


class Did(enum.StrEnum):
    """What was achieved."""

    won = "won"
    ordered = "ordered"
    invoiced = "invoiced"
    received = "received"


DID = {"won": _("Opportunity won"), "ordered": _("Ordered"), "invoiced": _("Invoiced"), "received": _("Money received")}


class Achievement(Owned, Model):
    """What somebody's share of a document comes to, in the currency of the house and without tax; what is taken back is a line of its own, below
    nothing. Targets, rankings and reports count these."""

    __tablename__ = "sales_achievement"
    did: Mapped[Did] = mapped_column(info={"label": _("Kind of achievement"), "labels": DID})
    day: Mapped[dt.date] = mapped_column(info={"label": _("Day")})
    document: Mapped[t.Line] = mapped_column(info={"label": _("Document")})
    source: Mapped[str] = mapped_column(sa.String(60), info={"label": _("Source")})  # order:12, invoice:7, allocation:3, opportunity:5
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    order_id: Mapped[t.Id | None] = t.Link("sales.order", _("Order"))
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("Product category"))
    product_id: Mapped[t.Id | None] = t.Link("core.product", _("Product"))
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount")})
    key: Mapped[str] = mapped_column(sa.String(120), info={"label": _("Key")})
    back_of_id: Mapped[t.Id | None] = t.Link("sales.achievement", _("Takes back"), info={"readonly": True})

    __table_args__ = (
        sa.Index("uq_sales_achievement", "key", unique=True), sa.Index("ix_sales_achievement_source", "source"),
        sa.Index("ix_sales_achievement_day", "day", "id"), sa.Index("uq_sales_achievement_back", "back_of_id", unique=True))

    def __str__(self) -> str:
        return self.document


# --- expenses ------------------------------------------------------------------------------------------------------------


class ClaimState(enum.StrEnum):
    """How far an expense claim is."""

    draft = "draft"
    claimed = "claimed"
    approved = "approved"
    refused = "refused"
    paid = "paid"


CLAIM_STATES = {"draft": _("Draft"), "claimed": _("Claimed"), "approved": _("Approved"), "refused": _("Refused"), "paid": _("Paid")}
CLAIM_LOOKS = {"draft": ("pencil", ""), "claimed": ("send", "amber"), "approved": ("circle-check", "green"), "refused": ("x", "red"), "paid": ("cash", "green")}


class Claim(Owned, Model):
    """Money somebody has laid out and wants back."""

    __tablename__ = "sales_claim"
    number: Mapped[str] = t.Number("BX-{year}-{n:04}", info={"label": _("Number")})
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    kind: Mapped[str | None] = t.Choice("sales.expense", info={"label": _("Kind of expense")})
    amount: Mapped[t.Money] = mapped_column(info={"label": _("Amount"), "minimum": 1})
    currency: Mapped[t.Currency] = mapped_column(default="CNY", info={"label": _("Currency")})
    customer_id: Mapped[t.Id | None] = t.Link("core.customer", _("Customer"))
    what: Mapped[t.Note | None] = mapped_column(info={"label": _("What for")})
    state: Mapped[ClaimState] = mapped_column(default=ClaimState.draft, info={"label": _("State"), "labels": CLAIM_STATES, "looks": CLAIM_LOOKS, "readonly": True})
    answer: Mapped[t.Note | None] = mapped_column(info={"label": _("Answer"), "readonly": True})

    def __str__(self) -> str:
        return self.number


# --- what people forecast ------------------------------------------------------------------------------------------------


class ForecastEntry(Owned, Model):
    """What somebody said on a day that a month will bring, with what is won already, or what his superior made of it. Said again it is another row: the
    last one counts, and what was said before stays to be seen. Beside it stands what followed from his opportunities on that day."""

    __tablename__ = "sales_forecast_entry"
    name: Mapped[t.Line] = mapped_column(info={"label": _("Forecast"), "readonly": True})
    month: Mapped[t.Day] = mapped_column(info={"label": _("Month"), "month": True, "help": _("Any day of it.")})
    committed: Mapped[t.Money] = mapped_column(info={"label": _("Committed"), "minimum": 0, "help": _("What the month brings for sure, with what is won in it already.")})
    best: Mapped[t.Money] = mapped_column(info={"label": _("Best case"), "minimum": 0, "help": _("What it brings if all goes well: never less than what is committed.")})
    note: Mapped[t.Line | None] = mapped_column(info={"label": _("Why")})
    corrected: Mapped[bool] = mapped_column(default=False, info={"label": _("By a superior"), "readonly": True})
    said_on: Mapped[t.Day] = mapped_column(info={"label": _("Said on"), "readonly": True})
    won: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Won by then"), "readonly": True})
    sure: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Computed: committed"), "readonly": True})
    probable: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Computed: weighted"), "readonly": True})
    possible: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Computed: best case"), "readonly": True})

    __table_args__ = (sa.Index("ix_sales_forecast_entry_month", "month", "owner_id", "id"), sa.Index("ix_sales_forecast_entry_order", "month", "id"))

    def __str__(self) -> str:
        return self.name
