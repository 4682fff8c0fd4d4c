"""What other people may see, asked before they are told of a record."""

from collections.abc import Iterable
from typing import Any

from crm_core.access.gate import scope_for
from crm_core.data.mixins import is_scoped
from crm_core.kernel import actors
from crm_core.kernel.site import site


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
