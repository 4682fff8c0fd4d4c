"""API tokens (S19): they act as their owner, never with more than his rights of the moment, and they end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import flask
import pytest
import sqlalchemy as sa

from crm_core.access import tokens
from crm_core.access.models import Grant, SecurityEvent, Token, User, UserRole
from crm_core.api.door import FAILURES
from crm_core.data.base import table_of
from crm_core.data.session import current_work
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Missing
from tests.support.world import World
from tests.support.worlds import Browser, Client, one_engine, token_of

As = Callable[..., Client]
LIST = "/core/customer"


def sql(world: World, statement: sa.Executable) -> None:
    """Behind everybody's back, as somebody with the database's password would."""
    with world.site.engines.write.connect().execution_options(crm_unscoped="tests") as conn, conn.begin():
        conn.execute(statement)


def dump(world: World) -> str:
    from crm_core.data.base import Model

    with world.site.engines.read.connect().execution_options(crm_unscoped="tests") as conn:
        there = set(sa.inspect(conn).get_table_names())  # other tests declare tables this site has not
        tables = [table for table in Model.metadata.tables.values() if table.name in there]
        return "\n".join(str(tuple(row)) for table in tables for row in conn.execute(sa.select(table)))


@one_engine
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer nix", "Bearer crm_" + "A" * 43, "Basic YW5uOng=",
                                    "Bearer crm_" + "x" * 5_000, "bearer\tcrm_x", "Token crm_x"])
def test_without_a_good_token_nobody_enters(api_app: flask.Flask, header: str | None) -> None:
    answer = api_app.test_client().get("/api/v1/core/customer", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_database_keeps_nothing_that_could_be_used(world: World, as_: As) -> None:
    secret = token_of(world, "ann")
    assert Client(as_("ann").http.application, secret)("GET", LIST).status_code == 200
    everything = dump(world)
    assert secret not in everything
    assert secret[12:] not in everything
    assert len(secret) >= 4 + 43


def test_a_scope_limits_what_the_owner_may_do(as_: As, world: World) -> None:
    reader = as_("ann", "core.customer.read")
    assert reader("GET", LIST).status_code == 200
    assert reader("POST", LIST, {"name": "x"}).status_code == 403
    assert reader("PATCH", f"{LIST}/{world.customers['ann']}", {"note": "x"}).status_code == 403
    assert reader("GET", "/core/contact").status_code == 403
    assert as_("ann", "core.*.read")("GET", "/core/contact").status_code == 200
    assert as_("ann", "sales.*")("GET", LIST).status_code == 403


@one_engine
def test_a_scope_never_gives_more_than_the_owner_has(as_: As, world: World) -> None:
    everything = as_("ann", "*")
    assert everything("GET", f"{LIST}/{world.customers['bob']}").status_code == 404
    assert everything("GET", "/core/user").status_code == 403


@one_engine
def test_lines_come_with_the_record_they_are_part_of(as_: As, world: World) -> None:
    narrow = as_("ann", "core.customer.*")
    path = f"{LIST}/{world.customers['ann']}"
    assert len(narrow("GET", path).json["addresses"]) == 1
    assert len(narrow("PATCH", path, {"note": "x"}).json["addresses"]) == 1


@one_engine
def test_a_token_that_may_only_make_learns_the_id_of_what_it_made(as_: As) -> None:
    answer = as_("ann", "core.customer.create")("POST", LIST, {"name": "x"})
    assert answer.status_code == 201
    assert set(answer.json) == {"id"}


@one_engine
def test_a_change_of_rights_holds_at_the_next_request(as_: As, world: World) -> None:
    client, path = as_("ann"), f"{LIST}/{world.customers['ann']}"
    assert client("PATCH", path, {"note": "x"}).status_code == 200
    sql(world, sa.delete(Grant).where(Grant.permission == "core.customer.update"))
    world.changed()
    assert client("PATCH", path, {"note": "y"}).status_code == 403
    sql(world, sa.delete(UserRole).where(UserRole.user_id == world.people["ann"]))
    world.changed()
    assert client("GET", path).status_code == 403


def disabled(world: World) -> None:
    sql(world, sa.update(User).where(User.id == world.people["ann"]).values(active=False))


def password_changed(world: World) -> None:
    sql(world, sa.update(User).where(User.id == world.people["ann"]).values(password_hash="another"))


def deleted(world: World) -> None:
    sql(world, sa.update(User).where(User.id == world.people["ann"]).values(deleted_at=clock.now()))


def expired(world: World) -> None:
    sql(world, sa.update(Token).values(expires_at=clock.now() - dt.timedelta(seconds=1)))


def ended(world: World) -> None:
    with world.site.system("tests"):
        tokens.revoke(int(current_work().session.scalars(sa.select(Token.id)).one()))


@one_engine
@pytest.mark.parametrize("end", [disabled, password_changed, deleted, expired, ended])
def test_a_token_ends_at_once_even_when_the_database_is_changed_by_hand(
    as_: As, world: World, end: Callable[[World], None]
) -> None:
    client = as_("ann")
    assert client("GET", LIST).status_code == 200
    end(world)
    if end is deleted:
        world.changed()
    answer = client("GET", LIST)
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]


@one_engine
def test_a_disabled_person_gets_no_token(world: World) -> None:
    with world.site.system("tests"), pytest.raises(Missing):
        tokens.issue(world.people["gone"], "x", ["*"])


@one_engine
def test_a_token_can_neither_make_nor_end_tokens(world: World) -> None:
    secret = token_of(world, "root", "*")
    bearer = tokens.find(world.site, secret)
    assert bearer is not None
    with world.site.work(bearer.actor):
        with pytest.raises(Forbidden):
            tokens.issue(world.people["root"], "x", ["*"])
        with pytest.raises(Forbidden):
            tokens.revoke(bearer.token_id)


@one_engine
@pytest.mark.parametrize("scope", ["", "core customer", "core.customer.read;", "[a-z]*", "core.?", "../x", "core..read", "*" * 200])
def test_only_permissions_and_plain_patterns_are_scopes(world: World, scope: str) -> None:
    with world.site.system("tests"), pytest.raises(Invalid):
        tokens.issue(world.people["ann"], "x", [scope])


@one_engine
def test_making_and_ending_a_token_stands_among_the_security_events(world: World) -> None:
    with world.site.system("tests"):
        _secret, number = tokens.issue(world.people["ann"], "till", ["core.*"])
        tokens.revoke(number)
        wanted = sa.select(SecurityEvent).where(SecurityEvent.kind.startswith("token")).order_by(SecurityEvent.id)
        events = current_work().session.scalars(wanted).all()
        assert [(e.kind, e.user_id) for e in events] == [("token made", world.people["ann"]), ("token ended", world.people["ann"])]


def test_the_last_use_is_noted_at_most_every_five_minutes(as_: As, world: World) -> None:
    client = as_("ann")

    def seen() -> dt.datetime | None:
        with world.site.engines.read.connect() as conn:
            return conn.execute(sa.select(table_of(Token).c.seen_at)).scalar_one()  # type: ignore[no-any-return]

    start = clock.now()
    with clock.freeze(start):
        client("GET", LIST)
        assert seen() == start
    with clock.freeze(start + dt.timedelta(minutes=4)):
        client("GET", LIST)
        assert seen() == start
    with clock.freeze(start + dt.timedelta(minutes=6)):
        client("GET", LIST)
        assert seen() == start + dt.timedelta(minutes=6)


@one_engine
def test_a_cookie_opens_nothing_and_adds_nothing_to_a_token(as_: As, at_browser: Callable[[str], Browser], world: World) -> None:
    root = at_browser("root")
    assert root("GET", "/api/v1/core/customer").status_code == 401
    assert root("POST", "/api/v1/core/customer", b'{"name":"x"}', Content_Type="application/json").status_code == 401
    secret = token_of(world, "ann", "core.customer.read")
    assert root("GET", "/api/v1/core/user", Authorization=f"Bearer {secret}").status_code == 403
    assert len(root("GET", "/api/v1/core/customer", Authorization=f"Bearer {secret}").json["items"]) == 2


def test_guessing_tokens_is_slowed_down_and_a_good_one_still_works(as_: As, api_app: flask.Flask) -> None:
    good, wrong = as_("ann"), Client(api_app, "crm_" + "x" * 43)
    statuses = [wrong("GET", LIST).status_code for _ in range(FAILURES + 2)]
    assert statuses == [401] * FAILURES + [429] * 2
    assert int(wrong("GET", LIST).headers["Retry-After"]) > 0
    assert good("GET", LIST).status_code == 200


@one_engine
def test_the_guard_is_what_refuses(as_: As, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: with the scopes of tokens switched off, the narrow token does what its owner may."""
    reader = as_("ann", "core.customer.read")
    assert reader("POST", LIST, {"name": "x"}).status_code == 403
    monkeypatch.setattr("crm_core.access.actor.Actor._covered", lambda self, permission: True)
    world.site.cache.clear()
    assert reader("POST", LIST, {"name": "x"}).status_code == 201
