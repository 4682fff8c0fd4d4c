"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.messages import demo, listeners, mail, services, threads
from crm_core.features.messages.news import News
from crm_core.features.messages.pages import pages
from crm_core.features.messages.resources import Messages
from crm_core.features.messages.views import URL
from crm_core.features.people.api import PasswordResetAsked
from crm_core.kernel.declare import Column, Job, Listen, Menu
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.after import RecordsAssigned
from crm_core.resource.pairs import TwinEntered
from crm_core.web.menu import slots

slots.notices_url, slots.bell_url, slots.live_url, slots.news = URL, f"{URL}/bell", f"{URL}/live", News


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Messages]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Messages"), Messages, order=30, name="messages"), Menu(_("Notices"), URL, icon="bell", order=31, name="notices")]


@hookimpl
def register_columns() -> list[Column]:
    return [Column("core.message", "state", _("How it stands"), threads.load_state, kind="status")]


@hookimpl
def register_listeners() -> list[Listen]:
    return [
        Listen(RecordsAssigned, listeners.assigned, name="core.messages.assigned", label=_("Tell who was given records")),
        Listen(TwinEntered, listeners.twin_entered, name="core.messages.twin", label=_("Tell whose record looks like a new one")),
        Listen(PasswordResetAsked, mail.reset_link, acts="system", name="core.reset_mail", outside=True, label=_("Mail with the link to a new password")),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("core.messages.sweep", services.sweep, every="every day at 03:40", label=_("Clear old messages"))]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
