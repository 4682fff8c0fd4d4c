"""What has to be reviewed, as an administrator says for each kind of record, and who may see it before."""

import enum
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.scope import Unless
from crm_core.data import bulk
from crm_core.data.session import session
from crm_core.features.approvals.models import WAITING, Reviewed
from crm_core.kernel.i18n import _, in_sentence
from crm_core.kernel.models import HOUSE
from crm_core.kernel.site import actor, site
from crm_core.resource import acts
from crm_core.resource import fields as f
from crm_core.resource.settings import Settings

FIRST, SECOND = "review_first", "review_second"
VERBS = (FIRST, SECOND)


class Level(enum.StrEnum):
    """How often new records are looked at before others find them."""

    none = "none"
    once = "once"
    twice = "twice"


LEVELS = {"none": _("Not reviewed"), "once": _("Reviewed once"), "twice": _("Reviewed twice, the second time by somebody else")}


class ReviewSettings(Settings):
    """Two values for each resource that is `Reviewed`: `core-customer` how often, `core-customer-changes` whether changes too."""

    label = _("Review")
    name = "review"
    departments = False

    @classmethod
    def fields(cls) -> dict[str, f.Field]:
        found: dict[str, f.Field] = {}
        for resource in declared():
            name, what = key(resource.name), in_sentence(resource.label)
            found[name] = f.EnumField(
                name=name, column=name, label=resource.label, default=Level.none, required=True, members=Level, labels=LEVELS,
                help=_("New ones are seen by their author and by reviewers alone until they have been reviewed."))
            changes = f"{name}-changes"
            found[changes] = f.BooleanField(
                name=changes, column=changes, label=_("Changes of %(what)s are reviewed too", what=what), default=False,
                help=_("Who may not review proposes a change in the ordinary form; it stands when a reviewer has accepted it."))
        return found

    def __getattr__(self, name: str) -> Any:
        """The value of a field, as the page of settings asks for it."""
        try:
            return self.values.get(name, self.fields()[name].default)
        except KeyError:
            raise AttributeError(name) from None

    def level(self, name: str) -> Level:
        return Level(self.values.get(key(name), Level.none))

    def changes(self, name: str) -> bool:
        return bool(self.values.get(f"{key(name)}-changes", False))


def key(name: str) -> str:
    """What the settings of a resource are called."""
    return name.replace(".", "-")


def declares(resource: Any) -> bool:
    """Whether a resource, or its class, says that its records can be reviewed."""
    return not resource.is_brief and issubclass(resource.model, Reviewed)


def declared() -> list[Any]:
    """The resources that say so, as they stand in the rail."""
    return sorted((one for one in site().registry.resources.values() if declares(one)), key=lambda one: (one.order, one.name))


def now() -> ReviewSettings:
    return ReviewSettings.now(HOUSE)


def level(name: str) -> Level:
    """How often new records of this resource have to be reviewed."""
    found = site().registry.resources.get(name)
    return now().level(name) if found is not None and declares(found) else Level.none


def reviewed(name: str) -> bool:
    """Whether new records of this resource have to be reviewed."""
    return level(name) is not Level.none


def changes(name: str) -> bool:
    """Whether changes of records of this resource have to be reviewed too."""
    found = site().registry.resources.get(name)
    return found is not None and declares(found) and now().changes(name)


def last(name: str) -> str:
    """The verb of the review after which everybody finds a record."""
    return SECOND if level(name) is Level.twice else FIRST


def bound(resource: Any, ids: Sequence[int]) -> set[int]:
    """Those of these records whose changes the actor may only propose: all but what he reviews, and what he entered and still waits."""
    scopes = [acts.reaches(resource, verb) for verb in VERBS if resource.may(verb)]
    if any(scope.everything for scope in scopes):
        return set()
    model = resource.model
    own = sa.and_(model.review.in_(WAITING), model.created_by_id == actor().user_id) if reviewed(resource.name) else sa.false()
    query = sa.select(model.id).where(bulk.among(model.id, ids), sa.or_(own, *(scope.clause(model) for scope in scopes)))
    return set(ids) - set(session.scalars(query))


def unseen(who: Any, resource: str, verb: str) -> Unless | None:
    """Hook `narrow_records`: what waits for review is there for its author and for reviewers."""
    if verb in (*VERBS, "create", "import") or not reviewed(resource):  # who makes one is its author
        return None
    if any(who.can(f"{resource}.{one}") for one in VERBS):
        return None
    return Unless("review", WAITING, "created_by_id", who.user_id)
