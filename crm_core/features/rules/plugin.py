"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.mail.api import MailFiled, MailReceived
from crm_core.features.rules import (
    actions,
    alarmpages,
    alarms,
    arriving,
    demo,
    engine,
    panels,
    running,
    services,
    timing,
    triggers,
    views,
)
from crm_core.features.rules.pages import pages
from crm_core.kernel.declare import Job, Listen, Menu, Panel, Permission, RoleTemplate, RuleAction, RuleTrigger
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.after import RecordsChanged


@hookimpl
def register_rule_triggers() -> list[RuleTrigger]:
    return [*triggers.OWN, *arriving.OWN]


@hookimpl
def register_rule_actions() -> list[RuleAction]:
    return actions.OWN


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission(services.MAKE, _("Make rules of one’s own")), Permission(services.ALL, _("See everybody’s rules, take them over and switch them off"))]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Rules"), views.URL, "settings", icon="bolt", order=45, permission=services.MAKE, name="rules")]


@hookimpl
def register_panels() -> list[Panel]:
    return [Panel(lambda resource: resource.holds_files, "rules", _("Rules"), panels.load, "parts/rule_runs.html", icon="bolt", order=90, when=panels.concerned)]


@hookimpl
def register_listeners() -> list[Listen]:
    return [
        Listen(RecordsChanged, engine.heard, inside=True, name="core.rules.heard"),
        Listen(MailReceived, arriving.came, inside=True, name="core.rules.mail"),
        Listen(MailFiled, arriving.filed, inside=True, name="core.rules.filed"),
        Listen(engine.RulesDue, engine.begin, acts="system", name="core.rules.begin", label=_("Begin rules")),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(engine.RUN, running.run, every="every minute", label=_("Rules at work")),
        Job(alarms.NAME, alarms.run, every="every 5 minutes", label=_("Look at alarms")),
        Job("core.rules.sweep", running.sweep, every="every day at 03:40", label=_("Take old runs of rules out of the log")),
        Job(timing.NAME, timing.run, every="every 5 minutes", label=_("Rules that go by days")),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages, alarmpages.pages]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    return [RoleTemplate("decision-maker", "", {services.MAKE: "all"}), RoleTemplate("supervisor", "", {services.MAKE: "all"})]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
