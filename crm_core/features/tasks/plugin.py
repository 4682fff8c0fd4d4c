"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.messages.api import digest, reader_columns
from crm_core.features.tasks import arranging, asking, dates, demo, escalating, reminding, series, services, views
from crm_core.features.tasks.models import Task
from crm_core.features.tasks.pages import pages
from crm_core.features.tasks.resources import Tasks
from crm_core.kernel.declare import Action, Column, Job, Listen, Menu, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _
from crm_core.resource import feeds
from crm_core.resource.choices import put_words
from crm_core.resource.pairs import RecordWanted
from crm_core.web import abouts, records
from crm_core.web.menu import slots

feeds.sources.append(dates.mine)
slots.counters = services.counters
slots.tasks_url = views.URL
records.dressers.append(views.next_step)
reader_columns.append(arranging.column)
digest.parts.append(reminding.due)

PRIORITIES = (
    ("high", "High", "高", "arrow-up", "amber"),
    ("normal", "Normal", "普通"),
    ("low", "Low", "低", "arrow-down", ""),
)


GRADES = (
    ("excellent", "Excellent", "优秀", "star", "green"),
    ("good", "Good", "良好"),
    ("fair", "Fair", "合格"),
    ("poor", "Not good enough", "不合格", "alert-triangle", "red"),
)


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Tasks]


@hookimpl
def register_settings() -> list[type[Any]]:
    return [escalating.TaskSettings]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(reminding.NAME, reminding.run, every="every minute", label=_("Remind of tasks")),
        Job(series.NAME, series.run, every="every 15 minutes", label=_("Tasks that come again")),
        Job(escalating.NAME, escalating.run, every="every hour", label=_("Tell of tasks that are overdue")),
    ]


@hookimpl
def register_menu() -> list[Menu]:
    return [Menu(_("Tasks"), Tasks, order=20, name="tasks")]


@hookimpl
def register_columns() -> list[Column]:
    return [
        Column("core.task", "urgency", _("How it stands"), views.load_urgency, kind="status"),
        Column("core.task", "checklist", _("Checklist"), views.load_checklist),
        Column("core.task", "about", _("About"), abouts.column(Task), field="subject"),
    ]


@hookimpl
def register_actions() -> list[Action]:
    return [Action("arrange", _("Arrange as work"), arranging.arrange, on="core.message", when=arranging.may_arrange, offered=arranging.offered,
                   icon="checklist", order=40, bulk=False, fields=arranging.FIELDS)]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def register_listeners() -> list[Listen]:
    return [Listen(RecordWanted, asking.wanted, inside=True, acts="system", name="core.task.wanted")]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """What the first roles may do with tasks besides reading and writing them. "own" reaches what one has given as well, for
    the verbs of who gave it (`Tasks.given`)."""
    mine = ("done", "reopen", "assign", "agree", "refuse", "accept", "hand_on", "chase", "evaluate", "withdraw", "repeat")
    theirs = ("done", "reopen", "agree", "refuse", "hand_on", "chase", "evaluate", "repeat")
    return [
        RoleTemplate("user", "", {f"core.task.{act}": "own" for act in mine}),
        RoleTemplate("supervisor", "", {**{f"core.task.{act}": "subtree" for act in theirs}, "core.task.accept": "own", "core.task.withdraw": "own"}),
    ]


@hookimpl
def install(first: bool) -> None:
    put_words("core.priority", PRIORITIES)
    put_words("core.task_grade", GRADES)


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
