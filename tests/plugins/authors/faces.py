"""Each face that `docs/author.md` promises, tried over HTTP on what `crm plugin new visits` wrote. The fixtures are those of
`crm_core.testing`; tests/plugins/test_new.py puts this file beside the generated tests and runs it there."""

import io
import json

import pytest

VISIT = {"name": "Spring fair", "day": "2026-04-01", "note": "brought the samples"}


@pytest.fixture
def root(as_user):
    return as_user("root", roles=["administrator"])


@pytest.fixture
def visit(root, make):
    return make("visits.visit", owner=root, **{**VISIT, "day": None})


def seen(answer):
    assert answer.status_code == 200, answer.text
    return answer.text


def test_list_page_form_filter_search_and_menu(root, visit, make):
    browser = root.browser()
    make("visits.visit", owner=root, name="Other thing")
    assert 'href="/visits/visit"' in seen(browser("GET", "/"))
    assert "Spring fair" in seen(browser("GET", "/visits/visit")) and "Other thing" in browser("GET", "/visits/visit").text
    assert "brought the samples" in seen(browser("GET", f"/visits/visit/{visit}"))
    assert 'name="day"' in seen(browser("GET", f"/visits/visit/{visit}/edit"))
    assert "Spring fair" not in seen(browser("GET", "/visits/visit?day.gte=2026-01-01"))
    assert "Other thing" not in seen(browser("GET", "/visits/visit?q=samples"))
    assert "Spring fair" in browser("GET", "/visits/visit?q=samples").text


def test_a_form_makes_a_record_and_history_tells_of_a_change(root, make):
    browser, customer = root.browser(), make.customer(owner=root)
    answer = browser("POST", "/visits/visit/new", {**VISIT, "customer": str(customer)})
    assert answer.status_code == 303, answer.text
    here = answer.headers["Location"].partition("?")[0]
    version = seen(browser("GET", f"{here}/edit")).partition('name="version" value="')[2].partition('"')[0]
    assert browser("POST", f"{here}/edit", {**VISIT, "name": "Summer fair", "customer": str(customer), "version": version}).status_code == 303
    assert "Summer fair" in seen(browser("GET", here))
    assert "Spring fair" in seen(browser("GET", f"{here}/history/name"))


def test_import_and_export(root, make, house):
    from crm_core.kernel.runner import drain

    browser = root.browser()
    make.customer(owner=root, name="华盛食品")
    file = io.BytesIO("Name,Customer,Day\nImported fair,华盛食品,2026-05-02\n".encode())
    here = browser("POST", "/import?to=visits.visit", {"file": (file, "visits.csv")}).headers["Location"]
    drain(house.site)
    seen(browser("GET", here))
    assert browser("POST", here, {"_do": "start", "col-0": "name", "col-1": "customer", "col-2": "day"}).status_code == 303
    drain(house.site)
    answer = browser("GET", "/visits/visit/export?format=csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Imported fair" in answer.text and "华盛食品" in answer.text


def test_print(root, visit):
    assert "Spring fair" in seen(root.browser()("GET", f"/visits/visit/{visit}/print"))
    assert "Spring fair" in seen(root.browser()("GET", "/visits/visit/print"))


def test_rest_and_openapi(root, make):
    api = root.api()
    made = api("POST", "/visits/visit", {**VISIT, "customer": make.customer(owner=root)})
    assert made.status_code == 201, made.text
    here = made.headers["Location"].partition("/api/v1")[2]
    assert api("GET", here).json["name"] == "Spring fair"
    assert api("PATCH", here, {"name": "Autumn fair"}, If_Match=made.headers["ETag"]).json["name"] == "Autumn fair"
    assert [one["name"] for one in api("GET", "/visits/visit?day.gte=2026-01-01").json["items"]] == ["Autumn fair"]
    paths = api("GET", "/openapi.json").json["paths"]
    assert {"get", "post"} <= set(paths["/api/v1/visits/visit"])
    assert "Autumn fair" in json.dumps(api("GET", "/visits/visit").json)


def test_rights(root, visit, as_user):
    """Nobody sees another's without being told so; who may nothing does not even find the list."""
    ann = as_user("ann", {"visits.visit.*": "own"})
    assert "Spring fair" not in seen(ann.browser()("GET", "/visits/visit"))
    assert ann.browser()("GET", f"/visits/visit/{visit}").status_code == 404
    assert ann.api()("GET", f"/visits/visit/{visit}").status_code == 404
    assert as_user("uma", roles=["user"]).browser()("GET", "/visits/visit").status_code == 403
    assert "Spring fair" in seen(as_user("bob", {"visits.visit.read": "all"}).browser()("GET", "/visits/visit"))


def test_recycle_bin_and_undo(root, visit):
    browser = root.browser()
    assert browser("POST", f"/visits/visit/{visit}/delete", {"version": "1"}).status_code == 303
    assert "Spring fair" not in seen(browser("GET", "/visits/visit"))
    assert "Spring fair" in seen(browser("GET", "/recycle"))
    change = browser("GET", "/recycle").text.partition('action="/undo/')[2].partition('"')[0]
    browser("POST", f"/undo/{change}")
    assert "Spring fair" in seen(browser("GET", "/visits/visit"))


def test_a_page_asks_little(root, visit, max_statements):
    browser = root.browser()
    browser("GET", "/visits/visit")
    with max_statements(8):
        browser("GET", "/visits/visit")
    with pytest.raises(AssertionError, match="1 allowed"), max_statements(1):
        browser("GET", "/visits/visit")
