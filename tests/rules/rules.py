"""Rules of the office, made and run as people's are."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Grant, Scope
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.rules import services, timing
from crm_core.features.rules.models import Rule, Run
from crm_core.kernel import outbox
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from crm_core.resource.changes import stamp, unscoped
from tests.customers.office import Office


def may(office: Office) -> None:
    """Sellers make rules."""
    with office.site.system("tests"), writing() as db:
        db.add_all(stamp(Grant(role_id=office.roles["seller"], permission=p, scope=Scope(s))) for p, s in {
            "core.rules.make": "all", "core.message.*": "own", "core.customer.assign": "own"}.items())
    office.changed()


def rule(office: Office, login: str = "chen", trigger: str = "core.created", steps: Any = (), *, asked: Any = None, only: Any = None, on: bool = True, of: str = "core.customer", **more: Any) -> int:
    with office.as_(login):
        return services.save({"name": "规则", "resource": of, "trigger": trigger, "asked": asked or {}, "only": only, "steps": list(steps), "playbook": False, "held_out": 0, **more}, on=on)


def task(title: str = "Call {name}", **more: str) -> dict[str, Any]:
    return {"do": "core.task", "with": {"title": title, **more}}


def put(field: str, value: str) -> dict[str, Any]:
    return {"do": "core.set", "with": {"field": field, "value": value}}


def settle(office: Office) -> None:
    """Everything that is due now: deliveries and jobs, until nothing is left."""
    for _turn in range(30):
        if not outbox.drain(office.site) + drain(office.site):
            return


def tick(office: Office) -> None:
    """The minute's and the days' jobs, and what follows from them."""
    with office.site.system("tests"), writing():
        later(timing.NAME)
        later("core.rules.run")
    settle(office)


def runs(office: Office, rule_id: int | None = None) -> list[Any]:
    c = table_of(Run).c
    with office.site.system("tests"):
        query = sa.select(table_of(Run)).order_by(c.id)
        return list(session.connection().execute(query if rule_id is None else query.where(c.rule_id == rule_id)))


def row_of(office: Office, rule_id: int) -> Any:
    with office.site.system("tests"):
        return session.connection().execute(sa.select(table_of(Rule)).where(table_of(Rule).c.id == rule_id)).one()


def tasks(office: Office) -> list[tuple[str, int]]:
    from crm_core.features.tasks.models import Task

    table = table_of(Task)
    with office.site.system("tests"):
        return [(row.title, row.owner_id) for row in session.connection().execute(sa.select(table).order_by(table.c.id), execution_options=unscoped("tests"))]


