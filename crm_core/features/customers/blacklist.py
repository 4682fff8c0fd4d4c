"""The blacklist: who is on it, why, on what evidence, until when; put there and taken off by right.

Whoever quotes, orders, serves, mails or claims asks `of(customer)`: nothing, a warning, or a refusal. `check` raises the refusal.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.mixins import owners_of
from crm_core.data.session import current_work, session, system_scope
from crm_core.features.customers.models import Customer, Severity
from crm_core.features.customers.parts import Blacklisting
from crm_core.kernel import clock, words
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.resource import timeline
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import DateField, EnumField, Field, NoteField
from crm_core.resource.show import say_date

KIND = "blacklist"  # of the list core.customer_kind
PILLS = {"warn": _("Blacklisted: warns"), "refuse": _("Blacklisted: refuses")}
LABELS = {"warn": _("Warns"), "refuse": _("Refuses")}


@dataclass(frozen=True)
class Listed:
    """How a customer stands on the blacklist today."""

    customer: int
    severity: Severity
    until: dt.date | None

    @property
    def refuses(self) -> bool:
        return self.severity is Severity.refuse

    @property
    def words(self) -> Any:
        if self.until is None:
            return _("This customer is on the blacklist.")
        return _("This customer is on the blacklist until %(day)s.", day=say_date(self.until))


def of_all(ids: Iterable[int]) -> dict[int, Listed]:
    """Those of these customers who are on the blacklist today, whoever asks: dealing with them is everybody's matter."""
    table, today = table_of(Customer), clock.today()
    query = sa.select(table.c.id, table.c.blacklist, table.c.blacklist_until).where(
        table.c.id.in_(list(ids)), table.c.blacklist.is_not(None), sa.or_(table.c.blacklist_until.is_(None), table.c.blacklist_until >= today))
    rows = current_work().session.execute(query, execution_options=unscoped("who is on the blacklist"))
    return {r.id: Listed(r.id, r.blacklist, r.blacklist_until) for r in rows}


def of(customer: int) -> Listed | None:
    return of_all([customer]).get(customer)


def check(customer: int) -> Any:
    """Raises Refused where dealing with this customer is refused; else the sentence of a warning, or ""."""
    found = of(customer)
    if found is None:
        return ""
    if found.refuses:
        raise Refused(found.words)
    return found.words


def put(row: Any, severity: Severity, reason: str, evidence: str | None = None, until: dt.date | None = None) -> None:
    """Put a customer on the blacklist."""
    if until is not None and until < clock.today():
        raise Invalid({"until": [_("This day has passed.")]})
    made = {"severity": severity, "reason": reason, "evidence": evidence, "until": until, "kind_before": row.customer_kind}
    row.blacklist, row.blacklist_until, row.customer_kind = severity, until, KIND
    session.flush()
    with system_scope("a blacklisting by who may decide it") as db:
        db.add(Blacklisting(customer_id=row.id, **owners_of(row), **made))
        db.flush()
    timeline.add("core.customer", row.id, "blacklist", data={"words": words.keep(_("put this customer on the blacklist"))}, body=reason)


def take(row: Any, why: str) -> None:
    """Take a customer off; the entry is kept as history."""
    with system_scope("a blacklisting by who may decide it") as db:
        entry = db.scalars(
            sa.select(Blacklisting).where(Blacklisting.customer_id == row.id, Blacklisting.ended_on.is_(None)).order_by(Blacklisting.id.desc())
        ).first()
        before = entry.kind_before if entry is not None else None
        if entry is not None:
            entry.ended_on, entry.ended_why = clock.today(), why
        db.flush()
    row.blacklist = row.blacklist_until = None
    if row.customer_kind == KIND:
        row.customer_kind = before
    session.flush()
    timeline.add("core.customer", row.id, "blacklist", data={"words": words.keep(_("took this customer off the blacklist"))}, body=why)


def _asked(_resource: Any) -> list[Field]:
    return [
        EnumField(name="severity", column="", label=_("Effect"), required=True, members=Severity, labels=LABELS, default=Severity.warn),
        NoteField(name="reason", column="", label=_("Reason"), required=True),
        NoteField(name="evidence", column="", label=_("Evidence")),
        DateField(name="until", column="", label=_("Until")),
    ]


ACTS = (
    Action("blacklist", _("Put on the blacklist"), put, icon="ban", order=70, quiet=True, danger=True, when=lambda row: row.blacklist is None,
           fields=_asked),
    Action("unblacklist", _("Take off the blacklist"), take, icon="circle-check", order=71, quiet=True,
           when=lambda row: row.blacklist is not None, fields=lambda _r: [Field(name="why", column="", label=_("Why"), required=True, length=255)]),
)


def run_out(job: Any) -> None:
    """The job: entries whose last day has passed end by themselves."""
    today = clock.today()
    with job.write(), system_scope("blacklistings that run out") as db:
        for row in db.scalars(sa.select(Customer).where(Customer.blacklist.is_not(None), Customer.blacklist_until < today).limit(1_000)):
            take(row, str(_("The time is over.")))
