"""What the home page asks of activity: how my weeks went, what was written lately, who has heard nothing for long."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.customers.models import Customer, Note
from crm_core.features.tasks.api import Task
from crm_core.kernel import clock
from crm_core.kernel.site import actor, site
from crm_core.resource import listing

WEEKS = 8
NOTES = 2_000  # of my weeks, the newest are looked at
LOOKED_AT = 200  # of my customers, key ones first
PATIENCE = 30  # days


def weeks() -> list[tuple[int, int]]:
    """My notes, and the customers they are about, seven days at a time; the last seven days come last."""
    first = clock.today() - dt.timedelta(days=7 * WEEKS - 1)
    start = clock.instant(first)
    query = sa.select(Note.created_at, Note.customer_id).where(Note.created_by_id == actor().user_id, Note.created_at >= start)
    notes, customers = [0] * WEEKS, [set[int]() for _week in range(WEEKS)]
    for at, customer in session.execute(query.order_by(Note.created_at.desc()).limit(NOTES)):
        week = min((clock.local(at).date() - first).days // 7, WEEKS - 1)
        notes[week] += 1
        customers[week].add(customer)
    return [(n, len(found)) for n, found in zip(notes, customers, strict=True)]


@dataclass(frozen=True)
class Silent:
    """A customer of mine whom nobody has spoken with for long; `last`: None when nobody ever has."""

    id: int
    name: str
    last: dt.date | None
    days: int


def silent(limit: int) -> list[Silent]:
    """Customers of mine, key ones before others, with whom nothing is planned and who have heard nothing for longest."""
    ours: Any = sa.select(Customer.id, Customer.name, Customer.created_at).where(Customer.owner_id == actor().user_id)
    if "standing" in site().registry.resource("core.customer").fields():  # of whom he may not know it, all are alike
        ours = ours.where(Customer.standing.in_(("key", "customer"))).order_by(Customer.standing.desc())
    few = ours.order_by(Customer.id).limit(LOOKED_AT).subquery()
    planned = sa.select(Task.id).where(Task.subject == "core.customer", Task.subject_id == few.c.id, Task.done_at.is_(None)).exists()
    query = (
        sa.select(few.c.id, few.c.name, few.c.created_at, sa.func.max(Note.happened_at).label("last")).select_from(few)
        .join(Note, Note.customer_id == few.c.id, isouter=True).where(~planned).group_by(few.c.id, few.c.name, few.c.created_at)
    )
    today, found = clock.today(), []
    for row in session.execute(query):
        last = clock.local(row.last).date() if row.last is not None else None
        days = (today - (last or clock.local(row.created_at).date())).days
        if days >= PATIENCE:
            found.append(Silent(row.id, row.name, last, days))
    return sorted(found, key=lambda one: (-one.days, one.id))[:limit]


def lately(limit: int) -> list[Any]:
    """The newest notes I may read, with the customer's name; nothing without the right to read notes."""
    notes = site().registry.resource("core.note")
    if not notes.may("read"):
        return []
    ids = listing.page(listing.parse(notes, [], limit=limit)).ids
    query = (
        sa.select(Note.id, Note.body, Note.created_at, Note.created_by_id, Note.customer_id, Customer.name.label("customer"))
        .join(Customer, Customer.id == Note.customer_id).where(Note.id.in_(ids))
    )
    rows = {row.id: row for row in session.execute(query)} if ids else {}
    return [rows[i] for i in ids if i in rows]
