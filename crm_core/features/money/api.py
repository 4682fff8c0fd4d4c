"""What other features may import."""

from crm_core.features.money.services import in_house, in_use, rate, step
from crm_core.features.money.settings import MoneySettings, rounding, tax_included
from crm_core.resource.figures import house_currency as house

__all__ = ["MoneySettings", "house", "in_house", "in_use", "rate", "rounding", "step", "tax_included"]
