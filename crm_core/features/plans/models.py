"""Plans with their lines, and the journal."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf
from crm_core.kernel.i18n import _


class Span(enum.StrEnum):
    """How long a plan reaches."""

    year = "year"
    month = "month"
    week = "week"


class Stage(enum.StrEnum):
    """How far a plan is."""

    draft = "draft"
    submitted = "submitted"
    agreed = "agreed"
    summed_up = "summed_up"


SPANS = {"year": _("Year"), "month": _("Month"), "week": _("Week")}
STAGES = {"draft": _("Being drawn up"), "submitted": _("Submitted"), "agreed": _("Agreed"), "summed_up": _("Summed up")}
LOOKS = {"draft": ("pencil", ""), "submitted": ("send", "amber"), "agreed": ("circle-check", "green"), "summed_up": ("flag", "acc")}


class Plan(Owned, Model):
    """What somebody, or a department, means to do in a year, a month or a week."""

    __tablename__ = "core_plan"
    title: Mapped[t.Name] = mapped_column(info={"label": _("Plan")})
    span: Mapped[Span] = mapped_column(default=Span.month, info={"label": _("For a"), "labels": SPANS})
    begins: Mapped[dt.date] = mapped_column(info={"label": _("From"), "help": _("Any day of the year, month or week.")})
    ends: Mapped[dt.date] = mapped_column(info={"label": _("Until"), "readonly": True})
    everybody: Mapped[bool] = mapped_column(default=False, info={
        "label": _("Of the whole department"), "help": _("Counts what everybody in it and below has done, not its owner alone.")})
    above_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_plan.id", ondelete="RESTRICT"), index=True, info={"label": _("Part of the plan")})
    stage: Mapped[Stage] = mapped_column(default=Stage.draft, info={"label": _("State"), "labels": STAGES, "looks": LOOKS, "readonly": True})
    aim: Mapped[t.Note | None] = mapped_column(info={"label": _("What matters")})
    summary: Mapped[t.Note | None] = mapped_column(info={"label": _("Summary"), "readonly": True})
    remark: Mapped[t.Note | None] = mapped_column(info={"label": _("Supervisor's remark"), "readonly": True})
    remarked_by_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Remark by"), "readonly": True})

    def __str__(self) -> str:
        return self.title


class PlanLine(PartOf("plan"), Model):  # type: ignore[misc]
    """A figure of a plan."""

    __tablename__ = "core_plan_line"
    plan_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_plan.id", ondelete="RESTRICT"), index=True, info={"label": _("Plan")})
    metric: Mapped[str] = mapped_column(sa.String(80), info={"label": _("What is counted"), "kind": "metric"})
    # Which part of what is counted: a metric says by which of these it can be told apart (`Metric.within`).
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("Product category"))
    product_id: Mapped[t.Id | None] = t.Link("core.product", _("Or product"))
    what: Mapped[t.Line | None] = mapped_column(info={"label": _("In words")})
    target: Mapped[int] = mapped_column(sa.Integer(), info={"label": _("Plan"), "minimum": 1, "maximum": 1_000_000_000})
    # Of what is counted by oneself: how much so far. Of the others what it was when the plan was summed up.
    fact: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("So far (own count)"), "minimum": 0, "maximum": 1_000_000_000})

    def __str__(self) -> str:
        return self.what or self.metric


class Journal(Owned, Model):
    """What somebody says of a day, beside what the day's records say by themselves."""

    __tablename__ = "core_journal"
    day: Mapped[dt.date] = mapped_column(info={"label": _("Day")})
    text: Mapped[t.Note | None] = mapped_column(info={"label": _("In own words")})
    remark: Mapped[t.Note | None] = mapped_column(info={"label": _("Supervisor's remark"), "readonly": True})
    remarked_by_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Remark by"), "readonly": True})
    read_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"label": _("Read by the supervisor"), "readonly": True})

    __table_args__ = (
        sa.Index("uq_core_journal_day", "owner_id", "day", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),
        sa.Index("ix_core_journal_unread", "owner_id", "id", sqlite_where=sa.text("read_at IS NULL AND deleted_at IS NULL"),
                 postgresql_where=sa.text("read_at IS NULL AND deleted_at IS NULL")),
    )

    def __str__(self) -> str:
        return self.day.isoformat()
