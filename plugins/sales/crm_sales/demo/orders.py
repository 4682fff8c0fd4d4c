"""Two years of orders of the publisher with what followed: deliveries, invoices, payments of which a few come late, a credit note, a bounced
cheque. Written in sets, a month of a seller at a time."""

import datetime as dt

from sqlalchemy import select, update

from crm_core.sdk import Product, User, session, site
from crm_sales.credit import services as credit
from crm_sales.demo import seekers
from crm_sales.demo.quotes import SELLERS, WHAT, firms_of
from crm_sales.orders.models import Fate, Order, OrderItem, Review, Subscription, Term
from crm_sales.receivables.models import Invoice, State
from crm_sales.receivables.services import late_steps
from crm_sales.settings import CreditSettings

BOSS = "sunli"
MONTHS, EACH = 24, 4
PRODUCTS = {"行业报告": "《糖酒年鉴》", "官网横幅（月）": "网站首页横幅（一月）"}  # what people call otherwise
LATE = (-12, -6, -3, 0, 0, 2, 5, 9, 20, 47)  # days after due on which somebody pays


def fill(make):
    firms = {login: found for login in SELLERS if (found := firms_of(make.made["users"][login], 36))}  # few enough that some order again and again
    known = {row.name: row for row in session.execute(select(Product.id, Product.name, Product.kind).limit(500))}
    for month in range(MONTHS, 0, -1):
        for login, found in firms.items():
            _month(make, login, found, known, 30 * month - make.dice.randint(3, 20))
    seekers.fill(make)
    _ended(make)
    _adverts(make)
    _reviewed(make)
    _told(make)
    day = make.day(0)
    credit.put(credit.history(session.scalars(select(Invoice.customer_id).distinct().limit(2_000)).all(), day), day, CreditSettings.now())


def _items(make, known, day):
    found = []
    for name, price in make.dice.sample(WHAT, make.dice.choice((1, 1, 2, 3))):
        term = "征订" in name
        line = {"what": name, "quantity": (make.dice.choice((20, 50, 100)) if term else make.dice.randint(1, 3)) * 1_000, "price": price * 100, "discount": make.dice.choice((0, 0, 0, 500, 1000)), "rate": 600}
        if (product := known.get(PRODUCTS.get(name, name))) is not None:
            line |= {"what": product.name, "product": product.id}
        elif term and (sold := next((one for one in known.values() if one.kind == "subscription"), None)):
            line |= {"what": sold.name, "product": sold.id}
        if term or "广告" in name or "横幅" in name:
            line |= {"begins": day, "ends": day + dt.timedelta(days=364 if term else 60)}
        found.append(line)
    return found


def _month(make, login, firms, known, ago):
    """Some orders of a seller; most go out and are invoiced and paid, those of the last weeks are on their way."""
    orders, invoices = site().registry.resource("sales.order"), site().registry.resource("sales.invoice")
    day = make.day(-ago)
    with make.at(ago, 10, login):
        made = orders.write([{"customer": customer, "contact": contact, "day": day, "items": _items(make, known, day)} for customer, contact in make.dice.sample(firms, min(EACH, len(firms)))])
        going = made if ago > 12 else made[:-1]
        if going:
            orders.run("confirm", going, {"why": "老客户"})
    if ago > 40 and make.dice.random() < .12:
        with make.at(ago - 5, 11, login):
            orders.run("cancel", [going.pop()], {"reason": "客户取消了活动"})
    if ago < 20 or not going:
        return
    with make.at(ago - 9, 14, login):
        orders.run("deliver", going, {"waybill": f"SF{make.dice.randint(10**9, 10**10)}"})
    with make.at(ago - 10, 16, BOSS):
        orders.run("invoice", going)
    rows = session.execute(select(Invoice.id, Invoice.customer_id, Invoice.remaining, Invoice.due).where(Invoice.order_id.in_(going), Invoice.state == State.issued)).all()
    payments = []
    for row in rows:
        when = row.due + dt.timedelta(days=make.dice.choice(LATE))
        if when < make.today and make.dice.random() > .04:
            part = row.remaining if make.dice.random() > .08 else row.remaining // 200 * 100
            payments.append({"customer": row.customer_id, "day": when, "amount": part, "way": "bank", "allocations": [{"invoice": row.id, "amount": part}]})
    if payments:
        with make.at(max(1, (make.today - max(one["day"] for one in payments)).days), 9, BOSS):
            site().registry.resource("sales.payment").write(payments)
    if rows and make.dice.random() < .08:
        with make.at(max(1, ago - 20), 15, BOSS):
            invoices.run("credit", [rows[0].id], {"reason": "印刷质量补偿", "amount": max(100, rows[0].remaining // 1000 * 100)})


def _ended(make):
    """Subscriptions whose term is over were not renewed; those of the last weeks wait for their owners."""
    over = session.scalars(select(Subscription.id).where(Subscription.term == Term.running, Subscription.ends < make.day(-30)).order_by(Subscription.id)).all()
    if over:
        with make.at(20, 10, BOSS):
            site().registry.resource("sales.subscription").run("end", over, {"reason": "到期未续"})


def _reviewed(make):
    """What was ordered before the last weeks was reviewed within a day; of the rest some wait."""
    boss = session.scalar(select(User.id).where(User.login == BOSS))
    session.execute(update(Order).where(Order.review == Review.contract, Order.day < make.day(-24)).values(
        review=Review.passed, contract_by_id=boss, contract_on=Order.confirmed, finance_by_id=boss, finance_on=Order.confirmed).execution_options(synchronize_session=False))


def _told(make):
    """Owners have heard in their day of invoices that were late by then: they are told of what has come to a step within the last week."""
    for number, days in enumerate(late_steps(), 1):
        late = Invoice.state == State.issued, Invoice.due <= make.day(-days - 7), Invoice.step < number
        session.execute(update(Invoice).where(*late).values(step=number).execution_options(synchronize_session=False))


def _adverts(make):
    """Plans of advertisements of the last orders: what has appeared, and what is to."""
    orders = session.execute(select(Order.id, Order.day).where(
        Order.state.in_(("confirmed", "done")), Order.contract_on.is_(None), Order.id.in_(select(OrderItem.order_id).where(OrderItem.sort == "advert"))).order_by(Order.id.desc()).limit(24)).all()
    registry = site().registry
    for n, order in enumerate(orders):
        if registry.resource("sales.order").get(order.id).state != "confirmed":
            continue
        run = registry.resource("sales.order")
        with make.at(max(1, (make.today - order.day).days - 1), 11, BOSS):
            if not run.all_actions["review_contract"].when(run.get(order.id)):
                continue
            for act in ("review_contract", "review_finance")[:2 if n > 1 else n]:  # the newest two wait for a review
                run.run(act, [order.id])
        with make.at(0, 9, BOSS):  # what has appeared is marked by now
            runs = [{"issue": f"第 {k} 期", "day": order.day + dt.timedelta(days=15 * k),
                     **({"fate": Fate.done, "evidence": f"第 {12 + 4 * k} 页"} if n > 1 and order.day + dt.timedelta(days=15 * k) < make.today else {})} for k in (1, 2, 3)]
            registry.resource("sales.advert").write([{"order": order.id, "name": "品牌形象广告" if n % 2 else "新品上市广告", "begins": order.day, "ends": order.day + dt.timedelta(days=60), "runs": runs}])
