"""Doors other than the form: acts on many records, and the API."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core.access import tokens
from crm_core.api.openapi import document
from crm_core.data.session import writing
from crm_core.features.approvals import api, running, stepping
from crm_core.kernel.runner import drain
from crm_core.resource import bulk, undo
from tests.approvals.flowing import draw, newest, state, step
from tests.customers.office import Office
from tests.support.people import Company

KEY = {"field": "standing", "op": "any", "value": ["key"]}
PATH = "/api/v1/core/customer/{id}"
NAMES = ("成都天府曲酒厂", "四川云岭春酒业有限公司", "重庆江畔酒业有限公司", "南宁邕江茶业有限公司")


@pytest.fixture
def cards(office: Office) -> list[int]:
    """Four customers; the deletion of the first three needs approval, and the third waits for another one already."""
    draw(office, step(office, "wang"), transition="delete", when=KEY)
    draw(office, step(office, "li"), name="合同")
    with office.as_("chen"):
        made = list(office.resource("customer").write([{"name": name, "standing": "key" if at < 3 else "potential"} for at, name in enumerate(NAMES)]))
        api.submit("core.customer", made[2])
    return made


def there(office: Office, cards: list[int]) -> list[bool]:
    with office.as_("chen"):
        return [office.resource("customer").sees(one) for one in cards]


def test_of_many_that_are_deleted_those_that_need_approval_are_handed_in_each_by_itself(office: Office, cards: list[int]) -> None:
    with office.as_("chen"):
        done = bulk.at_once(office.resource("customer"), "delete", cards, {})
    assert (done.count, done.handed, done.skipped) == (1, 2, 1) and "waits for approval already" in str(done.why)
    assert there(office, cards) == [True, True, True, False]
    first, second = newest(office) - 1, newest(office)
    with office.as_("wang"):
        running.agree(first)
    assert there(office, cards) == [False, True, True, False]
    with office.as_("chen"):
        assert done.change is not None
        undo.ask(done.change)
    drain(office.site)
    assert (state(office, first), state(office, second)) == ("agreed", "withdrawn")
    assert there(office, cards) == [False, True, True, True]


def test_a_job_hands_them_in_too(office: Office, cards: list[int]) -> None:
    with office.as_("chen"), writing():
        bulk.ask({"resource": "core.customer", "act": "delete", "values": {}, "ids": cards, "since": None})
    drain(office.site)
    assert office.job("core.bulk")[0] == {"done": 1, "handed": 2, "skipped": 1}


def test_an_act_on_many_is_handed_in_with_what_it_was_given(office: Office) -> None:
    draw(office, step(office, "wang"), transition="do:done", subject="core.task")
    with office.as_("chen"):
        task = office.resource("task")
        some = list(task.write([{"title": "合同"}, {"title": "报价"}]))
        done = bulk.at_once(task, "done", some, {"result": "signed"})
    assert (done.count, done.handed, done.skipped) == (0, 2, 0)
    with office.as_("wang"):
        running.agree(newest(office))
    with office.as_("chen"):
        assert [task.get(one).result for one in some] == [None, "signed"]


def test_the_page_says_what_will_be_handed_in(company: Company) -> None:
    with company.as_("admin"):
        api.draw("Deletions", "core.customer", "delete", [{"name": "", "who": "users", "users": [company.people["boss"]], "need": "any"}])
    with company.as_("lina"):
        some = [str(one) for one in company.site.registry.resource("core.customer").write([{"name": name} for name in NAMES])]
    admin = company.client("admin")
    asked = admin.post("/core/customer/bulk/delete", data={"id": some}).text
    assert "4 of them need approval and are handed in, each by itself" in asked
    answer = admin.post("/core/customer/bulk/delete", data={"id": some, "go": "1"})
    assert answer.status_code == 303
    assert "4 handed in for approval" in admin.get("/core/customer").text
    with company.as_("lina"):
        assert all(company.site.registry.resource("core.customer").sees(int(one)) for one in some)


def test_the_interface_hands_in_says_so_and_does_not_touch_what_waits(company: Company) -> None:
    with company.as_("admin"):
        boss = {"name": "", "who": "users", "users": [company.people["boss"]], "need": "any"}
        for what in ("delete", "update", "do:tag"):
            api.draw(what, "core.customer", what, [boss])
    with company.as_("admin"):
        one, two, three = company.site.registry.resource("core.customer").write([{"name": name} for name in NAMES[:3]])
        said = document()["paths"]
    with company.site.system("tests"):
        secret = tokens.issue(company.people["admin"], "test", ("*",))[0]

    def ask(method: str, url: str, body: Any = None) -> Any:
        return company.app.test_client().open(f"/api/v1/core/customer/{url}", method=method, json=body, headers={"Authorization": f"Bearer {secret}"})

    answers = {"patch": (f"{one}", {"note": "n"}, "proposed", said[PATH]), "delete": (f"{two}", None, "submitted", said[PATH]),
               "post": (f"{three}/tag", {"tags": ["Fair"]}, "submitted", said[f"{PATH}/tag"])}
    for method, (url, body, member, described) in answers.items():
        answer = ask(method.upper(), url, body)
        assert (answer.status_code, answer.json.keys()) == (202, {member, "detail"}), answer.text
        assert described[method]["responses"]["202"]["content"]["application/json"]["schema"]["required"] == [member, "detail"]
        assert "Handed in for approval" in answer.json["detail"]
        with company.site.system("tests"):
            assert stepping.one(answer.json[member]).state == "open"
    locked = ask("PATCH", f"{two}", {"note": "m"})
    assert locked.status_code == 409 and "waits for approval" in locked.text
    assert {"409"} <= said[PATH]["patch"]["responses"].keys() & said[PATH]["delete"]["responses"].keys()
    again = ask("DELETE", f"{two}")
    assert again.status_code == 409 and "waits for approval already" in again.text
