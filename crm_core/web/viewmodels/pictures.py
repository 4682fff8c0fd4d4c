"""A list shown as something else than rows: board, calendar, Gantt chart, map."""

from __future__ import annotations

from dataclasses import dataclass

from crm_core.web.viewmodels.base import Status, Tab, Words


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A record on a board. ``drop_url`` takes a POST of the field; ``move_url`` is the little form that asks where to."""

    url: str
    label: Words
    facts: tuple[Words, ...]
    drop_url: str
    move_url: str
    movable: bool = False


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """The records of one word; ``rest``: how many are not drawn."""

    value: str
    label: Words
    status: Status | None
    count: Words
    total: Words
    cards: tuple[BoardCard, ...]
    rest: int = 0


@dataclass(frozen=True, slots=True)
class BoardView:
    """``parts/board.html``: the list as columns of cards by ``field``."""

    field: str
    columns: tuple[BoardColumn, ...]
    note: Words = ""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A record on its day. ``drop_url`` takes a POST of the field with ``was``; ``time``: what stays of it on another day."""

    url: str
    label: Words
    value: str
    drop_url: str
    move_url: str
    time: str = ""
    movable: bool = False


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day with its records; ``rest``: how many are not drawn; ``outside``: of another month; ``special``: what the holiday is called, or
    the one in whose stead it is worked; ``off``: nobody works."""

    value: str
    number: int
    label: Words
    entries: tuple[CalendarEntry, ...] = ()
    lunar: str = ""
    rest: int = 0
    url: str = ""
    today: bool = False
    outside: bool = False
    special: Words = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class CalendarView:
    """``parts/calendar.html``: weeks of seven days; with ``span`` "agenda" the days that have records, one below another."""

    field: str
    title: Words
    span: str
    spans: tuple[Tab, ...]
    fields: tuple[Tab, ...]
    prev_url: str
    today_url: str
    next_url: str
    heads: tuple[Words, ...]
    weeks: tuple[tuple[CalendarDay, ...], ...]
    note: Words = ""

    @property
    def any(self) -> bool:
        """Whether a day of the span itself has records."""
        return any(day.entries for week in self.weeks for day in week if not day.outside)


@dataclass(frozen=True, slots=True)
class GanttBar:
    """A record from a day to another. ``at`` and ``wide``: where its bar begins and how long it is, in hundredths of the chart's width;
    ``open_left``, ``open_right``: it goes on beyond what is shown. ``move_url``: the little form for its end.
    ``value``: its end as the field says it; ``day``: the day its bar is drawn to."""

    url: str
    label: Words
    begins: Words
    ends: Words
    at: float
    wide: float
    open_left: bool = False
    open_right: bool = False
    colour: str = ""
    status: Words = ""
    value: str = ""
    day: str = ""
    drop_url: str = ""
    move_url: str = ""
    movable: bool = False


@dataclass(frozen=True, slots=True)
class GanttTick:
    """A month or week above the bars, where it begins."""

    label: Words
    at: float


@dataclass(frozen=True, slots=True)
class GanttView:
    """``parts/gantt.html``: records as bars from ``first`` over ``days`` days; ``field`` is the date their ends are moved by, ``today``
    where today is, less than 0 when it is not shown."""

    field: str
    title: Words
    heads: tuple[Words, Words, Words]
    spans: tuple[Tab, ...]
    prev_url: str
    today_url: str
    next_url: str
    first: str
    days: int
    today: float
    ticks: tuple[GanttTick, ...]
    bars: tuple[GanttBar, ...]
    note: Words = ""
