"""What people see of contracts."""

from crm_core.sdk import PricedLines, Resource, priced
from crm_sales import _
from crm_sales.contracts.models import Contract, ContractItem


class Contracts(Resource):
    model = Contract
    label, singular = _("Contracts"), _("Contract")
    icon = "file-text"
    columns = "number", "name", "customer", "total", "state", "ends", "owner"
    filters = "state", "customer", "day", "begins", "ends", "total", "owner"
    search = "number", "name"
    status = "state"
    importable = True
    lines = (priced(ContractItem),)


class ContractItems(PricedLines):
    model = ContractItem
    label, singular = _("Contract items"), _("Contract item")
