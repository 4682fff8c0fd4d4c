"""The page of a route and its paper."""

from typing import Any

from crm_core.features.routes.asked import URL, Finish
from crm_core.features.routes.planning import CUSTOMER, Firm, Plan
from crm_core.features.routes.rules import MOST, RouteSettings
from crm_core.features.tasks.api import TASKS
from crm_core.kernel.i18n import _, ngettext
from crm_core.kernel.site import site
from crm_core.resource.show import say_number, show_day_heading
from crm_core.text.hours import clock, minute
from crm_core.text.routes import Stop, Visit, Why
from crm_core.web import atlas, urls
from crm_core.web.printing import printed
from crm_core.web.viewmodels import Act, Empty, FirstStep, MapLine, MapPoint, MapView, PrintPage, PrintTable
from crm_core.web.viewmodels.routes import RoutePage, RouteStop

WHY = {
    Why.closed: _("Not open on this day."), Why.short: _("Not open as long as the visit takes."),
    Why.late: _("Nobody who leaves at this time is there early enough."), Why.day: _("The day would be over before the visit is."),
    Why.others: _("Does not fit beside the other stops."),
}


def page(plan: Plan) -> RoutePage:
    asked, made, start = plan.asked, plan.route, plan.start
    kept = {name for name, _value in asked.pairs() if name in ("stop", "without")}
    values = asked.values
    lines = tuple(_stop(plan, visit.stop, visit) for visit in made.visits)
    first = (clock(made.visits[0].arrives) if made.visits and not start[0] else values["begin"], start[0] or _("The first stop"), "")
    last = (clock(made.over), _("Back: %(where)s", where=start[0]), way(made.last)) if values["finish"] is Finish.back and start[1] else None
    left = [*(_stop(plan, stop, None, WHY[why]) for stop, why in made.left), *(_lost(plan, firm) for firm in plan.lost)]
    return RoutePage(
        title=_("Route"), action=URL, fields=asked.controls, hidden=tuple(pair for pair in asked.pairs() if pair[0] in kept),
        said=tuple(_said(plan)), reckoned=_reckoned(), begin=first if lines and start[1] else None, stops=lines, end=last if lines else None, left=tuple(left),
        acts=tuple(_acts(plan)) if lines else (), map=_map(plan) if lines else None, note=_("A route has at most %(n)s stops; the first of them are shown.", n=MOST) if len(asked.stops) == MOST else "",
        empty=_empty() if not lines and not left else None,
    )


def _map(plan: Plan) -> MapView:
    """The way from stop to stop; what does not fit stands beside it."""
    start = plan.start[1]
    path = [*([start] if start else []), *(visit.stop.place for visit in plan.route.visits)]
    if plan.asked.values["finish"] is Finish.back and start:
        path.append(start)
    numbers = {visit.stop.key: str(number) for number, visit in enumerate(plan.route.visits, 1)}
    points = tuple(
        MapPoint(firm.place, firm.name, _url(firm), "stop" if one in numbers else "rough", numbers.get(one, "")) for one, firm in plan.firms.items() if firm.place
    )
    home = (MapPoint(start, plan.start[0], kind="here"),) if start else ()
    latitudes, longitudes = zip(*path, strict=True)
    rims = (max(latitudes) - min(latitudes)) // 6, (max(longitudes) - min(longitudes)) // 6
    bounds = (min(latitudes) - rims[0], min(longitudes) - rims[1], max(latitudes) + rims[0], max(longitudes) + rims[1])
    provinces = {firm.code[:2] for firm in plan.firms.values()}
    return atlas.view(_("The route on the map"), points=(*home, *points), lines=(MapLine(tuple(path)),), bounds=bounds, shapes_of=f"{provinces.pop()}0000" if len(provinces) == 1 else "cn")


def _stop(plan: Plan, stop: Stop, visit: Visit | None, why: Any = "") -> RouteStop:
    firm, mine = plan.firms[stop.key], plan.planned.get(stop.key)
    remarks: list[Any] = []
    if mine is not None:
        remarks.append(_("In your calendar at %(time)s", time=clock(mine.at)) if mine.at is not None else _("In your calendar"))
    if not firm.own:
        remarks.append(_("Taken at the middle of the region"))
    more = {"arrives": clock(visit.begins), "leaves": clock(visit.ends), "way": way(visit.metres)} if visit is not None else {}
    if visit is not None and visit.begins > visit.arrives:
        more["waits"] = str(_("there at %(time)s, %(n)s min of waiting", time=clock(visit.arrives), n=visit.begins - visit.arrives))
    return RouteStop(
        firm.name, _url(firm), firm.region, _open(firm), tuple(remarks), why=why,
        boxes=plan.asked.boxes(firm.id, firm.name, plan.asked.values["stay"], mine.at if mine is not None else None), remove=_remove(plan, firm), **more,
    )


def _lost(plan: Plan, firm: Firm) -> RouteStop:
    return RouteStop(firm.name, _url(firm), firm.region, _open(firm), why=_("Nobody knows where this is: neither a place on the map nor a region is filled in."),
                     remove=_remove(plan, firm))


def _url(firm: Firm) -> str:
    return urls.of_record(site().registry.resource(CUSTOMER), firm.id)


def _hours(firm: Firm) -> str:
    """The opening hours of this day, as far as they are known and there are any."""
    return ", ".join(span(*window) for window in firm.open or ())


def _open(firm: Firm) -> Any:
    return _("Open %(hours)s", hours=_hours(firm)) if firm.open else ""


def span(low: int, high: int) -> str:
    return f"{clock(low)}\u2060–\u2060{clock(high)}"  # not broken in two


def _remove(plan: Plan, firm: Firm) -> Act:
    more = {"without": str(firm.id)} if firm.id in plan.planned and firm.id not in plan.asked.without else {}
    return Act(_("Take %(name)s out", name=firm.name), plan.asked.address(drop=firm.id, add=more), "x")


def way(metres: int) -> Any:
    return _("%(n)s km", n=f"{metres / 1_000:,.1f}")


def long(minutes: int) -> Any:
    return _("%(h)s h %(m)s min", h=minutes // 60, m=minutes % 60) if minutes >= 60 else _("%(m)s min", m=minutes)


def _said(plan: Plan) -> list[Any]:
    made = plan.route
    if not made.visits:
        return []
    waiting = sum(visit.begins - visit.arrives for visit in made.visits)
    driving = made.over - minute(plan.asked.values["begin"]) - waiting - sum(visit.ends - visit.begins for visit in made.visits)
    return [
        ngettext("%(n)s stop", "%(n)s stops", len(made.visits)), _("%(way)s in straight lines", way=way(made.metres)), _("%(time)s on the way", time=long(driving)),
        *([_("%(time)s of waiting", time=long(waiting))] if waiting else []), _("done at %(time)s", time=clock(made.over)),
    ]


def _reckoned() -> Any:
    rules = RouteSettings.now()
    return _("Distances are straight lines on the map. Roads are taken to be %(detour)s times as long and driven at %(speed)s km/h.",
             detour=say_number(rules.detour, 2), speed=rules.speed)


def _acts(plan: Plan) -> list[Act]:
    found = []
    if site().registry.resource(CUSTOMER).may("print"):
        found.append(Act(_("Print"), plan.asked.address(f"{URL}/print"), "printer"))
    new = [visit for visit in plan.route.visits if (there := plan.planned.get(visit.stop.key)) is None or there.at is None]
    if new and site().registry.resource(TASKS).may("create"):
        found.append(Act(_("Put into my tasks"), URL, "calendar-plus", "post", fields=tuple(plan.asked.pairs())))
    return found


def _empty() -> Empty:
    customers = site().registry.resource(CUSTOMER)
    return Empty(
        _("No stops yet"), _("Tick customers in their list and choose “Plan a route”. Tasks about customers that you have for this day are here by themselves."),
        (FirstStep(customers.label, _("Tick those to visit."), urls.of_list(customers), "building"),),
    )


def paper(plan: Plan) -> PrintPage:
    """The route on paper, with what does not fit."""
    made, values = plan.route, plan.asked.values
    rows = tuple(
        (str(number), span(visit.begins, visit.ends), plan.firms[visit.stop.key].name, plan.firms[visit.stop.key].region, _hours(plan.firms[visit.stop.key]), way(visit.metres))
        for number, visit in enumerate(made.visits, 1)
    )
    tables = [PrintTable(("#", _("Time"), _("Customer"), _("Region"), _("Opening hours"), _("Way")), rows, right=(0, 5))]
    left = [*((plan.firms[stop.key].name, WHY[why]) for stop, why in made.left), *((firm.name, _("Nobody knows where this is.")) for firm in plan.lost)]
    if left:
        tables.append(PrintTable((_("Customer"), _("Reason")), tuple(left), _("What does not fit")))
    return PrintPage(
        title=_("Route"), company=_("Tangram CRM"), printed=printed(), tables=tuple(tables), sub=show_day_heading(plan.asked.day),
        filters=(_("Leave at %(time)s", time=values["begin"]), *([plan.start[0]] if plan.start[0] else []), *_said(plan)), foot=_reckoned(), back_url=plan.asked.address(),
    )
