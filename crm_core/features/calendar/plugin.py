"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.calendar import dates, demo, timesheet, views
from crm_core.features.calendar.pages import READ, pages
from crm_core.features.calendar.resources import Appointments, Guests, Rooms
from crm_core.kernel.declare import Menu, Panel, Related, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import feeds

feeds.sources.append(dates.mine)
_WRITE = ("read", "create", "update", "delete", "export", "print")
_ANSWER = ("accept", "perhaps", "decline")


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Appointments, Guests, Rooms]


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Calendar"), views.URL, icon="calendar", order=24, name="calendar", permission=READ),
        Menu(_("Rooms"), Rooms, "settings", order=62, name="rooms", permission="core.room.update"),
    ]


@hookimpl
def register_panels() -> list[Any]:
    return [Related("core.room", Appointments, label=_("Bookings"), via="room", icon="calendar-event"),
            Panel("core.customer", "time", _("Time spent"), timesheet.panel, icon="clock", order=60, permission="core.task.read")]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody plans his own and reads which rooms there are; who leads sees what those below have planned."""
    mine = {f"core.appointment.{act}": "own" for act in (*_WRITE, "call_off", *_ANSWER)}
    room = {"core.room.read": "all"}
    return [
        RoleTemplate("user", "", {**mine, **room}),
        RoleTemplate("supervisor", "", {**mine, **room, "core.appointment.read": "subtree", "core.appointment.export": "subtree", "core.appointment.print": "subtree"}),
        RoleTemplate("decision-maker", "", {**mine, **room, "core.appointment.read": "all", "core.appointment.export": "all", "core.appointment.print": "all"}),
    ]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
