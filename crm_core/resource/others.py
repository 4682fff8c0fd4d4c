"""Other people: what they may see, asked before they are told of a record; where records go that are given to them."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.access.gate import scope_for
from crm_core.access.models import User
from crm_core.data.mixins import is_scoped
from crm_core.data.session import current_work
from crm_core.kernel import actors
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped


def readers(resource: Any, row_id: int, user_ids: Iterable[int]) -> set[int]:
    """Which of these colleagues may read this record as a whole (its brief view is not enough), by their rights of now.

    Ask it before a mention, a task or a message names the record to somebody.
    """
    row = resource.system_row(row_id)
    if row is None or row.deleted_at is not None:
        return set()
    found = set()
    for user_id in set(user_ids):
        try:
            who = actors.load(site(), user_id)
        except actors.ActorGone:
            continue
        if is_scoped(resource.model):
            allowed = scope_for(who, resource.model).holds(dict(row._mapping))
        else:
            allowed = who.can(f"{resource.name}.read")
        if allowed:
            found.add(user_id)
    return found


def follow_owner(rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
    """For `derive`: a record given to somebody else goes to his department, unless the department is said too."""
    moved = [
        row for row in rows
        if row.get("owner_id") is not None and "department_id" not in row and row.get("id") in before
        and row["owner_id"] != before[row["id"]].get("owner_id")
    ]
    if not moved:
        return
    query = sa.select(User.id, User.department_id).where(User.id.in_({row["owner_id"] for row in moved}))
    homes = {r.id: r.department_id for r in current_work().session.execute(query, execution_options=unscoped("a new owner's home"))}
    for row in moved:
        home = homes.get(row["owner_id"])
        if home is not None:
            row["department_id"] = home
