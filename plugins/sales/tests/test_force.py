"""Territories, targets and the pages of the sales force."""

import datetime as dt

import pytest
import sqlalchemy as sa
from crm_sales.api import InvoicesIssued, OpportunitiesClosed, OpportunitiesReopened, OrdersConfirmed, PaymentsAllocated
from crm_sales.force import achieving, figures, targets, territories
from crm_sales.force.models import Achievement

from crm_core.kernel.runner import drain
from crm_core.sdk import Invalid, Refused, emit, plans, session, writing
from crm_core.testing import doing


@pytest.fixture
def west(house, make, as_user):
    """Provinces with a city, three salespeople, and customers here and there."""
    class West:
        ann, bob, cid = as_user("ann", roles=["user"]), as_user("bob", roles=["user"]), as_user("cid", roles=["user"])
        chief = as_user("chief", roles=["decision-maker"])
        province = make("core.region", name="Sichuan", english="Sichuan")
        city = make("core.region", name="Chengdu", english="Chengdu", parent=province)
        food = make("core.industry", name="Food")
        tea = make("core.industry", name="Tea", parent=food)

        def territory(self, name, who, **values):
            return make("sales.territory", name=name, seller=who.id, **values)

        def which(self, customer):
            with house.system():
                return [one["name"] for one in territories.of_customer(customer)]

        def owner(self, customer):
            with house.system():
                return session.scalar(sa.select(house.resource("core.customer").table.c.owner_id).where(sa.text(f"core_customer.id = {customer}")))

    return West()


def test_the_highest_priority_then_the_most_specific_then_the_oldest_has_a_customer(west, make):
    west.territory("all", west.ann)
    customer = make.customer(region=west.city, industry=west.tea, size="large")
    west.territory("province", west.ann, regions=[west.province])
    west.territory("city", west.bob, regions=[west.city])
    west.territory("city again", west.cid, regions=[west.city])
    west.territory("tea in the province", west.cid, regions=[west.province], industries=[west.tea])
    west.territory("small", west.bob, sizes=["small"], priority=99)
    assert west.which(customer) == ["tea in the province", "city", "city again", "province", "all"]
    west.territory("large", west.bob, sizes=["large"], priority=1)
    assert west.which(customer)[0] == "large"
    assert west.which(make.customer(region=west.province)) == ["province", "all"]
    west.territory("off", west.bob, priority=100, active=False)
    assert west.which(make.customer()) == ["all"]


def test_assigning_by_territory_gives_customers_with_history_and_undo(west, make, house, deliver):
    west.territory("city", west.bob, regions=[west.city])
    west.territory("food", west.cid, industries=[west.food])
    here, there, nowhere = make.customer(owner=west.ann, region=west.city), make.customer(owner=west.ann, industry=west.tea), make.customer(owner=west.ann)
    customers = house.resource("core.customer")
    with west.chief.work():
        change = customers.run("by_territory", [here, there, nowhere])
        with pytest.raises(Refused, match="No territory fits"):
            customers.run("by_territory", [nowhere])
    assert [west.owner(one) for one in (here, there, nowhere)] == [west.bob.id, west.cid.id, west.ann.id]
    with west.chief.work():
        doing.bring_back(house.site, change)
    assert [west.owner(one) for one in (here, there, nowhere)] == [west.ann.id] * 3
    page = west.chief.browser()("GET", f"/core/customer/{here}")
    assert page.status_code == 200


def test_coverage_counts_customers_of_territories_and_who_holds_them(west, make, house):
    west.territory("city", west.bob, regions=[west.province])
    west.territory("rest", west.cid)
    make.customer(owner=west.bob, region=west.city)
    make.customer(owner=west.ann, region=west.city)
    make.customer()
    with west.chief.work():
        found = doing.ask_report("coverage")
    assert {line.label: line.numbers for line in found} == {"city": (2, 1, 0), "rest": (1, 0, 1)}


@pytest.fixture
def sold(house, make, west, today, deliver):
    """An order of ann with a share of bob, its invoice, half of it paid; and an opportunity bob has won. All in hundredths."""
    customer, product = make.customer(owner=west.ann), make.product(price=10_000, tax=1_300)
    def standing(table, values):
        with house.system(), writing():
            session.connection().execute(sa.text(f"UPDATE {table} SET {values}"), execution_options={"crm_unscoped": "tests"})

    order = make("sales.order", owner=west.ann, customer=customer, day=today, items=[{"product": product, "quantity": 1_000, "price": 113_000}])
    make("sales.share", order=order, person=west.bob.id, percent=2_500)
    invoice = make("sales.invoice", owner=west.ann, customer=customer, order=order, day=today, items=[{"product": product, "quantity": 1_000, "price": 113_000}])
    standing("sales_order", "state = 'confirmed'")
    standing("sales_invoice", "state = 'issued'")
    make("sales.payment", owner=west.ann, customer=customer, day=today, amount=56_500, allocations=[{"invoice": invoice, "amount": 56_500}])
    pipeline = make("sales.pipeline")
    opportunity = make("sales.opportunity", owner=west.bob, customer=customer, pipeline=pipeline, stage=make("sales.stage", pipeline=pipeline), amount=77_700)
    standing("sales_opportunity", f"outcome = 'won', closed = '{today}'")
    with house.system(), writing():
        for event in (OrdersConfirmed((order,)), InvoicesIssued((invoice,)), PaymentsAllocated((1,)), OpportunitiesClosed((opportunity,))):
            emit(event)
    deliver()
    return order


def test_achievements_are_shares_without_tax_and_each_sees_his_own(house, west, sold, today):
    with house.system():
        rows = session.execute(sa.select(Achievement.did, Achievement.owner_id, Achievement.amount)).all()
    assert {(str(did), owner): amount for did, owner, amount in rows} == {
        ("ordered", west.ann.id): 75_000, ("ordered", west.bob.id): 25_000, ("invoiced", west.ann.id): 75_000, ("invoiced", west.bob.id): 25_000,
        ("received", west.ann.id): 37_500, ("received", west.bob.id): 12_500, ("won", west.bob.id): 77_700}
    month = today.replace(day=1)
    with west.bob.work():
        assert [(row.name, row.did["received"]) for row in figures.ranking(month, today, "sales.received")] == [("Bob", 12_500)]
    with west.chief.work():
        assert [(row.name, row.did["received"]) for row in figures.ranking(month, today, "sales.received")] == [("Ann", 37_500), ("Bob", 12_500)]


def test_won_again_the_new_amount_counts(house, west, sold, deliver):
    def won():
        return sa.select(sa.func.sum(Achievement.amount)).where(Achievement.did == "won")

    for outcome, amount, event in (("open", 0, OpportunitiesReopened), ("won", 55_500, OpportunitiesClosed), ("won", 66_600, OpportunitiesClosed)):
        with house.system(), writing():
            session.connection().execute(sa.text(f"UPDATE sales_opportunity SET outcome = '{outcome}', amount = {amount}"), execution_options={"crm_unscoped": "tests"})
            emit(event((1,)))
        deliver()
        with house.system():
            assert session.scalar(won()) == amount


def test_targets_are_counted_by_plans_in_whole_units_and_broken_down_like_last_year(house, west, sold, make, today):
    year = today.replace(month=1, day=1)
    work = house.resource("core.plan")
    for month, amount in ((2, 30_000), (5, 10_000)):
        make("sales.achievement", owner=west.ann, did="received", day=year.replace(year=year.year - 1, month=month, day=3), document="old", source="old", key=f"old{month}", amount=amount,
             customer=make.customer(owner=west.ann))
    with west.ann.work():
        (plan,) = work.write([{"title": "Mine", "span": "year", "begins": today, "items": [{"metric": "sales.received", "target": 1_001}]}])
        work.run("divide_as_before", [plan])
        found = plans.targets(["sales.received"], year, year.replace(month=12))
        assert {day.month: target for (_person, day, _metric), target in found.items()} == {2: 751, 5: 250}
        with pytest.raises(Refused):
            work.run("divide", [plan])
        (row,), every = targets.year(year, "owner", "received")
        assert row.name == "Ann" and row.months[1][:2] == (75_100, 0) and row.months[today.month - 1].fact == 37_500
        assert row.year[:2] == every.year[:2] == (100_100, 37_500) and row.planned == 100_100
        page = west.ann.browser()("GET", f"/core/plan/{plan}")
        assert page.status_code == 200 and "375" in page.text


def test_the_pages_show_what_is_the_readers(house, west, sold, today, max_statements):
    for address in ("/sales/force", f"/sales/force?month={today:%Y-%m}", "/sales/force?month=oh", "/sales/force/targets", "/sales/force/targets?year=1", "/sales/force/targets?year=²", f"/sales/force/{west.bob.id}"):
        page = west.bob.browser()("GET", address)
        assert page.status_code == 200, address
        assert "Bob" in page.text
    assert "Ann" not in west.bob.browser()("GET", "/sales/force").text and ">125<" in west.bob.browser()("GET", "/sales/force").text
    assert ">375<" in west.chief.browser()("GET", "/sales/force").text
    assert west.chief.browser()("GET", "/sales/force/9999").status_code == 404
    with west.chief.work():
        assert len(doing.ask_report("")) > 5


def test_metrics_lead_to_the_records_behind_them(house, west, sold, today):
    page = west.ann.browser()("GET", f"/sales/achievement?owner.any={west.ann.id}&day.between={today.replace(day=1)},{today}&did.any=received")
    assert page.status_code == 200 and dt.date.fromisoformat(str(today)) and "375" in page.text
    with west.ann.work(), pytest.raises(Invalid):
        house.resource("sales.share").write([{"order": sold, "person": west.cid.id, "percent": 100}])


def test_what_was_won_and_deleted_counts_no_more_until_it_is_restored(house, west, sold, deliver):
    def won():
        deliver()
        with house.system():
            return session.scalar(sa.select(sa.func.sum(Achievement.amount)).where(Achievement.did == "won"))

    with house.system(), writing():
        session.connection().execute(sa.text("UPDATE sales_opportunity SET told = 'won'"), execution_options={"crm_unscoped": "tests"})
    assert won() == 77_700
    with house.system():
        change = house.resource("sales.opportunity").delete([1])
    assert won() == 0
    with house.system():
        doing.take_back(change)
    assert won() == 77_700


def test_reports_are_exact_to_the_cent_and_results_are_by_person_region_and_month(house, west, sold, make, today):
    customer = make.customer(owner=west.ann, region=west.city)
    big = 9_007_199_254_740_993  # no float holds it
    make("sales.achievement", owner=west.ann, did="received", day=today, document="big", source="big", key="big", amount=big, customer=customer)
    with west.chief.work():
        lines = {line.label: line.numbers for line in doing.ask_report("ranking_month")}
        assert lines == {"Ann": (0, 75_000, 75_000, big + 37_500), "Bob": (77_700, 25_000, 25_000, 12_500)}
        assert sum(line.numbers[-1] for line in doing.ask_report("achieved_product")) == big + 50_000
        assert [(line.label, *line.numbers[:2], line.numbers[-1]) for line in doing.ask_report("results")] == [
            ("Ann", "Chengdu, Sichuan", f"{today:%Y-%m}", big), ("Ann", "", f"{today:%Y-%m}", 37_500), ("Bob", "", f"{today:%Y-%m}", 12_500)]
    with west.bob.work():
        assert [line.label for line in doing.ask_report("results")] == ["Bob"]


def test_a_document_without_a_day_counts_on_the_day_of_the_house(house, west, make):
    """20:00 in London is tomorrow in Shanghai."""
    order = make("sales.order", owner=west.ann, customer=make.customer(owner=west.ann), day=None, items=[])
    with house.system(), writing():
        session.connection().execute(sa.text(f"UPDATE sales_order SET state = 'confirmed', day = NULL, created_at = '2026-03-04 20:00:00' WHERE id = {order}"),
                                     execution_options={"crm_unscoped": "tests"})
    with house.system():
        assert achieving.order_doc(session, order).day == dt.date(2026, 3, 5)


def test_territories_are_tried_without_changing_anything(west, make, house):
    west.territory("all", west.ann)
    west.territory("city", west.bob, regions=[west.city], priority=3)
    customer = make.customer(owner=west.ann, name="Lotus Tea", region=west.city)
    browser = west.chief.browser()
    page = browser("GET", f"/sales/force/territories?region={west.city}").text
    assert "go to Bob: territory city" in page and "priority 3; by region" in page and "Several overlap here" in page
    assert "go to Ann: territory all" in browser("GET", f"/sales/force/territories?region={west.province}&size=large").text
    assert "go to Bob: territory city" in browser("GET", f"/sales/force/territories?customer={customer}").text
    assert "go to Bob: territory city" in browser("GET", "/sales/force/territories?customer=Lotus+Tea").text
    assert "There is no such record" in browser("GET", "/sales/force/territories?region=Atlantis").text
    assert west.owner(customer) == west.ann.id
    theirs = make.customer(owner=west.cid, name="Not yours", region=west.city)
    anns = west.ann.browser()
    known = "Not yours" in anns("GET", "/lookup/core.customer?q=Not").text  # in brief, as any picker names it
    assert ("Not yours" in anns("GET", f"/sales/force/territories?customer={theirs}").text) is known
    nobody = west.chief.house.person("eve", {"sales.territory.read": "all"}).browser()
    assert "Not yours" not in nobody("GET", f"/sales/force/territories?customer={theirs}").text


def test_the_preview_says_what_assigning_all_then_does(west, make, house):
    """As many as it says, from whom and to whom; a second time nobody moves."""
    west.territory("city", west.bob, regions=[west.province])
    west.territory("food", west.cid, industries=[west.food])
    mine = None
    for owner, place in ((west.ann, {"region": west.city}), (west.ann, {"region": west.province}), (west.bob, {"region": west.city}), (west.ann, {"industry": west.tea}), (west.ann, {}), (None, {"region": west.city})):
        made = make.customer(owner=owner, **place)
        mine = made if owner is west.ann else mine
    with west.chief.work():
        found = territories.moves()
    assert [(str(one), to, n) for one, to, n in found.moves] == [("Ann", "Bob", 2), ("Ann", "Cid", 1), ("Nobody", "Bob", 1)] and (found.stay, found.nowhere) == (1, 1)
    assert "would change hands" not in west.ann.browser()("GET", "/sales/force/territories").text, "who may assign nobody is not offered it"
    assert west.ann.browser()("GET", f"/core/customer/{mine}/do/by_territory").status_code in (403, 404) and "do/by_territory" not in west.ann.browser()("GET", f"/core/customer/{mine}").text
    browser = west.chief.browser()
    page = browser("GET", "/sales/force/territories").text
    assert "4 customers would change hands" in page
    assert "6 records are meant" in browser("POST", "/core/customer/bulk/by_territory", data={"all": "1"}).text
    assert browser("POST", "/core/customer/bulk/by_territory", data={"all": "1", "go": "1"}).status_code == 303
    drain(house.site)
    with west.chief.work():
        again = territories.moves()
    assert (again.moves, again.stay, again.nowhere) == ([], 5, 1)
