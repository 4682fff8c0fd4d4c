"""What other features and plugins may use of customers."""

from crm_core.features.customers import holding
from crm_core.features.customers.activity import lately, silent, weeks
from crm_core.features.customers.blacklist import Listed
from crm_core.features.customers.blacklist import check as check_blacklist
from crm_core.features.customers.blacklist import of as blacklisted
from crm_core.features.customers.blacklist import of_all as all_blacklisted
from crm_core.features.customers.models import Contact, Customer, Note
from crm_core.features.customers.needs import active as needs_now
from crm_core.features.customers.notes import Written, add_note
from crm_core.features.customers.reach import Reach, Wishes, mark_channel, may_reach, wishes
from crm_core.features.customers.related import below as group_of
from crm_core.features.customers.resources import Customers

__all__ = [
    "Contact", "Customer", "Customers", "Listed", "Note", "Reach", "Wishes", "Written", "add_note", "all_blacklisted", "blacklisted", "check_blacklist", "group_of",
    "holding",
    "lately", "mark_channel", "may_reach", "needs_now", "silent", "weeks", "wishes",
]
