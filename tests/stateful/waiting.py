"""The same house with approvals and a rule: deletions of some customers need somebody else's yes, any customer is handed in by hand, what
waits is touched by nobody, and every new customer of a kind brings one task."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from crm_core.data.session import session
from crm_core.data.wall import DELETED
from crm_core.features.approvals import api, drawing, running, stepping
from crm_core.features.rules import services
from crm_core.features.tasks.models import Task
from crm_core.kernel import outbox
from crm_core.kernel.runner import drain
from crm_core.resource import asking
from tests.stateful.acts import Row
from tests.stateful.machine import CUSTOMER, NAMES, PICK, WHO, Machine

HARD = "flint"  # customers of this name are only deleted when somebody else agrees, and bring a task


@dataclass
class Wait:
    """An approval under way: of which customer, who asked, whether for its deletion, and the customer as it stood."""

    number: int
    customer: int
    author: str
    deletion: bool
    row: Row


class Waiting(Machine):
    @initialize()
    def begin(self) -> None:
        self.waits: list[Wait] = []
        self.ended: dict[int, str] = {}
        self.on = False
        super().begin()
        with self.as_("bea"):
            both = [{"name": "", "who": "users", "users": sorted(self.template.people.values()), "need": "any"}]
            self.flow = api.draw("Deletions", CUSTOMER, "delete", both, {"field": "name", "op": "eq", "value": HARD})
            self.by_hand = api.draw("By hand", CUSTOMER, "submit", both)
            services.save({"name": "Call them", "resource": CUSTOMER, "trigger": "core.created", "asked": {}, "only": {"field": "name", "op": "eq", "value": HARD},
                           "steps": [{"do": "core.task", "with": {"title": "Call them"}}], "playbook": False, "held_out": 0}, on=True)
        self.on, self.calls = True, 0

    def held(self, *customers: int, goes: bool = False) -> bool:
        return any(wait.customer in customers for wait in self.waits) or (goes and self.wants(*customers))

    def wants(self, *customers: int) -> bool:
        return self.on and any(self.rows[CUSTOMER, one]["name"] == HARD for one in customers)

    # --- acts ----------------------------------------------------------------------------------------------------------

    @rule(who=WHO, name=NAMES)
    def create_customer(self, who: str, name: str) -> None:
        super().create_customer(who, name)
        if hasattr(self, "calls"):
            self.calls += name == HARD
            while outbox.drain(self.site) + drain(self.site):
                pass

    @rule(on=st.booleans())
    def switch(self, on: bool) -> None:
        """What waits goes on waiting when its flow is switched off."""
        if on != self.on:
            with self.as_("bea"):
                drawing.switch(self.flow, on)
            self.on = on

    @rule(who=WHO, pick=PICK, deletion=st.booleans())
    def hand_in(self, who: str, pick: int, deletion: bool) -> None:
        key = self.some(CUSTOMER, who, pick)
        if key is None:
            return
        found = self.try_(who, lambda: asking.submit(self.r(CUSTOMER), "delete", key).number if deletion else api.submit(CUSTOMER, key, self.by_hand))
        if key not in self.living(CUSTOMER, who) or self.held(key) or (deletion and not self.wants(key)):
            self.refused(found)
        else:
            assert isinstance(found, int), found
            self.waits.append(Wait(found, key, who, deletion, dict(self.rows[CUSTOMER, key])))

    @precondition(lambda self: self.waits)
    @rule(who=WHO, pick=PICK, verdict=st.sampled_from(["agree", "agree", "refuse", "withdraw"]))
    def answer(self, who: str, pick: int, verdict: str) -> None:
        wait = self.waits[pick % len(self.waits)]
        found = self.try_(who, lambda: getattr(running, verdict)(wait.number, "so"))
        if (who == wait.author) != (verdict == "withdraw"):
            self.refused(found)
            return
        if verdict == "agree" and wait.deletion and self.awake and self.pebbles_at(wait.customer):
            self.refused(found)  # it cannot be done, so the answer was not given either
            return
        assert found is None, found
        self.waits.remove(wait)
        self.ended[wait.number] = {"agree": "agreed", "refuse": "refused", "withdraw": "withdrawn"}[verdict]
        if verdict == "agree" and wait.deletion:
            self.done(who, "delete", {(CUSTOMER, wait.customer): {**wait.row, "deleted": True}})

    @precondition(lambda self: self.ended)
    @rule(who=WHO, pick=PICK)
    def answer_late(self, who: str, pick: int) -> None:
        """What has ended is answered by nobody any more."""
        number = sorted(self.ended)[pick % len(self.ended)]
        self.refused(self.try_(who, lambda: running.agree(number)))

    # --- both say the same ---------------------------------------------------------------------------------------------

    @invariant()
    def what_waits(self) -> None:
        if not hasattr(self, "calls"):
            return
        with self.site.system("tests"):
            rows = session.connection().execute(sa.select(stepping.approval.c.id, stepping.approval.c.state)).all()
            tasks = session.scalar(sa.select(sa.func.count()).select_from(Task).where(Task.title == "Call them"), execution_options={DELETED: True})
            open_places = session.connection().scalars(sa.select(stepping.place.c.approval_id).where(stepping.place.c.state == "open")).all()
        assert {row.id: row.state for row in rows} == {**self.ended, **{wait.number: "open" for wait in self.waits}}
        assert sorted(open_places) == sorted(wait.number for wait in self.waits)
        assert tasks == self.calls
        for wait in self.waits:
            assert self.rows[CUSTOMER, wait.customer] == wait.row, "nobody touches what waits"
        for who in {wait.author for wait in self.waits}:
            with self.as_(who):
                mine = [wait.customer for wait in self.waits if wait.author == who]
                assert asking.locked(self.r(CUSTOMER), mine).keys() == set(mine)

    def whole(self) -> None:
        """At the end everything is answered, and the house is as the model says."""
        while self.waits:
            wait = self.waits[0]
            self.answer("ann" if wait.author == "bea" else "bea", 0, "refuse")
        self.same()
        self.what_waits()
        super().whole()

