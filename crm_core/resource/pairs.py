"""Pairs of records that look like one, and what somebody decided about them: found by the sweep, or kept when a second one was
entered all the same. "Not the same" is remembered; a pair of which one was merged or deleted is not shown."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Keyed
from crm_core.data.session import current_work, session, writing
from crm_core.data.upsert import upsert
from crm_core.kernel import clock
from crm_core.kernel.events import Event, emit
from crm_core.kernel.i18n import _
from crm_core.kernel.site import my_id
from crm_core.resource import twins

OPEN, APART = "open", "apart"


class Pair(Keyed, Model):
    """Two records of a resource, the older first."""

    __tablename__ = "core_twin"
    resource: Mapped[str] = mapped_column(sa.String(80))
    one_id: Mapped[t.Id]
    other_id: Mapped[t.Id]
    score: Mapped[int] = mapped_column(sa.Integer())  # percent
    reasons: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(sa.String(10))
    note: Mapped[str | None] = mapped_column(sa.Text())  # why they are two
    decided_by_id: Mapped[t.Id | None]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    __table_args__ = (
        sa.Index("uq_core_twin_pair", "resource", "one_id", "other_id", unique=True),
        sa.Index("ix_core_twin_open", "resource", "state", "score", "id"),
    )


@dataclass(frozen=True)
class TwinEntered(Event):
    """A record was entered although it looks like others: `ids[0]`, and whom those belong to."""

    label = _("A likely duplicate was entered")
    resource: str
    ids: tuple[int, ...]
    owners: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class RecordWanted(Event):
    """Somebody met a record that a colleague holds, and asks for it; `typed` is what he had entered."""

    label = _("Somebody asks for a colleague’s record")
    resource: str
    ids: tuple[int, ...]
    holder: int
    by: int
    typed: str


def put(resource: Any, found: Iterable[tuple[int, int, float, Sequence[twins.Reason]]], *, state: str = OPEN, note: str | None = None) -> int:
    """Keep pairs (one, other, score, reasons) in the running write transaction; those that are known stay as they were decided."""
    by = my_id() if state != OPEN else None
    rows = [
        {"resource": resource.name, "one_id": min(one, other), "other_id": max(one, other), "score": round(score * 100),
         "reasons": [reason.kept() for reason in reasons], "state": state, "note": note, "decided_by_id": by, "at": clock.now()}
        for one, other, score, reasons in found
    ]
    if not rows:
        return 0
    conn = current_work().session.connection()
    statement = upsert(table_of(Pair), conn.dialect.name)
    keys = ["resource", "one_id", "other_id"]
    if state == OPEN:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    else:
        changed = {name: statement.excluded[name] for name in ("state", "note", "decided_by_id", "at")}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    conn.execute(statement, rows)
    return len(rows)


def entered(resource: Any, row_id: int, told: Sequence[twins.Told], reason: str) -> None:
    """A record was saved although these look like it: the reason is kept, their holders hear of it."""
    with writing():
        put(resource, [(row_id, one.match.id, one.match.score, one.match.reasons) for one in told], state=APART, note=reason)
        me = my_id()
        owners = tuple(sorted({one.owner_id for one in told if one.owner_id not in (None, me)}))
        emit(TwinEntered(resource.name, (row_id,), owners, reason))


def ask(resource: Any, one: twins.Told, typed: str) -> None:
    """Ask who holds a record for it; what comes of it is his to say."""
    me = my_id()
    if one.owner_id is not None and me is not None and one.owner_id != me:
        with writing():
            emit(RecordWanted(resource.name, (one.match.id,), one.owner_id, me, typed[:120]))


def decide(resource: Any, pair_id: int, note: str | None = None) -> None:
    """These two are not the same; remembered."""
    with writing() as db:
        db.execute(sa.update(Pair).where(Pair.id == pair_id, Pair.resource == resource.name).values(
            state=APART, note=note, decided_by_id=my_id(), at=clock.now()))


def waiting(resource: Any) -> sa.Select[Any]:
    """Open pairs of which the acting person may read both, the likeliest first."""
    mine = [side.in_(sa.select(resource.model.id)) for side in (Pair.one_id, Pair.other_id)]
    return sa.select(Pair).where(Pair.resource == resource.name, Pair.state == OPEN, *mine).order_by(Pair.score.desc(), Pair.id)


def reason_of(kept: Sequence[Any]) -> twins.Reason:
    return twins.Reason(str(kept[0]), str(kept[1]), int(kept[2]))


def get(resource: Any, pair_id: int) -> Any:
    """The open pair, if the acting person may read both; else None."""
    return session.scalars(waiting(resource).where(Pair.id == pair_id)).one_or_none()
