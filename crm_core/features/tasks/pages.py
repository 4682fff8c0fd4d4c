"""The tick of a task, and the page of those one has given."""

from typing import Any

import flask

from crm_core.features.tasks import giving, services, views
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.text.numbers import whole
from crm_core.web import urls
from crm_core.web.access import signed_in
from crm_core.web.bulk import say_undo
from crm_core.web.show import page_of

pages = flask.Blueprint("tasks", __name__)


@pages.post("/tasks/<int:task_id>/done")
@signed_in
def done(task_id: int) -> Any:
    return _run("done", task_id)


@pages.post("/tasks/<int:task_id>/reopen")
@signed_in
def reopen(task_id: int) -> Any:
    return _run("reopen", task_id)


@pages.get(giving.URL)
@signed_in
def given() -> Any:
    """What one has given to colleagues, and how it stands."""
    return page_of("recycle.html", views.given(whole(flask.request.args.get("before", "")) or 0))


@pages.post(f"{giving.URL}/<int:task_id>/withdraw")
@signed_in
def withdraw(task_id: int) -> Any:
    say_undo(_("Task withdrawn"), giving.withdraw(task_id))
    return flask.redirect(giving.URL, 303)


@pages.post(f"{giving.URL}/<int:task_id>/reopen")
@signed_in
def reopen_given(task_id: int) -> Any:
    say_undo(_("Task reopened"), giving.reopen(task_id))
    return flask.redirect(giving.URL, 303)


def _run(act: str, task_id: int) -> Any:
    site().registry.resource(services.NAME).run(act, [task_id])
    if flask.request.accept_mimetypes.best == "application/json":
        return flask.jsonify({})
    return flask.redirect(urls.safe_path(flask.request.form.get("back", "/")), 303)
