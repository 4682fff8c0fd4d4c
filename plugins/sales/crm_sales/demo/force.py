"""Policies, territories, targets and commission of the demo company."""

import datetime as dt

from sqlalchemy import select

from crm_core.sdk import Product, session, site

GOALS = {"lina": 3_000_000, "wujiaqi": 2_400_000, "liuyang": 3_600_000, "zhouting": 1_800_000, "zhangwei": 2_400_000}  # of deals won in a year, yuan


def fill(make):
    users, of = make.made["users"], lambda name: site().registry.resource(name)
    seller, young = users["wangzhiqiang"], users["liuyang"]
    year = make.today.replace(month=1, day=1)

    with make.at(30, 9, "sunli"):
        of("sales.policy").write([
            {"name": "折扣上限", "kind": "discount", "percent": 1_000, "begins": year},
            {"name": "目录外项目上限", "kind": "unlisted", "percent": 3_000, "amount": 30_000_000, "begins": year},
            {"name": "单笔让利上限", "kind": "allowance", "amount": 500_000, "begins": year},
            {"name": "差旅报销上限", "kind": "expense", "expense": "travel", "amount": 200_000, "begins": year},
            {"name": "招待费上限", "kind": "expense", "expense": "meals", "amount": 50_000, "begins": year},
        ])
        of("sales.commission_policy").write([
            {"name": "回款提成", "basis": "payment", "by": "month", "begins": year, "tiers": [
                {"above": 0, "percent": 200}, {"above": 5_000_000, "percent": 300}, {"above": 20_000_000, "percent": 400}]},
            {"name": "新客户签单奖", "basis": "order", "customers": "new", "begins": year, "tiers": [{"above": 0, "percent": 100}]},
        ])
        of("sales.pay_basis").write([{"owner": one, "begins": year, "fixed": 600_000} for one in (seller, young)])
        of("sales.territory").write([
            {"name": "大型企业", "sizes": ["large"], "seller": seller, "priority": 10},
            {"name": "其余客户", "seller": young, "priority": 0},
        ])
    with make.at(2, 18, "liuyang"):
        of("sales.claim").write([{"day": make.day(-2), "kind": "travel", "amount": 86_000, "what": "成都展位现场勘查往返"}])
    _targets(make, of("core.plan"))
    _forecasts(make, of("sales.forecast_entry"))


def _targets(make, work):
    """Of each salesperson by month, of the marketing centre also by two categories."""
    year = make.today.year
    for login, goal in GOALS.items():
        with make.at(6, 9, login):
            (mine,) = work.write([{"title": f"{year} 年销售目标", "span": "year", "begins": make.today, "items": [{"metric": "sales.won", "target": goal}]}])
            work.run("divide", [mine])
    wares = session.scalars(select(Product.category_id).where(Product.name.in_(("《糖酒年鉴》", "网站首页横幅（一月）"))).distinct().order_by(Product.category_id).limit(2)).all()
    with make.at(6, 10, "chenxiaoyan"):
        (ours,) = work.write([{"title": f"{year} 年营销中心订单目标", "span": "year", "begins": make.today, "everybody": True, "items": [
            {"metric": "sales.ordered", "target": 9_000_000}, *({"metric": "sales.ordered", "category": one, "target": 600_000} for one in wares)]}])
        work.run("divide", [ours])


def _forecasts(make, entries):
    """What two salespeople say the next month will bring, and what their superior makes of one."""
    after = (make.today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    for login, days, committed, best, note in (("lina", 5, 120_000, 210_000, None), ("liuyang", 4, 90_000, 160_000, None), ("liuyang", 1, 110_000, 160_000, "年度框架合作已口头确认")):
        with make.at(days, 17, login):
            entries.write([{"month": after, "owner": make.made["users"][login], "committed": committed * 100, "best": best * 100, "note": note}])
    with make.at(0, 9, "chenxiaoyan"):
        entries.write([{"month": after, "owner": make.made["users"]["liuyang"], "committed": 80_000 * 100, "best": 120_000 * 100, "note": "合同未到，先按保守数"}])
