"""The access log: who has read sensitive facts of which record, when and in which way. Append-only and narrow; nobody
changes or deletes a line of it."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Keyed
from crm_core.data.session import current_work, in_writing, ledger
from crm_core.kernel import clock

HOW = ("page", "form", "list", "history", "print", "export", "api", "mail", "feed")


class Access(Keyed, Model):
    """One record read by one person."""

    __tablename__ = "core_access"
    at: Mapped[dt.datetime] = mapped_column(t.UtcDateTime())
    actor_id: Mapped[t.Id | None]  # none: the house itself, by a command
    resource: Mapped[str] = mapped_column(sa.String(80))
    row_id: Mapped[t.Id]
    what: Mapped[str] = mapped_column(sa.String(20), default="sensitive")  # the class of fields
    how: Mapped[str] = mapped_column(sa.String(10))
    __table_args__ = (
        sa.Index("ix_core_access_row", "resource", "row_id", "id"),
        sa.Index("ix_core_access_actor", "actor_id", "id"),
        sa.Index("ix_core_access_at", "at"),
    )


_table = table_of(Access)


def note(resource: str, ids: Iterable[int], how: str, what: str = "sensitive") -> None:
    """Write down that the acting person reads these records now: one statement, before anything is handed out. With the running
    write transaction, or at once where there is none; a page that cannot write it down is not shown."""
    who, now = getattr(current_work().actor, "user_id", None), clock.now()
    rows = [{"at": now, "actor_id": who, "resource": resource, "row_id": i, "what": what, "how": how} for i in dict.fromkeys(ids)]
    if not rows:
        return
    if in_writing():
        current_work().session.connection().execute(sa.insert(_table), rows)
        return
    with ledger() as conn:
        conn.execute(sa.insert(_table), rows)
