"""The home page: panels as each reader arranges them, and what waits dealt with where it stands."""

import datetime as dt
import re
from html import unescape

import pytest

from crm_core.features.setup.arranging import Piece, arranged, choices, read
from crm_core.features.setup.home import page
from crm_core.features.tasks import services
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest
from tests.customers.office import Office
from tests.support.people import Company

PIECES = (Piece("a", "A", side=False), Piece("b", "B", side=False), Piece("c", "C"))


def test_panels_stand_where_their_reader_put_them_and_new_ones_come_last() -> None:
    assert arranged(PIECES, None) == arranged(PIECES, {"main": "nonsense"})
    now = arranged(PIECES, {"main": ["c", "gone"], "side": ["a", "a"], "off": []})
    assert (now.main, now.side, now.off) == (("c", "b"), ("a",), ())
    assert [one.name for one in choices(PIECES, arranged(PIECES, {"off": ["a"]}))] == ["b", "a", "", "c"]


@pytest.mark.parametrize(("asked", "main", "side"), [
    ({"up": "c"}, ["a", "b", "c"], []), ({"down": "a"}, ["b", "a"], ["c"]), ({"down": "b"}, ["a"], ["b", "c"]), ({"up": "a"}, ["a", "b"], ["c"]),
    ({"up": "|"}, ["a", "b"], ["c"]), ({}, ["a", "b"], ["c"])])
def test_the_dialog_moves_a_panel_without_scripts(asked: dict[str, str], main: list[str], side: list[str]) -> None:
    kept = read(["a", "b", "|", "c"], "abc", **asked)
    assert (kept["main"], kept["side"], kept["off"]) == (main, side, [])


def test_what_is_not_ticked_is_not_shown_and_nonsense_is_refused() -> None:
    assert read(["a", "|", "c"], ["c"]) == {"main": [], "side": ["c"], "off": ["a"]}
    with pytest.raises(BadRequest):
        read(["a"], ["a"])


def heads(text: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<section class="(?:panel|kpis)[^>]*aria-label="([^"]+)"', text)]


def test_each_reader_arranges_his_own_home_page(company: Company) -> None:
    lina, sue = company.client("lina"), company.client("sue")
    with company.as_("lina"):
        services.give("Call them")
    before = heads(lina.get("/").text)
    assert before[:2] == ["My numbers", "Waiting for me"] and "Messages" in before
    order = ["messages", "|", "waiting", "numbers", "lately", "silent", "calendar", "journal"]
    assert lina.post("/home/arrange", data={"order": order, "shown": ["messages", "waiting", "calendar"]}).status_code == 303
    after = lina.get("/").text
    assert heads(after) == ["Messages", "Waiting for me", "My days"] and "Call them" in after
    assert heads(sue.get("/").text)[:1] != ["Messages"]
    lina.post("/home/arrange", data={"reset": "1"})
    assert heads(lina.get("/").text) == before


def test_a_panel_that_is_not_shown_costs_nothing_and_more_rows_cost_no_more(office: Office) -> None:
    with office.as_("chen"):
        services.give("first", due=clock.today())
        page()
    with office.as_("chen"):
        _drawn, few = office.count(page)
        for n in range(12):
            services.give(f"another {n}", due=clock.today() + dt.timedelta(days=n % 3))
    with office.as_("chen"):
        drawn, many = office.count(page)
    with office.as_("chen"):
        bare, fewer = office.count(lambda: page({"main": ["waiting"], "off": ["numbers", "lately", "messages", "silent"]}))
    assert many == few and "numbers" in drawn.main
    assert fewer <= few - 4 and bare.main == ("waiting",)


def test_what_waits_is_accepted_put_off_and_declined_from_home(company: Company) -> None:
    with company.as_("sue"):
        number = services.give("Check the plan", receiver=company.people["lina"], due=dt.date(2026, 1, 5))
    lina = company.client("lina")
    text = lina.get("/").text
    assert f"/core/task/{number}/do/accept" in text and f"/tasks/{number}/later" in text
    assert lina.post(f"/core/task/{number}/do/accept", data={"back": "/"}).headers["Location"] == "/"
    assert f"/core/task/{number}/do/accept" not in lina.get("/").text
    assert lina.post(f"/tasks/{number}/later", data={"days": "3", "back": "/"}).headers["Location"] == "/"
    with company.as_("lina"):
        assert services.waiting(1)[0].due == clock.today() + dt.timedelta(days=3)
    assert lina.post(f"/tasks/{number}/later", data={"days": "400"}).status_code == 400
    assert company.client("sue").post(f"/tasks/{number}/later", data={"days": "1"}).status_code in (303, 404)  # she gave it
    form = lina.get(f"/core/task/{number}/do/refuse?back=/").text
    assert 'name="back" value="/"' in form
    assert lina.post(f"/core/task/{number}/do/refuse", data={"reason": "No time", "back": "/"}).headers["Location"] == "/"
    assert "Check the plan" not in heads(lina.get("/").text)


def test_what_must_be_dealt_with_is_not_put_off(company: Company) -> None:
    with company.as_("sue"):
        (number,) = company.site.registry.resource("core.task").write([
            {"title": "Count the stock", "owner": company.people["lina"], "must": True, "due": dt.date(2026, 1, 5)}])
    lina = company.client("lina")
    text = lina.get("/").text
    assert f"/tasks/{number}/later" not in text and f"/core/task/{number}/do/done?back=" in text
    assert lina.post(f"/tasks/{number}/later", data={"days": "3"}).status_code in (409, 422)


def test_my_days_has_what_is_due_this_week_and_nothing_else(company: Company) -> None:
    with company.as_("lina"):
        services.give("On the third day", due=clock.today() + dt.timedelta(days=2), due_time="14:30")
        services.give("Next month", due=clock.today() + dt.timedelta(days=30))
        services.give("Long ago", due=clock.today() - dt.timedelta(days=30))
    text = company.client("lina").get("/home/calendar").text
    assert "On the third day" in text and "14:30" in text
    assert "Next month" not in text and "Long ago" not in text
    assert "On the third day" not in company.client("sue").get("/home/calendar").text
