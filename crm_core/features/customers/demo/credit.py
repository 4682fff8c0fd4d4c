"""An approval flow of the demo, with a case waiting: goods on credit for a customer, past the superior, two of three heads and, for
large firms, the director."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.approvals import api as approvals
from crm_core.features.customers.models import Customer

NAME, WHY = "赊销审批", "年度广告合作，客户要求月结，申请赊销额度 8 万元。"
SELLER, SUPERIOR = "zhangwei", "wangzhiqiang"
HEADS = ("chenxiaoyan", "xulei", "mali")
LARGE = {"field": "assets", "op": "gte", "value": "10000000"}


def fill(make: Any) -> None:
    """Handed in yesterday; his superior is asked."""
    users = make.made["users"]
    query = sa.select(sa.func.max(Customer.id)).where(Customer.owner_id == users[SELLER], Customer.deleted_at.is_(None), Customer.review.is_(None))
    customer = session.scalar(query)
    if customer is None:
        return
    with make.at(3, 10, "admin"):
        approvals.draw(NAME, "core.customer", "submit", [
            {"name": "直接上级", "who": "supervisor", "levels": 1, "need": "any", "days": 3, "late": "escalate"},
            {"name": "部门会审", "who": "users", "users": sorted(users[one] for one in HEADS), "need": "some", "k": 2, "days": 5, "late": "remind"},
            {"name": "总编", "who": "users", "users": [users["sunli"]], "need": "any", "when": LARGE, "late": "remind"},
        ])
    with make.at(1, 15, SELLER):
        approvals.submit("core.customer", customer, why=WHY)
