"""Nobody gives what he does not have: what one person's roles reach, compared with what another's reach."""

from fnmatch import fnmatchcase
from typing import Any

from crm_core.access.actor import Actor
from crm_core.access.models import Rule
from crm_core.access.models import Scope as Reach
from crm_core.access.scope import NOTHING, Scope, reach
from crm_core.data.session import current_work

_WILD = frozenset("*?[")


class ProofNeeded(Exception):
    """This needs the password once more; the pages ask for it and go on."""


def require_proof() -> None:
    """For acts on people, roles and the like: whoever is signed in must have given his password within ten minutes.

    Commands, jobs and API tokens have no session that could have been left open; they pass.
    """
    if current_work().info.get("proved") is False:
        raise ProofNeeded


def rules_everything(giver: Actor) -> bool:
    """Whether nothing can exceed him: an administrator who is signed in himself."""
    return giver.token is None and not giver.rules and ("*", Reach.all) in giver.grants


def reach_of(giver: Actor, permission: str) -> Scope:
    """The rows on which he may do all that a permission, or a pattern of permissions, names."""
    if giver.token is not None and not any(fnmatchcase(permission, pattern) for pattern in giver.token):
        return NOTHING
    found = NOTHING
    for pattern, word in giver.grants:
        if fnmatchcase(permission, pattern):
            found |= reach(word, giver.user_id, giver.department_id, giver.subtree, giver.teams)
    return found if _WILD & set(permission) else found | giver.scope_of(permission)


def exceeds(giver: Actor, holder: Actor) -> str:
    """The first permission that reaches farther for `holder` than for `giver`, or "": his rights are no more than those."""
    if rules_everything(giver):
        return ""
    for permission, word in holder.grants:
        theirs = reach(word, holder.user_id, holder.department_id, holder.subtree, holder.teams)
        if not covers(reach_of(giver, permission), theirs, holder.user_id):
            return permission
    for resource, fields in giver.rules.items():
        for name, rule in fields.items():
            if holder.can(f"{resource}.read") and not _as_strict(holder.rule(resource, name), rule):
                return f"{resource}.{name}"
    return ""


def covers(mine: Scope, theirs: Scope, holder_id: int) -> bool:
    """Whether one scope lies within another; a holder's own records count as within whatever the giver reaches."""
    if mine.everything:
        return True
    if theirs.everything or mine.nothing:
        return False
    have = {column: set(values) for column, values in mine.branches}
    return all(set(values) - {holder_id if column == "owner_id" else None} <= have.get(column, set())
               for column, values in theirs.branches)


def grant_exceeds(giver: Actor, permission: str, word: Any) -> bool:
    """Whether a grant of a role, held by whomever, would be more than the giver has."""
    if rules_everything(giver):
        return False
    found = reach_of(giver, permission)
    return not (found.everything or (word is Reach.own and not found.nothing))


def _as_strict(theirs: Rule | None, mine: Rule) -> bool:
    return theirs is Rule.hidden or theirs is mine
