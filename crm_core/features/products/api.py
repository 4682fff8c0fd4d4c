"""What other features may import."""

from crm_core.features.products.lines import PricedHead, PricedLine, PricedLines, priced
from crm_core.features.products.models import Product
from crm_core.features.products.price_models import PaymentTerm
from crm_core.features.products.prices import Ask, Priced, prices
from crm_core.features.products.terms import instalments
from crm_core.features.products.units import convert
from crm_core.features.products.wording import translated

__all__ = ["Ask", "PaymentTerm", "Priced", "PricedHead", "PricedLine", "PricedLines", "Product", "convert", "instalments", "priced", "prices", "translated"]
