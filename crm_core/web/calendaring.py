"""The calendar of a list: which days are looked at, and what stands in them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from babel.dates import format_date, get_day_names

from crm_core.access import reads
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, language, locale
from crm_core.resource import boards, calendars, listing, worktime
from crm_core.resource.fields import MomentField
from crm_core.resource.show import show_day_heading
from crm_core.text.lunar import lunar_day
from crm_core.text.periods import shift
from crm_core.web import urls
from crm_core.web.chips import Pairs, Place
from crm_core.web.viewmodels import CalendarDay, CalendarEntry, CalendarView, Tab

SPANS = {"month": _("Month"), "week": _("Week"), "agenda": _("Agenda")}
DRAWN = {"month": 4, "week": 40, "agenda": 100}  # records of a day
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2099, 12, 31)  # what the lunar calendar and both engines know
TITLES = {"zh_Hans_CN": "yyyy 年 M 月", "en": "MMMM yyyy"}
DAYS = {"zh_Hans_CN": "yyyy 年 M 月 d 日", "en": "d MMM yyyy"}


def view(resource: Any, query: listing.Query, args: Pairs, place: Place, rows_of: Any) -> CalendarView | None:
    """The calendar an address asks for; None when it asks for another picture."""
    said = dict(args)
    by = calendars.date_of(resource, said.get("by", "")) if said.get("look") == "calendar" else None
    if by is None:
        return None
    span = said.get("span", "") if said.get("span", "") in SPANS else "month"
    day = _day(said.get("day", ""))
    first, last = shown(day, span)
    found = calendars.build(query, by, first, last)
    rows = {int(row.key): row for row in rows_of([resource.label_field], found.ids)}
    if by.sensitive:  # the day a record stands on tells it
        reads.note(resource.name, list(rows), "list")
    mine = boards.movable(resource, by, found.ids)
    rest = [(k, v) for k, v in args if k not in ("day", "span", "by", "after", "before")]
    kept = [*rest, ("by", by.name)]
    back = urls.of_list(resource, [(k, v) for k, v in args if k not in ("after", "before")])

    def address(**more: str) -> str:
        return place.address([*kept, *({"span": span, "day": day.isoformat(), **more}).items()])

    def entry(value: Any, row_id: int) -> CalendarEntry:
        row, moment = rows[row_id], isinstance(by, MomentField)
        return CalendarEntry(
            row.url, row.label, by.text(value), urls.of_act(resource, row_id, "cell"), urls.of_act(resource, row_id, "cell", [("field", by.name), ("back", back)]),
            f"{clock.local(value):%H:%M}" if moment else "", row_id in mine,
        )

    special = worktime.special_days()

    def drawn(one: dt.date) -> CalendarDay:
        here = [(value, row_id) for value, row_id in found.days.get(one, ()) if row_id in rows]
        shown = here[: DRAWN[span]]
        return CalendarDay(
            one.isoformat(), one.day, show_day_heading(one), tuple(entry(*pair) for pair in shown), lunar_day(one) if language() == "zh_Hans_CN" else "",
            len(here) - len(shown), address(span="week", day=one.isoformat()), one == clock.today(), span == "month" and one.month != day.month,
            str(special.get(one, "")), not worktime.works(one),
        )

    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    if span == "agenda":
        days = sorted(found.days)
    step = "week" if span == "week" else "month"
    return CalendarView(
        by.name, _title(first, last, day, span), span, tuple(Tab(label, address(span=code), code == span) for code, label in SPANS.items()),
        tuple(Tab(f.label, place.address([*rest, ("by", n), ("span", span), ("day", day.isoformat())]), n == by.name) for n, f in calendars.dates_of(resource).items()),
        address(day=_moved(day, -1, step)), address(day=clock.today().isoformat()), address(day=_moved(day, 1, step)),
        tuple(get_day_names("abbreviated", locale=locale())[(locale().first_week_day + n) % 7] for n in range(7)),
        _weeks([drawn(one) for one in days], 1 if span == "agenda" else 7),
        _("Shown: the first %(n)s records of these days.", n=f"{calendars.MOST:,}") if found.more else "",
    )


def _day(text: str) -> dt.date:
    try:
        return min(max(dt.date.fromisoformat(text), EARLIEST), LATEST)
    except ValueError:
        return clock.today()


def shown(day: dt.date, span: str) -> tuple[dt.date, dt.date]:
    """The days looked at: a month with the whole of its weeks, a week, or a month from this day on."""
    if span == "agenda":
        return day, shift(day, 1, "month")
    begin = day if span == "week" else day.replace(day=1)
    end = begin if span == "week" else shift(begin, 1, "month") - dt.timedelta(days=1)
    start = locale().first_week_day
    first = begin - dt.timedelta(days=(begin.weekday() - start) % 7)
    return first, end + dt.timedelta(days=6 - (end.weekday() - start) % 7)


def _moved(day: dt.date, steps: int, unit: str) -> str:
    return shift(day.replace(day=1) if unit == "month" else day, steps, unit).isoformat()


def _title(first: dt.date, last: dt.date, day: dt.date, span: str) -> str:
    if span == "month":
        return format_date(day, TITLES[language()], locale=locale())
    return " – ".join(format_date(one, DAYS[language()], locale=locale()) for one in (first, last))


def _weeks(days: Sequence[CalendarDay], size: int) -> tuple[tuple[CalendarDay, ...], ...]:
    return tuple(tuple(days[at : at + size]) for at in range(0, len(days), size))
