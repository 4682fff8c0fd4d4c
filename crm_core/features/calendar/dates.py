"""One's appointments in the calendar a phone or program subscribes to (resource/feeds.py), and among "my days"."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from crm_core.data.session import session
from crm_core.features.calendar.models import Appointment, State
from crm_core.features.calendar.services import NAME
from crm_core.kernel import clock
from crm_core.kernel.site import actor, site
from crm_core.resource.feeds import Date
from crm_core.web import urls

MOST = 2_000


def mine(first: dt.date | None = None, last: dt.date | None = None) -> Iterator[Date]:
    resource = site().registry.resource(NAME)
    fields = resource.fields()
    if not resource.may("read") or not {"title", "begins", "ends"} <= fields.keys():
        return
    a = Appointment
    query = sa.select(a).where(a.owner_id == actor().user_id, a.state == State.planned, sa.or_(
        a.answer.is_(None), sa.and_(a.answer != "declined", sa.or_(a.organizer.is_(None), a.answer != "asked"))))
    since = clock.instant(first) if first is not None else clock.now() - dt.timedelta(days=31)
    query = query.where(a.ends > since)
    if last is not None:
        query = query.where(a.begins < clock.instant(last + dt.timedelta(days=1)))
    for one in session.scalars(query.order_by(a.begins, a.id).limit(MOST)):
        yield Date(f"appointment-{one.public_id}", clock.local(one.begins).date(), one.title, one.begins, url=urls.of_name(site().registry, NAME, one.id), ends=one.ends)
