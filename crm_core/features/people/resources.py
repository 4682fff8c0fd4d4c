"""Users, departments, teams and roles as resources."""

from collections.abc import Mapping
from typing import Any

from crm_core.access.models import Department, FieldRule, Grant, Role, Team, User, UserRole
from crm_core.kernel.i18n import _
from crm_core.resource.resource import Lines, Resource
from crm_core.text.clean import fold


class Departments(Resource):
    model = Department
    label = _("Departments")
    singular = _("Department")
    icon = "sitemap"
    columns = "name", "code", "parent", "owner", "phone"
    filters = "parent", "owner"
    search = "name", "code"
    sorts = "name", "-updated_at"
    brief = "name", "parent"
    unique = (("code",),)


class Teams(Resource):
    model = Team
    label = _("Teams")
    singular = _("Team")
    icon = "users-group"
    columns = ("name",)
    search = ("name",)
    sorts = "name", "-updated_at"


class Users(Resource):
    model = User
    label = _("Users")
    singular = _("User")
    icon = "users"
    columns = "name", "login", "department", "title", "phone", "email", "active"
    filters = "department", "active"
    search = "name", "login", "phone", "email"
    sorts = "name", "-updated_at"
    brief = "name", "department", "title", "phone", "email"
    unique = (("login_key",),)
    lines = (Lines("roles", UserRole, ("role",), _("Roles")),)

    def derive(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> None:
        for row in rows:
            if row.get("login"):
                row["login_key"] = fold(row["login"])


class Roles(Resource):
    model = Role
    label = _("Roles")
    singular = _("Role")
    icon = "shield-lock"
    columns = "name", "code", "note"
    search = "name", "code"
    sorts = "name", "-updated_at"
    unique = (("code",),)
    lines = (
        Lines("grants", Grant, ("permission", "scope"), _("Grants")),
        Lines("rules", FieldRule, ("resource", "field", "rule"), _("Field rules")),
    )
