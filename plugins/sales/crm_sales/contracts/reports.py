"""Questions about sales, each with its chart."""

import sqlalchemy as sa

from crm_core.sdk import Card, Report
from crm_sales import _
from crm_sales.contracts.resources import Contracts
from crm_sales.months import month_of
from crm_sales.quotes.resources import Quotes


def quotes_by_state(rows):
    """How many, what they come to; of newest versions."""
    return sa.select(rows.c.state, sa.func.count(), sa.func.sum(rows.c.total).label("total")).where(rows.c.latest).group_by(rows.c.state).order_by(rows.c.state)


def acceptance(rows):
    """By owner: of what was answered or ran out, what share was accepted."""
    answered = rows.c.state.in_(("accepted", "declined", "expired"))
    accepted = sa.func.sum(sa.case((rows.c.state == "accepted", 1), else_=0))
    return sa.select(rows.c.owner_id, (accepted * 100 / sa.func.count()).label("accepted_percent"), sa.func.count()).where(answered).group_by(rows.c.owner_id).order_by(rows.c.owner_id)


def waiting(rows):
    return sa.select(rows.c.customer_id, sa.func.count()).where(rows.c.state == "sent").group_by(rows.c.customer_id).order_by(sa.func.count().desc(), rows.c.customer_id)


def ending(rows):
    """By the month in which they end, the next first; each with its amendments."""
    month = month_of(rows.c.ends).label("month")
    return sa.select(month, sa.func.count(), sa.func.sum(rows.c.agreed).label("agreed")).where(rows.c.state == "signed", rows.c.ends.is_not(None), rows.c.amends_id.is_(None)).group_by(month).order_by(month)


MONTH = {"month": _("Month")}
REPORTS = [
    Report("quotes", _("Quotes by state"), of=Quotes, query=quotes_by_state, icon="file-text", order=30),
    Report("acceptance", _("Acceptance of quotes by owner, %"), of=Quotes, query=acceptance, icon="check", order=31, heads={"accepted_percent": _("Accepted, %")}),
    Report("ending", _("Contracts by the month they end in"), of=Contracts, query=ending, heads=MONTH, icon="calendar-event", order=40),
]
CARDS = [
    Card("waiting", _("Quotes that wait for an answer"), of=Quotes, query=waiting, chart="", icon="file-text", order=30),
    Card("ending", _("Contracts by the month they end in"), of=Contracts, query=ending, heads=MONTH, chart="", icon="calendar-event", order=40),
]
