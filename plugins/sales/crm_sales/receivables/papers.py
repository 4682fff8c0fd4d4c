"""What receivables put on paper: statements of account, reminders."""

import datetime as dt

import sqlalchemy as sa

from crm_core.sdk import CompanySettings, may, session, today
from crm_sales import _
from crm_sales.orders.panels import said
from crm_sales.receivables import wording
from crm_sales.receivables.models import Invoice, Payment, State
from crm_sales.receivables.reminding import steps
from crm_sales.receivables.services import OPEN

LATE = tuple(f"sales.invoice.{name}" for name in ("number", "customer", "day", "due", "state", "total", "remaining", "currency"))
MOVED = *LATE, *(f"sales.payment.{name}" for name in ("number", "customer", "day", "amount", "currency"))


def movements(customer: int, upto: dt.date) -> dict[str, list[tuple]]:
    """Currency → (day, what, number, amount) of all invoices, credit notes and payments of a customer up to a day, in order, as far as the reader may see them."""
    found: dict[str, list[tuple]] = {}
    invoices = sa.select(Invoice.currency, Invoice.day, Invoice.number, Invoice.total).where(Invoice.customer_id == customer, Invoice.state.in_(OPEN), Invoice.day <= upto)
    for currency, day, number, total in session.execute(invoices.order_by(Invoice.day, Invoice.id).limit(5_000)):
        found.setdefault(currency, []).append((day, _("Invoice") if total >= 0 else _("Credit note"), number, total))
    losses = sa.select(Invoice.currency, Invoice.written_on, Invoice.number, Invoice.written).where(Invoice.customer_id == customer, Invoice.state == State.lost, Invoice.written_on <= upto)
    for currency, day, number, amount in session.execute(losses.order_by(Invoice.written_on, Invoice.id).limit(5_000)):
        found.setdefault(currency, []).append((day, _("Written off"), number, -amount))
    payments = sa.select(Payment.currency, Payment.day, Payment.number, Payment.amount).where(Payment.customer_id == customer, Payment.returned.is_(None), Payment.day <= upto)
    for currency, day, number, amount in session.execute(payments.order_by(Payment.day, Payment.id).limit(5_000)):
        found.setdefault(currency, []).append((day, _("Payment received") if amount >= 0 else _("Paid back"), number, -amount))
    return {currency: sorted(rows, key=lambda row: row[0]) for currency, rows in sorted(found.items())}


def statement(customer: int, first: dt.date, last: dt.date) -> list[dict]:
    """By currency: the balance before `first`, what moved until `last` with the balance after each, the closing balance."""
    found = []
    for currency, rows in movements(customer, last).items():
        balance = opening = sum(row[3] for row in rows if row[0] < first)
        lines = []
        for day, what, number, amount in rows:
            if day >= first:
                balance += amount
                lines.append((day, what, number, amount, balance))
        found.append({"currency": currency, "opening": opening, "lines": lines, "closing": balance})
    return found


def _readable(*names):
    return all(may(f"{name}.read") for name in names)


def statement_values(customer):
    """What the statement of account says: this year, by currency."""
    last = today()
    first = last.replace(month=1, day=1)
    accounts = statement(customer.id, first, last) if _readable("sales.invoice", "sales.payment") else []
    return {"accounts": accounts, "first": first, "last": last, "said": said, "day_said": str}


def reminder_values(customer):
    """What the letter of reminder says: the late invoices, their sums by currency, and the words of the level."""
    day = today()
    query = sa.select(Invoice.number, Invoice.day, Invoice.due, Invoice.total, Invoice.remaining, Invoice.currency).where(
        Invoice.customer_id == customer.id, Invoice.state == State.issued, Invoice.remaining > 0, Invoice.due < day).order_by(Invoice.due, Invoice.id).limit(500)
    rows = [(one, (day - one.due).days) for one in session.execute(query)] if _readable("sales.invoice") else []
    sums: dict[str, int] = {}
    for one, _days in rows:
        sums[one.currency] = sums.get(one.currency, 0) + one.remaining
    return {"rows": rows, "sums": sorted(sums.items()), "words": _said(customer, rows, sums, day), "day": day, "said": said, "day_said": str}


def _said(customer, rows, sums, day):
    """What the house says on the level that the latest invoice has reached, if it says anything of its own."""
    late = max((days for _one, days in rows), default=0)
    level = max(1, sum(1 for days in steps() if late >= days))
    if not rows or (mine := wording.own(level)) is None or not mine.text:
        return ""
    return wording.of(level, wording.values(customer.name, [one.number for one, _days in rows], sums, late, CompanySettings.now().called(), day)).text
