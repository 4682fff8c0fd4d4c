"""Messages as a resource: everybody's own copies."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import current_work, session
from crm_core.features.messages import sending, threads
from crm_core.features.messages.models import Box, Message
from crm_core.kernel.declare import Action
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
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
        Section(_("Receivers"), ("people", "departments", "roles")),
        Section(_("Internal message"), ("title", "text", "kind", "priority", "hold")),
    )
    hidden_fields = ("subject", "subject_id", "owner", "department", "team", "box", "sender", "sent_at", "read_at", "acknowledged_at")
    help = _("What colleagues and the system write to you. Only the sender and the receivers see a message.")
    actions = (
        Action("send", _("Send"), sending.deliver, when=sending.held, icon="send", bulk=False, primary=True),
        Action("acknowledge", _("Acknowledge"), sending.acknowledge, when=sending.awaits, icon="check", primary=True),
        Action("remind", _("Remind those who have not"), sending.remind, when=sending.open_ones, icon="bell", bulk=False,),
    )

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        """Who writes is the sender; an answer goes into the conversation of what it answers."""
        me = getattr(actor(), "user_id", None)
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
            elif row.get("id") is None and not row.get("hold") and not current_work().session.system and not sending.everybody(_Given(row)):
                faults[i] = {"people": [_("Nobody would receive this: say to whom.")]}
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        if verb == "create":
            sending.answered(ids)

    def dress(self, row: Any, page: Any, found: Mapping[str, list[tuple[int, str]]]) -> Any:
        return threads.dress(row, page)


class _Given:
    """A message as its form gave it."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.people, self.departments, self.roles = row.get("people"), row.get("departments"), row.get("roles")
        self.text, self.sender_id = row.get("text"), row.get("sender_id")


