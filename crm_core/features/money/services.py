"""Which currencies there are, and what amounts are worth in the house's own."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from babel.numbers import format_decimal, get_currency_precision, list_currencies
from sqlalchemy.orm import aliased

from crm_core.access.rights import made
from crm_core.data.session import system_scope
from crm_core.features.money.models import Currency, CurrencyRate
from crm_core.features.money.settings import rounding
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _, locale
from crm_core.resource.figures import house_currency
from crm_core.text import amounts


@cache
def known() -> frozenset[str]:
    """Codes of currencies whose smallest amount is a hundredth or more."""
    return frozenset(code for code in list_currencies() if get_currency_precision(code) <= 2)


def step(currency: str) -> int:
    """The smallest amount there is of a currency, in hundredths: 100 for JPY, 1 for CNY."""
    return int(10 ** (2 - min(2, get_currency_precision(currency))))


def shown(amount: int, currency: str = "") -> str:
    """An amount as people read it: 12,300.50; without cents where the currency ("": the house's) has none."""
    return format_decimal(Decimal(amount).scaleb(-2), "#,##0" if step(currency or house_currency()) == 100 else "#,##0.00", locale=locale())


def say(amount: int, currency: str = "") -> str:
    """The same in a sentence: with its currency where that is not the house's, USD 80.00."""
    return f"{currency}\u00a0{shown(amount, currency)}" if currency not in ("", house_currency()) else shown(amount, currency)


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
        raise Refused(no_rate(currency, day))
    return int(found)


def rates(pairs: Collection[tuple[str, dt.date]]) -> dict[tuple[str, dt.date], int]:
    """`rate` of many (currency, day) in one statement; where there is none the pair is missing."""
    found = {pair: amounts.RATE for pair in pairs if pair[0] == house_currency()}
    wanted: dict[str, set[dt.date]] = {}
    for currency, day in pairs:
        if (currency, day) not in found:
            wanted.setdefault(currency, set()).add(day)
    if not wanted:
        return found
    earlier, live = aliased(CurrencyRate), CurrencyRate.deleted_at.is_(None)
    spans = []
    for currency, days in wanted.items():  # from the last rate before the first day to the last day
        start = sa.select(sa.func.max(earlier.day)).where(earlier.currency == currency, earlier.day <= min(days), earlier.deleted_at.is_(None)).scalar_subquery()
        spans.append(sa.and_(CurrencyRate.currency == currency, CurrencyRate.day <= max(days), CurrencyRate.day >= sa.func.coalesce(start, min(days))))
    with system_scope("rates of currencies") as db:
        rows = db.execute(sa.select(CurrencyRate.currency, CurrencyRate.day, CurrencyRate.rate).where(sa.or_(*spans), live).order_by(CurrencyRate.day)).all()
    known: dict[str, list[tuple[dt.date, int]]] = {}
    for currency, day, value in rows:
        known.setdefault(currency, []).append((day, int(value)))
    for currency, days in wanted.items():
        for day in days:
            at = bisect_right(known.get(currency, []), day, key=lambda one: one[0])
            if at:
                found[currency, day] = known[currency][at - 1][1]
    return found


def no_rate(currency: str, day: dt.date) -> Any:
    """The sentence for a rate that is missing: what to do about it."""
    return _("There is no rate of %(currency)s for %(day)s yet. An administrator enters it under Master data › Rates.", currency=currency, day=day)


def in_house(amount: int, currency: str, day: dt.date) -> int:
    """An amount of a currency in the house's own, at the rate of a day. Raises Refused where there is none."""
    return amounts.convert(amount, rate(currency, day), rounding(), step(house_currency()))


def from_house(amount: int, currency: str, day: dt.date) -> int:
    """An amount of the house's currency in another one, at the rate of a day. Raises Refused where there is none."""
    return amounts.divide(amount * amounts.RATE, rate(currency, day), rounding(), step(currency))
