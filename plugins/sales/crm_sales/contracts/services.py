"""The verbs of contracts: signed, carried out, paid, amended, renewed, ended.

    draft ─sign→ signed ─done→ done          each of the first two ─cancel→ cancelled
"""

from datetime import timedelta

from sqlalchemy import case, func, select

from crm_core.sdk import (
    Refused,
    Seen,
    amounts,
    as_written,
    emit,
    files,
    may,
    money,
    my_id,
    on_timeline,
    periods,
    same_lines,
    session,
    site,
    system_scope,
    tasks,
    today,
)
from crm_sales import _
from crm_sales.api import ContractsSigned
from crm_sales.contracts import paying
from crm_sales.contracts.models import Contract, ContractItem, ContractMilestone, ContractPayment, State
from crm_sales.quotes.services import all_told
from crm_sales.settings import QuoteSettings

NAME = "sales.contract"
LIVE = State.draft, State.signed


def hold(ids):
    """Hold these contracts, and in place of amendments those they amend, until the transaction ends: the contract before its amendments, everywhere."""
    with system_scope("the contract an amendment amends") as db:
        paying.held(db, paying.firsts(db, ids))


def _now(contract, *states):
    """The same contract, alone in this hand until the transaction ends, if it is in one of these states; an amendment after the contract it amends, which is
    held by whoever counts. Raises Refused."""
    hold([contract.id])
    session.refresh(contract, with_for_update={"key_share": True})  # what refers to it need not wait, or two wait for each other
    if contract.state not in states:
        raise Refused(_("“%(name)s” has been dealt with meanwhile.", name=str(contract)))
    return contract


def instalments(total, lines, step=1):
    """What the lines of a payment plan come to: an amount that is said, else its share of the total. Shares that are the whole together leave no cent
    over. `lines`: (share, amount) each, hundredths of a percent and of the currency."""
    shares = [share or 0 if amount is None else 0 for share, amount in lines]
    rest = max(0, 100_00 - sum(shares))
    parts = amounts.share(total, [*shares, rest], step) if sum(shares) <= 100_00 else [amounts.part(total, one, money.rounding(), step) for one in shares]
    return [part if amount is None else amount for part, (_share, amount) in zip(parts, lines, strict=False)]


def plan_of(contract):
    """The lines of its payment plan, and what each comes to."""
    lines = session.scalars(select(ContractPayment).where(ContractPayment.contract_id == contract.id).order_by(ContractPayment.id)).all()
    return list(zip(lines, instalments(contract.total, [(one.share, one.amount if one.share is None else None) for one in lines], money.step(contract.currency)), strict=True))


def of_another_currency(rows, before):
    """Faults of documents that are about to be written and name a contract in another currency than theirs. One statement."""
    named = {at: now for at, row in enumerate(rows) if (now := as_written(row, before)).get("contract_id")}
    kept = dict(session.execute(select(Contract.id, Contract.currency).where(Contract.id.in_({now["contract_id"] for now in named.values()}))).all()) if named else {}
    return {at: {"contract": [_("The contract is in another currency.")]} for at, now in named.items()
            if now["contract_id"] in kept and (now.get("currency") or money.house()) != kept[now["contract_id"]]}


def of_another_deal(rows, before):
    """Faults of amendments that are about to be written for another customer, or in another currency, than the contract they amend. One statement."""
    now = {at: as_written(row, before) for at, row in enumerate(rows) if row.get("id") and {"customer_id", "currency"} & row.keys()}
    now = {at: one for at, one in now.items() if one.get("amends_id")}
    if not now:
        return {}
    with system_scope("contracts that are amended") as db:
        of = {row.id: row for row in db.execute(select(Contract.id, Contract.customer_id, Contract.currency).where(Contract.id.in_({one["amends_id"] for one in now.values()})))}
    faults = {at: {name: [said] for name, column, said in (("customer", "customer_id", _("An amendment is for the customer of its contract.")),
                                                            ("currency", "currency", _("An amendment is in the currency of its contract."))) if one[column] != getattr(of[one["amends_id"]], column)}
              for at, one in now.items() if one["amends_id"] in of}
    return {at: found for at, found in faults.items() if found}


def name_the_first(rows):
    """Documents that are about to be written and name an amendment name the contract it amends, whose money it is. One statement."""
    named = {row["contract_id"] for row in rows if row.get("contract_id")}
    if not named:
        return
    with system_scope("contracts that are amended") as db:
        of = dict(db.execute(select(Contract.id, Contract.amends_id).where(Contract.id.in_(named), Contract.amends_id.is_not(None))).all())
    for row in rows:
        if row.get("contract_id") in of:
            row["contract_id"] = of[row["contract_id"]]


# --- signing -----------------------------------------------------------------------------------------------------------


def so_far(contracts):
    """What the forms of signing begin with: what was said before."""
    return {"file": {"default": contracts[0].signed_file_id}, "signed_on": {"default": contracts[0].signed_on}}


def who_signed(contracts):
    """The same with who signed for the other side."""
    return {**so_far(contracts), "partner": {"default": contracts[0].partner}, "signatory": {"default": contracts[0].signatory}}


def sign(contract, signed_on=None, file=None):
    """It binds from now on, by this file of its. A flow of approval may stand before this act; the signed paper must be among its files where the house says so."""
    contract = _now(contract, State.draft)
    if contract.amends_id is not None:
        with system_scope("whether what is amended is in force") as db:
            if db.scalar(select(Contract.state).where(Contract.id == contract.amends_id)) != State.signed:
                raise Refused(_("The contract it amends is not in force."))
    if not session.scalar(select(func.count()).select_from(ContractItem).where(ContractItem.contract_id == contract.id)):
        raise Refused(_("Say first what was agreed: a contract needs an item."))
    plan = plan_of(contract)
    if plan and sum(amount for _line, amount in plan) != contract.total:
        raise Refused(_("The payment plan comes to %(plan)s, the contract to %(total)s.", plan=money.say(sum(a for _l, a in plan), contract.currency), total=money.say(contract.total, contract.currency)))
    contract.signed_file_id = file or contract.signed_file_id
    if contract.signed_file_id is None:  # one file on a contract is its signed copy; of several somebody says which (signed_copy)
        found = [one.id for one in files.on(NAME, [contract.id], limit=2)]
        contract.signed_file_id = found[0] if len(found) == 1 else None
        if found and contract.signed_file_id is None and QuoteSettings.now().signed_file:
            raise Refused(_("Say which of its files is the signed copy."))
    if QuoteSettings.now().signed_file and contract.signed_file_id is None:
        raise Refused(_("Choose the signed paper, or put it on the contract first (Files)."))
    for line, amount in plan:
        line.amount = amount
    contract.state, contract.signed_on = State.signed, signed_on or contract.signed_on or today()
    contract.day = contract.day or contract.signed_on
    paying.lay([contract.id])
    on_timeline(_("signed a contract"), "core.customer", contract.customer_id, record=(NAME, contract.id))
    if contract.renews_id is not None:
        tasks.finish(_warning(contract.renews_id))
    emit(ContractsSigned((contract.id,)))


def signed_copy(contract, file, signed_on=None, partner=None, signatory=None):
    """This file of its is the copy that bears the signatures: from which day, of whom. It can be said before the contract is signed here, and corrected
    as long as it is not cancelled."""
    contract = _now(contract, State.draft, State.signed, State.done)
    contract.signed_file_id = file
    contract.signed_on, contract.partner, contract.signatory = signed_on or contract.signed_on, partner or contract.partner, signatory or contract.signatory
    session.flush()


def finish(contract):
    """All is done, also of its amendments."""
    contract = _now(contract, State.signed)
    for one in [contract, *_amendments(contract, State.signed)]:
        one.state = State.done
    session.flush()
    tasks.finish(_warning(contract.id))


def _amendments(contract, *states):
    """Its amendments in these states."""
    return session.scalars(select(Contract).where(Contract.amends_id == contract.id, Contract.state.in_(states)).order_by(Contract.id).execution_options(populate_existing=True)).all()


def cancel(contract, reason=None):
    """It is ended before its time, with its amendments; of an amendment what it came to does not count any more."""
    contract = _now(contract, *LIVE)
    ended = [contract, *_amendments(contract, *LIVE)]
    for one in ended:
        one.state, one.reason = State.cancelled, reason
    session.flush()
    paying.lay([contract.id])
    tasks.finish(_warning(contract.id))
    tasks.finish_all([paying.due_key(one) for one in session.scalars(select(ContractPayment.id).where(ContractPayment.contract_id.in_([one.id for one in ended])))])
    on_timeline(_("ended a contract before its time"), "core.customer", contract.customer_id, record=(NAME, contract.id), body=reason)


# --- what follows it ---------------------------------------------------------------------------------------------------


def _again(contract, lines_of, **more):
    resource = site().registry.resource(NAME)
    values = {"name": contract.name, "customer": contract.customer_id, "contact": contract.contact_id, "opportunity": contract.opportunity_id, "currency": contract.currency,
              "owner": contract.owner_id, "partner": contract.partner, "signatory": contract.signatory}
    lines = {one.name: [line for of in lines_of for line in same_lines(resource, one.name, of)] for one in resource.lines if one.name in ("items", "parties", "clauses")}
    (made,) = resource.write([{**{n: v for n, v in values.items() if v is not None}, **lines, **more}])
    return session.get_one(Contract, made)


def renew(contract):
    """A draft for the time behind it, once: what was agreed with its amendments."""
    contract = _now(contract, State.signed, State.done)
    with system_scope("amendments of a contract, whoever has them") as db:
        amended = paying.amendments(db, [contract.id]).get(contract.id, [])
    if {one.id for one in amended} - set(session.scalars(select(Contract.id).where(Contract.amends_id == contract.id))):
        raise Refused(_("Of %(number)s there are amendments you may not see: who may, renews it.", number=contract.number))
    ends = paying.until(contract.ends, amended)
    if session.scalar(select(Contract.id).where(Contract.renews_id == contract.id)) is not None:
        raise Refused(_("This contract has been renewed already."))
    begins = ends + timedelta(days=1) if ends else today()
    new = _again(contract, [contract.id, *(one.id for one in amended)], begins=begins, ends=_as_long(contract, begins))
    new.renews_id = contract.id
    session.flush()


def _as_long(contract, begins):
    """The last day of as long a time from `begins`: whole months where it is whole months now."""
    if not contract.begins or not contract.ends:
        return None
    after = contract.ends + timedelta(days=1)
    months = (after.year - contract.begins.year) * 12 + after.month - contract.begins.month
    if after.day == contract.begins.day and months > 0:
        return periods.shift(begins, months, "month") - timedelta(days=1)
    return begins + (contract.ends - contract.begins)


def amend(contract):
    """A draft that changes a signed contract: its items come on top."""
    contract = _now(contract, State.signed)
    resource = site().registry.resource(NAME)
    base = contract.amends_id or contract.id
    if not may("sales.contract.amend", base):
        raise Refused(_("Amend the contract itself: it is not yours to change."))
    with system_scope("amendments there ever were: a number is given once") as db:
        count = db.scalar(select(func.count()).where(Contract.__table__.c.amends_id == base)) or 0
        amended = paying.amendments(db, [base]).get(base, [])
    first = contract if contract.amends_id is None else session.get_one(Contract, base)
    ends = paying.until(first.ends, amended)
    (made,) = resource.write([{
        "number": f"{first.number}/{count + 1}", "name": str(_("Amendment %(n)s: %(name)s", n=count + 1, name=first.name))[:200], "customer": first.customer_id,
        "currency": first.currency, "begins": first.begins, "ends": ends, **({"contact": first.contact_id} if first.contact_id else {}),
        **({"owner": first.owner_id} if first.owner_id else {})}])
    new = session.get_one(Contract, made)
    new.amends_id, new.agreed = base, None
    session.flush()


def to_order(contract):
    """An order with its items, once."""
    contract = _now(contract, State.signed)
    if contract.order_id is not None:
        raise Refused(_("This was made of it already."))
    into, resource = site().registry.resource("sales.order"), site().registry.resource(NAME)
    all_told(resource, into)
    fields, said = into.fields(writing=True), Seen(resource, contract)
    values = {"customer": said.customer_id, "contact": said.contact_id, "opportunity": said.opportunity_id, "quote": said.quote_id,
              "contract": paying.first(contract), "currency": said.currency, "day": today(), "owner": contract.owner_id}
    (contract.order_id,) = into.write([{**{n: v for n, v in values.items() if n in fields and v is not None},
                                        "items": same_lines(resource, "items", contract.id, into)}])
    session.flush()
    on_timeline(_("made an order of a contract"), "core.customer", contract.customer_id, record=("sales.order", contract.order_id))


# --- how far it is -----------------------------------------------------------------------------------------------------


def reach(milestone, done=None):
    """A milestone is done."""
    if milestone.done is None:
        milestone.done, milestone.done_by_id = done or today(), my_id()
        session.flush()


def progress(ids):
    """Of contracts: per cent of their milestones and instalments, and of those of their amendments that count, that are done; two statements."""
    done, of, wanted = {}, {}, set(ids)
    mine = Contract.id.in_(ids) | (Contract.amends_id.in_(ids) & paying.counted())
    by = Contract.id, Contract.amends_id
    steps = session.execute(select(*by, func.count().label("of"), func.count(ContractMilestone.done).label("done")).join(ContractMilestone, ContractMilestone.contract_id == Contract.id).where(
        mine).group_by(*by)).all()
    paid = case(((ContractPayment.amount != 0) & (ContractPayment.remaining <= 0), 1), else_=0)
    steps += session.execute(select(*by, func.count().label("of"), func.sum(paid).label("done")).join(ContractPayment, ContractPayment.contract_id == Contract.id).where(mine).group_by(*by)).all()
    for row in steps:
        for one in {row.id, row.amends_id} & wanted:
            of[one], done[one] = of.get(one, 0) + row.of, done.get(one, 0) + int(row.done)
    return {one: 100 * done[one] // of[one] for one in of}


# --- what happens by itself --------------------------------------------------------------------------------------------


def _warning(contract_id):
    return f"sales.contract.ends:{contract_id}"


def warn(job):
    """The job of every night: a contract that ends soon puts a task on its owner, which stays until it is renewed or ended."""
    day = today() + timedelta(days=QuoteSettings.now().warn_days)
    last = 0
    while True:
        with job.write():
            renewed = select(Contract.renews_id).where(Contract.renews_id.is_not(None), Contract.state == State.signed, Contract.deleted_at.is_(None))
            prolonged = select(Contract.amends_id).where(paying.counted(), Contract.ends > day)
            rows = session.scalars(select(Contract).where(
                Contract.state == State.signed, Contract.ends.is_not(None), Contract.ends <= day, Contract.amends_id.is_(None), Contract.id.not_in(renewed), Contract.id.not_in(prolonged),
                Contract.owner_id.is_not(None), Contract.deleted_at.is_(None), Contract.id > last).order_by(Contract.id).limit(200)).all()
            amended = paying.amendments(session, [one.id for one in rows])
            for one in rows:
                ends = paying.until(one.ends, amended.get(one.id, ()))
                tasks.give_by_rule(_("Contracts"), _warning(one.id), one.owner_id, _("“%(name)s” ends on %(day)s: renew it, or end it", name=str(one), day=ends),
                                   due=ends, about=(NAME, one.id))
        if len(rows) < 200:
            return
        last = rows[-1].id
