"""Rules and their runs: what a rule does, and what became of it for each record."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed
from crm_core.kernel.i18n import _

_WAITS = "state = 'waiting'"
STATES = {
    "waiting": (_("Under way"), "clock", ""), "done": (_("Done"), "circle-check", "green"), "failed": (_("Failed"), "alert-triangle", "red"),
    "cut": (_("Cut off"), "alert-triangle", "amber"), "stopped": (_("Stopped"), "player-pause-f", ""), "out": (_("Held out"), "circle-dashed", ""),
}


class Rule(Keyed, Model):
    """When – if – then. It acts as its owner: whoever saved it last."""

    __tablename__ = "core_rule"
    name: Mapped[str] = mapped_column(sa.String(200))
    resource: Mapped[str] = mapped_column(sa.String(80))  # of the records it is about
    trigger: Mapped[str] = mapped_column(sa.String(80))
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of the trigger: field → text
    only: Mapped[dict[str, Any] | None]  # the tree of conditions (resource/conditions.py)
    steps: Mapped[list[Any]] = mapped_column(default=list)  # steps.py says how they look
    playbook: Mapped[bool] = mapped_column(default=False)  # one run a record at a time, which ends when the record leaves what began it
    held_out: Mapped[int] = mapped_column(default=0)  # percent of records for which a playbook does nothing, to compare with
    owner_id: Mapped[t.Id] = mapped_column(index=True)
    active: Mapped[bool] = mapped_column(default=False)
    faults: Mapped[int] = mapped_column(default=0)  # in a row
    why_off: Mapped[dict[str, Any] | None]  # kernel/words.py
    told_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())  # when its owner was last told of a loop
    looked_on: Mapped[dt.date | None] = mapped_column(sa.Date())  # up to which day it was looked what is due
    looking_on: Mapped[dt.date | None] = mapped_column(sa.Date())  # the day that is looked at now, in portions
    looked_id: Mapped[int] = mapped_column(sa.BigInteger(), default=0)  # how far: up to which record
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())


class Run(Keyed, Model):
    """A rule at work on one record: how far it is, what it has done, which run caused it. The same occasion is one run."""

    __tablename__ = "core_rule_run"
    rule_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_rule.id", ondelete="RESTRICT"))
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    occasion: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    due_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    place: Mapped[int] = mapped_column(default=0)  # the next of its steps
    reached: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())  # since when it waits there for something to hold
    steps: Mapped[list[Any] | None]  # as they were when it first waited
    change_id: Mapped[t.Id | None]  # the act that began it
    cause_id: Mapped[t.Id | None]  # the run that did that act
    depth: Mapped[int] = mapped_column(default=0)
    log: Mapped[list[Any]] = mapped_column(default=list)  # what was done: kernel/words.py
    ended_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())

    __table_args__ = (
        sa.Index("uq_core_rule_run_occasion", "rule_id", "subject_id", "occasion", unique=True),
        sa.Index("ix_core_rule_run_due", "due_at", "id", sqlite_where=sa.text(_WAITS), postgresql_where=sa.text(_WAITS)),
        sa.Index("ix_core_rule_run_subject", "subject", "subject_id", "id"),
        sa.Index("ix_core_rule_run_rule", "rule_id", "id"),
    )


class GivenOffer(Keyed, Model):
    """What a rule has offered to whom: nobody is offered the same thing twice."""

    __tablename__ = "core_rule_offer"
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    offer: Mapped[str] = mapped_column(sa.String(160))  # its key, as its package calls it
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())

    __table_args__ = (sa.Index("uq_core_rule_offer_once", "subject", "subject_id", "offer", unique=True),)


class Thousandths(sa.TypeDecorator[float]):
    """A number kept as whole thousandths: what is compared is exact."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: float | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else round(value * 1_000)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> float | None:
        return None if value is None else value / 1_000


class Alarm(Keyed, Model):
    """A threshold on a number of a report: who is told when it is crossed, and on which side it was last."""

    __tablename__ = "core_alarm"
    name: Mapped[str] = mapped_column(sa.String(200))
    report: Mapped[str] = mapped_column(sa.String(120))  # of a report or a card
    line: Mapped[str | None] = mapped_column(sa.String(200))  # what of the answer, as its filter or label says it; empty: all lines together
    said: Mapped[str | None] = mapped_column(sa.String(255))  # how that line is called
    number: Mapped[int] = mapped_column(default=0)  # which of its numbers
    kind: Mapped[str] = mapped_column(sa.String(10), default="")  # what it is counted in (alarms.kind_of)
    above: Mapped[bool] = mapped_column(default=True)  # it rises to the limit, or falls to it
    limit: Mapped[float] = mapped_column(Thousandths())
    back: Mapped[float | None] = mapped_column(Thousandths())  # only past this it has gone back, and can cross again; empty: past the limit
    receivers: Mapped[list[Any]] = mapped_column(default=list)  # people
    owner_id: Mapped[t.Id] = mapped_column(index=True)
    active: Mapped[bool] = mapped_column(default=True)
    crossed: Mapped[bool] = mapped_column(default=False)
    value: Mapped[float | None] = mapped_column(Thousandths())
    looked_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    crossed_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    fault: Mapped[dict[str, Any] | None]  # why it could not be asked: kernel/words.py
