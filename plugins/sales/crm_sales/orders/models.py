"""Orders with their items, what went out, and what runs for months: advertisements and subscriptions."""

import datetime as dt
import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.sdk import Model, Owned, PartOf, PricedHead, PricedLine, amounts, t
from crm_sales import _


class State(enum.StrEnum):
    """How far an order is."""

    draft = "draft"
    held = "held"
    confirmed = "confirmed"
    done = "done"
    cancelled = "cancelled"


STATES = {"draft": _("Draft"), "held": _("Stopped by credit"), "confirmed": _("Confirmed"), "done": _("Completed"), "cancelled": _("Cancelled")}
LOOKS = {"draft": ("pencil", ""), "held": ("ban", "red"), "confirmed": ("circle-check", "amber"), "done": ("flag", "green"), "cancelled": ("x", "red")}


class Sort(enum.StrEnum):
    """What sort of thing an item is: what is delivered once, what runs on days, what is sent for a term."""

    plain = "plain"
    advert = "advert"
    subscription = "subscription"


SORTS = {"plain": _("Goods or service"), "advert": _("Advertisement"), "subscription": _("Subscription")}


class Order(PricedHead, Owned, Model):
    """What a customer has ordered. `delivered`, `invoiced` and `paid` follow from deliveries, invoices and payments (services.py)."""

    __tablename__ = "sales_order"
    number: Mapped[str] = t.Number("SO-{year}-{n:05}", info={"label": _("Number")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Contact"))
    opportunity_id: Mapped[t.Id | None] = t.Link("sales.opportunity", _("Opportunity"))
    quote_id: Mapped[t.Id | None] = t.Link("sales.quote", _("Quote"))
    contract_id: Mapped[t.Id | None] = t.Link("sales.contract", _("Contract"), info={"offers": (("amends.empty", "1"),)})
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day"), "help": _("Left out: the day on which it is confirmed.")})
    promised: Mapped[t.Day | None] = mapped_column(info={"label": _("Payment promised for")})
    state: Mapped[State] = mapped_column(default=State.draft, info={"label": _("State"), "labels": STATES, "looks": LOOKS, "readonly": True})
    rate: Mapped[t.Rate] = mapped_column(default=amounts.RATE, info={"label": _("Rate of the day"), "readonly": True})
    worth: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Total in the house's currency"), "readonly": True, "house": True})
    delivered: Mapped[t.Percent] = mapped_column(default=0, info={"label": _("Delivered"), "readonly": True})
    invoiced: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Invoiced"), "readonly": True})
    paid: Mapped[t.Money] = mapped_column(default=0, info={"label": _("Paid so far"), "readonly": True})
    confirmed: Mapped[dt.date | None] = mapped_column(info={"label": _("Confirmed on"), "readonly": True})
    completed: Mapped[dt.date | None] = mapped_column(info={"label": _("Completed on"), "readonly": True})
    reason: Mapped[t.Line | None] = mapped_column(info={"label": _("Reason"), "readonly": True})
    guarantee: Mapped[t.Line | None] = mapped_column(info={"label": _("Guarantee"), "help": _("Who stands in for the money, and by what.")})
    guaranteed: Mapped[t.Day | None] = mapped_column(info={"label": _("Guaranteed until")})
    contract_by_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Contract reviewed by"), "readonly": True})
    contract_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Contract reviewed on"), "readonly": True})
    finance_by_id: Mapped[t.Id | None] = mapped_column(sa.ForeignKey("core_user.id", ondelete="RESTRICT"), info={"label": _("Finance reviewed by"), "readonly": True})
    finance_on: Mapped[dt.date | None] = mapped_column(info={"label": _("Finance reviewed on"), "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})
    # The state others were last told of (services.tell): whichever way it changes, an action or an undo, they hear of it once.
    told: Mapped[State] = mapped_column(default=State.draft, info={"kind": "internal"})

    def __str__(self) -> str:
        return self.number


class OrderItem(PricedLine, PartOf("order"), Model):
    """One line of an order."""

    __tablename__ = "sales_order_item"
    order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))
    sort: Mapped[Sort] = mapped_column(default=Sort.plain, info={"label": _("Type"), "labels": SORTS})
    begins: Mapped[t.Day | None] = mapped_column(info={"label": _("From")})
    ends: Mapped[t.Day | None] = mapped_column(info={"label": _("Until")})
    delivered: Mapped[t.Quantity] = mapped_column(default=0, info={"label": _("Delivered"), "readonly": True})

    def __str__(self) -> str:
        return self.what


class Delivery(PartOf("order"), Model):
    """What went out for an order, or, with quantities below nothing, came back. Stock is not kept here."""

    __tablename__ = "sales_delivery"
    order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))
    number: Mapped[str] = t.Number("FH-{year}-{n:05}", info={"label": _("Number")})
    day: Mapped[t.Day | None] = mapped_column(info={"label": _("Day")})
    waybill: Mapped[t.Line | None] = mapped_column(info={"label": _("Waybill")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Note")})

    def __str__(self) -> str:
        return self.number


class DeliveryItem(PartOf("delivery"), Model):
    """So many of an item of the order."""

    __tablename__ = "sales_delivery_item"
    delivery_id: Mapped[t.Id] = t.Link("sales.delivery", _("Delivery"))
    item_id: Mapped[t.Id] = t.Link("sales.order_item", _("Order item"))
    quantity: Mapped[t.Quantity] = mapped_column(info={"label": _("Quantity"), "help": _("Below nothing: it came back.")})


class Medium(enum.StrEnum):
    """Where an advertisement appears."""

    journal = "journal"
    web = "web"
    fair = "fair"
    guide = "guide"
    sheet = "sheet"


class Look(enum.StrEnum):
    """What an advertisement is made of."""

    picture = "picture"
    text = "text"


MEDIA = {"journal": _("Trade journal"), "web": _("Web site"), "fair": _("Fair"), "guide": _("Fair guide"), "sheet": _("News sheet")}
KINDS = {"picture": _("Picture"), "text": _("Text")}


class Advert(PartOf("order"), Model):
    """An advertisement of an order 广告订单: what appears where, and its plan, run by run."""

    __tablename__ = "sales_advert"
    order_id: Mapped[t.Id] = t.Link("sales.order", _("Order"))
    item_id: Mapped[t.Id | None] = t.Link("sales.order_item", _("Order item"))
    name: Mapped[t.Name] = mapped_column(info={"label": _("Subject")})
    name_key: Mapped[t.SortKey] = t.sort_key("name")
    medium: Mapped[Medium] = mapped_column(default=Medium.journal, info={"label": _("Medium"), "labels": MEDIA})
    look: Mapped[Look] = mapped_column(default=Look.picture, info={"label": _("Text or picture"), "labels": KINDS})
    place: Mapped[t.Line | None] = mapped_column(info={"label": _("Place"), "help": _("Page, position, column or stand.")})
    begins: Mapped[t.Day | None] = mapped_column(info={"label": _("From")})
    ends: Mapped[t.Day | None] = mapped_column(info={"label": _("Until")})
    content: Mapped[t.Note | None] = mapped_column(info={"label": _("Content")})
    source: Mapped[t.Line | None] = mapped_column(info={"label": _("Where the content lies"), "help": _("Folder, address or person; small files are put on the advertisement.")})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Remark")})

    def __str__(self) -> str:
        return self.name


class Fate(enum.StrEnum):
    """What became of a run."""

    planned = "planned"
    done = "done"
    missed = "missed"


FATES = {"planned": _("Planned"), "done": _("Appeared"), "missed": _("Missed")}
FATE_LOOKS = {"planned": ("clock", ""), "done": ("circle-check", "green"), "missed": ("x", "red")}


class Run(PartOf("advert"), Model):
    """One appearance of an advertisement: an issue, or a day."""

    __tablename__ = "sales_run"
    advert_id: Mapped[t.Id] = t.Link("sales.advert", _("Advertisement"))
    issue: Mapped[t.Line | None] = mapped_column(info={"label": _("Issue or day")})
    day: Mapped[t.Day] = mapped_column(info={"label": _("Day")})
    fate: Mapped[Fate] = mapped_column(default=Fate.planned, info={"label": _("State"), "labels": FATES, "looks": FATE_LOOKS})
    evidence: Mapped[t.Line | None] = mapped_column(info={"label": _("Evidence"), "help": _("Page, address or number of the copy.")})


class Term(enum.StrEnum):
    """How far a subscription is."""

    running = "running"
    renewed = "renewed"
    cancelled = "cancelled"


TERMS = {"running": _("Running"), "renewed": _("Renewed"), "cancelled": _("Cancelled")}
TERM_LOOKS = {"running": ("circle-check", "green"), "renewed": ("refresh", ""), "cancelled": ("x", "red")}


class Subscription(Owned, Model):
    """Copies that are sent to a customer for a term 征订; made when its order is confirmed, or by hand."""

    __tablename__ = "sales_subscription"
    number: Mapped[str] = t.Number("ZD-{year}-{n:05}", info={"label": _("Number")})
    customer_id: Mapped[t.Id] = t.Link("core.customer", _("Customer"))
    contact_id: Mapped[t.Id | None] = t.Link("core.contact", _("Sent to"))
    product_id: Mapped[t.Id] = t.Link("core.product", _("Product"))
    item_id: Mapped[t.Id | None] = t.Link("sales.order_item", _("Order item"), info={"readonly": True})
    renews_id: Mapped[t.Id | None] = t.Link("sales.subscription", _("Renews"))
    copies: Mapped[int] = mapped_column(default=1, info={"label": _("Copies")})
    begins: Mapped[t.Day] = mapped_column(info={"label": _("From")})
    ends: Mapped[t.Day] = mapped_column(info={"label": _("Until")})
    complimentary: Mapped[bool] = mapped_column(default=False, info={"label": _("Complimentary")})
    address: Mapped[t.Line | None] = mapped_column(info={"label": _("Delivery address")})
    postcode: Mapped[t.Code | None] = mapped_column(info={"label": _("Postcode")})
    phone: Mapped[t.Phone | None] = mapped_column(info={"label": _("Phone")})
    taken_by_id: Mapped[t.Id | None] = t.Link("core.user", _("Taken by"))
    guarantee: Mapped[t.Line | None] = mapped_column(info={"label": _("Guarantee"), "help": _("Who stands in for the money, and by what.")})
    guaranteed: Mapped[t.Day | None] = mapped_column(info={"label": _("Guaranteed until")})
    term: Mapped[Term] = mapped_column(default=Term.running, info={"label": _("State"), "labels": TERMS, "looks": TERM_LOOKS, "readonly": True})
    reason: Mapped[t.Line | None] = mapped_column(info={"label": _("Reason"), "readonly": True})
    note: Mapped[t.Note | None] = mapped_column(info={"label": _("Dispatch remark")})
    asked: Mapped[bool] = mapped_column(default=False, info={"kind": "internal"})  # its owner has the task about its end
    __table_args__ = (sa.Index("ix_sales_subscription_ending", "ends", "id", sqlite_where=sa.text("term = 'running'"), postgresql_where=sa.text("term = 'running'")),)

    def __str__(self) -> str:
        return self.number
