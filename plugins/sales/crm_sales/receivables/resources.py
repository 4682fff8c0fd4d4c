"""What people see of invoices and payments."""

from crm_core.sdk import Lines, PricedLines, Resource, priced
from crm_sales import _
from crm_sales.receivables.models import Allocation, Invoice, InvoiceItem, Payment


class Invoices(Resource):
    model = Invoice
    label, singular = _("Invoices"), _("Invoice")
    icon = "file-invoice"
    columns = "number", "customer", "day", "due", "total", "paid", "state", "owner"
    filters = "state", "customer", "day", "due", "total", "owner"
    search = ("number",)
    search_names = ()
    status = "state"
    lines = (priced(InvoiceItem),)


class InvoiceItems(PricedLines):
    model = InvoiceItem
    label, singular = _("Invoice items"), _("Invoice item")


class Payments(Resource):
    model = Payment
    label, singular = _("Payments received"), _("Payment received")
    icon = "cash"
    columns = "number", "customer", "day", "amount", "owner"
    filters = "customer", "day", "amount", "owner"
    search = ("number",)
    search_names = ()
    importable = True
    lines = (Lines("allocations", Allocation, ("invoice", "amount"), _("For invoices")),)
