"""How far the house has grown: one department, several that work together, everybody. A preset for whom a plugin is when it is
switched on; afterwards each plugin's audience is changed by itself."""

import enum

import sqlalchemy as sa

from crm_core.access.models import Department
from crm_core.data.session import session
from crm_core.kernel.i18n import _
from crm_core.resource.settings import Setting, Settings


class Level(enum.StrEnum):
    """`department`: the department of who switches it on; `collaborative`: that one and its neighbours below the same
    department; `enterprise`: everybody."""

    department = "department"
    collaborative = "collaborative"
    enterprise = "enterprise"


class House(Settings):
    """Settings of the house itself."""

    name = "core.house"
    label = _("The house")
    departments = False
    level: Level = Setting(Level.enterprise, _("A plugin that is switched on is for"), labels={  # type: ignore[assignment]
        "department": _("the department of who switches it on"), "collaborative": _("this department and its neighbours"),
        "enterprise": _("everybody")})


def audience(department_id: int | None) -> list[int]:
    """For whom a plugin is that somebody of this department switches on; none: everybody."""
    level = House.now().level
    if level is Level.enterprise or department_id is None:
        return []
    if level is Level.department:
        return [department_id]
    above = session.scalar(sa.select(Department.parent_id).where(Department.id == department_id))
    return [above or department_id]
