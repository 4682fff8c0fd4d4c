"""What customers of each value class have behind them: who seeks the price buys the yearbook again and again at half of what it costs, and hardly talks;
who seeks advice talks far more often than he buys; the strategic account takes part in everything, year after year, more each time. The classes
themselves are proposed by the figures."""

from sqlalchemy import func, select

from crm_core.sdk import Contact, Customer, Product, customers, session, site
from crm_sales.receivables.models import Invoice, State

BOSS, PAST = "sunli", 40  # of a seller's customers, those before are in orders.py
HAGGLED = ("客户只问年鉴最低价，同意按协议折扣供货", "电话确认本批册数与折扣，不需要上门")
TALKS = (
    ("visit", "上门听取新品上市计划，带去三期专刊样稿"), ("call", "解答专刊选题与版面搭配的问题"), ("meeting", "编辑与客户市场部共同讨论选题"), ("call", "客户询问读者构成，约请研究员答复"),
    ("visit", "带两个传播方案，客户选定第二个"), ("call", "回访刊出效果，客户要数据"), ("meeting", "一起复盘春糖会专刊效果"), ("call", "就下季度预算征求我们意见"))
PARTNER = ("年度合作方案会商，双方负责人出席", "总结上一季度合作，约定下季度主题")


def fill(make):
    """One price seeker, advice seeker and strategic account of each of two sellers, as far as they have so many customers."""
    known = dict(session.execute(select(Product.name, Product.id).limit(500)).all())
    if not {"《糖酒年鉴》", "企业专刊", "全刊协办（一年）", "栏目协办（一年）", "春糖会光地"} <= known.keys():
        return
    for login in ("wangzhiqiang", "liuyang"):
        firms = _firms(make.made["users"][login])
        if len(firms) < 3:
            continue
        strategic, price, advice = (_take(firms, words) for words in ("集团 股份 有限责任", "传媒 传播 电子商务 供应链", "酒业 酿 食品"))
        for ago in range(690, 20, -45):  # every six weeks
            _bought(make, login, price, ago, [{"product": known["《糖酒年鉴》"], "quantity": (60 + 20 * (ago % 4)) * 1_000, "discount": 52_00 + ago % 3 * 100}])
        for n, ago in enumerate((560, 200)):
            _talked(make, login, price, ago, "call", HAGGLED[n])
        for n, ago in enumerate(range(670, 30, -90)):  # every quarter
            _bought(make, login, advice, ago, [{"product": known["企业专刊"], "quantity": (2 + n % 2) * 1_000, "configuration": {"篇幅": "16 页", "装订": "骑马钉"}}])
            for back, (kind, said) in zip((2, 9, 18, 27, 40, 52, 64, 75), TALKS[n % 3:] + TALKS, strict=False):
                _talked(make, login, advice, ago + back, kind, said)
        for n, ago in enumerate(range(660, 30, -90)):
            more = [{"product": known["全刊协办（一年）"], "quantity": 1_000}] if n % 4 == 0 else [{"product": known["春糖会光地"], "quantity": 200_000}]
            _bought(make, login, strategic, ago, [{"product": known["栏目协办（一年）"], "quantity": (3 + n // 2) * 1_000}, *more])
            _talked(make, login, strategic, ago + 9, "meeting", PARTNER[n % 2])


def _take(firms, words):
    """The first whose name has one of these words, else the first: it is of no other class."""
    found = next((one for one in firms if any(word in one.name for word in words.split())), firms[0])
    firms.remove(found)
    return found


def _firms(owner):
    query = select(Customer.id, func.min(Contact.id), Customer.name).join(Contact, Contact.customer_id == Customer.id).where(Customer.owner_id == owner, Customer.parent_id.is_(None))
    return session.execute(query.group_by(Customer.id, Customer.name).order_by(Customer.id).offset(PAST).limit(40)).all()


def _talked(make, login, firm, ago, kind, said):
    with make.at(ago, 15, login):
        customers.add_note("core.customer", firm[0], said, kind=kind)


def _bought(make, login, firm, ago, items):
    """An order with all that follows, paid in time."""
    orders = site().registry.resource("sales.order")
    with make.at(ago, 10, login):
        made = orders.write([{"customer": firm[0], "contact": firm[1], "day": make.day(-ago), "items": items}])
    with make.at(ago, 11, BOSS):
        orders.run("confirm", made, {"why": "老客户"})
    with make.at(ago - 6, 14, login):
        orders.run("deliver", made, {})
    with make.at(ago - 7, 16, BOSS):
        orders.run("invoice", made)
    left = session.execute(select(Invoice.id, Invoice.remaining).where(Invoice.order_id.in_(made), Invoice.state == State.issued)).all()
    with make.at(max(1, ago - 20), 9, BOSS):
        site().registry.resource("sales.payment").write([{
            "customer": firm[0], "day": make.day(-max(1, ago - 20)), "amount": one.remaining, "way": "bank", "allocations": [{"invoice": one.id, "amount": one.remaining}]} for one in left])
