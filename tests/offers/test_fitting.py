"""What fits a customer: what he needs before all else, then the newest, and only what is offered now to customers of its list."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from crm_core.features.offers.fitting import fits
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from tests.customers.office import Office

TODAY = dt.datetime(2026, 11, 27, 4, tzinfo=dt.UTC)


@pytest.fixture
def office(office: Office) -> Office:
    for verb in ("read", "create", "update", "delete"):
        office.grant("seller", f"core.recommendation.{verb}", "all")
    return office


def put(office: Office, name: str, **more: Any) -> int:
    with office.as_("sun"):
        return int(office.resource("recommendation").write([{"name": name, **more}])[0])


def names(office: Office, customer: int, login: str = "chen", most: int = 10) -> list[str]:
    with clock.freeze(TODAY), office.as_(login):
        return [one.name for one in fits(customer, most)]


def test_needs_come_first_then_the_newest_and_nothing_that_is_over(office: Office) -> None:
    office.customer("chen", "甲有限公司")
    customer = office.customer("chen", "乙有限公司", standing="key")
    with office.as_("chen"):
        office.resource("need").write([{"customer": customer, "kind": "fair", "valid_from": dt.date(2026, 1, 1)},
                                       {"customer": customer, "kind": "media", "valid_from": dt.date(2026, 1, 1), "valid_until": dt.date(2026, 2, 1)}])
    put(office, "old", begins=dt.date(2026, 1, 1), text="Text", url="https://example.com/old")
    put(office, "for the fair", needs=["fair", "journal"], begins=dt.date(2025, 1, 1))
    put(office, "new", begins=dt.date(2026, 11, 27))
    put(office, "for media", needs=["media"])
    put(office, "tomorrow", begins=dt.date(2026, 11, 28))
    put(office, "over", ends=dt.date(2026, 11, 26))
    put(office, "off", active=False)
    put(office, "for key customers", only="/core/customer?standing=key")
    put(office, "for others", only="/core/customer?standing=potential")
    assert names(office, customer) == ["for the fair", "new", "old", "for key customers"]
    assert names(office, customer, most=2) == ["for the fair", "new"]
    with clock.freeze(TODAY), office.as_("chen"):
        one = fits(customer, 10)[2]
    assert (one.key.partition(":")[0], one.text, one.url) == ("core.recommendation", "Text", "https://example.com/old")


def test_whose_list_it_is_asked_in_is_who_offers(office: Office) -> None:
    """A list is asked with the rights of the rule's owner: on one he may not ask, and of customers he does not see, is nobody."""
    customer = office.customer("chen", "甲有限公司", standing="key")
    put(office, "for key customers", only="/core/customer?standing=key")
    assert names(office, customer) == ["for key customers"]
    assert names(office, customer, "li") == []
    office.hide("seller", "core.customer", "standing")
    assert names(office, customer) == []


def test_who_may_not_read_them_offers_none(office: Office) -> None:
    customer = office.customer("chen")
    put(office, "one")
    assert names(office, customer) == ["one"]
    office.revoke("seller", "core.recommendation.read")
    assert names(office, customer) == []


def test_a_recommendation_names_a_list_of_customers_and_ends_after_it_begins(office: Office) -> None:
    with pytest.raises(Invalid) as bad:
        put(office, "x", only="/core/task?state=open", begins=dt.date(2026, 2, 1), ends=dt.date(2026, 1, 1))
    assert set(bad.value.fields) == {"only", "ends"}
