"""Where changes are reviewed, who may not review changes nothing by any door: he proposes, and a reviewer accepts."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from crm_core.access import tokens
from crm_core.data.session import session, writing
from crm_core.features.approvals import api, withdrawing
from crm_core.features.approvals.models import Approval
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.features.customers.blacklist import Severity
from crm_core.kernel.errors import Invalid, Refused
from crm_core.resource import asking, changes, splitting, undo
from crm_core.resource.settings import put
from tests.approvals.test_proposals import NAME, customer, states, told
from tests.support.people import Client, Company
from tests.web.test_bulk import edit

assert customer
OLD, NEW = "0831-8235566", "0831-8230000"


@pytest.fixture
def reviewed(company: Company, customer: int) -> int:
    """Lina's customer in a house that reviews changes; Sue is information reviewer, reads all and changes nothing."""
    with company.site.system("tests"):
        roles = company.site.registry.resource("core.role").by_name(["reviewer"])
        company.site.registry.resource("core.user").write([{"id": company.people["sue"], "roles": [{"role": roles["reviewer"]}]}])
    with company.as_("admin"):
        put(ReviewSettings, {"core-customer-changes": True})
    return customer


def phone(company: Company, row_id: int) -> str:
    with company.as_("admin"):
        return str(company.site.registry.resource("core.customer").get(row_id).phone)


def test_form_cell_bulk_edit_and_interface_propose_and_a_reviewer_accepts(company: Company, reviewed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lina, sue, at = company.client("lina"), company.client("sue"), f"/core/customer/{reviewed}"
    asked = lina.get(f"{at}/edit")
    assert (asked.status_code, asked.headers["Location"]) == (302, f"{at}/propose")
    form = lina.get(f"{at}/propose").text
    assert "nothing changes until a reviewer has accepted it" in form and 'name="addresses' not in form
    assert lina.post(f"{at}/propose", data={"phone": NEW}).status_code == 303  # no reason is asked
    assert "A reviewer looks at it" in lina.get(at).text and (phone(company, reviewed), states(company)) == (OLD, [("change", "open")])
    accept = decision(sue, at, "accept")
    assert f"{at}/proposals/" not in lina.get(at).text and NAME in sue.get("/core/customer?proposed.filled=1").text
    assert lina.post(f"{at}/do/accept").status_code in (403, 409, 422)
    assert sue.post(f"{at}/edit", data={"phone": NEW, "version": "1"}).status_code in (403, 404)
    assert sue.post(accept, data={"back": at}).status_code == 303
    assert (phone(company, reviewed), states(company)) == (NEW, [("change", "agreed")])
    assert any("accepted what you proposed" in text for text in told(company, "lina"))

    with company.site.system("tests"):
        secret = tokens.issue(company.people["lina"], "test", ("*",))[0]
    doors = {
        "cell": lambda: lina.post(f"{at}/cell", data={"field": "phone", "phone": OLD}).status_code,
        "drag": lambda: lina.post(f"{at}/cell", data={"field": "standing", "standing": "key"}, headers={"Accept": "application/json"}).status_code,
        "bulk": lambda: edit(lina, [reviewed], {"website": ("set", "one.example")}).status_code,
        "api": lambda: company.app.test_client().patch(f"/api/v1{at}", json={"phone": OLD}, headers={"Authorization": f"Bearer {secret}"}).status_code,
    }
    assert {name: door() for name, door in doors.items()} == {"cell": 303, "drag": 409, "bulk": 303, "api": 202}
    assert lina.post(f"{at}/edit", data={"phone": "0831-1234567", "version": str(version(company, reviewed))}).status_code == 303
    assert phone(company, reviewed) == NEW and states(company)[1:] == [("change", "withdrawn")] * 4 + [("change", "open")]
    with company.as_("admin"):  # one change is asked for, whatever number of doors it came by
        waits = session.scalar(sa.select(Approval.proposal).where(Approval.state == "open"))
    assert {n: new for n, (_old, new) in waits["fields"].items()} == {"phone": "0831-1234567", "standing": "key", "website": "one.example"}
    form = lina.get(f"{at}/propose").text
    assert 'value="0831-1234567"' in form and 'value="one.example"' in form  # and goes on from there
    assert lina.post(f"{at}/edit", data={"addresses-0-street": "New Street 1", "version": str(version(company, reviewed))}).status_code == 422

    nora = company.client("nora")  # she reviews what lies in her departments, and changes it as ever
    assert nora.get(f"{at}/edit").status_code == 200
    monkeypatch.setattr(asking.slots, "used", lambda _name: False)  # negative control
    assert lina.get(f"{at}/edit").status_code == 200
    assert lina.post(f"{at}/cell", data={"field": "phone", "phone": OLD}).status_code == 303 and phone(company, reviewed) == OLD


def decision(client: Client, at: str, verb: str) -> str:
    """The address of the button of the first proposal on a record's page."""
    found = re.search(rf"{at}/proposals/\d+/{verb}", client.get(at).text)
    assert found, "there is no such button"
    return found[0]


def test_a_reviewer_decides_on_what_he_read_and_on_nothing_else(company: Company, reviewed: int) -> None:
    lina, sue, at = company.client("lina"), company.client("sue"), f"/core/customer/{reviewed}"
    lina.post(f"{at}/propose", data={"phone": NEW})
    read = decision(sue, at, "accept")
    lina.post(f"{at}/propose", data={"email": "other@example.com"})  # another thing in its place
    late = sue.post(read, data={"back": at})
    assert late.status_code == 409 and "not there any more" in late.text and phone(company, reviewed) == OLD
    with company.as_("admin"):
        company.site.registry.resource("core.customer").run("propose_deletion", [reviewed], {"why": "closed"})
    both = sue.post("/core/customer/bulk/accept", data={"id": str(reviewed), "go": "1"})
    assert both.status_code == 422 and "More than one thing" in both.text
    owner = lina.post(decision(sue, at, "decline"), data={"opinion": "no"})
    assert owner.status_code in (403, 404, 409, 422) and "a reviewer decides" in owner.text  # the record is hers, the decision is not
    assert sue.post(decision(sue, at, "accept"), data={"back": at}).status_code == 303
    assert states(company) == [("change", "withdrawn"), ("change", "agreed"), ("delete", "open")]
    with company.as_("admin"):
        assert company.site.registry.resource("core.customer").get(reviewed).email == "other@example.com"
    assert sue.post(decision(sue, at, "decline"), data={"opinion": "It is open"}).status_code == 303
    assert states(company)[-1] == ("delete", "back") and sue.get(at).status_code == 200
    wrong = lina.post(f"{at}/propose", data={"credit_code": "91110000000000000X", "latitude": "28.7"})
    assert wrong.status_code == 422 and "credit code" in wrong.text  # as beside the field of a form


def test_no_act_and_no_split_goes_round_the_review(company: Company, reviewed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = company.site.registry.resource("core.customer")
    with company.as_("admin"):
        (other,) = customers.write([{"name": "成都锦江印刷厂"}])
        with monkeypatch.context() as all_bound:
            all_bound.setattr(asking.slots, "bound", lambda _resource, ids: set(ids))
            for go in (lambda: customers.run("merge", [reviewed], {"others": [other]}), lambda: splitting.split(customers, reviewed, {"name": "x"}, {}, {}),
                       lambda: customers.delete([other])):
                with pytest.raises(Refused, match="reviewed"):
                    go()
        customers.run("merge", [reviewed], {"others": [other]})  # negative control


def test_what_a_service_changes_by_hand_is_held_as_what_a_form_saves(company: Company, reviewed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = company.site.registry.resource("core.customer")
    address = customers.line_resource("addresses").model

    def by_hand(**more: object) -> None:
        """A page of an author's: it loads a customer and sets what it likes."""
        with writing():
            row = customers.get(reviewed, "update")
            for name, value in more.items():
                setattr(row, name, value)

    def put_address() -> None:
        with writing() as db:
            db.add(address(customer_id=reviewed, street="New Street 1"))

    with company.site.system("tests"):
        (acts,) = company.site.registry.resource("core.role").write([{"code": "acts", "name": "Acts", "grants": [{"permission": "core.customer.blacklist", "scope": "own"}]}])
        user = company.site.registry.resource("core.role").by_name(["user"])["user"]
        company.site.registry.resource("core.user").write([{"id": company.people["lina"], "roles": [{"role": user}, {"role": acts}]}])
    with company.as_("lina"):
        for go in (lambda: by_hand(phone=NEW), put_address):
            with pytest.raises(Invalid, match="reviewed"):
                go()
        by_hand(phone=OLD)  # nothing is different
        customers.run("blacklist", [reviewed], {"severity": Severity.warn, "reason": "late"})  # an act is a right of its own, and sets what it likes
    with company.site.system("tests"):
        by_hand(phone="0831-8231111")
    with company.as_("nora"):  # she reviews it
        by_hand(website="nora.example")
    assert phone(company, reviewed) == "0831-8231111"
    with company.as_("lina"):
        monkeypatch.setattr(asking.slots, "used", lambda _name: False)  # negative control
        by_hand(phone=NEW)
        put_address()
    assert phone(company, reviewed) == NEW


def test_a_reviewer_s_yes_does_not_stand_for_a_flow(company: Company, reviewed: int) -> None:
    customers, boss = company.site.registry.resource("core.customer"), {"name": "", "who": "users", "users": [company.people["boss"]], "need": "any"}

    def ask(who: str, act: str, **more: object) -> None:
        with company.as_(who):
            customers.run(act, [reviewed], {"why": "so", **more})

    def draw(transition: str, when: object = None) -> None:
        with company.as_("admin"):
            api.draw("x", "core.customer", transition, [boss], when)

    draw("update", {"field": "website", "op": "filled"})
    ask("lina", "propose", name="website", value="one.example")
    with company.as_("sue"), pytest.raises(Refused, match="needs approval"):
        customers.run("accept", [reviewed])
    with company.as_("lina"):
        withdrawing.withdraw(withdrawing.own(None, 1)[0].id)
    ask("lina", "propose", name="phone", value=NEW)
    with company.as_("sue"):
        customers.run("accept", [reviewed])
    assert phone(company, reviewed) == NEW, "of this no flow speaks"

    draw("delete")
    ask("admin", "propose_deletion")
    with company.as_("sue"), pytest.raises(Refused, match="needs approval"):
        customers.run("accept", [reviewed])
    with company.as_("admin"):
        withdrawing.withdraw(withdrawing.own(None, 1)[0].id)

    ask("lina", "propose", name="phone", value=OLD)
    draw("submit")
    with company.as_("nora"):
        api.submit("core.customer", reviewed)
    with company.as_("sue"), pytest.raises(Refused, match="nobody changes it"):
        customers.run("accept", [reviewed])
    assert phone(company, reviewed) == NEW


def version(company: Company, row_id: int) -> int:
    with company.as_("admin"):
        return int(company.site.registry.resource("core.customer").get(row_id).version)


def test_imports_deletions_undo_and_acceptance_by_the_owner_are_refused(company: Company, customer: int) -> None:
    customers = company.site.registry.resource("core.customer")
    with company.as_("lina"):
        customers.write([{"id": customer, "website": "one.example"}])
    with company.as_("admin"):
        put(ReviewSettings, {"core-customer": "once", "core-customer-changes": True})
    with company.as_("lina"):
        with pytest.raises(Invalid, match="reviewed") as held:
            customers.write([{"id": customer, "website": "two.example"}], kind="import")
        assert list(held.value.details["rows"]) == [0]
        (mine,) = customers.write([{"name": "成都锦江印刷厂"}])
        customers.write([{"id": mine, "phone": OLD}])  # what still waits is its author's to mend
        assert undo.ask(change_of(customer)).conflicts == [("core.customer", customer)]
        customers.run("propose", [customer], {"name": "phone", "value": NEW, "why": "moved"})
        with pytest.raises(Refused, match="a reviewer accepts"):
            customers.run("accept", [customer])


def change_of(row_id: int) -> int:
    return int(changes.history_of("core.customer", row_id, limit=1)[0].change)
