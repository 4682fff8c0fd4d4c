"""Opportunities that several share: everybody's figures go by the shares, come to the whole to the cent, and lead to the records they are made of."""

import html

import pytest
import sqlalchemy as sa
from crm_sales.force import forecast, targets
from crm_sales.force.models import Achievement, Share
from crm_sales.opportunities.models import OpportunityShare, Stage
from crm_sales.settings import Counts
from hypothesis import given
from hypothesis import strategies as st

from crm_core.features.plans import metrics
from crm_core.sdk import amounts, session, show_month, today
from crm_core.testing.doing import reporting, take_back
from plugins.sales.tests.deal_shop import NAME
from plugins.sales.tests.test_targets import hide

MONTH = lambda: show_month(today())


@pytest.fixture
def house(shared):
    """One for all: each test has people and customers of its own."""
    return shared


@pytest.fixture
def bob(somebody):
    return somebody()


@pytest.fixture
def boss(somebody):
    return somebody(roles=["decision-maker"])


@pytest.fixture
def split(deal, ann, bob):
    """A deal of Ann's, a third of it hers and the rest Bob's."""
    def made(mine=3_333, **values):
        return deal(**{"expected": today(), "amount": 100_01, "members": [{"user": ann.id, "share": mine}, {"user": bob.id, "share": 10_000 - mine}], **values})

    return made


def shares(house, deal):
    with house.system():
        rows = session.execute(sa.select(OpportunityShare).where(OpportunityShare.opportunity_id == deal).order_by(OpportunityShare.owner_id)).scalars()
        return {one.owner_id: (one.percent, one.worth, one.weighted, str(one.outcome), one.day) for one in rows}


def figures(who, by="owner"):
    with who.work():
        found, _aims = forecast.months(today(), by, Counts.won)
        return next((one for one in found if one["label"] == MONTH()), None)


def numbers(line):
    return [one[0] for one in line["cells"]]


def test_each_has_his_part_and_the_parts_are_the_whole(house, split, ann, bob):
    one = split()
    assert shares(house, one) == {ann.id: (3_333, 33_33, 1_67, "open", today()), bob.id: (6_667, 66_68, 3_33, "open", today())}
    assert numbers(figures(ann))[:3] == ["1", "33.33", "1.67"]
    assert numbers(figures(bob))[:3] == ["1", "66.68", "3.33"], "he sees his own part of a colleague's deal"


def test_figures_lead_to_the_records_they_are_made_of(house, split, ann, bob, boss):
    one = split(forecast="committed")
    split(mine=5_000, amount=70_00)
    page = boss.browser()("GET", "/sales/forecast").text
    assert page.count("33.33") and page.count("66.68")
    found = figures(boss)
    line = next(each for each in found["people"] if each["name"] == bob.login.capitalize() or bob.login in str(each["name"]).lower())
    assert line["cells"][1][0] == "101.68"
    listed = boss.browser()("GET", html.unescape(line["cells"][1][1])).text
    assert "66.68" in listed and ">35<" in listed and "33.33" not in listed
    assert "66.68" in bob.browser()("GET", line["cells"][5][1]).text
    assert bob.browser()("GET", f"/sales/opportunity/{one}").status_code == 404, "his share says nothing else of the deal"


def test_what_changes_is_followed_and_taken_back_with_it(house, split, ann, bob, boss, somebody):
    one, eve = split(), somebody()
    resource = house.resource(NAME)
    with boss.work():
        resource.write([{"id": one, "owner": eve.id}])
    assert set(shares(house, one)) == {ann.id, bob.id}, "the team has the shares, whoever owns it"
    with boss.work():
        change = resource.run("lose", [one], {"lost_reason": "price"})
    assert {row[3] for row in shares(house, one).values()} == {"lost"}
    with boss.work():
        take_back(change)
    assert {row[3] for row in shares(house, one).values()} == {"open"}
    with boss.work():
        resource.write([{"id": one, "members": []}])
    assert {person: row[:2] for person, row in shares(house, one).items()} == {eve.id: (10_000, 100_01)}
    with boss.work():
        change = resource.delete([one])
    assert shares(house, one) == {}
    with boss.work():
        take_back(change)
    assert set(shares(house, one)) == {eve.id}


def test_a_stage_that_weighs_otherwise_weighs_the_shares(house, split, deal, ann, bob):
    one, whole = split(), deal(expected=today(), amount=10_00)
    with house.system():
        stage = session.scalars(sa.select(Stage).where(Stage.deleted_at.is_(None)).order_by(Stage.position)).first()
        before = stage.probability
        house.resource("sales.stage").write([{"id": stage.id, "probability": 3_000}])
    try:
        assert [row[2] for row in shares(house, one).values()] == [10_00, 20_00] and shares(house, whole)[ann.id][2] == 3_00
    finally:
        with house.system():
            house.resource("sales.stage").write([{"id": stage.id, "probability": before}])


def test_what_is_won_counts_by_shares_also_when_they_change_later(house, split, ann, bob, boss, deliver):
    one = split()
    with boss.work():
        house.resource(NAME).run("win", [one])
    deliver()
    counted = lambda: {person: amount for person, amount in _achieved(house, one).items() if amount}
    assert counted() == {ann.id: 33_33, bob.id: 66_68}
    assert counted() == {person: row[1] for person, row in shares(house, one).items()}, "the same split to the cent"
    with bob.work():
        rows, _every = targets.year(today().replace(month=1, day=1), "owner", Counts.won)
        assert [row.year.fact for row in rows if row.key == bob.id] == [66_68]
    with boss.work():
        house.resource(NAME).write([{"id": one, "amount": 200_00, "members": [{"user": bob.id, "share": 10_000}]}])
    deliver()
    assert counted() == {bob.id: 200_00}
    assert numbers(figures(bob))[6] == "200"


def test_a_deal_won_is_one_for_each_who_has_a_share_and_one_for_them_together(house, split, deal, ann, bob, boss, somebody):
    eve = somebody()

    def won(*people, of=boss):
        wanted = metrics.Wanted("sales.deals_won", tuple(one.id for one in people), today(), today())
        with of.work():
            number = metrics.figures([wanted])[wanted]
            return number, of.browser()("GET", metrics.url_of(wanted)).text.count("Shared stand")

    before = won(ann)[0], won(ann, bob, eve)[0]
    given_away = deal(name="Shared stand", members=[{"user": bob.id, "share": 9_999}, {"user": eve.id, "share": 1}, {"user": ann.id, "part": "keeps the desk"}])
    both, alone = split(name="Shared stand"), deal(name="Shared stand")
    with boss.work():
        house.resource(NAME).run("win", [given_away, both, alone])
        house.resource(NAME).run("lose", [split(name="Shared stand")], {"lost_reason": "price"})
    assert won(ann)[0] - before[0] == 2 and won(bob)[0] == 2 and won(eve)[0] == 1, "by shares, however small, and not by whose record it is"
    assert won(ann, bob, eve)[0] - before[1] == 3, "together each deal is one"
    assert won(eve, of=eve)[0] == 1 and won(eve)[1] >= 1, "and leads to the records behind it"


def _achieved(house, deal):
    with house.system():
        return dict(session.execute(sa.select(Achievement.owner_id, sa.func.sum(Achievement.amount)).where(Achievement.source == f"opportunity:{deal}").group_by(Achievement.owner_id)).all())


def test_an_order_that_came_of_it_begins_with_its_shares(house, split, make, ann, bob, boss):
    one, product = split(), make.product()
    with ann.work():
        customer = session.scalar(sa.select(house.resource(NAME).model.customer_id).where(house.resource(NAME).model.id == one))
        made = house.resource("sales.order").write([{"customer": customer, "opportunity": one, "items": [{"product": product, "quantity": 1_000, "price": 100_00}]}])[0]
        plain = house.resource("sales.order").write([{"customer": customer, "items": [{"product": product, "quantity": 1_000, "price": 100_00}]}])[0]
    with house.system():
        found = session.execute(sa.select(Share.order_id, Share.person_id, Share.percent).where(Share.order_id.in_([made, plain]), Share.deleted_at.is_(None))).all()
    assert found == [(made, bob.id, 6_667)], "the rest is its owner's"


def test_the_reports_of_people_go_by_shares(house, split, ann, bob, boss):
    one, other = split(), split(amount=30_00, mine=5_000)
    with boss.work():
        house.resource(NAME).run("win", [one])
        house.resource(NAME).run("lose", [other], {"lost_reason": "price"})
    for name, mine in (("sales.velocity", "66.68"), ("sales.closed_by_person", "15")):
        with bob.work():
            found = reporting.answer(reporting.find(reporting.reports(), name))
        assert mine in str(found.lines), found.lines


def test_who_is_not_shown_an_amount_is_not_shown_a_share_of_it(house, split, somebody):
    """Negative control first."""
    split(amount=87_654_21)
    eve = somebody(roles=[], grants={"sales.opportunity_share.read": "all", "sales.opportunity.read": "all"})
    assert "58,439.06" in eve.browser()("GET", "/sales/opportunity_share").text
    hide(house, eve, NAME, "worth")
    listed = eve.browser()("GET", "/sales/opportunity_share")
    assert listed.status_code == 200 and "58,439.06" not in listed.text and "87,654.21" not in listed.text
    assert eve.browser()("GET", "/sales/forecast").status_code == 404


@given(st.integers(0, 10**12), st.integers(0, 10_000), st.lists(st.integers(1, 5_000), min_size=1, max_size=6))
def test_parts_by_history_come_to_the_whole(worth, chance, weights):
    """The arithmetic of the database, as the statement has it."""
    percents = amounts.share(amounts.WHOLE, weights)
    up_to = lambda percent: ((worth * chance * 2 + amounts.WHOLE) // (amounts.WHOLE * 2) * percent * 2 + amounts.WHOLE) // (amounts.WHOLE * 2)
    found, before = [], 0
    for percent in percents:
        found.append(up_to(before + percent) - up_to(before))
        before += percent
    assert sum(found) == (worth * chance * 2 + amounts.WHOLE) // (amounts.WHOLE * 2) and min(found) >= 0
