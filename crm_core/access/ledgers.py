"""What must survive a refusal: counted attempts (S17), security events, single-use links (D11)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm_core.access.models import OneTime, SecurityEvent, Throttle
from crm_core.data.base import table_of
from crm_core.data.engine import Engines
from crm_core.data.session import current_work, in_writing, ledger
from crm_core.data.upsert import upsert
from crm_core.kernel import clock
from crm_core.kernel.keys import digest

_attempts, _events, _links = table_of(Throttle), table_of(SecurityEvent), table_of(OneTime)
WINDOW = dt.timedelta(minutes=10)


class Tried(NamedTuple):
    """How an attempt stands: seconds to wait (0: go on), and how many more the first key allows."""

    wait: int
    left: int


def attempt(limits: Mapping[str, int], window: dt.timedelta = WINDOW, *, lasting: bool = True) -> Tried:
    """Count one attempt under each key; over the limit of any of them one has to wait.

    Counted before anything is checked, so a thousand at the same moment are a thousand. `lasting=False`: a PostgreSQL whose machine fails
    may forget the last second's, and nobody waits for the disk.
    """
    now, wait, counts = clock.now(), 0, {}
    with ledger() as conn:
        if not lasting and conn.dialect.name == "postgresql":
            conn.exec_driver_sql("SET LOCAL synchronous_commit = off")
        for key in sorted(limits):  # one order for everybody: no deadlock
            over = _attempts.c.since <= now - window
            counted = {
                "count": sa.case((over, 1), else_=_attempts.c.count + 1),
                "since": sa.case((over, now), else_=_attempts.c.since),
            }
            statement = upsert(_attempts, conn.dialect.name).values(key=key, count=1, since=now)
            statement = statement.on_conflict_do_update(index_elements=["key"], set_=counted)
            count, since = conn.execute(statement.returning(_attempts.c.count, _attempts.c.since)).one()
            counts[key] = count
            if count > limits[key]:
                wait = max(wait, ceil((since + window - now).total_seconds()), 1)
    first = next(iter(limits))
    return Tried(wait, max(0, limits[first] - counts[first]))


def forgive(keys: Iterable[str]) -> None:
    """Forget the attempts under these keys: it was the right one after all."""
    with ledger() as conn:
        conn.execute(sa.delete(_attempts).where(_attempts.c.key.in_(list(keys))))


def uncount(keys: Iterable[str]) -> None:
    """One attempt under each of these keys was none."""
    with ledger() as conn:
        conn.execute(sa.update(_attempts).where(_attempts.c.key.in_(list(keys)), _attempts.c.count > 0).values(count=_attempts.c.count - 1))


def note(kind: str, user_id: int | None = None, detail: str = "", address: str = "") -> None:
    """Write a security event: together with the running write transaction, or at once where there is none."""
    values = {
        "at": clock.now(), "kind": kind, "user_id": user_id, "address": address[:60] or current_work().info.get("address"),
        "detail": _line(detail) or None,
    }
    if in_writing():
        current_work().session.connection().execute(sa.insert(_events).values(**values))
        return
    with ledger() as conn:
        conn.execute(sa.insert(_events).values(**values))


def _line(text: str) -> str:
    """One line without control characters, so that nobody forges a second one (S21)."""
    return "".join(mark if mark.isprintable() else " " for mark in text)[:255]


def put_link(purpose: str, secret: str, user_id: int | None, lifetime: dt.timedelta) -> None:
    """Keep the digest of a single-use link, in the running write transaction. Twice the same is once."""
    conn = current_work().session.connection()
    now = clock.now()
    conn.execute(
        upsert(_links, conn.dialect.name).values(digest=digest(secret), purpose=purpose, user_id=user_id, made_at=now, expires_at=now + lifetime)
        .on_conflict_do_nothing(index_elements=["digest"])
    )


def find_link(purpose: str, secret: str) -> Any | None:
    """The unused link behind a secret, or None."""
    return current_work().session.connection().execute(sa.select(_links).where(*_good(purpose, secret))).one_or_none()


def use_link(purpose: str, secret: str) -> Any | None:
    """Use a link up in the running write transaction; the row, or None when it is used, old or never was."""
    done = sa.update(_links).where(*_good(purpose, secret)).values(used_at=clock.now())
    return current_work().session.connection().execute(done.returning(*_links.c)).one_or_none()


def void_links(user_id: int | None, purpose: str | None = None) -> None:
    """Make the open links of a user useless, in the running write transaction (his password changed)."""
    which = [_links.c.used_at.is_(None), _links.c.user_id == user_id]
    if purpose is not None:
        which.append(_links.c.purpose == purpose)
    current_work().session.connection().execute(sa.update(_links).where(*which).values(used_at=clock.now()))


def _good(purpose: str, secret: str) -> list[sa.ColumnElement[bool]]:
    return [
        _links.c.digest == digest(secret[:200]), _links.c.purpose == purpose, _links.c.used_at.is_(None),
        _links.c.expires_at > clock.now(),
    ]


def sweep(engines: Engines) -> None:
    """Remove what is of no use any more: old counters, links and sessions."""
    from crm_core.access.models import SessionRow

    old, sessions = clock.now() - dt.timedelta(days=1), table_of(SessionRow)
    with ledger(engines) as conn:
        conn.execute(sa.delete(_attempts).where(_attempts.c.since < old))
        conn.execute(sa.delete(_links).where(_links.c.expires_at < old - dt.timedelta(days=30)))
        conn.execute(sa.delete(sessions).where(sa.or_(sessions.c.seen_at < old - dt.timedelta(days=7),
                                                      sessions.c.made_at < old - dt.timedelta(days=30))))
