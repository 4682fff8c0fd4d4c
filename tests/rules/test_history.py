"""Who changed a rule, what it said before, and when it was switched: told on its page, newest first."""

from __future__ import annotations

from typing import Any

from crm_core.features.rules import history, services
from tests.customers.office import Office
from tests.rules.rules import put, row_of, rule, settle, task


def told(office: Office, number: int, login: str = "chen") -> list[tuple[list[str], str, str]]:
    with office.as_(login):
        return [([str(what) for what in one.what], str(one.who), str(one.before)) for one in history.of(services.get(number))]


def values(office: Office, number: int, **more: Any) -> dict[str, Any]:
    row = row_of(office, number)
    return {name: getattr(row, name) for name in ("name", "resource", "trigger", "asked", "only", "steps", "playbook", "held_out")} | more


def test_each_change_says_who_and_what_it_was_before(office: Office) -> None:
    made = rule(office, steps=[task("Call {name}")], on=False)
    with office.as_("chen"):
        services.switch(made, on=True)
        services.save(values(office, made, steps=[task("Visit {name}")], name="New name"), made)
        services.save(values(office, made), made)
    office.grant("seller", "core.rules.all", "all")
    with office.as_("li"):
        services.save(values(office, made), made, on=False)
    assert told(office, made, "li") == [
        (["Taken over from 陈晓燕", "Switched off"], "李娜", ""),
        (["Changed", "Called “规则” before"], "陈晓燕", "When a customer is created: give whoever looks after it the task “Call {name}”."),
        (["Switched on"], "陈晓燕", ""),
        (["Made"], "陈晓燕", ""),
    ]


def test_a_rule_that_was_switched_off_by_itself_says_why(office: Office) -> None:
    made = rule(office, steps=[put("name", "")])
    for number in range(5):
        office.customer("chen", f"公司{number}有限公司")
    settle(office)
    (what, who, _before), *_rest = told(office, made)
    assert what == ["Switched off by itself: This is required."] and who == ""
    with office.as_("chen"):
        services.switch(made, on=True)
    assert [line[0] for line in told(office, made)] == [["Switched on"], what, ["Made"]]


def test_what_a_rule_counts_is_no_change_of_it(office: Office) -> None:
    made = rule(office, steps=[task()])
    office.customer("chen")
    settle(office)
    assert [line[0] for line in told(office, made)] == [["Made"]]
