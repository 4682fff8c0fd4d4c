"""What other features may use of messages."""

from crm_core.features.messages.services import COUNTED, newest, notify, read_all, unread_count

__all__ = ["COUNTED", "newest", "notify", "read_all", "unread_count"]
