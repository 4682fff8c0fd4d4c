"""Commission: from a document that counts to the lines of statements, and back.

Rate × base, each tier for what lies in it, is the commission; the shares of a team add up to it. What is taken back (an order cancelled, a credit
note, money that is no longer counted) is a line below nothing that names the line it takes back, never more than is left of it.
"""

from typing import NamedTuple

import sqlalchemy as sa

from crm_core.sdk import (
    Invalid,
    Refused,
    User,
    amounts,
    keep_words,
    money,
    read_words,
    say_number,
    session,
    site,
    system_scope,
    today,
)
from crm_sales import _
from crm_sales.force.achieving import home_of, spread
from crm_sales.force.commission_models import (
    Basis,
    By,
    CommissionLine,
    CommissionPolicy,
    Customers,
    PayBasis,
    PayState,
    Statement,
    Tier,
)
from crm_sales.months import first_of, last_of
from crm_sales.orders.models import Order
from crm_sales.policies import services as policies
from crm_sales.policies.models import Kind


class Slice(NamedTuple):
    """What of an amount lies in one tier."""

    above: int
    percent: int
    amount: int


class Left(NamedTuple):
    """What is left of a line: of its base, and of its amount."""

    base: int
    amount: int


# --- arithmetic --------------------------------------------------------------------------------------------------------


def slices(start, amount, tiers):
    """What lies in which tier of an amount that is added to what is there already (`start`). `tiers`: (above, percent), in order. Below the first
    one, and of what is not above nothing, there is none."""
    found, start = [], max(0, start)
    for at, (above, percent) in enumerate(tiers):
        end = tiers[at + 1][0] if at + 1 < len(tiers) else None
        first, last = max(start, above), start + amount if end is None else min(start + amount, end)
        if last > first:
            found.append(Slice(above, percent, last - first))
    return found


def take(lines, base):
    """What of each line (`Left`) is taken back for so much of the base, by what is left of theirs; all that is left when all of the base is."""
    parts = amounts.share(min(base, sum(one.base for one in lines)), [one.base for one in lines]) if any(one.base for one in lines) else [0] * len(lines)
    return [Left(part, one.amount if part == one.base else amounts.divide(one.amount * part, one.base)) for one, part in zip(lines, parts, strict=True)]


# --- earning -----------------------------------------------------------------------------------------------------------

BASIS = {"ordered": Basis.order, "invoiced": Basis.invoice, "received": Basis.payment}


def earn(db, doc, turn):
    """The lines for a document that has begun to count; `turn`: how often it did before."""
    basis = BASIS.get(str(doc.did))
    whole = sum(doc.parts.values())
    if basis is None or doc.seller is None or not doc.shares or whole <= 0:
        return
    parts = {}
    for part, amount in doc.parts.items():
        parts[part.category] = parts.get(part.category, 0) + amount
    parts = dict(zip(parts, amounts.share(whole, [max(0, one) for one in parts.values()]), strict=True))  # what is below nothing is off all others
    candidates = [one for one in policies.holding(None, doc.agreed, CommissionPolicy) if one.basis == basis]
    candidates = [one for one in candidates if one.customers in (Customers.any, _kind_of(db, doc))] if candidates else []
    standing, above = policies.standing_of(doc.seller), policies.above_of(parts)
    rule = {category: max(mine, key=lambda one: (one.customers != Customers.any, one.id)) for category, base in parts.items()
            if base > 0 and (mine := policies.narrowest(candidates, standing, above.get(category, ())))}
    if not rule:
        return  # for what earns nothing there is no statement
    statements = {person: open_statement(db, person, doc.day) for person in sorted({doc.seller, *doc.shares})}  # held from here on: one counts after the other
    rows, had = [], {}
    for category, policy in rule.items():
        base = parts[category]
        tiers = [(row.above, row.percent) for row in db.execute(sa.select(Tier.above, Tier.percent).where(
            Tier.commission_policy_id == policy.id, Tier.deleted_at.is_(None)).order_by(Tier.above, Tier.id))]
        if policy.id not in had:
            had[policy.id] = _this_month(db, policy, doc.seller, statements[doc.seller]) if policy.by == By.month else 0
        for part in slices(had[policy.id], base, tiers):
            rows += _lines(doc, basis, category, policy, part, statements, f"{doc.source}/{turn}/{category or 0}/{part.above}")
        had[policy.id] += base
    _write(rows)


def _lines(doc, basis, category, policy, part, statements, key):
    """One slice, for each who has a share in it."""
    whole = amounts.part(part.amount, part.percent, money.rounding(), money.step(money.house()))
    percents = list(doc.shares.values())
    rule = _("%(name)s, edition %(n)s: %(rate)s %% of what lies above %(above)s", name=policy.name, n=policy.edition, rate=say_number(part.percent, 2), above=money.say(part.above))
    return [{
        "statement": statements[person], "key": f"{key}/{person}", "day": doc.day, "document": doc.document, "customer": doc.customer, "order": doc.order, "basis": basis,
        "source": doc.source, "category": category, "policy": policy.id, "seller": doc.seller, "base": part.amount, "rate": part.percent, "whole": whole, "percent": doc.shares[person],
        "own": own, "amount": mine, "rule": keep_words(rule)}
        for person, own, mine in zip(doc.shares, spread(part.amount, percents), spread(whole, percents), strict=True) if own or mine]


def _kind_of(db, doc):
    """Whether the customer had ordered before."""
    before = sa.select(Order.id).where(Order.customer_id == doc.customer, Order.deleted_at.is_(None), Order.state.in_(("confirmed", "done")), Order.day < doc.agreed)
    return Customers.old if db.scalar(before.where(Order.id != (doc.order or 0)).limit(1)) is not None else Customers.new


def _this_month(db, policy, seller, statement):
    """What the seller has in this month under a policy, less what was taken back."""
    month = sa.select(Statement.month).where(Statement.id == statement).scalar_subquery()
    query = sa.select(sa.func.coalesce(sa.func.sum(CommissionLine.own), 0)).join(Statement, Statement.id == CommissionLine.statement_id)
    return int(db.scalar(query.where(CommissionLine.policy_id == policy.id, CommissionLine.seller_id == seller, Statement.month == month)))


# --- taking back -------------------------------------------------------------------------------------------------------


def _taken(db, ids):
    """What was taken back of these lines so far."""
    query = sa.select(CommissionLine.back_of_id, sa.func.sum(CommissionLine.own), sa.func.sum(CommissionLine.amount)).where(CommissionLine.back_of_id.in_(ids))
    return {line: Left(-int(base), -int(amount)) for line, base, amount in db.execute(query.group_by(CommissionLine.back_of_id))} if ids else {}


def give_back(db, means, day, cause, why, base=None):
    """Take back what is left of the lines that `means` (conditions) means, or of so much of their base. `cause` names what made it, and does so once; `why`
    says it to who checks the statement."""
    statements, lines = _lines_of(db, means, day)
    if base is not None and lines and db.scalar(sa.select(CommissionLine.id).where(CommissionLine.key.in_([f"{cause}/{line.id}" for line, _owner in lines])).limit(1)) is not None:
        return
    gone = _taken(db, [line.id for line, _owner in lines])
    left = [Left(line.own - gone.get(line.id, Left(0, 0)).base, line.amount - gone.get(line.id, Left(0, 0)).amount) for line, _owner in lines]
    back = take(left, sum(one.base for one in left) if base is None else base)
    _write([_back_of(line, statements[owner], f"{cause}/{line.id}", day, one.base, one.amount, _("taken back (%(why)s): %(rule)s", why=why, rule=read_words(line.rule)))
        for (line, owner), one in zip(lines, back, strict=True) if one.base or one.amount])


def _lines_of(db, means, day):
    """The open statements of whom these lines were earned by, held from here on, so that one counts after the other; and the lines with whose they are."""
    where = [CommissionLine.back_of_id.is_(None), *means]
    people = db.scalars(sa.select(Statement.owner_id).where(Statement.id.in_(sa.select(CommissionLine.statement_id).where(*where)))).all()
    statements = {person: open_statement(db, person, day) for person in sorted(set(people))}
    lines = db.execute(sa.select(CommissionLine, Statement.owner_id).join(Statement, Statement.id == CommissionLine.statement_id).where(*where).order_by(CommissionLine.id)).all()
    return statements, lines


def keep_back(db, means, day, cause, part, whole, rise=True):
    """What of the lines that `means` means is held back because `part` of `whole` is lost: the same share of each, never more than is left of it, and all
    that is left where all is lost. What `cause` holds back already counts, so that it can be said again, and with a smaller part gives the rest back.
    `rise=False`: only gives back."""
    statements, lines = _lines_of(db, means, day)
    gone, rows = _taken(db, [line.id for line, _owner in lines]), []
    query = sa.select(CommissionLine.back_of_id, sa.func.sum(CommissionLine.own), sa.func.sum(CommissionLine.amount), sa.func.count()).where(
        CommissionLine.back_of_id.in_([line.id for line, _owner in lines]), CommissionLine.key.startswith(f"{cause}/", autoescape=True)).group_by(CommissionLine.back_of_id)
    mine = {row[0]: (Left(-int(row[1]), -int(row[2])), row[3]) for row in db.execute(query)} if lines else {}
    for line, owner in lines:
        (held, turn), taken = mine.get(line.id, (Left(0, 0), 0)), gone.get(line.id, Left(0, 0))
        there = Left(line.own - taken.base + held.base, line.amount - taken.amount + held.amount)  # what nothing else has taken back
        target = lost_of(there, line.own, part, whole)
        base, amount = target.base - held.base, target.amount - held.amount
        if (base or amount) and (rise or base <= 0):
            rule = _("written off: %(rule)s", rule=read_words(line.rule)) if base > 0 else _("asked for again: %(rule)s", rule=read_words(line.rule))
            rows.append(_back_of(line, statements[owner], f"{cause}/{line.id}/{turn}", day, base, amount, rule))
    _write(rows)


def lost_of(there, own, part, whole):
    """What of a line is held back: `there` is what nothing else took back, `own` its base when it was earned."""
    base = there.base if part >= whole else min(there.base, amounts.divide(own * part, whole))
    return Left(base, there.amount if base == there.base else amounts.divide(there.amount * base, there.base))


def _back_of(line, statement, key, day, base, amount, rule):
    """A line that takes so much of another back."""
    return {
        "statement": statement, "key": key, "day": day, "document": line.document, "customer": line.customer_id, "order": line.order_id,
        "basis": line.basis, "source": line.source, "category": line.category_id, "policy": line.policy_id, "seller": line.seller_id, "base": -base, "rate": line.rate,
        "whole": -amount, "percent": line.percent, "own": -base, "amount": -amount, "back_of": line.id, "rule": keep_words(rule)}


def take_no_more(db, cause, day):
    """What a cause took back is there again: it does not count any more."""
    rows = db.execute(sa.select(CommissionLine, Statement.owner_id).join(Statement, Statement.id == CommissionLine.statement_id).where(
        CommissionLine.key.startswith(f"{cause}/", autoescape=True)).order_by(CommissionLine.id)).all()
    done = set(db.scalars(sa.select(CommissionLine.key).where(CommissionLine.key.in_([f"not:{line.key}" for line, _owner in rows]))))
    statements = {person: open_statement(db, person, day) for person in sorted({owner for _line, owner in rows})}
    _write([_back_of(line, statements[owner], f"not:{line.key}", day, line.base, line.amount, read_words(line.rule)) | {"back_of": line.back_of_id}
            for line, owner in rows if f"not:{line.key}" not in done])


# --- statements --------------------------------------------------------------------------------------------------------


def hold(db, people):
    """Hold the statements of these people, those that are not there yet too, until the transaction ends, so that two who count for the same people do not
    wait for each other: the people themselves are held, the lowest id first. A reference to one is no reason to wait (`key_share`)."""
    if wanted := sorted({one for one in people if one is not None}):
        db.scalars(sa.select(User.id).where(User.id.in_(wanted)).order_by(User.id).with_for_update(key_share=True)).all()


def open_statement(db, person, day):
    """The statement of somebody for the month of a day, or the next one that is not closed; held until the transaction ends."""
    month = day.replace(day=1)
    while True:
        query = sa.select(Statement.id, Statement.state).where(Statement.owner_id == person, Statement.month == month)
        row = db.execute(query.with_for_update()).one_or_none()
        if row is None:
            make_statement(db, person, month)
            row = db.execute(query.with_for_update()).one()
        if row.state == PayState.open:
            return row.id
        month = first_of(month, 1)


def make_statement(db, person, month):
    """The statement of a month, unless somebody has been quicker by a moment."""
    with system_scope("a statement"):
        try:
            with session.begin_nested():
                made = site().registry.resource("sales.statement").write([{"name": f"{month:%Y-%m}", "month": month, "key": f"{person}/{month}", "owner": person, "department": home_of(person)}], kind="statement")
                so_far(session, Statement.id.in_(made))
        except Invalid:
            if session.scalar(sa.select(Statement.id).where(Statement.owner_id == person, Statement.month == month)) is None:
                raise


def fixed_in(person, month):
    """The fixed pay of somebody in a month, as a subquery: what holds on its last day."""
    last = last_of(month)
    query = sa.select(PayBasis.fixed).where(PayBasis.owner_id == person, PayBasis.deleted_at.is_(None), PayBasis.begins <= last, sa.or_(PayBasis.ends.is_(None), PayBasis.ends >= last))
    return query.order_by(PayBasis.begins.desc(), PayBasis.id.desc()).limit(1).scalar_subquery()


def fixed_pay(db, person, month):
    return int(db.scalar(sa.select(fixed_in(person, month))) or 0)


def so_far(db, *which):
    """What statements that are not closed come to so far: the fixed pay of the month, as it stands, and the commission. `which`: conditions; a statement
    for each month there is among them."""
    is_open = Statement.state == PayState.open, Statement.deleted_at.is_(None), *which
    db.execute(sa.select(Statement.id).where(*is_open).order_by(Statement.owner_id, Statement.month).with_for_update()).all()  # in the order in which whoever earns holds them
    for month in db.scalars(sa.select(Statement.month).where(*is_open).distinct().order_by(Statement.month)).all():
        fixed = sa.func.coalesce(fixed_in(Statement.owner_id, month), 0)
        other = sa.or_(Statement.fixed != fixed, Statement.due.is_(None), Statement.due != fixed + Statement.commission)
        db.execute(sa.update(Statement).where(*is_open, Statement.month == month, other).values(fixed=fixed, due=fixed + Statement.commission).execution_options(synchronize_session=False))


def pay_changed(people):
    """The open statements of these people follow their pay basis."""
    with system_scope("statements that are open follow the pay basis") as db:
        hold(db, people)
        so_far(db, Statement.owner_id.in_(sorted({one for one in people if one is not None})))


def close(statement):
    """The month is over: what comes later goes into the next one. Raises Refused."""
    if statement.state != PayState.open:
        raise Refused(_("This statement is closed already."))
    if statement.month > today().replace(day=1):
        raise Refused(_("This month has not begun yet."))
    session.refresh(statement, with_for_update=True)
    with system_scope("fixed pay") as db:
        fixed = fixed_pay(db, statement.owner_id, statement.month)
    statement.fixed, statement.due = fixed, fixed + statement.commission
    statement.state = PayState.closed


def pay(statement):
    """It is paid. Raises OverLimit where it is more than a policy lets be paid."""
    session.refresh(statement, with_for_update=True)
    if statement.state != PayState.closed:
        raise Refused(_("Only a closed statement is paid, and once."))
    last = last_of(statement.month)
    over = policies.over_amount(Kind.commission, statement.owner_id, last, statement.commission)
    policies.settle("sales.statement", statement.id, f"{statement.name}", statement.owner_id, statement.department_id, last, over)
    statement.state, statement.paid_on = PayState.paid, today()


def statements_of_month(resource, ids, month):
    """A statement of this month for everybody of these pay bases, also for who has no commission."""
    first = month.replace(day=1)
    owners = session.scalars(resource.visible("statements").where(PayBasis.id.in_(ids))).all()
    with system_scope("statements of a month") as db:
        hold(db, {one.owner_id for one in owners})
        for person in sorted({one.owner_id for one in owners if one.owner_id is not None}):
            if db.scalar(sa.select(Statement.id).where(Statement.owner_id == person, Statement.month == first)) is None:
                make_statement(db, person, first)


def _write(rows):
    if rows:
        with system_scope("commission") as db:
            site().registry.resource("sales.commission_line").write(rows, kind="commission")
            so_far(db, Statement.id.in_({row["statement"] for row in rows}))
