"""What other features may use of plans."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.plans.diary import NAME as JOURNAL
from crm_core.features.plans.diary import URL as JOURNAL_URL
from crm_core.features.plans.models import Plan, PlanLine, Span
from crm_core.kernel.site import site

__all__ = ["JOURNAL", "JOURNAL_URL", "Span", "Target", "planned", "targets"]


class Target(NamedTuple):
    """A figure of plans: whose (a person's, or a whole department's: then `person` is None), for the month or year that begins then, of which
    metric, of all of it or of one category or product."""

    person: int | None
    department: int | None
    begins: dt.date
    metric: str
    category: int | None
    product: int | None
    figure: int


def planned(metrics: Sequence[str], first: dt.date, last: dt.date, span: Span = Span.month) -> list[Target]:
    """What is to be done in the months (or years) that begin from one day to another, of the plans the acting person may see: one statement.
    Figures of products and categories stand beside those of the whole and are not part of them. Nothing for who may not see figures of plans."""
    seen = site().registry.resource("core.plan").line_resource("items").fields().keys()
    if not {"metric", "target"} <= seen:
        return []
    whose = sa.case((Plan.everybody.is_(True), sa.null()), else_=Plan.owner_id)
    columns = whose, Plan.department_id, Plan.begins, PlanLine.metric, PlanLine.category_id, PlanLine.product_id
    query = sa.select(*columns, sa.func.sum(PlanLine.target)).join(PlanLine, PlanLine.plan_id == Plan.id).where(
        Plan.span == span, Plan.begins >= first, Plan.begins <= last, PlanLine.metric.in_(metrics),
        sa.or_(Plan.owner_id.is_not(None), Plan.everybody.is_(True)))
    if not {"category", "product"} <= seen:  # of what a figure is, is not for this person
        query = query.where(PlanLine.category_id.is_(None), PlanLine.product_id.is_(None))
    rows = session.execute(query.group_by(*columns))
    return [Target(person, department, begins, metric, category, product, int(figure)) for person, department, begins, metric, category, product, figure in rows]


def targets(metrics: Sequence[str], first: dt.date, last: dt.date) -> dict[tuple[int, dt.date, str], int]:
    """What people mean to do in the months from one day to another, of the plans the acting person may see: (person, first of the month, metric)
    → figure. Plans of whole departments are not among them, nor figures of a part of what is counted."""
    found: dict[tuple[int, dt.date, str], int] = {}
    for one in planned(metrics, first, last):
        if one.person is not None and one.category is None and one.product is None:
            found[one.person, one.begins, one.metric] = found.get((one.person, one.begins, one.metric), 0) + one.figure
    return found
