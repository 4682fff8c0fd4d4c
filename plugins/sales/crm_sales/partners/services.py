"""The course of a partner's deals and of the money that helps him sell."""

import datetime as dt

import sqlalchemy as sa

from crm_core.sdk import Customer, Invalid, Refused, files, money, my_id, session, system_scope, today
from crm_sales import _
from crm_sales.partners.models import Deal, DealState, Fund, FundUse, Partner, UseState
from crm_sales.settings import PartnerSettings

# --- deals -------------------------------------------------------------------------------------------------------------


def conflicts(deal):
    """Other partners' deals with the same customer that are protected still: (partner, until), whatever the acting person may see."""
    query = sa.select(Partner.name, Deal.protected_until).join(Partner, Partner.id == Deal.partner_id).where(
        Deal.customer_id == deal.customer_id, Deal.id != deal.id, Deal.partner_id != deal.partner_id, Deal.deleted_at.is_(None),
        Deal.state == DealState.accepted, Deal.protected_until >= today())
    with system_scope("deals that are protected") as db:
        return db.execute(query.order_by(Deal.id)).all()


def accept(deal):
    """It is this partner's, for as long as the house protects deals. Raises Refused where another partner's is protected."""
    with system_scope("one at a time for a customer") as db:
        db.execute(sa.select(Customer.id).where(Customer.id == deal.customer_id).with_for_update())
    session.refresh(deal, with_for_update=True)
    if deal.state != DealState.asked:
        raise Refused(_("This deal is decided already."))
    if found := conflicts(deal):
        raise Refused(_("%(partner)s has registered this customer first; that is protected until %(day)s.", partner=found[0].name, day=found[0].protected_until))
    deal.state, deal.protected_until = DealState.accepted, today() + dt.timedelta(days=PartnerSettings.now().protects)


def refuse(deal, answer):
    """It is not this partner's. Raises Refused where that was decided already."""
    if deal.state != DealState.asked:
        raise Refused(_("This deal is decided already."))
    deal.state, deal.answer = DealState.refused, answer


def won(deal):
    """The partner made the deal. Raises Refused for one that was not accepted."""
    _end(deal, DealState.won)


def lost(deal):
    """It came to nothing. Raises Refused for one that was not accepted."""
    _end(deal, DealState.lost)


def _end(deal, state):
    if deal.state != DealState.accepted:
        raise Refused(_("Only a deal that was accepted is won or lost."))
    deal.state = state


# --- funds -------------------------------------------------------------------------------------------------------------


def ask(use):
    """Ask for money of the fund. Raises Refused where that was done already."""
    if use.state not in (UseState.draft, UseState.refused):
        raise Refused(_("This is requested already."))
    use.state = UseState.asked


def approve(use, amount=None, answer=None):
    """So much of what was asked, out of what the fund has left; one after the other, so never more than there is. Raises Refused, Invalid."""
    fund = _held(use)
    if use.state != UseState.asked:
        raise Refused(_("This request does not wait for an answer."))
    if use.owner_id == my_id():
        raise Refused(_("Somebody else decides on your request."))
    amount = use.asked if amount is None else amount
    if not 0 < amount <= use.asked:
        raise Invalid({"amount": [_("More than nothing, and not more than was requested.")]})
    if not _add(fund, approved=amount):
        raise Refused(_("The fund has %(left)s left.", left=money.say(fund.amount - fund.approved)))
    use.state, use.approved, use.answer = UseState.approved, amount, answer or None


def refuse_use(use, answer):
    """No money for this. Raises Refused where nothing is asked."""
    _held(use)
    if use.state != UseState.asked:
        raise Refused(_("This request does not wait for an answer."))
    use.state, use.answer = UseState.refused, answer


def settle(use, evidence=None):
    """What was spent is paid, by evidence that is sent along or is among its files, at most what was approved; what is left of it goes back to the fund. Raises Refused without evidence."""
    fund = _held(use)
    if use.state != UseState.approved:
        raise Refused(_("Only what was approved is settled, and once."))
    if use.spent <= 0 or not files.on("sales.fund_use", [use.id]):
        raise Refused(_("Say what was spent, and send the evidence along as a file."))
    paid = min(use.spent, use.approved)
    if not _add(fund, approved=paid - use.approved, settled=paid):
        raise Refused(_("The fund does not have this."))
    use.state, use.settled = UseState.settled, paid


def give_up(use):
    """It is not done: what was approved goes back to the fund."""
    fund = _held(use)
    if use.state != UseState.approved:
        raise Refused(_("Only what was approved can be given up."))
    _add(fund, approved=-use.approved)
    use.state, use.approved = UseState.draft, 0


def counted(ids, verb):
    """What of funds is approved and settled, counted anew after requests came, went or were taken back. Raises Refused for one that is deleted while
    it is decided, and where it would be more than there is."""
    with system_scope("what of funds is approved") as db:
        if verb == "delete" and db.scalar(sa.select(FundUse.id).where(FundUse.id.in_(ids), FundUse.state.not_in((UseState.draft, UseState.refused))).limit(1)) is not None:
            raise Refused(_("It is requested already and stays as it is."))
        funds = db.execute(sa.select(Fund.id, Fund.amount, Fund.approved, Fund.settled).where(
            Fund.id.in_(sa.select(FundUse.fund_id).where(FundUse.id.in_(ids)))).order_by(Fund.id).with_for_update()).all()
        for fund in funds:
            approved = sa.case((FundUse.state == UseState.settled, FundUse.settled), (FundUse.state == UseState.approved, FundUse.approved), else_=0)
            settled = sa.case((FundUse.state == UseState.settled, FundUse.settled), else_=0)
            sums = db.execute(sa.select(sa.func.coalesce(sa.func.sum(approved), 0), sa.func.coalesce(sa.func.sum(settled), 0)).where(
                FundUse.fund_id == fund.id, FundUse.deleted_at.is_(None))).one()
            if (int(sums[0]), int(sums[1])) != (fund.approved, fund.settled):
                if sums[0] > fund.amount:
                    raise Refused(_("The fund does not have this."))
                db.execute(sa.update(Fund).where(Fund.id == fund.id).values(approved=int(sums[0]), settled=int(sums[1])).execution_options(synchronize_session=False))


def _held(use):
    """The fund of a request; both are held until the transaction ends."""
    with system_scope("the fund of a request") as db:
        fund = db.execute(sa.select(Fund.id, Fund.amount, Fund.approved, Fund.settled).where(Fund.id == use.fund_id).with_for_update()).one()
    session.refresh(use, with_for_update=True)
    return fund


def _add(fund, approved=0, settled=0):
    """Count into a fund, unless it would be more than there is: one conditional statement."""
    change = sa.update(Fund).where(Fund.id == fund.id, Fund.approved + approved <= Fund.amount, Fund.settled + settled <= Fund.approved + approved)
    with system_scope("what a fund has left") as db:
        return db.execute(change.values(approved=Fund.approved + approved, settled=Fund.settled + settled)).rowcount == 1
