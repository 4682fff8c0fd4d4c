"""A quote for a customer, and what is offered in it."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, t
from crm_quotes import _


class Quote(Owned, Model):
    """What we offer a customer; its number is gapless, its total the sum of its items."""

    __tablename__ = "quotes_quote"
    number: Mapped[str] = t.Number("QT-{year}-{n:04}", info={"label": _("Number")})
    subject: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    until: Mapped[dt.date | None] = mapped_column(info={"label": _("Valid until")})
    total: Mapped[int] = t.Total("items", "amount", info={"label": _("Total")})

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"


class Item(PartOf("quote"), Model):  # type: ignore[misc]
    """One line: so many of something at a price."""

    __tablename__ = "quotes_item"
    quote_id: Mapped[t.Id] = t.Link("quotes.quote", _("Quote"))
    what: Mapped[t.Line] = mapped_column(info={"label": _("Item")})
    quantity: Mapped[int] = mapped_column(default=1, info={"label": _("Quantity"), "minimum": 1, "maximum": 100_000})
    price: Mapped[t.Money] = mapped_column(info={"label": _("Price")})
    amount: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Amount"), "readonly": True})
