"""Products with their categories, units, variants, parts and choices. Prices of customers, regions and quantities: price_models.py."""

import datetime as dt
import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf, Vocabulary
from crm_core.kernel.i18n import _

LIVE: dict[str, Any] = {"sqlite_where": sa.text("deleted_at IS NULL"), "postgresql_where": sa.text("deleted_at IS NULL")}


class Kind(enum.StrEnum):
    """What sort of thing is sold."""

    goods = "goods"
    service = "service"
    subscription = "subscription"


class Life(enum.StrEnum):
    """Where a product is in its life."""

    planned = "planned"
    sold = "sold"
    phased_out = "phased_out"


class Term(enum.StrEnum):
    """What the term of a subscription is counted in."""

    months = "months"
    issues = "issues"


class Renewal(enum.StrEnum):
    """What becomes of a subscription at its end."""

    asked = "asked"
    automatic = "automatic"
    ends = "ends"


class How(enum.StrEnum):
    """What a choice says of another one."""

    needs = "needs"
    excludes = "excludes"


KINDS = {"goods": _("Goods"), "service": _("Service"), "subscription": _("Subscription")}
LIVES = {"planned": _("Planned"), "sold": _("On sale"), "phased_out": _("No longer sold")}
LOOKS = {"planned": ("clock", ""), "sold": ("circle-check", "green"), "phased_out": ("archive", "")}
TERMS = {"months": _("Months"), "issues": _("Issues")}
RENEWALS = {"asked": _("The customer is asked"), "automatic": _("Goes on by itself"), "ends": _("Ends")}
HOWS = {"needs": _("only with"), "excludes": _("not with")}


class ProductCategory(Vocabulary, Model):
    """A category of products; of two levels."""

    __tablename__ = "core_product_category"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    parent_id: Mapped[t.Id | None] = mapped_column(
        sa.ForeignKey("core_product_category.id", ondelete="RESTRICT"), index=True, info={"label": _("Part of")})

    def __str__(self) -> str:
        return self.name


class Unit(Vocabulary, Model):
    """A unit in which things are sold, and how many of a smaller one it is: a box is 12 pieces."""

    __tablename__ = "core_unit"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    base_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_unit.id", ondelete="RESTRICT"), index=True, info={"label": _("Is made of")})
    factor: Mapped[t.Quantity | None] = mapped_column(info={"label": _("How many of it")})

    def __str__(self) -> str:
        return self.name


class Product(Owned, Model):
    """Something the house sells. One with a `parent` is a variant of it, with a code and, where it says one, a price of its own."""

    __tablename__ = "core_product"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line | None] = mapped_column(info={"label": _("English name")})
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    kind: Mapped[Kind] = mapped_column(default=Kind.goods, info={"label": _("Type"), "labels": KINDS})
    life: Mapped[Life] = mapped_column(default=Life.sold, info={"label": _("State"), "labels": LIVES, "looks": LOOKS})
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("Category"))
    unit_id: Mapped[t.Id | None] = t.Link("core.unit", _("Unit"))
    parent_id: Mapped[t.Id | None] = t.Link("core.product", _("Variant of"), info={"help": _("What is left out here is that of the other product.")})
    price: Mapped[t.Money | None] = mapped_column(info={"label": _("List price")})
    cost: Mapped[t.Money | None] = mapped_column(info={"label": _("Cost"), "sensitive": True})
    tax: Mapped[t.Percent] = mapped_column(default=1300, info={"label": _("Tax rate")})
    term: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Term"), "minimum": 1, "maximum": 600})
    term_unit: Mapped[Term | None] = mapped_column(info={"label": _("Term counts"), "labels": TERMS})
    issues: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Issues a year"), "minimum": 1, "maximum": 400})
    copies: Mapped[int | None] = mapped_column(sa.Integer(), info={"label": _("Copies at least"), "minimum": 1, "maximum": 1_000_000})
    renewal: Mapped[Renewal | None] = mapped_column(info={"label": _("At its end"), "labels": RENEWALS})
    notice: Mapped[int | None] = mapped_column(
        sa.Integer(), info={"label": _("Days before its end"), "minimum": 0, "maximum": 400, "help": _("When its renewal becomes a task.")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Description")})

    __table_args__ = (sa.Index("uq_core_product_code", "code", unique=True, **LIVE), sa.Index("ix_core_product_name", "name_key", "id"))

    def __str__(self) -> str:
        return self.name

    def ends(self, begins: dt.date) -> dt.date | None:
        """The last day of a subscription that begins on a day; None for what has no term. Issues are counted over the year, 12 where
        the product does not say how many."""
        if not self.term:
            return None
        months = self.term if self.term_unit != Term.issues else -(-self.term * 12 // (self.issues or 12))
        year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
        last = (dt.date(year, month + 1, 28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        same = min(begins.day, last.day)
        return last.replace(day=same) - dt.timedelta(days=same == begins.day)


class ProductAttribute(PartOf("product"), Model):  # type: ignore[misc]
    """By what variants of a product differ; of a variant, how it does."""

    __tablename__ = "core_product_attribute"
    product_id: Mapped[t.Id] = t.Link("core.product", _("Product"))
    name: Mapped[t.Code] = mapped_column(info={"label": _("Differs by")})
    values: Mapped[t.Line] = mapped_column(info={"label": _("Values"), "help": _("With commas between them.")})


class ProductPart(PartOf("product"), Model):  # type: ignore[misc]
    """What a bundle is made of."""

    __tablename__ = "core_product_part"
    product_id: Mapped[t.Id] = t.Link("core.product", _("Product"))
    part_id: Mapped[t.Id] = t.Link("core.product", _("Part"))
    quantity: Mapped[t.Quantity] = mapped_column(default=1000, info={"label": _("Quantity")})


class ProductChoice(PartOf("product"), Model):  # type: ignore[misc]
    """One of the values of an option: of the option “Cover”, the choice “Linen”."""

    __tablename__ = "core_product_choice"
    product_id: Mapped[t.Id] = t.Link("core.product", _("Product"))
    option: Mapped[t.Code] = mapped_column(info={"label": _("Option")})
    option_english: Mapped[t.Code | None] = mapped_column(info={"label": _("Option in English")})
    name: Mapped[t.Code] = mapped_column(info={"label": _("Option value")})
    english: Mapped[t.Code | None] = mapped_column(info={"label": _("Option value in English")})
    surcharge: Mapped[t.Money | None] = mapped_column(info={"label": _("Costs more")})
    percent: Mapped[t.Percent | None] = mapped_column(info={"label": _("Or by percent"), "minimum": -100_00, "maximum": 1000_00})
    optional: Mapped[bool] = mapped_column(default=False, info={"label": _("May be left out")})


class ProductCombination(PartOf("product"), Model):  # type: ignore[misc]
    """Choices that go together only so: linen only with thread stitching, linen not with a window."""

    __tablename__ = "core_product_combination"
    product_id: Mapped[t.Id] = t.Link("core.product", _("Product"))
    given: Mapped[t.Code] = mapped_column(info={"label": _("Option value")})
    how: Mapped[How] = mapped_column(default=How.needs, info={"label": _("Goes"), "labels": HOWS})
    other: Mapped[t.Line] = mapped_column(info={"label": _("These choices"), "help": _("With commas between them: any one of them.")})


class Wish(Vocabulary, Model):
    """What somebody chose or wished in a line of a document: what the report of frequent wishes counts."""

    __tablename__ = "core_product_wish"
    product_id: Mapped[t.Id] = t.Link("core.product", _("Product"))
    wish: Mapped[t.Line] = mapped_column(info={"label": _("Wish")})
    free: Mapped[bool] = mapped_column(default=False, info={"label": _("In their own words")})
    day: Mapped[t.Day] = mapped_column(index=True, info={"label": _("Day")})
    document: Mapped[str] = mapped_column(sa.String(80), default="", info={"kind": "internal"})  # the resource of the line
    line_id: Mapped[t.Id] = mapped_column(default=0, info={"kind": "internal"})

    __table_args__ = (sa.Index("ix_core_product_wish_line", "document", "line_id"),)

    def __str__(self) -> str:
        return self.wish
