"""What the search index knows of shared records: tokens (`u_7` shared with a colleague, `g_3` with a team) in their documents and
in those of their parts. A token may outlive its share: hits of who has something shared meet their records in any case."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import Share
from crm_core.access.rights import made
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped

_share = table_of(Share)


def tokens_for(who: Any) -> list[str]:
    """Of what is shared with this person."""
    return [f"u_{who.user_id}", *(f"g_{team}" for team in who.teams)]


def tokens_of(resource: Any, ids: Sequence[int]) -> dict[int, list[str]]:
    """Of these records, as they or what they are part of are shared."""
    kinds = made("shared kinds", lambda: frozenset(row[0] for row in _ask(sa.select(_share.c.subject).distinct())))
    found: dict[int, list[str]] = {}
    if kinds:
        _climb(resource, {i: [i] for i in ids}, kinds, found)
    return found


def _climb(resource: Any, at: Mapping[int, Sequence[int]], kinds: frozenset[str], found: dict[int, list[str]]) -> None:
    """From records of a resource (id → the records asked for) up to what they are part of."""
    table, wanted = resource.table, list(at)
    if resource.name in kinds:
        which = sa.and_(_share.c.subject == resource.name, bulk.among(_share.c.subject_id, wanted), Share.live())
        for row in _ask(sa.select(_share.c.subject_id, _share.c.user_id, _share.c.team_id).where(which)):
            for start in at[row.subject_id]:
                found.setdefault(start, []).append(f"u_{row.user_id}" if row.user_id is not None else f"g_{row.team_id}")
    link = resource.parent_field
    if link is None and not resource.of_any:
        return
    above: dict[str, dict[int, list[int]]] = {}
    named = sa.literal(link.target) if link is not None else table.c.subject
    column = table.c[link.column if link is not None else "subject_id"]
    for row in _ask(sa.select(table.c.id, named.label("kind"), column.label("parent")).where(bulk.among(table.c.id, wanted))):
        above.setdefault(row.kind, {}).setdefault(row.parent, []).extend(at[row.id])
    for name, parents in above.items():
        if name in site().registry.resources:
            _climb(site().registry.resources[name], parents, kinds, found)


def _ask(query: Any) -> Any:
    return current_work().session.connection().execute(query, execution_options=unscoped("search index")).all()
