"""The nightly job: what is due goes back once, however often the job is killed; nothing goes back without a warning."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.messages.models import Notice
from crm_core.features.pool import returning
from crm_core.features.pool.models import Holding
from crm_core.kernel import clock, pace
from crm_core.kernel.jobs import later
from crm_core.kernel.models import JobRow
from crm_core.kernel.runner import drain
from crm_core.resource import undo
from tests.customers.office import Office
from tests.pool.pools import pool, row

DAY = dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)


class Killed(BaseException):
    """The machine went out."""


def night(office: Office, days: float) -> None:
    with clock.freeze(DAY + dt.timedelta(days=days)):
        with office.site.system("tests"), writing():
            later(returning.RETURN)
        drain(office.site)


def many(office: Office, n: int = 12) -> list[int]:
    with clock.freeze(DAY), office.as_("chen"):
        return list(office.resource("customer").write([{"name": f"酒业{i}有限公司"} for i in range(n)]))


def counted(office: Office, model: type, *where: object) -> int:
    with office.site.system("tests"):
        return int(session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0)


def test_a_customer_returns_after_a_warning_and_the_holder_hears_of_both(office: Office) -> None:
    made = pool(office, return_after=10, warn_before=3)
    (customer,) = many(office, 1)
    night(office, 6.5)
    assert counted(office, Notice) == 0
    night(office, 7.5)
    night(office, 8.5)
    assert counted(office, Notice) == 1, "warned once"
    night(office, 9.9)
    assert row(office, customer).owner_id == office.people["chen"]
    night(office, 10.6)
    assert (row(office, customer).owner_id, row(office, customer).pool_id) == (None, made)
    assert counted(office, Notice) == 2
    assert counted(office, Holding, Holding.kind == "expired", Holding.why.is_not(None)) == 1


def test_a_rule_made_stricter_begins_with_a_warning(office: Office) -> None:
    made = pool(office, return_after=300)
    (customer,) = many(office, 1)
    with office.as_("sun"):
        office.resource("pool").write([{"id": made, "return_after": 5}])
    night(office, 100)
    assert row(office, customer).owner_id == office.people["chen"]
    night(office, 103)
    assert row(office, customer).owner_id is None


def test_what_is_protected_or_was_dealt_with_stays(office: Office) -> None:
    pool(office, return_after=5, warn_before=0, protect_limit=5)
    first, second = many(office, 2)
    with clock.freeze(DAY), office.as_("chen"):
        office.resource("customer").run("protect", [first], {"until": clock.today() + dt.timedelta(days=20)})
    night(office, 6)
    assert row(office, first).owner_id == office.people["chen"]
    assert row(office, second).owner_id is None
    night(office, 21)
    assert row(office, first).owner_id is None


@pytest.mark.parametrize("where", ["to_pool", "notify"])
def test_a_job_killed_anywhere_does_nothing_twice(office: Office, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    pool(office, return_after=5, warn_before=2)
    customers = many(office)
    monkeypatch.setattr(pace.Pace, "__init__", _small(pace.Pace.__init__))
    target = returning.services if where == "to_pool" else returning
    real = getattr(target, where)
    calls = 0

    def deadly(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls % 2 == 0:
            raise Killed
        return real(*args, **kwargs)

    for days in (3.5, 6):
        monkeypatch.setattr(target, where, deadly)
        for _ in range(20):
            try:
                night(office, days)
                break
            except Killed:
                with office.site.engines.write.begin() as conn:  # its lease ran out
                    conn.execute(sa.update(JobRow).where(JobRow.state == "running").values(state="queued", owner=None, lease_until=None))
        monkeypatch.setattr(target, where, real)
        night(office, days)
    assert all(row(office, c).owner_id is None for c in customers)
    assert counted(office, Holding) == len(customers)
    assert counted(office, Notice, Notice.receiver_id == office.people["chen"]) == 6, "one a batch of four: three warnings, three returns"


def _small(real: object) -> object:
    def init(self: pace.Pace, job: object, **_more: int) -> None:
        real(self, job, 4, 4, 4)  # type: ignore[operator]

    return init


def test_a_return_can_be_undone(office: Office) -> None:
    pool(office, return_after=5, warn_before=0)
    (customer,) = many(office, 1)
    night(office, 6)
    _counts, change = office.job(returning.RETURN)
    with clock.freeze(DAY + dt.timedelta(days=7)), office.as_("sun"):
        assert undo.ask(change).done == 1
    assert row(office, customer).owner_id == office.people["chen"]
