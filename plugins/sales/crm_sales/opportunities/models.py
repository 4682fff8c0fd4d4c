"""Pipelines with their stages, and what moves along them."""

import datetime as dt
import enum

from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, Vocabulary, t
from crm_sales import _


class Outcome(enum.StrEnum):
    """What becomes of an opportunity, and what a stage means for it."""

    open = "open"
    won = "won"
    lost = "lost"


OUTCOMES = {"open": _("Open"), "won": _("Won"), "lost": _("Lost")}
LOOKS = {"open": ("progress", "amber"), "won": ("trophy", "green"), "lost": ("x", "red")}


class Pipeline(Vocabulary, Model):
    """A way along which opportunities move; desks have their own."""

    __tablename__ = "sales_pipeline"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})

    def __str__(self) -> str:
        return self.name


class Stage(Vocabulary, Model):
    """A step of a pipeline."""

    __tablename__ = "sales_stage"
    pipeline_id: Mapped[t.Id] = t.Link("sales.pipeline", _("Pipeline"))
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    position: Mapped[int] = mapped_column(default=0, info={"label": _("Place in the order")})
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.open, info={"label": _("Means"), "labels": OUTCOMES})
    probability: Mapped[t.Percent] = mapped_column(default=1000, info={"label": _("Win probability")})

    def __str__(self) -> str:
        return self.name


class Opportunity(PricedHead, Owned, Model):
    """What might become a deal with a customer."""

    __tablename__ = "sales_opportunity"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    pipeline_id: Mapped[t.Id] = t.Link("sales.pipeline", _("Pipeline"))
    stage_id: Mapped[t.Id] = t.Link("sales.stage", _("Stage"))
    amount: Mapped[t.Money | None] = mapped_column(info={"label": _("Expected amount")})
    expected: Mapped[t.Day | None] = mapped_column(info={"label": _("Expected close date")})
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.open, info={"label": _("State"), "labels": OUTCOMES, "looks": LOOKS, "readonly": True})
    closed: Mapped[dt.date | None] = mapped_column(info={"label": _("Closed on"), "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return self.name


class OpportunityItem(PricedLine, PartOf("opportunity"), Model):
    """A product somebody may buy."""

    __tablename__ = "sales_opportunity_item"
    opportunity_id: Mapped[t.Id] = t.Link("sales.opportunity", _("Opportunity"))
