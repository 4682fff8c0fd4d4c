"""Public pools as a resource: their rules are a form that administrators fill in."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.access.rights import bump
from crm_core.features.pool import returning
from crm_core.features.pool.models import Pool, PoolMember
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import later
from crm_core.resource.changes import as_written
from crm_core.resource.resource import Lines, Resource, Section


class Pools(Resource):
    model = Pool
    label = _("Public pools")
    singular = _("Public pool")
    icon = "ripple"
    files = False
    columns = "name", "department", "hold_limit", "claim_limit", "return_after", "deal_after", "cool_down"
    filters = ("department",)
    search = ("name",)
    sorts = "name", "-updated_at"
    in_palette = False
    order = 60
    lines = (Lines("members", PoolMember, ("department", "user", "manages"), _("Who may claim, and who manages"), first=True),)
    help = _("Customers that nobody holds lie in a pool until somebody claims them; those that nobody looks after go back to it.")
    form = (
        Section(_("Pool"), ("name", "department", "note", "members")),
        Section(_("Claims"), ("hold_limit", "claim_limit", "cool_down")),
        Section(_("Return"), ("return_after", "deal_after", "warn_before")),
        Section(_("Protection"), ("protect_limit", "protect_days")),
        Section(_("Sharing"), ("share_days",)),
    )

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()
        if returning.homeless():
            later(returning.ADOPT, label=_("Customers find their pools"))


class PoolMembers(Resource):
    """Lines of a pool's form."""

    model = PoolMember
    label = _("Who may claim, and who manages")
    columns = "department", "user", "manages"
    sorts = ()
    verbs = ()

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            now = as_written(row, before)
            if (now.get("department_id") is None) is (now.get("user_id") is None):
                faults[i] = {"department": [_("Name a department or a colleague.")]}
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()
