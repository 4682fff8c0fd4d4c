"""A stand-in reviews for who is away, on the days that were said and on no other."""

import datetime as dt

import pytest

from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Missing
from tests.approvals.test_review import judge, office, state
from tests.customers.office import Office

assert office
DAY = dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)


def test_a_stand_in_reviews_within_the_days_alone(office: Office) -> None:
    with clock.freeze(DAY):
        cards = [office.customer("chen", f"酒业{n}有限公司") for n in range(3)]
        today = clock.today()
        with office.as_("wang"):
            office.resource("stand_in").write([{"substitute": office.people["zhou"], "begins": today + dt.timedelta(days=1), "ends": today + dt.timedelta(days=2)}])
        with pytest.raises((Forbidden, Missing)):
            judge(office, "zhou", "review_first", cards[0])
    with clock.freeze(DAY + dt.timedelta(days=2)):
        judge(office, "zhou", "review_first", cards[1])
        assert state(office, cards[1]) == "second"
    with clock.freeze(DAY + dt.timedelta(days=3)), pytest.raises((Forbidden, Missing)):
        judge(office, "zhou", "review_first", cards[2])


def test_nobody_stands_in_backwards(office: Office) -> None:
    day = dt.date(2026, 11, 2)
    with office.as_("wang"), pytest.raises(Invalid):
        office.resource("stand_in").write([{"substitute": office.people["zhou"], "begins": day, "ends": day - dt.timedelta(days=1)}])
