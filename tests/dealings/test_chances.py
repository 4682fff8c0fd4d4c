"""BG/NBD and gamma-gamma: the published estimates of CDNOW, and what has to hold for any house."""

import math
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_core.features.dealings import chances
from crm_core.features.dealings.chances import Purse, Rhythm

CDNOW = Rhythm(0.2426, 4.414, 0.793, 2.426)  # Fader, Hardie and Lee, "Counting Your Customers the Easy Way", table 2


def cdnow() -> list[list[int]]:
    lines = (Path(__file__).parent / "cdnow.txt").read_text().splitlines()
    return [[int(word) for word in line.split()] for line in lines if not line.startswith("#")]


def test_the_published_estimates_of_cdnow() -> None:
    rows = cdnow()
    counts = Counter((x, t / 7, age / 7) for x, t, age, *_rest in rows)
    found = chances.fit_rhythm(counts)
    assert len(rows) == 2_357 and found is not None
    for one, printed in zip(found, CDNOW, strict=True):
        assert one == pytest.approx(printed, rel=0.004)
    assert chances.likelihood(found, counts) == pytest.approx(-9_582.4, abs=0.1)
    purse = chances.fit_purse([(row[0], row[3] / 100) for row in rows if row[0]])  # "The Gamma-Gamma Model of Monetary Value": p 6.25, q 3.74, v 15.44
    assert purse is not None and purse == (pytest.approx(6.25, rel=0.01), pytest.approx(3.74, rel=0.01), pytest.approx(15.44, rel=0.01))


def test_the_worked_example_of_the_note() -> None:
    """Customer 0001: two repeat purchases, the last in week 30.43 of 38.86; 1.226 are expected in the 39 weeks to come."""
    assert chances.expected(CDNOW, 2, 30.43, 38.86, 39) == pytest.approx(1.226, abs=0.001)
    assert chances.alive(CDNOW, 2, 30.43, 38.86) == pytest.approx(0.7266, abs=0.0005)


@pytest.mark.parametrize("house", [CDNOW, Rhythm(0.8, 9.0, 0.9, 3.0), Rhythm(2.5, 30.0, 1.0, 8.0), Rhythm(0.5, 0.3, 0.2, 0.5), Rhythm(5.0, 20.0, 3.0, 9.0)])
def test_many_share_the_points_between_which_they_lie(house: Rhythm) -> None:
    """What is drawn between points is what the series comes to, to a thousandth; and the number of points is that of ages, not of customers."""
    dice, ahead = random.Random(11), chances.Ahead(house, [52.0, 156.0])
    for _n in range(300):
        x, age = dice.randint(0, 40), dice.choice((0.0, dice.uniform(0, 5), dice.uniform(0, 600)))
        if x and not age:
            continue
        t = dice.uniform(0, age) if x else 0.0
        found = ahead.expected(x, age, chances.alive(house, x, t, age))
        assert found == [pytest.approx(chances.expected(house, x, t, age, weeks), rel=1e-3, abs=1e-9) for weeks in ahead.spans]
    before = len(ahead.points)
    for n in range(3_000):
        ahead.expected(3, 52.0 + n / 3_000, 1.0)
    assert len(ahead.points) <= before + 4


def test_what_goes_in_is_found_again() -> None:
    dice, true = random.Random(7), Rhythm(0.8, 9.0, 0.9, 3.0)
    counts: Counter[tuple[int, float, float]] = Counter()
    for _n in range(4_000):
        rate, leaves, age = dice.gammavariate(true.r, 1 / true.alpha), dice.betavariate(true.a, true.b), float(dice.randint(30, 150))
        x, t, at = 0, 0.0, 0.0
        while (at := at + dice.expovariate(rate)) < age:
            x, t = x + 1, at
            if dice.random() < leaves:
                break
        counts[x, round(t, 1), age] += 1
    found = chances.fit_rhythm(counts)
    assert found is not None
    assert found.r / found.alpha == pytest.approx(true.r / true.alpha, rel=0.1), "how often customers come"
    assert found.a / (found.a + found.b) == pytest.approx(true.a / (true.a + true.b), rel=0.15), "how soon they leave"


def test_a_small_house_is_not_guessed_at() -> None:
    assert chances.fit_rhythm({(3, 20.0, 30.0): 5, (0, 0.0, 30.0): 400}) is None
    assert chances.fit_purse([(2, 100.0)] * 20) is None


def test_a_house_that_lost_nobody_yet_does_not_promise_that_it_never_will() -> None:
    found = chances.fit_rhythm({(12, 50.0 + n % 3, 53.0): 1 for n in range(3)} | {(10 + n % 5, 48.0 + n / 10, 52.0): 1 for n in range(40)})
    assert found is not None and chances.alive(found, 12, 52.0, 53.0) > 0.9
    assert chances.alive(found, 12, 20.0, 53.0) < 0.2


@settings(max_examples=150, deadline=None)
@example(0, 0.5, 52.0, 1.0, 10.0, 0.5, 0.5)
@given(st.integers(0, 400), st.floats(0, 1), st.floats(1, 500), st.floats(0.05, 5), st.floats(0.5, 50), st.floats(0.05, 30), st.floats(0.05, 1_200))
def test_expectations_are_what_they_must_be(x: int, share: float, age: float, r: float, alpha: float, a: float, b: float) -> None:
    rhythm, t = Rhythm(r, alpha, a, b), share * age if x else 0.0
    alive = chances.alive(rhythm, x, t, age)
    year, two = chances.expected(rhythm, x, t, age, 52), chances.expected(rhythm, x, t, age, 104)
    assert 0 <= alive <= 1 and math.isfinite(two) and 0 <= year <= two * (1 + 1e-6) + 1e-9, "more time, more dealings"
    assert year <= (r + x) / (alpha + age) * 52 * alive * (1 + 1e-6) + 1e-9, "nobody comes more often than if he never left"
    assert chances.alive(rhythm, x, t, age + 50) <= alive + 1e-9, "longer silence, smaller chance"


def test_spending_lies_between_ones_own_and_that_of_all() -> None:
    purse = Purse(6.25, 3.74, 15.44)
    mean = purse.p * purse.v / (purse.q - 1)
    assert chances.spends(purse, 0, 0) == pytest.approx(mean)
    assert mean < chances.spends(purse, 1, 100.0) < chances.spends(purse, 20, 100.0) < 100.0
