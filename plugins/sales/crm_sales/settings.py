"""What administrators set."""

from crm_core.sdk import Setting, Settings
from crm_sales import _


class ForceSettings(Settings):
    """Salespeople."""

    label = _("Salespeople")
    name = "force"
    receipts: bool = Setting(True, _("An expense claim needs its receipt as a file"))


class PartnerSettings(Settings):
    """Partners."""

    label = _("Partners")
    name = "partners"
    protects: int = Setting(90, _("A deal of a partner is protected for so many days"), minimum=1, maximum=730)
