"""What pages and reports show of the value of customers."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.dealings import proposing, saying
from crm_core.features.dealings.models import (
    CHURN_LOOKS,
    CHURNS,
    CLASS_LOOKS,
    CLASSES,
    STAGE_LOOKS,
    STAGES,
    CustomerValue,
    Stage,
    StageMove,
    ValueProposal,
)
from crm_core.features.dealings.settings import ValueSettings
from crm_core.kernel import clock
from crm_core.kernel.declare import PARTS
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import acts
from crm_core.resource.show import say_date
from crm_core.web import cells, urls
from crm_core.web.viewmodels import Act, PanelRow, PanelView, Status

NAME = "core.customer_value"


def look(labels: Mapping[str, Any], looks: Mapping[str, Any], value: Any) -> Status:
    return Status(labels[str(value)], *looks[str(value)])


def column(name: str, labels: Mapping[str, Any], looks: Mapping[str, Any]) -> Any:
    """A computed column of the list of customers: one word of each."""
    attribute = getattr(CustomerValue, name)

    def load(ids: Sequence[int]) -> Mapping[int, Any]:
        if name not in site().registry.resource(NAME).fields():
            return {}
        query = sa.select(CustomerValue.customer_id, attribute).where(CustomerValue.customer_id.in_(ids), attribute.is_not(None))
        return {row[0]: cells.status(look(labels, looks, row[1])) for row in session.execute(query)}

    return load


def figure(name: str) -> Any:
    """The same of a number."""
    attribute = getattr(CustomerValue, name)

    def load(ids: Sequence[int]) -> Mapping[int, Any]:
        field = site().registry.resource(NAME).fields().get(name)
        if field is None:
            return {}
        query = sa.select(CustomerValue.customer_id, attribute).where(CustomerValue.customer_id.in_(ids), attribute.is_not(None))
        return {row[0]: cells.number(field.show(row[1])) for row in session.execute(query)}

    return load


def why_moved(ids: Sequence[int]) -> Mapping[int, Any]:
    """The rule of each movement; that set by hand says its own."""
    words = {
        "silent": _("long silent"), "less": _("turnover fell"), "rarer": _("deals more rarely"), "few": _("few dealings"), "new": _("not known for long"),
        "small": _("small dealings only"), "rising": _("turnover is rising"), "steady": _("deals regularly"),
    }
    return {row.id: words[str(row.why)] for row in session.execute(sa.select(StageMove.id, StageMove.why).where(StageMove.id.in_(ids), StageMove.why.is_not(None)))}


def proposed(ids: Sequence[int]) -> Mapping[int, Any]:
    """What each proposes."""
    return {row.id: proposing.said(row) for row in session.scalars(sa.select(ValueProposal).where(ValueProposal.id.in_(ids)))}


# --- beside the customer ------------------------------------------------------------------------------------------------


def panel(customer: int) -> PanelView:
    """His stage and what he is worth, each with how it was found."""
    resource = site().registry.resource(NAME)
    row = session.scalar(sa.select(CustomerValue).where(CustomerValue.customer_id == customer))
    if row is None:
        return PanelView(_("Customer value"), "chart-arrows", empty=_("No dealings yet."))
    fields, today = resource.fields(), clock.today()
    lines = [one for one in (*_standing(row, fields, today), *_figures(row, fields)) if one is not None]
    query = sa.select(ValueProposal).where(ValueProposal.customer_id == customer, ValueProposal.answer == "open").order_by(ValueProposal.id)
    proposals = site().registry.resource("core.value_proposal")
    if proposals.may("read"):
        lines += [PanelRow(_("Proposed: %(what)s", what=proposing.said(one)), proposing.reason(one), url=urls.of_record(proposals, one.id),
                           status=Status(_("To be decided"), "clock", "amber")) for one in session.scalars(query)]
    act = Act(_("Set the stage by hand"), urls.of_act(resource, row.id, "do/set_stage", [("back", f"/core/customer/{customer}")]), "pencil", dialog=True) if acts.allows(resource, "set_stage", row) else None
    return PanelView(_("Customer value"), "chart-arrows", "", tuple(lines), act, url=urls.of_record(resource, row.id), foot=_how())


def _standing(row: Any, fields: Mapping[str, Any], today: Any) -> list[PanelRow | None]:
    values = {name: getattr(row, name) for name in ("why", "last_on", "first_on", "deals", "usual", "year", "year_before", "average", "churn", "falls_on")}
    found: list[PanelRow | None] = []
    if "stage" in fields:
        why = _("By hand: %(why)s", why=row.hand_why if row.hand_why and "hand_why" in fields else "") if row.by_hand else saying.told(saying.stage, values, today, fields)
        found.append(PanelRow(_("Stage since %(day)s", day=say_date(row.since)), why, status=look(STAGES, STAGE_LOOKS, row.stage)))
        if row.by_hand and row.rule_stage != row.stage and "rule_stage" in fields:
            found.append(PanelRow(_("By the rules"), saying.told(saying.stage, values, today, fields), status=look(STAGES, STAGE_LOOKS, row.rule_stage)))
    if row.churn is not None and "churn" in fields:
        found.append(PanelRow(_("Warning"), saying.told(saying.warning, values, today, fields), status=look(CHURNS, CHURN_LOOKS, row.churn)))
    if row.falls_on is not None and "falls_on" in fields:
        found.append(PanelRow(_("Warning"), saying.fall(values, today) if "last_on" in fields else "", status=Status(_("About to decline"), "alert-triangle", "amber")))
    if row.value_class is not None and "value_class" in fields:
        found.append(PanelRow(_("Value class"), proposing.CLASS_HINTS[str(row.value_class)], status=look(CLASSES, CLASS_LOOKS, row.value_class)))
    if row.signs and "signs" in fields:
        found.append(PanelRow(_("Signs of trouble"), saying.troubles(row.troubles or {}, sums="year" in fields), status=Status(str(row.signs), "alert-triangle", "red")))
    if row.care is not None and "care" in fields:
        found.append(PanelRow(_("Care"), figure=str(fields["care"].show(row.care))))
    return found


def _figures(row: Any, fields: Mapping[str, Any]) -> list[PanelRow | None]:
    now = ValueSettings.now()

    def line(name: str, label: Any, sub: Any = "") -> PanelRow | None:
        value = getattr(row, name)
        return PanelRow(label, sub, str(fields[name].show(value))) if name in fields and value is not None else None

    return [
        line("rfm", _("RFM"), _("How lately, how often, how much: 5 is the best fifth of all customers.")),
        line("alive", _("Still a customer"), _("How probable it is that he comes again, from his own rhythm and that of all (BG/NBD).")),
        line("expected", _("Dealings expected in 12 months"), _("By the same reckoning.")),
        line("spends", _("Spends each time"), _("Between his own average and that of all (gamma-gamma).")),
        line("lifetime", _("Value in the years to come"), _("Expected dealings of %(years)s years × what he spends × profit, worth %(percent)s %% less each year.", years=now.years, percent=now.discount)),
        line("year", _("Turnover, 12 months"), _("The 12 before: %(before)s", before=fields["year_before"].show(row.year_before)) if "year_before" in fields and row.year_before is not None else ""),
        line("profit", _("Profit contribution, 12 months"), saying.left(row, fields)),
    ]


def _how() -> Any:
    return _("Reckoned every night, and anew after each dealing. The guide says how: Customer value.")


# --- reports ------------------------------------------------------------------------------------------------------------


def by(name: str) -> Any:
    """How many customers there are of each, and what they brought in 12 months."""
    def ask(rows: Any) -> sa.Select[Any]:
        number, year = sa.func.count(), sa.func.sum(rows.c.year).label("year")
        return sa.select(rows.c[name], number, year).where(rows.c[name].is_not(None)).group_by(rows.c[name]).order_by(number.desc(), rows.c[name])

    return ask


def falls(rows: Any) -> sa.Select[Any]:
    """How many declined in each month, the newest first."""
    return sa.select(rows.c.month, sa.func.count()).where(rows.c.stage == Stage.declining).group_by(rows.c.month).order_by(rows.c.month.desc())


def dearest(rows: Any) -> sa.Select[Any]:
    """Customers who leave least of what they bring, where costs are known: the fifth that costs most, with what each part of it is."""
    left = sa.case((rows.c.year > 0, sa.cast(rows.c.profit, sa.Float()) / rows.c.year), else_=0.0)
    place = sa.func.percent_rank().over(order_by=(left, rows.c.id)).label("place")
    parts = [rows.c[name] for name in ("goods", *PARTS)]
    told = sa.select(rows.c.customer_id, rows.c.year, *parts, rows.c.profit, place).where(rows.c.profit.is_not(None), rows.c.year > 0).subquery()
    return sa.select(told.c.customer_id, told.c.year, *(told.c[one.name] for one in parts), told.c.profit).where(told.c.place <= 0.2).order_by(told.c.place, told.c.customer_id)
