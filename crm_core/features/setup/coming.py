"""The panel of my days: what my calendar says of today and the next six (the sources of resource/feeds.py), and days off."""

import datetime as dt

from crm_core.features.calendar import api as calendar
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import feeds, worktime
from crm_core.resource.show import show_day_heading
from crm_core.web import urls
from crm_core.web.viewmodels import PanelRow, PanelView

DAYS = 7
MOST = 12


def panel() -> PanelView:
    """Of the acting person. A statement for each source."""
    first = clock.today()
    last = first + dt.timedelta(days=DAYS - 1)
    found = [one for source in feeds.sources for one in source(first, last)]
    found += [feeds.Date(f"day-{day}", day, str(name)) for day, name in worktime.special_days().items() if first <= day <= last and name]
    found.sort(key=lambda one: (one.on, one.at is not None, one.at or clock.now(), one.title))
    rows = tuple(PanelRow(one.title, _when(one, first), url=one.url, sub_colour="amber" if one.on == first else "") for one in found[:MOST])
    whole = actor().can(calendar.READ)
    url = calendar.URL if whole else urls.address("/core/task", (*tasks.MINE, ("look", "calendar"), ("by", "due"), ("span", "week")))
    return PanelView(_("My days"), "calendar", len(found) or "", rows, url=url, empty=_("Nothing in the next seven days."))


def _when(one: feeds.Date, today: dt.date) -> str:
    day = str(_("Today")) if one.on == today else str(show_day_heading(one.on))
    return f"{day} {clock.local(one.at):%H:%M}" if one.at is not None else day
