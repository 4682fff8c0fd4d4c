"""Arithmetic with money: what it says is what decimals say, and nothing is lost."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.text import amounts

HOW = st.sampled_from([amounts.HALF_UP, amounts.HALF_EVEN])
STEP = st.sampled_from([1, 100])
MONEY = st.integers(-(10**12), 10**12)
few = settings(max_examples=60, deadline=None)


@few
@given(MONEY, st.integers(1, 10**6), HOW, STEP)
def test_dividing_rounds_as_decimals_do(number: int, by: int, how: str, step: int) -> None:
    rounding = ROUND_HALF_UP if how == amounts.HALF_UP else ROUND_HALF_EVEN
    exact = Decimal(number) / Decimal(by * step)
    assert amounts.divide(number, by, how, step) == int(exact.quantize(Decimal(1), rounding)) * step
    assert amounts.divide(-number, by, how, step) == -amounts.divide(number, by, how, step)


@pytest.mark.parametrize(("number", "up", "even"), [(5, 1, 0), (15, 2, 2), (25, 3, 2), (24, 2, 2), (26, 3, 3), (-5, -1, 0), (-25, -3, -2)])
def test_halves(number: int, up: int, even: int) -> None:
    assert (amounts.divide(number, 10), amounts.divide(number, 10, amounts.HALF_EVEN)) == (up, even)


@few
@given(st.integers(0, 10**9), st.integers(0, 10**8), st.integers(0, 100_00), st.integers(0, 100_00), st.booleans(), HOW, STEP)
def test_a_line_adds_up_and_is_near_the_exact_figures(quantity: int, price: int, discount: int, tax: int, included: bool, how: str, step: int) -> None:
    found = amounts.line(quantity, price, discount, tax, included=included, how=how, step=step)
    assert found.net + found.tax == found.amount and all(part % step == 0 and part >= 0 for part in found)
    exact = Decimal(quantity) / 1000 * price * (10_000 - discount) / 10_000
    assert abs((found.amount if included else found.net) - exact) <= Decimal(step) / 2


def test_a_line_by_hand() -> None:
    assert amounts.line(3_000, 113_00, 0, 13_00, included=True) == (300_00, 39_00, 339_00)
    assert amounts.line(3_000, 100_00, 10_00, 13_00, included=False) == (270_00, 35_10, 305_10)
    assert amounts.line(-1_000, 113_00, 0, 13_00, included=True) == (-100_00, -13_00, -113_00), "what is taken back mirrors"


@few
@given(MONEY, st.lists(st.integers(0, 10**6), min_size=1, max_size=12), STEP)
def test_what_is_shared_out_is_all_of_it(amount: int, weights: list[int], step: int) -> None:
    parts = amounts.share(amount * step, weights, step)
    assert sum(parts) == amount * step and all(part % step == 0 for part in parts)
    if any(weights):
        assert all(abs(part * sum(weights) - amount * step * weight) < sum(weights) * step for part, weight in zip(parts, weights, strict=True))


def test_sharing_by_hand() -> None:
    assert amounts.share(100, [1, 1, 1]) == [34, 33, 33]
    assert amounts.share(-100, [1, 1, 1]) == [-34, -33, -33]
    assert amounts.share(5, [0, 0]) == [3, 2] and amounts.share(5, []) == []


def test_converting_and_parts() -> None:
    assert amounts.convert(100_00, 7_12345678) == 712_35
    assert amounts.part(99_99, 50_00) == 50_00 and amounts.part(99_99, 50_00, amounts.HALF_EVEN) == 50_00
