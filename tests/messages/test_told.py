"""How one is told: what waits in quiet hours, what the mail that sums up says, to whom, how often."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.features.messages import digest, services, telling
from crm_core.features.messages.models import Digest, Told
from crm_core.features.messages.news import News
from crm_core.kernel import clock, outbox, runner
from crm_core.kernel.jobs import later
from crm_core.kernel.models import OutboxRow
from tests.customers.office import Office

NIGHT, MORNING = dt.datetime(2026, 11, 27, 15, 0, tzinfo=dt.UTC), dt.datetime(2026, 11, 27, 23, 0, tzinfo=dt.UTC)  # 23:00 and 7:00 in Shanghai
DAY = dt.timedelta(days=1)


def choose(office: Office, who: str, at: dt.datetime = NIGHT - DAY, **values: Any) -> None:
    with clock.freeze(at), office.as_(who):
        telling.choose({**telling.chosen(), **values})


def account(office: Office, who: str, **values: Any) -> None:
    with office.site.system("test"), writing() as db:
        db.execute(sa.update(User).where(User.id == office.people[who]).values(**values))


def test_a_browser_calls_nobody_in_his_quiet_hours_unless_it_is_urgent(office: Office) -> None:
    news, wang, li = News(), office.people["wang"], office.people["li"]
    choose(office, "wang", quiet_from="22:00", quiet_until="07:00")
    with office.site.system("test") as work:
        news(work.session.connection(), ())

    def look(at: dt.datetime, urgent: bool) -> dict[int, Any]:
        with clock.freeze(at):
            with office.as_("chen"):
                services.notify([wang, li], "hello", urgent=urgent)
            with office.site.system("test") as work:
                return {user: json.loads(said)["news"][0].get("quiet") for user, said in news(work.session.connection(), {wang, li}).items()}

    assert look(NIGHT, False) == {wang: 8 * 3_600_000, li: None}  # it stands in his list all the same
    assert look(NIGHT, True) == {wang: None, li: None}
    assert look(MORNING, False) == {wang: None, li: None}
    with office.as_("wang"):
        assert len(services.newest(unread=True)) == 3


def test_an_urgent_message_makes_an_urgent_notice(office: Office) -> None:
    with office.as_("chen"):
        for priority in ("normal", "high"):
            office.resource("message").write([{"title": priority, "people": [office.people["wang"]], "priority": priority}])
    with office.as_("wang"):
        assert [one.urgent for one in services.newest()] == [True, False]


# --- the mail that sums up ---------------------------------------------------------------------------------------------


class Box:
    """A mail server's inside."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusing = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusing:
            return self.refusing
        self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 taken"


@pytest.fixture
def box(office: Office) -> Iterator[Box]:
    made = Box()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Controller(made, hostname="127.0.0.1", port=port)
    server.start()
    for name, value in {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", "mail_from": "crm@example.com", "base_url": "https://crm.example.com"}.items():
        object.__setattr__(office.site.config, name, value)
    account(office, "wang", email="wang@example.com", language="zh_Hans_CN")
    yield made
    server.stop()


def look(office: Office, at: dt.datetime) -> None:
    with clock.freeze(at):
        with office.site.system("test"), writing():
            later(digest.NAME)
        runner.drain(office.site)
        outbox.drain(office.site)


def tell(office: Office, text: str = "hello", at: dt.datetime = NIGHT) -> None:
    with clock.freeze(at), office.as_("chen"):
        services.notify([office.people["wang"]], text)


def test_it_comes_once_a_day_at_his_hour_in_his_language_with_what_is_unread_and_due(office: Office, box: Box) -> None:
    choose(office, "wang", at=NIGHT, digest=Digest.daily, digest_at="07:00")
    tell(office, "关于年报")
    with clock.freeze(NIGHT), office.as_("wang"):
        office.resource("task").write([{"title": "回访云岭春", "due": dt.date(2026, 11, 28), "due_time": "10:00"}, {"title": "以后", "due": dt.date(2026, 12, 8)}])
    look(office, MORNING - dt.timedelta(minutes=1))
    assert box.mails == []
    for at in (MORNING, MORNING + dt.timedelta(minutes=1), MORNING - dt.timedelta(hours=3), MORNING + dt.timedelta(hours=5)):  # the clock is put back, and forth
        look(office, at)
    (mail,) = box.mails
    text = mail.get_content()
    assert mail["To"].addresses[0].addr_spec == "wang@example.com" and mail["Message-ID"].startswith("<crm-")
    assert mail["Subject"] == "等您处理的事项" and "关于年报" in text and "10:00 回访云岭春" in text and "以后" not in text and "https://crm.example.com/me/notices" in text
    look(office, MORNING + DAY)
    assert len(box.mails) == 2


def test_nothing_comes_where_nothing_waits_to_who_wants_none_or_is_gone(office: Office, box: Box) -> None:
    choose(office, "wang", digest=Digest.daily, digest_at="07:00")
    look(office, MORNING)  # nothing waits
    tell(office)
    choose(office, "wang", at=MORNING, digest=Digest.none)
    look(office, MORNING + DAY)
    choose(office, "wang", at=MORNING + DAY, digest=Digest.daily)
    account(office, "wang", active=False)
    look(office, MORNING + 2 * DAY)
    account(office, "wang", active=True, email=None)
    look(office, MORNING + 3 * DAY)
    assert box.mails == []


def test_a_weekly_one_comes_on_its_day_and_one_that_was_just_chosen_not_for_the_hour_that_has_passed(office: Office, box: Box) -> None:
    tell(office)
    choose(office, "wang", at=MORNING + dt.timedelta(hours=1), digest=Digest.weekly, digest_at="07:00", digest_day=6)
    for days in range(9):  # from Saturday on
        look(office, MORNING + days * DAY + dt.timedelta(hours=2))
    assert [mail["Date"].datetime.astimezone(dt.UTC) for mail in box.mails] == [MORNING + dt.timedelta(days=n, hours=2) for n in (1, 8)]


def test_one_whose_hour_is_quiet_waits_for_the_end_and_a_server_that_refuses_gets_the_same_mail_again(office: Office, box: Box) -> None:
    choose(office, "wang", digest=Digest.daily, digest_at="06:00", quiet_from="22:00", quiet_until="07:00")
    tell(office)
    look(office, MORNING - dt.timedelta(minutes=30))
    assert box.mails == []
    box.refusing = "451 later"
    look(office, MORNING)
    with office.site.engines.read.connect() as conn:
        row = conn.execute(sa.select(table_of(OutboxRow)).where(table_of(OutboxRow).c.listener == "core.messages.digest_mail")).one()
    assert (row.failures, row.state.value) == (1, "queued") and box.mails == []
    box.refusing = ""
    look(office, MORNING + dt.timedelta(seconds=10))
    look(office, MORNING + dt.timedelta(minutes=1))
    (mail,) = box.mails
    assert f"crm-{row.id}-" in mail["Message-ID"]


def test_a_note_from_a_clock_that_was_a_year_ahead_stops_nothing(office: Office, box: Box) -> None:
    choose(office, "wang", digest=Digest.daily, digest_at="07:00")
    tell(office)
    look(office, MORNING + 365 * DAY)
    look(office, MORNING + dt.timedelta(hours=1))  # the clock is right again: today's is noted, not sent twice
    assert len(box.mails) == 1
    look(office, MORNING + DAY)
    assert len(box.mails) == 2


def test_many_people_cost_a_fixed_number_of_statements(office: Office) -> None:
    with office.site.system("test"), writing() as db:
        db.execute(sa.insert(Told), [{"user_id": office.people[name], "told_from": 0, "digest": Digest.none, "digest_at": "08:00", "digest_day": 0, "channel_id": 1} for name in ("wang", "li", "chen")])

    def looked() -> None:
        with office.site.system("test"), writing():
            telling.waiting(500)

    few = office.count_writes(looked)
    for _n in range(5):
        tell(office)
    assert office.count_writes(looked) == few
