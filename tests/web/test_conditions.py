"""The builder of conditions, the address it leads to, and how the list says what is meant."""

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from crm_core.access.models import FieldRule, Role, Rule
from crm_core.data.session import writing
from crm_core.resource.changes import stamp
from tests.support.people import Client, Company
from tests.web.test_lists import names

LIST = "/core/customer"
BUILDER = f"{LIST}/conditions"


@pytest.fixture
def lina(house: Company) -> Client:
    """Lina, who has five customers: two of them key ones, two with a mobile."""
    with house.as_("lina"):
        house.site.registry.resource("core.customer").write(
            [{"name": f"Firm {n}", "standing": "key" if n in (1, 3) else "customer", **({"mobile": "13800138000"} if n < 2 else {})} for n in range(5)])
    return house.client("lina")


def tree_of(answer: TestResponse) -> object:
    """The tree of the address one is sent to."""
    assert answer.status_code == 303, answer.text
    return json.loads(parse_qs(urlsplit(answer.headers["Location"]).query)["f"][0])


def listed(client: Client, tree: object, **more: str) -> TestResponse:
    return client.get(LIST, query_string={"f": json.dumps(tree), "sort": "name", **more})


def boxes(answer: TestResponse) -> dict[str, list[str]]:
    """What the builder would send: its boxes by name."""
    found: dict[str, list[str]] = {}
    text = answer.text[answer.text.index('id="dialog"'):]
    for whole in re.findall(r"<input[^>]*>", text):
        hit = re.search(r'name="(\d+-[a-z_]+)" value="([^"]*)"', whole)
        if hit and (" checked" in whole or 'class="ck"' not in whole):
            found.setdefault(hit[1], []).append(unescape(hit[2]))
    for name, inside in re.findall(r'<select[^>]*name="(\d+-[a-z]+)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        found[name] = [chosen[1] if chosen else ""]
    return found


def test_a_tree_is_built_step_by_step_and_shown(lina: Client) -> None:
    sent: dict[str, object] = {"sort": "name"}
    for do in ("add:0:standing", "add:0:group", "add:2:mobile", "add:2:core.contact:customer", "add:4:name"):
        answer = lina.post(BUILDER, data={**sent, "do": do})
        assert answer.status_code == 200
        sent = {"sort": "name", **boxes(answer)}
        if do == "add:0:standing":
            sent["1-v"] = ["key"]
        if do == "add:2:mobile":
            sent["3-op"] = "filled"
    sent["4-no"] = "1"
    refused = lina.post(BUILDER, data={**sent, "do": "apply"})  # the name of the contact is still to be said
    assert refused.status_code == 422 and "lacks a value" in refused.text
    sent["5-v"] = "Anna"
    tree = tree_of(lina.post(BUILDER, data={**sent, "do": "apply"}))
    assert tree == {"all": [
        {"field": "standing", "op": "any", "value": ["key"]},
        {"any": [{"field": "mobile", "op": "filled"}, {"not": {"has": "core.contact:customer", "where": {"all": [{"field": "name", "op": "contains", "value": "Anna"}]}}}]},
    ]}
    shown = listed(lina, tree)
    assert names(shown) == ["Firm 1", "Firm 3"]
    said = unescape(shown.text)
    assert "Mobile is not empty or has no Contacts where Full name contains Anna" in said


@pytest.mark.parametrize("tree", [
    {"all": [{"field": "standing", "op": "none", "value": ["key"]}]},
    {"any": [{"field": "mobile", "op": "filled"}, {"field": "updated_at", "op": "within", "value": "-30d"}]},
    {"not": {"any": [{"field": "name", "op": "contains", "value": "3"}]}}, {"not": {"all": [{"field": "name", "op": "roughly", "value": "Firm 3"}]}},
    {"all": [{"not": {"has": "timeline", "where": {"any": [{"field": "kind", "op": "any", "value": ["note"]}]}}}]},
    {"all": [{"has": "owner", "where": {"all": [{"field": "name", "op": "filled"}]}}, {"field": "created_at", "op": "gte", "value": "60 days ago"}]},
    {"all": [{"field": "owner", "op": "me"}, {"field": "*", "op": "contains", "value": "Firm"}]},
])
def test_the_builder_opens_as_it_was_left(tree: object, lina: Client) -> None:
    opened = lina.get(BUILDER, query_string={"f": json.dumps(tree), "sort": "name"})
    assert tree_of(lina.post(BUILDER, data={**boxes(opened), "do": "apply"})) == tree
    assert listed(lina, tree).status_code == 200


def test_a_part_is_taken_away_by_its_chip(lina: Client) -> None:
    tree = {"all": [{"field": "standing", "op": "any", "value": ["key"]}, {"field": "name", "op": "contains", "value": "1"}]}
    shown = listed(lina, tree)
    away = [unescape(u) for u in re.findall(r'class="x" href="([^"]*)"', shown.text)]
    assert len(away) == 2 and names(lina.get(away[1])) == ["Firm 1", "Firm 3"] and names(lina.get(away[0])) == ["Firm 1"]


def test_a_condition_on_a_field_one_may_not_see_means_nothing_and_says_so(lina: Client, house: Company) -> None:
    tree = {"all": [{"field": "mobile", "op": "starts", "value": "138"}]}
    assert names(listed(lina, tree)) == ["Firm 0", "Firm 1"]
    with house.site.system("tests"), writing() as session:
        role = session.scalar(sa.select(Role.id).where(Role.code == "user"))
        session.add(stamp(FieldRule(role_id=role, resource="core.customer", field="mobile", rule=Rule.hidden)))
    house.sql("UPDATE core_site SET rights = rights + 1")
    shown = listed(lina, tree)
    unknown = listed(lina, {"all": [{"field": "no_such", "op": "starts", "value": "138"}]})
    assert names(shown) == [] == names(unknown)
    assert "These conditions mean nothing now" in shown.text and "not for you" in shown.text
    first, second = (page.text.replace("mobile", "no_such").count("no_such") for page in (shown, unknown))  # an icon is called mobile too
    assert first == second
    boss = house.client("boss")
    f = json.dumps({"all": [{"field": "no_such", "op": "filled"}]})
    for path in ("print", "export"):  # what leaves the house is refused rather than empty
        assert boss.get(f"{LIST}/{path}", query_string={"f": f}).status_code == 400
    assert "not there (any more)" in lina.get(BUILDER, query_string={"f": json.dumps(tree)}).text


def test_what_leaves_the_list_takes_its_conditions_along(lina: Client, house: Company) -> None:
    assert lina
    boss = house.client("boss")
    f = json.dumps({"all": [{"field": "standing", "op": "any", "value": ["key"]}]})
    file = boss.get(f"{LIST}/export", query_string={"f": f}).text
    assert "Firm 3" in file and "Firm 2" not in file
    printed = boss.get(f"{LIST}/print", query_string={"f": f}).text
    assert "Firm 3" in printed and "Firm 2" not in printed and "Standing is any of" in printed
    assert "2 records are meant" in boss.post(f"{LIST}/bulk/delete", data={"all": "1", "f": f}).text
