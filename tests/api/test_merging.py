"""Merging by interface: one request, one change, for who may change the one and delete the others."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.world import World
from tests.support.worlds import Client


def test_two_customers_become_one(world: World, as_: Callable[..., Client]) -> None:
    kept, gone = world.customers["ann"], world.customers["bob"]
    boss = as_("boss")
    answer = boss("POST", f"/core/customer/{kept}/merge", {"others": [gone]})
    assert answer.status_code == 200 and answer.json["id"] == kept
    there = boss("GET", f"/core/customer/{gone}")
    assert there.status_code == 410 and there.json["merged_into"] == kept
    assert boss("POST", f"/core/customer/{kept}/merge", {"others": [kept]}).status_code == 422
    assert boss("POST", f"/core/customer/{kept}/merge", {}).status_code == 422


def test_it_takes_the_right_to_change_the_one_and_to_delete_the_others(world: World, as_: Callable[..., Client]) -> None:
    ann, sue = world.customers["ann"], world.customers["sue"]
    for name in ("ann", "nora"):
        assert as_(name)("POST", f"/core/customer/{ann}/merge", {"others": [world.customers["bob"]]}).status_code == 403
    assert as_("boss")("GET", f"/core/customer/{sue}").status_code == 200
