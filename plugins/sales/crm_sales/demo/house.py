"""Who counts the money of the demo company, and who is asked about what goes over a limit."""

from sqlalchemy import select

from crm_core.sdk import approvals, session, site

BOOKS, MANAGER = "mali", "chenxiaoyan"  # a small house: its office keeps the books


def fill(make):
    users, of = make.made["users"], lambda name: site().registry.resource(name)
    role = of("core.role").model
    for login, code in ((BOOKS, "accountant"), (MANAGER, "sales-manager")):
        of("core.user_role").write([{"user": users[login], "role": session.scalars(select(role.id).where(role.code == code)).one()}])
    with make.at(30, 10, "admin"):
        for resource, name in (("sales.quote", "报价超限审批"), ("sales.contract", "合同超限审批"), ("sales.order", "订单超限审批"), ("sales.claim", "报销超限审批")):
            approvals.draw(name, resource, "over", [{"name": "直接上级", "who": "supervisor", "levels": 1, "need": "any", "days": 2, "late": "escalate"}])
