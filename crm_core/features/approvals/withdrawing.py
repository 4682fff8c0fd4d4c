"""Taking back what one has proposed: one's own, one by one, or with the act in which it was proposed when that is undone."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from crm_core.access.rights import bump
from crm_core.data import bulk
from crm_core.data.session import session, writing
from crm_core.features.approvals import proposals, running
from crm_core.features.approvals.proposals import OPEN, approval
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor
from crm_core.resource import changes

GONE = _("This proposal is not there any more: it was withdrawn, replaced or decided.")


def own(before: int | None, limit: int) -> list[Any]:
    """What the actor has proposed and nobody has decided on, the newest first."""
    query = sa.select(approval).where(approval.c.asked_by_id == actor().user_id, *OPEN)
    query = query if before is None else query.where(approval.c.id < before)
    return list(session.connection().execute(query.order_by(approval.c.id.desc()).limit(limit)))


def withdraw(number: int) -> int:
    """Take back a proposal of one's own; the act that undo takes back. Raises Missing: it does not wait, or is somebody else's."""
    with writing():
        query = sa.select(approval).where(approval.c.id == number, approval.c.asked_by_id == actor().user_id, *OPEN)
        one = session.connection().execute(query.with_for_update()).one_or_none()
        if one is None:
            raise Missing(GONE)
        with changes.change("withdraw", resource=one.subject) as change:
            proposals.end([one], "withdrawn", None)
            return change


def undone(change_id: int, undo: int) -> int:
    """Slot of undo: what was proposed in this act is withdrawn, and what it had withdrawn waits again, unless what came in its place
    was decided on or something newer of the same person waits; of how many records that is."""
    conn = session.connection()
    every = list(conn.execute(sa.select(approval).where(approval.c.asked_change_id == change_id)))
    handed_in = [one for one in every if one.kind == "flow"]
    every = [one for one in every if one.kind != "flow"]
    for mine in handed_in:
        if mine.state in ("open", "returned") and mine.asked_by_id == actor().user_id:
            running.withdraw(mine.id)
    asked, over = [one for one in every if one.state == "open"], {_key(one) for one in every if one.state != "open"}
    with changes.within(undo):
        proposals.end(asked, "withdrawn", None)
        query = sa.select(approval).where(approval.c.ended_change_id == change_id, approval.c.state == "withdrawn").order_by(approval.c.id)
        ended = {_key(one): one for one in conn.execute(query) if _key(one) not in over}
        older: list[Any] = []
        for name in {one.subject for one in ended.values()}:
            for other in proposals.waiting(name, [one.subject_id for one in ended.values() if one.subject == name]):
                if (one := ended.get(_key(other))) is None:
                    continue
                if other.id > one.id:
                    del ended[_key(other)]
                else:
                    older.append(other)
        proposals.end(older, "withdrawn", None)
    again = [one.id for one in ended.values()]
    if again:
        conn.execute(sa.update(approval).where(bulk.among(approval.c.id, again)).values(state="open", ended_at=None, ended_change_id=None))
        bump()
    return len({(one.subject, one.subject_id) for one in (*asked, *ended.values(), *handed_in)})


def _key(one: Any) -> tuple[Any, ...]:
    """Of one person there is one proposal of a kind for a record."""
    return one.subject, one.subject_id, one.kind, one.asked_by_id


def decided(change_id: int) -> Iterable[tuple[str, int]]:
    """Slot of undo: the records of which somebody has accepted what was proposed in this act."""
    query = sa.select(approval.c.subject, approval.c.subject_id).where(approval.c.asked_change_id == change_id, approval.c.state == "agreed")
    return [(row[0], row[1]) for row in session.connection().execute(query)]
