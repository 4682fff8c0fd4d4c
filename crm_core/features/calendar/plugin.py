"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.access.scope import Unless
from crm_core.features.calendar import arriving, dates, demo, growing, letters, sending, shared, timesheet, views
from crm_core.features.calendar.events import Answered, Planned
from crm_core.features.calendar.pages import READ, pages
from crm_core.features.calendar.resources import Appointments, Guests, Rooms
from crm_core.features.calendar.services import NAME
from crm_core.features.mail.api import MAIL, MailReceived
from crm_core.kernel.declare import Action, Job, Listen, Menu, Panel, Related, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import feeds
from crm_core.web import records

feeds.sources.append(dates.mine)
records.dressers.append(letters.offer)
_WRITE = ("read", "create", "update", "delete", "export", "print")
_ANSWER = ("accept", "perhaps", "decline", "answer_all")


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Appointments, Guests, Rooms]


@hookimpl
def register_actions() -> list[Action]:
    return [Action("take_invitation", _("Take into my calendar"), shared.take, on=MAIL, when=shared.may_take, icon="calendar-plus", bulk=False, button=False)]


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
def register_listeners() -> list[Listen]:
    return [
        Listen(Planned, sending.planned, acts="system", name="core.calendar.invite", outside=True, label=_("Send invitations")),
        Listen(Answered, sending.answered, acts="system", name="core.calendar.answer", outside=True, label=_("Answer invitations")),
        Listen(MailReceived, arriving.arrived, acts="system", name="core.calendar.arrived", outside=True, label=_("Read invitations in mail")),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(growing.GROW, growing.grow, every="every day at 00:40", label=_("Appointments that repeat")),
        Job(growing.REMIND, growing.remind, every="every minute", label=_("Remind of appointments")),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def narrow_records(actor: Any, resource: str, verb: str) -> Any:
    """What is private is its owner's, whatever anybody's grants."""
    return Unless("closed", (True,), "owner_id", actor.user_id) if resource == NAME else None


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody plans his own and reads which rooms there are; who leads sees what those below have planned."""
    mine = {f"core.appointment.{act}": "own" for act in (*_WRITE, "call_off", "repeat", "end_series", *_ANSWER)}
    room = {"core.room.read": "all"}
    return [
        RoleTemplate("user", "", {**mine, **room}),
        RoleTemplate("supervisor", "", {**mine, **room, "core.appointment.read": "subtree", "core.appointment.export": "subtree", "core.appointment.print": "subtree"}),
        RoleTemplate("decision-maker", "", {**mine, **room, "core.appointment.read": "all", "core.appointment.export": "all", "core.appointment.print": "all"}),
    ]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
