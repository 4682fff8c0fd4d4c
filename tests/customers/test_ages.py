"""Ages move on; who may not know the birth date sees the age and the week, never the day."""

import datetime as dt
import re

import pytest

from crm_core.features.customers import ages, columns
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest, Invalid
from crm_core.resource import listing
from tests.customers.office import Office

MONDAY = dt.datetime(2026, 11, 23, 1, 12, tzinfo=dt.UTC)
D = dt.date


@pytest.mark.parametrize(("birth", "told", "told_on", "today", "expected"), [
    (D(1980, 11, 23), None, None, D(2026, 11, 22), 45),
    (D(1980, 11, 23), None, None, D(2026, 11, 23), 46),
    (D(1980, 11, 23), 20, D(2020, 1, 1), D(2026, 11, 23), 46),  # the date is worth more than what was told
    (None, 40, D(2024, 5, 1), D(2026, 4, 30), 41),
    (None, 40, D(2024, 5, 1), D(2026, 5, 1), 42),
    (None, 40, D(2024, 5, 1), D(2024, 5, 1), 40),
    (D(2000, 2, 29), None, None, D(2026, 2, 28), 25),
    (D(2000, 2, 29), None, None, D(2026, 3, 1), 26),
    (None, None, None, D(2026, 1, 1), None),
])
def test_the_age_moves_on_each_year(birth: D | None, told: int | None, told_on: D | None, today: D, expected: int | None) -> None:
    assert ages.age(birth, told, told_on, today) == expected


def test_an_age_told_today_is_told_today_and_goes_on_from_there(office: Office) -> None:
    customer = office.customer("chen")
    with clock.freeze(MONDAY):
        person = office.contact("chen", customer, age_told=40)
    with clock.freeze(MONDAY + dt.timedelta(days=800)), office.as_("chen"):
        office.resource("contact").write([{"id": person, "name": "罗建国", "age_told": 40}])  # a form saved again, untouched
        assert office.resource("contact").get(person).age_told_on == D(2026, 11, 23)
        assert str(columns.contact_age([person])[person]) == '<span class="num">42</span>'
        office.resource("contact").write([{"id": person, "age_told": 43}])
        assert office.resource("contact").get(person).age_told_on == clock.today()
        office.resource("contact").write([{"id": person, "age_told": None}])
        assert office.resource("contact").get(person).age_told_on is None
        assert columns.contact_age([person]) == {}


def test_a_day_of_old_paper_can_be_said(office: Office) -> None:
    customer = office.customer("chen")
    person = office.contact("chen", customer, age_told=30, age_told_on=D(2016, 1, 1))
    with office.as_("chen"), clock.freeze(MONDAY):
        assert str(columns.contact_age([person])[person]) == '<span class="num">40</span>'


def test_without_the_right_the_age_shows_and_the_date_never(office: Office) -> None:
    customer = office.customer("chen")
    office.grant("seller", "core.customer.sensitive", "own")
    with clock.freeze(MONDAY):
        person = office.contact("chen", customer, birth_date=D(1980, 11, 25))
    contacts = office.resource("contact")
    with office.as_("chen"), clock.freeze(MONDAY):
        assert "25 Nov" in str(columns.birthday([person])[person])
    office.revoke("seller", "core.customer.sensitive")
    with office.as_("chen"), clock.freeze(MONDAY):
        assert "birth_date" not in contacts.fields()
        assert str(columns.contact_age([person])[person]) == '<span class="num">45</span>'
        shown = str(columns.birthday([person])[person])
        assert "25" not in re.sub("<[^>]*>", "", shown), "the address of the icon may hold any number"
        assert "this week" in str(columns.birthday([person])[person])
        for question in ({"sort": "birth_date"}, {"birth_date.gte": "1980-01-01"}, {"sort": "age"}, {"age.eq": "45"}):
            with pytest.raises(BadRequest):
                listing.page(listing.parse(contacts, list(question.items())))
        with pytest.raises(Invalid):
            contacts.write([{"id": person, "birth_date": D(1990, 1, 1)}])


def test_a_field_rule_hides_the_age_too(office: Office) -> None:
    from crm_core.web import columns

    office.hide("seller", "core.contact", "age")
    with office.as_("chen"):
        assert "age" not in [c.name for c in columns.computed(office.resource("contact"))]
    with office.as_("sun"):
        assert "age" in [c.name for c in columns.computed(office.resource("contact"))]


def test_days_to_come_and_impossible_ages_are_refused(office: Office) -> None:
    customer = office.customer("chen")
    office.grant("seller", "core.customer.sensitive", "own")
    for bad in ({"birth_date": D(2999, 1, 1)}, {"birth_date": D(1700, 1, 1)}, {"age_told": 30, "age_told_on": D(2999, 1, 1)}):
        with pytest.raises(Invalid):
            office.contact("chen", customer, **bad)
    with office.as_("chen"):
        field = office.resource("contact").fields()["age_told"]
        with pytest.raises(ValueError, match="Between 0 and 150"):
            field.parse("200")
