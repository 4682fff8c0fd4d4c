"""Contracts on paper, and the box beside them."""

from markupsafe import Markup
from sqlalchemy import select

from crm_core.sdk import DateField, Seen, Status, cells, files, may, money, sees, session, site
from crm_sales import _, paper
from crm_sales.contracts import paying, services
from crm_sales.contracts.models import (
    STATES,
    Contract,
    ContractClause,
    ContractItem,
    ContractMilestone,
    ContractParty,
    State,
)
from crm_sales.quotes.services import in_state

OVERDUE = "sales.contract_payment.due", "sales.contract_payment.amount", "sales.contract_payment.paid"
DAY = DateField(name="day", label="")


def by_hand(code):
    """What a print template of a contract adds: the paper in this language."""
    def values(seen):
        resource, contract = site().registry.resource(services.NAME), seen.whole
        paper.whole(resource, "number", "customer", "total", "net", "tax", "ends")
        for name, fields in (("items", ("what", "quantity", "price", "amount")), ("payments", ("what", "amount", "due"))):
            paper.whole(resource.line_resource(name), *fields)
        return {"html": drawn(contract, code)}

    return values


def drawn(contract, code):
    """The paper of a contract in a language, as HTML."""
    parts = {name: paper.items_of(model, model.contract_id, contract.id) for name, model in (
        ("milestones", ContractMilestone), ("parties", ContractParty), ("clauses", ContractClause))}
    plan = [(line, money.shown(amount, contract.currency)) for line, amount in services.plan_of(contract)]
    amended = session.get(Contract, contract.amends_id) if contract.amends_id else None
    return Markup(paper.draw("sales/contract_paper.html", contract, paper.items_of(ContractItem, ContractItem.contract_id, contract.id), code,
                             plan=plan, amended=amended, **parts))


def beside(contract_id):
    """The box beside a contract: its papers, amendments, what it comes to with them, what it renews."""
    contract = session.get(Contract, contract_id)
    first = contract.amends_id or contract.id
    family = session.scalars(select(Contract).where((Contract.id == first) | (Contract.amends_id == first)).order_by(Contract.id).limit(50)).all() if sees("sales.contract.amends") else []
    sums = sees("sales.contract.total", "sales.contract.currency")
    base = contract if contract.amends_id is None else session.get(Contract, first)
    whole = base.agreed if sees("sales.contract.agreed") and base is not None and base.agreed is not None else contract.total
    counts = {one.id for one in family if one.id == first or one.state in paying.ASKED}
    renewals = sees("sales.contract.renews")
    follows = session.scalar(select(Contract).where(Contract.renews_id == contract.id)) if renewals else None
    prints = may("sales.contract.print", contract_id)
    return {"contract": contract, "languages": paper.LANGUAGES if prints else {}, "family": [
            (one, money.shown(one.total, one.currency) if sums else "", _("Contract") if one.id == first else STATES[one.state.value], one.id in counts) for one in family], "renewed": follows,
            "before": session.get(Contract, contract.renews_id) if contract.renews_id and renewals else None,
            "together": f"{money.shown(whole, contract.currency)} {contract.currency}" if len(family) > 1 and sums and sees("sales.contract.agreed") else "",
            "copy": _copy(contract), "may_sign": in_state(State.draft, State.signed, State.done)(contract) and may("sales.contract.signed_copy", contract_id),
            "progress": services.progress([contract.id]).get(contract.id),
            "paid": money.shown(contract.paid, contract.currency) if sums and contract.amends_id is None and sees("sales.contract.paid") else "",
            "total": money.shown(whole if contract.amends_id is None else contract.total, contract.currency) if sums else "",
            "late": money.shown(found, contract.currency) if sees(*OVERDUE) and (found := paying.overdue([contract.id]).get(contract.id)) else ""}


def _copy(contract):
    """Name, address, day and signatures of the signed copy, for who reads the contract; nothing while there is none."""
    found = next((one for one in files.on(services.NAME, [contract.id]) if one.id == contract.signed_file_id), None) if contract.signed_file_id else None
    if found is None:
        return None
    seen = Seen(site().registry.resource(services.NAME), contract)
    who = " · ".join(one for one in (seen.partner, seen.signatory) if one)
    return {"name": found.name, "url": f"/core/attachment/{found.id}", "day": DAY.show(seen.signed_on) if seen.signed_on else "", "who": who}


def overdue(ids):
    """The column: what of contracts is late, by their ids."""
    return {one: money.shown(amount) for one, amount in paying.overdue(ids).items()}


def late(ids):
    """The column: how late instalments are, by their ids."""
    return {one: cells.status(Status(_("%(days)s days late", days=days), "alert-triangle", "red")) for one, days in paying.late(ids).items()}
