"""What hangs on a customer: needs, blacklist, relations, groups, people who change firm."""

import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.access.reads import Access
from crm_core.data.session import session
from crm_core.features.customers import api, blacklist, columns, related
from crm_core.features.customers.parts import Blacklisting, Post
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Refused
from crm_core.resource import listing, timeline
from crm_core.web import lookups
from tests.customers.office import Office
from tests.customers.test_facts import run
from tests.support.people import Company

D = dt.date
NOW = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)


def test_a_need_shows_while_it_is_valid_and_is_history_afterwards(office: Office) -> None:
    customer, other = office.customer("chen"), office.customer("chen", "贵州赤水酒业")
    with office.as_("chen"):
        office.resource("need").write([
            {"customer": customer, "kind": "fair", "wanted": "36 ㎡", "valid_from": D(2026, 11, 20), "valid_until": D(2026, 11, 30)},
            {"customer": other, "kind": "fair", "valid_from": D(2026, 12, 1)},
        ])
        with pytest.raises(Invalid):
            office.resource("need").write([{"customer": other, "kind": "fair", "valid_from": D(2026, 12, 1), "valid_until": D(2026, 11, 1)}])
    customers = office.resource("customer")

    def wanting(day: dt.datetime) -> list[int]:
        with clock.freeze(day), office.as_("chen"):
            return sorted(listing.page(listing.parse(customers, [("wants.any", "fair")])).ids)

    assert wanting(NOW) == [customer]
    assert wanting(NOW + dt.timedelta(days=9)) == [other]
    with clock.freeze(NOW), office.as_("li"):  # who knows the firm in brief sees what it wants
        assert api.needs_now([customer, other]) == {customer: ["fair"]}
        assert "The fair" in str(columns.needs.column([customer])[customer])
        assert "The fair" in lookups.lookup("core.customer", "云岭春")["hits"][0]["sub"]
        assert office.resource("need").may("read") and listing.page(listing.parse(office.resource("need"), [])).ids == []


def test_the_blacklist_is_decided_by_right_warns_or_refuses_and_runs_out(office: Office) -> None:
    customer = office.customer("chen", customer_kind="old")
    with office.as_("chen"), pytest.raises(Forbidden):
        office.resource("customer").run("blacklist", [customer], {"severity": "refuse", "reason": "no"})
    with clock.freeze(NOW), office.as_("sun"):
        with pytest.raises(Invalid):
            office.resource("customer").run("blacklist", [customer], {"severity": blacklist.Severity.warn, "reason": "x", "until": D(2026, 1, 1)})
        office.resource("customer").run("blacklist", [customer], {
            "severity": blacklist.Severity.refuse, "reason": "三次拒付", "evidence": "合同 17 号", "until": D(2026, 12, 31)})
    with clock.freeze(NOW), office.as_("li"), pytest.raises(Refused):
        api.check_blacklist(customer)
    with clock.freeze(NOW), office.as_("li"):
        assert api.may_reach("core.customer", customer, "letter").ok is False
    with clock.freeze(NOW + dt.timedelta(days=60)):
        with office.as_("li"):
            assert api.check_blacklist(customer) == "", "the time is over, whether or not a job has seen it"
        run(office, blacklist.run_out)
        with office.as_("sun"):
            row = office.resource("customer").get(customer)
            assert (row.blacklist, row.customer_kind) == (None, "old")
            entry = session.scalars(sa.select(Blacklisting)).one()
            assert (entry.reason, entry.evidence, entry.ended_on) == ("三次拒付", "合同 17 号", D(2027, 1, 22))
            assert [e.body for e in timeline.of("core.customer", customer) if e.kind == "blacklist"][-1] == "三次拒付"


def test_who_changes_firm_stays_himself_and_both_firms_know(office: Office) -> None:
    old, new = office.customer("chen"), office.customer("chen", "贵州赤水酒业")
    person = office.contact("chen", old, post_since=D(2020, 1, 1))
    foreign = office.customer("li", "别家")
    office.grant("seller", "core.contact.move", "own")
    with office.as_("chen"):
        from crm_core.features.customers.notes import add_note

        add_note("core.contact", person, "said at the old firm")
        with pytest.raises(Exception, match="not found"):
            office.resource("contact").run("move", [person], {"customer": foreign})
        office.resource("contact").run("move", [person], {"customer": new, "day": D(2026, 11, 1)})
        row = office.resource("contact").get(person)
        assert (row.customer_id, row.post_since, row.main) == (new, D(2026, 11, 1), False)
        post = session.scalars(sa.select(Post)).one()
        assert (post.customer_id, post.started_on, post.ended_on) == (old, D(2020, 1, 1), D(2026, 11, 1))
        for subject, row_id in (("core.customer", old), ("core.customer", new), ("core.contact", person)):
            assert "moved" in [e.kind for e in timeline.of(subject, row_id)], subject
        assert "said at the old firm" in [e.body for e in timeline.of("core.contact", person)]
        assert "said at the old firm" in [e.body for e in timeline.of("core.customer", old)]


def test_relations_are_read_from_both_sides_and_a_group_has_a_top(office: Office) -> None:
    top = office.customer("chen", "云岭集团")
    branch = office.customer("chen", "云岭成都分公司", parent=top)
    shop = office.customer("chen", "云岭门店", parent=branch)
    maker = office.customer("chen", "赤水玻璃")
    with office.as_("chen"):
        office.resource("relation").write([{"customer": top, "other": maker, "kind": "supplier", "note": "酒瓶"}])
        assert [(r.title, r.sub) for r in related.panel(maker).rows] == [("云岭集团", "Buyer · 酒瓶")]
        assert {(r.title, r.sub) for r in related.panel(top).rows} == {("云岭成都分公司", "Branch"), ("赤水玻璃", "Supplier · 酒瓶")}
        assert sorted(api.group_of([top])) == [top, branch, shop]
        assert sorted(listing.page(listing.parse(office.resource("customer"), [("group.any", str(top))])).ids) == [top, branch, shop]
        for bad in ({"id": top, "parent": shop}, {"id": top, "parent": top}):
            with pytest.raises(Invalid):
                office.resource("customer").write([bad])
        with pytest.raises(Invalid):
            office.resource("relation").write([{"customer": top, "other": top, "kind": "partner"}])


def test_a_group_is_seen_as_one_as_far_as_one_sees_it(company: Company) -> None:
    customers = company.site.registry.resource("core.customer")
    with company.as_("lina"):
        (top,) = customers.write([{"name": "云岭集团"}])
        (branch,) = customers.write([{"name": "云岭成都分公司", "parent": top}])
        company.site.registry.resource("core.contact").write([{"name": "罗建国", "customer": branch}])
        api.add_note("core.customer", branch, "said at the branch")
    with company.as_("sue"):
        customers.write([{"name": "云岭上海分公司", "parent": top}])
    page = company.client("lina").get(f"/core/customer/{top}/group").text
    assert "罗建国" in page and "said at the branch" in page and "云岭成都分公司" in page
    assert "云岭上海分公司" not in page and "1 more" in page
    assert company.client("sue").get(f"/core/customer/{top}/group").status_code == 404


def reads(company: Company) -> list[tuple[str, int, str]]:
    with company.site.system("tests"):
        return [(r.resource, r.row_id, r.how) for r in session.execute(sa.select(Access.resource, Access.row_id, Access.how).order_by(Access.id))]


def test_sensitive_facts_are_hidden_without_the_right_and_each_reading_is_noted(company: Company) -> None:
    lina, boss = company.client("lina"), company.client("boss")
    with company.as_("boss"):
        (customer,) = company.site.registry.resource("core.customer").write([{"name": "云岭", "owner": company.people["lina"]}])
        one, two = company.site.registry.resource("core.contact").write([
            {"name": "罗建国", "customer": customer, "hobbies": "secret fishing"}, {"name": "何文静", "customer": customer}])
    here = f"/core/contact/{one}"
    for path in (here, f"{here}?tab=facts", f"{here}/edit", "/core/contact?columns=name,hobbies", f"{here}/print"):
        assert "secret fishing" not in lina.get(path).text, path
    assert lina.post(f"{here}/edit", data={"name": "罗建国", "hobbies": "none", "version": "1", "customer": str(customer)}).status_code in (303, 422)
    assert reads(company) == []
    boss.get("/core/contact?columns=name,mobile")
    assert reads(company) == [], "nothing sensitive was drawn"
    for path, how in (
        (f"{here}?tab=facts", "page"), (f"{here}/edit", "form"), ("/core/contact?columns=name,hobbies", "list"), (f"{here}/print", "print"),
        ("/core/contact/export?columns=name,hobbies", "export"),
    ):
        before = len(reads(company))
        assert "secret fishing" in boss.get(path).text, path
        assert reads(company)[before:] == [("core.contact", one, how)], "of who has none nothing is read"
    assert two not in [row for _resource, row, _how in reads(company)]


def test_who_may_audit_sees_who_read_whom_and_nobody_else_does(company: Company) -> None:
    with company.as_("boss"):
        (customer,) = company.site.registry.resource("core.customer").write([{"name": "云岭"}])
        one, two = company.site.registry.resource("core.contact").write([
            {"name": "罗建国", "customer": customer, "hobbies": "fishing"}, {"name": "何文静", "customer": customer, "hobbies": "chess"}])
    boss, admin = company.client("boss"), company.client("admin")
    for row in (one, two):
        boss.get(f"/core/contact/{row}?tab=facts")
    assert boss.get("/accesses").status_code == 403
    page = admin.get("/accesses").text
    assert "罗建国" in page and "何文静" in page and "on its page" in page
    assert "何文静" not in admin.get(f"/accesses?resource=core.contact&row={one}").text
    assert "罗建国" not in admin.get(f"/accesses?who={company.people['lina']}").text
    assert "罗建国" not in admin.get("/accesses?until=2020-01-01").text
