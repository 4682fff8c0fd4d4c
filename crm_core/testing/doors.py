"""What tests of a plugin do that the plugin itself does not: set settings, take a change back, ask a report, read what an act is given."""

from crm_core.resource import reporting
from crm_core.resource.acts import values
from crm_core.resource.settings import put
from crm_core.resource.undo import ask as take_back

__all__ = ["put", "reporting", "take_back", "values"]
