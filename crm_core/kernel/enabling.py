"""Switching plugins on and off. Nothing is lost: off only means that nobody looks at the data.

On: migrate under the lock after a copy, then in one transaction put in words and roles, wake what slept (references of merged
records, owners of parts), call `on_enable(since)`, and raise the site's generation; `crm serve` then starts a new set of
processes beside the old one. Off: undelivered events are put to sleep, waiting jobs cancelled, the generation raised.
"""

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

import sqlalchemy as sa

from crm_core.data import migrate, revisions
from crm_core.data.base import Model, table_of
from crm_core.data.session import writing
from crm_core.kernel import plugins
from crm_core.kernel.clock import now
from crm_core.kernel.errors import Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.models import JobRow, OutboxRow, PluginRow, PluginState
from crm_core.kernel.registry import features_of
from crm_core.kernel.site import Site

log = logging.getLogger("crm.plugins")
_table = table_of(PluginRow)

# Slot: called for each package that wakes, as the house, in the transaction that switches it on: (site, package, since).
waking: list[Callable[[Site, str, Any], None]] = []
# Slot: called once after these with the features of core that slept because nothing used them, and now wake: (site, features).
rousing: list[Callable[[Site, AbstractSet[str]], None]] = []


def to_enable(site: Site, names: Sequence[str]) -> list[str]:
    """These plugins and what they require, without those that serve already. Raises Missing or Refused with the reason."""
    found = plugins.discover()
    for name in names:
        if name not in found:
            raise Missing(_("There is no plugin “%(name)s” on this machine; install it with pip first.", name=name))
    active = plugins.wanted(plugins.states(site.engines))
    wanted = [one for name in names for one in plugins.closure(name, found) if one not in active]
    chosen = plugins.plan({*active, *wanted}, found)
    for name in names:
        if name in chosen.blocked:
            raise Refused(f"{name}: {chosen.blocked[name]}")
    return list(dict.fromkeys(wanted))


def enable(site: Site, names: Sequence[str], audience: Sequence[int] = ()) -> migrate.Applied:
    """Switch these on, in load order; `site` was opened with them (`open_site(also=names)`). `audience`: for whom those are that
    the site has never used. Raises what a plugin raises:
    then nothing is switched on, and tables that were made before stay, empty and harmless."""
    applied = migrate.upgrade(site, blame=partial(plugins.blaming, site))
    known = plugins.states(site.engines)
    with site.system("enable"), writing() as db:
        conn = db.connection()
        fresh = [p for p in site.registry.packages if p.name in names]
        for package in fresh:
            _mark(conn, package, audience)
        _check_tables(conn, site, names)  # only now: who purges one at this moment waits for us, or we see that he was quicker
        site.registry.call("install", first=False)
        slept = features_of(fresh) - features_of(p for p in site.registry.packages if p.name not in names)
        for rouse in rousing if slept else ():
            rouse(site, slept)
        for package in fresh:
            since = known[package.name].disabled_at if package.name in known else None
            for wake in waking:
                wake(site, package.name, since)
            site.registry.call("on_enable", only=package.name, since=since)
        db.flush()
        _next_generation(conn)
    site.wake()
    return applied


def _mark(conn: sa.Connection, package: Any, audience: Sequence[int]) -> None:
    """It counts as switched on, with nothing left of its sleep and its faults."""
    conn.execute(sa.delete(table_of(OutboxRow)).where(_deliveries(package.name), OutboxRow.state == "dormant"))
    values = {"state": PluginState.active, "version": package.version, "error": None, "enabled_at": now(), "disabled_at": None,
              "faults": 0, "fault": None, "fault_at": None}
    if not conn.execute(sa.update(_table).where(_table.c.name == package.name).values(values)).rowcount:
        conn.execute(sa.insert(_table).values(name=package.name, made_at=now(), audience=list(audience) or None, **values))
    conn.execute(sa.delete(_table).where(_table.c.state == PluginState.failed, _bridges(package.name)))


def _check_tables(conn: sa.Connection, site: Site, names: Sequence[str]) -> None:
    """Refuse a plugin whose migrations do not make the tables its models want."""
    packages = [p.name for p in site.registry.packages]
    there = revisions.table_names(conn)
    lacking = sorted(t for t in Model.metadata.tables if revisions.owner_of(t, packages) in names and t not in there)
    if lacking:
        raise Refused(_("Its migrations do not make these tables: %(tables)s. For its author: crm plugin migrate %(name)s",
                        tables=lacking, name=names[-1]))


def to_disable(site: Site, names: Sequence[str]) -> list[str]:
    """These plugins and those that cannot do without them, the latter first. Raises Refused when one is not switched on."""
    known = plugins.states(site.engines)
    for name in names:
        if name not in known or known[name].state is PluginState.disabled:
            raise Refused(_("The plugin “%(name)s” is not switched on.", name=name))
    others = plugins.dependants(names, plugins.wanted(known), plugins.discover())
    return [*reversed(others), *names]


def disable(site: Site, names: Sequence[str]) -> None:
    """Switch these off. A plugin that cannot even say good-bye is switched off all the same."""
    with site.system("disable"), writing() as db:
        for name in names:
            try:
                with db.begin_nested():
                    site.registry.call("on_disable", only=name)
            except Exception:  # it may be the very fault it is switched off for
                log.exception("on_disable of %s failed", name)
            conn = db.connection()
            conn.execute(sa.update(table_of(OutboxRow)).where(
                _deliveries(name), OutboxRow.state.in_(["queued", "parked"])).values(state="dormant"))
            conn.execute(sa.update(table_of(JobRow)).where(
                JobRow.name.startswith(f"{name}.", autoescape=True), JobRow.state == "queued").values(state="cancelled", ended_at=now()))
            conn.execute(sa.update(_table).where(_table.c.name == name).values(
                state=PluginState.disabled, disabled_at=sa.func.coalesce(_table.c.disabled_at, sa.bindparam("at", now())), error=None))
        _next_generation(db.connection())
    site.wake()


def set_audience(site: Site, name: str, departments: Sequence[int]) -> None:
    """For whom a plugin's faces are: people of these departments and those below; none: everybody. It holds from the next
    request on. Raises Refused for a plugin the site does not use."""
    with writing() as db:
        conn = db.connection()
        values = {"audience": sorted(set(departments)) or None}
        if not conn.execute(sa.update(_table).where(_table.c.name == name).values(values)).rowcount:
            raise Refused(_("The plugin “%(name)s” is not switched on.", name=name))
        own = Model.metadata.tables["core_site"]
        conn.execute(sa.update(own).values(rights=own.c.rights + 1))


def generation(site: Site) -> int:
    """The number of the set of plugins that is to serve; it grows with each switching."""
    own = Model.metadata.tables["core_site"]
    with site.engines.read.connect() as conn:
        return int(conn.execute(sa.select(own.c.generation)).scalar() or 0)


def _next_generation(conn: sa.Connection) -> None:
    own = Model.metadata.tables["core_site"]
    conn.execute(sa.update(own).values(generation=own.c.generation + 1, rights=own.c.rights + 1))


def _deliveries(name: str) -> sa.ColumnElement[bool]:
    return OutboxRow.listener.startswith(f"{name}.", autoescape=True)


def _bridges(name: str) -> sa.ColumnElement[bool]:
    return sa.or_(_table.c.name.startswith(f"{name}+", autoescape=True), _table.c.name.endswith(f"+{name}", autoescape=True))
