"""Flows drawn for tests: `draw(office, [step("wang")])` publishes one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crm_core.access.models import StandIn
from crm_core.data.session import session, writing
from crm_core.features.approvals import drawing, stepping
from crm_core.features.approvals.stepping import approval
from crm_core.kernel import clock
from crm_core.resource.changes import stamp
from tests.customers.office import Office


def step(office: Office, *logins: str, need: str = "any", **more: Any) -> dict[str, Any]:
    return {"name": "", "who": "users", "users": [office.people[one] for one in logins], "need": need, **more}


def draw(office: Office, *steps: dict[str, Any], transition: str = "submit", subject: str = "core.customer", when: Any = None, name: str = "审核") -> int:
    """A published flow."""
    with office.as_("sun"):
        made = drawing.begin(name, subject, transition)
        drawing.keep(made, {"when": when, "steps": list(steps)})
        drawing.publish(made)
    office.changed()
    return made


def state(office: Office, number: int) -> str:
    with office.site.system("tests"):
        return str(stepping.one(number).state)


def waits_for(office: Office, number: int) -> set[str]:
    """Who is asked now."""
    names = {key: name for name, key in office.people.items()}
    with office.site.system("tests"):
        found = stepping.one(number)
        return {names[one.user_id] for one in stepping.places(number, found.step) if one.state == "open"} if found.state == "open" else set()


def history(office: Office, number: int) -> list[tuple[str, str, str]]:
    """(verdict, who, for whom) of each line."""
    names = {key: name for name, key in office.people.items()} | {None: ""}
    with office.site.system("tests"):
        return [(one.verdict, names[one.by_id], names[one.for_id]) for one in stepping.votes([number])[number]]


def away(office: Office, who: str, stand_in: str, days: int = 3) -> None:
    today = clock.today()
    with office.site.system("tests"), writing() as db:
        db.add(stamp(StandIn(owner_id=office.people[who], substitute_id=office.people[stand_in], begins=today, ends=today + dt.timedelta(days=days))))
    office.changed()


def newest(office: Office) -> int:
    import sqlalchemy as sa

    with office.site.system("tests"):
        return int(session.connection().execute(sa.select(sa.func.max(approval.c.id))).scalar_one())
