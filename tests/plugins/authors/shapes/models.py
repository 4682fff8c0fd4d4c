"""Tables of every shape a plugin may have: words, a record with lines, parts, soft references, choices, a number series."""

import enum

import sqlalchemy as sa
from crm_visits import _
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, Vocabulary, t


class State(enum.StrEnum):
    draft = "draft"
    sent = "sent"


class Unit(Vocabulary, Model):
    __tablename__ = "visits_unit"
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    code: Mapped[t.Code] = mapped_column(info={"label": _("Code")})
    __table_args__ = (sa.UniqueConstraint("code"),)


class Quote(Owned, Model):
    __tablename__ = "visits_quote"
    code: Mapped[str] = t.Number("QT-{year}-{n:04}", info={"label": _("Number")})
    name: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    order_id: Mapped[t.Id | None] = t.Ref("sales.order", info={"label": _("Order")})
    kind: Mapped[str | None] = t.Choice("visits.kind", info={"label": _("Kind")})
    about: Mapped[str | None] = t.AnyRef(info={"label": _("About")})
    about_id: Mapped[t.Id | None]
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": {"draft": _("Draft"), "sent": _("Sent")}})
    total: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Total"), "readonly": True})
    mail: Mapped[t.Email | None] = mapped_column(info={"label": _("E-mail")})
    good: Mapped[bool] = mapped_column(default=False, info={"label": _("Good")})


class Item(PartOf("quote"), Model):
    __tablename__ = "visits_item"
    quote_id: Mapped[t.Id] = t.Link("visits.quote", _("Quote"))
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
    unit_id: Mapped[t.Id | None] = t.Link("visits.unit", _("Unit"))
    amount: Mapped[int] = mapped_column(default=1, info={"label": _("Amount")})
    price: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Price")})


class Remark(PartOf("quote"), Model):
    __tablename__ = "visits_remark"
    quote_id: Mapped[t.Id] = t.Link("visits.quote", _("Quote"))
    name: Mapped[t.Name] = mapped_column(info={"label": _("Name")})
