"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.tasks import asking, dates, services, views
from crm_core.features.tasks.models import Task
from crm_core.features.tasks.pages import pages
from crm_core.features.tasks.resources import Tasks
from crm_core.kernel.declare import Column, Listen, Menu, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import feeds
from crm_core.resource.choices import put_words
from crm_core.resource.pairs import RecordWanted
from crm_core.web import abouts
from crm_core.web.menu import slots

feeds.sources.append(dates.mine)
slots.counters = services.counters
slots.tasks_url = views.URL

PRIORITIES = (
    ("high", "High", "高", "arrow-up", "amber"),
    ("normal", "Normal", "普通"),
    ("low", "Low", "低", "arrow-down", ""),
)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Tasks]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Tasks"), Tasks, order=20, name="tasks")]


@hookimpl
def register_columns() -> list[Column]:
    return [
        Column("core.task", "urgency", _("How it stands"), views.load_urgency, kind="status"),
        Column("core.task", "about", _("About"), abouts.column(Task), field="subject"),
    ]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(RecordWanted, asking.wanted, inside=True, acts="system", name="core.task.wanted")]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """What the first roles may do with tasks besides reading and writing them: tick off, and give them to colleagues."""
    return [
        RoleTemplate("user", "", {"core.task.done": "own", "core.task.reopen": "own", "core.task.assign": "own",
                                  "core.task.agree": "own", "core.task.refuse": "own"}),
        RoleTemplate("supervisor", "", {f"core.task.{act}": "subtree" for act in ("done", "reopen", "agree", "refuse")}),
    ]


@hookimpl
def install(first: bool) -> None:
    put_words("core.priority", PRIORITIES)
