"""What other features may use of messages."""

from crm_core.features.messages.sending import copies, send
from crm_core.features.messages.services import COUNTED, newest, notify, read_all, unread_count
from crm_core.features.messages.threads import columns as reader_columns
from crm_core.features.messages.views import BELL, panel

__all__ = ["BELL", "COUNTED", "copies", "newest", "notify", "panel", "read_all", "reader_columns", "send", "unread_count"]
