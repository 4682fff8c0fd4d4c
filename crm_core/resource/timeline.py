"""The time line of a record: a table written in the same transaction, read by one keyset query.

Only this module reads the table: the subject has been read under its own rights before, so its time line is his as well.
Field changes are stored raw and shown through today's field rights.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import bulk, inside
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Keyed
from crm_core.data.session import current_work
from crm_core.kernel import clock, words
from crm_core.kernel.i18n import _
from crm_core.kernel.site import actor, my_id, site
from crm_core.resource.changes import raw
from crm_core.resource.kept import kept

_SPOKEN = "record_id IS NOT NULL"
SET_LIMIT = 100  # larger sets (imports, bulk edits) leave their trace in the history, not a line in every time line
# What one looks through a time line for: kinds under each filter, and what it is called.
KINDS = {
    "note": ("note", "feedback"), "talk": ("call", "mail", "letter"), "visit": ("visit", "meeting"), "file": ("file",), "business": ("task", "record", "dealing"),
    "change": ("created", "change", "tagged", "deleted", "restored", "merged", "split", "shared"),
}
WORDS = {"note": _("Notes"), "talk": _("Calls and mail"), "visit": _("Visits"), "file": _("Files"), "business": _("Business"), "change": _("Changes")}


FOLLOW_UP = {"note", "feedback", "call", "mail", "letter", "visit", "meeting"}  # kinds that say their writer dealt with the subject
DEALS = {"dealing"}  # kinds that say the subject dealt with us
heard: list[Callable[[Sequence[Mapping[str, Any]]], None]] = []  # slot: told of the lines that were put, as rows of `Entry`


class Entry(Keyed, Model):
    """One line: who did what when, about which record."""

    __tablename__ = "core_timeline"
    subject: Mapped[str] = t.AnyRef()
    subject_id: Mapped[t.Id]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    kind: Mapped[str] = mapped_column(sa.String(20))
    source: Mapped[str] = mapped_column(sa.String(40), default="core")
    actor_id: Mapped[t.Id | None]
    title: Mapped[str | None]
    body: Mapped[str | None] = mapped_column(sa.Text())
    data: Mapped[dict[str, Any] | None]  # for changes: {column: [old, new]}; for others what their kind needs
    record: Mapped[str | None] = t.AnyRef()  # the record the line speaks of, when it is not the subject
    record_id: Mapped[t.Id | None]
    __table_args__ = (
        sa.Index("ix_core_timeline_subject", "subject", "subject_id", "at", "id"),
        sa.Index("ix_core_timeline_record", "record", "record_id", sqlite_where=sa.text(_SPOKEN), postgresql_where=sa.text(_SPOKEN)),
    )


_ADD = sa.insert(table_of(Entry)).returning(table_of(Entry).c.id)


def is_follow_up(row: Mapping[str, Any]) -> bool:
    """Whether a line says that who wrote it has dealt with its subject."""
    return row["kind"] in FOLLOW_UP or (row["kind"] == "record" and row["record"] in _followed())


def follow_up() -> sa.ColumnElement[bool]:
    """The same of lines that are kept."""
    return sa.or_(Entry.kind.in_(FOLLOW_UP), sa.and_(Entry.kind == "record", Entry.record.in_(_followed())))


def _followed() -> list[str]:
    """Records of packages that say so of themselves (`declare.Timeline`)."""
    return sorted(name for name, found in site().registry.timelines.items() if any(one.follow_up for one in found))


def add(
    subject: str, subject_id: int, kind: str, *, title: str | None = None, body: str | None = None,
    data: dict[str, Any] | None = None, record: tuple[str, int] | None = None, source: str = "core",
    at: dt.datetime | None = None,
) -> int:
    """Put a line on a record's time line; inside `writing()`. Returns its id."""
    values = {
        "subject": subject, "subject_id": subject_id, "at": at or clock.now(), "kind": kind, "source": source, "title": title, "body": body,
        "data": data, "actor_id": my_id(),
        "record": record[0] if record else None, "record_id": record[1] if record else None,
    }
    made = current_work().session.connection().execute(_ADD, values).scalar_one()
    _tell([values])
    return int(made)


def say(said: Any, subject: str, subject_id: int, *, record: tuple[str, int], body: str | None = None) -> int:
    """A line of a package's own on a record's time line: who acts, what he did (“sent a quote”), and the record he did it with, which
    is named as far as the reader may know it; inside `writing()`. `body` is read on the record's own line, where `record` is the subject itself. Returns its id."""
    return add(subject, subject_id, "record", body=body, data={"words": words.keep(said)}, record=record, source=record[0].partition(".")[0])


def add_all(rows: Sequence[dict[str, Any]]) -> None:
    """Many lines at once: columns of `Entry`; what is not given is the acting person, now and core. Inside `writing()`."""
    if rows:
        start = {"at": clock.now(), "source": "core", "actor_id": my_id(), "title": None, "body": None,
                 "data": None, "record": None, "record_id": None}
        whole = [{**start, **row} for row in rows]
        bulk.insert(table_of(Entry), whole)
        _tell(whole)


def _tell(rows: Sequence[Mapping[str, Any]]) -> None:
    for told in heard:
        told(rows)


def follow(resource: Any, verb: str, edits: Sequence[Any]) -> None:
    """What the write path did, as lines."""
    if len(edits) > SET_LIMIT:
        return
    if verb == "create":
        _told(resource, edits)
    if not resource.timeline:
        return
    kinds = {"create": "created", "update": "change", "delete": "deleted", "restore": "restored"}
    rows = []
    for edit in edits:
        data = None
        if verb == "update":
            data = {
                c: [raw(old), raw(edit.row.get(c))]
                for c, old in (edit.old or {}).items()
                if c not in resource.told and (inside.is_inside(c) or c in resource.table.c and resource.table.c[c].info.get("kind") not in ("internal", "secret", "sort_key", "stamp", "carried"))
            }
            if not data:
                continue
        rows.append(
            {"subject": resource.name, "subject_id": edit.id, "at": clock.now(), "kind": kinds[verb], "source": "core",
             "actor_id": my_id(), "data": data}
        )
    bulk.insert(table_of(Entry), rows)


def _told(resource: Any, edits: Sequence[Any]) -> None:
    """The lines that new records leave on the time lines of what they point at (`declare.Timeline`)."""
    rows = []
    for declared in site().registry.timelines.get(resource.name, ()):
        field = resource.all_fields[declared.via]
        target = getattr(field, "target", "")
        said = {"words": words.keep(declared.words)} if declared.words else None
        for edit in edits:
            subject_id = edit.row.get(field.column if target else f"{field.column}_id")
            if subject_id is not None:
                rows.append({"subject": target or edit.row[field.column], "subject_id": subject_id, "kind": "record", "data": said,
                             "source": site().registry.package_of(declared), "record": resource.name, "record_id": edit.id})
    add_all(rows)


def of(subject: str, subject_id: int, *, kind: str = "", before: tuple[dt.datetime, int] | None = None, limit: int = 20) -> list[Entry]:
    """Newest first, at most `limit`, older than `before` (moment, id). Read the subject under its rights first."""
    values: dict[str, Any] = {"subject": subject, "id": subject_id, "n": limit, "sources": sources()}
    kinds = KINDS.get(kind, (kind,) if any(kind in some for some in KINDS.values()) else ())
    if kinds:
        values["kinds"] = kinds
    if before is not None:
        values["at"], values["last"] = before
    return list(current_work().session.scalars(_newest(bool(kinds), before is not None), values))


def sources() -> list[str]:
    """The packages whose lines are shown: those at work, as far as they are for the acting person's department."""
    hidden = getattr(actor(), "hidden", ())
    return [p.name for p in site().registry.packages if p.name not in hidden]


@kept
def _newest(of_kinds: bool, on: bool) -> sa.Select[Any]:
    big = sa.BigInteger()
    query = sa.select(Entry).where(Entry.subject == sa.bindparam("subject", type_=sa.String()), Entry.subject_id == sa.bindparam("id", type_=big))
    query = query.where(Entry.source.in_(sa.bindparam("sources", expanding=True)))
    if of_kinds:
        query = query.where(Entry.kind.in_(sa.bindparam("kinds", expanding=True)))
    if on:
        at, last = sa.bindparam("at", type_=t.UtcDateTime()), sa.bindparam("last", type_=big)
        query = query.where(sa.or_(Entry.at < at, sa.and_(Entry.at == at, Entry.id < last)))
    return query.order_by(Entry.at.desc(), Entry.id.desc()).limit(sa.bindparam("n", type_=big))
