"""Price lists with their lines, and terms of payment."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Owned, PartOf, Vocabulary
from crm_core.kernel.i18n import _
from crm_core.resource.figures import house_currency


class PaymentTerm(Vocabulary, Model):
    """When a customer pays: so much in advance, the rest so many days later."""

    __tablename__ = "core_payment_term"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line] = mapped_column(default="", info={"label": _("English name")})
    advance: Mapped[t.Percent] = mapped_column(default=0, info={"label": _("In advance")})
    days: Mapped[int] = mapped_column(sa.Integer(), default=0, info={"label": _("Days for the rest"), "minimum": 0, "maximum": 1000})
    month_end: Mapped[bool] = mapped_column(default=False, info={"label": _("Counted from the end of the month")})

    def __str__(self) -> str:
        return self.name


class PriceList(Owned, Model):
    """Prices and reductions for some customers, for a time. Every condition that is filled in must hold."""

    __tablename__ = "core_price_list"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    english: Mapped[t.Line | None] = mapped_column(info={"label": _("English name")})
    currency: Mapped[t.Currency] = mapped_column(default=house_currency, info={"label": _("Currency")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("In use")})
    begins: Mapped[dt.date | None] = mapped_column(info={"label": _("From")})
    ends: Mapped[dt.date | None] = mapped_column(info={"label": _("Until")})
    customer_id: Mapped[t.Id | None] = t.Link("core.customer", _("Customer"))
    tag_id: Mapped[t.Id | None] = t.Link("core.tag", _("Tag of the customer"))
    customer_kind: Mapped[str | None] = t.Choice("core.customer_kind", info={"label": _("Customer kind")})
    standing: Mapped[str | None] = t.Choice("core.standing", info={"label": _("Standing")})
    region_id: Mapped[t.Id | None] = t.Link("core.region", _("Region"))
    payment_term_id: Mapped[t.Id | None] = t.Link("core.payment_term", _("Payment terms"))
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    __table_args__ = (sa.Index("ix_core_price_list_name", "name_key", "id"),)

    def __str__(self) -> str:
        return self.name


class PriceLine(PartOf("price_list"), Model):  # type: ignore[misc]
    """A price, or a reduction, of a product, a category or everything, from a quantity on."""

    __tablename__ = "core_price_line"
    price_list_id: Mapped[t.Id] = t.Link("core.price_list", _("Price list"))
    product_id: Mapped[t.Id | None] = t.Link("core.product", _("Product"))
    category_id: Mapped[t.Id | None] = t.Link("core.product_category", _("Or category"))
    from_quantity: Mapped[t.Quantity] = mapped_column(default=0, info={"label": _("From quantity")})
    price: Mapped[t.Money | None] = mapped_column(info={"label": _("Price")})
    discount: Mapped[t.Percent | None] = mapped_column(info={"label": _("Discount")})
    allowance: Mapped[t.Money | None] = mapped_column(info={"label": _("Allowance for each")})
