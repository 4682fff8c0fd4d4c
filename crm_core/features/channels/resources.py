"""Channels as a resource: an administrator sets them up in a form and tries them by a button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.session import session
from crm_core.features.channels import adapters, services
from crm_core.features.channels.models import PURPOSE, Channel, Sms, State
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import CrmError, Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.outbound import addresses
from crm_core.kernel.site import site
from crm_core.resource import sealed
from crm_core.resource.changes import as_written
from crm_core.resource.fields import Field, NoteField
from crm_core.resource.inspection import register_kind
from crm_core.resource.listed import ListField
from crm_core.resource.resource import Resource, Section

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ChannelKindField(ListField):
    """A service that some package speaks with."""

    kind: str = "channel_kind"

    def words(self) -> Mapping[str, Any]:
        return {name: str(one.label) for name, one in site().registry.channels.items()}


register_kind(ChannelKindField.kind, ChannelKindField)


class Channels(Resource):
    model = Channel
    label = _("Message channels")
    singular = _("Message channel")
    icon = "message-forward"
    files = False
    columns = "name", "kind", "for_people", "active"
    filters = "kind", "for_people", "active"
    search = ("name",)
    sorts = "name", "-updated_at"
    verbs = ("read", "create", "update", "delete")
    unique = (("name",),)
    in_palette = False
    order = 88
    help = _("Group chats and SMS services that take short messages from this site: from rules, to customers, to colleagues who want their notices there.")
    form = (
        Section(_("Message channel"), ("name", "kind", "active", "for_people")),
        Section(_("Access"), ("url", "secret", "body")),
        Section(_("Remark"), ("note",)),
    )
    shown_if = {"body": ("kind", ",".join(adapters.TEMPLATED))}
    actions = (Action("send", _("Send a message"), services.by_hand, icon="send", order=20, bulk=False, when=lambda row: row.active, fields=(
        Field(name="to", column="", label=_("To"), help=_("A phone number for SMS; in a group those to be named, with commas between, or all.")),
        NoteField(name="text", column="", label=_("Text"), required=True))),)

    def derive(self, rows: Rows, before: Before) -> None:
        """What is given by code is sealed as well as what was typed. Where there is no secret, another address leaves a mark in its
        history (none is NULL or empty): undoing what was done before brings none back that was typed for another one."""
        for row in rows:
            old = before.get(row.get("id", 0), {})
            for name in ("url", "secret"):
                if row.get(name):
                    row[name] = sealed.sealed(PURPOSE, row[name])
            if old and not row.get("secret") and not old.get("secret") and _elsewhere(row, old):
                row["secret"] = "" if old.get("secret") is None else None

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            now, mine, old = as_written(row, before), faults.setdefault(i, {}), before.get(row.get("id", 0), {})
            if old.get("secret") and not row.get("secret") and _elsewhere(row, old):
                mine["secret"] = [_("Type the secret again: it is to go to another address.")]
            if now.get("kind") not in site().registry.channels:
                mine["kind"] = [_("No module that is on speaks with this service.")]
            if not now.get("url"):
                mine["url"] = [_("This is required.")]
            elif row.get("url"):
                try:
                    addresses.plausible(sealed.open_(PURPOSE, row["url"]), site().config.private_hosts)
                except CrmError as bad:
                    mine["url"] = [bad.message]
            if now.get("kind") in adapters.TEMPLATED and now.get("body"):
                try:
                    adapters.filled(now["body"], "", "")
                except Invalid as bad:
                    mine["body"] = bad.fields["body"]
        return {i: found for i, found in faults.items() if found}

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        """What processes keep of channels is stale with this commit."""
        bump()


def _elsewhere(row: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether messages go to another address from now on, or are told it otherwise: who may change a channel knows its secret no more
    for that."""
    return any(row.get(name) is not None and row[name] != old.get(name) for name in ("url", "kind"))


class SmsSent(Resource):
    """Written by sms.py alone."""

    model = Sms
    label = _("SMS")
    singular = _("SMS message")
    icon = "device-mobile-message"
    readonly = True
    files = False
    columns = "title", "state", "contact", "author", "created_at", "customer"
    filters = "state", "contact", "author", "created_at", "customer"
    search = ("text",)
    search_names = ()
    sorts = ("-created_at",)
    verbs = "read", "export"
    in_palette = False
    help = _("Short messages to a customer and his contacts. Who sees the customer sees them.")

    def held(self, ids: Sequence[int]) -> set[int]:
        """What has left cannot be taken back; what waits can, and does not leave then."""
        query = sa.select(Sms.id).where(Sms.id.in_(list(ids)), Sms.state != State.waiting)
        return super().held(ids) | set(session.scalars(query))
