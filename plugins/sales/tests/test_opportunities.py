"""Opportunities: pipelines and what their stages ask for, winning and losing, next steps, the forecast."""

import datetime as dt

import pytest
from crm_sales.opportunities.models import Opportunity, Outcome, Pipeline, Stage, StageVisit
from sqlalchemy import select

from crm_core.sdk import Invalid, Refused, approvals, session, tasks, writing
from plugins.sales.tests.deal_shop import NAME, row_of


@pytest.fixture
def house(shared):
    """One for all: each test has a person and a department of its own."""
    return shared


def stages_of(house):
    with house.system():
        return session.scalars(select(Stage).join(Pipeline, Pipeline.id == Stage.pipeline_id).where(Pipeline.code == "eight").order_by(Stage.position)).all()


def open_tasks(house):
    with house.system():
        return {task.source_key: task for task in session.scalars(select(tasks.Task).where(tasks.Task.done_at.is_(None)))}


def act(who, house, name, row_id, **values):
    with who.work():
        return house.resource(NAME).run(name, [row_id], values)


def test_a_house_begins_with_the_eight_selling_steps(house):
    steps = stages_of(house)
    assert [one.name for one in steps] == ["寻找准客户", "约见拜访", "建立信任", "挖掘需求", "研究方案", "提出方案", "签约承诺", "客户满意"]
    assert [one.outcome.value for one in steps] == ["open"] * 6 + ["won"] * 2
    assert all(one.english for one in steps)


def test_it_begins_in_the_first_stage_and_is_weighed_by_it(house, deal):
    found = row_of(house, deal(), "stage_id", "probability", "worth", "weighted", "outcome", "stale_on", "stage_on")
    first = stages_of(house)[0]
    assert (found.stage_id, found.probability, found.worth, found.weighted, found.outcome) == (first.id, 500, 100_000_00, 5_000_00, Outcome.open)
    assert found.stale_on == found.stage_on + dt.timedelta(days=first.days)
    assert row_of(house, deal(chance=4000), "weighted").weighted == 40_000_00


def test_an_estimate_of_ones_own_stays_when_the_stage_changes(house, deal, ann):
    own, plain = deal(chance=4000), deal()
    for one in (own, plain):
        act(ann, house, "advance", one)
    assert row_of(house, own, "probability").probability == 4000
    assert row_of(house, plain, "probability").probability == 1000


def test_a_stage_is_one_of_the_pipeline(house, deal, ann):
    with house.system():
        other = house.resource("sales.pipeline").write([{"name": "机构业务", "english": "Institutions"}])[0]
        steps = house.resource("sales.stage").write([{"pipeline": other, "name": name, "english": name, "position": n} for n, name in enumerate(["A", "B"])])
    one = deal()
    with ann.work(), pytest.raises(Invalid) as bad:
        house.resource(NAME).write([{"id": one, "stage": steps[0]}])
    assert set(bad.value.fields) == {"stage"}
    with ann.work():
        house.resource(NAME).write([{"id": one, "pipeline": other}])  # to its first stage
    assert row_of(house, one, "stage_id").stage_id == steps[0]
    assert row_of(house, deal(pipeline=other), "stage_id").stage_id == steps[0]
    assert row_of(house, deal(stage=steps[1]), "pipeline_id").pipeline_id == other


def test_a_desk_has_its_own_pipeline(house, deal, ann):
    with house.system():
        desk = house.resource("sales.pipeline").write([{"name": "机构业务", "english": "Institutions", "for_department": ann.department}])[0]
        house.resource("sales.stage").write([{"pipeline": desk, "name": "A", "english": "A", "position": 1}])
    assert row_of(house, deal(), "pipeline_id").pipeline_id == desk


def test_won_then_called_back(house, deal, ann):
    one, steps = deal(), stages_of(house)
    act(ann, house, "win", one, won_reason="solution")
    assert row_of(house, one, "stage_id", "outcome", "probability", "weighted", "won_reason") == (steps[6].id, Outcome.won, 10000, 100_000_00, "solution")
    key = f"sales.callback:{one}"
    task = open_tasks(house)[key]
    with ann.work():
        house.resource("core.task").run("done", [task.id], {"result": "Delighted"})
    assert row_of(house, one, "stage_id", "outcome") == (steps[7].id, Outcome.won)
    assert key not in open_tasks(house)


def test_the_call_back_ends_the_sale_and_its_task(house, deal, ann):
    one = deal()
    act(ann, house, "win", one)
    act(ann, house, "satisfied", one, satisfaction="fair", said="The stand was too small")
    assert row_of(house, one, "stage_id", "satisfaction") == (stages_of(house)[7].id, "fair")
    assert f"sales.callback:{one}" not in open_tasks(house)


def test_the_last_step_comes_after_the_deal(house, deal, ann):
    one = deal()
    with ann.work(), pytest.raises(Invalid) as bad:
        house.resource(NAME).write([{"id": one, "stage": stages_of(house)[7].id}])
    assert set(bad.value.fields) == {"stage"}


def test_lost_with_a_reason_and_open_again(house, deal, ann):
    one = deal()
    act(ann, house, "advance", one)
    with pytest.raises(Invalid), ann.work():
        house.resource(NAME).all_actions["lose"]
        from crm_core.testing.doing import values

        values(house.resource(NAME), house.resource(NAME).all_actions["lose"], {})
    act(ann, house, "lose", one, lost_reason="price")
    second = stages_of(house)[1].id
    assert row_of(house, one, "stage_id", "outcome", "weighted", "stale_on", "lost_reason") == (second, Outcome.lost, 0, None, "price")
    with pytest.raises(Refused):
        act(ann, house, "win", one)
    act(ann, house, "reopen", one)
    assert row_of(house, one, "stage_id", "outcome", "weighted", "lost_reason", "closed") == (second, Outcome.open, 10_000_00, None, None)


def test_a_deleted_deal_does_not_go_on_with_its_task(house, deal, ann, today):
    from crm_sales.opportunities import services

    from crm_core.kernel import clock
    from crm_core.sdk import writing

    one, steps = deal(), stages_of(house)
    act(ann, house, "win", one)
    with house.system(), writing():
        session.get(Opportunity, one).deleted_at = clock.now()
    with house.system(), writing():
        services.finish_sale([one])
    assert row_of(house, one, "stage_id").stage_id == steps[6].id


def test_days_are_those_of_the_house(monkeypatch):
    from crm_sales.opportunities import services

    from crm_core.kernel import clock

    row = {}
    with clock.in_zone("Asia/Shanghai"), clock.freeze(dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)):
        services.close(row, {"created_at": dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)}, Outcome.won)
    assert row["days_open"] == 0


def test_nobody_calls_back_about_a_deal_that_is_open_again(house, deal, ann):
    one = deal()
    act(ann, house, "win", one)
    act(ann, house, "reopen", one)
    assert f"sales.callback:{one}" not in open_tasks(house)
    assert row_of(house, one, "stage_id").stage_id == stages_of(house)[5].id


def test_others_hear_once_that_it_is_closed(house, deal, ann, monkeypatch):
    from crm_sales.opportunities import services

    heard = []
    monkeypatch.setattr(services, "emit", heard.append)
    one = deal()
    act(ann, house, "win", one)
    with ann.work():
        house.resource(NAME).write([{"id": one, "name": "Renamed"}])
    assert [(event.ids, event.won) for event in heard] == [((one,), True)]


def test_the_next_step_is_a_task(house, deal, ann, today):
    one = deal(next_step="Send the floor plan", next_day=today + dt.timedelta(days=3))
    key = f"sales.next:{one}"
    task = open_tasks(house)[key]
    assert (task.title, task.due, task.owner_id) == ("Send the floor plan", today + dt.timedelta(days=3), ann.id)
    with ann.work():
        house.resource(NAME).write([{"id": one, "next_step": "Call", "next_day": today}])
    assert (open_tasks(house)[key].id, open_tasks(house)[key].title) == (task.id, "Call")
    with ann.work():
        house.resource("core.task").run("done", [task.id], {})
    assert row_of(house, one, "next_step", "next_day") == (None, None)
    with ann.work():
        house.resource(NAME).write([{"id": one, "next_step": "Visit", "next_day": today}])
    act(ann, house, "lose", one, lost_reason="budget")
    assert key not in open_tasks(house)


def test_shares_of_a_team_come_to_all_of_it(house, deal, ann, somebody):
    bob = somebody()
    with pytest.raises(Invalid) as bad:
        deal(members=[{"user": ann.id, "share": 6000}, {"user": bob.id, "share": 3000}])
    assert set(bad.value.fields) == {"members"}
    deal(members=[{"user": ann.id, "share": 6000}, {"user": bob.id, "share": 4000}])
    deal(members=[{"user": ann.id}, {"user": bob.id}])


def test_a_contact_is_one_of_the_customer(house, deal, make, ann):
    stranger = make("core.contact", owner=ann)
    with pytest.raises(Invalid) as bad:
        deal(contact=stranger)
    assert set(bad.value.fields) == {"contact"}


def test_stages_are_remembered(house, deal, ann):
    one = deal()
    act(ann, house, "advance", one)
    act(ann, house, "advance", one)
    with ann.work():
        visits = session.scalars(select(StageVisit).where(StageVisit.opportunity_id == one).order_by(StageVisit.id)).all()
    assert [one.stage_id for one in visits] == [one.id for one in stages_of(house)[:3]]
    assert [one.until is None for one in visits] == [False, False, True]
    assert all(one.by_id == ann.id for one in visits)


def test_the_board_has_the_stages_and_sums(house, deal, ann, max_statements):
    deal()
    moved = deal(amount=50_000_00)
    act(ann, house, "advance", moved)
    page = ann.browser()("GET", "/sales/opportunity?outcome.any=open&look=board")
    for word in ("Find a prospect", "Arrange a visit", "100,000", "50,000", "Customer satisfied"):
        assert word in page.text
    browser = ann.browser()
    steps = stages_of(house)
    answer = browser("POST", f"/sales/opportunity/{moved}/cell", data={"field": "stage", "stage": str(steps[2].id)})
    assert answer.status_code in (200, 303)
    assert row_of(house, moved, "stage_id").stage_id == steps[2].id


def test_a_board_costs_the_same_however_many_there_are(house, deal, ann):
    from crm_core.testing.statements import sent

    browser, counts = ann.browser(), []
    for _round in range(2):
        for _number in range(6):
            deal()
        browser("GET", "/sales/opportunity?outcome.any=open&look=board")
        with sent(house.site.engines.read) as statements:
            browser("GET", "/sales/opportunity?outcome.any=open&look=board")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_forecast_adds_up_and_leads_to_its_records(house, deal, ann, today):
    deal(expected=today, forecast="committed")
    deal(expected=today, forecast="best", amount=50_000_00)
    deal(expected=today, forecast="omitted", amount=7_000_00)
    won = deal(amount=30_000_00)
    act(ann, house, "win", won)
    deal(expected=today - dt.timedelta(days=60), amount=11_000_00)
    page = ann.browser()("GET", "/sales/forecast").text
    for figure in ("150,000", "100,000", "7,500", "30,000", "11,000"):
        assert f">{figure}<" in page
    assert ">7,000<" not in page
    assert ann.login.capitalize() in page
    import html
    import re

    urls = {html.unescape(one) for one in re.findall(r'href="(/sales/opportunity\?[^"]+)"', page)}
    assert urls
    browser = ann.browser()
    for url in urls:
        assert browser("GET", url).status_code == 200
    assert '<th scope="row" class="dim nowrap">D' in browser("GET", "/sales/forecast?by=department").text


def test_forecast_shows_only_what_its_reader_may_see(house, deal, ann, somebody, today):
    deal(expected=today)
    bob = somebody()
    assert "100,000" not in bob.browser()("GET", "/sales/forecast").text
    assert somebody(roles=[], grants={"core.task.read": "own"}).browser()("GET", "/sales/forecast").status_code in (403, 404)


@pytest.mark.parametrize("name", ["pipeline", "funnel", "velocity", "closed_by_person", "lost_reasons", "won_reasons", "lost_to"])
def test_reports_are_answered(house, deal, ann, name):
    one, other = deal(), deal()
    act(ann, house, "win", one)
    act(ann, house, "lose", other, lost_reason="price")
    deal()
    from crm_core.testing.doing import reporting

    with ann.work():
        found = reporting.answer(reporting.find(reporting.reports(), f"sales.{name}" if any(r.name.startswith("sales.") for r in reporting.reports()) else name))
    assert found.lines


def test_a_taken_back_deal_is_open_again(house, deal, ann):
    from crm_core.testing.doing import take_back

    one = deal()
    change = act(ann, house, "win", one)
    with ann.work():
        take_back(change)
    assert row_of(house, one, "outcome", "stage_id", "closed") == (Outcome.open, stages_of(house)[0].id, None)
    assert f"sales.callback:{one}" not in open_tasks(house)


def test_pages_of_the_plugin_speak_the_language_of_their_reader(house, deal, ann, today):
    deal(expected=today)
    with house.system():
        house.resource("core.user").write([{"id": ann.id, "language": "zh"}])
    page = ann.browser()("GET", "/sales/forecast").text
    assert "销售预测" in page
    assert "加权金额" in page


def test_a_card_that_may_not_be_dropped_says_why(house, deal, ann):
    one, steps = deal(), stages_of(house)
    answer = ann.browser()("POST", f"/sales/opportunity/{one}/cell", data={"field": "stage", "stage": str(steps[7].id)}, Accept="application/json")
    assert answer.status_code == 422
    assert "The deal comes first" in answer.text


def test_a_deal_is_won_and_lost_by_the_acts_that_ask_why(house, deal, ann):
    """Neither the next stage, a form, the interface nor an import makes a deal of it; a card dragged there opens the question."""
    with house.system():
        way = house.resource("sales.pipeline").write([{"name": "大宗", "english": "Bulk"}])[0]
        steps = house.resource("sales.stage").write([{"pipeline": way, "name": name, "english": name, "position": n, "outcome": outcome} for n, (name, outcome) in enumerate(
            [("A", "open"), ("B", "open"), ("Signed", "won"), ("Gone", "lost")])])
    one, browser = deal(pipeline=way), ann.browser()
    assert "/do/advance" in browser("GET", f"/sales/opportunity/{one}").text
    act(ann, house, "advance", one)
    page = browser("GET", f"/sales/opportunity/{one}").text
    assert "To the next stage" not in page and "/do/advance" not in page and "/do/win" in page
    with ann.work(), pytest.raises(Refused):
        house.resource(NAME).run("advance", [one])
    with ann.work(), pytest.raises(Invalid) as bad:
        house.resource(NAME).write([{"id": one, "stage": steps[2]}])
    assert "it asks why" in str(bad.value.fields["stage"][0])
    with pytest.raises(Invalid):
        deal(stage=steps[2])
    asked = {"field": "stage", "stage": str(steps[2])}
    dragged = browser("POST", f"/sales/opportunity/{one}/cell", data=asked, Accept="application/json")
    assert dragged.json["dialog"].startswith(f"/sales/opportunity/{one}/do/win")
    moved = browser("POST", f"/sales/opportunity/{one}/cell", data={**asked, "back": "/sales/opportunity?look=board"})
    assert moved.status_code == 303 and moved.location.startswith(f"/sales/opportunity/{one}/do/win?back=")
    assert row_of(house, one, "outcome") == (Outcome.open,)
    assert browser("POST", f"/sales/opportunity/{one}/do/win", data={"won_reason": "solution"}).status_code == 303
    assert row_of(house, one, "outcome", "won_reason", "stage_id") == (Outcome.won, "solution", steps[2])
    act(ann, house, "reopen", one)
    dragged = browser("POST", f"/sales/opportunity/{one}/cell", data={"field": "stage", "stage": str(steps[3])}, Accept="application/json")
    assert "/do/lose" in dragged.json["dialog"]
    act(ann, house, "lose", one, lost_reason="price")
    assert row_of(house, one, "outcome", "stage_id") == (Outcome.lost, steps[3])
    with ann.work(), pytest.raises(Invalid) as bad:
        house.resource(NAME).write([{"id": one, "stage": steps[2]}])
    assert "Reopen it first" in str(bad.value.fields["stage"][0])


def test_a_flow_for_winning_is_stepped_around_by_no_door(house, deal, ann, somebody):
    boss = somebody(roles=["decision-maker"])
    one, steps, browser = deal(), stages_of(house), ann.browser()
    with house.system(), writing():
        approvals.draw("Deals", NAME, "do:win", [{"who": "users", "users": [boss.id], "need": "any"}], when={"field": "owner", "op": "any", "value": str(ann.id)})
    with ann.work():
        house.resource(NAME).write([{"id": one, "stage": steps[5].id}])
    with ann.work(), pytest.raises(Invalid):
        house.resource(NAME).write([{"id": one, "stage": steps[6].id}])
    browser("POST", f"/sales/opportunity/{one}/do/win", data={"won_reason": "price"})
    assert row_of(house, one, "outcome") == (Outcome.open,)
    with ann.work():
        assert approvals.waits(NAME, one)


def test_what_was_reopened_by_mistake_is_won_again_by_undo(house, deal, ann):
    from crm_core.testing.doing import take_back

    one = deal()
    act(ann, house, "win", one, won_reason="price")
    change = act(ann, house, "reopen", one)
    with ann.work():
        take_back(change)
    assert row_of(house, one, "outcome", "won_reason") == (Outcome.won, "price")


def test_a_board_adds_what_amounts_are_worth_and_never_two_currencies(house, deal, ann, make, today):
    make("core.currency", code="GBP")
    make("core.currency_rate", currency="GBP", day=today - dt.timedelta(days=9), rate=700_000_000)
    deal(amount=1_000_00)
    foreign = deal(amount=100_00, currency="GBP")
    page = ann.browser()("GET", "/sales/opportunity?outcome.any=open&look=board").text
    assert "1,700" in page and "1,100<" not in page and "Amount in our currency" in page
    page = ann.browser()("GET", f"/sales/opportunity/{foreign}").text
    assert "GBP\u00a0100" in page and "GBP\u00a0700" not in page and "700" in page


def test_its_time_line_says_where_it_went(house, deal, ann):
    one = deal()
    act(ann, house, "advance", one)
    page = ann.browser()("GET", f"/sales/opportunity/{one}").text
    line = page[page.index("changed"):]
    assert "Find a prospect" in line and "Arrange a visit" in line
    assert "Standing still from" not in line[:line.index("entered this record")]
