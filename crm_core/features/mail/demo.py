"""Mail templates of the demo company; it has no mail server."""

from typing import Any

from crm_core.kernel.site import site

DIRECTOR = "sunli"
TEXTS: tuple[dict[str, Any], ...] = (
    {"name": "展位邀请", "about": "contact", "language": "zh", "title": "诚邀 {{ 客户.名称 }} 参加成都酒类博览会", "text": (
        "尊敬的 {{ 称谓 }}：\n\n您好！成都酒类博览会的展位现已开放预订。{% if 客户.名称 %}我们为 {{ 客户.名称 }} 预留了位置较好的展位，{% end %}"
        "请于月底前回复本邮件，或致电我们。\n\n此致\n敬礼\n\n{{ 我.姓名 }}\n{{ 我.电话 }}\n{{ 日期 }}")},
    {"name": "Invitation to the fair", "about": "contact", "language": "en", "title": "An invitation for {{ customer.name }}", "text": (
        "Dear {{ person }},\n\nThe booths of the Chengdu wine and spirits fair can be booked now. We have kept a good place for {{ customer.name }}; please answer by the end of the month.\n\n"
        "Kind regards\n\n{{ me.name }}\n{{ me.phone }}\n{{ date }}")},
    {"name": "样刊已寄出", "about": "customer", "language": "zh", "title": "《西部酒业观察》样刊已寄往 {{ 客户.名称 }}", "text": (
        "您好！\n\n本期样刊已于今日寄出。{% if 客户.电话 %}如未收到，我们会致电 {{ 客户.电话 }} 与您联系。{% end %}\n\n{{ 我.姓名 }}\n{{ 日期 }}")},
)


def fill(make: Any) -> None:
    with make.at(20, 10, DIRECTOR):
        site().registry.resource("core.mail_template").write([dict(one) for one in TEXTS])
