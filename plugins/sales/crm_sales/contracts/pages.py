"""Contracts on paper, and the box beside them; the page on which the signed copy is put."""

import flask
from markupsafe import Markup
from sqlalchemy import select

from crm_core.sdk import (
    Bad,
    DateField,
    Invalid,
    Missing,
    Refused,
    Status,
    access,
    body_limit,
    cells,
    file_limit,
    files,
    session,
    site,
)
from crm_sales import _, paper
from crm_sales.contracts import paying, services
from crm_sales.contracts.models import Contract, ContractClause, ContractItem, ContractMilestone, ContractParty, State

pages = flask.Blueprint("sales_contracts", __name__)
DAY = DateField(name="day", column="", label="")


@pages.get("/sales/contract/<int:row_id>/signed")
@access("sales.contract.signed_copy")
def signed(row_id):
    return _page(site().registry.resource(services.NAME).get(row_id, "signed_copy"))


def _page(contract, note="", typed=None):
    found = [(one.id, one.name) for one in reversed(files.on(services.NAME, [contract.id], limit=50))]
    values = typed or {"signed_on": contract.signed_on or "", "partner": contract.partner or "", "signatory": contract.signatory or "",
                       "file": str(contract.signed_file_id or (found[0][0] if found else ""))}
    try:
        site().registry.resource(services.NAME).may_hold(contract.id)
        may = True
    except Missing:
        may = False
    return flask.render_template("sales/contract_signed.html", contract=contract, files=found, typed=values, note=note, may=may)


@pages.post("/sales/contract/<int:row_id>/signed")
@access("sales.contract.signed_copy")
@body_limit(file_limit)
def keep_signed(row_id):
    """A file that is sent along is put on the contract; it, or the one that was chosen, is the signed copy."""
    contracts, form = site().registry.resource(services.NAME), flask.request.form
    contract, sent = contracts.get(row_id, "signed_copy"), flask.request.files.get("paper")
    asked = {field.name: field for field in contracts.all_actions["signed_copy"].fields}
    try:
        values = {name: asked[name].parse(form.get(name, "").strip()) for name in ("signed_on", "partner", "signatory")}
        chosen = form.get("file", "")
        if sent is not None and sent.filename:
            values["file"] = files.put(services.NAME, row_id, sent.filename, sent.stream, key=form.get("key", "")).id
        elif chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
            values["file"] = int(chosen)
        else:
            raise Invalid({"file": [_("Choose a file first.")]})
        contracts.run("signed_copy", [row_id], values)
    except (Invalid, Bad, Refused) as bad:
        return _page(contract, bad.first if isinstance(bad, Invalid) else bad.message, form), 422
    return flask.redirect(f"/sales/contract/{row_id}", 303)


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
    parts = {name: paper.items_of(model, model.contract_id, contract.id) for name, model in (
        ("milestones", ContractMilestone), ("parties", ContractParty), ("clauses", ContractClause))}
    plan = [(line, paper.shown(amount, contract.currency)) for line, amount in services.plan_of(contract)]
    amended = session.get(Contract, contract.amends_id) if contract.amends_id else None
    return Markup(paper.draw("sales/contract_paper.html", contract, paper.items_of(ContractItem, ContractItem.contract_id, contract.id), code,
                             plan=plan, amended=amended, **parts))


def beside(contract_id):
    """The box beside a contract: its papers, amendments, what it comes to with them, what it renews."""
    contract = session.get(Contract, contract_id)
    first = contract.amends_id or contract.id
    family = session.scalars(select(Contract).where((Contract.id == first) | (Contract.amends_id == first)).order_by(Contract.id).limit(50)).all()
    signed = [one for one in family if one.state in (State.signed, State.done)]
    follows = session.scalar(select(Contract).where(Contract.renews_id == contract.id))
    return {"contract": contract, "languages": paper.LANGUAGES, "family": family, "renewed": follows,
            "before": session.get(Contract, contract.renews_id) if contract.renews_id else None,
            "together": f"{paper.shown(sum(one.total for one in signed), contract.currency)} {contract.currency}" if len(family) > 1 else "",
            "copy": _copy(contract), "may_sign": services.in_state(State.draft, State.signed, State.done)(contract) and site().registry.resource(services.NAME).may("signed_copy"),
            "progress": services.progress([contract.id]).get(contract.id), "paid": paper.shown(contract.paid, contract.currency), "total": paper.shown(contract.total, contract.currency),
            "late": paper.shown(found, contract.currency) if (found := paying.overdue([contract.id]).get(contract.id)) else ""}


def _copy(contract):
    """Name, address, day and signatures of the signed copy, for who reads the contract; nothing while there is none."""
    found = next((one for one in files.on(services.NAME, [contract.id]) if one.id == contract.signed_file_id), None) if contract.signed_file_id else None
    if found is None:
        return None
    who = " · ".join(one for one in (contract.partner, contract.signatory) if one)
    return {"name": found.name, "url": f"/core/attachment/{found.id}", "day": DAY.show(contract.signed_on) if contract.signed_on else "", "who": who}


def overdue(ids):
    return {one: paper.shown(amount) for one, amount in paying.overdue(ids).items()}


def late(ids):
    return {one: cells.status(Status(_("%(days)s days late", days=days), "alert-triangle", "red")) for one, days in paying.late(ids).items()}
