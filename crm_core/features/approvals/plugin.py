"""Table of contents of this feature."""

from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.actor import LENDABLE
from crm_core.features.approvals import pages, proposals, proposing, rules, services
from crm_core.features.approvals.models import WAITING
from crm_core.features.approvals.resources import StandIns
from crm_core.kernel.declare import Action, Card, Listen, Menu, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import derived
from crm_core.resource.after import RecordsChanged
from crm_core.resource.fields import Field, NoteField
from crm_core.web import records

LENDABLE.update((*rules.VERBS, "send_back"))
derived.further.append(services.begin)
records.dressers.append(pages.dress)
CUSTOMER = "core.customer"
PROPOSED = (CUSTOMER, "core.contact")
_OPINION = NoteField(name="opinion", column="", label=_("Opinion"))
_NEEDED = NoteField(name="opinion", column="", label=_("Opinion"), required=True)


def _used() -> bool:
    return rules.reviewed(CUSTOMER)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [StandIns]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [rules.ReviewSettings]


@hookimpl
def register_menu() -> list[Menu]:
    may = f"{CUSTOMER}.{rules.FIRST}|{CUSTOMER}.{rules.SECOND}"
    return [Menu(_("Waiting for review"), pages.WAITING_URL, "customers", icon="rubber-stamp", order=16, name="review", permission=may,
                 when=_used),
            Menu(_("Proposed changes"), "/core/customer?proposed.filled=1", "customers", icon="bulb", order=17, name="proposals", permission=f"{CUSTOMER}.accept"),
            Menu(_("Stand-ins"), StandIns, "settings", order=70, name="stand-ins", permission=may, when=_used)]


@hookimpl
def register_actions() -> list[Action]:
    """Agree and send back; both ask for an opinion, which only who sends back must give."""
    def waits(*states: str) -> Any:
        return lambda row: row.review in states

    where: dict[str, Any] = {"on": CUSTOMER, "whole": True, "button": False, "offered": _used}
    return [
        Action(rules.FIRST, _("First review: agree"), services.agree_first, icon="circle-check", order=71, when=waits("first"), fields=(_OPINION,), **where),
        Action(rules.SECOND, _("Second review: agree"), services.agree_second, icon="rubber-stamp", order=72, when=waits("second"), fields=(_OPINION,), **where),
        Action("send_back", _("Send back"), services.send_back, icon="arrow-back-up", order=73, when=waits("first", "second"), fields=(_NEEDED,), **where),
        *(act for on in PROPOSED for act in _proposing(on)),
    ]


def _proposing(on: str) -> list[Action]:
    """Proposing and deciding on proposals, for one resource."""
    return [
        Action("propose", _("Propose a change"), proposals.propose_one, on=on, icon="pencil", order=74, bulk=False, button=False, fields=(
            Field(name="name", column="", label=_("Field"), required=True), NoteField(name="value", column="", label=_("New value")), proposals.WHY)),
        Action("propose_deletion", _("Propose deletion"), proposals.propose_deletion, on=on, icon="trash", order=75, bulk=False, button=False, fields=(proposals.WHY,)),
        Action("accept", _("Accept what is proposed"), proposals.accept, on=on, icon="check", order=76, button=False),
        Action("decline", _("Decline what is proposed"), proposals.decline, on=on, icon="x", order=77, button=False, fields=(_NEEDED,)),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [proposing.pages]


@hookimpl
def register_cards() -> list[Card]:
    """What waits for a reviewer stands on his home page."""
    return [Card("review", _("Waiting for review"), of=CUSTOMER, query=waiting, order=5, icon="rubber-stamp",
                 when=lambda: _used() and any(actor().can(f"{CUSTOMER}.{verb}") for verb in rules.VERBS)),
            Card("proposals", _("Proposed changes"), of=CUSTOMER, query=proposed, order=6, icon="bulb", when=_some)]


def _some() -> bool:
    """Whether the actor accepts for others too; who accepts for himself alone is told of each proposal by a message."""
    scope = actor().scope(CUSTOMER, "accept")
    found = getattr(scope, "base", scope)  # what narrows it does not matter here
    return bool(found.everything or any(column != "owner_id" for column, _ids in found.branches))


def proposed(rows: Any) -> sa.Select[Any]:
    """Customers somebody proposes to change or to delete, by who holds them."""
    number = sa.func.count().label("count")
    waits = proposals.records(CUSTOMER)
    return sa.select(rows.c.owner_id, number).where(rows.c.id.in_(waits)).group_by(rows.c.owner_id).order_by(number.desc(), rows.c.owner_id)


def waiting(rows: Any) -> sa.Select[Any]:
    """Customers by the review they wait for."""
    number = sa.func.count().label("count")
    return sa.select(rows.c.review, number).where(rows.c.review.in_(WAITING)).group_by(rows.c.review).order_by(number.desc(), rows.c.review)


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(RecordsChanged, services.waits, inside=True, name="core.review.waits"),
            Listen(RecordsChanged, proposals.settle, inside=True, name="core.proposals.settle")]


@hookimpl
def narrow_records(actor: Any, resource: str, verb: str) -> Any:
    return rules.unseen(actor, resource, verb)


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """The information reviewer does the first review, the supervisor in his department; the decision maker approves directly."""
    own = {f"core.stand_in.{verb}": "own" for verb in ("read", "create", "update", "delete")}
    propose = {f"{CUSTOMER}.propose": "all", f"{CUSTOMER}.propose_deletion": "all"}
    return [
        RoleTemplate("decision-maker", "", own),
        RoleTemplate("user", "", {**propose, f"{CUSTOMER}.accept": "own", f"{CUSTOMER}.decline": "own"}),
        RoleTemplate("reviewer", _("Information reviewer"), {
            "core.region.read": "all", "core.industry.read": "all", "core.position.read": "all", "core.tag.read": "all", "core.team.read": "all",
            "core.user.brief.read": "all", "core.department.brief.read": "all", f"{CUSTOMER}.read": "all", f"{CUSTOMER}.{rules.FIRST}": "all", f"{CUSTOMER}.send_back": "all", **propose, **own}, order=50),
        RoleTemplate("supervisor", "", {f"{CUSTOMER}.{rules.FIRST}": "subtree", f"{CUSTOMER}.send_back": "subtree", **propose,
                                       f"{CUSTOMER}.accept": "subtree", f"{CUSTOMER}.decline": "subtree", **own}),
    ]
