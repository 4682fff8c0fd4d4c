"""Drawing a flow: its draft changed, published as a new edition, switched off; and what it would do with one record, tried."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data.session import session, writing
from crm_core.features.approvals import flows
from crm_core.features.approvals.flows import flow
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource import changes

NAME = "core.flow"  # in the history
Draft = dict[str, Any]


def every() -> list[Any]:
    return list(session.connection().execute(sa.select(flow).order_by(flow.c.subject, flow.c.name, flow.c.id)))


def get(flow_id: int) -> Any:
    """A flow by its number. Raises Missing."""
    found = session.connection().execute(sa.select(flow).where(flow.c.id == flow_id)).one_or_none()
    if found is None:
        raise Missing(_("This flow was not found."))
    return found


def begin(name: str, subject: str, transition: str) -> int:
    """A new flow, not published yet. Raises Invalid."""
    resource = site().registry.resources.get(subject)
    if not name.strip():
        raise Invalid({"name": [_("This is required.")]})
    if resource is None or resource not in flows.hosts() or transition not in flows.transitions(resource):
        raise Invalid({"for": [_("Choose what needs approval.")]})
    with writing(), changes.change("create", resource=NAME) as change:
        made = session.connection().execute(sa.insert(flow).values(
            name=name.strip()[:200], subject=subject, transition=transition, draft={"when": None, "steps": []}, edition=0, switched_on=False).returning(flow.c.id)).scalar_one()
        changes.record(NAME, "create", [(made, None)], change)
        return int(made)


def keep(flow_id: int, draft: Draft, name: str | None = None) -> None:
    """Save what is being drawn; what is published stays as it is."""
    found = get(flow_id)
    values: dict[str, Any] = {"draft": draft, **({"name": name.strip()[:200]} if name and name.strip() else {})}
    moved = {key: getattr(found, key) for key, value in values.items() if getattr(found, key) != value}
    if moved:
        _change(flow_id, "update", {key: values[key] for key in moved}, moved)


def publish(flow_id: int) -> None:
    """From now on the flow holds as it is drawn; what runs goes on as it was. Raises Invalid with what is wrong with it."""
    found = get(flow_id)
    wrong = flows.faults(site().registry.resources.get(found.subject), found.transition, found.draft)
    if wrong:
        raise Invalid({"steps": wrong})
    _change(flow_id, "publish", {
        "live": found.draft, "edition": found.edition + 1, "switched_on": True, "published_at": clock.now(), "published_by_id": my_id()},
        {"edition": found.edition, "live": found.live, "switched_on": found.switched_on})


def switch(flow_id: int, on: bool) -> None:
    """Nothing new is asked for by it; what runs goes on. Only what was published can be switched on again."""
    found = get(flow_id)
    if on and not found.live:
        raise Invalid(None, _("Publish it first."))
    if found.switched_on != on:
        _change(flow_id, "update", {"switched_on": on}, {"switched_on": not on})


def _change(flow_id: int, kind: str, values: Mapping[str, Any], old: Mapping[str, Any]) -> None:
    with writing(), changes.change(kind, resource=NAME) as change:
        session.connection().execute(sa.update(flow).where(flow.c.id == flow_id).values(dict(values)))
        changes.record(NAME, "update", [(flow_id, old)], change)
        bump()


def trial(draft: Draft, resource: Any, row_id: int, author: int) -> tuple[bool, list[flows.Planned]]:
    """What the flow as it is drawn would do: whether the record needs it at all, and whom each step would ask. Nothing is written."""
    needs = row_id in flows.holds(resource, draft.get("when"), [row_id])
    return needs, flows.plan(flows.spread(draft.get("steps") or []), resource, row_id, author)
