"""Which recommendations fit a customer: those for what he needs first, then the newest."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work
from crm_core.features.customers.api import needs_now
from crm_core.features.hooks.api import listed
from crm_core.features.offers.models import Recommendation
from crm_core.kernel import clock
from crm_core.kernel.declare import Offered
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.site import site
from crm_core.resource import conditions, filters

NAME, CUSTOMER = "core.recommendation", "core.customer"
LOOKED_AT, TOGETHER = 500, 50  # of those that are offered now, the newest


def fits(customer: int, most: int) -> list[Offered]:
    """At most so many that fit a customer, best first, as far as the acting person may read them."""
    if not site().registry.resource(NAME).may("read"):
        return []
    found = []
    for row in _those(customer):
        found.append(Offered(f"{NAME}:{row.id}", row.name, row.text or "", row.url or ""))
        if len(found) == most:
            break
    return found


def _those(customer: int) -> Iterator[Any]:
    model, today = Recommendation, clock.today()
    query = sa.select(model).where(
        model.active, model.deleted_at.is_(None), sa.or_(model.begins.is_(None), model.begins <= today), sa.or_(model.ends.is_(None), model.ends >= today),
    ).order_by(model.id.desc()).limit(LOOKED_AT)
    needed = set(needs_now([customer]).get(customer, ()))
    rows = [row for row in current_work().session.scalars(query) if not row.needs or needed & set(row.needs)]
    on = _lists_with(customer, {row.only for row in rows if row.only})
    for row in sorted(rows, key=lambda row: (bool(row.needs), row.begins or dt.date.min, row.id), reverse=True):
        if not row.only or row.only in on:
            yield row


def _lists_with(customer: int, lists: set[str]) -> set[str]:
    """Of lists that recommendations name, those a customer is on, by one statement for each fifty; on one that is none any more is nobody."""
    resource, clauses = site().registry.resource(CUSTOMER), {}
    for only in lists:
        try:
            clauses[only] = sa.and_(sa.true(), *(filters.clause(one, resource.table) for one in conditions.spread(listed(resource, only).filters)))
        except BadRequest:
            continue
    said, found = sorted(clauses), set[str]()
    for start in range(0, len(said), TOGETHER):
        part = said[start : start + TOGETHER]
        asked = sa.select(*(sa.case((clauses[only], 1), else_=0) for only in part)).where(resource.model.id == customer)
        for row in current_work().session.execute(asked):
            found.update(only for only, hit in zip(part, row, strict=True) if hit)
    return found
