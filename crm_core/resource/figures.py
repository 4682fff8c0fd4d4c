"""Exact numbers with decimals, kept as whole numbers of their smallest unit, and the currency of a record's amounts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from crm_core.kernel.i18n import _, language
from crm_core.kernel.site import has_site, site
from crm_core.resource.fields import Bad, Field, IntegerField, MoneyField
from crm_core.resource.inspection import register_kind
from crm_core.resource.show import say_number
from crm_core.text import numbers


@dataclass(frozen=True, kw_only=True)
class NumberField(IntegerField):
    """A number with a fixed count of places, kept as a whole number of its smallest unit: no floats."""

    kind: str = "decimal"
    places: int = 0

    def parse(self, text: str) -> Any:
        if not text or not text.strip():
            return None
        try:
            return self._units(numbers.parse_decimal(text, language()))
        except ValueError:
            raise Bad(_("A number is expected.")) from None

    def load(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise Bad(_("A number is expected."))
        try:
            return self._units(Decimal(str(value)))
        except ArithmeticError:
            raise Bad(_("A number is expected.")) from None

    def _units(self, number: Decimal) -> int:
        units = number.scaleb(self.places)
        if not units.is_finite() or units != units.to_integral_value():
            raise Bad(_("At most %(n)s decimal places.", n=self.places) if self.places else _("A whole number is expected."))
        return int(self.check(int(units)))

    def check(self, value: Any) -> Any:
        if not -(10**15) <= value <= 10**15:
            raise Bad(_("This number is too large."))
        return value

    def dump(self, value: Any) -> Any:
        return None if value is None else value if not self.places else self.text(value)

    def show(self, value: Any) -> str:
        return "" if value is None else say_number(value, self.places)

    def text(self, value: Any) -> str:
        return "" if value is None else f"{Decimal(value).scaleb(-self.places):f}"

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "integer"} if not self.places else {"type": "string", "pattern": r"^-?\d{1,15}(\.\d+)?$"})


@dataclass(frozen=True, kw_only=True)
class _Short(NumberField):
    """Without the zeros at its end."""

    def text(self, value: Any) -> str:
        return "" if value is None else super().text(value).rstrip("0").rstrip(".")


@dataclass(frozen=True, kw_only=True)
class QuantityField(_Short):
    """Thousandths of a unit: `1.5` pieces are 1500."""

    places: int = 3


@dataclass(frozen=True, kw_only=True)
class PercentField(_Short):
    """Hundredths of a percent: `13 %` is 1300. Nothing below 0 and nothing above 100, unless the column says another `maximum`."""

    places: int = 2

    def check(self, value: Any) -> Any:
        most = self.info.get("maximum", 100_00)
        if not self.info.get("minimum", 0) <= value <= most:
            raise Bad(_("Between %(low)s and %(high)s.", low=self.info.get("minimum", 0) // 100, high=most // 100))
        return value

    def show(self, value: Any) -> str:
        return "" if value is None else f"{super().show(value)}%"


@dataclass(frozen=True, kw_only=True)
class RateField(NumberField):
    """What one unit of a currency is worth in the house's, in 10^-8."""

    places: int = 8

    def check(self, value: Any) -> Any:
        if not 0 < value <= 10**15:
            raise Bad(_("A rate is greater than nothing."))
        return value


def house_currency() -> str:
    """The currency the house counts in."""
    return site().config.currency if has_site() else "CNY"


def no_fractions(currency: str) -> Any:
    """The sentence for an amount with cents of a currency that has none."""
    return _("%(currency)s has no smaller amounts than whole ones.", currency=currency)


def fractions(resource: Any, rows: Sequence[Mapping[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
    """Faults of amounts with cents in records of a currency that has none: position → field → sentences. Rows are as for
    `Resource.check`; what stood there before and is not touched stays."""
    if "currency" not in resource.table.c or not used_currencies:
        return {}
    money = {f.column: n for n, f in resource.all_fields.items() if isinstance(f, MoneyField) and "total" not in f.info}
    faults: dict[int, dict[str, list[Any]]] = {}
    for at, row in enumerate(rows) if money else ():
        code = row.get("currency") or before.get(row.get("id") or 0, {}).get("currency") or house_currency()
        step = used_currencies[0]().get(code, 1)
        wrong = {money[column]: [no_fractions(code)] for column in money.keys() & row.keys() if step > 1 and (row[column] or 0) % step}
        if wrong:
            faults[at] = wrong
    return faults


# Slot: the currencies this house uses, code → the smallest amount there is of it in hundredths (features/money).
used_currencies: list[Callable[[], Mapping[str, int]]] = []


@dataclass(frozen=True, kw_only=True)
class CurrencyField(Field):
    """The code of a currency the house uses; one that records have from earlier stays readable."""

    kind: str = "currency"
    operators: ClassVar[tuple[str, ...]] = ("any", "none")

    def begins_with(self) -> Any:
        return house_currency()

    def taken(self, line: str) -> Any:
        code = line.upper()
        if code not in dict(self.options()):
            raise Bad(_("“%(value)s” is no currency this house uses.", value=line[:20]))
        return code

    def options(self) -> list[tuple[str, str]]:
        codes = used_currencies[0]() if used_currencies else {house_currency(): 1}
        return [(code, code) for code in codes]

    def schema(self) -> dict[str, Any]:
        return self.nullable({"type": "string", "pattern": "^[A-Z]{3}$"})


for _kind, _cls in {"quantity": QuantityField, "percent": PercentField, "rate": RateField, "currency": CurrencyField}.items():
    register_kind(_kind, _cls)
