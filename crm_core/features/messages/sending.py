"""Messages on their way: to whom, as one copy each, with the files they carry; and what becomes of them afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access import lines
from crm_core.access.models import Department, User, UserRole, departments_of
from crm_core.data import bulk
from crm_core.data.base import table_of
from crm_core.data.session import current_work, session, system_scope, writing
from crm_core.features.files import api as files
from crm_core.features.messages import saved
from crm_core.features.messages.models import Box, Kind, Message, Notice
from crm_core.features.messages.services import notify_each, opened
from crm_core.kernel import clock, words
from crm_core.kernel.errors import Refused
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, site
from crm_core.resource import rows as statements
from crm_core.resource import search
from crm_core.resource.changes import unscoped

NAME = "core.message"
ANNOUNCE = "core.announcements.make"  # the right to write to everybody, and announcements to more than named people
URGENT = "high"  # of the list core.priority: what is told at once, whatever the hour
AWAY = 10  # of many receivers so many are named to the sender
_messages, _users, _roles, _departments = (table_of(model) for model in (Message, User, UserRole, Department))
_CARRIED = ("people", "departments", "roles", "everyone", "title", "text", "kind", "priority", "subject", "subject_id", "sender_id", "source", "thread_id")


def send(receivers: Sequence[int], title: Any, text: str = "", *, source: Any, about: tuple[str, int] | None = None, priority: str = "normal",
         kind: Kind = Kind.message) -> list[int]:
    """A module (`source`: its name) writes to these people; returns the ids of their copies. From listeners and jobs.

        send([manager], _("The year ends"), "Please look through your customers.", source=_("Year end"))
    """
    people = sorted(set(receivers))
    values = dict.fromkeys(_CARRIED) | {
        "people": people, "everyone": False, "title": str(title)[:200], "text": text or None, "kind": kind, "priority": priority, "source": words.keep(source)}
    if about is not None:
        values.update(subject=about[0], subject_id=about[1])
    with writing():
        return _deliver(None, values, people)


def deliver(row: Any) -> None:
    """Send a message that lies with its sender. Raises Refused where nobody would receive it."""
    if (row.everyone or (row.kind == Kind.announcement and (row.departments or row.roles or row.view))) and not may_announce():
        raise Refused(_("Only who may announce to everybody sends this: name the people it is for."))
    receivers = everybody(row)
    if not receivers:
        raise Refused(_("Nobody would receive this: say to whom."))
    thread = row.thread_id or row.id
    _system(sa.update(_messages).where(_messages.c.id == row.id).values(
        box=Box.sent, hold=False, sent_at=clock.now(), read_at=clock.now(), thread_id=thread))
    _deliver(row.id, {name: getattr(row, name) for name in _CARRIED} | {"thread_id": thread}, receivers)
    _away(row, receivers)
    session.expire(row)


def may_announce() -> bool:
    """Whether who acts may write to everybody, and send announcements to more than people he names."""
    return bool(current_work().session.system or actor().can(ANNOUNCE))


def _away(row: Any, receivers: Sequence[int]) -> None:
    """Who writes to somebody away hears of it, and who stands in for him."""
    away = lines.away(receivers, clock.today()) if row.sender_id is not None else {}
    if away:
        names = site().registry.resource("core.user").labels({*away, *(one.substitute for one in away.values() if one.substitute is not None)})
        for who, one in list(away.items())[:AWAY]:
            known = {"name": names.get(who, ""), "other": names.get(one.substitute or 0, "")}
            if one.substitute is None:
                text = _("%(name)s is away: “%(words)s”", name=known["name"], words=one.words)
                notify_each([(row.sender_id, (NAME, row.id))], text, source=_("Messages"))
                continue
            text = _("%(name)s is away; %(other)s stands in. “%(words)s”", words=one.words, **known) if one.words else _("%(name)s is away; %(other)s stands in.", **known)
            notify_each([(row.sender_id, (NAME, row.id))], text, source=_("Messages"))


def _deliver(origin: int | None, values: Mapping[str, Any], receivers: Sequence[int]) -> list[int]:
    """One copy for each, its files, and a line in everybody's bell. Copies have no history: nothing of them is changed."""
    resource = site().registry.resource(NAME)
    with system_scope("copies of a message for its receivers"):
        homes = {row.id: row.department_id for row in _system(sa.select(_users.c.id, _users.c.department_id).where(bulk.among(_users.c.id, receivers)))}
        made = statements.insert(resource, [{
            **values, "owner_id": one, "department_id": homes.get(one), "team_id": None, "box": Box.received, "hold": False, "origin_id": origin,
            "sent_at": clock.now(), "read_at": None, "acknowledged_at": None,
        } for one in receivers])
        ids = [edit.id for edit in made]
        if origin is None:
            _system(sa.update(_messages).where(bulk.among(_messages.c.id, ids)).values(thread_id=_messages.c.id))
        else:
            files.copy(NAME, origin, ids)
        search.follow(resource, ids)
    title = values["title"]
    text = _("asks you to acknowledge: %(title)s", title=title) if values["kind"] == Kind.announcement else _("wrote to you: %(title)s", title=title)
    source = words.read(values["source"]) if values["source"] else None
    urgent = values["priority"] == URGENT
    notify_each([(one, (NAME, copy)) for one, copy in zip(receivers, ids, strict=True)], text, source=source, urgent=urgent)
    return ids


def everybody(row: Any) -> list[int]:
    """Who receives a message as it stands now: the people named, those of departments (and below), roles and a saved list, all of
    them, and whoever is mentioned. Never its sender."""
    wanted: list[sa.ColumnElement[bool]] = []
    if row.people:
        wanted.append(_users.c.id.in_(row.people))
    if row.departments:
        paths = _system(sa.select(_departments.c.id, _departments.c.path)).all()
        wanted.append(_users.c.department_id.in_([p.id for p in paths if {p.id, *departments_of(p.path)} & set(row.departments)]))
    if row.roles:
        wanted.append(_users.c.id.in_(sa.select(_roles.c.user_id).where(_roles.c.role_id.in_(row.roles), _roles.c.deleted_at.is_(None))))
    if row.everyone:
        wanted.append(sa.true())
    found: set[int] = set()
    if row.view:
        listed = saved.people(row.view)
        wanted.append(bulk.among(_users.c.id, listed))
    if wanted:
        found = set(_system(sa.select(_users.c.id).where(sa.or_(*wanted), _users.c.active, _users.c.deleted_at.is_(None))).scalars())
    return sorted((found | mentioned(row.text)) - {row.sender_id})


def mentioned(text: str | None) -> set[int]:
    """Colleagues whose @name stands in a text; a name that two of them have means neither."""
    if not text or "@" not in text:
        return set()
    names: dict[str, list[int]] = {}
    for row in _system(sa.select(_users.c.id, _users.c.name).where(_users.c.active, _users.c.deleted_at.is_(None))):
        if f"@{row.name}" in text:
            names.setdefault(row.name, []).append(row.id)
    longer = [name for name in names if not any(other != name and other.startswith(name) for other in names)]
    return {names[name][0] for name in longer if len(names[name]) == 1}


# --- afterwards --------------------------------------------------------------------------------------------------------


def read(message_id: int) -> None:
    """The reader has it before him: his copy and its line in his bell are read."""
    me, now = actor().user_id, clock.now()
    with writing():
        _system(sa.update(_messages).where(_messages.c.id == message_id, _messages.c.owner_id == me, _messages.c.read_at.is_(None)).values(read_at=now))
        notices = table_of(Notice)
        current_work().session.execute(sa.update(notices).where(
            notices.c.receiver_id == me, notices.c.read_at.is_(None), notices.c.subject == NAME, notices.c.subject_id == message_id).values(read_at=now))


def acknowledge(row: Any) -> None:
    """Read and taken note of: its sender sees it."""
    if not awaits(row):
        raise Refused(_("This has been acknowledged already."))
    read(row.id)
    _system(sa.update(_messages).where(_messages.c.id == row.id).values(acknowledged_at=clock.now()))


def awaits(row: Any) -> bool:
    return bool(row.kind == Kind.announcement and row.box == Box.received and row.acknowledged_at is None)


def held(row: Any) -> bool:
    return bool(row.box == Box.held)


def copies(origin: int) -> list[Any]:
    """How a message one has sent fares: person, read and acknowledged when, in the order of names."""
    query = (
        sa.select(_messages.c.id, _messages.c.owner_id, _messages.c.read_at, _messages.c.acknowledged_at, _users.c.name)
        .join(_users, _users.c.id == _messages.c.owner_id).where(_messages.c.origin_id == origin).order_by(_users.c.name_key, _messages.c.id)
    )
    return list(_system(query))


def read_by(origins: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Of messages one has sent: read by how many of how many."""
    if not origins:
        return {}
    query = (sa.select(_messages.c.origin_id, sa.func.count(_messages.c.read_at), sa.func.count())
             .where(_messages.c.origin_id.in_(origins)).group_by(_messages.c.origin_id))
    return {row[0]: (row[1], row[2]) for row in _system(query)}


def open_ones(row: Any) -> bool:
    return bool(row.kind == Kind.announcement and row.box == Box.sent)


def remind(row: Any) -> None:
    """Once more to whoever has not acknowledged. Raises Refused when all have."""
    waiting = [copy for copy in copies(row.id) if copy.acknowledged_at is None]
    if not waiting:
        raise Refused(_("Everybody has acknowledged this."))
    notify_each([(copy.owner_id, (NAME, copy.id)) for copy in waiting], _("waits for you to acknowledge: %(title)s", title=row.title))


def answered(ids: Sequence[int]) -> None:
    """What follows new messages: those that are not held back are sent."""
    for row in session.scalars(sa.select(Message).where(Message.id.in_(ids))):
        if not row.hold:
            deliver(row)


def _system(statement: Any) -> Any:
    """What a message does beyond the copy one reads."""
    session.flush()
    return current_work().session.execute(statement, execution_options=unscoped("copies of messages"))


def _opened(notice: Notice) -> None:
    if notice.subject == NAME and notice.subject_id:
        read(notice.subject_id)


opened.append(_opened)
