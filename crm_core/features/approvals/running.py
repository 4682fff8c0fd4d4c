"""A flow under way: handing in, the steps one after the other, and what is done when all have agreed. Each answer and what follows
from it is one transaction: what was agreed to is done once, or the answer was not given either."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines
from crm_core.data.session import session, writing
from crm_core.features.approvals import flows, stepping
from crm_core.features.messages.api import notify
from crm_core.features.tasks import api as tasks
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource import changes


def submit(resource: Any, row_id: int, flow: flows.Live, *, proposal: dict[str, Any] | None = None, why: str = "", author: int | None = None) -> int:
    """Hand a record in; returns the approval. Raises Refused when it waits already, or nobody could be asked."""
    me = author or my_id()
    row = resource.system_row(row_id)
    if row is None:
        raise Missing(_("This record was not found."))
    me = me or getattr(row, "owner_id", None) or row.created_by_id
    if me is None:
        raise Refused(_("Nobody hands this in: the record belongs to no one."))
    title, now = stepping.titled(resource, row), clock.now()
    if stepping.running(resource.name, row_id) is not None:
        raise Refused(_("“%(name)s” waits for approval already.", name=title))
    with writing(), changes.change("submit", resource=resource.name) as change:
        values = {
            "asked_change_id": None if flow.transition == flows.CREATE else change,
            "kind": "flow", "flow_id": flow.id, "edition": flow.edition, "title": flow.name, "transition": flow.transition, "subject": resource.name, "subject_id": row_id,
            "state": "open", "step": 1, "steps": flows.spread(flow.steps), "proposal": proposal, "reason": why or None, "asked_by_id": me, "asked_at": now}
        try:
            with session.begin_nested():
                number = session.connection().execute(sa.insert(stepping.approval).values(values).returning(stepping.approval.c.id)).scalar_one()
        except sa.exc.IntegrityError:  # somebody was quicker by a moment
            raise Refused(_("“%(name)s” waits for approval already.", name=title)) from None
        stepping.say(number, 1, "submit", why)
        stepping.begin(stepping.one(number), 0)
        return int(number)


def mine(found: Any) -> Any:
    """The place of this step that the actor may answer for: his own, else that of who is away and named him; None."""
    return mine_of([found]).get(found.id)


def mine_of(every: Sequence[Any]) -> dict[int, Any]:
    """The same of many approvals, by number; those in which he has no place are missing."""
    me = actor().user_id
    free: dict[int, list[Any]] = {}
    for one in stepping.open_places([found.id for found in every if found.state == "open" and found.asked_by_id != me]):
        free.setdefault(one.approval_id, []).append(one)
    found = {number: next((one for one in places if one.user_id == me), None) for number, places in free.items()}
    if None in found.values():
        away = set(lines.stood_for(me, clock.today()))
        found = {number: his or next((one for one in free[number] if one.user_id in away), None) for number, his in found.items()}
    return {number: his for number, his in found.items() if his is not None}


def seen(found: Any) -> str:
    """What the actor looks at, for `expect`: the place he answers for, and the record as it stands."""
    return seen_of([found])[found.id]


def seen_of(every: Sequence[Any]) -> dict[int, str]:
    """The same of many approvals, by number; empty where he has no place."""
    places = mine_of(every)
    rows = stepping.subjects([found for found in every if found.id in places])
    return {found.id: f"{places[found.id].id}.{rows[found.id].version if found.id in rows else ''}" if found.id in places else "" for found in every}


def expect(number: int, looked: str) -> None:
    """That what the actor looked at is what he answers now: neither asked again meanwhile nor of a record that was changed. To be said in
    the transaction of the answer. Raises Refused."""
    found = stepping.one(number, lock=True)
    if mine(found) is not None and seen(found) != looked:
        raise Refused(_("“%(name)s” has changed since you looked at it. Look at it again, then answer.", name=stepping.title_of(found)))


# --- answers -----------------------------------------------------------------------------------------------------------


def agree(number: int, opinion: str = "") -> None:
    """Yes. Raises Refused when it is not the actor's to answer (any more), or what was asked for cannot be done."""
    with _answering(number) as (found, his):
        stepping.mark(his, "agreed")
        stepping.say(number, found.step, "agree", opinion, his)
        _weigh(found)


def refuse(number: int, opinion: str) -> None:
    """No, and why."""
    with _answering(number) as (found, his):
        _need(opinion)
        stepping.mark(his, "refused")
        stepping.say(number, found.step, "refuse", opinion, his)
        _weigh(found)


def send_back(number: int, opinion: str, step: int | None = None) -> None:
    """Back to who handed it in, or to an earlier step (from 1)."""
    with _answering(number) as (found, his):
        _need(opinion)
        earlier = {place.step for place in stepping.places(number) if place.step < found.step}
        if step is not None and step not in earlier:
            raise Invalid({"step": [_("Choose a step before this one.")]})
        stepping.say(number, found.step, "back", opinion, his)
        stepping.leave(found)
        if step is not None:
            stepping.begin(found, step - 1)
            return
        stepping.put(number, state="returned")
        title = stepping.title_of(found)
        notify([found.asked_by_id], _("sent back “%(name)s”: %(why)s", name=title, why=opinion), path=f"/approvals/{number}")
        tasks.give_by_rule(stepping.MODULE, stepping.key(number, "author"), found.asked_by_id, _("Sent back: %(name)s", name=title), about=(found.subject, found.subject_id))


def hand_on(number: int, user_id: int, why: str) -> None:
    """Somebody else answers in the actor's place."""
    with _answering(number) as (found, his):
        _need(why, "why")
        _fit(found, user_id)
        stepping.mark(his, "handed")
        stepping.say(number, found.step, "hand_on", why, his, user_id)
        stepping.ask(found, [user_id])


def add(number: int, user_id: int, why: str) -> None:
    """Somebody is asked besides, in the same step."""
    with _answering(number) as (found, his):
        _fit(found, user_id)
        stepping.say(number, found.step, "add", why, his, user_id)
        stepping.ask(found, [user_id])


def again(number: int, why: str = "") -> None:
    """Who handed it in goes on after it was sent back; all steps are asked anew. Raises Refused for a record that is not his any more."""
    with writing(), changes.change("submit"):
        found = _own(number, ("returned",))
        verb, resource = _verb(found), site().registry.resource(found.subject)
        if verb and not resource.sees(found.subject_id, verb):
            raise Refused(_("“%(name)s” is not yours any more: withdraw what you handed in.", name=stepping.title_of(found)))
        tasks.finish(stepping.key(number, "author"))
        stepping.put(number, state="open")
        stepping.say(number, found.step, "submit", why)
        stepping.begin(found, 0)


def withdraw(number: int, why: str = "") -> None:
    """Who handed it in takes it back. A new record that nobody has approved goes into the recycle bin."""
    with writing(), changes.change("withdraw"):
        found = _own(number, ("open", "returned"))
        stepping.say(number, found.step, "withdraw", why)
        stepping.end(found, "withdrawn")


@contextmanager
def _answering(number: int) -> Iterator[tuple[Any, Any]]:
    """In here the approval is the actor's to answer, and nobody else's meanwhile: `(approval, his place)`."""
    with writing(), changes.change("approval"):
        found = stepping.one(number, lock=True)
        his = mine(found)
        if his is None:
            raise Refused(_gone(found))
        yield found, his


def _gone(found: Any) -> Any:
    """Why it is not the actor's to answer: kindly, for who was second by a moment."""
    title, me = stepping.title_of(found), actor().user_id
    last = session.connection().execute(sa.select(stepping.vote).where(stepping.vote.c.approval_id == found.id, stepping.vote.c.verdict.in_(("agree", "refuse", "back", "withdraw"))).order_by(stepping.vote.c.id.desc()).limit(1)).one_or_none()
    if found.asked_by_id == me and found.state == "open":
        return _("You handed “%(name)s” in yourself; others decide.", name=title)
    if last is not None and any(one.user_id == me for one in stepping.places(found.id)):
        name = site().registry.resource("core.user").name_of(last.by_id)
        return _("%(who)s has answered for “%(name)s” meanwhile: %(what)s.", who=name, name=title, what=stepping.SAID[last.verdict])
    return _("“%(name)s” does not wait for you.", name=title)


def _own(number: int, states: Iterable[str]) -> Any:
    found = stepping.one(number, lock=True)
    if found.asked_by_id != actor().user_id:
        raise Missing(_("This approval was not found."))
    if found.state not in states:
        raise Refused(_("“%(name)s” has been decided meanwhile.", name=stepping.title_of(found)))
    return found


def _verb(found: Any) -> str:
    """What its author must be allowed to do with the record; "" of a new one, which he made."""
    if found.transition in (flows.SUBMIT, flows.UPDATE):
        return "update"
    if found.transition in (flows.CREATE, flows.DELETE):
        return "" if found.transition == flows.CREATE else "delete"
    return str(found.proposal["act"]) if found.transition == flows.OVER else str(found.transition.removeprefix(flows.ACT))


def _fit(found: Any, user_id: int) -> None:
    """Whether somebody can be asked. Raises Invalid."""
    if user_id == found.asked_by_id or not flows.able([user_id]):
        raise Invalid({"user": [_("Choose somebody who may sign in and did not hand it in.")]})
    if any(one.user_id == user_id and one.state in ("open", *stepping.ANSWERED) for one in stepping.places(found.id, found.step)):
        raise Invalid({"user": [_("This person is asked already.")]})


def _need(text: str, name: str = "opinion") -> None:
    if not text.strip():
        raise Invalid({name: [_("This is required.")]})


# --- steps -------------------------------------------------------------------------------------------------------------


def _weigh(found: Any) -> None:
    """Whether the step is decided by what was answered so far. Where a number
    of them is needed, each who is asked besides raises it by one: he replaces nobody whom the flow names."""
    step = found.steps[found.step - 1]
    asked = [one for one in stepping.places(found.id, found.step) if one.state != "handed"]
    yes, no, free = (sum(1 for one in asked if one.state == state) for state in ("agreed", "refused", "open"))
    need = {"any": 1, "all": yes + no + free}.get(step.get("need", "any"), min(int(step.get("k") or 1) + stepping.added(found), yes + no + free))
    if no and (step.get("need") != "some" or yes + free < need):
        stepping.end(found, "refused")
    elif yes >= need:
        stepping.leave(found)
        stepping.begin(found, found.step)


