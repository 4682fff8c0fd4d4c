"""The customers of the demo company: some three hundred invented firms with a year behind them."""

from crm_core.features.customers.demo.fill import fill

__all__ = ["fill"]
