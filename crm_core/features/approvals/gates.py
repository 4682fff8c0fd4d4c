"""Where flows stand in the way of records: what needs approval is not done but asked for, and what waits for it is not changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.session import current_work, session
from crm_core.features.approvals import flows, proposals, rules, running, stepping
from crm_core.features.approvals.stepping import RUNNING, approval
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _, listed
from crm_core.kernel.site import my_id, site
from crm_core.resource.after import RecordsChanged
from crm_core.resource.references import RefField, named
from crm_core.resource.write import trial

Row = Mapping[str, Any]


def used(name: str) -> bool:
    """Whether changes of a resource are reviewed, or any flow is for it."""
    return rules.changes(name) or name in flows.subjects()


def bound(resource: Any, ids: Sequence[int]) -> set[int]:
    """Those of these records whose changes the actor may only propose, or have approved."""
    found = rules.bound(resource, ids) if rules.changes(resource.name) else set()
    return found | set(flows.wanting(resource, flows.UPDATE, [i for i in ids if i not in found]))


def needed(resource: Any, verb: str, ids: Sequence[int]) -> set[int]:
    return set(flows.wanting(resource, verb, ids))


def becoming(resource: Any, made: Mapping[int, Row]) -> set[int]:
    """Those of these records that would need approval as they are about to be."""
    return set(flows.wanting(resource, flows.UPDATE, list(made), made)) if made else set()


def take(resource: Any, row_id: int, values: Row) -> tuple[int, bool]:
    """A change that cannot be saved: handed in where a flow is for it, else proposed; its number and whether it was handed in. Raises
    Invalid, Refused."""
    known = proposals.fields_of(resource)
    columns = {known[n].column: value for n, value in values.items() if n in known}
    flow = flows.wanting(resource, flows.UPDATE, [row_id], {row_id: columns}).get(row_id)
    if flow is None:
        return proposals.take(resource, row_id, values), False
    return change(resource, row_id, flow, values, ""), True


def change(resource: Any, row_id: int, flow: flows.Live, values: Row, why: str) -> int:
    """Hand in other values of a record. Raises Invalid for what no approval can carry."""
    known, row = proposals.fields_of(resource), resource.get(row_id, "update")
    lines = {one.name for one in resource.lines}
    odd = [n for n, value in values.items() if n not in known and (n in lines or n not in resource.all_fields or _other(resource.all_fields[n], row, value))]
    if odd:
        raise Invalid({odd[0]: [_("Changes of these records need approval, and this cannot be handed in with it.")]})
    moved = {n: [known[n].dump(getattr(row, known[n].column)), known[n].dump(value)] for n, value in values.items() if n in known and _other(known[n], row, value)}
    if not moved:
        raise Invalid(None, _("Nothing of this is different from what stands there."))
    if faults := trial(resource, [{"id": row_id, **{n: values[n] for n in moved}}]):
        raise Invalid(faults[0])
    return running.submit(resource, row_id, flow, proposal={"version": row.version, "fields": moved}, why=why)


def _other(field: Any, row: Any, value: Any) -> bool:
    return bool(field.dump(getattr(row, field.column)) != field.dump(value))


def submit(resource: Any, verb: str, row_id: int, values: Row, why: str = "") -> int:
    """Slot of doors: ask for what needs approval. `verb`: "delete", "do:" and an act, or "over:" and an act that went over a limit."""
    limit = verb.startswith(f"{flows.OVER}:")
    flow = flows.wanting(resource, flows.OVER if limit else verb, [row_id]).get(row_id)
    if flow is None:
        raise Refused(_("This needs no approval."))
    if verb == flows.DELETE:
        resource.get(row_id, "delete")
        return running.submit(resource, row_id, flow)
    name = verb.partition(":")[2]
    row, action = resource.get(row_id, name), resource.all_actions[name]
    if action.when is not None and not action.when(row):
        raise Refused(_("This is not possible for “%(name)s” now.", name=resource.title(row)))
    return running.submit(resource, row_id, flow, proposal={"act": name, "given": stepping.given(resource, name, values)}, why=why[:2_000])


def by_hand(resource: Any, row_id: int, flow_id: int | None = None, why: str = "") -> int:
    """Hand a record in as it stands, in the flow of this number or the first that is for it; what `api.submit` does. Raises Missing,
    Refused."""
    mine = [one for one in flows.of(resource.name, flows.SUBMIT) if flow_id in (None, one.id)]
    fits = [one for one in mine if row_id in flows.holds(resource, one.when, [row_id])]
    if not fits:
        raise Refused(_("No flow of approval is for this record."))
    if not current_work().session.system:
        resource.get(row_id, "update")
    return running.submit(resource, row_id, fits[0], why=why)


def locked(resource: Any, ids: Sequence[int]) -> dict[int, Any]:
    """Those of these records that wait for approval, with the sentence for who would change them: their author may when it was sent back
    to him, and who is asked where the step lets him."""
    if resource.name not in flows.subjects():
        return {}
    me, found = my_id(), {}
    query = sa.select(approval).where(approval.c.subject == resource.name, bulk.among(approval.c.subject_id, list(ids)), *RUNNING)
    waiting = list(session.connection().execute(query))
    asked = stepping.asked_of([row.id for row in waiting])
    names = site().registry.resource("core.user").labels(sorted({one for row in waiting for one in (row.asked_by_id, *asked.get(row.id, ()))})) if waiting else {}

    def named_(who: Iterable[int]) -> str:
        return listed(sorted(names[one] for one in who if one in names))

    for row in waiting:
        open_to = asked.get(row.id, ())
        editing = bool(row.steps and row.steps[row.step - 1].get("edit")) and row.transition != flows.UPDATE
        if row.state == "returned" and row.asked_by_id == me or editing and row.state == "open" and me in open_to:
            continue
        if row.state == "returned":
            found[row.subject_id] = _("Approval of this was sent back to %(who)s, who alone may change it now.", who=named_([row.asked_by_id]))
        elif editing:
            found[row.subject_id] = _("This waits for approval; until then %(who)s alone may change it.", who=named_(open_to))
        else:
            found[row.subject_id] = _("This waits for approval by %(who)s; until then nobody changes it.", who=named_(open_to))
    return found


def made(event: RecordsChanged) -> None:
    """Listener: new records, and those that come back from the recycle bin, are handed in where a flow is for new ones."""
    if event.verb not in ("create", "restore") or current_work().session.system or current_work().info.get("accepted"):
        return
    if not flows.of(event.resource, flows.CREATE):
        return
    resource = site().registry.resource(event.resource)
    for row_id, flow in sorted(flows.wanting(resource, flows.CREATE, event.ids).items()):
        running.submit(resource, row_id, flow)


def gone(event: RecordsChanged) -> None:
    """Listener: what the house deletes waits no longer."""
    if event.verb != "delete" or event.resource not in flows.subjects():
        return
    query = sa.select(approval).where(approval.c.subject == event.resource, bulk.among(approval.c.subject_id, list(event.ids)), *RUNNING)
    for row in list(session.connection().execute(query)):
        stepping.drop(row)


def names_of(fields: Mapping[str, Any], pairs: Mapping[str, Sequence[Any]]) -> Mapping[str, Mapping[int, str]]:
    """The names of records that old and new values speak of, by resource."""
    wanted: dict[str, set[int]] = {}
    for name, pair in pairs.items():
        target = getattr(fields[name], "target", "")
        if isinstance(fields[name], RefField) and target:
            wanted.setdefault(target, set()).update(value for value in pair if isinstance(value, int))
    return named(wanted)
