"""Series as they leave by mail: what a guest outside is to have of one is worked out anew whenever it changes, and sent where it is not
what he was sent last. So however a series was changed, taken back or ended, everybody is told of what is, in one mail."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.calendar import itip, rhythm
from crm_core.features.calendar.itip import Event
from crm_core.features.calendar.models import ANSWERS, Answer, Appointment, Guest, Room, Series, State
from crm_core.features.calendar.services import NAME, said_time
from crm_core.features.files import api as files
from crm_core.features.mail import api as mail
from crm_core.features.messages.api import notify
from crm_core.features.tasks.api import repeats
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.resource.changes import unscoped

_appointments, _guests, _rooms, _series = (table_of(model) for model in (Appointment, Guest, Room, Series))


class _Plan:
    """A series as it stands: its days, who is invited to which, the one the others are like."""

    def __init__(self, number: int) -> None:
        a, g = _appointments.c, _guests.c
        self.all = _free(sa.select(_appointments).where(a.series_id == number, a.of_id.is_(None), a.organizer.is_(None)).order_by(a.slot, a.id)).all()
        self.days = [one for one in self.all if one.deleted_at is None and one.state == State.planned]
        like = [one for one in self.days if not one.apart]
        self.master = like[-1] if like else None
        self.guests: dict[int, dict[str, Answer]] = {one.id: {} for one in self.all}
        ids = [one.id for one in self.days]
        for guest in _free(sa.select(g.appointment_id, g.address, g.answer).where(g.appointment_id.in_(ids), g.address.is_not(None), g.deleted_at.is_(None)).order_by(g.id)):
            self.guests[guest.appointment_id][guest.address] = Answer(guest.answer)
        rooms = {one.room_id for one in self.days if one.room_id is not None}
        self.rooms: Mapping[Any, str] = {row.id: row.name for row in _free(sa.select(_rooms.c.id, _rooms.c.name).where(_rooms.c.id.in_(rooms)))} if rooms else {}

    def place(self, one: Any) -> str:
        return " · ".join(filter(None, (self.rooms.get(one.room_id), one.place)))

    def addresses(self) -> list[str]:
        return list(dict.fromkeys(address for found in self.guests.values() for address in found))

    def events(self, address: str, made_until: Any) -> list[Event]:
        """What somebody is to have: the series with the days it lacks and those that are otherwise; or only some days."""
        with_him = {one.slot: one for one in self.days if address in self.guests[one.id]}
        if self.master is None or address not in self.guests[self.master.id]:
            return [self._day(one) for one in with_him.values()]
        like, zone = self.master, self.master.zone
        times = rhythm.slots(like.repeat, rhythm.wall(self.all[0].slot, zone), zone, made_until)
        first, length = times[0] if times else like.slot, like.ends - like.begins
        guests = self._people(like)
        found = [Event(like.title, first, first + length, guests, self.place(like), like.text or "", zone, like.repeat, [at for at in times if at not in with_him])]
        for one in with_him.values():
            same = one.begins == one.slot and one.ends - one.begins == length and self._said(one) == self._said(like) and self.guests[one.id].keys() == self.guests[like.id].keys()
            if not same:
                found.append(self._day(one))
        return found

    def _day(self, one: Any) -> Event:
        return Event(one.title, one.begins, one.ends, self._people(one), self.place(one), one.text or "", slot=one.slot)

    def _said(self, one: Any) -> tuple[Any, ...]:
        return one.title, self.place(one), one.text or ""

    def _people(self, one: Any) -> list[tuple[str, Answer]]:
        return list(self.guests[one.id].items())


def told(number: int) -> None:
    """Outside of transactions: write to the guests of a series who have not been told how it stands now."""
    series = _free(sa.select(_series).where(_series.c.id == number)).one_or_none()
    if series is None or series.source is not None:
        return
    plan = _Plan(number)
    if not plan.all or plan.all[0].owner_id is None:
        return
    due = []
    for address in dict.fromkeys([*series.told, *plan.addresses()]):
        events = plan.events(address, series.made_until)
        digest = _digest(events) if events else ""
        if digest != series.told.get(address, [0, ""])[1]:
            due.append((address, events, digest))
    if due:
        with clock.in_zone(plan.all[0].zone or "UTC"):
            _write(series, plan, due)


def _digest(events: Sequence[Event]) -> str:
    """Of what somebody is told, without what others answered."""
    told = [[one.title, one.begins.isoformat(), one.ends.isoformat(), one.place, one.text, one.zone, one.rule, [at.isoformat() for at in one.without],
             one.slot.isoformat() if one.slot else "", sorted(address for address, _answer in one.guests)] for one in events]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:20]


def _write(series: Any, plan: _Plan, due: Sequence[tuple[str, list[Event], str]]) -> None:
    owner = plan.all[0].owner_id
    try:
        account, organizer = mail.sender_of(owner)
    except Refused as refused:
        _fault(series, plan, due, str(refused.message))
        return
    sequence = series.sequence + 1 if series.told else series.sequence
    for address, events, digest in due:
        method = itip.REQUEST if events else itip.CANCEL
        had = bool(series.told.get(address, [0, ""])[1])
        if not events:
            like = plan.master or plan.all[-1]
            events = [Event(like.title, like.begins, like.ends, [(address, Answer.asked)])]
        if method == itip.REQUEST and (refusals := mail.unwanted({"receivers": address})):
            _fault(series, plan, [(address, events, digest)], str(refusals[0]))
            continue
        body = itip.written(method, series.uid, sequence, organizer, events)
        if not _send(series, plan, account, address, method, had, events[0], digest, sequence, body):
            return  # somebody else was quicker


def _send(series: Any, plan: _Plan, account: int | None, address: str, method: str, had: bool, event: Event, digest: str, sequence: int, body: bytes) -> bool:
    title = _("Cancelled: %(title)s", title=event.title) if method == itip.CANCEL else _("Changed: %(title)s", title=event.title) if had else _("Invitation: %(title)s", title=event.title)
    often = repeats.say(event.rule) if event.rule else ""
    said = "\n".join(filter(None, (event.title, f"{said_time(event.begins)} – {clock.local(event.ends):%H:%M} ({plan.all[0].zone})", often, event.place, "" if method == itip.CANCEL else event.text)))
    with files.brought([("invite.ics", io.BytesIO(body))]) as (brought, _refused), writing():
        now = _free(sa.select(_series.c.told).where(_series.c.id == series.id).with_for_update()).scalar_one()
        if now.get(address) != series.told.get(address):
            return False
        try:
            number = mail.send(account, address, str(title), said, sender_id=plan.all[0].owner_id, confidential=True)
        except (Invalid, Refused) as refused:
            _fault(series, plan, [(address, [event], digest)], str(refused.message))
            return True
        files.hang(mail.MAIL, number, brought)
        kept = {**now, address: [sequence, digest if method == itip.REQUEST else ""]}
        _free(sa.update(_series).where(_series.c.id == series.id).values(told=kept, sequence=sequence, account_id=account))
        mine = _guests.c.address == address, _guests.c.appointment_id.in_([one.id for one in plan.days])
        asked = {"answer": Answer.asked} if had else {}  # told of a change, he is asked again
        _free(sa.update(_guests).where(*mine).values(sent=sequence, **asked))
    return True


def _fault(series: Any, plan: _Plan, due: Sequence[tuple[str, list[Event], str]], why: str) -> None:
    """Who invites hears that somebody could not be; that is not tried again until the series changes."""
    with writing():
        now = _free(sa.select(_series.c.told).where(_series.c.id == series.id).with_for_update()).scalar_one()
        kept = {**now, **{address: [now.get(address, [-1, ""])[0], digest] for address, _events, digest in due}}
        _free(sa.update(_series).where(_series.c.id == series.id).values(told=kept))
        like = plan.master or plan.all[-1]
        notify([like.owner_id], _("could not be sent: invitation to %(who)s (%(why)s)", who=[address for address, _e, _d in due[:3]], why=why[:200]), about=(NAME, like.id), source=_("Calendar"))


def answered(said: itip.Said, account: int | None, key: str, answer: Answer, letter: int, email_key: Any) -> bool:
    """An answer to a series of ours, or to one day of it; whether it was one. Inside `writing()`."""
    series = _free(sa.select(_series).where(_series.c.uid == said.uid, _series.c.source.is_(None)).with_for_update()).one_or_none()
    if series is None:
        return False
    if series.account_id != account:
        return True
    plan = _Plan(series.id)
    address = next((one for one, (_n, digest) in series.told.items() if digest and email_key(one) == key), None)
    slots = {one.at() for one in said.days} if not said.whole else None
    days = [one for one in plan.days if slots is None or one.slot in slots]
    if address is None or not days:
        return True
    mail.keep_private(letter)
    if said.sequence < series.told[address][0]:
        return True  # he answers what has been changed since
    g, stamp = _guests.c, min(said.stamp or clock.now(), clock.now())
    mine = g.appointment_id.in_([one.id for one in days]), g.address == address, g.deleted_at.is_(None), sa.or_(g.answered_at.is_(None), g.answered_at <= stamp)
    changed = _free(sa.update(_guests).where(*mine, g.answer != answer).values(answer=answer).returning(g.id)).all()
    _free(sa.update(_guests).where(*mine).values(answered_at=stamp))
    if changed:
        about = (NAME, days[0].id)
        words = _("a mail from %(who)s answers your invitation: %(answer)s, %(title)s", who=address, answer=ANSWERS[answer], title=days[0].title)
        notify([days[0].owner_id], words, about=about, source=_("Calendar"))
    return True


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("who is told of a series"))
