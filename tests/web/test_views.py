"""Saved views: kept, shared, begun with, changed, deleted and brought back; and what who may not do."""

import json
import re
from html import unescape

import pytest
import sqlalchemy as sa

from crm_core.access.models import FieldRule, Role, Rule
from crm_core.data.session import writing
from crm_core.resource.changes import stamp
from tests.support.people import Client, Company
from tests.web.test_conditions import LIST, lina
from tests.web.test_lists import names

assert lina


def keep(client: Client, name: str, audience: str = "mine", **more: str) -> str:
    """A view of the key customers by name; its short address."""
    state = {"standing.any": "key", "sort": "name", **{k: v for k, v in more.items() if k not in ("begin", "roles")}}
    extra = {"begin__sent": "1", **{k: v for k, v in more.items() if k in ("begin", "roles")}}
    answer = client.post("/views/new", data={"of": "core.customer", "name": name, "audience": audience, **state, **extra})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def tabs(client: Client, url: str = f"{LIST}?view=0") -> list[str]:
    head = client.get(url).text.split('class="vtabs"')[1].split("</nav>")[0]
    return [unescape(re.sub("<[^>]*>", "", one)).strip() for one in re.findall(r"<a [^>]*>(.*?)</a>", head, re.DOTALL)]


def test_a_view_is_kept_under_a_short_address_and_stands_as_a_tab(lina: Client) -> None:
    url = keep(lina, "Key ones")
    assert re.fullmatch(rf"{LIST}\?view=\d+", url)
    shown = lina.get(url)
    assert names(shown) == ["Firm 1", "Firm 3"] and "View changed" not in shown.text
    assert "Key ones" in tabs(lina)


def test_what_is_changed_can_be_saved_or_gone_back_on(lina: Client) -> None:
    url = keep(lina, "Key ones")
    view = url.partition("=")[2]
    other = lina.get(f"{LIST}?view={view}&standing.any=customer&sort=name")
    assert names(other) == ["Firm 0", "Firm 2", "Firm 4"] and "View changed" in other.text
    bare = lina.get(f"{LIST}?view={view}&sort=name")  # its only filter taken away
    assert len(names(bare)) == 5 and "View changed" in bare.text
    assert names(lina.get(url)) == ["Firm 1", "Firm 3"]
    lina.post(f"/views/{view}/save", data={"standing.any": "customer", "sort": "name"})
    assert names(lina.get(url)) == ["Firm 0", "Firm 2", "Firm 4"]


def test_who_begins_with_a_view_is_led_to_it(lina: Client) -> None:
    url = keep(lina, "Key ones", begin="1")
    assert lina.get(LIST).headers["Location"] == url
    assert len(names(lina.get(f"{LIST}?view=0"))) == 5
    lina.post(f"/views/{url.partition('=')[2]}/edit", data={"name": "Key ones", "audience": "mine", "begin__sent": "1"})
    assert lina.get(LIST).status_code == 200


def test_people_of_a_role_begin_with_its_view(lina: Client, house: Company) -> None:
    url = keep(house.client("boss"), "For users", "everyone", roles="user")
    assert lina.get(LIST).headers["Location"] == url
    assert house.client("nora").get(LIST).status_code == 200  # a supervisor


@pytest.mark.parametrize(("audience", "sees"), [("mine", []), ("department", ["nora", "lina"]), ("everyone", ["nora", "lina", "sue"])])
def test_a_view_is_seen_by_those_it_is_for(audience: str, sees: list[str], house: Company) -> None:
    maker = house.client("boss" if audience == "everyone" else "nora")
    url = keep(maker, "Ours alone", audience)
    found = []
    for name in ("nora", "lina", "sue"):
        client = house.client(name)
        inside = "Ours alone" in tabs(client)
        if inside and client is not maker and not (audience == "mine" and name == "nora"):
            found.append(name)
        assert ("aria-current" in client.get(url).text and "Ours alone" in client.get(url).text) == inside
    assert found == sees


def test_sharing_is_a_right_and_so_is_changing_what_others_shared(lina: Client, house: Company) -> None:
    form = {"of": "core.customer", "name": "X", "sort": "name"}
    assert [lina.post("/views/new", data={**form, "audience": a}).status_code for a in ("mine", "department", "everyone")] == [303, 403, 403]
    view = keep(house.client("boss"), "Shared", "everyone").partition("=")[2]
    assert lina.get(f"/views/{view}/edit").status_code == 403
    assert lina.post(f"/views/{view}/save", data={"sort": "name"}).status_code == 403
    mine = keep(lina, "Mine").partition("=")[2]
    assert house.client("boss").get(f"/views/{mine}/edit").status_code == 404


def test_a_deleted_view_comes_back_by_undo(lina: Client) -> None:
    url = keep(lina, "Key ones")
    lina.post(f"/views/{url.partition('=')[2]}/edit", data={"name": "Key ones", "place": "delete"})
    page = lina.get(f"{LIST}?view=0").text
    assert "is deleted" in page and "Key ones" not in page.split('class="vtabs"')[1].split("</nav>")[0]
    undo = re.search(r'action="(/views/\d+/restore)"', page)
    assert undo is not None
    assert lina.post(undo[1]).headers["Location"] == url
    assert names(lina.get(url)) == ["Firm 1", "Firm 3"]


def test_views_are_put_in_order(lina: Client) -> None:
    keep(lina, "A")
    keep(lina, "B")
    view = keep(lina, "C").partition("=")[2]
    lina.post(f"/views/{view}/edit", data={"name": "C2", "audience": "mine", "place": "1"})
    assert [t for t in tabs(lina) if len(t) < 3] == ["A", "C2", "B"]


def test_a_view_whose_fields_one_may_not_see_says_so_and_shows_nothing(lina: Client, house: Company) -> None:
    tree = json.dumps({"all": [{"field": "mobile", "op": "filled"}]})
    urls = [keep(house.client("boss"), "With a mobile", "everyone", f=tree), keep(house.client("boss"), "By phone", "everyone", **{"phone.filled": "1"})]
    assert names(lina.get(f"{LIST}?f={tree}&sort=name")) == ["Firm 0", "Firm 1"]
    with house.site.system("tests"), writing() as session:
        role = session.scalar(sa.select(Role.id).where(Role.code == "user"))
        for name in ("mobile", "phone"):
            session.add(stamp(FieldRule(role_id=role, resource="core.customer", field=name, rule=Rule.hidden)))
    house.sql("UPDATE core_site SET rights = rights + 1")
    for url in urls:
        shown = lina.get(url)
        assert shown.status_code == 200 and names(shown) == [] and "These conditions mean nothing now" in shown.text


def test_a_colleague_gets_a_message_and_sees_with_his_own_rights(lina: Client, house: Company) -> None:
    form = {"of": "core.customer", "standing.any": "key", "sort": "name", "to": str(house.people["sue"]), "text": "look"}
    assert lina.post("/views/send", data=form).status_code == 303
    sue = house.client("sue")
    told = sue.get("/notices").text
    assert "look" in told
    assert names(sue.get(f"{LIST}?standing.any=key&sort=name")) == []
