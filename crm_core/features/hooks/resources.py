"""Webhooks out and in as resources; their logs are read-only parts of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.session import session
from crm_core.features.hooks import fields, forwarding, receiving, signing  # noqa: F401  its kinds are known before the resources are made
from crm_core.features.hooks.models import Call, Delivery, Incoming, IncomingCall, State, Webhook
from crm_core.kernel.declare import Action
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.kernel.outbound import addresses
from crm_core.kernel.site import my_id, site
from crm_core.resource import stream
from crm_core.resource.changes import as_written
from crm_core.resource.resource import Resource, Section
from crm_core.web.viewmodels import PanelRow, PanelView

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]
Faults = dict[int, dict[str, list[Any]]]
_SIGNED = _("Each message carries webhook-id, webhook-timestamp and webhook-signature, as the Standard Webhooks have them.")
_NOT_HIS = _("Only its owner may say this: it shows what he may see.")


def strangers(rows: Rows, before: Before, names: Sequence[str]) -> Faults:
    """Whoever may change somebody else's webhook may switch it off, and not lead what its owner sees elsewhere. Nobody makes one
    that acts as somebody else."""
    me, faults = my_id(), {}
    for i, row in enumerate(rows):
        old = before.get(row.get("id", 0))
        wanted = me if old is None else old["owner_id"]
        if me is not None and row.get("owner_id", wanted) != wanted:
            faults[i] = {"owner": [_("It acts with the rights of its owner: nobody else can be made that.")]}
            continue
        if old is None or me in (None, old["owner_id"]):
            continue
        if moved := [name for name in names if name in row and row[name] != old[name]]:
            faults[i] = {name: [_NOT_HIS] for name in moved}
    return faults


def _his(row: Any) -> bool:
    """Whether the acting person is its owner: the secret signs what acts with the owner's rights."""
    return bool(my_id() == row.owner_id)


def _shows_secret(resource: Resource, row: Any, page: Any) -> bool:
    """Whether a page shows its reader what messages are signed with."""
    return page.body == "facts" and _his(row) and resource.sees(row.id, "update")


def _secret_of(model: Any, row_id: int) -> tuple[str, int]:
    """What the secret of a webhook is derived from; no reader's field."""
    found = session.execute(sa.select(model.public_id, model.turn).where(model.id == row_id)).one()
    return found.public_id, found.turn


class Webhooks(Resource):
    model = Webhook
    label = _("Webhooks")
    singular = _("Webhook")
    icon = "webhook"
    files = False
    columns = "name", "resource", "url", "active", "failing_since", "owner"
    filters = "resource", "active", "failing_since"
    search = ("name",)
    sorts = ("-updated_at",)
    verbs = ("read", "create", "update", "delete")
    hidden_fields = "owner", "department", "team", "failing_since"
    in_palette = False
    order = 84
    help = _("Other systems are told at once of what happens here: each message is signed, tried again until it is taken, and stands in the log below.")
    form = (
        Section(_("Webhook"), ("name", "url", "active")),
        Section(_("What it tells"), ("resource", "created", "changed", "gone", "only")),
        Section(_("Remark"), ("note",)),
    )
    actions = (
        Action("test", _("Send a test"), forwarding.test, icon="send", order=20, bulk=False, when=lambda row: row.active),
        Action("new_secret", _("New secret"), forwarding.new_secret, icon="key", order=30, bulk=False, quiet=True, when=_his,
               confirm=_("For a day messages are signed with the old secret too; then with the new one alone.")),
    )

    def check(self, rows: Rows, before: Before) -> Faults:
        faults = strangers(rows, before, ("url", "resource", "created", "changed", "gone", "only"))
        for i, row in enumerate(rows):
            now, mine = as_written(row, before), faults.setdefault(i, {})
            target = self.registry.resources.get(str(now.get("resource")))
            if target is None or not target.may("read"):
                mine["resource"] = [_("These records are not yours to see.")]
            try:
                addresses.plausible(now.get("url") or "", site().config.private_hosts)
            except CrmError as bad:
                mine["url"] = [bad.message]
            if target is not None and now.get("only") and "resource" not in mine:
                try:
                    forwarding.only(target, now["only"])
                except CrmError as bad:
                    mine["only"] = [bad.message]
        return {i: found for i, found in faults.items() if found}

    def derive(self, rows: Rows, before: Before) -> None:
        for row in rows:
            if row.get("id") is None:
                row["place"] = str(stream.newest())
            elif row.get("active") and not before[row["id"]]["active"]:
                row.update(failing_since=None, paused_until=None)
                forwarding.revive(row["id"])

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()
        if verb != "delete":
            for one in ids:
                forwarding.wake(one)

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        if not _shows_secret(self, row, page):
            return page
        key = signing.secret(forwarding.PURPOSE, *_secret_of(Webhook, row.id))
        return replace(page, first=(*page.first, PanelView(_("Secret"), "key", rows=(PanelRow(key),), foot=_SIGNED)))


class Deliveries(Resource):
    """Written by forwarding.py alone."""

    model = Delivery
    label = _("Messages to other systems")
    singular = _("Message to another system")
    icon = "send"
    files = False
    columns = "what", "record_id", "state", "status", "error", "attempts", "tried_at", "due_at"
    filters = "state", "what", "created_at"
    sorts = ("-created_at",)
    status = "state"
    readonly = True
    verbs = ("read",)
    in_palette = False
    order = 85
    actions = (Action("again", _("Send again"), forwarding.again, icon="refresh", when=lambda row: row.state != State.waiting),)

    @property
    def label_field(self) -> str:
        return "what"

    def word(self, value: Any) -> Any:
        return self.all_fields["what"].show(value)


class Incomings(Resource):
    model = Incoming
    label = _("Webhooks in")
    singular = _("Webhook in")
    icon = "webhook"
    files = False
    columns = "name", "resource", "known_by", "active", "owner"
    filters = "resource", "active"
    search = ("name",)
    sorts = ("-updated_at",)
    verbs = ("read", "create", "update", "delete")
    hidden_fields = "owner", "department", "team"
    in_palette = False
    order = 86
    help = _("Other systems tell of their records at an address of this site: each message is signed, taken once, and becomes a record with the rights of the owner.")
    form = (
        Section(_("Webhook in"), ("name", "active")),
        Section(_("What becomes of it"), ("resource", "mapping", "known_by")),
        Section(_("Remark"), ("note",)),
    )
    actions = (Action("new_secret", _("New secret"), receiving.new_secret, icon="key", order=30, bulk=False, quiet=True, when=_his,
                      confirm=_("Messages that are signed with the old secret are refused from now on.")),)

    def check(self, rows: Rows, before: Before) -> Faults:
        faults = strangers(rows, before, ("resource", "mapping", "known_by"))
        for i, row in enumerate(rows):
            now = as_written(row, before)
            if found := receiving.faults(self.registry.resources.get(str(now.get("resource"))), now.get("mapping") or "", now.get("known_by")):
                faults.setdefault(i, {}).update(found)
        return faults

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        if not _shows_secret(self, row, page):
            return page
        name, turn = _secret_of(Incoming, row.id)
        rows = PanelRow(receiving.address(name), sub=_("POST, JSON")), PanelRow(signing.secret(receiving.PURPOSE, name, turn), sub=_("Secret"))
        return replace(page, first=(*page.first, PanelView(_("Address and secret"), "key", rows=rows, foot=_SIGNED)))


class IncomingCalls(Resource):
    """Written by receiving.py alone."""

    model = IncomingCall
    label = _("Messages of other systems")
    singular = _("Message of another system")
    icon = "webhook"
    files = False
    columns = "message", "state", "record_id", "error", "created_at"
    filters = "state", "created_at"
    sorts = ("-created_at",)
    status = "state"
    readonly = True
    verbs = ("read",)
    in_palette = False
    order = 87
    actions = (Action("again", _("Take it again"), receiving.again, icon="refresh", when=lambda row: row.state == Call.refused),)

    @property
    def label_field(self) -> str:
        return "message"
