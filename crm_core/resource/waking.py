"""What a package's records need when it was switched on after a sleep: the merges, the owners of their parents, the search index."""

from collections.abc import Set as AbstractSet
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS, is_record, is_scoped
from crm_core.data.session import current_work
from crm_core.kernel import enabling
from crm_core.kernel.clock import now
from crm_core.kernel.jobs import later
from crm_core.kernel.site import Site
from crm_core.resource import merging
from crm_core.resource.changes import unscoped
from crm_core.resource.removal import delete_rows
from crm_core.resource.search import Waiting


def awake(site: Site, package: str, since: Any) -> None:
    """Called for each package that was switched on, as the house, in that transaction."""
    merging.awake(site, package, since)
    _follow(site, [r for r in site.registry.resources.values() if r.package == package and not r.is_brief])


def roused(site: Site, features: AbstractSet[str]) -> None:
    """Called for the features of core that slept while no package used them: their rows belong to core, which never slept."""
    _follow(site, [r for r in site.registry.resources.values() if site.registry.feature_of(r) in features and not r.is_brief])


def _follow(site: Site, own: list[Any]) -> None:
    """These went on sleeping while records above them were given away or deleted: from the top down."""
    names = {resource.name for resource in own}
    below = {part.child.name for resource in own for part in resource.parts()}
    for parent in site.registry.resources.values():
        for part in parent.parts() if parent.name not in names else ():
            if part.child.name in names:
                _with(parent, part)
    for resource in own:
        if resource.name not in below:
            _down(resource, {resource.name})
    _index(own)


def _down(resource: Any, above: AbstractSet[str]) -> None:
    for part in resource.parts():
        _with(resource, part)
        if part.child.name not in above:
            _down(part.child, {*above, part.child.name})


def _with(parent: Any, part: Any) -> None:
    if is_scoped(part.child.model) and is_scoped(parent.model):
        _carry(parent, part)
    if is_record(part.child.model) and is_record(parent.model):
        _let_go(parent, part)


def _let_go(parent: Any, part: Any) -> None:
    """Parts whose parent lies in the recycle bin go there under the act that brought it there, and come back with it; those of one that
    is gone for good go for good. What stays on a tombstone of a merge is left: whoever undoes that finds it again."""
    of, to = parent.table, part.child.table
    query = sa.select(of.c.deleted_change_id, to.c.id).where(part.of(of, to), of.c.deleted_at.is_not(None), of.c.merged_into_id.is_(None), to.c.deleted_at.is_(None))
    lost: dict[int | None, list[int]] = {}
    for act, number in _run(query):
        lost.setdefault(act, []).append(number)
    gone = lost.pop(None, [])
    if gone:
        _run(sa.update(to).where(bulk.among(to.c.id, gone)).values(deleted_at=now()))
    for act, ids in lost.items():
        if act is not None:
            delete_rows(part.child, ids, act)


def _carry(parent: Any, part: Any) -> None:
    """Parts whose parent was given to somebody else meanwhile: one statement a table, only rows that differ."""
    of, to = parent.table, part.child.table
    joined = part.of(of, to)
    differs = sa.or_(*(of.c[c].is_distinct_from(to.c[c]) for c in SCOPE_COLUMNS))
    values = {c: sa.select(of.c[c]).where(joined).scalar_subquery() for c in SCOPE_COLUMNS}
    _run(sa.update(to).where(sa.exists(sa.select(of.c.id).where(joined, differs))).values(values))


def _index(resources: list[Any]) -> None:
    """All their documents are written anew by the job: owners and texts may have changed."""
    found = [resource for resource in resources if resource.search]
    for resource in found:
        ids = sa.select(sa.literal(resource.name).label("resource"), resource.table.c.id)
        _run(sa.insert(table_of(Waiting)).from_select(["resource", "record_id"], ids))
    if found:
        later("core.search", {})


def _run(statement: Any) -> Any:
    return current_work().session.connection().execute(statement, execution_options=unscoped("waking"))


enabling.waking.append(awake)
enabling.rousing.append(roused)
