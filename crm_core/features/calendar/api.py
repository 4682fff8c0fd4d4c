"""What other features may use of the calendar."""

from crm_core.features.calendar.models import Appointment, Room
from crm_core.features.calendar.pages import READ
from crm_core.features.calendar.services import NAME as APPOINTMENTS
from crm_core.features.calendar.services import free_rooms
from crm_core.features.calendar.views import URL

__all__ = ["APPOINTMENTS", "READ", "URL", "Appointment", "Room", "free_rooms"]
