"""Credit: what grade, limit and term follow from how a customer paid, and what is done when he orders more than that.

The default rule, worked out in ten examples in the tests: of the invoices of the last 24 months each is so many days late (when it was paid, or today
where it is due and open); the mean of these days, weighted by the amounts, gives the grade by the table in the settings, the grade gives how many
months of turnover may be owed, and the days to pay.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.sdk import (
    Invalid,
    Refused,
    among,
    amounts,
    keep_words,
    may,
    money,
    my_id,
    owners_of,
    sees,
    session,
    site,
    system_scope,
    today,
)
from crm_sales import _
from crm_sales.credit.models import Credit, Grade, Outcome, Stop
from crm_sales.orders import services as orders
from crm_sales.orders.models import Order, State
from crm_sales.receivables import covering
from crm_sales.receivables.models import Invoice, Payment
from crm_sales.receivables.models import State as InvoiceState
from crm_sales.receivables.services import OPEN
from crm_sales.settings import CreditSettings, Over

FIGURES = "sales.credit.limit", "sales.stop.owed", "sales.stop.limit", "sales.stop.overdue"
YEAR, MONTHS, ROUND = 365, 24, 100_000  # a limit is a round figure: whole thousands of the house's currency


class Paid(NamedTuple):
    """An invoice in the house's currency: what it is, when it was due, when it was settled (None: it is open), its day."""

    amount: int
    day: dt.date
    due: dt.date
    settled: dt.date | None


class Proposal(NamedTuple):
    """What follows from how somebody paid; `late` in whole days, rounded half up."""

    grade: Grade
    limit: int
    days: int
    late: int
    turnover: int
    invoices: int


def proposal(invoices: Sequence[Paid], now: dt.date, rules: CreditSettings) -> Proposal | None:
    """Grade, limit and term by the default rule; None where nothing was invoiced in 24 months."""
    if not invoices:
        return None
    judged = [(one.amount, max(0, ((one.settled or now) - one.due).days)) for one in invoices if one.settled is not None or one.due < now]
    weight = sum(amount for amount, _days in judged)
    late = amounts.divide(sum(amount * days for amount, days in judged), weight) if weight else 0
    steps = ((Grade.a, rules.a_days), (Grade.b, rules.b_days), (Grade.c, rules.c_days), (Grade.d, rules.d_days))
    grade = next((grade for grade, most in steps if late <= most), Grade.e)
    if len(judged) < rules.least and grade in (Grade.a, Grade.b):
        grade = Grade.c
    turnover = sum(one.amount for one in invoices)
    first = min(one.day for one in invoices)
    months = min(MONTHS, max(1, (now.year - first.year) * 12 + now.month - first.month + 1))
    of_grade = {Grade.a: (rules.a_months, rules.a_term), Grade.b: (rules.b_months, rules.b_term), Grade.c: (rules.c_months, rules.c_term), Grade.d: (rules.d_months, rules.d_term)}
    times, days = of_grade.get(grade, (0, 0))
    return Proposal(grade, turnover * times // months // ROUND * ROUND, days, late, turnover, len(invoices))


def history(customers: Iterable[int], now: dt.date) -> dict[int, list[Paid]]:
    """Customer → the invoices of 24 months, credit notes taken off them."""
    found: dict[int, list[Paid]] = defaultdict(list)
    with system_scope("how customers paid") as db:
        query = sa.select(Invoice.customer_id, Invoice.worth, Invoice.credited, Invoice.total, Invoice.day, Invoice.due, _settled()).where(
            Invoice.customer_id.in_(list(customers)), Invoice.credits_id.is_(None), Invoice.state.in_(OPEN),
            Invoice.day >= now - dt.timedelta(days=730), Invoice.deleted_at.is_(None))
        for customer, worth, credited, total, day, due, settled in db.execute(query):
            amount = _left(worth, credited, total) if total > 0 else 0
            if amount > 0:
                found[customer].append(Paid(amount, day, due or day, settled))
    return found


def _left(worth: int, credited: int, total: int) -> int:
    """What an invoice is worth without what was credited of it."""
    return worth - amounts.divide(worth * credited, total)


def _settled():
    """When an invoice was settled; one that was written off never was, and is the later the longer that is ago."""
    return sa.case((Invoice.written_on.is_not(None) & (Invoice.written > 0), None), else_=Invoice.settled).label("settled")


def late_payers(customers: Sequence[int], now: dt.date) -> dict[int, dict[str, int]]:
    """Of these customers those who pay late, for core's proposals of care: of what was due within 12 months and what is overdue, the mean of the days
    late, weighted by the amounts, is at least that of the settings. `owed`: what is overdue, in the house's currency. One statement."""
    judged: dict[int, list[tuple[int, int]]] = defaultdict(list)
    owed: dict[int, int] = defaultdict(int)
    due = sa.func.coalesce(Invoice.due, Invoice.day)
    query = sa.select(Invoice.customer_id, Invoice.worth, Invoice.credited, Invoice.total, due, _settled(), Invoice.open_worth).where(
        among(Invoice.customer_id, customers), Invoice.credits_id.is_(None), Invoice.state.in_(OPEN), Invoice.total > 0, due < now, Invoice.deleted_at.is_(None),
        sa.or_(due >= now - dt.timedelta(days=YEAR), Invoice.state == InvoiceState.issued))
    with system_scope("how customers paid") as db:
        for customer, worth, credited, total, day, settled, left in db.execute(query):
            judged[customer].append((_left(worth, credited, total), max(0, ((settled or now) - day).days)))
            owed[customer] += left
    late = {customer: amounts.divide(sum(amount * days for amount, days in rows), weight) for customer, rows in judged.items() if (weight := sum(amount for amount, _days in rows))}
    least = CreditSettings.now().trouble
    return {customer: {"days": days, "owed": owed[customer]} for customer, days in late.items() if days >= least}


def say_late(figures, sums: bool):
    """How late, in words."""
    days = _("days late on average: %(days)s", days=figures["days"])
    return _("%(late)s; overdue: %(amount)s", late=days, amount=money.say(figures["owed"])) if sums and figures.get("owed") else days


def propose(job):
    """The job: grade, limit and term proposed for everybody who was invoiced in 24 months, a few hundred customers at a time."""
    now, rules, at = today(), CreditSettings.now(), job.position.get("at", 0)
    while True:
        with system_scope("who was invoiced") as db:
            ids = db.scalars(sa.select(Invoice.customer_id).where(Invoice.customer_id > at, Invoice.day >= now - dt.timedelta(days=730), Invoice.deleted_at.is_(None)).distinct()
                             .order_by(Invoice.customer_id).limit(500)).all()
        if not ids:
            return
        with job.write():
            at = job.position["at"] = ids[-1]
            put(history(ids, now), now, rules)


def put(found: dict[int, list[Paid]], now: dt.date, rules: CreditSettings):
    """Write proposals, where they are others than before."""
    with system_scope("credit proposed from how customers paid") as db:
        have = {row.customer_id: row for row in db.execute(sa.select(Credit.__table__).where(Credit.__table__.c.customer_id.in_(list(found)), Credit.__table__.c.deleted_at.is_(None)))}
        rows = []
        for customer, invoices in found.items():
            made = proposal(invoices, now, rules)
            if made is None:
                continue
            values = {"proposed": made.grade, "proposed_limit": made.limit, "proposed_days": made.days, "late": made.late, "turnover": made.turnover, "invoices": made.invoices}
            old = have.get(customer)
            if old is None or any(getattr(old, name) != value for name, value in values.items()):
                rows.append({**({"id": old.id} if old is not None else {"customer": customer}), **values, "proposed_on": now})
        if rows:
            site().registry.resource("sales.credit").write(rows, kind="credit")


def set_credit(customer, grade: Grade, limit: int | None = None, days: int | None = None, why: str | None = None):
    """Somebody who may decides grade, limit and term of a customer."""
    if limit is not None and limit < 0:
        raise Invalid({"limit": [_("A limit is not below nothing.")]})
    if days is not None and not 0 <= days <= 365:
        raise Invalid({"days": [_("Between %(low)s and %(high)s.", low=0, high=365)]})
    who = my_id()
    with system_scope("credit set by who may do that") as db:
        row = db.scalars(sa.select(Credit).where(Credit.customer_id == customer.id).with_for_update()).one_or_none()
        if row is None:
            row = Credit(customer_id=customer.id, **owners_of(customer))
            db.add(row)
        row.grade, row.limit, row.days, row.why, row.set_by_id, row.set_on = grade, limit, days, why, who, today()
        db.flush()


def as_set(customers):
    """What the form for a customer's credit begins with: what is set now."""
    with system_scope("credit of a customer whose credit one may set") as db:
        row = db.scalar(sa.select(Credit).where(Credit.customer_id == customers[0].id)) if len(customers) == 1 else None
        return {name: {"default": value} for name in ("grade", "limit", "days") if (value := getattr(row, name, None)) is not None}


def take_proposals(_resource, ids: Sequence[int]):
    """What is proposed becomes what is set, for these customers."""
    with system_scope("credit set by who may do that") as db:
        for row in db.scalars(sa.select(Credit).where(Credit.id.in_(ids)).with_for_update()).all():
            if row.proposed is None:
                raise Refused(_("Nothing is proposed yet."))
            row.grade, row.limit, row.days, row.why, row.set_by_id, row.set_on = row.proposed, row.proposed_limit, row.proposed_days, None, my_id(), today()
        db.flush()


def terms(customers: Sequence[int]) -> dict[int, int | None]:
    """Customer → days to pay, where they are set."""
    with system_scope("days to pay") as db:
        return dict(db.execute(sa.select(Credit.customer_id, Credit.days).where(Credit.customer_id.in_(list(customers)), Credit.deleted_at.is_(None))).all())


class Account(NamedTuple):
    """How a customer stands, in the house's currency: unpaid invoices less money for none yet, what of it is late, what is ordered and not invoiced."""

    owed: int
    overdue: int
    late: int  # of that, what is later than the settings allow
    ordered: int


def accounts(customers: Iterable[int], *, seen: bool = False) -> dict[int, Account]:
    """How customers stand: three statements for the set, four where some of a cancelled order went out. `seen`: by what the acting person may see, for
    pages; else by all there is, for decisions."""
    ids, now = list(customers), today()
    with nullcontext(session) if seen else system_scope("how customers stand") as db:
        limit = now - dt.timedelta(days=CreditSettings.now().overdue)
        late = [sa.func.coalesce(sa.func.sum(sa.case((sa.and_(Invoice.due < day, Invoice.remaining > 0), Invoice.open_worth), else_=0)), 0) for day in (now, limit)]
        open_ = {row[0]: row for row in db.execute(sa.select(Invoice.customer_id, sa.func.sum(Invoice.open_worth), *late).where(
            Invoice.customer_id.in_(ids), Invoice.state == InvoiceState.issued, Invoice.deleted_at.is_(None)).group_by(Invoice.customer_id))}
        spare = defaultdict(int)
        for customer, rest, rate in db.execute(sa.select(Payment.customer_id, Payment.unallocated, Payment.rate).where(
                Payment.customer_id.in_(ids), Payment.unallocated != 0, Payment.deleted_at.is_(None))):
            spare[customer] += orders.in_house(rest, rate)
        ordered = defaultdict(int)
        rows = db.execute(sa.select(Order.id, Order.customer_id, Order.state, Order.total, Order.invoiced, Order.rate).where(
            Order.customer_id.in_(ids), sa.or_(Order.state == State.confirmed, sa.and_(Order.state == State.cancelled, Order.delivered > 0)),
            Order.total > Order.invoiced, Order.deleted_at.is_(None))).all()
        went = orders.went(db, [row.id for row in rows if row.state == State.cancelled])  # what went out of those is invoiced all the same
        for row in rows:
            whole = row.total if row.state == State.confirmed else went.get(row.id, 0)
            ordered[row.customer_id] += max(0, orders.in_house(whole - row.invoiced, row.rate))
    return {one: Account(*(int(n) for n in ((open_[one][1] - spare[one], open_[one][2], open_[one][3]) if one in open_ else (-spare[one], 0, 0))), ordered[one]) for one in ids}


def check(event):
    """Orders are about to be confirmed: those of customers who owe too much are warned of, stopped or refused, as the settings say of their grade."""
    with system_scope("credit of customers who order") as db:
        rows = db.execute(sa.select(Order.id, Order.number, Order.customer_id, Order.worth, Order.total, Order.rate, Order.contract_id, Order.owner_id, Order.department_id, Order.team_id).where(Order.id.in_(event.ids)).order_by(Order.id)).all()
        # Whoever confirms for the same customer waits here, so that two orders do not use up one limit.
        set_ = {row.customer_id: row for row in db.execute(sa.select(Credit.customer_id, Credit.grade, Credit.limit).where(
            Credit.customer_id.in_({row.customer_id for row in rows}), Credit.deleted_at.is_(None), Credit.grade.is_not(None)).order_by(Credit.id).with_for_update())}
    if not set_:
        return
    stand, rules, more = accounts(set_), CreditSettings.now(), defaultdict(int)
    spare = covering.spare({row.contract_id for row in rows if row.contract_id})  # invoiced by instalments already, and owed: not counted once more
    stops, held = [], []
    for row in rows:
        found = set_.get(row.customer_id)
        if found is None:
            continue
        account = stand[row.customer_id]
        covered = min(spare.get(row.contract_id, 0), max(0, row.total))
        spare[row.contract_id] = spare.get(row.contract_id, 0) - covered
        more[row.customer_id] += max(0, row.worth - orders.in_house(covered, row.rate))
        total = account.owed + account.ordered + more[row.customer_id]
        if (found.limit is None or total <= found.limit) and not account.late:
            continue
        words = (_("%(number)s: invoices of %(amount)s are long overdue.", number=row.number, amount=money.say(account.late)) if account.late else
                 _("%(number)s: owed and ordered would be %(amount)s, the limit is %(limit)s.", number=row.number, amount=money.say(total), limit=money.say(found.limit)))
        what = getattr(rules, found.grade.value)
        said = words if figures_told(row.customer_id) else _("%(number)s: the customer owes more than he may.", number=row.number)
        if what is Over.refuse:
            raise Refused(said)
        if what is Over.warn and not event.why:
            raise Invalid({"why": [said]}, said)
        if what is Over.ask:
            held.append(row.id)
        stops.append(Stop(order_id=row.id, words=keep_words(words), owed=total, limit=found.limit, overdue=account.overdue, day=today(), said=event.why or None,
                          outcome=Outcome.waiting if what is Over.ask else Outcome.released, **owners_of(row)))
    if stops:
        with system_scope("why orders were stopped") as db:
            db.add_all(stops)
            db.flush()
    if held:
        orders.hold(held)


def figures_told(customer: int) -> bool:
    """Whether the acting person may know what a customer owes and may owe: the limit, and what of it others sold. He may order for one he knows in brief only."""
    return may("sales.stop.read") and sees(*FIGURES) and may("core.customer.read", customer)


def release(resource, ids: Sequence[int], why: str | None = None):
    """Orders that were stopped go on, on the word of who may release them."""
    orders.release(resource, ids, why)
    _decide(ids, Outcome.released, why)


def ended(event):
    """Orders that were cancelled wait for nobody."""
    _decide(event.ids, Outcome.ended, None)


def _decide(ids: Sequence[int], outcome: Outcome, why: str | None):
    who = my_id()
    with system_scope("what became of stopped orders") as db:
        for stop in db.scalars(sa.select(Stop).where(Stop.order_id.in_(ids), Stop.outcome == Outcome.waiting, Stop.deleted_at.is_(None))).all():
            stop.outcome, stop.said, stop.decided_by_id, stop.decided_on = outcome, why or stop.said, who, today()
        db.flush()
