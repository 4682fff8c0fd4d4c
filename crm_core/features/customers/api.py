"""What other features and plugins may use of customers."""

from crm_core.features.customers import holding
from crm_core.features.customers.activity import lately, silent, weeks
from crm_core.features.customers.blacklist import Listed
from crm_core.features.customers.blacklist import check as check_blacklist
from crm_core.features.customers.blacklist import of as blacklisted
from crm_core.features.customers.blacklist import of_all as all_blacklisted
from crm_core.features.customers.dealings import Dealing, DealingsRecorded
from crm_core.features.customers.kinds import KINDS, NoteKind
from crm_core.features.customers.models import Contact, Customer, Note, Region, Tagged
from crm_core.features.customers.needs import active as needs_now
from crm_core.features.customers.notes import Written, add_note
from crm_core.features.customers.panorama import acts_of_customer, may_change
from crm_core.features.customers.progress import fields as progress_fields
from crm_core.features.customers.progresspages import shown as progress_controls
from crm_core.features.customers.reach import Reach, Wishes, mark_channel, may_reach, may_reach_all, refuse, wishes
from crm_core.features.customers.related import below as group_of
from crm_core.features.customers.resources import Customers

__all__ = [
    "KINDS",
    "Contact",
    "Customer",
    "Customers",
    "Dealing",
    "DealingsRecorded",
    "Listed",
    "Note",
    "NoteKind",
    "Reach",
    "Region",
    "Tagged",
    "Wishes",
    "Written",
    "acts_of_customer",
    "add_note",
    "all_blacklisted",
    "blacklisted",
    "check_blacklist",
    "group_of",
    "holding",
    "lately",
    "mark_channel",
    "may_change",
    "may_reach",
    "may_reach_all",
    "needs_now",
    "progress_controls",
    "progress_fields",
    "refuse",
    "silent",
    "weeks",
    "wishes",
]
