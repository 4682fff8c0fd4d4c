"""The pages of the calendar."""

from typing import Any

import flask

from crm_core.features.calendar import planner, timesheet, views
from crm_core.kernel.errors import BadRequest
from crm_core.kernel.i18n import _
from crm_core.resource.fields import Bad
from crm_core.resource.references import RefField
from crm_core.web import controls, settings, urls
from crm_core.web.access import access
from crm_core.web.show import page_of

pages = flask.Blueprint("calendar", __name__)
READ = "core.appointment.read"
_PERSON = RefField(name="person", column="", label=_("Colleague"), target="core.user")


@pages.get(views.URL)
@access(READ)
def calendar() -> Any:
    """The calendar; a colleague who was picked is put beside, and the address says so."""
    args = flask.request.args
    want = views.asked(args)
    if "person" in args or "person__text" in args:
        return flask.redirect(want.url(who=(*want.who, *_picked(args))), 303)
    return page_of("planner.html", views.page(want, planner.kept().get("shows", planner.BUSY)))


def _picked(args: Any) -> list[int]:
    """The colleague whose name was picked or typed; nobody where it is nobody's."""
    text = controls.read({"person": _PERSON}, args).get("person", "")
    try:
        value = _PERSON.parse(text)
    except Bad:
        return []
    return list(_PERSON.resolve([value]).values()) if value is not None else []


@pages.post(f"{views.URL}/shows")
@access(READ)
def shows() -> Any:
    """How much of my calendar colleagues see."""
    said = flask.request.form.get("shows", "")
    if said not in planner.SHOWN:
        raise BadRequest(_("This page was not found."))
    settings.keep(lambda mine: mine.update({planner.KEPT: {**planner.kept(), "shows": said}}))
    return flask.redirect(urls.safe_path(flask.request.form.get("back", views.URL)), 303)


@pages.get(f"{views.URL}/rooms")
@access(READ)
def rooms() -> Any:
    """Which rooms are free."""
    return page_of("rooms.html", views.free_rooms(flask.request.args))


@pages.get(timesheet.URL)
@access("core.task.read")
def time() -> Any:
    """Where the time went."""
    return page_of("timesheet.html", timesheet.page(timesheet.asked(flask.request.args)))
