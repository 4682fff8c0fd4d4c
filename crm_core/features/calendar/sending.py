"""Invitations, their being called off, and answers to others' invitations, as they leave by mail: each once, however often this is tried.
What has left is noted in the transaction that hands the mail over (features/mail sends it once)."""

import io
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.calendar import itip, seriesmail
from crm_core.features.calendar.events import Answered, Planned
from crm_core.features.calendar.models import ANSWERS, FAILED, OFF, Answer, Appointment, Guest, Room, State
from crm_core.features.calendar.services import NAME, said_time
from crm_core.features.files import api as files
from crm_core.features.mail import api as mail
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.errors import Invalid, Refused
from crm_core.kernel.i18n import _
from crm_core.resource.changes import unscoped

_appointments, _guests, _rooms = (table_of(model) for model in (Appointment, Guest, Room))


def planned(event: Planned) -> None:
    """Listener outside of transactions: write to the guests outside of the house."""
    for number in event.ids:
        row = _free(sa.select(_appointments).where(_appointments.c.id == number)).one_or_none()
        if row is None or row.owner_id is None or row.merged_into_id is not None or row.series_id is not None:
            continue
        guests = _free(sa.select(_guests).where(_guests.c.appointment_id == number, _guests.c.address.is_not(None)).order_by(_guests.c.id)).all()
        with clock.in_zone(row.zone or "UTC"):
            _write(row, [(guest, method) for guest in guests if (method := _due(row, guest))], guests)
    for number in event.series:
        seriesmail.told(number)


def _due(row: Any, guest: Any) -> str:
    """What a guest is to hear: an invitation he has not had in this state, or that it is off; "" for nothing."""
    if row.state == State.planned and row.deleted_at is None and guest.deleted_at is None:
        return itip.REQUEST if (guest.sent if guest.sent > FAILED else FAILED - guest.sent) < row.sequence else ""
    return itip.CANCEL if guest.sent >= 0 else ""


def _write(row: Any, due: Sequence[tuple[Any, str]], guests: Sequence[Any]) -> None:
    if not due:
        return
    try:
        account, organizer = mail.sender_of(row.owner_id)
    except Refused as refused:
        _fault(row, [guest for guest, _method in due], str(refused.message))
        return
    room = _free(sa.select(_rooms.c.name).where(_rooms.c.id == row.room_id)).scalar() if row.room_id is not None else None
    place = " · ".join(filter(None, (room, row.place)))
    everybody = [(one.address, Answer(one.answer)) for one in guests if one.deleted_at is None]
    for guest, method in due:
        body = itip.calendar(method, row, organizer, everybody if method == itip.REQUEST else [(guest.address, Answer(guest.answer))], place)
        title = _("Cancelled: %(title)s", title=row.title) if method == itip.CANCEL else _("Changed: %(title)s", title=row.title) if guest.sent >= 0 else _("Invitation: %(title)s", title=row.title)
        said = "\n".join(filter(None, (row.title, f"{said_time(row.begins)} – {clock.local(row.ends):%H:%M} ({row.zone})", place, "" if method == itip.CANCEL else row.text)))
        with files.brought([("invite.ics", io.BytesIO(body))]) as (brought, _refused), writing():
            now = _free(sa.select(_guests.c.sent).where(_guests.c.id == guest.id).with_for_update()).scalar_one()
            if now != guest.sent:
                continue  # somebody else was quicker
            refusals = mail.unwanted({"receivers": guest.address}) if method == itip.REQUEST else []
            if refusals:
                _fault(row, [guest], str(refusals[0]))
                continue
            try:  # confidential: who may read it is said by the appointment, not by the customer's page
                number = mail.send(account, guest.address, str(title), said, sender_id=row.owner_id, confidential=True)
            except (Invalid, Refused) as refused:
                _fault(row, [guest], str(refused.message))
                continue
            files.hang(mail.MAIL, number, brought)
            _free(sa.update(_guests).where(_guests.c.id == guest.id).values(sent=row.sequence if method == itip.REQUEST else OFF))
            if method == itip.REQUEST and guest.sent >= 0:
                _free(sa.update(_guests).where(_guests.c.id == guest.id).values(answer=Answer.asked))
            _free(sa.update(_appointments).where(_appointments.c.id == row.id).values(account_id=account))


def _fault(row: Any, guests: Sequence[Any], why: str) -> None:
    """Who invites hears that somebody could not be; that is not tried again until the appointment changes."""
    with writing():
        failed = sa.case((_guests.c.sent >= 0, row.sequence), else_=FAILED - row.sequence)  # who was invited is still, though not to this
        _free(sa.update(_guests).where(_guests.c.id.in_([one.id for one in guests])).values(sent=failed if row.state == State.planned else OFF))
        notify([row.owner_id], _("could not be sent: invitation to %(who)s (%(why)s)", who=[one.address for one in guests[:3]], why=why[:200]), about=(NAME, row.id), source=_("Calendar"))


def answered(event: Answered) -> None:
    """Listener outside of transactions: tell who invited from outside; of all days of a series once."""
    for number in event.ids[:1] if event.whole else event.ids:
        row = _free(sa.select(_appointments).where(_appointments.c.id == number)).one_or_none()
        organizer = mail.first_address(row.organizer) if row is not None else None
        if row is None or organizer is None or row.answer in (None, Answer.asked) or row.account_id is None or row.told == _told(row):
            continue
        box = mail.box(row.account_id)
        if box is None:
            continue
        body = itip.calendar(itip.REPLY, row, organizer, [(box.address, Answer(row.answer))], slot=None if event.whole else row.slot)
        with files.brought([("reply.ics", io.BytesIO(body))]) as (brought, _refused), writing():
            now = _free(sa.select(_appointments).where(_appointments.c.id == number).with_for_update()).one()
            if now.told == _told(row) or now.answer != row.answer:
                continue  # it has left, or another answer was given and is on its way
            try:
                sent = mail.send(row.account_id, organizer.address, f"{ANSWERS[Answer(row.answer)]}: {row.title}", str(ANSWERS[Answer(row.answer)]), sender_id=row.owner_id,
                                 confidential=True)
            except (Invalid, Refused) as refused:
                notify([row.owner_id], _("could not be sent: answer to %(who)s (%(why)s)", who=organizer.address, why=str(refused.message)[:200]), about=(NAME, row.id), source=_("Calendar"))
                continue
            files.hang(mail.MAIL, sent, brought)
            _free(sa.update(_appointments).where(_appointments.c.id.in_(event.ids if event.whole else [number])).values(told=_told(row)))


def _told(row: Any) -> str:
    return f"{row.answer}/{row.sequence}"


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("who is told of appointments"))


