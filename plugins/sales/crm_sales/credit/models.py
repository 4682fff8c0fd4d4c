"""What a customer may owe, and the orders that were stopped for it."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, PartOf, t
from crm_sales import _


class Grade(enum.StrEnum):
    """How well a customer pays."""

    a = "a"
    b = "b"
    c = "c"
    d = "d"
    e = "e"


GRADES = {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}
LOOKS = {"a": ("circle-check", "green"), "b": ("circle-check", "green"), "c": ("progress", "amber"), "d": ("alert-triangle", "amber"), "e": ("ban", "red")}


class Credit(PartOf("core.customer"), Model):
    """Grade, limit and term of a customer as they were set, and as they are proposed from how he paid (services.propose)."""

    __tablename__ = "sales_credit"
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    grade: Mapped[Grade | None] = mapped_column(info={"label": _("Grade"), "labels": GRADES, "looks": LOOKS})
    limit: Mapped[t.Money | None] = mapped_column(info={"label": _("Limit"), "help": _("In the house's currency. Left out: none.")})
    days: Mapped[int | None] = mapped_column(info={"label": _("Days to pay")})
    why: Mapped[t.Line | None] = mapped_column(info={"label": _("Reason"), "help": _("Empty: as it was proposed.")})
    set_by_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Set by")})
    set_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Set on")})
    proposed: Mapped[Grade | None] = mapped_column(info={"label": _("Proposed grade"), "labels": GRADES, "looks": LOOKS})
    proposed_limit: Mapped[t.Money | None] = mapped_column(info={"label": _("Proposed limit")})
    proposed_days: Mapped[int | None] = mapped_column(info={"label": _("Proposed days to pay")})
    proposed_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Proposed on")})
    late: Mapped[int | None] = mapped_column(info={"label": _("Days late, weighted"), "help": _("Days late of each invoice of 24 months, weighted by its amount.")})
    turnover: Mapped[t.Money | None] = mapped_column(info={"label": _("Invoiced in 24 months")})
    invoices: Mapped[int | None] = mapped_column(info={"label": _("Invoices in 24 months")})
    __table_args__ = (sa.UniqueConstraint("customer_id"),)

    def __str__(self) -> str:
        return (self.grade or "").upper()


class Outcome(enum.StrEnum):
    """What became of an order that was stopped."""

    waiting = "waiting"
    released = "released"
    ended = "ended"


OUTCOMES = {"waiting": _("Waiting"), "released": _("Released"), "ended": _("Ended")}
OUTCOME_LOOKS = {"waiting": ("clock", "amber"), "released": ("circle-check", "green"), "ended": ("x", "")}


WAITS = sa.text("outcome = 'waiting' AND deleted_at IS NULL")


class Stop(PartOf("order"), Model):
    """An order that was stopped, or confirmed in spite of a warning, with the figures of that day."""

    __tablename__ = "sales_stop"
    order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))
    words: Mapped[str] = mapped_column(sa.Text(), info={"label": _("Why"), "kind": "kept_words"})
    owed: Mapped[t.Money] = mapped_column(info={"label": _("Owed and ordered")})
    limit: Mapped[t.Money | None] = mapped_column(info={"label": _("Limit")})
    overdue: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Overdue")})
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.waiting, info={"label": _("State"), "labels": OUTCOMES, "looks": OUTCOME_LOOKS})
    day: Mapped[dt.date] = mapped_column(info={"label": _("Day")})
    said: Mapped[t.Line | None] = mapped_column(info={"label": _("Reason given")})
    decided_by_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Decided by")})
    decided_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Decided on")})

    __table_args__ = (sa.Index("ix_sales_stop_waiting", "order_id", sqlite_where=WAITS, postgresql_where=WAITS),)
