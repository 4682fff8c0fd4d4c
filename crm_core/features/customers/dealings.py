"""What customers had from us: orders, subscriptions, stands, told by the packages that make them. The customer page reads his habits
from them (habits.py), the public pool when he last dealt with us."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import bulk
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import SCOPE_COLUMNS, PartOf
from crm_core.data.session import current_work, writing
from crm_core.features.customers.models import Customer
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Missing
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import rows, timeline
from crm_core.resource.after import finish
from crm_core.resource.changes import change, unscoped
from crm_core.resource.removal import restore_rows
from crm_core.resource.resource import Resource

NAME, CUSTOMER = "core.dealing", "core.customer"
AT_ONCE = 1_000  # dealings of a set


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
        # With all that the value of a customer is reckoned from, so that ten million of them are read in one go (features/dealings).
        sa.Index("ix_core_dealing_customer", "customer_id", "day", "id", "amount", "cost", "deleted_at"),
        sa.Index("ix_core_dealing_product", "product_id", "customer_id", sqlite_where=sa.text("product_id IS NOT NULL"), postgresql_where=sa.text("product_id IS NOT NULL")),
    )

    def __str__(self) -> str:
        return self.number or self.kind


_table, _customers = table_of(Dealing), table_of(Customer)
_WHY = unscoped("a dealing told by a package")


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


@dataclass(frozen=True)
class DealingsRecorded(Event):
    """Customers had something from us, or gave it back: `ids` are theirs."""

    label = _("Dealings were recorded")
    ids: tuple[int, ...]


def record_dealings(source: str, deals: Sequence[Deal]) -> list[int]:
    """Tell core of dealings, in the caller's transaction; told again under the same `source` (the package) and `key` they are corrected, never
    there twice, and there again where an undo had taken them away: of two with one key in a set the last holds. A fixed number of statements a thousand. Returns their ids, in the order of `deals`.

        record_dealings("sales", [Deal(customer=7, key=f"order/{item.id}", kind=_("Order"), day=order.day, amount=item.amount, product=item.product_id)])

    Raises Missing without a customer.
    """
    found: dict[str, int] = {}
    if deals:
        with writing() as db, change("dealing", resource=NAME) as act:
            db.flush()
            last = list({deal.key: deal for deal in deals}.values())
            for start in range(0, len(last), AT_ONCE):
                found |= _record(source, last[start : start + AT_ONCE], act)
            emit(DealingsRecorded(tuple(sorted({deal.customer for deal in last}))))
    return [found[deal.key] for deal in deals]


def record_dealing(
    customer: int, *, source: str, key: str, kind: str, day: dt.date, amount: int | None = None, number: str | None = None,
    state: str | None = None, products: str | None = None, about: tuple[str, int] | None = None,
) -> int:
    """The same of one: `record_dealing(7, source="sales", key=f"order/{order.id}", kind=_("Order"), day=order.day, amount=order.total)`. Returns its id."""
    return record_dealings(source, [Deal(customer=customer, key=key, kind=kind, day=day, amount=amount, number=number, state=state, products=products, about=about)])[0]


def _values(deal: Deal) -> dict[str, Any]:
    return {
        "kind": str(deal.kind)[:255], "number": deal.number, "day": deal.day, "amount": deal.amount, "state": deal.state,
        "products": (deal.products or "")[:255] or None, "subject": deal.about[0] if deal.about else None,
        "subject_id": deal.about[1] if deal.about else None, "product_id": deal.product, "quantity": deal.quantity, "cost": deal.cost,
    }


def _record(source: str, deals: Sequence[Deal], change: int) -> dict[str, int]:
    """Id of each by its key; by the set, with all that follows written rows."""
    run, resource = current_work().session.connection().execute, site().registry.resource(NAME)
    told = sa.select(_table).where(_table.c.source == source, bulk.among(_table.c.source_key, [deal.key for deal in deals], sa.Text)).order_by(_table.c.id)
    there = {row["source_key"]: dict(row) for row in run(told.with_for_update(), execution_options=_WHY).mappings()}
    query = sa.select(_customers.c.id, _customers.c.deleted_at, *(_customers.c[name] for name in SCOPE_COLUMNS)).where(bulk.among(_customers.c.id, {deal.customer for deal in deals}))
    customers = run(query, execution_options=_WHY).mappings().all()
    homes, living = {row["id"]: {name: row[name] for name in SCOPE_COLUMNS} for row in customers}, {row["id"] for row in customers if row["deleted_at"] is None}
    if any(deal.key not in there and deal.customer not in homes for deal in deals):
        raise Missing(_("This record was not found."))
    fresh = [{"customer_id": deal.customer, "source": source, "source_key": deal.key, **homes[deal.customer], **_values(deal)} for deal in deals if deal.key not in there]
    edits = []
    if fresh:
        rows.complete(_table, fresh)
        edits += rows.insert(resource, fresh)
    told_again = [{"id": there[deal.key]["id"], **_values(deal)} for deal in deals if deal.key in there]
    edits += rows.update(resource, told_again, {row["id"]: row for row in there.values()})
    finish(resource, edits, change)
    gone = {there[deal.key]["id"] for deal in deals if deal.key in there and deal.customer in living and there[deal.key]["deleted_at"] is not None}
    if gone:
        restore_rows(resource, sorted(gone), change)
    known = any(package.name == source for package in site().registry.packages)
    now, kinds = clock.now(), {deal.key: deal.kind for deal in deals}
    timeline.add_all([{
        "subject": CUSTOMER, "subject_id": row["customer_id"], "kind": "dealing", "title": " · ".join(filter(None, (row["number"], row["products"]))),
        "data": {"words": words.keep(_("recorded a dealing (%(kind)s)", kind=kinds[row["source_key"]]))}, "record": NAME, "record_id": row["id"], "source": source if known else "core", "at": min(clock.instant(row["day"], dt.time(12)), now),
    } for row in fresh])
    return {key: row["id"] for key, row in there.items()} | {row["source_key"]: row["id"] for row in fresh}
