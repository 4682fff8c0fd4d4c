"""Review: new records wait, reviewers agree or send back, by the set."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.approvals import rules
from crm_core.features.approvals.models import Approval, State, Vote
from crm_core.features.messages.api import notify
from crm_core.kernel import clock
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource import changes
from crm_core.resource import rows as statements
from crm_core.resource.after import RecordsChanged, finish
from crm_core.resource.changes import unscoped

Row = dict[str, Any]
_approval, _vote = table_of(Approval), table_of(Vote)


def begin(resource: Any, rows: Sequence[Row], before: Mapping[int, Mapping[str, Any]]) -> None:
    """Slot of the write path: what is new waits for review, unless who enters it may do the last one himself; what was sent
    back and is changed waits again."""
    if not rules.reviewed(resource.name):
        return
    direct = current_work().session.system is not None or actor().can(f"{resource.name}.{rules.last(resource.name)}")
    for row in rows:
        old = before.get(row.get("id", 0))
        if old is None:
            if not row.get("review"):
                row["review"] = State.done if direct else State.first
        elif old["review"] == "back" and "review" not in row and len(row) > 1 and not direct:
            row["review"] = State.first


def waits(event: RecordsChanged) -> None:
    """Listener: new records that wait are asked for; those that wait again after they were sent back, too."""
    if event.verb not in ("create", "update", "restore") or not rules.reviewed(event.resource):
        return
    table = site().registry.resource(event.resource).table
    steps = [{"verb": rules.FIRST, "mode": "one"}, *([{"verb": rules.SECOND, "mode": "one"}] if rules.last(event.resource) == rules.SECOND else [])]
    now, by = clock.now(), my_id()
    conn = session.connection()
    for start in range(0, len(event.ids), 500):
        known = sa.select(_approval.c.id).where(
            _approval.c.subject == event.resource, _approval.c.subject_id == table.c.id, _approval.c.kind == "review", _approval.c.state == "open").exists()
        query = sa.select(table.c.id).where(bulk.among(table.c.id, event.ids[start : start + 500]), table.c.review == State.first, ~known)
        ids = conn.execute(query, execution_options=unscoped("new records that wait for review")).scalars().all()
        bulk.insert(_approval, [
            {"kind": "review", "subject": event.resource, "subject_id": i, "state": "open", "step": 1, "steps": steps, "asked_by_id": by, "asked_at": now} for i in ids])


def agree_first(resource: Any, ids: Sequence[int], opinion: str | None = None) -> None:
    """The first review is done; with a second one the record goes on waiting."""
    then = State.second if rules.last(resource.name) == rules.SECOND else State.done
    _judge(resource, ids, State.first, then, "agree", opinion)


def agree_second(resource: Any, ids: Sequence[int], opinion: str | None = None) -> None:
    """The second review is done: everybody finds the record from now on."""
    _judge(resource, ids, State.second, State.done, "agree", opinion)


def send_back(resource: Any, ids: Sequence[int], opinion: str) -> None:
    """Back to the author, who is told why; what he changes waits anew."""
    _judge(resource, ids, None, State.back, "back", opinion)


def _judge(resource: Any, ids: Sequence[int], expected: State | None, then: State, verdict: str, opinion: str | None) -> None:
    """`ids` lie within the reviewer's scope of the verb (acts.run)."""
    me, now, table = actor().user_id, clock.now(), resource.table
    with writing(), changes.change(verdict, resource=resource.name, note=opinion or None) as change:
        query = sa.select(table).where(bulk.among(table.c.id, ids), table.c.deleted_at.is_(None)).order_by(table.c.id).with_for_update()
        before = {row["id"]: dict(row) for row in session.connection().execute(query, execution_options=unscoped("review")).mappings()}
        made = []
        for row in before.values():
            state = row["review"]
            if state not in ((expected,) if expected is not None else (State.first, State.second)):
                raise Refused(_("“%(name)s” does not wait for this review any more.", name=resource.title(_Titled(row))))
            if state == State.second and verdict == "agree" and row["first_reviewer_id"] == me:
                raise Refused(_("You did the first review of “%(name)s”; the second one is somebody else's.", name=resource.title(_Titled(row))))
            if row["created_by_id"] == me:
                raise Refused(_("You entered “%(name)s” yourself; somebody else reviews it.", name=resource.title(_Titled(row))))
            new: Row = {"id": row["id"], "review": then}
            if verdict == "agree":
                new["first_reviewer_id" if state == State.first else "second_reviewer_id"] = me
            if then == State.done:
                new["reviewed_at"] = now
            made.append(new)
        finish(resource, statements.update(resource, made, before), change)
        _said(resource.name, before, then, verdict, opinion, me, now)
    if verdict == "back":
        for author in {row["created_by_id"] for row in before.values()}:
            mine = [row for row in before.values() if row["created_by_id"] == author]
            for row in mine[:20]:
                notify([author], _("sent back “%(name)s”: %(why)s", name=resource.title(_Titled(row)), why=opinion or ""), about=(resource.name, row["id"]))


class _Titled:
    """A row of the table as `Resource.title` wants it."""

    def __init__(self, row: Row) -> None:
        self.__dict__.update(row)


def _said(name: str, before: Mapping[int, Row], then: State, verdict: str, opinion: str | None, me: int, now: Any) -> None:
    """What was said, on the approvals of these records."""
    conn = session.connection()
    which = sa.and_(_approval.c.subject == name, bulk.among(_approval.c.subject_id, list(before)), _approval.c.kind == "review", _approval.c.state == "open")
    found = conn.execute(sa.select(_approval.c.id, _approval.c.step).where(which)).all()
    if not found:
        return
    bulk.insert(_vote, [{"approval_id": r.id, "step": r.step, "by_id": me, "verdict": verdict, "opinion": opinion, "at": now} for r in found])
    ended = {State.done: "agreed", State.back: "back"}.get(then)
    values: dict[str, Any] = {"state": ended, "ended_at": now} if ended else {"step": _approval.c.step + 1}
    conn.execute(sa.update(_approval).where(bulk.among(_approval.c.id, [r.id for r in found])).values(values))
