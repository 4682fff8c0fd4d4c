"""Sessions on our side: a cookie with a secret, a row with its digest, compared with the user's row at each request (D10).

The epoch in the row is derived from the stored password hash, so a change of the password by any path (page, command,
raw SQL) ends every session at its next request; so does switching the user off. Rights are looked up by the site's
counter in the same statement. Idle 8 hours (7 days when he asked to stay signed in), 30 days at most.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import flask
import sqlalchemy as sa

from crm_core.access.actor import epoch_of, known_actor, load_actor
from crm_core.access.models import SessionRow, SiteRow, User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import Work, ledger, system_scope
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import clock
from crm_core.kernel.i18n import in_language, known_language
from crm_core.kernel.keys import digest, token
from crm_core.kernel.site import Site
from crm_core.web.csrf import cookie_name
from crm_core.web.requests import SignedIn, address

COOKIE = "sid"
LANGUAGE_COOKIE = "lang"
IDLE = dt.timedelta(hours=8)
STAY = dt.timedelta(days=7)
LONGEST = dt.timedelta(days=30)
SEEN_EVERY = dt.timedelta(minutes=5)
BY_ITSELF = "X-By-Itself"  # a page asks without its person: no sign that he is still there
PROOF = dt.timedelta(minutes=10)

_sessions, _users, _sites = table_of(SessionRow), table_of(User), table_of(SiteRow)
_ALIVE = (
    _sessions.c.id, _sessions.c.user_id, _sessions.c.epoch, _sessions.c.made_at, _sessions.c.seen_at, _sessions.c.data,
    _users.c.password_hash, _users.c.active,
)
_QUESTION = (
    sa.select(*_ALIVE, _sessions.c.proved_at, _users.c.preferences, _sites.c.rights)
    .join(_users, _users.c.id == _sessions.c.user_id)
    .join(_sites, sa.true())
    .where(_sessions.c.digest == sa.bindparam("digest"), _users.c.deleted_at.is_(None))
)


def identify(site: Site, work: Work, request: flask.Request) -> SignedIn | None:
    """The person behind the cookie of this request, in one statement; None when there is none or his session is over."""
    secret = request.cookies.get(cookie_name(COOKIE), "")
    if not 20 <= len(secret) <= 100:
        return None
    key = digest(secret)
    connection = work.session.connection()
    row = connection.execute(_QUESTION, {"digest": key}, execution_options={UNSCOPED: "session"}).one_or_none()
    if row is None or not alive(row):
        return None
    actor = known_actor(site, row.user_id, row.rights)
    if actor is None:
        with system_scope("actor of a request") as db:
            actor = load_actor(site, db, row.user_id, row.rights)
    if actor is None:
        return None
    now = clock.now()
    if now - row.seen_at >= SEEN_EVERY and BY_ITSELF not in request.headers:
        _seen(site, row.id, now)
    return SignedIn(
        actor, row.id, key, bool(row.data.get("stay")), now - row.proved_at < PROOF, row.preferences or {},
    )


def alive(row: Any) -> bool:
    """Whether a session goes on: not idle, not too old, and the user's password and state are those it was made with."""
    now = clock.now()
    idle = STAY if row.data.get("stay") else IDLE
    return (
        bool(row.active)
        and row.epoch == epoch_of(row.password_hash, row.active)
        and now - row.seen_at < idle
        and now - row.made_at < LONGEST
    )


def going_on(conn: sa.Connection, ids: Collection[int]) -> set[tuple[int, int]]:
    """Which of these sessions go on, each with its person, in one statement. Nobody is seen by being asked after."""
    query = sa.select(*_ALIVE).join(_users, _users.c.id == _sessions.c.user_id).where(
        bulk.among(_sessions.c.id, ids), _users.c.deleted_at.is_(None))
    return {(row.id, row.user_id) for row in conn.execute(query, execution_options={UNSCOPED: "sessions of live connections"}) if alive(row)}


def _seen(site: Site, session_id: int, now: dt.datetime) -> None:
    """Note that he is still there, unless somebody is writing just now: then the next request does."""
    try:
        with site.engines.hasty() as conn:
            conn.execute(sa.update(_sessions).where(_sessions.c.id == session_id).values(seen_at=now))
    except sa.exc.OperationalError:
        return


def begin(site: Site, user_id: int, password_hash: str | None, *, stay: bool) -> str:
    """A new session; whatever session the browser came with ends. Returns the secret for the cookie."""
    secret, now = token(), clock.now()
    with ledger(site.engines) as conn:
        _end(conn, _sessions.c.digest == digest(flask.request.cookies.get(cookie_name(COOKIE), "")))
        conn.execute(
            sa.insert(_sessions).values(
                digest=digest(secret), user_id=user_id, epoch=epoch_of(password_hash, True), made_at=now, seen_at=now,
                proved_at=now, address=address(), browser=flask.request.user_agent.string[:200],
                data={"stay": True} if stay else {},
            )
        )
    return secret


def set_cookie(site: Site, response: Any, secret: str, *, stay: bool) -> None:
    """Hand the secret to the browser; without `stay` the cookie ends with it."""
    response.set_cookie(
        cookie_name(COOKIE), secret, max_age=int(STAY.total_seconds()) if stay else None, path="/",
        secure=site.config.https, httponly=True, samesite="Lax",
    )


def clear_cookie(site: Site, response: Any) -> None:
    response.delete_cookie(cookie_name(COOKIE), path="/", secure=site.config.https, httponly=True, samesite="Lax")


def end(site: Site, *, session_id: int) -> None:
    """Sign out: the row is gone, a copied cookie is worth nothing."""
    with ledger(site.engines) as conn:
        _end(conn, _sessions.c.id == session_id)


def end_all(site: Site, user_id: int, *, but: int | None = None) -> int:
    """End all sessions of a user, or all but one; returns how many."""
    with ledger(site.engines) as conn:
        which = _sessions.c.user_id == user_id
        return _end(conn, which if but is None else sa.and_(which, _sessions.c.id != but))


def _end(conn: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    return conn.execute(sa.delete(_sessions).where(which)).rowcount


def prove(site: Site, session_id: int) -> None:
    """He has given his password again: risky acts are open for ten minutes."""
    with ledger(site.engines) as conn:
        conn.execute(sa.update(_sessions).where(_sessions.c.id == session_id).values(proved_at=clock.now()))


def renew(site: Site, session_id: int, password_hash: str | None) -> str:
    """A new secret and epoch for a session that goes on after its owner changed his password."""
    secret = token()
    with ledger(site.engines) as conn:
        conn.execute(
            sa.update(_sessions).where(_sessions.c.id == session_id)
            .values(digest=digest(secret), epoch=epoch_of(password_hash, True), proved_at=clock.now())
        )
    return secret


@contextmanager
def acting(work: Work, signed: SignedIn | None, language: str) -> Iterator[None]:
    """Let the person act in this piece of work, in his language and time zone."""
    if signed is None:
        with in_language(language):
            yield
        return
    work.actor = signed.actor
    if work.reader is not None:
        work.reader.info["actor"] = signed.actor
    zone = signed.actor.timezone
    with in_language(signed.actor.language or language):
        if zone:
            with clock.in_zone(zone):
                yield
        else:
            yield


def wished_language(site: Site, request: flask.Request) -> str:
    """The language of somebody we do not know: what he switched to, else what his browser asks for, else the site's."""
    chosen = known_language(request.cookies.get(LANGUAGE_COOKIE))
    if chosen:
        return chosen
    for tag in request.accept_languages.values():
        found = known_language(tag)
        if found:
            return found
    return site.config.language
