"""What follows from appointments: how long they are, what of others' invitations may be changed, which rooms are free."""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.calendar.models import Appointment, Guest, Room, State
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped

NAME, ROOM = "core.appointment", "core.room"
HOUR = dt.timedelta(hours=1)
LONGEST = dt.timedelta(days=366)
SUGGESTED = 4  # free rooms that are named
CLASHES = 20  # days of a series that are named, where its room is taken
LOOKED_AGAIN = ("title", "begins", "ends", "room_id", "place", "text", "state")  # who has accepted must hear of it
_appointments, _guests, _rooms = (table_of(model) for model in (Appointment, Guest, Room))
Rows = list[dict[str, Any]]
Before = Mapping[int, Mapping[str, Any]]


def follow(rows: Rows, before: Before) -> None:
    """An hour where no end is said; moved as a whole where only its beginning is; raised where who accepted must look again."""
    for row in rows:
        old = before.get(row.get("id", 0))
        begins = row.get("begins")
        _reminder(row, old or {})
        if old is None:
            row["zone"] = row.get("zone") or str(clock.zone())
            row["uid"] = row.get("uid") or f"{secrets.token_hex(16)}@tangram-crm"
            if begins is not None and row.get("ends") is None:
                row["ends"] = begins + HOUR
            continue
        if begins is not None and begins != old["begins"]:
            row["zone"] = str(clock.zone())
            # Forms, and what follows other calendars, say both: there an end that stays is meant, if it can be.
            both = "ends" in row or current_work().session.system
            if row.get("ends", old["ends"]) == old["ends"] and (not both or begins >= old["ends"]):
                row["ends"] = begins + (old["ends"] - old["begins"])
        if "ends" in row and row["ends"] is None:
            row["ends"] = (begins or old["begins"]) + HOUR
        if old["of_id"] is None and old["organizer"] is None and any(row.get(name, old[name]) != old[name] for name in LOOKED_AGAIN):
            row["sequence"] = old["sequence"] + 1


def _reminder(row: dict[str, Any], old: Mapping[str, Any]) -> None:
    """When to remind, whenever something it hangs on changes. A moment that has passed reminds nobody."""
    now = {**old, **row}
    if all(now.get(name) == old.get(name) for name in ("begins", "remind", "state")):
        return
    asked = now.get("remind") is not None and now.get("begins") is not None and now.get("state") in (None, State.planned)
    at = now["begins"] - dt.timedelta(minutes=now["remind"]) if asked else None
    row["remind_at"] = at if at is not None and at > clock.now() else None


def faults(rows: Rows, before: Before) -> dict[int, dict[str, list[Any]]]:
    """What cannot be: an end before its beginning, a room out of use, an invitation written over by who was invited."""
    found: dict[int, dict[str, list[Any]]] = {}
    rooms = {row["room_id"] for row in rows if row.get("room_id") is not None}
    closed = set(session.scalars(sa.select(Room.id).where(Room.id.in_(rooms), Room.active.is_(False)))) if rooms else set()
    for i, row in enumerate(rows):
        old = before.get(row.get("id", 0), {})
        now = {**old, **row}
        if old and not current_work().session.system and (old["of_id"] is not None or old["organizer"] is not None):
            wrong = [n for n in (*LOOKED_AGAIN, "subject", "subject_id") if n in row and row[n] != old[n]]
            if wrong:
                found[i] = {n.removesuffix("_id"): [_("Who invited you plans this; answer the invitation instead.")] for n in wrong}
                continue
        begins, ends = now.get("begins"), now.get("ends")
        if begins is not None and ends is not None and ends <= begins:
            found[i] = {"ends": [_("It ends before it begins.")]}
        elif begins is not None and ends is not None and ends - begins > LONGEST:
            found[i] = {"ends": [_("An appointment is a year long at most.")]}
        if row.get("room_id") in closed and row["room_id"] != old.get("room_id"):
            found.setdefault(i, {})["room"] = [_("This room cannot be booked now.")]
    return found


# --- rooms -------------------------------------------------------------------------------------------------------------


def hold_rooms(ids: Sequence[int]) -> None:
    """Nobody has a room that somebody else has at that time. Asked after the rows were written, however they were, with their rooms
    held: of two who book at once the second waits here, and sees the first. Raises Invalid, naming who has it."""
    mine = _appointments.alias()
    rooms = sorted({one for one in _free(sa.select(mine.c.room_id).where(mine.c.id.in_(ids), mine.c.room_id.is_not(None))).scalars()})
    if not rooms:
        return
    # Not FOR UPDATE: a booking holds a share of its room's key already, and two of them would wait for each other for ever.
    _free(sa.select(_rooms.c.id).where(_rooms.c.id.in_(rooms)).order_by(_rooms.c.id).with_for_update(key_share=True)).all()
    other = _appointments
    clashes = _free(
        sa.select(mine.c.room_id, mine.c.begins.label("since"), mine.c.ends.label("until"), other.c.begins, other.c.ends, other.c.owner_id)
        .where(mine.c.id.in_(ids), other.c.room_id == mine.c.room_id, other.c.id != mine.c.id, other.c.begins < mine.c.ends, other.c.ends > mine.c.begins,
               *_takes(mine), *_takes(other)).order_by(other.c.begins).limit(CLASHES + 1)).all()
    if not clashes:
        return
    taken = clashes[0]
    who = site().registry.resource("core.user").labels({taken.owner_id}).get(taken.owner_id) or _("somebody")
    said = _("%(who)s has this room from %(begins)s to %(ends)s.", who=who, begins=said_time(taken.begins), ends=f"{clock.local(taken.ends):%H:%M}")
    others = "、".join(room.name for room in free_rooms(taken.since, taken.until)[:SUGGESTED])
    days = list(dict.fromkeys(said_time(one.since)[:10] for one in clashes))
    if len(days) > 1:
        more = "…" if len(clashes) > CLASHES else ""
        said = _("The room is taken on these days: %(days)s%(more)s. First: %(said)s", days=days[:CLASHES], more=more, said=said)
    raise Invalid({"room": [said, *([_("Free then: %(rooms)s", rooms=others)] if others else [])]})


def said_time(moment: dt.datetime) -> str:
    """A day and hour on the reader's clock."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def free_rooms(begins: dt.datetime, ends: dt.datetime, seats: int = 0) -> list[Any]:
    """The rooms one may see that are free all that time, the smallest that is large enough first."""
    busy = taken(None, begins, ends)
    query = sa.select(Room).where(Room.active, sa.or_(Room.seats.is_(None), Room.seats >= seats) if seats else sa.true())
    rooms = session.scalars(query.order_by(Room.seats.is_(None), Room.seats, Room.id).limit(500))
    return [room for room in rooms if room.id not in busy]


def booked(room: int, begins: dt.datetime, ends: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """When a room is taken in this time; nobody else books it until the transaction ends."""
    _free(sa.select(_rooms.c.id).where(_rooms.c.id == room).with_for_update(key_share=True)).all()
    a = _appointments.c
    return [(one.begins, one.ends) for one in _free(sa.select(a.begins, a.ends).where(a.room_id == room, a.begins < ends, a.ends > begins, *_takes(_appointments)))]


def taken(rooms: Sequence[int] | None, begins: dt.datetime, ends: dt.datetime) -> set[int]:
    """Which of these rooms (None: of all) somebody has at that time, whatever one may read of his appointment."""
    c = _appointments.c
    which = c.room_id.in_(rooms) if rooms is not None else c.room_id.is_not(None)
    return set(_free(sa.select(c.room_id).where(which, c.begins < ends, c.ends > begins, *_takes(_appointments))).scalars())


def _takes(table: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.state == State.planned, table.c.deleted_at.is_(None)


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("who has a room"))


# --- my calendar to others ---------------------------------------------------------------------------------------------


def between(people: Iterable[int], rooms: Iterable[int], begins: dt.datetime, ends: dt.datetime, most: int) -> list[Any]:
    """The appointments of these people and in these rooms that touch this time, whatever anybody's rights: what of it is shown is for
    the caller to say (views.py). What was declined, called off or not accepted from outside is in nobody's way."""
    a = _appointments.c
    query = sa.select(_appointments).where(
        sa.or_(a.owner_id.in_(sorted(set(people))), a.room_id.in_(sorted(set(rooms)))), a.begins < ends, a.ends > begins, *_takes(_appointments),
        sa.or_(a.answer.is_(None), sa.and_(a.answer != "declined", sa.or_(a.organizer.is_(None), a.answer != "asked"))))
    return list(_free(query.order_by(a.begins, a.id).limit(most)))
