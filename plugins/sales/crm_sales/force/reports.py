"""Reports of the sales force and of partners: who did what, where and when, among what the reader may see; sums in hundredths, to the cent."""

import datetime as dt

import sqlalchemy as sa

from crm_core.sdk import Customer, Region, Report, site, today, visible
from crm_sales import _
from crm_sales.force.models import Did
from crm_sales.force.territories import coverage
from crm_sales.months import month_of, region_of


def _sum(rows, did):
    return sa.func.sum(sa.case((rows.c.did == did, rows.c.amount), else_=0)).label(did.value)


def _ranking(since):
    """Who has how much of each, the most received first."""
    def ask(rows):
        columns = [_sum(rows, did) for did in Did]
        return sa.select(rows.c.owner_id, *columns).where(rows.c.day >= since()).group_by(rows.c.owner_id).order_by(columns[-1].desc(), rows.c.owner_id)

    return ask


def month_began() -> dt.date:
    return today().replace(day=1)


def year_began() -> dt.date:
    return today().replace(month=1, day=1)


def by_category(rows):
    return _told_apart(rows, rows.c.category_id)


def by_product(rows):
    return _told_apart(rows, rows.c.product_id)


def _told_apart(rows, column):
    columns = [_sum(rows, did) for did in (Did.ordered, Did.received)]
    return sa.select(column, *columns).where(rows.c.day >= year_began()).group_by(column).order_by(columns[0].desc(), column)


def regions_known():
    """Whether the reader is shown where customers are."""
    return "region" in site().registry.resource("core.customer").fields()


def results(rows):
    """Who achieved what in which month with customers of which region. Of a customer its reader may not see the region stays unnamed."""
    customers, regions = visible(Customer), sa.inspect(Region).local_table
    region, month = region_of(regions).label("region"), month_of(rows.c.day).label("month")
    columns = [_sum(rows, did) for did in Did]
    return sa.select(rows.c.owner_id, region, month, *columns).outerjoin(customers, customers.c.id == rows.c.customer_id).outerjoin(
        regions, regions.c.id == customers.c.region_id).where(rows.c.day >= year_began()).group_by(rows.c.owner_id, region, month).order_by(
        month.desc(), columns[-1].desc(), rows.c.owner_id, region)


def commission_by_person(rows):
    columns = [sa.func.sum(rows.c[name]).label(name) for name in ("commission", "fixed", "due")]
    return sa.select(rows.c.owner_id, *columns).where(rows.c.month >= year_began()).group_by(rows.c.owner_id).order_by(columns[0].desc(), rows.c.owner_id)


def commission_by_month(rows):
    return sa.select(rows.c.month, sa.func.sum(rows.c.commission).label("commission"), sa.func.count()).group_by(rows.c.month).order_by(rows.c.month.desc())


def claims_by_kind(rows):
    """One line for each currency: amounts of several are never one sum."""
    return sa.select(rows.c.kind, rows.c.currency, sa.func.sum(rows.c.amount).label("amount"), sa.func.count()).where(
        rows.c.day >= year_began(), rows.c.state.in_(("approved", "paid"))).group_by(rows.c.kind, rows.c.currency).order_by(
        rows.c.currency, sa.func.sum(rows.c.amount).desc(), rows.c.kind)


def funds_by_partner(rows):
    columns = [sa.func.sum(rows.c[name]).label(name) for name in ("amount", "approved", "settled")]
    return sa.select(rows.c.partner_id, *columns).group_by(rows.c.partner_id).order_by(columns[0].desc(), rows.c.partner_id)


def deals_by_partner(rows):
    """What each partner brought."""
    amount = sa.func.coalesce(rows.c.amount, 0)
    brought = sa.func.sum(sa.case((rows.c.state == "won", amount), else_=0)).label("won")
    return sa.select(rows.c.partner_id, sa.func.count(), brought).group_by(rows.c.partner_id).order_by(brought.desc(), rows.c.partner_id)


HEADS = {"won": _("Won"), "ordered": _("Ordered"), "invoiced": _("Invoiced"), "received": _("Money received")}
SUMS = {"heads": HEADS, "money": tuple(HEADS)}


def force():
    return [
        Report("ranking_month", _("Salespeople: this month"), of="sales.achievement", query=_ranking(month_began), icon="trophy", order=40, **SUMS),
        Report("ranking_year", _("Salespeople: this year"), of="sales.achievement", query=_ranking(year_began), icon="trophy", order=41, **SUMS),
        Report("achieved_category", _("Sales by product category, this year"), of="sales.achievement", query=by_category, icon="tags", order=42, **SUMS),
        Report("achieved_product", _("Sales by product, this year"), of="sales.achievement", query=by_product, icon="package", order=42, **SUMS),
        Report("results", _("Results by person, region and month, this year"), of="sales.achievement", query=results, icon="trophy", order=42, when=regions_known,
               heads={**HEADS, "region": _("Region"), "month": _("Month")}, money=tuple(HEADS)),
        Report("commission_person", _("Commission by person, this year"), of="sales.statement", query=commission_by_person, icon="coin", order=43),
        Report("commission_month", _("Commission by month"), of="sales.statement", query=commission_by_month, icon="coin", order=44),
        Report("claims", _("Expenses by kind, this year"), of="sales.claim", query=claims_by_kind, chart="", icon="receipt", order=45),
        Report("coverage", _("Territories: customers covered"), of="core.customer", query=coverage, icon="map-pin", order=46),
        Report("funds", _("Market development funds by partner"), of="sales.fund", query=funds_by_partner, icon="gift", order=47),
        Report("partner_deals", _("Deals by partner"), of="sales.partner_deal", query=deals_by_partner, icon="heart-handshake", order=48, heads={"won": _("Won")}, money=("won",)),
    ]
