"""What other features may use of approvals."""

from collections.abc import Mapping
from typing import Any

from crm_core.features.approvals import drawing, flows, gates
from crm_core.features.approvals.models import WAITING, Reviewed, State
from crm_core.features.approvals.proposals import proposed
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.features.approvals.stepping import ApprovalAsked, ApprovalDecided, running
from crm_core.kernel.site import site
from crm_core.resource import asking

__all__ = ["WAITING", "ApprovalAsked", "ApprovalDecided", "ReviewSettings", "Reviewed", "State", "choices", "draw", "from_outside", "proposed", "submit", "waits"]


def submit(resource: str, record: int, flow: int | None = None, *, why: str = "") -> int:
    """Hand a record in for approval, in this flow or the first published one that is handed in by hand and for which the record's
    conditions hold; returns the number of the approval. As the acting person, who must be allowed to change the record; as the house
    (a rule), its owner counts as author. Raises Missing, Refused (no such flow, or it waits for approval already)."""
    return gates.by_hand(site().registry.resource(resource), record, flow, why)


def from_outside(resource: str, act: str, record: int, values: Mapping[str, Any], *, why: Any = "") -> int | None:
    """An act that the house would do because somebody outside said so (a customer signs his quote): where a flow is for it, it is handed in, with the
    owner of the record as author, and done once all have agreed; returns the number of the approval. None: no flow is for it, so it is done. `why` is
    shown to who is asked. Raises Refused when the record waits already, or nobody can be asked."""
    found = site().registry.resource(resource)
    return asking.submit(found, f"do:{act}", record, values, why).number if gates.needed(found, f"do:{act}", [record]) else None


def choices(resource: str) -> list[tuple[int, Any]]:
    """The published flows of a kind of record that are handed in by hand or by a rule: number and name."""
    return [(one.id, one.name) for one in flows.of(resource, flows.SUBMIT)]


def waits(resource: str, record: int) -> bool:
    """Whether a record waits for approval in some flow."""
    return running(resource, record) is not None


def draw(name: str, resource: str, transition: str, steps: list[dict[str, Any]], when: Any = None) -> int:
    """A flow drawn and published in one (a demo, a pack of settings); returns its number. `transition` is one of "submit", "create",
    "update", "delete" or "do:" and an act; steps and conditions are as `core_flow` keeps them. Raises Invalid."""
    made = drawing.begin(name, resource, transition)
    drawing.keep(made, {"when": when, "steps": steps})
    drawing.publish(made)
    return made
