"""SMS to customers: to whom, as long as he wants them, filed, sent once; by hand, by rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.channels import api as channels
from crm_core.features.channels import ruleactions
from crm_core.features.channels.models import Sms, State
from crm_core.features.messages import services as notices
from crm_core.kernel import clock, outbox, words
from crm_core.kernel.errors import Forbidden, Missing, Refused
from crm_core.resource import timeline
from crm_core.resource import undo as undoing
from tests.channels.services import NOW, Service, channel
from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]


def drain(world: World, at: dt.datetime = NOW) -> None:
    with clock.freeze(at):
        outbox.drain(world.site)


def kept(world: World) -> list[Any]:
    with world.as_("root"):
        return list(session.scalars(sa.select(Sms).order_by(Sms.id)))


def wish(world: World, contact: int, **values: Any) -> None:
    with world.as_("root"):
        world.site.registry.resource("core.contact").write([{"id": contact, **values}])


def test_one_writes_to_a_contact_and_it_stands_on_his_customer_for_who_sees_him(as_: As, world: World, service: Service) -> None:
    channel(world, service, "wecom")
    channel(world, service, "sms")
    contact, customer = world.contacts["ann"], world.customers["ann"]
    with clock.freeze(NOW):
        assert as_("ann")("POST", f"/core/contact/{contact}/sms", {"text": "您订的两箱已经发出。"}).status_code == 200
    (row,) = kept(world)
    assert (row.customer_id, row.contact_id, row.author_id, row.state, row.title) == (customer, contact, world.people["ann"], State.waiting, "您订的两箱已经发出。")
    drain(world)
    drain(world, NOW + dt.timedelta(hours=1))
    assert [(path, text) for path, _to, text in service.said] == [("sms", "[Kites] 您订的两箱已经发出。")]
    (row,) = kept(world)
    assert (row.state, row.sent_at, row.fault) == (State.sent, NOW, None)
    assert as_("ann")("GET", f"/core/sms?customer.any={customer}").json["items"][0]["title"] == row.title
    assert as_("sue")("GET", f"/core/sms/{row.id}").status_code == 404
    with world.site.system("test") as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(timeline.Entry).where(timeline.Entry.record == "core.sms", timeline.Entry.kind == "record")) == 2  # on the customer and on the contact


@one_engine
def test_who_does_not_want_it_has_no_number_or_is_not_mine_gets_none(as_: As, world: World, service: Service) -> None:
    contact = world.contacts["ann"]
    assert as_("ann")("POST", f"/core/contact/{contact}/sms", {"text": "x"}).status_code == 409  # there is no channel yet
    channel(world, service, "sms")
    assert as_("sue")("POST", f"/core/contact/{contact}/sms", {"text": "x"}).status_code == 404
    assert as_("audrey")("POST", f"/core/contact/{contact}/sms", {"text": "x"}).status_code in (403, 404)
    assert as_("ann")("POST", f"/core/customer/{world.customers['ann']}/sms", {"text": "x"}).status_code == 409  # it has no mobile number
    wish(world, contact, wish_never=["sms"])
    answer = as_("ann")("POST", f"/core/contact/{contact}/sms", {"text": "x"})
    assert answer.status_code == 409 and "does not want" in answer.json["detail"].lower()
    drain(world)
    assert kept(world) == [] and service.sent == []


@one_engine
def test_a_wish_that_is_told_meanwhile_holds_and_who_wrote_hears_of_it(world: World, service: Service) -> None:
    channel(world, service, "sms")
    contact = world.contacts["ann"]
    with clock.freeze(NOW), world.as_("ann"), writing():
        channels.send_to("core.contact", contact, "too late")
    wish(world, contact, wish_never=["sms"])
    drain(world)
    (row,) = kept(world)
    assert row.state == State.failed and row.fault and service.sent == []
    with world.as_("ann"):
        assert "too late" in str(words.read(notices.newest()[0].text))


@one_engine
def test_what_a_service_refuses_for_good_is_not_tried_again_and_what_it_refuses_for_now_is(world: World, service: Service) -> None:
    channel(world, service, "sms", secret="other")
    with world.as_("ann"), clock.freeze(NOW):
        channels.send_to("core.contact", world.contacts["ann"], "one")
    drain(world)
    drain(world, NOW + dt.timedelta(days=1))
    assert [row.state for row in kept(world)] == [State.failed] and len(service.sent) == 1
    service.busy, service.status = 9, 503
    with world.as_("ann"), clock.freeze(NOW + dt.timedelta(days=1)):
        channels.send_to("core.contact", world.contacts["ann"], "two")
    drain(world, NOW + dt.timedelta(days=1))
    assert [row.state for row in kept(world)] == [State.failed, State.waiting] and "503" in (kept(world)[1].fault or "")
    for hours in (25, 30, 36, 42):  # four more than an outage of a minute: it is not given up yet
        drain(world, NOW + dt.timedelta(hours=hours))
    assert kept(world)[1].state == State.waiting
    drain(world, NOW + dt.timedelta(hours=45))
    assert kept(world)[1].state == State.failed
    with world.as_("ann"):
        assert "503" in str(words.read(notices.newest()[0].text)), "who wrote it hears that it was given up"


@one_engine
def test_a_colleague_who_does_not_see_the_number_sends_nothing_there(world: World, service: Service) -> None:
    channel(world, service, "sms")
    with world.as_("root"):
        world.site.registry.resource("core.field_rule").write([{"role": world.roles[role], "resource": "core.contact", "field": "mobile", "rule": "hidden"} for role in ("user", "seller")])
    world.changed()
    with world.as_("ann"), pytest.raises(Forbidden):
        world.site.registry.resource("core.contact").run("sms", [world.contacts["ann"]], {"text": "x"})


class Step:
    """A rule at work on a contact of hers."""

    def __init__(self, world: World) -> None:
        self.resource = world.site.registry.resource("core.contact")
        self.id = world.contacts["ann"]
        self.about = ("core.contact", self.id)
        self.record = self.resource.get(self.id)

    def fill(self, text: str) -> str:
        return text.replace("{name}", "the kite")


@one_engine
def test_a_rule_sends_by_a_channel_and_to_the_record_with_the_rights_of_its_owner(world: World, service: Service) -> None:
    group, phones = channel(world, service, "wecom"), channel(world, service, "sms")
    by, to = ruleactions.OWN
    with clock.freeze(NOW):
        with world.as_("nora"), writing():
            by.run(Step(world), channel=str(group), text="{name} has signed", to="all")
            assert "sent an SMS" in str(to.run(Step(world), text="Dear {name}", channel=str(phones)))
        with world.as_("ann"), writing(), pytest.raises(Forbidden):  # she speaks to customers, not in the house's name
            by.run(Step(world), channel=str(group), text="x", to=None)
    drain(world)
    assert sorted(one[2] for one in service.said) == ["[Kites] Dear the kite", "the kite has signed"]
    wish(world, world.contacts["ann"], wish_never=["sms"])
    with world.as_("nora"), writing():
        assert "no SMS" in str(to.run(Step(world), text="x", channel=None))
    drain(world)
    assert len(service.said) == 2


@one_engine
def test_who_and_what_is_not_there_is_said(world: World, service: Service) -> None:
    with world.as_("root"), pytest.raises(Refused):
        channels.send_to("core.contact", world.contacts["ann"], "x")
    channel(world, service, "sms")
    with world.as_("root"), pytest.raises(Missing):
        channels.send_to("core.contact", 999, "x")


@one_engine
def test_what_waits_is_taken_back_by_undo_and_what_has_left_is_not(world: World, service: Service) -> None:
    channel(world, service, "sms")
    contact = world.contacts["ann"]

    def write() -> int:
        with clock.freeze(NOW), world.as_("ann"):
            return int(world.site.registry.resource("core.contact").run("sms", [contact], {"text": "x"}))

    def undo(change: int) -> None:
        with clock.freeze(NOW), world.as_("ann"):
            undoing.ask(change)

    undo(write())
    drain(world)
    assert service.sent == [] and kept(world) == []
    second = write()
    drain(world)
    undo(second)
    (row,) = kept(world)
    assert row.state == State.sent
