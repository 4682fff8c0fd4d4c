"""The feed of what happened: nothing is lost, whatever runs at once; nobody is told of what he may not see."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.models import FieldRule, Grant, Rule, Scope
from crm_core.data.base import table_of
from crm_core.data.session import writing
from crm_core.features.customers.models import Customer
from crm_core.kernel import clock
from crm_core.resource import stream
from crm_core.resource.changes import stamp
from tests.support.world import World
from tests.support.worlds import Client, one_engine

As = Callable[..., Client]
NEW = {"name": "Kites and Sons", "addresses": [{"street": "1 Example Road"}]}


class Follower:
    """Another system that reads the feed to its end, again and again."""

    def __init__(self, client: Client, after: str = "now", **more: str) -> None:
        self.client, self.more = client, "".join(f"&{name}={value}" for name, value in more.items())
        self.after = client("GET", "/changes?after=now").json["next"] if after == "now" else after

    def __call__(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self.client("GET", f"/changes?after={self.after}{self.more}")
            assert answer.status_code == 200, answer.text
            found += answer.json["items"]
            self.after = answer.json["next"]
            if not answer.json["more"]:
                return found

    def told(self) -> list[tuple[str, int, str]]:
        return [(one["resource"].partition(".")[2], one["id"], one["what"]) for one in self()]


def test_what_is_made_changed_deleted_and_brought_back_is_told_as_it_is_now(as_: As, world: World) -> None:
    ann = as_("ann")
    follow = Follower(ann)
    assert follow() == []
    made = ann("POST", "/core/customer", NEW).json["id"]
    ((one),) = follow()
    assert (one["resource"], one["id"], one["what"], one["record"]["name"]) == ("core.customer", made, "created", NEW["name"])
    assert one["record"] == ann("GET", f"/core/customer/{made}").json
    ann("PATCH", f"/core/customer/{made}", {"note": "first"})
    ann("PATCH", f"/core/customer/{made}", {"note": "second"})
    ((one),) = follow()
    assert (one["what"], one["record"]["note"]) == ("changed", "second")
    ann("PATCH", f"/core/customer/{made}", {"addresses": [{"street": "2 Other Road"}]})
    assert [r["record"]["addresses"][0]["street"] for r in follow() if r["id"] == made] == ["2 Other Road"]
    ann("DELETE", f"/core/customer/{made}")
    ((one),) = follow()
    assert (one["what"], one["record"], len(one["public_id"])) == ("gone", None, 32)
    assert follow() == []


def test_nobody_is_told_of_what_he_may_not_see(as_: As, world: World) -> None:
    bob, ann, narrow = Follower(as_("bob")), Follower(as_("ann")), Follower(as_("ann", "core.contact.read"))
    made = as_("ann")("POST", "/core/customer", NEW).json["id"]
    as_("ann")("PATCH", f"/core/customer/{made}", {"note": "x"})
    as_("ann")("DELETE", f"/core/customer/{made}")
    assert (bob(), narrow(), [one["id"] for one in ann()]) == ([], [], [made])
    assert as_("ann", "core.contact.read")("GET", "/changes?resource=core.customer").status_code == 403
    assert as_("ann")("GET", "/changes?resource=core.nothing").status_code == 404
    assert as_("")("GET", "/changes").status_code == 401


def test_hidden_fields_are_hidden_in_the_feed(as_: As, world: World) -> None:
    with world.site.system("tests"), writing() as db:
        db.add(stamp(FieldRule(role_id=world.roles["user"], resource="core.customer", field="note", rule=Rule.hidden)))
        db.add(stamp(FieldRule(role_id=world.roles["seller"], resource="core.customer", field="note", rule=Rule.hidden)))
    world.changed()
    follow = Follower(as_("ann"))
    as_("root")("PATCH", f"/core/customer/{world.customers['ann']}", {"note": "CANARYNOTE"})
    (one,) = follow()
    assert "note" not in one["record"] and "CANARYNOTE" not in str(one)


def test_what_goes_to_somebody_else_is_gone_for_the_one_and_there_for_the_other(as_: As, world: World) -> None:
    root, mine = as_("root"), world.customers["ann"]
    contact = root("POST", "/core/contact", {"name": "Wind", "customer": mine}).json["id"]
    ann, bob, sue = (Follower(as_(name), resource="core.customer,core.contact") for name in ("ann", "bob", "sue"))
    root("POST", f"/core/customer/{mine}/assign", {"owner": world.people["bob"]})
    assert {("customer", mine, "gone"), ("contact", contact, "gone")} <= set(ann.told())
    assert {("customer", mine, "changed"), ("contact", contact, "changed")} <= set(bob.told())
    assert sue.told() == []
    root("PATCH", f"/core/customer/{mine}", {"note": "later"})
    assert (ann.told(), bob.told()) == ([], [("customer", mine, "changed")])


def test_what_was_purged_before_one_looked_is_gone_too(as_: As, world: World) -> None:
    ann, bob = Follower(as_("ann")), Follower(as_("bob"))
    made = as_("ann")("POST", "/core/customer", {"name": "Kites"}).json["id"]
    as_("ann")("DELETE", f"/core/customer/{made}")
    with world.site.system("tests"), writing() as db:
        db.execute(sa.delete(Customer).where(Customer.id == made))
    assert ann.told() == [("customer", made, "gone")]
    assert bob.told() == []


def test_pages_follow_each_other_within_a_set_and_miss_nothing(as_: As, world: World) -> None:
    follow = Follower(as_("root"), limit="7", resource="core.customer")
    with world.as_("root"):
        ids = world.site.registry.resource("core.customer").write([{"name": f"Kite {n}"} for n in range(stream.SET + 20)])
    found = follow()
    assert [one["id"] for one in found] == ids


def test_a_page_names_each_record_once_where_it_was_last(as_: As, world: World) -> None:
    follow, root = Follower(as_("root")), as_("root")
    first, second = (root("POST", "/core/customer", {"name": name}).json["id"] for name in ("A", "B"))
    root("PATCH", f"/core/customer/{first}", {"note": "x"})
    assert [(one["id"], one["what"]) for one in follow()] == [(second, "created"), (first, "created")]


# Transactions end in order on SQLite, where there is one writer.
on_postgresql = pytest.mark.parametrize("engine_url", ["postgresql"], indirect=True)


@on_postgresql
@pytest.mark.parametrize("guarded", [True, False])
def test_what_ends_late_is_told_late_and_not_never(as_: As, world: World, guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that began earlier, and drew its numbers earlier or later, ends after another one was read. Without the guard
    what it did would be passed over."""
    if not guarded:
        monkeypatch.setattr(stream, "_ended", lambda _dialect: [])
    follow, root = Follower(as_("root"), resource="core.industry"), as_("root")
    words, written, end = world.site.registry.resource("core.industry"), threading.Event(), threading.Event()
    made: list[int] = []

    def slow() -> None:
        with world.as_("root"), writing():
            made.extend(words.write([{"name": "Slow and early"}]))
            written.set()
            end.wait(30)
            made.extend(words.write([{"name": "Slow and late"}]))

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    fast = root("POST", "/core/industry", {"name": "Fast"}).json["id"]
    before = follow()
    end.set()
    thread.join(30)
    assert [one["id"] for one in before] == ([] if guarded else [fast])
    assert {one["id"] for one in follow()} == ({*made, fast} if guarded else set())


@on_postgresql
def test_nothing_is_lost_whatever_runs_at_once(as_: As, world: World) -> None:
    follow, words = Follower(as_("root"), resource="core.industry", limit="5"), world.site.registry.resource("core.industry")
    made: list[int] = []
    met = [threading.Barrier(3) for _round in range(6)]

    def write(name: str) -> None:
        for barrier in met:
            barrier.wait(30)
            with world.as_("root"), writing():
                ids = words.write([{"name": f"{name} one"}])
                ids += words.write([{"name": f"{name} two"}])
            made.extend(ids)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("A", "B", "C")]
    for thread in threads:
        thread.start()
    found: list[int] = []
    while any(thread.is_alive() for thread in threads):
        found += [one["id"] for one in follow()]
    found += [one["id"] for one in follow()]
    assert sorted(found) == sorted(made) and len(made) == 36


@one_engine
def test_a_place_that_is_not_known_any_more_is_said(as_: As, world: World) -> None:
    root, table = as_("root"), table_of(stream.StreamRow)
    old = Follower(root)
    root("POST", "/core/customer", {"name": "A"})
    new = Follower(root)
    with world.site.system("tests"):
        with clock.freeze(clock.now() + stream.KEPT + dt.timedelta(days=1)):
            stream.sweep(None)
        with world.site.engines.read.connect() as conn:
            assert conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 1
    assert new() == []
    answer = root("GET", f"/changes?after={old.after}")
    assert (answer.status_code, answer.json["type"]) == (410, "urn:tangram-crm:expired")
    forged = new.after.replace(new.after.split(".")[2], "0" * 12)
    assert root("GET", f"/changes?after={forged}").status_code == 410  # a database that was restored has other rows there


@one_engine
@pytest.mark.parametrize("asked", ["after=x", "after=1.2", "after=1.2.3.4.5", "after=-1.2.-.x", "after=9999999999999999999.1.-.x", "after=1.2.a.-5", "after=01.2.a.x",
                                   "limit=0", "limit=201", "limit=x", "what=1", "after=1.%D9%A2.a.x"])
def test_what_is_no_question_is_refused(as_: As, world: World, asked: str) -> None:
    assert as_("root")("GET", f"/changes?{asked}").status_code == 400


def test_another_word_says_that_rights_have_changed_and_nothing_else_does(as_: As, world: World) -> None:
    """The word follows grants, shares, hidden fields and the tree of departments; it stays for what records tell, and for others' rights."""
    ann, sue = as_("ann"), as_("sue")

    def word(client: Client = ann, more: str = "") -> str:
        return str(client("GET", f"/changes?after=now{more}").json["rights"])

    def grant(role: str, permission: str, scope: str) -> None:
        with world.site.system("tests"), writing() as db:
            db.add(stamp(Grant(role_id=world.roles[role], permission=permission, scope=Scope(scope))))
        world.changed()

    first, of_tasks = word(), word(more="&resource=core.task")
    assert word() == first != word(sue) and first != of_tasks
    made = ann("POST", "/core/customer", NEW).json["id"]
    ann("PATCH", f"/core/customer/{made}", {"note": "first"})
    world.changed()
    assert word() == first, "records, and a look at rights that stayed as they were"
    with world.site.system("tests"), writing() as db:
        db.add_all(stamp(FieldRule(role_id=world.roles[role], resource="core.customer", field="note", rule=Rule.hidden)) for role in ("user", "seller"))
    world.changed()
    second = word()
    assert second != first and word(more="&resource=core.task") == of_tasks
    grant("seller", "core.customer.read", "department")
    assert word() not in (first, second)
    assert word(more="&resource=core.task") == of_tasks
