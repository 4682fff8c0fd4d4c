"""Rules that go by days: looked at a few times an hour, each once a day when its hour has come on its owner's clock.

The last day that was looked at is kept, and within a day up to which record: what was missed while nothing ran is made up for, and a rule
about everybody holds nobody up. Each occasion is a run of its own, so a clock that jumps back, or a job that is killed, does nothing twice.
"""

import datetime as dt
from functools import partial
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
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import worktime
from crm_core.text.hours import minute

NAME = "core.rules.days"
_rules = table_of(Rule)
Pairs = list[tuple[int, str]]
PORTION = 1_000  # records in the first transaction; the next ones as long as they may take


def run(job: Running) -> None:
    """The job: each rule in portions, a transaction each, that end with how far it has come."""
    for rule in list(by_days()):
        job.check()
        Pace(job, start=PORTION, least=50, most=5_000).drain(partial(_look, rule.id))


def by_days() -> list[Kept]:
    kinds = site().registry.rule_triggers
    return [rule for rules in active.active().values() for rule in rules if rule.trigger in kinds and kinds[rule.trigger].due is not None]


def _look(rule_id: int, most: int) -> int:
    """A portion of what is due of a rule; how many there were, 0 when it has come to the end of its day."""
    conn = current_work().session.connection()
    row = conn.execute(sa.select(_rules).where(_rules.c.id == rule_id, _rules.c.active).with_for_update()).first()
    if row is None:
        return 0
    rule = active.kept(row)
    for _rule, found in engine.judged(rule.owner_id, [rule], partial(due_now, most=most)):
        if found is None:
            return 0
        day, pairs, at = found
        engine.begin_now(rule, pairs)
        values = {"looked_on": day, "looking_on": None, "looked_id": 0} if at is None else {"looking_on": day, "looked_id": at}
        conn.execute(sa.update(_rules).where(_rules.c.id == rule.id).values(values))
        return 0 if at is None else len(pairs)
    return 0


def due_now(rule: Kept, most: int) -> tuple[dt.date, Pairs, int | None] | None:
    """The day to look at, a portion of what is due on it, and up to which record that goes, None for the last; None altogether while
    its hour has not come, or it was looked at. Called as its owner."""
    day, last = rule.looking_on or _day(rule), rule.looked_on
    if day is None:
        return None
    since = last if last is not None and last < day else day - dt.timedelta(days=1)
    found = due(rule, day, max(since, day - dt.timedelta(days=CATCH_UP)), most + 1, rule.looked_id)
    if len(found) <= most:
        return day, found, None
    edge = found[-1][0]  # a record may be due for several occasions: they stay together
    whole = [pair for pair in found if pair[0] != edge] or due(rule, day, max(since, day - dt.timedelta(days=CATCH_UP)), None, edge - 1, edge)
    return day, whole, whole[-1][0]


def _day(rule: Kept) -> dt.date | None:
    """The day to look at; None while its hour has not come, or it was looked at."""
    _trigger, values = active.trigger(rule)
    now = clock.local(clock.now())
    hour = minute(values["hour"]) if values.get("hour") else 0
    day = now.date() if now.hour * 60 + now.minute >= hour else now.date() - dt.timedelta(days=1)
    return None if rule.looked_on == day or (values.get("worked") and not worktime.works(day)) else day


def due(rule: Kept, day: dt.date, since: dt.date, most: int | None = None, after: int = 0, last: int | None = None) -> Pairs:
    """Records that are due on a day (or since another one), with their occasions; at most so many, those behind a record."""
    trigger, values = active.trigger(rule)
    found = active.asked(rule.of, rule.only)
    ask = trigger.due(Ask(rule.of, values, found.table, day, since))
    within = [ask.where, *([found.table.c.id > after] if after else []), *([found.table.c.id <= last] if last is not None else [])]
    query: Any = found.select(*within).add_columns(ask.column.label("occasion")).order_by(found.table.c.id).limit(most)
    return [(row[0], ask.name(row[1])) for row in current_work().session.connection().execute(query)]
