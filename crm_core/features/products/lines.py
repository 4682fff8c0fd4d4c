"""What lines of quotes, contracts, orders and invoices have in common: so many of a product at a price, less a discount, with tax.

    class OrderItem(PricedLine, PartOf("order"), Model):
        __tablename__ = "sales_order_item"
        order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))

    class Order(PricedHead, Owned, Model): …            # currency, net, tax, total: kept by the house

    class OrderItems(PricedLines):
        model = OrderItem

    lines = (priced(OrderItem),)                        # of the resource of orders

A price that is left out is that of the product; so are the tax rate and the words of the line.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from crm_core.data import types as t
from crm_core.data.bulk import among
from crm_core.data.session import session, system_scope
from crm_core.features.money.api import rounding, step, tax_included
from crm_core.features.products.models import Product
from crm_core.kernel.i18n import _
from crm_core.resource.changes import as_written
from crm_core.resource.figures import house_currency
from crm_core.resource.pieces import Lines
from crm_core.resource.resource import Resource
from crm_core.text import amounts

COLUMNS = ("product", "what", "quantity", "price", "discount", "rate", "amount")


class PricedHead:
    """What has priced lines, `items`: its currency, and what they come to."""

    currency: Mapped[t.Currency] = mapped_column(default=house_currency, info={"label": _("Currency")})

    @declared_attr
    def net(cls) -> Mapped[int]:
        return t.Total("items", "net", info={"label": _("Without tax")})

    @declared_attr
    def tax(cls) -> Mapped[int]:
        return t.Total("items", "tax", info={"label": _("Tax")})

    @declared_attr
    def total(cls) -> Mapped[int]:
        return t.Total("items", "amount", info={"label": _("Total")})


class PricedLine:
    """One of them. `list_price` is what the price lists said when it was written, whatever price was agreed."""

    @declared_attr
    def product_id(cls) -> Mapped[int | None]:
        return t.Link("core.product", _("Product"))

    what: Mapped[t.Line] = mapped_column(default="", info={"label": _("Item"), "placeholder": _("Name of the product")})
    quantity: Mapped[t.Quantity] = mapped_column(default=1000, info={"label": _("Quantity")})
    list_price: Mapped[t.Money | None] = mapped_column(info={"label": _("List price"), "readonly": True})
    price: Mapped[t.Money | None] = mapped_column(info={"label": _("Price"), "placeholder": _("List price")})
    discount: Mapped[t.Percent] = mapped_column(default=0, info={"label": _("Discount")})
    rate: Mapped[t.Percent | None] = mapped_column(info={"label": _("Tax rate"), "placeholder": _("Of the product")})
    net: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Without tax"), "readonly": True})
    tax: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Tax"), "readonly": True})
    amount: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount"), "readonly": True})


def priced(model: Any, label: Any = None, columns: Sequence[str] = COLUMNS) -> Lines:
    """The priced lines of a resource's form."""
    return Lines("items", model, tuple(columns), label or _("Items"), first=True, repeats=True)


class PricedLines(Resource):
    """Base of their resource: works out what a line comes to, in the currency of its head."""

    columns = COLUMNS
    search = ()
    verbs = ("read",)

    @property
    def label_field(self) -> str:
        return "what"

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        now = [as_written(row, before) for row in rows]
        products = _products({line.get("product_id") for line in now})
        currencies = self._currencies(now)
        how, included = rounding(), tax_included()
        for row, line in zip(rows, now, strict=True):
            product = products.get(line.get("product_id") or 0)
            if product is not None:
                row["what"] = line.get("what") or product.name
                row["list_price"] = product.price
            price = line.get("price") if line.get("price") is not None else row.get("list_price", line.get("list_price"))
            rate = line.get("rate") if line.get("rate") is not None else product.tax if product is not None else 0
            row["price"], row["rate"] = price or 0, rate
            row["net"], row["tax"], row["amount"] = amounts.line(
                1000 if line.get("quantity") is None else line["quantity"], row["price"], line.get("discount") or 0, rate or 0,
                included=included, how=how, step=step(currencies.get(line.get(self._head) or 0) or house_currency()))

    @property
    def _head(self) -> str:
        """The column that says whose line it is."""
        return self.parent_field.column if self.parent_field is not None else ""

    def _currencies(self, lines: Sequence[Mapping[str, Any]]) -> dict[int, str]:
        """The currency of each head, by its id."""
        if self.parent_field is None:
            return {}
        head = self.registry.resource(getattr(self.parent_field, "target", "")).table
        wanted = {line[self._head] for line in lines if line.get(self._head)}
        with system_scope("currencies of heads") as db:
            return {row.id: row.currency for row in db.execute(sa.select(head.c.id, head.c.currency).where(among(head.c.id, sorted(wanted))))}


def _products(ids: set[Any]) -> dict[int, Any]:
    """What lines take over from products the actor may see."""
    wanted = sorted(i for i in ids if i)
    if not wanted:
        return {}
    rows = session.execute(sa.select(Product.id, Product.name, Product.price, Product.tax).where(Product.id.in_(wanted)))
    return {row.id: row for row in rows}
