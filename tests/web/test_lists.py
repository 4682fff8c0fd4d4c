"""The pages of lists: what an address means, filters from the little form, sorts."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from crm_core.resource import listing, orders
from tests.support.people import Client, Company

LIST = "/core/customer"


@pytest.fixture
def lina(house: Company) -> Client:
    """Lina, who has five customers: two of them key ones."""
    with house.as_("lina"):
        house.site.registry.resource("core.customer").write(
            [{"name": f"Firm {n}", "standing": "key" if n in (1, 3) else "customer", "phone": f"010-6500{n:04d}"} for n in range(5)])
    return house.client("lina")


def names(answer: TestResponse) -> list[str]:
    return re.findall(r'class="nm"[^>]*>([^<]+)<', answer.text)


def link(answer: TestResponse, column: str, attribute: str = "href") -> str:
    """Where a head of the list leads."""
    head = re.search(rf'data-col="{column}".*?</th>', answer.text, re.DOTALL)
    assert head is not None
    found = re.search(rf'{attribute}="([^"]*)"', head[0])
    return unescape(found[1]) if found else ""


# ---------- addresses ----------
def test_a_field_without_an_operator_means_is(lina: Client) -> None:
    answer = lina.get(f"{LIST}?standing=key&sort=name")
    assert answer.headers["Location"] == f"{LIST}?standing.any=key&sort=name"
    assert names(lina.get(answer.headers["Location"])) == ["Firm 1", "Firm 3"]


@pytest.mark.parametrize("query", ["nonsense=1", "standings=key", "q=a&q=b", "legal_representative=x", "ids=1", "tab=x"])
@pytest.mark.parametrize("path", [LIST, f"{LIST}/print"])
def test_nothing_in_an_address_is_ignored_in_silence(lina: Client, path: str, query: str) -> None:
    answer = lina.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text


# ---------- the little form of a filter ----------
@pytest.mark.parametrize(("sent", "meant"), [
    ("field=standing&op=any&v-choices=key&v-choices=lost", "standing.any=key%2Clost"),
    ("field=standing&op=none&v-choices=key&v-text=other+control", "standing.none=key"),
    ("field=name&op=contains&v-text=+Firm+", "name.contains=Firm"),
    ("field=phone&op=empty&v-text=left+over", "phone.empty=1"),
    ("field=owner&op=me", "owner.me=1"),
    ("field=owner&op=any&v-reference=1&v-reference__sent=1", "owner.any=1"),
    ("field=owner&op=any&v-reference__text=Lina", "owner.any=Lina"),
    ("field=created_at&op=within&v-choice=this-month", "created_at.within=this-month"),
    ("field=created_at&op=between&v-dates=2026-01-01&v-dates=2026-02-01", "created_at.between=2026-01-01%2C2026-02-01"),
    ("field=created_at&op=gte&v-date=2026-01-01", "created_at.gte=2026-01-01"),
    ("field=standing&op=any&v-choices=lost&old=standing.any&standing.any=key&q=x", "q=x&standing.any=lost"),
    ("field=standing&op=none&v-choices=lost&old=standing.any&standing.any=key", "standing.none=lost"),
])
def test_the_form_of_a_filter_leads_to_the_list_that_it_means(lina: Client, sent: str, meant: str) -> None:
    answer = lina.get(f"{LIST}/filter?{sent}")
    assert answer.headers.get("Location") == f"{LIST}?{meant}"
    assert lina.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(("sent", "said"), [
    ("field=created_at&op=gte&v-date=someday", "A time such as"), ("field=created_at&op=between&v-dates=2026-01-01", "lacks a value"),
    ("field=standing&op=any", "lacks a value"), ("field=owner&op=any&v-reference__text=Nobody", "A value is missing"),
])
def test_what_a_filter_cannot_mean_is_said_in_its_form(lina: Client, sent: str, said: str) -> None:
    answer = lina.get(f"{LIST}/filter?{sent}")
    assert answer.status_code == 422
    assert said in answer.text and 'id="dialog"' in answer.text


@pytest.mark.parametrize("sent", ["field=nonsense&op=any", "field=standing&op=nonsense", "field=standing&op=any&v-choices=key&nonsense=1"])
def test_a_form_that_nobody_drew_is_refused(lina: Client, sent: str) -> None:
    answer = lina.get(f"{LIST}/filter?{sent}")
    assert answer.status_code in (400, 422) and "Location" not in answer.headers


# ---------- sorts ----------
def test_a_press_on_a_head_turns_the_order_round_and_ends_it(lina: Client) -> None:
    way = []
    at = LIST
    for _press in range(4):
        at = link(lina.get(at), "standing")
        way.append(at.partition("?")[2])
    assert way == ["sort=-standing", "sort=standing", "", "sort=-standing"]


def test_a_second_sort_orders_the_equals_of_the_first(lina: Client) -> None:
    answer = lina.get(link(lina.get(f"{LIST}?sort=standing"), "name", "data-add"))
    assert names(answer) == ["Firm 4", "Firm 2", "Firm 0", "Firm 3", "Firm 1"]
    assert answer.text.count('aria-sort="') == 2
    assert link(answer, "standing", "data-add").endswith("?sort=standing%2C-name".replace("standing%2C-name", "-name"))


@pytest.mark.parametrize(("asked", "name", "then"), [
    ("", "name", "-name"), ("-name", "name", "name"), ("name", "name", ""), ("standing", "name", "standing,-name"),
    ("standing,-name", "name", "standing,name"), ("standing,name", "name", "standing"), ("standing,name", "standing", "name"),
    ("a,b,c,d", "e", None), ("a,b,c,-d", "d", "a,b,c,d"),
])
def test_a_shift_press_adds_turns_and_takes_away(asked: str, name: str, then: str | None) -> None:
    assert orders.added(asked, name) == then


def test_a_list_too_large_for_an_order_stands_in_its_own_and_says_so(lina: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SMALL", 4)
    answer = lina.get(f"{LIST}?sort=standing,name&columns=name,standing,updated_at")
    assert answer.status_code == 200
    assert "Only lists of at most 4 can be sorted like this" in answer.text
    assert len(names(answer)) == 5
    assert 'aria-sort="descending"' in answer.text and "sort=standing" not in unescape(answer.text)
    assert len(names(lina.get(f"{LIST}?sort=standing,name&standing.any=key"))) == 2


def test_more_hits_than_can_be_sorted_claim_no_order(lina: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 3)
    answer = lina.get(f"{LIST}?q=Firm&sort=name")
    assert names(answer)[0] == "Firm 4", "newest first"
    assert "aria-sort" not in answer.text
    assert "More than 3 hits stand newest first" in answer.text


# ---------- columns ----------
def columns(answer: TestResponse) -> list[str]:
    return re.findall(r'<th[^>]* data-col="(\w+)"', answer.text)


def test_columns_are_kept_with_the_person(lina: Client, house: Company) -> None:
    before = columns(lina.get(LIST))
    sent = {"column": ["name", "phone", "nonsense", "standing"], "width": ["phone:12", "standing:999", "nonsense:9", ":", "name:0"], "back": f"{LIST}?q=Firm"}
    assert lina.post(f"{LIST}/columns", data=sent).headers["Location"] == f"{LIST}?q=Firm"
    page = lina.get(LIST)
    assert columns(page) == ["name", "phone", "standing"]
    assert page.text.count(" w-12") + page.text.count('"w-12"') == 6, "the head and five cells"
    assert "w-999" not in page.text
    assert columns(house.client("nora").get(LIST)) == before
    assert columns(lina.get(f"{LIST}?columns=standing,name")) == ["standing", "name"], "a link that was sent wins"
    lina.post(f"{LIST}/columns", data={"width": "standing:20"}, headers={"Accept": "application/json"})
    assert columns(lina.get(LIST)) == ["name", "phone", "standing"]
    assert " w-12" in lina.get(LIST).text and " w-20" in lina.get(LIST).text
    lina.post(f"{LIST}/columns", data={"reset": "1", "column": "name", "width": "phone:12"})
    assert columns(lina.get(LIST)) == before
    assert "w-12" not in lina.get(LIST).text


def test_an_empty_place_says_what_will_lie_there_and_only_a_chosen_filter_is_to_be_taken_away(lina: Client) -> None:
    for place in ("box.any=received", "box.any=sent"):  # where the rail leads, and the tab beside it
        text = lina.get(f"/core/message?{place}").text
        assert "Messages will be listed here" in text and "Nothing matches" not in text
    assert "Nothing matches" in lina.get("/core/message?box.any=received&priority.any=high").text
    assert "Nothing matches" in lina.get("/core/message?box.any=received&q=fair").text
