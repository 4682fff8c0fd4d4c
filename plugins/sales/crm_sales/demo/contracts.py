"""The publisher's contracts of two years: some of accepted quotes, some by the year; with their signed paper, plans of payment, orders, and what came in."""

import io
from datetime import timedelta

from sqlalchemy import select

from crm_core.sdk import files, session, site
from crm_sales.contracts.models import Contract, ContractMilestone, ContractPayment
from crm_sales.quotes.models import Quote
from crm_sales.receivables.models import Invoice

YEARLY, BOSS = 12, "sunli"
# A page with one word: what stands for the scanned paper of a contract.
_TEXT = b"BT /F1 24 Tf 72 720 Td (Signed) Tj ET"
_PARTS = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
          b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
          b"<</Length %d>>stream\n%s\nendstream" % (len(_TEXT), _TEXT), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")


def _scan():
    data, places = b"%PDF-1.4\n", []
    for n, part in enumerate(_PARTS, 1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % one for one in places)
    return data + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(data))


def fill(make, accepted, firms, items):
    """Of two thirds of the accepted quotes (id, days ago, login), and yearly ones of which a few end soon; the other quotes became orders at once."""
    contracts = site().registry.resource("sales.contract")
    for n, (quote, ago, login) in enumerate(accepted[: len(accepted) * 2 // 3]):
        with make.at(ago, 11, login):
            site().registry.resource("sales.quote").run("contract", [quote])
            one = session.get_one(Quote, quote).contract_id
            _agreed(make, contracts, one, make.day(-ago), 180 + 30 * (n % 6))
        _signed(make, contracts, one, ago - 3, login, fate=n)
    for quote, ago, login in accepted[len(accepted) * 2 // 3 :]:
        with make.at(ago, 11, login):
            site().registry.resource("sales.quote").run("order", [quote])
            order = session.get_one(Quote, quote).order_id
        _carried_out(make, order, ago, login)
        if ago > 60:
            _asked(make, "sales.order", order, Invoice.order_id, ago - 26)
    sellers = [login for login, found in firms.items() if found]
    for n in range(YEARLY if sellers else 0):
        login, ago = sellers[n % len(sellers)], 345 - 28 * n if n else 330  # the first of them end within the next weeks
        customer, contact = make.dice.choice(firms[login])
        with make.at(ago, 11, login):
            (one,) = contracts.write([{"name": "年度合作框架", "customer": customer, "contact": contact, "items": items(make, 4)}])
            _agreed(make, contracts, one, make.day(-ago), 365)
        if n < YEARLY - 2:
            _signed(make, contracts, one, max(ago - 5, 1), login, fate=n + 100)


def _agreed(make, contracts, one, begins, days):
    """Its term, payment plan, milestones and clauses."""
    clauses = session.scalars(select(site().registry.resource("sales.clause").model.id)).all()
    contracts.write([{
        "id": one, "begins": begins, "ends": begins + timedelta(days=days - 1), "signatory": "孙丽",
        "payments": [{"what": "首付款", "share": 30_00, "due": begins + timedelta(days=7)}, {"what": "余款", "share": 70_00, "due": begins + timedelta(days=days // 2)}],
        "milestones": [{"name": "材料确认", "day": begins + timedelta(days=14)}, {"name": "刊出", "day": begins + timedelta(days=days // 3)}],
        "clauses": [{"clause": clause} for clause in clauses]}])


def _signed(make, contracts, one, ago, login, fate):
    ago = max(ago, 1)
    with make.at(ago, 16, login):
        files.put("sales.contract", one, "签字合同.pdf", io.BytesIO(_scan()))
        contracts.run("sign", [one])
    first, rest = session.execute(select(ContractPayment.id, ContractPayment.due).where(ContractPayment.contract_id == one).order_by(ContractPayment.id)).all()
    _asked(make, "sales.contract_payment", first.id, Invoice.instalment_id, max(ago - 20, 0))
    with make.at(max(ago - 20, 0), 9, login):
        done, *_rest = session.scalars(select(ContractMilestone.id).where(ContractMilestone.contract_id == one).order_by(ContractMilestone.id)).all()
        site().registry.resource("sales.contract_milestone").run("reach", [done], {})
    contract = session.get_one(Contract, one)
    if fate % 9 == 4:
        with make.at(max(ago - 20, 0), 10, login):
            contracts.run("cancel", [one], {"reason": "客户调整年度计划"})
        return
    if fate % 3 < 2:
        with make.at(max(ago - 22, 0), 10, login):
            contracts.run("order", [one])
        _carried_out(make, session.get_one(Contract, one).order_id, max(ago - 22, 0), login)
    if rest.due < make.day(-12):
        _asked(make, "sales.contract_payment", rest.id, Invoice.instalment_id, (make.today - rest.due).days)
    if contract.ends < make.day(-30):
        with make.at((make.today - contract.ends).days - 1, 9, login):
            contracts.run("done", [one])


def _asked(make, resource, of, column, ago):
    """An order, or an instalment, is invoiced, and the money comes in."""
    with make.at(ago, 9, BOSS):
        site().registry.resource(resource).run("invoice", [of])
        made = session.scalars(select(Invoice.id).where(column == of)).one()
    with make.at(max(ago - 10, 0), 9, BOSS):
        site().registry.resource("sales.invoice").run("pay", [made], {"way": "bank"})


def _carried_out(make, order, ago, login):
    """An order is confirmed, and goes out when that is some weeks ago."""
    orders = site().registry.resource("sales.order")
    with make.at(ago, 14, login):
        orders.run("confirm", [order], {"why": "按合同执行"})
    if ago > 30 and orders.get(order).state == "confirmed":
        with make.at(ago - 25, 14, login):
            orders.run("deliver", [order])
