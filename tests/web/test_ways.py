"""From a list to its records, through them, and back to the list."""

import re
from html import unescape

import pytest

from tests.customers.office import Office
from tests.support.people import HOST, Client, Company

LIST = "/core/customer"


@pytest.fixture
def lina(house: Company) -> Client:
    """Lina and her seven customers, four of them key ones."""
    with house.as_("lina"):
        house.site.registry.resource("core.customer").write(
            [{"name": f"Firm {n}", "standing": "customer" if n % 2 else "key"} for n in range(7)])
    return house.client("lina")


def links(client: Client, path: str) -> list[str]:
    """Addresses of the records of a list."""
    return [unescape(url) for url in re.findall(r'class="nm" href="([^"]+)"', client.get(path).text)]


def name(text: str) -> str:
    found = re.search(r'class="rec-name">([^<]+)<', text)
    assert found is not None
    return found[1]


def step(text: str, which: str) -> str:
    found = re.search(rf'href="([^"]+)" data-step="{which}"', text)
    return unescape(found[1]) if found else ""


def walk(client: Client, first: str, which: str) -> list[str]:
    """Names of the records from one on, step by step."""
    found, at = [], first
    while at:
        text = client.get(at).text
        found.append(name(text))
        at = step(text, which)
    return found


@pytest.mark.parametrize(("query", "order"), [
    ("", "6543210"), ("?standing.any=key&sort=name", "0246"), ("?sort=-name", "6543210"), ("?sort=standing,name", "1350246"),
    ("?q=Firm&sort=name", "0123456"),
])
def test_one_steps_through_the_list_one_came_from(lina: Client, query: str, order: str) -> None:
    rows = links(lina, LIST + query)
    names = [f"Firm {n}" for n in order]
    assert walk(lina, rows[0], "next") == names
    assert walk(lina, rows[-1], "prev") == names[::-1]
    text = lina.get(rows[1]).text
    assert f'href="{LIST}{query.replace("&", "&amp;").replace(",", "%2C")}"' in text, "the way back"


def test_a_record_opened_from_elsewhere_has_no_steps(lina: Client) -> None:
    url = links(lina, LIST)[0].partition("?")[0]
    text = lina.get(url).text
    assert "data-step" not in text
    assert f'href="{LIST}"' in text


@pytest.mark.parametrize("way", ["nonsense.any%3D1", "sort%3Dnonsense", "all&at=AAAA", "q%3Da%26q%3Db"])
def test_a_way_nobody_came_is_no_obstacle(lina: Client, way: str) -> None:
    url = links(lina, LIST)[0].partition("?")[0]
    answer = lina.get(f"{url}?in={way}")
    assert answer.status_code == 200
    assert "data-step" not in answer.text


def test_what_is_done_on_a_record_leaves_one_on_his_way(lina: Client) -> None:
    at = links(lina, f"{LIST}?standing.any=key&sort=name")[1]
    way = at.partition("?")[2]
    url, edit = at.partition("?")[0], re.search(r'href="([^"]+/edit[^"]*)"', lina.get(at).text)
    assert edit is not None and way in unescape(edit[1])
    here = {"headers": {"Referer": HOST + at}}
    form = lina.get(unescape(edit[1])).text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    saved = lina.post(unescape(edit[1]), data={"name": "Firm 2", "version": version[1], "website": "two.example"})
    assert saved.headers["Location"] == at
    assert name(lina.get(step(lina.get(at).text, "next")).text) == "Firm 4"
    for path, data in (("note", {"text": "hello"}), ("task", {"title": "call"}), ("tags", {"tags__text": "fair"})):
        assert lina.post(f"{url}/{path}", data=data, **here).headers["Location"] == at, path
    assert lina.post(f"{url}/note", data={"text": "again"}).headers["Location"] == url, "nobody said where he came from"
    elsewhere = {"headers": {"Referer": "https://elsewhere.example" + at}}
    assert lina.post(f"{url}/note", data={"text": "again"}, **elsewhere).headers["Location"] == url


def test_who_deletes_a_record_is_back_in_his_list(house: Company) -> None:
    boss = house.client("boss")
    with house.as_("boss"):
        house.site.registry.resource("core.customer").write([{"name": "Firm", "standing": "key"}])
    at = links(boss, f"{LIST}?standing.any=key")[0]
    answer = boss.post(f"{at.partition('?')[0]}/delete", headers={"Referer": HOST + at})
    assert answer.headers["Location"] == f"{LIST}?standing.any=key"


def test_one_steps_through_what_one_knows_in_brief(lina: Client, house: Company) -> None:
    sue = house.client("sue")
    rows = links(sue, "/core/customer.brief?sort=name")
    assert walk(sue, rows[0], "next") == [f"Firm {n}" for n in range(7)]


def test_steps_cost_two_statements_however_long_the_list(lina: Client, house: Company) -> None:
    def asked(path: str) -> int:
        lina.get(path)
        return Office(house.site).count(lambda: lina.get(path))[1]

    at = links(lina, LIST)[3]
    plain, stepping = asked(at.partition("?")[0]), asked(at)
    assert stepping == plain + 2
    with house.as_("lina"):
        house.site.registry.resource("core.customer").write([{"name": f"More {n}"} for n in range(60)])
    assert asked(at) == stepping
    print(plain)
