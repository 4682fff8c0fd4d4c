"""Notices: telling people, and what one person does with his own."""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.messages.models import Notice
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Missing
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, my_id

opened: list[Callable[[Notice], None]] = []  # called when one is opened for the first time
COUNTED = 100  # the bell says "99+" beyond


def notify(
    receivers: Iterable[int | None], text: Any, *, about: tuple[str, int] | None = None, path: str = "", source: Any = None, urgent: bool = False
) -> int:
    """Tell these people something; returns how many were told. From requests, listeners and jobs alike.

        notify([task.owner_id], _("%(title)s is done", title=task.title), about=("core.task", task.id))

    `text` is kept as sentence and values, so each reads it in his language. `about` is the record behind it, or `path` a
    page of this site. `urgent`: he hears of it at once, also in his quiet hours. Without `source` (a module's name) the acting person is the sender, who is not told himself.
    Joins the running `writing()`, so nobody hears of what was rolled back.
    """
    me = my_id()
    wanted = {r for r in receivers if r is not None}
    if source is None:
        wanted.discard(me)
    return notify_each([(one, about) for one in sorted(wanted)], text, path=path, source=source, urgent=urgent)


def notify_each(receivers: Iterable[tuple[int, tuple[str, int] | None]], text: Any, *, path: str = "", source: Any = None, urgent: bool = False) -> int:
    """The same, each of another record: pairs of receiver and what it is about."""
    row = {
        "sender_id": my_id() if source is None else None, "source": words.keep(source) if source is not None else None,
        "text": words.keep(text), "path": path or None, "at": clock.now(), "read_at": None, "urgent": urgent,
    }
    rows = [{**row, "receiver_id": one, "subject": about[0] if about else None, "subject_id": about[1] if about else None}
            for one, about in receivers]
    if rows:
        with writing() as db:
            db.execute(sa.insert(table_of(Notice)), rows)
    return len(rows)


def _mine() -> sa.ColumnElement[bool]:
    me: int = actor().user_id
    return Notice.receiver_id == me


def unread_count(receiver: sa.BindParameter[int]) -> sa.ScalarSelect[int]:
    """How many of his are unread, bounded, as part of another statement."""
    inner = sa.select(Notice.id).where(Notice.receiver_id == receiver, Notice.read_at.is_(None)).limit(COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(inner).scalar_subquery()


def newest(*, limit: int = 20, before: int | None = None, after: int | None = None, unread: bool = False) -> list[Notice]:
    """My notices, newest first, older than `before` or the ones just newer than `after` (ids)."""
    query = sa.select(Notice).where(_mine())
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if before is not None:
        query = query.where(Notice.id < before)
    if after is not None:
        return list(session.scalars(query.where(Notice.id > after).order_by(Notice.id).limit(limit)))[::-1]
    return list(session.scalars(query.order_by(Notice.id.desc()).limit(limit)))


def read(notice_id: int) -> Notice:
    """Mark one of mine as read, with the message it tells of, and return it. Raises Missing for what is not mine or not there."""
    found = session.scalar(sa.select(Notice).where(_mine(), Notice.id == notice_id))
    if found is None:
        raise Missing(_("This message was not found."))
    if found.read_at is None:
        for told in opened:
            told(found)
        with writing() as db:
            db.execute(sa.update(Notice).where(_mine(), Notice.id == notice_id).values(read_at=clock.now()))
    return found


def read_all(up_to: int | None = None) -> int:
    """Mark mine as read, those up to this id (what the reader has seen listed); returns how many."""
    with writing() as db:
        query = sa.update(Notice).where(_mine(), Notice.read_at.is_(None))
        if up_to is not None:
            query = query.where(Notice.id <= up_to)
        done: Any = db.execute(query.values(read_at=clock.now()))
        return int(done.rowcount)


def sweep(_job: Any) -> None:
    """The daily job: what was read half a year ago goes."""
    import datetime as dt

    old = clock.now() - dt.timedelta(days=183)
    with writing():
        current_work().session.execute(sa.delete(Notice).where(Notice.read_at < old))
