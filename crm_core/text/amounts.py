"""Arithmetic with money, exact to the cent: whole numbers in, whole numbers out, rounded once where it is said.

Amounts are hundredths of a unit of their currency, quantities thousandths, percentages hundredths of a percent, rates 10^-8 (data/types.py).
`step` is the smallest amount there is of a currency, in hundredths: 1, and 100 where it has no cents (JPY).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

HALF_UP, HALF_EVEN = "half_up", "half_even"
PIECE, WHOLE, RATE = 1_000, 100_00, 10**8


class Sums(NamedTuple):
    """What a line comes to: without tax, the tax, with it; `net + tax == amount` always."""

    net: int
    tax: int
    amount: int


def divide(number: int, by: int, how: str = HALF_UP, step: int = 1) -> int:
    """`number / by`, rounded to a multiple of `step`: halves away from nothing ("half_up", as bills are in China) or to the even
    neighbour ("half_even", as IEEE 754 and banks do). `by` is greater than nothing."""
    by *= step
    whole, rest = divmod(abs(number), by)
    if 2 * rest > by or (2 * rest == by and (how == HALF_UP or whole % 2)):
        whole += 1
    return (whole if number >= 0 else -whole) * step


def line(quantity: int, price: int, discount: int, tax: int, *, included: bool, how: str = HALF_UP, step: int = 1) -> Sums:
    """So many at a price, less a discount, and the tax on it.

    `included`: prices have the tax in them, as is usual in China, so it is taken out of the amount; otherwise it is added. Each of the two
    figures that are worked out is rounded once, the third follows from them.
    """
    said = divide(quantity * price * (WHOLE - discount), PIECE * WHOLE, how, step)
    if included:
        net = divide(said * WHOLE, WHOLE + tax, how, step)
        return Sums(net, said - net, said)
    due = divide(said * tax, WHOLE, how, step)
    return Sums(said, due, said + due)


def convert(amount: int, rate: int, how: str = HALF_UP, step: int = 1) -> int:
    """An amount in another currency: `rate` of its units for one of the amount's, in 10^-8."""
    return divide(amount * rate, RATE, how, step)


def part(amount: int, percent: int, how: str = HALF_UP, step: int = 1) -> int:
    """So many hundredths of a percent of an amount."""
    return divide(amount * percent, WHOLE, how, step)


def share(amount: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """An amount split by weights, with nothing lost: what is left over goes to the largest remainders, the first of equals first.
    Weights are not below nothing; where all are nothing the parts are alike. `amount` is a multiple of `step`.
    """
    if not weights:
        return []
    weights = list(weights) if any(weights) else [1] * len(weights)
    units, total = abs(amount) // step, sum(weights)
    parts = [units * weight // total for weight in weights]
    rests = sorted(range(len(weights)), key=lambda at: (-(units * weights[at] % total), at))
    for at in rests[: units - sum(parts)]:
        parts[at] += 1
    sign = step if amount >= 0 else -step
    return [sign * one for one in parts]
