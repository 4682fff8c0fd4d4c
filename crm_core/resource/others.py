"""What other people may see, asked before they are told of a record."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from crm_core.access.gate import scope_for
from crm_core.data.mixins import is_scoped
from crm_core.data.session import acting_as
from crm_core.kernel import actors
from crm_core.kernel.site import site

T = TypeVar("T")


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


def as_seen_by(user_id: int | None, ask: Callable[[], T], nothing: T) -> T:
    """What `ask` answers as this colleague may see it, records and fields, by his rights of now: for what the house copies into a record
    of his. `nothing` where it is nobody's, or he may not sign in any more."""
    if user_id is None:
        return nothing
    try:
        who = actors.load(site(), user_id)
    except actors.ActorGone:
        return nothing
    with acting_as(who):
        return ask()
