"""The stream: which records changed, in an order that loses nothing. What other systems follow is read from it (api/feed.py).

One row for each set that was written, with its ids; what a record looks like is read when somebody asks, under his rights. On
PostgreSQL transactions end in another order than they draw numbers, so the order is that of transactions (`tx`, 64 bits) and a
reader sees only those below the oldest that still runs. SQLite has one writer: there the numbers are the order.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import bulk
from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import SCOPE_COLUMNS, Keyed, is_scoped
from crm_core.data.session import current_work, writing
from crm_core.kernel import clock
from crm_core.kernel.errors import BadRequest, CrmError
from crm_core.kernel.i18n import _
from crm_core.resource.changes import unscoped

KEPT = dt.timedelta(days=90)
AT_ONCE = 20  # rows that are read at a time
LOOKED = 300  # rows of the stream one page looks at, at most
SET = 500  # ids in one of them


class StreamRow(Keyed, Model):
    """A set of records that was written. `was`: where those lay before that moved or went, [id, owner, department, team], so that
    who could see them is told that they are gone."""

    __tablename__ = "core_stream"
    tx: Mapped[int] = mapped_column(sa.BigInteger(), default=0)
    resource: Mapped[str] = mapped_column(sa.String(80))
    verb: Mapped[str] = mapped_column(sa.String(10))  # create, update, delete, restore
    ids: Mapped[list[Any]]
    was: Mapped[list[Any] | None]
    change_id: Mapped[t.Id] = mapped_column(info={"kind": "internal"})
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    __table_args__ = (sa.Index("ix_core_stream_tx", "tx", "id"), sa.Index("ix_core_stream_at", "at"))


_table = table_of(StreamRow)


class Gone(CrmError):
    """The place of a cursor is not known any more: too old, or of a database that was restored."""

    status = 410


# --- writing: called by the write path, in its transaction --------------------------------------------------------------


def follow(resource: Any, verb: str, edits: Sequence[Any], change: int) -> None:
    """What the write path did to a set."""
    if resource.is_brief:
        return
    ids = [edit.id for edit in edits]
    if not resource.verbs:  # lines: it is the record in whose form they stand that is another now
        home, column = resource.form_of
        if home is not resource:
            key = resource.table.c[column]
            query = sa.select(key).distinct().where(bulk.among(resource.table.c.id, ids), key.is_not(None))
            put(home, "update", sorted(current_work().session.scalars(query, execution_options=unscoped("records of lines"))), None, change)
        return
    was: list[Any] | None = None
    if is_scoped(resource.model) and verb == "update":
        was = [[e.id, *(e.old[c] if c in e.old else e.row.get(c) for c in SCOPE_COLUMNS)] for e in edits if e.old and not e.old.keys().isdisjoint(SCOPE_COLUMNS)]
    elif is_scoped(resource.model) and verb == "delete":
        was = places(resource, bulk.among(resource.table.c.id, ids))
    put(resource, verb, ids, was, change)


def places(resource: Any, *which: sa.ColumnElement[bool]) -> list[Any]:
    """Where records lie now: [id, owner, department, team]."""
    columns = [resource.table.c[name] for name in ("id", *SCOPE_COLUMNS)]
    found = current_work().session.execute(sa.select(*columns).where(*which), execution_options=unscoped("places of records"))
    return [list(row) for row in found]


def put(resource: Any, verb: str, ids: Sequence[int], was: list[Any] | None, change: int) -> None:
    """What a set was, and where its records lay before."""
    if not ids or "read" not in resource.verbs:
        return
    conn = current_work().session.connection()
    lay = {one[0]: one for one in was or ()}
    rows = [{"resource": resource.name, "verb": verb, "ids": part, "was": [lay[i] for i in part if i in lay] or None, "change_id": change, "at": clock.now()}
            for part in (list(ids[start : start + SET]) for start in range(0, len(ids), SET))]
    conn.execute(_put(conn.dialect.name), rows if len(rows) > 1 else rows[0])


def _number(transaction: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.cast(transaction, sa.Text()), sa.BigInteger())  # there is no shorter way from xid8


@cache
def _put(dialect: str) -> sa.Insert:
    """Puts rows with the number of the running transaction; it has written before."""
    return sa.insert(_table).inline().values(tx=_number(sa.func.pg_current_xact_id()) if dialect == "postgresql" else 0)


def _ended(dialect: sa.Dialect) -> list[sa.ColumnElement[bool]]:
    """Rows of transactions below the oldest that runs: nothing can appear before them any more."""
    return [_table.c.tx < _number(sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot()))] if dialect.name == "postgresql" else []


# --- reading ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """How far somebody has read: the row he stands on, and how many of its ids he has (-1: all)."""

    tx: int = 0
    id: int = 0
    mark: str = ""
    taken: int = -1

    def __str__(self) -> str:
        return f"{self.tx}.{self.id}.{self.mark or '-'}.{self.taken if self.taken >= 0 else 'x'}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Raises BadRequest for what is no cursor."""
        try:
            tx, row, mark, taken = text[:120].split(".")
            found = cls(int(tx), int(row), "" if mark == "-" else mark, -1 if taken == "x" else int(taken))
        except ValueError:
            found = cls(-1)
        if not (0 <= found.tx < 2**63 and 0 <= found.id < 2**63 and -1 <= found.taken < 2**31) or str(found) != text:
            raise BadRequest(_("This is no cursor of this feed."))
        return found


@dataclass
class Seen:
    """One record of a page: what happened to it since, oldest first, and where it lay before."""

    resource: str
    id: int
    verbs: list[str] = field(default_factory=list)
    was: list[list[Any]] = field(default_factory=list)
    at: dt.datetime = dt.datetime.min
    change: int = 0


@dataclass
class Page:
    """Records in the order in which they were last written, each once; the place behind them; whether there is more already."""

    seen: list[Seen]
    next: Place
    more: bool


def newest() -> Place:
    """The place behind everything that has happened."""
    conn = current_work().session.connection()
    row = conn.execute(sa.select(*_row).where(*_ended(conn.dialect)).order_by(_table.c.tx.desc(), _table.c.id.desc()).limit(1)).first()
    return _place(row) if row is not None else Place()


_row = _table.c.id, _table.c.tx, _table.c.resource, _table.c.verb, _table.c.ids, _table.c.was, _table.c.change_id, _table.c.at


def _place(row: Any, taken: int = -1) -> Place:
    mark = hashlib.sha256(f"{row.resource} {row.verb} {row.change_id} {row.at.isoformat()}".encode()).hexdigest()[:12]
    return Place(row.tx, row.id, mark, taken)


def page(after: Place | None, names: Sequence[str], limit: int) -> Page:
    """What happened to records of these resources behind a place, at most `limit` records; without a place from the oldest row
    that is kept. Raises Gone where the place is not known any more."""
    conn = current_work().session.connection()
    here = sa.tuple_(_table.c.tx, _table.c.id)
    query = sa.select(*_row).where(*_ended(conn.dialect)).order_by(_table.c.tx, _table.c.id)
    if after is None:
        after = Place()
    elif after.id:
        _known(conn, after)
    elif (first := conn.execute(sa.select(sa.func.min(_table.c.id))).scalar()) is not None and first > 1:
        raise Gone(_LATE)
    if after.id:
        query = query.where(here > (after.tx, after.id) if after.taken < 0 else here >= (after.tx, after.id))
    found: dict[tuple[str, int], Seen] = {}
    place, wanted, rows = after, set(names), 0
    for row in _looked_at(conn, query):
        rows += 1
        ids = row.ids if row.resource in wanted else []
        start = after.taken if row.id == after.id and row.tx == after.tx else 0
        room = limit - len(found)
        part = ids[start : start + room]
        _add(found, row, part)
        if start + len(part) < len(ids):
            return Page(list(found.values()), _place(row, start + len(part)), True)
        place = _place(row)
        if len(found) >= limit:
            return Page(list(found.values()), place, True)
    return Page(list(found.values()), place, rows == LOOKED)


def _looked_at(conn: sa.Connection, query: sa.Select[Any]) -> Iterator[Any]:
    """The first rows, a few at a time: one may name very many records, and often the first ones are a page."""
    rest = query
    for _part in range(0, LOOKED, AT_ONCE):
        part = conn.execute(rest.limit(AT_ONCE)).all()
        yield from part
        if len(part) < AT_ONCE:
            return
        rest = query.where(sa.tuple_(_table.c.tx, _table.c.id) > (part[-1].tx, part[-1].id))


def _add(found: dict[tuple[str, int], Seen], row: Any, ids: Sequence[int]) -> None:
    was: Mapping[int, list[Any]] = {one[0]: one for one in row.was or ()}
    for row_id in ids:
        key = row.resource, row_id
        seen = found.pop(key, None) or Seen(row.resource, row_id)
        seen.verbs.append(row.verb)
        seen.at, seen.change = row.at, row.change_id
        if row_id in was:
            seen.was.append(was[row_id])
        found[key] = seen


_LATE = _("This place of the feed is not known any more: list the records anew and go on from after=now.")


def _known(conn: sa.Connection, place: Place) -> None:
    row = conn.execute(sa.select(*_row).where(_table.c.tx == place.tx, _table.c.id == place.id)).first()
    if row is None or _place(row).mark != place.mark:
        raise Gone(_LATE)


def sweep(_job: Any) -> None:
    """The daily job: what is old goes, the newest row stays so that places go on."""
    with writing() as db:
        last = sa.select(sa.func.max(_table.c.id)).scalar_subquery()
        db.execute(sa.delete(_table).where(_table.c.at < clock.now() - KEPT, _table.c.id < last))


def waiting(names: Sequence[str]) -> Iterator[str]:
    """Of these resources those with rows that running transactions still hold back."""
    conn = current_work().session.connection()
    if ended := _ended(conn.dialect):
        yield from conn.scalars(sa.select(_table.c.resource).distinct().where(sa.not_(ended[0]), _table.c.resource.in_(names)))
