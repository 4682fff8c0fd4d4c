"""The demo company knows what its customers are worth from the start."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.customers.api import Dealing
from crm_core.features.dealings import house, reckoning
from crm_core.features.dealings.models import About, Answer, ValueClass, ValueProposal
from crm_core.features.dealings.proposing import CLASS, CUSTOMER, open_all
from crm_core.features.rules.api import save
from crm_core.kernel import clock
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped

DIRECTOR = "sunli"


def fill(make: Any) -> None:
    """As two months ago, a month ago and today, so that there are movements to be seen; and what each value class sets going."""
    table = table_of(Dealing)
    query = sa.select(table.c.customer_id).distinct().order_by(table.c.customer_id)
    ids = list(current_work().session.connection().execute(query, execution_options=unscoped("the value of customers")).scalars())
    for back in (60, 30, 0):
        day = clock.today() if not back else make.day(-back)
        found = house.look(day)
        house.keep(found, day)
        reckoning.reckon(ids, reckoning.means(found, day), first=back == 60)
    open_all(found)
    with make.at(3, 9, DIRECTOR):
        _playbook("战略客户：伙伴计划", "strategic", [
            _task("与 {name} 共同拟定年度合作计划", 10), {"do": "wait", "with": {"days": "90"}}, _task("与 {name} 回顾合作计划，安排双方负责人会面", 14)])
        _playbook("看重建议的客户：顾问式跟进", "extrinsic", [
            _task("了解 {name} 下季度的打算，带上两个方案", 5), {"do": "wait", "with": {"days": "30"}}, _task("请专家答复 {name} 的问题", 5)])
        _playbook("看重价格的客户：简化下单", "intrinsic", [_task("把价目表和下单方式发给 {name}，不再无事拜访", 3)])
    _decided(make)


def _decided(make: Any) -> None:
    """Of each class one proposal was taken; the others wait."""
    proposals = site().registry.resource("core.value_proposal")
    for value_class in ValueClass:
        waiting = sa.select(ValueProposal.id).where(
            ValueProposal.about == About.value, ValueProposal.value_class == value_class, ValueProposal.answer == Answer.open).order_by(ValueProposal.year.desc(), ValueProposal.id).limit(1)
        found = session.scalar(waiting)
        if found is not None:
            with make.at(1, 16, DIRECTOR):
                proposals.run("accept", [found])


def _task(title: str, days: int) -> dict[str, Any]:
    return {"do": "core.task", "with": {"title": title, "days": str(days), "work": "1"}}


def _playbook(name: str, becomes: str, steps: list[dict[str, Any]]) -> None:
    save({"name": name, "resource": CUSTOMER, "trigger": CLASS, "asked": {"becomes": becomes}, "only": None, "steps": steps, "playbook": True, "held_out": 0}, on=True)
