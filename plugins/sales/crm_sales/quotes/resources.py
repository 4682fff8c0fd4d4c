"""What people see of quotes."""

from crm_core.sdk import PricedLines, Resource, priced
from crm_sales import _
from crm_sales.quotes.models import Quote, QuoteItem


class Quotes(Resource):
    model = Quote
    label, singular = _("Quotes"), _("Quote")
    icon = "file-text"
    columns = "number", "name", "customer", "total", "state", "until", "owner"
    filters = "state", "customer", "opportunity", "day", "until", "total", "owner"
    search = "number", "name"
    status = "state"
    limited = True
    importable = True
    lines = (priced(QuoteItem),)


class QuoteItems(PricedLines):
    model = QuoteItem
    label, singular = _("Quote items"), _("Quote item")
