"""Reading and writing records through the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]


def test_a_list_holds_what_the_person_may_see_with_count_and_no_more(as_: As, world: World) -> None:
    answer = as_("ann")("GET", "/core/customer")
    assert answer.status_code == 200
    assert {item["id"] for item in answer.json["items"]} == {world.customers["ann"], world.customers["ann2"]}
    assert (answer.json["count"], answer.json["more"], answer.json["next"]) == (2, False, None)


def test_the_pages_of_a_list_follow_each_other_by_cursor_and_miss_nothing(as_: As) -> None:
    root, found, after = as_("root"), [], ""
    while True:
        page = root("GET", f"/core/customer?limit=2&sort=name&after={after}").json
        found += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == [item["id"] for item in root("GET", "/core/customer?limit=200&sort=name").json["items"]]
    assert len(found) == len(set(found)) == page["count"]


def test_several_sort_keys_order_equals(as_: As) -> None:
    items = as_("root")("GET", "/core/customer?sort=-standing,name").json["items"]
    keys = [(item["standing"], item["name"]) for item in items]
    assert [k[0] for k in keys] == sorted((k[0] for k in keys), reverse=True)
    for standing in {k[0] for k in keys}:
        names = [name for s, name in keys if s == standing]
        assert names == sorted(names)


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("standing.any=key", {"ann", "sue"}),
        ("standing.none=key", {"ann2", "bob", "harbour", "nobody"}),
        ("owner.me=1", set()),
        ("owner.empty=1", {"nobody"}),
        ("name.contains=CANARYANN", {"ann", "ann2"}),
        ("q=CANARYBOB", {"bob"}),
        ("q=CANARYBOB&standing.any=key", set()),
        ("created_at.gte=2020-01-01", {"ann", "ann2", "bob", "sue", "harbour", "nobody"}),
    ],
)
def test_filters_and_words_choose_records(as_: As, world: World, question: str, keys: set[str]) -> None:
    answer = as_("root")("GET", f"/core/customer?{question}")
    assert {item["id"] for item in answer.json["items"]} == {world.customers[key] for key in keys}
    assert answer.json["count"] == len(keys)


@pytest.mark.parametrize(
    "question",
    ["nix.eq=1", "standing.contains=k", "standing=key", "sort=nix", "sort=match_key", "sort=name,", "sort=a,b,c,d,e", "limit=0",
     "limit=201", "limit=x", "limit=1&limit=2", "after=%3F", "after=WzFd", "offset=3", "created_at.gte=soon", "owner.any=",
     "standing.any=nix", "password_hash.eq=1", "phone_key.eq=1", "name_key.eq=x"],
)
def test_a_question_that_makes_no_sense_is_refused_and_not_ignored(as_: As, question: str) -> None:
    answer = as_("root")("GET", f"/core/customer?{question}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"]


@one_engine
def test_one_record_has_an_etag_references_as_ids_and_its_lines(as_: As, world: World) -> None:
    answer = as_("ann")("GET", f"/core/customer/{world.customers['ann']}")
    assert answer.headers["ETag"] == '"1"'
    assert answer.json["owner"] == world.people["ann"]
    assert answer.json["region"] == 1
    assert [line["street"] for line in answer.json["addresses"]] == ["0 CANARYANN Street"]
    assert answer.headers["Cache-Control"] == "no-store"


@one_engine
def test_who_has_the_present_version_gets_no_body(as_: As, world: World) -> None:
    path = f"/core/customer/{world.customers['ann']}"
    assert as_("ann")("GET", path, If_None_Match='"1"').status_code == 304
    assert as_("ann")("GET", path, If_None_Match='"2"').status_code == 200


def test_making_a_record_answers_with_its_address_and_gives_it_to_who_made_it(as_: As, world: World) -> None:
    answer = as_("ann")("POST", "/core/customer", {"name": "新客户有限公司", "addresses": [{"street": "1 Road"}, {"street": "2 Road"}]})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/core/customer/{answer.json['id']}"
    assert (answer.json["owner"], answer.json["department"]) == (world.people["ann"], world.departments["north"])
    assert answer.json["code"].startswith("KH-")
    assert as_("ann")("GET", answer.headers["Location"].removeprefix("/api/v1")).json == answer.json


def test_a_change_touches_only_the_named_members(as_: As, world: World) -> None:
    path = f"/core/customer/{world.customers['ann']}"
    before = as_("ann")("GET", path).json
    answer = as_("ann")("PATCH", path, {"note": "hello", "fax": None})
    assert answer.status_code == 200
    changed = {name for name in before if before[name] != answer.json[name]}
    assert changed == {"note", "version", "updated_at", "updated_by"}
    assert answer.headers["ETag"] == '"2"'


@one_engine
def test_null_empties_a_member_and_a_required_one_says_no(as_: As, world: World) -> None:
    path = f"/core/customer/{world.customers['ann']}"
    assert as_("ann")("PATCH", path, {"phone": None}).json["phone"] is None
    answer = as_("ann")("PATCH", path, {"name": None})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["#/name"]


def test_lines_are_the_whole_list(as_: As, world: World) -> None:
    path, ann = f"/core/customer/{world.customers['ann']}", as_("ann")
    (old,) = ann("GET", path).json["addresses"]
    answer = ann("PATCH", path, {"addresses": [{"street": "new"}, {"id": old["id"], "street": "moved"}]})
    assert {line["street"] for line in answer.json["addresses"]} == {"new", "moved"}
    assert old["id"] in {line["id"] for line in answer.json["addresses"]}
    assert answer.json["version"] == 2
    assert ann("PATCH", path, {"addresses": []}).json["addresses"] == []


@one_engine
def test_every_fault_of_a_body_is_pointed_at(as_: As) -> None:
    body = {"phone": "none", "nix": 1, "standing": "nix", "kind": "firm", "code": "KH-9", "email": 7, "region": 99_999,
            "addresses": [{"street": "a"}, {"street": 3, "owner": 1}, "x"]}
    answer = as_("ann")("POST", "/core/customer", body)
    assert answer.status_code == 422
    assert {fault["pointer"] for fault in answer.json["errors"]} == {
        "#/phone", "#/nix", "#/standing", "#/kind", "#/code", "#/email",
        "#/addresses/1/street", "#/addresses/1/owner", "#/addresses/2/",
    }
    assert all(fault["detail"] for fault in answer.json["errors"])


@one_engine
def test_a_fault_found_while_writing_lines_points_into_its_row(as_: As) -> None:
    answer = as_("ann")("POST", "/core/customer", {"name": "甲", "addresses": [{"street": "a"}, {"postcode": "100000"}]})
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["#/addresses/1/street"]


@one_engine
def test_messages_are_in_the_language_asked_for(as_: As) -> None:
    answer = as_("ann")("POST", "/core/customer", {}, Accept_Language="zh-CN")
    assert answer.status_code == 422
    assert as_("ann")("POST", "/core/customer", {}, Accept_Language="en").json["errors"][0]["detail"] == "This is required."


def test_writing_on_an_old_version_is_refused_and_names_the_present_one(as_: As, world: World) -> None:
    path, ann = f"/core/customer/{world.customers['ann']}", as_("ann")
    assert ann("PATCH", path, {"note": "1"}, If_Match='"1"').status_code == 200
    for method, body in (("PATCH", {"note": "2"}), ("DELETE", None)):
        answer = ann(method, path, body, If_Match='"1"')
        assert (answer.status_code, answer.json["version"]) == (412, 2)
    assert ann("GET", path).json["note"] == "1"
    assert ann("PATCH", path, {"note": "3"}, If_Match="*").status_code == 200
    assert ann("PATCH", path, {"note": "4"}, If_Match='"1", "3"').status_code == 200
    assert ann("PATCH", path, {"note": "5"}, If_Match='W/"4"').status_code == 412


def test_a_deleted_record_is_gone_for_everybody_and_its_parts_with_it(as_: As, world: World) -> None:
    path = f"/core/customer/{world.customers['ann']}"
    answer = as_("ann")("DELETE", path)
    assert (answer.status_code, answer.get_data()) == (204, b"")
    for name in ("ann", "root"):
        assert as_(name)("GET", path).status_code == 404
        assert as_(name)("GET", f"/core/contact/{world.contacts['ann']}").status_code == 404
    assert as_("ann")("DELETE", path).status_code == 404


@one_engine
def test_what_is_referred_to_is_not_deleted(as_: As) -> None:
    answer = as_("root")("DELETE", "/core/region/1")
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:tangram-crm:refused"


@one_engine
def test_who_sees_a_record_but_may_not_change_it_is_told_so(as_: As, world: World) -> None:
    path = f"/core/customer/{world.customers['ann']}"
    assert as_("audrey")("GET", path).status_code == 200
    assert as_("audrey")("PATCH", path, {"note": "x"}).status_code == 403
    path = f"/core/customer/{world.customers['harbour']}"
    assert as_("uma")("GET", path).status_code == 404
    assert as_("tom")("PATCH", path, {"note": "of the team"}).status_code == 200
    assert as_("tom")("DELETE", path).status_code == 403


@one_engine
def test_a_reference_to_a_hidden_record_is_no_such_record(as_: As, world: World) -> None:
    body = {"name": "王", "customer": world.customers["sue"]}
    ann = as_("ann", "core.customer.read", "core.contact.*")  # without others' records in brief
    hidden, missing = ann("POST", "/core/contact", body), ann("POST", "/core/contact", body | {"customer": 99_999})
    assert hidden.status_code == missing.status_code == 422
    assert hidden.json == missing.json
    assert ann("POST", "/core/contact", body | {"customer": world.customers["ann"]}).status_code == 201
    assert as_("ann")("POST", "/core/contact", body).status_code == 403  # she knows of it in brief, and may not


@one_engine
def test_the_brief_shows_others_records_with_few_members_and_takes_no_writes(as_: As, world: World) -> None:
    answer = as_("ann")("GET", f"/core/customer.brief/{world.customers['sue']}")
    item = answer.json
    assert "ETag" not in answer.headers, "how often it was changed is not part of the brief"
    assert set(item) == {"id", "public_id", "name", "standing", "industry", "region", "owner", "pool", "blacklist"}
    answer = as_("ann")("PATCH", f"/core/customer.brief/{world.customers['ann']}", {"name": "x"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


@one_engine
def test_a_merged_record_says_where_it_went_to_who_may_see_both(as_: As, world: World) -> None:
    import sqlalchemy as sa

    from crm_core.data.session import writing
    from crm_core.features.customers.models import Customer
    from crm_core.kernel import clock

    gone, kept = world.customers["ann"], world.customers["bob"]
    with world.site.system("tests"), writing() as session:
        session.execute(sa.update(Customer).where(Customer.id == gone).values(merged_into_id=kept, deleted_at=clock.now()))
    answer = as_("nora")("GET", f"/core/customer/{gone}")
    assert (answer.status_code, answer.json["merged_into"]) == (410, kept)
    assert as_("nora")("PATCH", f"/core/customer/{gone}", {"note": "x"}).status_code == 410
    assert as_("ann")("GET", f"/core/customer/{gone}").status_code == 404


@one_engine
@pytest.mark.parametrize("path", ["/core/nix", "/nix/customer", "/core/customer/0", "/core/customer/9223372036854775808",
                                  "/core/customer/99999999999999999999999", "/core/customer/1x", "/core/customer/-1", "/nix",
                                  "/core/customer/1/nix/more", "/core/customer/９"])
def test_an_address_that_leads_nowhere_answers_with_a_problem(as_: As, path: str) -> None:
    answer = as_("root")("GET", path)
    assert answer.status_code == 404
    assert answer.json["type"] == "urn:tangram-crm:missing"


@one_engine
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("key", ["9223372036854775808", "9346332384506097664", "9999999999999999999", "10000000000000000000"])
def test_an_id_beyond_64_bits_is_not_there_whatever_the_method(as_: As, method: str, key: str) -> None:
    assert as_("root")(method, f"/core/customer/{key}").status_code == 404
    assert as_("root")(method, "/core/customer/9223372036854775807", {} if method == "PATCH" else None).status_code == 404


@one_engine
@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "POST"])
def test_a_method_that_is_not_offered_names_those_that_are(as_: As, method: str) -> None:
    answer = as_("root")(method, "/core/customer/1")
    assert answer.status_code == 405
    assert {m.strip() for m in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "PATCH", "DELETE"}
    assert answer.json["status"] == 405


@one_engine
def test_an_unknown_fault_answers_with_a_number_that_stands_in_the_log(
    as_: As, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("the word is swordfish")

    monkeypatch.setattr("crm_core.api.represent.items", broken)
    answer = as_("ann")("GET", "/core/customer")
    assert answer.status_code == 500
    assert answer.json["id"] in caplog.text
    assert "swordfish" not in answer.get_data(as_text=True)


@one_engine
def test_the_number_of_a_record_cannot_be_changed(as_: As, world: World) -> None:
    path = f"/core/customer/{world.customers['ann']}"
    answer = as_("ann")("PATCH", path, {"code": "KH-999999"})
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["detail"]) for fault in answer.json["errors"]] == [("#/code", "This field cannot be written.")]
