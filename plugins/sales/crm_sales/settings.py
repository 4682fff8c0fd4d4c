"""What administrators set for sales."""

from crm_core.sdk import Setting, Settings
from crm_sales import _


class DealSettings(Settings):
    name = "deals"
    label = _("Opportunities")
    departments = False
    callback_days: int = Setting(14, _("Call back so many days after a deal"), _("The owner gets a task: is the customer satisfied? It ends the sale."), minimum=0, maximum=365)
    probability_by_history: bool = Setting(False, _("Win probability by history"), _(
        "Of a stage in which at least ten opportunities were that closed within a year: the share of them that was won, instead of what stands at the stage."))


class QuoteSettings(Settings):
    name = "sales.quotes"
    label = _("Quotes and contracts")
    valid_days: int = Setting(30, _("A quote is valid for so many days"), minimum=1, maximum=3_650)
    public: bool = Setting(True, _("Customers read and accept quotes by a link"))
    terms: str = Setting("", _("Payment terms of new quotes"), length=500)
    signed_file: bool = Setting(True, _("A contract is signed when its signed paper is among its files"))
    warn_days: int = Setting(60, _("Days before its end that a contract puts a task on its owner"), minimum=1, maximum=730)
