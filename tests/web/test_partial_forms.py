"""A form may name a few of the fields, as a phone does: the others stay, a version is still compared, sent twice it is done once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.people import Company


@pytest.fixture
def customer(company: Company) -> int:
    with company.as_("lina"):
        return int(resource(company).write([{"name": "四川云岭春酒业有限公司", "phone": "0831-8235566", "note": "First words", "website": "a.example"}])[0])


def resource(company: Company) -> Any:
    return company.site.registry.resource("core.customer")


def row(company: Company, customer: int) -> Any:
    with company.as_("lina"):
        return resource(company).get(customer)


def test_what_is_not_named_stays(company: Company, customer: int) -> None:
    answer = company.client("lina").post(f"/core/customer/{customer}/edit", data={"version": "1", "note": "Second words", "back": "/road/state.json"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/road/state.json")
    now = row(company, customer)
    assert (now.note, now.name, now.version, bool(now.phone)) == ("Second words", "四川云岭春酒业有限公司", 2, True)


def test_a_fault_shows_the_whole_form_again(company: Company, customer: int) -> None:
    answer = company.client("lina").post(f"/core/customer/{customer}/edit", data={"version": "1", "email": "no mail"})
    assert answer.status_code == 422
    assert "First words" in answer.text and "no mail" in answer.text


def test_the_same_change_sent_twice_is_no_conflict_and_another_is(company: Company, customer: int) -> None:
    lina = company.client("lina")
    sent = {"version": "1", "website": "b.example", "back": "/road/?done=abc"}
    assert lina.post(f"/core/customer/{customer}/edit", data=sent).status_code == 303
    assert lina.post(f"/core/customer/{customer}/edit", data=sent).status_code == 303
    assert row(company, customer).version == 2
    page = lina.post(f"/core/customer/{customer}/edit", data={**sent, "website": "c.example"})
    assert page.status_code == 409
    assert 'name="back" value="/road/?done=abc"' in page.text, "the choice leads back to where it came from"
    assert "No longer valid" not in page.text, "a tick that nobody touched is no change"
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    assert lina.post(f"/core/customer/{customer}/resolve", data={**hidden, "pick-website": "mine"}).status_code == 303
    now = row(company, customer)
    assert (now.website, now.invalid, now.note) == ("c.example", False, "First words"), "what was not chosen between stays as it is, ticks too"
    elsewhere = lina.post(f"/core/customer/{customer}/edit", data={**sent, "website": "c.example", "back": "//evil.example"})
    assert "evil.example" not in elsewhere.text
