"""What people see of orders."""

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from crm_core.sdk import (
    Action,
    Bad,
    DateField,
    EnumField,
    Field,
    IntegerField,
    Lines,
    NoteField,
    PricedLines,
    Product,
    Refused,
    Resource,
    Section,
    Settled,
    as_written,
    priced,
    say_date,
    session,
    system_scope,
    today,
)
from crm_sales import _, repricing
from crm_sales.contracts import paying
from crm_sales.contracts.services import name_the_first, of_another_currency
from crm_sales.opportunities.services import of_their_desk
from crm_sales.orders import running, services
from crm_sales.orders.models import (
    Advert,
    Delivery,
    DeliveryItem,
    Fate,
    Order,
    OrderItem,
    Review,
    Run,
    Sort,
    State,
    Subscription,
    Term,
)

MOST = 2**63 - 1
PLAN = (EnumField(name="every", label=_("How often"), members=running.Every, labels=running.EVERY, required=True, default=running.Every.half),
        IntegerField(name="first", label=_("Number of the first issue"), help=_("Left out: runs are called by their day."), minimum=0, maximum=1_000_000))


@dataclass(frozen=True, kw_only=True)
class PartsField(Field):
    """What of an order goes out: in JSON a list of items and quantities, typed as `12=3; 13=0.5`. A quantity below nothing came back."""

    kind: str = "parts"

    def parse(self, text):
        return self.load([dict(zip(("item", "quantity"), part.split("=", 1), strict=False)) for part in text.split(";") if part.strip()]) if text else None

    def load(self, value):
        if value is None:
            return None
        try:
            found = {int(one["item"]): Decimal(str(one["quantity"]).strip() or "0") * 1000 for one in value}
        except (TypeError, KeyError, ValueError, ArithmeticError):
            raise Bad(_("A list of items and quantities is expected.")) from None
        if any(not 0 < item <= MOST for item in found):
            raise Bad(_("An item is none of this order."))
        if any(not n.is_finite() or n != n.to_integral_value() or abs(n) > 10**12 for n in found.values()):
            raise Bad(_("A list of items and quantities is expected."))
        return {item: int(n) for item, n in found.items()}

    def text(self, value):
        return "; ".join(f"{item}={Decimal(n) / 1000}" for item, n in (value or {}).items())

    def schema(self):
        return {"type": "array", "items": {"type": "object", "properties": {"item": {"type": "integer"}, "quantity": {"type": ["string", "number"]}}}}


class Orders(Resource):
    model = Order
    label, singular = _("Orders"), _("Order")
    icon = "shopping-cart"
    columns = "number", "customer", "day", "total", "delivered", "paid", "state", "owner"
    filters = "state", "customer", "day", "total", "promised", "confirmed", "completed", "review", "owner"
    search = ("number",)
    search_names = ()
    sorts = "-updated_at", "day", "customer"
    status = "state"
    subtitle = "customer", "day", "total"
    calendar = "promised"
    limited = True
    importable = True
    timeline = True
    settled = (Settled("state", (State.draft,), _("Only drafts can be changed: this order is confirmed already. Cancel it, or deliver and take back."),
                       free=("note", "promised", "guarantee", "guaranteed", "contact"), course=("state", "confirmed", "completed", "reason")),)
    lines = (priced(OrderItem, columns=(*priced(OrderItem).columns, "begins", "ends")),)
    form = (
        Section(_("Order"), ("customer", "contact", "day", "currency", "promised", "items", "note")),
        Section(_("Where it comes from"), ("opportunity", "quote", "contract"), folded=True),
        Section(_("Guarantee"), ("guarantee", "guaranteed"), folded=True),
    )
    actions = (
        Action("confirm", _("Confirm"), services.confirm, when=lambda o: o.state == State.draft, icon="circle-check", primary=True, whole=True,
               fields=(Field(name="why", label=_("Why in spite of a warning"), length=255),)),
        Action("take_prices", _("Take today's prices"), repricing.take("sales.order"), when=lambda o: o.state == State.draft, icon="refresh", order=52, bulk=False),
        Action("deliver", _("Deliver the rest"), services.deliver, when=lambda o: o.state == State.confirmed and o.delivered < 100_00, icon="truck-delivery", primary=True, whole=True,
               fields=lambda _r: [DateField(name="day", label=_("Day"), default=today()), Field(name="waybill", label=_("Waybill"), length=255)]),
        Action("deliver_part", _("Deliver a part, or take back"), services.deliver_part, when=lambda o: o.state in services.GOING, icon="truck", bulk=False, button=False,
               fields=lambda _r: [PartsField(name="parts", label=_("Items"), required=True),
                                  DateField(name="day", label=_("Day"), default=today()), Field(name="waybill", label=_("Waybill"), length=255)]),
        Action("plan_runs", _("Plan the advertisements"), running.plan_order, icon="calendar-event", order=58, bulk=False, fields=PLAN,
               when=lambda o: o.state != State.cancelled and running.needs_plan(o.id)),
        Action("review_contract", _("Contract reviewed"), services.review_contract, icon="checks", order=8, primary=True,
               when=lambda o: services.waits(o, Review.contract)),
        Action("review_finance", _("Finance reviewed"), services.review_finance, icon="checks", order=9, primary=True,
               when=lambda o: services.waits(o, Review.finance)),
        Action("cancel", _("Cancel the order"), services.cancel, when=lambda o: o.state in (State.draft, State.held, State.confirmed), icon="x", order=80, danger=True, whole=True,
               fields=(Field(name="reason", label=_("Reason"), required=True, length=255),)),
    )
    help = _("What customers have ordered. An order is confirmed, goes out in one or several deliveries, is invoiced and paid; then it is completed by itself.")

    def derive(self, rows, before):
        of_their_desk(rows)
        name_the_first(rows)

    def check(self, rows, before):
        return of_another_currency(rows, before)

    def written(self, verb, ids, change):
        if verb == "delete":
            with system_scope("confirmed orders stay") as db:
                if number := db.scalar(sa.select(Order.number).where(Order.id.in_(ids), sa.or_(
                        Order.state.in_(services.GOING), Order.delivered != 0, Order.invoiced != 0)).limit(1)):
                    raise Refused(_("%(number)s is confirmed: it can be cancelled, but not deleted.", number=number))
            services.dropped(ids)
        if verb in ("update", "restore"):
            services.tell(ids)


class OrderItems(PricedLines):
    model = OrderItem
    label, singular = _("Order items"), _("Order item")
    agreed = "quote_id", "contract_id"

    def goes_with(self, column, documents):
        """An order names the contract; what its amendments say was agreed, too."""
        if column != "contract_id":
            return {}
        with system_scope("amendments of the contract of an order") as db:
            return {one.id: of for of, mine in paying.amendments(db, documents).items() for one in mine}

    columns = "order", "what", "quantity", "price", "amount", "delivered"
    filters = "order", "product", "sort"
    spans = "begins", "ends"
    search = ("what",)

    def derive(self, rows, before):
        super().derive(rows, before)
        products = {row["product_id"] for row in rows if row.get("product_id")}
        terms = set(session.scalars(sa.select(Product.id).where(Product.id.in_(products), Product.kind == "subscription"))) if products else set()
        for row in rows:
            if row.get("product_id") in terms:
                row["sort"] = Sort.subscription
            elif row.get("begins") and row.get("sort", Sort.plain) == Sort.plain:
                row["sort"] = Sort.advert  # what has days and is no subscription runs

    def check(self, rows, before):
        faults = super().check(rows, before)
        for at, row in enumerate(rows):
            now = as_written(row, before)
            if now.get("quantity") is not None and now["quantity"] <= 0:
                faults[at] = {"quantity": [_("A quantity is greater than nothing.")]}
        return faults


def _followed(of, ids):
    """Of these deliveries, or lines of some, those whose order was invoiced or is completed."""
    with system_scope("deliveries that were invoiced") as db:
        query = sa.select(of).join(Order, Order.id == Delivery.order_id).where(of.in_(ids), sa.or_(Order.invoiced != 0, Order.state == State.done))
        return set(db.scalars(query.select_from(Delivery) if of is Delivery.id else query.select_from(sa.join(DeliveryItem, Delivery, DeliveryItem.delivery_id == Delivery.id))))


class Deliveries(Resource):
    model = Delivery
    label, singular = _("Deliveries"), _("Delivery")
    icon = "truck-delivery"
    columns = "number", "order", "day", "waybill"
    filters = "order", "day"
    search = "number", "waybill"
    search_names = ()
    verbs = "read", "export", "print"
    readonly = True
    lines = (Lines("items", DeliveryItem, ("item", "quantity"), _("Items")),)
    help = _("What went out for orders, or came back. Nothing goes out twice: never more than was ordered and not delivered yet.")

    @property
    def label_field(self):
        return "number"

    def example(self, make, owner):
        order = make("sales.order", owner=owner, items=[{"what": "Test", "quantity": 2000, "price": 100_00}])
        orders = self.registry.resource("sales.order")
        orders.run("confirm", [order])
        orders.run("deliver", [order])
        return session.scalar(sa.select(Delivery.id).where(Delivery.order_id == order))

    def held(self, ids):
        """One whose order was invoiced or is completed stays, also when its making is undone."""
        return super().held(ids) | _followed(Delivery.id, ids)


class DeliveryItems(Resource):
    model = DeliveryItem
    label, singular = _("Delivered items"), _("Delivered item")
    columns = "delivery", "item", "quantity"
    filters = "delivery", "item"
    search = ()
    verbs = ("read",)

    @property
    def label_field(self):
        return "quantity"

    def check(self, rows, before):
        return {at: {"quantity": [_("A quantity is greater than nothing, or less for what came back.")]} for at, row in enumerate(rows) if row.get("quantity") == 0}

    def example(self, make, owner):
        return session.scalar(sa.select(DeliveryItem.id).where(DeliveryItem.delivery_id == make("sales.delivery", owner=owner)))

    def held(self, ids):
        return super().held(ids) | _followed(DeliveryItem.id, ids)

    def written(self, verb, ids, change):
        services.counted(ids)


class Adverts(Resource):
    model = Advert
    label, singular = _("Advertisements"), _("Advertisement")
    icon = "speakerphone"
    columns = "name", "order", "medium", "look", "place", "begins", "ends", "payment"
    filters = "order", "medium", "look", "begins", "ends"
    search = "name", "place"
    calendar, gantt = "begins", ("begins", "ends")
    spans = "begins", "ends"
    importable = True
    lines = (Lines("runs", Run, ("issue", "day", "fate", "evidence"), _("Plan of runs"), first=True),)
    form = (Section(_("Advertisement"), ("order", "item", "name", "medium", "look", "place", "begins", "ends", "content", "source", "note", "runs")),)
    actions = (Action("plan", _("Make the plan"), running.plan, when=lambda one: one.begins is not None and one.ends is not None, icon="calendar-event", primary=True, fields=PLAN),)
    help = _("What of an order appears where, and its plan: each run is planned, has appeared (with evidence) or was missed.")

    def written(self, verb, ids, change):
        services.advertised(ids)


class Runs(Resource):
    model = Run
    label, singular = _("Runs"), _("Run")
    icon = "calendar-event"
    columns = "advert", "issue", "day", "fate", "evidence"
    filters = "advert", "day", "fate"
    search = "issue", "evidence"
    search_names = ()
    sorts = ("-day",)
    calendar = "day"
    verbs = ("read", "export", "print")
    actions = (
        Action("appeared", _("Appeared"), running.appeared, when=lambda one: one.fate != Fate.done and one.day <= today(), icon="circle-check", primary=True, order=10),
        Action("missed", _("Missed"), running.missed, when=lambda one: one.fate == Fate.planned, icon="x", order=11),
        Action("again", _("Planned again"), running.again, when=lambda one: one.fate != Fate.planned, icon="clock", order=12, quiet=True),
    )

    @property
    def label_field(self):
        return "issue"

    def check(self, rows, before):
        faults = {}
        for at, row in enumerate(rows):
            now = as_written(row, before)
            if now.get("fate") == "done" and not now.get("evidence"):
                faults[at] = {"evidence": [_("Say where it can be seen.")]}
            elif now.get("fate") == "done" and now.get("day") is not None and now["day"] > today():
                faults[at] = {"fate": [_("It runs on %(day)s: it cannot have appeared yet.", day=say_date(now["day"]))]}
        return faults

    def written(self, verb, ids, change):
        services.ran(ids)


class Subscriptions(Resource):
    model = Subscription
    label, singular = _("Subscriptions"), _("Subscription")
    icon = "mailbox"
    columns = "number", "customer", "product", "copies", "begins", "ends", "complimentary", "term", "payment", "owner"
    filters = "term", "customer", "product", "begins", "ends", "complimentary", "taken_by", "guaranteed", "owner"
    search = "number", "address", "phone"
    search_names = ()
    sorts = "-updated_at", "ends"
    status = "term"
    calendar, gantt = "ends", ("begins", "ends")
    spans = "begins", "ends"
    importable = True
    addressed = "customer"
    timeline = True
    form = (
        Section(_("Subscription"), ("customer", "product", "copies", "begins", "ends", "complimentary", "taken_by")),
        Section(_("Where it is sent"), ("contact", "address", "postcode", "phone", "note")),
        Section(_("Guarantee"), ("guarantee", "guaranteed"), folded=True),
    )
    actions = (
        Action("call", _("Note a call"), services.call, icon="phone", order=30, bulk=False,
               fields=(NoteField(name="said", label=_("What was said"), required=True, length=5_000), DateField(name="next_day", label=_("Call again on")))),
        Action("renew", _("Renew"), services.renew, when=lambda one: one.term == Term.running, icon="refresh", primary=True, makes="sales.order"),
        Action("end", _("Not renewed"), services.end, when=lambda one: one.term == Term.running, icon="x", order=80, danger=True,
               fields=(Field(name="reason", label=_("Reason"), required=True, length=255),)),
    )
    help = _("Copies that are sent for a term. One about to end is a task of its owner’s until it is renewed or not.")

    def check(self, rows, before):
        return {at: {"copies": [_("A quantity is greater than nothing.")]} for at, row in enumerate(rows) if (as_written(row, before).get("copies") or 0) < 1}

    def written(self, verb, ids, change):
        services.followed(ids)
