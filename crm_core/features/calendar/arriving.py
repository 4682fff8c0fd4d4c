"""Calendars that come by mail: somebody invites, answers an invitation of ours, or calls his off.

Anybody can write what looks like one. An answer counts where the guest whose it is sent it, to the box that invited him; an invitation is
changed and called off by who sent it; and it stands in nobody's calendar until he has answered it. What comes to a box that a team shares
is nobody's until one of the team takes it (shared.py), and follows what else is said of it either way."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.mixins import owners_of
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.data.wall import DELETED
from crm_core.features.calendar import itip, seriesmail
from crm_core.features.calendar.models import ANSWERS, Answer, Appointment, Guest, Series, State
from crm_core.features.calendar.services import NAME
from crm_core.features.files import api as files
from crm_core.features.mail import api as mail
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.site import site
from crm_core.resource import removal
from crm_core.resource.changes import change, unscoped
from crm_core.text.emails import email_key

AHEAD = dt.timedelta(days=366)
UNANSWERED = 2_000  # days
THROWN = {DELETED: True}  # what somebody threw away is known: it is not put there again
_appointments, _guests, _users = (table_of(model) for model in (Appointment, Guest, User))


def arrived(event: mail.MailReceived) -> None:
    """Listener outside of transactions, as the house: what calendars in these mails say."""
    for number in event.ids:
        found = [file for file in files.on(mail.MAIL, [number]) if file.name.casefold().endswith(".ics") and file.size <= itip.LARGEST]
        for file in found[: itip.LOOKED]:
            raw = files.bytes_of(file.id)[2].read_bytes()
            said = itip.read(raw)
            letter = mail.facts(number)
            if said is not None and letter is not None:
                take(said, letter, raw)
                break  # the same stands in a mail twice, for readers of every kind


def take(said: itip.Said, letter: Any, raw: bytes = b"") -> None:
    """What follows from a calendar in a mail."""
    sender = mail.first_address(letter.sender)
    if sender is None:
        return
    key = email_key(sender.address)
    if said.method == itip.REPLY:
        _answer(said, letter, key)
    elif email_key(said.organizer) == key:
        home = _free(sa.select(_users.c.timezone).where(_users.c.id == letter.owner_id)).scalar()
        with clock.in_zone(home or site().config.timezone):
            if said.days or not said.whole or _known(said.uid, letter):
                _invited_to_series(said, letter, sender, key, raw)
            else:
                _invited(said, letter, sender, key)


def of_box(letter: Any, a: Any = Appointment) -> tuple[Any, ...]:
    """Where an invitation lies that came to the box of this mail: with whose the box is, or with the team that shares it."""
    if letter.team_id is not None:
        return a.team_id == letter.team_id, a.account_id == letter.account_id
    return a.owner_id == letter.owner_id, a.team_id.is_(None)


def _home(db: Any, owner: int | None) -> int | None:
    return db.execute(sa.select(User.department_id).where(User.id == owner), execution_options=THROWN).scalar_one() if owner is not None else None


def _answer(said: itip.Said, letter: Any, key: str) -> None:
    word = next((word for address, word in said.attendees if email_key(address) == key), "")
    answer = itip.ANSWERS.get(word)
    if answer in (None, Answer.asked):
        return
    with writing(), change("answer", resource=NAME):
        if seriesmail.answered(said, letter.account_id, key, Answer(answer), letter.id, email_key):
            return
        row = _free(sa.select(_appointments).where(
            _appointments.c.uid == said.uid, _appointments.c.of_id.is_(None), _appointments.c.organizer.is_(None), _appointments.c.account_id == letter.account_id)).one_or_none()
        if row is None:
            return
        guests = _free(sa.select(_guests).where(_guests.c.appointment_id == row.id, _guests.c.address.is_not(None), _guests.c.deleted_at.is_(None)).order_by(_guests.c.id).with_for_update())
        guest = next((one for one in guests.all() if email_key(one.address) == key and one.sent >= 0), None)
        if guest is not None:
            mail.keep_private(letter.id)  # its calendar says what the appointment is: that is not for everybody who sees the customer
        if guest is None or said.sequence < guest.sent:
            return  # nobody we invited, or he answers what has been changed since
        stamp = min(said.stamp or clock.now(), clock.now())
        if guest.answered_at is not None and stamp < guest.answered_at:
            return  # an older answer that took longer
        _free(sa.update(_guests).where(_guests.c.id == guest.id).values(answer=answer, answered_at=stamp))
        if guest.answer != answer:
            notify([row.owner_id], _("a mail from %(who)s answers your invitation: %(answer)s, %(title)s", who=guest.address, answer=ANSWERS[Answer(answer)], title=row.title),
                   about=(mail.MAIL, letter.id) if letter.owner_id == row.owner_id else (NAME, row.id), source=_("Calendar"))


def _invited(said: itip.Said, letter: Any, sender: mail.Addressee, key: str) -> None:
    with writing(), change("invite", resource=NAME) as number, system_scope("an invitation that came by mail") as db:
        row = db.scalar(sa.select(Appointment).where(Appointment.uid == said.uid, *of_box(letter)).order_by(Appointment.id).limit(1), execution_options=THROWN)
        first = mail.first_address(row.organizer) if row is not None else None
        if row is not None and (first is None or email_key(first.address) != key or said.sequence < row.sequence):
            return  # somebody else's, one's own, or older than what is known
        if said.method == itip.CANCEL or said.off:
            if row is not None and row.state == State.planned:
                row.state, row.sequence, row.mail_id = State.cancelled, said.sequence, letter.id
                if row.deleted_at is None and row.answer in (Answer.accepted, Answer.tentative):
                    notify([row.owner_id], _("was called off: %(title)s", title=row.title), about=(NAME, row.id), source=_("Calendar"))
            return
        times = said.times()
        if times is None or all(email_key(address) != email_key(letter.own) for address, _word in said.attendees):
            return
        text = said.text[:4_000]
        values = {"title": said.title or letter.title, "begins": times[0], "ends": times[1], "place": said.place or None, "text": text or None, "sequence": said.sequence,
                  "mail_id": letter.id, "account_id": letter.account_id}
        if row is None:
            row = Appointment(uid=said.uid, owner_id=letter.owner_id, department_id=_home(db, letter.owner_id), team_id=letter.team_id, organizer=str(sender)[:400], answer=Answer.asked, **values)
            db.add(row)
            db.flush()
            return
        moved = (row.begins, row.ends) != times or row.state == State.cancelled
        told = row.deleted_at is None and row.answer in (Answer.accepted, Answer.tentative)
        if row.deleted_at is not None:  # thrown away; said once more it stays there, another one is asked again
            if not moved and said.sequence == row.sequence:
                return
            removal.restore_rows(site().registry.resource(NAME), [row.id], number)
            db.refresh(row)
            moved = True
        for name, value in values.items():
            setattr(row, name, value)
        if moved:
            row.state, row.answer = State.planned, Answer.asked
        db.flush()
        if moved and told:
            notify([row.owner_id], _("was moved, and asks for your answer: %(title)s", title=row.title), about=(NAME, row.id), source=_("Calendar"))


# --- what repeats ------------------------------------------------------------------------------------------------------


def _invited_to_series(said: itip.Said, letter: Any, sender: mail.Addressee, key: str, raw: bytes) -> None:
    """A series with the days of a year, or some of its days by themselves. More of them come by the job of every night (growing.py)."""
    with writing(), change("invite", resource=NAME) as number, system_scope("an invitation that came by mail") as db:
        a = Appointment
        rows: list[Any] = list(db.scalars(sa.select(a).where(a.uid == said.uid, *of_box(letter), a.of_id.is_(None)).order_by(a.id), execution_options=THROWN))
        first = mail.first_address(rows[0].organizer) if rows else None
        if rows and (first is None or email_key(first.address) != key or (said.whole and said.sequence < max(row.sequence for row in rows))):
            return
        if said.method == itip.CANCEL or (said.whole and said.off):
            slots = {day.at() for day in said.days}
            _off([row for row in rows if said.whole or row.slot in slots], said, letter)
            return
        if all(email_key(address) != email_key(letter.own) for address, _word in said.attendees):
            return
        owner = next((row.owner_id for row in rows if row.owner_id is not None), letter.owner_id)
        home = _home(db, owner)
        series = _series_of(db, rows, said, raw)
        known = {row.slot or row.begins: row for row in rows}
        moved, kept = [], set()
        once = (itip.Day(said.begins or "", said.begins, said.ends, said.title, said.place, said.text, said.off, said.sequence),)  # it does not repeat any more
        for day in (said.days or once)[: None if rows or not _crowded(db, letter) else 1]:
            slot, times = day.at(), day.times()
            if slot is None or times is None:
                continue
            kept.add(slot)
            row = known.get(slot)
            if row is None and day.off:
                continue
            values = {"title": day.title or said.title or letter.title, "begins": times[0], "ends": times[1], "place": day.place or None, "text": day.text or None, "slot": slot,
                      "sequence": max(day.sequence, said.sequence if said.whole else 0), "mail_id": letter.id, "account_id": letter.account_id, "series_id": series, "repeat": said.rule or None}
            if row is None:
                db.add(Appointment(uid=said.uid, owner_id=owner, department_id=home, team_id=letter.team_id, organizer=str(sender)[:400], answer=Answer.asked, **values))
                continue
            if not said.whole and day.sequence < row.sequence:
                continue
            if not said.whole:
                values["repeat"] = row.repeat
            if _follow(db, row, values, day.off, number):
                moved.append(row)
        if said.whole:
            _off([row for slot, row in known.items() if slot not in kept and row.ends > clock.now()], said, letter, quiet=bool(moved))
        db.flush()
        if moved:
            notify([owner], _("was moved, and asks for your answer: %(title)s", title=moved[0].title), about=(NAME, moved[0].id), source=_("Calendar"))


def _crowded(db: Any, letter: Any) -> bool:
    """Whether strangers have invited somebody, or a team, to so much that nobody has answered that of another series only its first day is taken."""
    a = Appointment
    query = sa.select(a.id).where(*of_box(letter), a.ends > clock.now(), a.answer == Answer.asked, a.organizer.is_not(None)).limit(UNANSWERED)
    return len(db.scalars(query, execution_options=THROWN).all()) == UNANSWERED


def _known(uid: str, letter: Any) -> bool:
    """Whether this is a series that the box was invited to before."""
    a = _appointments.c
    return _free(sa.select(a.id).where(a.uid == uid, *of_box(letter, a), a.series_id.is_not(None), a.of_id.is_(None)).limit(1)).first() is not None


def _series_of(db: Any, rows: list[Any], said: itip.Said, raw: bytes) -> int:
    """The series of an invitation, with its calendar as it was sent last, so that its later days can be made from it."""
    number = next((row.series_id for row in rows if row.series_id is not None), None)
    found = db.get(Series, number) if number is not None else None
    if found is None:
        found = Series(uid=said.uid, made_until=clock.today(), told={}, source="")
        db.add(found)
    if said.whole:
        found.source, found.made_until = raw.decode("utf-8", "replace").replace("\x00", ""), clock.today() + AHEAD
    db.flush()
    return int(found.id)


def _follow(db: Any, row: Any, values: dict[str, Any], off: bool, number: int) -> bool:
    """One day as it is said now; whether who had accepted it is asked again."""
    if off:
        row.state = State.cancelled
        return False
    moved = (row.begins, row.ends) != (values["begins"], values["ends"]) or row.state == State.cancelled
    told = row.deleted_at is None and row.answer in (Answer.accepted, Answer.tentative)
    if row.deleted_at is not None:
        if not moved:
            return False
        removal.restore_rows(site().registry.resource(NAME), [row.id], number)
        db.refresh(row)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    if moved:
        row.state, row.answer = State.planned, Answer.asked
    return moved and told


def _off(rows: list[Any], said: itip.Said, letter: Any, quiet: bool = False) -> None:
    """These days do not take place; who had accepted hears of it once."""
    told = None
    for row in rows:
        if row.state == State.planned:
            row.state, row.mail_id = State.cancelled, letter.id
            row.sequence = max(row.sequence, said.sequence)
            if row.deleted_at is None and row.answer in (Answer.accepted, Answer.tentative) and row.ends > clock.now():
                told = told or row
    if told is not None and not quiet:
        notify([told.owner_id], _("was called off: %(title)s", title=told.title), about=(NAME, told.id), source=_("Calendar"))


def more(db: Any, series: Any, row: Any) -> None:
    """The days of a series from outside that have come into the year ahead; answered as the last one was. One that nobody has accepted
    gets no more, and catches up when it is."""
    if row.answer not in (Answer.accepted, Answer.tentative):
        return
    newest = db.scalar(sa.select(sa.func.max(Appointment.slot)).where(Appointment.series_id == series.id), execution_options=THROWN)
    with clock.in_zone(_free(sa.select(_users.c.timezone).where(_users.c.id == row.owner_id)).scalar() or site().config.timezone):
        last = clock.local(newest).date()
        said = itip.read((series.source or "").encode(), last + dt.timedelta(days=1), series.made_until)
        if said is None or not said.whole:
            return
        a = Appointment
        have = set(db.scalars(sa.select(a.slot).where(a.series_id == series.id), execution_options=THROWN))
        for day in said.days:
            slot, times = day.at(), day.times()
            if slot is None or times is None or slot in have or day.off or clock.local(slot).date() <= last:
                continue
            db.add(a(uid=row.uid, **owners_of(row), organizer=row.organizer, answer=row.answer, title=day.title or row.title, begins=times[0],
                     ends=times[1], place=day.place or None, text=day.text or None, slot=slot, sequence=row.sequence, mail_id=row.mail_id, account_id=row.account_id,
                     series_id=series.id, repeat=row.repeat, told=row.told))


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("whose invitation it is"))
