"""Idempotency keys: what is asked for twice is done once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.api import represent
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.kernel import clock
from crm_core.kernel.inhand import Names
from crm_core.kernel.runner import drain
from crm_core.resource.once import KEPT, Done
from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]
BODY = {"name": "一次有限公司", "addresses": [{"street": "1 Road"}]}


def named(world: World, name: str) -> int:
    with world.site.engines.read.connect().execution_options(crm_unscoped="tests") as conn:
        return int(conn.execute(sa.text("SELECT count(*) FROM core_customer WHERE name = :n"), {"n": name}).scalar_one())


def test_twenty_requests_at_once_with_one_key_make_one_record_and_get_one_answer(as_: As, world: World) -> None:
    client = as_("ann")
    together = threading.Barrier(20)

    def ask(_number: int) -> tuple[int, bytes, str]:
        together.wait()
        while True:
            answer = Client(client.http.application, client.secret)("POST", "/core/customer", BODY, Idempotency_Key="k1")
            if answer.status_code != 409:  # the first is still at it
                return answer.status_code, answer.get_data(), answer.headers["Location"]
            assert (answer.headers["Retry-After"], answer.json["type"]) == ("1", "urn:tangram-crm:in-hand")

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(ask, range(20)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert named(world, BODY["name"]) == 1


def test_while_the_first_is_at_it_a_second_one_is_told_so_at_once(as_: As, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits: the first ends only when the second has its answer."""
    ann, bob = as_("ann"), as_("bob")
    begun, told = threading.Event(), threading.Event()
    items = represent.items

    def slow(*given: Any) -> Any:
        begun.set()
        assert told.wait(30)
        return items(*given)

    monkeypatch.setattr(represent, "items", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: ann("POST", "/core/customer", BODY, Idempotency_Key="k"))
        assert begun.wait(30)
        second = Client(ann.http.application, ann.secret)("POST", "/core/customer", BODY, Idempotency_Key="k")
        assert second.status_code == 409
        told.set()
        made = first.result()
    assert made.status_code == 201
    again = ann("POST", "/core/customer", BODY, Idempotency_Key="k")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (made.json, "true")
    assert bob("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 201, "the key of another person"


def test_a_name_in_hand_is_let_go_when_its_process_dies(tmp_path: Path) -> None:
    names = Names(tmp_path / "inhand")
    with names.take("a") as mine, names.take("a") as twice, names.take("b") as other:
        assert (mine, twice, other) == (True, False, True)
        assert _elsewhere(tmp_path / "inhand", "a") == "False"
        assert _elsewhere(tmp_path / "inhand", "c") == "True", "and dies with it in hand"
    with names.take("a") as mine, names.take("c") as left:
        assert mine and left


def _elsewhere(path: Path, name: str) -> str:
    """What another process is told."""
    code = ("import os, sys; from pathlib import Path; from crm_core.kernel.inhand import Names\n"
            "with Names(Path(sys.argv[1])).take(sys.argv[2]) as mine:\n    print(mine, flush=True); os._exit(0)")
    return subprocess.run([sys.executable, "-c", code, str(path), name], capture_output=True, text=True, check=True).stdout.strip()


@one_engine
def test_without_a_key_two_requests_make_two_records(as_: As, world: World) -> None:
    for _ in range(2):
        assert as_("ann")("POST", "/core/customer", BODY).status_code == 201
    assert named(world, BODY["name"]) == 2


def test_the_same_key_for_another_body_is_refused(as_: As, world: World) -> None:
    ann = as_("ann")
    assert ann("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 201
    answer = ann("POST", "/core/customer", BODY | {"note": "other"}, Idempotency_Key="k")
    assert answer.status_code == 422
    assert named(world, BODY["name"]) == 1


@one_engine
def test_a_key_belongs_to_a_person_and_an_address(as_: As, world: World) -> None:
    assert as_("ann")("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 201
    assert as_("bob")("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 201
    assert as_("ann")("POST", "/core/contact", {"name": "王", "customer": 1}, Idempotency_Key="k").status_code == 201
    assert named(world, BODY["name"]) == 2


@one_engine
def test_a_request_that_was_refused_may_try_again_with_its_key(as_: As) -> None:
    ann = as_("ann")
    assert ann("POST", "/core/customer", {"phone": "none"}, Idempotency_Key="k").status_code == 422
    assert ann("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 201


def test_a_fault_after_the_effect_undoes_effect_and_key_together(
    as_: As, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = as_("ann")
    with monkeypatch.context() as patch:
        patch.setattr("crm_core.api.represent.items", lambda *_: 1 / 0)
        assert ann("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 500
    assert named(world, BODY["name"]) == 0
    assert ann("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 201


@one_engine
def test_a_change_repeated_with_its_key_and_version_is_no_conflict(as_: As, world: World) -> None:
    ann, path = as_("ann"), f"/core/customer/{world.customers['ann']}"
    first = ann("PATCH", path, {"note": "x"}, If_Match='"1"', Idempotency_Key="k")
    again = ann("PATCH", path, {"note": "x"}, If_Match='"1"', Idempotency_Key="k")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


@one_engine
def test_a_narrower_token_of_the_same_person_does_not_get_the_kept_record(as_: As) -> None:
    assert as_("ann")("POST", "/core/customer", BODY, Idempotency_Key="k").status_code == 201
    answer = as_("ann", "core.customer.create")("POST", "/core/customer", BODY, Idempotency_Key="k")
    assert (answer.status_code, answer.get_data()) == (201, b"")


@one_engine
@pytest.mark.parametrize("key", ["", "x" * 256, "ключ"])
def test_a_key_that_cannot_be_kept_is_refused(as_: As, key: str) -> None:
    assert as_("ann")("POST", "/core/customer", BODY, Idempotency_Key=key).status_code == 400


def test_keys_are_kept_a_day_and_more_and_then_forgotten(as_: As, world: World) -> None:
    ann = as_("ann")
    ann("POST", "/core/customer", BODY, Idempotency_Key="k")
    ann("POST", "/core/customer", BODY, Idempotency_Key="young")
    assert KEPT.total_seconds() >= 24 * 3600
    table = table_of(Done)
    with world.site.system("tests"), writing() as session:
        session.execute(sa.update(table).where(table.c.key == "k").values(made_at=clock.now() - KEPT))
    assert ann("POST", "/core/customer", BODY, Idempotency_Key="k").headers.get("Idempotent-Replayed") is None
    with world.site.system("tests"), writing() as session:
        session.execute(sa.update(table).where(table.c.key == "k").values(made_at=clock.now() - KEPT))
        from crm_core.kernel.jobs import later

        later("core.forget")
    drain(world.site)
    with world.site.engines.read.connect() as conn:
        assert conn.execute(sa.select(table.c.key)).scalars().all() == ["young"]
