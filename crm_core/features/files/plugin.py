"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.files import rest, services, store, views
from crm_core.features.files.models import Attachment
from crm_core.features.files.pages import limit, pages
from crm_core.features.files.resources import Attachments
from crm_core.features.files.settings import FileSettings
from crm_core.kernel.declare import Column, Job, Listen, Menu
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import enclosed
from crm_core.resource.purge import RecordsPurged
from crm_core.web import abouts, lines, records

assert rest  # its routes are on the API's blueprint
enclosed.slots = enclosed.Slots(services.enclosed, services.hang_enclosed, views.named, limit)
records.dressers.append(views.of_record)
lines.pictured.append((views.ask, views.pictures))


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Attachments]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [FileSettings]


@hookimpl
def register_columns() -> list[Column]:
    return [Column(services.NAME, "about", _("On"), abouts.column(Attachment), field="subject")]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Files"), Attachments, order=60, name="files")]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(RecordsPurged, services.purged, inside=True, acts="system", name="core.files.purged")]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("core.files.sweep", store.sweep, every="every day at 04:40", label=_("Remove the bytes of deleted files"))]
