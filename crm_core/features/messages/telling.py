"""How a person wants to hear of his notices: his choice, and who is to hear of what now, by a channel or by the mail that sums up."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, writing
from crm_core.features.messages import quiet
from crm_core.features.messages.models import Digest, Notice, Told
from crm_core.kernel import clock, words
from crm_core.kernel.site import actor, site
from crm_core.resource.changes import unscoped

USUAL = {"quiet_from": None, "quiet_until": None, "channel_id": None, "digest": Digest.none, "digest_at": "08:00", "digest_day": 0}
_told, _users, _notices = table_of(Told), table_of(User), table_of(Notice)
_senders = _users.alias("senders")


def chosen() -> dict[str, Any]:
    """What the acting person chose."""
    row = session.connection().execute(sa.select(_told).where(_told.c.user_id == actor().user_id)).mappings().one_or_none()
    return {name: row[name] if row is not None else usual for name, usual in USUAL.items()}


def choose(values: Mapping[str, Any]) -> None:
    """Keep what the acting person chose (the names of `USUAL`). What he has now is not told again: neither by a channel he just chose,
    nor by a mail whose hour has passed today."""
    before, me = chosen(), actor().user_id
    kept = dict(values)
    with writing() as db:
        if kept.get("channel_id") is not None and kept["channel_id"] != before["channel_id"]:
            kept["told_from"] = db.scalar(sa.select(sa.func.max(_notices.c.id)).where(_notices.c.receiver_id == me)) or 0
        if any(kept.get(name) != before[name] for name in ("digest", "digest_at", "digest_day")):
            kept["digested_at"] = clock.now()
        done: Any = db.execute(sa.update(_told).where(_told.c.user_id == me).values(**kept))
        if not done.rowcount:
            db.execute(sa.insert(_told).values(user_id=me, **{"told_from": 0, "digested_at": None, **USUAL, **kept}))


@dataclass(frozen=True)
class Line:
    """A notice that is to be told by a channel."""

    id: int
    sender: str
    source: Any
    text: Any


@dataclass(frozen=True)
class Listener:
    """Somebody who is to be told something by his channel now."""

    user_id: int
    channel_id: int
    phone: str
    language: str
    lines: tuple[Line, ...]


def waiting(most: int) -> list[Listener]:
    """Who has notices that his channel has not told him, that he has not read meanwhile, and that are urgent or come at an hour at
    which he may be told. At most so many notices; inside `writing()`, they are held until its end."""
    now, usual = clock.now(), site().config.timezone
    query = (
        sa.select(_told.c.user_id, _told.c.channel_id, _told.c.quiet_from, _told.c.quiet_until, _told.c.told_from, _users.c.phone, _users.c.language, _users.c.timezone)
        .join(_users, _users.c.id == _told.c.user_id).where(_told.c.channel_id.is_not(None), _users.c.active, _users.c.deleted_at.is_(None)))
    people = {row.user_id: row for row in _free(query)}
    still = [row.user_id for row in people.values() if quiet.ends(row.quiet_from, row.quiet_until, quiet.zone(row.timezone, usual), now) is not None]
    if not people:
        return []
    c = _notices.c
    rows = _free(
        sa.select(c.id, c.receiver_id, c.source, c.text, _senders.c.name).join(_told, sa.and_(_told.c.user_id == c.receiver_id, c.id > _told.c.told_from))
        .outerjoin(_senders, _senders.c.id == c.sender_id)
        .where(_told.c.channel_id.is_not(None), c.told_at.is_(None), c.read_at.is_(None), bulk.among(c.receiver_id, sorted(people)),
               *([sa.or_(c.urgent, sa.not_(bulk.among(c.receiver_id, still)))] if still else []))
        .order_by(c.id).limit(most).with_for_update(of=_notices, skip_locked=True)).all()
    found: dict[int, list[Line]] = {}
    for row in rows:
        found.setdefault(row.receiver_id, []).append(Line(row.id, row.name or "", words.read(row.source), row.text))
    return [Listener(who, people[who].channel_id, people[who].phone or "", people[who].language or site().config.language, tuple(lines)) for who, lines in found.items()]


def tell(listeners: Sequence[Listener]) -> None:
    """They have been told, in the same transaction that hands it to their channels."""
    ids = [line.id for one in listeners for line in one.lines]
    _free(sa.update(_notices).where(bulk.among(_notices.c.id, ids)).values(told_at=clock.now()))


def left_alone(conn: sa.Connection, users: Collection[int]) -> dict[int, dt.datetime]:
    """Of these people who is in his quiet time, and until when."""
    if not users:
        return {}
    now, usual = clock.now(), site().config.timezone
    query = (sa.select(_told.c.user_id, _told.c.quiet_from, _told.c.quiet_until, _users.c.timezone).join(_users, _users.c.id == _told.c.user_id)
             .where(bulk.among(_told.c.user_id, sorted(users)), _told.c.quiet_from.is_not(None)))
    rows = conn.execute(query, execution_options=unscoped("who wants to be left alone"))
    found = ((row.user_id, quiet.ends(row.quiet_from, row.quiet_until, quiet.zone(row.timezone, usual), now)) for row in rows)
    return {user: end for user, end in found if end is not None}


def _free(statement: Any) -> Any:
    session.flush()
    return current_work().session.connection().execute(statement, execution_options=unscoped("who wants to hear of what how"))
