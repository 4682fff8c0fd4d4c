"""Plans as lists and their pages draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.session import session
from crm_core.features.plans import metrics, services
from crm_core.features.plans.models import LOOKS, STAGES, Plan, Stage
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.web import cells
from crm_core.web.viewmodels import LinesTable, PanelRow, PanelView, RecordPage, Status


def load_progress(ids: Sequence[int]) -> Mapping[int, Any]:
    """The list's computed column, in six statements at most."""
    columns = Plan.id, Plan.stage, Plan.everybody, Plan.department_id, Plan.owner_id, Plan.begins, Plan.ends
    plans = session.execute(sa.select(*columns).where(Plan.id.in_(ids))).all()
    items = services.lines_of(ids)
    done = services.facts(plans, items)
    return {plan.id: cells.status(how_far(plan, services.progress(items.get(plan.id, ()), done))) for plan in plans}


def how_far(plan: Any, percent: int | None) -> Status | None:
    """Per cent, amber where less was reached than time has passed, red where the time is over."""
    if percent is None:
        return None
    today, days = clock.today(), (plan.ends - plan.begins).days + 1
    passed = min(max((today - plan.begins).days, 0), days) * 100 // days
    if percent >= 100:
        return Status(f"{percent} %", "circle-check", "green")
    if plan.ends < today or plan.stage == Stage.summed_up:
        return Status(f"{percent} %", "alarm", "red")
    return Status(f"{percent} %", "clock", "amber" if percent < passed else "")


def dress(row: Any, page: RecordPage) -> RecordPage:
    """The page of a plan: its figures as plan, fact and difference, each fact with the records behind it."""
    items = services.lines_of([row.id]).get(row.id, [])
    done = services.facts([row], {row.id: items})
    names = metrics.MetricField(name="metric", column="metric", label="").words()
    mark = Status(STAGES[str(row.stage)], *LOOKS[str(row.stage)])  # type: ignore[arg-type]
    table = LinesTable(
        _("Plan and fact"), (_("What is counted"), _("Plan"), _("Fact"), _("Difference"), _("Reached")),
        tuple(_line(row, line, done.get(line.id), names) for line in items), (1, 2, 3, 4), _("No figure is planned yet."),
        edit_url=page.lines[0].edit_url if page.lines else "")
    tabs = tuple(replace(tab, label=_("Overview")) if n == 0 else tab for n, tab in enumerate(page.tabs))
    page = replace(page, tabs=tabs, timeline=replace(page.timeline, filters=()) if page.timeline is not None else None)
    if page.body == "panorama":
        page = replace(page, side=(_box(row, items, done, names), *page.side))
    else:
        page = replace(page, lines=(table, *page.lines[1:]))
    return replace(page, status=how_far(row, services.progress(items, done)), marks=(mark, *page.marks))


def _box(plan: Any, items: Sequence[Any], done: Mapping[int, int | None], names: Mapping[str, Any]) -> PanelView:
    """The same beside the course."""
    def row(line: Any) -> PanelRow:
        fact = done.get(line.id)
        what = _what(line, names)
        if fact is None:
            return PanelRow(what, _("plan %(n)s", n=f"{line.target:,}"))
        said = _("plan %(n)s, difference %(more)s", n=f"{line.target:,}", more=f"{fact - line.target:+,}")
        url = metrics.url_of(services.wanted(plan, line)) if line.metric != metrics.OWN else ""
        return PanelRow(what, said, f"{fact:,}", url=url, sub_colour="green" if fact >= line.target else "")

    return PanelView(_("Plan and fact"), "target", rows=tuple(row(line) for line in items), empty=_("No figure is planned yet."))


def _what(line: Any, names: Mapping[str, Any]) -> Any:
    said = names.get(line.metric, line.metric)
    return f"{said} · {line.what}" if line.what and line.metric != metrics.OWN else line.what or said


def _line(plan: Any, line: Any, fact: int | None, names: Mapping[str, Any]) -> tuple[Any, ...]:
    what = _what(line, names)
    if fact is None:
        return what, f"{line.target:,}", "", "", ""
    url = metrics.url_of(services.wanted(plan, line)) if line.metric != metrics.OWN else ""
    shown = Markup('<a class="lnk" href="{}">{}</a>').format(url, f"{fact:,}") if url else f"{fact:,}"
    return what, f"{line.target:,}", shown, f"{fact - line.target:+,}", f"{round(100 * fact / line.target)} %"
