"""The order in which a day's stops are visited: `route(stops, start=…)`.

Ways are straight lines, made longer by a factor for the roads and driven at one speed, each in whole minutes: so what a plan says can
be kept as it is said. A visit begins within the opening hours and
ends within them, an appointment is kept to the minute; who comes too early waits. What cannot be kept is left out and said with its
reason. The best route keeps as many appointments as it can, then as many stops, then it is the shortest, then the earliest done.
Up to `EXACT` stops it is found for certain, above them by tours.py, which comes close.
"""

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.text.areas import metres_between
from crm_core.text.tours import measured, near_best

EXACT = 12  # stops
MIDNIGHT = 24 * 60
Place = tuple[int, int]
"""Latitude and longitude, in millionths of a degree."""
Window = tuple[int, int]
"""From and until, in minutes since midnight."""


class Why(enum.StrEnum):
    """Why a stop cannot be kept."""

    closed = "closed"  # it is not open on this day
    short = "short"  # it is never open as long as the visit takes
    late = "late"  # nobody who starts then is there in time, be it the first stop
    day = "day"  # the day would be over, be it the only stop
    others = "others"  # it does not fit beside the others


@dataclass(frozen=True)
class Stop:
    """Somebody to be visited. `key` is the caller's."""

    key: Any
    place: Place
    stay: int = 30  # minutes
    open: tuple[Window, ...] | None = None  # None: always
    at: int | None = None  # an appointment; it holds whatever the opening hours are


@dataclass(frozen=True)
class Visit:
    """A stop of the route: the way to it, when one is there, when the visit begins and ends."""

    stop: Stop
    metres: int  # straight, from the place before
    arrives: int
    begins: int
    ends: int


@dataclass(frozen=True)
class Route:
    visits: tuple[Visit, ...]
    left: tuple[tuple[Stop, Why], ...]  # what cannot be kept
    metres: int  # straight lines together, with the way to the end
    last: int  # of these, the way to the end
    over: int  # when all is done


def route(
    stops: Sequence[Stop], *, start: Place | None = None, end: Place | None = None, begin: int = 8 * 60, until: int = MIDNIGHT,
    detour: float = 1.3, speed: float = 40.0,
) -> Route:
    """The best order of these stops. Without a `start` the day begins at the first of them, without an `end` it ends at the last;
    it begins at `begin` and is over by `until`. Roads are `detour` times as long as straight lines and driven at `speed` km/h."""
    pace = detour * 60 / (speed * 1_000)
    reasons = {at: why for at, stop in enumerate(stops) if (why := Day([stop], start, end, begin, until, pace).alone()) is not None}
    able = [stop for at, stop in enumerate(stops) if at not in reasons]
    day = Day(able, start, end, begin, until, pace)
    order = _exact(day) if len(able) <= EXACT else near_best(day)
    kept, rest = set(order), iter(range(len(able)))
    left = [(stop, reasons[at]) if at in reasons else (stop, Why.others) for at, stop in enumerate(stops) if at in reasons or next(rest) not in kept]
    return day.told(able, order, tuple(left))


class Day:
    """What is reckoned with: stops by number, after them the start and the end; ways in metres and minutes between them; when a
    visit may begin."""

    def __init__(self, stops: Sequence[Stop], start: Place | None, end: Place | None, begin: int, until: int, pace: float) -> None:
        self.size = len(stops)
        self.start, self.end = self.size, self.size + 1
        self.begin, self.until = begin, until
        places = [*(stop.place for stop in stops), start, end]
        self.way = [[_metres(one, other) for other in places] for one in places]
        self.drive = [[math.ceil(metres * pace - 1e-9) for metres in row] for row in self.way]
        self.stay = [*(stop.stay for stop in stops), 0, 0]
        self.fixed = [stop.at is not None for stop in stops]
        self.hours = [_beginnings(stop) for stop in stops]
        ends = [until - stop.stay - self.drive[at][self.end] for at, stop in enumerate(stops)]
        self.doors = [[(low, min(high, ends[at])) for low, high in hours if low <= ends[at]] for at, hours in enumerate(self.hours)]
        self._closed = self.size == 1 and stops[0].at is None and stops[0].open == ()

    def opens(self, at: int, arrives: int) -> int | None:
        """When a visit begins that one arrives at then; None when it is too late."""
        for low, high in self.doors[at]:
            if arrives <= high:
                return max(arrives, low)
        return None

    def alone(self) -> Why | None:
        """Why the only stop of this day cannot be kept."""
        if self._closed:
            return Why.closed
        if not self.hours[0]:
            return Why.short
        arrives = self.begin + self.drive[self.start][0]
        if all(arrives > high for _low, high in self.hours[0]):
            return Why.late
        return Why.day if self.opens(0, arrives) is None else None

    def score(self, order: Sequence[int], metres: int, over: int) -> tuple[int, int, int, int]:
        """Less is better: appointments missed, stops missed, length, end."""
        return sum(self.fixed) - sum(self.fixed[at] for at in order), self.size - len(order), metres, over

    def told(self, stops: Sequence[Stop], order: Sequence[int], left: tuple[tuple[Stop, Why], ...]) -> Route:
        visits, here, now = [], self.start, self.begin
        for at in order:
            arrives = now + self.drive[here][at]
            begins = self.opens(at, arrives)
            assert begins is not None, "the order was found by the same rules"
            now = begins + self.stay[at]
            visits.append(Visit(stops[at], self.way[here][at], arrives, begins, now))
            here = at
        last = self.way[here][self.end]
        return Route(tuple(visits), left, sum(visit.metres for visit in visits) + last, last, now + self.drive[here][self.end])


def _metres(one: Place | None, other: Place | None) -> int:
    """Rounded up, so that a way round is never shorter than the straight one."""
    return 0 if one is None or other is None else math.ceil(metres_between(one, other))


def _beginnings(stop: Stop) -> list[Window]:
    """When the visit may begin: early enough to end before it closes."""
    if stop.at is not None:
        return [(stop.at, stop.at)]
    if stop.open is None:
        return [(0, MIDNIGHT)]
    together: list[Window] = []
    for low, high in sorted(stop.open):
        if together and low <= together[-1][1]:
            together[-1] = (together[-1][0], max(high, together[-1][1]))
        else:
            together.append((low, high))
    return [(low, high - stop.stay) for low, high in together if high - low >= stop.stay]


_Label = tuple[int, int, int, Any]
"""Metres so far, when one is free again, the last stop, the label before."""


def _exact(day: Day) -> list[int]:
    """The best order for certain: for every set of stops and the last of them, the ways of which no other is both shorter and
    earlier (Held and Karp, with times). Where a good order keeps all stops, ways are given up that cannot become one as short."""
    seen: list[dict[int, list[_Label]]] = [{} for _ in range(1 << day.size)]
    first: _Label = (0, day.begin, day.start, None)
    seen[0] = {day.start: [first]}
    best, found = day.score((), day.way[day.start][day.end], day.begin + day.drive[day.start][day.end]), first
    good = measured(day, near_best(day, rounds=12))
    whole, limit = good[:2] == (0, 0), good[2]
    nearest = [min((row[at] for other, row in enumerate(day.way[: day.size + 1]) if other != at), default=0) for at in range(day.size)]
    missed = [sum(day.fixed) - sum(fixed for at, fixed in enumerate(day.fixed) if chosen >> at & 1) for chosen in range(1 << day.size)]
    for chosen, here in enumerate(seen):
        rest = [at for at in range(day.size) if not chosen >> at & 1]
        needed = sum(nearest[at] for at in rest)
        for last, labels in here.items():
            drive, way = day.drive[last], day.way[last]
            for label in labels:
                if whole and label[0] + needed > limit:
                    continue
                score = (missed[chosen], len(rest), label[0] + way[day.end], label[1] + drive[day.end])
                if score < best:
                    best, found = score, label
                able = [(at, begins) for at in rest if (begins := day.opens(at, label[1] + drive[at])) is not None]
                if whole and len(able) < len(rest):
                    continue
                for at, begins in able:
                    _keep(seen[chosen | 1 << at].setdefault(at, []), (label[0] + way[at], begins + day.stay[at], at, label))
        seen[chosen] = {}  # no longer asked
    order: list[int] = []
    while found[3] is not None:
        order.append(found[2])
        found = found[3]
    return order[::-1]


def _keep(labels: list[_Label], new: _Label) -> None:
    """Put a label among those that none is better than."""
    for one in labels:
        if one[0] <= new[0] and one[1] <= new[1]:
            return
    labels[:] = [one for one in labels if one[0] < new[0] or one[1] < new[1]]
    labels.append(new)
