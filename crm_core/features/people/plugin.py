"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.access import ledgers
from crm_core.access.rights import bump
from crm_core.features.people import demo
from crm_core.features.people.pages import account, blueprint
from crm_core.features.people.resources import (
    Departments,
    FieldRules,
    Grants,
    Roles,
    TeamMembers,
    Teams,
    UserRoles,
    Users,
)
from crm_core.features.people.roles import TEMPLATES
from crm_core.features.people.services import presets
from crm_core.kernel.declare import Job, Listen, Menu, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.after import RecordsChanged
from crm_core.web import frame

frame.person_menu.append(account.menu_entry)
RIGHTS = frozenset(
    {"core.user", "core.user_role", "core.department", "core.team", "core.team_member", "core.role", "core.grant",
     "core.field_rule", "core.choice"}
)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Departments, Teams, TeamMembers, Users, UserRoles, Roles, Grants, FieldRules]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Users"), Users, "settings", order=10),
        Menu(_("Departments"), Departments, "settings", order=20),
        Menu(_("Teams"), Teams, "settings", order=30, permission="core.team.update"),
        Menu(_("Roles"), Roles, "settings", order=40),
    ]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    return TEMPLATES


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [blueprint]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(RecordsChanged, _rights_changed, inside=True, name="core.rights")]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("core.sweep_sessions", _sweep, every="every day at 03:40", label=_("Remove old sessions and links"))]


@hookimpl
def install(first: bool) -> None:
    presets.install()


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)


def _rights_changed(event: RecordsChanged) -> None:
    """What processes keep of people, roles and words is stale with this commit."""
    if event.resource in RIGHTS:
        bump()


def _sweep(job: Any) -> None:
    ledgers.sweep(job.site.engines)
