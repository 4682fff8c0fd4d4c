"""Upgrades: one env.py, a version table for each package, core first and then the plugins in load order.

A disabled plugin's tables and version stay as they are; whatever the set of active packages, each one's chain is its
own.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from crm_core.data import revisions, safety
from crm_core.data.base import Model
from crm_core.data.engine import Engines
from crm_core.data.faults import NewerSchema, UpgradeRefused
from crm_core.data.revisions import PackageLike, Status
from crm_core.text.problems import N_

__all__ = ["Applied", "NewerSchema", "UpgradeRefused", "check", "make_first", "make_revision", "needs_upgrade",
           "pending", "upgrade"]

HERE = Path(__file__).parent / "migrations"

# Slot: called in the transaction of each package's upgrade, after its last revision (kernel/references.py).
after_package: list[Callable[[sa.Connection, Any, "SiteLike"], None]] = []
# Slot: called with each package and its pending steps before anything is changed; refuses what would hurt somebody who sleeps.
before_upgrade: list[Callable[[sa.Connection, Any, Sequence[str], "SiteLike"], None]] = []

Blame = Callable[[str], AbstractContextManager[None]]


class RegistryLike(Protocol):
    @property
    def packages(self) -> Sequence[PackageLike]: ...


class SiteLike(Protocol):
    """What is asked of a site here (kernel.site.Site)."""

    engines: Engines
    registry: Any

    @property
    def home(self) -> Path: ...
    def folder(self, name: str) -> Path: ...


@dataclass(frozen=True)
class Applied:
    """What an upgrade did: revisions by package, and the copy made before."""

    revisions: dict[str, tuple[str, ...]]
    backup: Path | None

    def __bool__(self) -> bool:
        return bool(self.revisions)


def pending(site: SiteLike) -> list[Status]:
    """Where each package stands, by plain SQL. `.pending` of one raises NewerSchema when the database is ahead."""
    with site.engines.read.connect() as conn:
        return revisions.status(conn, site.registry.packages)


def needs_upgrade(site: SiteLike) -> list[str]:
    """Names of the packages whose tables are behind; empty when all is well. Raises NewerSchema."""
    return [status.package for status in pending(site) if status.pending]


def upgrade(site: SiteLike, package: str | None = None, *, backup: bool = True, blame: Blame = lambda _package: nullcontext()) -> Applied:
    """Bring the database to the newest revisions of all packages (or of one), under the lock, after a copy.

    Each package is one transaction: killed or failed in the middle, it is as before. `blame(package)` is around each, and may
    make another fault of what is raised. Raises NewerSchema or UpgradeRefused.
    """
    made = safety.engine(site.engines.url)
    try:
        with safety.lock(made, site.home):
            with made.connect() as conn:
                todo = [(p, s.pending) for p, s in zip(
                    site.registry.packages, revisions.status(conn, site.registry.packages), strict=True)
                    if package in (None, p.name) and s.pending]
                empty = not revisions.table_names(conn)
                for one, steps in todo if not empty else ():
                    for call in before_upgrade:
                        call(conn, one, steps, site)
            if not todo:
                return Applied({}, None)
            copy = safety.copy_before(site.engines.url, site.folder("backups")) if backup and not empty else None
            for one, _steps in todo:
                with blame(one.name):
                    _upgrade_one(made, one, site)
            return Applied({p.name: steps for p, steps in todo}, copy)
    finally:
        made.dispose()


def check(site: SiteLike) -> dict[str, list[str]]:
    """By package, what the models have and the database has not, or the other way round; empty lists when they
    agree."""
    from crm_core.data.autogenerate import differences

    made = safety.engine(site.engines.url)
    try:
        with made.connect() as conn:
            return {p.name: differences(conn, p, site.registry.packages) for p in site.registry.packages}
    finally:
        made.dispose()


def make_revision(site: SiteLike, package: str, message: str) -> Path | None:
    """Write the revision that brings this database to the models of a package; None when there is nothing to write."""
    from crm_core.data.autogenerate import write

    found = next((p for p in site.registry.packages if p.name == package), None)
    if found is None:
        raise UpgradeRefused(N_("There is no active package %(name)s."), name=package)
    behind = needs_upgrade(site)
    if behind:
        raise UpgradeRefused(N_("The database needs an upgrade first: crm db upgrade (%(packages)s)"),
                             packages=", ".join(behind))
    made = safety.engine(site.engines.url)
    try:
        with made.connect() as conn, conn.begin():
            return write(conn, found, site.registry.packages, message, found.migrations)
    finally:
        made.dispose()


def make_first(package: PackageLike, packages: Sequence[PackageLike]) -> Path:
    """Write `0001_first.py` anew from the models, for a package that was never released. Later revisions stay."""
    from crm_core.data.autogenerate import write_first

    return write_first(package, packages)


def _upgrade_one(made: sa.Engine, package: PackageLike, site: SiteLike) -> None:
    from crm_core.data.autogenerate import Settings, run

    with made.connect() as conn, conn.begin():
        steps = revisions.status(conn, [package])[0].pending
        broken = safety.broken_keys(conn)
        if broken:
            raise UpgradeRefused(N_("Rows of this database point at nothing, mend them first: %(rows)s"),
                                 rows="; ".join(broken[:5]))
        before = safety.Snapshot.of(conn)
        settings = Settings(conn, package, [p.name for p in site.registry.packages])
        changes, fills = run(settings, steps)
        for call in after_package:
            call(conn, package, site)
        broken = safety.broken_keys(conn)
        found = [] if before is None else before.differences(
            safety.Snapshot.of(conn) or before, changes, fills | {package.version_table, "core_reference"})
        if broken or found:
            raise UpgradeRefused(N_("The upgrade of “%(package)s” was rolled back, it would have damaged data: %(found)s"),
                                 package=package.name, found="; ".join((broken + found)[:8]))


def metadata() -> sa.MetaData:
    """The tables of all mapped classes that were imported."""
    return Model.metadata
