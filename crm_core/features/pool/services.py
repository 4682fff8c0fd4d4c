"""Claim, give, hand over, return, protect: every way a customer changes hands on purpose."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.features.customers.api import Customer
from crm_core.features.pool import rules
from crm_core.features.pool.models import Holding
from crm_core.features.pool.rules import Rules
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource import changes, shares
from crm_core.resource import rows as statements
from crm_core.resource.after import OwnersChanged, finish
from crm_core.resource.changes import unscoped

NAME = "core.customer"
Row = dict[str, Any]
_table = table_of(Customer)
_holding = table_of(Holding)


def claim(_resource: Any, ids: Sequence[int]) -> None:
    """Take customers out of their pool. Raises Refused in a sentence: taken meanwhile, not for him, too many, too soon."""
    who = actor()
    with writing():
        _one_at_a_time(who.user_id)
        found = locked(ids)
        by_pool: dict[int, list[Row]] = {}
        for row in found:
            pool = _in_pool(row)
            if not pool.may_claim(who, rules.house().path(who.department_id)):
                raise Refused(_("“%(name)s” lies in a pool that you may not claim from.", name=row["name"]))
            by_pool.setdefault(pool.id, []).append(row)
        for pool_id, rows in by_pool.items():
            _within_limits(rules.house().pools[pool_id], who.user_id, rows)
        move(found, owner=who.user_id, department=who.department_id, kind="claim")


def give(resource: Any, ids: Sequence[int], owner: int, why: str | None = None) -> None:
    """Who manages a pool gives its customers to a colleague."""
    who = actor()
    with writing():
        found = locked(ids)
        for row in found:
            if not _in_pool(row).manages(who, rules.house().path(who.department_id)) and not _reaches(row):
                raise Refused(_("“%(name)s” lies in a pool that you do not manage.", name=row["name"]))
        move(found, owner=owner, department=_home_of(owner), kind="give", why=why or "")


def hand_over(resource: Any, ids: Sequence[int], owner: int, why: str) -> None:
    """Give customers one holds to a colleague, and say why."""
    with writing():
        found = locked(ids)
        if any(row["owner_id"] is None for row in found):
            raise Refused(_("Nobody holds this customer; claim it first."))
        for pool_id in {row["pool_id"] for row in found} & rules.house().pools.keys():
            _room(rules.house().pools[pool_id], owner, [row for row in found if row["pool_id"] == pool_id])
        move(found, owner=owner, department=_home_of(owner), kind="hand_over", why=why)


def give_back(resource: Any, ids: Sequence[int], why: str | None = None, pool: int | None = None) -> None:
    """Back into the pool they came from, or another."""
    with writing():
        found = locked(ids)
        for row in found:
            if row["owner_id"] is None and (pool is None or pool == row["pool_id"]):
                raise Refused(_("“%(name)s” lies in a pool already.", name=row["name"]))
            row["target"] = pool or pool_of(row)
            if row["target"] not in rules.house().pools:
                raise Refused(_("There is no public pool for “%(name)s”.", name=row["name"]))
        to_pool(found, kind="return", why=why or "")


def protect(resource: Any, ids: Sequence[int], until: dt.date) -> None:
    """Spare customers one holds from returning by themselves, until a day."""
    today = clock.today()
    if until < today:
        raise Invalid({"until": [_("This day has passed.")]})
    with writing():
        found = locked(ids)
        owners = {row["owner_id"] for row in found}
        for owner in sorted(filter(None, owners)):
            _one_at_a_time(owner)
        wanted: dict[tuple[int, int], int] = {}
        for row in found:
            pool = rules.house().pools.get(pool_of(row) or 0)
            if row["owner_id"] is None or pool is None:
                raise Refused(_("Only customers that somebody holds under the rules of a pool can be protected."))
            if (until - today).days > pool.protect_days:
                raise Invalid({"until": [ngettext("At most %(n)s day from today.", "At most %(n)s days from today.", pool.protect_days)]})
            key = (row["owner_id"], pool.id)
            wanted[key] = wanted.get(key, 0) + 1
        for (owner, pool_id), n in wanted.items():
            limit = rules.house().pools[pool_id].protect_limit
            held = _table.c.owner_id == owner, _table.c.pool_id == pool_id, _table.c.protected_until >= today, _table.c.id.not_in([r["id"] for r in found])
            if _counted(limit + 1, *held) + n > limit:
                raise Refused(ngettext("Only %(n)s customer may be protected.", "Only %(n)s customers may be protected.", limit))
        _write(found, [{"id": row["id"], "protected_until": until} for row in found], "protect")


def unprotect(resource: Any, ids: Sequence[int]) -> None:
    """They may return by themselves again."""
    with writing():
        found = locked(ids)
        _write(found, [{"id": row["id"], "protected_until": None} for row in found], "unprotect")


# --- how ----------------------------------------------------------------------------------------------------------------


def pool_of(row: Mapping[str, Any]) -> int | None:
    """The pool whose rules hold for a customer."""
    return row["pool_id"] if row["pool_id"] is not None else rules.home(row["department_id"])


def move(rows: Sequence[Row], *, owner: int, department: int | None, kind: str, why: str = "") -> None:
    """Give customers, locked before, to somebody."""
    _write(rows, [
        {"id": row["id"], "owner_id": owner, "department_id": department, "team_id": None, "pool_id": pool_of(row)} for row in rows], kind, why)


def to_pool(rows: Sequence[Row], *, kind: str, why: str = "") -> None:
    """Take customers from who holds them; each row says its `target` pool."""
    known = rules.house().pools
    _write(rows, [
        {"id": row["id"], "owner_id": None, "department_id": known[row["target"]].department_id or row["department_id"], "team_id": None,
         "pool_id": row["target"]}
        for row in rows
    ], kind, why)


def open_to_imports() -> dict[int, str]:
    """Pools whose customers the acting person may bring in from a file: those he manages, and, where he may give back what he
    holds, those he may claim from."""
    who = actor()
    if not hasattr(who, "user_id"):
        return {}
    path, returns = rules.house().path(who.department_id), who.can(f"{NAME}.give_back")
    every = who.scope(NAME, "create").everything
    return {p.id: p.name for p in rules.house().pools.values() if every or p.manages(who, path) or (returns and p.may_claim(who, path))}


def imported(ids: Sequence[int], pool: int) -> None:
    """Customers that a file has made a moment ago go into a pool. Raises Forbidden."""
    if pool not in open_to_imports():
        raise Forbidden(_("You may not import into this public pool."))
    with writing():
        to_pool([{**row, "target": pool} for row in locked(ids)], kind="import")


def _write(rows: Sequence[Row], made: list[Row], kind: str, why: str = "") -> None:
    """The second half of the write path: history, parts, search, time line, events."""
    customers = site().registry.resource(NAME)
    before = {row["id"]: row for row in rows}
    with changes.change(kind, resource=NAME, note=why or None) as change, _said(kind, why):
        free = [row["id"] for row in made if "owner_id" in row and row["owner_id"] is None]
        if some := shares.of(NAME, free):  # what lies in a pool is nobody's to share
            shares.take(customers, list(some))
        customers.derive(made, before)
        finish(customers, statements.update(customers, made, before), change)


@contextmanager
def _said(kind: str, why: str) -> Iterator[None]:
    info = current_work().info
    info["holding"] = kind, why
    try:
        yield
    finally:
        del info["holding"]


def changed_hands(event: OwnersChanged) -> None:
    """Listener: whatever way a customer changed hands, it stands in its history."""
    if event.resource != NAME:
        return
    kind, why = current_work().info.get("holding") or (session.scalar(sa.select(changes.Change.kind).where(changes.Change.id == event.change)) or "save", "")
    at, by = clock.now(), my_id()
    conn = current_work().session.connection()
    pools: dict[int, int | None] = {}
    for start in range(0, len(event.ids), 500):
        query = sa.select(_table.c.id, _table.c.pool_id).where(_table.c.id.in_(event.ids[start : start + 500]))
        pools.update({row.id: row.pool_id for row in conn.execute(query, execution_options=unscoped("history of holders"))})
    conn.execute(sa.insert(_holding), [
        {"subject": NAME, "subject_id": i, "at": at, "kind": kind.removeprefix("bulk "), "before_id": old, "after_id": new, "pool_id": pools.get(i), "by_id": by, "why": why or None}
        for i, old, new in zip(event.ids, event.before, event.after, strict=True)
    ])


def locked(ids: Sequence[int]) -> list[Row]:
    """Customers as they stand, whoever sees them, locked in the order of their keys."""
    found: list[Row] = []
    session.flush()
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        query = (
            sa.select(_table).where(_table.c.id.in_(wanted[start : start + 500]), _table.c.deleted_at.is_(None))
            .order_by(_table.c.id).with_for_update()
        )
        rows = session.connection().execute(query, execution_options=unscoped("customers that change hands"))
        found += [dict(row) for row in rows.mappings()]
    if len(found) < len(wanted):
        raise Missing(_("This record was not found."))
    return found


def _one_at_a_time(user_id: int) -> None:
    """Two requests of one person do not both fit under a limit that has room for one."""
    users = table_of(User)
    session.connection().execute(
        sa.select(users.c.id).where(users.c.id == user_id).with_for_update(), execution_options=unscoped("limits of a person"))


def _in_pool(row: Row) -> Rules:
    if row["owner_id"] is not None:
        raise Refused(_("Somebody was quicker: “%(name)s” is held already.", name=row["name"]))
    pool = rules.house().pools.get(pool_of(row) or 0)
    if pool is None:
        raise Refused(_("“%(name)s” lies in no public pool.", name=row["name"]))
    return pool


def _within_limits(pool: Rules, me: int, rows: Sequence[Row]) -> None:
    _room(pool, me, rows)
    conn = session.connection()
    if pool.claim_limit is not None:
        start = clock.instant(clock.today())
        few = sa.select(_holding.c.id).where(
            _holding.c.after_id == me, _holding.c.kind == "claim", _holding.c.at >= start, _holding.c.pool_id == pool.id).limit(pool.claim_limit + 1)
        today = conn.execute(sa.select(sa.func.count()).select_from(few.subquery())).scalar_one()
        if today + len(rows) > pool.claim_limit:
            raise Refused(ngettext("You may claim %(n)s customer a day from “%(pool)s”.", "You may claim %(n)s customers a day from “%(pool)s”.", pool.claim_limit, pool=pool.name))
    if pool.cool_down:
        since = clock.now() - dt.timedelta(days=pool.cool_down)
        query = sa.select(_holding.c.subject_id).where(
            _holding.c.subject == NAME, _holding.c.subject_id.in_([row["id"] for row in rows]), _holding.c.before_id == me, _holding.c.at > since)
        waiting = conn.execute(query.limit(1)).scalar()
        if waiting is not None:
            name = next(row["name"] for row in rows if row["id"] == waiting)
            raise Refused(ngettext("You held “%(name)s” until lately and wait %(n)s day.", "You held “%(name)s” until lately and wait %(n)s days.", pool.cool_down, name=name))


def _room(pool: Rules, holder: int, rows: Sequence[Row]) -> None:
    if pool.hold_limit is None:
        return
    held = _counted(pool.hold_limit + 1, _table.c.owner_id == holder, _table.c.pool_id == pool.id)
    if held + len(rows) > pool.hold_limit:
        raise Refused(ngettext("One person may hold %(n)s customer of “%(pool)s”.", "One person may hold %(n)s customers of “%(pool)s”.", pool.hold_limit, pool=pool.name))


def _counted(limit: int, *where: Any) -> int:
    few = sa.select(_table.c.id).where(_table.c.deleted_at.is_(None), *where).limit(limit).subquery()
    count = session.connection().execute(sa.select(sa.func.count()).select_from(few), execution_options=unscoped("limits of a person"))
    return int(count.scalar_one())


def _reaches(row: Row) -> bool:
    """Whether the acting person may give this customer away by his own rights."""
    return current_work().session.system is not None or actor().scope(NAME, "assign").holds(row)


def _home_of(user_id: int) -> int | None:
    with system_scope("department of a receiver") as db:
        return db.execute(sa.select(User.department_id).where(User.id == user_id)).scalar_one_or_none()
