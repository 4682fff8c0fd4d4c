"""What a package's records need when it was switched on after a sleep: the merges, the owners of their parents, the search index."""

from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS, is_scoped
from crm_core.data.session import current_work
from crm_core.kernel import enabling
from crm_core.kernel.jobs import later
from crm_core.kernel.site import Site
from crm_core.resource import merging
from crm_core.resource.changes import unscoped
from crm_core.resource.search import Waiting


def awake(site: Site, package: str, since: Any) -> None:
    """Called for each package that was switched on, as the house, in that transaction."""
    merging.awake(site, package, since)
    own = [r for r in site.registry.resources.values() if r.package == package and not r.is_brief]
    for resource in own:
        for part in resource.parts():
            if is_scoped(part.child.model):
                _carry(resource, part)
        if resource.part_of and not resource.part_of.startswith(f"{package}."):
            parent = site.registry.resources.get(resource.part_of)
            for part in parent.parts() if parent is not None else ():
                if part.child is resource:
                    _carry(parent, part)
    _index(own)


def _carry(parent: Any, part: Any) -> None:
    """Parts whose parent was given to somebody else meanwhile: one statement a table, only rows that differ."""
    of, to = parent.table, part.child.table
    joined = part.of(of, to)
    differs = sa.or_(*(of.c[c].is_distinct_from(to.c[c]) for c in SCOPE_COLUMNS))
    values = {c: sa.select(of.c[c]).where(joined).scalar_subquery() for c in SCOPE_COLUMNS}
    current_work().session.connection().execute(
        sa.update(to).where(sa.exists(sa.select(of.c.id).where(joined, differs))).values(values), execution_options=unscoped("waking"))


def _index(resources: list[Any]) -> None:
    """All their documents are written anew by the job: owners and texts may have changed."""
    conn = current_work().session.connection()
    found = [resource for resource in resources if resource.search]
    for resource in found:
        ids = sa.select(sa.literal(resource.name).label("resource"), resource.table.c.id)
        conn.execute(sa.insert(table_of(Waiting)).from_select(["resource", "record_id"], ids), execution_options=unscoped("waking"))
    if found:
        later("core.search", {})


enabling.waking.append(awake)
