"""What hangs on a customer besides contacts and notes: needs, products, profile, relations, former posts, blacklistings."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import PartOf, Vocabulary
from crm_core.features.customers.models import Contact, Customer, Severity
from crm_core.kernel.i18n import _


class _OfCustomer:
    """The link to the customer."""

    customer_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer")}
    )


class Need(_OfCustomer, PartOf("customer"), Model):  # type: ignore[misc]
    """What a customer wants of us, from a day to a day; afterwards it is history."""

    __tablename__ = "core_need"
    kind: Mapped[str] = t.Choice("core.need", info={"label": _("Need")})
    wanted: Mapped[t.Line | None] = mapped_column(info={"label": _("What is wanted")})
    valid_from: Mapped[dt.date] = mapped_column(info={"label": _("From")})
    valid_until: Mapped[dt.date | None] = mapped_column(info={"label": _("Until")})
    __table_args__ = (sa.Index("ix_core_need_kind", "kind", "valid_until", "customer_id"),)


class Offering(_OfCustomer, PartOf("customer"), Model):  # type: ignore[misc]
    """A product or service of a customer."""

    __tablename__ = "core_offering"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    category: Mapped[str | None] = t.Choice("core.offering_category", info={"label": _("Category")})
    quote: Mapped[t.Money | None] = mapped_column(info={"label": _("Quote")})
    outline: Mapped[t.Note | None] = mapped_column(info={"label": _("Outline")})
    chance: Mapped[t.Note | None] = mapped_column(info={"label": _("Business chance")})

    def __str__(self) -> str:
        return self.name


class ProfileEntry(_OfCustomer, PartOf("customer"), Model):  # type: ignore[misc]
    """A finding about a customer, dated and with its source."""

    __tablename__ = "core_profile_entry"
    topic: Mapped[str] = t.Choice("core.profile_topic", info={"label": _("Topic")})
    text: Mapped[t.Note] = mapped_column(info={"label": _("Finding")})
    as_of: Mapped[dt.date] = mapped_column(info={"label": _("As of")})
    source: Mapped[t.Line] = mapped_column(info={"label": _("Source")})


class Relation(_OfCustomer, PartOf("customer"), Model):  # type: ignore[misc]
    """What another firm is to this one; read from both sides (relations.py)."""

    __tablename__ = "core_relation"
    kind: Mapped[str] = t.Choice("core.relation", info={"label": _("Is to it")})
    other_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Other customer")}
    )
    other: Mapped[Customer] = relationship(foreign_keys=[other_id])
    note: Mapped[t.Line | None] = mapped_column(info={"label": _("Remark")})


class Post(_OfCustomer, PartOf("customer"), Model):  # type: ignore[misc]
    """Where somebody was before: kept when a contact changes firm (moving.py)."""

    __tablename__ = "core_post"
    contact_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_contact.id", ondelete="RESTRICT"), index=True, info={"label": _("Contact")}
    )
    contact: Mapped[Contact] = relationship()
    position_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_position.id", ondelete="RESTRICT"), info={"label": _("Position")}
    )
    started_on: Mapped[dt.date | None] = mapped_column(info={"label": _("From")})
    ended_on: Mapped[dt.date] = mapped_column(info={"label": _("Until")})


class Blacklisting(_OfCustomer, PartOf("customer"), Model):  # type: ignore[misc]
    """Why a customer is or was on the blacklist, on whose word."""

    __tablename__ = "core_blacklisting"
    severity: Mapped[Severity] = mapped_column(info={"label": _("Effect"), "labels": {"warn": _("Warns"), "refuse": _("Refuses")}})
    reason: Mapped[t.Note] = mapped_column(info={"label": _("Reason")})
    evidence: Mapped[t.Note | None] = mapped_column(info={"label": _("Evidence")})
    until: Mapped[dt.date | None] = mapped_column(info={"label": _("Until")})
    ended_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Taken off on")})
    ended_why: Mapped[t.Line | None] = mapped_column(info={"label": _("Why taken off")})
    kind_before: Mapped[str | None] = mapped_column(sa.String(40), info={"kind": "internal"})  # the customer kind to go back to


class CompletenessRule(Vocabulary, Model):
    """How much a filled field is worth, for one standing or for all of them."""

    __tablename__ = "core_completeness_rule"
    standing: Mapped[str | None] = t.Choice("core.standing", info={"label": _("Standing"), "help": _("empty: of every standing")})
    field: Mapped[str] = mapped_column(sa.String(60), info={"label": _("Field"), "kind": "customer_field"})
    points: Mapped[int] = mapped_column(sa.Integer(), default=1, info={"label": _("Points"), "minimum": 1, "maximum": 100})
