"""The calendar of people and rooms."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Act, Note, Person, Tab, Words
from crm_core.web.viewmodels.reports import Bar


@dataclass(frozen=True, slots=True)
class PlannerEntry:
    """Something in a calendar. Without ``url`` it leads nowhere; ``busy``: its reader knows no more than that. ``drop_url`` takes a POST of
    ``field`` with ``was``; ``keeps``: what stays of it on another day; ``look``: "", "asked", "tentative", "task"; ``who``: whose it is,
    where a cell holds several people's."""

    label: Words
    time: str = ""
    url: str = ""
    busy: bool = False
    private: bool = False
    look: str = ""
    who: Person | None = None
    movable: bool = False
    drop_url: str = ""
    move_url: str = ""
    field: str = ""
    was: str = ""
    keeps: str = ""


@dataclass(frozen=True, slots=True)
class PlannerCell:
    """A day or an hour of somebody. ``value``: what is posted when something is dropped here; ``of``: whose it is, nothing may be dropped
    on another's. ``taken``: something that began earlier goes on here. ``name``: said before its entries on a phone."""

    value: str
    of: str
    name: Words
    entries: tuple[PlannerEntry, ...] = ()
    rest: int = 0
    url: str = ""
    number: int = 0
    add: Act | None = None
    today: bool = False
    off: bool = False
    outside: bool = False
    taken: bool = False
    special: Words = ""
    lunar: str = ""


@dataclass(frozen=True, slots=True)
class PlannerHead:
    """A column or row: a day, an hour, a person or a room."""

    label: Words
    sub: Words = ""
    person: Person | None = None
    icon: str = ""
    off: bool = False
    today: bool = False


@dataclass(frozen=True, slots=True)
class PlannerPage:
    """``planner.html``: ``heads`` above the columns, and rows of a head with its cells (no head in a month)."""

    title: Words
    span: str
    spans: tuple[Tab, ...]
    prev_url: str
    today_url: str
    next_url: str
    heads: tuple[PlannerHead, ...]
    rows: tuple[tuple[PlannerHead | None, tuple[PlannerCell, ...]], ...]
    tabs: tuple[Tab, ...] = ()
    people: tuple[Tab, ...] = ()  # colleagues who can be put beside, or taken away
    groups: tuple[Tab, ...] = ()
    rooms: Tab | None = None
    pick_url: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    new: Act | None = None
    shows_url: str = ""
    shows: tuple[tuple[str, Words, bool], ...] = ()
    here: str = ""
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class FreeRoom:
    """A room that is free; ``url``: the form of an appointment there."""

    name: Words
    sub: Words
    url: str


@dataclass(frozen=True, slots=True)
class FreeRoomsPage:
    """``rooms.html``: which rooms are free on a ``day`` from ``begins`` to ``ends`` for so many ``seats``."""

    day: str
    begins: str
    ends: str
    seats: str
    rooms: tuple[FreeRoom, ...]
    tabs: tuple[Tab, ...] = ()
    error: Words = ""


@dataclass(frozen=True, slots=True)
class TimePage:
    """``timesheet.html``: sums of time by person, department or customer over the ``days`` of a period. ``heads`` and ``bars`` as of a report."""

    tabs: tuple[Tab, ...]
    periods: tuple[Tab, ...]
    by: str
    first: str
    last: str
    days: Words
    heads: tuple[Words, ...] = ()
    bars: tuple[Bar, ...] = ()
    total: Words = ""
    chart: str = "bar"
    beside: tuple[Tab, ...] = ()
    note: Words = ""
