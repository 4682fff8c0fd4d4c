"""Table of contents of this feature."""

from dataclasses import replace
from typing import Any

import flask

from crm_core.features.customers.api import Customers, holding
from crm_core.features.pool import demo, overview, returning, rules, services, sharing
from crm_core.features.pool.pages import URL, pages
from crm_core.features.pool.resources import PoolMembers, Pools
from crm_core.features.tasks.api import asking
from crm_core.kernel.declare import Action, Column, Job, Listen, Menu, Report, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.after import OwnersChanged
from crm_core.resource.fields import BooleanField, DateField, NoteField
from crm_core.resource.merging import RecordsMerged
from crm_core.resource.references import RefField
from crm_core.resource.undo import ChangeUndone
from crm_core.web import twins

holding.home, holding.queries, holding.dress, holding.dress_brief = rules.home, overview.queries, overview.dress, overview.dress_brief
holding.pools, holding.into_pool = services.open_to_imports, services.imported
asking.give, twins.claimable = sharing.give, sharing.claimable
FULL, BRIEF = "core.customer", "core.customer.brief"
_WHO = RefField(name="owner", column="", label=_("Colleague"), target="core.user", required=True)
_TEAM = RefField(name="team", column="", label=_("Team"), target="core.team")
_WHY = NoteField(name="why", column="", label=_("Reason"))
_NEEDED = NoteField(name="why", column="", label=_("Reason"), required=True)


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
        Action("share", _("Share"), sharing.share, on=FULL, icon="users", order=61, whole=True, quiet=True, fields=(
            replace(_WHO, name="colleague", required=False), _TEAM, BooleanField(name="writes", column="", label=_("May change it too")),
            DateField(name="until", column="", label=_("Until"), help=_("Empty: for as long as the public pool's rules say.")), _NEEDED)),
        Action("unshare", _("Stop sharing"), sharing.unshare, on=FULL, icon="eye-off", order=61, whole=True, button=False, fields=(
            replace(_WHO, name="colleague", required=False, help=_("Empty: with nobody any more.")), _TEAM)),
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
    return [
        Listen(OwnersChanged, services.changed_hands, inside=True, name="core.pool.history"),
        Listen(RecordsMerged, sharing.merged, inside=True, acts="system", name="core.share.merged"),
        Listen(ChangeUndone, sharing.parted, inside=True, acts="system", name="core.share.parted"),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(returning.RETURN, returning.run, every="every day at 02:30", label=_("Return customers to their pools")),
        Job(returning.ADOPT, returning.adopt, label=_("Customers find their pools")),
    ]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody claims for himself and gives away what he holds; who manages a pool gives its customers to others."""
    acts = ("hand_over", "share", "unshare", "give_back", "protect", "unprotect")
    return [
        RoleTemplate("user", "", {"core.pool.read": "all", f"{BRIEF}.claim": "all", **{f"{FULL}.{act}": "own" for act in acts}}),
        RoleTemplate("supervisor", "", {"core.pool.read": "all", f"{BRIEF}.claim": "all", f"{BRIEF}.give": "all", **{f"{FULL}.{act}": "subtree" for act in acts}}),
        RoleTemplate("decision-maker", "", {"core.pool.read": "all", f"{BRIEF}.claim": "all", f"{BRIEF}.give": "all"}),
    ]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
