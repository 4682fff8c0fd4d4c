"""Routes of more stops than can be tried out: put together stop by stop, then bettered by taking out some and putting them back another
way, by turning and moving stretches. Always the same for the same stops; the number of tries is bounded, not the time."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_core.text.routes import Day

EFFORT = 160_000  # tries, times stops
WARM, COLD = 0.8, 0.01  # how much worse is let pass, in steps (the mean way between two stops): at first, and what is left of it at last
WORTH = 6  # steps that a stop is worth while searching
BLINK = 0.01  # how often a place is overlooked
NEVER = -1_000_000
STRETCH = 3  # stops moved together
TAKEN = 10  # at most so many neighbours are taken out at once
Score = tuple[int, int, int, int]


def near_best(day: Day, rounds: int | None = None) -> list[int]:
    """An order close to the best one: some stops are taken out, neighbours on the map or on the way, and put back in another order. What
    is a little worse is let pass, less and less of it: it may lead on (simulated annealing)."""
    if not day.size:
        return []
    chance = random.Random(day.size)
    rounds = rounds or EFFORT // max(30, day.size)
    near = [sorted((other for other in range(day.size) if other != at), key=day.way[at].__getitem__) for at in range(day.size)]
    tight = [sum(high - low for low, high in day.doors[at]) for at in range(day.size)]
    orders: list[Callable[[int], float]] = [lambda _at: chance.random(), tight.__getitem__, lambda at: -day.way[day.start][at], lambda at: day.way[day.start][at]]

    def sized(score: Score) -> float:
        """A score as one figure."""
        return score[2] + worth * (score[1] + 9 * score[0])

    first = sorted(range(day.size), key=lambda at: (not day.fixed[at], tight[at], -day.way[day.start][at], at))
    found = order = _better(day, _put_in(day, [], first))
    best = measured(day, order)
    step = best[2] / max(1, len(order))
    worth, heat = WORTH * step, WARM * step
    now = sized(best)
    cooling = COLD ** (1 / rounds)
    for _round in range(rounds):
        heat *= cooling
        out = _taken(day, order, near, chance)
        kept = [at for at in order if at not in out]
        back = [at for at in range(day.size) if at in out or at not in order]
        back.sort(key=chance.choices(orders, (6, 3, 2, 1))[0])
        back.sort(key=lambda at: not day.fixed[at])
        tried = _put_in(day, kept, back, chance)
        reached = measured(day, tried)
        if sized(reached) < now - heat * math.log(chance.random() or 1e-9):
            order, now = tried, sized(reached)
            if reached < best:
                order = found = _better(day, order)
                best = measured(day, order)
                now = sized(best)
    return found


def _taken(day: Day, order: Sequence[int], near: Sequence[Sequence[int]], chance: random.Random) -> set[int]:
    """Which stops are taken out: one with its neighbours on the map, or a stretch of the way."""
    seed, count = chance.randrange(day.size), chance.randint(1, min(TAKEN, day.size))
    if order and chance.random() < 0.5:
        at = chance.randrange(len(order))
        return set(order[at : at + count])
    return {seed, *near[seed][: count - 1]}


def measured(day: Day, order: Sequence[int]) -> Score:
    """How good an order is that can be kept."""
    leaves = _leaves(day, order)
    assert leaves is not None, "only what can be kept is put in"
    last = order[-1] if order else day.start
    return day.score(order, _length(day, order), leaves[-1] + day.drive[last][day.end])


def _length(day: Day, order: Sequence[int]) -> int:
    path = [day.start, *order, day.end]
    return sum(day.way[one][other] for one, other in itertools.pairwise(path))


def _leaves(day: Day, order: Sequence[int]) -> list[int] | None:
    """When one leaves the start and each stop; None when one of them cannot be kept. (The doors know of the end of the day.)"""
    found, here, now = [day.begin], day.start, day.begin
    for at in order:
        begins = day.opens(at, now + day.drive[here][at])
        if begins is None:
            return None
        now = begins + day.stay[at]
        found.append(now)
        here = at
    return found


def _latest(day: Day, order: Sequence[int]) -> list[int]:
    """By when one has to be at each stop, and at the end, for all that follows to be kept."""
    found, bound, after = [day.until], day.until, day.end
    for at in reversed(order):
        bound -= day.drive[at][after] + day.stay[at]
        bound = max((min(high, bound) for low, high in day.doors[at] if low <= bound), default=NEVER)
        found.append(bound)
        after = at
    return found[::-1]


def _put_in(day: Day, order: list[int], new: Sequence[int], chance: random.Random | None = None) -> list[int]:
    """The order with as many of the new stops as can be kept beside it, each where it costs least; with `chance`, a place is overlooked
    now and then."""
    order = list(order)
    leaves, latest = _leaves(day, order), _latest(day, order)
    assert leaves is not None
    for at in new:
        place = _cheapest(day, order, at, leaves, latest, chance)
        if place is not None:
            order.insert(place, at)
            leaves, latest = _leaves(day, order), _latest(day, order)
            assert leaves is not None
    return order


def _cheapest(day: Day, order: Sequence[int], at: int, leaves: Sequence[int], latest: Sequence[int], chance: random.Random | None) -> int | None:
    least: float = math.inf
    place = None
    way, drive, stay = day.way[at], day.drive[at], day.stay[at]
    before = day.start
    for index, (leave, after) in enumerate(zip(leaves, (*order, day.end), strict=True)):
        more = day.way[before][at] + way[after] - day.way[before][after]
        if more < least:
            begins = day.opens(at, leave + day.drive[before][at])
            if begins is None and before != day.start:
                break  # later on it would be later still
            if begins is not None and begins + stay + drive[after] <= latest[index] and (chance is None or chance.random() > BLINK):
                least, place = more, index
        before = after
    return place


def _better(day: Day, order: Sequence[int]) -> list[int]:
    """Stretches turned and moved as long as that makes the route shorter and all of it is kept."""
    path = [day.start, *order, day.end]
    while _turn(day, path) or _move(day, path):
        pass
    return path[1:-1]


def _turn(day: Day, path: list[int]) -> bool:
    """Turn stretches of the path where that is shorter; whether any was."""
    way, size, better = day.way, len(path) - 1, False
    for one in range(1, size - 1):
        before, first = path[one - 1], path[one]
        for other in range(one + 1, size):
            last, after = path[other], path[other + 1]
            if way[before][last] + way[first][after] < way[before][first] + way[last][after]:
                tried = [*path[:one], *path[one : other + 1][::-1], *path[other + 1 :]]
                if _leaves(day, tried[1:-1]) is not None:
                    path[:], first, better = tried, last, True
    return better


def _move(day: Day, path: list[int]) -> bool:
    """Move one to three stops to where they cost less, either way round; whether any were."""
    better = False
    for length in range(1, STRETCH + 1):
        for one in range(1, len(path) - length):
            better = _elsewhere(day, path, one, length) or better
    return better


def _elsewhere(day: Day, path: list[int], one: int, length: int) -> bool:
    way, stretch = day.way, path[one : one + length]
    first, last, rest = stretch[0], stretch[-1], [*path[:one], *path[one + length :]]
    gain = way[rest[one - 1]][first] + way[last][rest[one]] - way[rest[one - 1]][rest[one]]
    if gain <= 0:
        return False
    for place in range(1, len(rest)):
        here, there = rest[place - 1], rest[place]
        spare = gain + way[here][there]
        for head, tail in ((first, last), (last, first)):
            if place != one and way[here][head] + way[tail][there] < spare:
                tried = [*rest[:place], *(stretch if head == first else stretch[::-1]), *rest[place:]]
                if _leaves(day, tried[1:-1]) is not None:
                    path[:] = tried
                    return True
    return False
