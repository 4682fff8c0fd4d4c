"""A list as a board: its columns, counts and sums, what may be moved, and how many statements it takes."""

import re
from html import unescape

import pytest

from crm_core.data.wall import statements
from crm_core.resource import boards, listing
from tests.support.firm import Firm
from tests.support.people import Client, Company
from tests.web.test_conditions import LIST, lina

assert lina


def columns(client: Client, url: str) -> dict[str, list[str]]:
    text = client.get(url).text
    return {value: [unescape(n) for n in re.findall(r'class="nm grow"[^>]*>([^<]*)<', part)]
            for value, part in re.findall(r'class="bcol" data-slot data-value="([^"]*)"(.*?)</section>', text, re.DOTALL)}


def test_a_board_has_a_column_for_each_word_with_its_records(lina: Client) -> None:
    found = columns(lina, f"{LIST}?look=board&sort=name")
    assert found["key"] == ["Firm 1", "Firm 3"] and found["customer"] == ["Firm 0", "Firm 2", "Firm 4"] and found["lost"] == []
    assert columns(lina, f"{LIST}?look=board&standing.any=key&name.contains=3")["key"] == ["Firm 3"]


def test_the_switch_keeps_what_the_list_asks_for(lina: Client) -> None:
    text = unescape(lina.get(f"{LIST}?standing.any=key").text)
    assert f'href="{LIST}?standing.any=key&look=board"' in text


def test_a_card_that_is_dropped_is_saved_and_who_may_not_moves_none(lina: Client, house: Company) -> None:
    text = lina.get(f"{LIST}?look=board&standing.any=key").text
    drop = re.search(r'data-drop="([^"]*)"', text)
    assert drop is not None
    assert lina.post(drop[1], data={"field": "standing", "standing": "lost"}, headers={"Accept": "application/json"}).json == {}
    assert len(columns(lina, f"{LIST}?look=board")["lost"]) == 1
    sue = house.client("sue")
    refused = sue.post(drop[1], data={"field": "standing", "standing": "key"}, headers={"Accept": "application/json"})
    assert refused.status_code == 404 and refused.json["error"]


def test_counts_and_sums_are_those_of_the_rows_and_take_one_statement(shared_firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    with shared_firm.house():
        rows = [{"name": f"b {n}", "standing": ["new", "old"][n % 2], "price": 100 * n, "owner": 3} for n in range(130)]
        shared_firm.things.write(rows)
    with shared_firm.as_user("uma"):
        things = shared_firm.things
        by = boards.choice_of(things, "standing")
        assert by is not None
        query = listing.parse(things, [("name.starts", "b "), ("sort", "name")])
        boards.build(query, by)  # the words of the choice are kept from now on
        start = statements()
        board = boards.build(query, by)
        assert statements() - start == 1
        piles = {pile.value: pile for pile in board.piles}
        assert [(piles[w].count, piles[w].totals, len(piles[w].ids)) for w in ("new", "old")] == [
            (65, {"": sum(100 * n for n in range(0, 130, 2))}, 50), (65, {"": sum(100 * n for n in range(1, 130, 2))}, 50)]
        assert piles["gone"].count == 0
        assert boards.movable(things, by, piles["new"].ids) == set(piles["new"].ids)
    with shared_firm.as_user("rita"):  # reads all, changes her own
        assert boards.movable(shared_firm.things, by, piles["new"].ids) == set()
        monkeypatch.setattr(boards, "amount_of", lambda _resource: None)  # most records have no money: nothing is summed
        assert {(pile.count, *pile.totals) for pile in boards.build(query, by).piles} == {(65,), (0,)}
