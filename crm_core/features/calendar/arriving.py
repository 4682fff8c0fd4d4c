"""Calendars that come by mail: somebody invites, answers an invitation of ours, or calls his off.

Anybody can write what looks like one. An answer counts where the guest whose it is sent it, to the box that invited him; an invitation is
changed and called off by who sent it; and it stands in nobody's calendar until he has answered it."""

from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.features.calendar import itip
from crm_core.features.calendar.models import ANSWERS, Answer, Appointment, Guest, State
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

_appointments, _guests, _users = (table_of(model) for model in (Appointment, Guest, User))


def arrived(event: mail.MailReceived) -> None:
    """Listener outside of transactions, as the house: what calendars in these mails say."""
    for number in event.ids:
        found = [file for file in files.on(mail.MAIL, [number]) if file.name.casefold().endswith(".ics") and file.size <= itip.LARGEST]
        for file in found[: itip.LOOKED]:
            said = itip.read(files.bytes_of(file.id)[2].read_bytes())
            letter = mail.facts(number)
            if said is not None and letter is not None:
                take(said, letter)
                break  # the same stands in a mail twice, for readers of every kind


def take(said: itip.Said, letter: Any) -> None:
    """What follows from a calendar in a mail."""
    sender = mail.first_address(letter.sender)
    if sender is None:
        return
    key = email_key(sender.address)
    if said.method == itip.REPLY:
        _answer(said, letter, key)
    elif letter.owner_id is not None and email_key(said.organizer) == key:  # a box of a team is in nobody's calendar
        home = _free(sa.select(_users.c.timezone).where(_users.c.id == letter.owner_id)).scalar()
        with clock.in_zone(home or site().config.timezone):
            _invited(said, letter, sender, key)


def _answer(said: itip.Said, letter: Any, key: str) -> None:
    word = next((word for address, word in said.attendees if email_key(address) == key), "")
    answer = itip.ANSWERS.get(word)
    if answer in (None, Answer.asked):
        return
    with writing(), change("answer", resource=NAME):
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
        row = db.scalar(sa.select(Appointment).where(Appointment.uid == said.uid, Appointment.owner_id == letter.owner_id))
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
        text = "\n\n".join(filter(None, (said.text, str(_("It comes again; only its first time stands here.")) if said.repeats else "")))[:4_000]
        values = {"title": said.title or letter.title, "begins": times[0], "ends": times[1], "place": said.place or None, "text": text or None, "sequence": said.sequence,
                  "mail_id": letter.id, "account_id": letter.account_id}
        if row is None:
            home = db.execute(sa.select(User.department_id).where(User.id == letter.owner_id)).scalar_one()
            row = Appointment(uid=said.uid, owner_id=letter.owner_id, department_id=home, organizer=str(sender)[:400], answer=Answer.asked, **values)
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


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("whose invitation it is"))
