"""The forecast that salespeople enter, what their superiors make of it, and what came."""

import datetime as dt

import pytest
from crm_sales.force import entered
from crm_sales.opportunities.models import Opportunity
from crm_sales.opportunities.sharing import share_out
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from crm_core.sdk import Forbidden, Invalid, session, today, writing
from crm_core.testing.statements import sent

NAME = "sales.forecast_entry"


@pytest.fixture
def house(shared):
    """One for all: each test has people of its own."""
    return shared


def enter(house, who, **values):
    with who.work():
        return house.resource(NAME).write([{"month": today(), "committed": 50_00, "best": 80_00, **values}])[0]


def line(who, whose, months=0):
    with who.work():
        ahead, over = entered.months(today())
        found = ahead if months >= 0 else over
        month = next(one for one in found if one["month"] == entered.first_of(today(), months))
        return next((one for one in month["people"] if one["who"] == whose.id), None)


def test_what_is_said_stands_beside_what_is_computed_and_the_last_word_counts(house, deal, ann):
    deal(expected=today(), amount=30_00, forecast="committed")
    deal(expected=today(), amount=20_00, forecast="best", chance=5_000)
    before = line(ann, ann)
    assert before["computed"] == (0, 30_00, 11_50, 50_00) and before["counts"] == 30_00, "nobody said anything: what is computed as committed"
    enter(house, ann)
    enter(house, ann, committed=60_00, note="The fair pays")
    now = line(ann, ann)
    assert (now["said"].first.committed, now["said"].last.committed, now["counts"]) == (50_00, 60_00, 60_00)
    assert (now["said"].last.sure, now["said"].last.possible) == (30_00, 50_00), "how it stood then is kept"
    page = ann.browser()("GET", "/sales/forecast/entered").text
    assert ">60<" in page and f"{today():%B %Y}" in page
    listed = ann.browser()("GET", now["list"]).text
    assert ">50<" in listed and ">60<" in listed, "what was said before stays to be seen"


def test_a_superior_corrects_and_nobody_else(house, ann, somebody):
    chief, other = somebody(roles=["decision-maker"]), somebody()
    enter(house, ann)
    with pytest.raises(Forbidden):
        enter(house, other, owner=ann.id)
    assert line(other, ann) is None and line(other, other)["enter"]
    enter(house, chief, owner=ann.id, committed=40_00, best=45_00)
    mine = line(ann, ann)
    assert mine["said"].last.committed == 50_00 and mine["said"].corrected.committed == 40_00 and mine["counts"] == 40_00
    enter(house, ann, committed=55_00)
    assert line(ann, ann)["counts"] == 55_00, "the last word counts, whoever's it is"
    assert f"&owner={ann.id}&back=" in line(chief, ann)["enter"] and "owner" not in line(chief, chief)["enter"]


@pytest.mark.parametrize(("values", "field"), [({"best": 40_00}, "best"), ({"month": dt.date(2020, 1, 5)}, "month"), ({"committed": -1}, "committed")])
def test_what_cannot_be_is_refused_beside_its_field(house, ann, values, field):
    with pytest.raises(Invalid) as bad:
        enter(house, ann, **values)
    assert field in bad.value.fields


def test_what_was_said_is_not_changed(house, ann):
    one = enter(house, ann)
    with house.system(), pytest.raises(Invalid):
        house.resource(NAME).write([{"id": one, "committed": 1}])


def test_months_that_are_over_show_what_came(house, deal, ann):
    last = entered.first_of(today(), -1)
    with house.system():
        house.resource(NAME).write([{"owner": ann.id, "month": last, "committed": 200_00, "best": 300_00}, {"owner": ann.id, "month": last, "committed": 150_00, "best": 300_00}])
    one = deal(amount=100_00)
    with ann.work():
        house.resource("sales.opportunity").run("win", [one])
    with house.system(), writing():
        session.execute(update(Opportunity).where(Opportunity.id == one).values(closed=last).execution_options(synchronize_session=False))
        share_out([one])
    found = line(ann, ann, -1)
    assert (found["said"].first.committed, found["said"].last.committed, found["computed"].won, found["off"]) == (200_00, 150_00, 100_00, -50)
    assert "-50 %" in ann.browser()("GET", "/sales/forecast/entered").text


def test_the_form_begins_with_what_is_computed(house, deal, ann):
    deal(expected=today(), amount=30_00, forecast="committed")
    page = ann.browser()("GET", line(ann, ann)["enter"])
    assert page.status_code == 200 and 'value="30' in page.text


def test_the_page_costs_the_same_for_many(house, deal, ann, somebody):
    chief, counts = somebody(roles=["decision-maker"]), []
    browser = chief.browser()
    for round_ in range(2):
        for _number in range(1 + 3 * round_):
            enter(house, chief, owner=somebody().id)
            enter(house, ann)
        browser("GET", "/sales/forecast/entered")
        with sent(house.site.engines.read) as statements:
            browser("GET", "/sales/forecast/entered")
        counts.append(len(statements))
    assert counts[0] == counts[1]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2200, 1, 1)), st.integers(-300, 300))
def test_months_are_counted_there_and_back(day, number):
    first = entered.first_of(day)
    assert entered.first_of(entered.first_of(day, number), -number) == first and first.day == 1
