"""Two years of leads, opportunities and calls of the publisher: what was won and lost, what is open, what stands still."""

from sqlalchemy import select

from crm_core.sdk import Customer, session, site
from crm_sales.opportunities.services import stages

SELLERS = ("lina", "wujiaqi", "liuyang", "zhouting", "zhangwei")
WARES = (  # what is sold, from and to so many yuan
    ("周刊封底广告", 30_000, 90_000), ("周刊整版广告投放", 18_000, 60_000), ("春糖会展位", 28_000, 160_000), ("秋糖会标准展位", 20_000, 64_000), ("年度广告框架合作", 120_000, 480_000),
    ("新品上市专题报道", 24_000, 80_000), ("招商大会冠名", 90_000, 300_000), ("周刊集体订阅", 6_000, 36_000), ("行业年鉴订购", 4_000, 20_000))
COMPETITORS = ("中食快报", "华东会展", "酒业新媒体")
WELCOME = "请留下联系方式，我们的业务员会尽快与您联系。"
OPEN = 34  # open ones at the end
PER_MONTH = 5
MONTHS = 23
LEADS = (
    ("蜀香食品有限公司", "周建国", "业务经理", "13900010001", "春糖会展位", 60_000), ("金谷酒坊", "何丽", "总经理", "13900010002", "周刊整版广告投放", 45_000), ("云岭茶业", "马俊", "", "13900010003", "周刊集体订阅", 9_000),
    ("东湖乳品", "", "", "", "行业年鉴订购", 8_000), ("百味调味品厂", "曾勇", "市场部主任", "13900010005", "新品上市专题报道", 36_000), ("雪原饮料", "唐敏", "", "13900010006", "", None),
    ("海丰水产", "", "", "13900010007", "秋糖会标准展位", 26_000), ("田园粮油", "谢芳", "采购主管", "13900010008", "", None), ("老街糕点", "罗强", "店主", "13900010009", "周刊封底广告", 30_000),
    ("北岭啤酒", "", "", "", "", None), ("新禾农业", "宋婷", "品牌经理", "13900010011", "招商大会冠名", 150_000), ("麦香烘焙", "邓超", "", "13900010012", "春糖会展位", 40_000))


def fill(make):
    """All of it, the same each time."""
    users, registry = make.made["users"], site().registry
    deals, known = registry.resource("sales.opportunity"), stages()
    line = [one for one in known.values() if one.outcome == "open"]
    registry.resource("sales.competitor").write([{"name": name} for name in COMPETITORS])
    rivals = session.scalars(select(registry.resource("sales.competitor").model.id)).all()
    held = {login: [] for login in SELLERS}
    for row in session.execute(select(Customer.id, Customer.name, Customer.owner_id).where(
            Customer.owner_id.in_([users[login] for login in SELLERS])).order_by(Customer.id).limit(400)):
        held[next(login for login in SELLERS if users[login] == row.owner_id)].append(row)
    held = {login: found for login, found in held.items() if found}
    if not held or not line:
        return
    for month in range(MONTHS, 0, -1):
        _month(make, deals, line, rivals, held, month * 30)
    _open(make, deals, line, held)
    _process(make, registry)
    _leads(make, registry)
    _calls(make, registry, held)


def _row(make, users, held, days):
    """An opportunity of somebody with one of his customers."""
    dice = make.dice
    login = dice.choice(list(held))
    customer, (ware, low, high) = dice.choice(held[login]), dice.choice(WARES)
    return {
        "name": f"{customer.name[:12]} · {ware}", "customer": customer.id, "owner": users[login], "amount": dice.randint(low // 100, high // 100) * 100_00,
        "expected": make.day(-days + dice.randint(30, 90)), "source": dice.choice(["fair", "phone", "referral", None, None])}


def _month(make, deals, line, rivals, held, days):
    """Opportunities that began so many days ago and are closed by now: they move on, some drop out on the way."""
    dice, users = make.dice, make.made["users"]
    with make.at(days, 10, "admin"):
        going = deals.write([_known(deals, _row(make, users, held, days)) for _number in range(PER_MONTH)])
    day = days
    for stage in line[1:]:
        day = max(3, day - dice.randint(5, 12))
        lost = [one for one in going if dice.random() < 0.11]
        going = [one for one in going if one not in lost]
        with make.at(day, 11, "admin"):
            for one in lost:
                deals.run("lose", [one], {"lost_reason": dice.choice(["price", "competitor", "budget", "silent", "timing"]), "competitor": dice.choice([*rivals, None])})
            if going:
                deals.write([{"id": one, "stage": stage.id} for one in going])
    with make.at(max(2, day - 6), 15, "admin"):
        for one in going:
            deals.run("win", [one], {"won_reason": dice.choice(["solution", "relation", "price", "renewal", "reach"])})
    if day > 24 and going:
        with make.at(day - 21, 16, "admin"):
            for one in going:
                deals.run("satisfied", [one], {"satisfaction": dice.choice(["satisfied", "satisfied", "fair", "unsatisfied"])})


def _open(make, deals, line, held):
    """What is open today, spread over the stages; some stand still."""
    dice, users = make.dice, make.made["users"]
    for number in range(OPEN):
        days, stage = dice.randint(2, 28) if number % 5 else dice.randint(35, 60), line[number % len(line)]
        with make.at(days, 9, "admin"):
            row = _known(deals, {**_row(make, users, held, days), "stage": stage.id, "expected": make.day(dice.randint(-6, 150))})
            row["forecast"] = deals.all_fields["forecast"].load("committed" if stage.position >= 6 else "best" if stage.position >= 4 else "pipeline")
            if number % 3 == 0:
                row |= {"next_step": dice.choice(["送方案", "电话确认预算", "约见总经理", "寄样刊"]), "next_day": make.day(dice.randint(-2, 12))}
            deals.write([{**row, **_team(users, row["owner"], number)}])


PROCESS = {2: (("约定拜访时间，确认到场人", 3), ("准备样刊与展位图", 3)), 4: (("填写需求清单", 5),), 6: (("方案送达三天内回访意见", 3), ("请主管看一遍报价", 2)), 7: (("合同原件归档", 7),)}


def _process(make, registry):
    """What the sales manager wants done in each stage, from now on."""
    with make.at(1, 9, "admin"):
        registry.resource("sales.stage").write([{"id": stage.id, "tasks": [{"what": what, "days": days} for what, days in PROCESS[stage.position]]}
                                                for stage in stages().values() if stage.position in PROCESS])


def _team(users, owner, number):
    """Some are worked on by two, who share them."""
    if number % 6 != 3:
        return {}
    other = next(users[login] for login in SELLERS[number % 5:] + SELLERS if users[login] != owner)
    return {"members": [{"user": owner, "part": "主谈", "share": 6_000}, {"user": other, "part": "方案与报价", "share": 4_000}]}


def _known(resource, row):
    """Without words the house does not have."""
    words = resource.all_fields["source"].words()
    return {**row, "source": row["source"] if row["source"] in words else None}


def _leads(make, registry):
    users, leads = make.made["users"], registry.resource("sales.lead")
    registry.resource("sales.lead_rule").write([{"name": "轮流分配", "position": 1, "receivers": [{"user": users[login]} for login in SELLERS[:3]]}])
    registry.resource("sales.lead_form").write([{"name": "展会咨询", "heading": "春糖会展位与广告咨询", "words": WELCOME}])
    for number, (name, contact, title, mobile, interest, amount) in enumerate(LEADS):
        with make.at(2 + number, 10, "chenxiaoyan"):
            row = {"name": name, "contact": contact or None, "title": title or None, "mobile": mobile or None, "interest": interest or None, "amount": amount * 100 if amount else None}
            leads.write([{**row, "owner": users[SELLERS[number % 3]] if number % 4 else users["chenxiaoyan"]}])
    ids = session.scalars(select(leads.model.id).order_by(leads.model.id)).all()
    with make.at(1, 11, "admin"):
        leads.run("give_back", list(ids[:9:4]))
        leads.run("work", list(ids[1:3]))
        leads.run("disqualify", [ids[9]], {"reason": "unreachable"})


def _calls(make, registry, held):
    login, found = next(iter(held.items()))
    (script,) = registry.resource("sales.call_script").write([{"name": "春糖会邀约", "opening": "您好，我是《周刊》的业务员，想了解一下贵公司今年春糖会的安排。", "questions": [
        {"number": 1, "question": "今年参加春糖会吗？", "answers": "参加 > 3；不参加；未定 > 3"}, {"number": 2, "question": "不参加的原因是什么？", "answers": "预算 > 5；产品不合适 > 5；其他 > 5"},
        {"number": 3, "question": "需要多大的展位？", "answers": "9 平方米；18 平方米；36 平方米；还不知道"}, {"number": 4, "question": "需要广告配合吗？", "answers": "需要；不需要"},
        {"number": 5, "question": "方便加个联系方式吗？"}]}])
    with make.at(1, 9, login):
        (made,) = registry.resource("sales.call_list").write([{"name": "春糖会邀约", "script": script, "until": make.day(20)}])
        registry.resource("core.customer").run("call_list", [row.id for row in found[:12]], {"call_list": made})
