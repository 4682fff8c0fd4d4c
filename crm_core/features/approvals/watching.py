"""The clock of approvals: who has not answered by his day is reminded, his superior asked too where the step says so; and who stands in
for somebody who has gone away meanwhile gets what waits for him."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines
from crm_core.data import bulk
from crm_core.data.session import session
from crm_core.features.approvals import stepping
from crm_core.features.approvals.stepping import approval, place
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.i18n import _
from crm_core.kernel.jobs import Running
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource import changes

NAME = "core.approvals.watch"


def run(job: Running) -> None:
    """What was done is marked in the same transaction, so that nobody is reminded twice."""
    Pace(job).drain(_late)
    last = {"id": 0}

    def away(most: int) -> int:
        rows = _open(most, place.c.id > last["id"])
        if rows:
            last["id"] = rows[-1].id
            with changes.change("approval"):
                _stand_ins(rows)
        return len(rows)

    Pace(job).drain(away)


def _open(most: int, *which: Any) -> list[Any]:
    query = (
        sa.select(place.c.id, place.c.user_id, place.c.due, place.c.approval_id).join(approval, approval.c.id == place.c.approval_id)
        .where(place.c.state == "open", approval.c.state == "open", approval.c.subject.in_(site().registry.resources), *which)  # a plugin that sleeps is waited for
        .order_by(place.c.id).limit(most)
    )
    return list(session.connection().execute(query))


def _stand_ins(rows: list[Any]) -> None:
    away = lines.stand_ins_of({row.user_id for row in rows}, clock.today())
    for row in rows:
        if row.user_id in away:
            stepping.tell(stepping.one(row.approval_id), row.id, row.user_id, away[row.user_id], row.due)


def _late(most: int) -> int:
    """Places whose day has passed are told of once."""
    rows = _open(most, place.c.due < clock.today(), place.c.chased_at.is_(None))
    if rows:
        session.connection().execute(sa.update(place).where(bulk.among(place.c.id, [row.id for row in rows])).values(chased_at=clock.now()))
    with changes.change("approval"):
        for row in rows:
            found = stepping.one(row.approval_id, lock=True)
            if session.connection().scalar(sa.select(place.c.state).where(place.c.id == row.id)) != "open":
                continue  # he answered, or it ended, while this waited for the lock
            notify([row.user_id], _("Overdue: %(name)s waits for your approval since %(day)s", name=stepping.title_of(found), day=_day(row.due)), path=f"/approvals/{found.id}", source=stepping.MODULE)
            stepping.chase(found, row.user_id)
    return len(rows)


def _day(day: dt.date) -> str:
    return day.isoformat()
