"""The outbox: what happened is told to others after the commit, once, and in order for each listener and record.

`put` writes one row for each listener in the transaction of what happened. A worker takes a row, runs the listener as
the person recorded on it (or as the house) and marks the row done in the same commit, so an effect in our database
happens exactly once. A listener with effects outside (`Listen(outside=True)`: mail, other systems) runs without a
write transaction and at least once; `delivery_id()` is the idempotency key it hands on.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import after_commit, current_work, has_work, writing
from crm_core.kernel import actors, clock
from crm_core.kernel.actors import ActorGone
from crm_core.kernel.claims import PARKED, QUEUED, Claims, LostLease, in_words
from crm_core.kernel.errors import CrmError, NotNow
from crm_core.kernel.i18n import _
from crm_core.kernel.lease import USUAL, Timing, db_now, new_owner
from crm_core.kernel.models import OutboxRow
from crm_core.kernel.outages import is_outage
from crm_core.kernel.site import Site, site

if TYPE_CHECKING:
    from crm_core.kernel.declare import Listen
    from crm_core.kernel.events import Event

PATIENCE = dt.timedelta(days=1)  # with another system that takes nothing for now
# What people send: seconds to the next try with a server that is not there, and how long, so that its writer is told before patience ends.
AGAIN, TRIED = 180.0, dt.timedelta(hours=20)
claims = Claims(OutboxRow, order_key=("listener", "key"))
_table = table_of(OutboxRow)


class Unreadable(CrmError):
    """The row names a listener or an event that this version does not know, or a newer number of it."""


def put(event: "Event", listens: "Sequence[Listen]") -> None:
    """One row for each listener in the running write transaction; the workers are woken once it has committed."""
    mine = current_work().session
    conn = mine.connection()
    common = {
        "event": type(event).__name__, "number": type(event).number, "data": event.to_json(), "key": event.key[:120],
        "actor_id": actors.id_of(mine.actor), "made_at": clock.now(), "state": QUEUED, "failures": 0, "claims": 0,
    }
    due = sa.insert(_table).values(run_at=db_now(conn.dialect))
    conn.execute(due, [{**common, "listener": listen.key} for listen in listens])
    after_commit(site().wake)


def delivery_id() -> int | None:
    """The id of the delivery that runs, the same at each attempt: hand it on as idempotency key (Message-ID,
    webhook id)."""
    return current_work().info.get("delivery") if has_work() else None


def deliver_one(site: Site, owner: str | None = None, timing: Timing = USUAL, live: set[int] | None = None) -> bool:
    """Take the next due delivery and run it. False when there is none. Whatever a listener raises ends in the row."""
    row = claims.take(site.engines, owner or new_owner(), timing)
    if row is None:
        return False
    if live is not None:
        live.add(row.id)
    try:
        _deliver(site, row)
    except LostLease:
        pass
    except (Unreadable, ActorGone) as error:
        claims.settle(site.engines, row, state=PARKED, error=in_words(error))
    except NotNow as error:
        if clock.now() - row.made_at < PATIENCE:
            claims.wait(site.engines, row, error, error.seconds)
        else:
            claims.fail(site.engines, row, error, timing)
    except (Exception, SystemExit) as error:  # noqa: BLE001  the worker outlives what it runs
        if is_outage(error):
            claims.give_back(site.engines, row, timing.retry)
        else:
            claims.fail(site.engines, row, error, timing)
    finally:
        if live is not None:
            live.discard(row.id)
    return True


def drain(site: Site, limit: int = 10_000) -> int:
    """Deliver everything that is due now, in this thread (tests, `crm worker --once`). How many were tried."""
    for count in range(limit):
        if not deliver_one(site):
            return count
    return limit


def run_again(delivery: int) -> bool:
    """Queue a parked delivery once more, in the running write transaction. False when it is not parked."""
    conn = current_work().session.connection()
    done = conn.execute(sa.update(_table).where(_table.c.id == delivery, _table.c.state == PARKED).values(
        state=QUEUED, failures=0, claims=0, error=None, run_at=db_now(conn.dialect)))
    after_commit(site().wake)
    return bool(done.rowcount)


def _deliver(site: Site, row: Any) -> None:
    listen, event = _read(site, row)
    person = None if listen.acts == "system" or row.actor_id is None else actors.load(site, row.actor_id)
    with site.work(person, system=None if person is not None else f"listener {listen.key}") as work:
        work.background = True
        work.info["delivery"] = row.id
        if listen.outside:
            listen.call(event)
        with writing() as session:
            if not listen.outside:
                listen.call(event)
                session.flush()
            claims.fenced(session.connection(), row, state="done", owner=None, lease_until=None, error=None)


def _read(site: Site, row: Any) -> "tuple[Listen, Event]":
    listen = site.registry.listener.get(row.listener)
    if listen is None:
        raise Unreadable(_("No module that is on listens as “%(name)s”.", name=row.listener))
    kind: type[Event] = listen.event
    if kind.__name__ != row.event:
        raise Unreadable(_("“%(name)s” listens to %(kind)s, not to %(event)s.", name=row.listener, kind=kind.__name__, event=row.event))
    if row.number > kind.number:
        raise Unreadable(_("%(event)s was written by a newer version (%(number)s, this one knows %(known)s).", event=row.event, number=row.number, known=kind.number))
    return listen, kind.from_json(row.number, row.data)
