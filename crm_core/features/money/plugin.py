"""Table of contents of this feature."""

from typing import Any

from crm_core.features.money.resources import Currencies, CurrencyRates
from crm_core.features.money.services import in_use
from crm_core.features.money.settings import MoneySettings
from crm_core.kernel.declare import Menu
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import figures

FEATURE = "products"  # who sells has prices
figures.used_currencies.append(in_use)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Currencies, CurrencyRates]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Currencies"), Currencies, "words", order=60, name="currencies", permission="core.currency.update"),
        Menu(_("Rates"), CurrencyRates, "words", order=61, name="rates", permission="core.currency_rate.update"),
    ]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [MoneySettings]

