"""Rules: what begins them, in whose rights they act, what they do once and only once, and when they end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.messages.models import Notice
from crm_core.features.rules import engine, running, services
from crm_core.features.rules.models import Run
from crm_core.kernel import clock, outbox
from crm_core.kernel.errors import Forbidden, Missing
from crm_core.kernel.runner import drain
from tests.customers.office import Office
from tests.rules.rules import put, row_of, rule, runs, settle, task, tasks, tick

MORNING = dt.datetime(2026, 11, 2, 2, tzinfo=dt.UTC)  # ten in the morning, a Monday


class Killed(BaseException):
    """The machine went out."""


def test_a_new_customer_of_a_kind_brings_a_task_of_the_rules_owner(office: Office) -> None:
    made = rule(office, only={"field": "name", "op": "contains", "value": "酒"}, steps=[task("给 {name} 打电话", days="2")])
    office.customer("chen", "云岭酒业有限公司")
    office.customer("chen", "云岭茶业有限公司")
    assert not tasks(office), "nothing is done inside the transaction"
    settle(office)
    assert tasks(office) == [("给 云岭酒业有限公司 打电话", office.people["chen"])]
    (run,) = runs(office, made)
    assert (run.state, run.log[0]["msgid"]) == ("done", "gave the task “%(title)s”")


def test_a_rule_reaches_what_its_owner_reaches_and_no_farther(office: Office) -> None:
    rule(office, "chen", steps=[task()])
    office.customer("wang", "别人的有限公司")
    settle(office)
    assert not tasks(office)


def test_changed_looks_at_the_fields_and_reached_at_the_way_there(office: Office) -> None:
    customer = office.customer("chen")
    name = rule(office, trigger="core.changed", asked={"fields": "name"}, steps=[task("renamed")])
    stage = rule(office, trigger="core.reached", asked={"field": "standing", "values": "key"}, steps=[task("key")])
    for values in ({"website": "https://example.com"}, {"name": "新名有限公司"}, {"standing": "key"}, {"website": "https://example.org"}):
        with office.as_("chen"):
            office.resource("customer").write([{"id": customer, **values}])
        settle(office)
    assert [len(runs(office, one)) for one in (name, stage)] == [1, 1]
    office.customer("chen", "生来重点有限公司", standing="key")
    settle(office)
    assert len(runs(office, stage)) == 2, "entered at the stage is reached too"


def test_steps_wait_branch_and_go_on_with_what_stands_then(office: Office) -> None:
    with clock.freeze(MORNING):
        rule(office, steps=[
            {"do": "wait", "with": {"days": "3", "work": "1"}},
            {"do": "branch", "if": {"field": "standing", "op": "any", "value": ["key"]}, "then": [task("then {name}")], "else": [task("else"), {"do": "end"}]},
            task("after")])
        first, second = office.customer("chen", "甲有限公司", standing="key"), office.customer("chen", "乙有限公司")
        tick(office)
        assert not tasks(office)
    with clock.freeze(MORNING + dt.timedelta(days=2, hours=23)):
        tick(office)
        assert not tasks(office)
        with office.as_("chen"):
            office.resource("customer").write([{"id": first, "standing": "customer"}, {"id": second, "standing": "key"}])
    with clock.freeze(MORNING + dt.timedelta(days=3)):
        tick(office)
        assert sorted(title for title, _owner in tasks(office)) == ["after", "else", "then 乙有限公司"]


def test_until_waits_for_what_is_to_hold_but_not_for_ever(office: Office) -> None:
    with clock.freeze(MORNING):
        made = rule(office, steps=[{"do": "until", "with": {"days": "5"}, "if": {"field": "standing", "op": "any", "value": ["key"]}}, task()])
        soon, _never = office.customer("chen", "甲有限公司"), office.customer("chen", "乙有限公司")
        tick(office)
    with clock.freeze(MORNING + dt.timedelta(days=1)):
        with office.as_("chen"):
            office.resource("customer").write([{"id": soon, "standing": "key"}])
        tick(office)
        assert [one.state for one in runs(office, made)] == ["done", "waiting"]
    with clock.freeze(MORNING + dt.timedelta(days=5, minutes=1)):
        tick(office)
        assert [one.state for one in runs(office, made)] == ["done", "done"]


def test_rules_that_start_one_another_are_cut_and_it_is_said_why(office: Office) -> None:
    one = rule(office, trigger="core.changed", asked={"fields": "standing"}, only={"field": "standing", "op": "any", "value": ["key"]}, steps=[put("standing", "customer")])
    other = rule(office, trigger="core.changed", asked={"fields": "standing"}, only={"field": "standing", "op": "any", "value": ["customer"]}, steps=[put("standing", "key")])
    customer = office.customer("chen")
    with office.as_("chen"):
        office.resource("customer").write([{"id": customer, "standing": "key"}])
    settle(office)
    found = runs(office)
    assert [run.state for run in found] == ["done"] * (engine.DEEPEST + 1) + ["cut"]
    assert [run.cause_id for run in found] == [None, *(run.id for run in found[:-1])], "each says which run began it"
    assert {run.rule_id for run in found} == {one, other}
    with office.site.system("tests"):
        assert session.query(Notice).filter_by(receiver_id=office.people["chen"]).count() == 1


def test_without_the_guards_rules_would_go_on_for_ever(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what ends the loop is the depth, or the rate where the depth is not looked at, and nothing else."""
    for value, becomes in (("key", "customer"), ("customer", "key")):
        rule(office, trigger="core.changed", asked={"fields": "standing"}, only={"field": "standing", "op": "any", "value": [value]}, steps=[put("standing", becomes)])
    customer = office.customer("chen")
    found: dict[tuple[int, int], int] = {}
    for deepest, often in ((8, 10**6), (10**6, 4), (10**6, 10**6)):
        monkeypatch.setattr(engine, "DEEPEST", deepest)
        monkeypatch.setattr(engine, "OFTEN", often)
        with office.as_("chen"):
            office.resource("customer").write([{"id": customer, "standing": "key"}])
        for _turn in range(20):
            outbox.drain(office.site)
            drain(office.site)
        found[deepest, often] = len(runs(office))
        with office.site.system("tests"), writing():
            session.connection().execute(sa.delete(table_of(Run)))
        with office.as_("chen"):
            office.resource("customer").write([{"id": customer, "standing": "potential"}])
        settle(office)
    assert found[8, 10**6] == 8 + 2 and found[10**6, 4] == 2 * 4 + 1 and found[10**6, 10**6] >= 15


def test_a_rule_that_starts_itself_again_and_again_is_cut_by_its_rate(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "OFTEN", 3)
    made = rule(office, trigger="core.changed", steps=[task()])
    customer = office.customer("chen")
    for number in range(5):
        with office.as_("chen"):
            office.resource("customer").write([{"id": customer, "name": f"第{number}名有限公司"}])
        settle(office)
    assert [run.state for run in runs(office, made)] == ["done"] * 3 + ["cut"] * 2


def test_killed_anywhere_everything_is_done_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rule(office, steps=[task("first"), task("second")])
    for number in range(4):
        office.customer("chen", f"公司{number}有限公司")
    before, calls = running._note, {"n": 0}

    def note(*args: Any, **values: Any) -> None:
        calls["n"] += 1
        if calls["n"] in (2, 5):
            raise Killed
        before(*args, **values)

    monkeypatch.setattr(running, "_note", note)
    for _try in range(4):
        try:
            outbox.drain(office.site)
            drain(office.site)
        except Killed:
            with office.site.system("tests"), writing():
                engine.later(engine.RUN)
    settle(office)
    assert calls["n"] > 5, "it was killed"
    assert sorted(title for title, _owner in tasks(office)) == ["first"] * 4 + ["second"] * 4


def test_a_fault_takes_back_its_own_run_and_the_fifth_switches_the_rule_off(office: Office) -> None:
    made = rule(office, steps=[task("before"), {"do": "core.set", "with": {"field": "name", "value": ""}}])
    good = rule(office, steps=[task("good")])
    for number in range(6):
        office.customer("chen", f"公司{number}有限公司")
        settle(office)
    assert [title for title, _owner in tasks(office)] == ["good"] * 6, "what the failed run had done is taken back"
    assert [run.state for run in runs(office, made)] == ["failed"] * 5
    row = row_of(office, made)
    assert not row.active and row.why_off
    assert row_of(office, good).active


def test_a_text_takes_no_sensitive_value_along(office: Office) -> None:
    office.grant("seller", "core.customer.sensitive", "own")
    with office.as_("chen"):
        contacts = office.resource("contact")
        assert contacts.fields()["birth_date"].sensitive, "chen may read it"
    rule(office, steps=[task("{name}, {birth_date}, {mobile}")], of="core.contact")
    customer = office.customer("chen")
    with office.as_("chen"):
        contacts.write([{"name": "罗建国", "customer": customer, "birth_date": dt.date(1980, 2, 3), "mobile": "13808312207"}])
    settle(office)
    (title,) = [title for title, _who in tasks(office)]
    assert "1980" not in title and "2207" in title


def test_who_has_gone_has_no_rules_at_work(office: Office) -> None:
    made = rule(office, steps=[task()])
    with office.site.system("tests"), writing() as db:
        from crm_core.access.models import User

        db.get(User, office.people["chen"]).active = False  # type: ignore[union-attr]
    office.changed()
    with office.as_("sun"):
        office.resource("customer").write([{"name": "某某有限公司"}])
    settle(office)
    assert not tasks(office)
    assert not row_of(office, made).active


def test_who_saves_a_colleagues_rule_makes_it_his(office: Office) -> None:
    made = rule(office, "chen", steps=[task()], on=False)
    with office.as_("sun"):
        row = services.get(made)
        with pytest.raises(Forbidden):
            services.switch(made, on=True)
        services.save({name: getattr(row, name) for name in ("name", "resource", "trigger", "asked", "only", "steps", "playbook", "held_out")}, made, on=True)
    assert row_of(office, made).owner_id == office.people["sun"]
    with office.as_("wang"), pytest.raises(Missing):
        services.get(made)


def test_what_waits_of_a_rule_that_somebody_else_takes_over_ends(office: Office) -> None:
    """Its steps were another's: they must not be done with the rights of who takes it over."""
    made = rule(office, "chen", steps=[{"do": "wait", "with": {"days": "3"}}, task("late")])
    office.customer("chen")
    settle(office)
    assert [one.state for one in runs(office, made)] == ["waiting"]

    def save(login: str) -> None:
        with office.as_(login):
            row = services.get(made)
            services.save({name: getattr(row, name) for name in ("name", "resource", "trigger", "asked", "only", "steps", "playbook", "held_out")}, made, on=True)

    save("chen")
    assert [one.state for one in runs(office, made)] == ["waiting"], "one's own go on"
    save("sun")
    with clock.freeze(clock.now() + dt.timedelta(days=5)):
        tick(office)
    assert [one.state for one in runs(office, made)] == ["stopped"] and tasks(office) == []


def test_a_playbook_takes_a_customer_once_leaves_some_out_and_stops_when_he_leaves(office: Office) -> None:
    with clock.freeze(MORNING):
        made = rule(office, trigger="core.reached", asked={"field": "standing", "values": "key"}, playbook=True, held_out=50,
                    steps=[task("welcome"), {"do": "wait", "with": {"days": "7"}}, task("ask")])
        ids = [office.customer("chen", f"公司{n}有限公司", standing="key") for n in range(20)]
        tick(office)
        found = {run.subject_id: run.state for run in runs(office, made)}
        assert {i for i, state in found.items() if state == "out"} == {i for i in ids if engine.held_out(made, i, 50)}
        worked = [i for i in ids if found[i] == "waiting"]
        assert len(tasks(office)) == len(worked) > 1
    with clock.freeze(MORNING + dt.timedelta(days=8)):
        with office.as_("chen"):
            office.resource("customer").write([{"id": worked[0], "standing": "customer"}])
        tick(office)
        states = {run.subject_id: run.state for run in runs(office, made)}
        assert states[worked[0]] == "stopped"
        assert sum(title == "ask" for title, _owner in tasks(office)) == len(worked) - 1
        from crm_core.features.rules.active import kept
        from crm_core.features.rules.playbooks import compared

        with office.as_("chen"):
            assert [(n, moved) for _label, n, moved in compared(kept(row_of(office, made)))] == [(len(worked), 1), (20 - len(worked), 0)]


def test_the_log_keeps_a_year_and_a_month(office: Office) -> None:
    with clock.freeze(MORNING - dt.timedelta(days=500)):
        made = rule(office, steps=[task()])
        office.customer("chen", "旧有限公司")
        settle(office)
    with clock.freeze(MORNING):
        office.customer("chen", "新有限公司")
        settle(office)
        with office.site.system("tests"), writing():
            engine.later("core.rules.sweep")
        settle(office)
        assert len(runs(office, made)) == 1
