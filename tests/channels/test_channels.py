"""Channels against stand-ins of the services: what each documents is checked here by itself, over real HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.features.channels import api as channels
from crm_core.features.channels.models import Channel
from crm_core.kernel import clock, outbox
from crm_core.kernel.errors import Invalid, Missing, Refused
from crm_core.kernel.models import OutboxRow
from tests.channels.services import NOW, SECRET, Service, channel
from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]
WEB = "https://"


def send(world: World, which: int | str, to: str, text: str) -> None:
    with clock.freeze(NOW):
        with world.as_("ann"), writing():
            channels.send(which, to, text)
        outbox.drain(world.site)


@pytest.mark.parametrize(("kind", "to", "said"), [
    ("wecom", "13800138000, all", ("wecom", ["13800138000", "@all"], "签约了 {to}")), ("wecom", "", ("wecom", [], "签约了 {to}")),
    ("dingtalk", "13800138000", ("dingtalk", (["13800138000"], False), "签约了 {to}")), ("dingtalk", "all", ("dingtalk", ([], True), "签约了 {to}")),
    ("feishu", "", ("feishu", None, "签约了 {to}")), ("feishu", "all", ("feishu", None, '<at user_id="all"></at> 签约了 {to}')),
    ("sms", "+8613800138000", ("sms", "+8613800138000", "[Kites] 签约了 {to}")), ("webhook", "", ("hook", "", "签约了 {to}")),
])
def test_each_service_takes_what_it_is_sent(world: World, service: Service, kind: str, to: str, said: tuple[Any, ...]) -> None:
    send(world, channel(world, service, kind), to, "签约了 {to}")
    assert service.said == [said]
    assert {kind_of["content-type"] for _path, kind_of, _body in service.sent} == {"application/json; charset=utf-8"}


@one_engine
def test_nobody_calls_all_members_of_a_group_by_what_he_writes(world: World, service: Service) -> None:
    send(world, channel(world, service, "feishu"), "", 'hear <at user_id="all"></at> < AT  all')
    ((_service, _to, text),) = service.said
    assert "<at" not in text and "< AT" not in text


@one_engine
def test_a_channel_is_found_by_its_name_and_a_long_text_is_cut_between_letters(world: World, service: Service) -> None:
    channel(world, service, "wecom")
    send(world, "My wecom", "", "风筝" * 900)
    ((_service, _to, text),) = service.said
    assert text == "风筝" * 341


@one_engine
def test_what_is_not_taken_is_tried_again_and_parked_in_words_without_the_secret(world: World, service: Service) -> None:
    which = channel(world, service, "dingtalk", secret="SECother")
    send(world, which, "", "no")
    assert service.said == []
    with world.site.engines.read.connect() as conn:
        row = conn.execute(sa.select(table_of(OutboxRow)).where(table_of(OutboxRow).c.listener == "core.channels.deliver")).one()
    assert (row.failures, row.state.value) == (1, "queued") and "sign not match" in row.error
    assert "SECother" not in str(row) and "abc" not in str(row)
    with world.as_("root"):
        world.site.registry.resource("core.channel").write([{"id": which, "secret": SECRET}])
    with clock.freeze(NOW + dt.timedelta(seconds=10)):
        outbox.drain(world.site)
    assert [one[2] for one in service.said] == ["no"]


@one_engine
def test_a_message_that_is_refused_holds_up_no_other(world: World, service: Service) -> None:
    which = channel(world, service, "wecom")
    service.busy, service.status = 1, 503
    send(world, which, "", "first")
    send(world, which, "", "second")
    assert [one[2] for one in service.said] == ["second"]
    with clock.freeze(NOW + dt.timedelta(seconds=10)):
        outbox.drain(world.site)
    assert [one[2] for one in service.said] == ["second", "first"]


@one_engine
def test_address_and_secret_stand_nowhere_in_the_open(as_: As, world: World, service: Service) -> None:
    which = channel(world, service, "dingtalk")
    root = as_("root")
    assert {root("GET", f"/core/channel/{which}").json[name] for name in ("url", "secret")} == {None}
    with world.site.engines.read.connect() as conn:
        row = conn.execute(sa.select(table_of(Channel))).one()
    assert "abc" not in row.url and SECRET not in row.secret
    root("PATCH", f"/core/channel/{which}", {"name": "Renamed"})  # what is not said stays
    send(world, "Renamed", "", "still")
    assert [one[2] for one in service.said] == ["still"]


@one_engine
def test_an_administrator_tries_it_by_a_button_and_nobody_else_sees_it(as_: As, world: World, service: Service) -> None:
    which = channel(world, service, "sms")
    assert as_("root")("POST", f"/core/channel/{which}/send", {"to": "+8613800138000", "text": "try"}).status_code == 200
    outbox.drain(world.site)
    assert service.said == [("sms", "+8613800138000", "[Kites] try")]
    ((_path, headers, _body),) = service.sent
    assert headers["idempotency-key"].startswith("crm-")
    assert as_("root")("POST", f"/core/channel/{which}/send", {"to": "", "text": "try"}).status_code == 409
    assert as_("ann")("GET", "/core/channel").status_code == 403


@one_engine
@pytest.mark.parametrize(("field", "values"), [
    ("url", {"url": f"{WEB}10.0.0.1/x"}), ("url", {"url": "ftp://example.com/"}), ("url", {"url": None}), ("kind", {"kind": "pigeon"}), ("body", {"body": "no json"}),
    ("body", {"body": '{"text": "{text}"}'}), ("body", {"body": '["{to}", "{text}"]'}),
])
def test_a_form_says_what_is_wrong(world: World, service: Service, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as bad:
        channel(world, service, "sms", **values)
    assert field in bad.value.fields


@one_engine
def test_what_is_off_or_not_there_is_said_to_who_sends(world: World, service: Service) -> None:
    which = channel(world, service, "wecom", active=False)
    with pytest.raises(Refused):
        send(world, which, "", "x")
    with pytest.raises(Missing):
        send(world, "nothing", "", "x")
    with pytest.raises(Refused):
        send(world, channel(world, service, "sms"), " ", "x")
    with world.as_("ann"):
        assert [name for _id, name in channels.choices()] == ["My sms"]


@one_engine
@pytest.mark.parametrize(("kind", "status"), [("wecom", 200), ("feishu", 200), ("sms", 429), ("dingtalk", 302)])
def test_a_service_that_is_asked_too_often_says_so_in_words_and_is_asked_again_for_a_day(
    world: World, service: Service, kind: str, status: int,
) -> None:
    service.busy, service.status = 8, status
    send(world, channel(world, service, kind), "13800138000", "x")
    for minutes in range(1, 8):
        with world.site.engines.read.connect() as conn:
            row = conn.execute(sa.select(table_of(OutboxRow)).where(table_of(OutboxRow).c.listener == "core.channels.deliver")).one()
        assert "takes no more messages for now" in row.error and (row.state.value, row.failures, row.claims) == ("queued", 0, 0)
        with clock.freeze(NOW + dt.timedelta(minutes=minutes)):
            outbox.drain(world.site)
    assert len(service.sent) == 8 and service.said == []
    with clock.freeze(NOW + dt.timedelta(minutes=30)):
        outbox.drain(world.site)
    assert len(service.said) == 1


@one_engine
def test_patience_has_an_end(world: World, service: Service) -> None:
    service.busy, service.status = 99, 429
    send(world, channel(world, service, "sms"), "13800138000", "x")
    for days in range(1, 7):
        with clock.freeze(NOW + dt.timedelta(days=days)):
            outbox.drain(world.site)
    with world.site.engines.read.connect() as conn:
        row = conn.execute(sa.select(table_of(OutboxRow)).where(table_of(OutboxRow).c.listener == "core.channels.deliver")).one()
    assert (row.state.value, row.failures) == ("parked", 5)


@one_engine
def test_a_secret_goes_to_no_other_address_than_it_was_typed_for(world: World, service: Service) -> None:
    which, resource = channel(world, service, "dingtalk"), world.site.registry.resource("core.channel")
    with world.as_("root"):
        for values in ({"url": service.url("/elsewhere")}, {"kind": "core.sms"}):
            with pytest.raises(Invalid) as bad:
                resource.write([{"id": which, **values}])
            assert "secret" in bad.value.fields
        resource.write([{"id": which, "name": "Renamed"}])
        resource.write([{"id": which, "url": service.url("/sms"), "kind": "core.sms", "secret": "another"}])
    send(world, "Renamed", "1", "x")
    assert [headers["authorization"] for _path, headers, _body in service.sent] == ["Bearer another"]
