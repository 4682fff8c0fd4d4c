"""Quotes with items: a record with lines, as a plugin author writes it."""

from crm_core.sdk import Manifest, translations

_ = translations("quotes")
manifest = Manifest("quotes", _("Quotes"), "1.0", requires=("core>=0.1",))
