"""What other features and plugins may use of channels."""

from crm_core.features.channels.services import NAME, NotTaken, choices, send, usable
from crm_core.features.channels.sms import send_to

__all__ = ["NAME", "NotTaken", "choices", "send", "send_to", "usable"]
