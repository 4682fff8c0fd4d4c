"""What rules did with a record, beside it; and those one begins for it by hand."""

from typing import Any

from crm_core.features.rules import services, views
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.web.viewmodels import Act

SHOWN = 5


def load(resource: Any, record: int) -> dict[str, Any]:
    rules = services.by_hand(resource.name)
    return {
        "rows": views.log(services.runs(services.of_record(resource.name, record), limit=SHOWN), by_rule=True),
        "begins": tuple(Act(_("Begin: %(name)s", name=rule.name), f"{views.URL}/{rule.id}/start", "player-play", "post", fields=(("record", str(record)),)) for rule in rules),
    }


def concerned(resource: Any) -> bool:
    """Whether any rule is about such records: otherwise there is no box."""
    from crm_core.features.rules.active import active

    return bool(actor().can(services.MAKE)) and resource.name in active()
