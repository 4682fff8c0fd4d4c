"""The lines that notes leave on the time lines of what they are about, whoever wrote them (a restored customer brings his notes
back, a demo its year)."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from crm_core.access.models import User
from crm_core.data.session import current_work, session
from crm_core.features.customers import holding
from crm_core.features.customers.models import Note
from crm_core.resource import timeline
from crm_core.resource.changes import unscoped

NAME, CUSTOMER, CONTACT = "core.note", "core.customer", "core.contact"
TOLD = ("minutes", "place", "latitude", "longitude", "accuracy", "topic", "product", "weight", "handling", "result")  # said beside the text


def written(verb: str, ids: Sequence[int]) -> None:
    """Keep the lines true to the notes."""
    for start in range(0, len(ids), 500):
        rows = _rows(ids[start : start + 500])
        names = _names({i for row in rows for i in row.mentions or ()})
        if verb in ("create", "restore"):
            timeline.add_all([line for row in rows for line in _lines(row, names)])
        else:
            for row in rows:
                _follow(row, verb, names)


def _rows(ids: Sequence[int]) -> list[Any]:
    columns = (Note.id, Note.customer_id, Note.subject, Note.subject_id, Note.kind, Note.body, Note.mentions, Note.edited, Note.custom, Note.happened_at,
               Note.created_by_id, *(getattr(Note, name) for name in TOLD))
    query = sa.select(*columns).where(Note.id.in_(ids)).order_by(Note.id)
    return list(current_work().session.execute(query, execution_options=unscoped("lines of notes")))


def _names(ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    query = sa.select(User.id, User.name).where(User.id.in_(wanted))
    return {r.id: r.name for r in current_work().session.execute(query, execution_options=unscoped("names of the mentioned"))}


def _data(row: Any, names: dict[int, str]) -> dict[str, Any] | None:
    """What the line says besides the text."""
    found = {name: getattr(row, name) for name in TOLD if getattr(row, name) is not None}
    if row.mentions:
        found["mentions"] = [names[i] for i in row.mentions if i in names]
    if row.subject == CONTACT and row.kind != "note":
        found["with"] = [CONTACT, row.subject_id]
    if row.custom:
        found["progress"] = row.custom
    if row.edited:
        found["edited"] = True
    return found or None


def _lines(row: Any, names: dict[int, str]) -> list[dict[str, Any]]:
    """A note on a contact stands on the customer's time line too."""
    places = dict.fromkeys([(CUSTOMER, row.customer_id), (row.subject, row.subject_id)])
    return [
        {"subject": subject, "subject_id": subject_id, "at": row.happened_at, "kind": str(row.kind), "body": row.body,
         "data": _data(row, names), "actor_id": row.created_by_id, "record": NAME, "record_id": row.id}
        for subject, subject_id in places
    ]


def _follow(row: Any, verb: str, names: dict[int, str]) -> None:
    entry = timeline.Entry
    mine = sa.and_(entry.record == NAME, entry.record_id == row.id)
    if verb == "delete":
        session.execute(sa.delete(entry).where(mine))
        holding.taken_back(row.customer_id)
    else:
        session.execute(sa.update(entry).where(mine).values(at=row.happened_at, body=row.body, data=_data(row, names)))
