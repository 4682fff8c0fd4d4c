"""Leads, who gets them, what they score, and the forms by which they come in."""

import datetime as dt
import enum
import secrets

from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, Vocabulary, t
from crm_sales import _


class State(enum.StrEnum):
    """How far a lead is."""

    new = "new"
    working = "working"
    converted = "converted"
    disqualified = "disqualified"


STATES = {"new": _("New"), "working": _("Being worked on"), "converted": _("Converted"), "disqualified": _("Disqualified")}
LOOKS = {"new": ("bulb", "acc"), "working": ("progress", "amber"), "converted": ("circle-check", "green"), "disqualified": ("x", "red")}


class How(enum.StrEnum):
    """How the colleagues of a rule take turns."""

    turns = "turns"
    load = "load"


HOWS = {"turns": _("In turn"), "load": _("Who has the fewest open ones")}


class Lead(Owned, Model):
    """Who might become a customer."""

    __tablename__ = "sales_lead"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Company or person")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    contact: Mapped[t.Line | None] = mapped_column(info={"label": _("Contact")})
    title: Mapped[t.Line | None] = mapped_column(info={"label": _("Position")})
    phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Phone")})
    mobile: Mapped[t.Phone | None] = mapped_column(info={"label": _("Mobile")})
    email: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    website: Mapped[t.Url | None] = mapped_column(info={"label": _("Web site")})
    region_id: Mapped[t.Id | None] = t.Link("core.region", _("Region"))
    industry_id: Mapped[t.Id | None] = t.Link("core.industry", _("Industry"))
    size: Mapped[str | None] = t.Choice("core.size", info={"label": _("Size")})
    source: Mapped[str | None] = t.Choice("core.source", info={"label": _("Source")})
    interest: Mapped[t.Line | None] = mapped_column(info={"label": _("Interested in")})
    amount: Mapped[t.Money | None] = mapped_column(info={"label": _("Possible amount")})
    next_day: Mapped[t.Day | None] = mapped_column(info={"label": _("Next step on")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})
    # What follows: kept by the house.
    state: Mapped[State] = mapped_column(default=State.new, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    score: Mapped[int] = mapped_column(default=0, info={"label": _("Score"), "readonly": True})
    given_on: Mapped[t.Day | None] = mapped_column(info={"label": _("With its owner since"), "readonly": True})
    reason: Mapped[str | None] = t.Choice("sales.lead_reason", info={"label": _("Why not"), "readonly": True})
    customer_id: Mapped[t.Id | None] = t.Link("core.customer", _("Customer"), info={"readonly": True})
    made_contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact made of it"), info={"readonly": True})
    opportunity_id: Mapped[t.Id | None] = t.Link("sales.opportunity", _("Opportunity"), info={"readonly": True})
    converted_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Converted on"), "readonly": True})
    form_id: Mapped[t.Id | None] = t.Link("sales.lead_form", _("Came by the form"), info={"readonly": True})

    def __str__(self) -> str:
        return self.name


class LeadRule(Vocabulary, Model):
    """Who gets which leads: the first rule that fits gives a lead to one of its colleagues."""

    __tablename__ = "sales_lead_rule"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    position: Mapped[int] = mapped_column(default=0, info={"label": _("Place in the order"), "help": _("The first rule that fits a lead counts.")})
    region_id: Mapped[t.Id | None] = t.Link("core.region", _("Region"), info={"help": _("Empty: any. Places within it too.")})
    industry_id: Mapped[t.Id | None] = t.Link("core.industry", _("Industry"), info={"help": _("Empty: any. Those within it too.")})
    source: Mapped[str | None] = t.Choice("core.source", info={"label": _("Source"), "help": _("Empty: any.")})
    how: Mapped[How] = mapped_column(default=How.turns, info={"label": _("Its colleagues take them"), "labels": HOWS})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("In use")})
    last_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})  # whose turn it was

    def __str__(self) -> str:
        return self.name


class LeadReceiver(Vocabulary, Model):
    """A colleague who gets the leads of a rule: a line of its form."""

    __tablename__ = "sales_lead_receiver"
    rule_id: Mapped[t.Id] = t.Link("sales.lead_rule", _("Rule"))
    user_id: Mapped[t.Id] = t.Link("core.user", _("Colleague"))


class ScoreRule(Vocabulary, Model):
    """Points for a lead of which we know something."""

    __tablename__ = "sales_score_rule"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    fields: Mapped[list[str]] = t.Fields("sales.lead", info={"label": _("When these are filled in")})
    words: Mapped[t.Line | None] = mapped_column(info={"label": _("And say one of"), "help": _("Words with commas between them, such as 批发, 零售; empty: whatever it is.")})
    points: Mapped[int] = mapped_column(default=10, info={"label": _("Points"), "minimum": -100, "maximum": 100})

    def __str__(self) -> str:
        return self.name


class LeadForm(Vocabulary, Model):
    """A page on the open web where somebody asks us to get in touch."""

    __tablename__ = "sales_lead_form"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    heading: Mapped[t.Line] = mapped_column(info={"label": _("Heading")})
    words: Mapped[t.Note | None] = mapped_column(info={"label": _("Text above the form")})
    thanks: Mapped[t.Line | None] = mapped_column(info={"label": _("Thanks afterwards")})
    source: Mapped[str | None] = t.Choice("core.source", info={"label": _("Source of its leads")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("In use")})
    token: Mapped[str] = mapped_column(default=lambda: secrets.token_urlsafe(16), info={"kind": "internal"})

    def __str__(self) -> str:
        return self.name
