"""The rules of price lists by themselves: what is more special wins, whatever order they come in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.features.products.pricing import Buyer, Rule, Thing, Worth, split, worth, wrong_choices
from crm_core.text import amounts

DAY = dt.date(2026, 11, 28)
BUYER = Buyer(7, "old", "key", frozenset({5}), (300, 200, 100))
THING = Thing(1, 2, (20, 10), 10_000, own=1_000_00)


def change(amount: int, currency: str) -> int | Fraction | None:
    return {"CNY": amount, "USD": amount * 7}.get(currency)


def ask(*rules: Rule, thing: Thing = THING, buyer: Buyer = BUYER) -> Worth:
    return worth(thing, rules, buyer, DAY, "CNY", change=change)


def rule(at: int, **values: object) -> Rule:
    return replace(Rule(at, at, "CNY"), **values)  # type: ignore[arg-type]


# Each is more special than the next.
ORDER = [
    {"product": 1, "price": 1, "customer": 7}, {"product": 1, "price": 2, "tag": 5}, {"product": 1, "price": 3, "kind": "old"}, {"product": 1, "price": 4, "standing": "key"},
    {"product": 1, "price": 5, "region": 300}, {"product": 1, "price": 6, "region": 100}, {"product": 1, "price": 7, "from_quantity": 10_000},
    {"product": 1, "price": 8, "from_quantity": 500, "begins": DAY}, {"product": 1, "price": 9, "from_quantity": 500}, {"product": 1, "price": 10},
    {"product": 1, "price": 11, "currency": "USD"}, {"product": 2, "price": 12},
]


@pytest.mark.parametrize("at", range(len(ORDER)))
def test_the_most_special_line_gives_the_price(at: int) -> None:
    rules = [rule(n + 1, **one) for n, one in enumerate(ORDER[at:], at)]
    for found in (ask(*rules), ask(*reversed(rules))):
        assert found.by is not None and found.by.id == at + 1


@pytest.mark.parametrize(("off", "of"), [
    ({"product": 1}, {"product": 2}), ({"product": 2}, {"category": 20}), ({"category": 20}, {"category": 10}), ({"category": 10}, {}),
])
def test_the_nearest_line_gives_the_reduction(off: dict[str, int], of: dict[str, int]) -> None:
    found = ask(rule(1, discount=10_00, **off), rule(2, discount=90_00, **of))
    assert (found.off and found.off.id, found.list_price, found.price, found.discount) == (1, 1_000_00, 900_00, 10_00)


@pytest.mark.parametrize("not_held", [
    {"customer": 8}, {"tag": 6}, {"kind": "new"}, {"standing": "lost"}, {"region": 301}, {"begins": DAY + dt.timedelta(1)}, {"ends": DAY - dt.timedelta(1)},
    {"from_quantity": 10_001}, {"product": 3}, {"category": 30}, {"currency": "XAU"},
])
def test_what_is_for_others_or_another_time_or_more_does_not_hold(not_held: dict[str, object]) -> None:
    given_ = {"product": 1, "price": 1, **not_held} if "category" not in not_held else {"discount": 5_00, **not_held}
    assert ask(rule(1, **given_)) == Worth(1_000_00, 1_000_00, 0, 0, None, None)


def test_what_was_agreed_with_a_customer_is_not_reduced_by_what_everybody_gets() -> None:
    agreed, everybody = rule(1, product=1, price=800_00, customer=7), rule(2, discount=10_00)
    assert ask(agreed, everybody).price == 800_00
    assert ask(agreed, rule(3, discount=10_00, customer=7)).price == 720_00
    assert ask(rule(1, product=1, price=800_00), rule(3, discount=10_00, customer=7)).price == 720_00


def test_discount_first_then_the_allowance_and_never_below_nothing() -> None:
    assert ask(rule(1, discount=10_00, allowance=50_00)).price == 850_00
    assert ask(rule(1, allowance=5_000_00)).price == 0
    dozen = replace(THING, per=Fraction(12))
    assert ask(rule(1, discount=10_00, allowance=50_00), thing=dozen).price == 12 * 850_00, "of one of the line's unit"


def test_what_was_chosen_counts_before_the_reduction() -> None:
    chosen = replace(THING, surcharge=100_00, percent=20_00)
    found = ask(rule(1, discount=50_00), thing=chosen)
    assert (found.list_price, found.price) == (1_300_00, 650_00)


def test_without_any_price_there_is_none() -> None:
    assert ask(rule(1, discount=10_00), thing=replace(THING, own=None)).price is None


RULES = st.builds(
    Rule, st.integers(1, 50), st.integers(1, 9), st.sampled_from(["CNY", "USD"]), product=st.sampled_from([None, 1, 2, 3]), category=st.sampled_from([None, 20, 10]),
    from_quantity=st.sampled_from([0, 1_000, 20_000]), price=st.none() | st.integers(0, 10**7), discount=st.none() | st.integers(0, 100_00), allowance=st.none() | st.integers(0, 10**5),
    customer=st.sampled_from([None, 7, 8]), standing=st.sampled_from([None, "key"]), region=st.sampled_from([None, 300, 100]))


@settings(max_examples=60, deadline=None)
@given(st.lists(RULES, max_size=8, unique_by=lambda one: one.id), st.randoms(use_true_random=False), st.integers(0, 10**6), st.sampled_from([1, 100]))
def test_the_price_never_depends_on_the_order_of_lists(rules: list[Rule], dice: object, own: int, step: int) -> None:
    thing = replace(THING, own=own)
    found = worth(thing, rules, BUYER, DAY, "CNY", change=change, step=step)
    mixed = list(rules)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert worth(thing, mixed, BUYER, DAY, "CNY", change=change, step=step) == found
    assert found.price is not None and found.list_price is not None
    assert 0 <= found.price <= found.list_price and found.price % step == 0 and found.list_price % step == 0


STEPS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10**6)), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.lists(st.integers(0, 120), min_size=2, max_size=6), st.sampled_from(["price", "discount", "allowance"]), st.sampled_from([Fraction(1), Fraction(12), Fraction(1, 3)]))
def test_more_never_costs_more_each_where_the_steps_go_down(steps: list[tuple[int, int]], quantities: list[int], what: str, per: Fraction) -> None:
    at = sorted({n for n, _v in steps})
    values = sorted((v for _n, v in steps[: len(at)]), reverse=what == "price")
    values += values[-1:] * (len(at) - len(values))
    rules = [rule(n + 1, product=1, from_quantity=q * 1000, **{what: v % 100_01 if what == "discount" else v})
             for n, (q, v) in enumerate(zip(at, sorted(v % 100_01 for v in values) if what == "discount" else values, strict=True))]
    if what == "price":
        rules = [replace(one, product=1) for one in rules]
    prices = [ask(*rules, thing=replace(THING, own=10**6, quantity=q * 1000, per=per)).price for q in sorted(quantities)]
    assert all(one is not None for one in prices)
    if what != "price" or min(at) == 0:
        assert prices == sorted(prices, key=lambda one: -(one or 0))


def test_choices_that_are_missing_unknown_or_do_not_go_together_are_told() -> None:
    options = [("cover", "linen", False), ("cover", "paper", False), ("foil", "gold", True), ("foil", "silver", True)]
    rules = [("gold", "needs", "linen"), ("silver", "excludes", "paper，linen")]
    assert wrong_choices(options, rules, {}) == [("missing", ("cover",))]
    assert wrong_choices(options, rules, {"cover": "linen"}) == []
    assert wrong_choices(options, rules, {"cover": "linen", "foil": "gold"}) == []
    assert wrong_choices(options, rules, {"cover": "paper", "foil": "gold"}) == [("needs", ("gold", "linen"))]
    assert wrong_choices(options, rules, {"cover": "paper", "foil": "silver"}) == [("excludes", ("silver", "paper，linen"))]
    assert wrong_choices(options, rules, {"cover": "wood", "size": "A4"}) == [("unknown", ("cover", "wood")), ("unknown", ("size", "A4"))]
    assert split("a， b、c;;a") == ["a", "b", "c"]


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 100_00), st.sampled_from([0, 6_00, 9_00, 13_00])), max_size=8),
       st.booleans(), st.sampled_from([amounts.HALF_UP, amounts.HALF_EVEN]), st.sampled_from([1, 100]))
@settings(max_examples=50, deadline=None)
def test_the_sum_of_lines_is_the_total_in_every_currency(lines: list[tuple[int, int, int, int]], included: bool, how: str, step: int) -> None:
    sums = [amounts.line(quantity, price * step, discount, tax, included=included, how=how, step=step) for quantity, price, discount, tax in lines]
    assert sum(one.net for one in sums) + sum(one.tax for one in sums) == sum(one.amount for one in sums)
    assert all(part % step == 0 for one in sums for part in one)
