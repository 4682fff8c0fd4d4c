"""The customers of the demo company: three hundred invented firms with a year behind them, and those that fill up to the
number wanted."""

from crm_core.features.customers.demo.fill import fill

__all__ = ["fill"]
