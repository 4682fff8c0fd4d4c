"""Rules at work: the job that goes through the steps of each run, in the rights of the rule's owner.

A run goes on until it waits or ends; what it did and where it stands are one commit, so a machine that goes out anywhere does nothing
twice. A fault takes back what the run did since it last waited and nothing of anybody else's.
"""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.rules import active, engine, kinds
from crm_core.features.rules.active import Kept
from crm_core.features.rules.models import Rule, Run
from crm_core.features.rules.steps import Op, flat
from crm_core.kernel import clock, words
from crm_core.kernel.actors import ActorGone
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.outages import is_outage
from crm_core.kernel.pace import Pace
from crm_core.resource import changes, worktime

_runs, _rules = table_of(Run), table_of(Rule)
KEPT_FOR = dt.timedelta(days=400)  # longer than a year: what comes again each year is known by its run
LOOKS = dt.timedelta(hours=1)  # how often a run that waits until something holds looks whether it does
_NAMED = re.compile(r"\{([^{}]{1,80})\}")


class Step:
    """What an action is given: the record, its resource, the rule's name; as the rule's owner sees them."""

    def __init__(self, rule: Kept, record_id: int) -> None:
        self.rule, self.resource, self.id = rule, rule.of, record_id

    @cached_property
    def record(self) -> Any:
        """Raises Missing for what is not there, or not the owner's to see."""
        return self.resource.get(self.id)

    @property
    def about(self) -> tuple[str, int]:
        return self.resource.name, self.id

    @property
    def keeper(self) -> int:
        """Who looks after the record; the rule's owner where nobody does."""
        return getattr(self.record, "owner_id", None) or self.rule.owner_id

    def fill(self, text: str | None) -> str:
        """The text with the record's values in the place of {name}, {Name} or {名称}: any field its owner sees, by name or label, but
        sensitive ones: who reads the text may not, and each reading of them is noted."""
        fields = {name: one for name, one in self.resource.fields().items() if not one.sensitive}
        known = {**{str(one.label): one for one in fields.values()}, **fields}

        def value(hit: re.Match[str]) -> str:
            one = known.get(hit[1].strip())
            if one is None:  # what it is called, whatever the field's name is
                return self.resource.title(self.record) if hit[1].strip() == "name" else hit[0]
            return str(one.show(getattr(self.record, one.column, None)))

        return _NAMED.sub(value, text or "")


def run(job: Running) -> None:
    """The job: runs that are due, those that are asked for first."""
    Pace(job, start=100, least=20, most=1_000).drain(_take)


def sweep(job: Running) -> None:
    """The daily job: what ended long ago leaves the log, the oldest first. Records that a playbook leaves out stay so."""
    old = clock.now() - KEPT_FOR

    def clear(most: int) -> int:
        some = sa.select(_runs.c.id).where(_runs.c.at < old, _runs.c.ended_at < old).order_by(_runs.c.id).limit(most)
        return int(current_work().session.connection().execute(sa.delete(_runs).where(_runs.c.id.in_(some))).rowcount)

    Pace(job).drain(clear)


def _take(most: int) -> int:
    now = clock.now()
    query = (
        sa.select(_runs).where(_runs.c.state == "waiting", _runs.c.due_at <= now).order_by(_runs.c.due_at, _runs.c.id).limit(most).with_for_update(skip_locked=True)
    )
    conn = current_work().session.connection()
    found = conn.execute(query).all()
    rules = {row.id: row for row in conn.execute(sa.select(_rules).where(bulk.among(_rules.c.id, {row.rule_id for row in found})))} if found else {}
    off: set[int] = set()
    for one in found:
        rule = rules[one.rule_id]
        if not rule.active or rule.id in off:
            _note(one, state="stopped", ended_at=now)
        elif not _one(active.kept(rule), one):
            off.add(rule.id)
    return len(found)


def _one(rule: Kept, run: Any) -> bool:
    """One run, as far as it goes now. False when the rule was switched off over it."""
    said: list[Any] = []
    try:
        with session.begin_nested(), active.as_owner(rule.owner_id):
            values = _going(rule, run, said)
    except ActorGone:
        _note(run, state="failed", log=[*run.log, words.keep(_("Who made this rule may not sign in any more."))], ended_at=clock.now())
        engine.switch_off(rule, _("Who made this rule may not sign in any more, and it acts with his rights."), tell=False)
        return False
    except Exception as error:
        if is_outage(error):
            raise
        why = engine.in_words(error)
        _note(run, state="failed", log=[*run.log, words.keep(why)], ended_at=clock.now())
        engine.faulted(rule, why)
        return bool(current_work().session.connection().execute(sa.select(_rules.c.active).where(_rules.c.id == rule.id)).scalar())
    _note(run, log=[*run.log, *(words.keep(one) for one in said)], **values)
    if said and run.place == 0:
        current_work().session.connection().execute(sa.update(_rules).where(_rules.c.id == rule.id, _rules.c.faults > 0).values(faults=0))
    return True


def _note(run: Any, **values: Any) -> None:
    current_work().session.connection().execute(sa.update(_runs).where(_runs.c.id == run.id).values(**values))


def _going(rule: Kept, run: Any, said: list[Any]) -> dict[str, Any]:
    """Goes through the steps; returns what the run's row gets."""
    work, steps = current_work(), run.steps if run.steps is not None else rule.steps
    before = work.info.get(engine.CAUSE)
    work.info[engine.CAUSE] = (run.id, run.depth)
    try:
        if not rule.of.sees(run.subject_id):
            said.append(_("The record is not there any more, or not for the rule's owner."))
            return {"state": "stopped", "ended_at": clock.now()}
        if rule.playbook and not _stays(rule, run):
            said.append(_("The record has left what this playbook is for."))
            return {"state": "stopped", "ended_at": clock.now()}
        with changes.change("rule", resource=rule.resource, note=rule.name[:200]):
            return _through(rule, run, flat(steps), steps, said)
    finally:
        work.info[engine.CAUSE] = before
        if before is None:
            work.info.pop(engine.CAUSE)


def _stays(rule: Kept, run: Any) -> bool:
    """Whether a record is still where the playbook began: at that stage."""
    trigger, values = active.trigger(rule)
    return trigger.stays is None or bool(trigger.stays(rule, values, run.subject_id))


def _through(rule: Kept, run: Any, ops: list[Op], steps: Any, said: list[Any]) -> dict[str, Any]:
    place, step = run.place, Step(rule, run.subject_id)
    while place < len(ops):
        op = ops[place]
        given: Mapping[str, str] = op.step.get("with", {})
        match op.do:
            case "jump":
                place = op.at
            case "end":
                break
            case "branch":
                place = place + 1 if _holds(rule, op, run) else op.at
            case "wait":
                return _later(place + 1, _after(given), steps)
            case "until":
                if _holds(rule, op, run):
                    place += 1
                    continue
                since = run.reached if run.place == place and run.reached is not None else clock.now()
                end = since + dt.timedelta(days=int(given.get("days") or 1))
                if clock.now() >= end:
                    said.append(_("It did not come to hold in time."))
                    place += 1
                    continue
                return {**_later(place, min(end, clock.now() + LOOKS), steps), "reached": since}
            case name:
                action = kinds.action_of(rule.of, name)
                done = action.run(step, **kinds.values_of(action, rule.of, given))
                current_work().session.flush()
                step.__dict__.pop("record", None)  # the next step reads it anew
                said.append(done if done is not None else action.label)
                place += 1
    return {"state": "done", "place": len(ops), "ended_at": clock.now()}


def _later(place: int, due: dt.datetime, steps: Any) -> dict[str, Any]:
    return {"state": "waiting", "place": place, "due_at": due, "steps": steps, "reached": None}


def _after(given: Mapping[str, str]) -> dt.datetime:
    """So many days later at the same time of day on the owner's clock; working days are those of his department."""
    count, now = int(given.get("days") or 1), clock.local(clock.now())
    day = now.date() + dt.timedelta(days=count)
    if given.get("work") == "1":
        day = worktime.shift(now.date(), count)
    return clock.instant(day, now.time())


def _holds(rule: Kept, op: Op, run: Any) -> bool:
    tree = op.step.get("if")
    if not tree:
        return True
    found = active.asked(rule.of, tree)
    return current_work().session.connection().execute(found.select(found.table.c.id == run.subject_id)).first() is not None

