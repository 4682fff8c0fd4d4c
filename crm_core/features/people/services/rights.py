"""What must hold after people or their rights changed: nobody gave more than he has, and somebody can still do everything."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access import ledgers
from crm_core.access.actor import Actor, actor_now
from crm_core.access.delegation import exceeds, rules_everything
from crm_core.access.models import Grant, Role, User, UserRole
from crm_core.access.models import Scope as Reach
from crm_core.data.session import current_work, system_scope
from crm_core.kernel.errors import Forbidden, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor


def acting() -> Actor | None:
    """The person whose rights bind here; None for the house itself."""
    found: Actor | None = None if current_work().session.system else actor()
    return found


def guard(user_ids: Iterable[int]) -> None:
    """Refuse to touch, or to leave behind, users who may do more than the acting person. Raises Forbidden.

    Asked before a change (somebody above him is not his to edit: a new mail address would be a new password) and after it.
    """
    giver = acting()
    if giver is None or rules_everything(giver):
        return
    with system_scope("rights of those who are changed") as db:
        holders = [actor_now(db, user_id) for user_id in user_ids]
    for holder in holders:
        beyond = exceeds(giver, holder) if holder is not None else ""
        if beyond:
            raise Forbidden(_("%(name)s may do more than you (%(what)s); only somebody with those rights can change this.",
                              name=holder.name if holder else "", what=beyond))


def guard_role(role_ids: Sequence[int], user_id: int | None) -> dict[int, str]:
    """Of these roles, those the acting person may not give to a user: {role id: the first permission that is too much}."""
    giver = acting()
    if giver is None or rules_everything(giver) or user_id is None:
        return {}
    found = {}
    with system_scope("rights of a role that is given") as db:
        holder = actor_now(db, user_id)
        for role_id in role_ids:
            grants = db.execute(sa.select(Grant.permission, Grant.scope)
                                .where(Grant.role_id == role_id, Grant.deleted_at.is_(None))).all()
            if holder is not None:
                beyond = exceeds(giver, _only(holder, tuple((g.permission, g.scope) for g in grants)))
                if beyond:
                    found[role_id] = beyond
    return found


def _only(holder: Actor, grants: tuple[tuple[str, Reach], ...]) -> Actor:
    from dataclasses import replace

    return replace(holder, grants=grants, _scopes={})


def guard_last_administrator() -> None:
    """Somebody who may sign in must remain who can do everything. Raises Refused."""
    if acting() is not None and not administrators():
        raise Refused(_("Somebody must remain administrator; give the role to somebody else first."))


def administrators() -> list[int]:
    """Who may sign in and do everything, two of them at most."""
    with system_scope("who can do everything") as db:
        query = (
            sa.select(User.id)
            .join(UserRole, UserRole.user_id == User.id).join(Role, Role.id == UserRole.role_id).join(Grant, Grant.role_id == Role.id)
            .where(User.active, User.deleted_at.is_(None), UserRole.deleted_at.is_(None), Role.deleted_at.is_(None),
                   Grant.deleted_at.is_(None), Grant.permission == "*", Grant.scope == Reach.all)
            .distinct().limit(2)
        )
        return list(db.scalars(query))


def note_change(resource: str, verb: str, ids: Sequence[int]) -> None:
    """A security event for what was done to people and rights, in the same transaction."""
    giver: Any = acting()
    shown = ", ".join(str(i) for i in ids[:20])
    ledgers.note(f"{resource.partition('.')[2]} {verb}", giver.user_id if giver else None, shown)
