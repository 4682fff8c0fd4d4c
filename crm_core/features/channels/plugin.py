"""Table of contents of this feature."""

from typing import Any

from crm_core.features.channels import fax, ruleactions, services, sms, telling
from crm_core.features.channels.adapters import CHANNELS
from crm_core.features.channels.resources import Channels, SmsSent
from crm_core.features.mail.api import MailReceived
from crm_core.features.messages.api import toldpages
from crm_core.kernel.declare import Action, Channel, Job, Listen, Menu, Related, RoleTemplate, RuleAction, Timeline
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _

toldpages.channels.append(telling.ways)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Channels, SmsSent]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(Channels.label, Channels, "settings", order=Channels.order, name="channels", permission="core.channel.update|core.channel.send")]


@hookimpl
def register_actions() -> list[Action]:
    return [Action("sms", _("Send an SMS"), sms.act, when=lambda row: bool(row.mobile), on=on, icon="device-mobile-message", order=60, quiet=True, fields=sms.fields,
                   offered=sms.offered) for on in (sms.CUSTOMER, sms.CONTACT)] + [
        Action("send_fax", _("Send a fax"), fax.act, when=lambda row: bool(row.fax), on=on, icon="printer", order=61, quiet=True, fields=fax.FIELDS,
               offered=fax.offered) for on in (sms.CUSTOMER, sms.CONTACT)]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [fax.FaxSettings]


@hookimpl
def register_panels() -> list[Related]:
    return [Related(on, SmsSent, order=23, label=_("SMS")) for on in (sms.CUSTOMER, sms.CONTACT)]


@hookimpl
def register_timeline() -> list[Timeline]:
    return [Timeline(SmsSent, via, words=_("sent an SMS"), follow_up=True, icon="device-mobile-message", name=f"sms-{via}") for via in ("customer", "contact")]


@hookimpl
def register_rule_actions() -> list[RuleAction]:
    return ruleactions.OWN


@hookimpl
def register_channels() -> list[Channel]:
    return CHANNELS


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Who may change a customer writes to him; who leads speaks by the house's channels too."""
    speaks = {"core.channel.read": "all", "core.channel.send": "all"}
    return [
        RoleTemplate("user", "", {f"core.{name}.{act}": "own" for name in ("customer", "contact") for act in ("sms", "send_fax")}),
        RoleTemplate("supervisor", "", {**speaks, **{f"core.{name}.{act}": "subtree" for name in ("customer", "contact") for act in ("sms", "send_fax")}}),
        RoleTemplate("decision-maker", "", {**speaks, "core.contact.sms": "all", "core.contact.send_fax": "all"}),
    ]


@hookimpl
def register_listeners() -> list[Listen]:
    return [
        Listen(services.ChannelMessage, services.deliver, acts="system", outside=True, name="core.channels.deliver", label=_("Send by a channel")),
        Listen(sms.SmsQueued, sms.deliver, acts="system", outside=True, name="core.channels.sms", label=_("Send SMS")),
        Listen(MailReceived, fax.received, acts="system", name="core.fax.received", label=_("File a fax that came in")),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job(telling.NAME, telling.run, every="every minute", label=_("Notices by the channels people chose")), Job(fax.JOB, fax.run, label=_("Send a fax"))]
