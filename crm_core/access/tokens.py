"""API tokens: a random secret shown once, of which only SHA-256 is kept. It acts as its owner, never with more than his
rights of the moment, and it ends with his password, his account and its own date."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm_core.access.actor import Actor, epoch_of, load_actor
from crm_core.access.ledgers import note
from crm_core.access.models import Token, User
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.keys import digest
from crm_core.kernel.keys import token as new_secret
from crm_core.kernel.site import Site, actor

MARK = "crm_"  # so that people and secret scanners know one when they see it
SEEN_EVERY = dt.timedelta(minutes=5)
_SCOPE = re.compile(r"(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z][a-z0-9_-]*))*")


@dataclass(frozen=True)
class Bearer:
    """Who came with a token, and with which."""

    token_id: int
    actor: Actor
    seen_at: dt.datetime | None


def issue(user_id: int, name: str, scopes: Sequence[str], expires_at: dt.datetime | None = None) -> tuple[str, int]:
    """Make a token for a user: (secret, id). The secret is not kept and cannot be shown again.

    `scopes`: permissions or patterns such as `core.customer.read`, `core.*`. Raises Invalid for what is no scope,
    Forbidden when a token asks for a token, Missing for a user who may not sign in.
    """
    _not_by_token()
    wanted = list(dict.fromkeys(s.strip() for s in scopes if s.strip()))
    wrong = [s for s in wanted if not _SCOPE.fullmatch(s)]
    if wrong or not wanted:
        raise Invalid({"scopes": [_("A scope is a permission or a pattern such as core.customer.read or core.*.")]})
    secret = MARK + new_secret()
    with writing() as session:
        user = session.execute(sa.select(User.password_hash, User.active).where(User.id == user_id)).one_or_none()
        if user is None or not user.active:
            raise Missing(_("This record was not found."))
        row = Token(
            digest=digest(secret), prefix=secret[:12], name=name, user_id=user_id, scopes=wanted,
            epoch=epoch_of(user.password_hash, user.active), made_at=clock.now(), expires_at=expires_at,
        )
        session.add(row)
        session.flush()
        note("token made", user_id, f"{row.id} {name}: {' '.join(wanted)}")
        return secret, row.id


def revoke(token_id: int) -> None:
    """End a token now; in the rights of the caller, who has checked whose it is."""
    _not_by_token()
    with writing() as session:
        row = session.get(Token, token_id)
        if row is None:
            raise Missing(_("This record was not found."))
        note("token ended", row.user_id, f"{row.id} {row.name}")
        session.delete(row)


def find(site: Site, secret: str) -> Bearer | None:
    """Who this secret speaks for; None when it is unknown, over, or its owner may not sign in any more."""
    if not secret.startswith(MARK) or len(secret) > 100:
        return None
    with site.system("token of a request") as work:
        query = sa.select(Token, User.password_hash, User.active).join(User, User.id == Token.user_id)
        row = work.session.execute(query.where(Token.digest == digest(secret))).one_or_none()
        if row is None:
            return None
        token: Token = row[0]
        over = token.expires_at is not None and token.expires_at <= clock.now()
        if over or token.epoch != epoch_of(row.password_hash, row.active):
            return None
        found = load_actor(site, work.session, token.user_id)
        if found is None:
            return None
        return Bearer(token.id, found.with_token(tuple(token.scopes)), token.seen_at)


def seen(site: Site, bearer: Bearer) -> None:
    """Note the use of a token, at most every five minutes, and only if nobody is writing just now."""
    now = clock.now()
    if bearer.seen_at is not None and now - bearer.seen_at < SEEN_EVERY:
        return
    try:
        with site.engines.hasty() as conn:
            conn.execute(sa.update(table_of(Token)).where(table_of(Token).c.id == bearer.token_id).values(seen_at=now))
    except sa.exc.OperationalError:
        return  # somebody is writing just now; the next request notes it


def _not_by_token() -> None:
    if getattr(actor(), "token", None) is not None:
        raise Forbidden(_("A token can neither make nor end tokens."))

