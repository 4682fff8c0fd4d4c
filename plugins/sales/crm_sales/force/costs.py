"""What serving customers costs the sales force, told to core for their profit contribution: one statement each, whatever the number of customers."""

import sqlalchemy as sa

from crm_core.sdk import among, amounts, money, session
from crm_sales.force.commission_models import CommissionLine
from crm_sales.force.models import Claim, ClaimState

FAVOURS = ("meals", "gifts")  # kinds of expense


def commission(customers, first, last):
    """Commission on what they bought in these days, less what was taken back in them."""
    line = CommissionLine
    query = sa.select(line.customer_id, sa.func.sum(line.amount)).where(among(line.customer_id, customers), line.day >= first, line.day <= last, line.deleted_at.is_(None))
    return {customer: int(amount) for customer, amount in session.execute(query.group_by(line.customer_id))}


def favours(customers, first, last):
    """Meals and gifts for them that were approved. Of a currency without a rate nothing is known, and nothing counted."""
    query = sa.select(Claim.customer_id, Claim.currency, Claim.day, sa.func.sum(Claim.amount)).where(
        among(Claim.customer_id, customers), Claim.kind.in_(FAVOURS), Claim.state.in_((ClaimState.approved, ClaimState.paid)), Claim.day >= first, Claim.day <= last,
        Claim.deleted_at.is_(None))
    rows = session.execute(query.group_by(Claim.customer_id, Claim.currency, Claim.day)).all()
    rates, how, step = money.rates({(row.currency, row.day) for row in rows}), money.rounding(), money.step(money.house())
    found = {}
    for customer, currency, day, amount in rows:
        if (currency, day) in rates:
            found[customer] = found.get(customer, 0) + amounts.convert(int(amount), rates[currency, day], how, step)
    return found
