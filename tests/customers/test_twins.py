"""Entering a customer that is here already: what is shown, what is asked, what is kept."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from crm_core.access.models import Grant, Scope
from crm_core.access.rights import bump
from crm_core.data.session import session, writing
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.features.messages import services as messages
from crm_core.features.tasks import services as tasks
from crm_core.kernel import words
from crm_core.kernel.outbox import deliver_one
from crm_core.kernel.runner import drain
from crm_core.resource.pairs import APART, Pair
from crm_core.resource.settings import put
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


def test_the_holder_agrees_and_the_record_is_shared_or_handed_over_as_he_chooses(company: Company, customer: int) -> None:
    sue, lina = company.client("sue"), company.client("lina")

    def asked(how: str) -> int:
        sue.post("/core/customer/new", data={"name": "云岭春酒业有限公司", "_ask": "0"})
        with company.as_("lina"):
            (task,) = tasks.waiting(5)
        assert "Share it for a time" in lina.get(f"/core/task/{task.id}/do/agree").text
        return lina.post(f"/core/task/{task.id}/do/agree", data={"how": how}).status_code

    assert f"/core/customer/{customer}/edit" not in sue.get(f"/core/customer/{customer}").text
    assert asked("") == 422
    assert asked("change") == 303
    page = sue.get(f"/core/customer/{customer}").text
    assert "Shared with you until" in page and "0831-823 5566" in page and f"/core/customer/{customer}/edit" in page
    assert any("shares “四川云岭春酒业有限公司” with you" in text for text in told(company, "sue"))
    beside = lina.get(f"/core/customer/{customer}").text
    assert "Stop sharing with Sue" in beside and "You asked for it." in beside
    taken = re.search(r'name="colleague" value="(\d+)"', beside)
    assert taken and lina.post(f"/core/customer/{customer}/do/unshare", data={"colleague": taken[1]}).status_code == 303
    assert any("no longer with you" in text for text in told(company, "sue"))
    assert asked("hand_over") == 303
    with company.as_("sue"):
        assert company.site.registry.resource("core.customer").get(customer, "update").owner_id == company.people["sue"]


def test_what_lies_in_a_public_pool_is_claimed_instead_of_entered_again(company: Company, customer: int) -> None:
    with company.as_("admin"):
        company.site.registry.resource("core.pool").write([{"name": "公海"}])
    drain(company.site)
    sue = company.client("sue")
    assert "_claim" not in sue.post("/core/customer/twins", data={"name": "云岭春酒业有限公司"}).text
    with company.as_("lina"):
        company.site.registry.resource("core.customer").run("give_back", [customer], {})
    assert 'name="_claim"' in sue.post("/core/customer/twins", data={"name": "云岭春酒业有限公司"}).text
    for odd in ("7", "x"):
        assert sue.post("/core/customer/new", data={"name": "云岭春酒业有限公司", "_claim": odd}).status_code == 200
    taken = sue.post("/core/customer/new", data={"name": "云岭春酒业有限公司", "_claim": "0"})
    assert taken.status_code == 303 and taken.headers["Location"].startswith(f"/core/customer/{customer}")
    with company.as_("sue"):
        assert company.site.registry.resource("core.customer").get(customer).owner_id == company.people["sue"]


def test_an_address_and_the_number_of_a_contact_tell_too(company: Company, customer: int) -> None:
    with company.as_("lina"):
        of = company.site.registry.resource
        of("core.customer").write([{"id": customer, "addresses": [{"street": "四川省宜宾市翠屏区岷江西路150号"}]}])
        of("core.contact").write([{"name": "罗建国", "customer": customer, "mobile": "138 0001 2345", "email": "luo@yunling.example"}])
    lina, sue = company.client("lina"), company.client("sue")
    form = {"name": "宜宾某酒业", "addresses__sent": "1", "addresses-0-street": "翠屏区岷江西路150號"}
    assert "same address" in lina.post("/core/customer/twins", data=form).text
    assert "same address" not in sue.post("/core/customer/twins", data=form).text  # who knows it in brief only is not told what stands there
    assert lina.post("/core/customer/twins", data={**form, "addresses-0-street": "翠屏区岷江西路151号"}).text.strip() == ""
    assert lina.post("/core/customer/twins", data={**form, "addresses-0-remove": "1"}).text.strip() == ""
    for values in ({"phone": "13800012345"}, {"email": "LUO@yunling.example"}):
        assert "a contact has this number" in lina.post("/core/customer/twins", data={"name": "某厂", **values}).text


def test_the_name_of_a_contact_is_told_to_those_who_may_know_him(company: Company, customer: int) -> None:
    with company.as_("lina"):
        company.site.registry.resource("core.contact").write([{"name": "罗建国", "customer": customer}])
    form = {"name": "云岭春酒业", "sales_head": "罗建国"}
    assert re.search(r'data-twins="[^"]+" data-fields="[^"]*sales_head', company.client("lina").get("/core/customer/new").text)
    assert "a contact has this name" in company.client("lina").post("/core/customer/twins", data=form).text
    assert "a contact has this name" not in company.client("sue").post("/core/customer/twins", data=form).text


def test_a_contact_that_waits_for_review_tells_nobody_but_its_author(company: Company, customer: int) -> None:
    contacts = company.site.registry.resource("core.contact")
    with company.as_("admin"):
        put(ReviewSettings, {"core-contact": "once"})
    with company.as_("lina"):
        (waits,) = contacts.write([{"name": "罗建国", "customer": customer, "mobile": "138 0001 2345"}])
    form = {"name": "云岭春酒业", "sales_head": "罗建国", "phone": "13800012345"}
    assert "a contact has" in company.client("lina").post("/core/customer/twins", data=form).text
    assert "a contact has" not in company.client("nora").post("/core/customer/twins", data=form).text
    with company.as_("admin"):
        contacts.run("review_first", [waits], {})
    assert "a contact has" in company.client("nora").post("/core/customer/twins", data=form).text


def test_what_a_firm_one_does_not_know_looks_like_is_not_told(company: Company, customer: int) -> None:
    with company.as_("sue"):
        (own,) = company.site.registry.resource("core.customer").write([{"name": "云岭春酒业有限公司"}])
        company.site.registry.resource("core.contact").write([{"name": "王强", "customer": own}])
    ask = {"name": "王强", "customer": str(customer)}
    sue = company.client("sue")
    assert "looks like" in sue.post("/core/contact/twins", data=ask).text  # she knows the firm in brief
    with company.site.system("tests"), writing():
        session.execute(sa.delete(Grant).where(Grant.permission == "core.customer.brief.read"))
        session.execute(sa.delete(Grant).where(Grant.permission == "core.customer.read", Grant.scope != Scope.own))
        bump()
    assert "looks like" not in sue.post("/core/contact/twins", data=ask).text


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
