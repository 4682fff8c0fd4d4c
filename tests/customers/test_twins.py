"""Entering a customer that is here already: what is shown, what is asked, what is kept."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.messages import services as messages
from crm_core.features.tasks import services as tasks
from crm_core.kernel import words
from crm_core.kernel.outbox import deliver_one
from crm_core.kernel.runner import drain
from crm_core.resource.pairs import APART, Pair
from tests.support.people import Company

NAME = "四川云岭春酒业有限公司"


@pytest.fixture
def customer(company: Company) -> int:
    """A customer of Lina's."""
    with company.as_("lina"):
        return int(company.site.registry.resource("core.customer").write([{"name": NAME, "phone": "0831-8235566"}])[0])


def told(company: Company, login: str) -> list[str]:
    with company.as_(login):
        return [str(words.read(one.text)) for one in messages.newest()]


def test_leaving_a_field_shows_what_looks_like_it_and_what_matches(company: Company, customer: int) -> None:
    box = company.client("lina").post("/core/customer/twins", data={"name": "云岭春酒业", "phone": "(0831) 8235566"}).text
    assert "<mark>云岭春酒业</mark>" in box and "same: Phone" in box and f'href="/core/customer/{customer}"' in box
    assert 'role="status"' in box and "_twins_reason" in box
    assert company.client("lina").post("/core/customer/twins", data={"name": "秦川机床"}).text.strip() == ""


def test_a_record_is_no_duplicate_of_itself(company: Company, customer: int) -> None:
    assert company.client("lina").post(f"/core/customer/{customer}/twins", data={"name": NAME}).text.strip() == ""


def test_it_is_saved_all_the_same_with_a_reason_which_is_kept_and_told(company: Company, customer: int) -> None:
    sue = company.client("sue")
    asked = sue.post("/core/customer/new", data={"name": "云岭春酒业有限公司"})
    assert asked.status_code == 422 and "Say why it is another one" in asked.text
    saved = sue.post("/core/customer/new", data={"name": "云岭春酒业有限公司", "_twins_reason": "Another firm in Xi’an"})
    assert saved.status_code == 303
    new = int(re.search(r"/(\d+)", saved.headers["Location"])[1])  # type: ignore[index]
    while deliver_one(company.site):
        pass
    with company.as_("admin"):
        pair = session.scalars(sa.select(Pair)).one()
        assert (pair.one_id, pair.other_id, pair.state, pair.note) == (customer, new, APART, "Another firm in Xi’an")
    assert any("looks like a record of yours: Another firm in Xi’an" in text for text in told(company, "lina"))


def test_what_is_not_likely_the_same_is_saved_without_a_word(company: Company, customer: int) -> None:
    assert company.client("sue").post("/core/customer/new", data={"name": "四川云峰茶业有限公司"}).status_code == 303


def test_the_holder_is_asked_once_and_his_answer_comes_back(company: Company, customer: int) -> None:
    sue = company.client("sue")
    for _again in range(2):
        page = sue.post("/core/customer/new", data={"name": "云岭春酒业有限公司", "_ask": "0"})
        assert "Your colleague has been asked" in page.text and "云岭春酒业有限公司" in page.text
    with company.as_("lina"):
        (task,) = tasks.waiting(5)
        assert "asks to work with you on this: 云岭春酒业有限公司" in task.title and task.subject_id == customer
        page = company.client("lina").get(f"/core/task/{task.id}").text
        assert "Agree" in page and "Decline" in page
        company.site.registry.resource("core.task").run("refuse", [task.id], {"reason": "We are in the middle of it"})
    with company.as_("lina"):
        assert tasks.waiting(5) == []
    assert any("does not agree to what you asked for: We are in the middle of it" in text for text in told(company, "sue"))


def test_an_odd_question_asks_nobody(company: Company, customer: int) -> None:
    for odd in ("7", "x", "-1", "0x0"):
        company.client("sue").post("/core/customer/new", data={"name": "云岭春酒业有限公司", "_ask": odd})
    with company.as_("lina"):
        assert tasks.waiting(5) == []


def test_the_page_of_duplicates_is_worked_off(company: Company, customer: int) -> None:
    with company.as_("lina"):
        company.site.registry.resource("core.customer").write([{"name": "云岭春酒业有限公司"}])
    admin = company.client("admin")
    assert "No duplicates are waiting" in admin.get("/core/customer/duplicates").text
    assert admin.post("/core/customer/duplicates/sweep").status_code == 303
    drain(company.site)
    page = admin.get("/core/customer/duplicates").text
    assert "云岭春酒业有限公司" in page and f"/core/customer/merge?id={customer}&amp;id={customer + 1}" in page
    apart = re.search(r"/core/customer/duplicates/\d+/apart", page)
    assert apart and company.client("sue").post(apart[0]).status_code in (403, 404)
    assert admin.post(apart[0]).status_code == 303
    assert "No duplicates are waiting" in admin.get("/core/customer/duplicates").text
    assert admin.post(apart[0]).status_code == 404
