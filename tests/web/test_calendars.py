"""A list as a calendar: what stands on which day, what may be moved, how many statements it takes."""

import datetime as dt
import re
from html import unescape

from crm_core.data.wall import statements
from crm_core.kernel import clock
from crm_core.resource import calendars, listing
from tests.support.firm import Firm
from tests.support.people import Client, Company
from tests.web.test_conditions import LIST, lina

assert lina
NOVEMBER = f"{LIST}?look=calendar&by=founded_on&day=2020-11-05"


def days(client: Client, url: str) -> dict[str, list[str]]:
    text = client.get(url).text
    parts = re.findall(r'data-slot data-value="([^"]*)"(.*?)</ul>', text, re.DOTALL)
    return {day: [unescape(n) for n in re.findall(r'class="nm" [^>]*>([^<]*)<', part)] for day, part in parts}


def founded(house: Company, *days: str) -> None:
    with house.as_("lina"):
        house.site.registry.resource("core.customer").write([{"name": f"House {n}", "founded_on": dt.date.fromisoformat(day)} for n, day in enumerate(days)])


def test_records_stand_on_their_days_whatever_the_span(lina: Client, house: Company) -> None:
    founded(house, "2020-11-05", "2020-11-05", "2020-11-30", "2020-12-06", "2020-12-07")
    month = days(lina, NOVEMBER)
    assert (min(month), max(month), len(month)) == ("2020-10-26", "2020-12-06", 42)
    assert month["2020-11-05"] == ["House 0", "House 1"] and month["2020-12-06"] == ["House 3"] and month["2020-11-06"] == []
    week = days(lina, f"{NOVEMBER}&span=week")
    assert list(week) == [f"2020-11-{n:02}" for n in range(2, 9)] and week["2020-11-05"] == ["House 0", "House 1"]
    assert "2 Nov 2020 – 8 Nov 2020" in lina.get(f"{NOVEMBER}&span=week").text
    assert days(lina, f"{NOVEMBER}&span=agenda") == {"2020-11-05": ["House 0", "House 1"], "2020-11-30": ["House 2"]}
    assert days(lina, f"{NOVEMBER}&name.contains=House+1")["2020-11-05"] == ["House 1"]
    assert days(lina, f"{LIST}?look=calendar&by=founded_on&day=nonsense")  # today's month


def test_what_is_dropped_on_another_day_is_saved_once_and_a_conflict_is_told(lina: Client, house: Company) -> None:
    founded(house, "2020-11-05")
    drop = re.search(r'data-drop="([^"]*)" data-was="2020-11-05"', lina.get(NOVEMBER).text)
    assert drop is not None
    sent = {"field": "founded_on", "founded_on": "2020-11-09", "was": "2020-11-05"}
    assert lina.post(drop[1], data=sent, headers={"Accept": "application/json"}).json == {}
    assert days(lina, NOVEMBER)["2020-11-09"] == ["House 0"]
    again = lina.post(drop[1], data={**sent, "founded_on": "2020-11-12"}, headers={"Accept": "application/json"})
    assert again.status_code == 409 and days(lina, NOVEMBER)["2020-11-12"] == []


def test_of_a_colleagues_record_nothing_is_dragged(lina: Client, house: Company) -> None:
    founded(house, "2020-11-05")
    drop = re.search(r'data-drop="([^"]*)"', lina.get(NOVEMBER).text)
    assert drop is not None
    sue = house.client("sue")
    assert "data-drop" not in sue.get(NOVEMBER).text
    assert sue.post(drop[1], data={"field": "founded_on", "founded_on": "2020-11-09"}, headers={"Accept": "application/json"}).status_code == 404


def test_a_moment_stands_on_the_readers_day(lina: Client) -> None:
    with clock.in_zone("Asia/Shanghai"):
        today = clock.today()
    assert days(lina, f"{LIST}?look=calendar&by=created_at&span=week")[today.isoformat()][:1] == ["Firm 0"]


def test_a_calendar_takes_one_statement(shared_firm: Firm) -> None:
    with shared_firm.as_user("uma"):
        by = calendars.date_of(shared_firm.things, "updated_at")
        assert by is not None
        query, today = listing.parse(shared_firm.things, []), clock.today()
        start = statements()
        calendars.build(query, by, today, today)
        assert statements() - start == 1
