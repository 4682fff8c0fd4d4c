"""Webhooks out: signed, in order, tried again, with the rights of their owner, and of no cost where there is none."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.models import FieldRule, Rule, User
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.features.hooks import forwarding, signing
from crm_core.features.hooks.models import Delivery, Webhook
from crm_core.features.messages.models import Notice
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.kernel.models import OutboxRow
from crm_core.resource.changes import stamp, unscoped
from crm_core.testing.statements import sent
from tests.hooks.conftest import Partner, deliver, signature
from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]
Hooks = Callable[..., int]
Record = dict[str, Any]
WEB = "https://"
NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)


def rows(world: World, hook: int) -> list[Any]:
    with world.site.engines.read.connect().execution_options(**unscoped("tests")) as conn:
        return list(conn.execute(sa.select(table_of(Delivery)).where(table_of(Delivery).c.webhook_id == hook).order_by(table_of(Delivery).c.id)))


def hook_row(world: World, hook: int) -> Any:
    with world.site.engines.read.connect().execution_options(**unscoped("tests")) as conn:
        return conn.execute(sa.select(table_of(Webhook)).where(table_of(Webhook).c.id == hook)).one()


def secret(world: World, hook: int, turn: int = 1) -> str:
    with world.site.system("tests"):
        return signing.secret("webhook", hook_row(world, hook).public_id, turn)


def test_what_happens_is_told_signed_and_as_the_owner_sees_it(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    hook, ann = hooks("ann"), as_("ann")
    assert partner.seen == []
    made = ann("POST", "/core/customer", {"name": "Kites", "note": "fine"}).json["id"]
    deliver(world)
    (message,) = partner.seen
    assert message["headers"]["webhook-signature"] == signature(secret(world, hook), message["headers"], message["raw"])
    assert message["headers"]["content-type"] == "application/json"
    body = message["body"]
    assert (body["type"], body["data"]["resource"], body["data"]["id"]) == ("core.customer.created", "core.customer", made)
    assert body["data"]["record"] == ann("GET", f"/core/customer/{made}").json
    ann("PATCH", f"/core/customer/{made}", {"note": "finer"})
    ann("DELETE", f"/core/customer/{made}")
    partner.seen.clear()
    deliver(world)
    assert partner.told()[-1] == ("core.customer.gone", made)
    assert {row.state.value for row in rows(world, hook)} <= {"done", "dropped"}


def test_nothing_is_told_that_the_owner_may_not_see(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    with world.site.system("tests"), writing() as db:
        for role in ("user", "seller"):
            db.add(stamp(FieldRule(role_id=world.roles[role], resource="core.customer", field="note", rule=Rule.hidden)))
    world.changed()
    hook = hooks("ann")
    as_("root")("PATCH", f"/core/customer/{world.customers['bob']}", {"note": "CANARY"})
    as_("root")("PATCH", f"/core/customer/{world.customers['ann']}", {"note": "CANARY"})
    deliver(world)
    (message,) = partner.seen
    assert message["body"]["data"]["id"] == world.customers["ann"] and "note" not in message["body"]["data"]["record"]
    assert b"CANARY" not in message["raw"].replace(b"CANARYANN", b"")
    assert len(rows(world, hook)) == 1  # not even a line of the log speaks of what is not hers


def test_what_goes_to_somebody_else_is_gone_for_its_owner(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    hooks("ann")
    hooks("bob")
    as_("root")("POST", f"/core/customer/{world.customers['ann']}/assign", {"owner": world.people["bob"]})
    deliver(world)
    assert sorted(partner.told()) == [("core.customer.changed", world.customers["ann"]), ("core.customer.gone", world.customers["ann"])]


def test_which_records_and_what_of_them_is_chosen(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    hooks("root", changed=False, only="/core/customer?standing.any=key&sort=name")
    root = as_("root")
    key, other = (root("POST", "/core/customer", {"name": name, "standing": standing}).json["id"] for name, standing in (("A", "key"), ("B", "customer")))
    root("PATCH", f"/core/customer/{key}", {"note": "x"})
    deliver(world)
    assert partner.told() == [("core.customer.created", key)] and other
    root("PATCH", f"/core/customer/{key}", {"note": "y"})
    deliver(world)
    assert partner.told() == []


@one_engine
@pytest.mark.parametrize(("field", "value"), [
    ("url", f"{WEB}10.0.0.1/x"), ("url", f"{WEB}localhost/x"), ("url", f"{WEB}user@example.com/"), ("url", f"{WEB}127.1/"), ("url", "ftp://example.com/"),
    ("resource", "core.nothing"), ("only", "/core/contact?owner.me=1"), ("only", "/core/customer?q=kite"), ("only", "/core/customer"), ("only", "?nothing.any=1"),
])
def test_a_form_says_what_is_wrong(world: World, partner: Partner, hooks: Hooks, field: str, value: str) -> None:
    with pytest.raises(Invalid) as bad:
        hooks("root", **{field: value})
    assert field in bad.value.fields


def test_what_is_not_taken_is_tried_again_after_longer_pauses_and_keeps_its_order(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    with clock.freeze(NOW):
        hook = hooks("root")
        partner.answer = lambda _message: 503
        first = as_("root")("POST", "/core/customer", {"name": "A"}).json["id"]
        deliver(world)
        second = as_("root")("POST", "/core/customer", {"name": "B"}).json["id"]
        deliver(world)
        assert partner.told() == [("core.customer.created", first)]  # it pauses as a whole
    (waits, _other) = rows(world, hook)
    assert (waits.state.value, waits.attempts, waits.status, waits.due_at) == ("waiting", 1, 503, NOW + dt.timedelta(seconds=5))
    moment, pauses = NOW, []
    for pause in forwarding.PAUSES[:4]:
        moment += dt.timedelta(seconds=pause)
        with clock.freeze(moment):
            _minute(world)
        assert partner.told() == [("core.customer.created", first)]
        pauses.append((rows(world, hook)[0].due_at - moment).total_seconds())
    assert pauses == [float(pause) for pause in forwarding.PAUSES[1:5]]
    partner.answer = lambda _message: 200
    with clock.freeze(moment + dt.timedelta(hours=1)):
        _minute(world)
    assert partner.told() == [("core.customer.created", first), ("core.customer.created", second)]
    assert hook_row(world, hook).failing_since is None


def _minute(world: World) -> None:
    with world.site.system("tests"):
        forwarding.catch_up()
    deliver(world)


def test_one_record_that_is_refused_holds_up_itself_alone(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    root = as_("root")
    bad = world.customers["ann"]
    with clock.freeze(NOW):
        hook = hooks("root")
        partner.answer = lambda message: 422 if message["body"]["data"]["id"] == bad else 200
        root("PATCH", f"/core/customer/{bad}", {"note": "1"})
        deliver(world)
        root("PATCH", f"/core/customer/{bad}", {"note": "2"})
        root("PATCH", f"/core/customer/{world.customers['bob']}", {"note": "3"})
        deliver(world)
        assert partner.told() == [("core.customer.changed", bad), ("core.customer.changed", world.customers["bob"])]
        partner.answer = lambda _message: 200
    with clock.freeze(NOW + dt.timedelta(minutes=1)):
        _minute(world)
    notes = [message["body"]["data"]["record"]["note"] for message in partner.seen]
    assert notes == ["2", "2"] and len({message["headers"]["webhook-id"] for message in partner.seen}) == 2
    assert [row.state.value for row in rows(world, hook)] == ["done"] * 3


def test_a_message_that_is_sent_again_has_its_old_id(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    with clock.freeze(NOW):
        hook = hooks("root")
        partner.answer = lambda _message: 500
        as_("root")("POST", "/core/customer", {"name": "A"})
        deliver(world)
    with clock.freeze(NOW + dt.timedelta(minutes=2)):
        _minute(world)
    ids = [message["headers"]["webhook-id"] for message in partner.seen]
    stamps = [message["headers"]["webhook-timestamp"] for message in partner.seen]
    assert len(ids) == 2 and len(set(ids)) == 1 and len(set(stamps)) == 2 and hook


def test_after_three_days_it_is_switched_off_and_its_owner_told(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    with clock.freeze(NOW):
        hook = hooks("ann")
        partner.answer = lambda _message: 500
        as_("ann")("POST", "/core/customer", {"name": "A"})
        deliver(world)
    moment = NOW
    while hook_row(world, hook).active:
        moment = rows(world, hook)[0].due_at
        assert moment is not None
        with clock.freeze(moment):
            _minute(world)
    assert moment - NOW == forwarding.LONG >= dt.timedelta(days=2.9)
    with world.as_("ann"):
        notices = world.site.engines.read.connect().execute(sa.select(Notice.receiver_id, Notice.subject, Notice.subject_id).where(Notice.subject == "core.webhook")).all()
    assert notices == [(world.people["ann"], "core.webhook", hook)]
    count = len(partner.seen)
    with clock.freeze(moment + dt.timedelta(days=2)):
        _minute(world)
    assert len(partner.seen) == count
    partner.answer = lambda _message: 200
    with world.as_("ann"):
        world.site.registry.resource("core.webhook").write([{"id": hook, "active": True}])
    with clock.freeze(moment + dt.timedelta(days=2)):
        _minute(world)
    assert [row.state.value for row in rows(world, hook)] == ["done"]


@one_engine
@pytest.mark.parametrize("what", ["410", "owner"])
def test_it_is_switched_off_at_once(as_: As, world: World, partner: Partner, hooks: Hooks, what: str) -> None:
    hook = hooks("ann")
    if what == "410":
        partner.answer = lambda _message: 410
    else:
        with world.site.system("tests"), writing() as db:
            db.execute(sa.update(User).where(User.id == world.people["ann"]).values(active=False))
        world.changed()
    as_("root")("PATCH", f"/core/customer/{world.customers['ann']}", {"note": "1"})
    deliver(world)
    assert hook_row(world, hook).active is False
    assert len(partner.seen) == (1 if what == "410" else 0)


def test_a_test_and_sending_again_by_hand(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    hook, root = hooks("root"), as_("root")
    root("POST", f"/core/webhook/{hook}/test")
    deliver(world)
    assert [one["body"]["type"] for one in partner.seen] == ["test"]
    (row,) = rows(world, hook)
    assert (row.what.value, row.state.value, row.status) == ("test", "done", 200)
    answer = root("POST", f"/core/webhook_delivery/{row.id}/again")
    assert answer.status_code == 200, answer.text
    deliver(world)
    assert [one["headers"]["webhook-id"] for one in partner.seen] == [f"msg_{row.public_id}"] * 2


def test_a_new_secret_signs_beside_the_old_one_for_a_day(as_: As, world: World, partner: Partner, hooks: Hooks) -> None:
    root = as_("root")
    with clock.freeze(NOW):
        hook = hooks("root")
        assert root("POST", f"/core/webhook/{hook}/new_secret").status_code == 200
        root("PATCH", f"/core/customer/{world.customers['ann']}", {"note": "1"})
        deliver(world)
    with clock.freeze(NOW + dt.timedelta(days=2)):
        root("PATCH", f"/core/customer/{world.customers['ann']}", {"note": "2"})
        deliver(world)
    expected = [[signature(secret(world, hook, turn), m["headers"], m["raw"]) for turn in turns] for m, turns in zip(partner.seen, ((2, 1), (2,)), strict=True)]
    assert [m["headers"]["webhook-signature"].split(" ") for m in partner.seen] == expected


@one_engine
def test_nobody_leads_what_another_sees_elsewhere(world: World, partner: Partner, hooks: Hooks) -> None:
    hook = hooks("ann")
    with world.as_("root"):
        webhooks = world.site.registry.resource("core.webhook")
        for values in ({"url": f"{partner.url}2"}, {"resource": "core.contact"}, {"only": "?owner.me=1"}):
            with pytest.raises(Invalid):
                webhooks.write([{"id": hook, **values}])
        webhooks.write([{"id": hook, "active": False}])
    with world.as_("ann"), pytest.raises((Forbidden, Invalid)):
        world.site.registry.resource("core.webhook").write([{"id": hook, "owner": world.people["root"]}])
    assert "assign" not in webhooks.all_actions
    with world.as_("root"), pytest.raises(Invalid):
        world.site.registry.resource("core.webhook").write([{"name": "A", "url": partner.url, "resource": "core.customer", "owner": world.people["ann"]}])


@one_engine
def test_a_user_without_the_right_has_none(as_: As, world: World) -> None:
    assert as_("uma")("GET", "/core/webhook").status_code == 403
    assert as_("uma")("POST", "/core/webhook", {"name": "A", "url": "https://example.com/", "resource": "core.customer"}).status_code == 403


def test_the_secret_is_shown_to_its_owner_and_stands_nowhere_in_the_database(at_browser: Any, world: World, partner: Partner, hooks: Hooks) -> None:
    hook = hooks("ann")
    shown = secret(world, hook)
    assert shown in html.unescape(at_browser("ann")("GET", f"/core/webhook/{hook}").text)
    for other in ("audrey", "root"):  # who sees it, and who may change it: it signs what the owner sees
        assert at_browser(other)("GET", f"/core/webhook/{hook}").status_code == 200
        assert "whsec_" not in at_browser(other)("GET", f"/core/webhook/{hook}").text
    with world.as_("root"), pytest.raises((Forbidden, Refused)):
        world.site.registry.resource("core.webhook").run("new_secret", [hook])
    with world.site.engines.read.connect().execution_options(**unscoped("tests")) as conn:
        for table in (Webhook, Delivery, OutboxRow):
            assert shown.removeprefix("whsec_") not in str(conn.execute(sa.select(table_of(table))).all())


def test_where_nobody_follows_nothing_is_put_in_the_outbox(world: World, partner: Partner, hooks: Hooks) -> None:
    customers = world.site.registry.resource("core.customer")
    with world.as_("root"):
        customers.write([{"name": "warm"}])
        with sent(world.site.engines.write) as before:
            customers.write([{"name": "A"}])
    assert not [text for text in before if "core_outbox" in text or "core_webhook" in text]
    hooks("root")
    with world.as_("root"):
        customers.write([{"name": "warm"}])
        with sent(world.site.engines.write) as after:
            customers.write([{"name": f"B{n}"} for n in range(50)])
    assert len([text for text in after if "core_outbox" in text]) == 1
