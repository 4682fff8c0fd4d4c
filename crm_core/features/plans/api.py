"""What other features may use of plans."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.plans.diary import NAME as JOURNAL
from crm_core.features.plans.diary import URL as JOURNAL_URL
from crm_core.features.plans.models import Plan, PlanLine, Span

__all__ = ["JOURNAL", "JOURNAL_URL", "targets"]


def targets(metrics: Sequence[str], first: dt.date, last: dt.date) -> dict[tuple[int, dt.date, str], int]:
    """What people mean to do in the months from one day to another, of the plans the acting person may see: (person, first of the month, metric)
    → figure. Plans of whole departments are not among them."""
    query = sa.select(Plan.owner_id, Plan.begins, PlanLine.metric, sa.func.sum(PlanLine.target)).join(PlanLine, PlanLine.plan_id == Plan.id).where(
        Plan.span == Span.month, Plan.everybody.is_(False), Plan.owner_id.is_not(None), Plan.begins >= first, Plan.begins <= last, PlanLine.metric.in_(metrics))
    rows = session.execute(query.group_by(Plan.owner_id, Plan.begins, PlanLine.metric))
    return {(owner, begins, metric): int(target) for owner, begins, metric, target in rows if owner is not None}
