"""The progress form: an administrator's fields on what was written, asked after a visit, read and taken out by whoever may."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from crm_core.data.session import writing
from crm_core.features.customers import notes, progress
from crm_core.features.customers.kinds import NoteKind
from crm_core.features.setup.fields import laying
from crm_core.kernel.errors import Conflict, Forbidden
from crm_core.resource import listing
from tests.support.people import Company

CUSTOMER = "core.customer"


def resource(company: Company, name: str) -> Any:
    return company.site.registry.resource(f"core.{name}")


@pytest.fixture
def visited(company: Company) -> int:
    """A customer of Lina's, in a house that asks for the school stage and the interest after a visit, for a mood after a call."""
    with company.site.system("tests"), writing():
        fields = resource(company, "custom_field")
        fields.write([
            {"resource": "core.note", "kind": "choice", "zh": "学段", "en": "School stage", "name": "x_stage", "options": "小学 | Primary\n中学 | Middle"},
            {"resource": "core.note", "kind": "number", "zh": "意向册数", "en": "Copies wanted", "name": "x_copies"},
            {"resource": "core.note", "kind": "text", "zh": "语气", "en": "Mood", "name": "x_mood"},
        ])
        laying.keep(resource(company, "note"), [{"zh": "进程", "en": "Progress", "folded": False, "fields": [
            {"name": "x_copies", "required": True}, {"name": "x_stage"}, {"name": "x_mood", "when": {"field": "kind", "values": ["call"]}}]}])
    with company.as_("lina"):
        return int(resource(company, "customer").write([{"name": "新华书店"}])[0])


def test_what_is_asked_follows_the_kind_of_entry(company: Company, visited: int) -> None:
    with company.as_("lina"):
        assert list(progress.fields(NoteKind.visit)) == ["x_copies", "x_stage"]
        assert list(progress.fields(NoteKind.call)) == ["x_mood"]
        assert progress.fields(NoteKind.note) == {}


def test_the_form_is_laid_out_with_an_administrators_fields_alone(company: Company, visited: int) -> None:
    with company.site.system("tests"):
        host = resource(company, "note")
        assert host in laying.hosts()
        assert set(laying.fields_of(host)) == {"kind", "x_stage", "x_copies", "x_mood"}
        assert not resource(company, "note").may("create") or host.readonly, "notes are still written by their own feature alone"


def test_it_follows_a_visit_and_shows_in_the_time_line_list_and_file(company: Company, visited: int) -> None:
    lina = company.client("lina")
    answer = lina.post(f"/core/customer/{visited}/note", data={"kind": "visit", "text": "Saw the buyer", "result": "wants samples"})
    assert answer.status_code == 303
    form = answer.headers["Location"]
    assert form.endswith("/progress")
    assert 'name="x_copies"' in lina.get(form).text and 'name="x_mood"' not in lina.get(form).text
    assert lina.post(form, data={"x_stage": "middle"}).status_code == 422, "the layout requires the copies"
    assert lina.post(form, data={"x_stage": "middle", "x_copies": "1,200"}).status_code == 303
    page = lina.get(f"/core/customer/{visited}").text
    assert "Copies wanted: 1,200" in page and "School stage: Middle" in page and "Result: wants samples" in page
    assert "changed later" not in page, "filling the form changes none of the words"
    with company.as_("lina"):
        query = listing.parse(resource(company, "note"), [("x_stage", "middle")])
        (number,) = listing.page(query).ids
        assert number == int(form.split("/")[3])
    lines = list(csv.DictReader(io.StringIO(company.client("admin").get("/core/note/export").text.lstrip("\ufeff"))))
    assert [(line["Text"], line["Copies wanted"], line["School stage"]) for line in lines] == [("Saw the buyer", "1200", "Middle")]
    assert "Saw the buyer" in company.client("nora").get("/core/note?x_stage.any=middle").text, "who leads her reads it"


def test_only_who_paid_the_visit_fills_it_and_no_version_is_overwritten(company: Company, visited: int) -> None:
    with company.as_("lina"):
        done = notes.add_note(CUSTOMER, visited, "Saw the buyer", kind="visit", more={"x_copies": 5})
        with pytest.raises(Conflict):
            notes.fill(done.id, {"x_copies": 6}, version=7)
        notes.fill(done.id, {"x_copies": 6, "x_mood": "not asked after visits", "body": "no way round"}, version=1)
        row = resource(company, "note").get(done.id)
        assert (row.custom, row.body) == ({"x_copies": 6}, "Saw the buyer")
    with company.as_("nora"), pytest.raises(Forbidden):
        notes.fill(done.id, {"x_copies": 1})


def test_an_entry_that_asks_nothing_leads_back_to_the_record(company: Company, visited: int) -> None:
    lina = company.client("lina")
    assert lina.post(f"/core/customer/{visited}/note", data={"kind": "note", "text": "x"}).headers["Location"].endswith(f"/core/customer/{visited}")
    with company.as_("lina"):
        done = notes.add_note(CUSTOMER, visited, "x")
    assert lina.get(f"/core/note/{done.id}/progress").status_code == 404


def test_a_visit_that_is_sent_again_is_the_one_that_is_there(company: Company, visited: int) -> None:
    key = "a" * 32
    sent = {"kind": "visit", "text": "In the cellar", "key": key, "latitude": "30.657", "longitude": "104.0805", "accuracy": "12.6"}
    lina, nora = company.client("lina"), company.client("nora")
    first = lina.post(f"/core/customer/{visited}/note", data=sent, headers={"Accept": "application/json"}).json
    assert lina.post(f"/core/customer/{visited}/note", data=sent, headers={"Accept": "application/json"}).json == first
    with company.as_("lina"):
        assert len(listing.page(listing.parse(resource(company, "note"), [])).ids) == 1
        row = resource(company, "note").get(first["id"])
        assert (row.latitude, row.longitude, row.accuracy) == (30_657_000, 104_080_500, 13)
        notes.delete_note(first["id"])
    assert lina.post(f"/core/customer/{visited}/note", data=sent, headers={"Accept": "application/json"}).json == first, "a deleted one does not come again"
    assert nora.post(f"/core/customer/{visited}/note", data=sent, headers={"Accept": "application/json"}).status_code == 409


@pytest.mark.parametrize("place", [("91", "0"), ("x", "y"), ("NaN", "1"), ("1", ""), ("Infinity", "0")])
def test_what_is_no_place_is_not_kept(company: Company, visited: int, place: tuple[str, str]) -> None:
    answer = company.client("lina").post(
        f"/core/customer/{visited}/note", data={"kind": "visit", "text": "x", "latitude": place[0], "longitude": place[1]}, headers={"Accept": "application/json"})
    with company.as_("lina"):
        assert resource(company, "note").get(answer.json["id"]).latitude is None
