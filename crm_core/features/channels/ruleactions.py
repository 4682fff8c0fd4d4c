"""What a rule of the house can do with channels."""

from typing import Any

from crm_core.features.channels import services, sms
from crm_core.features.channels.fields import ChannelField
from crm_core.features.customers.api import may_reach
from crm_core.kernel.declare import RuleAction
from crm_core.kernel.errors import Forbidden
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import acts
from crm_core.resource.fields import Field, NoteField

_HELD = _("{name} stands for the record's name, {owner} for who looks after it, and so on.")
_TEXT = NoteField(name="text", column="", label=_("Text"), required=True, length=services.LONGEST, help=_HELD)


def _send(step: Any, channel: str, text: str, to: str | None) -> Any:
    """To a group, or to who is named; the rule's owner must be one who may send by channels."""
    resource = site().registry.resource(services.NAME)
    if not resource.may("send"):
        raise Forbidden(_("You may not do this: %(what)s.", what=resource.label))
    services.send(int(channel), to or "", step.fill(text))
    return _("sent a message by “%(channel)s”", channel=dict(services.choices()).get(int(channel), ""))


def _sms(step: Any, text: str, channel: str | None) -> Any:
    """To the record itself, as far as it may be written to."""
    about, name = step.about, step.resource.title(step.record)
    reach = may_reach(about[0], about[1], "sms")
    if not reach.ok:
        return _("no SMS to “%(name)s”: %(why)s", name=name, why=reach.why)
    acts.run(step.resource, "sms", [step.id], {"text": step.fill(text), "channel": channel})
    return _("sent an SMS to “%(name)s”", name=name)


OWN = [
    RuleAction("core.channels.send", _("Send by a channel"), _send, lambda s: _("send “%(text)s” by “%(channel)s”", text=s["text"], channel=s["channel"]), (
        ChannelField(name="channel", column="", label=_("Message channel"), required=True), _TEXT,
        Field(name="to", column="", label=_("To"), length=500, help=_("A phone number for SMS; in a group those to be named, with commas between, or all."))),
        on=lambda _resource: services.there(), icon="message-forward", order=27),
    RuleAction("core.channels.sms", _("Send an SMS"), _sms, lambda s: _("send it the SMS “%(text)s”", text=s["text"]), (
        _TEXT, ChannelField(name="channel", column="", label=_("Message channel"), phones=True, help=_("Empty: the first one that reaches phones."))),
        on=lambda resource: resource.name in (sms.CUSTOMER, sms.CONTACT) and services.there(phones=True), icon="device-mobile-message", order=28),
]
