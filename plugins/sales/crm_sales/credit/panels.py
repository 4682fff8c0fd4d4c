"""How a customer stands: a box and columns beside the customer."""

import sqlalchemy as sa

from crm_core.sdk import session, site
from crm_sales.credit.models import Credit, Outcome, Stop
from crm_sales.credit.services import accounts
from crm_sales.orders.panels import day_said, said


def account(customer_id):
    """Balance, what is late, limit and grade, and what is proposed from which figures."""
    found, customers = accounts([customer_id], seen=True)[customer_id], site().registry.resource("core.customer")
    credit = session.scalars(sa.select(Credit).where(Credit.customer_id == customer_id)).one_or_none()
    free = credit.limit - found.owed - found.ordered if credit is not None and credit.limit is not None else None
    return {"account": found, "credit": credit, "free": free, "said": said, "day_said": day_said, "customer": customer_id,
            **{name: customers.may(verb) and customers.sees(customer_id, verb) for name, verb in (("may_print", "print"), ("may_set", "set_credit"))}}


def _shown(ids, name):
    if not site().registry.resource("sales.invoice").may("read"):
        return {}
    return {customer: said(getattr(found, name)) for customer, found in accounts(ids, seen=True).items() if getattr(found, name)}


def stopped():
    """The orders that wait for somebody to let them go on: counted in the menu."""
    return sa.select(Stop.id).where(Stop.outcome == Outcome.waiting)


def waiting(rows):
    """How many they are, on the home page of who may let them go on."""
    return sa.select(rows.c.outcome, sa.func.count()).where(rows.c.outcome == Outcome.waiting).group_by(rows.c.outcome)


def may_release():
    return site().registry.resource("sales.order").may("release")


def receivable(ids):
    return _shown(ids, "owed")


def overdue(ids):
    return _shown(ids, "overdue")
