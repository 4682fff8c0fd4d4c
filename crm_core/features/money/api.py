"""What other features may import."""

from crm_core.features.money.models import Currency
from crm_core.features.money.services import from_house, in_house, in_use, no_rate, rate, rates, say, shown, step
from crm_core.features.money.settings import MoneySettings, rounding, tax_included
from crm_core.resource.figures import house_currency as house
from crm_core.resource.figures import no_fractions

__all__ = ["Currency", "MoneySettings", "from_house", "house", "in_house", "in_use", "no_fractions", "no_rate", "rate", "rates", "rounding", "say", "shown", "step", "tax_included"]
