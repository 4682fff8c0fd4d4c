"""The pages of pools and reviews as a browser uses them."""

import re
from inspect import Parameter, signature

import pytest

from crm_core.features.approvals.rules import ReviewSettings
from crm_core.resource import acts, shares
from crm_core.resource.settings import put
from tests.support.people import Company


@pytest.fixture
def customer(company: Company) -> int:
    """A customer of Lina's, in a house with one pool for everybody."""
    with company.as_("admin"):
        company.site.registry.resource("core.pool").write([{"name": "公海一", "return_after": 30}])
    with company.as_("lina"):
        return int(company.site.registry.resource("core.customer").write([{"name": "四川云岭春酒业有限公司", "phone": "0831-8235566"}])[0])


def test_a_customer_goes_to_the_pool_and_is_claimed_from_its_brief(company: Company, customer: int) -> None:
    lina = company.client("lina")
    page = lina.get(f"/core/customer/{customer}").text
    assert "30 days left" in page
    assert lina.get(f"/core/customer/{customer}/do/give_back").status_code == 200
    assert lina.post(f"/core/customer/{customer}/do/give_back", data={"why": "not my region"}).status_code == 303
    door = lina.get("/pool")
    assert door.status_code == 302
    listed = lina.get(door.headers["Location"]).text
    assert "云岭春" in listed
    assert "Claim" in listed
    brief = lina.get(f"/core/customer.brief/{customer}").text
    assert "In the pool “公海一”" in brief
    assert "8235566" not in brief
    assert lina.post(f"/core/customer.brief/{customer}/do/claim").status_code == 303
    whole = lina.get(f"/core/customer/{customer}").text
    assert "Who held it" in whole
    assert "not my region" in whole


def test_a_customer_is_shared_with_a_colleague_from_its_page_and_taken_back(company: Company, customer: int) -> None:
    lina, admin = company.client("lina"), company.people["admin"]
    assert 'name="colleague"' in lina.get(f"/core/customer/{customer}/do/share").text
    assert lina.post(f"/core/customer/{customer}/do/share", data={"colleague": str(admin), "why": "we go together"}).status_code == 303
    assert "we go together" in lina.get(f"/core/customer/{customer}").text
    assert lina.post(f"/core/customer/{customer}/do/unshare", data={"colleague": str(admin)}).status_code == 303
    with company.as_("lina"):
        assert shares.of("core.customer", [customer], live=True).get(customer, []) == []


def test_every_act_takes_what_its_form_asks(company: Company) -> None:
    """A form that asks under another name than its function takes is found when somebody sends it, so all are asked here."""
    with company.as_("admin"):
        for resource in company.site.registry.resources.values():
            for action in resource.all_actions.values():
                taken = signature(action.call).parameters
                if not any(one.kind is Parameter.VAR_KEYWORD for one in taken.values()):
                    assert set(acts.fields_of(resource, action)) <= set(taken), f"{resource.name}.{action.name}"


def test_many_are_claimed_at_once_and_it_is_told(company: Company, customer: int) -> None:
    lina = company.client("lina")
    lina.post(f"/core/customer/{customer}/do/give_back", data={})
    answer = lina.post("/core/customer.brief/bulk/claim", data={"id": str(customer), "go": "1"})
    assert answer.status_code == 303
    assert "1 done" in lina.get(answer.headers["Location"]).text


def test_reports_and_columns_of_pools_open(company: Company, customer: int) -> None:
    admin = company.client("admin")
    for url in ("/core/pool", "/core/pool/new", "/core/pool/1", "/reports/core.holders", "/reports/core.returning", "/core/customer?columns=name,days_left", "/settings/core.review",
                "/core/stand_in", "/core/stand_in/new", f"/core/customer/{customer}"):
        assert admin.get(url).status_code == 200, url


def test_a_reviewer_agrees_from_the_page_and_goes_on(company: Company) -> None:
    with company.as_("admin"):
        put(ReviewSettings, {"core-customer": "once"})
    with company.as_("lina"):
        first, second = company.site.registry.resource("core.customer").write([{"name": "成都甲厂"}, {"name": "成都乙厂"}])
    admin = company.client("admin")
    listed = admin.get("/core/customer?review.any=first,second").text
    assert "成都甲厂" in listed
    assert re.findall(r'<a href="(/core/customer\?review[^"]*)" class="on" aria-current', listed) and '<a href="/core/customer" class="on" aria-current="page" data-go' not in listed
    page = admin.get(f"/core/customer/{first}").text
    assert "Waits for first review" in page
    answer = admin.post(f"/core/customer/{first}/do/review_first", data={"back": f"/core/customer/{second}"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/core/customer/{second}")
    assert admin.get(f"/core/customer/{second}/do/send_back").status_code == 200
    assert admin.post(f"/core/customer/{second}/do/send_back", data={"opinion": "no phone"}).status_code == 303
    assert "Sent back" in company.client("lina").get(f"/core/customer/{second}").text
