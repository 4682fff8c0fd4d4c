"""The Gantt chart of a list: which days are looked at, and how its bars lie in them."""

import datetime as dt
from typing import Any

from babel.dates import format_date

from crm_core.data.session import session
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, language, locale
from crm_core.resource import boards, gantts, listing
from crm_core.resource.fields import DateField
from crm_core.resource.kept import by_ids
from crm_core.resource.show import show_date
from crm_core.text.periods import shift
from crm_core.web import render, urls
from crm_core.web.calendaring import DAYS, EARLIEST, LATEST, TITLES
from crm_core.web.chips import Pairs, Place
from crm_core.web.viewmodels import Tab
from crm_core.web.viewmodels.pictures import GanttBar, GanttTick, GanttView

SPANS = {"month": (_("Month"), 1), "quarter": (_("Quarter"), 3), "year": (_("Year"), 12)}
MONTHS = {"zh_Hans_CN": "M 月", "en": "MMM"}


def view(resource: Any, query: listing.Query, args: Pairs, place: Place, rows_of: Any) -> GanttView | None:
    """The chart an address asks for; None when it asks for another picture."""
    said = dict(args)
    by = gantts.dates_of(resource) if said.get("look") == "gantt" else None
    if by is None:
        return None
    span = said.get("span", "") if said.get("span", "") in SPANS else "quarter"
    months = SPANS[span][1]
    try:
        day = min(max(dt.date.fromisoformat(said.get("day", "")), EARLIEST), LATEST)
    except ValueError:
        day = clock.today() if span == "month" else shift(clock.today(), 1 - months // 2 if months > 1 else 0, "month")
    first = day.replace(day=1)
    last = shift(first, months, "month") - dt.timedelta(days=1)
    found = gantts.build(query, by, first, last)
    status = boards.choice_of(resource)
    names = [resource.label_field, *([status.name] if status is not None else [])]
    ids = [row_id for row_id, _low, _high in found.bars]
    rows = {int(row.key): row for row in rows_of(names, ids)}
    looks = _looks(resource, status, ids)
    end = by[1]
    mine = boards.movable(resource, end, ids) if isinstance(end, DateField) and not end.readonly else set()
    kept = [(k, v) for k, v in args if k not in ("day", "span", "by", "after", "before")]
    back = urls.of_list(resource, [(k, v) for k, v in args if k not in ("after", "before")])
    days = (last - first).days + 1

    def address(**more: str) -> str:
        return place.address([*kept, *({"span": span, "day": day.isoformat(), **more}).items()])

    def at(one: dt.date) -> float:
        return round((one - first).days * 100 / days, 3)

    def bar(row_id: int, low: dt.date, high: dt.date) -> GanttBar:
        begin, stop = max(low, first), min(high, last)
        label, colour = looks.get(row_id, ("", ""))
        return GanttBar(
            rows[row_id].url, rows[row_id].label, show_date(low), show_date(high), at(begin), round(((stop - begin).days + 1) * 100 / days, 3), low < first, high > last, colour, label,
            end.text(found.until[row_id]) if found.until[row_id] is not None else "", high.isoformat(), urls.of_act(resource, row_id, "cell"), urls.of_act(resource, row_id, "cell", [("field", end.name), ("back", back)]), row_id in mine)

    ticks = [shift(first, n, "month") for n in range(months)] if months > 1 else [first + dt.timedelta(days=n) for n in range(0, days, 7)]
    pattern = MONTHS[language()] if months > 1 else "d"
    today = clock.today()
    title = format_date(first, TITLES[language()], locale=locale()) if months == 1 else " – ".join(format_date(one, DAYS[language()], locale=locale()) for one in (first, last))
    return GanttView(
        end.name, title, (resource.singular, by[0].label, end.label), tuple(Tab(label, address(span=code, day=""), code == span) for code, (label, _n) in SPANS.items()),
        address(day=shift(first, -months, "month").isoformat()), address(day=""), address(day=shift(first, months, "month").isoformat()), first.isoformat(), days,
        at(today) if first <= today <= last else -1.0, tuple(GanttTick(format_date(one, pattern, locale=locale()), at(one)) for one in ticks),
        tuple(bar(*one) for one in found.bars if one[0] in rows), _("Shown: the first %(n)s records of these days.", n=f"{gantts.MOST:,}") if found.more else "")


def _looks(resource: Any, status: Any, ids: list[int]) -> dict[int, tuple[str, str]]:
    """The word and colour of the choice its board goes by, of each record."""
    if status is None or not ids or status.sensitive:
        return {}
    found: dict[int, tuple[str, str]] = {}
    for row in session.execute(by_ids(resource.model, status.column), {"ids": ids}):
        said = render.status_of(status, row[1])
        if said is not None:
            found[row[0]] = (str(said.label), said.colour)
    return found
