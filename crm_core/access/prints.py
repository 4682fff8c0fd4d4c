"""What was printed: by whom, which records by which conditions, how many, with which sensitive fields. Append-only."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm_core.data import types as t
from crm_core.data.base import Model, table_of
from crm_core.data.mixins import Vocabulary, new_public_id
from crm_core.data.session import current_work, in_writing, ledger
from crm_core.kernel import clock
from crm_core.kernel.i18n import _

WHAT = {"list": _("List"), "sheets": _("Record sheets"), "labels": _("Labels"), "envelopes": _("Envelopes"), "record": _("One record")}


class Printing(Vocabulary, Model):
    """One printing. Who and when are the stamps of its making."""

    __tablename__ = "core_printing"
    of: Mapped[str] = mapped_column(sa.String(80), info={"label": _("Records"), "kind": "resource_name"})
    what: Mapped[str] = mapped_column(sa.String(20), info={"label": _("What"), "kind": "printed_as"})
    count: Mapped[int] = mapped_column(sa.Integer(), info={"label": _("How many")})
    conditions: Mapped[t.Note | None] = mapped_column(info={"label": _("Conditions")})
    sensitive: Mapped[t.Line | None] = mapped_column(info={"label": _("Sensitive fields")})
    output: Mapped[t.Line | None] = mapped_column(info={"label": _("As")})


_table = table_of(Printing)


def note(of: str, what: str, count: int, *, conditions: str = "", sensitive: Sequence[str] = (), output: str = "") -> None:
    """Write down that the acting person prints now: with the running write transaction, or at once where there is none."""
    who, now = getattr(current_work().actor, "user_id", None), clock.now()
    values = {
        "public_id": new_public_id(), "version": 1, "created_at": now, "created_by_id": who, "updated_at": now, "updated_by_id": who, "of": of, "what": what,
        "count": count, "conditions": conditions[:2_000] or None, "sensitive": ", ".join(sensitive)[:255] or None, "output": output or None,
    }
    if in_writing():
        current_work().session.connection().execute(sa.insert(_table).values(**values))
        return
    with ledger() as conn:
        conn.execute(sa.insert(_table).values(**values))
