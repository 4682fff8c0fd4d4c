"""Terms of payment: which part of an amount is due when."""

import calendar
import datetime as dt
from typing import Any

from crm_core.features.money.api import rounding, step
from crm_core.text import amounts


def instalments(terms: Any, amount: int, day: dt.date, currency: str) -> list[tuple[dt.date, int]]:
    """(day it is due, amount) of what is owed from a day on, the advance first; they add up to the amount. `terms`: a PaymentTerm, or None
    for all at once."""
    if terms is None:
        return [(day, amount)]
    advance = amounts.part(amount, terms.advance, rounding(), step(currency))
    start = day.replace(day=calendar.monthrange(day.year, day.month)[1]) if terms.month_end else day
    parts = [(day, advance), (start + dt.timedelta(days=terms.days), amount - advance)]
    return [one for one in parts if one[1]] or [(day, 0)]
