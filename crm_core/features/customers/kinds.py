"""What can be written on a customer's time line by hand: each kind with its words, its key, and what it asks besides the text."""

import enum
from dataclasses import dataclass
from typing import Any

from crm_core.kernel.i18n import _


class NoteKind(enum.StrEnum):
    """A note, something that was done with the customer, or what he told us."""

    note = "note"
    call = "call"
    mail = "mail"
    visit = "visit"
    meeting = "meeting"
    feedback = "feedback"


@dataclass(frozen=True)
class Kind:
    """One kind: `fields` of the note it asks besides the text, `key` that leads to it, whether it says with whom and when."""

    label: Any
    icon: str
    key: str
    ask: Any
    saved: Any
    fields: tuple[str, ...] = ()
    dated: bool = True


KINDS: dict[NoteKind, Kind] = {
    NoteKind.note: Kind(_("Note"), "note", "L", _("What was said, what was agreed? @ tells a colleague."), _("Note saved"), dated=False),
    NoteKind.call: Kind(_("Call"), "phone-outgoing", "P", _("What was said on the phone?"), _("Call saved"), ("minutes",)),
    NoteKind.mail: Kind(_("Mail"), "mail", "M", _("What was written?"), _("Mail saved")),
    NoteKind.visit: Kind(_("Visit"), "map-pin-check", "V", _("What was seen and said there?"), _("Visit saved"), ("place", "minutes", "result")),
    NoteKind.meeting: Kind(_("Meeting"), "users", "W", _("What was talked about?"), _("Meeting saved"), ("place", "minutes")),
    NoteKind.feedback: Kind(
        _("Feedback"), "message-2", "B", _("What did they tell us?"), _("Feedback saved"), ("topic", "product", "weight"), dated=False),
}
LABELS = {kind.value: declared.label for kind, declared in KINDS.items()}
# What becomes of feedback is written down by whoever sees to it.
HANDLED = ("handling", "result")
DONE = ("done", "declined")  # words of handling that end it
