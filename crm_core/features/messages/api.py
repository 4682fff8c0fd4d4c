"""What other features may use of messages."""

from crm_core.features.messages import digest, telling, toldpages
from crm_core.features.messages.sending import copies, send
from crm_core.features.messages.services import COUNTED, newest, notify, read_all, unread_count
from crm_core.features.messages.threads import columns as reader_columns
from crm_core.features.messages.views import BELL, panel, title

__all__ = [
    "BELL", "COUNTED", "copies", "digest", "newest", "notify", "panel", "read_all", "reader_columns", "send", "telling", "title", "toldpages", "unread_count",
]
