"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.mail import (
    demo,
    filing,
    mailing_resources,
    mailing_views,
    mailings,
    outgoing,
    receiving,
    resources,
    views,
)
from crm_core.features.mail.events import MailQueued
from crm_core.features.mail.pages import pages
from crm_core.kernel.declare import Job, Listen, Menu, Related, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.undo import UndoBegins
from crm_core.web import lines, records
from crm_core.web.bulk import LEADING, Leading

records.dressers.append(views.offer)
lines.drawers[filing.KIND] = views.line
for _of in (filing.CUSTOMER, filing.CONTACT):
    LEADING.setdefault(_of, {})["mass_mail"] = Leading(
        _("Mass mail"), "mail-fast", whole=mailing_views.make, offered=lambda: site().registry.resource(mailing_views.NAME).may("create"))


@hookimpl
def register_resources() -> list[type[Any]]:
    return [*resources.ALL, *mailing_resources.ALL]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Mail"), resources.Mails, order=32, name="mail", badge=resources.unread)]


@hookimpl
def register_panels() -> list[Any]:
    return [Related("core.customer", resources.Letters, order=22, label=_("Mail")), Related("core.contact", resources.Letters, order=22, label=_("Mail")),
            Related("core.mailing", mailing_resources.MailingReceivers, order=10, label=_("Receivers"))]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody sets up his own boxes, uses those of his teams, and writes texts that all use; who leads may write to many."""
    own = {f"core.{name}.{verb}": "own" for name in ("mail_account", "mail_template") for verb in ("create", "update", "delete")}
    all_ = {"core.mail_account.read": "team", "core.mail_template.read": "all", **own}
    many = {f"core.mailing.{verb}": "own" for verb in ("create", "update", "delete", "start", "go_on", "stop", "try_out", "again")}
    reach = {"supervisor": "subtree", "decision-maker": "all"}
    return [RoleTemplate(code, "", {**all_, **({**many, "core.mailing.read": reach[code]} if code in reach else {})}) for code in ("user", *reach)]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(MailQueued, outgoing.deliver, acts="system", name="core.mail.deliver", outside=True, label=_("Send mail")),
            Listen(UndoBegins, mailing_resources.keep_course, inside=True, acts="system", name="core.mailing.undone")]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("core.mail.look", receiving.look, every=f"every {receiving.EVERY} minutes", label=_("Look for mail")),
        Job(receiving.FETCH, receiving.fetch, label=_("Mail comes in")),
        Job(mailings.JOB, mailings.send, label=_("Mass mail goes out")),
        Job("core.mailing.stranded", mailings.stranded, every="every 1 minutes", label=_("Mass mails that were left lying")),
        Job("core.mail.due", outgoing.due, every="every 1 minutes", label=_("Mail that is to go out now")),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
