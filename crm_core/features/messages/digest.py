"""The mail that sums up what waits for somebody: daily or weekly, at his hour, in his language, none where nothing waits.

When it is due is noted in the transaction that queues it, so it is queued once for each of its hours, whatever the clock of the machine
does meanwhile. Its Message-ID is that of the delivery: an attempt more is the same mail.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session
from crm_core.features.messages import quiet, views
from crm_core.features.messages.models import Digest, Notice, Told
from crm_core.kernel import clock, words
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _, in_language, ngettext
from crm_core.kernel.jobs import Running
from crm_core.kernel.outbound import can_mail, send_mail
from crm_core.kernel.pace import Pace
from crm_core.kernel.site import site
from crm_core.resource.changes import unscoped
from crm_core.resource.show import show_moment

NAME = "core.messages.digest"
SHOWN = 20  # lines of each kind; the rest is a number
AHEAD = dt.timedelta(days=2)  # a note of a mail further in the future than this was made while the clock was wrong
Part = tuple[Any, Sequence[str]]
parts: list[Callable[[int], Part | None]] = []
"""Slot: what a feature adds for this person, in his language: a heading and its lines; None where there is nothing."""
_told, _users, _notices = table_of(Told), table_of(User), table_of(Notice)
_senders = _users.alias("senders")


@dataclass(frozen=True)
class DigestDue(Event):
    """The hour of somebody's mail has come: `ids` are people."""

    label: ClassVar[Any] = _("The mail that sums up is due")
    ids: tuple[int, ...]


def run(job: Running) -> None:
    """The job of every minute: queue what is due."""
    if not can_mail():
        return
    place = 0

    def take(most: int) -> int:
        nonlocal place
        found, place = _due(most, place)
        return found

    Pace(job).drain(take)


def _due(most: int, after: int) -> tuple[int, int]:
    """One batch of people beyond this number: how many there were, and the number of the last."""
    query = (
        sa.select(_told, _users.c.timezone).join(_users, _users.c.id == _told.c.user_id)
        .where(_told.c.digest != Digest.none, _told.c.id > after, _users.c.active, _users.c.deleted_at.is_(None), _users.c.email.is_not(None))
        .order_by(_told.c.id).limit(most).with_for_update(of=_told, skip_locked=True))
    rows = _free(query).all()
    now, usual = clock.now(), site().config.timezone
    for row in rows:
        where = quiet.zone(row.timezone, usual)
        due = quiet.last(row.digest_at, row.digest_day if row.digest == Digest.weekly else None, where, now)
        wrong = row.digested_at is not None and row.digested_at > now + AHEAD
        if not wrong and row.digested_at is not None and row.digested_at >= due:
            continue
        if not wrong and quiet.ends(row.quiet_from, row.quiet_until, where, now) is not None:
            continue  # it waits until he may be told
        _free(sa.update(_told).where(_told.c.id == row.id).values(digested_at=due))
        if not wrong:
            emit(DigestDue((row.user_id,)))
    return len(rows), rows[-1].id if rows else after


def deliver(event: DigestDue) -> None:
    """Listener, outside of transactions, as the house. Raises MailFailed for what is tried again."""
    for user_id in event.ids:
        who = _free(sa.select(_users.c.name, _users.c.email, _users.c.language, _users.c.timezone, _users.c.active).where(
            _users.c.id == user_id, _users.c.deleted_at.is_(None))).one_or_none()
        if who is None or not who.active or not who.email:
            continue
        with in_language(who.language or site().config.language), clock.in_zone(who.timezone or site().config.timezone):
            found = [part for load in (unread, *parts) if (part := load(user_id)) is not None]
            if not found:
                continue
            body = "\n\n".join("\n".join((str(head), "", *(f"- {line}" for line in lines))) for head, lines in found)
            text = _("Hello %(name)s,\n\nthis waits for you:\n\n%(what)s\n\n%(address)s\n\nHow often this mail comes is set under %(where)s.\n",
                     name=who.name, what=body, address=site().config.url, where=f"{site().config.url.rstrip('/')}{views.TOLD}")
            subject, address, name = str(_("What waits for you")), who.email, who.name
            send_mail(address, name, subject, str(text))


def unread(user_id: int) -> Part | None:
    """His newest notices that he has not read."""
    query = (
        sa.select(_notices.c.id, _notices.c.source, _notices.c.text, _notices.c.at, _senders.c.name).outerjoin(_senders, _senders.c.id == _notices.c.sender_id)
        .where(_notices.c.receiver_id == user_id, _notices.c.read_at.is_(None)).order_by(_notices.c.id.desc()).limit(SHOWN + 1))
    rows = _free(query).all()
    if not rows:
        return None
    lines = [" ".join(f"{show_moment(row.at)} {views.title(row.name or '', words.read(row.source))}: {words.read(row.text)}".split()) for row in rows[:SHOWN]]
    head = ngettext("%(n)s notice you have not read", "%(n)s notices you have not read", len(rows)) if len(rows) <= SHOWN else _(
        "More than %(n)s notices you have not read, the newest of them", n=SHOWN)
    return head, lines


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("what waits for whom"))
