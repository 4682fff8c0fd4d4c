"""A partner of the demo company: a deal of his that is protected, and what he had of a fund."""

from sqlalchemy import select

from crm_core.sdk import Customer, session, site

SELLER, MANAGER, BOSS = "liuyang", "chenxiaoyan", "sunli"


def fill(make):
    of = lambda name: site().registry.resource(name)
    seller = make.made["users"][SELLER]
    firms = session.execute(select(Customer.id, Customer.name).where(Customer.owner_id == seller).order_by(Customer.id).limit(3)).all()
    if len(firms) < 3:
        return
    with make.at(200, 10, MANAGER):
        partners = of("sales.partner").write([
            {"name": name, "customer": firm, "level": level, "since": make.day(-days), "owner": seller} for (firm, name), level, days in zip(firms, ("gold", "silver"), (700, 200), strict=False)])
    with make.at(60, 10, SELLER):
        deals = of("sales.partner_deal").write([
            {"name": "春糖会联合招展", "partner": partners[0], "customer": firms[2].id, "day": make.day(-60), "amount": 18_000_000},
            {"name": "区域广告代理", "partner": partners[1], "customer": firms[2].id, "day": make.day(-20), "amount": 9_000_000}])
    with make.at(58, 11, MANAGER):
        of("sales.partner_deal").run("accept", deals[:1])
    with make.at(50, 10, BOSS):
        fund = of("sales.fund").write([{"name": f"{make.today.year} 年市场发展基金", "partner": partners[0], "begins": make.today.replace(month=1, day=1), "ends": make.today.replace(month=12, day=31), "amount": 8_000_000}])[0]
    uses = of("sales.fund_use")
    with make.at(30, 15, SELLER):
        done, asked = uses.write([{"name": "糖酒会现场推广物料", "fund": fund, "asked": 2_000_000}, {"name": "经销商答谢会", "fund": fund, "asked": 3_500_000}])
        uses.run("ask", [done, asked])
    with make.at(28, 9, MANAGER):
        uses.run("approve", [done], {"amount": 1_800_000})
    with make.at(6, 16, SELLER):
        uses.write([{"id": done, "items": [{"day": make.day(-8), "what": "展架与易拉宝", "amount": 960_000}, {"day": make.day(-7), "what": "宣传册印刷", "amount": 745_000}]}])
