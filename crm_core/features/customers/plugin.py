"""Table of contents of this feature."""

from typing import Any

import flask
import sqlalchemy as sa

from crm_core.features.customers import (
    birthdays,
    blacklist,
    columns,
    completeness,
    days,
    dealings,
    demo,
    group,
    habits,
    lists,
    notepages,  # noqa: F401  (its routes)
    part_resources,
    related,
    vocabulary,
)
from crm_core.features.customers.pages import REGIONS, pages
from crm_core.features.customers.resources import Contacts, Customers, Notes
from crm_core.features.customers.vocabulary_resources import Industries, Positions, Regions, Tags
from crm_core.features.tasks.api import TASKS
from crm_core.kernel.declare import Column, Job, Menu, Panel, Permission, Related, Report, RoleTemplate, Section
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import feeds
from crm_core.resource.choices import titles
from crm_core.resource.reporting import count_by
from crm_core.web.menu import slots

slots.regions_url = REGIONS
titles.update(lists.TITLES)
feeds.sources.append(birthdays.mine)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Customers, Contacts, Notes, dealings.Dealings, *part_resources.ALL, Regions, Industries, Positions, Tags, completeness.CompletenessRules]


@hookimpl
def register_sections() -> list[Section]:
    return [Section("customers", _("Customers"), 20), Section("words", _("Master data"), 80)]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Customers"), Customers, "customers", order=10, name="customers", permission="core.customer.read|core.customer.brief.read"),
        Menu(_("Contacts"), Contacts, "customers", order=20, name="contacts"),
        Menu(_("Follow-ups"), Notes, "customers", order=25, name="follow-ups"),
        Menu(_("Needs"), part_resources.Needs, "customers", order=30, name="needs"),
        Menu(_("Blacklist"), part_resources.Blacklistings, "customers", order=40, name="blacklist"),
        Menu(_("Tags"), Tags, "words", order=10, name="tags", permission="core.tag.update"),
        Menu(_("Industries"), Industries, "words", order=20, name="industries", permission="core.industry.update"),
        Menu(_("Positions"), Positions, "words", order=30, name="positions", permission="core.position.update"),
        Menu(_("Completeness"), completeness.CompletenessRules, "words", order=50, name="completeness", permission="core.completeness_rule.update"),
        Menu(_("Regions"), Regions, "words", order=40, name="regions", permission="core.region.update"),
    ]


@hookimpl
def register_panels() -> list[Any]:
    return [
        Related("core.customer", Contacts, order=10),
        Related("core.customer", TASKS, order=20, via="subject", label=_("Tasks")),
        Related("core.customer", dealings.Dealings, order=25),
        Panel("core.customer", "habits", _("Habits"), habits.panel, icon="chart-bar", order=20, permission="core.dealing.read"),
        Related("core.customer", part_resources.Needs, order=30),
        Related("core.customer", part_resources.Offerings, order=31, label=_("Products")),
        Related("core.customer", part_resources.ProfileEntries, order=32),
        Panel("core.customer", "related", _("Related firms"), related.panel, icon="sitemap", order=20),
        Related("core.contact", TASKS, order=20, via="subject", label=_("Tasks")),
        Related("core.contact", part_resources.Posts, order=30),
    ]


@hookimpl
def register_reports() -> list[Report]:
    return [
        Report("standing", _("Customers by standing"), of=Customers, query=count_by("standing"), order=10),
        Report("completeness", _("Completeness by owner"), of=Customers, query=_completeness, order=30),
        Report("source", _("Customers by source"), of=Customers, query=count_by("source"), order=20),
    ]


def _completeness(rows: Any) -> sa.Select[Any]:
    """The average of each owner's customers."""
    average = sa.cast(sa.func.round(sa.func.avg(rows.c.completeness)), sa.Integer()).label("completeness")
    return sa.select(rows.c.owner_id, average, sa.func.count()).group_by(rows.c.owner_id).order_by(average.desc(), rows.c.owner_id)


@hookimpl
def register_columns() -> list[Column]:
    return list(columns.COLUMNS)


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Who changes customers tags them too and lets their people change firm. Sensitive facts are for supervisors of their people."""
    acts = ("core.customer.tag", "core.customer.untag", "core.contact.move")
    return [
        RoleTemplate("user", "", dict.fromkeys(acts, "own")),
        RoleTemplate("supervisor", "", dict.fromkeys((*acts, "core.customer.sensitive"), "subtree")),
        RoleTemplate("decision-maker", "", {"core.contact.move": "all"}),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("core.customer.sensitive", _("See sensitive facts of customers and contacts"))]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("core.days", days.move_on, every="every day at 00:10", label=_("Birthdays and anniversaries")),
        Job("core.blacklist", blacklist.run_out, every="every day at 00:20", label=_("Blacklist entries that run out")),
        Job("core.completeness", completeness.run, label=_("Completeness")),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages, group.pages]


@hookimpl
def install(first: bool) -> None:
    vocabulary.install()


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
