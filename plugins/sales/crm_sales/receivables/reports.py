"""Reports of orders and money: ageing, receipts as they were due and came, products by region and month, prices as they were realised."""

import datetime as dt

import sqlalchemy as sa

from crm_core.sdk import Card, Customer, Region, Report, count_by, today, visible
from crm_sales import _
from crm_sales.months import month_of, region_of
from crm_sales.orders.models import Order
from crm_sales.orders.resources import OrderItems, Orders
from crm_sales.orders.services import GOING
from crm_sales.receivables.models import State
from crm_sales.receivables.resources import Invoices
from crm_sales.receivables.services import OPEN

BUCKETS = (("not_due", None, 0), ("d30", 1, 30), ("d60", 31, 60), ("d90", 61, 90), ("later", 91, None))
HEADS = {"not_due": _("Not due"), "d30": _("1–30 days"), "d60": _("31–60 days"), "d90": _("61–90 days"), "later": _("Over 90 days"), "all": _("Receivable")}


def bucket(rows, first, last):
    """What of open invoices is so many days late, in the house's currency. Each lies in one of BUCKETS; what is owed to the customer is never late."""
    day, amount = today(), rows.c.open_worth
    if first is None:
        which = sa.or_(rows.c.due >= day, rows.c.due.is_(None), amount < 0)
    else:
        which = sa.and_(amount >= 0, rows.c.due <= day - dt.timedelta(days=first), rows.c.due >= day - dt.timedelta(days=last) if last else sa.true())
    return sa.func.coalesce(sa.func.sum(sa.case((which, amount), else_=0)), 0)


def _ageing(by):
    def ask(rows):
        total = sa.func.sum(rows.c.open_worth)
        return sa.select(rows.c[by], *(bucket(rows, first, last).label(name) for name, first, last in BUCKETS), total.label("all")).where(
            rows.c.state == State.issued, rows.c.open_worth != 0).group_by(rows.c[by]).order_by(total.desc(), rows.c[by])
    return ask


def _receipts(rows):
    month, asked = month_of(rows.c.due), rows.c.worth
    return sa.select(month.label("month"), sa.func.sum(asked).label("asked"), sa.func.sum(asked - rows.c.open_worth - rows.c.written_worth).label("came"), sa.func.sum(rows.c.open_worth).label("open"),
                     sa.func.sum(rows.c.written_worth).label("lost"), sa.func.sum(sa.case((sa.and_(rows.c.state != State.lost, rows.c.settled.is_not(None), rows.c.settled <= rows.c.due), asked), else_=0)).label("in_time")).where(
        rows.c.state.in_(OPEN), rows.c.due.is_not(None)).group_by(month).order_by(month.desc())


def _products(rows):
    orders, customers, regions = visible(Order), visible(Customer), sa.inspect(Region).local_table
    month, region, amount = month_of(orders.c.confirmed), region_of(regions), sa.func.sum(rows.c.amount)
    return sa.select(rows.c.product_id, region.label("region"), month.label("month"), amount.label("amount")).join(orders, orders.c.id == rows.c.order_id).join(
        customers, customers.c.id == orders.c.customer_id).outerjoin(regions, regions.c.id == customers.c.region_id).where(
        orders.c.state.in_(GOING), orders.c.confirmed.is_not(None)).group_by(rows.c.product_id, region, month).order_by(month.desc(), amount.desc(), rows.c.product_id, region)


def _realised(rows):
    got = sa.func.sum(sa.cast(rows.c.quantity, sa.Float) * rows.c.price * (100_00 - rows.c.discount) / 100_00)
    listed = sa.func.sum(sa.cast(rows.c.quantity, sa.Float) * rows.c.list_price)
    return sa.select(rows.c.product_id, (100 * got / listed).label("realised"), sa.func.sum(rows.c.amount).label("amount")).where(
        rows.c.list_price > 0, rows.c.product_id.is_not(None), rows.c.delivered > 0).group_by(rows.c.product_id).having(listed > 0).order_by(100 * got / listed, rows.c.product_id)


def _late(rows):
    total = sa.func.sum(rows.c.open_worth).label("open_worth")
    return sa.select(rows.c.customer_id, sa.func.count(), total).where(rows.c.state == State.issued, rows.c.remaining > 0, rows.c.due < today()).group_by(
        rows.c.customer_id).order_by(sa.func.sum(rows.c.open_worth).desc(), rows.c.customer_id)


REPORTS = (
    Report("ageing", _("Receivables by age"), of=Invoices, query=_ageing("customer_id"), icon="hourglass-low", heads=HEADS, money=tuple(HEADS)),
    Report("ageing_owners", _("Receivables by age and owner"), of=Invoices, query=_ageing("owner_id"), icon="hourglass-low", heads=HEADS, money=tuple(HEADS)),
    Report("receipts", _("Receipts: due and received"), of=Invoices, query=_receipts, chart="line", month="due", icon="cash", money=("asked", "came", "open", "lost", "in_time"), heads={
        "month": _("Month"), "asked": _("Due"), "came": _("Received of it"), "open": _("Outstanding"), "lost": _("Written off"), "in_time": _("Received in time")}),
    Report("products", _("Products by region and month"), of=OrderItems, query=_products, icon="package", heads={"region": _("Region"), "month": _("Month")}),
    Report("realised", _("Prices realised"), of=OrderItems, query=_realised, icon="tags", heads={"realised": _("Percent of the list price")}),
)
CARDS = (
    Card("overdue", _("Overdue invoices"), of=Invoices, query=_late, chart="", icon="alert-triangle"),
    Card("order_states", _("Orders by state"), of=Orders, query=count_by("state"), chart=""),
)
