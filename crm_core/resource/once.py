"""What is asked for twice is done once (security.md D15): the key of a request stands in the same transaction as its
effect, together with the answer. A second request with the key gets the same answer; one that comes while the first is
still at it waits for that (a form sent twice) or is told so at once (a program, which can ask again)."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Keyed
from crm_core.data.session import Session, current_work, writing
from crm_core.data.upsert import upsert
from crm_core.kernel import clock
from crm_core.kernel.errors import InHand, Invalid
from crm_core.kernel.i18n import _
from crm_core.kernel.inhand import taken_on_server
from crm_core.kernel.site import site

KEPT = dt.timedelta(hours=48)


class Done(Keyed, Model):
    """One request that was carried out under a key."""

    __tablename__ = "core_idempotency"
    actor_id: Mapped[t.Id]
    route: Mapped[str] = mapped_column(sa.String(200))
    key: Mapped[str] = mapped_column(sa.String(255))
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int] = mapped_column(sa.Integer(), default=0)
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[str | None] = mapped_column(sa.Text())
    made_at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    __table_args__ = (
        sa.UniqueConstraint("actor_id", "route", "key"),
        sa.Index("ix_core_idempotency_made", "made_at"),
    )


_done = table_of(Done)
_ANSWERED = sa.update(_done).where(_done.c.id == sa.bindparam("number")).values({name: sa.bindparam(name) for name in ("status", "headers", "body")})


@cache
def _claiming(dialect: str) -> Any:
    return upsert(_done, dialect).on_conflict_do_nothing(index_elements=["actor_id", "route", "key"]).returning(_done.c.id)


@dataclass(frozen=True)
class Answer:
    """What a request was answered with; `again` when it is the kept answer of an earlier one."""

    status: int
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


def once(route: str, key: str, body: bytes, do: Callable[[], Answer], *, wait: bool = True) -> Answer:
    """`do()` in the write transaction, unless this actor did it under this key before; then the answer of that time.

    Whatever `do` raises rolls the key back as well: nothing was done, so the same key may try again. Raises Invalid when
    the key was used for another request, InHand when another one with it is at work and `wait` is off.
    """
    if wait:
        return _once(route, key, body, do)
    name = f"once {current_work().actor.user_id} {route} {key}"
    if not site().engines.is_sqlite:
        return _once(route, key, body, do, name)
    with site().names.take(name) as mine:  # before the write lock: who waits for that cannot tell
        if not mine:
            raise _in_hand()
        return _once(route, key, body, do)


def _in_hand() -> InHand:
    return InHand(_("A request with this key is being carried out; ask again in a moment."), retry_after=1)


def _once(route: str, key: str, body: bytes, do: Callable[[], Answer], name: str = "") -> Answer:
    wanted = hashlib.sha256(body).hexdigest()
    table = table_of(Done)
    with writing() as session:
        if name and not taken_on_server(session, name):
            raise _in_hand()
        row = {"actor_id": current_work().actor.user_id, "route": route, "key": key, "body_hash": wanted,
               "status": 0, "headers": {}, "made_at": clock.now()}
        number = _claim(session, row)
        if number is None:
            where = [table.c[column] == row[column] for column in ("actor_id", "route", "key")]
            found = session.execute(sa.select(table).where(*where).with_for_update()).one()
            if found.made_at > clock.now() - KEPT:
                return _again(found, wanted)
            session.execute(sa.delete(table).where(table.c.id == found.id))
            number = _claim(session, row)
        answer = do()
        said = {"number": number, "status": answer.status, "headers": dict(answer.headers), "body": answer.body}
        session.connection().execute(_ANSWERED, said)
        return answer


def _claim(session: Session, row: dict[str, Any]) -> int | None:
    """The id of the key's new row; None when it is there. PostgreSQL waits here for a request that is still at it."""
    connection = session.connection()
    return connection.execute(_claiming(connection.dialect.name), row).scalar()


def _again(found: Any, wanted: str) -> Answer:
    if found.body_hash != wanted:
        raise Invalid({}, _("This key was used for another request already."))
    return Answer(found.status, found.body, found.headers, again=True)


def forget(job: Any) -> None:
    """The job: drop answers that nobody can ask for any more, in short batches."""
    table = table_of(Done)
    while True:
        with job.write() as session:
            old = sa.select(table.c.id).where(table.c.made_at < clock.now() - KEPT).limit(1_000)
            ids = list(session.scalars(old))
            session.execute(sa.delete(table).where(table.c.id.in_(ids)))
        if not ids:
            return
