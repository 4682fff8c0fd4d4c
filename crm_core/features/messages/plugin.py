"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.messages import demo, digest, listeners, mail, services, threads, toldpages
from crm_core.features.messages.news import News
from crm_core.features.messages.pages import pages
from crm_core.features.messages.resources import Messages
from crm_core.features.messages.sending import ANNOUNCE
from crm_core.features.messages.views import URL
from crm_core.features.people.api import PasswordResetAsked, beside_account
from crm_core.kernel.declare import Column, Job, Listen, Menu, Permission, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource.after import RecordsAssigned
from crm_core.resource.pairs import TwinEntered
from crm_core.web import frame
from crm_core.web.menu import slots

slots.notices_url, slots.bell_url, slots.live_url, slots.news = URL, f"{URL}/bell", f"{URL}/live", News

frame.person_menu.append(toldpages.menu_entry)
beside_account.append(toldpages.menu_entry)


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
        Listen(digest.DigestDue, digest.deliver, acts="system", name="core.messages.digest_mail", outside=True, label=_("Mail that sums up what waits")),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("core.messages.sweep", services.sweep, every="every day at 03:40", label=_("Clear old messages")), Job(digest.NAME, digest.run, every="every minute", label=_("Mail that sums up what waits"))]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission(ANNOUNCE, _("Write to everybody, and announce to departments and roles"))]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Who leads speaks to everybody."""
    return [RoleTemplate(code, "", {ANNOUNCE: "all"}) for code in ("supervisor", "decision-maker")]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages, toldpages.pages]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
    make.last.append(demo.old_ones_are_read)
