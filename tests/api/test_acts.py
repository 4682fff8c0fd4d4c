"""Acts over the API: what they ask stands in the body, is checked, and is described."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]


def at(world: World, key: str, act: str) -> str:
    return f"/core/customer/{world.customers[key]}/{act}"


def tags_of(world: World, key: str) -> list[str]:
    from crm_core.features.customers import tags

    with world.as_("root"):
        return tags.of("core.customer", [world.customers[key]]).get(world.customers[key], [])


def test_a_record_is_tagged_and_given_away(as_: As, world: World) -> None:
    ann, nora = as_("ann"), as_("nora")
    answer = ann("POST", at(world, "ann", "tag"), {"tags": [1, "new word"]})
    assert (answer.status_code, answer.json["id"]) == (200, world.customers["ann"])
    assert tags_of(world, "ann") == ["Fair", "new word"]
    assert ann("POST", at(world, "ann", "untag"), {"tags": ["Fair"]}).status_code == 200
    assert tags_of(world, "ann") == ["new word"]
    given = nora("POST", at(world, "ann", "assign"), {"owner": world.people["bob"]}, If_Match='"1"')
    assert (given.status_code, given.json["owner"]) == (200, world.people["bob"])
    assert nora("POST", at(world, "ann", "assign"), {"owner": world.people["ann"]}, If_Match='"1"').status_code == 412


@one_engine
@pytest.mark.parametrize(("act", "body", "pointer"), [
    ("tag", {}, "#/tags"), ("tag", {"tags": []}, "#/tags"), ("tag", {"tags": None}, "#/tags"), ("tag", {"tags": "Fair"}, "#/tags"),
    ("tag", {"tags": [0]}, "#/tags"), ("tag", {"tags": [True]}, "#/tags"), ("tag", {"tags": [10**9]}, "#/tags"), ("tag", {"tags": [1], "owner": 1}, "#/owner"),
    ("tag", {"tags": [f"t{n}" for n in range(51)]}, "#/tags"), ("untag", {"tags": ["no such tag"]}, "#/tags"),
    ("assign", {}, "#/owner"), ("assign", {"owner": 10**9}, "#/owner"), ("assign", {"owner": "bob"}, "#/owner"), ("assign", {"team": 1}, "#/team"),
])
def test_what_an_act_cannot_take_is_said_member_by_member(as_: As, world: World, act: str, body: dict[str, object], pointer: str) -> None:
    answer = as_("root")("POST", at(world, "ann", act), body)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert tags_of(world, "ann") == []


@one_engine
def test_who_may_not_do_it_does_not(as_: As, world: World) -> None:
    body = {"tags": [1]}
    assert as_("tom")("POST", at(world, "harbour", "tag"), body).status_code == 403, "he reads and changes it, and may not tag"
    assert as_("audrey")("POST", at(world, "ann", "tag"), body).status_code == 403
    assert as_("bob")("POST", at(world, "ann", "tag"), body).status_code == 404
    assert as_("ann", "core.customer.read")("POST", at(world, "ann", "tag"), body).status_code == 403
    assert as_("ann", "core.customer.read", "core.customer.tag", "core.tag.read")("POST", at(world, "ann", "tag"), body).status_code == 200
    assert as_("ann")("POST", at(world, "ann", "assign"), {"owner": world.people["bob"]}).status_code == 403


@one_engine
def test_a_contact_is_tagged_by_the_rights_on_its_customer(as_: As, world: World) -> None:
    path = f"/core/contact/{world.contacts['ann']}/tag"
    assert as_("ann")("POST", path, {"tags": ["Fair"]}).status_code == 200
    assert as_("sue")("POST", path, {"tags": ["Fair"]}).status_code == 404


@one_engine
def test_the_document_describes_what_an_act_asks(as_: As) -> None:
    paths = as_("nora")("GET", "/openapi.json").json["paths"]
    schema = {act: paths[f"/api/v1/core/customer/{{id}}/{act}"]["post"]["requestBody"]["content"]["application/json"]["schema"] for act in ("tag", "assign")}
    assert schema["tag"]["required"] == ["tags"]
    assert schema["tag"]["properties"]["tags"]["items"]["type"] == ["integer", "string"]
    assert set(schema["assign"]["properties"]) == {"owner", "department"}
    assert schema["assign"]["additionalProperties"] is False
    assert "requestBody" not in paths["/api/v1/core/task/{id}/accept"]["post"]
    assert "/api/v1/core/customer/{id}/assign" not in as_("ann")("GET", "/openapi.json").json["paths"]


@one_engine
def test_an_act_repeated_with_its_key_is_done_once(as_: As, world: World) -> None:
    nora, path = as_("nora"), at(world, "ann", "assign")
    body = {"owner": world.people["bob"]}
    first = nora("POST", path, body, Idempotency_Key="k")
    assert nora("POST", path, body, Idempotency_Key="k").json == first.json
    assert nora("POST", path, {"owner": world.people["ann"]}, Idempotency_Key="k").status_code == 422
