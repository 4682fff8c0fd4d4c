"""Acts on many records from the list, and on one from its page: asked, checked, done, told, taken back."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from crm_core.data.session import session
from crm_core.features.customers import tags
from crm_core.kernel.runner import drain
from tests.support.people import Client, Company

LIST = "/core/customer"


@pytest.fixture
def firms(house: Company) -> list[int]:
    """Three customers of Lina's and one of Sue's."""
    found = []
    for who, count in (("lina", 3), ("sue", 1)):
        with house.as_(who):
            found += house.site.registry.resource("core.customer").write([{"name": f"Firm {who} {n}", "standing": "potential"} for n in range(count)])
    return found


def read(house: Company, name: str, ids: list[int], resource: str = "core.customer") -> list[Any]:
    """A field of records, whatever anybody's rights."""
    with house.site.system("tests"):
        model = house.site.registry.resource(resource).model
        rows = {row.id: getattr(row, name) for row in session.query(model).where(model.id.in_(ids))}
    return [rows.get(row_id) for row_id in ids]


def tagged(house: Company, ids: list[int]) -> list[list[str]]:
    with house.site.system("tests"):
        found = tags.of("core.customer", ids)
    return [found.get(row_id, []) for row_id in ids]


def said(client: Client) -> str:
    """The toasts of the next page."""
    text = client.get("/me").text
    return " ".join(unescape(t) for t in re.findall(r"data-toast-text>([^<]*)<", text))


def undo(client: Client) -> TestResponse:
    found = re.search(r'action="(/undo/\d+)"', client.get("/me").text)
    assert found is not None, "no Undo was offered"
    return client.post(found[1])


def test_chosen_rows_are_tagged_at_once_and_taken_back(house: Company, firms: list[int]) -> None:
    lina, chosen = house.client("lina"), [str(i) for i in firms[:2]]
    form = lina.post(f"{LIST}/bulk/tag", data={"id": chosen})
    assert "2 records are meant." in form.text and 'name="tags__text"' in form.text and "data-creates" in form.text
    done = lina.post(f"{LIST}/bulk/tag", data={"id": chosen, "go": "1", "tags__text": "fair, spirits"})
    assert done.headers["Location"] == LIST
    assert tagged(house, firms) == [["fair", "spirits"], ["fair", "spirits"], [], []]
    assert undo(lina).status_code == 303
    assert tagged(house, firms) == [[], [], [], []]


def test_what_an_act_lacks_is_said_in_its_form(house: Company, firms: list[int]) -> None:
    nora = house.client("nora")
    for act, field, sentence in (("tag", "tags", "This is required."), ("assign", "owner", "Choose who is to have them."), ("edit", "field", "Choose the field to change.")):
        answer = nora.post(f"{LIST}/bulk/{act}", data={"id": [str(i) for i in firms[:2]], "go": "1"})
        assert answer.status_code == 422, act
        assert sentence in answer.text and f'data-field="{field}"' in answer.text
    wrong = nora.post(f"{LIST}/bulk/assign", data={"id": str(firms[0]), "go": "1", "owner__text": "Nobody Known"})
    assert wrong.status_code == 422 and "There is no such record." in wrong.text


def edit(client: Client, ids: list[int] | None, steps: dict[str, tuple[str, Any]], before_going: Callable[[], object] = lambda: None, **more: Any) -> TestResponse:
    """Edit fields of many: the form's answer is the preview, and its button does it."""
    data: dict[str, Any] = {**({"all": "1"} if ids is None else {"id": [str(i) for i in ids]}), "field": list(steps), "go": "1", **more}
    for name, (how, value) in steps.items():
        data[f"how-{name}"] = how
        data[name] = value
    first = client.post(f"{LIST}/bulk/edit", data=data)
    since = re.search(r'name="since" value="(\d+)"', first.text)
    if since is None:
        return first
    before_going()
    return client.post(f"{LIST}/bulk/edit", data={**data, "since": since[1]})


def test_fields_are_edited_on_many_by_their_own_controls(house: Company, firms: list[int]) -> None:
    lina, chosen = house.client("lina"), {"id": [str(i) for i in firms[:3]]}
    first = lina.post(f"{LIST}/bulk/edit", data=chosen).text
    offered = set(re.findall(r'<option value="([a-z_]+)"', first))
    assert {"standing", "industry", "website", "note", "tags"} <= offered
    assert not {"name", "code", "phone", "owner", "email"} & offered, "what a record is known by is not set on many"
    second = lina.post(f"{LIST}/bulk/edit", data={**chosen, "field": ["standing", "website"], "how-website": "empty"}).text
    assert '<select class="form-select" id="b-standing"' in second and 'id="b-website"' not in second
    edit(lina, firms[:3], {"standing": ("set", "key"), "website": ("set", "one.example")})
    assert read(house, "standing", firms) == ["key", "key", "key", "potential"]
    assert read(house, "website", firms[:3]) == ["one.example"] * 3
    assert "Edit fields: 3 done" in said(lina)
    edit(lina, firms[:3], {"website": ("empty", "")})
    assert read(house, "website", firms[:3]) == [None] * 3
    undo(lina)
    assert read(house, "website", firms[:3]) == ["one.example"] * 3
    for steps, sentence in (({"website": ("set", "javascript:x")}, "http://"), ({"website": ("set", "")}, "This is required."), ({"website": ("add", "a.example")}, "This cannot be done to this field."), ({"name": ("set", "All the same")}, "Choose the field to change.")):
        refused = edit(lina, firms[:3], steps)
        assert refused.status_code == 422 and sentence in refused.text, steps


def test_the_preview_says_what_will_change_and_does_nothing(house: Company, firms: list[int]) -> None:
    lina = house.client("lina")
    edit(lina, firms[:1], {"standing": ("set", "key")})
    said(lina)
    data = {"id": [str(i) for i in firms], "field": ["standing", "tags"], "standing": "key", "how-tags": "remove", "tags__text": "none such", "go": "1"}
    shown = lina.post(f"{LIST}/bulk/edit", data={**data, "field": "standing"})
    counts = re.findall(r'<b class="num">([0-9,]+)</b> ([a-z ]+)', shown.text)
    assert counts == [("2", "will change"), ("1", "are so already"), ("1", "cannot be changed")]
    assert "It is not yours to change." in shown.text
    assert shown.text.count('class="becomes"') == 2 and re.search(r"<s[^>]*>Potential</s>.*?Key", shown.text, re.DOTALL)
    assert "Change 2 records" in shown.text
    assert read(house, "standing", firms) == ["key", "potential", "potential", "potential"]
    back = lina.post(f"{LIST}/bulk/edit", data={**data, "field": "standing", "since": "1", "back": "1"})
    assert re.search(r'<option value="key"[^>]* selected', back.text) and 'name="since"' not in back.text


def test_tags_are_added_and_removed_like_any_field_of_several_values(house: Company, firms: list[int]) -> None:
    lina = house.client("lina")
    edit(lina, firms[:2], {"tags": ("add", []), "standing": ("set", "key")}, tags__text="fair, spirits")
    assert tagged(house, firms) == [["fair", "spirits"]] * 2 + [[], []] and read(house, "standing", firms[:2]) == ["key"] * 2
    undo(lina)
    assert tagged(house, firms) == [[]] * 4 and read(house, "standing", firms[:2]) == ["potential"] * 2, "one act, one undo"
    edit(lina, firms[:2], {"tags": ("add", [])}, tags__text="fair, spirits")
    edit(lina, firms[:3], {"tags": ("remove", [])}, tags__text="fair")
    assert tagged(house, firms)[:3] == [["spirits"], ["spirits"], []]
    edit(lina, firms[:3], {"tags": ("empty", [])})
    assert tagged(house, firms)[:3] == [[], [], []]


def test_what_somebody_changed_since_the_preview_is_left(house: Company, firms: list[int]) -> None:
    lina, customers = house.client("lina"), house.site.registry.resource("core.customer")

    def meanwhile() -> None:
        with house.as_("lina"):
            customers.write([{"id": firms[0], "standing": "lost"}, {"id": firms[1], "website": "other.example"}])

    edit(lina, firms[:3], {"standing": ("set", "key")}, meanwhile)
    assert read(house, "standing", firms[:3]) == ["lost", "key", "key"], "another field of it does not stand in the way"
    assert "Edit fields: 2 done · 1 skipped" in said(lina)


def test_the_job_of_all_that_is_listed_looks_again_at_rights_and_at_what_changed(house: Company, firms: list[int]) -> None:
    lina, customers = house.client("lina"), house.site.registry.resource("core.customer")
    edit(lina, None, {"standing": ("set", "key")}, q="Firm")
    with house.as_("lina"):
        customers.write([{"id": firms[0], "standing": "lost"}])
    with house.site.system("tests"):
        customers.write([{"id": firms[1], "owner": house.people["sue"]}])
    drain(house.site)
    assert read(house, "standing", firms) == ["lost", "potential", "key", "potential"]
    assert "Edit fields: Customers · 1 done" in said(lina)


def test_an_undo_names_the_records_that_others_edited_since(house: Company, firms: list[int]) -> None:
    lina = house.client("lina")
    edit(lina, firms[:3], {"standing": ("set", "key")})
    with house.as_("nora"):
        house.site.registry.resource("core.customer").write([{"id": firms[0], "standing": "lost"}, {"id": firms[1], "website": "other.example"}])
    left = undo(lina)
    assert read(house, "standing", firms[:3]) == ["lost", "potential", "potential"]
    page = lina.get(left.headers["Location"])
    assert "Firm lina 0" in page.text and "edited since: Standing" in page.text and "Nora" in page.text
    assert "Firm lina 1" not in page.text, "another field of it does not stand in the way"
    assert house.client("sue").get(left.headers["Location"]).status_code == 404
    assert lina.get("/undo/999999").status_code == 404


def test_those_that_are_not_his_are_counted_before_and_after(house: Company, firms: list[int]) -> None:
    house.sql("INSERT INTO core_grant (role_id, permission, scope, version, created_at, updated_at, public_id) "
              "SELECT id, 'core.customer.read', 'all', 1, created_at, updated_at, '0' FROM core_role WHERE code = 'user'")
    house.sql("UPDATE core_site SET rights = rights + 1")
    lina, chosen = house.client("lina"), {"id": [str(i) for i in firms]}
    assert "1 of them is not yours to change and will be skipped." in lina.post(f"{LIST}/bulk/tag", data=chosen).text
    assert "1 of them is not yours to change and will be skipped." in lina.post(f"{LIST}/bulk/edit", data=chosen).text
    assert "1 of them is not yours to change and will be skipped." in lina.post(f"{LIST}/bulk/tag", data={"all": "1"}).text
    lina.post(f"{LIST}/bulk/tag", data={**chosen, "go": "1", "tags__text": "fair"})
    assert "Add tags: 3 done · 1 skipped" in said(lina)
    assert tagged(house, firms)[3] == []


def test_what_is_not_possible_now_is_counted_too(house: Company) -> None:
    with house.as_("lina"):
        tasks = house.site.registry.resource("core.task")
        ids = tasks.write([{"title": f"task {n}"} for n in range(3)])
        tasks.run("done", ids[:1])
    form = house.client("lina").post("/core/task/bulk/done", data={"id": [str(i) for i in ids]})
    assert "For 1 of them this is not possible now; it will be skipped." in form.text
    lina = house.client("lina")
    lina.post("/core/task/bulk/done", data={"id": [str(i) for i in ids], "go": "1"})
    assert "Mark as done: 2 done · 1 skipped" in said(lina)


def test_the_whole_list_is_done_by_a_job_that_is_shown_from_page_to_page(house: Company, firms: list[int]) -> None:
    lina = house.client("lina")
    lina.post(f"{LIST}/bulk/tag", data={"all": "1", "go": "1", "tags__text": "fair", "q": "Firm"})
    assert "Add tags: Customers · Waiting to start" in said(lina)
    assert "Add tags: Customers · Waiting to start" in said(lina), "on the next page too"
    drain(house.site)
    assert tagged(house, firms) == [["fair"]] * 3 + [[]]
    assert "Add tags: Customers · 3 done" in said(lina)
    assert said(lina) == "", "once it has ended it is told once"


def test_an_act_on_one_record_asks_in_a_form_and_can_be_undone(house: Company, firms: list[int]) -> None:
    nora, url = house.client("nora"), f"{LIST}/{firms[0]}"
    assert f'href="{url}/do/assign"' in nora.get(url).text
    assert 'name="owner"' in nora.get(f"{url}/do/assign").text
    bad = nora.post(f"{url}/do/assign", data={"owner": ""})
    assert bad.status_code == 422 and "Choose who is to have them." in bad.text
    nora.post(f"{url}/do/assign", data={"owner": str(house.people["nora"])})
    assert read(house, "owner_id", firms[:1]) == [house.people["nora"]]
    undo(nora)
    assert read(house, "owner_id", firms[:1]) == [house.people["lina"]]
    lina = house.client("lina")
    assert "do/assign" not in lina.get(url).text
    assert lina.get(f"{url}/do/assign").status_code == 403
    assert nora.get(f"{url}/do/nonsense").status_code == 404
    assert nora.get(f"{LIST}/{firms[3]}/do/assign").status_code == 404


def test_the_history_of_tags_unfolds_on_the_details(house: Company, firms: list[int]) -> None:
    lina, url = house.client("lina"), f"{LIST}/{firms[0]}"
    assert f"{url}/history/tags" not in lina.get(f"{url}?tab=facts").text
    lina.post(f"{url}/tags", data={"tags__text": "fair"})
    lina.post(f"{url}/tags", data={"tags__text": "spirits"})
    assert f"{url}/history/tags" in lina.get(f"{url}?tab=facts").text
    history = lina.get(f"{url}/history/tags").text
    assert history.count("Lina") >= 2 and "fair" in history
    assert "added the tag" in lina.get(f"{url}?tab=history").text
