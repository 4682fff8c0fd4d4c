"""What a house should do, as a small model beside the real one: people create, edit, merge, delete and take back, while the plugin
is switched on, off and updated. After each step both say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from crm_core.access.actor import load_actor
from crm_core.data.session import current_work
from crm_core.data.wall import UNSCOPED
from crm_core.kernel import enabling
from crm_core.kernel.errors import CrmError
from crm_core.kernel.runner import drain
from crm_core.resource import undo
from crm_core.resource.merging import merge
from tests.stateful.acts import Act, Merged, Row
from tests.stateful.pebbled import GRANTS, NAME, Template, registry_of

CUSTOMER, PEBBLE = "core.customer", "pebbles.pebble"
TABLES = {CUSTOMER: "core_customer", PEBBLE: "pebbles_pebble"}
NAMES = st.sampled_from(["石", "stone", "砾", "flint"])
WHO = st.sampled_from(sorted(GRANTS))
PICK = st.sampled_from(range(120))


class Machine(RuleBasedStateMachine):
    template: Template  # given by the test

    @initialize()
    def begin(self) -> None:
        self.site = self.template.site()
        self.rows: dict[tuple[str, int], Row] = {}
        self.merges: list[Merged] = []
        self.acts: list[Act] = []
        self.awake, self.version = False, 0
        self.slept: Any = None
        self.left: set[int] = set()  # pebbles that once could not follow because their name was taken
        for who in ("bea", "ann", "bea", "ann", "bea"):
            self.create_customer(who, "石")
        self.enable(False)
        for at, name in enumerate(("石", "stone", "砾", "flint", "石", "stone")):
            self.create_pebble("bea", name, at, False)

    def teardown(self) -> None:
        if hasattr(self, "site"):
            try:
                self.whole()
            finally:
                self.template.close(self.site)

    # --- the real house ------------------------------------------------------------------------------------------------

    def as_(self, who: str) -> Any:
        with self.site.system("tests") as work:
            actor = load_actor(self.site, work.session, self.template.people[who])
        return self.site.work(actor)

    def r(self, name: str) -> Any:
        return self.site.registry.resource(name)

    def try_(self, who: str, act: Callable[[], Any]) -> Any:
        """What an act gives, or the refusal."""
        with self.as_(who):
            try:
                return act()
            except CrmError as refusal:
                return refusal

    def newest(self) -> int:
        with self.site.engines.read.connect() as conn:
            return int(conn.exec_driver_sql("select coalesce(max(id), 0) from core_change").scalar_one())

    def stored(self) -> dict[tuple[str, int], Row]:
        """What the database says."""
        found = {}
        with self.site.engines.read.connect() as conn:
            for resource, table in list(TABLES.items())[: 2 if self.version else 1]:
                more = ", customer_id as customer" if resource == PEBBLE else ""
                for row in conn.execute(sa.text(f"select id, name, owner_id as owner, deleted_at is not null as deleted, merged_into_id as merged{more} from {table}"),
                                        execution_options={UNSCOPED: "tests"}).mappings():
                    found[resource, row["id"]] = {**row, "deleted": bool(row["deleted"])}
        return found

    def bytes_(self) -> Any:
        """The sleeping table as it lies there."""
        with self.site.engines.read.connect() as conn:
            return conn.execute(sa.text("select * from pebbles_pebble order by id"), execution_options={UNSCOPED: "tests"}).all()

    # --- the model -----------------------------------------------------------------------------------------------------

    def living(self, resource: str, who: str = "bea") -> list[int]:
        me = self.template.people[who]
        return [key for (kind, key), row in sorted(self.rows.items()) if kind == resource and not row["deleted"]
                and (who == "bea" or row["owner"] == me)]

    def some(self, resource: str, who: str, pick: int) -> int | None:
        """A row of his, now and then any, living or not."""
        ids = self.living(resource, who) if pick % 6 else sorted(key for kind, key in self.rows if kind == resource)
        return ids[pick // 6 % len(ids)] if ids else None

    def pebbles_at(self, customer: int, living: bool = True) -> list[int]:
        at = ((key, row) for (kind, key), row in sorted(self.rows.items()) if kind == PEBBLE and row["customer"] == customer)
        return [key for key, row in at if not (living and row["deleted"])]

    def free(self, name: str, customer: int | None, but: int = 0) -> bool:
        return customer is None or not any(kind == PEBBLE and key != but and (row["name"], row["customer"]) == (name, customer) for (kind, key), row in self.rows.items())

    def done(self, who: str, verb: str, after: dict[tuple[str, int], Row], merged: Merged | None = None) -> None:
        before = {key: dict(self.rows[key]) if key in self.rows else None for key in after}
        self.rows.update(after)
        self.acts.append(Act(self.newest(), who, before, {key: dict(row) for key, row in after.items()}, verb, merged=merged))

    def held(self, *customers: int, goes: bool = False) -> bool:
        """Whether one of these waits for approval, or must not go without one (waiting.py)."""
        return False

    def refused(self, found: Any) -> None:
        assert isinstance(found, CrmError), found

    # --- acts ----------------------------------------------------------------------------------------------------------

    @rule(who=WHO, name=NAMES)
    def create_customer(self, who: str, name: str) -> None:
        (key,) = self.try_(who, lambda: self.r(CUSTOMER).write([{"name": name}]))
        self.done(who, "create", {(CUSTOMER, key): {"id": key, "name": name, "owner": self.template.people[who], "deleted": False, "merged": None}})

    @precondition(lambda self: self.awake)
    @rule(who=WHO, name=NAMES, pick=PICK, loose=st.booleans())
    def create_pebble(self, who: str, name: str, pick: int, loose: bool) -> None:
        seen = self.living(CUSTOMER, who)
        customer = None if loose or not seen else seen[pick % len(seen)]
        if self.free(name, customer):
            (key,) = self.try_(who, lambda: self.r(PEBBLE).write([{"name": name, "customer": customer}]))
            self.done(who, "create", {(PEBBLE, key): {"id": key, "name": name, "owner": self.template.people[who], "deleted": False, "merged": None, "customer": customer}})

    @rule(who=WHO, pick=PICK, name=NAMES)
    def rename(self, who: str, pick: int, name: str) -> None:
        resource = PEBBLE if self.awake and pick % 2 else CUSTOMER
        key = self.some(resource, who, pick // 2)
        if key is None or (resource == PEBBLE and not self.free(name, self.rows[PEBBLE, key]["customer"], key)):
            return
        found = self.try_(who, lambda: self.r(resource).write([{"id": key, "name": name}]))
        if key not in self.living(resource, who) or (resource == CUSTOMER and self.held(key) and self.rows[resource, key]["name"] != name):
            self.refused(found)
        elif self.rows[resource, key]["name"] != name:
            assert found == [key], found
            self.done(who, "update", {(resource, key): {**self.rows[resource, key], "name": name}})

    @precondition(lambda self: self.awake)
    @rule(who=WHO, pick=PICK, to=PICK)
    def move_pebble(self, who: str, pick: int, to: int) -> None:
        key, seen = self.some(PEBBLE, who, pick), self.living(CUSTOMER, who)
        if key is None or not seen or key not in self.living(PEBBLE, who):
            return
        row, customer = self.rows[PEBBLE, key], seen[to % len(seen)]
        if customer != row["customer"] and self.free(row["name"], customer, key):
            assert self.try_(who, lambda: self.r(PEBBLE).write([{"id": key, "customer": customer}])) == [key]
            self.done(who, "update", {(PEBBLE, key): {**row, "customer": customer}})

    @rule(who=WHO, pick=PICK)
    def delete(self, who: str, pick: int) -> None:
        resource = PEBBLE if self.awake and pick % 2 else CUSTOMER
        key = self.some(resource, who, pick // 2)
        if key is None:
            return
        found = self.try_(who, lambda: self.r(resource).delete([key]))
        if key not in self.living(resource, who) or (resource == CUSTOMER and (self.held(key, goes=True) or (self.awake and self.pebbles_at(key)))):
            self.refused(found)
        else:
            assert isinstance(found, int), found
            self.done(who, "delete", {(resource, key): {**self.rows[resource, key], "deleted": True}})

    @rule(who=WHO, one=PICK, other=PICK)
    def merge(self, who: str, one: int, other: int) -> None:
        kept, gone = self.some(CUSTOMER, who, one), self.some(CUSTOMER, who, other)
        if kept is None or gone is None:
            return
        before = self.stored()
        found = self.try_(who, lambda: merge(self.r(CUSTOMER), kept, [gone]))
        if kept == gone or not {kept, gone} <= set(self.living(CUSTOMER, who)) or self.held(kept, gone, goes=True):
            self.refused(found)
            return
        assert isinstance(found, int), found
        made = Merged(kept, gone, found)
        self.merges.append(made)
        after = {(CUSTOMER, gone): {**self.rows[CUSTOMER, gone], "deleted": True, "merged": kept}}
        self.done(who, "merge", after, made)
        if self.awake:
            made.moved |= self.follow(gone, kept)
        if one % 5 == 0:  # at once and wholly back: merge, then undo, is nothing
            assert self.try_(who, lambda: undo.ask(found)).conflicts == []
            self.back(who, self.acts[-1])
            assert self.stored() == before

    def follow(self, source: int, target: int, only: set[int] | None = None) -> set[int]:
        """Pebbles that go from one customer to another; those whose name is taken there stay."""
        moved = set()
        for key in self.pebbles_at(source, living=False):
            if (only is None or key in only) and self.free(self.rows[PEBBLE, key]["name"], target):
                self.rows[PEBBLE, key]["customer"] = target
                moved.add(key)
            else:
                self.left.add(key)
        return moved

    # --- taking back ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.acts)
    @rule(who=WHO, pick=PICK)
    def take_back(self, who: str, pick: int) -> None:
        self.undo(who, self.acts[-1 - pick % min(len(self.acts), 6)])

    @precondition(lambda self: self.acts)
    @rule(who=WHO)
    def take_back_newest(self, who: str) -> None:
        self.undo(who, self.acts[-1])

    @precondition(lambda self: any(not m.undone for m in self.merges))
    @rule(pick=PICK)
    def take_back_merge(self, pick: int) -> None:
        found = [act for act in self.acts if act.merged is not None and not act.undone]
        if found:
            self.undo("bea", found[-1 - pick % len(found)])

    def undo(self, who: str, act: Act) -> None:
        if any(kind == PEBBLE for kind, _key in act.after) and not self.awake:
            return
        clean = self.is_clean(act, who)
        found = self.try_(who, lambda: undo.ask(act.change))
        if act.undone or (act.actor != who and who != "bea"):
            self.refused(found)
        elif isinstance(found, CrmError):
            assert not clean, found
        elif clean:
            moved = set(act.merged.moved) if act.merged is not None and self.awake else set()
            self.back(who, act)
            assert sorted(found.conflicts) == self.told(who, act, moved) and found.done, (act, found)
        else:
            held = act.verb in ("create", "restore") and self.awake and any(kind == CUSTOMER and self.pebbles_at(key) for kind, key in act.after)
            assert not (held and found.done), "others lie at what was taken away"
            self.look_again(who, act, found)

    def is_clean(self, act: Act, who: str) -> bool:
        """Nobody has touched its rows since, and whoever takes it back may change them still."""
        later = self.acts[self.acts.index(act) + 1:]
        touched = {key for other in later for key in other.after}
        if act.verb == "mixed" or act.undone or touched & act.after.keys() or (act.actor != who and who != "bea"):
            return False
        for (kind, key), row in act.after.items():
            assert row is not None
            if row["owner"] != self.template.people[who] and who != "bea":
                return False
            goes = act.verb in ("create", "restore")
            if kind == CUSTOMER and (self.held(key, goes=act.verb != "update") or goes and ((self.awake and self.pebbles_at(key)) or any(key in (m.kept, m.gone) for m in self.merges))):
                return False
            if kind == PEBBLE and act.before[kind, key] is not None:
                old = act.before[kind, key] or {}
                moved_on = row["customer"] != self.rows[kind, key]["customer"]
                if moved_on or not self.free(old["name"], old["customer"], key):
                    return False
                if old["customer"] is not None and self.rows[CUSTOMER, old["customer"]]["deleted"]:
                    return False
        merged = act.merged
        return merged is None or not self.held(merged.kept, goes=True) and not any(m is not merged and not m.undone and {merged.kept, merged.gone} & {m.kept, m.gone} for m in self.merges)

    def told(self, who: str, act: Act, moved: set[int]) -> list[tuple[str, int]]:
        """What its merge had moved and did not come back, because somebody had moved it on or its name was taken: told as far as he sees it."""
        return [(PEBBLE, key) for key in sorted(moved.intersection(self.living(PEBBLE, who))) if act.merged is not None and self.rows[PEBBLE, key]["customer"] != act.merged.gone]

    def back(self, who: str, act: Act) -> None:
        """The rows as they were before it; what it made is deleted."""
        inverse = {"create": "delete", "delete": "restore", "merge": "restore", "update": "update", "restore": "delete"}
        after = {}
        for key, old in act.before.items():
            after[key] = dict(old) if old is not None else {**self.rows[key], "deleted": True}
        act.undone = True
        self.done(who, inverse[act.verb], after)
        if act.merged is not None:
            act.merged.undone = True
            if self.awake:
                self.follow_back(act.merged)

    def follow_back(self, merged: Merged) -> None:
        self.follow(merged.kept, merged.gone, merged.moved)
        merged.moved = set()

    def look_again(self, who: str, act: Act, found: Any) -> None:
        """Somebody had touched it: what is taken back then is the product's to say; nothing else may have changed."""
        now = self.stored()
        act.undone = act.undone or found.done > 0
        mine = {key: now[key] for key in act.after if now.get(key) != self.rows.get(key)}
        moved = {key: now[key] for key in now if key[0] == PEBBLE and act.merged is not None and now[key] != self.rows.get(key)}
        if act.merged is not None and act.undone:
            act.merged.undone = True
            act.merged.moved = set() if self.awake else act.merged.moved
        self.rows.update(moved)
        for (kind, key), row in mine.items():
            old = act.before[kind, key]
            if kind == PEBBLE and old is not None:
                self.went_on(key, old["customer"], row["customer"])
        self.done(who, "mixed", mine)
        if not mine:
            self.acts.pop()

    def went_on(self, key: int, old: int | None, now: int | None) -> None:
        """It got its old customer back, and followed the merges that had happened to him."""
        while old != now and (made := next((m for m in reversed(self.merges) if m.gone == old and not m.undone), None)) is not None:
            made.moved.add(key)
            old = made.kept
        if now is not None and self.rows[CUSTOMER, now]["merged"] is not None:
            self.left.add(key)

    # --- the plugin ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.awake)
    @rule(newer=st.booleans())
    def enable(self, newer: bool) -> None:
        self.version = max(self.version, 2 if newer else 1)
        package = self.template.versions[self.version - 1]
        self.site.registry = registry_of(package)
        self.site.trying = (NAME,)
        enabling.enable(self.site, [NAME])
        self.site.trying = ()
        self.awake = True
        for merged in reversed(self.merges):
            if merged.undone and merged.moved:
                self.follow_back(merged)
        for key in sorted(key for kind, key in self.rows if kind == CUSTOMER and self.rows[CUSTOMER, key]["merged"] is not None):
            step = key
            while (made := next((m for m in reversed(self.merges) if m.gone == step and not m.undone), None)) is not None:
                made.moved |= self.follow(step, made.kept)
                step = made.kept

    @precondition(lambda self: self.awake)
    @rule()
    def disable(self) -> None:
        enabling.disable(self.site, [NAME])
        self.site.registry = registry_of()
        self.awake, self.slept = False, self.bytes_()

    # --- both say the same ---------------------------------------------------------------------------------------------

    @invariant()
    def same(self) -> None:
        if not hasattr(self, "site"):
            return
        assert self.stored() == self.rows
        for who in GRANTS:
            with self.as_(who):
                for resource in (CUSTOMER, PEBBLE) if self.awake else (CUSTOMER,):
                    kind = self.r(resource)
                    seen = sorted(row.id for row in current_work().session.scalars(kind.visible()))
                    assert seen == self.living(resource, who), (who, resource)

    @invariant()
    def asleep(self) -> None:
        if getattr(self, "slept", None) is not None and not self.awake:
            assert self.bytes_() == self.slept

    @invariant()
    def nobody_is_left_behind(self) -> None:
        """No living pebble lies at a customer who was merged away, unless its name was taken where it would have gone."""
        if getattr(self, "awake", False):
            for (kind, key), row in self.rows.items():
                at = row.get("customer")
                if kind == PEBBLE and not row["deleted"] and at is not None and key not in self.left:
                    assert self.rows[CUSTOMER, at]["merged"] is None, (key, at)

    def whole(self) -> None:
        """At the end: woken once more, the index of words knows exactly those that live."""
        if not self.awake and self.version:
            self.enable(False)
            self.same()
        drain(self.site)
        living = {(resource, key) for resource in TABLES for key in self.living(resource)}
        with self.site.engines.read.connect() as conn:
            found = {(row[0], row[1]) for row in conn.exec_driver_sql("select resource, record_id from core_search") if row[0] in TABLES}
        assert found == living
