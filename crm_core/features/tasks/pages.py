"""The tick of a task."""

from typing import Any

import flask

from crm_core.features.tasks import services
from crm_core.kernel.site import site
from crm_core.web import urls
from crm_core.web.access import signed_in

pages = flask.Blueprint("tasks", __name__)


@pages.post("/tasks/<int:task_id>/done")
@signed_in
def done(task_id: int) -> Any:
    return _run("done", task_id)


@pages.post("/tasks/<int:task_id>/reopen")
@signed_in
def reopen(task_id: int) -> Any:
    return _run("reopen", task_id)


def _run(act: str, task_id: int) -> Any:
    site().registry.resource(services.NAME).run(act, [task_id])
    if flask.request.accept_mimetypes.best == "application/json":
        return flask.jsonify({})
    return flask.redirect(urls.safe_path(flask.request.form.get("back", "/")), 303)
