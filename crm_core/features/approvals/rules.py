"""What has to be reviewed, as an administrator says, and who may see it before."""

from typing import Any

from crm_core.access.scope import Unless
from crm_core.features.approvals.models import WAITING, Reviewed
from crm_core.kernel.i18n import _
from crm_core.kernel.models import HOUSE
from crm_core.kernel.site import site
from crm_core.resource.settings import Setting, Settings

FIRST, SECOND = "review_first", "review_second"
VERBS = (FIRST, SECOND)


class ReviewSettings(Settings):
    label = _("Review")
    name = "review"
    departments = False
    customers: bool = Setting(False, _("Customers are reviewed"), _("New ones are seen by their author and by reviewers alone until they have been reviewed."))  # type: ignore[assignment]
    second: bool = Setting(True, _("Second review"), _("After the first review, somebody else looks again."))  # type: ignore[assignment]


def now() -> ReviewSettings:
    return ReviewSettings.now(HOUSE)


def reviewed(name: str) -> bool:
    """Whether new records of this resource have to be reviewed."""
    found = site().registry.resources.get(name)
    return found is not None and not found.is_brief and issubclass(found.model, Reviewed) and bool(getattr(now(), f"{found.path}s", False))


def unseen(actor: Any, resource: str, verb: str) -> Unless | None:
    """Hook `narrow_records`: what waits for review is there for its author and for reviewers."""
    if verb in (*VERBS, "create", "import") or not reviewed(resource):  # who makes one is its author
        return None
    if any(actor.can(f"{resource}.{one}") for one in VERBS):
        return None
    return Unless("review", WAITING, "created_by_id", actor.user_id)
