"""Two desks of the publisher: each a team with a head, a pipeline of its own and opportunities in it."""

from sqlalchemy import select

from crm_core.sdk import Customer, session, site

# Name, its people (the head first), its pipeline, the stages (Chinese, English, what it means, win probability, days it may take) and what it sells (yuan).
DESKS = (
    ("展会招展组", ("zhouting", "zhangwei"), ("招展流程", "Selling stands"), (
        ("意向登记", "Interest noted", "open", 1_500, 14), ("展位预留", "Stand reserved", "open", 4_500, 10), ("合同寄出", "Contract sent", "open", 8_000, 7),
        ("定金到账", "Deposit received", "won", 10_000, None)),
     (("春糖会标准展位两个", 25_600), ("春糖会光地 36 平方米", 82_000), ("秋糖会标准展位", 21_800), ("春糖会论坛冠名", 150_000), ("春糖会门楼广告", 68_000), ("秋糖会光地 18 平方米", 41_000))),
    ("征订组", ("wangzhiqiang", "wujiaqi"), ("集体征订流程", "Group subscriptions"), (
        ("寄样刊", "Sample copies sent", "open", 2_000, 20), ("征订单已填", "Order form filled in", "open", 6_000, 15), ("征订确认", "Subscription confirmed", "won", 10_000, None)),
     (("周刊集体订阅 50 份", 18_000), ("周刊集体订阅 20 份", 7_200), ("行业年鉴 30 册", 11_400), ("周刊与年鉴合订", 9_600), ("经销商赠阅 100 份", 36_000), ("协会会员订阅", 14_400))))
SEEN = "sales.opportunity.read", "sales.quote.read"  # what people of a desk see of each other's


def fill(make):
    users, of = make.made["users"], lambda name: site().registry.resource(name)
    with make.at(45, 9, "admin"):
        (role,) = of("core.role").write([{"name": "组员", "code": "desk", "grants": [{"permission": one, "scope": "team"} for one in SEEN]}])
        for place, (name, people, way, steps, _wares) in enumerate(DESKS, 1):
            (team,) = of("core.team").write([{"name": name, "head": users[people[0]], "members": [{"user": users[one]} for one in people]}])
            of("core.user_role").write([{"user": users[one], "role": role} for one in people])
            (pipeline,) = of("sales.pipeline").write([{"name": way[0], "english": way[1], "position": place, "for_team": team}])
            of("sales.stage").write([{"pipeline": pipeline, "name": chinese, "english": english, "position": n, "outcome": outcome, "probability": chance, "days": days}
                                     for n, (chinese, english, outcome, chance, days) in enumerate(steps, 1)])
    for _name, people, _way, _steps, wares in DESKS:
        for n, (ware, yuan) in enumerate(wares):
            _sell(make, of("sales.opportunity"), people[n % len(people)], ware, yuan, n)


def _sell(make, deals, login, ware, yuan, n):
    """One of them, as its salesperson: it begins in the pipeline of his desk, and some are farther."""
    held = session.execute(select(Customer.id, Customer.name).where(Customer.owner_id == make.made["users"][login]).order_by(Customer.id.desc()).limit(12)).all()
    if not held:
        return
    customer = held[n % len(held)]
    with make.at(30 - 3 * n, 10, login):
        (one,) = deals.write([{"name": f"{customer.name[:12]} · {ware}", "customer": customer.id, "amount": yuan * 100, "expected": make.day(20 + 9 * n)}])
    with make.at(12 - n, 15, login):
        for _step in range(n % 2 + (n == 4)):
            deals.run("advance", [one])
        if n == 3:
            deals.run("win", [one], {"won_reason": "relation"})
