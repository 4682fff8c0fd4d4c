"""Pipelines with their stages, and what moves along them."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, Vocabulary, t
from crm_sales import _
from crm_sales.opportunities.usual import usual_pipeline, usual_stage


class Outcome(enum.StrEnum):
    """What becomes of an opportunity, and what a stage means for it."""

    open = "open"
    won = "won"
    lost = "lost"


class Forecast(enum.StrEnum):
    """How surely it is counted on."""

    pipeline = "pipeline"
    best = "best"
    committed = "committed"
    omitted = "omitted"


OUTCOMES = {"open": _("Under way"), "won": _("Won"), "lost": _("Lost")}
LOOKS = {"open": ("progress", "amber"), "won": ("trophy", "green"), "lost": ("x", "red")}
FORECASTS = {"pipeline": _("In the pipeline"), "best": _("Best case"), "committed": _("Committed"), "omitted": _("Left out")}


class Pipeline(Vocabulary, Model):
    """A way along which opportunities move; desks have their own."""

    __tablename__ = "sales_pipeline"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    position: Mapped[int] = mapped_column(default=0, info={"label": _("Place in the order")})
    for_department_id: Mapped[t.Id | None] = t.Link("core.department", _("For the department"), info={"help": _("New opportunities of its people begin in it; those below it too.")})
    for_team_id: Mapped[t.Id | None] = t.Link("core.team", _("For the team"), info={"help": _("New opportunities of its members begin in it.")})

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
    needs: Mapped[list[str]] = t.Fields("sales.opportunity", info={"label": _("Needed from this stage on"), "help": _("An opportunity enters the stage when these are filled in.")})
    days: Mapped[int | None] = mapped_column(info={"label": _("Days it may take"), "minimum": 1, "help": _("An opportunity that stays longer is marked as standing still.")})
    # Kept by a job: of the opportunities that were in this stage and closed within a year, how many were won.
    share: Mapped[t.Percent | None] = mapped_column(info={"label": _("Won, of those that came this far"), "readonly": True})
    share_of: Mapped[int] = mapped_column(default=0, info={"label": _("Closed within a year"), "readonly": True})

    def __str__(self) -> str:
        return self.name


class StageTask(Vocabulary, Model):
    """Something that is to be done when an opportunity enters a stage: a line of its form."""

    __tablename__ = "sales_stage_task"
    stage_id: Mapped[t.Id] = t.Link("sales.stage", _("Stage"))
    what: Mapped[t.Line] = mapped_column(info={"label": _("Task")})
    days: Mapped[int] = mapped_column(default=3, info={"label": _("Within so many days"), "minimum": 0, "maximum": 365})


class Competitor(Vocabulary, Model):
    """Who else bids for our deals."""

    __tablename__ = "sales_competitor"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    website: Mapped[t.Url | None] = mapped_column(info={"label": _("Web site")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Strengths and weaknesses")})

    def __str__(self) -> str:
        return self.name


MINE = {"offers": (("mine.eq", "1"),)}  # a form offers the pipelines of one’s desk, with their stages


class Opportunity(PricedHead, Owned, Model):
    """What might become a deal with a customer."""

    __tablename__ = "sales_opportunity"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    pipeline_id: Mapped[t.Id] = t.Link("sales.pipeline", _("Pipeline"), default=usual_pipeline, info=MINE)
    stage_id: Mapped[t.Id] = t.Link("sales.stage", _("Stage"), default=usual_stage, info=MINE)
    amount: Mapped[t.Money | None] = mapped_column(info={"label": _("Expected amount"), "help": _("With products on it: what they come to.")})
    expected: Mapped[t.Day | None] = mapped_column(info={"label": _("Expected close date")})
    chance: Mapped[t.Percent | None] = mapped_column(info={"label": _("Own estimate"), "help": _("Your own win probability; left out: that of the stage.")})
    forecast: Mapped[Forecast] = mapped_column(default=Forecast.pipeline, info={"label": _("Forecast"), "labels": FORECASTS})
    next_step: Mapped[t.Line | None] = mapped_column(info={"label": _("Next step"), "help": _("With a day it becomes a task of the owner.")})
    next_day: Mapped[t.Day | None] = mapped_column(info={"label": _("Next step on")})
    source: Mapped[str | None] = t.Choice("core.source", info={"label": _("Source")})
    competitor_id: Mapped[t.Id | None] = t.Link("sales.competitor", _("Competitor"))
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})
    # What follows: kept by the house.
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.open, info={"label": _("State"), "labels": OUTCOMES, "looks": LOOKS, "readonly": True})
    probability: Mapped[t.Percent] = mapped_column(default=0, info={"label": _("Win probability"), "readonly": True})
    worth: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount in our currency"), "readonly": True, "house": True})
    weighted: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Weighted amount"), "readonly": True, "house": True})
    stage_on: Mapped[t.Day | None] = mapped_column(info={"label": _("In the stage since"), "readonly": True})
    stale_on: Mapped[t.Day | None] = mapped_column(info={"label": _("Standing still from"), "readonly": True})
    closed: Mapped[dt.date | None] = mapped_column(info={"label": _("Closed on"), "readonly": True})
    days_open: Mapped[int | None] = mapped_column(info={"label": _("Days to close"), "readonly": True})
    won_reason: Mapped[str | None] = t.Choice("sales.won_reason", info={"label": _("Why won"), "readonly": True})
    lost_reason: Mapped[str | None] = t.Choice("sales.lost_reason", info={"label": _("Why lost"), "readonly": True})
    told: Mapped[Outcome] = mapped_column(default=Outcome.open, info={"kind": "internal"})  # the last state others were told of
    satisfaction: Mapped[str | None] = t.Choice("sales.satisfaction", info={"label": _("Satisfaction"), "readonly": True})

    def __str__(self) -> str:
        return self.name


class OpportunityItem(PricedLine, PartOf("opportunity"), Model):
    """A product somebody may buy."""

    __tablename__ = "sales_opportunity_item"
    opportunity_id: Mapped[t.Id] = t.Link("sales.opportunity", _("Opportunity"))


class OpportunityMember(PartOf("opportunity"), Model):
    """Somebody who works on it, and what part of it is counted for him."""

    __tablename__ = "sales_opportunity_member"
    opportunity_id: Mapped[t.Id] = t.Link("sales.opportunity", _("Opportunity"))
    user_id: Mapped[t.Id] = t.Link("core.user", _("Colleague"))
    part: Mapped[t.Line | None] = mapped_column(info={"label": _("What he does")})
    share: Mapped[t.Percent | None] = mapped_column(info={"label": _("Share")})


KEPT = {"on_delete": "keep"}  # what only follows an opportunity keeps nothing from being deleted


class OpportunityShare(Owned, Model):
    """What of an opportunity is somebody's: his share by its team, all of it where none is said. Kept by the house; the forecast and everything that
    says whose what is count these, and the parts of an opportunity come to it exactly."""

    __tablename__ = "sales_opportunity_share"
    opportunity_id: Mapped[t.Id] = t.Link("sales.opportunity", _("Opportunity"), info=KEPT)
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"), info=KEPT)
    stage_id: Mapped[t.Id] = t.Link("sales.stage", _("Stage"), info=KEPT)
    outcome: Mapped[Outcome] = mapped_column(info={"label": _("State"), "labels": OUTCOMES, "looks": LOOKS})
    forecast: Mapped[Forecast] = mapped_column(info={"label": _("Forecast"), "labels": FORECASTS})
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Close date"), "help": _("The expected one, or the day it was closed on.")})
    days_open: Mapped[int | None] = mapped_column(info={"label": _("Days to close")})
    percent: Mapped[t.Percent] = mapped_column(info={"label": _("Share of the whole")})
    whole: Mapped[t.Money] = mapped_column(info={"label": _("The whole amount"), "house": True})
    worth: Mapped[t.Money] = mapped_column(info={"label": _("Amount of the share"), "house": True})
    weighted: Mapped[t.Money] = mapped_column(info={"label": _("Weighted amount"), "house": True})
    before: Mapped[int] = mapped_column(default=0, info={"kind": "internal"})  # percent: the shares of those before him, so that parts that are worked out add up

    __table_args__ = (
        sa.Index("uq_sales_opportunity_share", "opportunity_id", "owner_id", unique=True), sa.Index("ix_sales_opportunity_share_day", "outcome", "day"),
        sa.Index("ix_sales_opportunity_share_order", "day", "id"))

    def __str__(self) -> str:
        return self.name


class StageVisit(PartOf("opportunity"), Model):
    """A time an opportunity was in a stage."""

    __tablename__ = "sales_opportunity_stage"
    opportunity_id: Mapped[t.Id] = t.Link("sales.opportunity", _("Opportunity"))
    stage_id: Mapped[t.Id] = t.Link("sales.stage", _("Stage"))
    entered: Mapped[t.Day] = mapped_column(info={"label": _("Entered")})
    until: Mapped[t.Day | None] = mapped_column(info={"label": _("Left")})
    days: Mapped[int | None] = mapped_column(info={"label": _("Days in it")})
    by_id: Mapped[t.Id | None] = t.Link("core.user", _("Moved there by"))
