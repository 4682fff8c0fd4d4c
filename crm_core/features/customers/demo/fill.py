"""A year of work on the demo's customers, told through the write path: each act by the person and at the hour it happened."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from crm_core.data.session import acting_as, session, system_scope
from crm_core.features.customers import notes
from crm_core.features.customers.demo import desk, showcase, text
from crm_core.features.customers.demo.firms import Firms
from crm_core.features.customers.demo.rest import Rest
from crm_core.features.customers.models import Contact, Customer, Note
from crm_core.features.messages import api as messages
from crm_core.features.tasks import api as tasks
from crm_core.kernel import actors, clock
from crm_core.kernel.i18n import in_language
from crm_core.kernel.site import site

COUNT = 300  # with a story of their own; the others come in sets (rest.py)
# Who looks after customers, and how many of ten.
SELLERS = {"lina": 20, "wujiaqi": 18, "liuyang": 16, "zhouting": 14, "zhangwei": 14, "wangzhiqiang": 10, "chenxiaoyan": 8}
CHIEF = "chenxiaoyan"
EDITOR = "sunli"


def fill(make: Any) -> None:
    """Customers, contacts, tags, notes, tasks and changes of fields over the last year; a quiet end where the person of
    the demo signs in: what is late, what is due today, what was said."""
    Story(make).tell()


class Story:
    """The year, day by day."""

    def __init__(self, make: Any) -> None:
        self.make, self.dice, self.users = make, make.dice, make.made["users"]
        self.registry = site().registry
        self.customers, self.contacts = (self.registry.resource(f"core.{n}") for n in ("customer", "contact"))
        self.firms = Firms(self.dice)
        self.names: dict[int, str] = {}
        self.people: dict[int, list[str]] = {}
        self.owned: dict[str, list[tuple[int, dt.date]]] = {login: [] for login in SELLERS}

    def tell(self) -> None:
        self._entries()
        self._tags()
        self._changes()
        self._notes()
        self._done_tasks()
        self._lately()
        showcase.tell(self, CHIEF, EDITOR)
        rest = Rest(self.make, SELLERS, CHIEF).fill(max(0, self.make.customers - COUNT - desk.CARDS), self.firms.used)
        desk.fill(self)
        # Features that come later tell what they know of these customers in a `demo_data` of their own.
        self.make.made["customers"] = [*(i for found in self.owned.values() for i, _day in found), *rest]
        self.make.made["showcase"] = self.owned[CHIEF][0][0]

    # --- when and who ----------------------------------------------------------------------------------------------------

    def moment(self, days_ago: int, hour: float | None = None) -> dt.datetime:
        """An hour of work so many days ago; a weekend becomes the Friday before."""
        day = self.make.day(-days_ago)
        day -= dt.timedelta(days=max(0, day.weekday() - 4))
        minutes = int((hour if hour is not None else self.dice.uniform(8.6, 17.6)) * 60)
        return dt.datetime.combine(day, dt.time(minutes // 60, minutes % 60), tzinfo=clock.zone())

    @contextmanager
    def at(self, moment: dt.datetime, login: str) -> Iterator[None]:
        """Everything inside is done by this person at this moment."""
        person = actors.load(site(), self.users[login])
        with in_language(site().config.language), clock.freeze(moment.astimezone(dt.UTC)), acting_as(person):
            yield

    def who(self, customer: int) -> str:
        """Somebody one speaks with there."""
        if not self.people:
            for contact in session.execute(sa.select(Contact.customer_id, Contact.name).order_by(Contact.id)):
                self.people.setdefault(contact.customer_id, []).append(contact.name)
        return str(self.dice.choice(self.people[customer]))

    # --- what happened ---------------------------------------------------------------------------------------------------

    def _entries(self) -> None:
        """Everybody enters customers on some dozen days of the year, most of them long ago."""
        total = sum(SELLERS.values())
        days: dict[str, list[int]] = {login: [] for login in SELLERS}
        for login, share in SELLERS.items():
            wanted = round(COUNT * share / total)
            entry_days = sorted({int(3 + 360 * self.dice.random() ** 0.7) for _n in range(13)}, reverse=True)
            for _n in range(wanted):
                days[login].append(self.dice.choice(entry_days))
        plan = sorted({(-ago, login) for login, found in days.items() for ago in found})
        for ago, login in plan:
            moment = self.moment(-ago)
            rows = [self.firms.firm() for _n in range(days[login].count(-ago))]
            shown = login == CHIEF and not self.owned[CHIEF]
            if shown:
                rows[0] = showcase.firm(self.firms)
            with self.at(moment, login):
                ids = self.customers.write(rows)
                people = [self.firms.people(i, row["email"].partition("@")[2]) for i, row in zip(ids, rows, strict=True)]
                if shown:
                    people[0] = showcase.people(self.firms, ids[0])
                with system_scope("private facts in the demo"):
                    self.contacts.write([person for group in people for person in group])
            self.names.update({i: row["name"] for i, row in zip(ids, rows, strict=True)})
            self.owned[login] += [(i, moment.date()) for i in ids]

    def _tags(self) -> None:
        everybody = [i for found in self.owned.values() for i, _day in found]
        for number, name in enumerate(text.TAGS):
            chosen = self.dice.sample(everybody, self.dice.randint(8, 40))
            with self.at(self.moment(9 - number // 2), CHIEF):
                self.customers.run("tag", chosen, {"tags": [name]})

    def _changes(self) -> None:
        """Facts move on: a potential customer buys, a number changes, a firm gets a new head."""
        rows = {r.id: r for r in session.execute(sa.select(Customer.id, Customer.standing, Customer.phone))}
        for login, found in self.owned.items():
            for _n in range(9):
                ago = self.dice.randint(1, 200)
                known = [i for i, day in (found[1:] if login == CHIEF else found) if day < self.make.day(-ago - 7)]
                changes = []
                for i in self.dice.sample(known, min(len(known), self.dice.randint(1, 3))):
                    new: dict[str, Any] = {"id": i}
                    what = self.dice.random()
                    if what < 0.4 and rows[i].standing == "potential":
                        new.update(standing="customer", customer_kind="old")
                    elif what < 0.6:
                        new.update(legal_representative=self.firms.name()[0])
                    elif what < 0.8:
                        new.update(phone=self.firms.phone((rows[i].phone or "").partition("-")[0]))
                    else:
                        new.update(size=self.dice.choice(("large", "medium", "small")))
                    changes.append(new)
                if changes:
                    with self.at(self.moment(ago), login):
                        self.customers.write(changes)

    def _notes(self) -> None:
        """What was said over the year; who was there is in the words."""
        made = []
        for login, found in self.owned.items():
            for customer, day in found[1:] if login == CHIEF else found:  # the first has a story of its own
                age = (self.make.today - day).days
                for _n in range(min(8, int(self.dice.expovariate(0.4)))):
                    at = self.moment(self.dice.randint(1, max(2, age - 1))).astimezone(dt.UTC)
                    words = self.dice.choice(text.NOTES).format(who=self.who(customer), company=self.names[customer])
                    made.append(Note(
                        customer_id=customer, subject="core.customer", subject_id=customer, kind=text.kind_of(words), body=words, mentions=[],
                        created_at=max(at, dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)), created_by_id=self.users[login],
                    ))
        made.sort(key=lambda note: note.created_at)
        for start in range(0, len(made), 100):  # sets of this size are found by search at once
            session.add_all(made[start : start + 100])
            session.flush()

    def _done_tasks(self) -> None:
        """Tasks of the past months that were done."""
        for login, found in self.owned.items():
            for _n in range(4):
                ago = self.dice.randint(4, 120)
                known = [i for i, day in found if day < self.make.day(-ago)]
                if len(known) < 3:
                    continue
                with self.at(self.moment(ago), login):
                    ids = self.registry.resource("core.task").write([self._task(i, -ago + 3) for i in self.dice.sample(known, 3)])
                with self.at(self.moment(ago - 3), login):
                    self.registry.resource("core.task").run("done", ids)

    def _task(self, customer: int, day: int, **more: Any) -> dict[str, Any]:
        return {"title": self.dice.choice(text.TASKS), "due": self.make.day(day), "subject": "core.customer", "subject_id": customer, **more}

    def _lately(self) -> None:
        """The last days: everybody's open tasks, what the chief handed out, mentions, and messages read up to yesterday."""
        for login, found in self.owned.items():
            mine = self.dice.sample([i for i, _day in found[1:]], min(9, len(found) - 1))
            dues = (-2, -1, 0, 0, 1, 3, 5, 9, 16)
            rows = [self._task(i, due, due_time=("10:30" if n == 2 else None)) for n, (i, due) in enumerate(zip(mine, dues, strict=False))]
            with self.at(self.moment(4), login):
                self.registry.resource("core.task").write(rows)
        for login in ("lina", "liuyang", "wujiaqi"):
            with self.at(self.moment(2, 9.2), CHIEF):
                customer = self.owned[login][-1][0]
                tasks.give("联系客户确认春糖会参展意向", receiver=self.users[login], due=self.make.day(2), about=("core.customer", customer))
        for number, login in enumerate(("lina", "wujiaqi", "liuyang", "zhouting")):
            customer = self.owned[login][number][0]
            words = text.MENTIONS[number].format(colleague="陈晓燕")
            with self.at(self.moment(3 - number // 2, 8.8 + number), login):
                notes.add_note("core.customer", customer, words, mentions=[self.users[CHIEF]])
            if number == 1:
                with self.at(self.moment(2, 18.5), CHIEF):
                    messages.read_all()
