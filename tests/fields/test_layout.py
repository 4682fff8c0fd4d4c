"""The form as an administrator lays it out."""

from __future__ import annotations

from crm_core.resource import layout
from tests.support.people import Company

HOST = "/forms/core.customer"


def send(company: Company, rows: list[str], **more: object) -> int:
    client = company.client("admin")
    return client.post(HOST, data={"row": rows, "zh-0": "要点", "en-0": "Main", "zh-1": "其他", "en-1": "Rest", **more}).status_code


def test_sections_order_and_what_is_left_out_follow_the_editor(house: Company) -> None:
    assert send(house, ["s:0", "f:standing", "f:name", "s:1", "f:phone", "s:left", "f:fax"]) == 303
    page = house.client("admin").get("/core/customer/new").text
    places = [page.index(f'data-field="{name}"') for name in ("standing", "name", "phone")]
    assert places == sorted(places)
    assert 'data-field="fax"' not in page
    assert 'data-field="email"' in page, "what has no place yet is still there"


def test_what_is_required_here_is_asked_for_in_the_form(house: Company) -> None:
    assert send(house, ["s:0", "f:name", "f:phone"], **{"required-phone": "1"}) == 303
    client = house.client("admin")
    refused = client.post("/core/customer/new", data={"name": "甲"})
    assert refused.status_code == 422 and "This is required." in refused.text
    assert client.post("/core/customer/new", data={"name": "甲", "phone": "010-66668888"}).status_code == 303


def test_a_field_that_does_not_show_is_not_asked_for(house: Company) -> None:
    rows = ["s:0", "f:name", "f:kind", "f:legal_representative"]
    more = {"required-legal_representative": "1", "when-legal_representative": "kind", "is-legal_representative": ["company"]}
    assert send(house, rows, **more) == 303
    client = house.client("admin")
    page = client.get("/core/customer/new").text
    assert 'data-field="legal_representative" data-when="kind" data-is="company"' in page
    assert client.post("/core/customer/new", data={"name": "甲", "kind": "company"}).status_code == 422
    assert client.post("/core/customer/new", data={"name": "甲", "kind": "person"}).status_code == 303


def test_what_must_be_given_cannot_be_left_out(house: Company) -> None:
    assert send(house, ["s:0", "f:phone", "s:left", "f:name"]) == 422


def test_without_scripts_rows_move_and_nothing_is_saved(house: Company) -> None:
    client = house.client("admin")
    answer = client.post(HOST, data={"row": ["s:0", "f:name", "f:phone", "s:1", "f:fax"], "zh-0": "甲", "zh-1": "乙", "_do": "up:fax"})
    rows = [part.split('"')[0] for part in answer.text.split('name="row" value="')[1:]]
    assert answer.status_code == 200 and rows[:5] == ["s:0", "f:name", "f:phone", "f:fax", "s:1"]
    with house.as_("admin"):
        assert not layout.rows()


def test_it_can_be_as_it_was_made_again(house: Company) -> None:
    assert send(house, ["s:0", "f:name", "s:left", "f:fax"]) == 303
    client = house.client("admin")
    assert client.post(f"{HOST}/reset").status_code == 303
    assert 'data-field="fax"' in client.get("/core/customer/new").text


def test_the_import_and_the_api_do_not_ask_for_it(house: Company) -> None:
    assert send(house, ["s:0", "f:name", "f:phone"], **{"required-phone": "1"}) == 303
    with house.as_("admin"):
        assert house.site.registry.resource("core.customer").write([{"name": "甲"}])
