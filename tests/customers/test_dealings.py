"""Dealings: told by packages, there once, read with the customer; and the habits one reads from them."""

import datetime as dt

import pytest

from crm_core.features.customers import habits
from crm_core.features.customers.dealings import record_dealing
from crm_core.features.customers.habits import Deal
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _, in_language
from crm_core.resource import timeline
from crm_core.resource.show import say_date
from tests.customers.office import Office

CUSTOMER = "core.customer"
NOON = dt.datetime(2026, 11, 26, 4, tzinfo=dt.UTC)
D = dt.date


def test_a_dealing_told_twice_is_there_once_and_corrected(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"):
        one = record_dealing(customer, source="sales", key="order/7", kind="Order", day=D(2026, 3, 1), amount=100_00, products="Weekly, Yearbook")
        assert record_dealing(customer, source="sales", key="order/7", kind="Order", day=D(2026, 3, 1), amount=120_00) == one
        assert record_dealing(customer, source="sales", key="order/8", kind="Order", day=D(2026, 4, 1)) != one
        assert office.resource("dealing").get(one).amount == 120_00
        assert len([e for e in timeline.of(CUSTOMER, customer, kind="business")]) == 2
    with office.as_("li"), pytest.raises(Missing):
        office.resource("dealing").get(one)
    with office.as_("chen"), pytest.raises(Missing):
        record_dealing(10**9, source="sales", key="x", kind="Order", day=D(2026, 4, 1))


def test_habits_are_the_usual_and_say_who_is_overdue() -> None:
    deals = [Deal(D(2026, month, 10), 100_00 * month, "Weekly, Yearbook" if month % 2 else "Weekly") for month in range(1, 8)]
    found = habits.of(deals, D(2026, 11, 26))
    assert (found.count, found.last, found.interval, found.amount) == (7, D(2026, 7, 10), 30, 400_00)
    assert found.overdue == (D(2026, 11, 26) - D(2026, 7, 10)).days - 30
    assert (found.products, found.years) == (("Weekly", "Yearbook"), {2026: 2800_00})
    assert habits.of(deals, D(2026, 7, 30)).overdue is None
    assert habits.of([], D(2026, 1, 1)) == habits.Habits(0)
    assert habits.of(deals[:2], D(2026, 11, 26)).interval is None, "two are no habit"
    fairs = [Deal(D(year, month, 20), None, None) for year in (2024, 2025) for month in (3, 10)]
    assert habits.of(fairs, D(2026, 1, 1)).months == (3, 10)


def test_the_panel_shows_them_without_what_the_reader_may_not_see(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), clock.freeze(NOON):
        for month in (5, 6, 7):
            record_dealing(customer, source="sales", key=str(month), kind="Order", day=D(2026, month, 10), amount=500_00, products="Weekly")
        said = {str(row.title): (str(row.sub), str(row.figure)) for row in habits.panel(customer).rows}
        assert said["Last dealing"][0].endswith("days overdue")
        assert said["Usual interval"][1] == "30 days" and said["Favourite products"][0] == "Weekly"
        assert "500" in said["Usual amount"][1] and "1,500" in said["2026"][1]
    office.hide("seller", "core.dealing", "amount")
    with office.as_("chen"), clock.freeze(NOON):
        assert {"Usual amount", "2026"}.isdisjoint(str(row.title) for row in habits.panel(customer).rows)


def test_a_line_of_a_dealing_is_in_the_language_of_its_reader(office: Office) -> None:
    customer = office.customer("chen")
    with office.as_("chen"), in_language("zh_Hans_CN"):
        record_dealing(customer, source="sales", key="order/70", kind=_("Order"), day=D(2026, 3, 1), number="SO-70")
    with office.as_("chen"):
        (entry,) = timeline.of(CUSTOMER, customer, kind="business")
        said = []
        for code in ("en", "zh_Hans_CN"):
            with in_language(code):
                said.append(f"{words.read(entry.data['words'])}: {entry.title}")
    assert said == ["recorded a dealing (Order): SO-70", "登记了往来（顺序）: SO-70"]


def test_days_inside_a_sentence_are_small() -> None:
    with in_language("en"):
        assert [say_date(D(2026, 3, day), D(2026, 3, 5)) for day in (4, 5, 6, 9)] == ["yesterday", "today", "tomorrow", "9 Mar"]
