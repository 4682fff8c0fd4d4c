"""What happens to people that others may want to know of."""

from dataclasses import dataclass

from crm_core.kernel.events import Event
from crm_core.kernel.i18n import _


@dataclass(frozen=True)
class PasswordResetAsked(Event):
    """Somebody asked for a link to set a user's password anew. The link itself is made when it is sent."""

    label = _("A link to a new password was asked for")
    ids: tuple[int, ...]
    number = 1
