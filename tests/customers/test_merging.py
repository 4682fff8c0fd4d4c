"""Two customers that are one: everything goes to the kept one, undoing brings exactly that back."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from crm_core.data.session import session, writing
from crm_core.features.customers.models import Address, Contact, Note, Tag, Tagged
from crm_core.features.customers.notes import add_note
from crm_core.features.tasks.models import Task
from crm_core.kernel.errors import Forbidden, Invalid, Missing, Refused
from crm_core.resource import leftover, listing, merging, timeline, undo
from crm_core.resource.changes import Change, change, stamp
from crm_core.resource.merging import merge
from tests.customers.office import Office


@pytest.fixture
def twins(office: Office) -> tuple[int, int]:
    """The same firm twice, the second held by a colleague and with everything that can hang on it."""
    kept = office.customer("li")
    gone = office.customer("chen", "云岭春酒业公司", addresses=[{"street": "酒都路 8 号"}])
    office.contact("chen", gone)
    with office.as_("chen"):
        add_note("core.customer", gone, "Called, will think about it.")
    with office.site.system("tests"), writing() as db:
        tag = stamp(Tag(name="糖酒会"))
        db.add(tag)
        db.flush()
        db.add(Tagged(tag_id=tag.id, subject="core.customer", subject_id=gone))
    return kept, gone


def of(customer: int) -> dict[str, int]:
    """What hangs on a customer, whoever sees it."""
    found = {}
    for model in (Address, Contact, Note):
        query = sa.select(sa.func.count()).select_from(model).where(model.customer_id == customer)
        found[model.__name__] = session.scalar(query)
    for model in (Tagged, Note, Task):
        query = sa.select(sa.func.count()).select_from(model).where(model.subject == "core.customer", model.subject_id == customer)
        found[f"{model.__name__} about"] = session.scalar(query)
    return found


def test_all_goes_to_the_kept_one_and_comes_back(office: Office, twins: tuple[int, int]) -> None:
    kept, gone = twins
    with office.site.system("tests"):
        before = of(gone), of(kept)
        lines = len(timeline.of("core.customer", gone))
    with office.as_("sun"):
        change = merge(office.resource("customer"), kept, [gone])
    with office.site.system("tests"):
        assert not any(of(gone).values()) and of(kept)["Contact"] == before[0]["Contact"] == 1 and of(kept)["Tagged about"] == 1
        owners = {row[0] for model in (Address, Contact, Note) for row in session.execute(sa.select(model.owner_id))}
        assert owners == {office.people["li"]}
        assert len(timeline.of("core.customer", kept)) > lines
    with office.as_("sun"):
        customers = office.resource("customer")
        assert customers.merged_into(gone) == kept
        with pytest.raises(Missing):
            customers.get(gone)
        assert listing.page(listing.parse(customers, [("q", "云岭春酒业公司")])).ids == []
        assert undo.ask(change).conflicts == []
        assert customers.get(gone).name == "云岭春酒业公司" and customers.merged_into(gone) is None
        assert listing.page(listing.parse(customers, [("q", "云岭春酒业公司")])).ids == [gone]
    with office.site.system("tests"):
        assert (of(gone), of(kept)) == before
        assert {row[0] for row in session.execute(sa.select(Contact.owner_id))} == {office.people["chen"]}


def test_what_came_to_the_kept_one_since_stays_there(office: Office, twins: tuple[int, int]) -> None:
    kept, gone = twins
    with office.as_("sun"):
        change = merge(office.resource("customer"), kept, [gone])
        new = office.resource("contact").write([{"name": "周敏", "customer": kept}])[0]
        moved = session.scalars(sa.select(Contact).where(Contact.name == "罗建国")).one().id
        third = office.resource("customer").write([{"name": "泸州赤溪酒业有限公司"}])[0]
        office.resource("contact").write([{"id": moved, "customer": third}])
        undo.ask(change)
        homes = {row.id: row.customer_id for row in session.scalars(sa.select(Contact))}
    assert homes == {new: kept, moved: third}


def test_a_key_that_both_hold_stays_behind_and_both_have_it_again_afterwards(office: Office, twins: tuple[int, int]) -> None:
    kept, gone = twins
    with office.site.system("tests"), writing() as db:
        tag = db.scalars(sa.select(Tagged)).one().tag_id
        db.add(Tagged(tag_id=tag, subject="core.customer", subject_id=kept))
    with office.as_("sun"):
        change = merge(office.resource("customer"), kept, [gone])
    with office.site.system("tests"):
        assert of(kept)["Tagged about"] == of(gone)["Tagged about"] == 1
    with office.as_("sun"):
        undo.ask(change)
    with office.site.system("tests"):
        assert of(kept)["Tagged about"] == of(gone)["Tagged about"] == 1


def test_a_chain_leads_to_its_end_and_is_undone_link_by_link(office: Office) -> None:
    one, two, three = (office.customer("sun", f"{n}号酒业有限公司") for n in ("一", "二", "三"))
    contact = office.contact("sun", one)
    with office.as_("sun"):
        customers = office.resource("customer")
        first, second = merge(customers, two, [one]), merge(customers, three, [two])
        assert customers.merged_into(one) == three
        assert office.resource("contact").get(contact).customer_id == three
        undo.ask(second)
        assert customers.merged_into(one) == two
    with office.as_("sun"):
        assert office.resource("contact").get(contact).customer_id == two
        undo.ask(first)
    with office.as_("sun"):
        assert office.resource("contact").get(contact).customer_id == one


def test_it_takes_the_right_to_change_the_one_and_to_delete_the_other(office: Office, twins: tuple[int, int]) -> None:
    kept, gone = twins
    with office.as_("chen"), pytest.raises(Missing):  # the kept one is Li's
        merge(office.resource("customer"), kept, [gone])
    with office.as_("li"), pytest.raises(Missing):
        merge(office.resource("customer"), kept, [gone])
    with office.as_("sun"):
        with pytest.raises(Invalid):
            merge(office.resource("customer"), kept, [kept])
        with pytest.raises(Forbidden):
            merge(office.resource("tag"), 1, [2])


def test_undoing_a_merge_leaves_and_names_what_was_moved_on_since(office: Office, twins: tuple[int, int]) -> None:
    kept, gone = twins
    with office.as_("sun"):
        change = merge(office.resource("customer"), kept, [gone])
        contact = session.scalars(sa.select(Contact.id).where(Contact.customer_id == kept)).one()
        third = office.resource("customer").write([{"name": "第三家"}])[0]
        office.resource("contact").write([{"id": contact, "customer": third}])
        result = undo.ask(change)
        assert ("core.contact", contact) in result.conflicts and ("core.customer", gone) not in result.conflicts
        left = {(one.resource, one.row_id): one for one in leftover.of(change)}
        assert left.keys() == set(result.conflicts)
        found = left["core.contact", contact]
        assert found.actor_id == office.people["sun"] and "customer_id" in found.columns
        assert session.get_one(Contact, contact).customer_id == third and office.resource("customer").get(gone).id == gone


def test_a_merge_that_was_undone_is_not_done_again_by_halves(office: Office, twins: tuple[int, int]) -> None:
    """To take the undo back would delete the second customer with all that came back to it, and merge nothing."""
    kept, gone = twins
    with office.as_("sun"):
        back = undo.ask(merge(office.resource("customer"), kept, [gone])).change
        assert back is not None
        again = undo.ask(back)
        assert again.done == 0 and again.conflicts == [("core.customer", gone)]
    with office.site.system("tests"):
        assert of(gone)["Contact"] == 1 and office.resource("customer").system_row(gone).deleted_at is None


def test_what_gets_an_old_value_back_after_a_merge_points_at_the_kept_one(office: Office, twins: tuple[int, int]) -> None:
    kept, gone = twins
    with office.as_("sun"):
        tasks, customers = office.resource("task"), office.resource("customer")
        (task,) = tasks.write([{"title": "ring", "subject": "core.customer", "subject_id": gone}])
        tasks.write([{"id": task, "subject": None, "subject_id": None}])
        cleared = session.scalar(sa.select(sa.func.max(Change.id)))
        merged = merge(customers, kept, [gone])
        assert undo.ask(cleared).done == 1
        assert tasks.get(task).subject_id == kept
        undo.ask(merged)
        assert tasks.get(task).subject_id == gone


def test_a_merge_is_taken_back_whole_or_not_at_all(office: Office, twins: tuple[int, int]) -> None:
    """Who may no longer bring back the one that went in takes nothing back: else all that hung on it would hang on a record in the bin."""
    _kept, gone = twins
    kept = office.customer("sun", "云岭春酒业集团")
    with office.as_("sun"), writing(), change("merge", resource="core.customer") as merged:
        merge(office.resource("customer"), kept, [gone])
        office.resource("customer").write([{"id": kept, "website": "https://yunling.example"}], kind="merge")
    office.revoke("chief", "core.*")
    for verb in ("read", "create", "update", "delete", "merge"):
        office.grant("chief", f"core.customer.{verb}", "own")
    with office.as_("sun"), pytest.raises(Refused):
        undo.ask(merged)
    with office.site.system("tests"):
        assert of(kept)["Contact"] == 1 and not of(gone)["Contact"], "nothing went back to what stays in the bin"
        assert office.resource("customer").system_row(kept).website == "https://yunling.example"
        assert session.get_one(Change, merged).undone_by is None, "somebody with the right may still take it back"
    office.revoke("chief", "core.customer.update")
    office.grant("chief", "core.*", "all")
    with office.as_("sun"):
        assert undo.ask(merged).conflicts == []
    with office.site.system("tests"):
        assert of(gone)["Contact"] == 1 and not of(kept)["Contact"]


def test_two_who_merge_the_same_one_at_once_merge_it_once(office: Office, twins: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is second finds that it has gone into another, and nothing of it is moved twice."""
    kept, gone = twins
    other = office.customer("sun", "云岭春酒业集团")
    inside, came = threading.Event(), list[type[Exception] | None]()
    one = merging._one

    def second() -> None:
        monkeypatch.setattr(merging, "_one", lambda *all_: (inside.set(), one(*all_))[1])
        try:
            with office.as_("sun"):
                merge(office.resource("customer"), other, [gone])
            came.append(None)
        except Missing as missing:
            came.append(type(missing))

    thread = threading.Thread(target=second)
    with office.as_("sun"), writing():
        merge(office.resource("customer"), kept, [gone])
        thread.start()
        inside.wait(0.5)  # without the lock the second one is past its look by now
    thread.join()
    assert came == [Missing]
    with office.as_("sun"):
        assert office.resource("customer").merged_into(gone) == kept
    with office.site.system("tests"):
        assert of(kept)["Contact"] == 1 and not of(other)["Contact"]
