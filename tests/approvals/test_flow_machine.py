"""Approvals beside a small model of them: people hand in, agree, refuse, send back, withdraw, hand on, stand in, and flows are published
anew in between. After each act both say the same: what waits for whom, what has ended and how, and what may be changed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from crm_core.features.approvals import api, drawing, running, stepping
from crm_core.kernel.errors import CrmError
from crm_core.resource import asking
from tests.approvals.flowing import away, draw, state, step, waits_for
from tests.customers.office import Office

PEOPLE = ("chen", "wang", "li", "sun")
AUTHOR = "chen"
ACTS = 45


@dataclass
class Case:
    """An approval as it should be."""

    number: int
    customer: int
    steps: list[tuple[list[str], str, int]]
    state: str = "open"
    at: int = 0
    reached: set[int] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)  # (name, state) of the present step

    def begin(self, at: int) -> None:
        self.at, self.state = at, "open"
        self.reached.add(at)
        if at >= len(self.steps):
            self.state, self.asked = "agreed", []
            return
        self.reached.add(at)
        self.asked = [[name, "open"] for name in self.steps[at][0]]

    def place(self, who: str, stands: dict[str, str]) -> list[str] | None:
        """The place somebody answers for: his own, else of whom he stands in for, the first asked first."""
        if who == AUTHOR or self.state != "open":
            return None
        free = [one for one in self.asked if one[1] == "open"]
        own = next((one for one in free if one[0] == who), None)
        return own or next((one for one in free if stands.get(one[0]) == who), None)

    def weigh(self) -> None:
        _names, need, k = self.steps[self.at]
        counted = [s for _name, s in self.asked if s != "handed"]
        yes, no, free = (counted.count(s) for s in ("agreed", "refused", "open"))
        wanted = {"any": 1, "all": len(counted)}.get(need, min(k, len(counted)))
        if no and (need != "some" or yes + free < wanted):
            self.state, self.asked = "refused", []
        elif yes >= wanted:
            self.begin(self.at + 1)


class World:
    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.dice = office, random.Random(seed)
        self.customers = [office.customer(AUTHOR, name) for name in ("成都天府曲酒厂", "四川云岭春酒业有限公司", "重庆江畔酒业有限公司")]
        self.cases: list[Case] = []
        self.stands: dict[str, str] = {}
        self.steps = self.some_steps()
        self.flow = draw(office, *self.drawn())

    def some_steps(self) -> list[tuple[list[str], str, int]]:
        others = list(PEOPLE[1:])
        found = []
        for _n in range(self.dice.randint(1, 3)):
            names = sorted(self.dice.sample(others, self.dice.randint(1, 3)), key=lambda name: self.office.people[name])
            found.append((names, self.dice.choice(("any", "all", "some")), self.dice.randint(1, len(names))))
        return found

    def drawn(self) -> list[dict[str, Any]]:
        return [step(self.office, *names, need=need, k=k) for names, need, k in self.steps]

    def try_(self, who: str, act: Callable[[], Any], expected: bool) -> Any:
        with self.office.as_(who):
            try:
                found = act()
            except CrmError as refusal:
                assert not expected, (who, refusal)
                return None
        assert expected, who
        return found

    def step(self) -> None:
        dice, who = self.dice, self.dice.choice(PEOPLE)
        case = dice.choice(self.cases) if self.cases else None
        what = dice.choice(("submit", "submit", "agree", "agree", "agree", "agree", "refuse", "back", "earlier", "withdraw", "again", "hand_on", "publish", "away"))
        if what == "submit" or case is None:
            customer = dice.choice(self.customers)
            free = not any(one.customer == customer and one.state in ("open", "returned") for one in self.cases)
            number = self.try_(AUTHOR, lambda: api.submit("core.customer", customer), free)
            if free:
                self.cases.append(Case(number, customer, list(self.steps)))
                self.cases[-1].begin(0)
        elif what == "publish":
            self.steps = self.some_steps()
            with self.office.as_("sun"):
                drawing.keep(self.flow, {"when": None, "steps": self.drawn()})
                drawing.publish(self.flow)
        elif what == "away":
            if len(self.stands) < 2:
                gone, other = dice.sample(PEOPLE[1:], 2)
                self.stands[gone] = other
                away(self.office, gone, other)
        elif what in ("withdraw", "again"):
            able = who == AUTHOR and case.state in (("open", "returned") if what == "withdraw" else ("returned",))
            self.try_(who, lambda: getattr(running, what)(case.number), able)
            if able and what == "again":
                case.begin(0)
            elif able:
                case.state, case.asked = "withdrawn", []
        else:
            self.answer(case, who, what)

    def answer(self, case: Case, who: str, what: str) -> None:
        his = case.place(who, self.stands)
        if what in ("agree", "refuse"):
            self.try_(who, lambda: running.agree(case.number) if what == "agree" else running.refuse(case.number, "no"), his is not None)
            if his is not None:
                his[1] = "agreed" if what == "agree" else "refused"
                case.weigh()
        elif what == "hand_on":
            other = self.dice.choice(PEOPLE)
            able = his is not None and other != AUTHOR and not any(name == other and s != "handed" for name, s in case.asked)
            self.try_(who, lambda: running.hand_on(case.number, self.office.people[other], "why"), able)
            if able and his is not None:
                his[1] = "handed"
                case.asked.append([other, "open"])
        else:
            to = self.dice.randint(1, 3) if what == "earlier" else None
            able = his is not None and (to is None or (to - 1 in case.reached and to - 1 < case.at))
            self.try_(who, lambda: running.send_back(case.number, "why", to), able)
            if able and to is None:
                case.state, case.asked = "returned", []
            elif able and to is not None:
                case.begin(to - 1)

    def same(self) -> None:
        """Both worlds say the same."""
        for case in self.cases:
            assert state(self.office, case.number) == case.state
            assert waits_for(self.office, case.number) == {name for name, s in case.asked if s == "open"}
            if case.state == "open":
                with self.office.as_(AUTHOR):
                    assert asking.locked(self.office.resource("customer"), [case.customer])
        with self.office.site.system("tests"):
            for case in self.cases:
                left = [one for one in stepping.places(case.number) if one.state == "open"]
                assert case.state == "open" or not left


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_house_and_its_model_say_the_same(office: Office, seed: int) -> None:
    world = World(office, seed)
    for _n in range(ACTS):
        world.step()
        world.same()
    assert {case.state for case in world.cases} - {"open"}, "nothing ever ended: the walk tries too little"
