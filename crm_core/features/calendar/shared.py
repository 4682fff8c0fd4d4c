"""An invitation that came to a mail box which a team shares: it lies with the team until one of it takes it into his calendar. He answers it, in
the name of the box; what is said of it later follows him. Thrown away, or taken back by undo, it is the team's again."""

from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, system_scope
from crm_core.data.wall import DELETED
from crm_core.features.calendar.arriving import of_box
from crm_core.features.calendar.models import Answer, Appointment, State
from crm_core.features.calendar.services import NAME
from crm_core.kernel import clock
from crm_core.kernel.errors import Forbidden, Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id, site
from crm_core.resource import removal
from crm_core.resource.changes import change, unscoped

_appointments = table_of(Appointment)


def of_mail(row: Any) -> Any:
    """The invitation that a mail of a shared box brought, with whose it is: its first day still to come. None where it brought none."""
    if row.team_id is None:
        return None
    a = _appointments.c
    query = sa.select(_appointments).where(a.mail_id == row.id, a.team_id == row.team_id, a.organizer.is_not(None)).order_by(a.ends < clock.now(), a.state != State.planned, a.begins, a.id).limit(1)
    return current_work().session.connection().execute(query, execution_options=unscoped("whose invitation of a team it is")).one_or_none()


def free(found: Any) -> bool:
    """Whether nobody has it."""
    return found.owner_id is None or found.deleted_at is not None


def may_take(row: Any) -> bool:
    """Whether this mail brought an invitation that one of the team can take now."""
    found = of_mail(row)
    return found is not None and free(found) and found.state == State.planned


def take(row: Any) -> None:
    """The act on the mail: all days of it are his who does it, and wait for his answer. Raises Refused when somebody was faster."""
    if not site().registry.resource(NAME).may("create"):
        raise Forbidden(_("You may not do this: %(what)s.", what=_("Take into my calendar")))
    found, me = of_mail(row), my_id()
    a = Appointment
    with change("invite", resource=NAME) as number, system_scope("one of a team takes its invitation") as db:
        rows = list(db.scalars(sa.select(a).where(a.uid == found.uid, *of_box(row)).order_by(a.id).with_for_update(), execution_options={DELETED: True}))
        if any(not free(one) for one in rows):
            raise Refused(_("A colleague has taken this into the calendar already."))
        if thrown := [one.id for one in rows if one.deleted_at is not None]:
            removal.restore_rows(site().registry.resource(NAME), thrown, number)
        home = db.scalar(sa.select(User.department_id).where(User.id == me))
        for one in rows:
            db.refresh(one)
            one.owner_id, one.department_id, one.answer = me, home, Answer.asked
        db.flush()
