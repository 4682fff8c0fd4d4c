"""Which rules a change begins: judged after the commit by an outbox listener, a set at a time, each rule by one statement.

While records are written nothing happens but a look at the rules that are on; where one is about such a record, the event goes to the
outbox in the same transaction, so it is judged once for certain. What a rule does is done by running.py.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.data.upsert import upsert
from crm_core.features.messages.api import notify
from crm_core.features.rules import active, history
from crm_core.features.rules.active import Kept
from crm_core.features.rules.models import Rule, Run
from crm_core.kernel import clock, words
from crm_core.kernel.errors import CrmError
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import later
from crm_core.kernel.outages import is_outage
from crm_core.kernel.site import site
from crm_core.resource.after import RecordsChanged
from crm_core.resource.changes import History, unscoped

RUN = "core.rules.run"
SOURCE = _("Rules")
_PLAIN = {"core.created", "core.changed"}  # triggers that ask the database nothing of their own
DEEPEST = 8  # a run that caused a run that caused … so many
OFTEN, WITHIN = 10, dt.timedelta(hours=1)  # runs of one rule on one record
FAULTS = 5  # in a row, then it is switched off
CAUSE = "rule run"  # in the work: (id, depth) of the run that acts
_rules, _runs, _history = table_of(Rule), table_of(Run), table_of(History)


@dataclass(frozen=True)
class RulesDue(Event):
    """Something happened to records that rules are about. `verb` is what was done to them, or the name of a trigger."""

    label = _("Rules are to be looked at")
    resource: str
    verb: str
    ids: tuple[int, ...]
    change: int | None
    cause: int | None
    depth: int
    occasion: str = ""


class Heard:
    """A change, as triggers judge it; `occasion` is that of `start`."""

    def __init__(self, event: RulesDue, values: Mapping[str, Any], resource: Any, before: Callable[[], Mapping[int, Mapping[str, Any]]]) -> None:
        self.verb, self.ids, self.values, self.resource, self.occasion, self._before = event.verb, event.ids, values, resource, event.occasion, before

    @property
    def before(self) -> Mapping[int, Mapping[str, Any]]:
        """The columns that this act changed, by record, with their values before it as history keeps them."""
        return self._before()


def heard(event: RecordsChanged) -> None:
    """Inside the transaction of a change: is any rule about this?"""
    rules = active.active().get(event.resource)
    if rules is None:
        return
    kinds = site().registry.rule_triggers
    if any(event.verb in kinds[rule.trigger].verbs for rule in rules if rule.trigger in kinds):
        cause, depth = current_work().info.get(CAUSE, (None, -1))
        emit(RulesDue(event.resource, event.verb, event.ids, event.change, cause, depth + 1))


def start(trigger: str, resource: str, ids: Sequence[int], occasion: str) -> None:
    """Begin the rules of a trigger that its package judges itself, in the running write transaction. The same `occasion` (“2026-11-27”, a
    delivery's id) begins a rule once for a record."""
    if any(rule.trigger == trigger for rule in active.active().get(resource, ())):
        cause, depth = current_work().info.get(CAUSE, (None, -1))
        emit(RulesDue(resource, trigger, tuple(ids), None, cause, depth + 1, occasion))


def begin(event: RulesDue) -> None:
    """The listener: runs of all rules that this begins."""
    registry = site().registry
    if event.resource not in registry.resources:
        return
    found: list[Mapping[int, Mapping[str, Any]]] = []

    def before() -> Mapping[int, Mapping[str, Any]]:
        if not found:
            found.append(_before(event))
        return found[0]

    wanted = [rule for rule in active.active().get(event.resource, ()) if _is_about(registry.rule_triggers.get(rule.trigger), rule, event)]
    for owner, rules in groupby(sorted(wanted, key=lambda rule: (rule.owner_id, rule.id)), key=lambda rule: rule.owner_id):
        for rule, ids in _judged(owner, list(rules), event, before):
            if ids:
                _begin(rule, [(i, event.occasion or f"change {event.change}") for i in ids], event.change, event.cause, event.depth)


def _is_about(trigger: Any, rule: Kept, event: RulesDue) -> bool:
    return trigger is not None and (event.verb in trigger.verbs or event.verb == rule.trigger)


def _judged(owner: int, rules: list[Kept], event: RulesDue, before: Callable[[], Mapping[int, Mapping[str, Any]]]) -> Iterator[tuple[Kept, Any]]:
    """Records of each rule of an owner: triggers first, then the conditions of all that are about the same records together."""
    chosen: dict[int, tuple[int, ...]] = {}

    def which(rule: Kept) -> Any:
        trigger, values = active.trigger(rule)
        heard = trigger.heard
        chosen[rule.id] = event.ids if heard is None else tuple(heard(Heard(event, values, rule.of, before)))
        return None

    for rule, _nothing in list(judged(owner, rules, which)):
        if not chosen[rule.id]:
            del chosen[rule.id]
    groups: dict[tuple[int, ...], list[Kept]] = {}
    for rule in rules:
        if rule.id in chosen:
            groups.setdefault(chosen[rule.id], []).append(rule)
    for ids, same in groups.items():
        hits: dict[int, list[int]] = {}
        with active.as_owner(owner):
            sieve = active.sieve(same)
            hits = sieve.sift(ids)
        for rule in same:
            if rule.id in sieve.faults:
                faulted(rule, in_words(sieve.faults[rule.id]))
            elif hits.get(rule.id):
                yield rule, hits[rule.id]


def judged(owner: int, rules: Iterable[Kept], judge: Callable[[Kept], Any]) -> Iterator[tuple[Kept, Any]]:
    """What each rule of an owner says, with his rights; a rule that cannot be judged has a fault, and the others go on."""
    from crm_core.kernel.actors import ActorGone

    rules = list(rules)
    results: list[tuple[Kept, Any]] = []
    try:
        with active.as_owner(owner):
            for rule in rules:
                try:
                    if rule.trigger in _PLAIN:
                        results.append((rule, judge(rule)))
                        continue
                    with session.begin_nested():
                        results.append((rule, judge(rule)))
                except Exception as error:
                    if is_outage(error):
                        raise
                    results.append((rule, error))
    except ActorGone:
        for rule in rules:
            switch_off(rule, _("Who made this rule may not sign in any more, and it acts with his rights."), tell=False)
        return
    for rule, found in results:
        if isinstance(found, Exception):
            faulted(rule, in_words(found))
        else:
            yield rule, found


def _before(event: RulesDue) -> dict[int, dict[str, Any]]:
    """Old values of the columns an act changed in these records."""
    c = _history.c
    query = sa.select(c.row_id, c.old).where(c.change_id == event.change, c.resource == event.resource, bulk.among(c.row_id, event.ids)).order_by(c.id)
    found: dict[int, dict[str, Any]] = {}
    for row in current_work().session.connection().execute(query, execution_options=unscoped("which fields rules ask for")):
        for name, old in (row.old or {}).items():
            found.setdefault(row.row_id, {}).setdefault(name, old)
    return found


def _begin(rule: Kept, pairs: Sequence[tuple[int, str]], change: int | None, cause: int | None, depth: int) -> int:
    """Runs of a rule on records, each with its occasion; what there is already stays. Returns how many were begun."""
    if depth > DEEPEST:
        _cut(rule, pairs, change, cause, depth, _("Rules have caused one another %(n)s times in a row; this one was not run, so that it ends.", n=DEEPEST))
        return 0
    if rule.playbook:
        busy = _busy(rule, [i for i, _occasion in pairs])
        pairs = [pair for pair in pairs if pair[0] not in busy]
    often = _often(rule, [i for i, _occasion in pairs]) if cause is not None or len(pairs) < 100 else set()
    if often:
        _cut(rule, [pair for pair in pairs if pair[0] in often], change, cause, depth,
             _("This rule has run on this record %(n)s times within an hour; it was not run again, so that it ends.", n=OFTEN))
    now = clock.now()
    return put([{
        "rule_id": rule.id, "subject": rule.resource, "subject_id": i, "occasion": occasion[:80], "at": now, "due_at": now, "place": 0, "change_id": change, "cause_id": cause,
        "depth": depth, "log": [], "state": "out" if rule.playbook and held_out(rule.id, i, rule.held_out) else "waiting",
    } for i, occasion in pairs if i not in often])


def held_out(rule_id: int, record: int, share: int) -> bool:
    """Whether a playbook leaves this record alone: always the same ones, spread evenly."""
    return int.from_bytes(hashlib.sha256(f"{rule_id}:{record}".encode()).digest()[:4], "big") % 100 < share


def put(rows: list[dict[str, Any]]) -> int:
    """New runs; one whose occasion is there already is no new one."""
    if not rows:
        return 0
    conn = current_work().session.connection()
    made = 0
    for at in range(0, len(rows), 500):
        found = conn.execute(upsert(_runs, conn.dialect.name).values(rows[at : at + 500]).on_conflict_do_nothing(index_elements=["rule_id", "subject_id", "occasion"]).returning(_runs.c.id))
        made += len(found.all())
    if made:
        later(RUN, label=SOURCE)
    return made


def _busy(rule: Kept, ids: Collection[int]) -> set[int]:
    """Records on which a playbook is at work."""
    c = _runs.c
    query = sa.select(c.subject_id).where(c.rule_id == rule.id, c.state.in_(["waiting", "out"]), c.ended_at.is_(None), bulk.among(c.subject_id, ids))
    return set(current_work().session.connection().execute(query).scalars())


def _often(rule: Kept, ids: Collection[int]) -> set[int]:
    c = _runs.c
    query = (
        sa.select(c.subject_id).where(c.rule_id == rule.id, bulk.among(c.subject_id, ids), c.at > clock.now() - WITHIN, c.state != "cut")
        .group_by(c.subject_id).having(sa.func.count() >= OFTEN)
    )
    return set(current_work().session.connection().execute(query).scalars())


def _cut(rule: Kept, pairs: Sequence[tuple[int, str]], change: int | None, cause: int | None, depth: int, why: Any) -> None:
    """A line in the log, and once a day a word to the owner."""
    now = clock.now()
    conn = current_work().session.connection()
    bulk.insert(_runs, [{
        "rule_id": rule.id, "subject": rule.resource, "subject_id": i, "occasion": f"cut {occasion}"[:80], "state": "cut", "at": now, "due_at": now, "place": 0,
        "change_id": change, "cause_id": cause, "depth": depth, "log": [words.keep(why)], "ended_at": now,
    } for i, occasion in pairs if not conn.execute(sa.select(_runs.c.id).where(
        _runs.c.rule_id == rule.id, _runs.c.subject_id == i, _runs.c.occasion == f"cut {occasion}"[:80])).first()])
    told = conn.execute(sa.update(_rules).where(
        _rules.c.id == rule.id, sa.or_(_rules.c.told_at.is_(None), _rules.c.told_at < now - dt.timedelta(days=1))).values(told_at=now))
    if told.rowcount:
        notify([rule.owner_id], _("The rule “%(name)s” was cut off: %(why)s", name=rule.name, why=why), path=f"/rules/{rule.id}", source=SOURCE)


def faulted(rule: Kept, why: Any) -> None:
    """A fault of a rule; the fifth in a row switches it off."""
    conn = current_work().session.connection()
    faults = conn.execute(sa.update(_rules).where(_rules.c.id == rule.id).values(faults=_rules.c.faults + 1).returning(_rules.c.faults)).scalar()
    if faults is not None and faults >= FAULTS:
        switch_off(rule, why)


def switch_off(rule: Kept, why: Any, *, tell: bool = True) -> None:
    """Off, with the reason; its owner is told, and what was under way ends."""
    conn = current_work().session.connection()
    before = conn.execute(sa.select(_rules).where(_rules.c.id == rule.id, _rules.c.active).with_for_update()).first()
    if before is None:
        return
    conn.execute(sa.update(_rules).where(_rules.c.id == rule.id).values(active=False, why_off=words.keep(why)))
    history.moved(before, {"active": False}, why)
    end_runs(rule.id)
    bump()
    if tell:
        notify([rule.owner_id], _("The rule “%(name)s” was switched off: %(why)s", name=rule.name, why=why), path=f"/rules/{rule.id}", source=SOURCE)


def end_runs(rule_id: int) -> None:
    """What is under way of a rule stops."""
    c = _runs.c
    current_work().session.connection().execute(sa.update(_runs).where(c.rule_id == rule_id, c.state == "waiting").values(state="stopped", ended_at=clock.now()))


def in_words(error: BaseException) -> Any:
    """A fault as its reader is told of it."""
    if isinstance(error, CrmError):
        fields = getattr(error, "fields", None)
        found = next((messages[0] for messages in fields.values() if messages), None) if fields else None
        return found or getattr(error, "message", None) or str(error)
    return f"{type(error).__name__}: {error}"[:300]


def begin_now(rule: Kept, pairs: Sequence[tuple[int, str]]) -> int:
    """Runs that nobody's change began: a day came, or somebody began it by hand. Those that are there already stay."""
    return _begin(rule, pairs, None, None, 0) if pairs else 0
