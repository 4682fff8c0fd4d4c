"""Colleagues who are invited: each gets an appointment of his own, which follows the one it is an invitation to; what he answers
stands there and with who invited him."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope
from crm_core.data.wall import DELETED
from crm_core.features.calendar.events import Answered, Planned
from crm_core.features.calendar.models import ANSWERS, OFF, Answer, Appointment, Guest, Room, State
from crm_core.features.calendar.services import NAME
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.events import emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource.changes import change, unscoped

_guests, _users, _rooms, _appointments = (table_of(model) for model in (Guest, User, Room, Appointment))
MOST = 100  # guests of an appointment: each may be a mail
CARRIED = ("title", "begins", "ends", "text", "closed", "zone", "subject", "subject_id", "repeat", "series_id", "slot")
GROWN = "calendar.grown"  # of a piece of work: what guests said to a series that gets more days, by person; nobody is told


def follow_lists(ids: Sequence[int]) -> None:
    """The same for the appointments these lines of guests belong to."""
    follow(sorted(set(_free(sa.select(_guests.c.appointment_id).where(_guests.c.id.in_(ids))).scalars())))


def follow(ids: Sequence[int]) -> None:
    """The appointments of who is invited to these, as they are now; who must hear of it hears. Inside the transaction that wrote them."""
    own = _free(sa.select(_appointments).where(_appointments.c.id.in_(ids), _appointments.c.of_id.is_(None), _appointments.c.organizer.is_(None))).all()
    if not own:
        return
    numbers = [one.id for one in own]
    guests: dict[int, dict[int, Any]] = {one: {} for one in numbers}
    by_mail: dict[int, list[Any]] = {}
    for guest in _free(sa.select(_guests).where(_guests.c.appointment_id.in_(numbers)).order_by(_guests.c.id)):
        if guest.user_id is None:
            by_mail.setdefault(guest.appointment_id, []).append(guest)
        elif guest.deleted_at is None:
            guests[guest.appointment_id][guest.user_id] = guest
    with change("invite", resource=NAME) as number, system_scope("invitations of colleagues") as db:
        copies = {(one.of_id, one.owner_id): one for one in db.scalars(sa.select(Appointment).where(Appointment.of_id.in_(numbers)), execution_options={DELETED: True})}
        _put(db, own, guests, copies, _Told(number))
    for one in own:
        newest = _newest(one, by_mail.get(one.id, ()))
        if newest > one.sequence and one.series_id is None:
            _free(sa.update(_appointments).where(_appointments.c.id == one.id).values(sequence=newest))
    if by_mail:
        emit(Planned(tuple(sorted(one.id for one in own if one.id in by_mail and one.series_id is None)), tuple(sorted({one.series_id for one in own if one.id in by_mail and one.series_id}))))


def _newest(one: Any, guests: Sequence[Any]) -> int:
    """The sequence an appointment must have: a change that had left and was taken back took its number along, and programs hear nothing
    that is older than what they heard last."""
    stands = one.state == State.planned and one.deleted_at is None
    alive = [guest for guest in guests if guest.deleted_at is None]
    last = max((guest.sent for guest in guests), default=-1)
    return int(last + 1 if last > one.sequence else one.sequence + 2 if stands and alive and all(guest.sent == OFF for guest in alive) else one.sequence)


def _put(db: Any, own: Sequence[Any], guests: Mapping[int, Mapping[int, Any]], copies: Mapping[tuple[int | None, int | None], Any], told: "_Told") -> None:
    people = {who for found in guests.values() for who in found}
    homes = {row.id: row.department_id for row in db.execute(sa.select(User.id, User.department_id).where(User.id.in_(people)), execution_options={DELETED: True})} if people else {}
    places = _places({one.room_id for one in own if one.room_id is not None})
    grown: Mapping[int, Answer] | None = current_work().info.get(GROWN)
    new: list[tuple[Any, Any]] = []
    again: list[int] = []
    for one in own:
        stands = one.state == State.planned and one.deleted_at is None
        values = {**{name: getattr(one, name) for name in CARRIED}, "place": " · ".join(filter(None, (places.get(one.room_id), one.place)))[:255] or None}
        for who, guest in guests[one.id].items() if stands else ():
            if who == one.owner_id:
                continue
            copy = copies.get((one.id, who))
            if copy is None:
                copy = Appointment(of_id=one.id, uid=one.uid, owner_id=who, department_id=homes.get(who), answer=(grown or {}).get(who, Answer.asked), **values)
                db.add(copy)
                new.append((one, copy))
                continue
            moved = (copy.begins, copy.ends) != (one.begins, one.ends) or copy.state == State.cancelled
            for name, value in values.items():
                if getattr(copy, name) != value and (name != "closed" or value):  # what he keeps private stays so
                    setattr(copy, name, value)
            if moved:
                copy.state, copy.sequence = State.planned, one.sequence
            if moved and copy.deleted_at is None:
                copy.answer = Answer.asked
                again.append(guest.id)
                told.once(who, one, "moved", _("moved an appointment: %(title)s", title=one.title), copy.id)
        for (of, whose), copy in copies.items():
            if of == one.id and copy.state == State.planned and (not stands or whose not in guests[one.id]):
                copy.state = State.cancelled
                if copy.deleted_at is None:
                    told.once(whose, one, "off", _("called an appointment off: %(title)s", title=one.title), copy.id)
    db.flush()
    for one, copy in new if grown is None else ():
        said = _("invites you: %(title)s", title=one.title) if one.series_id is None else _("invites you to what repeats: %(title)s", title=one.title)
        told.once(copy.owner_id, one, "new", said, copy.id)
    if again:
        _free(sa.update(_guests).where(_guests.c.id.in_(again)).values(answer=Answer.asked, answered_at=None))


class _Told:
    """Of a series nobody is told the same of each of its days."""

    def __init__(self, number: int) -> None:
        self.number = number  # of the change
        self.said: set[tuple[Any, ...]] = current_work().info.setdefault("calendar.told", set())

    def once(self, who: int | None, one: Any, what: str, text: Any, about: int) -> None:
        key = (self.number, who, one.series_id, what)
        if one.series_id is None or key not in self.said:
            self.said.add(key)
            notify([who], text, about=(NAME, about))


def _places(rooms: set[int]) -> dict[int | None, str]:
    if not rooms:
        return {}
    return {row.id: row.name for row in _free(sa.select(_rooms.c.id, _rooms.c.name).where(_rooms.c.id.in_(rooms)))}


# --- what they answer --------------------------------------------------------------------------------------------------


def may_say(answer: Answer) -> Callable[[Any], bool]:
    """Whether this would be an answer to an invitation that stands, and another one than was given."""
    return lambda row: row.answer not in (None, answer) and row.state == State.planned


def accept(row: Any) -> None:
    say(row, Answer.accepted)


def perhaps(row: Any) -> None:
    say(row, Answer.tentative)


def decline(row: Any) -> None:
    say(row, Answer.declined)


def say(row: Any, answer: Answer) -> None:
    """The answer of who is invited: kept, told to the colleague who invites, or mailed to who does from outside. Raises Refused."""
    if row.answer is None:
        raise Refused(_("Nobody invited you to this."))
    if row.state != State.planned:
        raise Refused(_("This appointment has been called off."))
    row.answer = answer
    session.flush()
    if row.of_id is not None:
        _tell(row, answer)
    else:
        emit(Answered((row.id,)))


def _tell(row: Any, answer: Answer) -> None:
    """The colleague who invites reads it beside the name, and hears of it."""
    _free(sa.update(_guests).where(_guests.c.appointment_id == row.of_id, _guests.c.user_id == row.owner_id).values(answer=answer, answered_at=clock.now()))
    host = site().registry.resource(NAME).system_row(row.of_id)
    if host is not None:
        notify([host.owner_id], _("answers your invitation: %(answer)s, %(title)s", answer=ANSWERS[answer], title=row.title), about=(NAME, row.of_id))


def gone(ids: Sequence[int]) -> None:
    """Who throws a colleague's invitation away declines it; where it goes with a change that is taken back he hears of it."""
    a, me = _appointments.c, my_id()
    for row in _free(sa.select(_appointments).where(a.id.in_(ids), a.of_id.is_not(None), a.state == State.planned, a.answer != Answer.declined)).all():
        _tell(row, Answer.declined)
        if row.owner_id != me:
            notify([row.owner_id], _("called an appointment off: %(title)s", title=row.title), about=(NAME, row.id))


def answer_series(row: Any, answer: Answer) -> list[int]:
    """The same answer to every day of a series that is still to come; returns which were answered otherwise until now. Raises Refused."""
    if row.answer is None or row.series_id is None:
        raise Refused(_("Nobody invited you to this."))
    days = list(session.scalars(sa.select(Appointment).where(
        Appointment.series_id == row.series_id, Appointment.owner_id == row.owner_id, Appointment.state == State.planned, Appointment.answer.is_not(None),
        Appointment.answer != answer, Appointment.ends > clock.now()).order_by(Appointment.begins)))
    for one in days:
        one.answer = answer
    session.flush()
    of = [one.of_id for one in days if one.of_id is not None]
    if of:
        _free(sa.update(_guests).where(_guests.c.appointment_id.in_(of), _guests.c.user_id == row.owner_id).values(answer=answer, answered_at=clock.now()))
        host = site().registry.resource(NAME).system_row(of[0])
        if host is not None:
            notify([host.owner_id], _("answers your invitation to all days: %(answer)s, %(title)s", answer=ANSWERS[answer], title=row.title), about=(NAME, of[0]))
    return [one.id for one in days if one.of_id is None]


def call_off(row: Any) -> None:
    """It does not take place; everybody who is invited hears of it."""
    row.state = State.cancelled
    session.flush()


def may_call_off(row: Any) -> bool:
    """Whether it is one's own and stands."""
    return row.answer is None and row.state == State.planned


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("who is invited"))
