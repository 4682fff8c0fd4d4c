"""Table of contents of this feature."""

from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.actor import LENDABLE
from crm_core.features.approvals import (
    flowpages,
    flows,
    gates,
    pages,
    proposals,
    proposing,
    rules,
    services,
    telling,
    waitpages,
    watching,
    withdrawing,
)
from crm_core.features.approvals.resources import StandIns
from crm_core.features.tasks.api import leads
from crm_core.kernel.declare import Action, Card, Job, Listen, Menu, Permission, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import asking, derived, undo
from crm_core.resource.after import RecordsChanged
from crm_core.resource.fields import Field, NoteField
from crm_core.web import printing, records

LENDABLE.update((*rules.VERBS, "send_back"))
derived.further.append(services.begin)
records.dressers += [pages.dress, telling.dress]
printing.further.append(telling.printed)
leads.append(telling.lead)
asking.slots.used, asking.slots.bound, asking.slots.take = gates.used, gates.bound, gates.take
asking.slots.needed, asking.slots.becoming, asking.slots.submit, asking.slots.locked = gates.needed, gates.becoming, gates.submit, gates.locked
undo.beside.append(withdrawing.undone)
undo.stayed.append(withdrawing.decided)
CUSTOMER = "core.customer"
_OPINION = NoteField(name="opinion", column="", label=_("Opinion"))
_NEEDED = NoteField(name="opinion", column="", label=_("Opinion"), required=True)
Classes = tuple[type[Any], ...]


def _reviews(name: str) -> str:
    return "|".join(f"{name}.{verb}" for verb in rules.VERBS)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [StandIns]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [rules.ReviewSettings]


@hookimpl
def register_menu(resources: Classes) -> list[Menu]:
    mine = [cls for cls in resources if rules.declares(cls)]
    names = [cls.name for cls in mine]
    return [*(entry for cls in mine for entry in _entries(cls)),
            Menu(_("What I propose"), proposing.MINE, "customers", icon="bulb", order=59, name="my-proposals", when=lambda: any(by == actor().user_id for _of, by in proposals.askers())),
            Menu(_("Approvals"), telling.URL, icon="rubber-stamp", order=22, name="approvals", badge=waitpages.badge, when=lambda: bool(flows.subjects())),
            Menu(_("Approval flows"), flowpages.URL, "settings", icon="checklist", order=69, name="flows", permission=flows.DRAW),
            Menu(_("Stand-ins"), StandIns, "settings", order=70, name="stand-ins", permission="|".join(["core.stand_in.create", *map(_reviews, names)]),
                 when=lambda: bool(flows.subjects()) or any(map(rules.reviewed, names)))]


def _names(cls: type[Any]) -> tuple[Any, Any]:
    """What the lists of what waits are called: for review, and to be accepted."""
    return (_("Waiting for review"), _("Proposed changes")) if cls.name == CUSTOMER else (
        _("Waiting for review: %(what)s", what=cls.label), _("Proposed changes: %(what)s", what=cls.label))


def _entries(cls: type[Any]) -> list[Menu]:
    """What waits of one kind of record: for review, and to be accepted."""
    name, section = cls.name, cls.menu or "customers"
    waits, asked = _names(cls)
    return [Menu(waits, pages.listed(name, pages.FOR_REVIEW), section, icon="rubber-stamp", order=cls.order + 1, name=f"review-{name}", permission=_reviews(name),
                 when=lambda: rules.reviewed(name)),
            Menu(asked, pages.listed(name, [("proposed.filled", "1")]), section, icon="bulb", order=cls.order + 2, name=f"proposals-{name}", permission=f"{name}.accept",
                 when=None if name == CUSTOMER else lambda: rules.changes(name))]


@hookimpl
def register_actions(resources: Classes) -> list[Action]:
    """Each resource that is `Reviewed` has the acts of review and of proposing."""
    return [act for cls in resources if rules.declares(cls) for act in (*_reviewing(cls.name), *_proposing(cls.name))]


def _reviewing(on: str) -> list[Action]:
    """Agree and send back; both ask for an opinion, which only who sends back must give."""
    def waits(*states: str) -> Any:
        return lambda row: row.review in states

    where: dict[str, Any] = {"on": on, "whole": True, "button": False, "offered": lambda: rules.reviewed(on)}
    return [
        Action(rules.FIRST, _("First review: agree"), services.agree_first, icon="circle-check", order=71, when=waits("first"), fields=(_OPINION,), **where),
        Action(rules.SECOND, _("Second review: agree"), services.agree_second, icon="rubber-stamp", order=72, when=waits("second"), fields=(_OPINION,), **where),
        Action("send_back", _("Send back"), services.send_back, icon="arrow-back-up", order=73, when=waits("first", "second"), fields=(_NEEDED,), **where),
    ]


def _proposing(on: str) -> list[Action]:
    """Proposing and deciding on proposals."""
    return [
        Action("propose", _("Propose a change"), proposals.propose_one, on=on, icon="pencil", order=74, bulk=False, button=False, fields=(
            Field(name="name", column="", label=_("Field"), required=True), NoteField(name="value", column="", label=_("New value")), proposals.WHY)),
        Action("propose_deletion", _("Propose deletion"), proposals.propose_deletion, on=on, icon="trash", order=75, bulk=False, button=False, fields=(proposals.WHY,)),
        Action("accept", _("Accept what is proposed"), proposals.accept, on=on, icon="check", order=76, button=False),
        Action("decline", _("Decline what is proposed"), proposals.decline, on=on, icon="x", order=77, button=False, fields=(_NEEDED,)),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [proposing.pages, waitpages.pages, flowpages.pages]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission(flows.DRAW, _("Draw approval flows and see every approval"))]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job(watching.NAME, watching.run, every="every 15 minutes", label=_("Remind of approvals"))]


@hookimpl
def register_cards(resources: Classes) -> list[Card]:
    """What waits for a reviewer stands on his home page."""
    return [card for cls in resources if rules.declares(cls) for card in _cards(cls)]


def _cards(cls: type[Any]) -> list[Card]:
    name, told = cls.name, rules.key(cls.name)
    waits, asked = _names(cls)
    return [Card(f"review-{told}", waits, of=name, query=_waiting(name), order=5, icon="rubber-stamp",
                 waits=pages.listed(name, pages.FOR_REVIEW),
                 when=lambda: rules.reviewed(name) and any(actor().can(f"{name}.{verb}") for verb in rules.VERBS)),
            Card(f"proposals-{told}", asked, of=name, query=_proposed(name), order=6, icon="bulb",
                 waits=pages.listed(name, [("proposed.filled", "1")]), when=lambda: name in proposals.kinds() and _some(name))]


def _some(name: str) -> bool:
    """Whether the actor accepts for others too; who accepts for himself alone is told of each proposal by a message."""
    scope = actor().scope(name, "accept")
    found = getattr(scope, "base", scope)  # what narrows it does not matter here
    return bool(found.everything or any(column != "owner_id" for column, _ids in found.branches))


def _proposed(name: str) -> Any:
    """Records somebody proposes to change or to delete, by who holds them."""
    def ask(rows: Any) -> sa.Select[Any]:
        number = sa.func.count().label("count")
        waits = proposals.records(name)
        return sa.select(rows.c.owner_id, number).where(rows.c.id.in_(waits)).group_by(rows.c.owner_id).order_by(number.desc(), rows.c.owner_id)

    return ask


def _waiting(name: str) -> Any:
    """Records by the review they wait for, of those reviews that are the reader's."""
    def ask(rows: Any) -> sa.Select[Any]:
        number = sa.func.count().label("count")
        mine = [state for state, verb in pages.REVIEWS.items() if actor().can(f"{name}.{verb}")]
        return sa.select(rows.c.review, number).where(rows.c.review.in_(mine)).group_by(rows.c.review).order_by(rows.c.review)

    return ask


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(RecordsChanged, services.waits, inside=True, name="core.review.waits"),
            Listen(RecordsChanged, proposals.settle, inside=True, name="core.proposals.settle"),
            Listen(RecordsChanged, gates.made, inside=True, name="core.flows.made"),
            Listen(RecordsChanged, gates.gone, inside=True, name="core.flows.gone")]


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
        RoleTemplate("user", "", {**propose, **own, f"{CUSTOMER}.accept": "own", f"{CUSTOMER}.decline": "own"}),
        RoleTemplate("reviewer", _("Information reviewer"), {
            "core.region.read": "all", "core.industry.read": "all", "core.position.read": "all", "core.special_day.read": "all", "core.tag.read": "all", "core.team.read": "all",
            "core.user.brief.read": "all", "core.department.brief.read": "all", f"{CUSTOMER}.read": "all", f"{CUSTOMER}.{rules.FIRST}": "all", f"{CUSTOMER}.send_back": "all",
            f"{CUSTOMER}.accept": "all", f"{CUSTOMER}.decline": "all", **propose, **own}, order=50),
        RoleTemplate("supervisor", "", {f"{CUSTOMER}.{rules.FIRST}": "subtree", f"{CUSTOMER}.send_back": "subtree", **propose,
                                       f"{CUSTOMER}.accept": "subtree", f"{CUSTOMER}.decline": "subtree", **own}),
    ]
