"""The first roles (codes stay, names and grants may be changed). They add up from several packages: a package that brings
records grants its own to the same codes.

General user: edits his own customers and sees others' in brief. Supervisor: adds and changes, opens accounts and gives
rights inside his department. Decision maker: changes and deletes all data, approves, prints; not the settings.
Administrator: everything.
"""

from crm_core.kernel.declare import RoleTemplate
from crm_core.kernel.i18n import _

# What everybody needs to fill a form: words of the house, names of colleagues and departments.
EVERYBODY = {
    "core.region.read": "all", "core.industry.read": "all", "core.position.read": "all", "core.special_day.read": "all", "core.tag.read": "all",
    "core.team.read": "all", "core.user.brief.read": "all", "core.department.brief.read": "all",
}


def _each(resource: str, verbs: str, scope: str) -> dict[str, str]:
    return {f"{resource}.{verb}": scope for verb in verbs.split()}


USER = {
    **EVERYBODY,
    **_each("core.customer", "read create update print", "own"),
    "core.customer.brief.read": "all",
    **_each("core.task", "read create update delete", "own"),
    "core.tag.create": "all",
}
SUPERVISOR = {
    **USER,
    **_each("core.customer", "read create update print export import assign", "subtree"),
    **_each("core.task", "read create update delete assign", "subtree"),
    **_each("core.user", "read create update assign", "subtree"),
    **_each("core.department", "read", "subtree"),
    "core.role.read": "all",
    "core.tag.update": "all",
    "core.view.department": "all",
}
DECISION_MAKER = {
    **EVERYBODY,
    "core.customer.*": "all",
    "core.task.*": "all",
    "core.tag.*": "all",
    "core.view.*": "all",
    "core.user.read": "all",
    "core.department.read": "all",
}
TEMPLATES = [
    RoleTemplate("administrator", _("System administrator"), {"*": "all"}, order=10),
    RoleTemplate("decision-maker", _("Decision maker"), DECISION_MAKER, order=20),
    RoleTemplate("supervisor", _("Supervisor"), SUPERVISOR, order=30),
    RoleTemplate("user", _("General user"), USER, order=40),
]
