"""Appointments that repeat. Each time of a series is an appointment of its own, made for a year ahead and a day more every day, so that
rooms, busy times, guests, reminders, history and undo are those of any appointment. A change is for one day (which from then on
stands for itself), for this one and all that follow, or for the whole series."""

import datetime as dt
import enum
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.calendar import rhythm
from crm_core.features.calendar.events import Planned
from crm_core.features.calendar.guests import GROWN
from crm_core.features.calendar.models import REACHES, Appointment, Guest, Reach, Series, State
from crm_core.features.calendar.services import NAME
from crm_core.features.tasks.api import repeats
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.resource.fields import EnumField

AHEAD = dt.timedelta(days=366)
TOGETHER = 5_000  # entries in all calendars that are made at once
CONTENT = ("title", "room_id", "place", "text", "closed", "subject", "subject_id", "remind", "custom")  # what the days of a series share, beside their hour
WHOSE = ("owner_id", "department_id", "team_id", "zone", "account_id")
BUSY = "calendar.series"  # of a piece of work: days of a series are written as one
_appointments, _guests, _series = (table_of(model) for model in (Appointment, Guest, Series))
Key = tuple[int | None, int | None, str | None]

FIELDS = tuple(replace(one, help=_("With “weekly”: such as Mon, Thu, its own day among them. Empty: its own day.")) if one.name == "days" else one for one in repeats.FIELDS)


class Ends(enum.StrEnum):
    """What of a series ends."""

    following = "following"
    all = "all"


END_FIELDS = (EnumField(name="reach", column="", label=_("What ends"), members=Ends, labels=REACHES, required=True, default=Ends.following),)


def may_plan(row: Any) -> bool:
    """Whether it is one's own and stands."""
    return row.answer is None and row.state == State.planned


def may_end(row: Any) -> bool:
    """Whether it is a day of a series of one's own."""
    return row.answer is None and row.series_id is not None


@contextmanager
def together() -> Iterator[None]:
    """Days of a series are written: none of them is changed for itself."""
    info = current_work().info
    was, info[BUSY] = info.get(BUSY), True
    try:
        yield
    finally:
        info[BUSY] = was


def busy() -> bool:
    return bool(current_work().info.get(BUSY))


# --- planned and ended -------------------------------------------------------------------------------------------------


def repeat(row: Any, how: repeats.How, every: int | None = None, days: str | None = None, until: dt.date | None = None, count: int | None = None) -> None:
    """Let an appointment repeat; of a series, this day and all that follow repeat otherwise, or not any more. Raises Invalid: what cannot
    be, and on which days its room is taken."""
    if until is not None and count is not None:
        raise Invalid({"count": [_("Either a day or a number of times.")]})
    zone = row.zone or str(clock.zone())
    start = rhythm.wall(row.begins, zone)
    if how != repeats.How.never:
        if until is not None and until < start.date():
            raise Invalid({"until": [_("This is before the first day.")]})
        if how == repeats.How.weekly and days and repeats.DAYS[start.weekday()] not in days.split(","):
            raise Invalid({"days": [_("The day of this appointment must be among them.")]})
    with together():
        first = row.series_id is None
        if not first:
            _cut(row)
        if how == repeats.How.never:
            _alone(row)
            return
        rule = repeats.rule(how, start.date(), every or 1, days, until, count)
        series = _new(row.uid if first else None, row.sequence + 1 if first else 0)
        try:
            _begin(row, series, rule, zone, start)
        except Invalid as bad:  # its room, which this act does not ask for
            raise Invalid({"how": [*bad.fields.get("how", ()), *bad.fields.get("room", ())]}) if "room" in bad.fields else bad from None


def end(row: Any, reach: Ends) -> None:
    """Take this day and all that follow out of the calendars, or the whole series."""
    mine = _days(row.series_id)
    with together():
        earlier = [one for one in mine if one.slot < row.slot]
        gone = mine if reach == Ends.all else [one for one in mine if one.slot >= row.slot]
        if reach != Ends.all and earlier:
            _shorten(earlier, row)
        site().registry.resource(NAME).delete([one.id for one in gone])
        emit(Planned((), (row.series_id,)))


def _cut(row: Any) -> None:
    """The days before one end their series with the last of them; those after it go."""
    mine = _days(row.series_id)
    _shorten([one for one in mine if one.slot < row.slot], row)
    gone = [one.id for one in mine if one.slot > row.slot]
    if gone:
        site().registry.resource(NAME).delete(gone)
    emit(Planned((), (row.series_id,)))


def _shorten(earlier: Sequence[Any], row: Any) -> None:
    for one in earlier:
        one.repeat = rhythm.ended(one.repeat, rhythm.wall(row.slot, one.zone).date() - dt.timedelta(days=1))
    session.flush()


def _alone(row: Any) -> None:
    """Out of its series; guests outside hear of it under a name of its own."""
    if row.series_id is None:
        raise Refused(_("This appointment does not repeat."))
    row.series_id = row.slot = row.repeat = None
    row.apart, row.uid, row.sequence = False, _name(), 0
    _anew([row.id])
    session.flush()


def _anew(ids: Sequence[int]) -> None:
    _free(sa.update(_guests).where(_guests.c.appointment_id.in_(ids), _guests.c.sent >= 0).values(sent=-1))


def _begin(row: Any, series: Series, rule: str, zone: str, start: dt.datetime) -> None:
    until = max(clock.today(), start.date()) + AHEAD
    times = rhythm.slots(rule, start, zone, until)
    row.zone, row.series_id, row.slot, row.repeat, row.apart = zone, series.id, times[0], rule, False
    series.made_until = until
    session.flush()
    make(row, series, times[1:])


def make(row: Any, series: Series, times: Sequence[dt.datetime], rooms: Sequence[int | None] = ()) -> list[Any]:
    """Days like this one, at these times, with its guests. `rooms`: of each, where they are not the same."""
    guests = session.scalars(sa.select(Guest).where(Guest.appointment_id == row.id).order_by(Guest.id)).all()
    if len(times) * (1 + len(guests)) > TOGETHER:
        raise Invalid({"how": [_("These are too many entries at once (%(n)s): let it repeat for a shorter time, or invite fewer.", n=len(times) * (1 + len(guests)))]})
    length = row.ends - row.begins
    shared = {name: getattr(row, name) for name in (*CONTENT, *WHOSE)}
    made = [Appointment(**{**shared, **({"room_id": rooms[n]} if rooms else {})}, begins=at, ends=at + length, slot=at, series_id=series.id, repeat=row.repeat, uid=_name())
            for n, at in enumerate(times)]
    session.add_all(made)
    session.flush()
    grown = current_work().info.get(GROWN) is not None  # who was invited is so to these days, and has answered
    session.add_all([
        Guest(appointment_id=one.id, user_id=guest.user_id, contact_id=guest.contact_id, address=guest.address, **({"answer": guest.answer, "sent": guest.sent} if grown else {}))
        for one in made for guest in guests])
    session.flush()
    return made


def _new(uid: str | None = None, sequence: int = 0) -> Series:
    made = Series(uid=uid or _name(), made_until=clock.today(), sequence=sequence, told={})
    session.add(made)
    session.flush()
    return made


def _name() -> str:
    return f"{secrets.token_hex(16)}@tangram-crm"


def _days(series: int) -> list[Any]:
    """The days of a series as they stand now."""
    query = sa.select(Appointment).where(Appointment.series_id == series, Appointment.of_id.is_(None)).order_by(Appointment.slot, Appointment.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


# --- a change for more than one day ------------------------------------------------------------------------------------


def asked(rows: Sequence[dict[str, Any]], before: Any) -> None:
    """Part of what follows from rows about to be written: for which days a change is, and that one changed by itself stands for itself."""
    wanted: dict[int, Reach] = current_work().info.setdefault("calendar.reach", {})
    for row in rows:
        reach = row.pop("reach", None)
        old = before.get(row.get("id", 0))
        if old is None:
            row["reach"] = Reach.one
        if old is None or old["series_id"] is None or old["of_id"] is not None or old["organizer"] is not None or busy():
            continue
        if reach in (Reach.following, Reach.all):
            wanted[row["id"]] = Reach(reach)
        elif any(row.get(name, old.get(name)) != old.get(name) for name in (*CONTENT, "begins", "ends") if name != "custom"):
            row["apart"] = True


def wanted(ids: Sequence[int]) -> dict[int, Reach]:
    """Of these that were written, those whose change is for more days; told once."""
    kept: dict[int, Reach] = current_work().info.get("calendar.reach", {})
    return {one: kept.pop(one) for one in ids if one in kept}


def stands_alone(lines: Sequence[int]) -> None:
    """A day whose list of guests was changed by itself."""
    of = sa.select(_guests.c.appointment_id).where(_guests.c.id.in_(lines))
    kept: dict[int, Reach] = current_work().info.get("calendar.reach", {})
    a = _appointments.c
    _free(sa.update(_appointments).where(a.id.in_(of), a.series_id.is_not(None), a.id.not_in(list(kept)), a.apart.is_(False)).values(apart=True))


def spread(number: int, reach: Reach) -> None:
    """As this day is now, so are those that follow or all of its series, but for what was changed by itself. Moved by days, its rhythm
    moves along."""
    with together():
        row: Any = session.get_one(Appointment, number, populate_existing=True)
        mine = _days(row.series_id)
        earlier = [one for one in mine if one.slot < row.slot] if reach == Reach.following else []
        old, first = row.series_id, mine[0]
        was, now = rhythm.wall(row.slot, first.zone), rhythm.wall(row.begins, row.zone)
        rule = rhythm.shifted(row.repeat, was.date(), now.date())
        begins = now if earlier else rhythm.wall(first_slot(old), first.zone) + (now - was)
        if earlier:
            gone = _count(old, row.slot)
            _shorten(earlier, row)
            rule = rhythm.later(rule, gone)
        left = [one for one in _every(old) if not earlier or one.slot >= row.slot]
        last = _made_until(old)
        times = rhythm.slots(rule, rhythm.base(rule, begins) if rule != row.repeat else begins, row.zone, last + dt.timedelta(days=40))
        times = [one for one in times if rhythm.wall(one, row.zone).date() >= begins.date()][: len(left)]
        series = old
        if earlier:
            made = _new()
            made.made_until, series = last, made.id
        _place(row, {one.id: one for one in mine}, left, times, series, rule)
        emit(Planned((), tuple({old, series})))


def _place(row: Any, known: dict[int, Any], left: Sequence[Any], times: Sequence[dt.datetime], series: int, rule: str) -> None:
    length, alike = row.ends - row.begins, []
    for one, at in zip(left, times, strict=False):
        day = known.get(one.id)
        if day is None:  # in the recycle bin: it keeps its place in the rhythm
            _free(sa.update(_appointments).where(_appointments.c.id == one.id).values(series_id=series, slot=at))
            continue
        day.series_id, day.slot, day.repeat = series, at, rule
        if day is row:
            day.apart = day.begins != at
        elif not day.apart:
            for name in (*CONTENT, "zone"):
                if getattr(day, name) != getattr(row, name):
                    setattr(day, name, getattr(row, name))
            if (day.begins, day.ends) != (at, at + length):
                day.begins, day.ends = at, at + length
            alike.append(day)
    gone = [known[one.id].id for one in left[len(times):] if one.id in known]
    session.flush()
    _guests_of(row, alike)
    if gone:
        site().registry.resource(NAME).delete(gone)


def _guests_of(row: Any, days: Sequence[Any]) -> None:
    """Whoever is invited to this day is to those, and nobody else."""
    lines: dict[int, dict[Key, Any]] = {one.id: {} for one in (row, *days)}
    for guest in session.scalars(sa.select(Guest).where(Guest.appointment_id.in_(list(lines))).order_by(Guest.id)):
        lines[guest.appointment_id][guest.user_id, guest.contact_id, guest.address] = guest
    mine = lines.pop(row.id)
    lists = []
    for number, have in lines.items():
        if have.keys() != mine.keys():
            lists.append({"id": number, "items": [{"id": have[key].id} if key in have else {"user": key[0], "contact": key[1], "address": key[2]} for key in mine]})
    if lists:
        site().registry.resource(NAME).write(lists)


def _every(series: int) -> list[Any]:
    """The days of a series, those in the recycle bin too."""
    a = _appointments.c
    return list(_free(sa.select(a.id, a.slot).where(a.series_id == series, a.of_id.is_(None)).order_by(a.slot, a.id)))


def first_slot(series: int) -> dt.datetime:
    """The moment of its first day, whatever became of that."""
    a = _appointments.c
    found: dt.datetime = _free(sa.select(a.slot).where(a.series_id == series, a.of_id.is_(None)).order_by(a.slot).limit(1)).scalar_one()
    return found


def _count(series: int, before: dt.datetime) -> int:
    a = _appointments.c
    return int(_free(sa.select(sa.func.count()).where(a.series_id == series, a.of_id.is_(None), a.slot < before)).scalar_one())


def _made_until(series: int) -> dt.date:
    found: dt.date = _free(sa.select(_series.c.made_until).where(_series.c.id == series)).scalar_one()
    return found


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("days of a series"))
