"""Sharing a customer with a colleague or a team for a time: one branch more of their scope, on every way to records."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.models import Share, Team, TeamMember
from crm_core.data.session import session, writing
from crm_core.features.customers.notes import add_note
from crm_core.features.files import api as files
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.kernel.runner import drain
from crm_core.resource import hits, listing, plans, timeline, undo
from crm_core.resource.changes import stamp
from crm_core.resource.merging import merge
from tests.customers.office import Office
from tests.pool.pools import act, pool

NAMES = ("customer", "contact", "note", "attachment")


def seen(office: Office, login: str, word: str = "云岭春") -> dict[str, Any]:
    """What somebody finds of the shared firm, on each way to records: the ways must agree."""
    found: dict[str, Any] = {}
    with office.as_(login):
        for name in NAMES:
            resource = office.resource(name)
            ids = listing.page(listing.parse(resource, ())).ids
            assert listing.count(listing.parse(resource, ())) == (len(ids), False), name
            assert sorted(listing.matching_ids(listing.parse(resource, ()), 100)) == sorted(ids), name
            assert sorted(session.scalars(sa.select(resource.model.id))) == sorted(ids), name
            assert sorted(row_id for row_id in ids if resource.sees(row_id)) == sorted(ids)
            found[name] = len(ids)
        customers = office.resource("customer")
        words = listing.parse(customers, [("q", word)])
        found["search"] = listing.page(words).ids
        assert listing.count(words)[0] == len(found["search"])
        found["palette"] = [hit.id for hit in hits.find(word, [customers])]
        found["contacts by word"] = listing.page(listing.parse(office.resource("contact"), [("q", "罗建国")])).ids
        found["files by word"] = listing.page(listing.parse(office.resource("attachment"), [("q", "offer")])).ids
        found["shared with me"] = listing.page(listing.parse(customers, [("shared_with.me", "1")])).ids
        found["by owner"] = listing.page(listing.parse(customers, [("owner.any", str(office.people["wang"]))])).ids
        found["by name"] = plans.in_any_order(listing.parse(customers, ()).sought, [("name_key", False)], False, 10)
    return found


@pytest.fixture
def firm(office: Office) -> int:
    """A customer of Wang's with a contact, a note, and a file on each; and one of Li's, so that she has something of her own."""
    customer = office.customer("wang")
    contact = office.contact("wang", customer)
    with office.as_("wang"):
        add_note("core.customer", customer, "喝了一杯")
        for name, row_id in (("core.customer", customer), ("core.contact", contact)):
            files.put(name, row_id, "offer.txt", io.BytesIO(b"second floor"))
    office.customer("li", "成都锦江印刷厂")
    drain(office.site)
    return customer


def test_what_is_shared_is_there_on_every_way_until_its_day_and_no_longer(office: Office, firm: int) -> None:
    before, mine = seen(office, "li"), seen(office, "wang")
    assert before["customer"] == 1 and not before["search"] and before["contact"] == 0
    share = act(office, "wang", "share", firm, colleague=office.people["li"], why="on leave", until=clock.today() + dt.timedelta(days=7))
    drain(office.site)
    shared = seen(office, "li")
    assert shared["customer"] == 2 and shared["search"] == shared["palette"] == shared["shared with me"] == shared["by owner"] == [firm]
    assert shared["contact"] == shared["note"] == 1 and shared["attachment"] == 2
    assert shared["contacts by word"] == mine["contacts by word"] and sorted(shared["files by word"]) == sorted(mine["files by word"])
    assert seen(office, "chen")["customer"] == 0  # a third one sees what he saw
    with office.as_("li"):
        customers = office.resource("customer")
        assert customers.get(firm).name == "四川云岭春酒业有限公司"
        for verb in ("update", "export", "hand_over", "share", "delete"):  # reading is reading
            with pytest.raises(Missing):
                customers.get(firm, verb)
        with pytest.raises((Forbidden, Missing)):
            customers.write([{"id": firm, "note": "mine now"}])
        with pytest.raises((Forbidden, Missing)):
            office.resource("contact").write([{"name": "someone", "customer": firm}])
        lines = [entry for entry in timeline.of("core.customer", firm) if entry.kind == "shared"]
        assert len(lines) == 1 and lines[0].body == "on leave"
    with clock.freeze(clock.now() + dt.timedelta(days=8)):  # over by itself: no job has run
        assert seen(office, "li") == {**before, "search": [], "palette": []}
    with office.as_("wang"):
        assert undo.ask(share).done == 1
    drain(office.site)
    assert seen(office, "li") == before
    with office.as_("wang"):
        (again,) = session.scalars(sa.select(sa.func.count()).select_from(Share))
        assert again == 0


def test_who_may_change_it_changes_it_and_its_parts_and_taking_back_ends_it(office: Office, firm: int) -> None:
    act(office, "wang", "share", firm, colleague=office.people["li"], why="together", writes=True)
    with office.as_("li"):
        office.resource("customer").write([{"id": firm, "note": "we went together"}])
        office.resource("contact").write([{"name": "周小雨", "customer": firm}])
        with pytest.raises((Forbidden, Missing)):  # it stays whose it is
            office.resource("customer").write([{"id": firm, "owner": office.people["li"]}])
    act(office, "wang", "unshare", firm)
    with office.as_("li"):
        with pytest.raises(Missing):
            office.resource("customer").get(firm)
        with pytest.raises((Forbidden, Missing)):
            office.resource("customer").write([{"id": firm, "note": "again"}])
    with office.as_("wang"):
        assert office.resource("customer").get(firm).note == "we went together"
        assert [entry.kind for entry in timeline.of("core.customer", firm)].count("shared") == 2


def test_a_team_sees_it_and_a_merged_one_takes_its_shares_along(office: Office, firm: int) -> None:
    with office.site.system("tests"), writing() as db:
        db.add(stamp(team := Team(name="华西")))
        db.flush()
        db.add(stamp(TeamMember(team_id=team.id, user_id=office.people["li"])))
        number = team.id
    office.changed()
    other = office.customer("sun", "云岭春销售")
    act(office, "wang", "share", firm, team=number, why="for the fair")
    assert seen(office, "li")["search"] == [firm]
    with office.as_("sun"):
        change = merge(office.resource("customer"), other, [firm])
    drain(office.site)
    assert seen(office, "li")["search"] == [other]
    with office.as_("sun"):
        undo.ask(change)
    drain(office.site)
    assert seen(office, "li")["search"] == [firm]


def test_what_goes_to_a_pool_is_shared_no_longer_and_again_when_that_is_taken_back(office: Office, firm: int) -> None:
    pool(office)
    act(office, "wang", "share", firm, colleague=office.people["li"], why="x")
    change = act(office, "wang", "give_back", firm, why="no interest")
    drain(office.site)
    assert seen(office, "li")["search"] == []
    with office.as_("wang"):
        undo.ask(change)
    drain(office.site)
    assert seen(office, "li")["search"] == [firm]


def test_it_goes_to_who_may_have_it_for_the_time_of_the_pool(office: Office, firm: int) -> None:
    pool(office, share_days=12)
    li = office.people["li"]
    for fault, values in ((Invalid, {"why": "x"}), (Invalid, {"why": "x", "colleague": li, "until": clock.today() - dt.timedelta(days=1)}),
                          (Refused, {"why": "x", "colleague": office.people["wang"]})):
        with pytest.raises(fault):
            act(office, "wang", "share", firm, **values)
    act(office, "wang", "share", firm, colleague=li, why="x")
    with office.as_("wang"):
        assert session.scalar(sa.select(Share.until)) == clock.today() + dt.timedelta(days=12)
    with pytest.raises(Missing):  # whom it is shared with does not share it on
        act(office, "li", "share", firm, colleague=office.people["chen"], why="x")
    with office.site.system("tests"), writing() as db:  # who may read no customers at all is not given it by a share
        db.execute(sa.text("DELETE FROM core_grant WHERE permission LIKE 'core.customer.read'"))
    office.changed()
    assert seen(office, "li")["customer"] == 0
