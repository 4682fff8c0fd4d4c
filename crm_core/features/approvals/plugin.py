"""Table of contents of this feature."""

from typing import Any

from crm_core.access.actor import LENDABLE
from crm_core.features.approvals import pages, rules, services
from crm_core.features.approvals.resources import StandIns
from crm_core.kernel.declare import Action, Listen, Menu, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import derived
from crm_core.resource.after import RecordsChanged
from crm_core.resource.fields import NoteField
from crm_core.web import records

LENDABLE.update((*rules.VERBS, "send_back"))
derived.further.append(services.begin)
records.dressers.append(pages.dress)
CUSTOMER = "core.customer"
_OPINION = NoteField(name="opinion", column="", label=_("Opinion"))
_NEEDED = NoteField(name="opinion", column="", label=_("Opinion"), required=True)


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
                 when=lambda: rules.reviewed(CUSTOMER)),
            Menu(_("Stand-ins"), StandIns, "settings", order=70, name="stand-ins", permission=may, when=lambda: rules.reviewed(CUSTOMER))]


@hookimpl
def register_actions() -> list[Action]:
    """Agree and send back; both ask for an opinion, which only who sends back must give."""
    def waits(*states: str) -> Any:
        return lambda row: row.review in states

    return [
        Action(rules.FIRST, _("First review: agree"), services.agree_first, on=CUSTOMER, icon="circle-check", order=71, whole=True, button=False, when=waits("first"), fields=(_OPINION,)),
        Action(rules.SECOND, _("Second review: agree"), services.agree_second, on=CUSTOMER, icon="rubber-stamp", order=72, whole=True, button=False, when=waits("second"), fields=(_OPINION,)),
        Action("send_back", _("Send back"), services.send_back, on=CUSTOMER, icon="arrow-back-up", order=73, whole=True, button=False, when=waits("first", "second"), fields=(_NEEDED,)),
    ]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(RecordsChanged, services.waits, inside=True, name="core.review.waits")]


@hookimpl
def narrow_records(actor: Any, resource: str, verb: str) -> Any:
    return rules.unseen(actor, resource, verb)


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """The information reviewer does the first review, the supervisor in his department; the decision maker approves directly."""
    own = {f"core.stand_in.{verb}": "own" for verb in ("read", "create", "update", "delete")}
    return [
        RoleTemplate("decision-maker", "", own),
        RoleTemplate("reviewer", _("Information reviewer"), {
            "core.region.read": "all", "core.industry.read": "all", "core.position.read": "all", "core.tag.read": "all", "core.team.read": "all",
            "core.user.brief.read": "all", "core.department.brief.read": "all", f"{CUSTOMER}.read": "all", f"{CUSTOMER}.{rules.FIRST}": "all", f"{CUSTOMER}.send_back": "all", **own}, order=50),
        RoleTemplate("supervisor", "", {f"{CUSTOMER}.{rules.FIRST}": "subtree", f"{CUSTOMER}.send_back": "subtree", **own}),
    ]
