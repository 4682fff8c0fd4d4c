"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.setup import (
    accesses,
    choices,
    feeds,
    home,
    levels,
    outlines,
    papers,
    plugins,
    reports,
    settings,
    views,
)
from crm_core.features.setup.fields import jobs as field_jobs
from crm_core.features.setup.fields import layout
from crm_core.features.setup.fields.resources import CustomFields
from crm_core.features.setup.resources import Choices, Imports, SpecialDays
from crm_core.kernel import files
from crm_core.kernel.declare import Job, Listen, Menu, Panel, Permission, RoleTemplate, Section
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import (  # noqa: F401  waking fills a slot of kernel.enabling
    bulk,
    drafts,
    merging,
    once,
    purge,
    reporting,
    search,
    splitting,
    stream,
    sweep,
    undo,
    waking,
    worktime,
)
from crm_core.resource import views as kept_views
from crm_core.resource.company import CompanySettings
from crm_core.resource.exchange import exporting
from crm_core.resource.exchange import running as imports
from crm_core.resource.undo import ChangeUndone, UndoBegins
from crm_core.web import frame, nearby, pressjob
from crm_core.web.atlas import MapSettings
from crm_core.web.pressing import PostSettings

frame.person_menu.append(feeds.menu_entry)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Choices, CustomFields, Imports, SpecialDays, papers.Papers, papers.Templates, papers.Printings]


@hookimpl
def register_sections() -> list[Section]:
    return [Section("settings", _("Settings"), 90)]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Home"), "/", icon="home", order=10, name="home"),
        Menu(_("Reports"), reports.URL, icon="chart-bar", order=90, name="reports", when=lambda: bool(reporting.reports())),
        Menu(_("Choice lists"), choices.URL, "words", "list", 5, choices.CHANGE, name="choices"),
        Menu(_("Plugins"), plugins.URL, "settings", "puzzle", 70, plugins.READ, name="plugins"),
        Menu(CustomFields.label, CustomFields, "settings", order=CustomFields.order, name=CustomFields.name),
        Menu(_("Form layout"), layout.URL, "settings", "layout-list", 77, layout.READ, name="layouts"),
        Menu(_("Settings"), settings.URL, "settings", "adjustments", 75, settings.READ, name="settings"),
        Menu(papers.Papers.label, papers.Papers, "settings", order=papers.Papers.order, name="papers", permission="core.paper.update"),
        Menu(papers.Templates.label, papers.Templates, "settings", order=papers.Templates.order, name="print_templates"),
        Menu(papers.Printings.label, papers.Printings, "settings", order=papers.Printings.order, name="printings"),
        Menu(SpecialDays.label, SpecialDays, "settings", order=SpecialDays.order, name="special_days", permission="core.special_day.update"),
        Menu(_("Access log"), accesses.URL, "settings", "eye", 78, accesses.READ, name="accesses"),
        Menu(_("Jobs"), "/jobs", "settings", "progress", 80, "core.jobs.read", name="jobs"),
        Menu(_("Deliveries"), "/deliveries", "settings", "truck-delivery", 81, "core.deliveries.read", name="deliveries"),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [accesses.pages, choices.pages, feeds.pages, home.pages, layout.pages, outlines.pages, papers.pages, plugins.pages, settings.pages, reports.pages, views.pages]


@hookimpl
def register_panels() -> list[Panel]:
    return [nearby.PANEL]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(accesses.READ, _("See who has read sensitive facts")),
        Permission(choices.CHANGE, _("Edit choice lists")),
        Permission(plugins.READ, _("See the plugins")),
        Permission(plugins.CHANGE, _("Switch plugins on and off")),
        Permission(layout.READ, _("See how forms are laid out")),
        Permission(layout.CHANGE, _("Lay out forms")),
        Permission(settings.READ, _("See the settings")),
        Permission(settings.CHANGE, _("Change the settings")),
        Permission("core.jobs.read", _("See everybody’s jobs")),
        Permission("core.jobs.update", _("Stop everybody’s jobs and run them again")),
        Permission("core.deliveries.read", _("See deliveries")),
        Permission("core.deliveries.update", _("Deliver again what was parked")),
        Permission(kept_views.DEPARTMENT, _("Save views of lists for one’s department")),
        Permission(kept_views.EVERYONE, _("Save views of lists for everyone")),
        Permission("core.change.undo", _("Take back what others did")),
    ]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [levels.House, CompanySettings, worktime.WorkingTime, MapSettings, PostSettings]


@hookimpl
def register_listeners() -> list[Listen]:
    return [
        Listen(ChangeUndone, imports.undone, inside=True, acts="system", name="core.import.undone"),
        Listen(purge.RecordsPurged, imports.purged, inside=True, acts="system", name="core.import.purged"),
        Listen(UndoBegins, splitting.rejoin, inside=True, acts="system", name="core.split.undone"),
        Listen(ChangeUndone, merging.undone, inside=True, acts="system", name="core.merge.undone"),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("core.search", search.catch_up, label=_("Search index")),
        Job("core.bulk", bulk.run, label=_("Act on many records")),
        Job("core.import", imports.run, label=_("Import")),
        Job("core.export", exporting.run, label=_("Export")),
        Job(pressjob.JOB, pressjob.run, label=_("Print")),
        Job("core.fields.promote", field_jobs.promote, label=_("Index of a field")),
        Job("core.fields.compute", field_jobs.compute, label=_("Computed field")),
        Job("core.plugin", plugins.run, label=_("Switch a plugin on")),
        Job("core.twins", sweep.run, label=_("Look for duplicates")),
        Job("core.twins.merge", sweep.merge_certain, label=_("Merge certain duplicates")),
        Job("core.undo", undo.run, label=_("Undo")),
        Job("core.purge", purge.run, every="every day at 02:10", label=_("Empty the recycle bin of what has lain there for 30 days")),
        Job("core.views", kept_views.sweep, every="every day at 03:20", label=_("Views deleted a month ago")),
        Job("core.drafts", drafts.sweep, every="every day at 03:10", label=_("Old drafts")),
        Job("core.forget", once.forget, every="every day at 03:40", label=_("Clean up answers kept for repeated requests")),
        Job("core.special_days", worktime.fill, every="every day at 04:00", label=_("Holidays of the years to come")),
        Job("core.stream", stream.sweep, every="every day at 03:30", label=_("Old rows of the feed for other systems")),
        Job("core.files", files.sweep, every="every day at 03:50", label=_("Old files")),
    ]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    return papers.roles()


@hookimpl
def install(first: bool) -> None:
    papers.install()
    worktime.fill()


@hookimpl
def demo_data(make: Any) -> None:
    papers.demo()
