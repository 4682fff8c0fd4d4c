"""What happens to mail."""

from dataclasses import dataclass

from crm_core.kernel.events import Event
from crm_core.kernel.i18n import _


@dataclass(frozen=True)
class MailQueued(Event):
    """A mail is to go out."""

    label = _("A mail is to go out")
    ids: tuple[int, ...]
