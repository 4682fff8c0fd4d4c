"""The pages of reports, and the cards of the home page, which are small ones."""

from functools import partial
from typing import Any

import flask
from markupsafe import Markup

from crm_core.features.rules.api import ALARMS
from crm_core.kernel.calling import shown
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import site
from crm_core.resource import reporting
from crm_core.resource.reporting import Line
from crm_core.web import urls
from crm_core.web.access import signed_in
from crm_core.web.show import page_of
from crm_core.web.viewmodels import Act, Empty, PanelView, Tab, WaitRow
from crm_core.web.viewmodels.reports import Bar, ReportPage

pages = flask.Blueprint("reports", __name__)
URL, CARDS = "/reports", "/cards"
CARD_ROWS = 8
SAID = 4


@pages.get(URL)
@signed_in
def index() -> Any:
    found = reporting.reports()
    if found:
        return page_of("report.html", view(found[0], found))
    return page_of("report.html", ReportPage(empty=Empty(_("No report is there for you"), _("Reports of the plugins in use appear here."))))


@pages.get(f"{URL}/<name>")
@signed_in
def show(name: str) -> Any:
    found = reporting.reports()
    return page_of("report.html", view(reporting.find(found, name), found))


@pages.get(f"{CARDS}/<name>")
@signed_in
def card(name: str) -> Any:
    one = reporting.find(reporting.cards(), name)
    url = f"{CARDS}/{one.name}"
    failed = PanelView(one.label, one.icon or "chart-bar", failed=True, load_url=url)

    def fill() -> PanelView:
        drawn = _drawn(one)
        if not drawn.bars:
            return PanelView(one.label, one.icon or "chart-bar", empty=_("There is nothing to count yet."))
        html = flask.render_template("parts/chart.html", page=drawn, rows=drawn.bars[:CARD_ROWS])
        return PanelView(one.label, one.icon or "chart-bar", html=Markup(html))  # the template has escaped what it was given

    return page_of("panel.html", shown(one, fill, failed))


def panels(cards: list[Any]) -> dict[str, PanelView]:
    """The cards of the home page by name, filled when they are seen."""
    return {f"card:{one.name}": PanelView(one.label, one.icon or "chart-bar", load_url=f"{CARDS}/{one.name}") for one in cards if not one.waits}


def waiting(cards: list[Any]) -> tuple[tuple[WaitRow, ...], int]:
    """What cards count that waits for the reader, a line each, and how much it is altogether."""
    nothing: list[Line] = []
    found = [(one, lines) for one in cards if one.waits and (lines := shown(one, partial(_lines, one), nothing))]
    rows = tuple(WaitRow(one.label, one.waits, listed(f"{line.label} {line.shown[0]}" for line in lines[:SAID]), icon=one.icon) for one, lines in found)
    return rows, sum(line.numbers[0] for _one, lines in found for line in lines)


def _lines(one: Any) -> list[Line]:
    return list(reporting.answer(one).lines)


def view(report: Any, found: list[Any]) -> ReportPage:
    """The page of one report beside the others."""
    by_subject: dict[str, list[Tab]] = {}
    for one in found:
        by_subject.setdefault(str(site().registry.resource(one.of).label), []).append(Tab(one.label, f"{URL}/{one.name}", one is report))
    groups = tuple((label, tuple(tabs)) for label, tabs in by_subject.items())
    return shown(report, lambda: _drawn(report, groups), ReportPage(label=report.label, groups=groups, failed=True))


def _drawn(report: Any, groups: tuple[Any, ...] = ()) -> ReportPage:
    answer, resource = reporting.answer(report), site().registry.resource(report.of)
    sizes = [next((abs(value) for value in line.numbers if isinstance(value, int | float)), 0) for line in answer.lines]
    top = max(sizes, default=0)
    bars = tuple(
        Bar(line.label, line.shown, round(100 * size / top, 1) if top else 0,
            urls.of_list(resource, [line.filter]) if line.filter is not None and line.filter[0].partition(".")[0] in resource.filters else "")
        for line, size in zip(answer.lines, sizes, strict=True)
    )
    return ReportPage(label=report.label, groups=groups, heads=answer.heads, bars=bars, chart=report.chart, more=reporting.MOST if answer.more else 0,
                      acts=(Act(_("Set an alarm"), urls.address(f"{ALARMS}/new", [("report", report.name)]), "alarm"), Act(_("All alarms"), ALARMS)) if groups else ())
