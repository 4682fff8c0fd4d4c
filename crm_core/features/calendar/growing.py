"""By themselves: series get the days that come into the year ahead, and whoever wanted to is reminded before an appointment begins, once."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope
from crm_core.features.calendar import guests, rhythm, series, services
from crm_core.features.calendar.models import Answer, Appointment, Series, State
from crm_core.features.calendar.services import NAME, said_time
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.outages import is_outage
from crm_core.kernel.pace import Pace
from crm_core.resource.changes import change, unscoped

GROW, REMIND = "core.appointment.grow", "core.appointment.remind"
LEAST = dt.timedelta(days=7)  # a series is looked at when so much of its year is lacking
_appointments, _series, _users = (table_of(model) for model in (Appointment, Series, User))
_LIKE = (_appointments.c.of_id.is_(None), _appointments.c.deleted_at.is_(None), _appointments.c.apart.is_(False))  # days that are as their series is
log = logging.getLogger("crm.calendar")


def grow(job: Running) -> None:
    """The job of every night. A series and how far it is made go together, so it grows once however often this is tried."""
    Pace(job).drain(_grow)


def _grow(most: int) -> int:
    s, until = _series.c, clock.today() + series.AHEAD
    query = sa.select(s.id).where(s.made_until < until - LEAST, _lives()).order_by(s.made_until, s.id).limit(min(most, 20)).with_for_update(skip_locked=True)
    ids = list(_free(query).scalars())
    for number in ids:
        try:
            with session.begin_nested(), change("grow", resource=NAME), system_scope("series of appointments") as db, series.together():
                one = db.get_one(Series, number)
                last, one.made_until = one.made_until, until
                _more(db, one, max(last, clock.today() - dt.timedelta(days=1)))
                db.flush()
        except Exception as error:  # of one series: the others grow all the same
            if is_outage(error):
                raise
            log.exception("series %s did not grow", number)
            _failed(number, until)
    return len(ids)


def _lives() -> sa.ColumnElement[bool]:
    """Of a series: whoever plans its newest day is still here. One that waits for him keeps its day and goes on from it when he is back."""
    a, u = _appointments.c, _users.c
    whose = sa.select(a.owner_id).where(a.series_id == _series.c.id, *_LIKE).order_by(a.slot.desc()).limit(1).correlate(_series).scalar_subquery()
    return sa.exists().where(u.id == whose, u.active, u.deleted_at.is_(None)).correlate(_series)


def _failed(number: int, until: dt.date) -> None:
    """It is not tried again before its next days come into the year, and whoever plans it knows."""
    a = _appointments.c
    _free(sa.update(_series).where(_series.c.id == number).values(made_until=until))
    row = _free(sa.select(a.id, a.owner_id, a.title).where(a.series_id == number, *_LIKE).order_by(a.slot.desc()).limit(1)).first()
    if row is not None:
        notify([row.owner_id], _("could not be continued, plan its next days anew: %(title)s", title=row.title), about=(NAME, row.id), source=_("Calendar"))


def _more(db: Any, one: Series, last: dt.date) -> None:
    a = Appointment
    row = db.scalar(sa.select(a).where(a.series_id == one.id, *_LIKE).order_by(a.slot.desc()).limit(1))
    if row is None:
        return
    if row.organizer is not None:
        from crm_core.features.calendar import arriving

        arriving.more(db, one, row)
        return
    times = rhythm.slots(row.repeat, rhythm.wall(series.first_slot(one.id), row.zone), row.zone, one.made_until, after=last)
    if not times:
        return
    rooms, taken = _rooms(row, times)
    info = current_work().info
    info[guests.GROWN] = _answers(row.id)
    try:
        series.make(row, one, times, rooms)
    finally:
        del info[guests.GROWN]
    if taken:
        with clock.in_zone(row.zone):
            notify([row.owner_id], _("has no room on %(days)s, somebody has it: %(title)s", days=[said_time(at) for at in taken[:services.CLASHES]], title=row.title), about=(NAME, row.id), source=_("Calendar"))


def _rooms(row: Any, times: Sequence[dt.datetime]) -> tuple[list[int | None], list[dt.datetime]]:
    """The room of each day, nothing where somebody has it, and these days."""
    if row.room_id is None:
        return [None] * len(times), []
    busy = services.booked(row.room_id, times[0], times[-1] + (row.ends - row.begins))
    length = row.ends - row.begins
    taken = [at for at in times if any(begins < at + length and ends > at for begins, ends in busy)]
    return [None if at in taken else row.room_id for at in times], taken


def _answers(number: int) -> Mapping[int, Answer]:
    a = _appointments.c
    found = _free(sa.select(a.owner_id, a.answer).where(a.of_id == number, a.answer.is_not(None), a.state == State.planned))
    return {one.owner_id: Answer(one.answer) for one in found}


def remind(job: Running) -> None:
    """Told and noted in one transaction: whoever was told is not told again."""
    Pace(job).drain(_remind)


def _remind(most: int) -> int:
    a = _appointments.c
    query = (sa.select(a.id, a.title, a.owner_id, a.begins, _users.c.timezone, a.zone).outerjoin(_users, _users.c.id == a.owner_id)
             .where(a.remind_at <= clock.now(), a.deleted_at.is_(None)).order_by(a.remind_at).limit(most).with_for_update(of=_appointments, skip_locked=True))
    found = _free(query).all()
    if found:
        _free(sa.update(_appointments).where(bulk.among(a.id, [row.id for row in found])).values(remind_at=None))
    for row in found:
        with clock.in_zone(row.timezone or row.zone or clock.zone().key):
            notify([row.owner_id], _("At %(when)s: %(title)s", when=said_time(row.begins), title=row.title), about=(NAME, row.id), source=_("Calendar"))
    return len(found)


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("series of appointments"))
