"""Who may not change a record proposes it: it waits, is accepted by the one write path or declined, and is nobody else's to see."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.approvals.models import Approval, Vote
from crm_core.features.messages import services as messages
from crm_core.kernel import words
from crm_core.kernel.errors import Invalid, Missing
from tests.support.people import Company

NAME = "四川云岭春酒业有限公司"


@pytest.fixture
def customer(company: Company) -> int:
    """A customer of Lina's, shared with Sue, who may read it."""
    with company.as_("lina"):
        customers = company.site.registry.resource("core.customer")
        (made,) = customers.write([{"name": NAME, "phone": "0831-8235566"}])
        customers.run("share", [made], {"colleague": company.people["sue"], "why": "the fair"})
        return int(made)


def told(company: Company, login: str) -> list[str]:
    with company.as_(login):
        return [str(words.read(one.text)) for one in messages.newest()]


def states(company: Company) -> list[tuple[str, str]]:
    with company.as_("admin"):
        return [tuple(row) for row in session.execute(sa.select(Approval.kind, Approval.state).where(Approval.kind != "review").order_by(Approval.id))]


def test_other_values_are_proposed_in_the_form_and_accepted_on_the_page(company: Company, customer: int) -> None:
    sue, lina = company.client("sue"), company.client("lina")
    page, url = sue.get(f"/core/customer/{customer}").text, f"/core/customer/{customer}/propose"
    assert f'href="{url}"' in page and f"/core/customer/{customer}/edit" not in page and url not in lina.get(f"/core/customer/{customer}").text
    assert f'href="{url}"' in page.split('id="sheet-more"')[1]  # on a phone too
    form = sue.get(url).text
    assert 'name="phone"' in form and 'name="owner"' not in form and 'name="addresses' not in form
    assert sue.post(url, data={"phone": "0831-8230000"}).status_code == 422
    assert "Nothing of this is different" in sue.post(url, data={"phone": "0831-8235566", "why": "x"}).text
    assert sue.post(url, data={"phone": "0831-8230000", "website": "https://yunling.example", "why": "They moved"}).status_code == 303
    with company.as_("lina"):
        (other,) = company.site.registry.resource("core.customer").write([{"name": "成都锦江印刷厂"}])
    assert sue.get(f"/core/customer/{other}/propose").status_code == 404  # who does not see it proposes nothing
    assert any(f"proposes to change “{NAME}”: They moved" in text for text in told(company, "lina"))
    assert "They moved" in sue.get(f"/core/customer/{customer}").text and "They moved" in lina.get(f"/core/customer/{customer}").text
    assert NAME in lina.get("/core/customer?proposed.any=change").text and NAME not in lina.get("/core/customer?proposed.any=delete").text
    assert "Proposed changes" in lina.get("/").text
    beside = lina.get(f"/core/customer/{customer}").text
    sent = dict(re.findall(r'name="(version|phone|website)" value="([^"]*)"', beside))
    assert sent["phone"] == "0831-8230000" and "0831-823 5566 → 0831-823 0000" in beside
    assert lina.post(f"/core/customer/{customer}/edit", data=sent).status_code == 303
    with company.as_("lina"):
        row = company.site.registry.resource("core.customer").get(customer)
        assert (row.phone, row.website) == ("0831-8230000", "https://yunling.example")
        assert session.scalar(sa.select(Vote.verdict)) == "agree"
    assert states(company) == [("change", "agreed")] and any("accepted what you proposed" in text for text in told(company, "sue"))
    assert "They moved" not in lina.get(f"/core/customer/{customer}").text


def test_what_moved_meanwhile_is_shown_beside_it_and_bulk_leaves_it(company: Company, customer: int) -> None:
    sue, lina = company.client("sue"), company.client("lina")
    sue.post(f"/core/customer/{customer}/propose", data={"phone": "0831-8230000", "why": "They moved"})
    sent = dict(re.findall(r'name="(version|phone)" value="([^"]*)"', lina.get(f"/core/customer/{customer}").text))
    with company.as_("lina"):
        company.site.registry.resource("core.customer").write([{"id": customer, "phone": "0831-8239999"}])
    both = lina.post(f"/core/customer/{customer}/edit", data=sent)
    assert both.status_code == 409 and "0831-823 9999" in both.text and "0831-823 0000" in both.text
    refused = lina.post("/core/customer/bulk/accept", data={"id": str(customer), "go": "1"})
    assert refused.status_code == 422 and "was changed meanwhile" in refused.text
    chosen = {**dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', both.text)), "pick-phone": "mine"}
    assert lina.post(f"/core/customer/{customer}/resolve", data=chosen).status_code == 303
    assert states(company) == [("change", "agreed")]  # by whatever door it came to stand


def test_many_are_accepted_at_once_and_one_is_declined_with_a_reason(company: Company, customer: int) -> None:
    customers, contacts = (company.site.registry.resource(f"core.{name}") for name in ("customer", "contact"))
    with company.as_("lina"):
        (contact,) = contacts.write([{"name": "罗建国", "customer": customer}])
    with company.as_("sue"):
        for resource, row_id in ((customers, customer), (contacts, contact)):
            resource.run("propose", [row_id], {"name": "phone", "value": "0831-8230000", "why": "They moved"})
            resource.run("propose", [row_id], {"name": "phone", "value": "0831-8230001", "why": "No, this one"})  # in its place
        with pytest.raises(Invalid):
            customers.run("propose", [customer], {"name": "owner", "value": "1", "why": "mine"})
        with pytest.raises(Missing):
            customers.run("accept", [customer])
    lina = company.client("lina")
    assert lina.post("/core/customer/bulk/accept", data={"id": str(customer), "go": "1"}).status_code == 303
    with company.as_("lina"):
        assert customers.get(customer).phone == "0831-8230001"
        contacts.run("decline", [contact], {"opinion": "He keeps his own"})
        assert contacts.get(contact).phone is None
    assert sorted(states(company)) == [("change", "agreed"), ("change", "back"), ("change", "withdrawn"), ("change", "withdrawn")]
    assert any("declined what you proposed for “罗建国”: He keeps his own" in text for text in told(company, "sue"))


def test_a_deletion_is_accepted_by_who_may_delete(company: Company, customer: int) -> None:
    sue = company.client("sue")
    assert sue.post(f"/core/customer/{customer}/do/propose_deletion", data={"why": "They closed"}).status_code == 303
    refused = company.client("lina").post(f"/core/customer/{customer}/do/accept")
    assert refused.status_code in (409, 422) and states(company) == [("delete", "open")]
    admin = company.client("admin")
    assert "They closed" in admin.get(f"/core/customer/{customer}").text
    assert admin.post(f"/core/customer/{customer}/do/accept", data={"back": "/core/customer"}).status_code == 303
    assert sue.get(f"/core/customer/{customer}").status_code == 404 and states(company) == [("delete", "agreed")]
    assert any("accepted what you proposed" in text for text in told(company, "sue"))
