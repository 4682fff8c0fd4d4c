"""What stands beside an order: each item with what of it went out and is still to go. Beside what runs: its order's money and reviews, its plan."""

import sqlalchemy as sa

from crm_core.sdk import (
    DateField,
    MoneyField,
    Seen,
    Status,
    User,
    cells,
    dealings,
    may,
    money,
    sees,
    session,
    site,
    system_scope,
    today,
)
from crm_sales import _
from crm_sales.orders import again as ordering_again
from crm_sales.orders import running, services
from crm_sales.orders.models import (
    FATE_LOOKS,
    FATES,
    REVIEW_LOOKS,
    REVIEWS,
    Advert,
    Fate,
    Order,
    OrderItem,
    Review,
    Run,
    State,
    Subscription,
)
from crm_sales.settings import OrderSettings

PAID = "sales.order.total", "sales.order.paid"
ITEMS = "sales.order_item.what", "sales.order_item.quantity", "sales.order_item.delivered"
AGAIN = "sales.order.customer", "sales.order.day", "sales.order_item.product", "sales.order_item.what", "sales.order_item.quantity", "sales.order_item.price"
REVIEW = "sales.order.review"
RUNS = "sales.run.day", "sales.run.issue", "sales.run.fate", "sales.advert.name"
_AMOUNT, _DAY = MoneyField(name="amount", label=""), DateField(name="day", label="")
said, day_said = _AMOUNT.show, _DAY.show  # an amount and a day, as people read them


def progress(order_id: int):
    """Items of an order with quantities, as far as the reader may see the order."""
    order = session.get(Order, order_id)
    show = site().registry.resource("sales.order_item").all_fields["quantity"]
    rows = session.execute(sa.select(OrderItem.id, OrderItem.what, OrderItem.quantity, OrderItem.delivered).where(OrderItem.order_id == order_id).order_by(OrderItem.id)).all()
    items = [] if not sees(*ITEMS) else [{"id": row.id, "what": row.what, "ordered": show.show(row.quantity), "out": show.show(row.delivered), "rest": show.show(row.quantity - row.delivered),
              "typed": show.text(row.quantity - row.delivered), "open": row.quantity > row.delivered} for row in rows]
    parts = order is not None and order.state in services.GOING and may("sales.order.deliver_part", order_id)
    money_seen = order is not None and sees(*PAID, "sales.order.invoiced")
    by_plan = services.receivables.instalments(order_id) if money_seen and order.contract_id else (0, 0)
    link = order.contract_id if by_plan[0] and sees("sales.order.contract") and may("sales.contract.read", order.contract_id) else None
    return {"items": items, "url": f"/sales/order/{order_id}/parts" if parts else "", "by_plan": by_plan, "contract": link,
            "figures": [(order.total, order.invoiced, order.paid)] if money_seen else [], "said": said, "review": _review(order) if order is not None and sees(REVIEW) else "",
            "subscriptions": _sent_for(order_id)}


def _sent_for(order_id):
    """The subscriptions that came of an order, as far as the reader may see them: id and number."""
    if not sees("sales.subscription.number"):
        return []
    return session.execute(sa.select(Subscription.id, Subscription.number).join(OrderItem, OrderItem.id == Subscription.item_id).where(
        OrderItem.order_id == order_id).order_by(Subscription.id).limit(50)).all()


def _review(order):
    """Which review an order waits for, said in its field's look; that both passed stands with their days."""
    waiting = next((one for one in (Review.contract, Review.finance) if services.waits(order, one)), None)
    return cells.status(Status(REVIEWS[waiting.value], *REVIEW_LOOKS[waiting.value])) if waiting else ""


def waiting(review):
    """How many orders wait for this review, on the home page of who gives it."""
    return lambda rows: sa.select(rows.c.review, sa.func.count()).where(rows.c.review == review, rows.c.state.in_(services.REVIEWED)).group_by(rows.c.review)


def may_review(verb):
    return lambda: OrderSettings.now().reviews and may(f"sales.order.{verb}")


def again(customer_id: int):
    """The short way to an order: what he had last, at the prices of today. Who seeks the price finds it open, quantities to be typed and all."""
    had = ordering_again.before(customer_id)
    quantity = site().registry.resource("sales.order_item").all_fields["quantity"]
    lines = [{"item": one.item, "what": one.what, "typed": quantity.text(one.quantity) if one.quantity else "", "price": "—" if one.price is None else said(one.price), "priced": one.price is not None}
             for one in had.lines]
    return {"customer": customer_id, "had": had, "lines": lines, "count": sum(1 for one in had.lines if one.quantity), "total": said(had.total),
            "may": may("sales.order.create") and may("core.customer.order_again", customer_id), "day": day_said(had.order.day) if had.order else "",
            "after": ordering_again.newest(customer_id), "open": dealings.value_class(customer_id) == "intrinsic", "foreign": "" if had.currency == money.house() else had.currency}


# --- what is owed for what, and what runs when ---------------------------------------------------------------------------


def standing(order):
    """How far an order is paid: in full, in part with the amount, not at all; as Status."""
    if order.total <= 0:
        return Status(_("Free of charge"), "gift", "")
    if order.paid <= 0:
        return Status(_("Not paid"), "hourglass-low", "amber")
    if order.paid >= order.total:
        return Status(_("Paid in full"), "cash", "green")
    return Status(_("Paid %(paid)s of %(total)s", paid=said(order.paid), total=said(order.total)), "cash", "amber")


def payments(of):
    """What the column of a list shows: id → how far its order is paid, for those whose order the reader may see. One statement."""
    def load(ids):
        query = sa.select(of.id, Order.total, Order.paid).where(of.id.in_(ids))
        if of is Advert:
            query = query.join(Order, Order.id == Advert.order_id)
        elif of is Subscription:
            query = query.join(OrderItem, OrderItem.id == Subscription.item_id).join(Order, Order.id == OrderItem.order_id)
        return {row.id: cells.status(standing(row)) for row in session.execute(query)} if may("sales.order.read") else {}

    return load


def _order_box(order, **more):
    """An order's number, contract, guarantee, reviews and payment, as far as the reader may see each."""
    if order is None:
        return {"order": None, **more}
    registry = site().registry
    contracts, people = registry.resource("sales.contract"), registry.resource("core.user")
    order = Seen(registry.resource("sales.order"), order)
    contract = session.get(contracts.model, order.contract_id) if may("sales.contract.read", order.contract_id) else None
    names = people.labels([one for one in (order.contract_by_id, order.finance_by_id) if one])
    reviews = [(label, day_said(day), names.get(by, "")) for label, day, by in (
        (_("Contract reviewed"), order.contract_on, order.contract_by_id), (_("Finance reviewed"), order.finance_on, order.finance_by_id)) if day is not None]
    contract = Seen(contracts, contract) if contract is not None else None
    whole = (contract.total if contract.agreed is None else contract.agreed) if contract is not None else None
    total = f"{said(whole)} {contract.currency or ''}" if whole is not None else ""
    return {"order": order, "contract": contract, "contract_total": total, "reviews": reviews,
            "guaranteed": day_said(order.guaranteed) if order.guaranteed else "", "payment": cells.status(standing(order)) if sees(*PAID) else "", **more}


def _order_of(order_id):
    return session.get(Order, order_id) if may("sales.order.read", order_id) else None


def beside_advert(advert_id):
    """What the box beside an advertisement says of its order."""
    return _order_box(_order_of(session.get(Advert, advert_id).order_id))


def beside_subscription(subscription_id):
    """Besides its order: what it costs, the customer's region, who took it with his number."""
    one = session.get(Subscription, subscription_id)
    with system_scope("the item a subscription was ordered by, and who took it") as db:
        item = db.execute(sa.select(OrderItem.order_id, OrderItem.amount).where(OrderItem.id == one.item_id)).one_or_none() if one.item_id else None
        taker = db.execute(sa.select(User.name, User.phone).where(User.id == one.taken_by_id)).one_or_none() if one.taken_by_id else None
    customers = site().registry.resource("core.customer")
    where = session.scalar(sa.select(customers.model.region_id).where(customers.model.id == one.customer_id))
    region = site().registry.resource("core.region").name_of(where)
    order = _order_of(item.order_id) if item is not None else None
    return _order_box(order, amount=said(item.amount) if order is not None and sees("sales.order_item.amount") else "", taker=taker, region=region)


def runs_of_order(order_id):
    """The box of an order: its runs, and what is still to be planned."""
    order = _order_of(order_id)
    plan = f"/sales/order/{order_id}/do/plan_runs" if order is not None and may("sales.order.plan_runs", order_id) and order.state != State.cancelled and running.needs_plan(order_id) else ""
    return {**_runs(Advert.order_id == order_id, f"/sales/order/{order_id}", order), "plan": plan}


def runs_of_advert(advert_id):
    """The box of an advertisement: its runs."""
    return {**_runs(Advert.id == advert_id, f"/sales/advert/{advert_id}", _order_of(session.get(Advert, advert_id).order_id)), "plan": ""}


def _runs(which, here, order):
    """What runs next, and what was to and is not marked yet: each with its acts for who may do them, as soon as it can have appeared."""
    told, reviewed = sees("sales.run.evidence"), True
    if OrderSettings.now().reviews:
        with system_scope("whether orders wait for a review, whoever may read them") as db:
            reviewed = db.scalar(sa.select(Order.id).join(Advert, Advert.order_id == Order.id).where(which, Order.review.in_((Review.contract, Review.finance)), Order.state.in_(services.REVIEWED)).limit(1)) is None
    rows = session.execute(sa.select(Run.id, Run.day, Run.issue, Run.fate, Run.evidence, Advert.name).join(Advert, Advert.id == Run.advert_id).where(which).order_by(
        sa.case((Run.fate == Fate.planned, 0), else_=1), Run.day, Run.id).limit(24)).all()
    counts = dict(session.execute(sa.select(Run.fate, sa.func.count()).join(Advert, Advert.id == Run.advert_id).where(which).group_by(Run.fate)).all())
    looks = {fate: cells.status(Status(FATES[fate.value], *FATE_LOOKS[fate.value])) for fate in Fate}
    return {"rows": [(row, day_said(row.day), looks[row.fate], row.fate == Fate.planned and row.day < today(), row.evidence if told else "") for row in rows],
            "counts": [(looks[fate], counts[fate]) for fate in Fate if counts.get(fate)],
            "may": {name for name in (("appeared", "missed") if reviewed else ("missed",)) if rows and may(f"sales.run.{name}", rows[0].id)},
            "planned": Fate.planned, "here": here, "now": today(), "review": _review(order) if order is not None and sees(REVIEW) else ""}
