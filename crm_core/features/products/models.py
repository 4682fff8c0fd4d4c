"""Products with their categories and units."""

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, Vocabulary
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


KINDS = {"goods": _("Goods"), "service": _("Service"), "subscription": _("Subscription")}
LIVES = {"planned": _("Planned"), "sold": _("On sale"), "phased_out": _("No longer sold")}
LOOKS = {"planned": ("clock", ""), "sold": ("circle-check", "green"), "phased_out": ("archive", "")}


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
    """Something the house sells."""

    __tablename__ = "core_product"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line | None] = mapped_column(info={"label": _("English name")})
    code: Mapped[t.Code | None] = mapped_column(info={"label": _("Code")})
    kind: Mapped[Kind] = mapped_column(default=Kind.goods, info={"label": _("Type"), "labels": KINDS})
    life: Mapped[Life] = mapped_column(default=Life.sold, info={"label": _("State"), "labels": LIVES, "looks": LOOKS})
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("Category"))
    unit_id: Mapped[t.Id | None] = t.Link("core.unit", _("Unit"))
    price: Mapped[t.Money | None] = mapped_column(info={"label": _("List price")})
    cost: Mapped[t.Money | None] = mapped_column(info={"label": _("Cost"), "sensitive": True})
    tax: Mapped[t.Percent] = mapped_column(default=1300, info={"label": _("Tax rate")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Description")})

    __table_args__ = (sa.Index("uq_core_product_code", "code", unique=True, **LIVE), sa.Index("ix_core_product_name", "name_key", "id"))

    def __str__(self) -> str:
        return self.name
