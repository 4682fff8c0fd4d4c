"""The pools of the demo company, and customers that nobody holds just now."""

import datetime as dt
from typing import Any

from crm_core.data.session import acting_as
from crm_core.features.pool import rules, services
from crm_core.kernel import actors, clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site

# department: (name, rules)
POOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "MC": ("营销公海", {"hold_limit": 600, "claim_limit": 20, "return_after": 365, "warn_before": 7, "cool_down": 30, "protect_limit": 20}),
    "PUB": ("发行公海", {"hold_limit": 800, "claim_limit": 30, "return_after": 365, "warn_before": 7, "cool_down": 15, "protect_limit": 10}),
    "FAIR": ("展会公海", {"hold_limit": 600, "claim_limit": 10, "return_after": 400, "warn_before": 10, "cool_down": 30, "protect_limit": 20}),
}
REASONS = (_("The firm moved to another province"), _("No interest this year"), _("Nobody picks up the phone"))


def fill(make: Any) -> None:
    """A pool of each department that sells; every thirtieth of the customers without a story lies in one."""
    departments, pools = make.made["departments"], site().registry.resource("core.pool")
    managers = {"MC": "chenxiaoyan", "PUB": "wangzhiqiang", "FAIR": "chenxiaoyan"}
    for code, (name, given) in POOLS.items():
        members = [{"department": departments[code]}, {"user": make.made["users"][managers[code]], "manages": True}]
        pools.write([{"name": name, "department": departments[code], "members": members, **given}])
    chosen = make.made["customers"][::-1][: max(0, len(make.made["customers"]) - 300) : 30]
    by_reason: dict[int, list[dict[str, Any]]] = {}
    returned = clock.instant(make.day(-60), dt.time(10))  # not today: what is worked on stands first in the list
    for at, row in enumerate(services.locked(chosen) if chosen else ()):
        target = rules.home(row["department_id"])
        if row["owner_id"] is not None and target is not None and row["created_at"] < returned:
            by_reason.setdefault(at % len(REASONS), []).append({**row, "target": target})
    with clock.freeze(returned):
        for reason, rows in by_reason.items():
            services.to_pool(rows, kind="return", why=str(REASONS[reason]))
    _together(make)


def _together(make: Any) -> None:
    """The firm with the whole story is shared with a colleague of the fair office, who proposes what he heard there."""
    customers, firm, colleague = site().registry.resource("core.customer"), make.made["showcase"], make.made["users"]["liuyang"]
    with acting_as(actors.load(site(), customers.system_row(firm).owner_id)):
        customers.run("share", [firm], {"colleague": colleague, "until": make.day(45), "why": "春季糖酒会共同接待"})
    with acting_as(actors.load(site(), colleague)):
        customers.run("propose", [firm], {"name": "general_manager", "value": "沈国栋", "why": "糖酒会上交换的名片，总经理已换人"})
