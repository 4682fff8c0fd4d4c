"""The figures of customers in a house: reckoned by the job and after each dealing, warned of once, corrected by hand, proposed and decided.
Long because each of these is told with a house of its own."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import acting_as, session, writing
from crm_core.features.customers.dealings import Deal, Dealing, record_dealings
from crm_core.features.customers.tags import of as of_records
from crm_core.features.dealings import chances, demo, likely, views
from crm_core.features.dealings.house import House
from crm_core.features.dealings.models import Answer, Care, CustomerValue, Stage, StageMove, ValueClass, ValueProposal
from crm_core.features.rules.models import Rule
from crm_core.features.tasks.api import Task
from crm_core.kernel import clock, enabling, outbox, runner
from crm_core.kernel.errors import Forbidden, Missing, Refused
from crm_core.resource import merging, removal, undo
from crm_core.resource.changes import unscoped
from tests.customers.office import Office

DAY = dt.date(2026, 11, 27)
NOON = dt.datetime(2026, 11, 27, 4, tzinfo=dt.UTC)


def deals(customer: int, agos: Sequence[int], amount: int = 1_000_00, cost: int | None = None, name: str = "a") -> list[Deal]:
    return [Deal(customer=customer, key=f"{name}/{customer}/{ago}", kind="Order", day=DAY - dt.timedelta(days=ago), amount=amount, cost=cost) for ago in agos]


def monthly(last: int, times: int = 24) -> range:
    return range(last, last + 30 * times, 30)


def settle(office: Office) -> None:
    while outbox.drain(office.site) + runner.drain(office.site):
        pass


def night(office: Office) -> None:
    from crm_core.kernel.jobs import later

    with office.site.system("tests"), writing():
        later("core.value", {})
    settle(office)


def rows(office: Office, model: Any = CustomerValue) -> dict[int, Any]:
    with office.site.system("tests") as work:
        found = {row.customer_id: row for row in work.session.scalars(sa.select(model).order_by(model.id))}
        work.session.expunge_all()
    return found


def tasks(office: Office, *, done: bool = False) -> list[str]:
    with office.site.system("tests") as work:
        return list(work.session.scalars(sa.select(Task.title).where(Task.done_at.is_not(None) if done else Task.done_at.is_(None)).order_by(Task.id)))


def test_after_a_dealing_the_figures_follow(shop: Office) -> None:
    customer = shop.customer("chen")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, [40, 10], cost=700_00))
        settle(shop)
        row = rows(shop)[customer]
        assert (row.stage, row.deals, row.year, row.profit, row.last_on) == (Stage.trial, 2, 2_000_00, 600_00, DAY - dt.timedelta(days=10))
        assert row.owner_id == shop.people["chen"] and row.alive is None, "too few customers to say what is likely"
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, [100, 70]))
            record_dealings("seller", deals(customer, [10], amount=0))  # cancelled
        settle(shop)
        row = rows(shop)[customer]
        assert (row.stage, row.deals, row.year) == (Stage.growing, 3, 3_000_00)
        with shop.site.system("tests") as work:
            moves = work.session.execute(sa.select(StageMove.before, StageMove.stage).order_by(StageMove.id)).all()
        assert moves == [(None, Stage.trial), (Stage.trial, Stage.growing)]
        with shop.as_("chen"):
            assert shop.resource("customer_value").get(row.id).stage is Stage.growing
        with shop.as_("li"), pytest.raises(Missing):
            shop.resource("customer_value").get(row.id)


def test_the_job_reckons_all_and_twice_the_same(shop: Office) -> None:
    mine = [shop.customer("chen", f"客户{n}") for n in range(4)]
    idle = shop.customer("chen", "无交易")
    with clock.freeze(NOON), shop.as_("chen"):
        told = [*deals(mine[0], monthly(5)), *deals(mine[1], [10]), *deals(mine[2], monthly(125)), *deals(mine[3], [10], amount=-500)]
        ids = record_dealings("seller", told)
        assert record_dealings("seller", told) == ids, "told again they are there once"
    with clock.freeze(NOON):
        night(shop)
        first = rows(shop)
        assert {one: row.stage for one, row in first.items()} == {mine[0]: Stage.stable, mine[1]: Stage.trial, mine[2]: Stage.declining}
        assert idle not in first and first[mine[0]].rfm is not None and len(first[mine[0]].rfm) == 3
        night(shop)
        again = rows(shop)
        assert {one: row.updated_at for one, row in again.items()} == {one: row.updated_at for one, row in first.items()}
        assert tasks(shop) == [], "what lies in the past is not warned of"


def test_silence_is_warned_of_once_and_ends_with_a_dealing(shop: Office) -> None:
    customer = shop.customer("chen", "云岭酒业")
    with clock.freeze(NOON - dt.timedelta(days=30)):
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, monthly(35)))
        settle(shop)
        night(shop)
        assert rows(shop)[customer].churn is None and tasks(shop) == []
    with clock.freeze(NOON + dt.timedelta(days=15)):
        for _again in range(2):
            night(shop)
        assert rows(shop)[customer].churn == "silent"
        assert [title for title in tasks(shop) if "云岭酒业" in title] and len(tasks(shop)) == 1
        with shop.site.system("tests") as work:
            task = work.session.scalars(sa.select(Task)).one()
            assert task.owner_id == shop.people["chen"] and "50" in task.text and "30" in task.text and task.subject_id == customer
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, [-15]))
        settle(shop)
        assert rows(shop)[customer].churn is None and tasks(shop) == [] and len(tasks(shop, done=True)) == 1


def test_a_growing_customer_about_to_fall_is_warned_of(shop: Office) -> None:
    customer = shop.customer("chen")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, [125, 95, 65]))
        settle(shop)
        assert rows(shop)[customer].falls_on == DAY + dt.timedelta(days=26)
        night(shop)
    with clock.freeze(NOON + dt.timedelta(days=26)):
        night(shop)
        assert rows(shop)[customer].stage is Stage.declining


def test_by_hand_it_stays_until_its_day(shop: Office) -> None:
    customer = shop.customer("chen")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, monthly(125)))
        settle(shop)
        row = rows(shop)[customer]
        assert row.stage is Stage.declining
        shop.grant("seller", "core.customer_value.set_stage", "own")
        with shop.as_("li"), pytest.raises(Missing):
            shop.resource("customer_value").run("set_stage", [row.id], {"stage": Stage.stable, "why": "不是我的"})
        with shop.as_("chen"):
            shop.resource("customer_value").run("set_stage", [row.id], {"stage": Stage.stable, "why": "年度协议已签", "months": 2})
        night(shop)
        row = rows(shop)[customer]
        assert (row.stage, row.rule_stage, row.by_hand, row.hand_until) == (Stage.stable, Stage.declining, True, dt.date(2027, 1, 27))
        with shop.as_("chen"):
            said = views.panel(customer)
            assert any("年度协议已签" in str(one.sub) for one in said.rows) and any(str(one.title) == "By the rules" for one in said.rows)
    with clock.freeze(NOON + dt.timedelta(days=62)):
        night(shop)
        row = rows(shop)[customer]
        assert (row.stage, row.by_hand, row.hand_why) == (Stage.declining, False, None)
    moves = rows(shop, StageMove)[customer]
    assert (moves.before, moves.stage) == (Stage.stable, Stage.declining), "the last one is by the rules again"


def test_proposals_wait_for_a_decision(shop: Office) -> None:
    great, small = shop.customer("chen", "大客户"), shop.customer("chen", "小客户")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [*deals(great, monthly(5), amount=90_000_00), *deals(small, monthly(5, 12), amount=100_00), *deals(small, monthly(370, 12), amount=400_00)])
        settle(shop)
        night(shop)
        night(shop)
        with shop.site.system("tests") as work:
            found = {(p.customer_id, str(p.about)): p.id for p in work.session.scalars(sa.select(ValueProposal))}
            assert len(found) == work.session.scalar(sa.select(sa.func.count()).select_from(ValueProposal)), "each is there once"
        assert (great, "key") in found and (great, "value") in found and (small, "key") not in found and (small, "care") in found
        proposals = shop.resource("value_proposal")
        with shop.as_("chen"), pytest.raises(Forbidden):
            proposals.run("accept", [found[great, "key"]])
        with shop.as_("sun"):
            proposals.run("accept", [found[great, "key"]])
            proposals.run("accept", [found[great, "value"]], {"why": "董事会同意"})
            assert "in 12 months" in str(views.proposing.reason(proposals.get(found[small, "care"])))
            proposals.run("accept", [found[small, "care"]])
            assert shop.resource("customer").get(great).standing == "key"
            with pytest.raises(Refused):
                proposals.run("decline", [found[great, "key"]], {"why": "晚了"})
        assert rows(shop)[great].value_class is ValueClass.strategic and rows(shop)[small].care == "troubled"
        assert [title for title in tasks(shop) if "小客户" in title]
        night(shop)
        with shop.site.system("tests") as work:
            assert not work.session.scalars(sa.select(ValueProposal).where(ValueProposal.answer == Answer.open, ValueProposal.customer_id == great)).all(), "nothing more to propose"


def test_what_was_declined_is_not_proposed_again(shop: Office) -> None:
    great = shop.customer("chen", "大客户")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", deals(great, monthly(5), amount=90_000_00))
        settle(shop)
        night(shop)
        with shop.as_("sun"):
            open_ones = list(session.scalars(sa.select(ValueProposal.id)))
            assert open_ones
            shop.resource("value_proposal").run("decline", open_ones, {"why": "只是一次性项目"})
        night(shop)
        with shop.site.system("tests") as work:
            assert set(work.session.scalars(sa.select(ValueProposal.answer))) == {Answer.declined}


def test_a_rule_begins_with_what_a_customer_becomes(shop: Office) -> None:
    """A playbook for one value class begins with it, and not with another."""
    from tests.rules.rules import may, rule, task

    may(shop)
    mine, other = shop.customer("chen", "云岭酒业"), shop.customer("chen", "翠屏酒业")
    for right in ("set_class", "set_stage"):
        shop.grant("seller", f"core.customer_value.{right}", "own")
    rule(shop, trigger="core.value_class", asked={"becomes": "strategic"}, steps=[task("Plan with {name}")], playbook=True)
    rule(shop, trigger="core.stage_changed", asked={"becomes": "declining,stable"}, steps=[task("Look at {name}")])
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [*deals(mine, [40, 10]), *deals(other, [40, 10])])
        settle(shop)
        found = rows(shop)
        with shop.as_("chen"):
            shop.resource("customer_value").run("set_class", [found[mine].id], {"value_class": ValueClass.strategic, "why": "三年协议"})
            shop.resource("customer_value").run("set_class", [found[other].id], {"value_class": ValueClass.intrinsic, "why": "只问价"})
            shop.resource("customer_value").run("set_stage", [found[other].id], {"stage": Stage.declining, "why": "已转投他家"})
        settle(shop)
        assert sorted(tasks(shop)) == ["Look at 翠屏酒业", "Plan with 云岭酒业"]


def test_the_demo_has_movements_proposals_and_playbooks(shop: Office) -> None:
    mine = [shop.customer("chen", f"客户{n}") for n in range(3)]

    @contextmanager
    def at(_days: int, _hour: int, login: str) -> Iterator[None]:
        with acting_as(shop.actor({"sunli": "sun"}[login])):
            yield

    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [*deals(mine[0], monthly(5)), *deals(mine[1], monthly(110)), *deals(mine[2], [50, 10])])
        settle(shop)
        with shop.site.system("tests"), writing():
            session.execute(sa.delete(CustomerValue.__table__), execution_options=unscoped("tests"))
            demo.fill(SimpleNamespace(day=lambda n: DAY + dt.timedelta(days=n), at=at))
        assert {row.stage for row in rows(shop).values()} == {Stage.stable, Stage.declining, Stage.trial}
        with shop.site.system("tests") as work:
            assert work.session.scalar(sa.select(sa.func.count()).select_from(Rule)) == 3
            assert (Stage.stable, Stage.declining) in {tuple(row) for row in work.session.execute(sa.select(StageMove.before, StageMove.stage))}


def test_who_may_not_see_sums_is_told_none(shop: Office) -> None:
    customer = shop.customer("chen")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, [150, 100, 40, 10], 4_321_00, cost=1_234_00))
        settle(shop)
        row = rows(shop)[customer]
        with shop.as_("chen"):
            assert "4,321" in (said := str(views.panel(customer))) or "17,284" in said
            assert "12,348" not in said and "profit" not in shop.resource("customer_value").fields(), "profit is for who sees sensitive facts"
        for name in ("year", "year_before", "total", "average", "spends", "lifetime"):
            shop.hide("seller", "core.customer_value", name)
        with shop.as_("chen"):
            said = str(views.panel(customer))
            assert "4,321" not in said and "17,284" not in said and "Stage since" in said
            assert shop.resource("customer_value").get(row.id).stage is Stage.growing


def in_words(panel: Any) -> str:
    return " ".join(str(one) for row in panel.rows for one in (row.title, row.sub, row.figure))


def test_the_share_of_profit_shows_in_no_figure_beside_it(shop: Office) -> None:
    """Two who deal alike, one of whom leaves much less, are worth the same to who may not see profit, and no reason says which is which."""
    mine = [shop.customer("chen", f"客户{n}") for n in range(chances.LEAST + 2)]
    shop.grant("seller", "core.value_proposal.read", "own")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [one for n in mine for one in deals(n, monthly(5, 6), cost=950_00 if n == mine[0] else 300_00)])
        settle(shop)
        night(shop)
        found = rows(shop)
        assert found[mine[0]].lifetime and found[mine[0]].lifetime == found[mine[1]].lifetime and found[mine[0]].profit < found[mine[1]].profit
        with shop.site.system("tests") as work:
            (number,) = work.session.scalars(sa.select(ValueProposal.id).where(ValueProposal.value_class == ValueClass.intrinsic))
        for who, says in (("chen", False), ("sun", True)):
            with shop.as_(who):
                row = shop.resource("value_proposal").get(number)
                assert ("left of it" in str(views.proposing.reason(row)), "left of it" in str(views.proposing.reasons([number])[number]), "left of it" in in_words(views.panel(mine[0]))) == (says,) * 3


def test_a_hidden_figure_is_in_no_sentence(shop: Office) -> None:
    customer = shop.customer("chen")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [*deals(customer, range(400, 730, 30), 9_876_00), *deals(customer, [100, 70, 40, 10], 1_000_00)])
        settle(shop)
        row = rows(shop)[customer]
        assert row.why == "less" and row.churn == "smaller"
        before = f"{row.year_before // 100:,}"
        with shop.as_("chen"):
            assert in_words(views.panel(customer)).count(before) > 1
        shop.hide("seller", "core.customer_value", "year_before")
        with shop.as_("chen"):
            said = in_words(views.panel(customer))
            assert before not in said and "The last three dealings brought much less" in said
        shop.hide("seller", "core.customer_value", "last_on")
        with shop.as_("chen"):
            assert "much less" not in in_words(views.panel(customer))


def test_nothing_is_done_about_who_was_deleted(shop: Office) -> None:
    customer = shop.customer("chen")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, monthly(5), amount=90_000_00))
        settle(shop)
        with shop.as_("chen"):
            shop.resource("customer").delete([customer])
        with shop.as_("sun"), writing(), pytest.raises(Refused):
            views.proposing.hold(customer, None, Care.troubled)
        with shop.site.system("tests"), writing():  # as if it had not gone with him
            session.execute(sa.update(CustomerValue.__table__).values(deleted_at=None), execution_options=unscoped("tests"))
        with shop.as_("sun"), writing(), pytest.raises(Refused):
            views.proposing.hold(customer, None, Care.troubled)
        night(shop)
        assert tasks(shop) == [] and rows(shop, ValueProposal) == {}


def test_a_feature_that_slept_follows_its_customers_when_it_wakes(office: Office, shop: Office) -> None:
    """`office` is the same house while nothing uses the feature."""
    mine, gone, kept, other = (shop.customer("chen", name) for name in ("云岭酒业", "翠屏酒业", "岷江酒业", "岷江酒业公司"))
    shop.grant("seller", "core.value_proposal.read", "own")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [*deals(mine, monthly(5), amount=90_000_00), *deals(gone, [40, 10]), *deals(kept, [40]), *deals(other, [10])])
        settle(shop)
        shop.grant("seller", "core.customer_value.set_stage", "own")
        with shop.as_("chen"):
            shop.resource("customer_value").run("set_stage", [rows(shop)[mine].id], {"stage": Stage.stable, "why": "年度协议"})
        night(shop)

        def seen(who: str) -> list[set[int]]:
            with shop.as_(who):
                return [set(session.scalars(sa.select(model.customer_id))) for model in (CustomerValue, StageMove, ValueProposal)]

        assert all(mine in found for found in seen("chen")) and gone in seen("chen")[0]
        assert "core.customer_value" not in office.site.registry.resources
        with office.as_("sun"):
            office.resource("customer").write([{"id": mine, "owner": office.people["li"]}])
            act = removal.delete(office.resource("customer"), [gone])
            merging.merge(office.resource("customer"), kept, [other])
        enabling.enable(shop.site, ["seller"])
        assert all(mine not in found for found in seen("chen")) and all(mine in found for found in seen("li"))
        assert gone not in seen("chen")[0] and gone not in seen("chen")[1] and other not in seen("sun")[0]
        with shop.as_("sun"):
            undo.ask(act)
        settle(shop)
        assert gone in seen("chen")[0], "it comes back with its customer"


def test_two_customers_that_become_one_have_one_row(shop: Office) -> None:
    kept, gone = shop.customer("chen", "云岭酒业"), shop.customer("chen", "云岭酒业公司")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", [*deals(kept, [100, 70]), *deals(gone, [40, 10])])
        settle(shop)
        assert len(rows(shop)) == 2
        with shop.as_("sun"):
            merging.merge(shop.resource("customer"), kept, [gone])
        settle(shop)
        found = rows(shop)
        assert set(found) == {kept} and found[kept].deals == 4


def test_a_set_costs_as_many_statements_as_a_small_one(shop: Office) -> None:
    mine = [shop.customer("chen", f"客户{n}") for n in range(12)]
    told = [one for n in mine for one in deals(n, monthly(5, 6))]

    def tell(some: list[Deal]) -> int:
        with shop.as_("chen"):
            return shop.count_writes(lambda: record_dealings("seller", some))

    with clock.freeze(NOON):
        assert tell(told[:6]) >= tell(told[6:])
        few = shop.count_writes(lambda: settle(shop))
        assert few < 80
    with shop.site.system("tests") as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Dealing)) == 72


def test_who_could_buy_it_are_those_most_like_the_buyers(shop: Office) -> None:
    with shop.as_("sun"):
        site_ = shop.resource("customer").write([{"name": f"酒企{n}", "size": "large", "ownership": "state"} for n in range(4)])
        like, half, _other = shop.resource("customer").write([
            {"name": "像", "size": "large", "ownership": "state"}, {"name": "半像", "size": "large", "ownership": "private"}, {"name": "不像", "size": "small", "ownership": "private"}])
    told = [Deal(customer=one, key=f"{product}/{one}", kind="Order", day=DAY, amount=100, product=product) for one in site_ for product in (7, 8)]
    with clock.freeze(NOON), shop.as_("sun"):
        record_dealings("seller", [*told, Deal(customer=half, key="8/half", kind="Order", day=DAY, amount=100, product=8)])
        buyers, found = likely.find(7, 10)
        assert buyers == 4 and {one.id for one in found} <= {like, half}, "neither buyers nor those who are not like them"
        assert found[0].score and found[0].why
        assert likely.find(9, 10) == (0, [])
        (product,) = shop.resource("product").write([{"name": "周刊"}])
        record_dealings("seller", [Deal(customer=one, key=f"p/{one}", kind="Order", day=DAY, amount=100, product=product) for one in site_])
        assert {str(one.title) for one in likely.panel(product).rows} == {"像", "半像"}
        shop.resource("product").run("tag_likely", [product], {"name": "可推周刊", "count": 1})
        assert [names for names in of_records("core.customer", [like, half]).values()] == [["可推周刊"]], "the best of them alone"
    with shop.as_("li"):
        assert likely.find(7, 10) == (0, []), "who sees no buyers learns nothing of them"


def test_a_warning_that_is_a_task_names_no_amount(shop: Office) -> None:
    """A task is read by whoever has it, today and tomorrow: also by one from whom amounts are hidden."""
    customer = shop.customer("chen")
    with clock.freeze(NOON):
        with shop.as_("chen"):
            record_dealings("seller", deals(customer, range(130, 730, 30), 9_876_00))
        settle(shop)
        night(shop)
        assert tasks(shop) == []
        with shop.as_("chen"):
            for days in (100, 70, 40, 10):
                record_dealings("seller", deals(customer, [days], 1_234_00))
        settle(shop)
        row = rows(shop)[customer]
        assert row.churn == "smaller"
        with shop.site.system("tests") as work:
            (text,) = work.session.scalars(sa.select(Task.text).where(Task.done_at.is_(None)))
        assert text == "最近三次交易额远低于通常水平。" and not any(figure in text for figure in (f"{row.year // 100:,}", f"{row.year_before // 100:,}", "1,234", "9,876"))


def test_a_proposal_asks_once_of_the_customer(office: Office) -> None:
    """Twice, and PostgreSQL, as long as it knows little of a table, tries each customer with each: minutes for ten thousand of them."""
    with office.site.system("test"):
        asked = {(kind.about, kind.value): [str(sa.select(table.id).where(one(kind))).count("FROM core_customer \n") for table, one in (
            (CustomerValue, views.proposing._wanted), (ValueProposal, views.proposing._ended))] for kind in views.proposing.kinds(House(money=[1, 2, 3, 4]))}
    assert {tuple(times) for key, times in asked.items() if key[0] != "key"} == {(1, 0)} and asked["key", None] == [1, 1]
