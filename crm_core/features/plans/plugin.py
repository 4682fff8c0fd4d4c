"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.plans import demo, diary, metrics, views
from crm_core.features.plans.pages import pages
from crm_core.features.plans.resources import Journals, Plans
from crm_core.kernel.declare import Column, Menu, Metric, Related, RoleTemplate
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.i18n import _

_WRITE = ("read", "create", "update", "delete")


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Plans, Journals]


@hookimpl
def register_metrics() -> list[Metric]:
    return list(metrics.CORE)


@hookimpl
def register_menu() -> list[Menu]:
    return [
        Menu(_("Work plans"), Plans, order=22, name="plans"),
        Menu(_("Work journal"), diary.URL, icon="notebook", order=23, name="journal", permission="core.journal.read", badge=diary.unread),
    ]


@hookimpl
def register_columns() -> list[Column]:
    return [
        Column("core.plan", "progress", _("Reached"), views.load_progress, kind="status"),
        Column("core.journal", "unread", _("Read mark"), diary.load_unread, kind="status"),
    ]


@hookimpl
def register_panels() -> list[Related]:
    return [Related("core.plan", Plans, label=_("Its parts"), via="above", icon="subtask")]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [pages]


@hookimpl
def register_roles() -> list[RoleTemplate]:
    """Everybody plans and writes his own; who leads reads, answers and remarks on those below."""
    own = {f"core.plan.{act}": "own" for act in (*_WRITE, "assign", "export", "print", "submit", "sum_up", "divide", "divide_as_before", "reopen")}
    led = {f"core.plan.{act}": "subtree" for act in (*_WRITE, "assign", "export", "print", "submit", "agree", "send_back", "sum_up", "remark", "divide", "divide_as_before", "reopen")}
    mine = {f"core.journal.{act}": "own" for act in (*_WRITE, "export", "print")}
    return [
        RoleTemplate("user", "", {**own, **mine}),
        RoleTemplate("supervisor", "", {**led, **mine, "core.journal.read": "subtree", "core.journal.export": "subtree", "core.journal.remark": "subtree"}),
        RoleTemplate("decision-maker", "", {
            "core.plan.*": "all", **mine, **{f"core.journal.{act}": "all" for act in ("read", "export", "remark")}}),
    ]


@hookimpl
def demo_data(make: Any) -> None:
    demo.fill(make)
