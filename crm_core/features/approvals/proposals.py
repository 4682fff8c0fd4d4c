"""Proposals: who sees a record that he may not change says what should stand there, or that it should go; who may change it
accepts by the one write path, or declines and says why. They wait as approvals of the kinds `change` and `delete`."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.access.rights import bump, made
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS
from crm_core.data.session import acting_as, current_work, session, writing
from crm_core.features.approvals import rules
from crm_core.features.approvals.models import Approval, Vote
from crm_core.features.messages.api import notify
from crm_core.kernel import actors, clock
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource import asking
from crm_core.resource.after import RecordsChanged
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import EnumField, Field, NoteField
from crm_core.resource.write import trial

approval, _vote = table_of(Approval), table_of(Vote)
OPEN = approval.c.state == "open", approval.c.kind.in_(("change", "delete"))


class What(enum.StrEnum):
    """What is proposed."""

    change = "change"
    delete = "delete"


NOT_HIS = _("This is not yours to accept.")
WHY = NoteField(name="why", column="", label=_("Reason"), required=True)
LABELS = {"change": _("A change"), "delete": _("Deletion")}


@dataclass(frozen=True, kw_only=True)
class ProposedField(EnumField):
    """The filter: records for which a change or a deletion is proposed. `about`: their resource."""

    about: str
    column: str = "id"
    members: type[enum.Enum] = What
    labels: Mapping[str, Any] = field(default_factory=lambda: LABELS)
    operators: ClassVar[tuple[str, ...]] = ("any", "empty", "filled")

    def condition(self, operator: str, values: tuple[Any, ...], entity: Any) -> sa.ColumnElement[bool]:
        key: sa.ColumnElement[int] = (entity.c if isinstance(entity, sa.FromClause) else entity).id
        waits = records(self.about)
        if values:
            waits = waits.where(approval.c.kind.in_([getattr(value, "value", value) for value in values]))
        return key.not_in(waits) if operator == "empty" else key.in_(waits)


def records(name: str) -> sa.Select[Any]:
    """The records of a resource about which something is proposed."""
    return sa.select(approval.c.subject_id).where(approval.c.subject == name, *OPEN)


def askers() -> frozenset[tuple[str, int | None]]:
    """Of whose records anything is proposed now, and by whom: where there is nothing, nothing is asked."""
    query = sa.select(approval.c.subject, approval.c.asked_by_id).where(*OPEN).distinct()
    return made("proposals", lambda: frozenset((row[0], row[1]) for row in session.connection().execute(query)))


def kinds() -> set[str]:
    """The resources of whose records anything is proposed now."""
    return {name for name, _by in askers()}


def fields_of(resource: Any) -> dict[str, Field]:
    """What can be proposed of a record: what the actor sees of it and its form asks, but whose it is and what is sensitive."""
    return {n: f for n, f in resource.fields(writing=True).items()
            if n not in resource.hidden_fields and f.column and f.column not in SCOPE_COLUMNS and not f.sensitive}


def propose(resource: Any, row_id: int, values: Mapping[str, Any], why: str, *, whole: bool = False) -> int:
    """Propose other values (field → value) of a record one sees, beside what one proposed for it before; `whole`: in place of that.
    Raises Missing, Invalid."""
    fields = fields_of(resource)
    with writing():
        row = resource.get(row_id, "propose" if resource.may("propose") else "update")
        pair = set(resource.place.pair) if resource.place is not None else set()
        values = {n: value for n, value in values.items() if n in fields}
        if not pair.isdisjoint(values):  # a place is one thing
            values |= {n: getattr(row, fields[n].column) for n in pair & fields.keys() if n not in values}
        before = mine(resource, row_id)
        if before is not None and not whole:
            values = {n: fields[n].load(new) for n, (_old, new) in before.proposal["fields"].items() if n in fields} | values
        told = {n: (fields[n].dump(getattr(row, fields[n].column)), fields[n].dump(value)) for n, value in values.items()}
        moved = {n for n, (old, new) in told.items() if old != new}
        if not moved:
            raise Invalid(None, _("Nothing of this is different from what stands there."))
        moved |= pair & told.keys() if moved & pair else set()
        if resource.sees(row_id, "update") and (faults := trial(resource, [{"id": row_id, **{n: values[n] for n in moved}}])):
            raise Invalid(faults[0])
        return _ask(resource, row, "change", why or (before.reason if before is not None and not whole else ""), {
            "version": row.version, "fields": {n: list(told[n]) for n in told if n in moved}})


def mine(resource: Any, row_id: int) -> Any:
    """The change of a record that the actor has proposed and that waits, or None."""
    return next((one for one in waiting(resource.name, [row_id]) if one.kind == "change" and one.asked_by_id == actor().user_id), None)


def proposed(resource: Any, row_id: int) -> tuple[str, ...]:
    """The fields of a record that the actor proposes to change."""
    one = mine(resource, row_id)
    return tuple(one.proposal["fields"]) if one is not None else ()


def take(resource: Any, row_id: int, values: Mapping[str, Any]) -> int:
    """Slot of the doors that save: where changes are reviewed this is proposed instead. Raises Invalid for what cannot be."""
    known, lines = fields_of(resource), {one.name for one in resource.lines}
    row = resource.get(row_id, "update")
    every = resource.all_fields
    odd = [n for n, value in values.items() if n not in known and (
        n in lines or n not in every or every[n].dump(getattr(row, every[n].column)) != every[n].dump(value))]
    if odd:
        raise Invalid({odd[0]: [_("Changes of these records are reviewed, and this cannot be proposed. Ask a reviewer.")]})
    standing = {n for n, value in values.items() if n in known and known[n].dump(getattr(row, known[n].column)) == known[n].dump(value)}
    return propose(resource, row_id, {n: value for n, value in values.items() if n not in standing}, "")  # a form says more than was changed


def propose_one(row: Any, name: str, value: str, why: str) -> None:
    """The act: one field by its name, the value as people write it."""
    resource = site().registry.by_model[type(row)]
    fields = fields_of(resource)
    if name not in fields:
        raise Invalid({"name": [_("There is no such field.")]})
    propose(resource, row.id, {name: fields[name].parse(value)}, why)


def propose_deletion(row: Any, why: str) -> None:
    """The act: the record should go."""
    _ask(site().registry.by_model[type(row)], row, "delete", why, None)


def _ask(resource: Any, row: Any, kind: str, why: str, proposal: dict[str, Any] | None) -> int:
    me = actor().user_id
    conn = session.connection()
    own = sa.and_(approval.c.subject == resource.name, approval.c.subject_id == row.id, approval.c.kind == kind, approval.c.asked_by_id == me, approval.c.state == "open")
    change = current_work().info.get("change")
    conn.execute(sa.update(approval).where(own).values(state="withdrawn", ended_at=clock.now(), ended_change_id=change))
    made_id = conn.execute(sa.insert(approval).values(
        kind=kind, subject=resource.name, subject_id=row.id, state="open", step=1, steps=[{"verb": "accept", "mode": "one"}], proposal=proposal, reason=why,
        asked_by_id=me, asked_at=clock.now(), asked_change_id=change).returning(approval.c.id)).scalar_one()
    bump()
    name = resource.title(row)
    said = _("proposes to delete “%(name)s”: %(why)s", name=name, why=why) if kind == "delete" else (
        _("proposes to change “%(name)s”: %(why)s", name=name, why=why) if why else _("proposes to change “%(name)s”", name=name))
    notify([getattr(row, "owner_id", None)], said, about=(resource.name, row.id))
    return int(made_id)


def waiting(name: str, ids: Sequence[int], *, lock: bool = False) -> list[Any]:
    """Open proposals about records of a resource, changes first, the oldest first; no statement where there are none at all."""
    if not ids or name not in kinds():
        return []
    query = sa.select(approval).where(approval.c.subject == name, bulk.among(approval.c.subject_id, ids), *OPEN)
    return list(session.connection().execute((query.with_for_update() if lock else query).order_by(approval.c.kind, approval.c.id)))


def _proposed(resource: Any, row: Any, number: int | None) -> tuple[list[Any], list[Any]]:
    """What is decided on, the proposal of this number or all; and all that waits about this record, nobody else deciding on it meanwhile.
    Raises Refused when there is none."""
    found = waiting(resource.name, [row.id], lock=True)
    wanted = [one for one in found if number in (None, one.id)]
    if number is not None and not wanted:
        raise Refused(_("This proposal is not there any more: it was withdrawn, replaced or decided. Look at the page of “%(name)s” again.", name=resource.title(row)))
    if not wanted:
        raise Refused(_("Nothing is proposed for “%(name)s”.", name=resource.title(row)))
    return wanted, found


def accept(row: Any, proposal: int | None = None) -> None:
    """The act: what is proposed for a record stands from now on, the one of this number, else the only one. Raises Refused when it is
    not the actor's to change or to delete, when there are several or it was changed meanwhile. Where changes are reviewed a reviewer
    accepts what its proposer may do himself."""
    resource = site().registry.by_model[type(row)]
    row_id, title = row.id, resource.title(row)
    (one, *others), found = _proposed(resource, row, proposal)
    if others:
        raise Refused(_("More than one thing is proposed for “%(name)s”: decide on its page.", name=title))
    verb = "delete" if one.kind == "delete" else "update"
    seen = resource.fields().keys()
    same = [other for other in found if other.kind == one.kind and _news(other) == _news(one)]
    _agree(resource, same, {row_id: title})
    with _doing(resource, row_id, verb, one):
        try:
            now = resource.get(row_id, verb)
        except Missing:
            raise Refused(NOT_HIS) from None
        if verb == "delete":
            resource.delete([row_id])
            return
        fields = resource.fields(writing=True)
        moved = one.proposal["fields"]
        if not moved.keys() <= fields.keys() & seen:
            raise Refused(NOT_HIS)
        if any(fields[n].dump(getattr(now, fields[n].column)) not in pair for n, pair in moved.items()):
            raise Refused(_("“%(name)s” was changed meanwhile; its page shows both versions.", name=title))
        resource.write([{"id": row_id, "version": now.version, **{n: fields[n].load(new) for n, (_old, new) in moved.items()}}], kind="accept")
        session.expire(now)


def _news(one: Any) -> dict[str, Any]:
    """The values that are proposed, by field."""
    return {n: new for n, (_old, new) in one.proposal["fields"].items()} if one.proposal else {}


@contextmanager
def _doing(resource: Any, row_id: int, verb: str, one: Any) -> Iterator[None]:
    """In whose rights what is accepted is done: one's own, or where changes are reviewed, and one reviews this record, those of who
    proposed it. Who accepted is said either way; it stands for no approval that a flow asks for."""
    if not rules.changes(resource.name):
        yield
        return
    if rules.bound(resource, [row_id]):
        raise Refused(_("Changes of these records are reviewed; a reviewer accepts this."))
    if resource.sees(row_id, verb):
        yield
        return
    try:
        who = actors.load(site(), one.asked_by_id or 0)
    except actors.ActorGone:
        raise Refused(NOT_HIS) from None
    with acting_as(who):
        if waits := asking.locked(resource, [row_id]):
            raise Refused(waits[row_id])
        if verb == "delete":
            asking.gate(resource, verb, [row_id])
        elif asking.becoming(resource, {row_id: _columns(resource, one)}):
            raise Refused(_("This needs approval. Ask for it on the record's page."))
        with asking.accepted():
            yield


def _columns(resource: Any, one: Any) -> dict[str, Any]:
    """What is proposed, by column."""
    fields = resource.all_fields
    return {fields[n].column: fields[n].load(new) for n, new in _news(one).items() if n in fields}


def decline(row: Any, opinion: str, proposal: int | None = None) -> None:
    """The act: none of it, or not the one of this number; who proposed it is told why. Where changes are reviewed a reviewer decides."""
    resource = site().registry.by_model[type(row)]
    if asking.bound(resource, [row.id]):
        raise Refused(_("Changes of these records are reviewed; a reviewer decides on this."))
    found, _all = _proposed(resource, row, proposal)
    end(found, "back", opinion)
    for one in found:
        said = _("declined what you proposed for “%(name)s”: %(why)s", name=resource.title(row), why=opinion)
        notify([one.asked_by_id], said, about=(resource.name, row.id))


def settle(event: RecordsChanged) -> None:
    """Listener: what was proposed and stands now, whatever way it came there, waits no longer; nor does what is about a deleted record."""
    found = waiting(event.resource, event.ids) if event.verb in ("update", "delete") else []
    if not found:
        return
    resource = site().registry.resource(event.resource)
    ended = [one for one in found if one.kind == "delete"] if event.verb == "delete" else _standing(resource, found)
    names = {one.subject_id: "" for one in ended}
    names.update(resource.labels(names) if event.verb == "update" else _titles(resource, list(names)))
    _agree(resource, ended, names)
    if event.verb == "delete":
        end([one for one in found if one.kind == "change"], "withdrawn", None)


def _agree(resource: Any, found: Sequence[Any], names: Mapping[int, str]) -> None:
    """What is proposed is accepted; who proposed it is told."""
    end(found, "agreed", None)
    for one in found[:100]:
        notify([one.asked_by_id], _("accepted what you proposed for “%(name)s”", name=names.get(one.subject_id, "")), about=(resource.name, one.subject_id))


def _standing(resource: Any, found: Sequence[Any]) -> list[Any]:
    changes = [one for one in found if one.kind == "change"]
    query = sa.select(resource.model).where(resource.model.id.in_({one.subject_id for one in changes}))
    rows = {row.id: row for row in current_work().session.scalars(query.execution_options(populate_existing=True, **unscoped("proposals that stand now")))}
    fields = resource.all_fields
    return [one for one in changes if (row := rows.get(one.subject_id)) is not None and all(
        n in fields and fields[n].dump(getattr(row, fields[n].column)) == new for n, (_old, new) in one.proposal["fields"].items())]


def _titles(resource: Any, ids: Sequence[int]) -> dict[int, str]:
    query = sa.select(resource.table.c.id, resource.label_column).where(resource.table.c.id.in_(ids))
    rows = session.connection().execute(query, execution_options=unscoped("names of what went as was proposed"))
    return {row[0]: str(resource.word(row[1])) for row in rows}


def end(found: Sequence[Any], state: str, opinion: str | None) -> None:
    if not found:
        return
    conn, now, me = session.connection(), clock.now(), my_id()
    conn.execute(sa.update(approval).where(bulk.among(approval.c.id, [one.id for one in found])).values(state=state, ended_at=now, ended_change_id=current_work().info.get("change")))
    if state != "withdrawn":
        verdict = "agree" if state == "agreed" else "back"
        bulk.insert(_vote, [{"approval_id": one.id, "step": one.step, "by_id": me, "verdict": verdict, "opinion": opinion, "at": now} for one in found])
    bump()

