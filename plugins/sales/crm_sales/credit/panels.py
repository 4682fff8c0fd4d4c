"""How a customer stands: a box and columns beside the customer."""

import sqlalchemy as sa

from crm_core.sdk import sees, session, site
from crm_sales.credit.models import Credit
from crm_sales.credit.services import accounts
from crm_sales.orders.panels import day_said, said

OWED = "sales.invoice.customer", "sales.invoice.due", "sales.invoice.open_worth", "sales.payment.customer", "sales.payment.unallocated"
ACCOUNT = *OWED, "sales.order.customer", "sales.order.total", "sales.order.invoiced"
CREDIT = "sales.credit.grade", "sales.credit.limit", "sales.credit.days"
PROPOSED = tuple(f"sales.credit.{name}" for name in ("proposed", "proposed_on", "proposed_limit", "proposed_days", "late", "invoices", "turnover"))


def account(customer_id):
    """Balance, what is late, limit and grade, and what is proposed from which figures."""
    found = accounts([customer_id], seen=True)[customer_id]
    credit = session.scalars(sa.select(Credit).where(Credit.customer_id == customer_id)).one_or_none()
    free = credit.limit - found.owed - found.ordered if credit is not None and credit.limit is not None else None
    return {"account": found, "credit": credit, "free": free, "set": sees(*CREDIT), "proposed": sees(*PROPOSED), "said": said, "day_said": day_said, "customer": customer_id,
            "may_print": site().registry.resource("core.customer").may("print"), "may_set": site().registry.resource("core.customer").may("set_credit")}


def _shown(ids, name):
    if not site().registry.resource("sales.invoice").may("read"):
        return {}
    return {customer: said(getattr(found, name)) for customer, found in accounts(ids, seen=True).items() if getattr(found, name)}


def receivable(ids):
    return _shown(ids, "owed")


def overdue(ids):
    return _shown(ids, "overdue")
