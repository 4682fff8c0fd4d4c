"""The outbox: told after the commit, once, in order, in the rights of who caused it."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from crm_core.data.session import writing
from crm_core.kernel import clock, outbox
from crm_core.kernel.events import emit
from crm_core.kernel.models import OutboxRow
from crm_core.kernel.site import Site
from tests.kernel import toy
from tests.kernel.toy import Told, effect, effects, known, told

table = OutboxRow.__table__
START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    toy.calls.clear()
    toy.behave.clear()
    yield
    toy.behave.clear()


def tell(site: Site, *ids: int, text: str = "", who: int = 1) -> None:
    with site.work(known[who]), writing():
        for number in ids:
            emit(Told((number,), text))


def rows(site: Site, listener: str = "toy.heard") -> list[Any]:
    with site.engines.read.connect() as conn:
        return list(conn.execute(sa.select(table).where(table.c.listener == listener).order_by(table.c.id)))


def test_each_listener_is_told_once_after_the_commit_as_the_person_who_caused_it(site: Site) -> None:
    toy.behave["counted"] = lambda e: effect("counted")
    tell(site, 7, who=3)
    assert effects(site) == []
    outbox.drain(site)
    outbox.drain(site)
    assert sorted(effects(site)) == [("7:", 3), ("counted", None)]
    assert {r.state for r in rows(site)} == {"done"}


def test_what_was_rolled_back_is_told_to_nobody(site: Site) -> None:
    with pytest.raises(ZeroDivisionError), site.work(known[1]), writing():
        emit(Told((1,)))
        raise ZeroDivisionError
    assert outbox.drain(site) == 0 and rows(site) == []


def test_emit_outside_of_writing_is_a_bug(site: Site) -> None:
    with site.work(known[1]), pytest.raises(RuntimeError, match="outside of writing"):
        emit(Told((1,)))


def test_a_failing_listener_leaves_no_effect_is_tried_again_and_parked_after_five(site: Site) -> None:
    def fail(event: Told) -> None:
        effect("half")
        raise ValueError("broken")

    toy.behave["heard"] = fail
    with clock.freeze(START):
        tell(site, 1)
    moment = START
    for attempt in range(1, 8):
        with clock.freeze(moment):
            outbox.drain(site)
        row = rows(site)[0]
        assert row.failures == min(attempt, 5)
        assert row.state == ("queued" if attempt < 5 else "parked")
        moment += dt.timedelta(minutes=15)
    assert effects(site) == [] and row.error == "ValueError: broken"
    toy.behave.clear()
    with site.system("test"), writing():
        assert outbox.run_again(row.id)
    outbox.drain(site)
    assert effects(site) == [("1:", 1)]


def test_a_failed_delivery_waits_before_the_next_try(site: Site) -> None:
    toy.behave["heard"] = lambda e: 1 / 0  # type: ignore[assignment, return-value]
    with clock.freeze(START):
        tell(site, 1)
        outbox.drain(site)
        assert len(toy.calls) == 1
        outbox.drain(site)
        assert len(toy.calls) == 1


def test_deliveries_of_one_record_keep_their_order_while_others_go_on(site: Site) -> None:
    def fail_first(event: Told) -> None:
        if event.text == "first":
            raise ValueError
        effect(f"{event.ids[0]}:{event.text}")

    toy.behave["heard"] = fail_first
    with clock.freeze(START):
        tell(site, 1, text="first")
        tell(site, 1, text="second")
        tell(site, 2, text="other")
        outbox.drain(site)
        assert [what for what, _ in effects(site)] == ["2:other"]
    toy.behave.clear()
    with clock.freeze(START + dt.timedelta(minutes=1)):
        outbox.drain(site)
    assert [what for what, _ in effects(site)] == ["2:other", "1:first", "1:second"]


def test_an_effect_outside_gets_the_delivery_id_and_no_write_transaction(site: Site) -> None:
    from crm_core.data.session import in_writing

    seen: list[tuple[int | None, bool]] = []

    def send(event: Told) -> None:
        seen.append((outbox.delivery_id(), in_writing()))
        if len(seen) == 1:
            raise ConnectionError("mail server away")

    toy.behave["sent"] = send
    with clock.freeze(START):
        tell(site, 1)
        outbox.drain(site)
    with clock.freeze(START + dt.timedelta(minutes=1)):
        outbox.drain(site)
    row = rows(site, "toy.sent")[0]
    assert seen == [(row.id, False), (row.id, False)] and row.state == "done"


def test_unknown_listeners_and_newer_events_are_parked_and_older_ones_upgraded(site: Site) -> None:
    tell(site, 1, 2, 3)
    first, second, third = rows(site)
    with site.engines.write.begin() as conn:
        conn.execute(sa.update(table).where(table.c.id == first.id).values(listener="gone.listener"))
        conn.execute(sa.update(table).where(table.c.id == second.id).values(number=99))
        conn.execute(sa.update(table).where(table.c.id == third.id).values(number=0, data='{"id": 3}'))
    upgraded = classmethod(lambda cls, number, data: {"ids": [data["id"]], "text": "old"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Told, "upgrade", upgraded)
        outbox.drain(site)
    assert rows(site, "gone.listener")[0].state == "parked"
    assert told(rows(site, "gone.listener")[0].error, "zh_Hans_CN") == "没有已启用的模块接收“gone.listener”。"
    assert [r.state for r in rows(site)] == ["parked", "done"]
    assert effects(site) == [("3:old", 1)]


def test_a_delivery_for_somebody_who_left_is_parked_and_says_so(site: Site) -> None:
    tell(site, 1, who=9)
    gone = known.pop(9)
    try:
        outbox.drain(site)
    finally:
        known[9] = gone
    assert rows(site)[0].state == "parked" and "may no longer sign in" in told(rows(site)[0].error, "en")
    assert told(rows(site)[0].error, "zh_Hans_CN") == "提出此项操作的人已不能登录。"


def test_a_database_that_was_away_counts_as_no_failure(site: Site) -> None:
    def away(event: Told) -> None:
        raise OperationalError("insert", {}, Exception("database is locked"))

    toy.behave["heard"] = away
    with clock.freeze(START):
        tell(site, 1)
        outbox.drain(site)
    row = rows(site)[0]
    assert (row.state, row.failures, row.claims) == ("queued", 0, 0)


def test_an_error_on_the_page_carries_no_values(site: Site) -> None:
    toy.behave["heard"] = lambda e: toy.session.execute(  # type: ignore[assignment, return-value]
        sa.text("insert into toy_effect (id, what) values (:a, :secret)"), {"a": None, "secret": None, "x": "hunter2"})
    tell(site, 1)
    outbox.drain(site)
    assert "hunter2" not in rows(site)[0].error


@dataclasses.dataclass(frozen=True)
class Unheard(Told):
    pass


def test_an_event_nobody_listens_to_writes_nothing(site: Site) -> None:
    with site.work(known[1]), writing():
        emit(Unheard((1,)))
    assert rows(site) == []
