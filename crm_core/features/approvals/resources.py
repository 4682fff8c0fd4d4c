"""Stand-ins: whom a reviewer names for the days he is away."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_core.access.models import StandIn
from crm_core.access.rights import bump
from crm_core.kernel.i18n import _
from crm_core.resource.changes import as_written
from crm_core.resource.resource import Resource, Section


class StandIns(Resource):
    model = StandIn
    label = _("Stand-ins")
    singular = _("Stand-in")
    icon = "users"
    files = False
    columns = "substitute", "begins", "ends", "note"
    filters = ("substitute", "begins", "ends")
    sorts = ("-updated_at",)
    verbs = ("read", "create", "update", "delete")
    hidden_fields = "owner", "department", "team"
    in_palette = False
    order = 95
    help = _("Who reviews and decides on approvals in your place while you are away. He does it as you may, within the days you say. Without one you can leave words for who writes to you.")
    form = (Section(_("Stand-in"), ("substitute", "begins", "ends", "words", "note")),)

    @property
    def label_field(self) -> str:
        return "begins"

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            now = as_written(row, before)
            if now.get("begins") and now.get("ends") and now["ends"] < now["begins"]:
                faults[i] = {"ends": [_("This day lies before the first one.")]}
            if now.get("substitute_id") is None and not now.get("words"):
                faults.setdefault(i, {})["substitute"] = [_("Name a stand-in, or leave words for who writes.")]
        return faults

    def written(self, verb: str, ids: Sequence[int], change: int) -> None:
        bump()
