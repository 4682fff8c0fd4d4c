"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.mail import filing, outgoing, receiving, resources, views
from crm_core.features.mail.events import MailQueued
from crm_core.features.mail.pages import pages
from crm_core.kernel.declare import Job, Listen, Menu, Related, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.web import lines, records

records.dressers.append(views.offer)
lines.drawers[filing.KIND] = views.line


@hookimpl
def register_resources() -> list[type[Any]]:
    return list(resources.ALL)


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Mail"), resources.Mails, order=32, name="mail", badge=resources.unread)]


@hookimpl
def register_panels() -> list[Any]:
    return [Related("core.customer", resources.Letters, order=22, label=_("Mail")), Related("core.contact", resources.Letters, order=22, label=_("Mail"))]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody sets up his own boxes and uses those of his teams."""
    own = {f"core.mail_account.{verb}": "own" for verb in ("create", "update", "delete")}
    return [RoleTemplate(code, "", {"core.mail_account.read": "team", **own}) for code in ("user", "supervisor", "decision-maker")]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(MailQueued, outgoing.deliver, acts="system", name="core.mail.deliver", outside=True, label=_("Send mail"))]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("core.mail.look", receiving.look, every=f"every {receiving.EVERY} minutes", label=_("Look for mail")),
        Job(receiving.FETCH, receiving.fetch, label=_("Mail comes in")),
        Job("core.mail.due", outgoing.due, every="every 1 minutes", label=_("Mail that is to go out now")),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]
