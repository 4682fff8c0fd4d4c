"""Rules of the demo company: one at work, two being prepared, and a playbook."""

from typing import Any

from crm_core.features.rules import services

DIRECTOR = "sunli"
KEY = {"field": "standing", "op": "any", "value": ["key"]}


def fill(make: Any) -> None:
    def keep(name: str, trigger: str, asked: dict[str, str], steps: list[dict[str, Any]], *, only: Any = None, on: bool = False, of: str = "core.customer", **more: Any) -> None:
        services.save({"name": name, "resource": of, "trigger": trigger, "asked": asked, "only": only, "steps": steps, "playbook": False, "held_out": 0, **more}, on=on)

    with make.at(5, 10, DIRECTOR):
        keep("新的重点客户：三个工作日内回访", "core.reached", {"field": "standing", "values": "key"}, [
            {"do": "core.task", "with": {"title": "回访新的重点客户 {name}", "days": "3", "work": "1", "must": "1"}},
            {"do": "core.message", "with": {"title": "{name} 成为重点客户", "receiver": str(make.made["users"][DIRECTOR])}}], on=True)
        keep("重点客户三十天无人跟进", "core.silent", {"days": "30", "hour": "09:00", "worked": "1", "again": "7"}, [
            {"do": "core.task", "with": {"title": "联系 {name}，已三十天无人跟进", "days": "2", "work": "1"}}], only=KEY)
        keep("联系人生日前三天备贺卡", "core.yearly", {"field": "next_birthday", "days": "3", "hour": "09:00"}, [
            {"do": "core.task", "with": {"title": "给 {name} 寄生日贺卡", "days": "1"}}], of="core.contact")
        keep("联系人生日当天发贺卡，附上适合的推荐", "core.yearly", {"field": "next_birthday", "days": "0", "hour": "09:00"}, [
            {"do": "core.card", "with": {"title": "{name}，生日快乐！", "text": "尊敬的{name}：\n\n祝您生日快乐，万事如意！", "fitting": "with", "before": "也许您会感兴趣："}}], of="core.contact")
        keep("来信问价，当天答复", "core.mail_in", {"words": "报价，价格，询价"}, [
            {"do": "core.task", "with": {"title": "答复 {name} 的询价", "days": "1", "work": "1", "must": "1"}}])
        keep("新的意向客户第一个月", "core.reached", {"field": "standing", "values": "potential"}, [
            {"do": "core.task", "with": {"title": "给 {name} 寄样刊", "days": "1", "work": "1"}},
            {"do": "wait", "with": {"days": "7", "work": "1"}},
            {"do": "core.task", "with": {"title": "电话询问 {name} 是否收到样刊", "days": "2", "work": "1"}},
            {"do": "until", "with": {"days": "14"}, "if": KEY},
            {"do": "branch", "if": KEY, "then": [{"do": "end"}], "else": [{"do": "core.message", "with": {"title": "{name} 两周仍未答复，请考虑上门拜访"}}]},
        ], playbook=True, held_out=20)
