"""The customers of the demo company: three hundred invented firms with a year behind them, those that fill up to the number
wanted, and what some of them had of the publisher."""

from typing import Any

from crm_core.features.customers.demo import credit, deals
from crm_core.features.customers.demo.fill import fill as story


def fill(make: Any) -> None:
    story(make)
    deals.fill(make)
    credit.fill(make)


__all__ = ["fill"]
