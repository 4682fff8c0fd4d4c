"""Ninety days of eight people over three pools, drawn at random, equal the reference model in every customer on every day."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
import sqlalchemy as sa

from crm_core.access.models import User, UserRole
from crm_core.data.base import table_of
from crm_core.data.session import session, writing
from crm_core.features.customers.api import Customer
from crm_core.features.customers.notes import add_note
from crm_core.features.messages.models import Notice
from crm_core.features.pool import returning
from crm_core.kernel import clock
from crm_core.kernel.errors import CrmError
from crm_core.kernel.jobs import later
from crm_core.kernel.runner import drain
from crm_core.resource import timeline
from crm_core.resource.changes import stamp, unscoped
from tests.customers.office import Office
from tests.pool.model import Model, Rules
from tests.pool.pools import act, claim, pool

START = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
DAYS = 90
TEAM = ("chen", "wang", "li", "zhao", "qian", "sunny", "zhou", "wu")


class House:
    """The office with eight sellers, three pools and thirty customers, and the model of it."""

    def __init__(self, office: Office, seed: int, looking_counts: bool = False) -> None:
        self.office, self.dice = office, random.Random(seed)
        self._hire()
        rules = {
            "silent": Rules(frozenset(TEAM), hold_limit=6, claim_limit=2, return_after=10, warn_before=3, cool_down=5, protect_limit=1, protect_days=20),
            "deals": Rules(frozenset({"chen", "wang", "li"}), return_after=14, deal_after=21, warn_before=4, protect_limit=2),
            "strict": Rules(frozenset({"zhao", "qian", "sunny", "zhou", "wu"}), claim_limit=1, return_after=5, warn_before=0, cool_down=2),
        }
        self.model = Model(rules, looking_counts)
        self.pools: dict[str, int] = {}
        self.acts = {"allowed": 0, "refused": 0}
        with clock.freeze(START):
            for name, one in rules.items():
                values = {k: v for k, v in vars(one).items() if k != "claimers"}
                members = [{"user": office.people[who]} for who in sorted(one.claimers)]
                self.pools[name] = pool(office, name, None, members=members, **values)
            for n in range(30):
                self._customer(n)

    def _hire(self) -> None:
        office = self.office
        with office.site.system("tests"), writing() as db:
            for login in TEAM[3:]:
                user = stamp(User(login=login, login_key=login, name=login.title(), department_id=office.departments["营销中心"], active=True))
                db.add(user)
                db.flush()
                user.owner_id = office.people[login] = user.id
                db.add(stamp(UserRole(user_id=user.id, role_id=office.roles["seller"], owner_id=user.id, department_id=user.department_id)))
        office.changed()

    def _customer(self, n: int) -> None:
        """Made by somebody and put into a pool."""
        who, name = TEAM[n % len(TEAM)], self.dice.choice(list(self.pools))
        made = self.office.customer(who, f"酒业{n}有限公司")
        act(self.office, who, "give_back", made, pool=self.pools[name])
        from tests.pool.model import Customer as Told

        self.model.customers[made] = Told(name, left={who: START})

    def state(self) -> dict[int, Any]:
        logins = {i: login for login, i in self.office.people.items()}
        names = {i: name for name, i in self.pools.items()}
        table = table_of(Customer)
        with self.office.site.system("tests"):
            rows = session.connection().execute(sa.select(table), execution_options=unscoped("tests")).all()
        return {r.id: (logins.get(r.owner_id), names[r.pool_id], r.followed_at, r.protected_until) for r in rows}

    def day(self, number: int) -> None:
        """Eight acts in the course of a day, then the night."""
        model, dice = self.model, self.dice
        for hour in sorted(dice.sample(range(1, 600), 8)):
            now = START + dt.timedelta(days=number, minutes=hour)
            with clock.freeze(now):
                today, who, i = clock.today(), dice.choice(TEAM), dice.choice(list(model.customers))
                if dice.random() < 0.6 and (mine := [c for c, one in model.customers.items() if one.holder == who]):
                    i = dice.choice(mine)  # people mostly work on what is theirs
                what = dice.choice(("claim", "claim", "claim", "note", "note", "order", "look", "look", "give_back", "hand_over", "protect"))
                allowed = self.one(what, who, i, now, today)
                if allowed is not None:
                    self.acts["allowed" if allowed else "refused"] += 1
        night = START + dt.timedelta(days=number, hours=17, minutes=dice.randrange(9))
        with clock.freeze(night):
            self.night()
            model.night(night, clock.today())

    def one(self, what: str, who: str, i: int, now: dt.datetime, today: dt.date) -> bool | None:
        office, model = self.office, self.model
        if what == "look":
            with office.as_(who):
                office.resource("customer.brief").get(i)
            model.look(who, i, now)
            return None
        if what == "order":
            with office.as_(who), writing():
                timeline.add("core.customer", i, "dealing", title="order")
            model.order(who, i, now)
            return None
        if what == "claim":
            return self.same(model.claim(who, i, now, today), lambda: claim(office, who, i))
        if what == "note":
            return self.same(model.note(who, i, now), lambda: self.note(who, i))
        if what == "give_back":
            return self.same(model.give_back(who, i, now, today), lambda: act(office, who, "give_back", i))
        if what == "hand_over":
            to = self.dice.choice([other for other in TEAM if other != who])
            return self.same(model.hand_over(who, i, now, to), lambda: act(office, who, "hand_over", i, owner=office.people[to], why="drawn"))
        days = self.dice.randrange(40)
        return self.same(model.protect(who, i, days, today), lambda: act(office, who, "protect", i, until=today + dt.timedelta(days=days)))

    def note(self, who: str, i: int) -> None:
        with self.office.as_(who):
            add_note("core.customer", i, "spoken with them")

    def same(self, allowed: bool, do: Any) -> bool:
        """The house allows what the model allows."""
        try:
            do()
            done = True
        except CrmError:
            done = False
        assert done == allowed, f"the house {'did' if done else 'refused'} what the model {'allows' if allowed else 'refuses'}"
        return allowed

    def night(self) -> None:
        with self.office.site.system("tests"), writing():
            later(returning.RETURN)
        drain(self.office.site)

    def run(self, days: int = DAYS) -> None:
        for number in range(days):
            self.day(number)
            assert self.state() == self.model.state(), f"day {number}"


def test_ninety_days_equal_the_reference_model(office: Office, engine_url: str) -> None:
    seed = 20261126 if engine_url.startswith("sqlite") else 7
    print(f"seed {seed}")
    house = House(office, seed)
    house.run()
    with office.site.system("tests"):
        warned = session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.source.is_not(None)))
    print(house.acts, house.model.warnings, warned)
    assert min(house.acts.values()) > 100
    assert house.model.warnings > 10
    assert warned


def test_a_model_in_which_looking_counts_differs(office: Office) -> None:
    """Negative control: the comparison sees what it is made to see."""
    with pytest.raises(AssertionError):
        House(office, 7, looking_counts=True).run(30)


def test_a_house_in_which_notes_do_not_count_differs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the clock of the house is what is compared."""
    monkeypatch.setattr(timeline, "heard", [])
    with pytest.raises(AssertionError):
        House(office, 7).run(30)


