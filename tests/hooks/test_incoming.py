"""Webhooks in: only what is signed, of now, and once; with the rights of who made the address."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.features.hooks import signing
from crm_core.features.hooks.models import Incoming, IncomingCall
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Refused
from crm_core.resource.changes import unscoped
from tests.hooks.conftest import Partner, signature
from tests.support.world import World
from tests.support.worlds import one_engine

Hooks = Callable[..., int]
MAPPING = 'name = company.title\nphone = company.phones.0\nnote = company.remark\nstanding = "key"\nforeign_id = company.id\ndeleted = company.removed'


class Sender:
    """The other system: signs what it sends."""

    def __init__(self, app: flask.Flask, world: World, name: str, **more: Any) -> None:
        self.http, self.world = app.test_client(), world
        with world.as_(name):
            values = {"name": "Partner", "resource": "core.customer", "mapping": MAPPING, "known_by": "foreign_id", **more}
            (self.id,) = world.site.registry.resource("core.incoming").write([values])
        with world.site.engines.read.connect().execution_options(**unscoped("tests")) as conn:
            self.public = conn.execute(sa.select(table_of(Incoming).c.public_id).where(table_of(Incoming).c.id == self.id)).scalar_one()
        with world.site.system("tests"):
            self.secret = signing.secret("incoming", self.public, 1)
        self.number = 0

    def __call__(self, body: Any, *, message: str = "", moment: dt.datetime | None = None, secret: str = "", **headers: str) -> Any:
        self.number += 1
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"webhook-id": message or f"msg_{self.number}", "webhook-timestamp": str(int((moment or clock.now()).timestamp())), **headers}
        sent["webhook-signature"] = headers.get("webhook-signature") or signature(secret or self.secret, sent, data)
        return self.http.post(f"/api/v1/incoming/{self.public}", data=data, headers=sent, content_type="application/json")

    def log(self) -> list[Any]:
        with self.world.site.engines.read.connect().execution_options(**unscoped("tests")) as conn:
            return list(conn.execute(sa.select(table_of(IncomingCall)).order_by(table_of(IncomingCall).c.id)))


def company(**more: Any) -> dict[str, Any]:
    return {"company": {"id": 815, "title": "Far Kites", "phones": ["010-65529988"], **more}}


def test_a_message_becomes_a_record_and_the_next_one_changes_it(as_: Any, api_app: flask.Flask, world: World, hooks: Hooks) -> None:
    send, ann = Sender(api_app, world, "ann"), as_("ann")
    made = send(company(remark="first")).json
    assert made["what"] == "created"
    record = ann("GET", f"/core/customer/{made['id']}").json
    assert (record["name"], record["phone"], record["note"], record["standing"], record["owner"]) == ("Far Kites", "010-65529988", "first", "key", world.people["ann"])
    assert send({"company": {"id": 815, "title": "Nearer Kites"}}).json == {"id": made["id"], "what": "changed"}
    record = ann("GET", f"/core/customer/{made['id']}").json
    assert (record["name"], record["note"], record["phone"]) == ("Nearer Kites", "first", "010-65529988")  # what is not there stays
    assert send(company(remark=None)).json["what"] == "changed"
    assert ann("GET", f"/core/customer/{made['id']}").json["note"] is None  # null empties
    assert send(company(removed=True)).json == {"id": made["id"], "what": "deleted"}
    assert ann("GET", f"/core/customer/{made['id']}").status_code == 404
    assert [row.state.value for row in send.log()] == ["done"] * 4
    assert as_("bob")("GET", f"/core/incoming/{send.id}").status_code == 404


def test_a_message_is_taken_once(api_app: flask.Flask, world: World, hooks: Hooks) -> None:
    send = Sender(api_app, world, "ann", known_by=None, mapping="name = company.title")
    first = send(company(), message="msg_a").json
    assert send(company(), message="msg_a").json == {"id": first["id"], "what": "again"}
    assert len(send.log()) == 1
    assert send(company(), message="msg_b").json["id"] != first["id"]


@one_engine
def test_only_what_is_signed_and_of_now_is_taken(api_app: flask.Flask, world: World, hooks: Hooks) -> None:
    send = Sender(api_app, world, "ann")
    now = clock.now()
    other = signing.MARK + "AAAA"
    refused = [send(company(), secret=other), send(company(), moment=now - dt.timedelta(minutes=6)), send(company(), moment=now + dt.timedelta(minutes=6)),
               send(company(), **{"webhook-signature": "v1,"}), send(company(), **{"webhook-signature": "v1a,abc v2,abc"}), send(company(), **{"webhook-timestamp": "12345x"})]
    good = {"webhook-id": "msg_x", "webhook-timestamp": str(int(now.timestamp()))}
    signed = signature(send.secret, good, json.dumps(company()).encode())
    refused.append(send(company(title="Other body"), message="msg_x", **{"webhook-signature": signed}))
    refused.append(send(company(), message="msg_y", **{"webhook-signature": signed}))
    right, send.public = send.public, "0" * 32
    unknown = send(company())
    assert {answer.status_code for answer in refused} == {401} and send.log() == []
    assert {answer.json["detail"] for answer in refused} == {unknown.json["detail"]}
    send.public = right
    soon = {"webhook-id": "msg_z", "webhook-timestamp": str(int(now.timestamp()))}
    several = f"v1,AAAA {signature(send.secret, soon, json.dumps(company()).encode())}"
    assert send(company(), message="msg_z", moment=now, secret="", **{"webhook-signature": several}).status_code == 200


def test_it_does_what_its_owner_may_and_no_more(api_app: flask.Flask, world: World, hooks: Hooks) -> None:
    send = Sender(api_app, world, "ann", known_by="name", mapping="name = n\nnote = t")
    before = _note(world, "bob")
    answer = send({"n": _name(world, "bob"), "t": "taken over"})
    assert answer.json["what"] == "created"  # bob's is not there for her: it is not told to be
    assert _note(world, "bob") == before
    assert send({"n": _name(world, "ann"), "t": "mine"}).json == {"id": world.customers["ann"], "what": "changed"}
    with world.as_("uma"), pytest.raises(Exception):  # noqa: B017  whichever way it says no
        world.site.registry.resource("core.incoming").write([{"name": "A", "resource": "core.customer", "mapping": "name = n"}])


def _row(world: World, key: str) -> Any:
    with world.as_("root"):
        return world.site.registry.resource("core.customer").get(world.customers[key])


def _name(world: World, key: str) -> str:
    return str(_row(world, key).name)


def _note(world: World, key: str) -> Any:
    return _row(world, key).note


def test_what_is_refused_stands_in_the_log_and_can_be_taken_again(as_: Any, api_app: flask.Flask, world: World, hooks: Hooks) -> None:
    send = Sender(api_app, world, "ann", mapping="name = company.title\nemail = company.mail\nforeign_id = company.id")
    answer = send(company(mail="nonsense"))
    assert answer.status_code == 422
    (row,) = send.log()
    assert (row.state.value, row.record_id) == ("refused", None) and "email" in row.error and json.loads(row.body)["company"]["mail"] == "nonsense"
    calls = world.site.registry.resource("core.incoming_call")
    with world.as_("ann"), pytest.raises(Refused):
        calls.run("again", [row.id])
    with world.as_("ann"):
        world.site.registry.resource("core.incoming").write([{"id": send.id, "mapping": "name = company.title\nforeign_id = company.id"}])
    with world.as_("root"):
        calls.run("again", [row.id])
    (row,) = send.log()
    assert row.state.value == "done"
    assert as_("ann")("GET", f"/core/customer/{row.record_id}").json["owner"] == world.people["ann"]
    assert send(company(), message=row.message).json == {"id": row.record_id, "what": "again"}


@one_engine
@pytest.mark.parametrize("body", [b"", b"no json", b"[1, 2", b'{"a": 1e999}', b"\xff\xfe", b'{"company": {"id": null, "title": "A"}}', b"[]", b"7", b'{"company": [{"id": 1}]}'])
def test_what_cannot_be_taken_is_refused_in_words(api_app: flask.Flask, world: World, hooks: Hooks, body: bytes) -> None:
    assert Sender(api_app, world, "ann")(body).status_code == 422


@one_engine
@pytest.mark.parametrize(("field", "value"), [
    ("mapping", "name"), ("mapping", "name = "), ("mapping", "name = a b"), ("mapping", "nothing = a"), ("mapping", "name = a\nname = b"), ("mapping", "id = a"),
    ("mapping", "created_at = a"), ("known_by", "note"), ("known_by", "nothing"), ("known_by", "code"), ("resource", "core.nothing"),
])
def test_a_form_says_what_is_wrong(api_app: flask.Flask, world: World, hooks: Hooks, field: str, value: str) -> None:
    with pytest.raises(Invalid) as bad:
        Sender(api_app, world, "ann", **{"known_by": None, "mapping": "name = n", field: value})
    assert field in bad.value.fields


@one_engine
def test_guessing_signatures_is_slowed_down(api_app: flask.Flask, world: World, hooks: Hooks) -> None:
    send = Sender(api_app, world, "ann")
    answers = [send(company(), secret=signing.MARK + "AAAA").status_code for _try in range(70)]
    assert answers[0] == 401 and answers[-1] == 429
    assert send(company()).status_code == 200  # a good one still works


def test_switched_off_and_with_a_new_secret_it_takes_nothing(as_: Any, api_app: flask.Flask, world: World, hooks: Hooks, partner: Partner) -> None:
    send = Sender(api_app, world, "ann")
    as_("ann")("POST", f"/core/incoming/{send.id}/new_secret")
    assert send(company()).status_code == 401
    with world.site.system("tests"):
        send.secret = signing.secret("incoming", send.public, 2)
    assert send(company()).status_code == 200
    as_("ann")("PATCH", f"/core/incoming/{send.id}", {"active": False})
    assert send(company()).status_code == 401
