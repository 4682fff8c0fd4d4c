"""What opportunities say: reports, cards, columns, metrics."""

from sqlalchemy import Float, case, cast, func, select

from crm_core.sdk import Card, Column, Metric, Report, Status, cells, my_id, periods, session, today
from crm_sales import _
from crm_sales.opportunities.models import Opportunity, Outcome, Stage
from crm_sales.opportunities.resources import Opportunities, OpportunityShares, StageVisits
from crm_sales.opportunities.services import open_sums, shown

SOON = 7  # days before it stands still


def reached(visits):
    """How many opportunities came to each stage, of a year, and how long they stayed."""
    number = func.count(func.distinct(visits.c.opportunity_id)).label("number")
    return (
        select(visits.c.stage_id, number, cast(func.avg(visits.c.days), Float).label("average")).join(Stage, Stage.id == visits.c.stage_id)
        .where(visits.c.entered >= _year_ago()).group_by(visits.c.stage_id, Stage.pipeline_id, Stage.position).order_by(Stage.pipeline_id, Stage.position))


def _year_ago():
    return periods.shift(today(), -1, "year")


def velocity(rows):
    """Deals won within a year: how many, how long they took, what one brings, by whom."""
    return (
        select(rows.c.owner_id, func.count().label("number"), cast(func.avg(rows.c.days_open), Float).label("average"), func.sum(rows.c.worth).label("worth"))
        .where(rows.c.outcome == Outcome.won, rows.c.day >= _year_ago()).group_by(rows.c.owner_id).order_by(func.sum(rows.c.worth).desc()))


def closed_by_person(rows):
    """Who won and lost how many within a year, and what was lost."""
    won, lost = (func.sum(case((rows.c.outcome == outcome, 1), else_=0)) for outcome in (Outcome.won, Outcome.lost))
    return (
        select(rows.c.owner_id, won.label("won"), lost.label("lost"), func.sum(case((rows.c.outcome == Outcome.lost, rows.c.worth), else_=0)).label("worth"))
        .where(rows.c.outcome != Outcome.open, rows.c.day >= _year_ago()).group_by(rows.c.owner_id).order_by(func.count().desc(), rows.c.owner_id))


def _lost_by(column):
    def ask(rows):
        return (
            select(rows.c[column], func.count().label("number"), func.sum(rows.c.worth).label("worth"))
            .where(rows.c.outcome == Outcome.lost, rows.c.closed >= _year_ago()).group_by(rows.c[column]).order_by(func.count().desc(), rows.c[column]))

    return ask


def won_for(rows):
    """The reasons for which deals were won within a year."""
    return (
        select(rows.c.won_reason, func.count().label("number"), func.sum(rows.c.worth).label("worth"))
        .where(rows.c.outcome == Outcome.won, rows.c.closed >= _year_ago()).group_by(rows.c.won_reason).order_by(func.count().desc(), rows.c.won_reason))


def by_stage(rows):
    """Open opportunities by stage, with what they may bring."""
    return (
        select(rows.c.stage_id, func.count().label("number"), func.sum(rows.c.worth).label("worth"), func.sum(rows.c.weighted).label("weighted"))
        .join(Stage, Stage.id == rows.c.stage_id).where(rows.c.outcome == Outcome.open)
        .group_by(rows.c.stage_id, Stage.pipeline_id, Stage.position).order_by(Stage.pipeline_id, Stage.position))


NUMBER = {"number": _("How many")}
REPORTS = [
    Report("pipeline", _("Open opportunities by stage"), of=Opportunities, query=by_stage, order=20, icon="filter", heads=NUMBER),
    Report("funnel", _("Sales funnel"), of=StageVisits, query=reached, order=21, icon="filter", heads={"number": _("Came this far within a year"), "average": _("Days in it on average")}),
    Report("velocity", _("How fast deals are made"), of=OpportunityShares, query=velocity, order=22, icon="clock", heads={"number": _("Deals won"), "average": _("Days to close on average")}),
    Report("closed_by_person", _("Won and lost by person"), of=OpportunityShares, query=closed_by_person, order=23, icon="trophy", heads={
        "won": _("Won"), "lost": _("Lost"), "worth": _("Amount lost")}),
    Report("lost_reasons", _("Why deals are lost"), of=Opportunities, query=_lost_by("lost_reason"), order=24, icon="x", heads=NUMBER),
    Report("won_reasons", _("Why deals are won"), of=Opportunities, query=won_for, order=25, icon="trophy", heads=NUMBER),
    Report("lost_to", _("To whom deals are lost"), of=Opportunities, query=_lost_by("competitor_id"), order=26, icon="swords", heads=NUMBER),
]


def mine_by_stage(rows):
    """Open opportunities of one's own by stage."""
    return by_stage(rows).where(rows.c.owner_id == my_id())


def mine_still(rows):
    """What of mine stands still, whole: it is its owner who moves it."""
    return (
        select(rows.c.stage_id, func.count().label("number"), func.sum(rows.c.worth).label("worth"))
        .join(Stage, Stage.id == rows.c.stage_id).where(rows.c.owner_id == my_id(), rows.c.outcome == Outcome.open, rows.c.stale_on <= today())
        .group_by(rows.c.stage_id, Stage.pipeline_id, Stage.position).order_by(Stage.pipeline_id, Stage.position))


CARDS = [
    Card("my_pipeline", _("My open opportunities"), of=OpportunityShares, query=mine_by_stage, order=30, icon="target", heads=NUMBER),
    Card("my_still", _("My opportunities that stand still"), of=Opportunities, query=mine_still, chart="", order=31, icon="hourglass-low", heads=NUMBER),
]


def standing_still(ids):
    """Whether it stays too long in its stage: in a word and a colour."""
    day, found = today(), {}
    for row in session.execute(select(Opportunity.id, Opportunity.stale_on).where(Opportunity.id.in_(ids), Opportunity.stale_on.is_not(None), Opportunity.outcome == Outcome.open)):
        days = (day - row.stale_on).days
        if days >= 0:
            found[row.id] = cells.status(Status(_("Standing still: day %(n)s", n=days + 1), "alarm", "red"))
        elif days >= -SOON:
            found[row.id] = cells.status(Status(_("Days left: %(n)s", n=-days), "hourglass-low", "amber"))
    return found


def open_sum(ids):
    """What the open opportunities of customers may bring."""
    return {customer: shown(total) for customer, total in open_sums(ids).items() if total}


COLUMNS = [
    Column("sales.opportunity", "standing_still", _("Standing still"), standing_still, kind="status", field="stale_on"),
    Column("core.customer", "open_opportunities", _("Open opportunities"), open_sum, shows=("sales.opportunity.worth", "sales.opportunity.outcome")),
]

METRICS = [
    # Of a deal that several share each has one, and so have they together: their department's plan counts it once.
    Metric("sales.deals_won", _("Opportunities won"), of=OpportunityShares, at="day", by="owner", where=(("outcome.any", "won"),), once="opportunity"),
]
