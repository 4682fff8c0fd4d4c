"""Which line of which price list holds for whom: pure rules, no database. docs/products.md says the same to people.

Of all lines that hold, the most specific one with a price gives the list price; where there is none, the product's own price does. Then the
most specific one with a discount or an allowance is taken off, unless it is of a list that is less special to the customer than the one
the price came from: what was agreed with a customer is not reduced by what everybody gets.

What is more specific, first to last: the customer himself, his tag, his kind, his standing, his region (a smaller one before a larger one);
then the product, what it is a variant of, its category, the one above; then the document's own currency; then the larger quantity; then the
list that began later. Of lines alike in all of it the lower price holds.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from crm_core.text import amounts

Amount = int | Fraction


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of a price list with what its list says. Money in hundredths of `currency`."""

    id: int
    list_id: int
    currency: str
    product: int | None = None
    category: int | None = None
    from_quantity: int = 0
    price: int | None = None
    discount: int | None = None
    allowance: int | None = None
    customer: int | None = None
    tag: int | None = None
    kind: str | None = None
    standing: str | None = None
    region: int | None = None
    begins: dt.date | None = None
    ends: dt.date | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """What price lists ask of a customer. `regions`: his, the one above, the one above that."""

    id: int = 0
    kind: str | None = None
    standing: str | None = None
    tags: frozenset[int] = frozenset()
    regions: tuple[int, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What is priced: ids of the product and of what it is a variant of, of its category and the one above, its quantity in thousandths of
    its own unit, its own price with and without what price lists took off its parts (None: it has none), in hundredths of the currency wanted."""

    product: int
    parent: int | None = None
    categories: tuple[int, ...] = ()
    quantity: int = amounts.PIECE
    own: Amount | None = None
    reduced: Amount | None = None  # of a bundle: what its parts come to at their prices
    surcharge: Amount = 0  # of what was chosen, in money
    percent: int = 0  # and in percent
    per: Fraction = field(default=Fraction(1))  # how many of the product's unit are one of the line's


class Worth(NamedTuple):
    """`list_price` and `price` of one, None where nothing says a price; the `discount` and `allowance` in it; the rules they came from."""

    list_price: int | None
    price: int | None
    discount: int
    allowance: Amount
    by: Rule | None
    off: Rule | None


Place = tuple[Any, ...]


def who(rule: Rule, buyer: Buyer) -> Place | None:
    """How special to the customer the list of a rule is; None where it is not for him."""
    if rule.customer is not None and rule.customer != buyer.id:
        return None
    if rule.tag is not None and rule.tag not in buyer.tags:
        return None
    if rule.kind is not None and rule.kind != buyer.kind:
        return None
    if rule.standing is not None and rule.standing != buyer.standing:
        return None
    if rule.region is not None and rule.region not in buyer.regions:
        return None
    near = len(buyer.regions) - buyer.regions.index(rule.region) if rule.region is not None else 0
    return (rule.customer is not None, rule.tag is not None, rule.kind is not None, rule.standing is not None, near)


def what(rule: Rule, thing: Thing) -> int | None:
    """How near to the product a rule is; None where it is not about it."""
    if rule.product is not None:
        return 4 if rule.product == thing.product else 3 if rule.product == thing.parent else None
    if rule.category is not None:
        return 2 - thing.categories.index(rule.category) if rule.category in thing.categories else None
    return 0


def worth(thing: Thing, rules: Iterable[Rule], buyer: Buyer, day: dt.date, currency: str, *, change: Callable[[int, str], Amount | None],
          how: str = amounts.HALF_UP, step: int = 1) -> Worth:
    """What a thing costs a buyer on a day. `change(amount, currency)` gives an amount in the currency wanted, unrounded; None where
    there is no rate: such a rule does not hold."""
    held: list[tuple[Place, Place, Rule]] = []
    for rule in rules:
        his, near = who(rule, buyer), what(rule, thing)
        if his is None or near is None or rule.from_quantity > thing.quantity or not (rule.begins or day) <= day <= (rule.ends or day):
            continue
        held.append((his, (near, rule.currency == currency, rule.from_quantity, (rule.begins or dt.date.min).toordinal()), rule))
    priced = [(*one, found) for one in held if one[2].price is not None and (found := change(one[2].price, one[2].currency)) is not None]
    by, level, base, reduced = None, None, thing.own, thing.reduced if thing.reduced is not None else thing.own
    if priced:
        level, _place, by, base = max(priced, key=lambda one: (one[0], one[1], -one[3], -one[2].id))
        reduced = base
    if base is None or reduced is None:
        return Worth(None, None, 0, 0, by, None)
    more = amounts.WHOLE + thing.percent

    def made(amount: Amount) -> Fraction:
        """Of one in the line's unit, with what was chosen."""
        return max(Fraction(0), (Fraction(amount * more, amounts.WHOLE) + thing.surcharge) * thing.per)

    def rounded(amount: Fraction) -> int:
        return amounts.divide(amount.numerator, amount.denominator, how, step)

    full, start = made(base), made(reduced)
    offs: list[tuple[Any, ...]] = []
    for his, place, rule in held:
        if not (rule.discount or rule.allowance) or (level is not None and his < level):
            continue
        allowance = change(rule.allowance or 0, rule.currency)
        if allowance is None:
            continue
        left = max(Fraction(0), start * Fraction(amounts.WHOLE - (rule.discount or 0), amounts.WHOLE) - allowance * thing.per)
        offs.append((his, place, left, rule, allowance))
    if not offs:
        return Worth(rounded(full), rounded(start), 0, 0, by, None)
    _his, _place, left, off, allowance = max(offs, key=lambda one: (one[0], one[1], -one[2], -one[3].id))
    return Worth(rounded(full), rounded(left), off.discount or 0, allowance, by, off)


def wrong_choices(options: Sequence[tuple[str, str, bool]], rules: Sequence[tuple[str, str, str]], chosen: dict[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """What is wrong with what was chosen, as (kind, words): `options` are (option, choice, may be left out), `rules` (choice, "needs" or
    "excludes", choices with commas between). Kinds: "unknown" (option, choice), "missing" (option), "needs" (choice, others),
    "excludes" (choice, others)."""
    offered: dict[str, list[str]] = {}
    free: dict[str, bool] = {}
    for option, choice, optional in options:
        offered.setdefault(option, []).append(choice)
        free[option] = free.get(option, False) or optional
    found: list[tuple[str, tuple[str, ...]]] = [("unknown", (o, c)) for o, c in chosen.items() if c not in offered.get(o, ())]
    found += [("missing", (o,)) for o in offered if o not in chosen and not free[o]]
    names = set(chosen.values())
    for given, how, others in rules:
        wanted = split(others)
        if given in names and wanted and (how == "needs") != bool(names.intersection(wanted)):
            found.append((how, (given, others)))
    return found


def split(text: str) -> list[str]:
    """Names with commas of any kind between them."""
    for mark in "，、;；":
        text = text.replace(mark, ",")
    return list(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
