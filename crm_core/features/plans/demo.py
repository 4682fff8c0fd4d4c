"""A month of the sales force of the demo, planned, agreed and broken down; a day of a journal with its remark."""

from typing import Any

from crm_core.features.plans import diary, services
from crm_core.features.plans.models import Span
from crm_core.kernel import clock
from crm_core.kernel.site import site

LEADER, SELLER, YOUNG = "chenxiaoyan", "wangzhiqiang", "liuyang"


def fill(make: Any) -> None:
    plans, today = site().registry.resource(services.NAME), clock.today()
    month = today.replace(day=1)

    with make.at(8, 9, SELLER):
        (mine,) = plans.write([{
            "title": f"{today.month} 月发行工作计划", "span": Span.month, "begins": month, "aim": "守住老订户，展会前把重点客户再走一遍。", "items": [
                {"metric": "core.visits", "target": 6}, {"metric": "core.calls", "target": 12}, {"metric": "core.customers", "target": 8},
                {"metric": "own", "what": "续订份数", "target": 400, "fact": 260}]}])
        plans.run("submit", [mine])
        plans.write([{
            "title": "本周工作计划", "span": Span.week, "begins": today, "above": mine,
            "items": [{"metric": "core.visits", "target": 2}, {"metric": "core.calls", "target": 3}, {"metric": "core.tasks", "target": 4}]}])
    with make.at(7, 9, LEADER):
        plans.write([{
            "title": f"{today.year} 年营销中心计划", "span": Span.year, "begins": today, "everybody": True, "aim": "全年新增客户与走访并重。",
            "items": [{"metric": "core.customers", "target": 300}, {"metric": "core.visits", "target": 240}]}])
    with make.at(1, 18, YOUNG):
        diary.write(make.day(-1), "展位报价已经谈妥，主办方同意把角位留给我们。\n明天去看搭建公司的样品。")
    with make.at(1, 18, SELLER):
        diary.write(make.day(-1), "上午走访两家老订户，续订意向明确。下午整理年度核对名单。")
