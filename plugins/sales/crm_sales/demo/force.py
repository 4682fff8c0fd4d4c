"""Policies, territories, commission and a partner of the demo company."""

from crm_core.sdk import site


def fill(make):
    users, of = make.made["users"], lambda name: site().registry.resource(name)
    seller, young = users["wangzhiqiang"], users["liuyang"]
    year = make.today.replace(month=1, day=1)

    with make.at(30, 9, "sunli"):
        of("sales.policy").write([
            {"name": "折扣上限", "kind": "discount", "percent": 1_000, "begins": year},
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
