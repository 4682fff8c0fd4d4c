"""What administrators change of stages, and what history makes of them: each test in a house of its own."""

import datetime as dt

import pytest
from crm_sales.opportunities.models import Opportunity, Stage
from sqlalchemy import func, select

from crm_core.sdk import Forbidden, Invalid, session, tasks
from crm_core.testing.doing import take_back
from plugins.sales.tests.deal_shop import NAME, row_of


def stages_of(house):
    with house.system():
        return session.scalars(select(Stage).order_by(Stage.position)).all()


def act(who, house, name, row_id, **values):
    with who.work():
        return house.resource(NAME).run(name, [row_id], values)


def test_a_stage_is_entered_when_what_it_asks_for_is_filled_in(house, deal, ann):
    fourth = stages_of(house)[3]
    with house.system():
        house.resource("sales.stage").write([{"id": fourth.id, "needs": ["contact", "next_step", "items"]}])
    one = deal(next_step="Call them")
    with ann.work(), pytest.raises(Invalid) as bad:
        house.resource(NAME).write([{"id": one, "stage": fourth.id}])
    assert set(bad.value.fields) == {"contact", "items"}
    assert "挖掘需求" in str(bad.value.fields["contact"][0]) or "Dig out needs" in str(bad.value.fields["contact"][0])
    with ann.work():
        customer = session.scalar(select(Opportunity.customer_id).where(Opportunity.id == one))
    with house.system():
        contact = house.resource("core.contact").write([{"customer": customer, "name": "Li Na"}])[0]
    with ann.work():
        house.resource(NAME).write([{"id": one, "stage": fourth.id, "contact": contact, "items": [{"what": "Stand", "quantity": 1000, "price": 60_000_00}]}])
    assert row_of(house, one, "amount", "worth") == (60_000_00, 60_000_00)  # what the products come to


def test_who_goes_on_is_asked_for_what_the_next_stage_needs(house, deal, ann):
    second = stages_of(house)[1]
    with house.system():
        house.resource("sales.stage").write([{"id": second.id, "needs": ["expected", "next_step"]}])
    one = deal(next_step=None, expected=None)
    browser, path = ann.browser(), f"/sales/opportunity/{one}/do/advance"
    page = browser("POST", path)
    assert page.status_code == 422 and 'name="expected"' in page.text and 'name="next_step"' in page.text and 'name="lacks" value="expected"' in page.text
    assert browser("POST", path, {"lacks": ["expected", "next_step"], "expected": "soon", "next_step": "Visit"}).status_code == 422
    assert row_of(house, one, "next_step").next_step is None
    assert browser("POST", path, {"lacks": ["expected", "next_step"], "expected": "2027-01-20", "next_step": "Visit"}).status_code == 303
    moved = row_of(house, one, "stage_id", "expected", "next_step")
    assert (moved.stage_id, moved.expected, moved.next_step) == (second.id, dt.date(2027, 1, 20), "Visit")
    third = stages_of(house)[2]
    with house.system():
        house.resource("sales.stage").write([{"id": third.id, "needs": ["items", "source"]}])
    page = browser("POST", path)  # what is no box is said with its name
    assert page.status_code == 422 and "Products" in page.text and "Source" in page.text
    cell = browser("POST", f"/sales/opportunity/{one}/cell", {"field": "stage", "stage": str(third.id), "was": str(second.id)})  # on the board, too
    assert cell.status_code == 422 and "Products" in cell.text and "Source" in cell.text
    assert browser("POST", path, {"lacks": ["owner", "probability", "state"], "owner": "1"}).status_code == 422  # the act still lacks what it lacks


def test_history_says_how_probable_a_deal_is(house, deal, ann, run_job):
    for number in range(12):
        one = deal()
        act(ann, house, "win" if number < 3 else "lose", one, **({} if number < 3 else {"lost_reason": "price"}))
    left = deal()
    run_job("sales.learn")
    first = stages_of(house)[0]
    assert (first.share, first.share_of) == (2500, 12)
    assert row_of(house, left, "probability").probability == 500  # as it stands at the stage, as long as nobody wants otherwise
    with house.system():
        from crm_sales.settings import DealSettings

        from crm_core.testing.doing import put

        put(DealSettings, {"probability_by_history": True})
    run_job("sales.learn")
    assert row_of(house, left, "probability", "weighted") == (2500, 25_000_00)


def test_open_ones_follow_their_stage(house, deal):
    one, first = deal(), stages_of(house)[0]
    with house.system():
        house.resource("sales.stage").write([{"id": first.id, "probability": 800, "days": 10}])
    found = row_of(house, one, "probability", "weighted", "stale_on", "stage_on")
    assert (found.probability, found.weighted) == (800, 8_000_00)
    assert found.stale_on == found.stage_on + dt.timedelta(days=10)


def tasks_of(house, deal):
    with house.system():
        return {(one.title, one.owner_id, one.done_at is None) for one in session.scalars(select(tasks.Task).where(tasks.Task.subject == NAME, tasks.Task.subject_id == deal))}


def test_the_tasks_of_a_stage_go_out_once_and_along_with_the_opportunity(house, deal, ann, somebody, today):
    bob, boss, second = somebody(), somebody(roles=["decision-maker", "sales-manager"]), stages_of(house)[1]
    with boss.work():
        house.resource("sales.stage").write([{"id": second.id, "tasks": [{"what": "Agree on a day", "days": 3}, {"what": "Send the floor plan", "days": 0}]}])
    one = deal()
    assert tasks_of(house, one) == set(), "not yet there"
    act(ann, house, "advance", one)
    assert tasks_of(house, one) == {("Agree on a day", ann.id, True), ("Send the floor plan", ann.id, True)}
    with ann.work():
        first = session.scalar(select(tasks.Task.id).where(tasks.Task.title == "Agree on a day"))
        house.resource("core.task").run("done", [first], {})
        house.resource(NAME).write([{"id": one, "stage": stages_of(house)[0].id}])
    act(ann, house, "advance", one)
    assert tasks_of(house, one) == {("Agree on a day", ann.id, False), ("Send the floor plan", ann.id, True)}, "each goes out once"
    with boss.work():
        house.resource(NAME).write([{"id": one, "owner": bob.id}])
    assert tasks_of(house, one) == {("Agree on a day", ann.id, False), ("Send the floor plan", bob.id, True)}, "what is left goes to the new owner"
    act(boss, house, "lose", one, lost_reason="price")
    assert not any(still for _title, _owner, still in tasks_of(house, one))


def test_what_was_lost_by_mistake_has_the_tasks_of_its_stage_again(house, deal, ann, somebody):
    """And none that was done, none of another stage, none twice; of a new owner they are his."""
    bob, boss, (first, second, *_rest) = somebody(), somebody(roles=["decision-maker", "sales-manager"]), stages_of(house)
    with boss.work():
        house.resource("sales.stage").write([{"id": first.id, "tasks": [{"what": "Find the firm"}]}, {"id": second.id, "tasks": [{"what": "Agree on a day"}, {"what": "Send the floor plan"}]}])
    one = deal()
    act(ann, house, "advance", one)
    with ann.work():
        house.resource("core.task").run("done", [session.scalar(select(tasks.Task.id).where(tasks.Task.title == "Agree on a day"))], {})
    before = {("Find the firm", ann.id, True), ("Agree on a day", ann.id, False), ("Send the floor plan", ann.id, True)}
    assert tasks_of(house, one) == before
    for turn in range(2):
        act(ann, house, "lose", one, lost_reason="price")
        assert not any(still for _title, _owner, still in tasks_of(house, one))
        act(ann, house, "reopen", one)
        assert tasks_of(house, one) == {("Find the firm", ann.id, False), *before} - {("Find the firm", ann.id, True)}, f"turn {turn}: what of the present stage was taken back, and nothing else"
    act(ann, house, "lose", one, lost_reason="price")
    with boss.work():
        house.resource(NAME).write([{"id": one, "owner": bob.id}])
    act(boss, house, "reopen", one)
    assert ("Send the floor plan", bob.id, True) in tasks_of(house, one)
    act(boss, house, "lose", one, lost_reason="price")
    with bob.work():
        house.resource(NAME).write([{"id": one, "stage": first.id}])  # by a form or the board it goes on, too
    assert {("Find the firm", bob.id, True), ("Send the floor plan", bob.id, False)} <= tasks_of(house, one)
    act(boss, house, "advance", one)
    assert {("Find the firm", bob.id, True), ("Send the floor plan", bob.id, True)} <= tasks_of(house, one)
    with house.system():
        assert session.scalar(select(func.count()).select_from(tasks.Task).where(tasks.Task.subject == NAME, tasks.Task.subject_id == one)) == 3, "none is there twice"


@pytest.mark.parametrize("how", ["lost", "deleted"])
def test_taken_back_the_tasks_are_there_as_they_were(house, deal, ann, somebody, how):
    boss, second = somebody(roles=["decision-maker", "sales-manager"]), stages_of(house)[1]
    with boss.work():
        house.resource("sales.stage").write([{"id": second.id, "tasks": [{"what": "Agree on a day"}]}])
    one = deal()
    act(ann, house, "advance", one)
    change = act(boss, house, "lose", one, lost_reason="price") if how == "lost" else delete(boss, house, one)
    assert tasks_of(house, one) == {("Agree on a day", ann.id, False)}
    with boss.work():
        take_back(change)
    assert tasks_of(house, one) == {("Agree on a day", ann.id, True)}
    act(ann, house, "lose", one, lost_reason="price")
    act(ann, house, "reopen", one)
    assert tasks_of(house, one) == {("Agree on a day", ann.id, True)}


def delete(who, house, one):
    with who.work():
        return house.resource(NAME).delete([one])


def test_where_a_pipeline_has_a_stage_for_what_is_lost_it_goes_back_to_where_it_was(house, deal, ann):
    second = stages_of(house)[1]
    with house.system():
        house.resource("sales.stage").write([{"name": "Lost", "pipeline": second.pipeline_id, "position": 99, "outcome": "lost"}])
    one = deal()
    act(ann, house, "advance", one)
    act(ann, house, "lose", one, lost_reason="price")
    act(ann, house, "reopen", one)
    assert row_of(house, one, "stage_id", "outcome") == (second.id, "open")


def test_a_salesperson_does_not_set_the_process(house, ann):
    with ann.work(), pytest.raises(Forbidden):
        house.resource("sales.stage").write([{"id": 1, "tasks": [{"what": "Nothing"}]}])


def test_a_desk_has_a_pipeline_of_its_own_and_is_offered_no_other(house, deal, ann, somebody, make):
    bob = somebody()
    with house.system():
        desk = house.resource("core.team").write([{"name": "Institutions", "members": [{"user": ann.id}]}])[0]
        other = house.resource("core.team").write([{"name": "Retail"}])[0]
        own, foreign = house.resource("sales.pipeline").write([{"name": "Institutions", "for_team": desk}, {"name": "Retail", "for_team": other}])
        stage = house.resource("sales.stage").write([{"name": "Tender", "pipeline": own, "position": 1}, {"name": "Shop window", "pipeline": foreign, "position": 1}])[0]
    offered = lambda who, name: {one["label"] for one in who.browser()("GET", f"/lookup/{name}?mine.eq=1").json["hits"]}
    assert offered(ann, "sales.pipeline") == {"Institutions"} and offered(ann, "sales.stage") == {"Tender"}
    assert {"Institutions", "Retail"}.isdisjoint(offered(bob, "sales.pipeline")) and len(offered(bob, "sales.pipeline")) == 1
    assert len(offered(somebody(roles=["decision-maker", "sales-manager"]), "sales.pipeline")) == 3
    page = ann.browser()("GET", "/sales/opportunity/new").text
    assert "mine.eq=1" in page or "mine=1" in page
    one = deal()
    assert row_of(house, one, "pipeline_id", "stage_id", "team_id") == (own, stage, desk)
    with house.system():
        house.resource("core.team").write([{"id": desk, "members": [{"user": ann.id}, {"user": bob.id}]}])
    board = ann.browser()("GET", "/sales/opportunity?outcome.any=open&look=board").text
    assert "Tender" in board and "Shop window" not in board and "Spring fair stand" in board
