"""Messages as a resource: everybody's own copies."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session
from crm_core.features.messages import saved, sending, threads
from crm_core.features.messages.models import Box, Kind, Message
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id
from crm_core.resource.changes import as_written
from crm_core.resource.fields import Field
from crm_core.resource.resource import Resource, Section

RECEIVED = (("box.any", "received"),)


class Messages(Resource):
    model = Message
    label = _("Messages")
    singular = _("Internal message")
    icon = "message-2"
    submit = _("Send")
    columns = "title", "state", "sender", "people", "sent_at"
    filters = "box", "sender", "kind", "priority", "sent_at", "read_at", "acknowledged_at", "subject", "subject_id"
    search = "title", "text"
    search_names = ()
    sorts = ("-created_at",)
    entry = RECEIVED
    beside = ((_("Sent"), "/core/message?box.any=sent"), (_("Held back"), "/core/message?box.any=held"), (_("Notices"), "/notices"))
    verbs = "read", "create", "update", "delete"
    private = True
    form = (
        Section(_("Receivers"), ("people", "departments", "roles", "view", "everyone")),
        Section(_("Internal message"), ("title", "text", "kind", "priority", "hold")),
    )
    hidden_fields = ("subject", "subject_id", "owner", "department", "team", "box", "sender", "sent_at", "read_at", "acknowledged_at")
    help = _("What colleagues and the system write to you. Only the sender and the receivers see a message.")
    actions = (
        Action("send", _("Send"), sending.deliver, when=sending.held, icon="send", bulk=False, primary=True),
        Action("acknowledge", _("Acknowledge"), sending.acknowledge, when=sending.awaits, icon="check", primary=True),
        Action("remind", _("Remind those who have not"), sending.remind, when=sending.open_ones, icon="bell", bulk=False,),
    )

    def fields(self, *, writing: bool = False) -> dict[str, Field]:
        """Whoever may not write to everybody is not asked whether he wants to, nor for a list where none is saved."""
        found = super().fields(writing=writing)
        if not sending.may_announce():
            found.pop("everyone", None)
        if not current_work().session.system and not saved.shown():
            found.pop("view", None)
        return found

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """Who writes is the sender; an answer goes into the conversation of what it answers."""
        me = my_id()
        for row in rows:
            if row.get("id") is not None:
                row["hold"] = True  # it is sent by its button
            else:
                row.update(sender_id=me, box=Box.held, **({"owner_id": me} if me else {}))
                if row.get("subject") == self.name:
                    answered = session.scalar(sa.select(Message).where(Message.id == row.get("subject_id")))
                    if answered is not None:
                        row.update(thread_id=answered.thread_id or answered.id, subject=answered.subject, subject_id=answered.subject_id)

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            if row.get("id") is not None and before[row["id"]].get("box") != Box.held:
                faults[i] = {"title": [_("A message that has been sent stays as it is.")]}
                continue
            target = self.registry.resources.get(row["subject"]) if row.get("subject") else None
            if row.get("subject") and (target is None or not row.get("subject_id") or not target.labels([row["subject_id"]])):
                faults[i] = {"subject": [_("There is no such record.")]}
            elif not sending.may_announce() and (row.get("everyone") or (_many(row, before) and _announces(row, before))):
                faults[i] = {"everyone" if row.get("everyone") else "kind": [_("Only who may announce to everybody sends this: name the people it is for.")]}
            elif row.get("id") is None and not row.get("hold") and not current_work().session.system and not sending.everybody(_Given(row)):
                faults[i] = {"people": [_("Nobody would receive this: say to whom.")]}
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "create":
            sending.answered(ids)

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return threads.dress(row, page)


def _many(row: Mapping[str, Any], before: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether a message goes to more than people who are named."""
    now = as_written(row, before)
    return any(now.get(name) for name in ("departments", "roles", "view", "everyone"))


def _announces(row: Mapping[str, Any], before: Mapping[int, Mapping[str, Any]]) -> bool:
    return bool(as_written(row, before).get("kind") == Kind.announcement)


class _Given:
    """A message as its form gave it."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.people, self.departments, self.roles = row.get("people"), row.get("departments"), row.get("roles")
        self.view, self.everyone = row.get("view"), bool(row.get("everyone"))
        self.text, self.sender_id = row.get("text"), row.get("sender_id")


