"""Expense claims: claimed within the limits of policies, approved by somebody else, paid once."""

from crm_core.sdk import Refused, files, money, my_id, session
from crm_sales import _
from crm_sales.force.models import Claim, ClaimState
from crm_sales.policies import services as policies
from crm_sales.policies.models import Kind
from crm_sales.settings import ForceSettings


def claim(row, receipt=None):
    """Ask for the money, with a receipt that is sent along or is among its files. Raises Refused without a receipt, OverLimit over the limit of a policy."""
    if row.state not in (ClaimState.draft, ClaimState.refused):
        raise Refused(_("This is claimed already."))
    if ForceSettings.now().receipts and not files.on("sales.claim", [row.id]):
        raise Refused(_("Send the receipt along, as a file."))
    over = _over(row)
    policies.settle("sales.claim", row.id, row.number, row.owner_id, row.department_id, row.day, over)
    row.state = ClaimState.claimed


def _over(row):
    return policies.over_amount(Kind.expense, row.owner_id, row.day, money.in_house(row.amount, row.currency, row.day), row.kind)


def would_be_over(claim_id):
    """What of one's own claim is over a limit, to be known before it is handed in."""
    row = session.get(Claim, claim_id)
    return _over(row) if row is not None and row.owner_id == my_id() else []


def _answer(row, state, answer):
    session.refresh(row, with_for_update=True)
    if row.state != ClaimState.claimed:
        raise Refused(_("This claim does not wait for an answer."))
    if row.owner_id == my_id():
        raise Refused(_("Somebody else decides on your claim."))
    row.state, row.answer = state, answer or None


def approve(row, answer=None):
    _answer(row, ClaimState.approved, answer)


def refuse(row, answer):
    _answer(row, ClaimState.refused, answer)


def pay(row):
    session.refresh(row, with_for_update=True)
    if row.state != ClaimState.approved:
        raise Refused(_("Only an approved claim is paid, and once."))
    row.state = ClaimState.paid
