"""Whose an opportunity is: the shares of its team, which are the whole where any are said; else it is its owner's.

The house keeps a row for each who has a share, with his part of the amount (`OpportunityShare`), in the transaction that writes the opportunity: the
forecast and the figures of people are sums of these, so they come to the whole to the cent and lead to the records behind them.
"""

import sqlalchemy as sa

from crm_core.sdk import amounts, emit, money, standing_of, system_scope
from crm_sales.api import OpportunitiesShared
from crm_sales.opportunities.models import Opportunity, OpportunityMember, OpportunityShare, Outcome

CHUNK = 500
COPIED = "name", "customer_id", "stage_id", "outcome", "forecast", "days_open"


def team_of(db, ids):
    """Of opportunities whose team has shares: id → person → hundredths of a percent. Any other is its owner's."""
    found = {}
    query = sa.select(OpportunityMember.opportunity_id, OpportunityMember.user_id, sa.func.sum(OpportunityMember.share)).where(
        OpportunityMember.opportunity_id.in_(ids), OpportunityMember.share > 0, OpportunityMember.deleted_at.is_(None))
    for one, person, share in db.execute(query.group_by(OpportunityMember.opportunity_id, OpportunityMember.user_id).order_by(OpportunityMember.user_id)):
        found.setdefault(one, {})[person] = int(share)
    return found


def parts(amount, shares, step=1):
    """An amount by shares, with nothing lost, as everything that is split in this house."""
    return amounts.share(amount, shares, step if amount % step == 0 else 1)


def share_out(ids):
    """Bring the shares of these opportunities up to date; one that is deleted has none. Twice does no more than once."""
    with system_scope("shares of opportunities") as db:
        there = {}
        for one in db.scalars(sa.select(OpportunityShare).where(OpportunityShare.opportunity_id.in_(ids))):
            there.setdefault(one.opportunity_id, {})[one.owner_id] = one
        columns = [getattr(Opportunity, name) for name in ("id", "owner_id", "department_id", "team_id", "expected", "closed", "worth", "weighted", *COPIED)]
        teams, step, touched = team_of(db, ids), money.step(money.house()), set()
        for row in db.execute(sa.select(*columns).where(Opportunity.id.in_(ids), Opportunity.deleted_at.is_(None))).all():
            shares, mine = teams.get(row.id) or {row.owner_id: amounts.WHOLE}, there.pop(row.id, {})
            before, weights = 0, list(shares.values())
            for (person, percent), worth, weighted in zip(shares.items(), parts(row.worth, weights, step), parts(row.weighted, weights, step), strict=True):
                values = {name: getattr(row, name) for name in COPIED} | {
                    "day": row.expected if row.outcome == Outcome.open else row.closed, "percent": percent, "before": before, "whole": row.worth, "worth": worth,
                    "weighted": weighted, "department_id": row.department_id if person == row.owner_id else _home(person), "team_id": row.team_id}
                before += percent
                one = mine.pop(person, None)
                if one is None:
                    db.add(OpportunityShare(opportunity_id=row.id, owner_id=person, **values))
                    touched.add(row.id)
                    continue
                for name, value in values.items():
                    if getattr(one, name) != value:
                        setattr(one, name, value)
                        touched |= {row.id} if name in ("percent", "whole") else set()
            there[row.id] = mine
        gone = [one.id for rest in there.values() for one in rest.values()]
        if gone:
            touched |= {key for key, rest in there.items() if rest}
            db.execute(sa.delete(OpportunityShare).where(OpportunityShare.id.in_(gone)).execution_options(synchronize_session=False))
        db.flush()
        won = db.scalars(sa.select(Opportunity.id).where(Opportunity.id.in_(touched), Opportunity.outcome == Outcome.won)).all() if touched else ()
    if won:
        emit(OpportunitiesShared(tuple(won)))


def _home(person):
    return next(iter(standing_of(person).departments), None) if person is not None else None


def follow_weights(db, stage_id):
    """The opportunities of a stage weigh something else now: what is one person's in one statement, what is split by and by."""
    s, o = OpportunityShare, Opportunity
    here = s.stage_id == stage_id, s.outcome == Outcome.open
    weighted = sa.select(o.weighted).where(o.id == s.opportunity_id).scalar_subquery()
    db.execute(sa.update(s).where(*here, s.percent == amounts.WHOLE, s.weighted != weighted).values(weighted=weighted).execution_options(synchronize_session=False))
    last = 0
    while found := db.scalars(sa.select(s.opportunity_id).where(*here, s.percent != amounts.WHOLE, s.opportunity_id > last).distinct().order_by(s.opportunity_id).limit(CHUNK)).all():
        share_out(found)
        last = found[-1]
