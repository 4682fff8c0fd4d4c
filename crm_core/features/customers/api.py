"""What other features and plugins may use of customers."""

from crm_core.features.customers.activity import lately, silent, weeks
from crm_core.features.customers.models import Contact, Customer, Note
from crm_core.features.customers.notes import Written, add_note

__all__ = ["Contact", "Customer", "Note", "Written", "add_note", "lately", "silent", "weeks"]
