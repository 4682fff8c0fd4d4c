"""Targets by product and category, and the forecast beside them: what counts, where it leads, who sees it, and what it costs."""

import pytest
import sqlalchemy as sa
from crm_sales.force import forecast, targets
from crm_sales.settings import Counts
from hypothesis import given
from hypothesis import strategies as st

from crm_core.access.models import FieldRule, Role, Rule
from crm_core.features.plans import metrics, services
from crm_core.features.plans.models import Plan, PlanLine
from crm_core.resource.changes import stamp
from crm_core.sdk import Invalid, plans, rights_changed, session, show_month, today, writing
from crm_core.testing.statements import sent

WON = Counts.won


@pytest.fixture
def house(shared):
    """One for all: each test has people, a department and products of its own."""
    return shared


@pytest.fixture
def ann(somebody):
    return somebody()


@pytest.fixture
def shop(house, make, ann):
    """A category with one below it, a product of each, a variant, and what Ann achieved of them this month, in hundredths."""
    class Shop:
        papers = make("core.product_category", name=f"Papers of {ann.login}")
        weeklies = make("core.product_category", name=f"Weeklies of {ann.login}", parent=papers)
        book, weekly = make.product(category=papers), make.product(category=weeklies)
        bound = make.product(category=papers, parent=book)
        customer = make.customer(owner=ann)

        def did(self, amount, product=None, category=None, what="received", who=ann):
            key = f"{who.login}{house.number()}" if hasattr(house, "number") else f"{who.login}-{amount}-{product}-{what}"
            return make("sales.achievement", owner=who, did=what, day=today(), document=key, source=key, key=key, amount=amount, product=product, category=category, customer=self.customer)

        def plan(self, who, *items, **more):
            with who.work():
                return house.resource("core.plan").write([{"title": "Mine", "span": "month", "begins": today(), "items": list(items), **more}])[0]

        def counted(self, who, plan):
            with who.work():
                lines = services.lines_of([plan])
                found = services.facts([session.get_one(Plan, plan)], lines)
                return [found[line.id] for line in lines[plan]]

    made = Shop()
    made.did(1_000_00, made.book, made.papers)
    made.did(200_00, made.bound, made.papers)
    made.did(30_00, made.weekly, made.weeklies)
    made.did(4_00)
    return made


def aim(target, **part):
    return {"metric": "sales.received", "target": target, **part}


def test_a_line_counts_its_category_with_those_below_or_its_product_with_its_variants(house, shop, ann):
    plan = shop.plan(ann, aim(2_000), aim(1_500, category=shop.papers), aim(100, category=shop.weeklies), aim(800, product=shop.book), aim(300, product=shop.bound))
    assert shop.counted(ann, plan) == [1_234, 1_230, 30, 1_200, 200]
    with ann.work():
        line = services.lines_of([plan])[plan][3]
        url = metrics.url_of(services.wanted(session.get_one(Plan, plan), line))
    assert f"product.any={shop.book}" in url
    page = ann.browser()("GET", url).text
    assert "1,000" in page and ">30<" not in page
    page = ann.browser()("GET", f"/core/plan/{plan}").text
    assert f"Weeklies of {ann.login}" in page and "1,230" in page


def test_a_line_names_one_part_and_only_of_what_is_told_apart_by_it(house, shop, ann):
    with pytest.raises(Invalid):
        shop.plan(ann, aim(10, category=shop.papers, product=shop.book))
    with pytest.raises(Invalid):
        shop.plan(ann, {"metric": "core.visits", "target": 3, "product": shop.book})
    with pytest.raises(Invalid):
        shop.plan(ann, {"metric": "own", "what": "pages", "target": 3, "category": shop.papers})


def test_a_year_is_broken_down_with_its_parts_and_its_months_stand_beside_it(house, shop, ann):
    plan = shop.plan(ann, aim(1_201), aim(601, category=shop.papers), span="year")
    with ann.work():
        house.resource("core.plan").run("divide", [plan])
        query = sa.select(PlanLine.category_id, sa.func.sum(PlanLine.target), sa.func.count()).join(Plan, Plan.id == PlanLine.plan_id).where(Plan.above_id == plan)
        assert {tuple(row) for row in session.execute(query.group_by(PlanLine.category_id))} == {(None, 1_201, 12), (shop.papers, 601, 12)}
        (row,) = [one for one in targets.year(today().replace(month=1, day=1), "category", "received")[0] if one.key == shop.papers]
    assert (row.year.target, row.planned, row.months[today().month - 1].fact) == (601_00, 601_00, 1_230_00)
    month = next(one for one in row.months if one.target)
    assert month.target in (50_00, 51_00) and f"category.any={shop.papers}" in month.url
    assert [(one.name, one.year.target) for one in row.below] == [(ann.login.capitalize(), 601_00)]
    page = ann.browser()("GET", f"/core/plan/{plan}").text
    assert "In its parts" in page or "in its parts" in page


def test_parts_are_no_target_of_the_whole(house, shop, ann):
    shop.plan(ann, aim(500), aim(400, category=shop.papers), aim(300, product=shop.weekly))
    first = today().replace(day=1)
    with ann.work():
        assert plans.targets(["sales.received"], first, first) == {(ann.id, first, "sales.received"): 500}
        assert {(one.category, one.product): one.figure for one in plans.planned(["sales.received"], first, first)} == {
            (None, None): 500, (shop.papers, None): 400, (None, shop.weekly): 300}


def hide(house, who, resource, field):
    """A field rule: this person's own role does not see it."""
    with house.system(), writing() as db:
        role = db.scalar(sa.select(Role.id).where(Role.code == who.login))
        db.add(stamp(FieldRule(role_id=role, resource=resource, field=field, rule=Rule.hidden)))
        rights_changed()


# --- the forecast --------------------------------------------------------------------------------------------------------


def this_month(who, by="owner", did=WON):
    with who.work():
        found, _aims = forecast.months(today(), by, did)
        return next(one for one in found if one["label"] == show_month(today()))


def test_the_forecast_says_what_is_lacking_and_whether_it_can_be_reached(house, shop, ann, make):
    shop.plan(ann, {"metric": "sales.won", "target": 1_000})
    shop.did(400_00, what="won")
    line = this_month(ann)["people"][0]
    assert [line["target"][name] if name == "lacking" else line["target"][name][0] for name in ("aim", "fact", "lacking")] == ["1,000", "400", "600"]
    assert "Out of reach" in line["target"]["said"] and line["target"]["more"] == "600"
    steps = [({"forecast": "omitted", "amount": 900_00}, "Out of reach"), ({"amount": 600_00, "chance": 1000}, "Only if more"), ({"amount": 590_00, "chance": 10000}, "Probable"),
             ({"amount": 600_00, "forecast": "committed"}, "With what is committed")]
    for values, said in steps:
        with ann.work():
            house.resource("sales.opportunity").write([{"name": "Deal", "customer": shop.customer, "expected": today(), **values}])
        assert said in this_month(ann)["people"][0]["target"]["said"]
    page = ann.browser()("GET", "/sales/forecast").text
    assert "With what is committed" in page
    assert "With what is committed" not in ann.browser()("GET", "/sales/forecast?of=received").text
    for address in (line["target"]["aim"][1], line["target"]["fact"][1]):
        assert ann.browser()("GET", address).status_code == 200


def test_who_may_not_see_a_plan_or_its_figures_sees_no_target(house, shop, ann, somebody):
    """Negative control first: who sees plans of all sees it."""
    shop.plan(ann, {"metric": "sales.won", "target": 7_654_321})
    shop.did(400_00, what="won")
    chief, other = somebody(roles=["decision-maker"]), somebody(roles=["user"])
    half = somebody(roles=[], grants={"sales.opportunity_share.read": "all", "sales.achievement.read": "all", "core.user.read": "all"})
    addresses = ("/sales/forecast", "/sales/forecast?by=department", "/sales/force", "/sales/force/targets?of=won")
    for address in addresses:
        if address != "/sales/force":
            assert "7,654,321" in chief.browser()("GET", address).text, address
        for who in (other, half):
            page = who.browser()("GET", address)
            assert page.status_code == 200 and "7,654,321" not in page.text and "7,653,921" not in page.text, address
    whole = {name: "all" for name in ("sales.opportunity_share.read", "sales.achievement.read", "core.user.read", "core.plan.read")}
    eve = somebody(roles=[], grants=whole)
    assert "7,654,321" in eve.browser()("GET", "/sales/forecast").text
    hide(house, eve, "core.plan_line", "target")
    for address in addresses:
        page = eve.browser()("GET", address)
        assert page.status_code == 200 and "7,654,321" not in page.text, address


def test_a_department_counts_those_below_and_its_own_plan_before_its_peoples(house, shop, ann, make, somebody):
    below = make("core.department", name=f"Below {ann.login}", parent=ann.department)
    bob = somebody()
    with house.system(), writing():
        session.connection().execute(sa.text(f"UPDATE core_user SET department_id = {below} WHERE id = {bob.id}"), execution_options={"crm_unscoped": "tests"})
    chief = somebody(roles=["decision-maker"])
    tree = {ann.department: 0}
    for who, home, target in ((ann, ann.department, 100), (bob, below, 50)):
        with chief.work():
            house.resource("core.plan").write([{"title": "Theirs", "span": "month", "begins": today(), "owner": who.id, "department": home, "items": [{"metric": "sales.won", "target": target}]}])
    def of(department):
        with chief.work():
            aims = forecast.targets(today().replace(day=1), today(), "department", WON)
            mine = {key: one for (key, _month), one in aims.items() if key in (ann.department, below)}
            from crm_sales.force import departments
            return departments.tree().target(department, mine), departments.tree().whole(mine)
    assert tree and of(ann.department) == (150_00, 150_00) and of(below)[0] == 50_00
    with chief.work():
        house.resource("core.plan").write([{"title": "Ours", "span": "month", "begins": today(), "everybody": True, "department": ann.department, "items": [{"metric": "sales.won", "target": 400}]}])
    assert of(ann.department) == (400_00, 400_00)


def test_the_pages_cost_the_same_for_many(house, shop, ann, somebody):
    browser, counts = ann.browser(), []
    addresses = ("/sales/forecast", "/sales/forecast?by=department", "/sales/force/targets?by=category&of=received", "/sales/force/targets?by=owner&of=received")
    for round_ in range(2):
        for number in range(1 + 5 * round_):
            shop.plan(ann, aim(10 + number), aim(5, category=shop.papers), aim(5, product=shop.book), {"metric": "sales.won", "target": 9})
            shop.did(10_000_000 + 100 * number + round_, shop.weekly, shop.weeklies)
        for address in addresses:
            browser("GET", address)
        found = []
        for address in addresses:
            with sent(house.site.engines.read) as statements:
                browser("GET", address)
            found.append(len(statements))
        counts.append(found)
    assert counts[0] == counts[1]


@given(st.integers(1, 10**9), st.integers(0, 10**9), *(st.integers(0, 10**9) for _n in range(4)))
def test_more_in_the_pipeline_never_makes_a_target_less_likely(target, fact, committed, weighted, history, pipeline):
    order = ["Target reached", "With what is committed", "Probable", "Only if more is won than is probable", "Out of reach"]

    def place(**more):
        numbers = {"committed": committed, "weighted": weighted, "history": history, "pipeline": pipeline}
        return order.index(str(forecast.reach(target, fact, {name: n + more.get(name, 0) for name, n in numbers.items()}).label.msgid))

    for name in ("committed", "weighted", "history", "pipeline"):
        assert place(**{name: 1_000}) <= place()
