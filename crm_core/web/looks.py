"""The ways a list is shown: rows, a board by a choice, a calendar by a date, a Gantt chart from a date to another, a map by its place."""

from collections.abc import Mapping
from typing import Any

from crm_core.kernel.i18n import _
from crm_core.resource import boards, calendars, gantts, listing, places
from crm_core.resource.fields import Field
from crm_core.web import boarding, calendaring, gantting, mapping
from crm_core.web.chips import Pairs, Place
from crm_core.web.viewmodels import Tab

OWN = ("look", "by", "day", "span", "over", "after", "before")  # of an address: what belongs to one way and not to the others


def tabs(resource: Any, args: Pairs, place: Place) -> tuple[Tab, ...]:
    """The ways a list can be shown in; none where there is only the one. What it asks for goes along."""
    if place.pins or resource.is_brief:
        return ()
    rest = [(k, v) for k, v in args if k not in OWN]
    now = dict(args).get("look", "")
    ways = [
        (look, label, icon) for look, label, icon, there in (
            ("board", _("Board"), "columns-3", boards.choice_of(resource)),
            ("calendar", _("Calendar"), "calendar", calendars.date_of(resource)),
            ("gantt", _("Gantt chart"), "chart-arrows", gantts.dates_of(resource)),
            ("map", _("Map"), "map-2", places.of(resource)),
        ) if there
    ]
    if not ways:
        return ()
    known = {look for look, _label, _icon in ways}
    return (
        Tab(_("List"), place.address(rest or [("view", "0")]), now not in known, icon="list"),
        *(Tab(label, place.address([*rest, ("look", look)]), now == look, icon=icon) for look, label, icon in ways),
    )


def pictures(
    resource: Any, fields: Mapping[str, Field], query: listing.Query, args: Pairs, place: Place, names: list[str], rows_of: Any,
) -> dict[str, Any]:
    """The picture an address asks for, by its name on the page; none where it asks for rows."""
    if place.pins or resource.is_brief:
        return {}
    return {
        "board": boarding.view(resource, fields, query, args, names, rows_of), "calendar": calendaring.view(resource, query, args, place, rows_of),
        "gantt": gantting.view(resource, query, args, place, rows_of), "map": mapping.view(resource, query, args, place),
    }
