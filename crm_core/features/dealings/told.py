"""What packages tell of customers beside their dealings: what serving them costs, and signs of trouble. And what core itself knows of both: time
spent on tasks about a customer, complaints among his feedback."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope
from crm_core.features.customers.api import Note
from crm_core.features.dealings import histories
from crm_core.features.dealings.settings import ValueSettings
from crm_core.features.money.api import house, rounding, step
from crm_core.features.tasks.api import Task
from crm_core.kernel import clock
from crm_core.kernel.declare import PARTS
from crm_core.kernel.i18n import ngettext
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.text import amounts

CUSTOMER, COMPLAINT = "core.customer", "complaint"
SETTLED = ("done", "declined")  # what was done about a complaint
_tasks, _notes = table_of(Task), table_of(Note)
_WHY = unscoped("the value of customers")


def costs(ids: Sequence[int], today: dt.date) -> tuple[tuple[str, ...], dict[int, dict[str, int]]]:
    """(parts that are told in this house, customer → part → amount), of the last 12 months."""
    found: dict[int, dict[str, int]] = {}
    known = set()
    with system_scope("what serving customers costs"):
        for cost in site().registry.costs.values():
            said = cost.of(ids, today - dt.timedelta(days=histories.YEAR - 1), today)
            if said is None:
                continue
            known.add(cost.part)
            for customer, amount in said.items():
                mine = found.setdefault(customer, {})
                mine[cost.part] = mine.get(cost.part, 0) + int(amount)
    return tuple(part for part in PARTS if part in known), found


def troubles(ids: Sequence[int], today: dt.date) -> dict[int, dict[str, Any]]:
    """Customer → sign → figures; who has none is left out."""
    found: dict[int, dict[str, Any]] = {}
    with system_scope("signs that customers are troubled"):
        for name, trouble in site().registry.troubles.items():
            for customer, figures in trouble.of(ids, today).items():
                found.setdefault(customer, {})[name] = dict(figures)
    return found


# --- what core knows ----------------------------------------------------------------------------------------------------


def time_spent(customers: Sequence[int], first: dt.date, last: dt.date) -> Mapping[int, int] | None:
    """Time on tasks about customers that were done in these days, at what an hour costs; None where that is not set."""
    hour = ValueSettings.now().hour * 100
    if not hour:
        return None
    k = _tasks.c
    done = sa.and_(k.done_at >= clock.instant(first, dt.time()), k.done_at < clock.instant(last + dt.timedelta(days=1), dt.time()))
    query = sa.select(k.subject_id, sa.func.sum(k.spent)).where(
        k.subject == CUSTOMER, bulk.among(k.subject_id, customers), k.spent > 0, done, k.deleted_at.is_(None)).group_by(k.subject_id)
    how, least = rounding(), step(house())
    rows = current_work().session.connection().execute(query, execution_options=_WHY).all()
    return {customer: amounts.divide(int(minutes) * hour, 60, how, least) for customer, minutes in rows}


def complaints(customers: Sequence[int], today: dt.date) -> dict[int, dict[str, Any]]:
    """Who complained lately: how often, how many of it is not settled, when last."""
    n = _notes.c
    since = clock.instant(today - dt.timedelta(days=ValueSettings.now().complaints), dt.time())
    left = sa.func.sum(sa.case((sa.or_(n.handling.is_(None), n.handling.not_in(SETTLED)), 1), else_=0))
    query = sa.select(n.customer_id, sa.func.count(), left).where(
        bulk.among(n.customer_id, customers), n.topic == COMPLAINT, n.happened_at >= since, n.deleted_at.is_(None)).group_by(n.customer_id)
    rows = current_work().session.connection().execute(query, execution_options=_WHY).all()
    return {customer: {"times": int(times), "open": int(still)} for customer, times, still in rows}


def say_complaints(figures: Mapping[str, Any], _sums: bool) -> Any:
    if figures.get("open"):
        return ngettext("%(n)s complaint, %(open)s of it not settled", "%(n)s complaints, %(open)s of them not settled", figures["times"], open=figures["open"])
    return ngettext("%(n)s complaint", "%(n)s complaints", figures["times"])
