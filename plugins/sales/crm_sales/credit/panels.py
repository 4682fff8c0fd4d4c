"""How a customer stands: a box and columns beside the customer; why an order is stopped, on its page."""

import sqlalchemy as sa

from crm_core.sdk import User, may, read_words, say_date, sees, session, site, system_scope
from crm_sales import _
from crm_sales.credit.models import Credit, Outcome, Stop
from crm_sales.credit.services import accounts, figures_told
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
            "may_print": may("core.customer.print", customer_id), "may_set": may("core.customer.set_credit", customer_id)}


def stopped(order_id):
    """Why an order is stopped, by whose confirming and since when, and who decides: for whoever reads the order."""
    order = site().registry.resource("sales.order").model
    with system_scope("why an order is stopped, for who reads it") as db:
        stop = db.scalars(sa.select(Stop).where(Stop.order_id == order_id, Stop.outcome == Outcome.waiting, Stop.deleted_at.is_(None)).order_by(Stop.id.desc()).limit(1)).first()
        who = db.scalar(sa.select(User.name).where(User.id == stop.created_by_id)) if stop is not None and stop.created_by_id else ""
        customer = db.scalar(sa.select(order.customer_id).where(order.id == order_id))
    if stop is None:
        words, when = [], ""
    elif not figures_told(customer) or not may("sales.stop.read", stop.id):
        words, when = [_("The customer owes more than he may.")], ""
    else:  # in the reader's language, of the figures of that day
        words = [_("Owed and ordered would be %(amount)s, the limit is %(limit)s.", amount=said(stop.owed), limit=said(stop.limit))] if stop.limit is not None and stop.owed > stop.limit else []
        words = [*words, *([_("%(amount)s is overdue.", amount=said(stop.overdue))] if stop.overdue else [])] or [read_words(stop.words)]
        when = _("Stopped by the rules of credit since %(day)s; %(who)s confirmed it.", day=say_date(stop.day), who=who or "—")
    return {"words": words, "when": when, "may": may("sales.order.release", order_id),
            "roles": ", ".join(_deciding()), "customer": customer if may("core.customer.read", customer) else None}


def _deciding():
    """The roles that may release orders, but for those that may everything."""
    roles = site().registry.resource("core.role")
    grants = roles.line_resource("grants").model
    with system_scope("who decides on stopped orders") as db:
        ids = db.scalars(sa.select(grants.role_id).where(grants.permission.in_(("sales.order.release", "sales.order.*", "sales.*")), grants.deleted_at.is_(None)).distinct()).all()
        return list(roles.labels(ids).values())


def _shown(ids, name):
    if not may("sales.invoice.read"):
        return {}
    return {customer: said(getattr(found, name)) for customer, found in accounts(ids, seen=True).items() if getattr(found, name)}


def kept_waiting():
    """The orders that wait for somebody to let them go on: counted in the menu."""
    return sa.select(Stop.id).where(Stop.outcome == Outcome.waiting)


def waiting(rows):
    """How many they are, on the home page of who may let them go on."""
    return sa.select(rows.c.outcome, sa.func.count()).where(rows.c.outcome == Outcome.waiting).group_by(rows.c.outcome)


def may_release():
    """Whether the reader lets stopped orders go on."""
    return may("sales.order.release")


def receivable(ids):
    """The column: what customers owe, by their ids."""
    return _shown(ids, "owed")


def overdue(ids):
    """The column: what of that is late."""
    return _shown(ids, "overdue")
