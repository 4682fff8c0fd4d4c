"""Two years of quotes and contracts of the publisher: advertising, subscriptions, stands; a few wait for an answer, a few end soon."""

import io
from datetime import timedelta

from sqlalchemy import func, select

from crm_core.sdk import Contact, Customer, Product, files, session, site
from crm_sales.contracts.models import Contract, ContractMilestone, ContractPayment
from crm_sales.quotes.models import Quote, State

SELLERS, BOSS = ("wangzhiqiang", "liuyang", "chenxiaoyan"), "sunli"
DAYS, QUOTES, YEARLY = 730, 60, 12
WHAT = (("内页整版广告", 38_000), ("封底广告", 128_000), ("跨版广告", 68_000), ("专题报道", 30_000), ("行业报告", 6_800), ("春糖会展位（9 ㎡）", 12_800), ("年度征订（12 期）", 480), ("官网横幅（月）", 9_800))
SUBJECTS = "年度广告投放", "春糖会参展", "新品上市推广", "杂志征订", "品牌专题合作", "行业报告订阅"
WHY_NOT = "今年预算已经用完", "选择了其他媒体", "推迟到明年再定", "价格高于预期"
TERMS = "合同签订后 7 日内付 30%，刊出后 30 日内付清余款。"
CLAUSES = (
    ("刊登与更改", "Publication and changes", "刊登内容由甲方在出刊前 10 个工作日提供并确认；逾期乙方可顺延至下一期。", "Party A supplies and confirms the material ten working days before publication; what comes later may appear in the next issue."),
    ("付款", "Payment", "甲方按付款计划付款；逾期每日按未付金额的万分之五支付违约金。", "Party A pays by the payment plan; for each day of delay 0.05 % of what is outstanding is due."),
    ("质量保证", "Quality", "印刷质量不符合约定的，乙方免费补刊一次。", "Where the print is not as agreed, Party B publishes once more without charge."),
    ("保密", "Confidentiality", "双方对在履行合同中知悉的对方商业秘密负有保密义务，合同终止后两年内有效。", "Both parties keep secret what they learn of each other's business, for two years after the end of this contract."),
    ("争议解决", "Disputes", "因本合同发生的争议，双方协商解决；协商不成的，提交乙方所在地人民法院。", "Disputes are settled by talks; failing that, by the court at the seat of Party B."),
)
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


def fill(make):
    site().registry.resource("sales.clause").write([
        {"name": name, "english": english, "position": 10 * n, "text": text, "english_text": said} for n, (name, english, text, said) in enumerate(CLAUSES, 1)])
    firms = {login: _firms(make.made["users"][login]) for login in SELLERS}
    accepted = _quotes(make, {login: found for login, found in firms.items() if found})
    _contracts(make, accepted, firms)


def _firms(owner):
    """Customers of a seller, each with the first of his contacts."""
    query = select(Customer.id, func.min(Contact.id)).outerjoin(Contact, Contact.customer_id == Customer.id).where(Customer.owner_id == owner)
    return session.execute(query.group_by(Customer.id).order_by(Customer.id).limit(40)).all()


def _items(make, most):
    """Lines of a document: products of the house where it has them."""
    known = make.made.get("sales products")
    if known is None:
        known = make.made["sales products"] = {row.name: row.id for row in session.execute(select(Product.id, Product.name).limit(200))}
    found = []
    for name, price in make.dice.sample(WHAT, make.dice.randint(1, most)):
        count = make.dice.choice((20, 50, 100)) if "征订" in name else make.dice.randint(1, 4)
        product = {"product": known[name]} if name in known else {}
        found.append({"what": name, "quantity": count * 1_000, "price": price * 100, "discount": make.dice.choice((0, 0, 0, 500, 1000)), "rate": 600, **product})
    return found


def _quotes(make, firms):
    """Sixty, most of them answered; those that were accepted, as (id, day, login)."""
    quotes, accepted = site().registry.resource("sales.quote"), []
    for n in range(QUOTES if firms else 0):
        ago = DAYS - (DAYS - 30) * n // 48 if n < 48 else 2 * (QUOTES - n)  # a dozen of this month
        login = make.dice.choice(list(firms))
        customer, contact = make.dice.choice(firms[login])
        fate = make.dice.random()
        with make.at(ago, 10, login):
            (one,) = quotes.write([{
                "name": make.dice.choice(SUBJECTS), "customer": customer, "contact": contact, "day": make.day(-ago), "until": make.day(30 - ago), "terms": TERMS,
                "items": _items(make, 3)}])
            if ago > 4:
                quotes.run("send", [one])
        if ago > 30 and fate < .62:
            with make.at(ago - make.dice.randint(3, 20), 15, login):
                quotes.run("accept", [one], {"signer": "经办人"})
            accepted.append((one, ago - 20, login))
        elif ago > 30 and fate < .85:
            with make.at(ago - make.dice.randint(3, 20), 15, login):
                quotes.run("decline", [one], {"reason": make.dice.choice(WHY_NOT)})
        elif ago > 30:
            session.get_one(Quote, one).state = State.expired
            session.flush()
        elif n == QUOTES - 4:
            with make.at(1, 16, login):
                quotes.run("new_version", [one])
    return accepted


def _contracts(make, accepted, firms):
    """Of two thirds of the accepted quotes, and yearly ones of which a few end soon."""
    contracts = site().registry.resource("sales.contract")
    for n, (quote, ago, login) in enumerate(accepted[: len(accepted) * 2 // 3]):
        with make.at(ago, 11, login):
            site().registry.resource("sales.quote").run("contract", [quote])
            one = session.get_one(Quote, quote).contract_id
            _agreed(make, contracts, one, make.day(-ago), 180 + 30 * (n % 6))
        _signed(make, contracts, one, ago - 3, login, fate=n)
    sellers = [login for login in SELLERS if firms[login]]
    for n in range(YEARLY if sellers else 0):
        login, ago = sellers[n % len(sellers)], 345 - 28 * n if n else 330  # the first of them end within the next weeks
        customer, contact = make.dice.choice(firms[login])
        with make.at(ago, 11, login):
            (one,) = contracts.write([{"name": "年度合作框架", "customer": customer, "contact": contact, "items": _items(make, 4)}])
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
    with make.at(max(ago - 20, 0), 9, BOSS):  # the first instalment is invoiced and comes in
        first = session.scalars(select(ContractPayment).where(ContractPayment.contract_id == one).order_by(ContractPayment.id)).first()
        invoices, contract = site().registry.resource("sales.invoice"), session.get_one(Contract, one)
        (made,) = invoices.write([{"customer": contract.customer_id, "contract": one, "items": [{"what": first.what, "quantity": 1_000, "price": first.amount, "rate": 600}]}])
        invoices.run("issue", [made])
        invoices.run("pay", [made], {"way": "bank"})
    with make.at(max(ago - 20, 0), 9, login):
        done, *_rest = session.scalars(select(ContractMilestone.id).where(ContractMilestone.contract_id == one).order_by(ContractMilestone.id)).all()
        site().registry.resource("sales.contract_milestone").run("reach", [done], {})
        contract = session.get_one(Contract, one)
        if fate % 9 == 4:
            contracts.run("cancel", [one], {"reason": "客户调整年度计划"})
        elif contract.ends < make.day(-30):
            contracts.run("done", [one])
