"""What other features may use of messages."""

from crm_core.features.messages.sending import send
from crm_core.features.messages.services import COUNTED, newest, notify, read_all, unread_count
from crm_core.features.messages.views import BELL, panel

__all__ = ["BELL", "COUNTED", "newest", "notify", "panel", "read_all", "send", "unread_count"]
