"""The rules that are switched on, as every process keeps them: asked for at each write, so without rules it costs a look into a dict."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import epoch, made
from crm_core.data.base import table_of
from crm_core.data.session import acting_as, current_work
from crm_core.data.sets import Several, one_of
from crm_core.features.rules import kinds
from crm_core.features.rules.models import Rule
from crm_core.kernel import actors, clock
from crm_core.kernel.i18n import in_language
from crm_core.kernel.site import site
from crm_core.resource import conditions
from crm_core.resource.relations import Side

_table = table_of(Rule)
IDS = "rule_ids"


@dataclass(frozen=True)
class Kept:
    """A rule as it stands."""

    id: int
    name: str
    resource: str
    trigger: str
    asked: Mapping[str, str] = field(hash=False)
    only: Any = field(hash=False)
    steps: Any = field(hash=False)
    playbook: bool
    held_out: int
    owner_id: int
    version: int
    looked_on: Any = None
    looking_on: Any = None
    looked_id: int = 0

    @property
    def of(self) -> Any:
        return site().registry.resource(self.resource)


def kept(row: Any) -> Kept:
    """Of a row of the table."""
    return Kept(row.id, row.name, row.resource, row.trigger, row.asked or {}, row.only, row.steps or [], row.playbook, row.held_out, row.owner_id, row.version, row.looked_on, row.looking_on, row.looked_id)


def active() -> Mapping[str, tuple[Kept, ...]]:
    """The rules at work, by the resource they are about."""
    return made(("rules at work",), _load)


def _load() -> dict[str, tuple[Kept, ...]]:
    found: dict[str, list[Kept]] = {}
    for row in current_work().session.connection().execute(sa.select(_table).where(_table.c.active).order_by(_table.c.id)):
        found.setdefault(row.resource, []).append(kept(row))
    return {name: tuple(rules) for name, rules in found.items()}


@contextmanager
def as_owner(owner_id: int) -> Iterator[Any]:
    """Act with the rights, the clock and the language of a rule's owner. Raises ActorGone when he may not sign in any more."""
    who = actors.load(site(), owner_id)
    config = site().config
    with acting_as(who), clock.in_zone(who.timezone or config.timezone), in_language(who.language or config.language):
        yield who


@dataclass(frozen=True)
class Asked:
    """What a rule asks of records, for its owner: their table, what limits it to his own, and its condition."""

    table: Any
    within: tuple[Any, ...]

    def select(self, *more: Any) -> sa.Select[Any]:
        return sa.select(self.table.c.id).where(*self.within, *more)


def asked(resource: Any, tree: Any) -> Asked:
    """The question, in the rights of who acts. Raises Broken for what he may not ask (any more)."""
    side = Side(resource)
    table = side.table()
    found = side.within(table)
    if tree:
        found.append(conditions.clause(conditions.parse(resource, tree), table))
    return Asked(table, tuple(found))


def among(rule: Kept, tree: Any, ids: Any, name: str = "") -> list[int]:
    """Of these records, those the owner sees and for which the condition holds: one statement, put together once a day and state of
    rights."""
    key = ("rule", rule.id, rule.version, name, *_state())

    def make() -> sa.Select[Any]:
        found = asked(rule.of, tree)
        return found.select(one_of(found.table.c.id, sa.bindparam(IDS, type_=Several(sa.BigInteger)))).order_by(found.table.c.id)

    return list(current_work().session.connection().execute(site().cached(key, make), {IDS: list(ids)}).scalars())


class Sieve:
    """Many rules of one owner put together: one statement for fifty of them looks at each record once."""

    TOGETHER = 50

    def __init__(self, rules: Sequence[Kept]) -> None:
        self.faults: dict[int, Exception] = {}
        self.queries: list[tuple[sa.Select[Any], list[int]]] = []
        side = Side(rules[0].of)
        table = side.table()
        within, clauses = side.within(table), {}
        for rule in rules:
            try:
                clauses[rule.id] = conditions.clause(conditions.parse(rule.of, rule.only), table) if rule.only else sa.true()
            except Exception as error:  # noqa: BLE001  one rule's fault is not the others'
                self.faults[rule.id] = error
        good = list(clauses)
        for at in range(0, len(good), self.TOGETHER):
            part = good[at : at + self.TOGETHER]
            hits = [sa.case((clauses[i], 1), else_=0).label(f"r{i}") for i in part]
            inner = sa.select(table.c.id, *hits).where(*within, one_of(table.c.id, sa.bindparam(IDS, type_=Several(sa.BigInteger)))).subquery()
            every = sum((inner.c[f"r{i}"] for i in part[1:]), inner.c[f"r{part[0]}"])
            self.queries.append((sa.select(inner).where(every > 0), part))

    def sift(self, ids: Any) -> dict[int, list[int]]:
        """Of these records, those each rule is about."""
        found: dict[int, list[int]] = {}
        for query, part in self.queries:
            for row in current_work().session.connection().execute(query, {IDS: list(ids)}):
                for rule, hit in zip(part, row[1:], strict=True):
                    if hit:
                        found.setdefault(rule, []).append(row[0])
        return found


def sieve(rules: Sequence[Kept]) -> Sieve:
    """Of rules of one resource, for who acts: made once a day and state of rights."""
    return site().cached(("rules", *_state(), tuple((rule.id, rule.version) for rule in rules)), lambda: Sieve(rules))  # type: ignore[no-any-return]


def _state() -> tuple[Any, ...]:
    return getattr(current_work().actor, "id", 0), epoch(), clock.today()


def trigger(rule: Kept) -> tuple[Any, dict[str, Any]]:
    """What begins it and its values, checked anew for its owner whenever rights change. Raises BadRequest, Invalid."""
    def make() -> tuple[Any, dict[str, Any]]:
        found = kinds.trigger_of(rule.of, rule.trigger)
        return found, kinds.values_of(found, rule.of, rule.asked)

    return make() if not rule.id else site().cached(("rule values", rule.id, rule.version, *_state()), make)
