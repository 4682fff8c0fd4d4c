"""Plans as lists and their pages draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from crm_core.data.session import session
from crm_core.features.plans import metrics, services
from crm_core.features.plans.models import LOOKS, SPANS, STAGES, Plan, Stage
from crm_core.kernel import clock
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import site
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
    names = _Names(items)
    people, parts = services.people_of([row]), services.in_parts(row.id)
    mark = Status(STAGES[str(row.stage)], *LOOKS[str(row.stage)])  # type: ignore[arg-type]
    table = LinesTable(
        _("Plan and fact"), (_("What is counted"), _("Plan"), *((_("In its parts"),) if parts else ()), _("Fact"), _("Difference"), _("Reached")),
        tuple(_line(_url(row, line, people), line, done.get(line.id), names, parts) for line in items), (1, 2, 3, 4, *((5,) if parts else ())), _("No figure is planned yet."),
        edit_url=page.lines[0].edit_url if page.lines else "")
    tabs = tuple(replace(tab, label=_("Overview")) if n == 0 else tab for n, tab in enumerate(page.tabs))
    page = replace(page, tabs=tabs, timeline=replace(page.timeline, filters=()) if page.timeline is not None else None)
    if page.body == "panorama":
        page = replace(page, side=(_box(row, items, done, names, people, parts), *page.side))
    else:
        page = replace(page, lines=(table, *page.lines[1:]))
    return replace(page, status=how_far(row, services.progress(items, done)), marks=(mark, *page.marks))


class _Names:
    """What the lines of a plan are called: a statement for each kind of part that they name."""

    def __init__(self, items: Sequence[Any]) -> None:
        self.metrics = metrics.MetricField(name="metric", column="metric", label="").words()
        self.parts = {name: _labels(name, {which for line in items for one, which in services.within(line) if one == name}) for name in services.WITHIN}

    def of(self, line: Any) -> Any:
        said = self.metrics.get(line.metric, line.metric)
        if line.metric == metrics.OWN:
            return line.what or said
        named = [self.parts[name].get(which, _("hidden record")) for name, which in services.within(line)]
        return " · ".join(str(one) for one in (said, *named, line.what) if one)


def _labels(name: str, ids: set[int]) -> Mapping[int, Any]:
    resource = site().registry.resources.get({"category": "core.product_category", "product": "core.product"}[name])
    return resource.labels(ids) if resource is not None and ids else {}


def _url(plan: Any, line: Any, people: Mapping[int, tuple[int, ...]]) -> str:
    return metrics.url_of(services.wanted(plan, line, people)) if line.metric != metrics.OWN else ""


def _together(line: Any, parts: Mapping[tuple[Any, ...], Mapping[str, int]]) -> str:
    """What its parts plan of it: those of each length apart, for a year may be divided by people and by months."""
    found = parts.get(services.same(line), {})
    return " · ".join(f"{SPANS[span]} {n:,}" if len(found) > 1 else f"{n:,}" for span, n in sorted(found.items()))


def _box(plan: Any, items: Sequence[Any], done: Mapping[int, int | None], names: _Names, people: Mapping[int, tuple[int, ...]],
         parts: Mapping[tuple[Any, ...], Mapping[str, int]]) -> PanelView:
    """The same beside the course."""
    def row(line: Any) -> PanelRow:
        fact = done.get(line.id)
        what, together = names.of(line), _together(line, parts)
        beneath = [_("plan %(n)s, in its parts %(parts)s", n=f"{line.target:,}", parts=together) if together else _("plan %(n)s", n=f"{line.target:,}")]
        if fact is None:
            return PanelRow(what, str(beneath[0]))
        said = listed([*beneath, _("difference %(more)s", more=f"{fact - line.target:+,}")])
        return PanelRow(what, said, f"{fact:,}", url=_url(plan, line, people), sub_colour="green" if fact >= line.target else "")

    return PanelView(_("Plan and fact"), "target", rows=tuple(row(line) for line in items), empty=_("No figure is planned yet."))


def _line(url: str, line: Any, fact: int | None, names: _Names, parts: Mapping[tuple[Any, ...], Mapping[str, int]]) -> tuple[Any, ...]:
    head = names.of(line), f"{line.target:,}", *((_together(line, parts),) if parts else ())
    if fact is None:
        return *head, "", "", ""
    shown = Markup('<a class="lnk" href="{}">{}</a>').format(url, f"{fact:,}") if url else f"{fact:,}"
    return *head, shown, f"{fact - line.target:+,}", f"{round(100 * fact / line.target)} %"
