"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.customers import columns, demo, vocabulary
from crm_core.features.customers.pages import REGIONS, pages
from crm_core.features.customers.resources import Contacts, Customers, Industries, Notes, Positions, Regions, Tags
from crm_core.features.tasks.api import TASKS
from crm_core.kernel.declare import Column, Menu, Related, Report, RoleTemplate, Section
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.reporting import count_by
from crm_core.web.menu import slots

slots.regions_url = REGIONS


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Customers, Contacts, Notes, Regions, Industries, Positions, Tags]


@hookimpl
def register_sections() -> list[Section]:
    return [Section("customers", _("Customers"), 20), Section("words", _("Master data"), 80)]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Customers"), Customers, "customers", order=10, name="customers", permission="core.customer.read|core.customer.brief.read"),
        Menu(_("Contacts"), Contacts, "customers", order=20, name="contacts"),
        Menu(_("Tags"), Tags, "words", order=10, name="tags", permission="core.tag.update"),
        Menu(_("Industries"), Industries, "words", order=20, name="industries", permission="core.industry.update"),
        Menu(_("Positions"), Positions, "words", order=30, name="positions", permission="core.position.update"),
        Menu(_("Regions"), Regions, "words", order=40, name="regions", permission="core.region.update"),
    ]


@hookimpl
def register_panels() -> list[Any]:
    return [
        Related("core.customer", Contacts, order=10),
        Related("core.customer", TASKS, order=20, via="subject", label=_("Tasks")),
        Related("core.contact", TASKS, order=20, via="subject", label=_("Tasks")),
    ]


@hookimpl
def register_reports() -> list[Report]:
    return [
        Report("standing", _("Customers by standing"), of=Customers, query=count_by("standing"), order=10),
        Report("source", _("Customers by source"), of=Customers, query=count_by("source"), order=20),
    ]


@hookimpl
def register_columns() -> list[Column]:
    return list(columns.COLUMNS)


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Who changes customers tags them too."""
    return [
        RoleTemplate(code, "", {f"core.customer.{act}": scope for act in ("tag", "untag")}) for code, scope in (("user", "own"), ("supervisor", "subtree"))
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def install(first: bool) -> None:
    vocabulary.install()


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
