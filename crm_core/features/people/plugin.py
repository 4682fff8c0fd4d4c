"""Table of contents of this feature."""

from typing import Any

from crm_core.features.people.resources import Departments, Roles, Teams, Users
from crm_core.kernel.hookspecs import hookimpl


@hookimpl
def register_resources() -> list[type[Any]]:
    return [Departments, Teams, Users, Roles]
