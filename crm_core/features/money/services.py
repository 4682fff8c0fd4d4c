"""Which currencies there are, and what amounts are worth in the house's own."""

import datetime as dt
from collections.abc import Mapping
from functools import cache

import sqlalchemy as sa
from babel.numbers import get_currency_precision, list_currencies

from crm_core.access.rights import made
from crm_core.data.session import system_scope
from crm_core.features.money.models import Currency, CurrencyRate
from crm_core.features.money.settings import rounding
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.resource.figures import house_currency
from crm_core.text import amounts


@cache
def known() -> frozenset[str]:
    """Codes of currencies whose smallest amount is a hundredth or more."""
    return frozenset(code for code in list_currencies() if get_currency_precision(code) <= 2)


def step(currency: str) -> int:
    """The smallest amount there is of a currency, in hundredths: 100 for JPY, 1 for CNY."""
    return int(10 ** (2 - min(2, get_currency_precision(currency))))


def in_use() -> Mapping[str, int]:
    """Code → `step` of the currencies of the house, its own first. Kept in the process until somebody changes them."""
    return made("currencies", _load)


def _load() -> dict[str, int]:
    with system_scope("currencies of the house") as db:
        codes = db.scalars(sa.select(Currency.code).where(Currency.active, Currency.deleted_at.is_(None)).order_by(Currency.code).limit(200)).all()
    return {code: step(code) for code in dict.fromkeys((house_currency(), *codes))}


def rate(currency: str, day: dt.date) -> int:
    """What one unit of a currency was worth in the house's on a day, in 10^-8: the last rate from that day or before it. Raises Refused where there
    is none."""
    if currency == house_currency():
        return amounts.RATE
    with system_scope("rates of currencies") as db:
        found = db.scalar(sa.select(CurrencyRate.rate).where(
            CurrencyRate.currency == currency, CurrencyRate.day <= day, CurrencyRate.deleted_at.is_(None)).order_by(CurrencyRate.day.desc()).limit(1))
    if found is None:
        raise Refused(_("There is no rate of %(currency)s for %(day)s yet. An administrator enters it under Master data › Rates.", currency=currency, day=day))
    return int(found)


def in_house(amount: int, currency: str, day: dt.date) -> int:
    """An amount of a currency in the house's own, at the rate of a day. Raises Refused where there is none."""
    return amounts.convert(amount, rate(currency, day), rounding(), step(house_currency()))
