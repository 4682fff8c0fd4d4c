"""Telling other systems: from the stream into deliveries, and deliveries to their address, for one webhook at a time.

Who asks what a record is, is the owner of the webhook, at the moment it is told. Deliveries of one record keep their order; one
that fails is tried again after longer and longer pauses, three days long; then it is given up and can be sent again by hand. A
webhook that has failed for three days, or whose owner may not sign in any more, is switched off and its owner told.
"""

import datetime as dt
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa

from crm_core.access.rights import bump, made
from crm_core.api import feed, represent
from crm_core.data.base import table_of
from crm_core.data.mixins import SCOPE_COLUMNS, new_public_id
from crm_core.data.session import current_work, system_scope, writing
from crm_core.features.hooks import signing
from crm_core.features.hooks.models import Delivery, State, Webhook, What
from crm_core.features.messages.api import notify
from crm_core.kernel import actors, clock, words
from crm_core.kernel.actors import ActorGone
from crm_core.kernel.errors import BadRequest, CrmError, Refused
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import later
from crm_core.kernel.outbound import Answer, call
from crm_core.kernel.site import my_id, site
from crm_core.resource import conditions, filters, listing, stream
from crm_core.resource.after import RecordsChanged
from crm_core.resource.changes import unscoped
from crm_core.resource.stream import Place

NAME = "core.webhook"
PURPOSE = "webhook"
CATCH_UP = "core.hooks.catch_up"
PAUSES = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800, 43_200, 43_200, 86_400)  # seconds; three days in all
LONG = dt.timedelta(seconds=sum(PAUSES))
BOTH = dt.timedelta(days=1)  # so long after a new secret messages are signed with the old one too
PAGES, SENT, SPENT = 20, 100, 20.0  # of the stream, of deliveries, seconds: what one run does at most
KEPT = dt.timedelta(days=30)
_hooks, _deliveries = table_of(Webhook), table_of(Delivery)
_ADDRESS = _("The address of a list of these records is expected, filtered but without words to look for.")


@dataclass(frozen=True)
class HookDue(Event):
    """There may be something to tell to this webhook."""

    label: ClassVar[Any] = _("Something is to be told to another system")
    ids: tuple[int, ...]


# --- who listens --------------------------------------------------------------------------------------------------------


def listening() -> dict[str, tuple[int, ...]]:
    """Resource → the webhooks that are told of it. Kept in the process until one of them is changed, so that writing costs
    nothing where there is none."""
    return made("webhooks", _listening)


def _listening() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    query = sa.select(_hooks.c.id, _hooks.c.resource).where(_hooks.c.active, _hooks.c.deleted_at.is_(None)).order_by(_hooks.c.id)
    for row in current_work().session.execute(query, execution_options=unscoped("who is told")):
        found[row.resource] = (*found.get(row.resource, ()), row.id)
    return found


def happened(event: RecordsChanged) -> None:
    """Inside the transaction of a change: who follows such records will be told."""
    resource = site().registry.resources.get(event.resource)
    names = {event.resource, resource.form_of[0].name if resource is not None and not resource.verbs else event.resource}
    names |= {part.child.name for part in resource.parts()} if resource is not None and event.verb == "update" else set()
    for hook in sorted({one for name in names for one in listening().get(name, ())}):
        emit(HookDue((hook,)))


def wake(hook: int) -> None:
    """Have a webhook look for what there is to tell, in the running write transaction."""
    emit(HookDue((hook,)))


def catch_up(_job: Any = None) -> None:
    """The job of every minute: what waited for its time, and what running transactions held back."""
    with writing() as db:
        due = sa.select(_deliveries.c.webhook_id).where(_deliveries.c.state == State.waiting, _deliveries.c.due_at <= clock.now()).distinct()
        waiting = set(db.scalars(due, execution_options=unscoped("what is due")))
        newest = str(stream.newest())
        query = sa.select(_hooks.c.id, _hooks.c.place).where(_hooks.c.active, _hooks.c.deleted_at.is_(None),
                                                             sa.or_(_hooks.c.paused_until.is_(None), _hooks.c.paused_until <= clock.now()))
        for row in db.execute(query, execution_options=unscoped("what is due")).all():
            if row.id in waiting or row.place != newest:
                wake(row.id)


# --- one webhook --------------------------------------------------------------------------------------------------------


def forward(event: HookDue) -> None:
    """Listener: look what there is for a webhook and tell it. Never two at once for one webhook: deliveries of the outbox with
    the same key follow each other."""
    for hook_id in event.ids:
        hook = _hook(hook_id)
        if hook is None or not hook.active:
            continue
        try:
            owner = actors.load(site(), hook.owner_id)
        except ActorGone as gone:
            switch_off(hook, gone.message)
            continue
        more = _collect(hook, owner)
        if _send(hook_id, owner) or more:
            with writing():
                wake(hook_id)


def _hook(hook_id: int) -> Any:
    query = sa.select(_hooks).where(_hooks.c.id == hook_id, _hooks.c.deleted_at.is_(None))
    with site().system("webhook") as work:
        return work.session.execute(query).one_or_none()


def _collect(hook: Any, owner: Any) -> bool:
    """From the stream into deliveries, up to where it ends now; whether there is more."""
    place = Place.read(hook.place) if hook.place else None
    for _page in range(PAGES):
        with site().work(owner):
            try:
                page = stream.page(place, [hook.resource], 200)
                told = [one for one in _wanted(hook, feed.tell(page.seen)) if getattr(hook, one.what)]
            except stream.Gone:  # a database that was restored
                page, told = stream.Page([], stream.newest(), False), []
            except BadRequest as bad:  # the list it names is none any more
                switch_off(hook, bad.message)
                return False
            held = any(stream.waiting([hook.resource]))
        with writing() as db:
            moved: Any = db.execute(
                sa.update(_hooks).where(_hooks.c.id == hook.id, _hooks.c.place == (str(place) if place else "")).values(place=str(page.next)), execution_options=unscoped("place of a webhook"))
            if not moved.rowcount:
                return False
            _put(hook, [(one.what, hook.resource, one.seen.id, one.seen.change) for one in told])
            if held and not page.more:
                later(CATCH_UP, key=f"webhook {hook.id} {page.next}", run_at=clock.now() + dt.timedelta(seconds=1))
        place = page.next
        if not page.more:
            return False
    return True


def _put(hook: Any, told: Sequence[tuple[str, str, int | None, int | None]], more: Mapping[str, Any] | None = None) -> list[int]:
    """Deliveries that wait, in the running write transaction."""
    now = clock.now()
    rows = [{
        "public_id": new_public_id(), "version": 1, "created_at": now, "updated_at": now, "webhook_id": hook.id, "what": What(what), "resource": resource, "record_id": record,
        "change_id": change, "state": State.waiting, "attempts": 0, "due_at": now, "more": more, **{name: getattr(hook, name) for name in SCOPE_COLUMNS},
    } for what, resource, record, change in told]
    if not rows:
        return []
    return list(current_work().session.scalars(sa.insert(_deliveries).returning(_deliveries.c.id), rows, execution_options=unscoped("deliveries of a webhook")))


def _wanted(hook: Any, told: list[feed.Told]) -> list[feed.Told]:
    """Those that are on the list the webhook names; what is gone is on none, and is told."""
    there = [one.seen.id for one in told if one.record is not None]
    if not hook.only or not there:
        return told
    resource = site().registry.resource(hook.resource)
    which = [filters.clause(one, resource.table) for one in conditions.spread(only(resource, hook.only).filters)]
    seen = set(current_work().session.scalars(sa.select(resource.model.id).where(resource.model.id.in_(there), *which)))
    return [one for one in told if one.record is None or one.seen.id in seen]


def only(resource: Any, address: str) -> listing.Query:
    """The question of an address of a list. Raises BadRequest for what is none of these records, or asks for words."""
    parts = urlsplit(address)
    if parts.path.rstrip("/") not in ("", f"/{resource.package}/{resource.path}", f"/api/v1/{resource.package}/{resource.path}"):
        raise BadRequest(_ADDRESS)
    pairs = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("sort", "after", "before", "limit", "columns", "view", "look", "by", "at", "day", "span", "over")]
    found = listing.parse(resource, pairs)
    if found.text or not found.filters:
        raise BadRequest(_ADDRESS)
    return found


# --- sending ------------------------------------------------------------------------------------------------------------


def _send(hook_id: int, owner: Any) -> bool:
    """Deliver what is due, oldest first; whether there is more that could be sent now."""
    begun = time.monotonic()
    for _number in range(SENT):
        hook = _hook(hook_id)
        if hook is None or not hook.active or (hook.paused_until is not None and hook.paused_until > clock.now()):
            return False
        row = _next(hook_id)
        if row is None:
            return False
        _deliver(hook, owner, row)
        if time.monotonic() - begun > SPENT:
            break
    return True


def _next(hook_id: int) -> Any:
    """The oldest that is due and before which nothing of the same record waits."""
    t, older = _deliveries.c, _deliveries.alias("older")
    before = sa.exists().where(older.c.webhook_id == t.webhook_id, older.c.resource == t.resource, older.c.record_id == t.record_id, older.c.id < t.id, older.c.state == State.waiting)
    query = sa.select(_deliveries).where(t.webhook_id == hook_id, t.state == State.waiting, t.due_at <= clock.now(), ~before).order_by(t.id).limit(1)
    with site().system("webhook") as work:
        return work.session.execute(query).one_or_none()


def _deliver(hook: Any, owner: Any, row: Any) -> None:
    with site().work(owner):
        body = _body(row)
    if body is None:  # its owner does not see it any more: what became of it is another delivery
        _settle(row, state=State.dropped, due_at=None)
        return
    data = json.dumps(body, ensure_ascii=False).encode()
    begun, answer, error = time.monotonic(), None, None
    try:
        answer = call("POST", hook.url, body=data, headers={"content-type": "application/json", **signing.headers(_secrets(hook), f"msg_{row.public_id}", data)})
    except CrmError as failed:
        error = failed.message
    took = int((time.monotonic() - begun) * 1_000)
    if answer is not None and answer.ok:
        _settle(row, state=State.done, due_at=None, status=answer.status, error=None, attempts=row.attempts + 1, tried_at=clock.now(), took=took)
        if hook.failing_since is not None:
            _mark(hook, failing_since=None, paused_until=None)
        return
    _failed(hook, row, answer, error, took)


def _failed(hook: Any, row: Any, answer: Answer | None, error: Any, took: int) -> None:
    """Try again later, give up, or switch off. What the other side says of one record holds up that one alone; where nothing
    is taken at all, the whole webhook pauses."""
    attempts, now = row.attempts + 1, clock.now()
    due = now + dt.timedelta(seconds=PAUSES[attempts - 1]) if attempts <= len(PAUSES) else None
    said = error if answer is None else _("It answered %(status)s.", status=answer.status)
    _settle(row, state=State.waiting if due else State.failed, due_at=due, attempts=attempts, status=answer.status if answer else None,
            error=words.keep_line(said), tried_at=now, took=took)
    since = hook.failing_since or now
    alone = answer is not None and 400 <= answer.status < 500 and answer.status not in (401, 403, 404, 407, 408, 410, 429)
    _mark(hook, failing_since=since, paused_until=None if alone else due)
    if answer is not None and answer.status == 410:
        switch_off(hook, _("It answered 410: it wants no more."))
    elif now - since >= LONG:
        switch_off(hook, said)


def _body(row: Any) -> dict[str, Any] | None:
    """What is told, as the acting person sees it now; None where he sees nothing."""
    kind = "test" if row.what == What.test else f"{row.resource}.{row.what.value}"
    found: dict[str, Any] = {"type": kind, "timestamp": clock.now().isoformat().replace("+00:00", "Z")}
    if row.what == What.test:
        return {**found, "data": {"site": site().config.url}}
    data: dict[str, Any] = {"resource": row.resource, "id": row.record_id, "change": row.change_id, **(row.more or {})}
    if row.what == What.gone:
        return {**found, "data": {**data, "record": None}}
    resource = site().registry.resources.get(row.resource)
    records = represent.items(resource, [row.record_id]) if resource is not None and resource.may("read") else []
    return {**found, "data": {**data, "record": records[0]}} if records else None


def _secrets(hook: Any) -> list[str]:
    turned = hook.turned_at is not None and clock.now() - hook.turned_at < BOTH and hook.turn > 1
    return [signing.secret(PURPOSE, hook.public_id, turn) for turn in ((hook.turn, hook.turn - 1) if turned else (hook.turn,))]


def _settle(row: Any, **values: Any) -> None:
    with writing() as db:
        db.execute(sa.update(_deliveries).where(_deliveries.c.id == row.id).values(updated_at=clock.now(), **values), execution_options=unscoped("deliveries of a webhook"))


def _mark(hook: Any, **values: Any) -> None:
    with writing() as db:
        db.execute(sa.update(_hooks).where(_hooks.c.id == hook.id).values(**values), execution_options=unscoped("state of a webhook"))


def switch_off(hook: Any, why: Any) -> None:
    """It is told nothing any more, and its owner learns why."""
    with writing():
        _mark(hook, active=False, paused_until=None)
        bump()
        notify([hook.owner_id], _("The webhook “%(name)s” was switched off: %(why)s", name=hook.name, why=why), about=(NAME, hook.id), source=_("Webhooks"))


# --- by name -----------------------------------------------------------------------------------------------------------


def own(resource: str) -> list[tuple[int, str]]:
    """The acting person's webhooks for these records that are switched on: number and name."""
    query = sa.select(Webhook.id, Webhook.name).where(Webhook.resource == resource, Webhook.active, Webhook.owner_id == my_id()).order_by(Webhook.name, Webhook.id)
    return [(row.id, row.name) for row in current_work().session.execute(query)]


def push(hook_id: int, record: int, more: Mapping[str, Any], change: int | None = None) -> str:
    """Tell one of the acting person's webhooks of a record, whatever happened to it; in the running write transaction. Its name. Raises
    Refused."""
    hook = current_work().session.scalars(sa.select(Webhook).where(Webhook.id == hook_id, Webhook.owner_id == my_id())).one_or_none()
    if hook is None:
        raise Refused(_("This webhook is not there (any more)."))
    if not hook.active:
        raise Refused(_("The webhook “%(name)s” is switched off.", name=hook.name))
    _put(hook, [(What.rule.value, hook.resource, record, change)], more)
    wake(hook_id)
    return str(hook.name)


# --- acts ---------------------------------------------------------------------------------------------------------------


def test(row: Any) -> None:
    """A message that says nothing but that it came."""
    _put(row, [("test", NAME, None, None)])
    _mark(row, paused_until=None)
    wake(row.id)


def revive(hook_id: int) -> None:
    """It was switched on again: what had been given up is tried once more."""
    current_work().session.execute(sa.update(_deliveries).where(_deliveries.c.webhook_id == hook_id, _deliveries.c.state == State.failed).values(
        state=State.waiting, attempts=0, due_at=clock.now(), updated_at=clock.now()), execution_options=unscoped("deliveries of a webhook"))


def new_secret(row: Any) -> None:
    """Another secret from now on; for a day messages are signed with both."""
    row.turn, row.turned_at = row.turn + 1, clock.now()


def again(row: Any) -> None:
    """Send a delivery once more, with what is so now."""
    _settle(row, state=State.waiting, due_at=clock.now(), attempts=0)
    with system_scope("the webhook of a delivery") as db:
        hook = db.execute(sa.select(_hooks).where(_hooks.c.id == row.webhook_id)).one()
    _mark(hook, paused_until=None)
    wake(row.webhook_id)


def sweep(_job: Any) -> None:
    """The daily job: the log keeps a month."""
    with writing() as db:
        old = _deliveries.c.created_at < clock.now() - KEPT
        db.execute(sa.delete(_deliveries).where(old, _deliveries.c.state != State.waiting), execution_options=unscoped("old deliveries"))
