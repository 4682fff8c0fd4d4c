"""What a plugin may do to the house, hook by hook: each kind has its promise, and the house keeps it (R11)."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.app import create_app, open_site
from crm_core.data.session import session, writing
from crm_core.features.customers.models import Customer
from crm_core.kernel import calling, outbox
from crm_core.kernel.declare import Column, Listen, Menu, Package, Panel
from crm_core.kernel.events import Event, emit
from crm_core.kernel.hookspecs import hookimpl
from crm_core.kernel.models import OutboxRow, PluginRow, PluginState
from crm_core.sdk import Only, Scope, now
from crm_core.web import watchdog
from tests.support.world import World
from tests.support.worlds import Browser, one_engine, signed_in


@dataclass(frozen=True)
class Told(Event):
    ids: tuple[int, ...] = ()


def raises(*_a: Any, **_k: Any) -> Any:
    raise RuntimeError("the plugin's own fault")


def wrong(*_a: Any, **_k: Any) -> Any:
    return object()


def recurses(*_a: Any, **_k: Any) -> Any:
    return recurses()


def allocates(*_a: Any, **_k: Any) -> Any:
    raise MemoryError


def commits(*_a: Any, **_k: Any) -> Any:
    session.commit()
    raise RuntimeError("after a commit")


def rolls_back(*_a: Any, **_k: Any) -> Any:
    session.rollback()
    raise RuntimeError("after a rollback")


def closes(*_a: Any, **_k: Any) -> Any:
    session.close()
    raise RuntimeError("after a close")


def prints(*_a: Any, **_k: Any) -> Any:
    print("a plugin thinks aloud")
    raise RuntimeError("after printing")


def leaves(*_a: Any, **_k: Any) -> Any:
    sys.exit(3)


def breaks_sql(*_a: Any, **_k: Any) -> Any:
    return session.execute(sa.text("select nothing from nowhere"))


def looks_past_the_scope(*_a: Any, **_k: Any) -> Any:
    return session.execute(sa.text("select id from core_customer")).all()


BEHAVIOURS = [raises, wrong, prints, recurses, allocates, commits, rolls_back, closes, leaves, breaks_sql, looks_past_the_scope]
each = pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda b: b.__name__)
pytestmark = one_engine


@contextmanager
def with_plugin(world: World, folder: Path, **hooks: Callable[..., Any]) -> Iterator[World]:
    """The company with one more plugin, `probe`, made of these hooks."""
    module = types.ModuleType("probe")
    for name, call in hooks.items():
        setattr(module, name, hookimpl(call))
    package = Package("probe", "Probe", "1.0", "tests", (module,))
    config = replace(world.site.config, database=str(world.site.engines.url.render_as_string(hide_password=False)))
    site = open_site(config=config, plugins=(package,))
    with site.system("tests"), writing() as db:
        db.connection().execute(sa.delete(PluginRow.__table__))
        db.connection().execute(sa.insert(PluginRow.__table__).values(name="probe", state=PluginState.active, version="1", made_at=now(), faults=0))
    try:
        yield replace(world, site=site)
    finally:
        site.engines.dispose()


def faults(world: World) -> tuple[int, str]:
    with world.site.system("tests"):
        row = session.execute(sa.select(PluginRow.faults, PluginRow.fault).where(PluginRow.name == "probe")).one()
        return row.faults, row.fault or ""


# --- show ---------------------------------------------------------------------------------------------------------------


@each
def test_what_fails_to_show_is_missing_and_the_page_stands(world: World, tmp_path: Path, behaviour: Callable[..., Any]) -> None:
    sound = Panel("core.customer", "sound", "Sound", lambda row_id: {}, "people/none.html")
    with with_plugin(
        world, tmp_path,
        register_panels=lambda: [Panel("core.customer", "box", "Probe box", behaviour, "probe/none.html"), sound],
        register_columns=lambda: [Column("core.customer", "probe", "Probe column", behaviour)],
        register_menu=lambda: [Menu("Probe", "/probe", "customers", permission="core.customer.read", badge=behaviour)],
    ) as found:
        ann = signed_in(create_app(found.site), found, "ann")
        customer = world.customers["ann"]
        page = ann("GET", f"/core/customer/{customer}/panel/box")
        assert page.status_code == 200 and 'class="panel fail"' in page.text
        shown = ann("GET", "/core/customer?columns=name,probe")
        assert shown.status_code == 200 and "CANARYANN" in shown.text.upper() and "Probe column" in shown.text
        # Three faults, and it rests: it is not even called.
        count, trace = faults(found)
        assert count >= 2 and trace
        with found.site.system("tests"):
            rests = calling.health().rests
        assert any("badge" in key or ":Menu:" in key for key in rests) or ann("GET", "/").status_code == 200


def test_a_part_that_failed_three_times_rests(world: World, tmp_path: Path) -> None:
    called: list[int] = []

    def load(row_id: int) -> Any:
        called.append(row_id)
        raise RuntimeError

    with with_plugin(world, tmp_path, register_panels=lambda: [Panel("core.customer", "box", "Box", load, "probe/none.html")]) as found:
        ann = signed_in(create_app(found.site), found, "ann")
        for _round in range(5):
            assert ann("GET", f"/core/customer/{world.customers['ann']}/panel/box").status_code == 200
        assert len(called) == calling.FAULTS
        with found.site.system("tests"):
            calling.health().rests.clear()
        ann("GET", f"/core/customer/{world.customers['ann']}/panel/box")
        assert len(called) == calling.FAULTS + 1


def test_a_part_that_takes_long_is_named_and_what_it_cost_is_known(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(calling, "SLOW", 0.0)

    def load(ids: Any) -> Any:
        return dict.fromkeys(ids, session.scalar(sa.select(sa.func.count()).select_from(Customer)))

    with with_plugin(world, tmp_path, register_columns=lambda: [Column("core.customer", "probe", "Probe", load)]) as found:
        ann = signed_in(create_app(found.site), found, "ann")
        for _round in range(2):
            assert ann("GET", "/core/customer?columns=name,probe").status_code == 200
        with found.site.system("tests"):
            cost = calling.health().costs["probe"]
        assert (cost.pages, cost.statements) == (2, 2) and cost.seconds > 0
    assert "probe:Column:core.customer:probe took" in caplog.text


# --- decide -------------------------------------------------------------------------------------------------------------


def names(ann: Browser) -> set[str]:
    text = ann("GET", "/core/customer").text.upper()
    return {mark for mark in ("CANARYANN", "CANARYBOB", "CANARYSUE") if mark in text}


@each
def test_a_guard_that_fails_lets_no_row_through_and_hides_the_field(world: World, tmp_path: Path, behaviour: Callable[..., Any]) -> None:
    def narrow(actor: Any, resource: str, verb: str) -> Any:
        return behaviour() if resource == "core.customer" and actor.login == "boss" else None

    def field(actor: Any, resource: str, field: str) -> Any:
        return behaviour() if field == "phone" else None

    with with_plugin(world, tmp_path, narrow_records=narrow) as found:
        app = create_app(found.site)
        assert names(signed_in(app, found, "boss")) == set()
        for _round in range(5):  # it never rests
            boss = signed_in(app, found, "boss")
            assert boss("GET", f"/core/customer/{world.customers['ann']}").status_code in (403, 404)
        assert names(signed_in(app, found, "ann")) == {"CANARYANN"}, "asked of nobody else"
    with with_plugin(world, tmp_path, field_access=field) as found:
        page = signed_in(create_app(found.site), found, "ann")("GET", f"/core/customer/{world.customers['ann']}/edit").text
        assert 'name="name"' in page and 'name="phone"' not in page


def test_without_the_guard_there_is_something_to_see(world: World, tmp_path: Path) -> None:
    with with_plugin(world, tmp_path) as found:
        boss = signed_in(create_app(found.site), found, "boss")
        assert names(boss) == {"CANARYANN", "CANARYBOB", "CANARYSUE"}
        assert 'name="phone"' in signed_in(create_app(found.site), found, "ann")("GET", f"/core/customer/{world.customers['ann']}/edit").text


def test_rows_are_narrowed_by_owner_and_by_what_they_say_through_every_door(world: World, tmp_path: Path) -> None:
    """A list, its count, search, record, parts, export, API and writing agree; two plugins' answers hold together."""
    ann, sue = world.people["ann"], world.people["sue"]

    def only(actor: Any, resource: str, verb: str) -> Any:
        if actor.login != "boss" or resource != "core.customer":
            return None
        return Scope(branches=(("owner_id", (ann, sue)),)) if verb == "read" else Only("standing", "key")

    def key(actor: Any, resource: str) -> Any:
        return Only("standing", "key", "lost") if resource == "core.customer" and actor.login == "boss" else None

    with world.site.system("tests"):
        customers = world.site.registry.resource("core.customer")
        customers.write([{"id": world.customers["ann"], "standing": "key"}, {"id": world.customers["bob"], "standing": "key"},
                         {"id": world.customers["sue"], "standing": "lost"}])
    with with_plugin(world, tmp_path, narrow_records=only) as first:
        assert names(signed_in(create_app(first.site), first, "boss")) == {"CANARYANN", "CANARYSUE"}
    both = types.ModuleType("both")
    both.narrow_records = hookimpl(key)  # type: ignore[attr-defined]
    with with_plugin(world, tmp_path, narrow_records=only) as found:
        package = Package("second", "Second", "1.0", "tests.plugins", (both,))
        site = open_site(config=found.site.config, plugins=(*[p for p in found.site.registry.packages if p.name != "core"], package))
        found = replace(found, site=site)
        app = create_app(site)
        boss = signed_in(app, found, "boss")
        assert names(boss) == {"CANARYANN", "CANARYSUE"}
        assert boss("GET", f"/core/customer/{world.customers['bob']}").status_code == 404
        assert boss("GET", f"/core/customer/{world.customers['sue']}/edit").status_code in (403, 404), "reading reaches farther than changing"
        assert boss("GET", f"/core/customer/{world.customers['ann']}/edit").status_code == 200
        search = boss("GET", "/core/customer?q=CANARY").text.upper()
        assert "CANARYANN" in search and "CANARYBOB" not in search
        with site.work(found.actor("boss")):
            assert set(session.scalars(sa.select(Customer.owner_id))) <= {ann, sue}
            contacts = site.registry.resource("core.contact")
            owners = {row.customer_id for row in session.scalars(sa.select(contacts.model))}
            visible = set(session.scalars(sa.select(Customer.id)))
            assert owners <= visible and owners
            exported = boss("GET", "/core/customer/export.csv")
        assert "CANARYBOB" not in exported.text.upper()
        site.engines.dispose()


# --- inside and after ---------------------------------------------------------------------------------------------------


@each
def test_a_listener_inside_that_fails_undoes_everything_and_is_named(world: World, tmp_path: Path, behaviour: Callable[..., Any]) -> None:
    def listen(event: Told) -> None:
        if behaviour() is not None:
            raise TypeError("an answer nobody asked for")

    with with_plugin(world, tmp_path, register_listeners=lambda: [Listen(Told, listen, inside=True, name="probe.told")]) as found, found.site.work(found.actor("ann")):
        before = session.scalar(sa.select(Customer.note).where(Customer.id == world.customers["ann"]))
        with pytest.raises(calling.Stopped, match="probe"), writing():
            found.site.registry.resource("core.customer").write([{"id": world.customers["ann"], "note": "half of it"}])
            emit(Told((1,)))
        assert session.scalar(sa.select(Customer.note).where(Customer.id == world.customers["ann"])) == before
    assert faults(found)[0] == 1


@each
def test_a_listener_afterwards_that_fails_is_tried_again_and_parked(world: World, tmp_path: Path, behaviour: Callable[..., Any]) -> None:
    def listen(event: Told) -> None:
        if behaviour() is not None:
            raise TypeError("an answer nobody asked for")

    with with_plugin(world, tmp_path, register_listeners=lambda: [Listen(Told, listen, name="probe.told")]) as found:
        with found.site.work(found.actor("ann")), writing():
            found.site.registry.resource("core.customer").write([{"id": world.customers["ann"], "note": "all of it"}])
            emit(Told((1,)))
        outbox.drain(found.site)
        with found.site.system("tests"):
            row = session.execute(sa.select(OutboxRow.state, OutboxRow.failures, OutboxRow.error).where(OutboxRow.listener == "probe.told")).one()
            assert row.state in ("queued", "parked") and row.failures >= 1 and row.error
            assert session.scalar(sa.select(Customer.note).where(Customer.id == world.customers["ann"])) == "all of it"


def test_nobody_but_writing_ends_its_transaction(world: World) -> None:
    with world.site.system("tests"), writing() as db:
        for end in (db.commit, db.rollback, db.close):
            with pytest.raises(RuntimeError, match="ends by itself"):
                end()
        with db.begin_nested():
            pass




# --- what does not end --------------------------------------------------------------------------------------------------


def test_a_request_that_turns_for_ever_is_found_by_its_processor_time_and_one_that_waits_is_not(world: World, tmp_path: Path) -> None:
    stop, turning, waiting = threading.Event(), threading.Event(), threading.Event()
    busy = watchdog.Busy()

    def turn() -> None:
        busy.begin("probe.turn")
        turning.set()
        while not stop.is_set():
            pass

    def wait() -> None:
        busy.begin("probe.wait")
        waiting.set()
        stop.wait()

    threads = [threading.Thread(target=one, daemon=True) for one in (turn, wait)]
    left = threading.Event()
    with with_plugin(world, tmp_path) as found:
        for one in threads:
            one.start()
        try:
            turning.wait()
            waiting.wait()
            watching = watchdog.watch(found.site, busy, left.set, every=0.01, limit=0.05)
            watching.join(30)
            assert left.is_set() and [endpoint for _thread, endpoint in busy.stuck(0.05)] == ["probe.turn"]
            # This module counts as the plugin's: its name is found in the stack.
            assert watchdog.blame(found.site, threads[0].ident or 0, "probe.turn") == "probe"
        finally:
            stop.set()
        assert faults(found)[0] >= 1
