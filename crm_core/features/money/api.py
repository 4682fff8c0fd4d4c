"""What other features may import."""

from crm_core.features.money.services import in_house, in_use, rate, step
from crm_core.features.money.settings import MoneySettings, rounding, tax_included

__all__ = ["MoneySettings", "in_house", "in_use", "rate", "rounding", "step", "tax_included"]
