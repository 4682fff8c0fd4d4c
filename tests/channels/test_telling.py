"""Notices by the channel somebody chose: once, together, not what he has read, not in his quiet hours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.session import writing
from crm_core.features.channels import telling as by_channel
from crm_core.features.messages import services as notices
from crm_core.features.messages import telling
from crm_core.kernel import clock, outbox, runner
from crm_core.kernel.jobs import later
from crm_core.testing.clients import Browser
from tests.channels.services import NOW, Service, channel
from tests.support.world import World
from tests.support.worlds import one_engine

NIGHT = dt.datetime(2026, 11, 27, 15, 0, tzinfo=dt.UTC)  # 23:00 in Shanghai


def choose(world: World, who: str, **values: Any) -> None:
    with clock.freeze(NOW), world.as_(who):
        telling.choose({**telling.chosen(), **values})


def tell(world: World, text: str, *whom: str, urgent: bool = False) -> None:
    with world.as_("boss"):
        notices.notify([world.people[name] for name in whom], text, urgent=urgent)


def look(world: World, at: dt.datetime = NOW) -> None:
    with clock.freeze(at):
        with world.site.system("test"), writing():
            later(by_channel.NAME)
        runner.drain(world.site)
        outbox.drain(world.site)


def test_what_was_not_read_goes_to_his_channel_once_in_one_message(world: World, service: Service) -> None:
    group = channel(world, service, "wecom", for_people=True)
    tell(world, "before he chose", "ann")
    choose(world, "ann", channel_id=group)
    look(world)
    assert service.said == []
    tell(world, "one", "ann", "bob")
    tell(world, "two", "ann")
    with world.as_("ann"):
        (read,) = [one for one in notices.newest() if one.text == {"text": "two"} or "two" in str(one.text)]
        notices.read(read.id)
    tell(world, "three", "ann")
    for minutes in range(3):
        look(world, NOW + dt.timedelta(minutes=minutes))
    ((_service, named, text),) = service.said
    assert named == [] and "one" in text and "three" in text and "two" not in text and "before" not in text and text.endswith("/notices")


@one_engine
def test_in_his_quiet_hours_only_what_is_urgent_comes_and_the_rest_when_they_are_over(world: World, service: Service) -> None:
    choose(world, "ann", channel_id=channel(world, service, "wecom", for_people=True), quiet_from="22:00", quiet_until="07:00")
    tell(world, "later", "ann")
    tell(world, "now!", "ann", urgent=True)
    look(world, NIGHT)
    look(world, NIGHT + dt.timedelta(minutes=1))
    assert len(service.said) == 1 and "now!" in service.said[0][2] and "later" not in service.said[0][2]
    look(world, NIGHT + dt.timedelta(hours=8))
    assert len(service.said) == 2 and "later" in service.said[1][2]


@one_engine
def test_many_are_cut_a_number_says_how_many_more_and_a_channel_that_is_off_holds_up_nobody(world: World, service: Service) -> None:
    group, other = channel(world, service, "wecom", for_people=True), channel(world, service, "feishu", for_people=True)
    choose(world, "ann", channel_id=group)
    choose(world, "bob", channel_id=other)
    with world.as_("root"):
        world.site.registry.resource("core.channel").write([{"id": other, "active": False}])
    for n in range(11):
        tell(world, f"text {n}", "ann", "bob")
    look(world)
    ((name, _named, text),) = service.said
    assert name == "wecom" and "text 7" in text and "text 8" not in text and "and 3 more" in text


@one_engine
def test_a_channel_that_is_not_for_notices_any_more_tells_nobody(world: World, service: Service) -> None:
    group = channel(world, service, "wecom", for_people=True)
    choose(world, "ann", channel_id=group)
    with world.as_("root"):
        world.site.registry.resource("core.channel").write([{"id": group, "for_people": False}])
    tell(world, "secret", "ann")
    look(world)
    assert service.said == []


@one_engine
def test_one_chooses_on_a_page_of_ones_own(at_browser: Any, world: World, service: Service) -> None:
    phones = channel(world, service, "sms", for_people=True)
    channel(world, service, "feishu")
    ann: Browser = at_browser("ann")
    page = ann("GET", "/me/notices").text
    assert "My sms" in page and "My feishu" not in page  # that one is not for notices
    given = {"quiet_from": "22", "quiet_until": "7:30", "channel": str(phones), "digest": "weekly", "digest_at": "8:00", "digest_day": "4"}
    assert "phone number" in ann("POST", "/me/notices", given).text
    with world.site.system("test"), writing() as db:
        db.execute(sa.update(User).where(User.id == world.people["ann"]).values(phone="+8613800138000"))
    assert ann("POST", "/me/notices", {**given, "quiet_until": ""}).status_code == 422
    assert ann("POST", "/me/notices", {**given, "quiet_from": "late"}).status_code == 422
    assert ann("POST", "/me/notices", given).status_code == 303
    page = ann("GET", "/me/notices").text
    assert 'value="22:00"' in page and 'value="07:30"' in page
    with world.as_("ann"):
        assert telling.chosen() == {"quiet_from": "22:00", "quiet_until": "07:30", "channel_id": phones, "digest": "weekly", "digest_at": "08:00", "digest_day": 4}
    with world.as_("bob"):
        assert telling.chosen() == telling.USUAL
    tell(world, "hello", "ann")
    look(world, dt.datetime(2026, 11, 28, 4, tzinfo=dt.UTC))
    assert service.said[0][1] == "+8613800138000"
