"""Approvals: what is asked, for whom it waits, what each said; and the review state of records.

An approval keeps its steps as they were when it was asked, so a changed flow leaves it alone. A step waits for one, any or
all of its places; a place is whoever may do a verb on the record, has a role, is a person, or heads a department.
"""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed
from crm_core.kernel.i18n import _


class State(enum.StrEnum):
    """How far the review of a record is; empty: it never had to be reviewed."""

    first = "first"
    second = "second"
    back = "back"
    done = "done"


LABELS = {"first": _("Waits for first review"), "second": _("Waits for second review"), "back": _("Sent back"), "done": _("Reviewed")}
LOOKS = {"first": ("hourglass-low", "amber"), "second": ("hourglass-low", "amber"), "back": ("arrow-back-up", "red"), "done": ("rubber-stamp", "green")}
RUNNING = "kind = 'flow' AND state IN ('open', 'returned')"
WAITING = ("first", "second", "back")  # seen by author and reviewers alone


def _reviewer(label: Any) -> Any:
    return mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": label, "readonly": True})


class Reviewed:
    """Mixin of records that may have to be reviewed before others find them: `class Card(Reviewed, Owned, Model)` is all an author
    writes. Whether they have to be is a setting of the house."""

    review: Mapped[State | None] = mapped_column(info={"label": _("Review"), "labels": LABELS, "looks": LOOKS, "readonly": True})
    first_reviewer_id: Mapped[t.Id | None] = _reviewer(_("First review by"))
    second_reviewer_id: Mapped[t.Id | None] = _reviewer(_("Second review by"))
    reviewed_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "stamp", "label": _("Reviewed on")})

    @staticmethod
    def __declares__(resource: Any) -> None:
        """What a resource of such records has besides: the filters, and an index for the few that wait."""
        from crm_core.features.approvals.proposals import ProposedField

        resource.filters = (*resource.filters, *(n for n in ("review", "proposed") if n not in resource.filters))
        resource.virtual = (*resource.virtual, ProposedField(name="proposed", label=_("Proposed"), about=resource.name))
        table = resource.model.__table__
        name = f"ix_{table.name}_review"
        if name not in {index.name for index in table.indexes}:
            where = sa.and_(table.c.deleted_at.is_(None), table.c.review.is_not(None))
            sa.Index(name, table.c.review, table.c.id, sqlite_where=where, postgresql_where=where)


class Flow(Keyed, Model):
    """A flow of approval, drawn by an administrator: what of which records needs it, and its steps. `draft` is being drawn, `live`
    holds for what is asked from now on; both have `when` (conditions, or None) and `steps`. What runs keeps a copy."""

    __tablename__ = "core_flow"
    name: Mapped[str] = mapped_column(sa.String(200))
    subject: Mapped[str] = mapped_column(sa.String(80))  # the name of a resource
    transition: Mapped[str] = mapped_column(sa.String(80))  # submit, create, update, delete, do:NAME (flows.py)
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    live: Mapped[dict[str, Any] | None]
    edition: Mapped[int] = mapped_column(default=0)  # how often it was published
    switched_on: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    published_by_id: Mapped[t.Id | None]
    __table_args__ = (sa.Index("ix_core_flow_subject", "subject", "id"),)


class Approval(Keyed, Model):
    """One thing asked about a record: to enter the shared index, to be changed, to be deleted, to go on in a flow."""

    __tablename__ = "core_approval"
    kind: Mapped[str] = mapped_column(sa.String(20))  # review, change, delete; a flow's own
    flow_id: Mapped[t.Id | None]
    edition: Mapped[int | None]  # of the flow, as it was when it was asked
    title: Mapped[str | None] = mapped_column(sa.String(200))  # of a flow: its name then
    transition: Mapped[str | None] = mapped_column(sa.String(80))  # of a flow: what is done when all have agreed
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    state: Mapped[str] = mapped_column(sa.String(10), default="open")  # open, agreed, back, withdrawn; of a flow also returned (to its author, who goes on or withdraws), refused
    step: Mapped[int] = mapped_column(default=1)
    steps: Mapped[list[Any]] = mapped_column(default=list)  # as they were when it was asked
    proposal: Mapped[dict[str, Any] | None]  # of a change: {"fields": {name: [old, new]}}; of an act what it was given
    reason: Mapped[str | None] = mapped_column(sa.Text())
    asked_by_id: Mapped[t.Id | None]
    asked_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    ended_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    # Of proposals: the acts in which it was made and in which it ended, so that undo finds it.
    asked_change_id: Mapped[t.Id | None]
    ended_change_id: Mapped[t.Id | None]
    __table_args__ = (
        sa.Index("uq_core_approval_flow", "subject", "subject_id", unique=True, sqlite_where=sa.text(RUNNING), postgresql_where=sa.text(RUNNING)),
        sa.Index("ix_core_approval_asked_by_id", "asked_by_id", "id"),
        sa.Index("ix_core_approval_subject", "subject", "subject_id", "id"),
        sa.Index("ix_core_approval_asked_change_id", "asked_change_id",
                 sqlite_where=sa.text("asked_change_id IS NOT NULL"), postgresql_where=sa.text("asked_change_id IS NOT NULL")),
        sa.Index("ix_core_approval_ended_change_id", "ended_change_id",
                 sqlite_where=sa.text("ended_change_id IS NOT NULL"), postgresql_where=sa.text("ended_change_id IS NOT NULL")),
        sa.Index("ix_core_approval_open", "kind", "id", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")),
    )


class Place(Keyed, Model):
    """Somebody who is asked by a step of a flow that has been reached."""

    __tablename__ = "core_approval_place"
    approval_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_approval.id", ondelete="RESTRICT"), index=True)
    step: Mapped[int]
    user_id: Mapped[t.Id]
    state: Mapped[str] = mapped_column(sa.String(10), default="open")  # open, agreed, refused, handed (to another), over (others decided)
    due: Mapped[dt.date | None]
    chased_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime())
    __table_args__ = (
        sa.Index("ix_core_approval_place_open", "user_id", "id", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")),
    )


class Vote(Keyed, Model):
    """What one person said to one step, perhaps for somebody who was away. Append-only."""

    __tablename__ = "core_approval_vote"
    approval_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_approval.id", ondelete="RESTRICT"))
    step: Mapped[int]
    by_id: Mapped[t.Id | None]
    for_id: Mapped[t.Id | None]
    to_id: Mapped[t.Id | None]  # to whom it was handed on, or who was asked besides
    verdict: Mapped[str] = mapped_column(sa.String(10))  # agree, back; of a flow also those of running.SAID
    opinion: Mapped[str | None] = mapped_column(sa.Text())
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    __table_args__ = (sa.Index("ix_core_approval_vote_of", "approval_id", "id"),)
