"""A step of a flow begun, left and weighed in the database; the end, and what is done then in the rights of who asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import acting_as, session, system_scope
from crm_core.data.wall import DELETED
from crm_core.features.approvals import flows
from crm_core.features.approvals.models import Approval, Place, Vote
from crm_core.features.messages.api import notify
from crm_core.features.tasks import api as tasks
from crm_core.kernel import actors, clock
from crm_core.kernel.errors import CrmError, Missing, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource import acts, asking
from crm_core.resource.changes import unscoped

approval, place, vote = table_of(Approval), table_of(Place), table_of(Vote)
MODULE = _("Approvals")
ANSWERED = ("agreed", "refused")
RUNNING = approval.c.kind == "flow", approval.c.state.in_(("open", "returned"))


@dataclass(frozen=True)
class ApprovalAsked(Event):
    """A step of an approval asks these people (`people`); `ids` holds the approval."""

    label = _("Approval was asked for")
    ids: tuple[int, ...]
    resource: str
    record: int
    step: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class ApprovalDecided(Event):
    """An approval has ended: `outcome` is agreed, refused or withdrawn; `ids` holds the approval."""

    label = _("Approval was decided")
    ids: tuple[int, ...]
    resource: str
    record: int
    flow: int
    outcome: str


def running(name: str, row_id: int) -> Any:
    """The approval under way of a record, or None."""
    query = sa.select(approval).where(approval.c.subject == name, approval.c.subject_id == row_id, *RUNNING)
    return session.connection().execute(query).one_or_none()


def one(number: int, *, lock: bool = False) -> Any:
    """An approval by its number. Raises Missing."""
    query = sa.select(approval).where(approval.c.id == number, approval.c.kind == "flow")
    found = session.connection().execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise Missing(_("This approval was not found."))
    return found


def places(number: int, step: int | None = None) -> list[Any]:
    query = sa.select(place).where(place.c.approval_id == number)
    query = query if step is None else query.where(place.c.step == step)
    return list(session.connection().execute(query.order_by(place.c.id)))


def open_places(numbers: Sequence[int]) -> list[Any]:
    """Who is asked by these approvals now, in the order they were asked."""
    query = sa.select(place).join(approval, approval.c.id == place.c.approval_id).where(
        bulk.among(place.c.approval_id, list(numbers)), place.c.step == approval.c.step, place.c.state == "open").order_by(place.c.id)
    return list(session.connection().execute(query)) if numbers else []


def asked_of(numbers: Sequence[int]) -> dict[int, list[int]]:
    """Whom each of these approvals asks now, by id."""
    found: dict[int, list[int]] = {}
    for one in open_places(numbers):
        found.setdefault(one.approval_id, []).append(one.user_id)
    return found


def begin(found: Any, start: int) -> None:
    """Ask the next step that this record needs; after the last one, do what was asked for. What somebody said to these steps in an earlier
    round does not count again: he said it of what stood there then."""
    session.connection().execute(sa.update(place).where(place.c.approval_id == found.id, place.c.step > start, place.c.state.in_(ANSWERED)).values(state="over"))
    resource = site().registry.resource(found.subject)
    steps = list(found.steps)
    for at, planned in enumerate(flows.plan(steps, resource, found.subject_id, found.asked_by_id, changed(resource, found), start), start):
        if planned.skipped:
            say(found.id, at + 1, "skip", "")
            continue
        if at >= len(steps):  # no step held: an administrator decides
            steps.append(dict(planned.step))
            put(found.id, steps=steps)
        if not planned.people:
            raise Refused(_("Nobody can be asked for “%(name)s”: neither somebody this step names nor an administrator.", name=title_of(found)))
        put(found.id, step=at + 1)
        if planned.fallback:
            say(found.id, at + 1, "nobody", "")
        ask(one(found.id), planned.people)
        return
    end(found, "agreed")


def changed(resource: Any, found: Any) -> dict[str, Any] | None:
    """The columns that a record is about to have."""
    moved = (found.proposal or {}).get("fields") if found.transition == flows.UPDATE else None
    fields = resource.all_fields
    return {fields[n].column: fields[n].load(new) for n, (_old, new) in moved.items() if n in fields} if moved else None


def ask(found: Any, who: Sequence[int]) -> None:
    """These people are asked, and tell their stand-ins who are away today. Each has his days by the calendar of his department."""
    today, step = clock.today(), found.steps[found.step - 1]
    homes = flows.homes(who) if step.get("days") else {}
    days = {one: flows.due(step, today, homes.get(one)) for one in who}
    ids = session.connection().execute(
        sa.insert(place).returning(place.c.id, sort_by_parameter_order=True),
        [{"approval_id": found.id, "step": found.step, "user_id": one, "state": "open", "due": days[one]} for one in who]).scalars().all()
    away = lines.stand_ins_of(who, today)
    for place_id, user_id in zip(ids, who, strict=True):
        tell(found, place_id, user_id, away.get(user_id), days[user_id])
    emit(ApprovalAsked((found.id,), found.subject, found.subject_id, found.step, tuple(who)))


def tell(found: Any, place_id: int, user_id: int, stand_in: int | None, day: Any) -> None:
    """The tasks of somebody who is asked, and of who stands in for him."""
    title = title_of(found)
    for receiver in (user_id, stand_in):
        if receiver is not None and receiver != found.asked_by_id:
            tasks.give_by_rule(MODULE, key(found.id, f"{place_id}:{receiver}"), receiver, _("Approve: %(name)s (%(what)s)", name=title, what=found.title), due=day, about=(found.subject, found.subject_id))


def key(number: int, rest: str) -> str:
    return f"approval:{number}:{rest}"


def mark(his: Any, state: str) -> None:
    session.connection().execute(sa.update(place).where(place.c.id == his.id).values(state=state))
    _done([his])


def leave(found: Any) -> None:
    """Nobody is asked by this step any more."""
    left = [one for one in places(found.id) if one.state == "open"]
    session.connection().execute(sa.update(place).where(place.c.approval_id == found.id, place.c.state == "open").values(state="over"))
    _done(left)


def added(found: Any) -> int:
    """How many people were asked besides in this step since it was begun."""
    said = votes([found.id]).get(found.id, [])
    begun = max(one.id for one in said if one.verdict in ("submit", "back"))
    return sum(1 for one in said if one.id > begun and one.step == found.step and one.verdict == "add")


def _done(left: Sequence[Any]) -> None:
    """The tasks of these places end."""
    wanted = sa.or_(sa.false(), *(tasks.Task.source_key.startswith(key(one.approval_id, f"{one.id}:"), autoescape=True) for one in left))
    with system_scope("tasks of an approval") as db:
        keys = list(db.scalars(sa.select(tasks.Task.source_key).where(wanted, tasks.Task.done_at.is_(None)), execution_options={DELETED: True}))
    for known in keys:
        tasks.finish(known or "")


def end(found: Any, outcome: str) -> None:
    """It is decided: what was asked for is done, in the rights of who asked; he is told."""
    leave(found)
    tasks.finish(key(found.id, "author"))
    put(found.id, state=outcome, ended_at=clock.now())
    title = title_of(found)
    if outcome == "agreed":
        _carry_out(found)
    elif found.transition == flows.CREATE:
        with system_scope("a new record that was not approved"):
            site().registry.resource(found.subject).delete([found.subject_id])
    if outcome == "agreed":
        notify([found.asked_by_id], _("“%(name)s” is approved: %(what)s", name=title, what=found.title), path=f"/approvals/{found.id}", source=MODULE)
    elif outcome == "refused":
        notify([found.asked_by_id], _("“%(name)s” is not approved: %(what)s", name=title, what=found.title), path=f"/approvals/{found.id}", source=MODULE)
    emit(ApprovalDecided((found.id,), found.subject, found.subject_id, found.flow_id, outcome))


def chase(found: Any, user_id: int) -> None:
    """Somebody has not answered by his day: that is said, and where the step says so his superior is asked too."""
    step = found.steps[found.step - 1]
    above = lines.supervisor_of(user_id) if step.get("late") == "escalate" else None
    asked = {one.user_id for one in places(found.id, found.step)}
    if above is None or above == found.asked_by_id or above in asked:
        say(found.id, found.step, "chase", "", to=user_id)
        return
    say(found.id, found.step, "escalate", "", to=above)
    if step.get("need") == "all":  # he answers in the place of who does not
        session.connection().execute(sa.update(place).where(place.c.approval_id == found.id, place.c.step == found.step, place.c.user_id == user_id, place.c.state == "open").values(state="handed"))
        _done([one for one in places(found.id, found.step) if one.user_id == user_id])
    ask(found, [above])


def drop(found: Any) -> None:
    """Its record is gone: nobody decides any more."""
    leave(found)
    tasks.finish(key(found.id, "author"))
    put(found.id, state="withdrawn", ended_at=clock.now())
    emit(ApprovalDecided((found.id,), found.subject, found.subject_id, found.flow_id, "withdrawn"))


def _carry_out(found: Any) -> None:
    if found.transition in (flows.SUBMIT, flows.CREATE):
        return
    resource = site().registry.resource(found.subject)
    try:
        who = actors.load(site(), found.asked_by_id)
        with acting_as(who), asking.accepted(found.id):
            if found.transition == flows.DELETE:
                resource.delete([found.subject_id])
            elif found.transition == flows.UPDATE:
                _write(resource, found)
            else:
                name = found.proposal["act"] if found.transition == flows.OVER else found.transition.removeprefix(flows.ACT)
                resource.run(name, [found.subject_id], acts.values(resource, resource.all_actions[name], (found.proposal or {}).get("given", {}), ids=[found.subject_id]))
    except (CrmError, KeyError) as error:
        raise Refused(_("“%(name)s” cannot be done: %(why)s Send it back, so that its author sees to it.", name=title_of(found), why=error)) from None


def _write(resource: Any, found: Any) -> None:
    now, fields = resource.get(found.subject_id, "update"), resource.fields(writing=True)
    moved = found.proposal["fields"]
    if not moved.keys() <= fields.keys():
        raise Refused(_("One of these fields is not the author's to change any more."))
    if any(fields[n].dump(getattr(now, fields[n].column)) not in pair for n, pair in moved.items()):
        raise Refused(_("It was changed meanwhile."))
    resource.write([{"id": now.id, "version": now.version, **{n: fields[n].load(new) for n, (_old, new) in moved.items()}}], kind="approval")


# --- small -------------------------------------------------------------------------------------------------------------

SAID = {
    "submit": _("handed it in"), "agree": _("agreed"), "refuse": _("refused"), "back": _("sent it back"), "withdraw": _("withdrew it"), "hand_on": _("handed it on"),
    "add": _("asked besides"), "skip": _("left out"), "nobody": _("nobody was found, so administrators were asked"), "chase": _("overdue, reminded"), "escalate": _("overdue, the superior was asked too"),
}


def put(number: int, **values: Any) -> None:
    session.connection().execute(sa.update(approval).where(approval.c.id == number).values(values))


def say(number: int, step: int, verdict: str, opinion: str, his: Any = None, to: int | None = None) -> None:
    """A line of the history: who, and for whom when he stands in."""
    house = verdict in ("skip", "nobody", "chase", "escalate")
    me = None if house else my_id()
    for_id = his.user_id if his is not None and his.user_id != me else None
    bulk.insert(vote, [{"approval_id": number, "step": step, "by_id": me, "for_id": for_id, "to_id": to, "verdict": verdict, "opinion": opinion or None, "at": clock.now()}])


def titled(resource: Any, row: Any) -> str:
    return str(resource.word(getattr(row, resource.label_column.key, None)) or f"#{row.id}")


def title_of(found: Any) -> str:
    """What the record of an approval is called, for who is asked about it."""
    return titles([found])[found.id]


def titles(every: Sequence[Any]) -> dict[int, str]:
    """What the records of these approvals are called, by the approval: for everybody who has to do with one while it is undecided, afterwards
    for who may know the record, whatever it is called by now."""
    rows, told = subjects(every), _known([found for found in every if found.state not in ("open", "returned")])
    return {found.id: str(_("hidden record")) if found.id in rows and not told.get(found.id, True) else
            titled(site().registry.resource(found.subject), rows[found.id]) if found.id in rows else f"#{found.subject_id}" for found in every}


def _known(every: Sequence[Any]) -> dict[int, bool]:
    """Whether the actor may know the records of these approvals, those in the recycle bin as well, by the approval."""
    known: dict[int, bool] = {}
    for name in dict.fromkeys(one.subject for one in every if one.subject in site().registry.resources):
        resource = site().registry.resource(name)
        ids = {one.subject_id for one in every if one.subject == name}
        seen = set(resource.labels(ids))
        if (rest := ids - seen) and resource.may("read"):
            seen |= set(session.scalars(sa.select(resource.model.id).where(bulk.among(resource.model.id, list(rest))), execution_options={DELETED: True}))
        known |= {one.id: one.subject_id in seen for one in every if one.subject == name}
    return known


def subject(found: Any) -> Any:
    """The record of an approval as it stands, deleted or not; None when it is gone for good."""
    return subjects([found]).get(found.id)


def subjects(every: Sequence[Any]) -> dict[int, Any]:
    """The records of these approvals, by the approval: a statement for each kind of record. Of a plugin that sleeps there are none."""
    found: dict[int, Any] = {}
    for name in dict.fromkeys(one.subject for one in every if one.subject in site().registry.resources):
        table = site().registry.resource(name).table
        mine = [one for one in every if one.subject == name]
        query = sa.select(table).where(bulk.among(table.c.id, [one.subject_id for one in mine]))
        rows = {row.id: row for row in session.connection().execute(query, execution_options=unscoped("what approval is asked for"))}
        found |= {one.id: rows[one.subject_id] for one in mine if one.subject_id in rows}
    return found


def votes(numbers: Sequence[int]) -> dict[int, list[Any]]:
    """The history of these approvals, oldest first."""
    found: dict[int, list[Any]] = {}
    for row in session.connection().execute(sa.select(vote).where(bulk.among(vote.c.approval_id, numbers)).order_by(vote.c.id)):
        found.setdefault(row.approval_id, []).append(row)
    return found


def given(resource: Any, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What an act was given, as the approval keeps it."""
    fields = acts.fields_of(resource, resource.all_actions[name])
    return {n: fields[n].dump(value) for n, value in values.items() if n in fields}
