"""Currencies and rates as resources."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.access.rights import bump
from crm_core.features.money import services
from crm_core.features.money.models import Currency, CurrencyRate
from crm_core.kernel.i18n import _
from crm_core.resource.changes import as_written
from crm_core.resource.figures import house_currency
from crm_core.resource.resource import Resource


class Currencies(Resource):
    model = Currency
    label = _("Currencies")
    singular = _("Currency")
    icon = "coin"
    columns = "code", "active"
    filters = ("active",)
    search = ("code",)
    search_names = ()
    sorts = "code", "-updated_at"
    verbs = "read", "create", "update", "delete"
    unique = (("code",),)
    files = False
    in_palette = False
    help = _("Which currencies can be chosen besides that of the house, and what they are worth under Rates.")

    @property
    def label_field(self) -> str:
        return "code"

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for at, row in enumerate(rows):
            code = str(as_written(row, before).get("code") or "").upper()
            row["code"] = code
            if code not in services.known():
                faults[at] = {"code": [_("“%(value)s” is no currency with hundredths or without.", value=code)]}
            elif code == house_currency():
                faults[at] = {"code": [_("This is the currency of the house already.")]}
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()


class CurrencyRates(Resource):
    model = CurrencyRate
    label = _("Rates")
    singular = _("Rate")
    icon = "arrows-exchange"
    columns = "currency", "day", "rate"
    filters = "currency", "day"
    search = ()
    sorts = ("-day",)
    verbs = "read", "create", "update", "delete", "import", "export"
    unique = (("currency", "day"),)
    files = False
    in_palette = False
    importable = True
    help = _("What one unit of a currency is worth in that of the house, from a day on. A document keeps the rate of its day.")

    @property
    def label_field(self) -> str:
        return "currency"

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        own = house_currency()
        return {at: {"currency": [_("This is the currency of the house: one of it is always worth one.")]} for at, row in enumerate(rows) if row.get("currency") == own}
