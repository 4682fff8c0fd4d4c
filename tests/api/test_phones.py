"""Numbers stand as they were typed, are found however they are spelt, and come with what is dialled from anywhere."""

import json
from collections.abc import Callable
from urllib.parse import quote

from tests.support.world import World
from tests.support.worlds import Client


def found(client: Client, asked: str) -> list[int]:
    name, _equals, value = asked.partition("=")
    return [item["id"] for item in client("GET", f"/core/customer?{name}={quote(value)}").json["items"]]


def test_a_number_is_found_in_any_spelling_and_given_as_it_is_dialled(world: World, as_: Callable[..., Client]) -> None:
    ann, path = as_("ann"), f"/core/customer/{world.customers['ann']}"
    assert ann("PATCH", path, {"mobile": "138 0013-8000", "phone": "(010) 6552 9988 转 12", "fax": "021-6552 9999 转 8012", "country": "CN"}).status_code == 200
    one = ann("GET", path).json
    assert (one["mobile"], one["mobile_e164"], one["phone_e164"], one["fax_e164"]) == ("138 0013-8000", "+8613800138000", "+861065529988", "+862165529999")
    assert found(ann, "phone.eq=+86 10 6552-9988") == [world.customers["ann"]]
    for field, op, value in (("mobile", "eq", "+86 138 0013 8000"), ("mobile", "contains", "0013-80"), ("mobile", "starts", "138-00"), ("phone", "eq", "01065529988"),
                             ("fax", "eq", "(021) 65529999"), ("fax", "eq", "+86 21 6552 9999 ext. 7"), ("fax", "contains", "6552-9999")):
        assert found(ann, "f=" + json.dumps({"field": field, "op": op, "value": value})) == [world.customers["ann"]], (field, op, value)
    for field, op, value in (("mobile", "eq", "13800138001"), ("fax", "eq", "020-65529999"), ("mobile", "ne", "13800138000")):
        assert world.customers["ann"] not in found(ann, "f=" + json.dumps({"field": field, "op": op, "value": value})), (field, op, value)
    assert ann("GET", "/core/customer?phone.eq=abc").status_code == 400
    assert ann("PATCH", path, {"mobile_e164": "+1"}).status_code == 422
    assert ann("PATCH", path, {"country": "US", "phone": "(919) 676-9515"}).json["phone_e164"] == "+19196769515"
