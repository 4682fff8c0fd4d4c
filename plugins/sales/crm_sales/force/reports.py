"""Reports of the sales force and of partners: who did what, among what the reader may see."""

import datetime as dt

import sqlalchemy as sa

from crm_core.sdk import Report, today
from crm_sales import _
from crm_sales.force.models import Did
from crm_sales.force.territories import coverage


def _sum(rows, did, since=None):
    asked = [rows.c.did == did] if since is None else [rows.c.did == did, rows.c.day >= since]
    return sa.cast(sa.func.sum(sa.case((sa.and_(*asked), rows.c.amount), else_=0)), sa.Float()) / 100


def _ranking(since):
    """Who has how much of each, in whole units of the house's currency, the most received first."""
    def ask(rows):
        first = since()
        columns = [_sum(rows, did, first).label(str(word)) for did, word in ((Did.won, _("Won")), (Did.ordered, _("Ordered")), (Did.invoiced, _("Invoiced")), (Did.received, _("Money received")))]
        return sa.select(rows.c.owner_id, *columns).where(rows.c.day >= first).group_by(rows.c.owner_id).order_by(columns[3].desc(), rows.c.owner_id)

    return ask


def month_began() -> dt.date:
    return today().replace(day=1)


def year_began() -> dt.date:
    return today().replace(month=1, day=1)


def by_category(rows):
    columns = [_sum(rows, did, year_began()).label(str(word)) for did, word in ((Did.ordered, _("Ordered")), (Did.received, _("Money received")))]
    return sa.select(rows.c.category_id, *columns).where(rows.c.day >= year_began()).group_by(rows.c.category_id).order_by(columns[0].desc(), rows.c.category_id)


def commission_by_person(rows):
    columns = [sa.func.sum(rows.c[name]).label(name) for name in ("commission", "fixed", "due")]
    return sa.select(rows.c.owner_id, *columns).where(rows.c.month >= year_began()).group_by(rows.c.owner_id).order_by(columns[0].desc(), rows.c.owner_id)


def commission_by_month(rows):
    return sa.select(rows.c.month, sa.func.sum(rows.c.commission).label("commission"), sa.func.count()).group_by(rows.c.month).order_by(rows.c.month.desc())


def claims_by_kind(rows):
    return sa.select(rows.c.kind, sa.func.sum(rows.c.amount).label("amount"), sa.func.count()).where(
        rows.c.day >= year_began(), rows.c.state.in_(("approved", "paid"))).group_by(rows.c.kind).order_by(sa.func.sum(rows.c.amount).desc())


def funds_by_partner(rows):
    columns = [sa.func.sum(rows.c[name]).label(name) for name in ("amount", "approved", "settled")]
    return sa.select(rows.c.partner_id, *columns).group_by(rows.c.partner_id).order_by(columns[0].desc(), rows.c.partner_id)


def deals_by_partner(rows):
    """What each partner brought."""
    amount = sa.func.coalesce(rows.c.amount, 0)
    brought = sa.cast(sa.func.sum(sa.case((rows.c.state == "won", amount), else_=0)), sa.Float()) / 100
    return sa.select(rows.c.partner_id, sa.func.count(), brought.label(str(_("Won")))).group_by(rows.c.partner_id).order_by(brought.desc(), rows.c.partner_id)


def force():
    return [
        Report("ranking_month", _("Salespeople: this month"), of="sales.achievement", query=_ranking(month_began), icon="trophy", order=40),
        Report("ranking_year", _("Salespeople: this year"), of="sales.achievement", query=_ranking(year_began), icon="trophy", order=41),
        Report("achieved_category", _("Sales by product category, this year"), of="sales.achievement", query=by_category, icon="tags", order=42),
        Report("commission_person", _("Commission by person, this year"), of="sales.statement", query=commission_by_person, icon="coin", order=43),
        Report("commission_month", _("Commission by month"), of="sales.statement", query=commission_by_month, icon="coin", order=44),
        Report("claims", _("Expenses by kind, this year"), of="sales.claim", query=claims_by_kind, icon="receipt", order=45),
        Report("coverage", _("Territories: customers covered"), of="core.customer", query=coverage, icon="map-pin", order=46),
        Report("funds", _("Market development funds by partner"), of="sales.fund", query=funds_by_partner, icon="gift", order=47),
        Report("partner_deals", _("Deals by partner"), of="sales.partner_deal", query=deals_by_partner, icon="heart-handshake", order=48),
    ]
