"""Whoever is shown a sensitive fact has a line in the access log, by whatever door he comes; and doors that are made of other
records' values keep what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from crm_core.access.reads import Access
from crm_core.data.session import session, writing
from crm_core.resource import custom, feeds, pairs
from crm_core.resource.twins import Reason
from tests.security.house import House
from tests.security.watch import Watch

SECRET = "secret fishing"
Reads = list[tuple[int, str]]


@pytest.fixture
def told(house: House, watch: Watch) -> Iterator[House]:
    """Two contacts of ann's that nora, her supervisor, may know everything of."""
    watch.restore()
    ids = {"customer": house.records["core.customer"]["ann"]}
    with house.world.site.system("tests"):
        contacts = house.world.site.registry.resource("core.contact")
        rows = [{"name": f"Told {n}", "customer": ids["customer"], "hobbies": f"{SECRET} {n}", "household": "single"} for n in (1, 2)]
        ids["one"], ids["other"] = contacts.write(rows)
    house.records["told"] = ids
    yield house
    watch.restore()


def reads(house: House) -> Reads:
    with house.world.site.system("tests"):
        return [(r.row_id, r.how) for r in session.execute(sa.select(Access.row_id, Access.how).where(Access.resource == "core.contact").order_by(Access.id))]


DOORS = {
    "a cell": ("/core/contact/{one}/cell?field=hobbies", ["one"], "form"),
    "two to be merged": ("/core/contact/merge?id={one}&id={other}", ["one", "other"], "form"),
    "one to be split": ("/core/contact/{one}/split", ["one"], "form"),
    "a board by it": ("/core/contact?look=board&by=household", ["other", "one"], "list"),
    "a list by it": ("/core/contact?columns=name&household.any=single", ["other", "one"], "list"),
    "a list by conditions": ("/core/contact?columns=name&f=" + quote('{"all":[{"any":[{"field":"household","op":"any","value":"single"}]},'
                             '{"field":"name","op":"starts","value":"Told"}]}'), ["other", "one"], "list"),
    "a file by it": ("/core/contact/export?format=csv&columns=name&household.any=single", ["one", "other"], "export"),
    "a sheet by it": ("/core/contact/print?columns=name&household.any=single", ["one", "other"], "print"),
}


@pytest.mark.parametrize("door", DOORS)
def test_who_sees_a_sensitive_fact_leaves_a_line(told: House, door: str) -> None:
    path, rows, how = DOORS[door]
    ids = told.records["told"]
    before = len(reads(told))
    answer = told.browser("boss" if door in ("two to be merged", "one to be split") else "nora")("GET", path.format(**ids))
    assert answer.status_code == 200 and "Told 1" in answer.text
    assert sorted(reads(told)[before:]) == sorted((ids[key], how) for key in rows)


def test_the_answer_of_a_refused_cell_leaves_a_line_too(told: House) -> None:
    row = told.records["told"]["one"]
    before = len(reads(told))
    answer = told.browser("nora")("POST", f"/core/contact/{row}/cell", {"field": "hobbies", "hobbies": "mine", "was": "an older one"})
    assert answer.status_code == 409 and SECRET in answer.text
    assert reads(told)[before:] == [(row, "form")]


def test_what_is_not_sensitive_leaves_none(told: House) -> None:
    """Negative control."""
    row = told.records["told"]["one"]
    before = len(reads(told))
    for path in (f"/core/contact/{row}/cell?field=mobile", "/core/contact?look=board&by=sex", "/core/contact?columns=name"):
        assert told.browser("nora")("GET", path).status_code == 200
    assert reads(told)[before:] == []


def test_who_may_not_know_it_comes_by_none_of_these_doors(told: House) -> None:
    ids = told.records["told"]
    before = len(reads(told))
    for door, (path, _rows, _how) in DOORS.items():
        answer = told.browser("ann")("GET", path.format(**ids))
        assert SECRET not in answer.text and 'data-value="single"' not in answer.text, door
        assert "household.any" not in path and "f=" not in path or "Told 1" not in answer.text, door
    assert reads(told)[before:] == []


def hide(house: House, resource: str, field: str) -> None:
    """From ann."""
    with house.world.site.system("tests"):
        roles = house.world.site.registry.resource("core.role")
        roles.write([{"id": house.world.roles[code], "rules": [{"resource": resource, "field": field, "rule": "hidden"}]} for code in ("user", "seller", "bare-own")])
    house.world.changed()


def test_the_page_of_a_group_keeps_a_hidden_standing(told: House) -> None:
    row = told.records["told"]["customer"]
    with told.world.site.system("tests"):
        told.world.site.registry.resource("core.customer").write([{"id": row, "standing": "key"}])
    assert "standing.any=key" in told.browser("ann")("GET", f"/core/customer/{row}/group").text
    hide(told, "core.customer", "standing")
    answer = told.browser("ann")("GET", f"/core/customer/{row}/group")
    assert answer.status_code == 200 and "standing.any=key" not in answer.text and "Key customer" not in answer.text


def test_a_formula_asks_no_sensitive_field(told: House) -> None:
    with told.world.site.system("tests"):
        known = custom.sources(told.world.site.registry.resource("core.contact").all_fields)
    assert "mobile" in known and "hobbies" not in known


def test_a_feed_of_dates_tells_what_its_owner_may_see_at_that_moment(told: House) -> None:
    with told.world.as_("ann"):
        link = f"/feeds/{feeds.make(feeds.DATES, 'mine')}/feed.ics"
    asked = told.browser("")
    before = asked("GET", link).text
    assert "Call TASKXANN" in before and "Meet TASKXANN" in before and "DTSTART;VALUE=DATE:20261124" in before
    hide(told, "core.task", "due")
    after = asked("GET", link)
    assert after.status_code == 200 and "Call TASKXANN" not in after.text and "Meet TASKXANN" in after.text
    hide(told, "core.appointment", "begins")
    assert "Meet TASKXANN" not in asked("GET", link).text


def test_the_page_of_duplicates_names_no_hidden_field(told: House) -> None:
    ids = told.records["told"]
    with told.world.site.system("tests"), writing():
        contacts = told.world.site.registry.resource("core.contact")
        pairs.put(contacts, [(ids["one"], ids["other"], 0.9, (Reason("person", "name", 80), Reason("phone", "mobile")))])
    assert "same: Mobile" in told.browser("ann")("GET", "/core/contact/duplicates").text
    hide(told, "core.contact", "mobile")
    answer = told.browser("ann")("GET", "/core/contact/duplicates").text
    assert "80% alike" in answer and "same: Mobile" not in answer
