"""Customers, their addresses and contacts, and the words of place and trade they are described with."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed, Owned, PartOf, Vocabulary
from crm_core.kernel.i18n import _
from crm_core.text import companies, phones

LIVE: dict[str, Any] = {"sqlite_where": sa.text("deleted_at IS NULL"), "postgresql_where": sa.text("deleted_at IS NULL")}


class Kind(enum.StrEnum):
    """A company or a person; forms and checks branch on it."""

    company = "company"
    person = "person"


class Region(Vocabulary, Model):
    """Province, city or district, in a tree, with the codes the state gives them."""

    __tablename__ = "core_region"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    parent_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_region.id", ondelete="RESTRICT"), index=True, info={"label": _("Part of")}
    )
    full_name: Mapped[str] = mapped_column(sa.String(300), default="", info={"label": _("Whole name"), "readonly": True})
    full_english: Mapped[str] = mapped_column(sa.String(300), default="", info={"label": _("Whole name in English"), "readonly": True})
    dialling_code: Mapped[t.Code | None] = mapped_column(info={"label": _("Dialling code")})
    postcode: Mapped[t.Code | None] = mapped_column(info={"label": _("Postcode")})
    __table_args__ = (sa.Index("uq_core_region_code", "code", unique=True, **LIVE),)

    def __str__(self) -> str:
        return self.name


class Industry(Vocabulary, Model):
    """Industries and sub-industries."""

    __tablename__ = "core_industry"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    parent_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_industry.id", ondelete="RESTRICT"), index=True, info={"label": _("Part of")}
    )
    __table_args__ = (sa.Index("uq_core_industry_code", "code", unique=True, **LIVE),)

    def __str__(self) -> str:
        return self.name


class Position(Vocabulary, Model):
    """Positions contacts hold."""

    __tablename__ = "core_position"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})

    def __str__(self) -> str:
        return self.name


class Tag(Vocabulary, Model):
    """A word people put on records."""

    __tablename__ = "core_tag"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    __table_args__ = (sa.Index("uq_core_tag_name", "name", unique=True, **LIVE),)

    def __str__(self) -> str:
        return self.name


class Tagged(Keyed, Model):
    """A tag on a record."""

    __tablename__ = "core_tagged"
    tag_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_tag.id", ondelete="RESTRICT"))
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    __table_args__ = (
        sa.UniqueConstraint("subject", "subject_id", "tag_id"),
        sa.Index("ix_core_tagged_tag", "tag_id", "subject", "subject_id"),
    )


class Customer(Owned, Model):
    """A company or person we deal with or want to."""

    __tablename__ = "core_customer"
    kind: Mapped[Kind] = mapped_column(
        default=Kind.company,
        info={"label": _("Kind"), "labels": {"company": _("Company"), "person": _("Person")}},
    )
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name"), "help": _("as on the business licence")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    # Name without legal form and place, folded: equal keys are a reason to look twice (text/names.py).
    match_key: Mapped[str] = t.derived("name", companies.match_key, 200, default="")
    code: Mapped[str | None] = t.Number("KH-{n:06}", info={"label": _("Code")})
    standing: Mapped[str] = t.Choice("core.standing", default="potential", info={"label": _("Standing")})
    customer_kind: Mapped[str | None] = t.Choice("core.customer_kind", info={"label": _("Customer kind")})
    ownership: Mapped[str | None] = t.Choice("core.ownership", info={"label": _("Ownership")})
    business_kind: Mapped[str | None] = t.Choice("core.business_kind", info={"label": _("Business kind")})
    size: Mapped[str | None] = t.Choice("core.size", info={"label": _("Size")})
    source: Mapped[str | None] = t.Choice("core.source", info={"label": _("Source")})
    industry_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_industry.id", ondelete="RESTRICT"), info={"label": _("Industry")}
    )
    region_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_region.id", ondelete="RESTRICT"), info={"label": _("Region")}
    )
    postcode: Mapped[t.Code | None] = mapped_column(sa.String(20), info={"label": _("Postcode")})
    phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Phone")})
    mobile: Mapped[t.Phone | None] = mapped_column(info={"label": _("Mobile")})
    fax: Mapped[t.Phone | None] = mapped_column(info={"label": _("Fax")})
    phone_key: Mapped[str | None] = t.derived("phone", phones.stored_key, 40)
    mobile_key: Mapped[str | None] = t.derived("mobile", phones.stored_key, 40)
    email: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    website: Mapped[t.Url | None] = mapped_column(info={"label": _("Web site")})
    legal_representative: Mapped[t.Line | None] = mapped_column(info={"label": _("Legal representative")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    __table_args__ = (
        sa.Index("ix_core_customer_match", "match_key"),
        sa.Index("ix_core_customer_phone", "phone_key"),
        sa.Index("ix_core_customer_mobile", "mobile_key"),
        sa.Index("ix_core_customer_code", "code"),
    )

    def __str__(self) -> str:
        return self.name


class Address(PartOf("customer"), Model):  # type: ignore[misc]
    """An address of a customer: a line of his form."""

    __tablename__ = "core_address"
    customer_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True)
    customer: Mapped[Customer] = relationship()
    purpose: Mapped[str | None] = t.Choice("core.address_purpose", info={"label": _("Purpose")})
    region_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_region.id", ondelete="RESTRICT"), info={"label": _("Region")}
    )
    street: Mapped[t.Line] = mapped_column(info={"label": _("Street address")})
    postcode: Mapped[t.Code | None] = mapped_column(sa.String(20), info={"label": _("Postcode")})

    def __str__(self) -> str:
        return self.street


class Contact(PartOf("customer"), Model):  # type: ignore[misc]
    """A person at a customer."""

    __tablename__ = "core_contact"
    customer_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer")}
    )
    customer: Mapped[Customer] = relationship()
    name: Mapped[t.Name] = mapped_column(info={"label": _("Full name"), "person": True})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    salutation: Mapped[str | None] = t.Choice("core.salutation", info={"label": _("Form of address")})
    sex: Mapped[str | None] = t.Choice("core.sex", info={"label": _("Sex")})
    # Who lacks the right to birth dates sees age and "birthday this week", never the date (product 1.3).
    birth_date: Mapped[dt.date | None] = mapped_column(info={"label": _("Birth date"), "sensitive": True})
    age_told: Mapped[int | None] = mapped_column(
        sa.Integer(), info={"label": _("Age as told"), "help": _("moves on each year"), "minimum": 0, "maximum": 150}
    )
    age_told_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Told on")})
    position_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_position.id", ondelete="RESTRICT"), info={"label": _("Position")}
    )
    main: Mapped[bool] = mapped_column(default=False, info={"label": _("Main contact")})
    phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Office phone")})
    mobile: Mapped[t.Phone | None] = mapped_column(info={"label": _("Mobile")})
    phone_key: Mapped[str | None] = t.derived("phone", phones.stored_key, 40)
    mobile_key: Mapped[str | None] = t.derived("mobile", phones.stored_key, 40)
    fax: Mapped[t.Phone | None] = mapped_column(info={"label": _("Fax")})
    email: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    postcode: Mapped[t.Code | None] = mapped_column(sa.String(20), info={"label": _("Postcode")})
    bio: Mapped[t.Note | None] = mapped_column(info={"label": _("Short bio")})
    invalid: Mapped[bool] = mapped_column(default=False, info={"label": _("No longer valid")})

    __table_args__ = (
        sa.Index("ix_core_contact_mobile", "mobile_key"),
        sa.Index("ix_core_contact_phone", "phone_key"),
    )

    def __str__(self) -> str:
        return self.name


class Note(PartOf("customer"), Model):  # type: ignore[misc]
    """A note on a customer or on one of his contacts; its lines on their time lines are made with it."""

    __tablename__ = "core_note"
    customer_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer")}
    )
    subject: Mapped[str] = t.AnyRef(info={"label": _("About")})
    subject_id: Mapped[t.Id] = mapped_column(info={"label": _("Record")})
    body: Mapped[t.Note] = mapped_column(info={"label": _("Note")})
    mentions: Mapped[list[Any]] = mapped_column(default=list, info={"kind": "internal"})  # ids of colleagues

    __table_args__ = (sa.Index("ix_core_note_written", "created_by_id", "created_at"),)

    def __str__(self) -> str:
        return self.body.partition("\n")[0][:80]

