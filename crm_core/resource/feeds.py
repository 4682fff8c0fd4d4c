"""Feeds: a view as vCards, or one's dates as a calendar, by a secret link that a phone or a calendar program asks again and again.

The secret is a token (access/tokens.py): only its digest is kept, it acts with the rights its owner has at that moment, and it ends
with his password, his account, or when it is revoked. As a token it opens nothing; only the feed it was made for.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.access import tokens
from crm_core.access.actor import Actor
from crm_core.access.models import Token
from crm_core.data import types as t
from crm_core.data.base import Model
from crm_core.data.mixins import Keyed
from crm_core.data.session import session, system_scope, writing
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import Site, actor, site
from crm_core.resource import listing
from crm_core.resource.exchange.export import plan
from crm_core.text.contentlines import day, escaped, line, moment

CARDS, DATES = "vcf", "ics"
TYPES = {CARDS: "text/vcard", DATES: "text/calendar"}
SCOPE = "feed"  # no permission is called so: as a token the secret opens nothing
MOST = 5_000  # cards in a feed


class Feed(Keyed, Model):
    """What a secret link gives: `kind` vcf with a list's address, or ics."""

    __tablename__ = "core_feed"
    token_id: Mapped[t.Id] = mapped_column(index=True, info={"kind": "internal"})
    kind: Mapped[str] = mapped_column(sa.String(10))
    resource: Mapped[str | None] = mapped_column(sa.String(80))
    state: Mapped[list[Any]]


class Date(NamedTuple):
    """One day of a calendar; `at` its moment, where it has one."""

    uid: str
    on: dt.date
    title: str
    at: dt.datetime | None = None
    yearly: bool = False
    url: str = ""  # the record behind it
    ends: dt.datetime | None = None  # of what takes its time; others take half an hour and make nobody busy


sources: list[Callable[..., Iterable[Date]]] = []
"""Slot: features say which dates somebody has: all that are still to come, or `source(first, last)` those of these days."""


def make(kind: str, name: str, resource: Any = None, state: Sequence[tuple[str, str]] = ()) -> str:
    """A new feed of the acting person: its secret, shown this once. Raises Forbidden without the right to export the list."""
    if kind == CARDS:
        if resource is None or not resource.may("export"):
            raise Forbidden(_("You may not do this: %(what)s.", what=_("Export")))
        listing.parse(resource, list(state))  # raises BadRequest for what is no list
    with writing() as db:
        me = actor().user_id
        with system_scope("a token for oneself"):  # it looks at the account, which one need not be able to read
            secret, token_id = tokens.issue(me, name[:80], [SCOPE])
        db.add(Feed(token_id=token_id, kind=kind, resource=resource.name if resource is not None else None, state=[list(p) for p in state]))
    return secret


def mine() -> list[tuple[Feed, Token]]:
    """One's own feeds, newest first."""
    query = sa.select(Feed, Token).join(Token, Token.id == Feed.token_id).where(Token.user_id == actor().user_id)
    return [(row[0], row[1]) for row in session.execute(query.order_by(Feed.id.desc()))]


def revoke(feed_id: int) -> None:
    """End one of one's own. Raises Missing."""
    found = next((pair for pair in mine() if pair[0].id == feed_id), None)
    if found is None:
        raise Missing(_("This record was not found."))
    with writing() as db:
        db.delete(found[0])
        tokens.revoke(found[1].id)


def find(place: Site, secret: str, kind: str) -> tuple[Feed, Actor] | None:
    """The feed behind a secret, and its owner with the rights he has now."""
    bearer = tokens.find(place, secret)
    if bearer is None:
        return None
    with place.system("feed"):
        found = session.scalars(sa.select(Feed).where(Feed.token_id == bearer.token_id, Feed.kind == kind)).one_or_none()
    if found is None:
        return None
    tokens.seen(place, bearer)
    return found, bearer.actor.with_token(("*",))


def cards(feed: Feed) -> Any:
    """What is to be written, planned in the rights of the acting owner; raises Forbidden when he has lost the right."""
    resource = site().registry.resources.get(feed.resource or "")
    if resource is None:
        raise Missing(_("This page was not found."))
    query = listing.parse(resource, [(k, v) for k, v in feed.state])
    query.verb = "export"
    ids = listing.matching_ids(query, MOST)
    return plan(resource, query, format=CARDS, ids=ids)


def calendar() -> str:
    """The acting person's dates as a calendar."""
    from crm_core.kernel import clock

    stamp = moment(clock.now())
    found = [line("BEGIN", "VCALENDAR"), line("VERSION", "2.0"), line("PRODID", "-//Tangram CRM//EN"), line("X-WR-CALNAME", "Tangram CRM")]
    for source in sources:
        for one in source():
            found += [line("BEGIN", "VEVENT"), line("UID", f"{one.uid}@tangram-crm"), line("DTSTAMP", stamp), line("SUMMARY", escaped(one.title))]
            if one.at is not None:
                found += [line("DTSTART", moment(one.at)), line("DTEND", moment(one.ends)) if one.ends is not None else line("DURATION", "PT30M")]
            else:
                found += [line("DTSTART;VALUE=DATE", day(one.on)), line("DTEND;VALUE=DATE", day(one.on + dt.timedelta(days=1)))]
            found += [*([line("RRULE", "FREQ=YEARLY")] if one.yearly else ()), line("TRANSP", "TRANSPARENT" if one.ends is None else "OPAQUE"), line("END", "VEVENT")]
    return "".join([*found, line("END", "VCALENDAR")])
