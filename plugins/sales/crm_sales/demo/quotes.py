"""Two years of quotes of the publisher: advertising, subscriptions, stands; a few wait for an answer."""

from sqlalchemy import func, select

from crm_core.sdk import Contact, Customer, Product, session, site
from crm_sales.demo import contracts
from crm_sales.quotes.models import Quote, State

SELLERS = "wangzhiqiang", "liuyang", "chenxiaoyan"
DAYS, QUOTES = 730, 60
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


def fill(make):
    site().registry.resource("sales.clause").write([
        {"name": name, "english": english, "position": 10 * n, "text": text, "english_text": said} for n, (name, english, text, said) in enumerate(CLAUSES, 1)])
    firms = {login: firms_of(make.made["users"][login]) for login in SELLERS}
    accepted = _quotes(make, {login: found for login, found in firms.items() if found})
    contracts.fill(make, accepted, firms, _items)


def firms_of(owner, most=40):
    """Customers of a seller, each with the first of his contacts."""
    query = select(Customer.id, func.min(Contact.id)).outerjoin(Contact, Contact.customer_id == Customer.id).where(Customer.owner_id == owner)
    return session.execute(query.group_by(Customer.id).order_by(Customer.id).limit(most)).all()


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
