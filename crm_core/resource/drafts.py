"""Drafts: what stands in a form that was not saved yet, kept for its author for thirty days."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Keyed
from crm_core.data.session import current_work, in_writing, writing
from crm_core.kernel import clock
from crm_core.kernel.site import actor
from crm_core.resource.kept import Ask, kept

DAYS = 30


class DraftRow(Keyed, Model):
    """One form of one person."""

    __tablename__ = "core_draft"
    actor_id: Mapped[t.Id]
    key: Mapped[str] = mapped_column(sa.String(120))
    data: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime(), index=True)
    __table_args__ = (sa.UniqueConstraint("actor_id", "key"),)


_drafts = table_of(DraftRow)
_GONE = sa.delete(_drafts).where(_drafts.c.actor_id == sa.bindparam("me"), _drafts.c.key == sa.bindparam("key"))


def load(key: str) -> dict[str, Any] | None:
    """The acting person's draft of a form, or None."""
    found: dict[str, Any] | None = current_work().session.scalar(_mine(key, DraftRow.data))
    return found


def ask(key: str) -> Ask:
    """(id, JSON as text) of the draft, to be asked together with other small questions (kept.gather)."""
    return Ask(_texts(), {"me": actor().user_id, "key": key[:120]})


@kept
def _texts() -> sa.Select[Any, Any]:
    return sa.select(DraftRow.id, sa.cast(DraftRow.data, sa.Text())).where(
        DraftRow.actor_id == sa.bindparam("me", type_=sa.BigInteger()), DraftRow.key == sa.bindparam("key", type_=sa.String()))


def save(key: str, data: dict[str, Any]) -> None:
    """Keep this draft in place of the last."""
    with writing() as db:
        found = db.scalar(_mine(key, DraftRow))
        if found is None:
            db.add(DraftRow(actor_id=actor().user_id, key=key[:120], data=data, at=clock.now()))
        else:
            found.data, found.at = data, clock.now()


def discard(key: str) -> None:
    """Throw the draft away, if there is one; with what is written of the form, or by itself: then it is looked first, as a wish to write holds up others."""
    if not in_writing() and load(key) is None:
        return
    with writing() as db:
        db.connection().execute(_GONE, {"me": actor().user_id, "key": key[:120]})


def sweep(_job: Any) -> None:
    """The daily job: drafts nobody came back to."""
    with writing() as db:
        db.execute(sa.delete(DraftRow).where(DraftRow.at < clock.now() - dt.timedelta(days=DAYS)))


def _mine(key: str, what: Any) -> sa.Select[Any]:
    return sa.select(what).where(DraftRow.actor_id == actor().user_id, DraftRow.key == key[:120])
