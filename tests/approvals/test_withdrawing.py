"""What one has proposed one takes back oneself: by a button where one sees it, or with the act in which it was proposed."""

from __future__ import annotations

import re

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.approvals.models import Approval
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.kernel.runner import drain
from crm_core.resource.settings import put
from tests.approvals.test_changes import NEW, OLD, decision, phone, reviewed
from tests.approvals.test_proposals import NAME, customer, states
from tests.support.people import Client, Company
from tests.web.test_bulk import edit, read, undo

assert customer and reviewed
MINE = "/me/proposals"


def waits(company: Company) -> list[dict[str, object]]:
    """The values that are proposed and wait, oldest first."""
    with company.as_("admin"):
        found = session.scalars(sa.select(Approval.proposal).where(Approval.state == "open", Approval.kind == "change").order_by(Approval.id))
        return [{name: new for name, (_old, new) in one["fields"].items()} for one in found]


def test_who_proposed_it_withdraws_it_where_he_sees_it_and_nobody_else_does(company: Company, customer: int) -> None:
    sue, lina, at = company.client("sue"), company.client("lina"), f"/core/customer/{customer}"
    assert MINE not in sue.get("/").text
    sue.post(f"{at}/propose", data={"phone": NEW, "why": "They moved"})
    sue.post(f"{at}/do/propose_deletion", data={"why": "They closed"})
    listed = sue.get(MINE).text
    assert f'href="{MINE}"' in sue.get("/").text and NAME in listed and "Deletion" in listed and "Phone" in listed
    (change, deletion) = sorted(re.findall(rf'action="({MINE}/\d+/withdraw)"', sue.get(at).text), key=lambda one: int(one.split("/")[3]))
    assert change in listed and deletion in listed and MINE not in lina.get(at).text
    assert lina.post(change).status_code == company.client("admin").post(change).status_code == 404  # it is nobody else's
    assert states(company) == [("change", "open"), ("delete", "open")]
    assert sue.post(change, data={"back": at}).headers["Location"] == at
    assert states(company) == [("change", "withdrawn"), ("delete", "open")] and "They moved" not in lina.get(at).text
    undo(sue)
    assert states(company) == [("change", "open"), ("delete", "open")] and "They moved" in lina.get(at).text
    sue.post(deletion)
    sue.post(change)
    assert sue.post(change).status_code == 404
    assert "You propose nothing" in sue.get(MINE).text and NAME not in lina.get("/core/customer?proposed.filled=1").text


def take_back(client: Client, text: str) -> None:
    """Read the toast, then press its Undo."""
    page = client.get("/me").text
    found = re.search(r'action="(/undo/\d+)"', page)
    assert text in page and found, "no such toast"
    assert client.post(found[1]).status_code == 303


def test_the_undo_of_a_bulk_edit_withdraws_what_it_only_proposed(company: Company, reviewed: int) -> None:
    with company.as_("admin"):
        put(ReviewSettings, {"core-customer": "once", "core-customer-changes": True})
    with company.as_("lina"):  # what she entered and still waits she changes herself
        (waiting,) = company.site.registry.resource("core.customer").write([{"name": "成都锦江印刷厂"}])
    lina, sue, at, both = company.client("lina"), company.client("sue"), f"/core/customer/{reviewed}", [reviewed, waiting]
    lina.post(f"{at}/propose", data={"phone": NEW})
    edit(lina, both, {"website": ("set", "one.example")})
    assert read(company, "website", both) == [None, "one.example"] and waits(company) == [{"phone": NEW, "website": "one.example"}]
    take_back(lina, "Edit fields: 1 done · 1 proposed, waits for a reviewer")
    assert read(company, "website", both) == [None, None] and waits(company) == [{"phone": NEW}]  # what she had proposed before waits again
    edit(lina, [reviewed], {"website": ("set", "two.example")})
    assert sue.post(decision(sue, at, "accept"), data={"back": at}).status_code == 303
    take_back(lina, "0 done · 1 proposed")  # it is too late: a reviewer has accepted it
    assert (phone(company, reviewed), read(company, "website", [reviewed]), waits(company)) == (NEW, ["two.example"], [])

    edit(lina, None, {"standing": ("set", "key")})  # all that the list means, by a job
    drain(company.site)
    assert waits(company) == [{"standing": "key"}]
    told = lina.get("/core/customer").text
    assert "1 done · 1 proposed, waits for a reviewer" in told
    job = re.search(r'action="(/undo/\d+)"', told)
    assert job and lina.post(job[1]).status_code == 303 and waits(company) == [] and read(company, "standing", [waiting]) != ["key"]
    lina.post(f"{at}/cell", data={"field": "phone", "phone": OLD})
    assert waits(company) == [{"phone": OLD}]
    undo(lina)
    assert waits(company) == []
