"""What an author writes to have his records reviewed is one word, `Reviewed`: the pebbles, a package beside core, say no more."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from crm_core.app import core, registry
from crm_core.data.base import table_of
from crm_core.data.session import session
from crm_core.data.wall import UNSCOPED
from crm_core.features.approvals.models import Approval, Vote
from crm_core.features.approvals.rules import ReviewSettings
from crm_core.features.messages.models import Notice
from crm_core.kernel import clock
from crm_core.kernel.declare import Package
from crm_core.kernel.errors import Forbidden, Missing, Refused
from crm_core.resource import listing, reporting, undo
from crm_core.resource.settings import put
from crm_core.web.menu import menu
from tests import pebbles
from tests.approvals.test_review import switch
from tests.customers.office import Office
from tests.pebbles import plugin
from tests.pebbles.models import Pebble
from tests.support.people import Client, Company

PEBBLE = "pebbles.pebble"


@pytest.fixture
def office(office: Office) -> Office:
    """陈晓燕 enters pebbles; 王志强 does the first review, 孙立 everything; 李娜 may read all and reviews nothing."""
    found = office
    found.site.registry = registry((core(), Package("pebbles", "Pebbles", "1.0", "tests.pebbles", (plugin,), pebbles.manifest)))
    with found.site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        table_of(Pebble).create(conn)
    found.grant("chief", "pebbles.*", "all")
    found.grant("seller", "core.stand_in.*", "own")
    for verb in ("read", "create", "update"):
        found.grant("seller", f"{PEBBLE}.{verb}", "all")
    with found.site.system("tests"):
        (first,) = found.resource("role").write([{"code": "first", "name": "First", "grants": [
            {"permission": f"{PEBBLE}.{verb}", "scope": "all"} for verb in ("review_first", "send_back", "accept", "decline")]}])
        found.resource("user").write([{"id": found.people["wang"], "roles": [{"role": found.roles["seller"]}, {"role": first}]}])
    switch(found, of="pebbles-pebble")
    return found


def pebble(office: Office, login: str = "chen", *names: str) -> list[int]:
    with office.as_(login):
        return [int(one) for one in office.site.registry.resource(PEBBLE).write([{"name": name} for name in names or ("amber",)])]


def judge(office: Office, login: str, act: str, *ids: int, opinion: str | None = None) -> int:
    with office.as_(login):
        return int(office.site.registry.resource(PEBBLE).run(act, list(ids), {"opinion": opinion}))


def seen(office: Office, login: str) -> set[str]:
    """By which doors somebody meets pebbles."""
    with office.as_(login):
        resource = office.site.registry.resource(PEBBLE)
        every = session.scalars(sa.select(Pebble.id)).all()
        doors = {
            "select": bool(every), "list": bool(listing.page(listing.parse(resource, [])).ids), "search": bool(listing.page(listing.parse(resource, [("q", "amber")])).ids),
            "count": listing.exact_count(listing.parse(resource, [])) > 0, "label": bool(resource.labels([1, 2, 3])), "page": any(map(resource.sees, (1, 2, 3))),
            "name": bool(resource.by_name(["amber"])),
        }
    return {name for name, met in doors.items() if met}


def states(office: Office) -> list[str]:
    with office.site.system("tests"):
        return [str(one) for one in session.scalars(sa.select(Pebble.review).order_by(Pebble.id))]


def test_one_word_of_its_author_has_a_record_of_any_package_reviewed_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    (card,) = pebble(office)
    everywhere = {"select", "list", "search", "count", "label", "page", "name"}
    assert (seen(office, "chen"), seen(office, "wang"), seen(office, "li")) == (everywhere, everywhere, set())
    with monkeypatch.context() as off:  # negative control
        off.setattr("crm_core.features.approvals.rules.unseen", lambda *_whatever: None)
        office.changed()
        assert "list" in seen(office, "li")
    office.changed()
    with office.as_("wang"):
        home = [one.name for one in reporting.cards()]
        (line,) = reporting.answer(reporting.find(reporting.cards(), "core.review-pebbles-pebble")).lines
        rail = [entry.target for group in menu(office.actor("wang"))[0] for entry in group.entries]
    assert "core.review-core-customer" not in home and line.numbers == (1,)
    assert "/pebbles/pebble?review.any=first%2Csecond" in rail and "/core/customer?review.any=first%2Csecond" not in rail
    judge(office, "wang", "review_first", card, opinion="round enough")
    assert seen(office, "li") == set()
    with pytest.raises((Forbidden, Missing)):
        judge(office, "li", "review_second", card)
    judge(office, "sun", "review_second", card)
    assert (seen(office, "li"), states(office)) == (everywhere, ["done"])
    with office.site.system("tests"):
        (asked,) = session.scalars(sa.select(Approval))
        assert (asked.subject, asked.state, asked.asked_by_id) == (PEBBLE, "agreed", office.people["chen"])
        assert [one.opinion for one in session.scalars(sa.select(Vote).order_by(Vote.id))] == ["round enough", None]


def test_it_is_sent_back_judged_by_the_dozen_taken_back_and_done_by_a_stand_in(office: Office) -> None:
    dozen = pebble(office, "chen", *(f"amber {n}" for n in range(12)))
    judge(office, "wang", "send_back", dozen[0], opinion="too small")
    with office.site.system("tests"):
        assert session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.receiver_id == office.people["chen"])) == 1
    with office.as_("chen"):
        office.site.registry.resource(PEBBLE).write([{"id": dozen[0], "name": "larger"}])
    change = judge(office, "wang", "review_first", *dozen)
    assert states(office) == ["second"] * 12
    with office.as_("wang"):
        undo.ask(change)
    assert states(office) == ["first"] * 12
    with pytest.raises((Forbidden, Missing)):
        judge(office, "li", "review_first", dozen[0])
    today = clock.today()
    with office.as_("wang"):
        office.resource("stand_in").write([{"substitute": office.people["li"], "begins": today, "ends": today + dt.timedelta(days=1)}])
    judge(office, "li", "review_first", *dozen)
    assert states(office) == ["second"] * 12
    (mine,) = pebble(office, "wang", "mine")
    with pytest.raises(Refused, match="yourself"):
        judge(office, "wang", "review_first", mine)


def test_a_contact_that_waits_is_there_for_who_entered_it_and_the_reviewers_of_his_customer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.grant("seller", "core.customer.read", "all")
    customer = office.customer("li")
    with office.as_("li"):
        known = office.resource("customer").get(customer).completeness
    office.grant("seller", "core.customer.update", "all")
    switch(office, of="core-contact", level="once")
    contact = office.contact("chen", customer)

    def met(login: str) -> tuple[bool, bool, bool, int]:
        with office.as_(login):
            contacts = office.resource("contact")
            return (contacts.sees(contact), bool(listing.page(listing.parse(contacts, [("q", "罗建国")])).ids), bool(contacts.labels([contact])),
                    office.resource("customer").get(customer).completeness)

    assert met("li") == (False, False, False, known)  # nor does the customer tell him
    assert met("chen")[:3] == met("sun")[:3] == (True, True, True)
    with monkeypatch.context() as off:  # negative control
        off.setattr("crm_core.features.approvals.rules.unseen", lambda *_whatever: None)
        office.changed()
        assert met("li")[0]
    office.changed()
    with office.as_("sun"):
        office.resource("contact").run("review_first", [contact], {"opinion": None})
    assert met("li")[:3] == (True, True, True) and met("li")[3] > known


@pytest.fixture
def pebbled(company: Company) -> Company:
    """Lina enters and changes pebbles of her own, Nora reviews them, Sue may read all and propose; changes are reviewed too."""
    site = company.site
    site.registry = registry((core(), Package("pebbles", "Pebbles", "1.0", "tests.pebbles", (plugin,), pebbles.manifest)))
    with site.engines.write.connect().execution_options(**{UNSCOPED: "tests"}) as conn, conn.begin():
        table_of(Pebble).create(conn)
    rights = {"lina": {"read": "own", "create": "own", "update": "own", "delete": "own"}, "sue": {"read": "all", "propose": "all", "propose_deletion": "all"},
              "nora": {verb: "all" for verb in ("read", "review_first", "send_back", "accept", "decline")}}
    with site.system("tests"):
        roles, users = site.registry.resource("core.role"), site.registry.resource("core.user")
        user = roles.by_name(["user"])["user"]
        for login, verbs in rights.items():
            (made,) = roles.write([{"code": f"pebbles-{login}", "name": login, "grants": [{"permission": f"{PEBBLE}.{verb}", "scope": scope} for verb, scope in verbs.items()]}])
            users.write([{"id": company.people[login], "roles": [{"role": user}, {"role": made}]}])
    with company.as_("admin"):
        put(ReviewSettings, {"pebbles-pebble-changes": True})
    return company


def test_changes_of_a_declared_record_are_proposed_in_forms_and_decided_on_its_page(pebbled: Company) -> None:
    lina, sue, nora = (pebbled.client(login) for login in ("lina", "sue", "nora"))
    pebbles_of = pebbled.site.registry.resource(PEBBLE)
    at = str(lina.post("/pebbles/pebble/new", data={"name": "amber"}).headers["Location"])

    def name() -> str:
        with pebbled.as_("admin"):
            return str(pebbles_of.get(int(at.rsplit("/", 1)[1])).name)

    def pressed(client: Client, what: str) -> str:
        found = re.search(rf'(?:action|href)="([^"]*/{what})"', client.get(at).text)
        assert found, f"there is no {what} on the page"
        return found[1]

    assert lina.get(f"{at}/edit").headers["Location"] == f"{at}/propose" and "nothing changes until" in lina.get(f"{at}/propose").text
    lina.post(f"{at}/propose", data={"name": "jet"})
    page = nora.get(at).text
    assert "amber → jet" in page and name() == "amber" and "Proposed changes: Pebbles" in nora.get("/").text
    assert nora.post(pressed(nora, "accept"), data={"back": at}).status_code == 303 and name() == "jet"

    lina.post(f"{at}/cell", data={"field": "name", "name": "opal"})
    assert nora.post(pressed(nora, "decline"), data={"opinion": "It is jet"}).status_code == 303 and name() == "jet"
    edit_form = lina.post(f"{at}/edit", data={"name": "onyx", "version": "2"})
    assert edit_form.status_code == 303 and "jet → onyx" in lina.get(at).text
    assert lina.post(pressed(lina, "withdraw"), data={"back": at}).status_code == 303 and "onyx" not in nora.get(at).text

    assert sue.post(pressed(sue, "propose"), data={"name": "agate", "why": "seen"}).status_code == 303  # who may not change it at all
    assert sue.post(pressed(sue, "do/propose_deletion"), data={"why": "lost"}).status_code == 303
    assert lina.post(f"{at}/delete", data={"version": "2"}).status_code == 409 and sorted(re.findall("agate|lost", nora.get(at).text)) == ["agate", "lost"]
    assert "jet" in nora.get("/pebbles/pebble?proposed.filled=1").text
