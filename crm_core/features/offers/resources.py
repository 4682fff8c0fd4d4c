"""Recommendations as a resource."""

from collections.abc import Mapping
from typing import Any

from crm_core.features.hooks.api import listed
from crm_core.features.offers.fitting import CUSTOMER
from crm_core.features.offers.models import Recommendation
from crm_core.kernel.errors import CrmError
from crm_core.kernel.i18n import _
from crm_core.resource.changes import as_written
from crm_core.resource.resource import Resource, Section


class Recommendations(Resource):
    model = Recommendation
    label = _("Recommendations")
    singular = _("Recommendation")
    icon = "gift"
    files = False
    columns = "name", "needs", "begins", "ends", "active", "url"
    filters = "active", "needs", "begins", "ends"
    search = ("name",)
    sorts = "-updated_at", "name"
    verbs = ("read", "create", "update", "delete")
    in_palette = False
    order = 62
    help = _("What customers can be offered. Rules put into a greeting card, or write to a customer of, what fits him best and was not offered to him before.")
    form = (
        Section(_("Recommendation"), ("name", "text", "url", "active")),
        Section(_("Whom it fits"), ("needs", "only")),
        Section(_("When"), ("begins", "ends")),
    )

    def check(self, rows: list[dict[str, Any]], before: Mapping[int, Mapping[str, Any]]) -> dict[int, dict[str, list[Any]]]:
        faults: dict[int, dict[str, list[Any]]] = {}
        for i, row in enumerate(rows):
            now = as_written(row, before)
            if now.get("begins") and now.get("ends") and now["ends"] < now["begins"]:
                faults.setdefault(i, {})["ends"] = [_("This day lies before the first one.")]
            if row.get("only"):
                try:
                    listed(self.registry.resources[CUSTOMER], row["only"])
                except CrmError as bad:
                    faults.setdefault(i, {})["only"] = [bad.message]
        return faults
