"""What products cost whom: one function for a set, a fixed number of statements however many lines it has.

    prices([Ask(product=7, quantity=12_000)], customer=3, day=today(), currency="USD")

The rules are in pricing.py and, for people, in docs/products.md. They hold for everybody alike: a price does not depend on who may read which
price list.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm_core.data.bulk import among
from crm_core.data.session import system_scope
from crm_core.features.customers.api import Customer, Region, Tagged
from crm_core.features.money.api import no_rate, rates, rounding, step
from crm_core.features.products import pricing
from crm_core.features.products.models import (
    Kind,
    Life,
    Product,
    ProductCategory,
    ProductChoice,
    ProductCombination,
    ProductPart,
)
from crm_core.features.products.price_models import PriceLine, PriceList
from crm_core.features.products.units import ratio
from crm_core.features.products.variants import on_sale
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, language
from crm_core.resource.figures import PercentField, QuantityField, house_currency
from crm_core.text import amounts

QUANTITY = QuantityField(name="quantity", column="", label="")
PERCENT = PercentField(name="percent", column="", label="")


@dataclass(frozen=True)
class Ask:
    """So many thousandths of a product in a unit (None: its own), with what was chosen (option → choice), for a customer on a day in a
    currency (None: nobody in particular, today, the house's)."""

    product: int
    quantity: int = amounts.PIECE
    unit: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    customer: int | None = None
    day: dt.date | None = None
    currency: str | None = None

    @classmethod
    def of(cls, line: Mapping[str, Any], customer: int | None = None, day: dt.date | None = None, currency: str | None = None) -> "Ask":
        """What a line of a document asks (column → value): one piece, where it does not say how many yet."""
        quantity = amounts.PIECE if line.get("quantity") is None else line["quantity"]
        return cls(line["product_id"], quantity, line.get("unit_id"), line.get("configuration") or {}, customer, day, currency)


class Priced(NamedTuple):
    """What one costs, in hundredths of the currency asked for: by the catalogue and price lists, and to this customer. `discount` is what of
    it his lists took off, `rate` the tax rate, both in hundredths of a percent; `why` says in words where the price is from, or why there is
    none (`price` is None then)."""

    list_price: int | None
    price: int | None
    discount: int
    rate: int
    why: str


class Facts(NamedTuple):
    """What lines need to know of a product; what a variant leaves out is that of its parent."""

    id: int
    name: str
    english: str | None
    kind: Kind
    life: Life
    price: int | None
    tax: int
    unit_id: int | None
    parent_id: int | None
    categories: tuple[int, ...]
    is_bundle: bool
    has_choices: bool
    has_variants: bool

    def word(self, code: str) -> str:
        """Its name in a language."""
        return (self.english if code == "en" else None) or self.name


class Shelf:
    """Products with what they are made of and what can be chosen, loaded for a set."""

    def __init__(self, ids: Collection[int]) -> None:
        self.facts = _facts(ids)
        bundles = [i for i, one in self.facts.items() if one.is_bundle]
        self.parts: dict[int, list[tuple[int, int]]] = {}
        self.choices: dict[int, list[Any]] = {}
        if bundles:
            with system_scope("parts of bundles") as db:
                for row in db.execute(sa.select(ProductPart.product_id, ProductPart.part_id, ProductPart.quantity).where(
                        among(ProductPart.product_id, bundles), ProductPart.deleted_at.is_(None)).order_by(ProductPart.id)):
                    self.parts.setdefault(row.product_id, []).append((row.part_id, row.quantity))
            self.facts.update(_facts({part for found in self.parts.values() for part, _n in found} - self.facts.keys()))
        if chosen := [i for i, one in self.facts.items() if one.has_choices]:
            with system_scope("choices of products") as db:
                for choice in db.execute(sa.select(
                        ProductChoice.product_id, ProductChoice.option, ProductChoice.option_english, ProductChoice.name, ProductChoice.english, ProductChoice.surcharge,
                        ProductChoice.percent, ProductChoice.optional).where(among(ProductChoice.product_id, chosen), ProductChoice.deleted_at.is_(None)).order_by(ProductChoice.id)):
                    self.choices.setdefault(choice.product_id, []).append(choice)

    @cached_property
    def combinations(self) -> dict[int, list[tuple[str, str, str]]]:
        """Which choices go together, by product."""
        found: dict[int, list[tuple[str, str, str]]] = {}
        if self.choices:
            with system_scope("choices of products") as db:
                for row in db.execute(sa.select(ProductCombination.product_id, ProductCombination.given, ProductCombination.how, ProductCombination.other).where(
                        among(ProductCombination.product_id, list(self.choices)), ProductCombination.deleted_at.is_(None)).order_by(ProductCombination.id)):
                    found.setdefault(row.product_id, []).append((row.given, row.how.value, row.other))
        return found

    def words(self, product: int, chosen: Mapping[str, str], code: str) -> str:
        """A product with what was chosen and what it is made of, as a line says it: in a language ("en" or another)."""
        one = self.facts[product]
        said = [self.chosen(product, option, choice, code) for option, choice in chosen.items()]
        colon, comma, left, right = (": ", "; ", " (", ")") if code == "en" else ("：", "；", "（", "）")
        inside = [colon.join(pair) if pair[0] else pair[1] for pair in said]
        inside += [f"{QUANTITY.show(n)} × {self.facts[part].word(code)}" for part, n in self.parts.get(product, ()) if part in self.facts]
        return one.word(code) + (left + comma.join(inside) + right if inside else "")

    def chosen(self, product: int, option: str, choice: str, code: str) -> tuple[str, str]:
        """An option and a choice in a language."""
        row = next((r for r in self.choices.get(product, ()) if (r.option, r.name) == (option, choice)), None)
        return (row.option_english or option, row.english or choice) if row is not None and code == "en" else (option, choice)


def _facts(ids: Collection[int]) -> dict[int, Facts]:
    if not ids:
        return {}
    parent, category = aliased(Product), aliased(ProductCategory)
    has = [sa.exists().where(child.product_id == Product.id, child.deleted_at.is_(None)).label(name) for child, name in ((ProductPart, "parts"), (ProductChoice, "choices"))]
    query = sa.select(
        Product.id, Product.name, Product.english, Product.kind, Product.life, sa.func.coalesce(Product.price, parent.price).label("price"), Product.tax,
        sa.func.coalesce(Product.unit_id, parent.unit_id).label("unit"), Product.parent_id, sa.func.coalesce(Product.category_id, parent.category_id).label("category"),
        category.parent_id.label("above"), *has, on_sale(Product.id).label("variants"),
    ).outerjoin(parent, parent.id == Product.parent_id).outerjoin(category, category.id == sa.func.coalesce(Product.category_id, parent.category_id))
    with system_scope("products of lines") as db:
        rows = db.execute(query.where(among(Product.id, sorted(ids)))).all()
    return {r.id: Facts(r.id, r.name, r.english, r.kind, r.life, r.price, r.tax, r.unit, r.parent_id, tuple(c for c in (r.category, r.above) if c), bool(r.parts),
                        bool(r.choices), bool(r.variants)) for r in rows}


def buyers(ids: Collection[int]) -> dict[int, pricing.Buyer]:
    """What price lists ask of these customers."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    own, above, top = aliased(Region), aliased(Region), aliased(Region)
    with system_scope("customers of prices") as db:
        rows = db.execute(
            sa.select(Customer.id, Customer.customer_kind, Customer.standing, Customer.wish_language, own.id.label("r1"), above.id.label("r2"), top.id.label("r3"))
            .outerjoin(own, own.id == Customer.region_id).outerjoin(above, above.id == own.parent_id).outerjoin(top, top.id == above.parent_id)
            .where(among(Customer.id, wanted))).all()
        tags: dict[int, set[int]] = {}
        for customer, tag in db.execute(sa.select(Tagged.subject_id, Tagged.tag_id).where(Tagged.subject == "core.customer", among(Tagged.subject_id, wanted))):
            tags.setdefault(customer, set()).add(tag)
    return {r.id: pricing.Buyer(r.id, r.customer_kind, r.standing, frozenset(tags.get(r.id, ())), tuple(x for x in (r.r1, r.r2, r.r3) if x), r.wish_language) for r in rows}


def prices(asks: Sequence[Ask], *, customer: int | None = None, day: dt.date | None = None, currency: str | None = None) -> list[Priced]:
    """What these cost, in the order asked. `customer`, `day` and `currency` hold for all that do not say their own."""
    asks = [replace(a, customer=a.customer or customer, day=a.day or day, currency=a.currency or currency) for a in asks]
    return of_shelf(Shelf({a.product for a in asks}), asks, buyers({a.customer for a in asks if a.customer}))


def of_shelf(shelf: Shelf, asks: Sequence[Ask], known: Mapping[int, pricing.Buyer]) -> list[Priced]:
    """The same with products and buyers that are loaded already."""
    house, now = house_currency(), clock.today()
    asks = [replace(a, day=a.day or now, currency=a.currency or house) for a in asks]
    if not asks:
        return []
    worths = rates({(a.currency or house, a.day or now) for a in asks})
    rules = _rules(shelf, asks, house)
    language_now, how = language(), rounding()
    found = []
    for ask in asks:
        one = _Pricing(shelf, known.get(ask.customer or 0, pricing.Buyer()), ask, rules, worths, house, how)
        found.append(one.priced(language_now))
    return found


class _Pricing:
    """One ask."""

    def __init__(self, shelf: Shelf, buyer: pricing.Buyer, ask: Ask, rules: Sequence[pricing.Rule], worths: Mapping[tuple[str, dt.date], int], house: str, how: str) -> None:
        self.shelf, self.buyer, self.ask, self.rules, self.house, self.how = shelf, buyer, ask, rules, house, how
        self.currency, self.day = ask.currency or house, ask.day or clock.today()
        self.rate = worths.get((self.currency, self.day))

    def change(self, amount: int, currency: str) -> pricing.Amount | None:
        if currency == self.currency:
            return amount
        return Fraction(amount * amounts.RATE, self.rate) if currency == self.house and self.rate else None

    def priced(self, code: str) -> Priced:
        one = self.shelf.facts.get(self.ask.product)
        if one is None:
            return Priced(None, None, 0, 0, "")
        per = ratio(self.ask.unit, one.unit_id)
        if per is None:
            return Priced(None, None, 0, one.tax, str(_("These units cannot be converted into each other.")))
        found = self._worth(one, self.ask.quantity, per, self.ask.choices)
        if found.price is None:
            lacking = self.rate is None and (one.price is not None or one.is_bundle)
            return Priced(None, None, 0, one.tax, str(no_rate(self.currency, self.day) if lacking else _("Neither the product nor a price list says a price.")))
        return Priced(found.list_price, found.price, found.discount, one.tax, self._why(found))

    def _worth(self, one: Facts, quantity: int, per: Fraction, chosen: Mapping[str, str], deep: int = 1) -> pricing.Worth:
        own = reduced = self.change(one.price, self.house) if one.price is not None else None
        if one.price is None and deep and self.shelf.parts.get(one.id):
            own, reduced = self._parts(one, quantity, per)
        rows = [r for r in self.shelf.choices.get(one.id, ()) if chosen.get(r.option) == r.name]
        surcharge = sum(((self.change(r.surcharge, self.house) or Fraction(0)) for r in rows if r.surcharge), Fraction(0))
        held = amounts.divide(quantity * per.numerator, per.denominator)  # price lists count in the product's own unit
        thing = pricing.Thing(one.id, one.parent_id, one.categories, held, own, reduced, surcharge, sum(r.percent or 0 for r in rows), per)
        return pricing.worth(thing, self.rules, self.buyer, self.day, self.currency, change=self.change, how=self.how, step=step(self.currency))

    def _parts(self, one: Facts, quantity: int, per: Fraction) -> tuple[pricing.Amount | None, pricing.Amount | None]:
        """What the parts of a bundle come to by the catalogue and to this customer; None where one of them has no price."""
        full, left = Fraction(0), Fraction(0)
        for part, number in self.shelf.parts[one.id]:
            facts = self.shelf.facts.get(part)
            found = self._worth(facts, int(quantity * per * number / amounts.PIECE), Fraction(1), {}, 0) if facts is not None else None
            if found is None or found.list_price is None or found.price is None:
                return None, None
            full += Fraction(found.list_price * number, amounts.PIECE)
            left += Fraction(found.price * number, amounts.PIECE)
        return full, left

    def _why(self, found: pricing.Worth) -> str:
        """Which list and line it came from."""
        words = [str(_("Price list “%(name)s”", name=found.by.name)) + self._steps(found.by) if found.by is not None else str(_("List price of the product"))]
        if found.off is not None:
            less = [f"−{PERCENT.show(found.discount)}"] if found.discount else []
            less += [str(_("allowance"))] if found.allowance else []
            name = "" if found.by is not None and found.by.id == found.off.id else str(_("Price list “%(name)s”", name=found.off.name)) + self._steps(found.off) + " "
            words.append(name + ", ".join(less))
        return "; ".join(words)[:255]

    def _steps(self, rule: pricing.Rule) -> str:
        return ", " + str(_("from %(n)s on", n=QUANTITY.show(rule.from_quantity))) if rule.from_quantity > 0 else ""


def _rules(shelf: Shelf, asks: Sequence[Ask], house: str) -> list[pricing.Rule]:
    """The lines of price lists that may hold for any of these."""
    products = {i for one in shelf.facts.values() for i in (one.id, one.parent_id) if i}
    categories = {i for one in shelf.facts.values() for i in one.categories}
    customers = {a.customer for a in asks if a.customer}
    days = [a.day for a in asks if a.day is not None]
    line, of = PriceLine, PriceList
    query = sa.select(
        line.id, of.id.label("list_id"), of.currency, line.product_id, line.category_id, line.from_quantity, line.price, line.discount, line.allowance,
        of.customer_id, of.tag_id, of.customer_kind, of.standing, of.region_id, of.begins, of.ends, of.name, of.english,
    ).join(of, of.id == line.price_list_id).where(
        of.active, of.deleted_at.is_(None), line.deleted_at.is_(None), among(of.currency, sorted({house, *(a.currency or house for a in asks)}), sa.Text),
        sa.or_(among(line.product_id, sorted(products)), sa.and_(line.product_id.is_(None), sa.or_(line.category_id.is_(None), among(line.category_id, sorted(categories))))),
        sa.or_(of.customer_id.is_(None), among(of.customer_id, sorted(customers))),
        sa.or_(of.begins.is_(None), of.begins <= max(days)), sa.or_(of.ends.is_(None), of.ends >= min(days)))
    with system_scope("price lists") as db:
        rows = db.execute(query).all()
    english = language() == "en"
    return [pricing.Rule(r.id, r.list_id, r.currency, r.product_id, r.category_id, r.from_quantity, r.price, r.discount, r.allowance, r.customer_id, r.tag_id, r.customer_kind,
                         r.standing, r.region_id, r.begins, r.ends, (r.english if english else None) or r.name) for r in rows]
