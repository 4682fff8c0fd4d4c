"""What nobody looks after goes back to its pool by itself, after a warning; by the set, in batches, exactly once.

A batch finds what is due by the clocks of holders (customers/holding.py) and moves it in the same transaction; what was
moved is not due any more, so a job that was killed anywhere begins anew and does nothing twice.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.features.customers.api import Customer
from crm_core.features.messages.api import notify
from crm_core.features.pool import rules, services
from crm_core.features.pool.rules import Rules
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.resource import changes
from crm_core.resource.changes import unscoped

_table = table_of(Customer)
RETURN, ADOPT = "core.pool.return", "core.pool.adopt"
SOURCE = _("Public pool")
_SLACK = dt.timedelta(hours=12)  # the job runs once a day, not to the second
HELD = "/core/customer?owner.me=1&sort=followed_at"


class Clock(NamedTuple):
    """One rule of a pool: the column it looks at, after how many days, and where the warning is noted."""

    pool: Rules
    column: str
    days: int
    warned: str
    why: Any


def clocks() -> Iterator[Clock]:
    """The rules of all pools that take customers back."""
    for pool in rules.house().pools.values():
        if pool.return_after:
            yield Clock(pool, "followed_at", pool.return_after, "warned_at", _("%(n)s days without follow-up", n=pool.return_after))
        if pool.deal_after:
            yield Clock(pool, "dealt_at", pool.deal_after, "deal_warned_at", _("%(n)s days without deal", n=pool.deal_after))


def run(job: Running) -> None:
    """The nightly job. Nothing returns that was not warned of in time: rules made stricter begin with a warning."""
    pace = Pace(job)
    for one in list(clocks()):
        while _returned(one, job, pace):
            pass
        while one.pool.warn_before and _warned(one, job, pace):
            pass


def silent(one: Clock, *, ahead: int = 0) -> list[sa.ColumnElement[bool]]:
    """What is silent for so long by this rule, or will be within some days, and is not protected."""
    c = _table.c
    return [
        c.pool_id == one.pool.id, c.owner_id.is_not(None), c.deleted_at.is_(None),
        c[one.column] <= clock.now() - dt.timedelta(days=one.days - ahead),
        sa.or_(c.protected_until.is_(None), c.protected_until < clock.today()),
    ]


def due(one: Clock) -> list[sa.ColumnElement[bool]]:
    """What returns by this rule now: silent for too long, and its holder was warned in this silence."""
    if not one.pool.warn_before:
        return silent(one)
    warned = _table.c[one.warned]
    return [*silent(one), warned >= _table.c[one.column], warned <= clock.now() - dt.timedelta(days=one.pool.warn_before) + _SLACK]


def _returned(one: Clock, job: Running, pace: Pace) -> int:
    with pace.write():
        query = sa.select(_table).where(*due(one)).limit(pace.size).with_for_update(skip_locked=True)
        found = [dict(row) for row in session.connection().execute(query, execution_options=unscoped("return to the pool")).mappings()]
        if found:
            if job.change_id is None:
                job.change_id = changes.new_change("expired", resource=services.NAME)
            with changes.within(job.change_id):
                services.to_pool([{**row, "target": one.pool.id} for row in found], kind="expired", why=str(one.why))
            for holder, mine in _by_holder(found):
                notify([holder], ngettext("%(n)s customer went back to the pool: %(why)s", "%(n)s customers went back to the pool: %(why)s", len(mine), why=one.why)
                       if len(mine) > 1 else _("“%(name)s” went back to the pool: %(why)s", name=mine[0]["name"], why=one.why), path=HELD, source=SOURCE)
            job.result["counts"] = {"done": job.done + len(found)}
            job.progress(job.done + len(found))
    return len(found)


def _warned(one: Clock, job: Running, pace: Pace) -> int:
    """Once for each silence: a warning before the holder's last follow-up is one of an earlier silence."""
    warned = _table.c[one.warned]
    with pace.write():
        query = (
            sa.select(_table.c.id, _table.c.name, _table.c.owner_id)
            .where(*silent(one, ahead=one.pool.warn_before), sa.or_(warned.is_(None), warned < _table.c[one.column])).limit(pace.size)
        )
        found = [dict(row) for row in session.connection().execute(query, execution_options=unscoped("warnings")).mappings()]
        if found:
            which = bulk.among(_table.c.id, [row["id"] for row in found])
            session.connection().execute(sa.update(_table).where(which).values({one.warned: clock.now()}), execution_options=unscoped("warnings"))
            for holder, mine in _by_holder(found):
                if len(mine) == 1:
                    notify([holder], _("“%(name)s” goes back to the pool soon: %(why)s", name=mine[0]["name"], why=one.why),
                           about=(services.NAME, mine[0]["id"]), source=SOURCE)
                else:
                    notify([holder], ngettext("%(n)s customer goes back to the pool soon: %(why)s", "%(n)s customers go back to the pool soon: %(why)s",
                                              len(mine), why=one.why), path=HELD, source=SOURCE)
        job.progress(job.done)
    return len(found)


def _by_holder(rows: Sequence[Any]) -> list[tuple[int, list[Any]]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row["owner_id"], []).append(row)
    return sorted(found.items())


def homeless() -> bool:
    """Whether there is any customer without a pool."""
    query = sa.select(_table.c.id).where(_table.c.pool_id.is_(None), _table.c.deleted_at.is_(None)).limit(1)
    return session.connection().execute(query, execution_options=unscoped("pools of departments")).first() is not None


def adopt(job: Running) -> None:
    """Customers that belong to no pool yet get that of their department: after pools were made or departments moved."""
    pace = Pace(job)
    homes = [department for department in rules.house().homes if department is not None]
    while True:
        with pace.write():
            last = job.position.get("last", 0)
            query = (
                sa.select(_table.c.id, _table.c.department_id)
                .where(_table.c.id > last, _table.c.pool_id.is_(None), _table.c.deleted_at.is_(None)).order_by(_table.c.id).limit(pace.size)
            )
            if None not in rules.house().homes:
                query = query.where(bulk.among(_table.c.department_id, homes))
            found = session.connection().execute(query, execution_options=unscoped("pools of departments")).all()
            if not found:
                return
            groups: dict[int, list[int]] = {}
            for row in found:
                pool = rules.home(row.department_id)
                if pool is not None:
                    groups.setdefault(pool, []).append(row.id)
            now, c = clock.now(), _table.c
            for pool, ids in groups.items():
                values = {"pool_id": pool, **{
                    name: sa.case((c.owner_id.is_not(None), sa.func.coalesce(c[name], now))) for name in ("held_at", "followed_at", "dealt_at")}}
                session.connection().execute(sa.update(_table).where(bulk.among(c.id, ids)).values(values), execution_options=unscoped("pools of departments"))
            job.position["last"] = found[-1].id
            job.progress(job.done + len(found))
