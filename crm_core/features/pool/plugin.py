"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.customers.api import Customers, holding
from crm_core.features.pool import demo, overview, returning, rules, services
from crm_core.features.pool.pages import URL, pages
from crm_core.features.pool.resources import PoolMembers, Pools
from crm_core.kernel.declare import Action, Column, Job, Listen, Menu, Report, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.after import OwnersChanged
from crm_core.resource.fields import DateField, NoteField
from crm_core.resource.references import RefField

holding.home, holding.queries, holding.dress, holding.dress_brief = rules.home, overview.queries, overview.dress, overview.dress_brief
holding.pools, holding.into_pool = services.open_to_imports, services.imported
FULL, BRIEF = "core.customer", "core.customer.brief"
_WHO = RefField(name="owner", column="", label=_("Colleague"), target="core.user", required=True)
_WHY = NoteField(name="why", column="", label=_("Why"))
_NEEDED = NoteField(name="why", column="", label=_("Why"), required=True)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Pools, PoolMembers]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Public pool"), URL, "customers", icon="ripple", order=15, name="pool", permission="core.customer.brief.claim", when=overview.any_for_me),
        Menu(_("Public pools"), Pools, "settings", order=60, name="pools", permission="core.pool.update"),
    ]


@hookimpl
def register_actions() -> list[Action]:
    def held(row: Any) -> bool:
        return row.owner_id is not None

    def free(row: Any) -> bool:
        return row.owner_id is None and row.pool_id is not None

    return [
        Action("claim", _("Claim"), services.claim, on=BRIEF, icon="user-plus", order=10, whole=True, primary=True, when=free),
        Action("give", _("Assign from the pool"), services.give, on=BRIEF, icon="user-check", order=20, whole=True, quiet=True, when=free, fields=(_WHO, _WHY)),
        Action("hand_over", _("Hand over"), services.hand_over, on=FULL, icon="heart-handshake", order=61, whole=True, quiet=True, when=held, fields=(_WHO, _NEEDED)),
        Action("give_back", _("Return to the pool"), services.give_back, on=FULL, icon="ripple", order=62, whole=True, quiet=True, when=held,
               fields=(_WHY, RefField(name="pool", column="", label=_("Public pool"), target="core.pool"))),
        Action("protect", _("Protect"), services.protect, on=FULL, icon="shield-lock", order=63, whole=True, quiet=True, when=held,
               fields=(DateField(name="until", column="", label=_("Until"), required=True),)),
        Action("unprotect", _("End protection"), services.unprotect, on=FULL, icon="lock-open", order=64, whole=True, quiet=True,
               when=lambda row: row.protected_until is not None),
    ]


@hookimpl
def register_reports() -> list[Report]:
    return [
        Report("holders", _("Customers by holder"), of=Customers, query=overview.held, order=12, icon="users"),
        Report("returning", _("Returns within seven days"), of=Customers, query=overview.returning, order=14, icon="hourglass-low"),
    ]


@hookimpl
def register_columns() -> list[Column]:
    return [Column(FULL, "days_left", _("Days left"), overview.days_left, order=40, kind="status")]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(OwnersChanged, services.changed_hands, inside=True, name="core.pool.history")]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(returning.RETURN, returning.run, every="every day at 02:30", label=_("Return customers to their pools")),
        Job(returning.ADOPT, returning.adopt, label=_("Customers find their pools")),
    ]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody claims for himself and gives away what he holds; who manages a pool gives its customers to others."""
    acts = ("hand_over", "give_back", "protect", "unprotect")
    return [
        RoleTemplate("user", "", {"core.pool.read": "all", f"{BRIEF}.claim": "all", **{f"{FULL}.{act}": "own" for act in acts}}),
        RoleTemplate("supervisor", "", {"core.pool.read": "all", f"{BRIEF}.claim": "all", f"{BRIEF}.give": "all", **{f"{FULL}.{act}": "subtree" for act in acts}}),
        RoleTemplate("decision-maker", "", {"core.pool.read": "all", f"{BRIEF}.claim": "all", f"{BRIEF}.give": "all"}),
    ]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
