"""What was reckoned of each customer, how his stage moved, and what is proposed of him."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, PartOf
from crm_core.kernel.i18n import _


class Stage(enum.StrEnum):
    """Where a customer is in his life with us."""

    trial = "trial"
    growing = "growing"
    stable = "stable"
    declining = "declining"


class Why(enum.StrEnum):
    """The rule by which he is there."""

    silent = "silent"
    less = "less"
    rarer = "rarer"
    few = "few"
    new = "new"
    small = "small"
    rising = "rising"
    steady = "steady"


class Churn(enum.StrEnum):
    """What is unusual."""

    silent = "silent"
    smaller = "smaller"


class ValueClass(enum.StrEnum):
    """What he seeks with us."""

    intrinsic = "intrinsic"
    extrinsic = "extrinsic"
    strategic = "strategic"


class Care(enum.StrEnum):
    """What care he needs."""

    valued = "valued"
    changing = "changing"
    troubled = "troubled"


class About(enum.StrEnum):
    """What a proposal is about."""

    care = "care"
    key = "key"
    value = "value"


class Answer(enum.StrEnum):
    """What became of a proposal. `past`: what it went by is no longer so."""

    open = "open"
    accepted = "accepted"
    declined = "declined"
    past = "past"


STAGES = {"trial": _("Trial"), "growing": _("Growing"), "stable": _("Stable"), "declining": _("Declining")}
STAGE_LOOKS = {"trial": ("clock", ""), "growing": ("trending-up", "acc"), "stable": ("circle-check", "green"), "declining": ("arrow-down", "red")}
CHURNS = {"silent": _("Unusually silent"), "smaller": _("Buys for less")}
CHURN_LOOKS = {"silent": ("alarm", "amber"), "smaller": ("arrow-down", "amber")}
CLASSES = {"intrinsic": _("Price seeker"), "extrinsic": _("Advice seeker"), "strategic": _("Strategic account")}
CLASS_LOOKS = {"intrinsic": ("receipt", ""), "extrinsic": ("message", "acc"), "strategic": ("heart-handshake", "green")}
CARES = {"valued": _("Valued"), "changing": _("Changing"), "troubled": _("Troubled")}
CARE_LOOKS = {"valued": ("star", "green"), "changing": ("target", "acc"), "troubled": ("alert-triangle", "red")}
ABOUTS = {"care": _("Care"), "key": _("Key customer"), "value": _("Value class")}
ANSWERS = {"open": _("To be decided"), "accepted": _("Accepted"), "declined": _("Declined"), "past": _("No longer so")}
ANSWER_LOOKS = {"open": ("clock", "amber"), "accepted": ("circle-check", "green"), "declined": ("x", ""), "past": ("history", "")}
_CUSTOMER: dict[str, Any] = {"label": _("Customer"), "readonly": True}


def _link() -> Any:
    return mapped_column(sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), info=_CUSTOMER)


def _told(label: Any, help: Any = "", **more: Any) -> Any:
    return mapped_column(info={"label": label, "help": help, "readonly": True, **more})


class CustomerValue(PartOf("customer"), Model):  # type: ignore[misc]
    """What was reckoned of a customer who has dealt with us; a row each."""

    __tablename__ = "core_customer_value"
    customer_id: Mapped[t.Id] = _link()
    stage: Mapped[Stage] = _told(_("Stage"), labels=STAGES, looks=STAGE_LOOKS)
    since: Mapped[t.Day] = _told(_("Stage since"))
    rule_stage: Mapped[Stage] = _told(_("Stage by the rules"), labels=STAGES, looks=STAGE_LOOKS)
    why: Mapped[Why] = mapped_column(info={"kind": "internal"})
    by_hand: Mapped[bool] = mapped_column(default=False, info={"label": _("Stage set by hand"), "readonly": True})
    hand_until: Mapped[t.Day | None] = _told(_("By hand until"))
    hand_why: Mapped[t.Line | None] = _told(_("Why by hand"))
    churn: Mapped[Churn | None] = _told(_("Warning"), labels=CHURNS, looks=CHURN_LOOKS)
    churn_since: Mapped[t.Day | None] = _told(_("Warned since"))
    falls_on: Mapped[t.Day | None] = _told(_("Would decline on"))
    rfm: Mapped[str | None] = mapped_column(sa.String(3), info={"label": _("RFM"), "readonly": True, "help": _("Recency, frequency and money, each from 1 to 5: 5 is the best fifth of all customers.")})
    last_on: Mapped[t.Day] = _told(_("Last dealing"))
    first_on: Mapped[t.Day] = _told(_("First dealing"))
    deals: Mapped[int] = mapped_column(sa.Integer(), info={"label": _("Days of dealings"), "readonly": True})
    usual: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Usual interval, days"), "readonly": True})
    year: Mapped[t.Money] = _told(_("Turnover, 12 months"))
    year_before: Mapped[t.Money | None] = _told(_("Turnover, the 12 months before"))
    total: Mapped[t.Money] = _told(_("Turnover in all"))
    average: Mapped[t.Money] = _told(_("Average of a dealing"))
    goods: Mapped[t.Money | None] = _told(_("Cost of goods"), _("Of what he had in 12 months, as far as the cost is known."), sensitive=True)
    commission: Mapped[t.Money | None] = _told(_("Commission"), _("Of 12 months. Empty: no module tells it."), sensitive=True)
    service: Mapped[t.Money | None] = _told(_("Service time"), _("Of 12 months. Empty: no module tells it."), sensitive=True)
    favours: Mapped[t.Money | None] = _told(_("Favours"), _("Of 12 months. Empty: no module tells it."), sensitive=True)
    debt: Mapped[t.Money | None] = _told(_("Bad debt"), _("Of 12 months. Empty: no module tells it."), sensitive=True)
    profit: Mapped[t.Money | None] = _told(_("Profit contribution, 12 months"), sensitive=True)
    alive: Mapped[t.Percent | None] = _told(_("Still a customer, %"))
    expected: Mapped[t.Quantity | None] = _told(_("Dealings expected in 12 months"))
    spends: Mapped[t.Money | None] = _told(_("Spends each time"))
    lifetime: Mapped[t.Money | None] = _told(_("Value in the years to come"))
    value_class: Mapped[ValueClass | None] = _told(_("Value class"), labels=CLASSES, looks=CLASS_LOOKS)
    care: Mapped[Care | None] = _told(_("Care"), labels=CARES, looks=CARE_LOOKS)
    signs: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Signs of trouble"), "readonly": True})
    troubles: Mapped[dict[str, Any]] = mapped_column(t.JsonType, default=dict, info={"kind": "internal"})  # sign (registry.troubles) → figures

    __table_args__ = (
        sa.Index("uq_core_customer_value_customer", "customer_id", unique=True),
        sa.Index("ix_core_customer_value_lifetime", "lifetime", "id"),
        sa.Index("ix_core_customer_value_year", "year", "id"),
        sa.Index("ix_core_customer_value_stage", "stage", "id"),
    )

    def __str__(self) -> str:
        return str(STAGES[str(self.stage)])


class StageMove(PartOf("customer"), Model):  # type: ignore[misc]
    """A customer went from one stage to another."""

    __tablename__ = "core_stage_move"
    customer_id: Mapped[t.Id] = _link()
    before: Mapped[Stage | None] = _told(_("From"), labels=STAGES, looks=STAGE_LOOKS)
    stage: Mapped[Stage] = _told(_("To"), labels=STAGES, looks=STAGE_LOOKS)
    day: Mapped[t.Day] = _told(_("Day"))
    month: Mapped[str] = mapped_column(sa.String(7), info={"label": _("Month"), "readonly": True})
    by_hand: Mapped[bool] = mapped_column(default=False, info={"label": _("Set by hand"), "readonly": True})
    why: Mapped[Why | None] = mapped_column(info={"kind": "internal"})
    reason: Mapped[t.Line | None] = _told(_("Reason by hand"))

    __table_args__ = (sa.Index("ix_core_stage_move_customer", "customer_id", "day", "id"),)

    def __str__(self) -> str:
        return str(STAGES[str(self.stage)])


class ValueProposal(PartOf("customer"), Model):  # type: ignore[misc]
    """Something the figures propose of a customer, which waits for a decision."""

    __tablename__ = "core_value_proposal"
    customer_id: Mapped[t.Id] = _link()
    about: Mapped[About] = _told(_("About"), labels=ABOUTS)
    care: Mapped[Care | None] = _told(_("Care"), labels=CARES, looks=CARE_LOOKS)
    value_class: Mapped[ValueClass | None] = _told(_("Value class"), labels=CLASSES, looks=CLASS_LOOKS)
    figures: Mapped[dict[str, Any]] = mapped_column(t.JsonType, default=dict, info={"kind": "internal"})  # what it went by
    year: Mapped[t.Money] = _told(_("Turnover, 12 months"))
    answer: Mapped[Answer] = mapped_column(default=Answer.open, info={"label": _("State"), "labels": ANSWERS, "looks": ANSWER_LOOKS, "readonly": True})
    made_on: Mapped[t.Day] = _told(_("Proposed on"))
    answered_on: Mapped[t.Day | None] = _told(_("Decided on"))
    answered_by_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Decided by"), "readonly": True})
    answer_why: Mapped[t.Line | None] = _told(_("Why decided so"))

    __table_args__ = (
        sa.Index("ix_core_value_proposal_customer", "customer_id", "about", "id"),
        sa.Index("uq_core_value_proposal_open", "customer_id", "about", unique=True, sqlite_where=sa.text("answer = 'open' AND deleted_at IS NULL"),
                 postgresql_where=sa.text("answer = 'open' AND deleted_at IS NULL")),
    )

    def __str__(self) -> str:
        return str(ABOUTS[str(self.about)])


class ValueModel(Keyed, Model):
    """What was found of the house as a whole, by which each customer is reckoned; the newest holds."""

    __tablename__ = "core_value_model"
    day: Mapped[dt.date]
    figures: Mapped[dict[str, Any]] = mapped_column(t.JsonType)
