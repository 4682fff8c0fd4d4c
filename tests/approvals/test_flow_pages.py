"""Approvals in the browser's way: drawn, tried, published, handed in, answered, printed; and nobody looks into what is not his."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.approvals import api
from crm_core.features.approvals.stepping import approval
from crm_core.testing.statements import sent
from tests.support.people import Client, Company


def newest(company: Company) -> Any:
    with company.site.system("test"):
        return session.connection().execute(sa.select(approval).where(approval.c.kind == "flow").order_by(approval.c.id.desc()).limit(1)).one()


@pytest.fixture
def customer(company: Company) -> int:
    with company.as_("lina"):
        return int(company.site.registry.resource("core.customer").write([{"name": "成都天府曲酒厂"}])[0])


def looked(client: Client, page: str) -> str:
    """What a page that he looks at sends along with his answer."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(page).text)
    assert found is not None, "he is not asked"
    return found[1]


def chosen(client: Client) -> str:
    """The first of the list of what waits for him, as its box sends it."""
    found = re.search(r'name="id" value="([^"]+)"', client.get("/approvals").text)
    assert found is not None
    return found[1]


@pytest.fixture
def flow(company: Company) -> str:
    """Drawn by hand: nora, then the boss; published."""
    admin = company.client("admin")
    assert admin.post("/flows", data={"name": "", "for": "core.customer|submit"}).status_code == 422
    made = admin.post("/flows", data={"name": "Credit", "for": "core.customer|submit"}).location
    assert admin.post(made, data={"do": "publish"}).status_code == 422, "a flow without steps asks nobody"
    for at, login in enumerate(("nora", "boss")):
        admin.post(made, data={"do": "add"})
        admin.post(made, data={"do": "save", f"s{at}-name": login, f"s{at}-who": "users", f"s{at}-users": str(company.people[login]), f"s{at}-need": "any"})
    page = admin.get(made).text
    assert "nora" in page and "Step 2" in page
    done = admin.post(made, data={"do": "publish"})
    assert done.status_code == 303, re.findall(r"<li>[^<]+|hint bad.*", done.text)
    return str(made)


def test_from_drawing_to_paper(company: Company, customer: int, flow: str) -> None:
    admin, lina, nora, boss = (company.client(n) for n in ("admin", "lina", "nora", "boss"))
    tried = admin.get(f"{flow}?record={customer}&person={company.people['lina']}").text
    assert tried.index("1. nora") < tried.index("2. boss")
    record = f"/core/customer/{customer}"
    form = re.search(r'href="(/core/customer/\d+/submit\?flow=\d+)"', lina.get(record).text)
    assert form is not None
    assert lina.get(form[1]).status_code == 200
    assert lina.post(form[1], data={"why": "80,000 a month"}).status_code == 303
    number = newest(company).id
    page = f"/approvals/{number}"
    assert "80,000 a month" in nora.get(page).text
    assert page in nora.get("/").text, "it waits on the home page"
    assert page in nora.get("/approvals").text
    assert lina.get(f"{record}/edit").status_code == 409
    assert boss.get(f"{page}/agree").status_code == 404
    assert nora.post(f"{page}/refuse", data={"opinion": ""}).status_code == 422
    assert nora.post(f"{page}/send_back", data={"opinion": "say more", "seen": looked(nora, page)}).status_code == 303
    assert lina.post(f"{page}/again", data={"why": "for a year"}).status_code == 303
    assert nora.post(f"{page}/agree", data={"seen": looked(nora, page)}).status_code == 303
    assert boss.get(f"{page}/send_back").text.count("<option") >= 2, "to its author or to the first step"
    assert boss.post("/approvals/agree", data={"id": chosen(boss), "opinion": "fine"}).status_code == 303
    assert newest(company).state == "agreed"
    paper = lina.get(f"{record}/print").text
    assert "say more" in paper and "fine" in paper
    assert "Approved" in lina.get(record).text


def test_the_list_costs_the_same_however_much_waits(company: Company, flow: str) -> None:
    nora = company.client("nora")

    def waiting(more: int) -> int:
        """So many more wait; how many statements the list takes."""
        for n in range(more):
            with company.as_("lina"):
                made = company.site.registry.resource("core.customer").write([{"name": f"第{'一二三四五六七'[n]}酒厂{more}"}])[0]
                api.submit("core.customer", made)
        nora.get("/approvals")
        with sent(company.site.engines.read) as statements:
            page = nora.get("/approvals")
        assert "酒厂" in page.text
        return len(statements)

    few = waiting(2)
    assert waiting(5) == few


def test_it_is_nobody_elses(company: Company, customer: int, flow: str) -> None:
    lina, sue = company.client("lina"), company.client("sue")
    lina.post(f"/core/customer/{customer}/submit", data={})
    page = f"/approvals/{newest(company).id}"
    assert lina.get(page).status_code == 200
    for path in (page, f"{page}/agree", f"{page}/withdraw"):
        assert sue.get(path).status_code == 404, path
    assert sue.post(f"{page}/agree").status_code == 404
    sue.post("/approvals/agree", data={"id": page.rpartition("/")[2]})
    assert newest(company).state == "open"
    assert sue.get("/flows").status_code == sue.get(flow).status_code == 403
    assert page not in sue.get("/approvals?look=every").text


def test_a_deletion_is_handed_in_at_its_door(company: Company, customer: int) -> None:
    admin, lina = company.client("admin"), company.client("lina")
    made = admin.post("/flows", data={"name": "Deletions", "for": "core.customer|delete"}).location
    admin.post(made, data={"do": "add"})
    admin.post(made, data={"do": "publish", "s0-who": "users", "s0-users": str(company.people["boss"]), "s0-need": "any"})
    assert admin.post(f"/core/customer/{customer}/delete").status_code == 303
    found = newest(company)
    assert (found.transition, found.asked_by_id) == ("delete", company.people["admin"])
    assert lina.get(f"/core/customer/{customer}").status_code == 200
    boss, page = company.client("boss"), f"/approvals/{found.id}"
    assert boss.post(f"{page}/agree", data={"seen": looked(boss, page)}).status_code == 303
    assert newest(company).state == "agreed"
    with company.as_("admin"):
        assert not company.site.registry.resource("core.customer").sees(customer)


def test_one_answers_what_one_looked_at(company: Company, customer: int) -> None:
    """Neither the next step by pressing twice, nor a record that was changed meanwhile; on its page, in its dialog and in the list."""
    boss, nora = company.client("boss"), company.client("nora")
    step = {"name": "", "who": "users", "users": [company.people["boss"]], "need": "any"}
    both = {**step, "users": [company.people["boss"], company.people["nora"]], "edit": True}
    with company.as_("admin"):
        api.draw("Twice", "core.customer", "submit", [step, both, step])
    with company.as_("lina"):
        page = f"/approvals/{api.submit('core.customer', customer)}"
    first, listed = looked(boss, page), chosen(boss)
    assert boss.post(f"{page}/agree", data={"seen": first}).status_code == 303
    for late in (boss.post(f"{page}/agree", data={"seen": first}), boss.post(f"{page}/refuse", data={"opinion": "no", "seen": first}), boss.post(f"{page}/agree")):
        assert late.status_code == 409 and "has changed since you looked at it" in late.text
    boss.post("/approvals/agree", data={"id": listed})
    assert newest(company).step == 2

    dialog, listed = re.search(r'href="([^"]+/agree\?seen=[^"]+)"', boss.get(page).text), chosen(boss)
    assert dialog is not None
    with company.as_("nora"):
        company.site.registry.resource("core.customer").write([{"id": customer, "phone": "0831-8235566"}])
    assert boss.post(f"{page}/agree", data={"seen": looked(boss, dialog[1])}).status_code == 409, "the dialog of a page from before"
    boss.post("/approvals/agree", data={"id": listed})
    assert newest(company).step == 2
    assert nora.post(f"{page}/agree", data={"seen": looked(nora, page)}).status_code == 303
    boss.post("/approvals/agree", data={"id": chosen(boss)})
    assert newest(company).state == "agreed"


def test_who_was_asked_once_does_not_read_the_record_for_ever(company: Company, customer: int) -> None:
    sue = company.client("sue")
    with company.as_("admin"):
        api.draw("Once", "core.customer", "submit", [{"name": "", "who": "users", "users": [company.people["sue"]], "need": "any"}])
    with company.as_("lina"):
        customers = company.site.registry.resource("core.customer")
        customers.write([{"id": customer, "website": "before.example"}])
        page = f"/approvals/{api.submit('core.customer', customer)}"
    assert "before.example" in sue.get(page).text
    assert sue.post(f"{page}/agree", data={"seen": looked(sue, page)}).status_code == 303
    with company.as_("lina"):
        customers.write([{"id": customer, "website": "after.example"}])
    later = sue.get(page)
    assert later.status_code == 200 and "Approved" in later.text and "example" not in later.text
    assert "after.example" in company.client("lina").get(page).text


def test_a_condition_is_drawn_in_the_builder(company: Company, flow: str) -> None:
    admin = company.client("admin")
    assert admin.get(f"{flow}/when/2").status_code == 200
    assert admin.get(f"{flow}/when/flow").status_code == 200
    answer = admin.post(f"{flow}/when/2", data={"0-kind": "all", "1-in": "0", "1-field": "name", "1-op": "contains", "1-v": "银行", "do": "apply"})
    assert answer.status_code == 303
    assert "银行" in admin.get(flow).text
