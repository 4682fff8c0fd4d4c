"""What packages tell of customers: what serving them costs is off their profit, signs of trouble make a proposal; each part is named, and none that is not known."""

import datetime as dt
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.features.customers.api import Note
from crm_core.features.customers.dealings import record_dealings
from crm_core.features.customers.notes import add_note
from crm_core.features.dealings import proposing, reckoning, saying, told, views
from crm_core.features.dealings.models import About, Answer, Care, ValueProposal
from crm_core.features.dealings.settings import ValueSettings
from crm_core.kernel import clock
from crm_core.kernel.declare import Cost, Trouble
from crm_core.resource.changes import unscoped
from crm_core.resource.settings import put
from tests.customers.office import Office
from tests.dealings.test_value import DAY, NOON, deals, in_words, monthly, night, rows, settle, tasks


class Tells:
    """A package that tells costs and signs: what is put into it."""

    def __init__(self) -> None:
        self.costs: dict[str, dict[int, int] | None] = {}
        self.signs: dict[int, dict[str, Any]] = {}
        self.asked: list[tuple[Any, ...]] = []

    def cost(self, part: str) -> Any:
        def of(customers: Any, first: dt.date, last: dt.date) -> Any:
            self.asked.append((part, first, last))
            found = self.costs.get(part)
            return None if found is None else {one: amount for one, amount in found.items() if one in customers}

        return of


@pytest.fixture
def tells(shop: Office) -> Iterator[Tells]:
    made, registry = Tells(), shop.site.registry
    before = registry.costs, registry.troubles
    registry.costs = MappingProxyType({**before[0], **{f"x.{part}{n}": Cost(f"x.{part}{n}", part, made.cost(part)) for part, n in (("commission", 1), ("commission", 2), ("debt", 1))}})
    registry.troubles = MappingProxyType({**before[1], "x.late": Trouble(
        "x.late", "Late payment", lambda ids, _today: {one: figures for one, figures in made.signs.items() if one in ids},
        lambda figures, sums: f"{figures['days']} days" + (f", {figures['owed']} owed" if sums else ""), permission="core.value_proposal.accept")})
    yield made
    registry.costs, registry.troubles = before


def cared(office: Office) -> dict[int, Any]:
    """The newest proposal of care of each customer."""
    with office.site.system("tests") as work:
        found = {row.customer_id: row for row in work.session.scalars(sa.select(ValueProposal).where(ValueProposal.about == About.care).order_by(ValueProposal.id))}
        work.session.expunge_all()
    return found


def test_a_part_is_one_of_those_that_are_named() -> None:
    with pytest.raises(ValueError, match="favours"):
        Cost("x", "rent", lambda *_a: {})


def test_what_serving_costs_is_off_the_profit(shop: Office, tells: Tells) -> None:
    mine, other, bare = (shop.customer("chen", name) for name in ("甲", "乙", "丙"))
    tells.costs = {"commission": {mine: 50_00, other: -5_00}, "debt": None}
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [*deals(mine, [40, 10], cost=700_00), *deals(other, [40, 10]), *deals(bare, [10])])
        settle(shop)
        found = rows(shop)
        assert (found[mine].goods, found[mine].commission, found[mine].debt, found[mine].profit) == (1_400_00, 100_00, None, 500_00), "two tell of commission: both are off"
        assert (found[other].goods, found[other].commission, found[other].profit) == (None, -10_00, 2_010_00), "what was given back is there again"
        assert (found[bare].commission, found[bare].profit) == (0, None), "of whom no cost is known no profit is"
        assert tells.asked[0] == ("commission", DAY - dt.timedelta(days=364), DAY)
        with shop.as_("sun"):
            said = in_words(views.panel(mine))
            assert "2,000, less Cost of goods 1,400, Commission 100." in said and "Not known here: Service time, Favours, Bad debt." in said
        with shop.as_("chen"):
            assert "Commission" not in in_words(views.panel(mine)) and "commission" not in shop.resource("customer_value").fields(), "for who sees sensitive facts"
        tells.costs = {"commission": None, "debt": {mine: 3}}
        night(shop)
        assert (rows(shop)[mine].commission, rows(shop)[mine].debt, rows(shop)[mine].profit) == (None, 3, 599_97), "who tells no more is left out"


def test_time_on_tasks_is_service(shop: Office) -> None:
    mine, other = shop.customer("chen", "甲"), shop.customer("chen", "乙")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            made = shop.resource("task").write([{"title": "拜访", "subject": "core.customer", "subject_id": one} for one in (mine, mine, other)])
            for task, minutes in zip(made, (50, 55, None), strict=True):
                shop.resource("task").run("done", [task], {"spent": minutes} if minutes else {})
        with shop.site.system("tests"):
            assert told.time_spent([mine], DAY, DAY) is None, "no hour has a price yet"
            put(ValueSettings, {"hour": 100})
            assert told.time_spent([mine, other], DAY, DAY) == {mine: 175_00}
            assert told.time_spent([mine], DAY - dt.timedelta(days=9), DAY - dt.timedelta(days=1)) == {}


def test_a_sign_of_trouble_makes_a_proposal_with_its_reason(shop: Office, tells: Tells) -> None:
    late, angry, fine = (shop.customer("chen", name) for name in ("迟付", "投诉", "安好"))
    shop.grant("seller", "core.value_proposal.read", "own")
    tells.signs = {late: {"days": 34, "owed": "9,876.00"}}
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [one for n in (late, angry, fine) for one in deals(n, monthly(5, 12))])
            for topic, who, at in (("complaint", angry, NOON), ("complaint", angry, NOON), ("praise", fine, NOON), ("complaint", fine, NOON - dt.timedelta(days=200))):
                add_note("core.customer", who, "…", kind="feedback", at=at, more={"topic": topic})
        settle(shop)
        with shop.site.system("tests"), writing() as db:
            db.execute(sa.update(table_of(Note)).where(table_of(Note).c.id == sa.select(sa.func.min(table_of(Note).c.id)).scalar_subquery()).values(handling="done"), execution_options=unscoped("tests"))
        night(shop)
        assert {one: (row.signs, row.troubles) for one, row in rows(shop).items()} == {
            late: (1, {"x.late": {"days": 34, "owed": "9,876.00"}}), angry: (1, {"core.complaints": {"times": 2, "open": 1}}), fine: (0, {})}
        proposals = cared(shop)
        assert {one: row.care for one, row in proposals.items() if row.care} == {late: Care.troubled, angry: Care.troubled}
        for who, seen in (("chen", False), ("sun", True)):
            with shop.as_(who):
                said = str(proposing.reason(shop.resource("value_proposal").get(proposals[late].id)))
                assert "Late payment" in said and "12,000" in said and ("34 days" in said, "9,876" in said) == (seen, seen), said
                said = str(proposing.reason(shop.resource("value_proposal").get(proposals[angry].id)))
                assert "2 complaints, 1 of them not settled" in said
                assert ("34 days" in in_words(views.panel(late))) is seen and "Late payment" in in_words(views.panel(late))
        for resource, name in (("core.value_proposal", "year"), ("core.customer_value", "year")):
            shop.hide("chief", resource, name)
        with shop.as_("sun"):
            said = str(proposing.reason(shop.resource("value_proposal").get(proposals[late].id)))
            assert "34 days" in said and "9,876" not in said and "12,000" not in said and "9,876" not in in_words(views.panel(late)), "no sums to who may not see them"
            shop.resource("value_proposal").run("accept", [proposals[late].id])
        assert rows(shop)[late].care is Care.troubled and [one for one in tasks(shop) if "迟付" in one]
        tells.signs = {}
        with shop.site.system("tests"), writing() as db:
            db.execute(sa.update(table_of(Note)).values(happened_at=NOON - dt.timedelta(days=181)), execution_options=unscoped("tests"))
        night(shop)
        assert rows(shop)[angry].signs == 0 and cared(shop)[angry].answer is Answer.past, "what is no longer so closes by itself"


def test_signs_of_a_package_that_sleeps_are_not_said(shop: Office) -> None:
    with shop.as_("sun"):
        assert saying.troubles({"gone.sign": {"n": 1}}) == "" and saying.signs({"gone.sign": {"n": 1}}) == ""


def test_both_are_asked_for_the_set_and_once(shop: Office, tells: Tells) -> None:
    mine = [shop.customer("chen", f"客户{n}") for n in range(12)]
    tells.costs = {"commission": {}}
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [one for n in mine for one in deals(n, monthly(5, 3))])
        tells.asked.clear()
        with shop.site.system("tests"), writing():
            by = reckoning.means(reckoning.houses.kept(), DAY)
            few = shop.count_writes(lambda: reckoning.reckon(mine[:2], by))
            assert len(tells.asked) == 3, "whatever the number of customers"
            assert shop.count_writes(lambda: reckoning.reckon(mine[2:], by)) <= few + 1
