"""What is measured: for each actor the address of the product's page, that of the raw floor's, and the goal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from crm_core.access.actor import load_actor
from crm_core.app import create_app
from crm_core.data.wall import UNSCOPED
from crm_core.kernel.site import Site
from crm_core.resource import cursors, listing, search
from crm_core.resource.filters import parse as parse_filters
from crm_core.text import tokens
from tests.bench.data import ACTORS

# Words by how often they stand: rare ones, one of 18 places, one of nearly every name, a piece of a Latin name.
SEARCHES = {"2 characters": "恒源", "3 characters": "云岭春", "common word": "四川", "word of nearly every name": "有限", "Latin fragment": "uantum"}
MANY = ("common word", "word of nearly every name")
DEPTH = 1_000
LIST, CREATE, TYPING = "list of 50", "create", "look for duplicates while typing"
AREA = "polygon:30.1,103.2;30.9,103.9;31.8,103.6;32.4,105.1;31.2,106.3;30.2,105.9;29.6,104.4"


@dataclass(frozen=True)
class Piece:
    """One thing asked as one actor."""

    name: str
    actor: str
    path: str
    raw: str  # "": the floor has nothing like it
    goal: float  # milliseconds at the median
    times: float  # at most so many times the raw floor; 0: no such goal


@dataclass(frozen=True)
class Person:
    """A signed-in actor."""

    actor: str
    cookie: str
    pieces: tuple[Piece, ...]


def people(site: Site) -> list[Person]:
    """The five actors with their cookies and what they ask."""
    from crm_core.access.models import User
    from crm_core.web import session

    app = create_app(site)
    found = []
    for name, (number, _home, _scope) in ACTORS.items():
        with site.system("bench") as work:
            stored = work.session.execute(sa.select(User.password_hash).where(User.id == number)).scalar_one()
            with app.test_request_context():
                cookie = session.begin(site, number, stored, stay=True)
        found.append(Person(name, cookie, tuple(_pieces(site, name))))
    return found


def actor_of(site: Site, name: str) -> Any:
    with site.system("bench") as work:
        return load_actor(site, work.session, ACTORS[name][0])


def _pieces(site: Site, actor: str) -> Iterator[Piece]:
    customers = site.registry.resource("core.customer")
    table = customers.table
    who = actor_of(site, actor)
    inside = [who.scope("core.customer", "read").clause(table), table.c.deleted_at.is_(None)]
    with site.engines.read.connect().execution_options(**{UNSCOPED: "bench"}) as conn:
        some = conn.execute(sa.select(table.c.id, table.c.owner_id).where(*inside).order_by(table.c.id).limit(1)).one()
        number = conn.execute(sa.select(sa.func.count()).select_from(sa.select(table.c.id).where(*inside).limit(DEPTH * 50).subquery())).scalar_one()
        far = None
        if number > 200:
            query = sa.select(table.c.updated_at, table.c.id).where(*inside).order_by(table.c.updated_at.desc(), table.c.id.desc())
            far = conn.execute(query.offset(min(DEPTH * 50, number - 100) - 1).limit(1)).one()
    yield Piece(LIST, actor, "/core/customer", "/list", 15, 3)
    yield Piece("filter by owner and standing", actor, f"/core/customer?owner.any={some.owner_id}&standing.any=key",
                f"/filter?owner={some.owner_id}&standing=key", 15, 3)
    for name, text in SEARCHES.items():
        asked = {"q": _asked(site, text), "how": "many" if name in MANY else "few"}
        yield Piece(f"search, {name}", actor, f"/core/customer?q={text}", "/search?" + urlencode(asked, quote_via=quote), 30, 4 if name in MANY else 3)
    if far is not None:
        at = far.updated_at.astimezone(dt.UTC)
        asked = {"at": (at.replace(tzinfo=None) if site.engines.is_sqlite else at).isoformat(), "last": far.id}
        yield Piece(f"page {DEPTH:,} (or the last)", actor, f"/core/customer?after={cursors.encode('-updated_at', (at, far.id))}",
                    "/after?" + urlencode(asked, quote_via=quote), 15, 4)
    yield Piece("record page", actor, f"/core/customer/{some.id}", f"/record/{some.id}", 11, 3)
    yield Piece("inside a polygon of the map", actor, f"/core/customer?place.area={AREA}", "", 100, 0)
    yield Piece("filter by a field of one's own, made fast", actor, "/core/customer?x_grade.eq=g17", "", 30, 0)
    yield Piece(TYPING, actor, "/core/customer/twins", "", 40, 0)
    yield Piece(CREATE, actor, "/core/customer/new", "/create", 14, 0)


def _asked(site: Site, text: str) -> str:
    """A question to the index, in its own words."""
    question = tokens.query(text)
    assert question is not None
    kind = search.kind_of("core.customer")
    return question.fts5(kind=kind) if site.engines.is_sqlite else question.pg(kind=kind)


def missed(site: Site, text: str, actor: str) -> tuple[int, int, int]:
    """How many records hold a text by a naive look at each, how many of them a search misses, how many it finds too many."""
    customers = site.registry.resource("core.customer")
    table = customers.table
    who = actor_of(site, actor)
    like = [sa.func.lower(table.c[name]).contains(text, autoescape=True) for name in ("name", "code", "phone", "mobile", "email")]
    naive = sa.select(table.c.id).where(sa.or_(*like), who.scope("core.customer", "read").clause(table), table.c.deleted_at.is_(None),
                                        table.c.match_key != "bench-raw")
    with site.engines.read.connect().execution_options(**{UNSCOPED: "bench"}) as conn:
        there = set(conn.execute(naive).scalars())
    with site.work(who):
        found = listing.text_ids(listing.Query(customers, parse_filters({}, (), []), text=text), 2**31)
    return len(there), len(there - set(found)), len(set(found) - there)
