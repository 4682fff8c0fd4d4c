"""Currencies and dated rates."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Vocabulary
from crm_core.kernel.i18n import _


class Currency(Vocabulary, Model):
    """A currency the house uses."""

    __tablename__ = "core_currency"
    code: Mapped[str] = mapped_column(sa.String(3), info={"label": _("Code"), "help": _("Three letters, as banks write it: USD.")})
    active: Mapped[bool] = mapped_column(default=True, info={"label": _("In use")})

    __table_args__ = (sa.Index("uq_core_currency_code", "code", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),)

    def __str__(self) -> str:
        return self.code


class CurrencyRate(Vocabulary, Model):
    """What one unit of a currency was worth in the house's from a day on."""

    __tablename__ = "core_currency_rate"
    currency: Mapped[t.Currency] = mapped_column(info={"label": _("Currency")})
    day: Mapped[dt.date] = mapped_column(info={"label": _("From")})
    rate: Mapped[t.Rate] = mapped_column(info={"label": _("Rate"), "help": _("What one unit of it is worth in the currency of the house.")})

    __table_args__ = (sa.Index("uq_core_currency_rate", "currency", "day", unique=True, sqlite_where=sa.text("deleted_at IS NULL"), postgresql_where=sa.text("deleted_at IS NULL")),)

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"
