"""Public pools with their rules, who may claim from them, and what became of each customer."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, Vocabulary
from crm_core.kernel.i18n import _


def _days(label: Any, help: Any = "", default: int | None = None) -> Any:
    return mapped_column(sa.Integer(), default=default, info={"label": label, "help": help, "minimum": 0, "maximum": 3_650})


def _count(label: Any, help: Any = "", default: int | None = None) -> Any:
    return mapped_column(sa.Integer(), default=default, info={"label": label, "help": help, "minimum": 0, "maximum": 100_000})


class Pool(Vocabulary, Model):
    """A public pool: its customers have no owner, and its rules hold for those who took one from it."""

    __tablename__ = "core_pool"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    department_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_department.id", ondelete="RESTRICT"),
        info={"label": _("Department"), "help": _("Its new customers belong to this pool, and its people may claim. Empty: the whole house.")},
    )
    hold_limit: Mapped[int | None] = _count(_("Customers each may hold"), _("Empty: any number."))
    claim_limit: Mapped[int | None] = _count(_("Claims a day"), _("By one person; empty: any number."))
    return_after: Mapped[int | None] = _days(_("Returns without follow-up after (days)"), _(
        "A note, call, visit, sent mail, meeting or order by who holds the customer counts; looking does not. Empty: never."))
    deal_after: Mapped[int | None] = _days(_("Returns without deal after (days)"), _("Empty: never."))
    warn_before: Mapped[int] = _days(_("Warn so many days before"), default=3)
    cool_down: Mapped[int] = _days(_("Last holder waits (days)"), _("Before he may claim the same customer again."), default=0)
    protect_limit: Mapped[int] = _count(_("Customers each may protect"), _("Protected customers do not return by themselves."), default=0)
    protect_days: Mapped[int] = _days(_("Protected for at most (days)"), default=90)
    share_days: Mapped[int] = _days(_("Shared for (days)"), _("When nobody says another day, and when somebody agrees to be asked for a customer."), default=30)
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    __table_args__ = (sa.Index("ix_core_pool_department", "department_id"),)

    def __str__(self) -> str:
        return self.name


class PoolMember(Vocabulary, Model):
    """A department or colleague who may claim from a pool, or manages it: a line of the pool's form."""

    __tablename__ = "core_pool_member"
    pool_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_pool.id", ondelete="RESTRICT"), index=True)
    department_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_department.id", ondelete="RESTRICT"), info={"label": _("Department")})
    user_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Colleague")})
    manages: Mapped[bool] = mapped_column(default=False, info={"label": _("Manages the pool")})


class Holding(Keyed, Model):
    """A customer changed hands: from whom to whom, when, by whom, why. Append-only; read after the customer has been read."""

    __tablename__ = "core_holding"
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    kind: Mapped[str] = mapped_column(sa.String(40))  # of the act: claim, hand_over, assign, return, expired, undo …
    before_id: Mapped[t.Id | None]
    after_id: Mapped[t.Id | None]
    pool_id: Mapped[t.Id | None]
    by_id: Mapped[t.Id | None]  # None: the rule of the pool
    why: Mapped[str | None] = mapped_column(sa.Text())
    __table_args__ = (
        sa.Index("ix_core_holding_subject", "subject", "subject_id", "id"),
        sa.Index("ix_core_holding_claims", "after_id", "kind", "at"),
    )
