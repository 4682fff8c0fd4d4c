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


class LeadSettings(Settings):
    name = "leads"
    label = _("Leads")
    days: int = Setting(0, _("Take up within so many days"), _("A lead its owner has not taken up by then goes back to the pool. 0: never."), minimum=0, maximum=365)
    most: int = Setting(0, _("Open leads of one person"), _("Nobody takes more than that out of the pool. 0: as many as he likes."), minimum=0, maximum=10_000)
