"""Customers, their addresses, contacts and notes. What hangs on them besides: parts.py; words they are described with:
vocabularies.py. Real columns are what every trade has; what is of one trade is custom fields (docs/customers.md)."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf
from crm_core.features.approvals.api import Reviewed
from crm_core.features.customers.kinds import LABELS, NoteKind
from crm_core.features.customers.vocabularies import Industry, Position, Region, Tag, Tagged
from crm_core.kernel.i18n import _
from crm_core.text import companies
from crm_core.text.places import street_key

__all__ = ["Address", "Contact", "Customer", "Industry", "Kind", "Note", "Position", "Region", "Severity", "Tag", "Tagged"]


def _where(text: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(text), "postgresql_where": sa.text(text)}


_IN_POOL = _where("deleted_at IS NULL AND owner_id IS NULL AND pool_id IS NOT NULL")
_HELD = _where("deleted_at IS NULL AND owner_id IS NOT NULL AND pool_id IS NOT NULL")


class Kind(enum.StrEnum):
    """A company, a person, or a household whose members are its contacts; forms and checks branch on it."""

    company = "company"
    person = "person"
    household = "household"


class Severity(enum.StrEnum):
    """What the blacklist does when somebody wants to deal with one who is on it."""

    warn = "warn"
    refuse = "refuse"


class Wishes:
    """How somebody wants to hear from us; every sender asks `customers.api.may_reach`."""

    wish_channels: Mapped[list[Any]] = t.Choices("core.channel", info={"label": _("Prefers, in this order")})
    wish_never: Mapped[list[Any]] = t.Choices("core.channel", info={"label": _("Never by")})
    wish_times: Mapped[list[Any]] = t.Choices("core.contact_time", info={"label": _("Good times")})
    wish_language: Mapped[str | None] = t.Choice("core.language", info={"label": _("Language")})
    wish_topics: Mapped[list[Any]] = t.Choices("core.topic", info={"label": _("Topics")})


class Reachable:
    """Channels that proved bad, and what follows from it (reach.py)."""

    bad_channels: Mapped[dict[str, Any]] = mapped_column(t.JsonType, default=dict, info={"kind": "internal"})
    invalid: Mapped[bool] = mapped_column(default=False, info={"label": _("No longer valid")})
    invalid_reason: Mapped[t.Line | None] = mapped_column(info={"label": _("Why no longer valid")})


class Customer(Reviewed, Wishes, Reachable, Owned, Model):
    """A company or person we deal with or want to."""

    __tablename__ = "core_customer"
    kind: Mapped[Kind] = mapped_column(
        default=Kind.company,
        info={"label": _("Kind"), "labels": {"company": _("Company"), "person": _("Person"), "household": _("Household")}},
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
    # Where it is on the map, in millionths of a degree; both or none (resource/places.py).
    latitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "latitude", "label": _("Latitude"), "help": _("in degrees, such as 30.659400")})
    longitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "longitude", "label": _("Longitude"), "help": _("in degrees, such as 104.065700")})
    phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Phone")})
    mobile: Mapped[t.Phone | None] = mapped_column(info={"label": _("Mobile")})
    fax: Mapped[t.Phone | None] = mapped_column(info={"label": _("Fax")})
    email: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    website: Mapped[t.Url | None] = mapped_column(info={"label": _("Web site")})
    opening_hours: Mapped[str | None] = mapped_column(sa.String(255), info={"kind": "hours", "label": _("Opening hours"), "help": _("Mon-Fri 9:00-12:00, 13:30-18:00")})
    legal_representative: Mapped[t.Line | None] = mapped_column(info={"label": _("Legal representative")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})
    collected_by_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Collected by")}
    )
    parent_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Branch of"), "help": _("the group or head office")}
    )
    country: Mapped[str | None] = t.Choice("core.country", default="CN", info={"label": _("Country")})
    credit_code: Mapped[str | None] = mapped_column(sa.String(30), info={"label": _("Credit code"), "help": _("18 characters, on the business licence")})
    founded_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Founded on")})
    standing_since: Mapped[dt.date | None] = mapped_column(info={"label": _("Standing since"), "readonly": True})
    credit: Mapped[str | None] = t.Choice("core.credit", info={"label": _("Credit standing")})
    general_manager: Mapped[t.Line | None] = mapped_column(info={"label": _("General manager")})
    sales_head: Mapped[t.Line | None] = mapped_column(info={"label": _("Head of sales")})
    publicity_head: Mapped[t.Line | None] = mapped_column(info={"label": _("Head of publicity")})
    profile: Mapped[t.Note | None] = mapped_column(info={"label": _("Profile")})
    business_scope: Mapped[t.Note | None] = mapped_column(info={"label": _("Lines of business")})
    trade_position: Mapped[str | None] = t.Choice("core.trade_position", info={"label": _("Position in its trade")})
    capital_band: Mapped[str | None] = t.Choice("core.capital_band", info={"label": _("Registered capital")})
    headcount_band: Mapped[str | None] = t.Choice("core.headcount_band", info={"label": _("Head count")})
    assets: Mapped[t.Money | None] = mapped_column(info={"label": _("Assets")})
    liabilities: Mapped[t.Money | None] = mapped_column(info={"label": _("Liabilities")})
    # Kept by the acts of the blacklist (blacklist.py).
    blacklist: Mapped[Severity | None] = mapped_column(info={
        "label": _("Blacklist"), "readonly": True, "labels": {"warn": _("Blacklisted: warns"), "refuse": _("Blacklisted: refuses")},
        "looks": {"warn": ("ban", "amber"), "refuse": ("ban", "red")},
    })
    blacklist_until: Mapped[dt.date | None] = mapped_column(info={"label": _("Blacklisted until"), "readonly": True})
    completeness: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Completeness, %"), "readonly": True})
    # The next day of it from the Monday of this week on; a job moves it (days.py). So lists ask by an index.
    next_founding: Mapped[dt.date | None] = mapped_column(index=True, info={"kind": "internal"})
    # The public pool whose rules hold for it. Whoever has an owner is held, whoever has none lies in the pool.
    pool_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_pool.id", ondelete="RESTRICT"), info={"label": _("Public pool"), "readonly": True}
    )
    # The holder's clocks (holding.py): since when he has it, when he last spoke with it, when it last dealt with us.
    held_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "stamp", "label": _("Held since")})
    followed_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "stamp", "label": _("Followed up or taken over")})
    dealt_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "stamp", "label": _("Deal or taken over")})
    protected_until: Mapped[dt.date | None] = mapped_column(info={"label": _("Protected until"), "readonly": True})
    warned_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})
    deal_warned_at: Mapped[dt.datetime | None] = mapped_column(t.UtcDateTime(), info={"kind": "internal"})

    __table_args__ = (
        sa.Index("ix_core_customer_pool", "pool_id", "name_key", "id", **_IN_POOL),
        sa.Index("ix_core_customer_followed", "pool_id", "followed_at", **_HELD),
        sa.Index("ix_core_customer_dealt", "pool_id", "dealt_at", **_HELD),
        sa.Index("ix_core_customer_match", "match_key"),
        sa.Index("ix_core_customer_phone", "phone_key"),
        sa.Index("ix_core_customer_mobile", "mobile_key"),
        sa.Index("uq_core_customer_code", "code", unique=True, **_where("deleted_at IS NULL")),
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
    street_key: Mapped[str | None] = t.derived("street", street_key, 80)
    postcode: Mapped[t.Code | None] = mapped_column(sa.String(20), info={"label": _("Postcode")})

    __table_args__ = (sa.Index("ix_core_address_street", "street_key"),)

    def __str__(self) -> str:
        return self.street


class Contact(Reviewed, Wishes, Reachable, PartOf("customer"), Model):  # type: ignore[misc]
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
    fax: Mapped[t.Phone | None] = mapped_column(info={"label": _("Fax")})
    email: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    postcode: Mapped[t.Code | None] = mapped_column(sa.String(20), info={"label": _("Postcode")})
    bio: Mapped[t.Note | None] = mapped_column(info={"label": _("Short bio")})
    roles: Mapped[list[Any]] = t.Choices("core.contact_role", info={"label": _("Roles")})
    family_role: Mapped[str | None] = t.Choice("core.family_role", info={"label": _("In the household")})
    post_since: Mapped[dt.date | None] = mapped_column(info={"label": _("In this post since")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})
    collected_by_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Collected by")}
    )
    # Sensitive: hidden from who lacks `core.customer.sensitive`; each reading of them is noted (resource/sensitive.py).
    lunar_birthday: Mapped[bool] = mapped_column(default=False, info={"label": _("Keeps the lunar birthday"), "sensitive": True})
    wedding_date: Mapped[dt.date | None] = mapped_column(info={"label": _("Wedding day"), "sensitive": True})
    ethnicity: Mapped[str | None] = t.Choice("core.ethnicity", info={"label": _("Ethnicity"), "sensitive": True})
    schooling: Mapped[str | None] = t.Choice("core.schooling", info={"label": _("Schooling"), "sensitive": True})
    major: Mapped[t.Line | None] = mapped_column(info={"label": _("Major"), "sensitive": True})
    home_address: Mapped[t.Line | None] = mapped_column(info={"label": _("Home address"), "sensitive": True})
    private_phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Private phone"), "sensitive": True})
    household: Mapped[str | None] = t.Choice("core.household", info={"label": _("Household"), "sensitive": True})
    income: Mapped[str | None] = t.Choice("core.income", info={"label": _("Income"), "sensitive": True})
    character: Mapped[str | None] = t.Choice("core.character", info={"label": _("Character"), "sensitive": True})
    hobbies: Mapped[t.Line | None] = mapped_column(info={"label": _("Hobbies"), "sensitive": True})
    habits: Mapped[t.Note | None] = mapped_column(info={"label": _("Habits"), "sensitive": True})
    social_ties: Mapped[t.Note | None] = mapped_column(info={"label": _("Social ties"), "sensitive": True})
    cv: Mapped[t.Note | None] = mapped_column(info={"label": _("CV"), "sensitive": True})
    honesty: Mapped[str | None] = t.Choice("core.grade", info={"label": _("Honesty"), "sensitive": True})
    reliability: Mapped[str | None] = t.Choice("core.grade", info={"label": _("Reliability"), "sensitive": True})
    drive: Mapped[str | None] = t.Choice("core.grade", info={"label": _("Drive"), "sensitive": True})
    insight: Mapped[str | None] = t.Choice("core.grade", info={"label": _("Insight"), "sensitive": True})
    leadership: Mapped[str | None] = t.Choice("core.grade", info={"label": _("Leadership"), "sensitive": True})
    skill: Mapped[str | None] = t.Choice("core.grade", info={"label": _("Professional skill"), "sensitive": True})
    health: Mapped[str | None] = t.Choice("core.grade", info={"label": _("Health"), "sensitive": True})
    # The next day of each from the Monday of this week on; a job moves them (days.py). So lists ask by an index.
    next_birthday: Mapped[dt.date | None] = mapped_column(index=True, info={"kind": "internal"})
    next_wedding: Mapped[dt.date | None] = mapped_column(index=True, info={"kind": "internal"})

    __table_args__ = (
        sa.Index("ix_core_contact_mobile", "mobile_key"),
        sa.Index("ix_core_contact_phone", "phone_key"),
    )

    def __str__(self) -> str:
        return self.name


class Note(PartOf("customer"), Model):  # type: ignore[misc]
    """What somebody wrote about a customer or one of his contacts: a note, a call, a visit, feedback (kinds.py). Its lines on
    their time lines are made with it."""

    __tablename__ = "core_note"
    customer_id: Mapped[t.Id] = mapped_column(
        sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), index=True, info={"label": _("Customer")}
    )
    subject: Mapped[str] = t.AnyRef(info={"label": _("About")})
    subject_id: Mapped[t.Id] = mapped_column(info={"label": _("Record")})
    kind: Mapped[NoteKind] = mapped_column(default=NoteKind.note, info={"label": _("Type"), "labels": LABELS})
    happened_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime(), info={"label": _("When")})
    body: Mapped[t.Note] = mapped_column(info={"label": _("Text")})
    minutes: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Minutes"), "minimum": 1, "maximum": 1440})
    place: Mapped[t.Line | None] = mapped_column(info={"label": _("Place")})
    # Where the phone was, in millionths of a degree, when its holder agreed to say so.
    latitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "internal"})
    longitude: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "internal"})
    accuracy: Mapped[int | None] = mapped_column(sa.Integer(), info={"kind": "internal"})  # of that place, in metres
    topic: Mapped[str | None] = t.Choice("core.feedback_topic", info={"label": _("Feedback kind")})
    product: Mapped[t.Line | None] = mapped_column(info={"label": _("Product")})
    weight: Mapped[str | None] = t.Choice("core.feedback_weight", info={"label": _("Weight")})
    handling: Mapped[str | None] = t.Choice("core.feedback_handling", info={"label": _("Handling")})
    result: Mapped[t.Note | None] = mapped_column(info={"label": _("Result")})
    mentions: Mapped[list[Any]] = mapped_column(default=list, info={"kind": "internal"})  # ids of colleagues
    edited: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})  # its words are not those first written
    # What a phone called it before it could be sent: sent again after days, it is still one.
    key: Mapped[str | None] = mapped_column(sa.String(64), info={"kind": "internal"})

    __table_args__ = (sa.Index("ix_core_note_written", "created_by_id", "created_at"), sa.Index("uq_core_note_key", "key", unique=True))

    def __str__(self) -> str:
        return self.body.partition("\n")[0][:80]

