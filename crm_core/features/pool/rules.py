"""The pools as one piece of work knows them: small, kept in the process until rights or pools change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Department, departments_of
from crm_core.access.rights import made
from crm_core.data.session import system_scope
from crm_core.features.pool.models import Pool, PoolMember


@dataclass(frozen=True)
class Rules:
    """One pool."""

    id: int
    name: str
    department_id: int | None
    hold_limit: int | None
    claim_limit: int | None
    return_after: int | None
    deal_after: int | None
    warn_before: int
    cool_down: int
    protect_limit: int
    protect_days: int
    share_days: int
    departments: frozenset[int]  # whose people may claim; those below too
    people: frozenset[int]
    managing_departments: frozenset[int]
    managers: frozenset[int]
    everybody: bool

    def may_claim(self, who: Any, path: frozenset[int]) -> bool:
        """`path`: his department and those above it."""
        return self.everybody or who.user_id in self.people or bool(self.departments & path) or self.manages(who, path)

    def manages(self, who: Any, path: frozenset[int]) -> bool:
        return who.user_id in self.managers or bool(self.managing_departments & path)


@dataclass(frozen=True)
class House:
    """All pools, and which department's customers belong to which."""

    pools: Mapping[int, Rules]
    homes: Mapping[int | None, int]
    paths: Mapping[int, frozenset[int]]

    def path(self, department_id: int | None) -> frozenset[int]:
        return self.paths.get(department_id or 0, frozenset())


def house() -> House:
    """The pools now."""
    return made("pools", _load)


def home(department_id: int | None) -> int | None:
    """The pool that customers of a department belong to: that of the nearest department above, else of the whole house."""
    known = house()
    return known.homes.get(department_id, known.homes.get(None))


def _load() -> House:
    with system_scope("pools") as db:
        pools = db.execute(sa.select(Pool.__table__).where(Pool.deleted_at.is_(None)).order_by(Pool.id)).all()
        members = db.execute(sa.select(PoolMember.__table__).where(PoolMember.deleted_at.is_(None))).all() if pools else []
        lines = {d: departments_of(path) for d, path in db.execute(sa.select(Department.id, Department.path))} if pools else {}
    made = {row.id: _rules(row, [m for m in members if m.pool_id == row.id]) for row in pools}
    own: dict[int | None, int] = {}
    for row in pools:
        own.setdefault(row.department_id, row.id)
    homes: dict[int | None, int] = {d: pool for d, path in lines.items() if (pool := next((own[step] for step in reversed(path) if step in own), own.get(None)))}
    if None in own:
        homes[None] = own[None]
    return House(made, homes, {d: frozenset(path) for d, path in lines.items()})


def _rules(row: Any, members: list[Any]) -> Rules:
    claimers = [m for m in members if not m.manages]
    departments = {m.department_id for m in claimers if m.department_id}
    if not claimers and row.department_id:
        departments = {row.department_id}
    names = ("id", "name", "department_id", "hold_limit", "claim_limit", "return_after", "deal_after", "warn_before", "cool_down", "protect_limit", "protect_days", "share_days")
    return Rules(
        **{name: getattr(row, name) for name in names}, departments=frozenset(departments), everybody=not claimers and row.department_id is None,
        people=frozenset(m.user_id for m in claimers if m.user_id), managers=frozenset(m.user_id for m in members if m.manages and m.user_id),
        managing_departments=frozenset(m.department_id for m in members if m.manages and m.department_id),
    )
