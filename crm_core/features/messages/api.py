"""What other features may use of messages."""

from crm_core.features.messages.services import COUNTED, newest, notify, read_all, unread_count
from crm_core.features.messages.views import panel

__all__ = ["COUNTED", "newest", "notify", "panel", "read_all", "unread_count"]
