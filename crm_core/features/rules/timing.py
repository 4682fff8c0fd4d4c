"""Rules that go by days: looked at a few times an hour, each once a day when its hour has come on its owner's clock.

The last day that was looked at is kept, so what was missed while nothing ran is made up for; and each occasion is a run of its own, so a
clock that jumps back, or a job that is killed, does nothing twice.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.features.rules import active, engine
from crm_core.features.rules.active import Kept
from crm_core.features.rules.models import Rule
from crm_core.features.rules.triggers import CATCH_UP, Ask
from crm_core.kernel import clock
from crm_core.kernel.jobs import Running
from crm_core.kernel.site import site
from crm_core.resource import worktime
from crm_core.text.hours import minute

NAME = "core.rules.days"
_rules = table_of(Rule)
Pairs = list[tuple[int, str]]


def run(job: Running) -> None:
    """The job: one transaction a rule."""
    for rule in list(by_days()):
        job.check()
        with job.write():
            row = current_work().session.connection().execute(sa.select(_rules).where(_rules.c.id == rule.id, _rules.c.active)).first()
            if row is not None:
                _look(active.kept(row))


def by_days() -> list[Kept]:
    kinds = site().registry.rule_triggers
    return [rule for rules in active.active().values() for rule in rules if rule.trigger in kinds and kinds[rule.trigger].due is not None]


def _look(rule: Kept) -> None:
    for _rule, found in engine.judged(rule.owner_id, [rule], due_now):
        if found is None:
            continue
        day, pairs = found
        current_work().session.connection().execute(sa.update(_rules).where(_rules.c.id == rule.id).values(looked_on=day))
        engine.begin_now(rule, pairs)


def due_now(rule: Kept) -> tuple[dt.date, Pairs] | None:
    """The day to look at and what is due on it; None while its hour has not come, or it was looked at. Called as its owner."""
    _trigger, values = active.trigger(rule)
    now = clock.local(clock.now())
    hour = minute(values["hour"]) if values.get("hour") else 0
    day = now.date() if now.hour * 60 + now.minute >= hour else now.date() - dt.timedelta(days=1)
    last = rule.looked_on
    if last == day or (values.get("worked") and not worktime.works(day)):
        return None
    since = last if last is not None and last < day else day - dt.timedelta(days=1)
    return day, due(rule, day, max(since, day - dt.timedelta(days=CATCH_UP)))


def due(rule: Kept, day: dt.date, since: dt.date, most: int | None = None) -> Pairs:
    """Records that are due on a day (or since another one), with their occasions."""
    trigger, values = active.trigger(rule)
    found = active.asked(rule.of, rule.only)
    ask = trigger.due(Ask(rule.of, values, found.table, day, since))
    query: Any = found.select(ask.where).add_columns(ask.column.label("occasion")).order_by(found.table.c.id).limit(most)
    return [(row[0], ask.name(row[1])) for row in current_work().session.connection().execute(query)]
