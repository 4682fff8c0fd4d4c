"""The tick of a task."""

import datetime as dt
from typing import Any

import flask

from crm_core.data.session import writing
from crm_core.features.tasks import services, views
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest, Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import change
from crm_core.resource.show import say_date
from crm_core.text.numbers import whole
from crm_core.web import bulk, urls, ways
from crm_core.web.access import signed_in
from crm_core.web.edit import lines_of

pages = flask.Blueprint("tasks", __name__)


@pages.post("/tasks/<int:task_id>/done")
@signed_in
def done(task_id: int) -> Any:
    return _run("done", task_id)


@pages.post("/tasks/<int:task_id>/reopen")
@signed_in
def reopen(task_id: int) -> Any:
    return _run("reopen", task_id)


@pages.post("/tasks/<int:task_id>/items/<int:item_id>")
@signed_in
def item(task_id: int, item_id: int) -> Any:
    """Tick a line of the checklist off, or take the tick back."""
    tasks = site().registry.resource(services.NAME)
    task = tasks.get(task_id, "update")
    lines = {line.id: line for line in lines_of(tasks, tasks.lines[0], task_id)}
    if item_id not in lines:
        raise Missing(_("This record was not found."))
    tasks.write([{"id": task.id, "items": [{"id": i, "done": line.done is not (i == item_id)} for i, line in lines.items()]}])
    return flask.redirect(ways.to_record(tasks, task_id), 303)


@pages.post("/tasks/<int:task_id>/later")
@signed_in
def later(task_id: int) -> Any:
    """Put off by so many days, from today on. Raises Forbidden, Missing, Invalid for what one was bound to."""
    days = whole(flask.request.form.get("days", ""))
    if days not in views.LATER:
        raise BadRequest(_("This page was not found."))
    tasks = site().registry.resource(services.NAME)
    if not tasks.may("update"):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Put off")))
    due = clock.today() + dt.timedelta(days=days)
    with writing(), change("save", resource=services.NAME) as number:
        tasks.write([{"id": tasks.get(task_id, "update").id, "due": due}])
    bulk.say_undo(_("Put off until %(day)s", day=say_date(due)), number)
    return flask.redirect(urls.safe_path(flask.request.form.get("back", "/")), 303)


def _run(act: str, task_id: int) -> Any:
    site().registry.resource(services.NAME).run(act, [task_id])
    if flask.request.accept_mimetypes.best == "application/json":
        return flask.jsonify({})
    return flask.redirect(urls.safe_path(flask.request.form.get("back", "/")), 303)
