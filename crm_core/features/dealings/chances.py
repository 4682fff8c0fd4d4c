"""Whether a customer still deals with us, how often he will and for how much: BG/NBD and gamma-gamma, in plain arithmetic.

After Fader, Hardie and Lee, "Counting Your Customers the Easy Way" (2005) and "The Gamma-Gamma Model of Monetary Value" (2013). Four and three
numbers describe the whole house; they are found by climbing the likelihood with a simplex (Nelder and Mead). No numerical library: one of them
is larger than the whole program, and a worker has no room for it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

STEPS = 600  # of the simplex at most
LEAST = 30  # customers who came again: fewer say nothing about the house
# Towards these each house is bent a little, by as much as a handful of customers would: else a lucky year says that nobody ever leaves, and customers
# who are all alike lead to numbers without end. They are those of the published house.
LEAVING = (0.793, 2.426)
SPENDING = (6.25, 3.74)
FARTHEST = 20.0  # logarithms
TINY = 1e-9


class Rhythm(NamedTuple):
    """BG/NBD: who deals `x` times again in `T` weeks, the last time in week `t`. Rates are gamma (r, alpha), the chance to leave after each beta (a, b)."""

    r: float
    alpha: float
    a: float
    b: float


class Purse(NamedTuple):
    """Gamma-gamma: what a customer spends each time."""

    p: float
    q: float
    v: float


Counts = Mapping[tuple[int, float, float], int]  # (x, t, T) → customers


def likelihood(rhythm: Rhythm, counts: Counts) -> float:
    """The logarithm of how likely these customers are."""
    r, alpha, a, b = rhythm
    lg, log = math.lgamma, math.log
    heads: dict[int, tuple[float, float]] = {}
    head = r * log(alpha) - lg(r)
    total = 0.0
    for (x, t, age), n in counts.items():
        known = heads.get(x)
        if known is None:
            common = head + lg(r + x) + lg(a + b) + lg(b + x) - lg(b) - lg(a + b + x)
            known = heads[x] = common, log(a) - log(b + x - 1) if x else 0.0
        stays = -(r + x) * log(alpha + age)
        if x:
            leaves = known[1] - (r + x) * log(alpha + t)
            top = max(stays, leaves)
            stays = top + log(math.exp(stays - top) + math.exp(leaves - top))
        total += n * (known[0] + stays)
    return total


def fit_rhythm(counts: Counts) -> Rhythm | None:
    """The house's rhythm; None where too few came again to say."""
    if sum(n for (x, _t, _age), n in counts.items() if x) < LEAST:
        return None
    mean = sum(age * n for (_x, _t, age), n in counts.items()) / sum(counts.values())

    def value(at: Sequence[float]) -> float:
        return likelihood(Rhythm(*map(math.exp, at)), counts) - _bent(at[2:], LEAVING)

    found = climb(value, (0.0, math.log(max(mean / 4, 0.1)), 0.0, 1.0))
    return Rhythm(*map(math.exp, found))


def fit_purse(amounts: Sequence[tuple[int, float]]) -> Purse | None:
    """What the house's customers spend, from how often each came again and what he spent on average then; None where there are too few."""
    rows = [(x, m) for x, m in amounts if x and m > 0]
    if len(rows) < LEAST:
        return None
    lg, log = math.lgamma, math.log
    counts: dict[int, int] = {}
    for x, _m in rows:
        counts[x] = counts.get(x, 0) + 1
    middle = sorted(m for _x, m in rows)[len(rows) // 2]
    scaled = [(x, m / middle, log(m / middle)) for x, m in rows]


    def value(at: Sequence[float]) -> float:
        p, q, v = map(math.exp, at)
        total = -_bent(at[:2], SPENDING)
        total += sum(n * (lg(p * x + q) - lg(p * x) + p * x * log(x)) for x, n in counts.items()) + len(rows) * (q * log(v) - lg(q))
        return total + sum((p * x - 1) * logged - (p * x + q) * log(x * m + v) for x, m, logged in scaled)

    p, q, v = map(math.exp, climb(value, (1.0, 1.0, 1.0)))
    return Purse(p, q, v * middle)


def _bent(at: Sequence[float], towards: Sequence[float]) -> float:
    return float(sum((one - math.log(known)) ** 2 for one, known in zip(at, towards, strict=True)) / 2)


def alive(rhythm: Rhythm, x: int, t: float, age: float) -> float:
    """How probable it is that he has not left."""
    if not x:
        return 1.0
    r, alpha, a, b = rhythm
    odds = math.log(a) - math.log(max(b + x - 1, TINY)) + (r + x) * (math.log(alpha + age) - math.log(alpha + t))
    return 1 / (1 + math.exp(min(odds, 700.0)))


def expected(rhythm: Rhythm, x: int, t: float, age: float, weeks: float) -> float:
    """How many times he will deal with us in so many weeks from now."""
    return _whole(rhythm, x, age, weeks) * alive(rhythm, x, t, age)


def _whole(rhythm: Rhythm, x: int, age: float, weeks: float) -> float:
    """The same of one who has surely not left; it does not hang on when he came last.

    Euler's transformation takes the power before the hypergeometric series into it: its terms then fall quickly, whatever x is.
    """
    r, alpha, a, b = rhythm
    if abs(a - 1) < 1e-6:
        a += 2e-6
    if abs(a + b + x - 1) < 1e-6:  # the series has no value there, what it is multiplied with is nothing; close by, both have
        b += 2e-6
    z = weeks / (alpha + age + weeks)
    series = _series(a - 1, a + b - 1 - r, a + b + x - 1, z)
    return float(max((a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * series), 0.0))


class Ahead:
    """`expected` of a million customers at several spans of time: the series is summed at fixed ages, two hundredths apart by their logarithm, and what
    lies between is drawn straight, which is right to a thousandth. Customers share these points, so their number does not grow with that of customers."""

    APART, KEPT = 0.02, 40_000

    def __init__(self, rhythm: Rhythm, spans: Sequence[float]) -> None:
        self.rhythm, self.spans = rhythm, spans
        self.points: dict[tuple[int, int], list[float]] = {}

    def _point(self, x: int, step: int) -> list[float]:
        if len(self.points) > self.KEPT:
            self.points.clear()
        age = math.exp(step * self.APART) - self.rhythm.alpha
        found = self.points[x, step] = [_whole(self.rhythm, x, age, weeks) for weeks in self.spans]
        return found

    def expected(self, x: int, age: float, alive: float) -> list[float]:
        """How many times within each span; `alive`: how probable it is that he has not left."""
        at = math.log(self.rhythm.alpha + age) / self.APART
        step = math.floor(at)
        low = self.points.get((x, step)) or self._point(x, step)
        high = self.points.get((x, step + 1)) or self._point(x, step + 1)
        part = at - step
        return [(one + part * (other - one)) * alive for one, other in zip(low, high, strict=True)]


def _series(one: float, two: float, three: float, z: float) -> float:
    """Gauss's hypergeometric series."""
    total = term = 1.0
    for n in range(5_000):
        term *= (one + n) * (two + n) / ((three + n) * (n + 1)) * z
        total += term
        if abs(term) < TINY * abs(total):
            break
    return total


def spends(purse: Purse, x: int, mean: float) -> float:
    """What he will spend each time: between what he has and what all do, the nearer to his own the more often he came."""
    p, q, v = purse
    if q <= 1:
        return mean
    if not x or mean <= 0:
        return p * v / (q - 1)
    return p * (v + x * mean) / (p * x + q - 1)


def climb(value: Callable[[Sequence[float]], float], start: Sequence[float], step: float = 0.6) -> list[float]:
    """Where `value` is greatest, from `start` on, by a simplex."""
    def asked(at: Sequence[float]) -> float:
        try:
            return value(at) if max(map(abs, at)) < FARTHEST else -math.inf
        except (OverflowError, ValueError, ZeroDivisionError):
            return -math.inf

    points = [list(start), *([*start[:n], start[n] + step, *start[n + 1 :]] for n in range(len(start)))]
    corners = sorted(((asked(at), at) for at in points), reverse=True)
    for _step in range(STEPS):
        if corners[0][0] - corners[-1][0] < 1e-8 * (1 + abs(corners[0][0])):
            break
        worst = corners[-1]
        middle = [sum(at[n] for _v, at in corners[:-1]) / (len(corners) - 1) for n in range(len(start))]

        def along(far: float, worst: tuple[float, list[float]] = worst, middle: list[float] = middle) -> tuple[float, list[float]]:
            at = [m + far * (m - w) for m, w in zip(middle, worst[1], strict=True)]
            return asked(at), at

        mirrored = along(1.0)
        if mirrored[0] > corners[0][0]:
            corners[-1] = max(mirrored, along(2.0))
        elif mirrored[0] > corners[-2][0]:
            corners[-1] = mirrored
        else:
            nearer = along(0.5 if mirrored[0] > worst[0] else -0.5)
            if nearer[0] > worst[0]:
                corners[-1] = nearer
            else:
                best = corners[0][1]
                shrunk = ([(b + w) / 2 for b, w in zip(best, at, strict=True)] for _v, at in corners[1:])
                corners = [corners[0], *((asked(at), at) for at in shrunk)]
        corners.sort(reverse=True)
    return corners[0][1]
