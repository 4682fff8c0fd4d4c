"""Tasks of the demo that have a course: one handed on, chased, done and evaluated, one under way with its checklist, one that comes
again each week."""

from typing import Any

from crm_core.features.tasks.repeats import How
from crm_core.features.tasks.turns import NAME
from crm_core.kernel.site import site

DIRECTOR = "sunli"


def fill(make: Any) -> None:
    users, tasks, at = make.made["users"], site().registry.resource(NAME), make.at

    with at(7, 9, DIRECTOR):
        (plan,) = tasks.write([{"title": "制定春糖会展位方案", "owner": users["wangzhiqiang"], "due": make.day(-2), "priority": "high", "must": False,
                                "items": [{"text": "确认展位尺寸"}, {"text": "核对搭建报价"}, {"text": "确定参展名单"}]}])
    with at(7, 11, "wangzhiqiang"):
        tasks.run("refuse", [plan], {"reason": "本周要核对四季度征订数，抽不出人手"})
    with at(6, 9, DIRECTOR):
        tasks.run("hand_on", [plan], {"owner": users["liuyang"], "reason": "去年的展位是他跟进的", "due": make.day(-1)})
    with at(6, 14, "liuyang"):
        tasks.run("accept", [plan])
    with at(2, 9, DIRECTOR):
        tasks.run("chase", [plan], {"words": "周五要报主办方，请抓紧"})
    with at(1, 16, "liuyang"):
        tasks.run("done", [plan], {"result": "双开间 36 平方米，报价 4.2 万元，参展 6 人", "spent": 190})
    with at(0, 8, DIRECTOR):
        tasks.run("evaluate", [plan], {"grade": "good", "remark": "方案细致，下次早一天更好"})
        (count,) = tasks.write([{"title": "核对四季度征订数", "owner": users["wangzhiqiang"], "due": make.day(2), "must": True, "remind": 120,
                                 "text": "和邮局的回单逐项核对，有出入的列出来。", "items": [
                                     {"text": "邮局回单", "done": True}, {"text": "网上订单", "done": True}, {"text": "集体订户"}, {"text": "列出差异"}]}])
    with at(0, 8, "wangzhiqiang"):
        tasks.run("accept", [count])
    with at(0, 8, "mali"):
        (weekly,) = tasks.write([{"title": "汇总各部门用车申请", "due": make.day(4), "due_time": "16:00", "remind": 60}])
        tasks.run("repeat", [weekly], {"how": How.weekly})
