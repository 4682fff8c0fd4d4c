"""What other features may import."""

from crm_core.features.products.lines import PricedHead, PricedLine, PricedLines, priced
from crm_core.features.products.models import Product

__all__ = ["PricedHead", "PricedLine", "PricedLines", "Product", "priced"]
