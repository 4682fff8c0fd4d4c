"""Policies, and what was let pass over their limits."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, Vocabulary, read_words, t
from crm_sales import _


class Kind(enum.StrEnum):
    """What a policy limits."""

    discount = "discount"
    allowance = "allowance"
    unlisted = "unlisted"
    region = "region"
    channel = "channel"
    expense = "expense"
    commission = "commission"


KINDS = {
    "discount": _("Discount of a line"), "allowance": _("Allowance on a document"), "unlisted": _("Lines without a list price"),
    "region": _("Regions one may sell to"), "channel": _("Channels one may sell through"),
    "expense": _("Expense claim"), "commission": _("Commission of a month"),
}


class Dated:
    """What holds from a day on: it is not changed once it has begun, a new edition follows it. So an old order keeps the policy of its day."""

    begins: Mapped[t.Day] = mapped_column(info={"label": _("From")})
    ends: Mapped[t.Day | None] = mapped_column(info={"label": _("Until")})
    edition: Mapped[int] = mapped_column(default=1, info={"label": _("Edition"), "readonly": True})


class Policy(Dated, Vocabulary, Model):
    """What somebody may do by himself."""

    __tablename__ = "sales_policy"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Policy")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    kind: Mapped[Kind] = mapped_column(info={"label": _("Limits"), "labels": KINDS})
    role_id: Mapped[t.Id | None] = t.Link("core.role", _("For the role"), info={"help": _("Empty: for everybody.")})
    place_id: Mapped[t.Id | None] = t.Link("core.department", _("For the department"), info={"help": _("And those below it. Empty: for all.")})
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("For the product category"), info={"help": _("And those below it. Empty: for all.")})
    expense: Mapped[str | None] = t.Choice("sales.expense", info={"label": _("For the kind of expense"), "help": _("Empty: for all.")})
    percent: Mapped[t.Percent | None] = mapped_column(default=0, info={"label": _("At most, %")})
    amount: Mapped[t.Money | None] = mapped_column(info={"label": _("At most, amount"), "help": _("In the currency of the house.")})
    regions: Mapped[list[int] | None] = t.Refs("core.region", info={"label": _("Regions"), "help": _("And those below them.")})
    channels: Mapped[list[str]] = t.Choices("core.customer_kind", info={"label": _("Kinds of customers"), "help": _("Kinds of customers one may sell to.")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})
    follows_id: Mapped[t.Id | None] = t.Link("sales.policy", _("Follows"), info={"readonly": True})

    __table_args__ = (sa.Index("uq_sales_policy_follows", "follows_id", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),)

    def __str__(self) -> str:
        return self.name


class Exceeded(Owned, Model):
    """Something went over a limit and was let pass: by right, or because others agreed. Its owner is who did it."""

    __tablename__ = "sales_exceeded"
    what: Mapped[str] = mapped_column(sa.Text(), info={"label": _("What"), "kind": "kept_words"})
    policy_id: Mapped[t.Id] = t.Link("sales.policy", _("Policy"))
    subject: Mapped[str] = mapped_column(sa.String(80), info={"label": _("Kind of document")})
    subject_id: Mapped[t.Id] = mapped_column(info={"label": _("Record")})
    document: Mapped[t.Line] = mapped_column(default="", info={"label": _("Number")})
    day: Mapped[dt.date] = mapped_column(info={"label": _("Day")})
    agreed: Mapped[bool] = mapped_column(default=False, info={"label": _("Was agreed to"), "help": _("No: who did it may exceed limits.")})

    __table_args__ = (sa.Index("uq_sales_exceeded", "subject", "subject_id", "policy_id", unique=True),)

    def __str__(self) -> str:
        return str(read_words(self.what))
