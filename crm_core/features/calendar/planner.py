"""Whose calendar is looked at, and what of it: the appointments and tasks of people, the bookings of rooms, for some days.

Who may see an appointment by his rights sees it whole; so does everybody where its owner keeps his calendar open, and a superior of
those who report to him. Others see that he is busy, or nothing where he keeps it closed. Private ones are their owner's.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines
from crm_core.access.models import User
from crm_core.data.session import session, system_scope
from crm_core.features.calendar import services
from crm_core.features.calendar.models import Appointment, Room
from crm_core.features.tasks.api import Task, told
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import boards, feeds
from crm_core.text.hours import minute
from crm_core.web import settings

KEPT = "calendar"  # of a person's preferences: how he shows it, and whose he looks at
CLOSED, BUSY, OPEN = "closed", "busy", "open"
SHOWN = {BUSY: _("Busy times only"), OPEN: _("All details"), CLOSED: _("Nothing at all")}
PEOPLE, ROOMS = 30, 50  # side by side
MOST = 2_000  # appointments of the days looked at, and as many tasks


@dataclass(frozen=True)
class Person:
    """Whose calendar it is, and how much of it its owner shows to everybody."""

    id: int
    name: str
    shows: str


@dataclass(frozen=True)
class Item:
    """Something in a calendar; `title` is empty where its reader only knows that somebody is busy. `row` is of what record, if any."""

    key: str  # u7 or r3: whose calendar
    begins: dt.datetime | None  # none: the whole day `on`
    ends: dt.datetime | None
    on: dt.date
    title: str
    url: str = ""
    task: int | None = None
    row: int | None = None
    movable: bool = False
    answer: str = ""
    private: bool = False


def wanted(text: Iterable[str]) -> list[int]:
    """The people of an address, or those one looked at last; oneself first, and always."""
    me: int = actor().user_id
    said = [int(one) for one in text if one.isascii() and one.isdigit() and len(one) < 19]
    return list(dict.fromkeys([me, *said]))[:PEOPLE]


def kept() -> dict[str, Any]:
    """What one has settled about one's calendar."""
    found = settings.mine().get(KEPT)
    return found if isinstance(found, dict) else {}


def people(ids: Sequence[int]) -> list[Person]:
    """Those of these people who are there, in this order, whatever one may read of their accounts. One statement."""
    with system_scope("whose calendars are looked at") as db:
        rows = {row.id: row for row in db.execute(sa.select(User.id, User.name, User.preferences).where(User.id.in_(ids), User.active.is_(True), User.deleted_at.is_(None)))}
    return [Person(i, rows[i].name, _shows(rows[i].preferences)) for i in ids if i in rows]


def _shows(preferences: Mapping[str, Any] | None) -> str:
    found = (preferences or {}).get(KEPT)
    said = found.get("shows") if isinstance(found, dict) else None
    return said if said in SHOWN else BUSY


def rooms() -> list[Any]:
    """The rooms that can be booked."""
    return list(session.scalars(sa.select(Room).where(Room.active).order_by(Room.name_key, Room.id).limit(ROOMS)))


def items(who: Sequence[Person], which: Sequence[Any], first: dt.date, last: dt.date) -> tuple[list[Item], bool]:
    """What stands in these calendars from the first to the last of these days, by time; and whether there is more. A fixed number of
    statements, however many people and appointments."""
    begins, ends = clock.instant(first), clock.instant(last + dt.timedelta(days=1))
    found = services.between([one.id for one in who], [room.id for room in which], begins, ends, MOST + 1)
    rows, more = found[:MOST], len(found) > MOST
    made = [*_appointments(rows, who, which), *_tasks(who, first, last), *_own(first, last)]
    return sorted(made, key=lambda one: (one.on, one.begins is not None, one.begins or begins, one.title)), more


def _appointments(rows: Sequence[Any], who: Sequence[Person], which: Sequence[Any]) -> Iterable[Item]:
    resource, me = site().registry.resource(services.NAME), actor().user_id
    ids = [row.id for row in rows]
    seen = set(session.scalars(sa.select(Appointment.id).where(Appointment.id.in_(ids)))) if ids and resource.may("read") else set()
    fields = resource.fields()
    mine = boards.movable(resource, fields["begins"], [row.id for row in rows if row.answer is None]) if "begins" in fields else set()
    below = set(lines.reports_of(me))
    asked, booked = {one.id: one for one in who}, {room.id for room in which}
    names = site().registry.resource("core.user").labels({row.owner_id for row in rows if row.room_id in booked}) if booked else {}
    for row in rows:
        person = asked.get(row.owner_id)
        whole = row.owner_id == me or (not row.closed and (row.id in seen or row.owner_id in below or (person is not None and person.shows == OPEN)))
        title = row.title if whole and ("title" in fields or row.owner_id == me) else ""
        url = f"/core/appointment/{row.id}" if row.id in seen and whole else ""
        rest: dict[str, Any] = {"url": url, "row": row.id if url else None, "movable": row.id in mine and whole, "answer": (row.answer or "") if whole else "", "private": row.closed and whole}
        on = clock.local(row.begins).date()
        if person is not None and (whole or person.shows != CLOSED):
            yield Item(f"u{row.owner_id}", row.begins, row.ends, on, title, **rest)
        if row.room_id in booked:  # who has a room is no secret, what for is
            yield Item(f"r{row.room_id}", row.begins, row.ends, on, " · ".join(filter(None, (names.get(row.owner_id, ""), title))), **rest)


def _tasks(who: Sequence[Person], first: dt.date, last: dt.date) -> Iterable[Item]:
    """Open tasks one may see, on the days they are due."""
    resource = site().registry.resource("core.task")
    fields = resource.fields()
    if not resource.may("read") or "due" not in fields:
        return
    query = sa.select(Task.id, Task.title, Task.due, Task.due_time, Task.owner_id).where(
        Task.owner_id.in_([one.id for one in who]), Task.done_at.is_(None), Task.due.between(first, last))
    rows = list(session.execute(query.order_by(Task.due, Task.id).limit(MOST)))
    mine = boards.movable(resource, fields["due"], [row.id for row in rows])
    for row in rows:
        due, hour = told(row.due, row.due_time)
        at = clock.instant(row.due, dt.time(*divmod(minute(hour), 60))) if due and hour else None
        yield Item(f"u{row.owner_id}", at, None, row.due, row.title, f"/core/task/{row.id}", task=row.id, movable=row.id in mine)


def _own(first: dt.date, last: dt.date) -> Iterable[Item]:
    """What other features say of one's own days (birthdays, visits)."""
    me = f"u{actor().user_id}"
    for source in feeds.sources:
        for one in source(first, last):
            if not one.uid.startswith(("task-", "appointment-")):
                yield Item(me, one.at, None, one.on, one.title, one.url)
