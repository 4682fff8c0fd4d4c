"""What customers had from us: orders, subscriptions, stands, told by the packages that make them. The customer page reads his habits
from them (habits.py), the public pool when he last dealt with us."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import PartOf
from crm_core.data.session import system_scope, writing
from crm_core.features.customers.models import Customer
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import timeline
from crm_core.resource.changes import change
from crm_core.resource.resource import Resource

NAME, CUSTOMER = "core.dealing", "core.customer"


class Dealing(PartOf("customer"), Model):  # type: ignore[misc]
    """One dealing of a customer with us; `source` and `source_key` say of which record of which package it is."""

    __tablename__ = "core_dealing"
    customer_id: Mapped[t.Id] = mapped_column(sa.ForeignKey("core_customer.id", ondelete="RESTRICT"), info={"label": _("Customer")})
    kind: Mapped[t.Line] = mapped_column(info={"label": _("Type")})
    number: Mapped[t.Code | None] = mapped_column(info={"label": _("Number")})
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    amount: Mapped[t.Money | None] = mapped_column(info={"label": _("Amount")})
    state: Mapped[t.Line | None] = mapped_column(info={"label": _("State")})
    products: Mapped[t.Line | None] = mapped_column(info={"label": _("Products")})
    product_id: Mapped[t.Id | None] = t.Ref("core.product", info={"label": _("Product")})
    quantity: Mapped[t.Quantity | None] = mapped_column(info={"label": _("Quantity")})
    cost: Mapped[t.Money | None] = mapped_column(info={"label": _("Cost"), "sensitive": True})
    source: Mapped[str] = mapped_column(sa.String(40), info={"kind": "internal"})
    source_key: Mapped[str] = mapped_column(sa.String(120), info={"kind": "internal"})
    subject: Mapped[str | None] = t.AnyRef(info={"label": _("Record")})
    subject_id: Mapped[t.Id | None] = mapped_column(info={"kind": "internal"})
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.Index("ix_core_dealing_customer", "customer_id", "day", "id"),
    )

    def __str__(self) -> str:
        return self.number or self.kind


class Dealings(Resource):
    """Read by everybody who may read the customer; written by `record_dealing` alone."""

    model = Dealing
    label = _("Dealings")
    singular = _("Dealing")
    icon = "receipt"
    columns = "kind", "number", "day", "amount", "state", "products", "customer"
    filters = "day", "kind", "state", "customer", "amount"
    search = "number", "products"
    search_names = ()
    sorts = ("-day",)
    readonly = True
    verbs = ("read", "export", "print")
    hidden_fields = ("subject",)
    order = 34
    help = _("What customers had from us, as the modules that sell tell it: orders, subscriptions, stands.")

    @property
    def label_field(self) -> str:
        return "kind"


@dataclass(frozen=True, kw_only=True)
class Deal:
    """One thing a customer had from us, or, with a negative amount, gave back. `key` is its own within the package that tells it;
    `amount` and `cost` in hundredths of the house's currency, `quantity` in thousandths, `products` in words, `about` the record it is."""

    customer: int
    key: str
    kind: Any
    day: dt.date
    amount: int | None = None
    number: str | None = None
    state: str | None = None
    products: str | None = None
    about: tuple[str, int] | None = None
    product: int | None = None
    quantity: int | None = None
    cost: int | None = None


def record_dealings(source: str, deals: Sequence[Deal]) -> list[int]:
    """Tell core of dealings, in the caller's transaction; told again under the same `source` (the package) and `key` they are corrected, never
    there twice. Returns their ids.

        record_dealings("sales", [Deal(customer=7, key=f"order/{item.id}", kind=_("Order"), day=order.day, amount=item.amount, product=item.product_id)])

    Raises Missing without a customer.
    """
    return [_record(source, deal) for deal in deals]


def record_dealing(
    customer: int, *, source: str, key: str, kind: str, day: dt.date, amount: int | None = None, number: str | None = None,
    state: str | None = None, products: str | None = None, about: tuple[str, int] | None = None,
) -> int:
    """The same of one: `record_dealing(7, source="sales", key=f"order/{order.id}", kind=_("Order"), day=order.day, amount=order.total)`. Returns its id."""
    return _record(source, Deal(customer=customer, key=key, kind=kind, day=day, amount=amount, number=number, state=state, products=products, about=about))


def _record(source: str, deal: Deal) -> int:
    customer, day = deal.customer, deal.day
    values: dict[str, Any] = {
        "kind": str(deal.kind)[:255], "number": deal.number, "day": day, "amount": deal.amount, "state": deal.state,
        "products": (deal.products or "")[:255] or None, "subject": deal.about[0] if deal.about else None,
        "subject_id": deal.about[1] if deal.about else None, "product_id": deal.product, "quantity": deal.quantity, "cost": deal.cost,
    }
    with writing(), change("dealing", resource=NAME), system_scope("a dealing told by a package") as db:
        row = db.scalar(sa.select(Dealing).where(Dealing.source == source, Dealing.source_key == deal.key).with_for_update())
        if row is not None:
            for name, value in values.items():
                setattr(row, name, value)
            db.flush()
            return int(row.id)
        home = db.execute(sa.select(Customer.owner_id, Customer.department_id, Customer.team_id).where(Customer.id == customer)).one_or_none()
        if home is None:
            raise Missing(_("This record was not found."))
        made = Dealing(customer_id=customer, source=source, source_key=deal.key, owner_id=home.owner_id, department_id=home.department_id,
                       team_id=home.team_id, **values)
        db.add(made)
        db.flush()
        known = any(package.name == source for package in site().registry.packages)
        noon = clock.instant(day, dt.time(12))
        timeline.add(CUSTOMER, customer, "dealing", title=" · ".join(filter(None, (values["kind"], deal.number, values["products"]))),
                     data={"words": words.keep(_("recorded a dealing"))}, record=(NAME, made.id), source=source if known else "core",
                     at=min(noon, clock.now()))
        return int(made.id)
