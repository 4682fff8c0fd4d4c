"""What the house hands a phone: what its holder may read and change, never a sensitive fact; and the shell that is nobody's."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.data.session import writing
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.features.road.rules import RoadSettings
from crm_core.resource import settings
from tests.support.people import Company


def customer(company: Company, who: str, name: str, **more: Any) -> int:
    with company.as_(who):
        return int(company.site.registry.resource("core.customer").write([{"name": name, **more}])[0])


def test_only_what_he_may_read_is_taken_along(company: Company) -> None:
    mine, other = customer(company, "lina", "四川云岭春酒业有限公司", phone="0831-8235566"), customer(company, "sue", "青岛海岸啤酒厂")
    lina = company.client("lina")
    (taken,) = lina.get(f"/road/customers.json?ids={mine},{other},999999,x").json["customers"]
    assert (taken["id"], taken["name"], taken["may"]) == (mine, "四川云岭春酒业有限公司", True)
    assert taken["texts"]["phone"] and taken["version"] == 1
    assert [hit["id"] for hit in lina.get("/road/find.json").json["hits"]] == [mine]
    assert lina.get("/road/find.json?q=海岸").json["hits"] == []
    assert [one["id"] for one in company.client("sue").get(f"/road/customers.json?ids={mine},{other}").json["customers"]] == [other], "the other way round too"


def test_no_sensitive_fact_goes_along_even_for_who_sees_them(company: Company) -> None:
    mine = customer(company, "nora", "四川云岭春酒业有限公司")
    nora = company.client("nora")
    fields = company.site.registry.resource("core.customer").all_fields
    state = nora.get("/road/state.json").json
    (taken,) = nora.get(f"/road/customers.json?ids={mine}").json["customers"]
    shown = {one["name"] for one in state["edit"]} | set(taken["texts"])
    assert {"name", "phone"} <= shown
    assert not [name for name in shown if fields[name].sensitive]


def test_nobody_gets_anything_and_the_worker_names_built_files_alone(company: Company) -> None:
    stranger = company.app.test_client()
    for path in ("state.json", "find.json", "customers.json?ids=1"):
        assert stranger.get(f"/road/{path}", headers={"Accept": "application/json"}).status_code == 401
    assert stranger.get("/road/").status_code == 303
    worker = stranger.get("/road/worker.js")
    assert worker.mimetype == "text/javascript" and 'const KEPT = ["/road/", "/static/dist/' in worker.text
    manifest = stranger.get("/road/manifest.webmanifest").json
    assert (manifest["start_url"], manifest["display"], len(manifest["icons"])) == ("/road/", "standalone", 3)


def test_every_answer_with_words_of_somebody_is_kept_nowhere(company: Company) -> None:
    lina = company.client("lina")
    for path in ("", "state.json", "find.json", "customers.json?ids=1"):
        assert lina.get(f"/road/{path}").headers["Cache-Control"] == "no-store"
    assert lina.get("/road/").text == company.client("sue").get("/road/").text, "the shell is the same for everybody"


@pytest.mark.parametrize(("given", "expected"), [({"offline": False, "days": 3, "most": 20}, (False, 3, 20)), (None, (True, 7, 200))])
def test_an_administrator_says_what_phones_keep(company: Company, given: dict[str, Any] | None, expected: tuple[Any, ...]) -> None:
    with company.site.system("tests"), writing():
        settings.put(RoadSettings, given)
    state = company.client("lina").get("/road/state.json").json
    assert (state["offline"], state["days"], state["most"]) == expected


def test_a_phone_hears_that_its_change_is_only_proposed_and_says_so_until_it_is_decided(company: Company) -> None:
    mine = customer(company, "lina", "四川云岭春酒业有限公司", phone="0831-8235566")
    with company.as_("admin"):
        settings.put(ReviewSettings, {"core-customer-changes": True})
    lina, url, wanted = company.client("lina"), f"/core/customer/{mine}/edit", {"Accept": "application/json"}
    answer = lina.post(url, data={"website": "one.example", "version": "1"}, headers=wanted)
    assert answer.status_code == 202 and answer.json["proposed"] and "A reviewer looks at it" in answer.json["detail"]
    assert lina.get(f"/road/customers.json?ids={mine}").json["customers"][0]["proposed"] == ["Web site"]
    assert "A reviewer looks at it" not in lina.get("/me").text, "the next page of the desk says nothing of it"
    sam = company.client("sam")  # reviews what lies in his departments
    saved = sam.post(url, data={"note": "seen", "version": "1", "back": "/road/state.json"}, headers=wanted)
    assert (saved.status_code, saved.headers["Location"]) == (303, "/road/state.json") and sam.get(f"/road/customers.json?ids={mine}").json["customers"][0]["proposed"] == []
    both = lina.post(url, data={"website": "two.example", "version": "1"}, headers=wanted)
    assert both.status_code == 409 and "data-conflict" in both.text, "two versions are still a page"
