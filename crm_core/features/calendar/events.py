"""What happens to appointments."""

from dataclasses import dataclass

from crm_core.kernel.events import Event
from crm_core.kernel.i18n import _


@dataclass(frozen=True)
class Planned(Event):
    """Appointments with guests outside of the house were made, changed or called off; `series`: of which days came or went."""

    label = _("An appointment was planned")
    ids: tuple[int, ...]
    series: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answered(Event):
    """Invitations from outside were answered; `whole`: these are all days of a series, with one answer."""

    label = _("An invitation was answered")
    ids: tuple[int, ...]
    whole: bool = False
