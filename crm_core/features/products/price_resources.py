"""Price lists and terms of payment as resources."""

from collections.abc import Mapping
from typing import Any

from crm_core.features.money.api import no_fractions, step
from crm_core.features.products.price_models import PaymentTerm, PriceLine, PriceList
from crm_core.kernel.i18n import _
from crm_core.resource.bilingual import Bilingual
from crm_core.resource.changes import as_written
from crm_core.resource.figures import house_currency
from crm_core.resource.pieces import Lines
from crm_core.resource.resource import Section

Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]


class PaymentTerms(Bilingual):
    model = PaymentTerm
    label = _("Payment terms")
    singular = _("Payment terms")
    icon = "calendar-dollar"
    columns = "name", "english", "advance", "days", "month_end"
    search = "name", "english"
    importable = True
    help = _("When customers pay: so much in advance, the rest so many days later.")


class PriceLists(Bilingual):
    model = PriceList
    label = _("Price lists")
    singular = _("Price list")
    icon = "tags"
    columns = "name", "customer", "customer_kind", "standing", "region", "currency", "begins", "ends", "active"
    filters = "active", "customer", "customer_kind", "standing", "region", "tag", "currency", "begins", "ends"
    search = "name", "english"
    sorts = "name", "-updated_at"
    importable = True
    files = True
    spans = ("begins", "ends")
    lines = (Lines("prices", PriceLine, ("product", "category", "from_quantity", "price", "discount", "allowance"), _("Prices and reductions"), first=True, repeats=True),)
    form = (
        Section(_("Price list"), ("name", "english", "currency", "active", "begins", "ends", "payment_term")),
        Section(_("For whom"), ("customer", "tag", "customer_kind", "standing", "region")),
        Section(_("Prices and reductions"), ("prices",)),
        Section(_("Remark"), ("note",), folded=True),
    )
    help = _("Prices and reductions for some customers, for a time. Of several that hold the most special one is taken: the customer himself before his tag, kind, standing and region, a product before its category.")

    def check(self, rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for at, row in enumerate(rows):
            now = as_written(row, before)
            wrong: dict[str, list[Any]] = {}
            found = [said for line in row.get("prices") or () if (said := _fault(line, now.get("currency") or house_currency())) is not None]
            if found:
                wrong["prices"] = found
            if wrong:
                faults[at] = wrong
        return faults


def _fault(line: Mapping[str, Any], currency: str) -> Any:
    """What is wrong with a line, None for nothing; a field that is not named stands as it is and is not looked at."""
    price, off = line.get("price"), (line.get("discount"), line.get("allowance"))
    if "price" in line and price is None and not any(off):
        return _("Every line says a price, a discount or an allowance.")
    if price is not None and "product" in line and line["product"] is None:
        return _("A price is of a product; of a category or everything say a discount.")
    if line.get("product") is not None and line.get("category") is not None:
        return _("A line is of a product or of a category, not of both.")
    if any(amount is not None and amount < 0 for amount in (price, off[1], line.get("from_quantity"))):
        return _("Nothing below zero here.")
    if any((amount or 0) % step(currency) for amount in (price, off[1])):
        return no_fractions(currency)
    return None
