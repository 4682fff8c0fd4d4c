"""Table of contents of this feature."""

from typing import Any

import flask

from crm_core.features.people.pages import blueprint
from crm_core.features.people.resources import Departments, Roles, Teams, Users
from crm_core.kernel.hookspecs import hookimpl


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Departments, Teams, Users, Roles]


@hookimpl
def register_blueprints() -> list[flask.Blueprint]:
    return [blueprint]
