"""Where the time went: what was spent on tasks that were done in a period, by person, department or customer, with the tasks behind."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.tasks.api import GIVEN, TASKS, Task, say_minutes
from crm_core.features.tasks.api import URL as MY_TASKS
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.show import show_date
from crm_core.text.periods import relative_range
from crm_core.text.problems import InvalidText
from crm_core.web import urls
from crm_core.web.calendaring import EARLIEST, LATEST
from crm_core.web.viewmodels import PanelRow, PanelView, Tab
from crm_core.web.viewmodels.planner import TimePage
from crm_core.web.viewmodels.reports import Bar

URL = "/calendar/time"
MOST = 500
LATELY = 5  # tasks on a customer's page
KINDS = {"person": _("By person"), "department": _("By department"), "customer": _("By customer")}
COLUMNS = {"person": ("owner_id", "owner", "core.user"), "department": ("department_id", "department", "core.department"),
           "customer": ("subject_id", "subject_id", "core.customer")}
OFFERED = {"this-week": _("This week"), "last-week": _("Last week"), "this-month": _("This month"), "last-month": _("Last month"),
           "this-quarter": _("This quarter"), "this-year": _("This year")}
NEEDED = "spent", "done_at"  # who does not see these fields sees no sums of them


@dataclass(frozen=True)
class Asked:
    """Whose time, and of which days: a code as filters know it."""

    kind: str
    period: str
    first: dt.date
    last: dt.date

    def url(self, **more: str) -> str:
        now = {"by": self.kind, "period": self.period, **more}
        return urls.address(URL, now.items())


def asked(args: Any) -> Asked:
    """What these arguments mean; this month where they mean nothing."""
    kind = args.get("by", "") if args.get("by", "") in KINDS else "person"
    code = args.get("period", "") if args.get("period", "") in OFFERED else f"{args.get('first', '')}..{args.get('last', '')}" if args.get("first") and args.get("last") else args.get("period", "")
    for one in (code, "this-month"):
        try:
            found = relative_range(one, clock.today())
        except (InvalidText, ValueError):
            continue
        if found.first is not None and found.last is not None and found.first <= found.last:
            first, last = min(max(found.first, EARLIEST), LATEST), min(max(found.last, EARLIEST), LATEST)
            return Asked(kind, one if (first, last) == found else f"{first}..{last}", first, last)
    raise AssertionError("this month is always a period")


def told() -> bool:
    """Whether the acting person sees what is summed up."""
    tasks = site().registry.resource(TASKS)
    return bool(tasks.may("read")) and tasks.fields().keys() >= set(NEEDED)


def page(want: Asked) -> TimePage:
    """Sums of a period, the most first; each leads to its tasks. Two statements,
    one more where there are more lines than are shown."""
    made = TimePage(
        tabs=tuple(Tab(label, want.url(by=code), code == want.kind) for code, label in KINDS.items()),
        periods=tuple(Tab(label, want.url(period=code), code == want.period) for code, label in OFFERED.items()),
        beside=(Tab(_("Tasks"), MY_TASKS), Tab(_("Tasks I gave"), GIVEN), Tab(_("Time spent"), URL, True)), by=want.kind, first=want.first.isoformat(), last=want.last.isoformat(), days=f"{show_date(want.first)} – {show_date(want.last)}")
    column, name, target = COLUMNS[want.kind]
    if not told() or (want.kind != "customer" and name not in site().registry.resource(TASKS).fields()):
        return made
    which = (_within(want), *([Task.subject == target] if want.kind == "customer" else []))
    found = _sums(column, *which)
    sums, more = found[:MOST], len(found) > MOST
    whole = sum(row.minutes for row in sums) if not more else session.scalar(sa.select(sa.func.sum(Task.spent)).where(Task.spent > 0, *which)) or 0
    resource = site().registry.resource(target)
    ids = {row[0] for row in sums if row[0] is not None}
    names: Mapping[int, str] = (resource.brief_resource or resource).labels(ids) if ids else {}
    top = max((row.minutes for row in sums), default=0)
    tasks = site().registry.resource(TASKS)

    def url(key: int | None) -> str:
        own = [(f"{name}.empty", "1")] if key is None else [("subject.eq", target), ("subject_id.eq", str(key))] if want.kind == "customer" else [(f"{name}.any", str(key))]
        return urls.of_list(tasks, [*own, ("done_at.within", want.period), ("spent.filled", "1")])

    bars = tuple(Bar(_("Nobody") if row[0] is None else names.get(row[0], _("hidden record")), (say_minutes(row.minutes), f"{row.tasks:,}"),
                     round(100 * row.minutes / top, 1) if top else 0, url(row[0])) for row in sums)
    return replace(made, heads=(KINDS[want.kind], _("Time spent"), _("Tasks")), bars=bars, total=say_minutes(whole) if sums else "",
                   note=_("Shown: the %(n)s with the most time; the sum at the top counts all.", n=f"{MOST:,}") if more else "")


def _within(want: Asked) -> sa.ColumnElement[bool]:
    return sa.and_(Task.done_at >= clock.instant(want.first), Task.done_at < clock.instant(want.last + dt.timedelta(days=1)))


def _sums(column: str, *which: sa.ColumnElement[bool]) -> list[Any]:
    key = getattr(Task, column)
    minutes = sa.func.sum(Task.spent).label("minutes")
    query = sa.select(key, minutes, sa.func.count().label("tasks")).where(Task.spent > 0, *which).group_by(key).order_by(minutes.desc(), key).limit(MOST + 1)
    return list(session.execute(query))


def panel(customer: int) -> PanelView:
    """On a customer's page: the time spent on him altogether, and what it was spent on last."""
    if not told():
        return PanelView(_("Time spent"), "clock")
    about = (Task.subject == "core.customer", Task.subject_id == customer)
    total = next(iter(_sums("subject_id", *about)), None)
    rows = session.execute(sa.select(Task.id, Task.title, Task.spent, Task.done_at).where(Task.spent > 0, *about).order_by(Task.id.desc()).limit(LATELY))
    drawn = tuple(PanelRow(row.title, show_date(clock.local(row.done_at).date()) if row.done_at else "", say_minutes(row.spent), url=urls.of_name(site().registry, TASKS, row.id)) for row in rows)
    url = urls.of_list(site().registry.resource(TASKS), [("subject.eq", "core.customer"), ("subject_id.eq", str(customer)), ("spent.filled", "1")])
    return PanelView(_("Time spent"), "clock", say_minutes(total.minutes) if total is not None else "", drawn, url=url if drawn else "", empty=_("No task about him says how long it took."))
