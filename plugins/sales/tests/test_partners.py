"""Partners' deals are protected, and of their funds never more is approved or settled than there is."""

import re
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from crm_sales.partners import services
from crm_sales.partners.models import Fund, FundUse

from crm_core.sdk import Forbidden, Invalid, Refused, session
from crm_core.sdk import today as house_today
from crm_core.testing import doing
from crm_core.testing.house import House
from tests.support.fixtures import postgres  # noqa: F401


@pytest.fixture
def field(house, make, as_user, today):
    return _field(make, as_user, today)


def _field(make, as_user, today):
    class Field:
        ann, boss = as_user("ann", roles=["user"]), as_user("boss", roles=["decision-maker"])

        def partner(self, name):
            return make("sales.partner", name=name, owner=self.ann, customer=make.customer(owner=self.ann))

        def fund(self, amount=100_000):
            return make("sales.fund", owner=self.ann, partner=self.partner("P"), begins=today, ends=today, amount=amount)

        def use(self, fund, asked, state="asked"):
            return make("sales.fund_use", owner=self.ann, fund=fund, asked=asked, name="Stand")

    return Field()


def test_a_deal_is_protected_from_other_partners_for_a_while(field, house, make, today):
    deals, customer = house.resource("sales.partner_deal"), make.customer(owner=field.ann)
    first, second = field.partner("First"), field.partner("Second")
    mine, his, again = (make("sales.partner_deal", owner=field.ann, partner=who, customer=customer, day=today) for who in (first, second, first))
    with field.boss.work():
        deals.run("accept", [mine])
        with pytest.raises(Refused, match="First has registered this customer first"):
            deals.run("accept", [his])
        deals.run("accept", [again])  # his own is no conflict
        row = deals.get(mine)
        assert (row.protected_until - today).days == 90
        with pytest.raises(Refused):
            deals.run("accept", [mine])
        with pytest.raises(Invalid, match="decided already"):
            deals.write([{"id": mine, "customer": make.customer(owner=field.ann)}])
    with field.ann.work():
        deals.run("lost", [mine])
        deals.run("lost", [again])
    with field.boss.work():
        deals.run("accept", [his])


def _money(house, fund):
    with house.system():
        return tuple(session.execute(sa.select(Fund.amount, Fund.approved, Fund.settled).where(Fund.id == fund)).one())


def test_a_request_goes_from_asked_to_settled_with_evidence(field, house, today):
    uses, fund = house.resource("sales.fund_use"), field.fund()
    one, two = field.use(fund, 60_000), field.use(fund, 60_000)
    with field.ann.work():
        uses.run("ask", [one])
        uses.run("ask", [two])
    with field.boss.work():
        with pytest.raises(Invalid, match="not more than was requested"):
            uses.run("approve", [one], {"amount": 60_001})
        uses.run("approve", [one])
        with pytest.raises(Refused, match="The fund has 400.00 left"):
            uses.run("approve", [two])
        change = uses.run("approve", [two], {"amount": 40_000})
        with pytest.raises(Refused, match="stays as it is"):
            uses.delete([two])
        doing.bring_back(house.site, change)
        assert _money(house, fund) == (100_000, 60_000, 0)
        uses.run("approve", [two], {"amount": 40_000})
    assert _money(house, fund) == (100_000, 100_000, 0)
    with field.ann.work():
        with pytest.raises(Refused, match="evidence"):
            uses.run("settle", [one])
        with pytest.raises(Invalid, match="stays as it is"):
            uses.write([{"id": one, "asked": 1}])
        uses.write([{"id": one, "items": [{"day": today, "what": "Flyers", "amount": 20_000}, {"day": today, "what": "Stand", "amount": 5_000}]}])
        with pytest.raises(Refused, match="evidence"):
            uses.run("settle", [one])
        doing.hang("sales.fund_use", one)
        uses.run("settle", [one])
        with pytest.raises(Refused):
            uses.run("settle", [one])
    assert _money(house, fund) == (100_000, 65_000, 25_000)
    with field.ann.work():
        uses.run("give_up", [two])
    assert _money(house, fund) == (100_000, 25_000, 25_000)
    with field.boss.work(), pytest.raises(Invalid, match="More than this is approved"):
        house.resource("sales.fund").write([{"id": fund, "amount": 24_999}])


def test_what_is_spent_beyond_what_was_approved_is_not_paid(field, house, today):
    uses, fund = house.resource("sales.fund_use"), field.fund()
    one = field.use(fund, 10_000)
    with field.ann.work():
        uses.run("ask", [one])
        with pytest.raises(Forbidden):
            uses.run("approve", [one])
    with field.boss.work():
        uses.run("approve", [one])
    with field.ann.work():
        uses.write([{"id": one, "items": [{"day": today, "what": "Stand", "amount": 12_000}]}])
        doing.hang("sales.fund_use", one)
        uses.run("settle", [one])
    assert _money(house, fund) == (100_000, 10_000, 10_000)


@pytest.fixture(params=("sqlite", "postgresql"))
def both(request, plugins, tmp_path, empty_house):
    """A house on each engine."""
    if request.param == "sqlite":
        made = House(tmp_path / "both", plugins, like=empty_house)
    else:
        made = House(tmp_path / "both", plugins, request.getfixturevalue("postgres").create())
    with closing(made):
        yield made


def test_at_once_no_more_is_approved_than_there_is(both):
    """Six people approve at the same moment; the fund is enough for two."""
    house = both
    with house.system():
        day = house_today()
    field = _field(house.make, house.person, day)
    fund = field.fund(amount=25_000)
    found = [field.use(fund, 10_000) for _n in range(6)]
    with field.ann.work():
        for one in found:
            house.resource("sales.fund_use").run("ask", [one])
    results, ready = [], threading.Barrier(6)

    def approve(one):
        try:
            with field.boss.work():
                ready.wait()
                house.resource("sales.fund_use").run("approve", [one])
            results.append("yes")
        except Refused:
            results.append("no")

    threads = [threading.Thread(target=approve, args=(one,)) for one in found]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(results) == ["no"] * 4 + ["yes"] * 2
    with house.system():
        assert session.scalar(sa.select(sa.func.sum(FundUse.approved))) == 20_000
    assert _money(house, fund)[:2] == (25_000, 20_000)


def test_without_the_condition_more_would_be_approved(field, house, monkeypatch):
    """The negative control: the guard off, the last line of defence is the database's."""
    fund = field.fund(amount=5_000)
    one = field.use(fund, 10_000)
    with field.ann.work():
        house.resource("sales.fund_use").run("ask", [one])
    monkeypatch.setattr(services, "_add", lambda fund, approved=0, settled=0: session.connection().execute(
        sa.update(Fund.__table__).where(Fund.__table__.c.id == fund.id).values(approved=Fund.__table__.c.approved + approved), execution_options={"crm_unscoped": "tests"}) and True)
    with field.boss.work(), pytest.raises((sa.exc.IntegrityError, Refused, Invalid)):
        house.resource("sales.fund_use").run("approve", [one])
    assert _money(house, fund) == (5_000, 0, 0)


def test_a_fund_is_whose_partner_it_is_for(field, house, today):
    partner = field.partner("P")
    with field.boss.work():
        funds = house.resource("sales.fund")
        fund = funds.write([{"name": "Half a year", "partner": partner, "begins": today, "ends": today, "amount": 100_000}])[0]
    with field.ann.work():
        assert house.resource("sales.fund").get(fund).owner_id == field.ann.id
        use = house.resource("sales.fund_use").write([{"name": "Stand", "fund": fund, "asked": 40_000}])[0]
        house.resource("sales.fund_use").run("ask", [use])
    page = field.ann.browser()("GET", f"/sales/fund_use/{use}").text
    assert "Amount requested" in page


def test_who_is_named_has_the_fund(field, house, today):
    partner, funds, more = field.partner("Q"), house.resource("sales.fund"), {"begins": today, "ends": today, "amount": 100_000}
    with field.boss.work():
        mine = funds.write([{"name": "Kept", "partner": partner, "owner": field.boss.id, **more}])[0]
        assert funds.get(mine).owner_id == field.boss.id
        assert re.search(r'<input type="hidden" name="owner" value="([^"]*)"', field.boss.browser()("GET", "/sales/fund/new").text)[1] == ""  # its form leaves it open
